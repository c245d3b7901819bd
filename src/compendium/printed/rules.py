"""The rules that check a printed value, each one small function, registered under a name.

A rule takes a printed value and the printed cells it is checked against, and returns the value
those cells give, with their rounding carried along. It knows nothing of verdicts: `ledger.judge`
holds what it returns against the print. It never sees the value it checks: a pattern leaves it out,
and a rule that names it is refused. Each rule says by what kind of evidence it speaks, and so does
every verdict. A study may bring rules of its own, in a module `rules` of its package; they register
in the same way and are used, and listed, with these.
"""

import importlib.util
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from compendium import paths, settings
from compendium.errors import DataError
from compendium.printed import tables
from compendium.printed.quantities import TEXTS, Quantity, exactly, parse, read_fact
from compendium.printed.vocabulary import UNCHECKED

SEPARATOR = " ; "
# A rank is a number that counts; a code stands for a label.
_ALIKE = {"rank": "n", "page": "n", "code": "label"}


class Cell(NamedTuple):
    """A printed cell: its address, its text and its unit."""

    value_id: str
    text: str
    unit: str

    @property
    def quantity(self) -> Quantity:
        """What the text claims."""
        return parse(self.text, self.unit)


# One list for each group that "vs" separates; what follows "minus" is a group of its own.
Operands = list[list[Cell]]
_VALUE = attrgetter("value")
Work = Callable[[Cell, Operands], Quantity | str]


class Rule(NamedTuple):
    """A rule, and what has to be known of it."""

    work_out: Work
    source: str  # the package that brings it
    evidence: str = "recomputed"
    is_bound: bool = False  # leaves room: what only keeps within it is not thereby reproduced
    takes_names: bool = False  # its operand is a name and no cell: an item
    may_have_none: bool = False  # that no cell is there is an answer too
    reads: bool = True  # what its operands say, and not only that they are there
    is_one_fact: bool = False  # value and operand are one fact: of one unit, of one and the same
    takes: str = "CELL…"  # its operands, in their order
    example: str = ""  # a printed value and, after "=", operands that bear it out
    unit: str = "n"  # of the example
    cites: str = "arithmetic"  # whose idea it is


_RULES: dict[str, Rule] = {}
# Traits that go together: of references and names; of what only has to be there.
_CITED = {"evidence": "cited", "unit": "label"}
_THERE = {**_CITED, "may_have_none": True, "is_bound": True, "reads": False}


def register(name: str, **traits: bool | str) -> Callable[[Work], Work]:
    """Register a function as the rule of that name; `traits` are fields of `Rule`."""

    def keep(work_out: Work) -> Work:
        _RULES[name] = Rule(work_out, work_out.__module__.partition(".")[0], **traits)
        return work_out

    return keep


def find_rules() -> dict[str, Rule]:
    """Every rule by its name: those below, and those that the study at work brings."""
    return _find_rules(paths.STUDY)


@cache
def _find_rules(_study: Path) -> dict[str, Rule]:
    importlib.import_module("compendium.printed.statistics")  # it registers its own
    package = settings.load_package()
    if package and importlib.util.find_spec(f"{package.__name__}.rules"):
        settings.load_package("rules")
    here = {__name__.partition(".")[0], package and package.__name__}
    return {name: rule for name, rule in _RULES.items() if rule.source in here}


def list_rules() -> pd.DataFrame:
    """Each rule with what it gives and takes, by what evidence, an example, whose it is.

    >>> list_rules().set_index("rule").meaning["sum"]
    'The sum of the operands, less each that "minus" precedes; their roundings added up.'
    """
    rows = [
        (name, str(rule.work_out.__doc__).split("\n")[0], rule.evidence, rule.source, rule.takes,
         rule.example, rule.cites)
        for name, rule in find_rules().items()
    ]  # fmt: skip
    columns = ["rule", "meaning", "evidence", "source", "takes", "example", "cites"]
    return pd.DataFrame(rows, columns=columns)


def split_rules(rules: str) -> list[list[str]]:
    """Each rule of a value as its name and its arguments.

    >>> split_rules("sum a; b; minus c ; same d"), split_rules("not-derivable")
    ([['sum', 'a', 'b', 'minus', 'c'], ['same', 'd']], [])
    """
    if rules in ("", *UNCHECKED):
        return []
    return [[w for word in rule.split() if (w := word.rstrip(";"))]
            for rule in rules.split(SEPARATOR)]  # fmt: skip


