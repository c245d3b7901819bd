"""The configuration file of a CODECHECK, as far as it can be written before a person checks.

Specification 2.0 (codecheck.org.uk/spec/config/2.0) and its rules (rules-2.0.yml of the
codecheckers' register) say what must stand in `forms.yml`. Part of that only a codechecker
can supply; a placeholder would break a rule of its own (CC-CFG-023), so those nodes are left out
and named in a comment. The paper is the compendium itself: its workflow is what is checked, and
the works it re-examines are named beside it.

What two standards of the social sciences ask of each display item.

The ACRe scale (BITSS, *Guide for Accelerating Computational Reproducibility in the Social
Sciences*, chapter Assessment) runs from 1, neither data nor code, to 10, reproducible from raw
data. Here it never passes 5: the analysis data are the printed inputs, and the interviews and
documents behind them are not held. An item that was only typed in gets no level at all.
The social science data editors' README asks which program makes each table, figure and number.

The NHS levels of a reproducible analytical pipeline, checked against the files themselves.

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
from pathlib import PurePosixPath
from typing import Any

import pandas as pd
import yaml

from compendium import paths
from compendium.publish import checkout

SPECIFICATION = "https://codecheck.org.uk/spec/config/2.0/"
# What a codechecker adds, with the rules that ask for it.
LEFT_TO_A_PERSON = {
    "codechecker": "name (CC-CFG-008, CC-CFG-009) and ORCID (CC-CFG-010) of whoever checks",
    "certificate": "the number the register gives, YYYY-NNN (CC-CFG-025, CC-CFG-026)",
    "report": "where the codechecker's report is published, a DOI (CC-CFG-011)",
    "check_time": "when the check was completed",
}
# What stands in no table or figure of its own, and every reader wants.
WHOLE = {
    "results/verdicts.csv": "the verdict on every printed value",
    "results/claims.csv": "the grade of each proposition of chapters 4 and 5",
    "results/claims-further.csv": "the grade of each finding of the other chapters and the article",
    "results/report.html": "the report, with every figure",
}


def list_manifest(programs: pd.DataFrame, folder: str) -> list[dict[str, str]]:
    """The files a check has to make again: what shows a printed item, and the verdicts.

    Parameters
    ----------
    programs : DataFrame
        As `forms.list_programs` returns.
    folder : str
        Where the project's files lie, relative to ``forms.yml``.

    Examples
    --------
    >>> row = {"Figure/Table #": "Table 4.2", "source_id": "elston2005", "kind": "table"}
    >>> programs = pd.DataFrame([row | {"Output file": "results/tables/table-4.2.csv"}])
    >>> list_manifest(programs, "compendium")[0]["file"]
    'compendium/results/tables/table-4.2.csv'
    """
    shows: dict[str, list[str]] = {}
    for row in programs[programs.kind != "text"].to_dict("records"):
        for file in row["Output file"].split("; "):
            if file.startswith(("results/tables/", "results/figures/")):
                shows.setdefault(file, []).append(f"{row['Figure/Table #']} of {row['source_id']}")
    comments = {file: ", ".join(dict.fromkeys(items)) for file, items in shows.items()} | WHOLE
    return [{"file": f"{folder}/{file}", "comment": text} for file, text in comments.items()]


def describe_paper(citation: dict[str, Any], commit: str) -> dict[str, Any]:
    """The ``paper`` node, from ``CITATION.cff``: an ORCID or a DOI only where it has one.

    Examples
    --------
    >>> citation = {"title": "Again", "version": "1.0", "authors": [{"name": "The maintainers"}]}
    >>> describe_paper(citation, "ab12")["reference"]
    'No publication yet; software, version 1.0, commit ab12'
    """
    authors = []
    for author in citation["authors"]:
        entry = {"name": name_author(author)}
        if "orcid" in author:
            entry["ORCID"] = re.sub("^https?://orcid.org/", "", author["orcid"])
        authors.append(entry)
    software = f"No publication yet; software, version {citation['version']}, commit {commit}"
    reference = f"https://doi.org/{citation['doi']}" if "doi" in citation else software
    return {"title": citation["title"], "authors": authors, "reference": reference}


def name_author(author: dict[str, str]) -> str:
    """An author of ``CITATION.cff`` as one name.

    >>> name_author({"family-names": "Elston", "given-names": "J"})
    'J Elston'
    """
    whole = " ".join(author.get(part, "") for part in ("given-names", "family-names")).strip()
    return author.get("name", whole)


def find_unmet(configuration: dict[str, Any]) -> list[str]:
    """What the specification demands and the file leaves open, a sentence each."""
    unmet = [
        f"`{node}`: {text}"
        for node, text in LEFT_TO_A_PERSON.items()
        if node not in configuration and node != "check_time"
    ]
    without = [a["name"] for a in configuration["paper"]["authors"] if "ORCID" not in a]
    if without:
        unmet.append(f"`paper.authors`: ORCID (CC-CFG-020) of {', '.join(without)}")
    return unmet


def configure(
    citation: dict[str, Any], commit: str, programs: pd.DataFrame, folder: str, summary: str
) -> dict[str, Any]:
    """The configuration as nested dicts and lists, in the order it is written.

    Parameters
    ----------
    citation : dict
        ``CITATION.cff``.
    commit : str
        What was certified.
    programs : DataFrame
        As `forms.list_programs` returns.
    folder : str
        Where the project's files lie, relative to the configuration.
    summary : str
        A few sentences on what was found.
    """
    works = [
        {"title": work["title"], "doi": work.get("doi", "none known")}
        for work in citation.get("references", [])
    ]
    return {
        "version": SPECIFICATION,
        "manifest": list_manifest(programs, folder),
        "paper": describe_paper(citation, commit),
        "source": f"The project's files at commit {commit} and its results, in {folder}/.",
        "summary": summary,
        "compendium_works_re_examined": works,
    }


def write(configuration: dict[str, Any]) -> str:
    """The file's text: the document marker first (CC-CFG-002), then what is left to a person."""
    left = [f"#   {node}: {text}" for node, text in LEFT_TO_A_PERSON.items()]
    note = [
        "# Generated by `compendium certify`. No codechecker has seen it yet; the check adds:",
        *left,
        "# An author's ORCID stands here once CITATION.cff has it (CC-CFG-020).",
    ]
    body = yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True, width=100)
    return "\n".join(["---", *note, body])


