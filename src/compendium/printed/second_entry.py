"""What is what in somebody else's files.

Whoever types a table a second time has other names for its files, columns and rows. A file named as
ours with columns named as ours needs nothing said of it; for all others a ``map.json`` beside them
says which of theirs is which of ours::

    {"tables": [{"file": "costs.csv", "table": "elston2005/table-4.2",
                 "columns": {"Authority": "site", "Share": "share_percent", "Notes": null},
                 "values": {"site": {"Middleton HA": "Middleton"}}}],
     "set_aside": {"diary.csv": "how the work went", "drafts/*": "not finished"}}

``columns``: their column, our column (null: none). ``values``: our column, their word, our word;
for keys and labels, never for a printed value. Where the shape differs too, a table may have

- ``only``: their column, the cell that marks this table's rows of a file that holds many;
- ``add``: our column, its one value, where their file has no such column;
- ``spread``: ``column`` and ``value``, their two columns of a long file: each row a cell of ours;
- ``gather``: ``columns``, ``into``, ``value``: several of their columns are one column of ours;
- ``decimal``: ``","`` where they write 0,40 and 1.400;
- ``align``: our columns that tell its rows apart, in place of the table's key;
- ``pool``: true where ``align`` tells heaps apart, not rows (the values on a line, of an item):
  readings are then matched inside a heap by what they say.

How two readings of one printed cell stand to each other.

Text is compared as text first: the same characters are the same reading. Two people also write
one number in two ways (1,400 and 1400, 40 and 40%), which is no disagreement about print, but is
told apart. Whatever cannot be read as the same number, or as the same words, differs: nothing is
guessed in favour of agreement.

A second transcription, as one reading per row.

Whatever its shape was (a table as printed, a long file, many tables in one), each cell of it
becomes a reading: our table, our key, our column, the text as they have it, and where they have it.
Nothing is mended on the way; labels are recoded as their map says, printed values never.

Double entry: two transcriptions of one print, cell by cell.

Two people who type the same table apart from each other seldom make the same slip, so where they
agree both are probably right, and where they do not the print has to be looked at again. Rows meet
by their keys, not by their place; where a key is itself a place in print (``row``, ``entry``,
``position``) and the second transcription has no such column, the order of its rows is taken, and
that is said. Only printed values count in the rate. Keys, labels and codes are words of ours and
need not agree: they are listed apart, as are line numbers, which cite a reading and are none.

The rate is plain per cent agreement. A chance-corrected coefficient (kappa, alpha) asks how often
two coders would pick the same of a few categories by accident; a cell of free text has no
categories, and two people do not both type 0.97 by accident.
"""

import csv
import difflib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import DataError
from compendium.printed import quantities, tables

MAP = "map.json"
SHAPES = {"spread": {"column", "value"}, "gather": {"columns", "into", "value"}}
# What print does not hold: the books we keep, and how we read the prose.
OURS_ALONE = ("sources", "items", "discrepancies", "coding-")


@dataclass(frozen=True)
class Entry:
    """Where a table of ours stands in their files; the head of this module says what each is."""

    file: str
    table: str
    columns: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    only: dict = field(default_factory=dict)
    add: dict = field(default_factory=dict)
    spread: dict = field(default_factory=dict)
    gather: dict = field(default_factory=dict)
    align: list = field(default_factory=list)
    decimal: str = "."
    pool: bool = False


class Plan(NamedTuple):
    """The entries; files left out, each with its reason; all that is wrong, as sentences."""

    entries: list[Entry]
    left: list[tuple[str, str]]
    problems: list[str]


