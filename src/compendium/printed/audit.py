"""The audit asks whether print agrees with itself.

`ledger.csv` says which rule checks which printed value; this module applies them all and finds
what does not hold. Findings are never listed by hand: the register explains them, the run holds the
register to them. A rule on an `input` is a constraint: the value stays `transcribed`, because it
was typed in, but a breach is a finding.
"""

from fnmatch import fnmatchcase
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.ledger import judge
from compendium.printed.quantities import show
from compendium.printed.rules import BOUNDS, RULES, Cell, Operands

# Verdicts that are not computed: print does not hold the inputs, or the figure's image is missing.
UNCHECKED = ["not-derivable", "not-recoverable"]
# Rules whose operand is a name and no cell: the source or the item that is meant.
NAMING = {"item-exists", "item-meant"}
SEPARATOR = " ; "
# Of several rules on one value the worst decides.
ORDER = ["exact", "rounds", "differs"]


def check_value(value: Cell, rules: str, cells: dict[str, Cell]) -> list[dict[str, Any]]:
    """Apply each rule of a value.

    Returns
    -------
    list of dict
        One for each rule: ``rule``, ``computed``, ``verdict`` and ``operands``, the ids of the
        printed cells it rests on.

    Raises
    ------
    DataError
        If a rule is unknown, or an operand is no printed cell.
    """
    checks = []
    for rule in rules.split(SEPARATOR):
        name, *arguments = rule.split()
        if name not in RULES:
            allowed = ", ".join([*RULES, *UNCHECKED])
            raise DataError(f"{value.value_id}: found rule {name!r}; allowed: {allowed}")
        operands = _operands(name, value, arguments, cells)
        computed = RULES[name](value, operands)
        checks.append(
            {
                "rule": name,
                "computed": show(computed),
                "verdict": judge(value.text, value.unit, computed),
                "operands": [
                    cell.value_id for group in operands for cell in group if cell.value_id in cells
                ],
            }
        )
    return checks


def _operands(rule: str, value: Cell, arguments: list[str], cells: dict[str, Cell]) -> Operands:
    groups: Operands = [[]]
    for argument in arguments:
        if argument == "vs":
            groups.append([])
        elif "*" in argument or "[" in argument:
            groups[-1] += [cell for key, cell in cells.items() if fnmatchcase(key, argument)]
        elif argument in cells:
            groups[-1].append(cells[argument])
        elif rule in NAMING or argument.isdigit():
            groups[-1].append(Cell(argument, argument, "n"))
        else:
            raise DataError(f"{value.value_id}: found operand {argument}; no printed cell has it")
    # "Listed" asks how many of a kind a table lists, and none is an answer.
    if not all(groups) and rule != "listed":
        raise DataError(f"{value.value_id}: {' '.join(arguments)} matches no printed cell")
    return groups


def give_verdicts(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The verdict on every printed value.

    Parameters
    ----------
    ledger : DataFrame
        As `ledger.read_ledger` returns; a subset will do.
    cells : DataFrame
        As `tables.cells` returns, whole: operands come from anywhere.

    Returns
    -------
    DataFrame
        The ledger's rows with ``computed`` (text; several rules joined by ``;``) and
        ``verdict``: see `ledger.VERDICTS`. An input is ``transcribed``, never reproduced.
    """
    by_id = {row.value_id: Cell(row.value_id, row.text, row.unit) for row in cells.itertuples()}
    verdicts, computed = [], []
    rests_on: dict[str, list[str]] = {}
    for row in ledger.itertuples():
        rests_on[row.value_id] = []
        if row.rule in UNCHECKED:
            verdicts.append(row.rule)
            computed.append("")
            continue
        value = Cell(row.value_id, row.printed, row.unit)
        checks = check_value(value, row.rule, by_id) if row.rule else []
        if row.role != "input" and all(check["rule"] in BOUNDS for check in checks):
            raise DataError(
                f"{row.value_id}: found only bounds ({row.rule}) for a {row.role} value; "
                "allowed: a rule that computes it, or the role input"
            )
        worst = max((check["verdict"] for check in checks), key=ORDER.index, default="")
        verdicts.append("transcribed" if row.role == "input" else worst)
        computed.append(" ; ".join(check["computed"] for check in checks))
        rests_on[row.value_id] = list(
            dict.fromkeys(name for check in checks for name in check["operands"])
        )
    paths.note("judged", rests_on)
    return ledger.assign(computed=computed, verdict=verdicts)


def find(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Everything in print that the rest of print does not bear out.

    Returns
    -------
    DataFrame
        ``discrepancy_id`` (the value's id, or the place in a table), ``rule``, ``printed``,
        ``computed``; one row for each rule that differs and each repeated row, sorted.
    """
    by_id = {row.value_id: Cell(row.value_id, row.text, row.unit) for row in cells.itertuples()}
    found = []
    for row in ledger.itertuples():
        if row.rule == "" or row.rule in UNCHECKED:
            continue
        value = Cell(row.value_id, row.printed, row.unit)
        found += [
            (row.value_id, check["rule"], row.printed, check["computed"])
            for check in check_value(value, row.rule, by_id)
            if check["verdict"] == "differs"
        ]
    for resource in tables.read_descriptor()["resources"]:
        if resource["schema"]["primaryKey"][0] == "row":
            found += repeated_rows(resource["item"], tables.read_table(resource["name"]))
    columns = ["discrepancy_id", "rule", "printed", "computed"]
    return pd.DataFrame(found, columns=columns).sort_values(columns[:2], ignore_index=True)


def repeated_rows(name: str, table: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Rows of a printed table that say again what an earlier row says, label and numbers alike.

    Parameters
    ----------
    table : DataFrame
        Long form: ``row``, a label, ``site``, a number, ``line``.

    Examples
    --------
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
    uses = names[names.isin(list(RULES))].value_counts().sort_index()
    words = [RULES[name].__doc__.split("\n")[0] for name in uses.index]
    table = {"values checked": uses, "what the rule computes": words}
    return pd.DataFrame(table).rename_axis("rule")
