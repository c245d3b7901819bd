"""The ledgers as pages: every printed value and its verdict, the register, the claims.

Bars count what could be checked; inputs stand beside them as a number and are no part of any bar.
In the table each value leads to the cell that judged it and, if it differs, to its entry in the
register. Every value, entry and claim has an address of its own, so that a letter or a certificate
can point at it.
"""

import json
from itertools import accumulate
from typing import Any

import pandas as pd

from compendium import paths
from compendium.coding.compare import Codings
from compendium.printed import tables
from compendium.printed.vocabulary import EVIDENCE, ROLES, TRANSCRIBED, VERDICTS
from compendium.runs.markup import (
    rank_register,
    render,
    show_claims,
    show_findings,
    show_frame,
    show_register,
    show_summary,
)
from compendium.runs.outputs import read_result
from compendium.runs.records import read_findings
from compendium.settings import read_study
from compendium.site import notebooks

_CHECKED = [verdict for verdict in VERDICTS if verdict != TRANSCRIBED]
# Verdicts in the order of the table of values.
_FIRST = ["differs", "rounds", "not-derivable", "not-recoverable", "exact", TRANSCRIBED]
# How many findings of the register stand on top.
TOP = 10
# Units that say nothing beside a number: a count, a text, a place in an order.
_SILENT = {"n", "label", "code", "rank", "page", "year", "date"}


def make_pages(records: list[dict[str, Any]]) -> dict[str, str]:
    """Everything of verdicts, register and claims that the hand-written pages include."""
    verdicts, items = read_result("verdicts"), tables.read_table("items")
    found = [one | {"notebook": notebooks.address(one["notebook"])} for one in read_findings()]
    made = {
        "summary": show_summary(verdicts),
        "bars": _show_bars(verdicts),
        "legend": render("site/legend.html.j2", verdicts=VERDICTS, evidence=EVIDENCE, roles=ROLES),
        "filters": _show_filters(items),
        "values": _show_values(verdicts, items, _find_judging(records, verdicts, items)),
        "register": _show_register(verdicts),
        "findings": show_findings(found, "results/figures/"),
        "picture": render("site/picture.html.j2", finding=found[:1]),
        "glossary": render("site/glossary.html.j2", terms=list(read_study().glossary.items())),
        "works": render("site/works.html.j2", works=list(tables.read_table("sources").citation)),
    }
    for name in ("claims", "claims-further"):
        grades = read_result(f"tables/{name}-by-grade")
        made[f"{name}-grades"] = render("site/grades.html.j2", grades=grades)
        made[name] = show_claims(read_result(name), "Each claim, its grade and what was counted")
    made["codings"] = _show_codings()
    words = json.dumps(read_study().glossary, ensure_ascii=False)
    pages = {f"made/{name}.html": page for name, page in made.items()}
    return pages | {"_static/words.js": f"const GLOSSARY = {words};\n"}


def _show_codings() -> str:
    """Agreement of two codings, what both cover, each disagreement; nothing if none was run."""
    tables_of = {
        "tables/codings-agreement": "Agreement, with intervals over lines",
        "tables/codings-coverage": "What both have read",
        "tables/codings-others": "Degrees, orderings and dependencies",
        "tables/codings-sides": "The side of each case, by each reading",
        "disagreements": "Disagreements, and what settles them",
    }
    made = {
        name: head for name, head in tables_of.items() if (paths.RESULTS / f"{name}.csv").is_file()
    }
    shown = [str(show_frame(read_result(name), head)) for name, head in made.items()]
    return "\n".join([f"<p><strong>{Codings().banner}.</strong></p>", *shown] if made else [])


def _find_judging(
    records: list[dict[str, Any]], verdicts: pd.DataFrame, items: pd.DataFrame
) -> dict[str, tuple[str, int]]:
    """The run and the cell that judged each value: its item's own notebook, else the first."""
    home = verdicts.merge(items[["item_id", "notebook"]]).set_index("value_id").notebook.to_dict()
    judging: dict[str, tuple[str, int]] = {}
    for is_home in (True, False):
        for record in records:
            for judged in record["judged"]:
                for value in judged["values"]:
                    if (record["run"].split("--")[0] == home.get(value)) == is_home:
                        judging.setdefault(value, (record["run"], judged["cell"]))
    return judging


def count_verdicts(verdicts: pd.DataFrame) -> pd.DataFrame:
    """How many values got which verdict by which kind of evidence; a column for inputs apart.

    >>> two = pd.DataFrame({"evidence": ["cited", ""], "role": ["claim", "input"],
    ...                     "verdict": ["exact", "transcribed"]})
    >>> count_verdicts(two).loc["cited", ["exact", "differs", "inputs"]].tolist()
    [1, 0, 0]
    """
    outcome = verdicts.verdict.where(verdicts.role != "input", "inputs")
    counts = pd.crosstab(verdicts.evidence, outcome)
    return counts.reindex(index=[*EVIDENCE, ""], columns=[*_CHECKED, "inputs"], fill_value=0)


def _show_bars(verdicts: pd.DataFrame) -> str:
    """A bar and the numbers for each kind of evidence; what is not computed below, in no bar."""
    shown = [
        {"evidence": kind, "numbers": count.to_dict(), "bar": _bar(count[_CHECKED]) if kind else []}
        for kind, count in count_verdicts(verdicts).iterrows()
    ]
    return render("site/bars.html.j2", rows=shown, checked=_CHECKED)


def _bar(counts: pd.Series) -> list[tuple[str, float, float]]:
    """The parts of a bar: verdict, where it begins and how wide it is, in per cent."""
    widths = 100 * counts / max(counts.sum(), 1)
    begins = accumulate(widths, initial=0.0)
    return [part for part in zip(counts.index, begins, widths) if part[2]]


def _show_filters(items: pd.DataFrame) -> str:
    """The form above the table; hidden until the script that serves it is there."""
    groups = [
        (read_study().sources.get(source, source), source, list(zip(of.item_id, of.label)))
        for source, of in items.groupby("source_id", sort=False)
    ]
    said = {"verdicts": VERDICTS, "evidence": EVIDENCE, "roles": ROLES}
    return render("site/filters.html.j2", groups=groups, **said)


def _show_values(
    verdicts: pd.DataFrame, items: pd.DataFrame, judging: dict[str, tuple[str, int]]
) -> str:
    """Every printed value as a row: what differs comes first, and what is typed last."""
    place = verdicts.verdict.map(_FIRST.index) * 10 + verdicts.evidence.map([*EVIDENCE, ""].index)
    verdicts = verdicts.loc[place.sort_values(kind="stable").index]
    rows = verdicts.assign(
        label=verdicts.item_id.map(items.set_index("item_id").label).fillna(""),
        unit=verdicts.unit.mask(verdicts.unit.isin(_SILENT), ""),
    )
    return render("site/values.html.j2", rows=rows.to_dict("records"), judging=judging,
                  address=notebooks.address)  # fmt: skip


def _show_register(verdicts: pd.DataFrame) -> str:
    """The ten findings that matter most, what the register holds, and all others by consequence."""
    register, values = tables.read_table("discrepancies"), set(verdicts.value_id)
    causes = register.cause.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    settles = register.pdf_could_settle.value_counts().reindex(["yes", "perhaps", "no"]).dropna()
    ranked = rank_register(register, verdicts)
    shown = [show_register(part, values) for part in (ranked[:TOP], ranked[TOP:])]
    return render("site/register.html.j2", causes=causes, settles=settles, shown=shown,
                  n_found=len(ranked), n_places=len(register))  # fmt: skip
