"""Faults planted on purpose, for students to find.

A copy of the raw data holds a few slips (module `slips`), another set for every seed. No schema
refuses one, and each stands in both places where its value stands, the table and ``published.csv``:
in one alone it would stop the reading and hide the others, so no kind is one-sided. The key is not
in the copy: whoever has the seed can work it out again (module `planting_marks`).
"""

import csv
import hashlib
import io
import json
import random
import shutil
import tempfile
from pathlib import Path

from compendium import grounds, mutations, paths
from compendium.errors import SettingError
from compendium.slips import Fault, Known, Place, know, list_faults

MOST = 60  # faults: more would get in each other's way
FEW = 40  # places of a kind: with more it is as likely as any
RAW = Path("data") / "raw"  # within the copy, as in a study
LEDGER = "published.csv"
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
    asked = {user for name in fault.texts for user in known.grounds.uses.get(name, ())}
    asked |= {*fault.texts}
    return (
        not taken & {*fault.places}
        and all(_is_allowed(known, name, text) for name, text in fault.texts.items() if text)
        and "refused" not in {
            grounds.judge_again(name, known.grounds, became, dropped).verdict
            for name in asked - dropped
        }
    )  # fmt: skip


def _is_allowed(known: Known, name: str, text: str) -> bool:
    cell = known.at[name]
    bare = text.removeprefix(f"{cell.qualifier} ")
    return mutations.allows(known.fields[cell.file, cell.column], bare)


def write_files(faults: list[Fault]) -> tuple[dict[str, str], dict[Place, int]]:
    """The files that hold the faults, as text, and where each row of theirs stands in the copy.

    A row that is dropped has the place of the one after the gap.
    """
    known = know(digest())
    names = {LEDGER, *(name for fault in faults for name, _ in fault.places)}
    # Each row stands as a list of rows: none where it is dropped, two where it is doubled.
    files = {name: [[[*row]] for row in known.rows[name]] for name in sorted(names)}
    for fault in faults:
        for name, text in fault.texts.items():
            _set_text(files, known, name, text)
        for name, original in fault.again.items():
            slot = files[LEDGER][known.ledger.row[original] - 1]
            slot.append([name, *slot[0][1:]])
        file, row = fault.places[0]
        if fault.again:
            slot, place = files[file][row - 1], files[file][0][0].index(known.keys[file][-1])
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
    """Set what a value says in the ledger and in its table; its row in the ledger goes if ""."""
    told = files[LEDGER][known.ledger.row[name] - 1]
    if not text:
        told.clear()
        return
    told[0][files[LEDGER][0][0].index("printed")] = text
    cell = known.at[name]
    head, row = files[cell.file][0][0], files[cell.file][cell.row - 1][0]
    if cell.qualifier and not text.startswith(f"{cell.qualifier} "):
        row[head.index("qualifier")] = ""
    row[head.index(cell.column)] = text.removeprefix(f"{cell.qualifier} ")
