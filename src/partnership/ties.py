"""Who depends on whom: Table 4.5 against the prose, and Table 4.3's split of large and small.

The network's methods are in `compendium.models.dependence`; here is what is asked of the thesis,
and in the TOML beside it are the names of Table 4.5.
"""

from itertools import product

import networkx as nx
import numpy as np
import pandas as pd

from compendium.coding.statements import sites_of
from compendium.models import dependence
from compendium.printed.quantities import parse
from partnership import read_beside

_NAMES = read_beside(__file__)
LABELS = _NAMES["labels"]
STREAMS = _NAMES["groups"]["streams"]
_ENDS = ["first_more", "even", "second_more"]
_RANGES = ["imbalance_low", "imbalance_high", "mutual_low", "mutual_high"]
NEEDS = ["first_needs", "second_needs"]


def tidy_table(table: pd.DataFrame, *, join_slashed: bool = False) -> pd.DataFrame:
    """Table 4.5 as arcs, a provider under the name it has where it depends.

    A dash is no arc. Two providers with a slash between them are two, unless joined. ``low`` and
    ``high`` are 1 and 3, as the table prints no strengths.

    >>> table = pd.DataFrame({"organisation": ["ha", "pcgs"], "axis": "horizontal",
    ...     "provider": ["ss", "none"], "directness": "", "note": None, "line": [2167, 2175]})
    >>> tidy_table(table)[["dependent", "provider"]].values.tolist()
    [['ha', 'la-ss']]
    """
    arcs = table[table.provider != "none"].rename(columns={"organisation": "dependent"})
    if join_slashed:
        slashed = arcs.note.fillna("").str.contains("slash")
        joined = arcs[slashed].groupby(["dependent", "axis"]).provider.transform("/".join)
        arcs = arcs.assign(provider=joined.reindex(arcs.index).fillna(arcs.provider))
        arcs = arcs.drop_duplicates(["dependent", "axis", "provider"])
    arcs = arcs.assign(low=dependence.WEAKEST, high=dependence.STRONGEST)
    columns = ["dependent", "provider", "axis", "directness", "low", "high", "line"]
    return arcs.replace({"provider": _NAMES["aliases"]})[columns].reset_index(drop=True)


def lay_out_table(printed: pd.DataFrame) -> pd.DataFrame:
    """Table 4.5 in its printed layout; indirect ties say so."""
    words = printed.printed.mask(printed.directness == "indirect", printed.printed + " (indirect)")
    named = printed.assign(words=words).groupby(["line", "organisation", "axis"])
    layout = named.words.agg(", ".join).unstack()
    # Two providers of one cell stand around a slash.
    return layout.assign(vertical=layout.vertical.str.replace("CRE, Home", "CRE/Home", regex=False))


def count_arcs(table: pd.DataFrame, joined: pd.DataFrame) -> dict[str, int | float]:
    """How many nodes and arcs there are, along and up, and how many are returned."""
    horizontal = table[table.axis == "horizontal"]
    returned = nx.overall_reciprocity(dependence.build_network(horizontal))
    return {
        "nodes": dependence.build_network(table).number_of_nodes(),
        "arcs": len(table),
        "joined": len(joined),
        "horizontal": len(horizontal),
        "vertical": len(table) - len(horizontal),
        "returned": round(returned * len(horizontal)),
        "share": returned,
        "share_of_all": nx.overall_reciprocity(dependence.build_network(table)),
    }


def place_nodes(layout: pd.DataFrame) -> pd.DataFrame:
    """The boxes of the drawing: where they stand, and what comes down the vertical axis to each."""
    above = ("centre: " + layout.vertical.droplevel("line")).drop("pcgs")
    nodes = pd.DataFrame(_NAMES["places"], index=["x", "y"]).T.rename_axis("actor").reset_index()
    return nodes.assign(
        label=nodes.actor.map(LABELS),
        below=nodes.actor.map(above).fillna(""),
        is_body=~nodes.actor.isin(STREAMS),
    )


