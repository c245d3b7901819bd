"""Where the folders are; nothing else knows.

A notebook run happens in a folder of its own that mirrors this one (see `execution`): the runner
moves what was written there on success, so no half-written result is ever seen.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "data" / "raw"
PROCESSED = ROOT / "data" / "processed"
NOTEBOOKS = ROOT / "notebooks"
RESULTS = ROOT / "results"
LOCK = ROOT / "requirements.lock"
PACKAGE = ROOT / "src" / "compendium"

# The runner leaves this file in a run's folder; readers note in it what they opened.
READ_LOG = Path(".reads")


def note_read(path: Path) -> None:
    """Note that a run read `path`, so that the task graph can be held to the truth."""
    if READ_LOG.exists():
        with READ_LOG.open("a", encoding="utf-8") as log:
            log.write(f"{path.relative_to(ROOT).as_posix()}\n")


def output(relative: str) -> Path:
    """Where a notebook writes: the run's folder, or a scratch folder when opened by hand."""
    base = Path.cwd() if READ_LOG.exists() else RESULTS / "by-hand"
    path = base / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
