"""Forms that others ask for, filled in from records and verdicts.

CODECHECK: specification 2.0 (codecheck.org.uk/spec/config/2.0) and its rules (rules-2.0.yml of the
codecheckers' register) say what must stand in ``codecheck.yml``. Part of that only a person can
supply; a placeholder would break a rule of its own (CC-CFG-023), so those nodes are left out and
named in a comment. The paper is the compendium itself: its workflow is what is checked.

The ACRe scale (BITSS, *Guide for Accelerating Computational Reproducibility in the Social
Sciences*, chapter Assessment) runs from 1, neither data nor code, to 10, reproducible from raw
data. Here it never passes 5: the analysis data are the printed inputs, and the interviews and
documents behind them are not held. An item that was only typed in gets no level at all.

The social science data editors' README asks which program makes each table, figure and number.
"""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from compendium import paths
from compendium.printed.vocabulary import UNCHECKED
from compendium.publish.cite import name_author
from compendium.runs.markup import render

# What a codechecker adds, with the rules that ask for it.
_LEFT_TO_A_PERSON = {
    "codechecker": "name (CC-CFG-008, CC-CFG-009) and ORCID (CC-CFG-010) of whoever checks",
    "certificate": "the number the register gives, YYYY-NNN (CC-CFG-025, CC-CFG-026)",
    "report": "where the codechecker's report is published, a DOI (CC-CFG-011)",
    "check_time": "when the check was completed",
}
# What of the results stands in no table or figure of its own, and every reader wants.
_WHOLE = {
    "verdicts.csv": "the verdict on every printed value",
    "claims*.csv": "the grade of each claim",
    "report.html": "the report, with every figure",
}
_SHOWN = ("results/tables", "results/figures")


def write_codecheck(
    citation: dict[str, Any], commit: str, programs: pd.DataFrame, folder: str, summary: list[str]
) -> str:
    """The text of ``codecheck.yml``, from ``CITATION.cff`` and what `list_programs` returns.

    The project's files lie in `folder`, seen from there; `summary` says in sentences what was
    found. An author's ORCID and a DOI are told only where the citation has one.
    """
    # What a check has to make again: what shows a printed item, and the verdicts.
    shown = programs[programs.kind != "text"]
    shown = shown.assign(file=shown["Output file"].str.split("; ")).explode("file")
    shown = shown[shown.file.str.startswith(_SHOWN)]
    items = shown["Figure/Table #"] + " of " + shown.source_id
    manifest = items.groupby(shown.file, sort=False).agg(lambda names: ", ".join(names.unique()))
    manifest = manifest.to_dict()
    for pattern, text in _WHOLE.items():
        files = sorted(paths.RESULTS.glob(pattern), key=lambda path: path.stem)
        manifest |= {f"results/{file.name}": text for file in files}
    return render(
        "codecheck.yml.j2",
        left=_LEFT_TO_A_PERSON,
        manifest=manifest,
        citation=citation,
        names=[name_author(author) for author in citation["authors"]],
        commit=commit,
        folder=folder,
        summary=". ".join(summary) + ".",
    )


def find_unmet(citation: dict[str, Any]) -> list[str]:
    """What the specification demands and ``codecheck.yml`` leaves open, a sentence each."""
    asked = [node for node in _LEFT_TO_A_PERSON if node != "check_time"]
    without = [name_author(author) for author in citation["authors"] if "orcid" not in author]
    orcid = f"`paper.authors`: ORCID (CC-CFG-020) of {', '.join(without)}"
    return [f"`{node}`: {_LEFT_TO_A_PERSON[node]}" for node in asked] + [orcid] * bool(without)