def plan_entries(folder: Path) -> Plan:
    """Which file of a folder holds which table of ours, by the map or by its name.

    A file is named as ours if it is spelt like our path (``elston2005/table-4.2.csv``), our
    resource (``elston2005-table-4.2.csv``) or, where only one has it, our file name.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in files if path.name[0] != "."]
    plan = Plan([], [], [])
    mapped, aside = _read_map(folder, names, plan)
    for name in names:
        if name in aside:
            plan.left.append((name, f"set aside by {MAP}: {aside[name]}"))
        elif name in mapped or name == MAP:
            continue
        elif not name.lower().endswith((".csv", ".tsv")):
            plan.left.append((name, "no CSV"))
        elif table := find_table(name[:-4], name, plan.problems):
            if table.startswith(OURS_ALONE):
                plan.left.append((name, "our own books and coding: no print to agree on"))
            else:
                plan.entries.append(Entry(name, table))
    aligned: dict[str, Entry] = {}
    for entry in plan.entries:
        first = aligned.setdefault(entry.table, entry)
        if (first.align, first.pool) != (entry.align, entry.pool):
            said = f"{first.file} and {entry.file}, both {find_resource(entry.table)['path']}"
            plan.problems.append(f"{said}: found two ways to align; allowed: one")
    return plan


def find_table(name: str, place: str, problems: list[str]) -> str | None:
    """Our table of that name, however it is spelt; else a problem with the nearest names.

    >>> find_table("Elston2005/Table 4.2", "costs.csv", [])
    'elston2005-table-4.2'
    """
    resources = tables.read_descriptor()["resources"]
    known = {r["path"].removesuffix(".csv"): r["name"] for r in resources}
    for spell in (normalise, lambda path: normalise(path.rpartition("/")[2])):
        found = [table for path, table in known.items() if spell(path) == spell(name)]
        if len(found) == 1:
            return found[0]
    near = ", ".join(difflib.get_close_matches(name, known, 3, 0))
    problems.append(f"{place}: found {name!r}, which is no table of ours; nearest: {near}")
    return None


def normalise(text: str) -> str:
    """A name without its case, spaces and punctuation, so that two spellings meet.

    >>> normalise("Health  Authority"), normalise("health-authority"), normalise("1995.0")
    ('health authority', 'health authority', '1995')
    """
    text = re.sub(r"^(\d+)\.0+$", r"\1", text.strip())
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def find_resource(table: str) -> dict[str, Any]:
    """What the data package says of a table, with its columns' names as ``columns``.

    ``values`` are the columns that hold printed values; the ledger's is ``printed``.
    """
    found = next(r for r in tables.read_descriptor()["resources"] if r["name"] == table)
    values = ["printed"] if table == "published" else found.get("values", [])
    return found | {"columns": [f["name"] for f in found["schema"]["fields"]], "values": values}


def find_keys(entry: Entry) -> list[str]:
    """Our columns that tell the rows, or heaps, of a table apart."""
    return entry.align or find_resource(entry.table)["schema"]["primaryKey"]


def name_columns(
    entry: Entry, heads: list[str], cells: list[str]
) -> tuple[dict[str, str | None], list[str]]:
    """Our column for each of theirs, and those of theirs that nobody said anything of.

    Parameters
    ----------
    entry : Entry
        Its ``columns`` come first; a column spelt like one of ours is that one.
    heads, cells : list of str
        Their columns; and what the cells of a long file name as columns.

    Raises
    ------
    DataError
        If the map names a column they have not, or two of theirs are the same one of ours.

    Examples
    --------
    >>> name_columns(Entry("costs.csv", "elston2005-table-4.2"), ["Site", "Notes"], [])
    ({'Site': 'site', 'Notes': None}, ['Notes'])
    """
    refuse_absent(entry, "columns", entry.columns, [*heads, *cells])
    known = {normalise(column): column for column in find_resource(entry.table)["columns"]}
    names = {}
    for column in dict.fromkeys([*heads, *cells]):
        ours = known.get(normalise(column))
        names[column] = entry.columns.get(column, None if ours in entry.columns.values() else ours)
    for part in (heads, cells):
        found = [names[column] for column in part if names[column]]
        if twice := sorted({name for name in found if found.count(name) > 1}):
            raise DataError(f"{entry.file}: found two columns for {', '.join(twice)}; see {MAP}")
    known_of = {*entry.columns, *entry.only}
    return names, [name for name in names if not names[name] and name not in known_of]


def refuse_absent(entry: Entry, word: str, columns: Iterable[str], there: Iterable[str]) -> None:
    """Refuse a map that names columns their file has not (DataError)."""
    if absent := [column for column in columns if column not in there]:
        found = ", ".join(map(repr, absent))
        has = ", ".join(there)
        raise DataError(f"{MAP}, {word}: {entry.file} has no column {found}; it has: {has}")


def _read_map(folder: Path, names: list[str], plan: Plan) -> tuple[list[str], dict[str, str]]:
    """Add what the map says to the plan; the files it names, and those it sets aside and why."""
    if MAP not in names:
        return [], {}
    try:
        said = json.loads((folder / MAP).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        plan.problems.append(f"{MAP}: {error}; allowed: JSON in UTF-8")
        return [], {}
    parts = {"tables": list, "set_aside": dict}
    if not isinstance(said, dict) or any(not isinstance(said[k], parts.get(k, ())) for k in said):
        plan.problems.append(f"{MAP}: allowed: an object with a list, tables, and set_aside")
        return [], {}
    for number, words in enumerate(said.get("tables", []), start=1):
        here = f"{MAP}, table {number}"
        problems = _check_words(words)
        table = None if problems else find_table(words["table"], here, plan.problems)
        if table:
            entry = replace(Entry(**words), table=table)
            problems = _check_names(entry, names)
            plan.entries.extend([] if problems else [entry])
        plan.problems.extend(f"{here}: {problem}" for problem in problems)
    mapped = [words.get("file") for words in said.get("tables", []) if isinstance(words, dict)]
    aside = {}
    for pattern, reason in said.get("set_aside", {}).items():
        found = [name for name in names if fnmatchcase(name, pattern) and name not in mapped]
        aside |= dict.fromkeys(found, reason)
        if not found:
            plan.problems.append(f"{MAP}, set_aside: found no file {pattern!r}")
    return mapped, aside


def _check_words(words: Any) -> list[str]:
    """What keeps an entry of the map from being read."""
    if not isinstance(words, dict):
        return ["allowed: an object with file, table, columns, ..."]
    pattern = Entry("", "")
    known = vars(pattern)
    problems = [f"found {word!r}; allowed: {', '.join(known)}" for word in words.keys() - known]
    problems += [f"found no {word}" for word in ("file", "table") if word not in words]
    for word in sorted(words.keys() & known):
        if not isinstance(words[word], type(known[word])):
            kind = type(known[word]).__name__
            problems.append(f"{word}: found {words[word]!r}; allowed: a {kind}")
        elif word in SHAPES and set(words[word]) != SHAPES[word]:
            allowed = ", ".join(sorted(SHAPES[word]))
            problems.append(f"{word}: found {', '.join(words[word])}; allowed: {allowed}")
    if any(not isinstance(recode, dict) for recode in dict(words.get("values", {})).values()):
        problems.append("values: allowed: our column, and in it their word and our word")
    if words.get("decimal", ".") not in (".", ","):
        problems.append(f"decimal: found {words['decimal']!r}; allowed: '.' or ','")
    if words.get("pool") and not words.get("align"):
        problems.append("pool: found no align; allowed: with the columns that tell heaps apart")
    return sorted(problems)


def _check_names(entry: Entry, names: list[str]) -> list[str]:
    """Files and columns an entry names that are not there."""
    problems = []
    if entry.file not in names:
        problems.append(f"found no file {entry.file!r}; allowed: {', '.join(names)}")
    resource = find_resource(entry.table)
    named = {
        "columns": [column for column in entry.columns.values() if column is not None],
        "values": list(entry.values),
        "add": list(entry.add),
        "align": entry.align,
    }
    for word, columns in named.items():
        for column in columns:
            if column not in resource["columns"]:
                allowed = ", ".join(resource["columns"])
                problems.append(f"{word}: found no column of ours {column!r}; allowed: {allowed}")
            elif word == "values" and column in resource["values"]:
                problems.append(f"values: {column} is printed, and compared as it was read")
    return problems


# How far a line may be off and still cite the same place.
NEAR = 2
# What may stand beside a number and say its unit.
SIGNS = {
    "%": "per cent|percent|%",
    "£": "£",
    "£ million": "£|millions?|mn|m",
    "£ billion": "£|billions?|bn",
}


def compare_reading(ours: str, theirs: str, unit: str, decimal: str = ".") -> str:
    """How a second reading of a cell stands to ours.

    Parameters
    ----------
    ours, theirs : str
        Text as transcribed; blank where one found nothing.
    unit : str
        Unit of the cell: its sign may stand beside either number.
    decimal : str
        How theirs writes decimals, ``"."`` or ``","``; the other one, a space or an apostrophe
        may then set off thousands.

    Returns
    -------
    str
        ``identical``; ``same value`` (the same number, or the same words but for case, spaces and
        the kind of dash); ``differs``; ``only ours`` or ``only theirs``; ``""`` if both are blank.

    Examples
    --------
    >>> compare_reading("1,400", "1400", "n"), compare_reading("40", "40%", "%")
    ('same value', 'same value')
    >>> compare_reading("0.97", "0,97", "£ million"), compare_reading("almost 30", "30", "n")
    ('differs', 'differs')
    """
    ours, theirs = ours.strip(), theirs.strip()
    if not (ours and theirs):
        return "only ours" if ours else "only theirs" if theirs else ""
    if ours == theirs:
        return "identical"
    same = _value(ours, unit, ".") == _value(theirs, unit, decimal)
    return "same value" if same else "differs"


def compare_line(ours: str, theirs: str) -> str:
    """As `compare_reading`, for the lines cited: ``near`` where they are one or two apart.

    >>> compare_line("1689", "1690"), compare_line("1689", "l. 1700")
    ('near', 'differs')
    """
    kind = compare_reading(ours, theirs, "n")
    number = re.search(r"\d+", theirs)
    if kind == "differs" and number and abs(int(ours) - int(number[0])) <= NEAR:
        return "near"
    return kind


def _value(text: str, unit: str, decimal: str) -> object:
    """What a reading says, apart from how it is spelt.

    >>> _value("1.400", "n", ",")
    (False, Fraction(1400, 1))
    """
    words = re.sub("[\u2010-\u2015\u2212]", "-", " ".join(text.casefold().split()))
    words = re.sub("[\u2018\u2019]", "'", words)
    if unit in {*quantities.TEXTS, "", "words"}:
        return words.replace("-", " ") if unit == "words" else words
    sign = SIGNS.get(unit, re.escape(unit.removesuffix("s")) + "s?")
    bare = re.sub(rf"(?<![a-z])(?:{sign})(?![a-z])", "", words).strip()
    group = "," if decimal == "." else "."
    bare = re.sub(rf"(?<=\d)[{group}' ](?=\d{{3}}(?!\d))", "", bare)
    # A mark left over sets off neither thousands nor decimals: no number we can read.
    if re.search(rf"\d[{group}]\d", bare):
        return words
    bare = re.sub(r"^\((.+)\)$", r"-\1", bare.replace(decimal, "."))
    try:
        found = quantities.parse(bare, unit)
    except DataError:
        return words
    said = (found.low, found.high) if found.value is None else found.value
    return bool(quantities.PLAIN.match(bare)), said


READING = ["table", "key", "column", "text", "line", "file", "row", "decimal"]
# Keys that are a place in print: where a file has no such column, its order stands for it.
POSITIONS = ("row", "entry", "position")


class Second(NamedTuple):
    """A second transcription.

    ``readings``: table, key (a tuple; ours, where they have a row of ours), column, text, line,
    file, row (1 is the header), decimal. ``entries``: by table, how it is aligned. ``left``: file,
    what, which and why of all that is not compared.
    """

    readings: pd.DataFrame
    entries: dict[str, Entry]
    left: pd.DataFrame


def read_second(folder: Path) -> Second:
    """Every reading of a second transcription, under our keys and columns.

    Parameters
    ----------
    folder : Path
        CSV files named as ours (any of them), or a ``map.json`` and the files it names; see
        `column_maps`. Commas, semicolons or tabs; UTF-8.

    Raises
    ------
    DataError
        All problems of all files in one message: a folder or file that is not there, a file that
        is no table of ours, other columns, a row that is there twice, a map that names unknown
        things.

    Examples
    --------
    >>> read_second(Path("nowhere"))
    Traceback (most recent call last):
    compendium.errors.DataError: found no folder nowhere
    """
    if not folder.is_dir():
        raise DataError(f"found no folder {folder}")
    plan = plan_entries(folder)
    if not plan.problems and not plan.entries:
        raise DataError(f"{folder}: found no table; allowed: CSV files named as ours, or {MAP}")
    left = [(name, "file", name, why) for name, why in plan.left]
    problems, parts, used = list(plan.problems), [], {}
    for entry in plan.entries:
        try:
            table = _read(folder, entry.file)
            selected = _select(entry, table)
            used.setdefault(entry.file, [table, set()])[1].update(selected.index)
            parts.append(_read_entry(entry, selected, left))
        except DataError as error:
            problems += [line for line in str(error).splitlines() if line not in problems]
    readings = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=READING)
    pooled = {entry.table for entry in plan.entries if entry.pool}
    problems += _find_repeats(readings[~readings.table.isin(pooled)])
    if problems:
        raise DataError("the second transcription cannot be used:\n  " + "\n  ".join(problems))
    left += [
        (name, "row", f"row {row}", "chosen by no entry")
        for name, (table, rows) in used.items()
        for row in table.index.difference(rows)
    ]
    entries = {entry.table: entry for entry in plan.entries}
    return Second(readings, entries, pd.DataFrame(left, columns=["file", "what", "which", "why"]))


def list_keys(table: pd.DataFrame, keys: list[str]) -> list[tuple[str, ...]]:
    """The key of each row, as text; blank parts are ``""``."""
    return list(table[keys].astype("string").fillna("").itertuples(index=False, name=None))


def _read(folder: Path, name: str) -> pd.DataFrame:
    """A file as text, stripped, indexed by its rows (1 is the header), without blank ones."""
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
        mark = max(",;\t", key=text.split("\n", 1)[0].count)
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except (ValueError, csv.Error) as error:
        raise DataError(f"{name}: {error}; allowed: CSV in UTF-8") from None
    width = max(map(len, rows), default=0)
    table = pd.DataFrame([row + [""] * (width - len(row)) for row in rows], dtype=str)
    table = table.apply(lambda column: column.str.strip())
    table.index += 1
    # A spreadsheet leaves blank columns and rows behind.
    table = table.loc[(table != "").any(axis=1), (table != "").any(axis=0)]
    if table.empty or table.index[0] != 1:
        raise DataError(f"{name}: found no names of columns in row 1; allowed: one for each column")
    heads = table.loc[1].tolist()
    if wrong := sorted({head or "(none)" for head in heads if heads.count(head) > 1 or not head}):
        raise DataError(f"{name} row 1: found {', '.join(wrong)}; allowed: a name for each, once")
    return table.set_axis(heads, axis=1).drop(index=1)


def _select(entry: Entry, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a file that belong to an entry's table."""
    refuse_absent(entry, "only", entry.only, table)
    for column, cell in entry.only.items():
        if not (table[column] == str(cell)).any():
            raise DataError(f"{MAP}, only: {entry.file} has no {cell!r} in its column {column}")
        table = table[table[column] == str(cell)]
    return table