# None of the texts came with a data set or a program; the guide's level 1.
AS_PUBLISHED = 1
COMPUTED = ("derived", "claim")
OPEN = ("not-derivable", "not-recoverable")
NUMBERED = re.compile(r"(table|figure|box|appendix|section)-([a-z]?[\d.]*)(?:-(.+))?")


def count_values(items: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """How far each item's printed values were computed.

    Parameters
    ----------
    items : DataFrame
        ``item_id`` and others, as ``items.csv`` has them.
    verdicts : DataFrame
        ``item_id``, ``role`` and ``verdict``, as `audit.give_verdicts` returns.

    Returns
    -------
    DataFrame
        The items with ``printed``, all values; ``inputs``; ``computed``, derived values and
        claims that a rule worked out, as printed or not; ``compared``, the same fact held against
        another place; ``open``, inputs not printed or image missing; and ``differs``.

    Examples
    --------
    >>> items = pd.DataFrame({"item_id": ["a/table-1", "a/table-2"]})
    >>> verdicts = pd.DataFrame({"item_id": "a/table-1", "role": ["input", "derived", "repeated"],
    ...                          "verdict": ["transcribed", "differs", "exact"]})
    >>> count_values(items, verdicts).iloc[:, 1:].values.tolist()
    [[3, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0]]
    """
    known = ~verdicts.verdict.isin([*OPEN, "transcribed"])
    marks = {
        "printed": verdicts.verdict.notna(),
        "inputs": verdicts.role.eq("input"),
        "computed": verdicts.role.isin(COMPUTED) & known,
        "compared": verdicts.role.eq("repeated") & known,
        "open": verdicts.verdict.isin(OPEN),
        "differs": verdicts.verdict.eq("differs"),
    }
    counts = pd.DataFrame(marks).groupby(verdicts.item_id).sum()
    counts = counts.reindex(items.item_id, fill_value=0).astype(int)
    return items.drop(columns="values", errors="ignore").join(counts, on="item_id")


def give_levels(items: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The ACRe level of each table, figure, box and appendix, by rule.

    Returns
    -------
    DataFrame
        ``item``, ``item_id``, ``printed`` and ``computed`` (numbers of values),
        ``as_published``, ``with_this_compendium`` (blank where nothing was computed) and
        ``reason``. The level speaks of the computed values only, which the guide allows.

    Notes
    -----
    5: every computed value comes out as printed. 4: one differs, or a repeated fact does.
    3: some values cannot be computed, or the item is held in part. None: nothing was computed;
    comparing a fact that is printed twice reproduces nothing.
    """
    rows = [
        {
            "item": title_item(item.item_id, item.label),
            "item_id": item.item_id,
            "printed": item.printed,
            "computed": item.computed,
            "as_published": AS_PUBLISHED,
            "with_this_compendium": str(_level(item) or ""),
            "reason": _reason(item),
        }
        for item in count_values(items[items.kind != "text"], verdicts).itertuples()
    ]
    return pd.DataFrame(rows)


def _level(item: Any) -> int | None:
    if not item.computed:
        return None
    if item.open or item.completeness != "complete":
        return 3
    return 4 if item.differs else 5


def _reason(item: Any) -> str:
    share = f"{item.computed} of {item.printed} values computed"
    is_partial = item.completeness != "complete"
    if _level(item) == 5:
        return f"{share}, all as printed; from printed inputs, not from raw material"
    if item.computed:
        gaps = [f"not computable: {item.open}"] if item.open else []
        gaps += ["the item is held in part"] if is_partial else []
        gaps += [f"differ from print, repeated facts included: {item.differs}"] * bool(item.differs)
        return f"{share}; {'; '.join(gaps)}"
    if item.open or is_partial:
        return "nothing computed: the image is missing, or its inputs are not printed"
    if item.compared:
        return f"nothing computed; only compared with another place: {item.compared}"
    return f"only transcribed; taken as given: {item.inputs}" if item.inputs else "words only"


def title_item(item_id: str, label: str = "") -> str:
    """How the work itself calls an item; its label where the work gives it no number.

    Examples
    --------
    >>> title_item("elston2005/table-4.2"), title_item("elston2005/appendix-h-observation")
    ('Table 4.2', 'Appendix H (observation)')
    >>> title_item("elston2005/section-3.3.1"), title_item("glasby2012/text", "Numbers in the text")
    ('In text, section 3.3.1', 'Numbers in the text')
    """
    found = NUMBERED.fullmatch(item_id.split("/", 1)[1])
    if not found:
        return label
    kind, number, part = found.groups()
    name = "In text, section" if kind == "section" else kind.capitalize()
    return f"{name} {number.upper()}" + (f" ({part})" if part else "")


def list_programs(
    items: pd.DataFrame, verdicts: pd.DataFrame, records: list[dict[str, Any]]
) -> pd.DataFrame:
    """The data editors' list of tables and programs: which cell makes what is printed.

    Parameters
    ----------
    items : DataFrame
        As ``items.csv``; display items and numbers in text alike.
    verdicts : DataFrame
        As `audit.give_verdicts` returns.
    records : list of dict
        As `records.read_records` returns: what each run wrote and judged, and in which cell.

    Returns
    -------
    DataFrame
        The template's five columns, then ``item_id``, ``source_id`` and ``kind``. A program is a
        notebook with its parameters, a line number the n of a cell's ``In [n]``.
    """
    rows = []
    for item in count_values(items, verdicts).itertuples():
        mine = set(verdicts.value_id[verdicts.item_id == item.item_id])
        runs = find_runs(item.notebook, mine, records)
        outputs = [place for run in runs for place in find_outputs(item.item_id, mine, run)]
        rows.append(
            {
                "Figure/Table #": title_item(item.item_id, item.label),
                "Program": _join(_program(run) for run in runs),
                "Line Number": _join(f"In [{cell}]" for cell, _ in outputs if cell),
                "Output file": _join(file for _, file in outputs),
                "Note": _note(item, verdicts[verdicts.item_id == item.item_id]),
                "item_id": item.item_id,
                "source_id": item.source_id,
                "kind": item.kind,
            }
        )
    return pd.DataFrame(rows)


def find_runs(notebook: str, values: set[str], records: list[dict]) -> list[dict]:
    """The runs of an item's notebook that judge a value of it; all of them if it has no value."""
    mine = [record for record in records if PurePosixPath(record["notebook"]).stem == notebook]
    return [record for record in mine if values & _judged(record).keys()] or mine


def find_outputs(item_id: str, values: set[str], record: dict) -> list[tuple[int, str]]:
    """Where a run shows an item: the cell, and the file it writes.

    A table or drawing named after the item; or all a run writes that judges this item alone; or
    the table of its verdicts; or, for an item without values, the executed notebook (cell 0).
    """
    name = re.escape(item_id.split("/", 1)[1])
    wrote = [(entry["cell"], entry["file"]) for entry in record["wrote"]]
    shown = [place for place in wrote if place[1].startswith(("results/tables", "results/figures"))]
    named = [
        place
        for place in shown
        if re.fullmatch(f"(.+-)?{name}(-.+)?", PurePosixPath(place[1]).stem)
    ]
    judged = _judged(record)
    if named or (values and judged.keys() <= values):
        return named or shown
    cells = {cell for value, cell in judged.items() if value in values}
    return [place for place in wrote if place[0] in cells] or [(0, record["page"])]


def _judged(record: dict) -> dict[str, int]:
    """The values a run judges, each with its cell."""
    return {value: entry["cell"] for entry in record["judged"] for value in entry["values"]}


def _program(record: dict) -> str:
    given = ", ".join(f"{name}={value}" for name, value in record["given"].items())
    return record["notebook"] + (f" ({given})" if given else "")


def _note(item: Any, verdicts: pd.DataFrame) -> str:
    counts = verdicts.verdict[verdicts.role != "input"].value_counts().sort_index()
    told = [f"{verdict}: {n}" for verdict, n in counts.items()]
    told += [f"taken as given: {item.inputs}"] if item.inputs else []
    told = told or ["no printed value"]
    if item.completeness != "complete":
        told += [
            "image missing, redrawn from the prose" if item.kind == "figure" else "held in part"
        ]
    return "; ".join(told)


def _join(parts: Any) -> str:
    return "; ".join(dict.fromkeys(parts))


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
