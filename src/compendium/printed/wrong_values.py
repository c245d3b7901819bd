"""Wrong values: how a transcriber could have got a printed value wrong.

A check that never fails shows nothing, so each printed value is made wrong on purpose and the
checks are asked whether they notice (`review.perturb`). Each *mutation* is a plausible one: the
smallest slip of a digit, a sign that the schema would let stand, what stands beside it in the
column, or its row left out.

A *fault* is planted for students to find (`seminar.planting`): what a typist, a printer or an
author could have got wrong, of one of several kinds. It changes what values say, or the row they
stand in; the values of one row belong together, so the row is what a fault takes up. Whether a
check would notice is not asked here: some kinds it cannot see.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import chain, combinations, count
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import audit, tables
from compendium.printed.audit import Place, Support
from compendium.printed.ledger import judge, make_ledger
from compendium.printed.quantities import NUMBERS, TEXTS, Quantity, parse
from compendium.printed.rules import Cell, Operands, Rule, resolve
from compendium.printed.tables import PrintedCell

# Units whose texts are changed whole: "half" does not become another fraction by one letter.
_WHOLE = TEXTS | {"words", "shape"}
# Fractions in words that no one value fits.
_VAGUER = ["half", "one in eight", "nearly all"]
_ORDINAL = re.compile(r"(st|nd|rd|th)$")
DROPPED = "dropped row"


class Mutation(NamedTuple):
    """One wrong value, typed in place of the printed one."""

    cell: PrintedCell
    kind: str
    became: str  # "" for a dropped row


def list_mutations(cells: Iterable[PrintedCell]) -> list[Mutation]:
    """Every mutation of every printed cell, in the order of the cells.

    For each a ``digit`` (numbers, in figures or words) or a ``label`` (all other texts); a
    ``sign``, where the schema speaks of a minus or the value has one; a ``dropped row``, which
    takes every other value of its row along.
    """
    columns = _group(cells, "column", "unit")
    return [
        Mutation(cell, *change)
        for cell in cells
        for change in _list_changes(cell, columns[cell.file, cell.column, cell.unit])
    ]


def draw(mutations: list, sample: int | None, seed: int) -> list:
    """So many of the mutations, always the same for a seed, in their order; all for None."""
    if sample is None:
        return mutations
    if not 1 <= sample <= len(mutations):
        raise SettingError(f"sample: found {sample}; allowed: 1 to {len(mutations)} mutations")
    drawn = random.Random(seed).sample(range(len(mutations)), sample)
    return [mutations[place] for place in sorted(drawn)]


def allows(field: dict[str, Any], text: str) -> bool:
    """Whether a field's schema lets a text stand; what Frictionless asks, for one cell in memory.

    >>> allows({"type": "integer", "constraints": {"minimum": 0}}, "-3")
    False
    """
    rules = field.get("constraints", {})
    if field["type"] == "integer":
        if not re.fullmatch(r"[+-]?\d+", text):
            return False
        if not rules.get("minimum", int(text)) <= int(text) <= rules.get("maximum", int(text)):
            return False
    # Frictionless puts the ends round the pattern as it stands.
    fits = re.match(f"^{rules.get('pattern', '.*')}$", text, re.DOTALL) is not None
    return fits and text in [str(value) for value in rules.get("enum", [text])]


def find_refused(mutations: list[Mutation]) -> set[tuple[str, str]]:
    """Value and text of each mutation that the schema of its table does not let stand.

    Its column may not say so; what must hold in its row does not; or another cell says so already,
    in a column in which no two are alike.
    """
    refused, by_file = set(), {}
    for wrong in (mutation for mutation in mutations if mutation.kind != DROPPED):
        by_file.setdefault(wrong.cell.file, []).append(wrong)
    for file, changed in by_file.items():
        rows = [wrong.cell.of_row | {wrong.cell.column: wrong.became} for wrong in changed]
        for (cell, _, text), holds in zip(changed, tables.keep_rows(file, rows)):
            is_unique = cell.field.get("constraints", {}).get("unique", False)
            is_again = is_unique and text in set(tables.read_sheet(paths.RAW / file)[cell.column])
            if is_again or not holds or not allows(cell.field, text):
                refused.add((cell.value_id, text))
    return refused


def _list_changes(cell: PrintedCell, column: list[PrintedCell]) -> Iterator[tuple[str, str]]:
    """Kind and new text of each change to a cell."""
    rules = cell.field.get("constraints", {})
    listed = [str(value) for value in rules.get("enum", [])]
    number = None
    if cell.unit not in _WHOLE and not listed:
        number = change_number(cell.text, lambda new: allows(cell.field, new))
    said = dict.fromkeys([*(other.text for other in column), *listed])
    yield ("digit", number) if number else ("label", next_label(cell.text, cell.unit, list(said)))
    negative = change_sign(cell.text)
    if negative and cell.unit not in _WHOLE:
        # A minus comes to mind where there is one, or where the schema names what may stand.
        is_named = bool({"pattern", "enum"} & set(rules)) and allows(cell.field, negative)
        if cell.text[0] == "-" or is_named:
            yield "sign", negative
    yield DROPPED, ""


def list_wrong(text: str, unit: str, field: dict[str, Any]) -> Iterator[str]:
    """Other texts that could have stood there: the nearest first, then far ones.

    >>> list(list_wrong("2", "n", {"type": "integer"}))[:3]
    ['3', '1', '4']
    """
    named = [str(value) for value in field.get("constraints", {}).get("enum", [])]
    number, words = _list_numbers_near(text), [*_VAGUER, "ZZ", f"{text} (changed)"]
    far = [] if unit in _WHOLE else ["0", f"{text}0", f"{text}000"]
    for other in [*named, *number, *far, *(words if unit in _WHOLE else ())]:
        if other != text and allows(field, other):
            yield other


def find_idle(
    value: Cell, rules: str, cells: dict[str, Cell], field: dict[str, Any]
) -> Iterator[str]:
    """The rules of a value that would hold of it whatever it said: they check nothing."""
    for name, rule, operands in resolve(value, rules, cells):
        # What is not to be said again is wrong where it is.
        others = (cell.text for group in operands for cell in group if cell.text != value.text)
        wrong = chain(list_wrong(value.text, value.unit, field), others)
        judged = judge(value.text, value.unit, rule.work_out(value, operands))
        # Of a rule that asks whether something is there, the value decides nothing.
        asks = judged == "exact" and not (rule.may_have_none and not rule.reads)
        if asks and all(_holds(rule, value._replace(text=text), operands) for text in wrong):
            yield name


def _holds(rule: Rule, value: Cell, operands: Operands) -> bool:
    """Whether a rule gives what the value says; not where that cannot even be read."""
    try:
        return judge(value.text, value.unit, rule.work_out(value, operands)) == "exact"
    except DataError:
        return False


def change_number(text: str, is_allowed: Callable[[str], bool] = bool) -> str | None:
    """The number with its last digit one off: the smallest slip, and the hardest to see.

    Of all other digits, the nearest to the last one that may stand; then of those before it; if
    none may, the first of them all the same. A number in words becomes the next of its kind; a text
    without a number, None.

    >>> change_number("0.40"), change_number("1,399"), change_number("at least three")
    ('0.41', '1,398', 'at least four')
    >>> change_number("third"), change_number("several hundred")
    ('fourth', None)
    """
    wrong = _list_numbers_near(text)
    return next((new for new in wrong if is_allowed(new)), wrong[0] if wrong else None)


def _list_numbers_near(text: str) -> list[str]:
    """The text with one digit another, the nearest first; or with its last number word another."""
    digits = {str(digit): digit for digit in range(10)}
    if places := [match for match in re.finditer(r"[0-9]", text)][::-1]:
        return [_put(text, at, other) for at in places for other in _rank_others(at[0], digits)]
    words = [match for match in re.finditer(r"[A-Za-z]+", text) if match[0].lower() in NUMBERS]
    if not words:
        return []
    is_ordinal = _ORDINAL.search(last := words[-1][0].lower()) is not None
    kind = {w: n for w, n in NUMBERS.items() if (_ORDINAL.search(w) is not None) == is_ordinal}
    return [_put(text, words[-1], other) for other in _rank_others(last, kind)]


def _put(text: str, at: re.Match, other: str) -> str:
    return text[: at.start()] + other + text[at.end() :]


def _rank_others(said: str, numbers: dict[str, int]) -> list[str]:
    """Those that say another number, the nearest first, of two as near the larger."""
    number = numbers[said]
    others = [other for other in numbers if numbers[other] != number]
    return sorted(others, key=lambda other: (abs(numbers[other] - number), -numbers[other]))


def change_sign(text: str) -> str | None:
    """The number with the other sign; None where there is no number other than 0 to turn.

    >>> change_sign("0.97"), change_sign("-1"), change_sign("0"), change_sign("three")
    ('-0.97', '1', None, None)
    """
    if not re.fullmatch(r"-?[\d.,]*[1-9][\d.,]*", text):
        return None
    return text[1:] if text[0] == "-" else f"-{text}"


def next_label(text: str, unit: str, column: list[str]) -> str:
    """What stands next in the column and says something else; if all say the same, another text.

    >>> next_label("Rural", "label", ["Mixed", "Rural"]), next_label("yes", "label", ["yes"])
    ('Mixed', 'yes (changed)')
    >>> next_label("one-third", "words", ["one-third", "a third", "half"])
    'half'
    """
    place, meant = column.index(text), _meaning(text, unit)
    others = (o for o in column[place + 1 :] + column[:place] if _meaning(o, unit) != meant)
    return next(others, f"{text} (changed)")


def _meaning(text: str, unit: str) -> Quantity | str:
    """The number behind a fraction in words, where it can be read; otherwise the text."""
    try:
        return parse(text, unit) if unit == "words" else text
    except DataError:
        return text


_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")
# A number that other numbers add up to, or are left over from; not one that only counts on.
_TOTAL = re.compile(r"sum (?!.* \d+$).*")
# Rules that answer otherwise, but still answer, when a list has one row more.
_LISTING = {"count", "count-different", "sum", "listed"}


class Fault(NamedTuple):
    """One slip: what its values say after it, and the rows of the true data it takes up."""

    kind: str
    places: tuple[Place, ...]
    texts: dict[str, str]  # by value_id; "" for a value whose row is dropped
    was: str
    again: dict[str, str]  # for a doubled row: the ids of its values, and the true ones
    key: str = ""  # of the doubled row

    @property
    def loses_row(self) -> bool:
        """Whether a row is left out."""
        return not self.again and not any(self.texts.values())


class Known(NamedTuple):
    """The true data, and what rests on what in it."""

    at: dict[str, PrintedCell]  # those with a row in the ledger
    ledger: pd.DataFrame  # by value_id
    rows: dict[str, pd.DataFrame]  # of each file, as text
    keys: dict[str, list[dict[str, Any]]]  # the fields of the primary key of each file
    support: Support
    alone: set[Place]  # rows that others cite, or that print says twice: none is touched


@paths.once_a_state
def know() -> Known:
    """The true data, gathered once for each state of it."""
    ledger, gathered = make_ledger().set_index("value_id", drop=False), audit.read_support()
    described = {table["path"]: table["schema"] for table in tables.read_descriptor()["resources"]}
    fields = {path: {f["name"]: f for f in schema["fields"]} for path, schema in described.items()}
    return Known(
        {cell.value_id: cell for cell in tables.list_cells() if cell.value_id in ledger.index},
        ledger,
        {path: tables.read_sheet(paths.RAW / path) for path in described},
        {path: [fields[path][key] for key in described[path]["primaryKey"]] for path in described},
        gathered,
        gathered.cited.union(*(_said_twice(file, *of) for file, of in gathered.repeats.items())),
    )


def _said_twice(file: str, item: str, table: pd.DataFrame) -> set[Place]:
    """The rows of print that say again what another says, and those others."""
    said = audit.repeated_rows(item, table)
    twice = {row.removeprefix(f"{item}/") for row, *_ in said}
    twice |= {first.removeprefix("row ") for *_, first in said}
    return {(file, place) for place, row in enumerate(table["row"], 2) if str(row) in twice}


def qualifier_of(cell: PrintedCell) -> str:
    """What stands before the number in a column of its own: "almost"."""
    return cell.of_row.get("qualifier", "")


def _transpose(known: Known) -> Iterator[Fault]:
    """Two neighbouring digits change places: 1998 becomes 1989."""
    for cell in _list_numbers(known):
        # Nobody takes 9188 for a year: the century stays.
        first = len(cell.text) - 2 if cell.unit == "year" else len(qualifier_of(cell))
        for place in range(first, len(cell.text) - 1):
            one, other = cell.text[place : place + 2]
            leads = other == "0" and not cell.text[:place][-1:].isdigit()
            if (one + other).isdigit() and one != other and not leads:
                new = cell.text[:place] + other + one + cell.text[place + 2 :]
                yield _change(known, {cell.value_id: new})


def _miscount(known: Known) -> Iterator[Fault]:
    """A total, or a difference, has a wrong digit."""
    for row in known.ledger[known.ledger.rule.str.fullmatch(_TOTAL)].itertuples():
        if new := change_number(row.printed):
            yield _change(known, {row.Index: new})


def _swap_sites(known: Known) -> Iterator[Fault]:
    """Two sites have each other's value."""
    alike: dict[tuple, list[PrintedCell]] = {}
    for cell in known.at.values():
        keys = [key["name"] for key in known.keys[cell.file]]
        if "site" in keys:
            rest = "/".join(cell.of_row[key] for key in keys if key != "site")
            alike.setdefault((cell.file, cell.column, rest, cell.unit), []).append(cell)
    for cells in (alike[key] for key in sorted(alike)):
        for one, other in combinations(cells, 2):
            if one.text != other.text and "/Total/" not in one.value_id + other.value_id:
                yield _change(known, {one.value_id: other.text, other.value_id: one.text})


