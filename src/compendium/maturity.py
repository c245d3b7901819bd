"""The NHS levels of a reproducible analytical pipeline, checked against the files themselves.

The RAP community of practice of NHS England asks for three levels, each resting on the one below:
baseline, silver, gold. The criteria are put here in our own words. What the checkout cannot show
is not met, however likely: a review that left no trace, a page that nobody named.
"""

import ast
import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd

from compendium import checkout, paths

MET, PARTLY, NOT_MET = STATUSES = ("met", "partly", "not met")
LEVELS = ("baseline", "silver", "gold")
GUIDES = ("README.md", "CONTRIBUTING.md", "data/README.md")
FOLDERS = ("data/raw", "notebooks", "src", "tests")
SERVICES = (".ci/", ".github/workflows/", ".gitlab-ci")
# A remote that is a folder of the same machine is nobody else's.
HOSTED = re.compile(r"\t(https?|ssh|git)://|\t[^/]+@[^/]+:")
Seen = dict[str, Any]
Finding = tuple[str, str]


def look(tracked: list[str], records: list[dict[str, Any]]) -> Seen:
    """What the checkout shows: counts and names, each from a file or from git.

    Parameters
    ----------
    tracked : list of str
        As `checkout.list_tracked` returns.
    records : list of dict
        As `records.read_records` returns.
    """
    modules = [name for name in tracked if name.startswith("src/") and name.endswith(".py")]
    tests = [name for name in tracked if re.fullmatch(r"tests/.*test_[^/]*\.py", name)]
    services = [name for name in tracked if name.startswith(SERVICES)]
    return {
        "files": set(tracked),
        "modules": len(modules),
        "notebooks": sum(name.endswith(".ipynb") for name in tracked),
        "commits": int(checkout.ask_git("rev-list", "--count", "HEAD")),
        "reviewed": len(_lines("log", "-i", "--grep=^Reviewed-by:", "--format=%h")),
        "remotes": sum(bool(HOSTED.search(line)) for line in _lines("remote", "-v")) // 2,
        "tags": len(_lines("tag")),
        "commands": _count_commands("README.md") if "README.md" in tracked else 0,
        "runs": len(records),
        "made": sum(len(record["made"]) for record in records),
        "told": sum(bool(record["read"] and record["wrote"]) for record in records),
        "guides": [name for name in GUIDES if name in tracked],
        "folders": [name for name in FOLDERS if any(f.startswith(f"{name}/") for f in tracked)],
        "lint": run_linter(),
        "test_files": len(tests),
        "tests": sum(_read(name).count("\ndef test_") for name in tests),
        "services": services,
        "schedules": sum(bool(re.search(r"\bcron\b|schedule", _read(n))) for n in services),
        "changes": _read("CHANGELOG.md").count("\n## ") if "CHANGELOG.md" in tracked else 0,
        **_count_definitions(modules, tracked),
        **_read_project(),
        **_read_package(),
    }


def _lines(*words: str) -> list[str]:
    return checkout.ask_git(*words).splitlines()


def _read(name: str) -> str:
    return (paths.ROOT / name).read_text(encoding="utf-8")


def _count_commands(name: str) -> int:
    """Lines inside the fenced blocks of a Markdown file."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", _read(name), flags=re.M | re.S)
    return sum(len(block.splitlines()) for block in blocks)


def _count_definitions(modules: list[str], tracked: list[str]) -> dict[str, int]:
    """Functions and classes of the package, those with a docstring, and those in notebooks."""
    bodies = [ast.parse(_read(name)).body for name in modules]
    top = [node for body in bodies for node in body]
    top += [node for owner in top if isinstance(owner, ast.ClassDef) for node in owner.body]
    kinds = ast.FunctionDef | ast.ClassDef
    public = [n for n in top if isinstance(n, kinds) and not n.name.startswith("_")]
    notebooks = [name for name in tracked if name.endswith(".ipynb")]
    sources = [
        "".join(cell["source"])
        for name in notebooks
        for cell in json.loads(_read(name))["cells"]
        if cell["cell_type"] == "code"
    ]
    return {
        "functions": len(public),
        "documented": sum(ast.get_docstring(node) is not None for node in public),
        "in_notebooks": sum(bool(re.search(r"^\s*(def|class) ", s, re.M)) for s in sources),
    }


def _read_project() -> dict[str, Any]:
    project = checkout.read_project()
    return {"version": project["version"], "scripts": sorted(project.get("scripts", {}))}


def _read_package() -> dict[str, int]:
    """How many raw tables there are, and how many say their fields' types and their key."""
    descriptor = paths.RAW / "datapackage.json"
    resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
    schemas = [resource.get("schema", {}) for resource in resources]
    return {
        "tables": len(resources),
        "keyed": sum("primaryKey" in schema and "fields" in schema for schema in schemas),
    }


def run_linter() -> str:
    """What ruff says of the code: ``clean``, ``breaches`` or ``not installed``."""
    if importlib.util.find_spec("ruff") is None:
        return "not installed"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--quiet", str(paths.ROOT)]
    found = subprocess.run(command, capture_output=True, check=False)
    return "breaches" if found.returncode else "clean"


def grade(is_met: bool, is_begun: bool = True) -> str:
    """Met, or partly if something is there, or not met.

    >>> grade(True), grade(False), grade(False, False)
    ('met', 'partly', 'not met')
    """
    return MET if is_met else PARTLY if is_begun else NOT_MET


def _language(seen: Seen) -> Finding:
    evidence = f"{seen['modules']} Python modules and {seen['notebooks']} notebooks"
    return grade(seen["modules"] > 0, False), evidence


def _versions(seen: Seen) -> Finding:
    return grade(seen["commits"] > 0, False), f"git, {seen['commits']} commits"


