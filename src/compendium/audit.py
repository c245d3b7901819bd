"""The audit: does print agree with itself?

Each rule is one small function from a printed value and its operands to the value those operands
give. `published.csv` says which rule checks which value; what the rules find is never listed by
hand. A rule on an `input` is a constraint: the value stays `transcribed`, but a breach is a finding.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from compendium import balance, published, raw
from compendium.errors import DataError
from compendium.quantities import Quantity, bare, exactly, parse, show


class Cell(NamedTuple):
    """A printed cell: its address, its text and its unit."""

    value_id: str
    text: str
    unit: str

    @property
    def quantity(self) -> Quantity:
        """What the text claims."""
        return parse(self.text, self.unit)


Operands = list[list[Cell]]  # one list for each group that "vs" separates


def total(value: Cell, operands: Operands) -> Quantity:
    """The sum of the operands, their roundings added up."""
    quantities = [cell.quantity for cell in operands[0]]
    return sum(quantities[1:], start=quantities[0])


def difference(value: Cell, operands: Operands) -> Quantity:
    """The first operand less the second."""
    first, second = operands[0]
    return first.quantity - second.quantity


def percent(value: Cell, operands: Operands) -> Quantity:
    """The first operand as a percentage of the second."""
    part, whole = operands[0]
    return (part.quantity / whole.quantity).scaled(100)


def fraction(value: Cell, operands: Operands) -> Quantity:
    """The first operand as a fraction of the second: "one in six" of 8 and 50."""
    part, whole = operands[0]
    return part.quantity / whole.quantity


def fraction_without(value: Cell, operands: Operands) -> Quantity:
    """What the first operand leaves of the second, as a fraction of it."""
    part, whole = operands[0]
    return (whole.quantity - part.quantity) / whole.quantity


def same(value: Cell, operands: Operands) -> str:
    """The same fact as printed elsewhere, qualifiers apart; the verdict is on the bare numbers."""
    (other,) = operands[0]
    agrees = bare(value.text, value.unit) == bare(other.text, other.unit)
    return value.text if agrees else other.text


def count(value: Cell, operands: Operands) -> Quantity:
    """How many printed cells there are: "three case studies" of a box with three rows."""
    return exactly(len(operands[0]))


def least(value: Cell, operands: Operands) -> Quantity:
    """The smallest of the operands."""
    return min((cell.quantity for cell in operands[0]), key=lambda quantity: quantity.value)


def span(value: Cell, operands: Operands) -> Quantity:
    """From the smallest to the largest operand, for a claim such as "1-2 %"."""
    values = [cell.quantity.value for cell in operands[0]]
    return Quantity(None, min(values), max(values))


def rate_ratios(value: Cell, operands: Operands) -> Quantity:
    """The mean of the first group over the mean of each other group: "5-10 times"."""
    means = [sum(cell.quantity.value for cell in group) / len(group) for group in operands]
    ratios = [means[0] / mean for mean in means[1:]]
    return Quantity(None, min(ratios), max(ratios))


def per(value: Cell, operands: Operands) -> Quantity:
    """The first operand per so many: 246 circulars in a year of 253 working days.

    253 is 261 weekdays less 8 public holidays, as in England in 1998 and in 1999.
    """
    amount, number = operands[0]
    return amount.quantity / number.quantity


def decile(value: Cell, operands: Operands) -> Quantity:
    """The tenth of all ranks that a rank falls into, 1 to 10."""
    rank, ranks = operands[0]
    return exactly(-(-10 * rank.quantity.value // ranks.quantity.value))


def grim(value: Cell, operands: Operands) -> Quantity:
    """The percentage nearest to the printed one that so many units can give.

    Brown and Heathers (2017), the GRIM test, for a percentage printed without its count.
    """
    (units,) = operands[0]
    number = round(value.quantity.value * units.quantity.value / 100)
    return exactly(Fraction(number) * 100 / units.quantity.value)


def fits_beside(value: Cell, operands: Operands) -> Quantity:
    """The printed count, or as much of it as the rest of the whole leaves room for.

    Documents with dated programmes and documents without a programme cannot together be more
    than all documents.
    """
    other, whole = operands[0]
    room = whole.quantity - other.quantity
    return min(value.quantity, room, key=lambda quantity: quantity.value)


def site_name(value: Cell, operands: Operands) -> str:
    """The name the other tables print."""
    return operands[0][0].text


def item_exists(value: Cell, operands: Operands) -> str:
    """The printed reference, if the work has such an item."""
    known = set(raw.read_table("items").item_id)
    return value.text if operands[0][0].text in known else "no such item"


def tilt(value: Cell, operands: Operands) -> str:
    """The side the stated leans tip the beam to under equal weights."""
    leans = pd.Series({cell.value_id.split("/")[-2]: int(cell.text) for cell in operands[0]})
    return balance.side(balance.tilt(leans))


RULES: dict[str, Callable[[Cell, Operands], Quantity | str]] = {
    "sum": total,
    "difference": difference,
    "percent": percent,
    "fraction": fraction,
    "fraction-without": fraction_without,
    "same": same,
    "count": count,
    "least": least,
    "range": span,
    "rate-ratios": rate_ratios,
    "per": per,
    "decile": decile,
    "grim": grim,
    "fits-beside": fits_beside,
    "site-name": site_name,
    "item-exists": item_exists,
    "tilt": tilt,
}
# Verdicts that are not computed: print does not hold the inputs, or the figure's image is missing.
UNCHECKED = ["not-derivable", "not-recoverable"]
# Of several rules on one value the worst decides.
ORDER = ["exact", "rounds", "differs"]


def check_value(value: Cell, rules: str, cells: dict[str, Cell]) -> list[dict[str, str]]:
    """Apply each rule of a value; one record per rule with ``rule``, ``computed``, ``verdict``.

    Raises
    ------
    DataError
        If a rule is unknown, or an operand is no printed cell.
    """
    checks = []
    for rule in rules.split(" ; "):
        name, *arguments = rule.split()
        if name not in RULES:
            allowed = ", ".join([*RULES, *UNCHECKED])
            raise DataError(f"{value.value_id}: found rule {name!r}; allowed: {allowed}")
        computed = RULES[name](value, _operands(value, arguments, cells))
        checks.append(
            {
                "rule": name,
                "computed": show(computed),
                "verdict": published.judge(value.text, value.unit, computed),
            }
        )
    return checks


def _operands(value: Cell, arguments: list[str], cells: dict[str, Cell]) -> Operands:
    groups: Operands = [[]]
    for argument in arguments:
        if argument == "vs":
            groups.append([])
        elif "*" in argument or "[" in argument:
            groups[-1] += [cell for key, cell in cells.items() if fnmatchcase(key, argument)]
        elif argument in cells:
            groups[-1].append(cells[argument])
        elif value.unit in ("label", "item") or argument.isdigit():
            groups[-1].append(Cell(argument, argument, "n"))
        else:
            raise DataError(f"{value.value_id}: found operand {argument}; no printed cell has it")
    if not all(groups):
        raise DataError(f"{value.value_id}: {' '.join(arguments)} matches no printed cell")
    return groups


def give_verdicts(ledger: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The verdict on every printed value.

    Parameters
    ----------
    ledger : DataFrame
        As `published.read_ledger` returns; a subset will do.
    cells : DataFrame
        As `raw.cells` returns, whole: operands come from anywhere.

    Returns
    -------
    DataFrame
        The ledger's rows with ``computed`` (text; several rules joined by ``;``) and
        ``verdict``: see `published.VERDICTS`. An input is ``transcribed``, never reproduced.
    """
    by_id = {row.value_id: Cell(row.value_id, row.text, row.unit) for row in cells.itertuples()}
    verdicts, computed = [], []
    for row in ledger.itertuples():
        if row.rule in UNCHECKED:
            verdicts.append(row.rule)
            computed.append("")
            continue
        value = Cell(row.value_id, row.printed, row.unit)
        checks = check_value(value, row.rule, by_id) if row.rule else []
        worst = max((check["verdict"] for check in checks), key=ORDER.index, default="")
        verdicts.append("transcribed" if row.role == "input" else worst)
        computed.append(" ; ".join(check["computed"] for check in checks))
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
    for resource in raw.read_descriptor()["resources"]:
        if resource["schema"]["primaryKey"][0] == "row":
            found += repeated_rows(resource["item"], raw.read_table(resource["name"]))
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
