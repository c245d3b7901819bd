"""Rules that suggest themselves, and the rows of the register that findings ask for.

Printed numbers are tried against each other: columns of a row, a row against the one it is compared
with, rows that add up, places that print the same. A relation that holds in most rows of a table is
suggested, and where it fails a near miss is shown, before all else: "126 would be the sum; print
says 120". Such a search finds matches by chance too, the more it tries, so each suggestion says how
many: what was tried whose result lies near the printed number, times the share of that
neighbourhood which its printed precision takes up. A person chooses; nothing is written unasked.
"""

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations, groupby, permutations, product
from typing import NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import audit, ledger, tables
from compendium.printed.quantities import TEXTS, parse
from compendium.printed.rules import Cell, find_rules
from compendium.printed.tables import PrintedCell
from compendium.printed.wrong_values import find_idle
from compendium.study.add_table import write_raw

# A relation is worth telling where it holds in so many rows at least, and in this share of them.
_LEAST, _SHARE, _SHARE_OF_BOUNDS = 2, 0.6, 0.75
# Rows above that may add up to one; steps of a flow.
_ABOVE, _STEPS = 12, 4
# How far off a near miss of a sum may be.
_NEAR = 0.1
# What adds up down a column, and how easily a sum of rows may match by chance to be told.
_ADDED, _LIKELY = ("n", "people", "£", "£ million"), 0.1
_LIKELY_NEAR = 1.0  # how easily a near miss may come about, likewise
_SMALL = 10  # what is below it is the sum of many things
_TOTALS = ("total", "all", "overall", "sum", "altogether")


class Match(NamedTuple):
    """A value, the rule that was tried on it, and what came of it."""

    value_id: str
    rule: str
    printed: str
    computed: str
    verdict: str


class Suggestion(NamedTuple):
    """A rule, or one for many rows: where it holds, where it does not, how easily it might."""

    kind: str
    matches: list[Match]  # those that do not hold first
    tried: int
    chance: float  # matches by chance in such a search, for one value

    @property
    def near_misses(self) -> list[Match]:
        """The values of which it does not hold."""
        return [match for match in self.matches if match.verdict == "differs"]


class _Row(NamedTuple):
    cells: dict[str, PrintedCell]  # by column
    group: str  # what its keys say but the last
    label: str


class _Relation(NamedTuple):
    """What a column may be of others: a rule with a gap for each cell that it takes."""

    name: str
    form: str
    columns: tuple[str, ...]
    has_beside: bool = False  # takes its columns of the row compared with, then of the row itself


def suggest(item: str = "") -> list[Suggestion]:
    """Rules for the values of an item, or of all, that none checks yet; near misses first."""
    known = tables.read_table("items").item_id.tolist()
    if item and item not in known:
        raise SettingError(f"--item: found {item!r}; allowed: {', '.join(known)}")
    told = ledger.read_ledger()
    open_ = set(told.value_id[told.rule == ""])
    every = [cell for cell in tables.list_cells() if cell.unit not in TEXTS | {""}]
    readable = [cell for cell in every if _is_number(cell)]
    cells = {cell.value_id: Cell(cell.value_id, cell.text, cell.unit) for cell in readable}
    found: list[Suggestion] = []
    wanted = [cell for cell in readable if not item or cell.item == item]
    for _, group in groupby(wanted, key=lambda cell: (cell.item, cell.file)):
        search = _Search(_gather_rows(group), cells, open_)
        found += [*search.across(), *search.down()]
    found += [*_find_repeats(wanted, readable, open_), *_find_counts(wanted, every, open_)]
    # Of near misses, those whose rule holds elsewhere come first.
    return sorted(
        found,
        key=lambda one: (not one.near_misses, one.near_misses == one.matches, one.chance),
    )


def _is_number(cell: PrintedCell) -> bool:
    with suppress(DataError):
        return parse(cell.text, cell.unit).value is not None
    return False


def _gather_rows(cells: Iterator[PrintedCell]) -> list[_Row]:
    rows = []
    for _, of_row in groupby(cells, key=lambda cell: cell.row):
        by_column = {cell.column: cell for cell in of_row}
        first = next(iter(by_column.values()))
        keys = first.value_id.removeprefix(f"{first.item}/").split("/")
        label = " ".join(str(text) for text in first.of_row.values()).lower()
        has_column = first.value_id.endswith(f"/{first.column}")
        rows.append(_Row(by_column, "/".join(keys[: -1 - has_column]), label))
    return rows


