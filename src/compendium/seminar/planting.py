"""Faults planted on purpose, for students to find.

A copy of the raw data holds a few slips (`printed.wrong_values`), another set for every seed. No
schema refuses one, and where `checks.csv` has a row for a value, it goes or doubles with the
value's own: otherwise it would stop the reading and hide the others. The key is not in the copy:
whoever has the seed can work it out again.

Who finds what was planted: a student by answers, the audit by its rules.

The key is worked out from the seed in ``planted.json``. Naming a fault anywhere it stands counts
once; naming what print itself has wrong, which the register explains, is neither found nor false.
The audit is given the copy as it would be given any raw data. What it says and the register of the
true data does not is a surprise; a fault is found if a surprise stands on one of its values, or on
a value that rests on one.
"""

import csv
import hashlib
import io
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed import audit, ledger, support, tables, wrong_values
from compendium.printed.support import CHECKS, Place
from compendium.printed.wrong_values import (
    FAULTS,
    Fault,
    Known,
    know,
    list_faults,
    qualifier_of,
)

MOST = 60  # faults: more would get in each other's way
FEW = 40  # places of a kind: with more it is as likely as any
RAW = Path("data") / "raw"  # within the copy, as in a study
COLUMNS = ["file", "row", "column", "value_id", "what"]  # of an answer
README = """# A copy with faults

The raw data of "Partnership, recomputed" with {n} faults planted in it (seed {seed}).
None of them is in print; print has errors of its own, which `data/raw/discrepancies.csv` explains.
Write what you find into `answers.csv`, a line for each: by `file` (within `data/raw`), `row` (the
header is row 1) and `column`, or by `value_id`; `what` is for you. For a row that is missing, name
the row before or after the gap and leave the column blank. Naming what is right costs points.
"""


