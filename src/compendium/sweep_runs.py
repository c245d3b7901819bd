"""One run of a sweep, on whatever machine it lands; what it made comes back as bytes.

Kept apart because every worker imports it: of the task graph and the grid it knows nothing.
"""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from compendium import paths, sweep_models, tables
from compendium.errors import CompendiumError, SettingError
from compendium.records import hash_file

SEVERAL = 3


class Outcome(NamedTuple):
    """One run: its name, what it made, and why it failed if it did."""

    name: str
    files: dict[str, bytes]
    message: str


def run_chunk(
    what: str | Path, chunk: list[tuple[str, dict[str, Any]]], state: dict[str, str]
) -> list[Outcome]:
    """Make a few runs, on whatever machine this is.

    Parameters
    ----------
    what : str or Path
        A model's name, or a notebook, relative to the study's folder if it lies in it.
    chunk : list of (str, dict)
        Each run's name and what it is given.
    state : dict of str to str
        The SHA-256 of every file that the runs are made from.

    Raises
    ------
    SettingError
        If this machine has the project in another state than the one that asks.
    """
    changed = find_changed(state)
    if changed:
        raise SettingError(f"a worker has another version of {', '.join(changed[:SEVERAL])}")
    make = _call_model if isinstance(what, str) else _run_notebook
    return [make(what, name, given) for name, given in chunk]


def _call_model(model: str, name: str, given: dict[str, Any]) -> Outcome:
    try:
        table = sweep_models.MODELS[model](**given)
    except CompendiumError as error:
        return Outcome(name, {}, str(error))
    text = table.to_csv(index=False, float_format=tables.DIGITS, lineterminator="\n")
    return Outcome(name, {f"tables/{model}.csv": text.encode()}, "")


def _run_notebook(source: Path, name: str, given: dict[str, Any]) -> Outcome:
    # Half a second that a sweep of a model does without.
    from nbclient.exceptions import DeadKernelError  # noqa: PLC0415

    from compendium.execution import run_notebook  # noqa: PLC0415

    message = ""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder)
        try:
            run_notebook(paths.STUDY / source, given, results, results / "processed")
        except (CompendiumError, DeadKernelError) as error:
            results = results / "failed"
            message = str(error).replace(f"{results}/", f"failed/{name}/")
        made = sorted(path for path in results.rglob("*") if path.is_file())
        # A run's seconds are never the same twice.
        kept = [path for path in made if path.suffix != ".seconds"]
        files = {path.relative_to(results).as_posix(): path.read_bytes() for path in kept}
    return Outcome(name, files, message)


def find_changed(state: dict[str, str]) -> list[str]:
    """The files that are not, here and now, what they were when the state was taken."""
    now = {name: paths.find_file(name) for name in state}
    return [n for n, path in now.items() if not path.is_file() or hash_file(path) != state[n]]