def count_values(items: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """How far the printed values of each item of ``items.csv`` were computed.

    Of all ``printed`` values: ``inputs``; ``computed``, derived values and claims that a rule
    worked out, as printed or not; ``compared``, the same fact held against another place; ``open``,
    inputs not printed or image missing; and ``differs``.

    >>> items = pd.DataFrame({"item_id": ["a/table-1", "a/table-2"]})
    >>> verdicts = pd.DataFrame({"item_id": "a/table-1", "role": ["input", "derived", "repeated"],
    ...                          "verdict": ["transcribed", "differs", "exact"]})
    >>> count_values(items, verdicts).iloc[:, 1:].values.tolist()
    [[3, 1, 1, 1, 0, 1], [0, 0, 0, 0, 0, 0]]
    """
    known = ~verdicts.verdict.isin([*UNCHECKED, "transcribed"])
    marks = {
        "printed": verdicts.verdict.notna(),
        "inputs": verdicts.role.eq("input"),
        "computed": verdicts.role.isin(["derived", "claim"]) & known,
        "compared": verdicts.role.eq("repeated") & known,
        "open": verdicts.verdict.isin(UNCHECKED),
        "differs": verdicts.verdict.eq("differs"),
    }
    counts = pd.DataFrame(marks).groupby(verdicts.item_id).sum()
    counts = counts.reindex(items.item_id, fill_value=0).astype(int)
    return items.drop(columns="values", errors="ignore").join(counts, on="item_id")


def give_levels(counted: pd.DataFrame) -> pd.DataFrame:
    """The ACRe level of each table, figure, box and appendix, by rule, as `count_values` counts.

    The level speaks of the computed values only, which the guide allows. As published all are at
    1: none of the texts came with a data set or a program. 5: every computed value comes out as
    printed. 4: one differs, or a repeated fact does. 3: some values cannot be computed, or the item
    is held in part. Blank: nothing was computed; comparing a fact that is printed twice reproduces
    nothing.
    """
    shown = counted[counted.kind != "text"].reset_index(drop=True)
    items = list(shown.itertuples())
    level = shown.differs.gt(0).map({True: "4", False: "5"})
    level = level.mask(shown.open.gt(0) | shown.completeness.ne("complete"), "3")
    reasons = [render("acre-reason.txt.j2", item=item).strip() for item in items]
    shown.insert(0, "item", list(map(_title, items)))
    return shown[["item", "item_id", "printed", "computed"]].assign(
        as_published=1, with_this_compendium=level.where(shown.computed.gt(0), ""), reason=reasons
    )


def _title(item: Any) -> str:
    """How the work itself calls an item; its label where the work gives it no number."""
    pattern = r"(table|figure|box|appendix|section)-([a-z]?[\d.]*)(?:-(.+))?"
    found = re.fullmatch(pattern, item.item_id.split("/", 1)[1])
    if not found:
        return item.label
    kind, number, part = found.groups()
    name = "In text, section" if kind == "section" else kind.capitalize()
    return f"{name} {number.upper()}" + (f" ({part})" if part else "")


def list_programs(
    counted: pd.DataFrame, verdicts: pd.DataFrame, records: list[dict[str, Any]]
) -> pd.DataFrame:
    """The data editors' list of tables and programs: which cell makes what is printed.

    A program is a notebook with its parameters, a line number the n of a cell's ``In [n]``. To the
    template's five columns come ``item_id``, ``source_id`` and ``kind``.
    """
    rows = []
    for item in counted.itertuples():
        own = verdicts[verdicts.item_id == item.item_id]
        values = set(own.value_id)
        mine = [run for run in records if PurePosixPath(run["notebook"]).stem == item.notebook]
        runs = [run for run in mine if values & _judged(run).keys()] or mine
        outputs = [one for run in runs for one in _find_outputs(item.item_id, values, run)]
        rows.append(
            {
                "Figure/Table #": _title(item),
                "Program": _join(render("program.txt.j2", run=run).strip() for run in runs),
                "Line Number": _join(f"In [{cell}]" for cell, _ in outputs if cell),
                "Output file": _join(file for _, file in outputs),
                "Note": _note(item, own),
                **{name: getattr(item, name) for name in ("item_id", "source_id", "kind")},
            }
        )
    return pd.DataFrame(rows)


def _find_outputs(item_id: str, values: set[str], record: dict) -> list[tuple[int, str]]:
    """Where a run shows an item: the cell (0 for a whole notebook) and the file it writes."""
    name = f"(.+-)?{re.escape(item_id.split('/', 1)[1])}(-.+)?"
    wrote = [(entry["cell"], entry["file"]) for entry in record["wrote"]]
    shown = [place for place in wrote if place[1].startswith(_SHOWN)]
    named = [place for place in shown if re.fullmatch(name, PurePosixPath(place[1]).stem)]
    judged = _judged(record)
    if named or (values and judged.keys() <= values):
        return named or shown
    cells = {cell for value, cell in judged.items() if value in values}
    return [place for place in wrote if place[0] in cells] or [(0, record["page"])]


def _judged(record: dict) -> dict[str, int]:
    """The values a run judges, each with its cell."""
    return {value: entry["cell"] for entry in record["judged"] for value in entry["values"]}


def _note(item: Any, verdicts: pd.DataFrame) -> str:
    counts = verdicts.verdict[verdicts.role != "input"].value_counts().sort_index()
    parts = [f"{verdict}: {n}" for verdict, n in counts.items()]
    parts += [f"taken as given: {item.inputs}"] * bool(item.inputs)
    parts = parts or ["no printed value"]
    redrawn = "image missing, redrawn from the prose" if item.kind == "figure" else "held in part"
    return "; ".join(parts + [redrawn] * (item.completeness != "complete"))


def _join(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(parts))