def resolve(
    value: Cell, rules: str, cells: Mapping[str, Cell]
) -> Iterator[tuple[str, Rule, Operands]]:
    """Each rule of a value with the printed cells it takes.

    A DataError if a rule is unknown; takes what no printed cell has, or the value itself; or holds
    against each other what is not of one unit.
    """
    known = find_rules()
    for name, *arguments in split_rules(rules):
        if name not in known:
            raise DataError(f"found rule {name!r}; allowed: {', '.join([*known, *UNCHECKED])}")
        operands = _find_operands(known[name], value, arguments, cells)
        for other in operands[0] if known[name].is_one_fact else ():
            if _ALIKE.get(value.unit, value.unit) != _ALIKE.get(other.unit, other.unit):
                raise DataError(f"found {other.value_id}, a {other.unit}; allowed: a {value.unit}")
        yield name, known[name], operands


def _find_operands(
    rule: Rule, value: Cell, arguments: list[str], cells: Mapping[str, Cell]
) -> Operands:
    groups: Operands = [[]]
    less: list[Cell] = []
    for place, argument in enumerate(arguments):
        group = less if place and arguments[place - 1] == "minus" else groups[-1]
        if argument == "vs":
            groups.append([])
        elif argument == "minus":
            continue
        elif argument == value.value_id:
            raise DataError(f"found {argument}, the value itself; allowed: another printed cell")
        elif "*" in argument or "[" in argument:
            names = match_cells(argument, tuple(cells))
            group += [cells[name] for name in names if name != value.value_id]
        elif argument in cells:
            group.append(cells[argument])
        elif rule.takes_names or argument.isdigit():
            group.append(Cell(argument, argument, "n"))
        else:
            raise DataError(f"found operand {argument}; allowed: the id of a printed cell")
    if not all(groups) and not rule.may_have_none:
        found = f"found {' '.join(arguments)}, which is of no printed cell but the value itself"
        raise DataError(f"{found}; allowed: others")
    return [*groups, less] if "minus" in arguments else groups


@lru_cache(maxsize=4096)
def match_cells(pattern: str, names: tuple[str, ...]) -> list[str]:
    """The names a pattern is of, in their order: looked for among those that begin as it does.

    >>> match_cells("t/*/n", ("t/b/n", "t/a/n", "u/a/n"))
    ['t/b/n', 't/a/n']
    """
    ordered, place = _order(names)
    start = pattern.replace("[", "*").partition("*")[0]
    near = ordered[bisect_left(ordered, start) : bisect_left(ordered, f"{start}\U0010ffff")]
    return sorted((name for name in near if fnmatchcase(name, pattern)), key=place.__getitem__)


@lru_cache(maxsize=8)
def _order(names: tuple[str, ...]) -> tuple[list[str], dict[str, int]]:
    return sorted(names), {name: place for place, name in enumerate(names)}


@register("listed", may_have_none=True, takes="CELL… [minus CELL…]", example="2 = 1 1")
@register("sum", takes="CELL… [minus CELL…]", example="393 = 701 11 minus 319")
def total(value: Cell, operands: Operands) -> Quantity:
    """The sum of the operands, less each that "minus" precedes; their roundings added up."""
    added, less = ([cell.quantity for cell in group] for group in [*operands, []][:2])
    return sum(added, start=exactly(0)) - sum(less, start=exactly(0))


@register("percent", takes="PART WHOLE, or PART… vs WHOLE…", example="25 = 10 40", unit="%")
def percent(value: Cell, operands: Operands) -> Quantity:
    """The first operand as a percentage of the second; or the first group's sum, of the other's."""
    groups = operands if len(operands) > 1 else [[cell] for cell in operands[0]]
    part, whole = (total(value, [group]) for group in groups)
    return (part / whole).scaled(100)


@register("per", takes="PART WHOLE", example="0.25 = 10 40", unit="ratio")
@register("fraction", takes="PART WHOLE", example="0.25 = 10 40", unit="ratio")
def fraction(value: Cell, operands: Operands) -> Quantity:
    """The first operand by the second: "one in six" of 8 and 50, or so many a working day."""
    part, whole = operands[0]
    return part.quantity / whole.quantity


@register("fraction-without", takes="PART WHOLE", example="0.75 = 10 40", unit="ratio")
def fraction_without(value: Cell, operands: Operands) -> Quantity:
    """What the first operand leaves of the second, as a fraction of it."""
    part, whole = (cell.quantity for cell in operands[0])
    return (whole - part) / whole


