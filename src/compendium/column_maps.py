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
"""

import difflib
import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from compendium import raw
from compendium.errors import DataError

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
    resources = raw.read_descriptor()["resources"]
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
    found = next(r for r in raw.read_descriptor()["resources"] if r["name"] == table)
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
