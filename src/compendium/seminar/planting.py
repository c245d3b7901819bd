"""Faults planted on purpose, for students to find, and marks for what they find.

A copy of the raw data holds a few slips (`printed.wrong_values`), another set for every seed. No
schema refuses one, and where `checks.csv` has a row for a value, it goes or doubles with the
value's own: otherwise it would stop the reading and hide the others. The key is not in the copy:
whoever has the seed in ``planted.json`` can work it out again. Naming a fault anywhere it stands
counts once; naming what print itself has wrong, which the register explains, is neither found nor
false.
"""

import hashlib
import json
import random
import shutil
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError, closest, refuse
from compendium.printed import audit, descriptor, second_entry, tables, wrong_values
from compendium.printed.audit import CHECKS, Place
from compendium.printed.wrong_values import FAULTS, Fault, Known, Mutation, know, list_faults
from compendium.runs.markup import render
from compendium.settings import read_study

MOST = 60  # faults: more would get in each other's way
FEW = 40  # places of a kind: with more it is as likely as any
RAW = Path("data") / "raw"  # within the copy, as in a study
COLUMNS = ["file", "row", "column", "value_id", "what"]  # of an answer
Drawn = tuple[int, int, int | None]  # seed, number of faults, number of tables


def plant(seed: int, faults: int, out: Path, tables_touched: int | None = None) -> None:
    """Write a copy of the raw data with so many faults, 1 to `MOST`, in so many of its tables.

    The same seed gives the same faults, as long as the raw data is the same. `out`, a new or an
    empty folder, gets ``data/raw`` with checksums that fit, a ``README.md`` (it names the tables,
    if their number was asked for), a blank ``answers.csv``, and ``planted.json`` with the seed,
    from which the key follows. A SettingError if a number is out of range, or the folder not empty.
    """
    paths.check_new(out)
    drawn = draw_faults(seed, faults, tables_touched)
    planted = {"seed": seed, "faults": faults, "tables": tables_touched, "raw": digest()}
    named = sorted({fault.places[0][0] for fault in drawn}) if tables_touched else []
    words = {"title": read_study().title, "n": faults, "seed": seed, "named": named}
    texts = {
        **{RAW / name: rows.to_csv(index=False, lineterminator="\n")
           for name, rows in _type_files(drawn).items()},
        "README.md": render("planted.md.j2", **words),
        "answers.csv": ",".join(COLUMNS) + "\n",
        "planted.json": json.dumps(planted, indent=1) + "\n",
    }  # fmt: skip
    with paths.new_folder(out) as draft:
        shutil.copytree(paths.RAW, draft / RAW)
        for name, text in texts.items():
            paths.write_file(draft / name, text)
        with reading(draft / RAW):
            descriptor.write_package()


def digest() -> str:
    """What tells one state of the raw data from another: a key belongs to one."""
    return hashlib.sha256(json.dumps(descriptor.sum_files()).encode()).hexdigest()


def draw_faults(seed: int, n: int, n_tables: int | None = None) -> list[Fault]:
    """The faults of a seed, in the order of the data; no two in one row.

    A SettingError if there are too many, or if the data, or so many of its tables, have no room.
    """
    if not 1 <= n <= MOST:
        raise SettingError(f"faults: found {n}; allowed: 1 to {MOST}")
    known, rng = know(), random.Random(seed)
    pools = {kind: [*faults] for kind, faults in list_faults().items()}
    if n_tables is not None:
        kept = _choose_tables(pools, n, n_tables, rng)
        pools = {kind: [f for f in pool if _files(f) <= kept] for kind, pool in pools.items()}
    chosen: list[Fault] = []
    while len(chosen) < n:
        # A kind with few places is drawn less often, so that they are not known by heart.
        odds = [min(len(pool), FEW) for pool in pools.values()]
        if not any(odds):
            raise SettingError(f"faults: found {n}; this raw data has room for {len(chosen)}")
        pool = pools[rng.choices(list(pools), odds)[0]]
        fault = pool.pop(rng.randrange(len(pool)))
        if _fits(fault, chosen, known):
            chosen.append(fault)
    return sorted(chosen, key=lambda fault: fault.places)