@register("cites", is_one_fact=True, takes="CELL", example="Gray 1991 = Gray 1991 ;", **_CITED)
@register("same", evidence="cross-checked", is_one_fact=True, takes="CELL", example="17 = 17")
def same(value: Cell, operands: Operands) -> str:
    """The same fact as printed elsewhere, or as listed: number and qualifier alike."""
    (other,) = operands[0]
    if TEXTS & {value.unit, other.unit}:
        return other.text
    number, room = read_fact(value.text, value.unit)
    alike = (number, room) == (fact := read_fact(other.text, other.unit))
    # "At least three" holds of three; three is not what "at least three" says.
    claim = value.quantity
    holds = room and not fact[1] and number == fact[0] and claim.low <= number <= claim.high
    return value.text if alike or holds else other.text


@register("count", evidence="counted", reads=False, takes="CELL…", example="3 = 5 7 9")
def count(value: Cell, operands: Operands) -> Quantity:
    """How many printed cells there are: "three bodies" of a table with three rows."""
    return exactly(len(operands[0]))


@register("count-different", evidence="counted", reads=False, takes="CELL…", example="2 = 5 7 5")
def count_different(value: Cell, operands: Operands) -> Quantity:
    """How many different things the printed cells name: "three concepts" are no two twice."""
    return exactly(len({cell.text.lower() for cell in operands[0]}))


@register("least", takes="CELL…", example="3 = 5 3 9")
def least(value: Cell, operands: Operands) -> Quantity:
    """The smallest of the operands."""
    return min((cell.quantity for cell in operands[0]), key=_VALUE)


@register("range", takes="CELL…", example="3-9 = 5 3 9")
def span(value: Cell, operands: Operands) -> Quantity:
    """From the smallest to the largest operand, for a claim such as "1-2 %"."""
    found = [cell.quantity for cell in operands[0]]
    ends = [exactly(q.value) if q.value is not None else q for q in found]
    return Quantity(None, min(q.low for q in ends), max(q.high for q in ends))


@register("rate-ratios", takes="CELL… vs CELL… [vs CELL…]", example="5-10 = 20 vs 4 vs 2")
def rate_ratios(value: Cell, operands: Operands) -> Quantity:
    """The mean of the first group over the mean of each other group: "5-10 times"."""
    means = [sum(cell.quantity.value for cell in group) / len(group) for group in operands]
    ratios = [means[0] / mean for mean in means[1:]]
    return Quantity(None, min(ratios), max(ratios))


