"""The latest releases, in an environment of their own.

The lock holds every version, so a run gives the same bytes; it does not say whether the results
hang on those versions. Here a second environment takes the newest release of each direct
dependency that this Python can run, bounds dropped, and everything runs again in a copy of the
tree, so that nothing of ours is touched. A notebook that fails there is a finding, not a crash.
"""

import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.errors import CompendiumError, SettingError

# What an editable install without build isolation asks for.
BUILDERS = ("editables", "hatchling")


class BuildError(CompendiumError):
    """The second environment could not be built; the message holds what the installer said."""


def latest_requirements() -> list[str]:
    """The direct dependencies of ``pyproject.toml`` without their bounds.

    Returns
    -------
    list of str
        As they stand there; extras and markers are kept.

    Examples
    --------
    >>> [name for name in latest_requirements() if name.startswith("mat")]
    ['matplotlib']
    """
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return [_drop_bounds(entry) for entry in tomllib.loads(text)["project"]["dependencies"]]


def _drop_bounds(requirement: str) -> str:
    """A requirement without its version.

    >>> _drop_bounds("papermill[s3] >= 2.6, < 3; python_version < '4'")
    "papermill[s3]; python_version < '4'"
    """
    wanted, _, marker = requirement.partition(";")
    name = re.match(r"\s*[\w.-]+\s*(\[[^\]]*\])?", wanted)[0].replace(" ", "")
    return f"{name}; {marker.strip()}" if marker else name


def build_latest(folder: Path) -> None:
    """A copy of the tree in ``folder/tree``, and an environment for it in ``folder/environment``.

    The copy holds every file that git does not ignore, as it is now. The environment takes the
    newest releases for the Python that runs this, by uv where there is one, else by pip.

    Raises
    ------
    SettingError
        If the folder holds anything.
    BuildError
        If git, the network or the resolver fails; with what they said.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(f"found files in {folder}; allowed: a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = _call(listed, paths.ROOT, "cannot list the files of the project").split("\0")
    tree = folder / "tree"
    for name in sorted(set(filter(None, names))):
        if (paths.ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / name, tree / name)
    environment = folder / "environment"
    bare = ["--without-pip"] if _has_uv() else []
    make = [sys.executable, "-m", "venv", *bare, str(environment)]
    _call(make, folder, "cannot make an environment")
    wanted = sorted({*latest_requirements(), *BUILDERS})
    _install(environment, wanted, folder)
    _install(environment, ["--no-deps", "--no-build-isolation", "-e", str(tree)], folder)


def _install(environment: Path, arguments: list[str], folder: Path) -> None:
    python = str(_python(environment))
    if _has_uv():
        # Compiled now, or else every kernel compiles the libraries again.
        installer = [sys.executable, "-m", "uv", "pip", "install", "--compile-bytecode"]
        installer += ["--python", python]
    else:
        installer = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    _call([*installer, *arguments], folder, "cannot install the latest versions")


def _has_uv() -> bool:
    return importlib.util.find_spec("uv") is not None


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _call(command: list[str], folder: Path, problem: str) -> str:
    """What a command prints; its last words in a BuildError if it fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
        )
    except OSError as error:
        raise BuildError(f"{problem}: {error}") from None
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise BuildError(f"{problem}:\n  " + "\n  ".join(said[-15:] or ["(it said nothing)"]))
    return done.stdout


def run_latest(folder: Path, workers: int = 2) -> list[str]:
    """Reproduce everything in the copy, with the latest versions; progress is shown as it comes.

    Returns
    -------
    list of str
        What the command complained of: each run that failed, each discrepancy that is new, gone or
        changed; its last line, if it broke off without a word of that. Empty if all went well.
    """
    folder = folder.resolve()
    command = [str(_python(folder / "environment")), "-m", "compendium.cli", "reproduce"]
    # What points to this environment would lead the other one back to it.
    unset = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    said = []
    with subprocess.Popen(
        [*command, "-n", str(workers)],
        cwd=folder / "tree",
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stderr:
            sys.stderr.write(line)
            said.append(line.rstrip().replace(str(folder), "..."))
    return _find_complaints(said) if process.returncode else []


def _find_complaints(said: list[str]) -> list[str]:
    """The command's complaints, each with the lines that are indented under it.

    >>> _find_complaints(["noise", "failed: 04.ipynb: Writes lines:", "  wrote a", "more noise"])
    ['04.ipynb: Writes lines: wrote a']
    """
    found: list[str] = []
    open_ended = False
    for line in said:
        if match := re.match(r"(?:failed|error): (.*)|(\w+ discrepancy: .*)", line):
            found.append(match[1] or match[2])
        elif open_ended and line.startswith("  "):
            found[-1] += f" {line.strip()}"
            continue
        open_ended = match is not None
    last = [line for line in said if line.strip()][-1:] or ["no reason given"]
    return found or [f"the command stopped: {last[0]}"]


def compare_versions(folder: Path) -> pd.DataFrame:
    """Each package of the second environment whose version is not ours; blank where we have none.

    Raises
    ------
    BuildError
        If the second environment cannot be asked.
    """
    code = (
        "import importlib.metadata as m, json; "
        "print(json.dumps({d.name: d.version for d in m.distributions()}))"
    )
    python = _python(folder.resolve() / "environment")
    said = _call([str(python), "-c", code], folder, "cannot list versions")
    ours = {_plain(d.name): d.version for d in importlib.metadata.distributions()}
    direct = {_plain(re.match(r"[\w.-]+", name)[0]) for name in latest_requirements()}
    rows = [
        (name, ours.get(name, ""), version, name in direct)
        for name, version in sorted((_plain(n), v) for n, v in json.loads(said).items())
        if ours.get(name) != version
    ]
    return pd.DataFrame(rows, columns=["package", "ours", "latest", "is_direct"])


def _plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
