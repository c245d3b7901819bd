"""Whether the tables of a study agree with each other, before anything is run.

What one column may hold, what must hold in every row, and what refers to what is declared in
`fields.csv` and `tables.csv`, and Frictionless checks it. Here is the rest: that every file is
described, that an item names a file and a notebook, that a printed balance has a row for each
factor, that every rule can be worked out. Every problem of a study is said at once, each with the
row to mend, so that nobody waits for a notebook to stop at one of them.
"""

import fnmatch
from collections.abc import Iterator
from typing import Any

from compendium import paths
from compendium.errors import DataError
from compendium.printed import audit, descriptor, second_entry, tables
from compendium.printed.ledger import make_ledger
from compendium.printed.rules import Cell, find_rules
from compendium.settings import read_study


def check_study() -> None:
    """Hold the study to its schema, its checksums and what its tables say of each other.

    Raises
    ------
    DataError
        With every problem found: file, row, column, what was found and what is allowed. A table
        that breaks its schema is not asked for more.
    """
    described = tables.read_descriptor()["resources"]
    problems = [*tables.find_problems(), *_check_files({table["path"] for table in described})]
    broken = {table["name"] for table in described if tables.breaches(table["name"])}
    for check, names in CHECKS.items():
        if not broken & set(names):
            problems += check()
    if not broken & {"items", "fields", "checks", *(t["name"] for t in described if "values" in t)}:
        problems += _check_ledger()
    if problems:
        many = f"{len(problems)} problem" + "s" * (len(problems) > 1)
        unasked = ", and not every table was held against the others" if broken else ""
        found = "\n  ".join(problems)
        raise DataError(f"{many} in the raw data; nothing was run{unasked}:\n  {found}")
    tables.check_package()


def _say(table: str, place: int, column: str, found: Any, allowed: str) -> str:
    """One problem; `place` counts rows from 0, the file's header is row 1."""
    where = f"data/raw/{table}.csv row {place + 2}, column {column}"
    return f"{where}: found {found!r}; allowed: {allowed}"


def _check_files(described: set[str]) -> Iterator[str]:
    sheets = paths.RAW / second_entry.FOLDER  # of two columns, which that module reads
    for path in sorted(paths.RAW.rglob("*.csv")):
        name = path.relative_to(paths.RAW).as_posix()
        if name not in described and sheets not in path.parents:
            yield f"data/raw/{name}: found no table of this path in data/raw/tables.csv"
    made = paths.RAW / descriptor.PACKAGE
    if made.is_file() and made.read_text(encoding="utf-8") != descriptor.make_package():
        yield f"data/raw/{made.name}: found another than fields.csv makes; run `make sums`"


def _check_items() -> Iterator[str]:
    notebooks = sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb"))
    for place, row in enumerate(tables.read_table("items").itertuples()):
        if not (paths.RAW / row.file).is_file():
            yield _say("items", place, "file", row.file, "a file of data/raw")
        if row.notebook not in notebooks:
            yield _say("items", place, "notebook", row.notebook, ", ".join(notebooks))


def _check_cases() -> Iterator[str]:
    """There is a case, and a balance that is printed has a row for each factor and for its tilt."""
    cases, key = tables.read_table("coding/cases"), ["figure", "state"]
    if cases.empty:
        yield "data/raw/coding/cases.csv: found no case; allowed: one at least, to be weighed"
    leanings, tilts = tables.read_table("coding/leanings"), tables.read_table("coding/tilts")
    boxes = leanings.groupby(key).box.agg(set).to_dict()
    tilted = set(tilts[key].itertuples(index=False, name=None))
    for row in cases.dropna(subset="figure").itertuples():
        printed = (row.figure, row.state)
        missing = [name for name in read_study().factors if name not in boxes.get(printed, ())]
        if missing:
            allowed = f"a row of leanings.csv for each box; missing: {', '.join(missing)}"
            yield _say("coding/cases", row.Index, "figure", row.figure, allowed)
        if printed not in tilted:
            allowed = f"a row of tilts.csv for its state, {row.state}"
            yield _say("coding/cases", row.Index, "figure", row.figure, allowed)


def _check_ledger() -> Iterator[str]:
    """The ledger can be made, and each rule can be worked out."""
    try:
        ledger = make_ledger()
    except DataError as error:
        yield from (line.strip() for line in str(error).splitlines()[1:])
        return
    cells = audit.index_cells(tables.cells())
    for row in ledger[~ledger.rule.isin(["", *audit.UNCHECKED])].itertuples():
        where = f"{row.said}, column rule"
        patterns = [word for word in row.rule.split() if set("*[") & set(word)]
        silent = [word for word in patterns if not fnmatch.filter(cells, word)]
        if silent and not all(map(_may_have_none, row.rule.split(audit.SEPARATOR))):
            yield f"{where}: found {', '.join(silent)}; allowed: what some printed cell has"
        try:
            audit.check_value(Cell(row.value_id, row.printed, row.unit), row.rule, cells)
        except DataError as error:
            yield f"{where}: {error}"
        except (IndexError, TypeError, ValueError):
            # Two operands where it takes one, say, or words where it takes numbers.
            allowed = "operands as compendium.printed.rules describes them"
            yield f"{where}: found {row.rule!r}, which cannot be worked out; allowed: {allowed}"


def _may_have_none(rule: str) -> bool:
    """Whether it is an answer that no cell is there; what is no rule is told of elsewhere."""
    known = find_rules().get(rule.split(maxsplit=1)[0])
    return known is None or known.may_have_none


# Each with the tables that must be sound for it.
CHECKS = {
    _check_items: ["items"],
    _check_cases: ["coding-cases", "coding-leanings", "coding-tilts"],
}
