"""A table in one step: from a sheet, as a spreadsheet saves it, to a table of a study.

Cells are kept as the text that print has. What a sheet cannot say (where the table stands, what a
column's unit is) is asked in one list: a ``?`` is written for each answer that is not given, and
until it is filled in the study is refused. What is no transcription at all, a number that the
spreadsheet took for a date, a formula, a cell merged over others, is named by sheet and cell, all
of it at once, and nothing is written.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import descriptor, tables
from compendium.printed.quantities import parse

OPEN = descriptor.OPEN
# Columns of the format's own, which hold nothing printed.
_OURS = {"line": "integer", "section": "string", "role": "string", "rule": "string",
         "unit": "string", "qualifier": "string"}  # fmt: skip
_PLACE = "place"  # numbers the rows where their labels do not tell them apart
_TIMES = {"year", "years", "month", "date", "wave", "period"}
_NUMBER = re.compile(r"[(<>≤≥=~±−–-]?\s?[£$€]?\s?[\d.,]*\d[\d., '’%]*[)%]?\s?[*†‡§¶a-c¹²³]*")
_FOOTNOTE = re.compile(r"(?:[*†‡§¶¹²³]|[a-e]\s|notes?\b|source)", re.IGNORECASE)
# What print puts where there is no number.
_NOTHING = ("-", "–", "—", "−", "..", "...", "…")
# What a head says of its unit, the first that fits.
_UNITS = {
    r"%|per ?cent|proportion of": "%",
    r"\bp\b|p.?values?": "p",
    r"\bmeans?\b|\bsd\b|\bse\b|standard|median": "mean",
    r"\bn\b|\bno\b|number|count|total|cases|deaths|episodes|studies|children|patients": "n",
    r"£|cost|pounds": "£",
    r"\byears?\b": "year",
    r"ratio|\b(or|rr|hr)\b": "ratio",
    r"\brates?\b|incidence": "rate",
}


class Sheet(NamedTuple):
    """A sheet as text, row by row, and what a cell of it is called."""

    rows: list[list[str]]
    name: Callable[[int, int], str]
    problems: list[str]
    merged: list[tuple[int, int, int, int]]  # first and last row, first and last column, from 0


class Draft(NamedTuple):
    """What a sheet becomes, before any of it is written."""

    item: str
    table: pd.DataFrame  # text as printed
    fields: pd.DataFrame  # its rows of fields.csv
    about: dict[str, str]  # its row of items.csv
    questions: list[str]
    notes: list[str]  # what was left out or filled in


def read_grid(path: Path, sheet: str = "", heads: int = 1) -> Sheet:
    """A CSV or XLSX file as text, blank rows and columns left out.

    Raises
    ------
    DataError
        If the file cannot be read, or a cell of it is no transcription: all of them at once.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; allowed: CSV or XLSX") from None
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise DataError(f"{path.name}: found a password, or the format of Excel 97; "
                        "allowed: XLSX without one, or CSV")  # fmt: skip
    read = _read_workbook(path.name, raw, sheet) if raw[:2] == b"PK" else _read_csv(raw)
    problems = [*read.problems, *_find_merged(read, heads), *_find_second_head(read, heads)]
    if problems:
        raise DataError(f"{path.name} is not a table yet:\n  " + "\n  ".join(problems))
    return read


def _read_csv(raw: bytes) -> Sheet:
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if utf16 else ["utf-8-sig", "cp1252", "latin-1"]:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    # The mark that cuts most lines into as many cells.
    lines = text.splitlines()
    widths = {
        mark: Counter(len(row) for row in csv.reader(lines, delimiter=mark)) for mark in ";,\t"
    }
    mark = max(widths, key=lambda m: max((n for w, n in widths[m].items() if w > 1), default=0))
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]
    return Sheet(rows, lambda row, column: f"row {row + 1}, column {column + 1}", [], [])