def _rebase(known: Known) -> Iterator[Fault]:
    """A share is worked out of another whole than the one it is said to be of."""
    columns = _group(known.at.values(), "column", "unit")
    for row in known.ledger[known.ledger.rule.str.fullmatch(r"percent \S+ \S+")].itertuples():
        # A name with a blank in it is a pattern.
        words = row.rule.split()[1:]
        found = [[name for name in known.at if fnmatchcase(name, word)] for word in words]
        if [len(names) for names in found] != [1, 1]:
            continue
        part, whole = (known.at[names[0]] for names in found)
        peers = {cell.text for cell in columns[whole.file, whole.column, whole.unit]}
        for text in sorted(text for text in peers if _NUMBER.fullmatch(text)):
            base = parse(text, whole.unit).value
            share = 100 * parse(part.text, part.unit).value / base if base else 101
            new = f"{float(share):.{len(row.printed.partition('.')[2])}f}"
            if share <= 100 and new != row.printed and _NUMBER.fullmatch(row.printed):
                yield _change(known, {row.Index: new})


def _lose_sign(known: Known) -> Iterator[Fault]:
    """A minus is left out."""
    for cell in _list_numbers(known):
        if cell.text.startswith("-"):
            yield _change(known, {cell.value_id: cell.text[1:]})


