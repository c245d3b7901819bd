"""Whether the tables of a study agree with each other, before anything is run.

A schema speaks of one table. That a case is named once, that a lean lies in its range, that a
printed value stands in its table: this takes two rows or two tables. Every problem of a study is
said at once, each with the row to mend, so that nobody waits for a notebook to stop at one of them.
"""

import fnmatch
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger
from compendium.printed.rules import Cell
from compendium.settings import read_study

# Where a coding table has the least that may be meant, the code, and the most.
RANGES = {
    "leanings": ("lean_min", "lean", "lean_max"),
    "evidence": ("code_min", "direction", "code_max"),
    "involvement": ("code_min", "code", "code_max"),
    "dependencies": ("strength_min", "strength", "strength_max"),
}
DIRECTIONS = {"+": 1, "0": 0, "-": -1}
CASE, STATE = ["site", "actor", "state"], ["figure", "state"]
# What a table of the data package, and a field of it, must say of themselves.
SAID, SAID_OF_FIELD = {"name", "path", "schema"}, {"name", "type"}


def check_study() -> None:
    """Hold the study to its schema, its checksums and what its tables say of each other.

    Raises
    ------
    DataError
        With every problem found: file, row, column, what was found and what is allowed. A table
        that breaks its schema is not asked for more.
    """
    problems, unasked = list(_check_descriptor()), ""
    if not problems:
        problems += [*tables.find_problems(), *_check_files()]
        sound = {_file(table) for table in _resources() if not tables.breaches(table["name"])}
        for check, names in CHECKS:
            if sound >= {*names}:
                problems += check(*(tables.read_table(name) for name in names))
        if len(sound) < len(_resources()):
            unasked = ", and not every table was held against the others"
    if problems:
        many = f"{len(problems)} problem" + "s" * (len(problems) > 1)
        found = "\n  ".join(problems)
        raise DataError(f"{many} in the raw data; nothing was run{unasked}:\n  {found}")
    tables.check_package()


def _resources() -> list[dict[str, Any]]:
    return tables.read_descriptor()["resources"]


def _file(resource: dict[str, Any]) -> str:
    return resource["path"].removesuffix(".csv")


def _say(table: str, place: int, column: str, found: Any, allowed: str) -> str:
    """One problem; `place` counts rows from 0, the file's header is row 1."""
    where = f"data/raw/{table}.csv row {place + 2}, column {column}"
    return f"{where}: found {found!r}; allowed: {allowed}"


def _check_descriptor() -> Iterator[str]:
    for number, resource in enumerate(_resources(), start=1):
        name = f"data/raw/datapackage.json, table {resource.get('name', number)!r}"
        schema = resource.get("schema", {})
        fields = [field.get("name", place) for place, field in enumerate(schema.get("fields", []))]
        for key in sorted(SAID - set(resource)):
            yield f"{name}: found no {key!r}; allowed: one"
        for place, field in zip(fields, schema.get("fields", [])):
            for key in sorted(SAID_OF_FIELD - set(field)):
                yield f"{name}, field {place!r}: found no {key!r}; allowed: one"
        key = schema.get("primaryKey", [])
        if not key or not set(key) <= set(fields):
            yield f"{name}, primaryKey: found {key!r}; allowed: fields that tell rows apart"
        for column in resource.get("values", []):
            if column not in fields:
                yield f"{name}, values: found {column!r}; allowed: {', '.join(map(str, fields))}"
        if "values" in resource and not {"item", "itemField"} & set(resource):
            yield f"{name}: found values of no item; allowed: an item, or an itemField"


def _check_files() -> Iterator[str]:
    described = {resource["path"] for resource in _resources()}
    for path in sorted(paths.RAW.rglob("*.csv")):
        name = path.relative_to(paths.RAW).as_posix()
        if name not in described:
            yield f"data/raw/{name}: found no table of this path in data/raw/datapackage.json"


def _check_items(items: pd.DataFrame) -> Iterator[str]:
    notebooks = sorted(path.stem for path in paths.NOTEBOOKS.glob("[0-9]*.ipynb"))
    for place, row in enumerate(items.itertuples()):
        if not (paths.RAW / row.file).is_file():
            yield _say("items", place, "file", row.file, "a file of data/raw")
        if row.notebook not in notebooks:
            yield _say("items", place, "notebook", row.notebook, ", ".join(notebooks))


def _check_cases(table: pd.DataFrame) -> Iterator[str]:
    known = tables.allowed_values("coding/evidence", "stage")
    first: dict[tuple, int] = {}
    if table.empty:
        yield "data/raw/coding/cases.csv: found no case; allowed: one at least, to be weighed"
    for place, row in enumerate(table.itertuples()):
        case = (row.site, row.actor, row.state)
        before = first.setdefault(case, place)
        if before != place:
            found = " / ".join(case)
            yield _say("coding/cases", place, "site, actor, state", found,
                       f"one row for each case; row {before + 2} is of the same")  # fmt: skip
        for stage in row.stages.split("; "):
            if known and stage not in known:
                yield _say("coding/cases", place, "stages", stage, f"{', '.join(known)}, by '; '")