def plant(seed: int, faults: int, out: Path) -> None:
    """Write a copy of the raw data with so many faults.

    Parameters
    ----------
    seed : int
        The same seed gives the same faults, as long as the raw data is the same.
    faults : int
        1 to `MOST`.
    out : Path
        A new or an empty folder. It gets ``data/raw`` with checksums that fit, a ``README.md``, a
        blank ``answers.csv``, and ``planted.json`` with the seed, from which the key follows.

    Raises
    ------
    SettingError
        If the number is out of range, or the folder is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingError(f"found files in {out}; allowed: a new or an empty folder")
    files, _ = write_files(draw_faults(seed, faults))
    planted = {"seed": seed, "faults": faults, "raw": digest()}
    texts = {RAW / name: text for name, text in files.items()} | {
        "README.md": README.format(n=faults, seed=seed),
        "answers.csv": ",".join(COLUMNS) + "\n",
        "planted.json": json.dumps(planted, indent=1) + "\n",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".planting-") as scratch:
        draft = Path(scratch) / "copy"
        shutil.copytree(paths.RAW, draft / RAW)
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8", newline="\n")
        sums = "".join(f"{s}  {name}\n" for name, s in _sum_up(draft / RAW).items())
        (draft / RAW / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        draft.rename(out)


def _sum_up(folder: Path) -> dict[str, str]:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def digest() -> str:
    """What tells one state of the raw data from another: a key belongs to one."""
    return hashlib.sha256(json.dumps(_sum_up(paths.RAW)).encode()).hexdigest()


def draw_faults(seed: int, n: int) -> list[Fault]:
    """The faults of a seed, in the order of the data; no two in one row.

    Raises
    ------
    SettingError
        If the number is not from 1 to `MOST`, or the data has no room for so many.
    """
    if not 1 <= n <= MOST:
        raise SettingError(f"faults: found {n}; allowed: 1 to {MOST}")
    known, rng = know(digest()), random.Random(seed)
    pools = {kind: [*faults] for kind, faults in list_faults(digest()).items()}
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


def _fits(fault: Fault, chosen: list[Fault], known: Known) -> bool:
    """Whether the copy can be read with it beside the others: no schema and no rule refuses."""
    taken = known.alone | {place for other in chosen for place in other.places}
    together = {name: text for each in [*chosen, fault] for name, text in each.texts.items()}
    dropped = {name for name, text in together.items() if not text}
    became = {name: text for name, text in together.items() if text}
    asked = {user for name in fault.texts for user in known.support.uses.get(name, ())}
    asked |= {*fault.texts}
    return (
        not taken & {*fault.places}
        and all(_is_allowed(known, name, text) for name, text in fault.texts.items() if text)
        and "refused" not in {
            support.judge_again(name, known.support, became, dropped).verdict
            for name in asked - dropped
        }
    )  # fmt: skip


def _is_allowed(known: Known, name: str, text: str) -> bool:
    cell = known.at[name]
    return wrong_values.allows(cell.field, text.removeprefix(f"{qualifier_of(cell)} "))


def write_files(faults: list[Fault]) -> tuple[dict[str, str], dict[Place, int]]:
    """The files that hold the faults, as text, and where each row of theirs stands in the copy.

    A row that is dropped has the place of the one after the gap.
    """
    known = know(digest())
    names = {CHECKS, *(name for fault in faults for name, _ in fault.places)}
    # Each row stands as a list of rows: none where it is dropped, two where it is doubled.
    files = {name: [[[*row]] for row in known.rows[name]] for name in sorted(names)}
    for fault in faults:
        for name, text in fault.texts.items():
            _set_text(files, known, name, text)
        for name, original in fault.again.items():
            place, _, row = known.ledger.said[original].rpartition(" row ")
            if place.endswith(CHECKS):
                slot, told = files[CHECKS][int(row) - 1], known.ledger.loc[original]
                slot.append([name, told.role, told.rule] + [""] * (len(slot[0]) - 3))
        file, row = fault.places[0]
        if fault.again:
            slot, head = files[file][row - 1], files[file][0][0]
            place = head.index(known.keys[file][-1]["name"])
            slot.append([*slot[0][:place], fault.key, *slot[0][place + 1 :]])
        elif not any(fault.texts.values()):
            files[file][row - 1].clear()
    texts, moved = {}, {}
    for name, slots in files.items():
        buffer, n = io.StringIO(newline=""), 0
        for number, slot in enumerate(slots, start=1):
            moved[name, number] = n + 1
            csv.writer(buffer, lineterminator="\n").writerows(slot)
            n += len(slot)
        texts[name] = buffer.getvalue()
    return texts, moved


def _set_text(files: dict[str, list], known: Known, name: str, text: str) -> None:
    """Set what a value says in its table; a row of its own in `CHECKS` goes if ""."""
    if not text:
        if name in (own := _find_checks(known)):
            files[CHECKS][own[name] - 1].clear()
        return
    cell = known.at[name]
    head, row = files[cell.file][0][0], files[cell.file][cell.row - 1][0]
    qualifier = qualifier_of(cell)
    if qualifier and not text.startswith(f"{qualifier} "):
        row[head.index("qualifier")] = ""
    row[head.index(cell.column)] = text.removeprefix(f"{qualifier} ")


def _find_checks(known: Known) -> dict[str, int]:
    """The values that have a row of their own in `CHECKS`, and which."""
    return {told[0]: row for row, told in enumerate(known.rows[CHECKS], start=1)}


Names = set[str | tuple[str, int]]  # value_ids, and rows that have lost their neighbour


class Marks(NamedTuple):
    """What a student found."""

    by_kind: pd.DataFrame  # planted, found, missed
    false_alarms: pd.DataFrame  # the answers that name no fault
    n_in_print: int  # answers that name what print itself has wrong
    score: float  # found, in percent of all planted and all false alarms
    key: pd.DataFrame  # kind, file, row, value_id, was, became, found: for the teacher


class Copy(NamedTuple):
    """Where everything stands in a copy."""

    known: Known
    faults: list[Fault]
    heads: dict[str, list[str]]  # the columns of each file
    n_rows: dict[str, int]
    moved: dict[tuple[str, int], int]  # from a row of the true data to that of the copy
    values: dict[tuple[str, int], dict[str, str]]  # file and row: column to value_id


def mark(out: Path, answers: Path) -> Marks:
    """Mark what a student found in a copy.

    Parameters
    ----------
    out : Path
        A folder that `planting.plant` wrote.
    answers : Path
        CSV with ``value_id``, or ``file``, ``row`` and, but for a missing row, ``column``; columns
        of other names, such as ``what``, are for the student.

    Raises
    ------
    DataError
        For every value, file, row and column that the copy does not have, with the closest it has;
        or if the raw data is not what the copy was made from.
    """
    copy = _read_copy(out)
    told = _read_answers(answers, copy)
    owned = [_own(fault, copy) for fault in copy.faults]
    found = [any(names & mine for names in told.names) for mine in owned]
    registered = tuple(tables.read_table("discrepancies").discrepancy_id)
    is_alarm = ~told.names.map(lambda names: any(names & mine for mine in owned)).astype(bool)
    in_print = told.names.map(lambda names: _is_registered(names, registered)).astype(bool)
    alarms = told[is_alarm & ~in_print].drop(columns="names")
    key = _write_key(copy).assign(found=found)
    by_kind = _count_kinds(key)
    score = 100 * sum(found) / (len(found) + len(alarms))
    by_kind["missed"] = by_kind.planted - by_kind.found
    return Marks(by_kind, alarms, int((is_alarm & in_print).sum()), score, key)


def _count_kinds(told: pd.DataFrame) -> pd.DataFrame:
    """How many faults of each kind are planted, and found; kinds that none is of are left out."""
    counts = told.groupby("kind").found.agg(planted="size", found="sum")
    return counts.loc[[kind for kind in FAULTS if kind in counts.index]]


def _read_copy(out: Path) -> Copy:
    try:
        planted = json.loads((out / "planted.json").read_text(encoding="utf-8"))
        seed, n, state = int(planted["seed"]), int(planted["faults"]), planted["raw"]
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(
            f"{out}: found no planted.json with seed, faults and raw; "
            "allowed: a folder that `compendium seminar plant` wrote"
        ) from None
    if state != digest():
        raise DataError(f"{out}: planted in other raw data than there is now; plant it again")
    known, faults = know(state), draw_faults(seed, n)
    texts, moved = write_files(faults)
    heads = {name: rows[0] for name, rows in known.rows.items()}
    # No text of a cell holds a line break.
    n_rows = {name: len(rows) for name, rows in known.rows.items()}
    n_rows |= {name: text.count("\n") for name, text in texts.items()}
    return Copy(known, faults, heads, n_rows, moved, _place(known, faults, moved))


def _place(
    known: Known, faults: list[Fault], moved: dict[tuple[str, int], int]
) -> dict[tuple[str, int], dict[str, str]]:
    """Which values stand in each row of the copy, by column."""
    dropped = {name for fault in faults for name, text in fault.texts.items() if not text}
    stand = [(name, name, 0) for name in known.ledger.index if name not in dropped]
    stand += [(name, true, 1) for fault in faults for name, true in fault.again.items()]
    values: dict[tuple[str, int], dict[str, str]] = {}
    own = _find_checks(known)
    for name, true, further in stand:
        at = [(CHECKS, own[true], "value_id")] if true in own else []
        # A value of a missing figure stands in no table.
        at += [known.at[true][1:4]] if true in known.at else []
        for file, row, column in at:
            place = (file, moved.get((file, row), row) + further)
            values.setdefault(place, {})[column] = name
    return values


def _own(fault: Fault, copy: Copy) -> Names:
    """Whatever names the fault: its values, the twins of a row, the rows about a gap."""
    names: Names = {*fault.texts, *fault.again, *fault.again.values()}
    if not fault.again and not any(fault.texts.values()):
        known = copy.known
        own = _find_checks(known)
        rows = [*fault.places, *((CHECKS, own[name]) for name in fault.texts if name in own)]
        for file, row in rows:
            names |= {(file, copy.moved[file, row]), (file, copy.moved[file, row] - 1)}
    return names


def _is_registered(names: Names, registered: tuple[str, ...]) -> bool:
    """Whether the register explains a value, or the whole printed row it stands in."""
    values = [name for name in names if isinstance(name, str)]
    return any(v == r or v.startswith(f"{r}/") for v in values for r in registered)


def _write_key(copy: Copy) -> pd.DataFrame:
    rows = []
    for fault in copy.faults:
        file, row = fault.places[0]
        became = " / ".join(fault.texts.values()) or ("typed twice" if fault.again else "no row")
        names = " / ".join([*fault.texts, *fault.again])
        rows.append((fault.kind, file, copy.moved[file, row], names, fault.was, became))
    return pd.DataFrame(rows, columns=["kind", "file", "row", "value_id", "was", "became"])


def _read_answers(path: Path, copy: Copy) -> pd.DataFrame:
    """The answers, each once, with what they name."""
    options = {"dtype": str, "keep_default_na": False, "skip_blank_lines": False}
    try:
        told = pd.read_csv(path, encoding="utf-8-sig", **options).fillna("")
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {error}; allowed: CSV, UTF-8, commas") from None
    if "value_id" not in told and not {"file", "row"} <= {*told}:
        raise DataError(f"{path}: found {', '.join(told)}; allowed: value_id, or file and row")
    told.index += 2
    told = told.reindex(columns=COLUMNS, fill_value="").apply(lambda column: column.str.strip())
    told = told[(told[COLUMNS[:4]] != "").any(axis=1)].drop_duplicates(COLUMNS[:4])
    problems, names = [], []
    valid = {*copy.known.ledger.index, *(name for fault in copy.faults for name in fault.again)}
    for number, answer in zip(told.index, told.itertuples(index=False)):
        found, problem = _name(answer, copy, valid)
        names.append(found)
        problems += [f"{path} row {number}, column {problem}"] if problem else []
    if problems:
        raise DataError("the answers name what the copy does not have:\n  " + "\n  ".join(problems))
    return told.assign(names=pd.Series(names, told.index, dtype=object))


def _name(answer: Any, copy: Copy, valid: set[str]) -> tuple[Names, str]:
    """What an answer names, or what is wrong with it."""
    if not answer.value_id:
        return _name_place(answer, copy)
    if answer.value_id in valid:
        return {answer.value_id}, ""
    close = _closest(answer.value_id, valid)
    return set(), f"value_id: found {answer.value_id!r}; the closest: {close}"


def _name_place(answer: Any, copy: Copy) -> tuple[Names, str]:
    """What stands in a cell; of a cell without a value, or of a whole row, what stands in it."""
    file = answer.file.removeprefix("data/raw/")
    if file not in copy.heads:
        return set(), f"file: found {answer.file!r}; the closest: {_closest(file, copy.heads)}"
    last, head = copy.n_rows[file], copy.heads[file]
    if not answer.row.isdigit() or not 2 <= int(answer.row) <= last:
        return set(), f"row: found {answer.row!r}; allowed: 2 to {last} in {file}"
    if answer.column and answer.column not in head:
        allowed = f"{', '.join(head)}, or blank for the row"
        return set(), f"column: found {answer.column!r}; allowed: {allowed}"
    place = (file, int(answer.row))
    values = copy.values.get(place, {})
    if answer.column in values:
        return {values[answer.column]}, ""
    return {place, *values.values()}, ""


def _closest(name: str, valid: set[str] | dict) -> str:
    return ", ".join(get_close_matches(name, sorted(valid), n=3, cutoff=0))


def audit_finds(out: Path) -> pd.DataFrame:
    """What the audit says of a copy, fault by fault.

    Returns
    -------
    DataFrame
        ``kind``, ``value_id``, ``was``, ``became``, ``found`` and ``surprises``: the first values
        that the audit finds wrong, or no longer wrong, and the true register does not have so.
    """
    copy = _read_copy(out)
    with _reading(out / RAW):
        findings = audit.find(ledger.read_ledger(), tables.cells())
    return _blame(copy.faults, findings, copy.known)


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Read raw data from another folder for a while."""
    true, paths.RAW = paths.RAW, folder
    try:
        yield
    finally:
        paths.RAW = true


