"""A table in one step: from a sheet, as a spreadsheet saves it, to a table of a study.

Cells are kept as the text that print has. What a sheet cannot say (where the table stands, what a
column's unit is) is asked in one list: a ``?`` is written for each answer that is not given, and
until it is filled in the study is refused. What is no transcription at all, a number that the
spreadsheet took for a date, a formula, a cell merged over others, is named by sheet and cell, all
of it at once, and nothing is written.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError, refuse
from compendium.printed import descriptor, tables
from compendium.printed.quantities import parse
from compendium.printed.spreadsheets import Sheet, read_sheet

OPEN = descriptor.OPEN
_GUESSES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# Columns of the format's own, which hold nothing printed; what a head says of its unit.
_OURS, _UNITS, _ASKED = (_GUESSES[name] for name in ("ours", "units", "asked"))
_PLACE = "place"  # numbers the rows where their labels do not tell them apart
_TIMES = {"year", "years", "month", "date", "wave", "period"}
_NUMBER = re.compile(r"[(<>≤≥=~±−–-]?\s?[£$€]?\s?[\d.,]*\d[\d., '’%]*[)%]?\s?[*†‡§¶a-c¹²³]*")
_FOOTNOTE = re.compile(r"(?:[*†‡§¶¹²³]|[a-e]\s|notes?\b|source)", re.IGNORECASE)
# What print puts where there is no number.
_NOTHING = ("-", "–", "—", "−", "..", "...", "…")


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

    A DataError if it cannot be read, or a cell of it is no transcription: all of them at once.
    """
    read = read_sheet(path, sheet)
    problems = [*read.problems, *_find_merged(read, heads), *_find_second_head(read, heads)]
    refuse(f"{path.name} is not a table yet", problems)
    return read


def _find_merged(sheet: Sheet, heads: int) -> Iterator[str]:
    """Cells merged over others below the heads; over all of a row, it is a caption."""
    first = _find_head(sheet)
    for top, bottom, left, right in sheet.merged:
        if top >= first and (bottom >= first + heads or bottom > top):
            found = f"found it merged with {sheet.name(bottom, right).split()[-1]}"
            yield f"{sheet.name(top, left)}: {found}; allowed: one value in each cell"


def _find_head(sheet: Sheet) -> int:
    """The first row with two filled cells: what stands above is a caption."""
    filled = [sum(map(bool, row)) for row in sheet.rows]
    return next((place for place, number in enumerate(filled) if number > 1), 0)


def _find_second_head(sheet: Sheet, heads: int) -> Iterator[str]:
    """Whether the row under the heads is words where all that follows is numbers."""
    first = _find_head(sheet) + heads
    body = [row for row in sheet.rows[first:] if any(row)]
    for column, (under, *rest) in enumerate(zip(*body)):
        filled = list(filter(None, rest))
        is_word = re.search(r"[^\W\d]", under) and not _NUMBER.fullmatch(under)
        if is_word and len(filled) > 1 and all(map(_NUMBER.fullmatch, filled)):
            place = sheet.name(sheet.rows.index(body[0], first), column)
            yield f"{place}: found {under!r} above numbers, a second row of heads; " \
                  f"allowed: one row, or --heads {heads + 1} to join them"  # fmt: skip
            return


