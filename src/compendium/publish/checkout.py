"""What state of the files, and in what environment: the two things a certificate is about.

A certificate speaks of one commit of a study, which may be a folder of a larger checkout. A folder
that is no git checkout, or whose files are not those of its commit, has no name to certify under,
and is refused. What git says of its own index is not asked: a file can be marked as unchanged.
Every file's bytes are hashed and held against the tree.
"""

import base64
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compendium import paths
from compendium.errors import DataError, shorten

_INSTRUMENT = "compendium"
_PIN = re.compile(r"^[A-Za-z0-9][\w.-]*==.*$", re.M)


def read_commit() -> dict[str, Any]:
    """The ``commit`` that is checked out, its ``date`` and its ``tracked`` files.

    A DataError if the study lies in no git checkout (or this project not at the root of one), has
    no commit, or differs from it, or holds files that are not its own and that its committed
    ``.gitignore`` does not name: the first of all these are named.
    """
    if paths.STUDY == paths.ROOT and _ask_git("rev-parse", "--show-prefix"):
        raise DataError("this folder is not the root of a git checkout; certify a clone")
    commit, date = _ask_git("log", "-1", "--format=%H %cI").split()
    entries = _ask_git("ls-tree", "-r", "-z", commit).split("\0")[:-1]
    blobs = {name: about.split()[-1] for about, name in (line.split("\t", 1) for line in entries)}
    if not blobs:
        raise DataError("the commit holds no file of this study; commit it, and run it again")
    changed = [name for name, blob in blobs.items() if _hash_blob(name, len(blob)) != blob]
    # What this clone or its owner excludes is no part of the commit; nor is a new .gitignore.
    ignored = [f"--exclude-from={paths.STUDY / '.gitignore'}"] if ".gitignore" in blobs else []
    changed += _ask_git("ls-files", "--others", "-z", *ignored).split("\0")[:-1]
    if changed:
        differ = f"{shorten(sorted({*changed}))} differ from the commit"
        raise DataError(f"the tree is dirty: {differ}; commit or undo")
    return {"commit": commit, "date": date, "tracked": sorted(blobs)}


def _hash_blob(name: str, length: int) -> str:
    """What git would call the file as it lies there, no filter applied; ``""`` if there is none."""
    path = paths.STUDY / name
    if not (path.is_symlink() or path.is_file()):
        return ""
    held = os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
    algorithm = hashlib.sha1 if length == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(held) + held).hexdigest()


def _ask_git(*words: str) -> str:
    """What git answers about this study, without writing anything."""
    git = shutil.which("git")
    if git is None:
        raise DataError("found no git on this machine; a certificate names a commit")
    command = [git, "--no-optional-locks", "--no-replace-objects", "-C", str(paths.STUDY), *words]
    answer = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if answer.returncode:
        reason = next(iter(answer.stderr.splitlines()), "no answer")
        raise DataError(f"this folder is no git checkout with a commit ({reason}); certify a clone")
    return answer.stdout.rstrip("\n")


def _read_project() -> dict[str, Any]:
    path = paths.ROOT / "pyproject.toml"
    if path.is_file():
        return tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    needed = (line for line in metadata.requires(_INSTRUMENT) or () if "extra ==" not in line)
    return {"version": metadata.version(_INSTRUMENT), "dependencies": list(needed)}


def name_instrument() -> str:
    """The version of the package and one digest of its files: a study's commit holds neither."""
    whole = hashlib.sha256()
    for path in sorted(paths.PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            whole.update(f"{path.relative_to(paths.PACKAGE)} {paths.hash_file(path)}".encode())
    return f"{_INSTRUMENT} {read_version()}, SHA-256 of its files {whole.hexdigest()}"


def read_version() -> str:
    """The version of the package."""
    return _read_project()["version"]


def compare_environment() -> pd.DataFrame:
    """The packages of the lock beside what is installed where this runs.

    ``installed`` is blank if it is not; ``is_direct`` what ``pyproject.toml`` asks for at run time;
    ``is_for_here`` false of what only other machines need, which a universal lock holds too.
    """
    found = _PIN.findall(paths.LOCK.read_text(encoding="utf-8"))
    pins = [Requirement(line.rstrip("\\ ")) for line in found]
    direct = {canonicalize_name(Requirement(line).name) for line in _read_project()["dependencies"]}
    packages = pd.Series([canonicalize_name(pin.name) for pin in pins], dtype=str)
    return pd.DataFrame(
        {
            "package": packages,
            "pinned": [str(pin.specifier).removeprefix("==") for pin in pins],
            "installed": [find_installed(pin.name) for pin in pins],
            "is_direct": packages.isin(direct),
            "is_for_here": [pin.marker is None or pin.marker.evaluate() for pin in pins],
        }
    )


def find_installed(name: str) -> str:
    """The installed version of a package; blank if there is none.

    >>> find_installed("no-package-of-this-name")
    ''
    """
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def check_installed(names: list[str]) -> int:
    """How many installed files of these packages are as their RECORD says (all, or a DataError)."""
    compared = [_compare_files(name) for name in names]
    if changed := shorten(file for _, files in compared for file in files):
        raise DataError(
            f"what is installed is not what its RECORD says: {changed}; install it again"
        )
    return sum(n for n, _ in compared)


@cache
def _compare_files(name: str) -> tuple[int, list[str]]:
    """How many files of a package have a checksum, and those that are not as it says."""
    try:
        files = [file for file in metadata.files(name) or () if file.hash]
    except metadata.PackageNotFoundError:
        return 0, []
    return len(files), [str(file) for file in files if not _is_as_recorded(file)]


def _is_as_recorded(file: metadata.PackagePath) -> bool:
    path = Path(file.locate())
    if not path.is_file():
        return False
    found = hashlib.new(file.hash.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode() == file.hash.value


def describe_machine() -> dict[str, str]:
    """The Python and the kind of machine, and nothing that names either's owner."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "conda": "yes" if (Path(sys.prefix) / "conda-meta").is_dir() else "no",
    }