def _files(fault: Fault) -> set[str]:
    return {file for file, _ in fault.places}


def _choose_tables(
    pools: dict[str, list[Fault]], n: int, n_tables: int, rng: random.Random
) -> set[str]:
    """So many tables, each with places enough for more than its part of the faults."""
    counts = Counter(file for pool in pools.values() for fault in pool for file in _files(fault))
    roomy = sorted(file for file, count in counts.items() if count >= 6 * n / max(n_tables, 1))
    most = min(n, len(roomy))
    if not 1 <= n_tables <= most:
        raise SettingError(f"tables: found {n_tables}; allowed: 1 to {most}, with {n} faults")
    return {*rng.sample(roomy, n_tables)}


def _fits(fault: Fault, chosen: list[Fault], known: Known) -> bool:
    """Whether the copy can be read with it beside the others: no schema and no rule refuses."""
    taken = known.alone.union(*(other.places for other in chosen))
    if taken & {*fault.places}:
        return False
    cells = [(known.at[name], text) for name, text in fault.texts.items() if text]
    typed = [Mutation(cell, fault.kind, _bare(cell, text)) for cell, text in cells]
    if wrong_values.find_refused(typed):
        return False
    texts, _ = _merge([*chosen, fault])
    asked = {*fault.texts}.union(*(known.support.uses.get(name, ()) for name in fault.texts))
    left = (name for name in asked if texts.get(name) != "")
    return all(audit.judge_again(n, known.support, texts).verdict != "refused" for n in left)


def _merge(faults: Iterable[Fault]) -> tuple[dict[str, str], dict[str, str]]:
    """What the values of some faults say now, "" of those that are gone; and those typed twice."""
    texts, again = {}, {}
    for fault in faults:
        texts |= fault.texts
        again |= fault.again
    return texts, again


def _bare(cell: tables.PrintedCell, text: str) -> str:
    return text.removeprefix(f"{wrong_values.qualifier_of(cell)} ")


def _type_files(faults: list[Fault]) -> dict[str, pd.DataFrame]:
    """The files that hold the faults; the second entry has them too, or it would tell them all."""
    known, (texts, again) = know(), _merge(faults)
    names = {CHECKS, *(name for fault in faults for name in _files(fault))}
    files = {name: known.rows[name].copy() for name in sorted(names)}
    for fault in faults:
        file, row = fault.places[0]
        if fault.again:
            key = {known.keys[file][-1]["name"]: fault.key}
            twin = files[file].loc[[row]].assign(**key).set_axis([row + 0.5])
            files[file] = pd.concat([files[file], twin])
        elif fault.loses_row:
            files[file] = files[file].drop(index=row)
    for cell, text in ((known.at[name], text) for name, text in texts.items() if text):
        if wrong_values.qualifier_of(cell) and _bare(cell, text) == text:
            files[cell.file].loc[cell.row, "qualifier"] = ""
        files[cell.file].loc[cell.row, cell.column] = _bare(cell, text)
    files[CHECKS] = _follow(files[CHECKS], texts, again)
    files = {name: rows.sort_index() for name, rows in files.items()}
    # Of a row typed twice both say what the first entry says, however the second put it.
    said = {name: known.at[old].text for new, old in again.items() for name in (new, old)} | texts
    touched, folder = texts.keys() | again.values(), second_entry.FOLDER
    for name in sorted({f"{folder}/{known.at[name].item}.csv" for name in touched}):
        if (paths.RAW / name).exists():
            rows = _follow(tables.read_sheet(paths.RAW / name), texts, again)
            files[name] = rows.assign(printed=rows.value_id.map(said).fillna(rows.printed))
    # What is alike now was never settled.
    if (paths.RAW / folder).exists():
        rows = tables.read_sheet(paths.RAW / folder / "settled.csv")
        files[f"{folder}/settled.csv"] = rows[~rows.value_id.isin(touched)]
    return files


