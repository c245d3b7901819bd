"""The configuration file of a CODECHECK, as far as it can be written before a person checks.

Specification 2.0 (codecheck.org.uk/spec/config/2.0) and its rules (rules-2.0.yml of the
codecheckers' register) say what must stand in `codecheck.yml`. Part of that only a codechecker
can supply; a placeholder would break a rule of its own (CC-CFG-023), so those nodes are left out
and named in a comment. The paper is the compendium itself: its workflow is what is checked, and
the works it re-examines are named beside it.
"""

import re
from typing import Any

import pandas as pd
import yaml

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
        As `standards.list_programs` returns.
    folder : str
        Where the project's files lie, relative to ``codecheck.yml``.

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
        As `standards.list_programs` returns.
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