def _check_actors(table: pd.DataFrame, statements: pd.DataFrame) -> Iterator[str]:
    actors = sorted(set(statements.actor))
    for place, row in enumerate(table.itertuples()):
        if row.evidence_actor not in actors:
            allowed = f"one that coding/evidence.csv speaks of: {', '.join(actors)}"
            yield _say("coding/cases", place, "evidence_actor", row.evidence_actor, allowed)


def _check_figures(
    table: pd.DataFrame, leanings: pd.DataFrame, tilts: pd.DataFrame
) -> Iterator[str]:
    """A balance that is printed has a case, a row for each box, and one for its tilt."""
    drawn = table.dropna(subset="figure")
    cases = {(row.figure, row.state): (row.site, row.actor) for row in drawn.itertuples()}
    for name, rows in (("leanings", leanings), ("tilts", tilts)):
        for place, row in enumerate(rows.itertuples()):
            case = cases.get((row.figure, row.state))
            if case != (row.site, row.actor):
                found = " / ".join((row.figure, row.state, row.site, row.actor))
                allowed = f"{' / '.join(case)}, as its case" if case else "a case of cases.csv"
                yield _say(f"coding/{name}", place, "figure, state", found, allowed)
    boxes = leanings.groupby(STATE).box.agg(set).to_dict()
    tilted = set(tilts[STATE].itertuples(index=False, name=None))
    for place, row in enumerate(table.itertuples()):
        if pd.isna(row.figure):
            continue
        found = boxes.get((row.figure, row.state), ())
        missing = [box for box in read_study().factors if box not in found]
        if missing:
            allowed = f"a row of leanings.csv for each box; missing: {', '.join(missing)}"
            yield _say("coding/cases", place, "figure", row.figure, allowed)
        if (row.figure, row.state) not in tilted:
            allowed = f"a row of tilts.csv for its state, {row.state}"
            yield _say("coding/cases", place, "figure", row.figure, allowed)


def _check_ranges(name: str, table: pd.DataFrame) -> Iterator[str]:
    columns = low, code, high = RANGES[name]
    numbers = table[list(columns)].replace({code: DIRECTIONS | {"+/-": None}})
    for place, row in enumerate(numbers.astype("Float64").itertuples(index=False, name=None)):
        said = [number for number in row if not pd.isna(number)]
        if said != sorted(said):
            found = " / ".join(str(table[column].iloc[place]) for column in columns)
            yield _say(f"coding/{name}", place, ", ".join(columns), found,
                       f"{low} <= {code} <= {high}")  # fmt: skip


def _check_pairs(name: str, table: pd.DataFrame, ends: list[tuple[str, str]]) -> Iterator[str]:
    """Nobody depends on itself, or is more involved than itself at one place and time."""
    one, other = (table[list(side)].fillna("").to_numpy() for side in zip(*ends))
    for place in (one == other).all(axis=1).nonzero()[0]:
        column = ", ".join(ends[0])
        yield _say(f"coding/{name}", int(place), column, one[place][0], "two different ones")


def _check_dependencies(table: pd.DataFrame) -> Iterator[str]:
    yield from _check_pairs("dependencies", table, [("dependent", "provider")])


def _check_orderings(table: pd.DataFrame) -> Iterator[str]:
    parts = ("{}", "{}_district", "{}_site", "{}_partnership", "stage_{}")
    ends = [(part.format("more"), part.format("less")) for part in parts]
    yield from _check_pairs("orderings", table, ends)


def _check_ledger(_: pd.DataFrame) -> Iterator[str]:
    """Both transcriptions agree, and each rule can be worked out."""
    if any("values" in table and tables.breaches(table["name"]) for table in _resources()):
        return
    try:
        ledger = read_ledger()
    except DataError as error:
        yield from (line.strip() for line in str(error).splitlines()[1:])
        return
    cells = {
        row.value_id: Cell(row.value_id, row.text, row.unit) for row in tables.cells().itertuples()
    }
    for place, row in enumerate(ledger.itertuples()):
        if row.rule == "" or row.rule in audit.UNCHECKED:
            continue
        where = f"data/raw/published.csv row {place + 2}, column rule"
        silent = [
            p for p in row.rule.split() if set("*[") & set(p) and not fnmatch.filter(cells, p)
        ]
        if silent and "listed" not in row.rule:
            yield f"{where}: found {', '.join(silent)}; allowed: what some printed cell has"
        try:
            audit.check_value(Cell(row.value_id, row.printed, row.unit), row.rule, cells)
        except DataError as error:
            yield f"{where}: {error}"
        except (IndexError, TypeError, ValueError):
            # Two operands where it takes one, say, or words where it takes numbers.
            allowed = "operands as compendium.rules describes them"
            yield f"{where}: found {row.rule!r}, which cannot be worked out; allowed: {allowed}"


# Each with the tables it is given, or that must be sound for it.
CHECKS = [
    (_check_items, ["items"]),
    (_check_cases, ["coding/cases"]),
    (_check_actors, ["coding/cases", "coding/evidence"]),
    (_check_figures, ["coding/cases", "coding/leanings", "coding/tilts"]),
    *((partial(_check_ranges, name), [f"coding/{name}"]) for name in RANGES),
    (_check_dependencies, ["coding/dependencies"]),
    (_check_orderings, ["coding/orderings"]),
    (_check_ledger, ["published"]),
]
