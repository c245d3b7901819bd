"""The ledger of printed values, and what a verdict is.

A printed number is typed once, in its table. Its role, and the rule that checks it, are said in its
row, or for all of its column in `fields.csv`; `checks.csv` has what neither says. The ledger is
made from the three. A computed value is held against print at the printed precision: the verdict.
What nothing else in print bears out belongs in the register, argued row by row; the register is
held to what the computation finds: nothing new, nothing vanished.
"""

import fnmatch
import re
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError, refuse
from compendium.printed import tables
from compendium.printed.descriptor import BY_ROW, LABEL, declared_name
from compendium.printed.quantities import CODE, Quantity, parse
from compendium.printed.rules import Cell, resolve
from compendium.printed.tables import PrintedCell
from compendium.printed.vocabulary import EVIDENCE, NOT_COMPUTED, ROLES, VERDICTS

COLUMNS = ["value_id", "item_id", "quantity", "printed", "unit", "role", "rule", "section", "line"]


def judge(printed: str, unit: str, computed: Quantity | str) -> str:
    """The verdict on one printed value.

    ``exact``: the computed value is what print says, at the printed precision (for a text, the same
    text; for words and open ranges, inside what they claim; for a printed range, both ends).
    ``rounds``: cut off where it should be rounded, or within what the rounding of the printed
    inputs leaves open. ``differs``: neither.

    >>> from fractions import Fraction
    >>> from compendium.printed.quantities import exactly
    >>> judge("0.9", "%", exactly(Fraction(34, 3650) * 100))
    'exact'
    >>> judge("0.4", "%", exactly(Fraction(11, 2390) * 100))
    'rounds'
    >>> judge("20", "n", exactly(21))
    'differs'
    """
    if isinstance(computed, str):
        return "exact" if printed == computed else "differs"
    claim = parse(printed, unit)
    if computed.value is None:
        # A printed range claims each of its ends; other words, all that lies between.
        ends = printed.replace("–", "-").split("-")
        claims = [parse(end, unit) for end in ends] if len(ends) == 2 else [claim] * 2
        inside = [c.low <= end <= c.high for c, end in zip(claims, (computed.low, computed.high))]
        return "exact" if all(inside) else "differs"
    if claim.low <= computed.value <= claim.high:
        return "exact"
    rounds = claim.low <= computed.high and computed.low <= claim.high
    if claim.value is not None:
        # Print may hold the computed value's digits, those after the last left away.
        cut = abs(computed.value) - abs(claim.value)
        rounds |= claim.value * computed.value >= 0 and 0 <= cut < claim.high - claim.low
    return "rounds" if rounds else "differs"


def read_ledger(items: Collection[str] | None = None) -> pd.DataFrame:
    """Every printed value, in the order of the items and, within one, of its tables: `COLUMNS`.

    Of some `items` no other table is read than theirs, and a row of `checks.csv` may speak of
    others. ``rule`` is ``""`` where there is none, ``printed`` is ``""`` where the image that shows
    the value is missing.

    A DataError if a value has no role, or a checked one no rule; if a row of `checks.csv` speaks of
    no printed value; if a rule takes the value itself, what is not there, of another unit or of
    somebody else, or values only confirm each other: all of it at once.
    """
    return make_ledger(items)[COLUMNS]


def make_ledger(items: Collection[str] | None = None) -> pd.DataFrame:
    """The ledger, and in a column ``said`` the row that gives a value its role and rule."""
    chosen = None if items is None else frozenset(items)
    tables.list_cells(chosen)  # even where it is made already: whoever asks has read them
    return _make(chosen).copy()


@paths.once_a_state
def _make(items: frozenset[str] | None) -> pd.DataFrame:
    sections = tables.read_table("items").set_index("item_id").section.to_dict()
    places = {item: place for place, item in enumerate(sections)}
    keys = tables.read_table("fields")[["table", "column"]].itertuples(index=False, name=None)
    fields = {key: f"data/raw/fields.csv row {row}" for row, key in enumerate(keys, start=2)}
    found = {cell.value_id: _say(cell, fields) for cell in tables.list_cells(items)}
    problems = []
    for row, check in enumerate(tables.read_table("checks").to_dict("records"), start=2):
        name, place = check.pop("value_id"), f"data/raw/checks.csv row {row}"
        said = {key: cell for key, cell in check.items() if not pd.isna(cell)}
        if "quantity" in said:
            # No cell holds what a missing image shows.
            item = max((i for i in sections if name.startswith(f"{i}/")), key=len, default="")
            if items is not None and item not in items:
                continue
            found[name] = {"item_id": item, "printed": "", "where": place, "of_row": {}}
        # Most rows name one cell: it need not be looked for among all.
        is_pattern = {*"*?["} & {*name}
        named = fnmatch.filter(found, name) if is_pattern else [name] * (name in found)
        for key in named:
            # A role and its rule are said together: without a rule there is none.
            found[key] |= ({"said": place, "rule": ""} if "role" in said else {}) | said
        if not named and items is None:
            problems.append(f"{place}, column value_id: found {name}; allowed: a printed cell's")
    ledger = [_finish(name, told, sections) for name, told in found.items()]
    problems += [problem for told in ledger for problem in _find_wrong(told, sections)]
    if not problems and items is None:
        problems += _find_unsound([told for told in ledger if told["role"] in ROLES])
    refuse("the ledger cannot be made", problems)
    made = [told for told in ledger if told["role"] in ROLES]
    made.sort(key=lambda told: places[told["item_id"]])
    return pd.DataFrame(made, columns=[*COLUMNS, "said"]).astype({"line": "Int64"})