def _follow(rows: pd.DataFrame, texts: dict[str, str], again: dict[str, str]) -> pd.DataFrame:
    """A row for each value, without those that are gone, and with those typed twice."""
    rows, second = rows[rows.value_id.map(texts) != ""], {old: new for new, old in again.items()}
    twins = rows[rows.value_id.isin(second)]
    twins = twins.assign(value_id=twins.value_id.map(second)).set_axis(twins.index + 0.5)
    return pd.concat([rows, twins])


def row_in_copy(faults: list[Fault], place: Place) -> int:
    """Where a row of the true data stands in the copy; one that is lost, after the gap."""
    file, row = place
    before = [fault for fault in faults if fault.places[0][0] == file and fault.places[0][1] < row]
    return row + sum(bool(fault.again) - fault.loses_row for fault in before)


Names = set[str | Place]  # value_ids, and rows that have lost their neighbour


class Marks(NamedTuple):
    """What a student found."""

    by_kind: pd.DataFrame  # planted, found, missed
    found: list[bool]  # of each fault, in the order of the data
    false_alarms: pd.DataFrame  # the answers that name no fault
    n_in_print: int  # answers that name what print itself has wrong
    score: float  # found, in percent of all planted and all false alarms


class _Copy(NamedTuple):
    """A copy, as it was planted."""

    faults: list[Fault]
    rows: dict[str, pd.DataFrame]  # of each file
    values: dict[Place, dict[str, str]]  # file and row: column to value_id
    known: set[str]  # every value_id that an answer may name


def mark(out: Path, answers: Path) -> Marks:
    """Mark what a student found in a copy that `plant` wrote.

    `answers` is a CSV file with ``value_id``, or ``file``, ``row`` and, but for a missing row,
    ``column``; columns of other names, such as ``what``, are for the student. A DataError for every
    value, file, row and column that the copy does not have, with the closest it has; or if the raw
    data is not what the copy was made from.
    """
    copy = _plant_again(_read_planted(out))
    told = _read_answers(answers, copy)
    owned = [_own(fault, copy.faults) for fault in copy.faults]
    planted = pd.DataFrame({"kind": [fault.kind for fault in copy.faults]})
    planted["found"] = [any(names & mine for names in told.names) for mine in owned]
    registered = tuple(tables.read_table("discrepancies").discrepancy_id)
    # Of each answer: whether it names a fault, and whether the register explains it.
    named = [(any(n & mine for mine in owned), _is_registered(n, registered)) for n in told.names]
    alarms = told.loc[[not any(either) for either in named]].drop(columns="names")
    score = 100 * planted.found.sum() / (len(planted) + len(alarms))
    by_kind = count_kinds(planted).eval("missed = planted - found")
    return Marks(by_kind, planted.found.tolist(), alarms, named.count((False, True)), score)