def _read_entry(entry: Entry, table: pd.DataFrame, left: list[tuple]) -> pd.DataFrame:
    """The readings of one table."""
    long = _recode(entry, _lengthen(entry, _gather(entry, table), left))
    keys = find_keys(entry)
    ours = list_keys(tables.read_table(entry.table), keys)
    if len(set(ours)) < len(ours) and not entry.pool:
        raise DataError(f"{MAP}, align: {', '.join(keys)} do not tell our rows apart; see pool")
    return long.assign(
        table=entry.table,
        key=_find_ours(list_keys(long, keys), ours),
        column=long["_column"],
        text=long["_text"],
        line=pd.to_numeric(long["_at"].str.extract(r"(\d+)")[0]).astype("Int64"),
        file=entry.file,
        row=long.index,
        decimal=entry.decimal,
    )[READING]


def _lengthen(entry: Entry, table: pd.DataFrame, left: list[tuple]) -> pd.DataFrame:
    """One row for each cell: our keys, ``_column``, ``_text`` and ``_at``, its line as told."""
    shape = list(entry.spread.values())
    heads = [column for column in table if column not in shape]
    cells = sorted(set(table[shape[0]])) if shape else []
    names, unknown = name_columns(entry, heads, cells)
    kept = [column for column in heads if names[column]]
    rows = table[kept].rename(columns=names).assign(**{k: str(v) for k, v in entry.add.items()})
    keys = find_keys(entry)
    rows = _number_rows(entry, rows, keys, left)
    _check_columns(entry, table, keys, {*rows, *(names[cell] for cell in cells)}, unknown)
    for column in [name for name in names if not names[name] and name not in entry.only]:
        why = f"set aside by {MAP}" if column in entry.columns else "no column of ours"
        left.append((entry.file, "column", column, why))
    if not shape:
        return _melt(rows, keys, find_resource(entry.table)["values"])
    own = [column for column in rows if column not in [*keys, "line", "qualifier"]]
    left += [(entry.file, "column", column, "not of one row of ours") for column in own]
    text = _join(rows.get("qualifier", ""), table[shape[1]])
    return _spread(rows, keys, table[shape[0]].map(names), text)


