"""Where the folders are; nothing else knows.

A study is a folder with `study.toml`, raw data and notebooks, and after a run with results. This
project is one. Which one is worked on is decided here, once: the one the command was given, the one
that the environment variable `STUDY_VARIABLE` names, the nearest around where one stands, this one.
Package and lock are the project's, whichever study is run. A notebook run happens in a folder of
its own that mirrors the study's (see `execution`): the runner moves what was written there on
success, so no half-written result is ever seen. In that folder a run notes what it opens, writes
and judges, and in which cell (see `records`).
"""

import errno
import hashlib
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any

from compendium.errors import SettingError

PACKAGE = Path(__file__).resolve().parent
# A clone of the project; or, where a wheel was installed, the package and what it brings along.
IS_CLONE = (PACKAGE.parents[1] / "pyproject.toml").is_file()
ROOT = PACKAGE.parents[1] if IS_CLONE else PACKAGE
# A study's manifest: the folder that holds it is the study.
MANIFEST = "study.toml"
# A path, relative to the project's root if it is not absolute.
STUDY_VARIABLE = "COMPENDIUM_STUDY"


def _find_study() -> Path:
    """The study named by the variable; else the one stood in; else this project, or this folder."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was removed: the command says so
        here = Path(os.environ.get("PWD", "/"))
    if named := os.environ.get(STUDY_VARIABLE):
        return (ROOT if IS_CLONE else here) / named
    above = (folder for folder in (here, *here.parents) if (folder / MANIFEST).is_file())
    return next(above, ROOT if IS_CLONE else here)


def _point_at(study: Path) -> None:
    """Name the folders of a study."""
    global STUDY, RAW, PROCESSED, NOTEBOOKS, RESULTS, SOURCES  # noqa: PLW0603
    STUDY = study.resolve()
    RAW, PROCESSED = STUDY / "data" / "raw", STUDY / "data" / "processed"
    NOTEBOOKS, RESULTS = STUDY / "notebooks", STUDY / "results"
    # Where packages lie: the project's, and those that a study brings.
    SOURCES = list(dict.fromkeys([PACKAGE.parent, STUDY / "src"]))


def work_on(study: Path) -> None:
    """Make a study the one that is worked on, here and in every process started from here."""
    check_study(study)
    _point_at(study)
    os.environ[STUDY_VARIABLE] = str(STUDY)


def check_study(folder: Path) -> None:
    """Refuse a folder that is no study: one without `MANIFEST` (SettingError)."""
    if not (folder / MANIFEST).is_file():
        raise SettingError(
            f"found no {MANIFEST} in {folder}; allowed: the folder of a study; "
            "`compendium new-study` makes one"
        )


_point_at(_find_study())
LOCK = ROOT / "requirements.lock"

# The runner leaves this file in a run's folder; one line is added for each thing the run does.
RUN_LOG = Path(".log")
# And this, where nobody will look at pictures: a run of a sweep.
NO_PICTURES = Path(".no-pictures")


def note(did: str, what: Any, **more: Any) -> None:
    """Note in the run's log what the running cell did; outside a run, nothing.

    `did` is ``read``, ``wrote``, ``judged`` or ``answered``; `what` the file, relative to the
    study, the values judged, or the name of an answer.
    """
    if RUN_LOG.exists():
        line = json.dumps({"cell": _running_cell(), did: what, **more}, ensure_ascii=False)
        with RUN_LOG.open("a", encoding="utf-8") as log:
            log.write(line + "\n")


def note_read(path: Path, how: str = "file", columns: Collection[str] = ()) -> None:
    """Note that a run read `path`, so that the task graph can be held to the truth.

    `how` says by which door: ``table`` (a raw table, by its name), ``ledger`` (one of all raw
    tables, for their printed cells), ``second entry`` or ``file`` (what another run made). Of a
    table some `columns` may be all that is read: the run does not depend on the others.
    """
    if RUN_LOG.exists():
        note("read", name_file(path), how=how, **({"columns": sorted(columns)} if columns else {}))


def name_file(path: Path) -> str:
    """What a file is called in records: relative to the study; package and lock, to the project.

    >>> name_file(RAW / "items.csv"), name_file(LOCK)
    ('data/raw/items.csv', 'requirements.lock')
    """
    if path == LOCK:
        return LOCK.name
    if path.is_relative_to(PACKAGE.parent):
        return (Path("src") / path.relative_to(PACKAGE.parent)).as_posix()
    return path.relative_to(STUDY).as_posix()


def find_file(name: str) -> Path:
    """The file that a record calls so: `name_file` turned round.

    >>> find_file("requirements.lock") == LOCK, find_file("results/t.csv") == RESULTS / "t.csv"
    (True, True)
    """
    if name == LOCK.name:
        return LOCK
    ours = PACKAGE.parent / name.removeprefix("src/")
    return ours if name.startswith("src/") and ours.exists() else STUDY / name


def need_clone(what: str) -> None:
    """Refuse what an installed package cannot do (SettingError).

    The project's history and texts are in a clone.
    """
    if not IS_CLONE:
        raise SettingError(f"{what} needs a clone of the project, not the installed package alone")


def once_a_state(read: Callable[..., Any]) -> Callable[..., Any]:
    """A reader that reads each state of the place given once, or of the raw data if none is."""

    @cache
    def kept(_state: tuple, *given: Any) -> Any:
        return read(*given)

    @wraps(read)
    def newest(*given: Any) -> Any:
        places = [one for one in given if isinstance(one, Path)]
        return kept(tuple(map(_look_at, places)) if places else read_state(RAW), *given)

    return newest


def _look_at(place: Path) -> tuple[int, ...]:
    """When a file was written and how long it is; nothing, if there is none."""
    try:
        state = os.stat(place)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return state.st_mtime_ns, state.st_size


def read_state(*places: Path) -> tuple[tuple, ...]:
    """Each file there and in the folders below, with when it was written and how long it is."""
    found = []
    for place in places:
        inside = ((at, name) for at, _, names in os.walk(place) for name in names)
        for at, name in [(place.parent, place.name)] if place.is_file() else inside:
            path = os.path.join(at, name)
            if not name.endswith(".pyc"):
                state = os.stat(path)
                found.append((path, state.st_mtime_ns, state.st_ctime_ns, state.st_size))
    return tuple(sorted(found))


@once_a_state
def hash_file(path: Path) -> str:
    """The SHA-256 of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _running_cell() -> int:
    """The number in the running cell's ``In [n]``; 0 outside a notebook."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    # Not its execution_count, which some versions raise before the cell runs and some after it.
    return len(shell.user_ns["In"]) - 1 if shell else 0


def output(relative: str) -> Path:
    """Where a notebook writes: the run's folder, or a scratch folder when opened by hand."""
    base = Path.cwd() if RUN_LOG.exists() else RESULTS / "by-hand"
    path = base / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    note("wrote", relative)
    return path


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file in one step, its folders with it: it is there whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def check_new(folder: Path) -> None:
    """Refuse a place where there is a file, or a folder with something in it (SettingError).

    >>> check_new(LOCK)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    compendium.errors.SettingError: requirements.lock: found a file; allowed: ...
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() or folder.is_symlink():
        kind = "a folder that is not empty" if folder.is_dir() else "a file"
        raise SettingError(f"{folder.name}: found {kind}; allowed: a new or an empty folder")


@contextmanager
def hold(lock: Path, what: str) -> Iterator[None]:
    """Keep others of a kind out (SettingError) while one is at work.

    It ends with the process, however that ends.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.touch()
    # SQLite locks a file on every system there is; nothing is written to it.
    with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise SettingError(
                    f"another {what} is at work; wait until it has ended, or end it"
                ) from None
            is_full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            number = errno.ENOSPC if is_full else errno.EIO
            raise OSError(number, os.strerror(number), str(lock)) from None
        yield


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, beside `folder`, which it becomes when all went well.

    Nothing half-written is ever seen there: after an error nothing is left of it. What holds
    something already is refused; see `check_new`.
    """
    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        draft = Path(beside) / folder.name
        draft.mkdir()
        yield draft
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