def _read_workbook(file: str, raw: bytes, wanted: str) -> Sheet:
    import openpyxl  # noqa: PLC0415, only now: few verbs read a workbook
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    try:
        shown, typed = (
            openpyxl.load_workbook(io.BytesIO(raw), data_only=only) for only in (True, False)
        )
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError(f"cannot read {file}: {error}; allowed: CSV or XLSX") from None
    names = shown.sheetnames
    if wanted not in names and (wanted or len(names) > 1):
        raise DataError(f"--sheet: found {wanted!r}; allowed: one of {', '.join(names)}")
    values, formulas = (book[wanted or names[0]] for book in (shown, typed))

    def name(row: int, column: int) -> str:
        return f"sheet {values.title!r}, cell {get_column_letter(column + 1)}{row + 1}"

    rows, problems = [], []
    for cells in values.iter_rows():
        rows.append([])
        for cell in cells:
            text, problem = _show_cell(cell, formulas[cell.coordinate].value)
            rows[-1].append(text)
            if problem:
                problems.append(f"{name(cell.row - 1, cell.column - 1)}: {problem}")
    merged = [(r.min_row - 1, r.max_row - 1, r.min_col - 1, r.max_col - 1)
              for r in values.merged_cells.ranges]  # fmt: skip
    return Sheet(rows, name, problems, sorted(merged))


def _show_cell(cell: Any, formula: Any) -> tuple[str, str]:
    """What a cell shows, to the places it shows; and why it is no transcription."""
    value = cell.value
    if value is None:
        is_empty = isinstance(formula, str) and formula.startswith("=")
        return "", f"found the formula {formula} without a value; allowed: its value" * is_empty
    if cell.is_date:
        return "", f"found a date, {value}; allowed: the number or text as printed"
    if cell.data_type == "e":
        return "", f"found the error {value}; allowed: what is printed"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value).strip(), ""
    shape = cell.number_format.split(";")[0]
    percent = "%" * ("%" in shape)
    decimals = re.search(r"0\.(0+)", shape)
    number = value * 100 if percent else value
    if decimals or re.search(r"0", shape):
        places = len(decimals[1]) if decimals else 0
        return f"{number:{',' * ('#,##0' in shape)}.{places}f}{percent}", ""
    return f"{number:.15g}{percent}", ""


def _find_merged(sheet: Sheet, heads: int) -> Iterator[str]:
    """Cells merged over others below the heads; over all of a row, it is a caption."""
    first = _find_head(sheet)
    for top, bottom, left, right in sheet.merged:
        if (bottom >= first + heads or bottom > top) and not top < first:
            found = f"found it merged with {sheet.name(bottom, right).split()[-1]}"
            yield f"{sheet.name(top, left)}: {found}; allowed: one value in each cell"


def _find_head(sheet: Sheet) -> int:
    """The first row with two filled cells: what stands above is a caption."""
    filled = [sum(map(bool, row)) for row in sheet.rows]
    return next((place for place, number in enumerate(filled) if number > 1), 0)


def _find_second_head(sheet: Sheet, heads: int) -> Iterator[str]:
    """Whether the row under the heads is words where all that follows is numbers."""
    first = _find_head(sheet)
    body = [row for row in sheet.rows[first + heads :] if any(row)]
    if len(body) < 2:
        return
    for column in range(len(sheet.rows[first])):
        under, *rest = (row[column] if column < len(row) else "" for row in body)
        numbers = [cell for cell in rest if cell and _NUMBER.fullmatch(cell)]
        words = under and not _NUMBER.fullmatch(under) and re.search(r"[^\W\d]", under)
        if words and len(numbers) > 1 and len(numbers) == sum(map(bool, rest)):
            row = sheet.rows.index(body[0], first + heads)
            yield f"{sheet.name(row, column)}: found {under!r} above numbers, a second row of " \
                  f"heads; allowed: one row, or --heads {heads + 1} to join them"  # fmt: skip
            return


