"""The actors: what the author coded of each in tables, and in what order the sentences put them.

The predictors come from tables the author coded: they are the least circular there are. What they
are held against is the partial order of the sentences, and the degrees of involvement coded.
"""

import networkx as nx
import pandas as pd

from compendium.coding.cases import LEVELS, middle_degrees, read_cases
from compendium.coding.statements import read_coded
from compendium.models import ordering
from compendium.models.simulation import critical_tau, power_of_tau
from compendium.printed.descriptor import list_coders
from compendium.printed.tables import read_table

_PARTNERSHIPS = ["HImP", "both"]


def read_predictors() -> pd.DataFrame:
    """What printed tables say of each actor of the cases, indexed by actor.

    ``attitude`` (Appendix M: -1, 0, 1), ``large`` (Table 4.3: 0, 1) and ``dependencies`` (Table
    4.5: on how many others it depends horizontally; it has one row for all Trusts). Missing where
    a table has no row for it.
    """
    cases = read_cases()
    ties = read_table("elston2005/table-4.5")
    providers = ties[ties.axis == "horizontal"].groupby("organisation").size()
    owners = cases.table.drop_duplicates("evidence_actor").set_index("evidence_actor").base_group
    owners = owners.replace({"trusts-acute": "trusts", "trust-community": "trusts"})
    return pd.DataFrame(
        {
            "attitude": cases.actors.attitude,
            "large": 1 - cases.actors.small,
            "dependencies": owners.map(providers).astype(float),
        }
    )


def keep_general(stated: pd.DataFrame, contested: bool) -> pd.DataFrame:
    """The orderings said in general, across sites, at board level or overall.

    `contested`: keep those that a fair reader may not take for a degree of involvement, too.
    """
    return stated[
        stated.stage_more.eq("general")
        & stated.stage_less.eq("general")
        & (contested | stated.confidence.ne("contested"))
        & stated.measure.eq("involvement")
        & stated.scope.eq("across sites")
        & stated.more_partnership.isin(_PARTNERSHIPS)
        & stated.level.isin(LEVELS)
    ]


def describe_order(stated: pd.DataFrame, graph: nx.DiGraph) -> dict[str, int | float]:
    """How many sentences order how many actors, and how much they leave open."""
    left = {"decided": ordering.decided_share(graph), "rankings": ordering.count_rankings(graph)}
    return {"sentences": len(stated), "actors": len(graph)} | left


def compare_coders(contested: bool, n_draws: int, seed: int) -> pd.DataFrame:
    """By coder: what their sentences decide, and how attitude goes with order and degree.

    ``same`` and ``opposite`` are the decided pairs that attitude puts in the same order, or turns
    round; ``tau`` is its correlation with the degrees said in general, and ``p`` its chance.
    """
    attitude, found = read_predictors()[["attitude"]], {}
    for coder in list_coders():
        stated = keep_general(read_coded("coding/orderings", coder), contested)
        graph = ordering.build_order(stated)
        pairs = count_agreement(graph, attitude).rename(columns={"same order": "same"})
        degrees = read_coded("coding/involvement", coder)
        going = _go_with(attitude.attitude, degrees[degrees.site == "all"], n_draws, seed)
        found[coder] = describe_order(stated, graph)
        found[coder] |= dict(pairs.loc["attitude", ["same", "opposite"]])
        found[coder] |= {name: going[name] for name in ("tau", "p")}
    whole = dict.fromkeys(("sentences", "actors", "rankings", "same", "opposite"), int)
    return pd.DataFrame(found).T.astype(whole).rename_axis("coder")


def count_agreement(graph: nx.DiGraph, predictors: pd.DataFrame) -> pd.DataFrame:
    """How many decided pairs each predictor puts in the same order, ties, or turns round."""
    words = {1: "same order", 0: "tied", -1: "opposite"}
    counts = {}
    for name, values in predictors.items():
        agrees = ordering.agree_with(graph, values).agrees
        counts[name] = {word: int((agrees == sign).sum()) for sign, word in words.items()}
    return pd.DataFrame(counts).T.rename_axis("predictor")


def correlate(
    predictors: pd.DataFrame, involvement: pd.DataFrame, n_draws: int, seed: int
) -> pd.DataFrame:
    """Kendall's tau-b of each predictor with the degree of involvement, and what it could show."""
    found = {}
    for name, values in predictors.items():
        found[name] = _go_with(values, involvement, n_draws, seed)
        n = int(found[name]["n"])
        found[name] |= {"needed_tau": critical_tau(n), "power": power_of_tau(n, 0.5, 1500, seed)}
    return pd.DataFrame(found).T.astype({"n": int}).rename_axis("predictor")


def _go_with(
    values: pd.Series, involvement: pd.DataFrame, n_draws: int, seed: int
) -> dict[str, float]:
    """How values of actors go with their middle degrees, over those that have both."""
    degree = middle_degrees(involvement, _PARTNERSHIPS)
    both = pd.DataFrame({"x": values, "y": degree}).dropna()
    return ordering.correlate(both.x.to_numpy(), both.y.to_numpy(), n_draws, seed)


def leave_out_sites(
    attitude: pd.Series, involvement: pd.DataFrame, n_draws: int, seed: int
) -> pd.DataFrame:
    """The correlation with attitude, leaving out what is said of each site in turn."""
    found = {
        site: _go_with(attitude, involvement[involvement.site != site], n_draws, seed)
        for site in _list_sites()
    }
    table = pd.DataFrame(found).T[["tau", "p", "n"]]
    return table.astype({"n": int}).rename_axis("without")


def list_by_site(involvement: pd.DataFrame, attitude: pd.Series) -> pd.DataFrame:
    """The actors told of at one site, with their degree there and their attitude.

    Single districts and what was said of the time before are left out.
    """
    here = involvement[involvement.district.isna() & ~involvement.stage.str.startswith("before")]
    here = here[here.actor.isin(attitude.index)]
    degrees = {
        site: middle_degrees(here[here.site == site], _PARTNERSHIPS) for site in _list_sites()
    }
    single = pd.concat(degrees, names=["site"]).reset_index(name="degree")
    return single.assign(attitude=single.actor.map(attitude))


def _list_sites() -> list[str]:
    return read_table("elston2005/figure-2.2").site.sort_values().tolist()
