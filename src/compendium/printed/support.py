"""What each verdict rests on, gathered once so that any change can be judged at once.

A rule names the printed cells it takes, singly or by a pattern. With every pattern resolved and
turned round, a wrong cell leads straight to the values that rest on it, and only those are judged
again: on plain dicts, with the audit's own rules, and no file or table is read.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.errors import DataError
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger
from compendium.printed.rules import Cell
from compendium.printed.vocabulary import UNCHECKED

Place = tuple[str, int]  # file and row; 1 is the header
Repeats = tuple[str, pd.DataFrame, set[tuple]]  # item, table, and the rows it says again
CHECKS = "checks.csv"  # where a value stands that no cell holds


class Entry(NamedTuple):
    """What the ledger says of a value, and the printed cells that its rules rest on."""

    value: Cell
    role: str
    rule: str
    operands: list[str]

    @property
    def is_checked(self) -> bool:
        """Whether a rule computes or bounds it."""
        return self.rule not in ("", *UNCHECKED)


class Standing(NamedTuple):
    """What a run says of a value."""

    verdict: str
    findings: tuple[tuple[str, ...], ...] = ()  # rule, verdict, printed, computed
    computed: tuple[str, ...] = ()


class Support(NamedTuple):
    """All of print, and what rests on what."""

    entries: dict[str, Entry]
    cells: dict[str, Cell]
    standing: dict[str, Standing]
    uses: dict[str, dict[str, set[str]]]  # cell -> value that rests on it -> by which rules
    rows: dict[Place, list[str]]
    shown: set[str]  # files that a cell of a notebook reads by name
    cited: set[Place]  # rows to which a foreign key points: they cannot go unnoticed
    repeats: dict[str, Repeats]  # tables in which a row may be said again


def gather(
    ledger: pd.DataFrame,
    cells: pd.DataFrame,
    shown: set[str] = frozenset(),
    cited: set[Place] = frozenset(),
    repeats: dict[str, Repeats] | None = None,
) -> Support:
    """What rests on what, and how every value stands; see `Support`.

    Raises
    ------
    DataError
        If a rule is unknown, or takes a cell that is not there.
    """
    by_id = audit.index_cells(cells)
    order = {name: place for place, name in enumerate(by_id)}
    support = Support({}, by_id, {}, {}, {}, shown, cited, repeats or {})
    for row in cells.itertuples():
        support.rows.setdefault((row.file, row.row), []).append(row.value_id)
    for number, row in enumerate(ledger.itertuples()):
        value = Cell(row.value_id, row.printed, row.unit)
        checks = audit.check_value(value, row.rule, by_id)
        for check in checks:
            for name in check.operands:
                used = support.uses.setdefault(name, {}).setdefault(value.value_id, set())
                used.add(check.name)
        # In the order of print, as a pattern finds them.
        operands = sorted({n for check in checks for n in check.operands}, key=order.get)
        support.entries[row.value_id] = Entry(value, row.role, row.rule, operands)
        support.standing[row.value_id] = judge_again(row.value_id, support, {}, set())
        if row.value_id not in by_id:
            support.rows[CHECKS, number] = [row.value_id]
    return support


def judge_again(name: str, support: Support, became: dict[str, str], dropped: set[str]) -> Standing:
    """How a value stands when some cells say something else and others are gone."""
    entry = support.entries[name]
    if not entry.is_checked:
        return Standing(entry.rule or "transcribed")
    value = entry.value._replace(text=became.get(name, entry.value.text))
    # The operands alone: a pattern finds among them what it finds among all cells.
    operands = {
        key: support.cells[key]._replace(text=became.get(key, support.cells[key].text))
        for key in entry.operands
        if key not in dropped
    }
    try:
        checks = audit.check_value(value, entry.rule, operands)
    except (DataError, IndexError, TypeError, ValueError):
        # A rule that a pattern now gives too few cells cannot be worked out either.
        return Standing("refused")
    found = [(c.name, c.verdict, value.text, c.computed) for c in checks if c.verdict != "exact"]
    verdict = "transcribed" if entry.role == "input" else audit.find_worst(checks).verdict
    return Standing(verdict, tuple(found), tuple(check.computed for check in checks))


def read_support(shown: set[str] = frozenset()) -> Support:
    """What rests on what in the raw data; `shown` names the files that a notebook reads."""
    repeats = {
        file: (item, table, set(audit.repeated_rows(item, table)))
        for item, table, file in audit.list_repeating()
    }
    return gather(read_ledger(), tables.cells(), shown, set(_find_cited()), repeats)


def _find_cited() -> Iterator[Place]:
    described = tables.read_descriptor()["resources"]
    files = {table["name"]: table["path"] for table in described}
    for table in described:
        for key in table["schema"].get("foreignKeys", []):
            there, fields = key["reference"]["resource"], key["reference"]["fields"]
            citing = pd.MultiIndex.from_frame(tables.read_table(table["name"])[key["fields"]])
            rows = pd.MultiIndex.from_frame(tables.read_table(there)[fields])
            yield from ((files[there], row) for row in np.flatnonzero(rows.isin(citing)) + 2)
