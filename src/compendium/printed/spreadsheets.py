"""Sheets as spreadsheets save them: CSV and XLSX as text, row by row, and what is no text in them.

Whatever wrote a file, its cells are read as what they show: semicolons, tabs, Windows-1252, UTF-16
and the places that a workbook shows its numbers to. What a spreadsheet made of print (a date, a
formula without its value) is named by its cell; whoever reads the sheet says what follows from it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from compendium.errors import DataError


class Sheet(NamedTuple):
    """A sheet as text, its rows of one width, and what a cell of it is called."""

    rows: list[list[str]]
    lines: list[int]  # of the file, on which each row begins; in a workbook the row's number
    name: Callable[[int, int], str]
    problems: Sequence[str] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()  # first and last row and column, from 0


def read_bytes(path: Path, allowed: str) -> bytes:
    """What a file holds.

    A DataError if it cannot be read; `allowed` says what can.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; allowed: {allowed}") from None


def decode(raw: bytes) -> str:
    """A text, whichever system wrote it.

    >>> decode("é".encode()), decode("é".encode("cp1252")), decode("é".encode("utf-16"))
    ('é', 'é', 'é')
    """
    if raw[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read_sheet(path: Path, sheet: str = "") -> Sheet:
    """A CSV or XLSX file as text; of a workbook with several sheets, that of the name.

    A DataError if the file cannot be read, or has no sheet of that name.
    """
    raw = read_bytes(path, "CSV or XLSX")
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise DataError(f"{path.name}: found a password, or the format of Excel 97; "
                        "allowed: XLSX without one, or CSV")  # fmt: skip
    read = _read_workbook(path.name, raw, sheet) if raw[:2] == b"PK" else _read_csv(decode(raw))
    width = max(map(len, read.rows), default=0)
    return read._replace(rows=[row + [""] * (width - len(row)) for row in read.rows])


def _read_csv(text: str) -> Sheet:
    # The mark that cuts most lines into as many cells.
    widths = {
        mark: Counter(len(row) for row in csv.reader(text.splitlines(), delimiter=mark))
        for mark in ";,\t"
    }
    mark = max(widths, key=lambda m: max((n for w, n in widths[m].items() if w > 1), default=0))
    rows, lines, reader = [], [1], csv.reader(io.StringIO(text), delimiter=mark)
    for row in reader:
        rows.append([cell.strip() for cell in row])
        lines.append(reader.line_num + 1)
    return Sheet(rows, lines, lambda row, column: f"row {row + 1}, column {column + 1}")


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
    return Sheet(rows, list(range(1, len(rows) + 1)), name, problems, sorted(merged))


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
    number = value * 100 if percent else value
    if "0" in shape:
        decimals = re.search(r"0\.(0+)", shape)
        places = len(decimals[1]) if decimals else 0
        return f"{number:{',' * ('#,##0' in shape)}.{places}f}{percent}", ""
    return f"{number:.15g}{percent}", ""
