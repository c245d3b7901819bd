"""The audit asks whether print agrees with itself.

The ledger says which rule checks which printed value; this module applies them all and finds what
does not hold. Findings are never listed by hand: the register explains them, the run holds the
register to them. A rule on an `input` is a constraint: the value stays `transcribed`, because it
was typed in, but a breach is a finding. Every other verdict says by what kind of evidence.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.ledger import judge
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

_ORDER = list(COMPUTED)  # of several rules on one value the worst decides


class Check(NamedTuple):
    """What one rule gives for a value, and the ids of the printed cells it rests on."""

    name: str
    rule: Rule
    computed: str
    verdict: str
    operands: list[str]


def check_value(value: Cell, rules: str, cells: dict[str, Cell]) -> list[Check]:
    """Apply each rule of a value; none if there is none, or nothing can be computed.

    Raises
    ------
    DataError
        If a rule cannot be applied: see `rules.resolve`.
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
    columns = cells[["value_id", "text", "unit"]]
    return {row[0]: Cell(*row) for row in columns.itertuples(index=False, name=None)}


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


def find_worst(checks: list[Check]) -> Check | None:
    """The check that decides: the first of the worst, a bound only if no other is as bad."""
    return max(checks, key=lambda c: (_ORDER.index(c.verdict), not c.rule.is_bound), default=None)


def _apply(ledger: pd.DataFrame, cells: pd.DataFrame) -> Iterator[tuple[Any, list[Check]]]:
    by_id = index_cells(cells)
    for row in ledger.itertuples():
        yield row, check_value(Cell(row.value_id, row.printed, row.unit), row.rule, by_id)


def give_verdicts(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The verdict on every printed value.

    Parameters
    ----------
    ledger, cells : DataFrame
        The ledger, or rows of it; all printed cells, since operands come from anywhere.

    Returns
    -------
    DataFrame
        The ledger's rows with ``computed`` (text; several rules joined by ``;``), ``verdict`` (see
        `vocabulary.VERDICTS`) and ``evidence`` (blank where nothing is computed,
        and for an input, which is ``transcribed`` and never reproduced).
    """
    judged, rests_on = [], {}
    for row, checks in _apply(ledger, cells):
        is_bounded = all(check.rule.is_bound for check in checks)
        if row.role != "input" and row.rule not in UNCHECKED and is_bounded:
            raise DataError(
                f"{row.value_id}: found only bounds ({row.rule}) for a {row.role} value; "
                "allowed: a rule that computes it, or the role input"
            )
        verdict, evidence = row.rule, ""
        if row.rule not in UNCHECKED:
            worst = None if row.role == "input" else find_worst(checks)
            verdict = worst.verdict if worst else TRANSCRIBED
            evidence = worst.rule.evidence if worst else ""
        judged.append((SEPARATOR.join(check.computed for check in checks), verdict, evidence))
        rests_on[row.value_id] = list(dict.fromkeys(n for check in checks for n in check.operands))
    paths.note("judged", rests_on)
    computed = pd.DataFrame(judged, ledger.index, ["computed", "verdict", "evidence"], dtype=str)
    return ledger.join(computed)


def find(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Everything in print that the rest of print does not bear out exactly, sorted.

    One row for each rule that differs or rounds and each repeated row: ``discrepancy_id`` (the
    value's id, or the place in a table), ``rule``, ``verdict``, ``printed`` and ``computed``.
    """
    found = [
        (row.value_id, check.name, check.verdict, row.printed, check.computed)
        for row, checks in _apply(ledger, cells)
        for check in checks
        if check.verdict != "exact"
    ]
    for item, table, _ in list_repeating():
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


def list_repeating() -> list[tuple[str, pd.DataFrame, str]]:
    """Item, table and file of those whose printed rows are numbered: one may be said again."""
    return [
        (resource["item"], tables.read_table(resource["name"]), resource["path"])
        for resource in tables.read_descriptor()["resources"]
        if resource["schema"]["primaryKey"][0] == "row"
    ]


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
    listed = list_rules().set_index("rule")
    uses = names.value_counts().sort_index()
    said = listed.loc[uses.index].rename(columns={"meaning": "what the rule computes"})
    return (
        said.iloc[:, :2].assign(**{"values checked": uses}).rename_axis("rule").iloc[:, [2, 1, 0]]
    )