class _Search:
    """The printed numbers of one table, tried against each other."""

    def __init__(self, rows: list[_Row], cells: dict[str, Cell], open_: set[str]) -> None:
        self.rows, self.cells, self.open = rows, cells, open_
        self.columns = list(dict.fromkeys(column for row in rows for column in row.cells))
        self.units = {c: row.cells[c].unit for row in rows for c in row.cells}
        # The last row of a group is what its others are compared with: controls come last.
        last = {row.group: row for row in rows}
        self.beside = [None if last[row.group] is row else last[row.group] for row in rows]

    def name(self, value_id: str) -> str:
        """A value's id as a rule has it: in which a blank separates operands."""
        if " " not in value_id:
            return value_id
        starred = value_id.replace(" ", "*")
        alone = len(fnmatch.filter(self.cells, starred)) == 1
        return starred if alone else value_id.replace(" ", "[!!-~]")

    def check(self, target: PrintedCell, rule: str) -> Match | None:
        """The outcome of a rule; None if it cannot be worked out, or cannot fail."""
        value = self.cells[target.value_id]
        with suppress(DataError, ZeroDivisionError, TypeError, ValueError):
            [one] = audit.check_value(value, rule, self.cells)
            if one.rule.is_bound and [*find_idle(value, rule, self.cells, target.field)]:
                return None
            return Match(target.value_id, rule, target.text, one.computed, one.verdict)
        return None

    def across(self) -> Iterator[Suggestion]:
        """Relations between the columns of a row, or with those of the row it is compared with."""
        told = set()
        for target in self.columns:
            relations = list(_list_relations(target, self.columns, self.units))
            first = next(place for place, row in enumerate(self.rows) if target in row.cells)
            for relation in relations:
                is_sum = relation.name in ("sum", "difference")
                family = (is_sum, frozenset([target, *relation.columns]))
                if is_sum and family in told:
                    continue  # b is a less c, where a is b and c
                matches = self._apply(target, relation)
                sound = [match for match in matches if match.verdict != "differs"]
                share = _SHARE_OF_BOUNDS if relation.name.endswith("of so many") else _SHARE
                if len(sound) >= max(_LEAST, share * len(matches)):
                    told.add(family)
                    ordered = sorted(matches, key=lambda match: match.verdict != "differs")
                    # How many of those tried would hold of a row by chance: of the first.
                    rules = list(filter(None, (self._fill(each, first) for each in relations)))
                    chance = self._count_chance(self.rows[first].cells[target], rules)
                    yield Suggestion(relation.name, ordered, len(relations), chance)

    def _fill(self, relation: _Relation, place: int) -> str | None:
        """The rule of a row; nothing where a cell that it takes is blank."""
        rows = [self.beside[place]] * relation.has_beside + [self.rows[place]]
        cells = [row.cells.get(column) for row in rows if row for column in relation.columns]
        if None in rows or None in cells:
            return None
        return relation.form.format(*(self.name(c.value_id) for c in cells), item=cells[0].item)

    def _apply(self, target: str, relation: _Relation) -> list[Match]:
        matches: list[Match] = []
        for place, row in enumerate(self.rows):
            cell = row.cells.get(target)
            rule = cell and cell.value_id in self.open and self._fill(relation, place)
            if match := rule and self.check(cell, rule):
                matches.append(match)
            if len(matches) == 4 and all(m.verdict == "differs" for m in matches):
                break
        return matches

    def _count_chance(self, target: PrintedCell, rules: list[str], near: float = 0) -> float:
        claim = parse(target.text, target.unit)
        size = abs(float(claim.value)) or 1.0
        computed = []
        for rule in rules:
            match = self.check(target, rule)
            with suppress(ValueError):
                computed += [float(match.computed)] if match else []
        around = sum(size / 2 <= abs(number) <= 2 * size for number in computed)
        width = max(float(claim.high - claim.low) or 1.0, 2 * near * size)
        return min(around * width / (1.5 * size), float(len(rules)))

    def down(self) -> Iterator[Suggestion]:
        """Rows that add up to another: totals, subtotals, the steps of a flow."""
        for column in self.columns:
            listed = [row for row in self.rows if column in row.cells]
            if self.units[column] not in _ADDED or len(listed) < 3:
                continue
            for place, row in enumerate(listed):
                cell = row.cells[column]
                if cell.value_id in self.open and parse(cell.text, cell.unit).value >= _SMALL:
                    yield from self._add_up(column, listed, place)

    def _add_up(self, column: str, listed: list[_Row], place: int) -> Iterator[Suggestion]:
        target = listed[place].cells[column]
        ids = [self.name(row.cells[column].value_id) for row in listed]
        others = ids[:place] + ids[place + 1 :]
        is_total = any(word in listed[place].label.split() for word in _TOTALS)
        may_be_total = is_total or place in (0, len(ids) - 1)
        rules = {f"sum {' '.join(others)}": "total"} if may_be_total else {}
        for first in range(max(0, place - _ABOVE), place - 1):
            rules.setdefault(f"sum {' '.join(ids[first:place])}", "subtotal")
        above = ids[max(0, place - _STEPS) : place]
        for size in range(2, len(above) + 1):
            for chosen, signs in product(combinations(above, size), product("+-", repeat=size - 1)):
                if "-" in signs:
                    plus = [chosen[0], *(v for v, sign in zip(chosen[1:], signs) if sign == "+")]
                    minus = [f"minus {v}" for v, sign in zip(chosen[1:], signs) if sign == "-"]
                    rules.setdefault(" ".join(["sum", *plus, *minus]), "flow")
        chance, near = (self._count_chance(target, list(rules), far) for far in (0, _NEAR))
        last = [sorted(above[-steps:]) for steps in (3, 4) if len(above) >= steps]
        for rule, kind in rules.items():
            match, whole = self.check(target, rule), kind == "total" and is_total
            if match and match.verdict != "differs":
                if chance < _LIKELY or whole:
                    yield Suggestion(kind, [match], len(rules), chance)
            elif match and _is_near(match):
                # Of a flow, the last steps alone, all of them, are near to it when they miss.
                operands = sorted(word for word in rule.split()[1:] if word != "minus")
                if whole or (near < _LIKELY_NEAR and operands in last):
                    yield Suggestion(kind, [match], len(rules), near)