def _readme(seen: Seen) -> Finding:
    lines = seen["commands"]
    return grade(lines > 0, "README.md" in seen["files"]), f"README.md, {lines} lines of commands"


def _review(seen: Seen) -> Finding:
    evidence = f"{seen['reviewed']} of {seen['commits']} commits name a reviewer"
    return grade(seen["reviewed"] == seen["commits"], seen["reviewed"] > 0), evidence


def _published(seen: Seen) -> Finding:
    if not seen["remotes"]:
        return NOT_MET, "the checkout names no remote, and no publication that links to it"
    return PARTLY, "a remote is named; the checkout does not show whether the public can read it"


def _by_code(seen: Seen) -> Finding:
    evidence = f"{seen['runs']} runs wrote {seen['made']} files; the raw data was typed from print"
    return grade(seen["runs"] > 0, False), evidence


def _documented(seen: Seen) -> Finding:
    share = f"{seen['documented']} of {seen['functions']} public definitions have a docstring"
    whole = seen["documented"] == seen["functions"] and len(seen["guides"]) == len(GUIDES)
    return grade(whole), f"{', '.join(seen['guides'])}; {share}"


def _layout(seen: Seen) -> Finding:
    folders = seen["folders"]
    return grade(len(folders) == len(FOLDERS), bool(folders)), f"folders {', '.join(folders)}"


def _reusable(seen: Seen) -> Finding:
    evidence = f"{seen['functions']} public definitions; {seen['in_notebooks']} cells define one"
    return grade(seen["functions"] > 0 and not seen["in_notebooks"]), evidence


def _style(seen: Seen) -> Finding:
    return grade(seen["lint"] == "clean"), f"ruff, by the rules of pyproject.toml: {seen['lint']}"


def _tested(seen: Seen) -> Finding:
    evidence = f"{seen['tests']} tests in {seen['test_files']} files; every run is held to print"
    return grade(seen["tests"] > 0, False), f"{evidence}; no run of the tests is on record"


def _dependencies(seen: Seen) -> Finding:
    wanted = ("pyproject.toml", "requirements.lock", "environment.yml")
    there = [name for name in wanted if name in seen["files"]]
    return grade(len(there) == len(wanted), bool(there)), ", ".join(there)


def _logged(seen: Seen) -> Finding:
    evidence = f"{seen['told']} of {seen['runs']} runs left a record of what they read and wrote"
    return grade(0 < seen["told"] == seen["runs"], seen["told"] > 0), evidence


def _tidy(seen: Seen) -> Finding:
    evidence = f"{seen['keyed']} of {seen['tables']} raw tables state their fields and their key"
    return grade(0 < seen["keyed"] == seen["tables"], seen["keyed"] > 0), evidence


def _packaged(seen: Seen) -> Finding:
    evidence = f"pyproject.toml, version {seen['version']}, command {', '.join(seen['scripts'])}"
    return grade(bool(seen["scripts"])), evidence


def _integration(seen: Seen) -> Finding:
    if not seen["services"]:
        return NOT_MET, "no script for a service"
    evidence = f"{', '.join(seen['services'])}; the checkout does not show a service that runs it"
    return PARTLY, evidence


def _triggers(seen: Seen) -> Finding:
    if not seen["schedules"]:
        return NOT_MET, "no schedule and no trigger; a run starts when somebody types it"
    return PARTLY, f"{seen['schedules']} scripts name a schedule; nothing shows that it is kept"


def _signposted(seen: Seen) -> Finding:
    evidence = f"CHANGELOG.md, sections: {seen['changes']}; releases tagged: {seen['tags']}"
    return grade(seen["changes"] > 0 and seen["tags"] > 0, seen["changes"] > 0), evidence


CRITERIA: list[tuple[str, str, Callable[[Seen], Finding]]] = [
    ("baseline", "The code is in an open language", _language),
    ("baseline", "The code is under version control", _versions),
    ("baseline", "A README tells how to run it again", _readme),
    ("baseline", "A peer has reviewed the code", _review),
    ("baseline", "The code is public and linked with the publication", _published),
    ("silver", "Code makes the outputs, hardly a hand in between", _by_code),
    ("silver", "Guides for users and docstrings for functions", _documented),
    ("silver", "A folder layout that others know", _layout),
    ("silver", "Functions that can be used again", _reusable),
    ("silver", "An agreed style of code, kept", _style),
    ("silver", "Tests of the parts and against known results", _tested),
    ("silver", "Dependencies are listed", _dependencies),
    ("silver", "Runs leave a log", _logged),
    ("silver", "Data is tidy, in and out", _tidy),
    ("gold", "The code is a package", _packaged),
    ("gold", "A service runs the tests at each change", _integration),
    ("gold", "Runs start by themselves, on a schedule or on new data", _triggers),
    ("gold", "Changes are announced, by version", _signposted),
]


def check_levels(seen: Seen) -> pd.DataFrame:
    """The self-check: ``level``, ``criterion``, ``status`` and ``evidence``, 18 rows."""
    rows = [(level, criterion, *judge(seen)) for level, criterion, judge in CRITERIA]
    return pd.DataFrame(rows, columns=["level", "criterion", "status", "evidence"])


def find_reached(checked: pd.DataFrame) -> str:
    """The highest level all of whose criteria are met, and all of those below; ``none`` if none.

    Examples
    --------
    >>> checked = pd.DataFrame({"level": ["baseline", "silver", "silver", "gold"],
    ...                         "status": ["met", "met", "partly", "met"]})
    >>> find_reached(checked)
    'baseline'
    """
    reached = "none"
    for level in LEVELS:
        if not checked.status[checked.level == level].eq(MET).all():
            break
        reached = level
    return reached
