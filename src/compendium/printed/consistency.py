"""Whether the tables of a study agree with each other, before anything is run.

What one column may hold, what must hold in every row, and what refers to what is declared in
`fields.csv` and `tables.csv`, and Frictionless checks it. Here is the rest: that every file is
described, that an item names a file and a notebook, that a printed balance has a row for each
factor, that every rule can be worked out and can fail. What is known twice is held together: what
items.csv counts and what the tables hold; the two entries; the rules, and the digest of them that
was committed, so that none becomes laxer in silence. Every problem of a study is said at once, each
with the row to mend, so that nobody waits for a notebook to stop at one of them.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import DataError
from compendium.printed import audit, descriptor, second_entry, tables, wrong_values
from compendium.printed.ledger import make_ledger
from compendium.printed.rules import Cell, find_rules, match_cells, split_rules
from compendium.printed.vocabulary import UNCHECKED
from compendium.settings import read_study

RULES = "rules.csv"
_CHECKED = ".ledger-checked"
_OF_OURS = {"line", "role", "rule"}  # columns in which no printed cell is told


def check_study() -> None:
    """Hold the study to its schema, its checksums and what its tables say of each other.

    Every problem is in one DataError: file, row, column, what was found and what is allowed. A
    table that breaks its schema is not asked for more.
    """
    described = tables.read_descriptor()["resources"]
    problems = [*tables.find_problems(), *_check_files({table["path"] for table in described})]
    # Asked of each table only where there is a problem: whoever asks looks at every file.
    broken = {t["name"] for t in described if problems and tables.breaches(t["name"])}
    for check, names in CHECKS.items():
        if all(map(tables.has_table, names)) and not broken & {
            tables.find_table(name)["name"] for name in names
        }:
            problems += check()
    if not broken & {"items", "fields", "checks", *(t["name"] for t in described if "values" in t)}:
        problems += _check_ledger()
    problems = list(dict.fromkeys(problems))
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
        if name not in described | {RULES} and sheets not in path.parents:
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
    """A balance that is printed has a row for each factor and for its tilt."""
    cases, key = tables.read_table("coding/cases"), ["figure", "state"]
    leanings, tilts = tables.read_table("coding/leanings"), tables.read_table("coding/tilts")
    leaning, tilting = (
        tables.find_table(f"coding/{name}")["path"] for name in ("leanings", "tilts")
    )
    boxes = leanings.groupby(key).box.agg(set).to_dict()
    tilted = set(tilts[key].itertuples(index=False, name=None))
    for row in cases.dropna(subset="figure").itertuples():
        printed = (row.figure, row.state)
        missing = [name for name in read_study().factors if name not in boxes.get(printed, ())]
        if missing:
            allowed = f"a row of data/raw/{leaning} for each box; missing: {', '.join(missing)}"
            yield _say("coding/cases", row.Index, "figure", row.figure, allowed)
        if printed not in tilted:
            allowed = f"a row of data/raw/{tilting} for its state, {row.state}"
            yield _say("coding/cases", row.Index, "figure", row.figure, allowed)


def compare_counts() -> Iterator[str]:
    """An item has as many cells and values as it says; not asked while a table is broken."""
    cells, values = Counter(), Counter(make_ledger().item_id)
    items, described = tables.read_table("items"), tables.read_descriptor()["resources"]
    if any(tables.breaches(table["name"]) for table in described):
        return
    for table in (t for t in described if "/" in t["path"]):
        key, read = table.get("itemField"), tables.read_table(table["name"])
        filled = read.drop(columns={key, *_OF_OURS} & {*read.columns}).notna().sum(axis=1)
        item = table.get("item", table["path"].removesuffix(".csv").removesuffix("-findings"))
        cells.update(filled.groupby(read[key] if key else [item] * len(read)).sum().to_dict())
    for place, item in enumerate(items.item_id):
        for column, counted in (("cells", cells), ("values", values)):
            found = items[column][place]
            if not pd.isna(found) and found != counted[item]:
                yield _say("items", place, column, int(found), str(counted[item]))


def digest_rules() -> str:
    """How many values of each item are checked by each kind of rule, and a digest of those rules.

    A CSV file, `RULES`, that ``make sums`` writes: a rule that is replaced, dropped or made laxer
    shows in it, whatever the verdicts say.
    """
    ledger = make_ledger()
    kinds = find_rules()
    checked = ledger[ledger.rule != ""]
    first = checked.rule.str.split().str[0]
    kind = first.map(lambda name: kinds[name].evidence if name in kinds else name)
    checked = checked.assign(kind=kind.mask(checked.role == "input", "constraint"))
    said = checked.value_id + " " + checked.role + " " + checked.rule + "\n"
    rows = said.groupby([checked.item_id, checked.kind], sort=False).agg(
        values="size", digest=lambda rules: hashlib.sha256("".join(rules).encode()).hexdigest()[:12]
    )
    return rows.reset_index().to_csv(index=False, lineterminator="\n")


def compare_rules() -> Iterator[str]:
    """The rules are those of the committed digest; a study at work may have none yet."""
    path, keys = paths.RAW / RULES, ["item_id", "kind"]
    if not path.is_file():
        return
    committed, today = (
        pd.read_csv(text, dtype=str).set_index(keys).agg(" ".join, axis=1)
        for text in (path, io.StringIO(digest_rules()))
    )
    for key in sorted({*committed.items()} ^ {*today.items()}):
        name, others = key[0], (committed, today)
        found, allowed = (each.get(name, "none") for each in reversed(others))
        if key[1] == allowed or allowed == "none":
            yield f"data/raw/{RULES}, {name[0]}, {name[1]} rules: found {found}; allowed: " \
                  f"{allowed}; if the rules were meant to change, run `make sums`"  # fmt: skip


def _check_ledger() -> list[str]:
    """Whatever the ledger is refused for; of a state in which it once held, nothing."""
    if tables.has_held(_CHECKED):
        return []
    problems = list(_find_wrong_rules()) or [
        *compare_counts(),
        *compare_rules(),
        *_list_refusals(second_entry.read_second),
    ]
    if not problems:
        tables.stamp(_CHECKED)
    return problems


def _list_refusals(read: Callable[[], Any]) -> list[str]:
    """The problems that a reader refuses the raw data for, one by one."""
    try:
        read()
    except DataError as error:
        return [line.strip() for line in str(error).splitlines()[1:]]
    return []


def _find_wrong_rules() -> Iterator[str]:
    """The ledger can be made; each rule can be worked out, and can fail."""
    if refused := _list_refusals(make_ledger):
        yield from refused
        return
    ledger = make_ledger()
    cells = audit.index_cells(tables.cells())
    fields = {cell.value_id: cell.field for cell in tables.list_cells()}
    names, known = tuple(cells), find_rules()
    for row in ledger[~ledger.rule.isin(["", *UNCHECKED])].itertuples():
        where = f"{row.said}, column rule"
        value = Cell(row.value_id, row.printed, row.unit)
        silent = [
            word
            for name, *words in split_rules(row.rule)
            if name in known and not known[name].may_have_none
            for word in words
            if set("*[") & set(word) and not match_cells(word, names)
        ]
        if silent:
            yield f"{where}: found {', '.join(silent)}; allowed: what some printed cell has"
        try:
            for name in wrong_values.find_idle(value, row.rule, cells, fields[row.value_id]):
                found = f"found {name}, which holds of {row.value_id} whatever it says"
                yield f"{where}: {found}; allowed: a rule that can fail, or none"
        except DataError as error:
            yield f"{where}: {error}"
        except (IndexError, TypeError, ValueError):
            # Two operands where it takes one, say, or words where it takes numbers.
            allowed = "operands as compendium.printed.rules describes them"
            yield f"{where}: found {row.rule!r}, which cannot be worked out; allowed: {allowed}"


# Each with the tables that must be sound for it.
CHECKS = {
    _check_items: ["items"],
    _check_cases: ["coding/cases", "coding/leanings", "coding/tilts"],
}