def make_draft(
    sheet: Sheet, item: str, *, heads: int = 1, title: str = "", section: str = "",
    lines: str = "", units: dict[str, str] | None = None,
) -> Draft:  # fmt: skip
    """What a sheet becomes as the table of an item.

    A DataError if a column has no head or two have one, or there is no row; a SettingError if the
    item is not named ``source/item`` for a source of sources.csv.
    """
    source, slash, name = item.partition("/")
    sources = tables.read_sheet(paths.RAW / "sources.csv").source_id.tolist()
    if not slash or not re.fullmatch(r"[\w.-]+", name) or source not in sources:
        allowed = f"SOURCE/ITEM, of {', '.join(sources)}: {(sources or ['source'])[0]}/table-1"
        raise SettingError(f"--item: found {item!r}; allowed: {allowed}")
    first = _find_head(sheet)
    caption = " ".join(cell for row in sheet.rows[:first] for cell in row if cell)
    table, notes = _take_rows(sheet, first + heads, _name_columns(sheet, first, heads))
    labels = list(takewhile(lambda name: _is_label(table[name]) and name not in _OURS, table))
    for name in labels:
        blank = table[name].eq("")
        if blank.any() and not blank.iloc[0]:
            notes.append(f"filled down: {name}, {blank.sum()} rows")
            table[name] = table[name].mask(blank).ffill()
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
        allowed = "a line, or the first and last: 12-30"
        raise SettingError(f"--lines: found {lines!r}; allowed: {allowed}")
    start, end = ends.groups() if ends else (OPEN, OPEN)
    filled = table.ne("").sum()
    about = {
        "item_id": item, "source_id": source, "kind": "table", "label": title or caption or OPEN,
        "section": section or OPEN, "line_start": start, "line_end": end or start,
        "completeness": "complete", "cells": str(filled.drop(list(_OURS), errors="ignore").sum()),
        "values": str(filled[fields.column[fields.role == "input"]].sum()), "file": f"{item}.csv",
        "notebook": min((path.stem for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb")), default=OPEN),
    }  # fmt: skip
    questions = [
        f"data/raw/items.csv, {key}: {_ASKED[key]}" for key, said in about.items() if said == OPEN
    ] + [
        f"data/raw/fields.csv, unit of {name}: of what is "
        f"{', '.join([*filter(None, table[name])][:3])}?"
        for name in fields.column[fields.unit == OPEN]
    ]
    return Draft(item, table, fields, about, questions, notes)


def _name_columns(sheet: Sheet, first: int, heads: int) -> dict[int, str]:
    """A name for each column that holds anything, made of its head."""
    above = [list(row) for row in sheet.rows[first : first + heads]]
    for top, _, left, right in sheet.merged:
        if first <= top < first + heads:
            above[top - first][left : right + 1] = [above[top - first][left]] * (right + 1 - left)
    for row in above[:-1]:  # an upper head speaks for the blank ones beside it
        for column in range(1, len(row)):
            row[column] = row[column] or row[column - 1]
    columns = list(zip(*above, *sheet.rows[first + heads :]))
    said = {
        place: " ".join(dict.fromkeys(filter(None, column[:heads])))
        for place, column in enumerate(columns)
        if any(column)
    }
    names = {place: _slug(head) for place, head in said.items()}
    given = list(names.values())
    problems = [
        f"{sheet.name(first, place)}: found {said[place]!r}; allowed: a head, once in its table"
        for place, name in names.items()
        if not name or given.count(name) > 1
    ]
    refuse("the columns cannot be named", problems)
    return names


def _slug(head: str) -> str:
    words = head.lower().replace("%", " percent ")
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"[*†‡§¶¹²³]+$", "", words)).strip("_")


def _take_rows(sheet: Sheet, first: int, names: dict[int, str]) -> tuple[pd.DataFrame, list[str]]:
    """The rows that hold something, without the notes that stand below them."""
    body = [[row[place] for place in names] for row in sheet.rows[first:] if any(row)]
    notes = []
    while body and sum(map(bool, body[-1])) == 1 and len(names) > 1:
        text = "".join(body[-1])
        if not (_FOOTNOTE.match(text) or len(text) > 60):
            break
        notes.insert(0, f"left out, as a note below the table: {text}")
        body.pop()
    if not body:
        raise DataError("found no row below the heads; allowed: one at least")
    return pd.DataFrame(body, columns=list(names.values())), notes


def _is_label(column: pd.Series) -> bool:
    """Whether a column tells of what its row is, as words do, and the years of a series."""
    numbers = [bool(_NUMBER.fullmatch(text)) for text in column if text]
    return column.name in _TIMES or sum(numbers) * 2 < len(numbers)


def _find_keys(table: pd.DataFrame, labels: list[str]) -> list[str]:
    """The columns that tell the rows apart; their number, if the labels do not."""
    for last in range(1, len(labels) + 1):
        keys = table[labels[:last]]
        is_strange = keys.map(lambda text: not text or bool(re.search(r"[/*?;\[\]]", text)))
        if not is_strange.any(axis=None) and not keys.duplicated().any():
            return labels[:last]
    return [_PLACE]


def _describe(
    item: str, table: pd.DataFrame, keys: list[str], units: dict[str, str]
) -> pd.DataFrame:
    """The rows of fields.csv for a table."""
    if strange := sorted(units.keys() - set(table)):
        raise SettingError(f"--unit: found {strange[0]!r}; allowed: {', '.join(table)}")
    of_row, rows = ", ".join(f"{{{key}}}" for key in keys), []
    for name in table:
        whole = table[name].str.fullmatch(r"-?[1-9]\d*|0|").all()
        row = {"table": item, "column": name, "type": "integer" if whole else "string"}
        if name in keys:
            row |= {"key": str(keys.index(name) + 1), "required": "yes"}
        elif name in _OURS:
            row |= {"type": _OURS[name]}
        elif _is_label(table[name]):
            row |= {"role": "label", "unit": "label"}
        else:
            unit = units.get(name) or _guess_unit(name, [*filter(None, table[name])])
            quantity = f"{name.replace('_', ' ')}, {of_row}"
            row |= {"role": "input", "quantity": quantity, "unit": unit}
        rows.append(row)
    return pd.DataFrame(rows).fillna("").reindex(columns=descriptor.COLUMNS, fill_value="")