def make_draft(
    sheet: Sheet, item: str, *, heads: int = 1, title: str = "", section: str = "",
    lines: str = "", units: dict[str, str] | None = None,
) -> Draft:  # fmt: skip
    """What a sheet becomes as the table of an item.

    Raises
    ------
    DataError
        If a column has no head or two have one, or there is no row.
    SettingError
        If the item is not named ``source/item`` for a source of sources.csv.
    """
    source = _check_item(item)
    first, notes = _find_head(sheet), []
    caption = " ".join(cell for row in sheet.rows[:first] for cell in row if cell)
    columns, names = _name_columns(sheet, first, heads)
    body, left_out = _take_rows(sheet.rows[first + heads :], columns)
    notes += [f"left out, as a note below the table: {text}" for text in left_out]
    if not body:
        raise DataError("found no row below the heads; allowed: one at least")
    table = pd.DataFrame(body, columns=names)
    labels = list(takewhile(lambda name: _is_label(table[name]) and name not in _OURS, names))
    for name in labels:
        if table[name].eq("").any() and table[name].iloc[0]:
            notes.append(f"filled down: {name}, {table[name].eq('').sum()} rows")
            table[name] = table[name].replace("", None).ffill()
    keys = _find_keys(table, labels)
    if keys == [_PLACE]:
        table.insert(0, _PLACE, [str(row + 1) for row in range(len(table))])
    for name in table:
        dashes = table[name].isin(_NOTHING)
        if dashes.any() and not _is_label(table[name].mask(dashes, "")):
            notes.append(f"a dash taken for blank: {name}, {dashes.sum()} cells")
            table[name] = table[name].mask(dashes, "")
    fields = _describe(item, table, keys, units or {})
    ends = re.fullmatch(r"(\d+)(?:-(\d+))?", lines)
    if lines and not ends:
        raise SettingError(
            f"--lines: found {lines!r}; allowed: a line, or the first and last: 12-30"
        )
    printed = set(fields.column[fields.role == "input"])
    notebooks = sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb"))
    about = {
        "item_id": item, "source_id": source, "kind": "table", "label": title or caption or OPEN,
        "section": section or OPEN, "line_start": ends[1] if ends else OPEN,
        "line_end": (ends[2] or ends[1]) if ends else OPEN, "completeness": "complete",
        "cells": str(int(table.drop(columns=[*_OURS], errors="ignore").ne("").sum().sum())),
        "values": str(int(table[sorted(printed)].ne("").sum().sum())), "file": f"{item}.csv",
        "notebook": notebooks[0] if notebooks else OPEN,
    }  # fmt: skip
    questions = [f"data/raw/items.csv, {key}: {_ASKED.get(key, key)}"
                 for key, said in about.items() if said == OPEN]  # fmt: skip
    questions += [
        f"data/raw/fields.csv, unit of {row.column}: of what is {_show_some(table[row.column])}?"
        for row in fields.itertuples() if row.unit == OPEN
    ]  # fmt: skip
    return Draft(item, table, fields, about, questions, notes)


_ASKED = {
    "label": "what is the table called, in your words? (--title)",
    "section": "in which section does it stand? (--section)",
    "line_start": "on which line of the text does it begin? (--lines 12-30)",
    "line_end": "on which line does it end?",
    "notebook": "which notebook gives its values a verdict?",
}


def _check_item(item: str) -> str:
    source, slash, name = item.partition("/")
    known = tables.read_sheet(paths.RAW / "sources.csv").source_id.tolist()
    if not slash or not re.fullmatch(r"[\w.-]+", name) or source not in known:
        allowed = f"SOURCE/ITEM, of {', '.join(known)}: {(known or ['source'])[0]}/table-1"
        raise SettingError(f"--item: found {item!r}; allowed: {allowed}")
    return source