def _lose_qualifier(known: Known) -> Iterator[Fault]:
    """'Almost 30' becomes 30."""
    for cell in known.at.values():
        if said := qualifier_of(cell):
            yield _change(known, {cell.value_id: cell.text.removeprefix(f"{said} ")})


def _slip_line(known: Known) -> Iterator[Fault]:
    """The eye slips, and the value of the row above is typed once more."""
    above: dict[tuple, PrintedCell] = {}
    for cell in known.at.values():
        column = (cell.file, cell.column, cell.unit)
        before, above[column] = above.get(column), cell
        # The numbers of running text stand in no column that an eye could slip in.
        in_column = before and before.row == cell.row - 1
        in_column = in_column and "item_id" not in [key["name"] for key in known.keys[cell.file]]
        if in_column and before.text != cell.text:
            yield _change(known, {cell.value_id: before.text})


def _drop_row(known: Known) -> Iterator[Fault]:
    """A row is left out, with every value in it."""
    for cells in _group(known.at.values(), "row").values():
        yield _change(known, {cell.value_id: "" for cell in cells})


def _double_row(known: Known) -> Iterator[Fault]:
    """A row is typed twice, the second time under a key of its own."""
    rules = {user: rule for user, rule, _ in known.support.patterns}
    for (file, row), cells in _group(known.at.values(), "row").items():
        last = known.keys[file][-1]
        used = known.rows[file][last["name"]]
        key = _next_key(old := used[row], {*used})
        users = {user for cell in cells for user in known.support.uses.get(cell.value_id, ())}
        if allows(last, key) and {rules[user] for user in users & {*rules}} <= _LISTING:
            again = {_rename(cell, old, key): cell.value_id for cell in cells}
            yield _change(known, {}, again, key)


