"""The audit asks whether print agrees with itself, and what rests on what in it.

The ledger says which rule checks which printed value; this module applies them all and finds what
does not hold. Findings are never listed by hand: the register explains them, the run holds the
register to them. A rule on an `input` is a constraint: the value stays `transcribed`, because it
was typed in, but a breach is a finding. Every other verdict says by what kind of evidence.

With every pattern of a rule resolved and turned round (`Support`), a wrong cell leads straight to
the values that rest on it, and only those are judged again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.ledger import judge, read_ledger
from compendium.printed.quantities import show
from compendium.printed.rules import (
    SEPARATOR,
    Cell,
    Rule,
    list_rules,
    resolve,
    split_rules,
)
from compendium.printed.vocabulary import COMPUTED, TRANSCRIBED, UNCHECKED

Place = tuple[str, int]  # file and row; 1 is the header
CHECKS = "checks.csv"  # where a value stands that no cell holds
_ORDER = list(COMPUTED)  # of several rules on one value the worst decides
_NONE: Mapping[str, str] = {}


class Check(NamedTuple):
    """What one rule gives for a value, and the ids of the printed cells it rests on."""

    name: str
    rule: Rule
    computed: str
    verdict: str
    operands: list[str]


class Standing(NamedTuple):
    """What a run says of a value."""

    verdict: str
    findings: tuple[tuple[str, ...], ...] = ()  # rule, verdict, printed, computed
    computed: tuple[str, ...] = ()
    evidence: str = ""


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


class Support(NamedTuple):
    """All of print, and what rests on what."""

    entries: dict[str, Entry]
    cells: dict[str, Cell]
    standing: dict[str, Standing]
    uses: dict[str, dict[str, set[str]]]  # cell -> value that rests on it -> by which rules
    patterns: list[tuple[str, str, str]]  # value, rule, pattern that names what it rests on
    rows: dict[Place, list[str]]
    cited: set[Place]  # rows to which a foreign key points: they cannot go unnoticed
    repeats: dict[str, tuple[str, pd.DataFrame]]  # item and table of files that may repeat a row


def check_value(value: Cell, rules: str, cells: dict[str, Cell]) -> list[Check]:
    """Apply each rule of a value; none if there is none, or nothing can be computed.

    A DataError if a rule cannot be applied: see `rules.resolve`.
    """
    checks = []
    try:
        for name, rule, operands in resolve(value, rules, cells):
            computed = rule.work_out(value, operands)
            verdict = judge(value.text, value.unit, computed)
            rests = [c.value_id for group in operands for c in group if c.value_id in cells]
            checks.append(Check(name, rule, show(computed), verdict, rests))
    except DataError as error:
        raise DataError(f"{value.value_id}: {error}") from error
    return checks


def index_cells(cells: pd.DataFrame) -> dict[str, Cell]:
    """The printed cells, as rules take them, by their ids."""
    columns = (cells[name].tolist() for name in ("value_id", "text", "unit"))
    return {row[0]: Cell(*row) for row in zip(*columns, strict=True)}


def name_items(ledger: pd.DataFrame, known: Iterable[str]) -> set[str]:
    """The items of a ledger's values, and those that their rules may take cells of.

    >>> rules = pd.DataFrame({"item_id": ["s/a"], "rule": ["sum s/b/1/n s/c*/n ; same s/a/2/n"]})
    >>> sorted(name_items(rules, ["s/a", "s/b", "s/c1", "s/d"]))
    ['s/a', 's/b', 's/c1']
    """
    found, items = set(ledger.item_id), set(known)
    for operand in {word for rule in ledger.rule for word in re.findall(r"[^\s;]+", rule)}:
        head = re.split(r"[*[]", operand)[0]
        found |= {item for item in items if head.startswith(f"{item}/")}
        if head != operand:
            found |= {item for item in items if f"{item}/".startswith(head)}
    return found


def find_worst(checks: list[Check]) -> Check:
    """The check that decides: the first of the worst, a bound only if no other is as bad."""
    return max(checks, key=lambda c: (_ORDER.index(c.verdict), not c.rule.is_bound))


def _stand(role: str, rule: str, printed: str, checks: list[Check]) -> Standing:
    if not checks:
        return Standing(rule or TRANSCRIBED)
    found = tuple((c.name, c.verdict, printed, c.computed) for c in checks if c.verdict != "exact")
    computed = tuple(check.computed for check in checks)
    if role == "input":
        return Standing(TRANSCRIBED, found, computed)
    worst = find_worst(checks)
    return Standing(worst.verdict, found, computed, worst.rule.evidence)


def _apply(
    ledger: pd.DataFrame, cells: dict[str, Cell]
) -> Iterator[tuple[Any, list[Check], Standing]]:
    for row in ledger.itertuples():
        checks = check_value(Cell(row.value_id, row.printed, row.unit), row.rule, cells)
        yield row, checks, _stand(row.role, row.rule, row.printed, checks)


def give_verdicts(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The verdict on every value of a ledger, or of rows of it; operands are any printed cells.

    The ledger's rows with ``computed`` (text; several rules joined by ``;``), ``verdict`` (see
    `vocabulary.VERDICTS`) and ``evidence`` (blank where nothing is computed, and for an input,
    which is ``transcribed`` and never reproduced).
    """
    judged, rests_on = [], {}
    for row, checks, now in _apply(ledger, index_cells(cells)):
        is_bounded = all(check.rule.is_bound for check in checks)
        if row.role != "input" and row.rule not in UNCHECKED and is_bounded:
            raise DataError(
                f"{row.value_id}: found only bounds ({row.rule}) for a {row.role} value; "
                "allowed: a rule that computes it, or the role input"
            )
        judged.append((SEPARATOR.join(now.computed), now.verdict, now.evidence))
        rests_on[row.value_id] = list(dict.fromkeys(n for check in checks for n in check.operands))
    paths.note("judged", rests_on)
    computed = pd.DataFrame(judged, ledger.index, ["computed", "verdict", "evidence"], dtype=str)
    return ledger.join(computed)