def _is_near(match: Match) -> bool:
    with suppress(ValueError):
        printed, computed = (float(t.replace(",", "")) for t in (match.printed, match.computed))
        return abs(printed - computed) <= max(_NEAR * abs(printed), 1)
    return False


def _list_relations(target: str, columns: list[str], units: dict[str, str]) -> Iterator[_Relation]:
    """Each relation that a column may be in, by its unit."""
    if units[target] == "p":
        return
    others = [column for column in columns if column != target]
    alike = [column for column in others if units[column] == units[target]]
    counts = [column for column in others if units[column] == "n"]
    # Of several, the one that is called as the column is: dhfr_n of dhfr_percent.
    stem = target.split("_", maxsplit=1)[0]
    counts = [c for c in counts if c.split("_")[0] == stem or len(counts) == 1]
    ends = [(low, high) for low in alike
            if (high := low.replace("low", "high")) in alike and high != low]  # fmt: skip
    is_percent, is_ratio = units[target] == "%", units[target] == "ratio"
    amounts = [c for c in others if is_percent and units[c] not in ("%", "p")]
    shares = alike if is_percent else []
    of_so_many = {"%": "percentage", "mean": "mean"}.get(units[target])
    grim = "grim-mean" if of_so_many == "mean" else "grim"
    tried = [
        *(("sum", "sum" + " {}" * size, combinations(alike, size)) for size in (2, 3, 4)),
        ("difference", "sum {} minus {}", permutations(alike, 2)),
        ("percentage", "percent {} {}", permutations(amounts, 2)),
        ("part of a part", "percent-of {} {}", combinations(shares, 2)),
        ("ratio", "fraction {} {}", permutations(others if is_ratio else [], 2)),
        ("middle of the interval of a difference", "ci-middle {} {}", ends),
        ("middle of the interval of a ratio", "ci-middle-ratio {} {}", ends * is_ratio),
        ("middle of the interval of an efficacy", "ci-middle-efficacy {} {}", ends * is_percent),
        ("completes 100", "sum 100 minus {}", zip(shares)),
        (f"{of_so_many} of so many", f"{grim} {{}}", zip(counts if of_so_many else [])),
        # With the row that it is compared with.
        ("difference from the row it is compared with", "sum {} minus {}", zip(alike), True),
        ("percentage of the last row", "percent {1} {0}", zip(amounts), True),
        ("percentage less", "percent-less {} {}", zip(amounts), True),
        ("percentage change", "percent-change {} {}", zip(amounts), True),
        *(("percentage of all rows", f"percent {{}} vs {{item}}/*/{column}", [(column,)])
          for column in amounts),
    ]  # fmt: skip
    for name, form, chosen, *has_beside in tried:
        for used in chosen:
            yield _Relation(name, form, used, bool(has_beside))


def _find_repeats(
    wanted: list[PrintedCell], every: list[PrintedCell], open_: set[str]
) -> Iterator[Suggestion]:
    """Numbers printed in two items: of three digits at least, which few others have."""
    before: dict[tuple[str, str], list[PrintedCell]] = defaultdict(list)
    first = {cell.value_id for cell in wanted} & open_
    for cell in every:
        alike = before[cell.text, cell.unit]
        digits = sum(map(str.isdigit, cell.text.lstrip("0.")))
        is_year = re.fullmatch(r"(?:19|20)\d\d", cell.text)
        same = [c.value_id for c in alike if c.item != cell.item and c.value_id in open_]
        if cell.value_id in first and digits >= 3 and not is_year and len(same) == 1:
            tried = sum(other.unit == cell.unit and other.item != cell.item for other in every)
            rule = f"same {same[0].replace(' ', '*')}"
            match = Match(cell.value_id, rule, cell.text, cell.text, "exact")
            yield Suggestion("repeat", [match], tried, tried / (9 * 10 ** (digits - 1)))
        alike.append(cell)