def _name_columns(sheet: Sheet, first: int, heads: int) -> tuple[list[int], list[str]]:
    """Which columns hold anything, and a name for each, made of its head."""
    above = [list(row) for row in sheet.rows[first : first + heads]]
    for top, _, left, right in sheet.merged:
        if first <= top < first + heads:
            above[top - first][left : right + 1] = [above[top - first][left]] * (right + 1 - left)
    for row in above[:-1]:  # an upper head speaks for the blank ones beside it
        for column in range(1, len(row)):
            row[column] = row[column] or row[column - 1]
    width = max(map(len, sheet.rows))
    padded = [row + [""] * (width - len(row)) for row in (*above, *sheet.rows[first + heads :])]
    columns = [c for c in range(width) if any(row[c] for row in padded)]
    heads_of = [[row[c] for row in padded[:heads] if row[c]] for c in columns]
    said = [" ".join(dict.fromkeys(words)) for words in heads_of]
    names = [_slug(head) for head in said]
    problems = [
        f"{sheet.name(first, column)}: found {head!r}; allowed: a head, once in its table"
        for column, head, name in zip(columns, said, names)
        if not name or names.count(name) > 1
    ]
    if problems:
        raise DataError("the columns cannot be named:\n  " + "\n  ".join(problems))
    return columns, names


def _slug(head: str) -> str:
    words = head.lower().replace("%", " percent ")
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"[*†‡§¶¹²³]+$", "", words)).strip("_")


def _take_rows(rows: list[list[str]], columns: list[int]) -> tuple[list[list[str]], list[str]]:
    """The rows that hold something, and the notes that stand below them."""
    body = [[row[c] if c < len(row) else "" for c in columns] for row in rows if any(row)]
    notes = []
    while body and sum(map(bool, body[-1])) == 1 and len(columns) > 1:
        text = next(filter(None, body[-1]))
        if not (_FOOTNOTE.match(text) or len(text) > 60):
            break
        notes.insert(0, text)
        body.pop()
    return body, notes


def _is_label(column: pd.Series) -> bool:
    """Whether a column tells of what its row is, as words do, and the years of a series."""
    said = [text for text in column if text]
    return column.name in _TIMES or sum(bool(_NUMBER.fullmatch(text)) for text in said) * 2 < len(
        said
    )


def _find_keys(table: pd.DataFrame, labels: list[str]) -> list[str]:
    """The columns that tell the rows apart; their number, if the labels do not."""
    for last in range(1, len(labels) + 1):
        keys = table[labels[:last]]
        plain = not keys.map(lambda text: bool(re.search(r"[/*?;\[\]]", text)) or not text).any(
            axis=None
        )
        if plain and not keys.duplicated().any():
            return labels[:last]
    return [_PLACE]


def _describe(
    item: str, table: pd.DataFrame, keys: list[str], units: dict[str, str]
) -> pd.DataFrame:
    strange = sorted(units.keys() - set(table))
    if strange:
        raise SettingError(f"--unit: found {strange[0]!r}; allowed: {', '.join(table)}")
    rows = []
    for name in table:
        whole = table[name].str.fullmatch(r"-?[1-9]\d*|0|").all()
        row = dict.fromkeys(descriptor.COLUMNS, "")
        row |= {"table": item, "column": name, "type": "integer" if whole else "string"}
        if name in keys:
            row |= {"key": str(keys.index(name) + 1), "required": "yes"}
        elif name in _OURS:
            row |= {"type": _OURS[name]}
        elif _is_label(table[name]):
            row |= {"role": "label", "unit": "label"}
        else:
            told = ", ".join(f"{{{key}}}" for key in keys)
            unit = units.get(name) or _guess_unit(name, table[name])
            row |= {"role": "input", "quantity": f"{name.replace('_', ' ')}, {told}", "unit": unit}
        rows.append(row)
    return pd.DataFrame(rows)


def _guess_unit(name: str, column: pd.Series) -> str:
    """A unit by the head or by the cells; `OPEN` where neither says one."""
    head = name.replace("_", " ")
    unit = next((unit for words, unit in _UNITS.items() if re.search(words, head)), "")
    said = [text for text in column if text]
    if not unit and all(text.endswith("%") for text in said):
        unit = "%"
    if unit in ("n", "year") and any("." in text for text in said):
        unit = ""
    return unit or OPEN


def _show_some(column: pd.Series) -> str:
    return ", ".join([text for text in column if text][:3])


