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
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import combinations, groupby, permutations, product
from typing import Any, NamedTuple

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


def suggest(item: str = "") -> list[Suggestion]:
    """Rules for the values of an item, or of all, that none checks yet; near misses first.

    Raises
    ------
    SettingError
        If there is no such item.
    """
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
        search = _Search(_gather_rows(list(group)), cells, open_)
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


def _gather_rows(cells: list[PrintedCell]) -> list[_Row]:
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
        by_group = {
            row.group: [other for other in rows if other.group == row.group] for row in rows
        }
        self.beside = [by_group[row.group][-1] if by_group[row.group][-1] is not row else None
                       for row in rows]  # fmt: skip

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
            for name, columns, template in relations:
                family = (name in ("sum", "difference"), frozenset([target, *columns]))
                if family[0] and family in told:
                    continue  # b is a less c, where a is b and c
                matches = self._apply(target, template)
                sound = [match for match in matches if match.verdict != "differs"]
                share = _SHARE_OF_BOUNDS if name.endswith("of so many") else _SHARE
                if len(sound) < max(_LEAST, share * len(matches)):
                    continue
                told.add(family)
                yield self._tell(name, matches, relations, target)

    def _apply(self, target: str, template: Callable) -> list[Match]:
        matches: list[Match] = []
        for row, beside in zip(self.rows, self.beside):
            cell = row.cells.get(target)
            rule = cell and cell.value_id in self.open and template(row, beside, self.name)
            match = rule and self.check(cell, rule)
            if match:
                matches.append(match)
            if len(matches) == 4 and all(m.verdict == "differs" for m in matches):
                break
        return matches

    def _tell(self, name: str, matches: list[Match], relations: list, target: str) -> Suggestion:
        """How many of the relations tried would hold of a row by chance: of those near it."""
        row = next(r for r in self.rows if target in r.cells)
        beside = self.beside[self.rows.index(row)]
        rules = [template(row, beside, self.name) for *_, template in relations]
        chance = self._count_chance(row.cells[target], [rule for rule in rules if rule])
        ordered = sorted(matches, key=lambda match: match.verdict != "differs")
        return Suggestion(name, ordered, len(relations), chance)

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
        rules = (
            {f"sum {' '.join(others)}": "total"} if place in (0, len(ids) - 1) or is_total else {}
        )
        for first in range(max(0, place - _ABOVE), place - 1):
            rules.setdefault(f"sum {' '.join(ids[first:place])}", "subtotal")
        above = ids[max(0, place - _STEPS) : place]
        for size in range(2, len(above) + 1):
            for chosen, signs in product(combinations(above, size), product("+-", repeat=size - 1)):
                if "-" in signs:
                    plus = [chosen[0], *(v for v, sign in zip(chosen[1:], signs) if sign == "+")]
                    minus = [v for v, sign in zip(chosen[1:], signs) if sign == "-"]
                    rule = f"sum {' '.join(plus)} " + " ".join(f"minus {one}" for one in minus)
                    rules.setdefault(rule, "flow")
        tried = [
            (kind, match) for rule, kind in rules.items() if (match := self.check(target, rule))
        ]
        chance, near = (self._count_chance(target, list(rules), far) for far in (0, _NEAR))
        last = {" ".join(sorted(above[-steps:])) for steps in (3, 4) if len(above) >= steps}
        for kind, match in tried:
            whole = kind == "total" and is_total
            if match.verdict != "differs":
                if chance < _LIKELY or whole:
                    yield Suggestion(kind, [match], len(rules), chance)
            # Of a flow, the last steps alone, all of them, are near to it when they miss.
            elif _is_near(match) and (
                whole or (near < _LIKELY_NEAR and _list_operands(match.rule) in last)
            ):
                yield Suggestion(kind, [match], len(rules), near)


def _list_operands(rule: str) -> str:
    """What a sum takes, whichever it adds."""
    return " ".join(sorted(word for word in rule.split()[1:] if word != "minus"))


def _is_near(match: Match) -> bool:
    with suppress(ValueError):
        printed, computed = (float(t.replace(",", "")) for t in (match.printed, match.computed))
        return abs(printed - computed) <= max(_NEAR * abs(printed), 1)
    return False