def _say(cell: PrintedCell, fields: dict[tuple[str, str], str]) -> dict[str, Any]:
    """What its row says of a cell, and its column."""
    where, by_row = f"data/raw/{cell.file} row {cell.row}", cell.field["role"] == BY_ROW
    told = cell.of_row if by_row else cell.field
    return {
        "item_id": cell.item,
        "quantity": cell.field.get("quantity", cell.column),
        "printed": cell.text,
        "unit": cell.unit,
        "role": told["role"],
        "rule": told.get("rule", ""),
        "said": where if by_row else fields[declared_name(cell.file), cell.column],
        "where": f"{where}, column {cell.column}",
        "of_row": cell.of_row,
    }


def _finish(name: str, told: dict[str, Any], sections: dict[str, str]) -> dict[str, Any]:
    """An entry with its ``{column}`` filled in, and where its row and its item say it stands."""
    of_row = told["of_row"]
    # In a rule a blank separates operands; "*" stands for one within a name.
    rule = _fill(
        told.get("rule", ""), {key: "*".join(cell.split()) for key, cell in of_row.items()}
    )
    section = of_row.get("section") or sections.get(told["item_id"], "")
    line = pd.to_numeric(of_row.get("line"))
    # What falls away in front takes its comma along.
    quantity = _fill(told["quantity"], of_row).removeprefix(", ")
    return {"role": "", "unit": "", "section": section, "line": line} | told | {
        "value_id": name, "quantity": quantity, "rule": rule
    }  # fmt: skip


def _fill(template: str, cells: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: cells.get(found[1], found[0]), template)


def _find_wrong(told: dict[str, Any], sections: dict[str, str]) -> Iterator[str]:
    if told["role"] in ("", LABEL):
        # Labels and codes of ours need no verdict; counts and amounts do.
        if told["unit"] not in ("", LABEL, CODE):
            allowed = f"a role: {', '.join(ROLES)}"
            yield f"{told['where']}: found {told['printed']} without a role; allowed: {allowed}"
    elif told["item_id"] not in sections:
        yield f"{told['where']}: found {told['value_id']}; allowed: a value of an item of items.csv"
    elif told["role"] != "input" and not told["rule"]:
        yield f"{told['said']}, column rule: found nothing; " \
              f"allowed: the rule that checks this {told['role']} value"  # fmt: skip


def _find_unsound(ledger: list[dict[str, Any]]) -> Iterator[str]:
    """Rules that cannot be worked out, or cannot fail: they take what only says the same again."""
    by_id = {cell.value_id: cell for cell in tables.list_cells()}
    cells = {name: Cell(name, cell.text, cell.unit) for name, cell in by_id.items()}
    rests: dict[str, list[str]] = {}
    checked = {told["value_id"]: told for told in ledger if told["rule"]}
    for name, told in checked.items():
        value, where = Cell(name, told["printed"], told["unit"]), f"{told['said']}, column rule"
        try:
            rules = list(resolve(value, told["rule"], cells))
        except DataError as error:
            yield f"{where}: {name}: {error}"
            continue
        taken = {cell.value_id: rule for _, rule, groups in rules for g in groups for cell in g}
        if told["role"] != "input":
            rests[name] = [one for one in taken if one in checked]
        for one in (one for one, rule in taken.items() if rule.is_one_fact and one in by_id):
            of_other = by_id[one].of_row
            for column in tables.OF_WHOM:
                ours, theirs = told["of_row"].get(column), of_other.get(column)
                if ours and theirs and ours not in theirs and theirs not in ours:
                    yield f"{where}: {name}: found {one}, of {theirs}; allowed: what is of {ours}"
    while rests:
        # Values that rest on nothing but each other: one fact, said in as many places.
        try:
            TopologicalSorter(rests).prepare()
            break
        except CycleError as error:
            *circle, first = reversed(error.args[1])
            rests[first] = []
            where = f"{checked[first]['said']}, column rule"
            found = f"found {' and '.join(sorted(circle))}, which only confirm each other"
            yield f"{where}: {found}; allowed: one of them an input"


def summarise(verdicts: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How many values got which verdict; one row per group, one column per verdict.

    Groups of ``evidence`` stand in the order of `EVIDENCE`, what has none last, as not computed.
    """
    if "evidence" in by:
        order = [*EVIDENCE, NOT_COMPUTED]
        verdicts = verdicts.assign(evidence=verdicts.evidence.replace("", NOT_COMPUTED))
        verdicts = verdicts.sort_values("evidence", key=lambda c: c.map(order.index), kind="stable")
    counts = verdicts.groupby(by, sort=False).verdict.value_counts().unstack(fill_value=0)
    return counts.reindex(columns=list(VERDICTS), fill_value=0)


def compare_register(findings: pd.DataFrame) -> dict[str, list[str]]:
    """How today's findings, as `audit.find` returns them, stand to the registered ones.

    ``new``, ``vanished`` and ``changed`` (registered, but with another printed or computed value or
    verdict), each a list of sentences; all empty when the register is true.
    """
    register, keys = tables.read_table("discrepancies"), ["discrepancy_id", "rule"]
    both = findings.merge(register, how="outer", on=keys, suffixes=("", "_registered"))
    outcome: dict[str, list[str]] = {"new": [], "vanished": [], "changed": []}
    for row in both.to_dict("records"):
        name = f"{row['discrepancy_id']} ({row['rule']})"
        found, registered = (
            f"printed {row[f'printed{of}']}, computed {row[f'computed{of}']}, {row[f'verdict{of}']}"
            for of in ("", "_registered")
        )
        if pd.isna(row["what"]):
            outcome["new"].append(f"{name}: {found}")
        elif pd.isna(row["printed"]):
            outcome["vanished"].append(f"{name}: registered as {registered}")
        elif found != registered:
            outcome["changed"].append(f"{name}: {found}; registered as {registered}")
    return outcome