def mark_class(out: Path, answers: list[Path]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mark many answers to one copy: the teams, the best first, and a debrief of each fault.

    A team goes by its file's name, or by its folder's where two files have one name. Every wrong
    cell of every file is in one DataError.
    """
    names = [path.stem for path in answers]
    teams = [p.stem if names.count(p.stem) == 1 else f"{p.parent.name}/{p.stem}" for p in answers]
    marked, problems = {}, []
    for team, path in zip(teams, answers):
        try:
            marked[team] = mark(out, path)
        except DataError as error:
            problems.append(str(error))
    if problems:
        raise DataError("\n".join(problems))
    heads = ["team", "found", "missed", "false_alarms", "in_print", "score"]
    rows = [
        (team, sum(m.found), m.found.count(False), len(m.false_alarms), m.n_in_print, m.score)
        for team, m in marked.items()
    ]
    ranked = pd.DataFrame(rows, columns=heads).sort_values("team")
    ranked = ranked.sort_values("score", ascending=False, kind="stable")
    ranked.insert(0, "rank", ranked.score.rank(method="min", ascending=False).astype(int))
    found = pd.DataFrame({team: m.found for team, m in marked.items()})
    by = [", ".join(row.index[row]) or "nobody" for _, row in found.iterrows()]
    return ranked.round({"score": 1}), debrief(reveal(*_read_planted(out))).assign(found_by=by)


# What finds a fault that no rule sees, by its kind.
_BY_HAND = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["by hand"]


def debrief(key: pd.DataFrame) -> pd.DataFrame:
    """Each fault of `reveal`: where it is, what was changed, and which check sees it."""
    where = key.file + " row " + key.row.astype(str)
    what = key.was.astype(str) + " became " + key.became.astype(str)
    rules, places = key.rules.str.join(", "), key.surprises.str[:3].str.join(", ")
    seen = ("audit: " + rules + " (at " + places + ")").where(
        key.found, "by hand: " + key.kind.map(_BY_HAND)
    )
    kept = {"kind": key.kind, "where": where, "value": key.value_id, "what": what}
    return pd.DataFrame(kept | {"seen_by": seen})


def count_kinds(told: pd.DataFrame) -> pd.DataFrame:
    """How many faults of each kind are planted, and found; kinds that none is of are left out."""
    counts = told.groupby("kind").found.agg(planted="size", found="sum")
    return counts.loc[[kind for kind in FAULTS if kind in counts.index]]


def _read_planted(out: Path) -> Drawn:
    try:
        planted = json.loads((out / "planted.json").read_text(encoding="utf-8"))
        drawn = (int(planted["seed"]), int(planted["faults"]), planted.get("tables"))
        state = planted["raw"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{out}: found no planted.json with seed, faults and raw; "
            "allowed: a folder that `compendium seminar plant` wrote"
        ) from None
    if state != digest():
        raise DataError(f"{out}: planted in other raw data than there is now; plant it again")
    return drawn


@paths.once_a_state
def _plant_again(drawn: Drawn) -> _Copy:
    """The copy as it was planted, whatever a student has done to it."""
    known, faults = know(), draw_faults(*drawn)
    typed, again = _type_files(faults), _merge(faults)[1]
    rows = {file: typed.get(file, true) for file, true in known.rows.items()}
    cells, second = defaultdict(dict), {old: new for new, old in again.items()}
    for cell in tables.list_cells():
        cells[cell.file, cell.row][cell.column] = cell.value_id
        cells[cell.file, cell.row + 0.5][cell.column] = second.get(cell.value_id, cell.value_id)
    values = {
        (file, row): cells[file, was]
        for file, sheet in rows.items()
        for row, was in enumerate(sheet.index, start=2)
    }
    for row, name in enumerate(rows[CHECKS].value_id, start=2):
        values[CHECKS, row] = {"value_id": name}
    return _Copy(faults, rows, values, {*known.ledger.index, *again})


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Read raw data from another folder for a while."""
    true, paths.RAW = paths.RAW, folder
    try:
        yield
    finally:
        paths.RAW = true


def _own(fault: Fault, faults: list[Fault]) -> Names:
    """Whatever names the fault: its values, the twins of a row, the rows about a gap."""
    names: Names = {*fault.texts, *fault.again, *fault.again.values()}
    if fault.loses_row:
        for place in fault.places:
            row = row_in_copy(faults, place)
            names |= {(place[0], row), (place[0], row - 1)}
    return names


def _is_registered(names: Names, registered: tuple[str, ...]) -> bool:
    """Whether the register explains a value, or the whole printed row it stands in."""
    values = [name for name in names if isinstance(name, str)]
    return any(v == r or v.startswith(f"{r}/") for v in values for r in registered)


def _read_answers(path: Path, copy: _Copy) -> pd.DataFrame:
    """The answers, each once, with what they name."""
    told = tables.read_sheet(path)
    if "value_id" not in told and not {"file", "row"} <= {*told}:
        raise DataError(f"{path}: found {', '.join(told)}; allowed: value_id, or file and row")
    told = told.reindex(columns=COLUMNS, fill_value="").apply(lambda column: column.str.strip())
    told = told[(told[COLUMNS[:4]] != "").any(axis=1)].drop_duplicates(COLUMNS[:4])
    names, problems = [], []
    for number, answer in zip(told.index, told.itertuples(index=False)):
        try:
            names.append(_name(answer, copy))
        except DataError as error:
            problems.append(f"{path} row {number}, column {error}")
    refuse("the answers name what the copy does not have", problems)
    return told.assign(names=pd.Series(names, told.index, dtype=object))


def _name(answer: Any, copy: _Copy) -> Names:
    """What an answer names: a value, or what stands in a cell or, without a value, in a row."""
    if answer.value_id:
        return {_find("value_id", answer.value_id, copy.known, answer.value_id)}
    file = _find("file", answer.file.removeprefix("data/raw/"), copy.rows, answer.file)
    last, head = len(copy.rows[file]) + 1, list(copy.rows[file])
    if not answer.row.isdigit() or not 2 <= int(answer.row) <= last:
        raise DataError(f"row: found {answer.row!r}; allowed: 2 to {last} in {file}")
    if answer.column and answer.column not in head:
        allowed = f"{', '.join(head)}, or blank for the row"
        raise DataError(f"column: found {answer.column!r}; allowed: {allowed}")
    place = (file, int(answer.row))
    values = copy.values.get(place, {})
    return {values[answer.column]} if answer.column in values else {place, *values.values()}


def _find(column: str, name: str, known: Iterable[str], told: str) -> str:
    if name not in known:
        raise DataError(f"{column}: found {told!r}; the closest: {closest(name, known)}")
    return name


def reveal(seed: int, n: int, n_tables: int | None = None) -> pd.DataFrame:
    """The key of a copy, and what the audit would say of it; the copy is not read.

    What the audit finds, and the register of the true data does not have, is a surprise. A fault is
    found if a surprise stands on one of its values, or on a value that rests on one: ``surprises``
    and the ``rules`` that find them.
    """
    faults, of = draw_faults(seed, n, n_tables), know().support
    (texts, again), near = _merge(faults), [_resting_on(fault, of) for fault in faults]
    surprises = {}
    for name in set().union(*near):
        is_there = again.get(name, name) in of.entries and texts.get(name) != ""
        there = audit.judge_again(name, of, texts, again).findings if is_there else ()
        true = of.standing[name].findings if name in of.standing else ()
        if there != true:
            surprises[name] = [finding[0] for finding in (*there, *true)]
    rows = []
    for fault, rest in zip(faults, near):
        place = (fault.places[0][0], row_in_copy(faults, fault.places[0]))
        names = " / ".join([*fault.texts, *fault.again])
        now = " / ".join(fault.texts.values()) or ("typed twice" if fault.again else "no row")
        told = sorted(rest & surprises.keys())
        rules = list(dict.fromkeys(rule for name in told for rule in surprises[name]))
        rows.append((fault.kind, *place, names, fault.was, now, bool(told), told, rules))
    columns = ["kind", "file", "row", "value_id", "was", "became", "found", "surprises", "rules"]
    return pd.DataFrame(rows, columns=columns)


def _resting_on(fault: Fault, of: audit.Support) -> set[str]:
    """The values of a fault, and those that rest on them."""
    users = {user for name in fault.texts for user in of.uses.get(name, ())}
    for name in fault.again:
        users |= {user for user, _, pattern in of.patterns if fnmatchcase(name, pattern)}
    return users | {*fault.texts, *fault.again}
