"""Double entry: two transcriptions of one print, cell by cell.

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

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import quantities, raw
from compendium.column_maps import OURS_ALONE, Entry, find_keys, find_resource
from compendium.errors import DataError
from compendium.readings import compare_line, compare_reading
from compendium.transcriptions import Second, list_keys, read_second

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
        ``published.csv`` counts in each of the two that was transcribed.

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
    resource, table = find_resource(entry.table), raw.read_table(entry.table)
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
    cells = raw.cells()
    printed = cells[~cells.unit.isin(WORDS_OF_OURS)].groupby("file").size()
    again = "; its values stand in published.csv too" if "published" in second.entries else ""
    for resource in raw.read_descriptor()["resources"]:
        name, path = resource["name"], resource["path"]
        if name not in {*second.entries, "published"} and not name.startswith(OURS_ALONE):
            yield path, "", "file", path, f"no second transcription{again}", printed.get(path, 0)
