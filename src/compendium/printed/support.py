"""What each verdict rests on, gathered once so that any change can be judged at once.

A rule names the printed cells it takes, singly or by a pattern. With every pattern resolved and
turned round, a wrong cell leads straight to the values that rest on it, and only those are judged
again: on plain dicts, with the audit's own rules, and no file or table is read.
"""

from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import DataError
from compendium.printed import audit, tables
from compendium.printed.rules import Cell

Place = tuple[str, int]  # file and row; 1 is the header
Repeats = tuple[str, pd.DataFrame, set[tuple]]  # item, table, and the rows it says again


class Entry(NamedTuple):
    """What the ledger says of a value, and the printed cells that its rules rest on."""

    value: Cell
    role: str
    rule: str
    is_checked: bool  # by a rule that computes or bounds it
    operands: list[str]


class Standing(NamedTuple):
    """What a run says of a value."""

    verdict: str
    findings: tuple[tuple[str, str, str], ...] = ()  # rule, printed, computed
    computed: tuple[str, ...] = ()


class Grounds(NamedTuple):
    """All of print, and what rests on what."""

    entries: dict[str, Entry]
    cells: dict[str, Cell]
    standing: dict[str, Standing]
    uses: dict[str, dict[str, set[str]]]  # cell -> value that rests on it -> by which rules
    rows: dict[Place, list[str]]
    shown: set[str]  # files that a cell of a notebook reads by name
    cited: set[Place]  # rows to which a foreign key points
    repeats: dict[str, Repeats]  # tables in which a row may be said again


def gather(
    ledger: pd.DataFrame,
    cells: pd.DataFrame,
    shown: set[str] = frozenset(),
    cited: set[Place] = frozenset(),
    repeats: dict[str, Repeats] | None = None,
) -> Grounds:
    """What rests on what, and how every value stands.

    Parameters
    ----------
    ledger, cells : DataFrame
        As `ledger.read_ledger` and `tables.cells` return.
    shown : set of str
        Files, relative to the raw folder, that a notebook reads by name.
    cited, repeats
        As `read_cited` and `read_repeats` return.

    Raises
    ------
    DataError
        If a rule is unknown, or takes a cell that is not there.
    """
    by_id = {row.value_id: Cell(row.value_id, row.text, row.unit) for row in cells.itertuples()}
    order = {name: place for place, name in enumerate(by_id)}
    grounds = Grounds({}, by_id, {}, {}, {}, shown, cited, repeats or {})
    for row in cells.itertuples():
        grounds.rows.setdefault((row.file, row.row), []).append(row.value_id)
    for number, row in enumerate(ledger.itertuples(), start=2):
        value = Cell(row.value_id, row.printed, row.unit)
        is_checked = row.rule not in ("", *audit.UNCHECKED)
        checks = audit.check_value(value, row.rule, by_id) if is_checked else []
        for check in checks:
            for name in check["operands"]:
                used = grounds.uses.setdefault(name, {}).setdefault(value.value_id, set())
                used.add(check["rule"])
        # In the order of print, as a pattern finds them.
        operands = sorted({n for check in checks for n in check["operands"]}, key=order.get)
        grounds.entries[row.value_id] = Entry(value, row.role, row.rule, is_checked, operands)
        grounds.standing[row.value_id] = judge_again(row.value_id, grounds, {}, set())
        if row.value_id not in by_id:
            grounds.rows["published.csv", number] = [row.value_id]
    return grounds


def judge_again(name: str, grounds: Grounds, became: dict[str, str], dropped: set[str]) -> Standing:
    """How a value stands when some cells say something else and others are gone."""
    entry = grounds.entries[name]
    if not entry.is_checked:
        return Standing(entry.rule or "transcribed")
    value = entry.value._replace(text=became.get(name, entry.value.text))
    # The operands alone: a pattern finds among them what it finds among all cells.
    operands = {
        key: grounds.cells[key]._replace(text=became.get(key, grounds.cells[key].text))
        for key in entry.operands
        if key not in dropped
    }
    try:
        checks = audit.check_value(value, entry.rule, operands)
    except DataError:
        return Standing("refused")
    worst = max((check["verdict"] for check in checks), key=audit.ORDER.index)
    findings = tuple(
        (check["rule"], value.text, check["computed"])
        for check in checks
        if check["verdict"] == "differs"
    )
    verdict = "transcribed" if entry.role == "input" else worst
    return Standing(verdict, findings, tuple(check["computed"] for check in checks))


def read_cited(package: dict[str, Any]) -> set[Place]:
    """The rows to which a foreign key of some table points: they cannot go unnoticed."""
    paths = {resource["name"]: resource["path"] for resource in package["resources"]}
    cited = set()
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            citing = tables.read_table(resource["name"])[key["fields"]]
            target, fields = key["reference"]["resource"], key["reference"]["fields"]
            named = set(citing.itertuples(index=False, name=None))
            rows = tables.read_table(target)[fields].itertuples(index=False, name=None)
            cited |= {(paths[target], row) for row, keys in enumerate(rows, 2) if keys in named}
    return cited


def read_repeats(package: dict[str, Any]) -> dict[str, Repeats]:
    """The tables, by file, where a row said again is a finding (see `audit.find`), and those."""
    found = {}
    for resource in package["resources"]:
        if resource["schema"]["primaryKey"][0] == "row":
            table = tables.read_table(resource["name"])
            said = set(audit.repeated_rows(resource["item"], table))
            found[resource["path"]] = (resource["item"], table, said)
    return found