def find_unreadable(draft: Draft) -> list[str]:
    """Cells whose text is no printed number, where their column holds numbers."""
    found = []
    for row in draft.fields[draft.fields.role == "input"].itertuples():
        for place, text in draft.table[row.column].items():
            try:
                parse(text or "1", "n" if row.unit == OPEN else row.unit)
            except DataError as error:
                found.append(
                    f"data/raw/{draft.item}.csv row {place + 2}, column {row.column}: {error}"
                )
    return found


def compare(draft: Draft) -> list[str]:
    """What another run with a changed sheet would change, cell by cell; empty if nothing."""
    was = tables.read_sheet(paths.RAW / f"{draft.item}.csv").reset_index(drop=True)
    now = draft.table.reset_index(drop=True)
    changes = [f"column {name}: gone" for name in was if name not in now]
    changes += [f"column {name}: new" for name in now if name not in was]
    keys = [name for name in draft.fields.column[draft.fields.key != ""] if name in was]
    pairs = [frame.set_index(keys) if keys else frame for frame in (was, now)]
    said = [" / ".join(key) if isinstance(key, tuple) else str(key) for key in pairs[1].index]
    before = {" / ".join(k) if isinstance(k, tuple) else str(k): row
              for k, row in zip(pairs[0].index, pairs[0].to_dict("records"))}  # fmt: skip
    for key, row in zip(said, pairs[1].to_dict("records")):
        if key not in before:
            changes.append(f"{key}: a new row")
            continue
        old = before.pop(key)
        changes += [f"{key}, {name}: {old[name] or 'blank'} -> {text or 'blank'}"
                    for name, text in row.items() if name in old and old[name] != text]  # fmt: skip
    return changes + [f"{key}: gone" for key in before]


def is_known(item: str) -> bool:
    """Whether the study has a table of that item already."""
    return item in set(tables.read_sheet(paths.RAW / "tables.csv").table)


def write(draft: Draft) -> list[str]:
    """Write a draft: its table, and its rows of fields, tables and items; the files written.

    What the study says already of a column, its role, rule and unit, stays. If one file cannot be
    written, all are as they were.
    """
    sheets = {n: tables.read_sheet(paths.RAW / f"{n}.csv") for n in ("fields", "tables", "items")}
    known = sheets["fields"][sheets["fields"].table == draft.item].set_index("column")
    fields = [
        known.loc[row["column"]].to_dict() | {"column": row["column"]}
        if row["column"] in known.index else row
        for row in draft.fields.to_dict("records")
    ]  # fmt: skip
    item = sheets["items"][sheets["items"].item_id == draft.item]
    about = draft.about
    if len(item):
        kept = item.iloc[0].to_dict()
        about = kept | {key: about[key] for key in ("cells", "values")}
    title = about["label"]
    new = {
        "fields": (fields, sheets["fields"].table != draft.item),
        "tables": ([{"table": draft.item, "title": title, "licence": "facts"}],
                   sheets["tables"].table != draft.item),
        "items": ([about], sheets["items"].item_id != draft.item),
    }  # fmt: skip
    if len(known):
        new.pop("tables")
    texts = {f"{draft.item}.csv": _to_csv(draft.table)}
    for name, (rows, others) in new.items():
        sheet = sheets[name]
        texts[f"{name}.csv"] = _to_csv(
            pd.concat([sheet[others], pd.DataFrame(rows, columns=sheet.columns)]).fillna("")
        )
    write_raw(texts)
    return list(texts)


def _to_csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")


def write_raw(texts: dict[str, str]) -> None:
    """Write files of the raw data together, all or none, and what is made from them again."""
    before = {name: (paths.RAW / name).read_bytes() if (paths.RAW / name).is_file() else None
              for name in texts}  # fmt: skip
    try:
        for name, text in texts.items():
            paths.write_file(paths.RAW / name, text)
    except OSError:
        for name, content in before.items():
            if content is None:
                (paths.RAW / name).unlink(missing_ok=True)
            else:
                paths.write_file(paths.RAW / name, content)
        raise
    descriptor.remake()