def find(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Everything in print that the rest of print does not bear out exactly, sorted.

    One row for each rule that differs or rounds and each repeated row: ``discrepancy_id`` (the
    value's id, or the place in a table), ``rule``, ``verdict``, ``printed`` and ``computed``.
    """
    by_id = index_cells(cells)
    found = [(r.value_id, *one) for r, _, now in _apply(ledger, by_id) for one in now.findings]
    for item, table in _read_repeating().values():
        found += repeated_rows(item, table)
    columns = ["discrepancy_id", "rule", "verdict", "printed", "computed"]
    return pd.DataFrame(found, columns=columns).sort_values(columns[:2], ignore_index=True)


def compare_findings(verdicts: pd.DataFrame, findings: pd.DataFrame) -> list[str]:
    """Where the verdicts and the findings, which both know what differs, do not say the same."""
    ranked = findings.assign(rank=findings.verdict.map(_ORDER.index))
    worst = ranked.groupby("discrepancy_id")["rank"].max().map(_ORDER.__getitem__)
    judged = verdicts[(verdicts.role != "input") & ~verdicts.verdict.isin(UNCHECKED)]
    expected = judged.value_id.map(worst).fillna("exact")
    return [
        f"{row.value_id}: found {row.verdict} as its verdict; allowed: {row.expected}, as the "
        "findings have it"
        for row in judged.assign(expected=expected)[expected != judged.verdict].itertuples()
    ]


def _read_repeating() -> dict[str, tuple[str, pd.DataFrame]]:
    """By file, item and table of those whose printed rows are numbered: one may be said again."""
    return {
        resource["path"]: (resource["item"], tables.read_table(resource["name"]))
        for resource in tables.read_descriptor()["resources"]
        if resource["schema"]["primaryKey"][0] == "row"
    }


def repeated_rows(name: str, table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Rows of a printed table that say again what an earlier row says, label and numbers alike.

    The table is long: ``row``, a label, ``site``, a number, ``line``.

    >>> long = pd.DataFrame({"row": [1, 2], "who": ["CHC", "CHC"], "site": "Total", "n": 3,
    ...                      "line": [7, 8]})
    >>> repeated_rows("appendix-h", long)
    [('appendix-h/2', 'repeated-row', 'differs', 'CHC', 'row 1')]
    """
    _, label, site, number, _ = table.columns
    wide = table.pivot(index=["row", label], columns=site, values=number).reset_index(level=label)
    again = wide[wide.duplicated()]
    first = {tuple(row[1:]): row[0] for row in reversed(list(wide.itertuples()))}
    return [
        (f"{name}/{row[0]}", "repeated-row", "differs", row[1], f"row {first[tuple(row[1:])]}")
        for row in again.itertuples()
    ]


def count_uses(ledger: pd.DataFrame) -> pd.DataFrame:
    """Each rule that a ledger names: how many values it checks, and what it computes."""
    names = ledger.rule.map(lambda rules: [name for name, *_ in split_rules(rules)]).explode()
    uses = names.value_counts().sort_index().rename_axis("rule").to_frame("values checked")
    said = list_rules().set_index("rule").rename(columns={"meaning": "what the rule computes"})
    return uses.join(said[["evidence", "what the rule computes"]])


def gather(ledger: pd.DataFrame, cells: pd.DataFrame) -> Support:
    """What rests on what, and how every value stands; see `Support`."""
    by_id = index_cells(cells)
    order = {name: place for place, name in enumerate(by_id)}
    support = Support({}, by_id, {}, {}, [], {}, set(), {})
    for row in cells.itertuples():
        support.rows.setdefault((row.file, row.row), []).append(row.value_id)
    for number, (row, checks, now) in enumerate(_apply(ledger, by_id)):
        name, value = row.value_id, Cell(row.value_id, row.printed, row.unit)
        for check in checks:
            for operand in check.operands:
                support.uses.setdefault(operand, {}).setdefault(name, set()).add(check.name)
        # In the order of print, as a pattern finds them.
        operands = sorted({n for check in checks for n in check.operands}, key=order.get)
        support.entries[name] = Entry(value, row.role, row.rule, operands)
        support.standing[name] = now
        for rule, *arguments in split_rules(row.rule):
            support.patterns.extend((name, rule, a) for a in arguments if "*" in a or "[" in a)
        if name not in by_id:
            support.rows[CHECKS, number] = [name]
    return support


def judge_again(
    name: str, support: Support, texts: Mapping[str, str], again: Mapping[str, str] = _NONE
) -> Standing:
    """How a value stands when some cells say something else.

    `texts` says what, "" of a cell that is gone; `again` names cells that were typed twice: the
    second one, and the first.
    """
    entry = support.entries[again.get(name, name)]
    if not entry.is_checked:
        return Standing(entry.rule or TRANSCRIBED)

    def read(key: str, cell: Cell) -> Cell:
        return Cell(key, texts.get(key, cell.text), cell.unit)

    # The operands alone: a pattern finds among them what it finds among all cells.
    names = list(entry.operands)
    for new, first in again.items():
        if any(
            user == entry.value.value_id and fnmatchcase(new, p) for user, _, p in support.patterns
        ):
            names.insert(names.index(first) + 1 if first in names else len(names), new)
    cells = {
        key: read(key, support.cells[again.get(key, key)]) for key in names if texts.get(key) != ""
    }
    value = read(name, entry.value)
    try:
        checks = check_value(value, entry.rule, cells)
    except (DataError, IndexError, TypeError, ValueError):
        # A rule that a pattern now gives too few cells cannot be worked out either.
        return Standing("refused")
    return _stand(entry.role, entry.rule, value.text, checks)


def read_support() -> Support:
    """What rests on what in the raw data."""
    support = gather(read_ledger(), tables.cells())
    for table in tables.read_descriptor()["resources"]:
        for key in table["schema"].get("foreignKeys", []):
            there, fields = key["reference"]["resource"], key["reference"]["fields"]
            citing = pd.MultiIndex.from_frame(tables.read_table(table["name"])[key["fields"]])
            rows = pd.MultiIndex.from_frame(tables.read_table(there)[fields])
            path, cited = tables.find_table(there)["path"], np.flatnonzero(rows.isin(citing)) + 2
            support.cited.update((path, row) for row in cited)
    return support._replace(repeats=_read_repeating())