def _find_counts(
    wanted: list[PrintedCell], every: list[PrintedCell], open_: set[str]
) -> Iterator[Suggestion]:
    """Counts that are the number of rows of one table of their source, and of no other."""
    by_table = {key: list(cells) for key, cells in groupby(every, key=lambda c: (c.item, c.file))}
    n_rows = {key: len({cell.row for cell in cells}) for key, cells in by_table.items()}
    for cell in (one for one in wanted if one.unit == "n" and one.value_id in open_):
        number, source = parse(cell.text, cell.unit).value, cell.item.partition("/")[0]
        tried = {key: n for key, n in n_rows.items()
                 if key[0] != cell.item and key[0].startswith(f"{source}/")}  # fmt: skip
        same = [key for key, n in tried.items() if n == number]
        if number > 2 and len(same) == 1:
            rule = f"count {same[0][0]}/*/{by_table[same[0]][0].column}"
            match = Match(cell.value_id, rule, cell.text, str(number), "exact")
            near = sum(number / 2 <= n <= 2 * number for n in tried.values())
            yield Suggestion("count of a list", [match], len(tried), near / (1.5 * float(number)))


def show(number: int, one: Suggestion) -> str:
    """A suggestion as text: what would be, what holds, how easily it may."""
    first = one.matches[0]
    would_be = "sum" if one.kind in ("total", "subtotal", "flow") else one.kind
    lines = [f"{number}. {one.kind}: {first.value_id}"]
    lines += [
        f"   {miss.computed} would be the {would_be}; print says {miss.printed}"
        + f" ({miss.value_id})" * (len(one.matches) > 1)
        for miss in one.near_misses
    ]
    lines.append(f"   {first.rule}")
    holds = len(one.matches) - len(one.near_misses)
    of = f"holds in {holds} of {len(one.matches)} rows; " if len(one.matches) > 1 else ""
    lines.append(f"   {of}{one.tried} tried; {one.chance:.2g} would match a value by chance")
    return "\n".join(lines)


def accept(chosen: list[Suggestion]) -> int:
    """Write the rules of these into checks.csv; how many values they check.

    A DataError, and none, if the ledger cannot be made with them: two that only confirm each other
    """
    kinds = find_rules()
    rows: dict[str, dict[str, str]] = {}
    for match in (match for one in chosen for match in one.matches):
        name = match.rule.split()[0]
        role = "repeated" if name == "same" else "input" if kinds[name].is_bound else "derived"
        row = {"value_id": match.value_id, "role": role, "rule": match.rule}
        if before := rows.get(match.value_id):
            row["rule"] = f"{before['rule']} ; {match.rule}"
            row["role"] = before["role"] if role == "input" else role
        rows[match.value_id] = row
    sheet = tables.read_sheet(paths.RAW / "checks.csv")
    added = pd.concat([sheet, pd.DataFrame(rows.values(), columns=sheet.columns)])
    write_raw({"checks.csv": added}, check=ledger.read_ledger)
    return len(rows)


def draft_register() -> list[str]:
    """Add a row to the register for each finding that it does not have; their ids.

    What print says and what the computation gives is filled in. The cause, and what follows from
    it, is left blank: the study is refused until its author has said both.
    """
    told, cells = ledger.read_ledger(), tables.cells()
    register = tables.read_sheet(paths.RAW / "discrepancies.csv")
    known = set(zip(register.discrepancy_id, register.rule))
    found = audit.find(told, cells)
    found = found[[key not in known for key in zip(found.discrepancy_id, found.rule)]]
    items = tables.read_table("items").set_index("item_id")
    said = told.set_index("value_id").reindex(found.discrepancy_id).set_axis(found.index)
    item = said.item_id.fillna(found.discrepancy_id.str.replace(r"/[^/]*$", "", regex=True))
    ends = items.line_start.astype(str) + "-" + items.line_end.astype(str)
    what = (said.quantity.fillna(found.discrepancy_id) + ": print says " + found.printed
            + ", the rule " + found.rule + " gives " + found.computed + ".")  # fmt: skip
    lines = said.line.astype("string").fillna(item.map(ends))
    rows = found.assign(items=item, lines=lines, what=what, pdf_could_settle="perhaps")
    if len(rows):
        write_raw({"discrepancies.csv": pd.concat([register, rows])[list(register)]})
    return list(rows.discrepancy_id)
