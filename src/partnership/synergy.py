"""From talk to synergy: what is asked of chapter 6's model and of what chapter 7 concludes.

The model and its rule are in `compendium.models.process`; here are the counts taken of it.
"""

import networkx as nx
import pandas as pd

from compendium.errors import DataError
from compendium.models import process

# Chapter 7 begins after this line.
_LAST_CHAPTER = 3094
_COLUMNS = ["line", "topic", "site", "form", "rests_on", "confidence", "label"]

_FORMS = ["co-ordination", "collaboration", "participation"]
SITES = ["Dalesville", "Greenshire", "Metrocity", "Middleton", "HAZ sites", "unnamed", "all"]


def count_themes(statements: pd.DataFrame) -> pd.DataFrame:
    """What is said of each theme: how often it furthers, hinders, or does neither."""
    counts = statements.groupby(["theme", "direction"]).size().unstack(fill_value=0)
    themes = pd.DataFrame({"n_for": counts["+"], "n_against": counts["-"]})
    themes["n_neither"] = counts["0"] + counts["+/-"]
    return themes.sort_values(["n_for", "n_against"], ascending=False).reset_index()


def open_ways(
    statements: pd.DataFrame, model: nx.DiGraph, gate: str, goal: str, route: list[str]
) -> dict[str, object]:
    """The statements that open a way past the gate.

    ``n_ways``, the ``lines`` they stand on, how many are ``on_gate_lines`` (which name the gate
    too), the nodes they lead ``away_from``, and the ``bare`` ones, on a line without the gate.
    """
    judged = process.judge_statements(statements, model, gate, goal, route)
    ways = judged[judged.verdict == "opens a way"]
    return {
        "n_ways": len(ways),
        "lines": sorted(set(ways.line.tolist())),
        "on_gate_lines": int(ways.names_gate.sum()),
        "away_from": sorted(set(ways.from_node)),
        "bare": list(ways.process_id[~ways.names_gate]) or ["none"],
    }


def list_conclusions(conclusions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Chapter 7's findings, recommendations and limitations, each as its own table."""
    last = conclusions[conclusions.line > _LAST_CHAPTER].set_index("conclusion_id")
    advice = last[last.kind.str.endswith("recommendation")]
    return {
        "findings": last.loc[last.kind == "finding", _COLUMNS],
        "recommendations": advice[["kind", *_COLUMNS]],
        "limitations": last.loc[last.kind == "limitation", _COLUMNS],
    }


def table_forms(conclusions: pd.DataFrame, *, contested: bool = False) -> pd.DataFrame:
    """What ``coding/conclusions`` says of how far partnership went, in three forms.

    Sites down, forms across; labels with their lines, missing where nothing is said. What is said
    of all sites, or of a kind of site, is not handed down to the single ones. A DataError if a form
    or a site is named that the table has no place for.
    """
    said = conclusions[conclusions.form.notna()]
    said = said[contested | (said.confidence != "contested")]
    strange = sorted({*said.form} - {*_FORMS} | {*said.site} - {*SITES})
    if strange:
        raise DataError(f"found {', '.join(strange)}; allowed: {', '.join(_FORMS + SITES)}")
    texts = said.assign(text=said.label + " (" + said.line.astype(str) + ")")
    wide = texts.groupby(["site", "form"]).text.agg("; ".join).unstack()
    return wide.reindex(index=SITES, columns=_FORMS)


def count_silent(conclusions: pd.DataFrame, sites: list[str]) -> dict[str, int]:
    """Of how many sites each form of partnership is not spoken of, with contested readings too."""
    firm, weak = (table_forms(conclusions, contested=c).loc[sites] for c in (False, True))
    counted = pd.concat([firm.isna().sum(), weak.isna().sum().add_suffix("_contested")])
    counted.index = counted.index.str.replace("-", "_")
    return counted.to_dict() | {"sites": len(sites)}