def _gather(entry: Entry, table: pd.DataFrame) -> pd.DataFrame:
    """The file as it is, or with several of its columns as one, and their heads as another."""
    refuse_absent(entry, "spread", entry.spread.values(), table)
    if not entry.gather:
        return table
    columns, into, value = (entry.gather[word] for word in ("columns", "into", "value"))
    refuse_absent(entry, "gather", columns, table)
    rest = [column for column in table if column not in columns]
    return table.melt(rest, columns, into, value, ignore_index=False)


def _number_rows(
    entry: Entry, rows: pd.DataFrame, keys: list[str], left: list[tuple]
) -> pd.DataFrame:
    """The rows with their places in print, which their order tells where no column does."""
    missing = [key for key in keys if key not in rows]
    types = {f["name"]: f["type"] for f in find_resource(entry.table)["schema"]["fields"]}
    is_place = len(missing) == 1 and missing[0] in POSITIONS and types[missing[0]] == "integer"
    if not is_place or entry.spread:
        return rows
    others = [key for key in keys if key != missing[0]]
    places = rows.groupby(others, sort=False).cumcount() if others else pd.RangeIndex(len(rows))
    why = f"not there: aligned by the order of rows within {', '.join(others) or 'the file'}"
    left.append((entry.file, "column", missing[0], why))
    return rows.assign(**{missing[0]: (places + 1).astype(str)})