def describe_positions(table: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """How each row of Table 4.5 stands, and the only provider it has among bodies of the place."""
    order = list(dict.fromkeys(rows))
    found = dependence.describe_positions(table).loc[order].drop(columns="effective_size")
    of_the_place = dependence.describe_positions(table[table.axis == "horizontal"])
    return found.assign(only_in_place=of_the_place["only_provider"].reindex(order))


def name_only(providers: pd.Series) -> list[str]:
    """Each body with its only provider behind it: ``pcgs (ha)``."""
    return [f"{body} ({provider})" for body, provider in providers.dropna().items()]


def share_alike(table: pd.DataFrame) -> pd.DataFrame:
    """The pairs with a returned or an only tie, if each of a body's providers counts alike."""
    pairs = dependence.pair_up(dependence.share_dependence(table), dependence.NONE)
    kept = pairs[(pairs.printed == "both") | (pairs.imbalance_low == 1)]
    ends = ["first_low", "second_low", "imbalance_low", "mutual_low"]
    names = ["first_on_second", "second_on_first", "imbalance", "mutual"]
    return kept[["first", "second", "printed", *ends]].rename(columns=dict(zip(ends, names)))


def sort_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """Claims of mutual dependence as they are drawn: the best held first, bodies by their names."""
    held = pd.DataFrame({word: claims[NEEDS].eq(word).sum(axis=1) for word in ("no", "as named")})
    shown = claims.loc[held.sort_values(["no", "as named"], ascending=[True, False]).index]
    return shown.assign(first=shown["first"].map(LABELS), second=shown.second.map(LABELS))


def count_held(claims: pd.DataFrame) -> dict[str, int]:
    """How many pairs are claimed, and of how many the table holds both directions, one or none."""
    held = claims.held.value_counts().reindex(["both", "one", "neither"], fill_value=0)
    named = claims[NEEDS].eq("as named").all(axis=1).sum()
    return {"pairs": len(claims), "as_named": int(named), **held.to_dict()}


def count_returned(table: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """The table's arcs between bodies of a large and a small base, and how many are returned."""
    size = base.drop_duplicates("organisation").set_index("organisation").base
    # The table has one row for all trusts: large, if each kind of them is.
    kinds = size[size.index.str.startswith("trust")]
    size["trusts"] = kinds.iloc[0] if kinds.nunique() == 1 else None
    network = dependence.build_network(table)
    returned = [network.has_edge(b, a) for a, b in zip(table.dependent, table.provider)]
    ends = table.assign(
        of=table.dependent.map(size), on=table.provider.map(size), returned=returned
    ).dropna(subset=["of", "on"])
    return ends.groupby(["of", "on"]).returned.agg(n_arcs="size", n_returned="sum").reset_index()


def count_uneven(general: pd.DataFrame) -> dict[str, int]:
    """How many pairs are surely uneven, where silence leaves a tie open and where it is none."""
    pairs = dependence.pair_up(general, dependence.OPEN)
    closed = dependence.pair_up(general, dependence.NONE)
    return {
        "pairs_in_prose": len(pairs),
        "both_in_prose": int((pairs.printed == "both").sum()),
        "uneven_if_open": int((pairs.imbalance_low > 0).sum()),
        "uneven_if_none": int((closed.imbalance_low > 0).sum()),
    }


def lean_pairs(pairs: pd.DataFrame, n_draws: int, seed: int) -> pd.DataFrame:
    """Which of each two needs the other more, over all admissible strengths."""
    draws = dependence.draw_strengths(pairs, n_draws, seed)
    leans = dependence.lean_of_pairs(pairs, draws).round(2)
    return leans.set_index(["first", "second"])[["printed", *_RANGES, *_ENDS]]


def match_one_sided(prose: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The ties of the place that the text calls one-sided, and what the table holds of them."""
    one_sided = prose[(prose.symmetric == "no") & (prose.axis == "horizontal")]
    arcs = dependence.merge_statements(one_sided)[["dependent", "provider", "lines"]]
    turned = arcs.rename(columns={"dependent": "provider", "provider": "dependent"})
    return arcs.assign(
        in_table=match_arcs(arcs, table), other_way_in_table=match_arcs(turned, table)
    )


def pair_by_site(prose: pd.DataFrame, first: str, second: str, sites: list[str]) -> pd.DataFrame:
    """One pair at each site: what is said of the site, of its kind of site and of all."""
    found = []
    for site in sites:
        here = prose[prose.site.isin(sites_of(site, "both"))]
        found.append(dependence.pair_up(dependence.merge_statements(here)).assign(label=site))
    pairs = pd.concat(found)
    return pairs[(pairs["first"] == first) & (pairs.second == second)].reset_index(drop=True)


def compare_sites(by_site: pd.DataFrame, site: str, n_draws: int, seed: int) -> pd.DataFrame:
    """How often two need each other more at one site than at each other one, and which leans."""
    draws = dependence.draw_strengths(by_site, n_draws, seed)
    sums = pd.DataFrame(draws.sum(axis=2), columns=by_site.label)
    gaps = sums.drop(columns=site).rsub(sums[site], axis=0)
    shares = {f"more in {site}": gaps.gt(0), "as much": gaps.eq(0), "less": gaps.lt(0)}
    table = pd.DataFrame({name: each.mean() for name, each in shares.items()}).rename_axis("site")
    leans = dependence.lean_of_pairs(by_site, draws).set_index("label")[_ENDS]
    return table.round(3).join(leans.round(3))


def size_bodies(base: pd.DataFrame) -> pd.DataFrame:
    """Table 4.3 as ranges: the least and the greatest number printed of a body, by resource."""
    # School staff are printed as left out of Education's figure.
    sizes = base.dropna(subset=["printed"]).query("scope != 'school-staff-left-out'")
    # As printed, no rounding behind it: the unit n says so.
    ends = sizes.printed.map(lambda text: parse(text, "n"))
    sizes = sizes.assign(low=[float(q.low) for q in ends], high=[float(q.high) for q in ends])
    keys = ["resource", "base", "organisation"]
    return sizes.groupby(keys, as_index=False).agg(low=("low", "min"), high=("high", "max"))


def hold_large_to_small(sizes: pd.DataFrame) -> pd.DataFrame:
    """Every large body against every small one, by each resource: whether it is ``larger``."""
    large, small = (sizes[sizes.base == base].drop(columns="base") for base in ("large", "small"))
    against = large.merge(small, on="resource", suffixes=("_large", "_small"))
    larger = against.low_large > against.high_small
    smaller = against.high_large < against.low_small
    words = np.select([larger, smaller], ["yes", "no"], "ranges overlap")
    return against.assign(larger=words)


def match_arcs(arcs: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """What the table holds of each arc: ``as named``, ``through members`` (as listed) or ``no``."""
    held, members = set(zip(table.dependent, table.provider)), _NAMES["members"]
    found = []
    for arc in zip(arcs.dependent, arcs.provider):
        widely = set(product(*(members.get(end, [end]) for end in arc)))
        found.append("as named" if arc in held else "through members" if widely & held else "no")
    return pd.Series(found, index=arcs.index, dtype="str")


def hold_mutual(claims: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """What the table holds of pairs that are said to need each other.

    Gives ``first``, ``second``, ``lines``, ``first_needs`` and ``second_needs`` (`match_arcs`), and
    ``held``: ``both``, ``one`` or ``neither`` of the two directions, at the widest reading.
    """
    ends = ["first", "second"]
    named = claims.assign(**dict(zip(ends, np.sort(claims[["dependent", "provider"]], axis=1).T)))
    pairs = named.groupby(ends, as_index=False).agg(lines=("line", dependence.join_lines))
    for (start, end), needs in zip((ends, ends[::-1]), NEEDS):
        arcs = pairs.rename(columns={start: "dependent", end: "provider"})
        pairs[needs] = match_arcs(arcs, table)
    n_held = pairs[NEEDS].ne("no").sum(axis=1)
    return pairs.assign(held=n_held.map({0: "neither", 1: "one", 2: "both"}))