def _list_relations(target: str, columns: list[str], units: dict[str, str]) -> Iterator[tuple]:
    """Name, columns and template of each relation that a column may be in, by its unit.

    A template gives the rule of a row, or nothing where a cell that it takes is blank.
    """
    others = [column for column in columns if column != target]
    alike = [column for column in others if units[column] == units[target]]
    counts = [column for column in others if units[column] == "n"]
    # Of several, the one that is called as the column is: dhfr_n of dhfr_percent.
    stem = target.split("_", maxsplit=1)[0]
    counts = [c for c in counts if c.split("_")[0] == stem or len(counts) == 1]

    def inside(form: str, *used: str) -> tuple:
        def template(row: _Row, _beside: _Row | None, name: Callable) -> str | None:
            held = [name(row.cells[c].value_id) for c in used if c in row.cells]
            return form.format(*held) if len(held) == len(used) else None

        return used, template

    def against(form: str, column: str) -> tuple:
        def template(row: _Row, beside: _Row | None, name: Callable) -> str | None:
            if beside is None or column not in row.cells or column not in beside.cells:
                return None
            return form.format(*(name(one.cells[column].value_id) for one in (beside, row)))

        return (column,), template

    def of_all(column: str) -> tuple:
        def template(row: _Row, _beside: _Row | None, name: Callable) -> str | None:
            cell = row.cells.get(column)
            return cell and f"percent {name(cell.value_id)} vs {cell.item}/*/{column}"

        return (column,), template

    if units[target] == "p":
        return
    for size in range(2, min(len(alike), 4) + 1):
        for used in combinations(alike, size):
            yield "sum", *inside("sum " + " ".join(["{}"] * size), *used)
    amounts = [column for column in others if units[column] not in ("%", "p")]
    percent, mean, ratio = (units[target] == unit for unit in ("%", "mean", "ratio"))
    scales = {"": "interval of a difference"}
    scales |= {"-ratio": "interval of a ratio"} if ratio else {}
    scales |= {"-efficacy": "interval of an efficacy"} if percent else {}
    pairs = {
        "difference": ("sum {} minus {}", permutations(alike, 2)),
        "percentage": ("percent {} {}", permutations(amounts, 2) if percent else ()),
        "part of a part": ("percent-of {} {}", combinations(alike, 2) if percent else ()),
        "ratio": ("fraction {} {}", permutations(others, 2) if ratio else ()),
    }
    pairs |= {
        f"middle of the {what}": (f"ci-middle{scale} {{}} {{}}", _find_ends(alike))
        for scale, what in scales.items()
    }
    for name, (form, chosen) in pairs.items():
        for pair in chosen:
            yield name, *inside(form, *pair)
    singles = {
        "completes 100": ("sum 100 minus {}", alike if percent else []),
        "percentage of so many": ("grim {}", counts if percent else []),
        "mean of so many": ("grim-mean {}", counts if mean else []),
    }
    for name, (form, chosen) in singles.items():
        for column in chosen:
            yield name, *inside(form, column)
    beside = {
        "difference from the row it is compared with": ("sum {} minus {}", alike),
        "percentage of the last row": ("percent {1} {0}", amounts if percent else []),
        "percentage less": ("percent-less {} {}", amounts if percent else []),
        "percentage change": ("percent-change {} {}", amounts if percent else []),
    }
    for name, (form, chosen) in beside.items():
        for column in chosen:
            yield name, *against(form, column)
    for column in amounts if percent else []:
        yield "percentage of all rows", *of_all(column)


def _find_ends(columns: list[str]) -> Iterator[tuple[str, str]]:
    for low in columns:
        high = low.replace("low", "high")
        if high != low and high in columns:
            yield low, high


def _find_repeats(
    wanted: list[PrintedCell], every: list[PrintedCell], open_: set[str]
) -> Iterator[Suggestion]:
    """Numbers printed in two items: of three digits at least, which few others have."""
    items = {cell.value_id: cell.item for cell in every}
    by_text: dict[tuple, list[str]] = {}
    for cell in every:
        by_text.setdefault((cell.text, cell.unit), []).append(cell.value_id)
    place = {cell.value_id: number for number, cell in enumerate(every)}
    for cell in wanted:
        digits = sum(map(str.isdigit, cell.text.lstrip("0.")))
        if cell.value_id not in open_ or digits < 3 or re.fullmatch(r"(?:19|20)\d\d", cell.text):
            continue
        same = [one for one in by_text[cell.text, cell.unit] if items[one] != cell.item]
        same = [one for one in same if place[one] < place[cell.value_id] and one in open_]
        if len(same) == 1:
            tried = sum(other.unit == cell.unit and other.item != cell.item for other in every)
            match = Match(
                cell.value_id, f"same {same[0].replace(' ', '*')}", cell.text, cell.text, "exact"
            )
            yield Suggestion("repeat", [match], tried, tried / (9 * 10 ** (digits - 1)))


