"""A second entry: what somebody typed who saw the source and not the first.

Two people seldom make the same slip. `write_sheets` makes blank sheets, an item each, with numbered
rows: an id may say what is printed, so none is on a sheet, and which number is which value follows
from the item again when the sheet comes back. What is kept (``second/report/table-1.csv`` in the
raw data) has a ``value_id`` or a ``number`` for each value, and what is ``printed``; every other
column is the typist's. ``typists.csv`` says who typed what, and what they were given. Whatever the
two do not have alike is looked up in the source, by somebody who writes into ``settled.csv`` what
each had typed, whose is right, and why: until then nothing runs.
"""

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.errors import closest, refuse
from compendium.printed import descriptor, ledger, tables

COLUMNS = ["value_id", "printed"]
# What a typist is told of a value: enough to find it, not what it says.
_GIVEN = ["text_file", "section", "line", "quantity", "unit"]
FOLDER = "second"  # in the raw data
_TABLES = ["typists", "settled"]  # in that folder, and no sheets
_SAID = ["right", "kind", "reason"]  # of a disagreement


def write_sheets(items: list[str], out: Path) -> list[str]:
    """A blank sheet for each item, with where each printed value stands and nothing it says.

    `out` is a new or an empty folder; gives the sheets within it. A value whose image is missing is
    not asked for.

    A DataError for every item that has no printed value, with the closest that have.
    """
    paths.check_new(out)
    known, names = set(_list_asked().item_id), list(dict.fromkeys(items))
    refuse("no sheet is written", [
        f"found no item {name!r} with printed values; the closest: {closest(name, known)}"
        for name in names if name not in known
    ])  # fmt: skip
    with paths.new_folder(out) as draft:
        for name in names:
            _, digest, sheet = _number_values(name)
            blank = sheet.assign(printed="", sheet=digest)
            paths.write_file(draft / f"{name}.csv", blank.to_csv(lineterminator="\n"))
    return [f"{name}.csv" for name in names]


def _list_asked() -> pd.DataFrame:
    return ledger.read_ledger().query("printed != ''")


def _number_values(item: str) -> tuple[list[str], str, pd.DataFrame]:
    """The ids of an item's values in their order, a digest of what is asked, and the questions.

    The questions are numbered from 1. Whatever changes which value a number is, or what is asked
    of it, changes the digest.
    """
    asked = _list_asked().query("item_id == @item")
    files = tables.read_table("sources").set_index("source_id").text_file
    # A name asked for in one row stands in the key of another.
    labels = asked.printed[asked.unit == descriptor.LABEL]
    names = set(labels[labels.str.len() > 2])
    told = asked.assign(
        text_file=files.get(item.partition("/")[0]),
        quantity=[_mask(*pair, names) for pair in zip(asked.quantity, asked.printed)],
    )
    said = told[["value_id", *_GIVEN]].to_csv(index=False, lineterminator="\n")
    numbers = pd.RangeIndex(1, len(told) + 1, name="number")
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return list(asked.value_id), digest, told[_GIVEN].set_index(numbers)


def _mask(quantity: str, printed: str, names: Iterable[str] = ()) -> str:
    """What is asked, without the words that the answer has, and without whole names.

    >>> _mask("CHD: expansion of the heart (gray-moor)", "Coronary Heart Disease", ["Gray"])
    'CHD: expansion of the … (…-moor)'
    """
    asked = set(re.findall(r"\w+", quantity.lower()))
    phrases = (re.findall(r"\w+", name) for name in [*names, *printed.split()])
    there = (words for words in phrases if words and asked.issuperset(w.lower() for w in words))
    said = "|".join(r"\W+".join(words) for words in sorted(there, key=len, reverse=True))
    return re.sub(rf"\b(?:{said})\b", "…", quantity, flags=re.IGNORECASE) if said else quantity


def compare_entries(folder: Path) -> pd.DataFrame:
    """Each value of the items that have a sheet, as typed first and second.

    ``value_id``, ``file`` and ``row`` of the first entry, ``first``, ``second`` (without blanks at
    the ends) and ``outcome``: ``agrees``, ``differs`` or ``absent``: a value of the ledger that the
    sheet does not have.

    A DataError for every sheet that cannot be read, is of no item, or has a value twice, blank, by
    a typist that the folder's ``typists.csv`` does not list, or one that is not the item's.
    """
    cells = {cell.value_id: cell for cell in tables.list_cells()}
    judged = set(ledger.read_ledger().value_id)
    own: dict[str, list[str]] = {}
    for name, cell in cells.items():
        own.setdefault(cell.item, []).append(name)
    listed = folder / "typists.csv"
    typists = list(pd.read_csv(listed, dtype=str).typist) if listed.is_file() else []
    sheets = [path for path in sorted(folder.rglob("*.csv")) if path.stem not in _TABLES]
    problems = [] if sheets else [f"{folder}: found no sheet; allowed: one for an item, as CSV"]
    rows = []
    for path in sheets:
        paths.note_read(path, how="second entry")
        item = path.relative_to(folder).with_suffix("").as_posix()
        if item not in own:
            problems.append(f"{path}: found no item {item!r}; the closest: {closest(item, own)}")
            continue
        try:
            typed = _parse(path.read_text(encoding="utf-8-sig"))
            if is_numbered := "value_id" not in typed and {"number", "sheet"} <= {*typed}:
                typed, wrong = _name_values(path, item, typed)
                problems += wrong
            typed = typed[COLUMNS + ["typist"] * bool(typists)]
        except (KeyError, ValueError, OSError) as error:
            allowed = f"CSV, UTF-8, with {' and '.join(COLUMNS)}, or as it was written"
            problems.append(f"{path}: {error}; allowed: {allowed}")
            continue
        column = "number" if is_numbered else "value_id"
        problems += _find_wrong(path, typed, own[item], typists, column)
        second = dict(zip(typed.value_id, typed.printed))
        for name in own[item]:
            if name in second or name in judged:
                first, again = cells[name].text, second.get(name)
                outcome = "absent" if again is None else "agrees" if again == first else "differs"
                rows.append((name, *cells[name][1:3], first, again or "", outcome))
    refuse("the second entry cannot be compared", problems)
    return pd.DataFrame(rows, columns=["value_id", "file", "row", "first", "second", "outcome"])


