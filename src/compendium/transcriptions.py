"""A second transcription, as one reading per row.

Whatever its shape was (a table as printed, a long file, many tables in one), each cell of it
becomes a reading: our table, our key, our column, the text as they have it, and where they have it.
Nothing is mended on the way; labels are recoded as their map says, printed values never.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from compendium import raw
from compendium.column_maps import (
    MAP,
    Entry,
    find_keys,
    find_resource,
    name_columns,
    normalise,
    plan_entries,
    refuse_absent,
)
from compendium.errors import DataError

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
    ours = list_keys(raw.read_table(entry.table), keys)
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
