"""A second entry: what somebody typed who saw the source and not the first.

Two people seldom make the same slip. A sheet for each item, named like it (``report/table-1.csv``),
has a row for each value: its ``value_id`` and what is ``printed``; every other column is the
typist's. Whatever the two do not have alike is looked up in the source, by a person.
"""

from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from compendium.errors import DataError
from compendium.printed import ledger, tables

COLUMNS = ["value_id", "printed"]
_TYPISTS = "typists.csv"  # who typed what, and when; no sheet


def compare_entries(folder: Path) -> pd.DataFrame:
    """Each value of the items that have a sheet, as typed first and second.

    Returns
    -------
    DataFrame
        ``value_id``, ``file`` and ``row`` of the first entry, ``first``, ``second`` (without blanks
        at the ends) and ``outcome``: ``agrees``, ``differs`` or ``absent``: a value of the ledger
        that the sheet does not have.

    Raises
    ------
    DataError
        For every sheet that cannot be read, is of no item, or has a value twice or one that is not
        the item's, with the closest there are.
    """
    cells = {cell.value_id: cell for cell in tables.list_cells()}
    judged = set(ledger.read_ledger().value_id)
    items = {cell.item for cell in cells.values()}
    sheets = [path for path in sorted(folder.rglob("*.csv")) if path.name != _TYPISTS]
    problems = [] if sheets else [f"{folder}: found no sheet; allowed: one for an item, as CSV"]
    rows = []
    for path in sheets:
        item = path.relative_to(folder).with_suffix("").as_posix()
        own = [name for name, cell in cells.items() if cell.item == item]
        if item not in items:
            problems.append(f"{path}: found no item {item!r}; the closest: {_closest(item, items)}")
            continue
        try:
            typed = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            typed = typed[COLUMNS].apply(lambda column: column.str.strip())
        except (KeyError, ValueError, OSError) as error:
            problems.append(f"{path}: {error}; allowed: CSV, UTF-8, with {' and '.join(COLUMNS)}")
            continue
        for place, name in enumerate(typed.value_id, start=2):
            where = f"{path} row {place}, column value_id: found {name!r}"
            if name not in own:
                problems.append(f"{where}; the closest of {item}: {_closest(name, own)}")
            elif list(typed.value_id).index(name) != place - 2:
                problems.append(f"{where}; allowed: each value once")
        second = dict(typed.itertuples(index=False, name=None))
        for name in own:
            if name in second or name in judged:
                first, again = cells[name].text, second.get(name)
                outcome = "absent" if again is None else "agrees" if again == first else "differs"
                rows.append((name, *cells[name][1:3], first, again or "", outcome))
    if problems:
        raise DataError("the second entry cannot be compared:\n  " + "\n  ".join(problems))
    return pd.DataFrame(rows, columns=["value_id", "file", "row", "first", "second", "outcome"])


def _closest(name: str, known: list[str] | set[str]) -> str:
    return ", ".join(get_close_matches(name, sorted(known), n=3, cutoff=0))