def _group(cells: Iterable[PrintedCell], *by: str) -> dict[tuple, list[PrintedCell]]:
    """The cells of each file that have these in common, in the order of the first of them."""
    groups: dict[tuple, list[PrintedCell]] = {}
    for cell in cells:
        groups.setdefault((cell.file, *(getattr(cell, name) for name in by)), []).append(cell)
    return groups


def _next_key(key: str, used: set[str]) -> str:
    """The next key of its kind: a number goes on counting, a name gets one."""
    if key.isdigit():
        return next(k for n in count(int(key) + 1) if (k := str(n).zfill(len(key))) not in used)
    return next(k for n in count(2) if (k := f"{key}-{n}") not in used)


def _rename(cell: PrintedCell, old: str, key: str) -> str:
    tail = "" if cell.column == "printed" else f"/{cell.column}"
    return cell.value_id.removesuffix(f"/{old}{tail}") + f"/{key}{tail}"


def _list_numbers(known: Known) -> Iterator[PrintedCell]:
    """Every cell whose text, its qualifier apart, is a number in figures."""
    for cell in known.at.values():
        if _NUMBER.fullmatch(cell.text.removeprefix(f"{qualifier_of(cell)} ")):
            yield cell


def _change(
    known: Known, texts: dict[str, str], again: dict[str, str] | None = None, key: str = ""
) -> Fault:
    cells = [known.at[name] for name in texts or again.values()]
    places = tuple(dict.fromkeys((cell.file, cell.row) for cell in cells))
    was = (" / " if any(texts.values()) else ", ").join(cell.text for cell in cells)
    return Fault("", places, texts, was, again or {}, key)


FAULTS: dict[str, Callable[[Known], Iterator[Fault]]] = {
    "transposed digits": _transpose,
    "wrong total": _miscount,
    "swapped sites": _swap_sites,
    "share of a wrong base": _rebase,
    "lost sign": _lose_sign,
    "lost qualifier": _lose_qualifier,
    "slipped line": _slip_line,
    "dropped row": _drop_row,
    "doubled row": _double_row,
}


@paths.once_a_state
def list_faults() -> dict[str, list[Fault]]:
    """Every fault of every kind that the data could hold, once for each state of it."""
    return {
        kind: [fault._replace(kind=kind) for fault in make(know())] for kind, make in FAULTS.items()
    }