def _check_columns(
    entry: Entry, table: pd.DataFrame, keys: list[str], given: set[str], unknown: list[str]
) -> None:
    """Refuse a file whose columns are not ours, as far as they are needed."""
    resource = find_resource(entry.table)
    values = [column for column in resource["values"] or resource["columns"] if column not in keys]
    missing = [key for key in keys if key not in given]
    if not missing and unknown:
        missing = [column for column in values if column not in given] if resource["values"] else []
    if not missing and not set(values) & set(given):
        missing = values
    if missing:
        other = f", of which not ours: {', '.join(unknown)}" if unknown else ""
        raise DataError(
            f"{entry.file}: found columns {', '.join(table.columns)}{other}; "
            f"{resource['path']} has {', '.join(resource['columns'])}; "
            f"say in {MAP} what stands for {', '.join(missing)} (or null for the others)"
        )


def _spread(
    rows: pd.DataFrame, keys: list[str], column: pd.Series, text: pd.Series
) -> pd.DataFrame:
    """The readings of a long file: each row is one; its line is that of the reading."""
    places = rows[keys].assign(_at=rows.get("line", ""))
    cells = places.assign(_column=column, _text=text)
    lines = places[places["_at"] != ""].drop_duplicates(keys)
    lines = lines.assign(_column="line", _text=lines["_at"])
    return pd.concat([cells[cells["_column"].notna()], lines])