def _guess_unit(name: str, said: list[str]) -> str:
    """A unit by the head or by the cells; `OPEN` where neither says one."""
    head = name.replace("_", " ")
    guess = "%" if all(text.endswith("%") for text in said) else OPEN
    unit = next((unit for words, unit in _UNITS.items() if re.search(words, head)), guess)
    return OPEN if unit in ("n", "year") and any("." in text for text in said) else unit


def find_unreadable(draft: Draft) -> list[str]:
    """Cells whose text is no printed number, where their column holds numbers."""
    found = []
    for row in draft.fields[draft.fields.role == "input"].itertuples():
        for place, text in enumerate(draft.table[row.column], start=2):
            try:
                parse(text or "1", "n" if row.unit == OPEN else row.unit)
            except DataError as error:
                found.append(f"data/raw/{draft.item}.csv row {place}, column {row.column}: {error}")
    return found


def compare(draft: Draft) -> list[str] | None:
    """What a changed sheet would change, cell by cell; None if the study has no such table yet."""
    if draft.item not in set(tables.read_sheet(paths.RAW / "tables.csv").table):
        return None
    was = tables.read_sheet(paths.RAW / f"{draft.item}.csv").reset_index(drop=True)
    keys = [name for name in draft.fields.column[draft.fields.key != ""] if name in was]

    named = (
        t[keys].agg(" / ".join, axis=1) if keys else t.index.astype(str) for t in (was, draft.table)
    )
    before, now = (dict(zip(n, t.to_dict("records"))) for n, t in zip(named, (was, draft.table)))
    changes = [f"column {name}: gone" for name in was if name not in draft.table]
    changes += [f"column {name}: new" for name in draft.table if name not in was]
    for key, row in now.items():
        old = before.get(key, {})
        changes += [f"{key}: a new row"] * (not old)
        changes += [f"{key}, {name}: {old[name] or 'blank'} -> {text or 'blank'}"
                    for name, text in row.items() if old.get(name, text) != text]  # fmt: skip
    return changes + [f"{key}: gone" for key in before if key not in now]


def write(draft: Draft) -> list[str]:
    """Write a draft: its table, and its rows of fields, tables and items; the files written.

    What the study says already of a column, its role, rule and unit, stays. If one file cannot be
    written, all are as they were.
    """
    sheets = {n: tables.read_sheet(paths.RAW / f"{n}.csv") for n in ("fields", "tables", "items")}
    is_mine = {name: sheet.iloc[:, 0] == draft.item for name, sheet in sheets.items()}
    known = sheets["fields"][is_mine["fields"]].set_index("column").to_dict("index")
    about = draft.about
    for kept in sheets["items"][is_mine["items"]].to_dict("records"):
        about = kept | {key: about[key] for key in ("cells", "values")}
    rows = {
        "fields": [row | known.get(row["column"], {}) for row in draft.fields.to_dict("records")],
        "tables": [{"table": draft.item, "title": about["label"], "licence": "facts"}],
        "items": [about],
    }
    made = {f"{draft.item}.csv": draft.table}
    for name, sheet in sheets.items():
        if name != "tables" or not known:
            others = sheet[~is_mine[name]]
            made[f"{name}.csv"] = pd.concat([others, pd.DataFrame(rows[name])])[list(sheet)]
    write_raw(made)
    return list(made)


def write_raw(sheets: dict[str, pd.DataFrame], check: Callable[[], object] | None = None) -> None:
    """Write files of the raw data together, and what is made from them again.

    All or none: if one cannot be written, or `check` refuses what they say, all are as they were.
    """
    before = {path: path.read_bytes() if path.is_file() else None
              for path in (paths.RAW / name for name in sheets)}  # fmt: skip
    try:
        for path, sheet in zip(before, sheets.values()):
            text = sheet.fillna("").to_csv(index=False, lineterminator="\n")
            paths.write_file(path, text)
        if check:
            check()
    except (OSError, DataError):
        for path, content in before.items():
            if content is None:
                path.unlink(missing_ok=True)
            else:
                paths.write_file(path, content)
        raise
    descriptor.remake()
