"""Where the folders are; nothing else knows.

A notebook run happens in a folder of its own that mirrors this one (see `execution`): the runner
moves what was written there on success, so no half-written result is ever seen. In that folder a
run notes what it opens, writes and judges, and in which cell (see `records`).
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
PROCESSED = ROOT / "data" / "processed"
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
LOCK = ROOT / "requirements.lock"
PACKAGE = ROOT / "src" / "compendium"

# The runner leaves this file in a run's folder; one line is added for each thing the run does.
RUN_LOG = Path(".log")


def note(did: str, what: Any, **more: Any) -> None:
    """Note in the run's log what the running cell did; outside a run, nothing.

    Parameters
    ----------
    did : str
        ``"read"``, ``"wrote"`` or ``"judged"``.
    what
        The file, relative to the project's root; or the values judged.
    """
    if RUN_LOG.exists():
        line = json.dumps({"cell": _running_cell(), did: what, **more}, ensure_ascii=False)
        with RUN_LOG.open("a", encoding="utf-8") as log:
            log.write(line + "\n")


def note_read(path: Path, how: str = "file") -> None:
    """Note that a run read `path`, so that the task graph can be held to the truth.

    `how` says by which door: ``table`` (a raw table, by its name), ``ledger`` (one of all raw
    tables, for their printed cells) or ``file`` (what another run made).
    """
    if RUN_LOG.exists():
        note("read", path.relative_to(ROOT).as_posix(), how=how)


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