def _melt(rows: pd.DataFrame, keys: list[str], values: list[str]) -> pd.DataFrame:
    """The readings of a table with one column for each of ours."""
    rows = rows.assign(_at=rows.get("line", ""))
    if "qualifier" in rows:
        for column in rows.columns.intersection(values):
            rows[column] = _join(rows.qualifier, rows[column])
    columns = [column for column in rows if column not in [*keys, "_at", "qualifier"]]
    return rows.melt([*keys, "_at"], columns, "_column", "_text", ignore_index=False)


def _join(qualifier: pd.Series | str, text: pd.Series) -> pd.Series:
    """A printed value with its qualifier in front, as the ledger has it; blank stays blank."""
    return (qualifier + " " + text).str.strip().where(text != "", "")


def _recode(entry: Entry, long: pd.DataFrame) -> pd.DataFrame:
    """Their words for keys and labels in ours, as the map says.

    Raises
    ------
    DataError
        If the map recodes a word they do not use.
    """
    for column, words in entry.values.items():
        rows = slice(None) if column in long else long["_column"] == column
        place = column if column in long else "_text"
        if absent := sorted(set(words) - set(long.loc[rows, place])):
            found = ", ".join(map(repr, absent))
            raise DataError(f"{MAP}, values: {entry.file} has no {found} as its {column}")
        long.loc[rows, place] = long.loc[rows, place].replace(words)
    return long


def _find_ours(theirs: list[tuple], ours: list[tuple]) -> list[tuple]:
    """Our spelling of each of their keys, where only one of ours can be meant."""
    exact = set(ours)
    alike: dict[tuple, set] = {}
    for key in exact:
        alike.setdefault(tuple(map(normalise, key)), set()).add(key)
    found = []
    for key in theirs:
        meant = alike.get(tuple(map(normalise, key)), set())
        found.append(key if key in exact or len(meant) != 1 else next(iter(meant)))
    return found


def _find_repeats(readings: pd.DataFrame) -> list[str]:
    """Each row of theirs that has the key of one before it."""
    first: dict[tuple, tuple] = {}
    found = {}
    for r in readings.itertuples():
        place = first.setdefault((r.table, r.key, r.column), (r.file, r.row))
        if place != (r.file, r.row):
            found[r.file, r.row] = (
                f"{r.file} row {r.row}: found {', '.join(r.key)} again, as in {place[0]} "
                f"row {place[1]}; allowed: each once"
            )
    return list(found.values())


# Units of cells that hold a word or a code of ours.
WORDS_OF_OURS = ("", "label")
KINDS = ["identical", "same value", "differs", "only ours", "only theirs"]
AGREE = KINDS[:2]
GROUPS = ["value", "other", "line"]
# More rows without a match than this, and nobody reads what each is nearest to.
MANY = 50
CELL = ["file", "group", "kind", "key", "column", "ours", "theirs", "row", "line"]
CELL += ["their_file", "their_row", "their_line"]
NUMBERS = ["row", "line", "their_row", "their_line"]
UNMET = ["file", "their_file", "what", "which", "why", "n_values"]


class Comparison(NamedTuple):
    """Two transcriptions, compared.

    ``by_file``: for each of our files, then ``all`` (what was pooled apart): how rows were
    aligned, rows of ours, of theirs, rows that met, printed cells compared, how many of each kind,
    agreement in per cent (missing where nothing was compared); then the other cells and the lines.

    ``differences``: each cell that is not identical, in our order, with both readings, our row (1
    is the header) and line, their file, row and line; ``group`` is value, other or line.

    ``not_compared``: files, columns, rows and heaps without a match, why, and how many printed
    values that leaves without a second reading (of theirs, for a row of theirs).
    """

    by_file: pd.DataFrame
    differences: pd.DataFrame
    not_compared: pd.DataFrame


