"""The audit asks whether print agrees with itself.

The ledger says which rule checks which printed value; this module applies them all and finds what
does not hold. Findings are never listed by hand: the register explains them, the run holds the
register to them. A rule on an `input` is a constraint: the value stays `transcribed`, because it
was typed in, but a breach is a finding.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.ledger import judge
from compendium.printed.quantities import show
from compendium.printed.rules import Cell, Operands, Rule, find_rules, list_rules

# Verdicts that are not computed: print does not hold the inputs, or the figure's image is missing.
UNCHECKED = ["not-derivable", "not-recoverable"]
SEPARATOR = " ; "
# Of several rules on one value the worst decides.
_ORDER = ["exact", "rounds", "differs"]


class Check(NamedTuple):
    """What one rule gives for a value, and the ids of the printed cells it rests on."""

    rule: str
    computed: str
    verdict: str
    operands: list[str]


def check_value(value: Cell, rules: str, cells: dict[str, Cell]) -> list[Check]:
    """Apply each rule of a value; none if there is none, or nothing can be computed.

    Raises
    ------
    DataError
        If a rule is unknown, or an operand is no printed cell.
    """
    checks, known = [], find_rules()
    for rule in rules.split(SEPARATOR) if rules not in ("", *UNCHECKED) else []:
        name, *arguments = rule.split()
        if name not in known:
            allowed = ", ".join([*known, *UNCHECKED])
            raise DataError(f"{value.value_id}: found rule {name!r}; allowed: {allowed}")
        operands = _find_operands(known[name], value, arguments, cells)
        computed = known[name].work_out(value, operands)
        verdict = judge(value.text, value.unit, computed)
        rests = [cell.value_id for group in operands for cell in group if cell.value_id in cells]
        checks.append(Check(name, show(computed), verdict, rests))
    return checks


def _find_operands(
    rule: Rule, value: Cell, arguments: list[str], cells: dict[str, Cell]
) -> Operands:
    groups: Operands = [[]]
    for argument in arguments:
        if argument == "vs":
            groups.append([])
        elif "*" in argument or "[" in argument:
            start = re.split(r"[*[]", argument, maxsplit=1)[0]
            groups[-1] += [
                cell
                for key, cell in cells.items()
                if key.startswith(start) and fnmatchcase(key, argument)
            ]
        elif argument in cells:
            groups[-1].append(cells[argument])
        elif rule.takes_names or argument.isdigit():
            groups[-1].append(Cell(argument, argument, "n"))
        else:
            raise DataError(f"{value.value_id}: found operand {argument}; no printed cell has it")
    if not all(groups) and not rule.may_have_none:
        raise DataError(f"{value.value_id}: {' '.join(arguments)} matches no printed cell")
    return groups


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


def find_worst(checks: list[Check]) -> str:
    """The worst verdict of several checks; ``""`` of none."""
    return max((check.verdict for check in checks), key=_ORDER.index, default="")


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
        The ledger's rows with ``computed`` (text; several rules joined by ``;``) and
        ``verdict``: see `ledger.VERDICTS`. An input is ``transcribed``, never reproduced.
    """
    verdicts, computed, rests_on = [], [], {}
    for row, checks in _apply(ledger, cells):
        is_bounded = all(find_rules()[check.rule].is_bound for check in checks)
        if row.role != "input" and row.rule not in UNCHECKED and is_bounded:
            raise DataError(
                f"{row.value_id}: found only bounds ({row.rule}) for a {row.role} value; "
                "allowed: a rule that computes it, or the role input"
            )
        told = row.rule if row.rule in UNCHECKED else find_worst(checks)
        is_input = row.role == "input" and row.rule not in UNCHECKED
        verdicts.append("transcribed" if is_input else told)
        computed.append(SEPARATOR.join(check.computed for check in checks))
        rests_on[row.value_id] = list(dict.fromkeys(n for check in checks for n in check.operands))
    paths.note("judged", rests_on)
    return ledger.assign(computed=computed, verdict=verdicts)


def find(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Everything in print that the rest of print does not bear out, sorted.

    One row for each rule that differs and each repeated row: ``discrepancy_id`` (the value's id,
    or the place in a table), ``rule``, ``printed`` and ``computed``.
    """
    found = [
        (row.value_id, check.rule, row.printed, check.computed)
        for row, checks in _apply(ledger, cells)
        for check in checks
        if check.verdict == "differs"
    ]
    for item, table, _ in list_repeating():
        found += repeated_rows(item, table)
    columns = ["discrepancy_id", "rule", "printed", "computed"]
    return pd.DataFrame(found, columns=columns).sort_values(columns[:2], ignore_index=True)


def list_repeating() -> list[tuple[str, pd.DataFrame, str]]:
    """Item, table and file of those whose printed rows are numbered: one may be said again."""
    return [
        (resource["item"], tables.read_table(resource["name"]), resource["path"])
        for resource in tables.read_descriptor()["resources"]
        if resource["schema"]["primaryKey"][0] == "row"
    ]


def repeated_rows(name: str, table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Rows of a printed table that say again what an earlier row says, label and numbers alike.

    The table is long: ``row``, a label, ``site``, a number, ``line``.

    >>> long = pd.DataFrame({"row": [1, 2], "who": ["CHC", "CHC"], "site": "Total", "n": 3,
    ...                      "line": [7, 8]})
    >>> repeated_rows("appendix-h", long)
    [('appendix-h/2', 'repeated-row', 'CHC', 'row 1')]
    """
    _, label, site, number, _ = table.columns
    wide = table.pivot(index=["row", label], columns=site, values=number).reset_index(level=label)
    again = wide[wide.duplicated()]
    first = {tuple(row[1:]): row[0] for row in reversed(list(wide.itertuples()))}
    return [
        (f"{name}/{row[0]}", "repeated-row", row[1], f"row {first[tuple(row[1:])]}")
        for row in again.itertuples()
    ]


def count_uses(ledger: pd.DataFrame) -> pd.DataFrame:
    """Each rule that a ledger names: how many values it checks, and what it computes."""
    names = ledger.rule.str.split(SEPARATOR).explode().str.split().str[0]
    listed = list_rules().set_index("rule").meaning
    uses = names[names.isin(listed.index)].value_counts().sort_index()
    table = {"values checked": uses, "what the rule computes": listed[uses.index]}
    return pd.DataFrame(table).rename_axis("rule")
