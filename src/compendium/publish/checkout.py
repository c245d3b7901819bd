"""What state of the files, and in what environment: the two things a certificate is about.

A certificate speaks of one commit. A folder that is no git checkout, or whose files are not those
of its commit, has no name to certify under, and is refused.
"""

import platform
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pandas as pd
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compendium import paths
from compendium.errors import DataError

SEVERAL = 3
PIN = re.compile(r"^[A-Za-z0-9][\w.-]*==.*$", re.M)


def ask_git(*words: str) -> str:
    """What git answers about this project, without writing anything.

    Raises
    ------
    DataError
        If there is no git, or it has no answer.
    """
    git = shutil.which("git")
    if git is None:
        raise DataError("found no git on this machine; a certificate names a commit")
    answer = subprocess.run(
        [git, "--no-optional-locks", "-C", str(paths.ROOT), *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if answer.returncode:
        reason = next(iter(answer.stderr.splitlines()), "no answer")
        raise DataError(f"this folder is no git checkout with a commit ({reason}); certify a clone")
    return answer.stdout.rstrip("\n")


def read_commit() -> dict[str, str]:
    """The commit that is checked out, once the files are what it says.

    Returns
    -------
    dict
        ``commit``, ``date`` (of the commit, the only date a certificate bears) and ``version``.

    Raises
    ------
    DataError
        If the project is not the root of a git checkout, has no commit, or differs from it: the
        first files that do are named.
    """
    if Path(ask_git("rev-parse", "--show-toplevel")).resolve() != paths.ROOT.resolve():
        raise DataError("this folder is not the root of a git checkout; certify a clone")
    commit, date = ask_git("log", "-1", "--format=%H %cI").split()
    changed = sorted(line[3:] for line in ask_git("status", "--porcelain").splitlines())
    if changed:
        others = len(changed) - SEVERAL
        more = f" and {others} more" if others > 0 else ""
        names = ", ".join(changed[:SEVERAL])
        raise DataError(f"the tree is dirty: {names}{more} differ from the commit; commit or undo")
    return {"commit": commit, "date": date, "version": read_project()["version"]}


def list_tracked() -> list[str]:
    """Every file of the commit, relative to the project's root, sorted."""
    return sorted(ask_git("ls-files", "-z").rstrip("\0").split("\0"))


def read_project() -> dict:
    """The ``[project]`` table of ``pyproject.toml``."""
    text = (paths.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def read_pins(lock: str) -> pd.DataFrame:
    r"""The packages of a lock file.

    Returns
    -------
    DataFrame
        ``package`` (as pip compares it), ``pinned`` and ``is_for_here``: a universal lock also
        holds what only other machines need.

    Examples
    --------
    >>> lock = ["appnope==0.1 ; sys_platform == 'beos' ", "    --hash=sha256:0", "Rich==15.0"]
    >>> read_pins("\n".join(lock)).values.tolist()
    [['appnope', '0.1', False], ['rich', '15.0', True]]
    """
    found = [Requirement(line.rstrip("\\ ")) for line in PIN.findall(lock)]
    rows = [
        (
            canonicalize_name(pin.name),
            str(pin.specifier).removeprefix("=="),
            pin.marker is None or pin.marker.evaluate(),
        )
        for pin in found
    ]
    return pd.DataFrame(rows, columns=["package", "pinned", "is_for_here"])


def compare_environment(pins: pd.DataFrame) -> pd.DataFrame:
    """The lock's packages for this machine beside what is installed where this runs.

    Returns
    -------
    DataFrame
        ``package``, ``pinned``, ``installed`` (blank if it is not) and ``is_direct``: whether
        ``pyproject.toml`` asks for it at run time.
    """
    wanted = read_project()["dependencies"]
    direct = {canonicalize_name(Requirement(line).name) for line in wanted}
    here = pins[pins.is_for_here].drop(columns="is_for_here")
    return here.assign(
        installed=[find_installed(name) for name in here.package],
        is_direct=here.package.isin(direct),
    ).reset_index(drop=True)


def find_installed(name: str) -> str:
    """The installed version of a package; blank if there is none.

    >>> find_installed("no-package-of-this-name")
    ''
    """
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def describe_machine() -> dict[str, str]:
    """The Python and the kind of machine, and nothing that names either's owner."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "conda": "yes" if (Path(sys.prefix) / "conda-meta").is_dir() else "no",
    }