def compare_transcription(folder: Path) -> Comparison:
    """Our raw data against a second transcription, cell by cell.

    Parameters
    ----------
    folder : Path
        CSV files named as ours (any of them), or others with a ``map.json``: see `column_maps`.

    Returns
    -------
    Comparison
        A cell that one of the two leaves blank, in a row that both have, counts against agreement.
        A row that only one has is not compared, and listed. A value that stands in a table and in
        ``ledger.csv`` counts in each of the two that was transcribed.

    Raises
    ------
    DataError
        Before anything is compared, with all that is wrong with the second transcription.

    Examples
    --------
    >>> compare_transcription(Path("nowhere"))
    Traceback (most recent call last):
    compendium.errors.DataError: found no folder nowhere
    """
    second = read_second(folder)
    counts, compared, unmet = [], [], []
    for table in sorted(second.entries, key=_path):
        entry = second.entries[table]
        ours, theirs = _read_ours(entry), second.readings[second.readings.table == table]
        if entry.pool:
            ours, theirs = (_printed(cells, entry) for cells in (ours, theirs))
        cells = list((_pool if entry.pool else _meet)(ours, theirs))
        counts.append(_count(entry, ours, theirs, cells))
        compared += [(_path(table), *cell) for cell in cells if cell[1] not in ("identical", "")]
        unmet += [(_path(table), *found) for found in _list_unmet(entry, ours, theirs)]
    unmet += [("", *found, 0) for found in second.left.itertuples(index=False)]
    unmet += _list_absent(second)
    return Comparison(
        _add_totals(pd.DataFrame(counts)),
        pd.DataFrame(compared, columns=CELL).astype(dict.fromkeys(NUMBERS, "Int64")),
        pd.DataFrame(unmet, columns=UNMET),
    )


def _path(table: str) -> str:
    return find_resource(table)["path"]


def _read_ours(entry: Entry) -> pd.DataFrame:
    """Our cells but for the keys, in print order; a qualifier stands before its value."""
    resource, table = find_resource(entry.table), tables.read_table(entry.table)
    lines = [name for name in table if "line" in name and table[name].dtype == "Int64"]
    units = {field["name"]: field.get("unit", "") for field in resource["schema"]["fields"]}
    keys, values = find_keys(entry), resource["values"]
    records = table.astype("string").fillna("").to_dict("records")
    found = []
    for row, (key, record) in enumerate(zip(list_keys(table, keys), records), start=2):
        qualifier = record.pop("qualifier", "") if values else ""
        for column in (name for name in record if name not in keys):
            text, unit = record[column], record.get("unit") or units[column]
            is_value = column in values and unit not in WORDS_OF_OURS
            group = "value" if is_value else "line" if column in lines else "other"
            if qualifier and text and column in values:
                text = f"{qualifier} {text}"
            line = int(record["line"]) if record.get("line") else None
            found.append((key, column, text, unit, group, row, line))
    return pd.DataFrame(
        found, columns=["key", "column", "text", "unit", "group", "row", "line"]
    ).astype({"line": object})


def _meet(ours: pd.DataFrame, theirs: pd.DataFrame) -> Iterator[tuple]:
    """Each cell of the rows that both have, in the columns that both have."""
    readings = {(reading.key, reading.column): reading for reading in theirs.itertuples()}
    rows = {reading.key: reading for reading in theirs[::-1].itertuples()}
    columns = set(theirs.column)
    for cell in ours.itertuples():
        if cell.key in rows and cell.column in columns:
            reading = readings.get((cell.key, cell.column))
            yield _tell(cell, reading.text if reading else "", reading or rows[cell.key])


def _tell(cell: Any, text: str, place: Any) -> tuple:
    """A cell of ours beside what they have, as a row of ``differences`` without its file."""
    if cell.group == "line":
        kind = compare_line(cell.text, text)
    else:
        kind = compare_reading(cell.text, text, cell.unit, place.decimal)
    here = (" / ".join(cell.key), cell.column, cell.text, text, cell.row, cell.line)
    return cell.group, kind, *here, place.file, place.row, place.line


def _printed(cells: pd.DataFrame, entry: Entry) -> pd.DataFrame:
    values = find_resource(entry.table)["values"]
    return cells[cells.column.isin(values) & (cells.text != "")]