@cache
def _parse(text: str) -> pd.DataFrame:
    """A sheet, without blanks at the ends; parsed once, for most are as they were."""
    sheet = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return sheet.apply(lambda said: said.str.strip())


def _name_values(path: Path, item: str, typed: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A sheet with numbers, with the ids instead; and what in it is no number of the item."""
    names, digest, _ = _number_values(item)
    ids = {str(number): name for number, name in enumerate(names, start=1)}
    if others := sorted({*typed.sheet} - {digest}):
        allowed = f"{digest}; what the item asks has changed since the sheet was written"
        wrong = [f"{path}, column sheet: found {', '.join(others)!r}; allowed: {allowed}"]
        return typed.iloc[:0].assign(value_id=""), wrong
    numbers = typed.number
    wrong = [
        f"{path} row {row}, column number: found {number!r}; allowed: 1 to {len(names)}"
        for row, number in enumerate(numbers, start=2)
        if number not in ids
    ]
    return typed.assign(value_id=numbers.map(ids)).dropna(subset="value_id"), wrong


def _find_wrong(
    path: Path, typed: pd.DataFrame, own: list[str], typists: list[str], column: str
) -> Iterator[str]:
    """What in one sheet is no value of its item, or by nobody that is listed."""
    known, seen = {*own}, set()
    whose = typed.typist if typists else [""] * len(typed)
    for row, name, printed, typist in zip(typed.index + 2, typed.value_id, typed.printed, whose):
        where = f"{path} row {row}, column"
        if name not in known:
            near = closest(name, own)
            yield f"{where} value_id: found {name!r}; allowed: a value of its item, {near}"
        elif name in seen:
            yield f"{where} {column}: found {name!r}; allowed: each value once"
        if not printed:
            yield f"{where} printed: found nothing; allowed: what is printed, or no such row"
        if typists and typist not in typists:
            allowed = f"of typists.csv, {', '.join(typists)}"
            yield f"{where} typist: found {typist!r}; allowed: {allowed}"
        seen.add(name)


def read_second() -> pd.DataFrame:
    """The second entry among the raw data, each disagreement settled; no rows if there is no entry.

    As `compare_entries` returns, but with ``first`` and ``outcome`` as they were before anything
    was settled; and ``right``, ``kind`` and ``reason`` where something was.

    A DataError for every disagreement that is not settled, and for every row of ``settled.csv``
    that does not say what the two had typed.
    """
    if not (paths.RAW / FOLDER).is_dir():
        return pd.DataFrame(columns=["value_id", "first", "second", "outcome", *_SAID])
    compared = compare_entries(paths.RAW / FOLDER)
    settled = tables.read_table(f"{FOLDER}/settled")
    known, problems = compared.set_index("value_id"), []
    for place, row in enumerate(settled.itertuples(), start=2):
        where = f"data/raw/{FOLDER}/settled.csv row {place}, column"
        if row.value_id not in known.index:
            problems.append(f"{where} value_id: found {row.value_id}; allowed: a value typed twice")
            continue
        now, stands = known.loc[row.value_id], {"first": row.first, "second": row.second}[row.right]
        if row.first == row.second or (now["first"], now.second) != (stands, row.second):
            found = f"{row.first!r} and {row.second!r}, the {row.right} right"
            allowed = f"what was typed, unlike; the data have {now['first']!r} and {now.second!r}"
            problems.append(f"{where} first, second: found {found}; allowed: {allowed}")
    left = compared[(compared.outcome == "differs") & ~compared.value_id.isin(settled.value_id)]
    problems += [
        f"data/raw/{row.file} row {row.row}: found {row.first!r} for {row.value_id}, typed "
        f"{row.second!r} the second time; allowed: alike, or a row in {FOLDER}/settled.csv"
        for row in left.itertuples()
    ]
    refuse("the second entry is not settled", problems)
    said = settled.set_index("value_id")
    told = known.join(said[_SAID])
    told["first"] = said["first"].reindex(told.index).fillna(told["first"])
    told["outcome"] = told.outcome.mask(told.right.notna(), "differs")
    return told.reset_index()


def summarise_second(second: pd.DataFrame) -> pd.DataFrame:
    """How many values of each source were typed twice, how many agreed, and what the rest was.

    One row a source, as counted before anything was settled: ``typed twice``, ``agreed``,
    ``percent``, and a column for each kind of disagreement.
    """
    typed = second[second.outcome != "absent"]
    source = typed.value_id.str.split("/").str[0].rename("source")
    agreed = typed.outcome.eq("agrees").groupby(source, sort=False).agg(["size", "sum"])
    agreed = agreed.set_axis(["typed twice", "agreed"], axis=1)
    percent = (100 * agreed.agreed / agreed["typed twice"]).round(1)
    kinds = pd.crosstab(source, typed.kind).reindex(agreed.index, fill_value=0)
    return agreed.assign(percent=percent).join(kinds)