def _blame(faults: list[Fault], findings: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Which faults the surprises among the findings point at."""
    compared = ledger.compare_register(findings)
    surprises = {sentence.split()[0] for group in compared.values() for sentence in group}
    rows = []
    for fault in faults:
        near = _resting_on(fault, known) & surprises
        names = " / ".join([*fault.texts, *fault.again])
        became = " / ".join(fault.texts.values())
        told = " ; ".join(sorted(near)[:3])
        rows.append((fault.kind, names, fault.was, became, bool(near), told))
    columns = ["kind", "value_id", "was", "became", "found", "surprises"]
    return pd.DataFrame(rows, columns=columns)


def _resting_on(fault: Fault, known: Known) -> set[str]:
    """The values of a fault, and those that rest on them."""
    users = {user for name in fault.texts for user in known.support.uses.get(name, ())}
    users |= {
        user
        for user, _, pattern in known.patterns
        if any(fnmatchcase(name, pattern) for name in fault.again)
    }
    return users | {*fault.texts, *fault.again}


def rate_kinds(seeds: range, n: int) -> pd.DataFrame:
    """How many faults of each kind the audit finds in copies that are never written.

    Only values that a fault can touch are audited again, which takes moments instead of seconds;
    `audit_finds` says the same of a written copy.

    Returns
    -------
    DataFrame
        By ``kind``: ``planted``, ``found`` and ``percent``; the last row, ``all``, is of all.
    """
    true = audit.find(ledger.read_ledger(), tables.cells())
    drawn = [draw_faults(seed, n) for seed in seeds]
    known = know(digest())
    told = pd.concat([_blame(each, _find_anew(each, true, known), known) for each in drawn])
    rates = _count_kinds(told)
    rates.loc["all"] = rates.sum()
    return rates.assign(percent=(100 * rates.found / rates.planted).round(0)).astype(int)


def _find_anew(faults: list[Fault], true: pd.DataFrame, known: Known) -> pd.DataFrame:
    """What the audit finds in a copy, the true findings kept where no fault reaches."""
    texts = {name: text for fault in faults for name, text in fault.texts.items()}
    again = {name: original for fault in faults for name, original in fault.again.items()}
    dropped = {name for name, text in texts.items() if not text}
    asked = {name for fault in faults for name in _resting_on(fault, known)} - dropped
    # Beside what is asked, only what its rules take: a pattern finds there what it finds anywhere.
    originals = [again.get(name, name) for name in asked]
    needed = {n for name in originals for n in [name, *known.support.entries[name].operands]}
    parts = []
    printed = known.ledger.rename(columns={"printed": "text"})
    for table in (printed, tables.cells().set_index("value_id", drop=False)):
        copies = table.loc[list(again.values())].assign(value_id=list(again))
        changed = table[table.index.isin(needed - dropped)]
        changed = changed.assign(text=changed.value_id.map(texts).fillna(changed.text))
        parts.append(pd.concat([changed, copies]))
    entries = parts[0][parts[0].value_id.isin(asked)].rename(columns={"text": "printed"})
    kept = ~true.discrepancy_id.isin(asked | dropped) & (true.rule != "repeated-row")
    return pd.concat([true[kept], audit.find(entries, parts[1])])