def _pool(ours: pd.DataFrame, theirs: pd.DataFrame) -> Iterator[tuple]:
    """The readings of each heap that both have: two that say the same are one reading.

    The nearest line first, where several do. Of what is left over, what they have counts as
    printed if it is a number.
    """
    heaps = {key: list(heap.itertuples()) for key, heap in theirs.groupby("key")}
    for key, heap in ours.groupby("key", sort=False):
        rest, cells = heaps.get(key, []), list(heap.itertuples())
        place = rest[0] if rest else None
        for kind in AGREE:
            for cell in list(cells):
                same = [r for r in rest if _tell(cell, r.text, r)[1] == kind]
                if same:
                    found = min(same, key=lambda r: abs((r.line or 0) - (cell.line or 0)))
                    rest.remove(found)
                    cells.remove(cell)
                    yield _tell(cell, found.text, found)
        if place:
            yield from (_tell(cell, "", place) for cell in cells)
            for r in rest:
                group, here = (
                    "value" if _is_number(r.text) else "other",
                    (" / ".join(key), r.column),
                )
                yield group, KINDS[4], *here, "", r.text, None, None, r.file, r.row, r.line


def _is_number(text: str) -> bool:
    try:
        quantities.parse(text, "n")
    except DataError:
        return any(sign.isdigit() for sign in text)
    return True


def _count(
    entry: Entry, ours: pd.DataFrame, theirs: pd.DataFrame, cells: list[tuple]
) -> dict[str, Any]:
    """The row of ``by_file`` for one table."""
    kinds = {group: [k for g, k, *_ in cells if g == group and k] for group in GROUPS}
    value, other, line = kinds.values()
    rows_ours, rows_theirs = set(ours.key), set(theirs.key)
    return {
        "file": _path(entry.table),
        "aligned": ("pooled by " if entry.pool else "by ") + ", ".join(find_keys(entry)),
        "rows_ours": len(rows_ours),
        "rows_theirs": len(rows_theirs),
        "rows_met": len(rows_ours & rows_theirs),
        "cells": len(value),
        **{kind.replace(" ", "_"): value.count(kind) for kind in KINDS},
        "other_cells": len(other),
        "other_agree": sum(other.count(kind) for kind in AGREE),
        "lines": len(line),
        "lines_same": line.count("identical"),
        "lines_near": line.count("near"),
    }


def _add_totals(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts, one row for all of them (keyed and pooled apart), and each row's rate."""
    pooled = counts.aligned.str.startswith("pooled")
    parts = [counts]
    for name, rows in (("all", counts[~pooled]), ("all, pooled", counts[pooled])):
        if len(rows):
            total = rows.drop(columns=["file", "aligned"]).sum()
            parts.append(pd.DataFrame([{"file": name, "aligned": "", **total}]))
    whole = pd.concat(parts, ignore_index=True)
    agreement = 100 * (whole.identical + whole.same_value) / whole.cells.where(whole.cells > 0)
    whole.insert(list(whole).index("identical"), "agreement", agreement)
    return whole


def _list_unmet(entry: Entry, ours: pd.DataFrame, theirs: pd.DataFrame) -> Iterator[tuple]:
    """Columns, rows and heaps of one table without a match: the rest of ``not_compared``."""
    columns, files = set(theirs.column), ", ".join(dict.fromkeys(theirs.file))
    printed = ours[(ours.group == "value") & (ours.text != "")]
    met = printed[printed.key.isin(set(theirs.key))].column.value_counts()
    for column in (name for name in dict.fromkeys(ours.column) if name not in columns):
        yield files, "column", column, "they have no such column", met.get(column, 0)
    what = "heap" if entry.pool else "row"
    counts = printed.key.value_counts()
    known, there = dict.fromkeys(ours.key), dict.fromkeys(theirs.key)
    alone = [key for key in known if key not in there]
    for key in alone:
        yield files, what, " / ".join(key), f"they have no such {what}", counts.get(key, 0)
    values = find_resource(entry.table)["values"]
    filled = theirs[theirs.column.isin(values) & (theirs.text != "")].key.value_counts()
    strange = [key for key in there if key not in known]
    # A blank cell of a wide table is no row: a tidy one leaves it away.
    strange = [key for key in strange if not entry.gather or filled.get(key, 0)]
    for key in strange:
        name, near = " / ".join(key), []
        if len(strange) <= MANY:
            near = difflib.get_close_matches(name, [" / ".join(k) for k in alone], 1, 0)
        why = f"we have no such {what}" + (f"; nearest: {near[0]}" if near else "")
        yield files, what, name, why, filled.get(key, 0)


def _list_absent(second: Second) -> Iterator[tuple]:
    """Our tables that the second transcription leaves out, as rows of ``not_compared``."""
    cells = tables.cells()
    printed = cells[~cells.unit.isin(WORDS_OF_OURS)].groupby("file").size()
    again = "; its values stand in published.csv too" if "published" in second.entries else ""
    for resource in tables.read_descriptor()["resources"]:
        name, path = resource["name"], resource["path"]
        if name not in {*second.entries, "published"} and not name.startswith(OURS_ALONE):
            yield path, "", "file", path, f"no second transcription{again}", printed.get(path, 0)