@register("decile", takes="RANK RANKS", example="3 = 25 100")
def decile(value: Cell, operands: Operands) -> Quantity:
    """The tenth of all ranks that a rank falls into, 1 to 10."""
    rank, ranks = operands[0]
    return exactly(-(-10 * rank.quantity.value // ranks.quantity.value))


@register("fits-beside", is_bound=True, takes="OTHER WHOLE", example="4 = 6 10")
def fits_beside(value: Cell, operands: Operands) -> Quantity:
    """The printed count, or as much of it as the rest of the whole leaves room for."""
    other, whole = operands[0]
    return min(value.quantity, whole.quantity - other.quantity, key=_VALUE)


@register("at-most", is_bound=True, takes="WHOLE", example="4 = 6")
def at_most(value: Cell, operands: Operands) -> Quantity:
    """The printed number, or the operand where that is smaller: a part is within its whole."""
    (whole,) = operands[0]
    return min(value.quantity, whole.quantity, key=_VALUE)


@register("at-least", is_bound=True, takes="FLOOR", example="6 = 4")
def at_least(value: Cell, operands: Operands) -> Quantity:
    """The printed number, or the operand where that is larger: a mean is above the least."""
    (floor,) = operands[0]
    return max(value.quantity, floor.quantity, key=_VALUE)


@register(
    "peers",
    is_bound=True,
    takes="AMOUNT vs AMOUNT PEOPLE [vs AMOUNT PEOPLE]",
    example="100 = 10 vs 20 200 vs 30 300",
)
def peers(value: Cell, operands: Operands) -> str:
    """The printed number, unless it is out of line with the rate per head of its peers.

    The first group is the amount of this site; each other group an amount and its population. Out
    of line is more than twice, or less than half, what the peers' median rate gives.
    """
    (amount,), *others = operands
    rates = sorted(of.quantity.value / people.quantity.value for of, people in others)
    middle = (rates[(len(rates) - 1) // 2] + rates[len(rates) // 2]) / 2
    expected = amount.quantity.value / middle
    in_line = expected / 2 <= value.quantity.value <= expected * 2
    return value.text if in_line else f"about {float(expected):,.0f} at the others' rate"


@register("item-meant", evidence="cited", takes_names=True, takes="ITEM")
def item_meant(value: Cell, operands: Operands) -> str:
    """The reference to the item that shows what is spoken of, in the words of its own heading.

    The operand says which item is meant: a reference to another one leads the reader astray, even
    if the other exists.
    """
    item = operands[0][0].text
    is_known = item in set(tables.read_table("items").item_id)
    heading = item.partition("/")[2].replace("-", " ").title() if is_known else "no such item"
    return value.text if value.text.lower() == heading.lower() else heading


def _split_reference(text: str) -> tuple[list[str], str]:
    """The names of a reference, and its year: "Gray and Wood 1991", "Abbott, Shaw et al. 2004"."""
    names, _, year = text.rpartition(" ")
    return names.removesuffix(" et al.").replace(" and ", ", ").split(", "), year


@register(
    "listed-as", takes="WORK…", example="Gray 1991 = Gray and Wood 1991 ; Abbott 2004", **_CITED
)
def listed_as(value: Cell, operands: Operands) -> str:
    """The citation, if it names one work of the list and no other; else what the list has."""
    works = [cell.text for cell in operands[0]]
    # A citation means works of its year, by the first of their names.
    names, year = _split_reference(value.text)
    read = [_split_reference(work) for work in works]
    meant = [all_names for all_names, when in read
             if year == when and names == all_names[: len(names)]]  # fmt: skip
    # Who is cited alone did not write with others, if there is a work without them.
    meant = [all_names for all_names in meant if all_names == names] or meant
    if len(meant) == 1:
        return value.text
    return f"{len(meant)} works so listed" if meant else " or ".join(works)


@register("dated-as", takes="WORK", example="1998 = Gray 1998 ;", **_CITED)
def dated_as(value: Cell, operands: Operands) -> str:
    """The year of a work as a list gives it, the letter after it left out."""
    (work,) = operands[0]
    return _split_reference(work.text)[1].rstrip("abcdefghij")


@register("in-list", takes="CELL…", example="HA = Health Authority ;", **_THERE)
def in_list(value: Cell, operands: Operands) -> str:
    """What is printed, if the list has an entry for it: one of the cells named."""
    return value.text if operands[0] else "not there"


@register("cited", takes="CITATION…", example="Gray 1991 = Gray 1991 ;", **_THERE)
def cited(value: Cell, operands: Operands) -> str:
    """The work listed, if there is a citation of it; what that says, `listed-as` reads."""
    return value.text if operands[0] else "not cited"


@register("unlike", is_bound=True, takes="CELL…", example="Costs = Benefits ;", **_CITED)
def unlike(value: Cell, operands: Operands) -> str:
    """What is printed, unless it is what the operands print: of headings, no two are the same."""
    return "said before" if value.text in {cell.text for cell in operands[0]} else value.text


@register("initials", is_bound=True, takes="TEXT", example="HA = Health Authority ;", **_CITED)
def initials(value: Cell, operands: Operands) -> str:
    """The abbreviation, if its capitals begin words of the other text, in their order."""
    words = iter(re.split(r"[\W_]+", operands[0][0].text))
    capitals = filter(str.isupper, value.text)
    ordered = all(any(word[:1].upper() == letter for word in words) for letter in capitals)
    return value.text if ordered else "letters in another order"


_MONTHS = "January February March April May June July August September October November December"


def _span_dates(text: str) -> tuple[int, int]:
    """The first and the last month a date may mean, counted from the year 0."""
    found = re.search(r"\d{4}", text)
    if not found:
        raise DataError(f"found {text!r}; allowed: a date with its year")
    year = int(found[0]) * 12
    named = [place for place, month in enumerate(_MONTHS.split()) if month in text]
    return year + (named[0] if named else 0), year + (named[-1] if named else 11)


@register("not-after", is_bound=True, takes="DATE", example="May 1998 = June 1998 ;", unit="label")
def not_after(value: Cell, operands: Operands) -> str:
    """The printed date, unless all of it is later than the other: a source tells of what was."""
    (other,) = operands[0]
    return value.text if _span_dates(value.text)[0] <= _span_dates(other.text)[1] else other.text