def _find_counts(
    wanted: list[PrintedCell], every: list[PrintedCell], open_: set[str]
) -> Iterator[Suggestion]:
    """Counts that are the number of rows of one table of their source, and of no other."""
    rows: dict[tuple[str, str], set[int]] = {}
    columns: dict[tuple[str, str], str] = {}
    for cell in every:
        rows.setdefault((cell.item, cell.file), set()).add(cell.row)
        columns.setdefault((cell.item, cell.file), cell.column)
    for cell in (one for one in wanted if one.unit == "n" and one.value_id in open_):
        number, source = parse(cell.text, cell.unit).value, cell.item.partition("/")[0]
        tried = {key: len(found) for key, found in rows.items()
                 if key[0] != cell.item and key[0].startswith(f"{source}/")}  # fmt: skip
        same = [key for key, found in tried.items() if found == number]
        if number > 2 and len(same) == 1:
            rule = f"count {same[0][0]}/*/{columns[same[0]]}"
            match = Match(cell.value_id, rule, cell.text, str(number), "exact")
            near = sum(number / 2 <= found <= 2 * number for found in tried.values())
            yield Suggestion("count of a list", [match], len(tried), near / (1.5 * float(number)))


def show(number: int, one: Suggestion) -> str:
    """A suggestion as text: what would be, what holds, how easily it may."""
    first = one.matches[0]
    words = {"total": "the sum", "subtotal": "the sum", "flow": "the sum"}
    lines = [f"{number}. {one.kind}: {first.value_id}"]
    for miss in one.near_misses:
        would = words.get(one.kind, f"the {one.kind}")
        lines.append(f"   {miss.computed} would be {would}; print says {miss.printed}"
                     + f" ({miss.value_id})" * (len(one.matches) > 1))  # fmt: skip
    lines.append(f"   {first.rule}")
    holds = len(one.matches) - len(one.near_misses)
    of = f"holds in {holds} of {len(one.matches)} rows; " if len(one.matches) > 1 else ""
    lines.append(f"   {of}{one.tried} tried; {one.chance:.2g} would match a value by chance")
    return "\n".join(lines)


def accept(chosen: list[Suggestion]) -> int:
    """Write the rules of these into checks.csv; how many values they check.

    Raises
    ------
    DataError
        If the ledger cannot be made with them: two that only confirm each other. Then none is.
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
    path = paths.RAW / "checks.csv"
    was = path.read_text(encoding="utf-8")
    sheet = tables.read_sheet(path)
    added = pd.concat([sheet, pd.DataFrame(rows.values(), columns=sheet.columns)]).fillna("")
    write_raw({"checks.csv": added.to_csv(index=False, lineterminator="\n")})
    try:
        ledger.read_ledger()
    except DataError:
        write_raw({"checks.csv": was})
        raise
    return len(rows)


def draft_register() -> list[str]:
    """Add a row to the register for each finding that it does not have; their ids.

    What print says and what the computation gives is filled in. The cause, and what follows from
    it, is left blank: the study is refused until its author has said both.
    """
    told, cells = ledger.read_ledger(), tables.cells()
    findings = audit.find(told, cells)
    path = paths.RAW / "discrepancies.csv"
    register = tables.read_sheet(path)
    known = set(zip(register.discrepancy_id, register.rule))
    by_id, items = told.set_index("value_id"), tables.read_table("items").astype(str)
    known_lines = dict(zip(items.item_id, items.line_start + "-" + items.line_end))
    rows = []
    for row in findings.itertuples(index=False):
        if (row.discrepancy_id, row.rule) in known:
            continue
        value: dict[str, Any] = (
            by_id.loc[row.discrepancy_id].to_dict() if row.discrepancy_id in by_id.index else {}
        )
        line, item = value.get("line"), value.get("item_id", row.discrepancy_id.rpartition("/")[0])
        lines = known_lines.get(item, "") if pd.isna(line) else str(line)
        what = f"{value.get('quantity', row.discrepancy_id)}: print says {row.printed}, " \
               f"the rule {row.rule} gives {row.computed}."  # fmt: skip
        rows.append(
            dict.fromkeys(register.columns, "")
            | row._asdict()
            | {"items": item, "lines": lines, "what": what, "pdf_could_settle": "perhaps"}
        )
    if rows:
        added = pd.concat([register, pd.DataFrame(rows)])
        write_raw({path.name: added.to_csv(index=False, lineterminator="\n")})
    return [row["discrepancy_id"] for row in rows]
