"""Who needs whom: the resource dependencies of a place as a directed network.

An arc goes from whoever depends to whoever provides. What A needs of B is B's power over A (Emerson
1962), so that each pair has two separate sides: how uneven it is (power imbalance, the difference
of the two dependences) and how much the two need each other at all (mutual dependence, their sum;
Casciaro and Piskorski 2005). Theirs is measured on flows of goods. Here there are none: only their
form is used, on an ordinal strength of 1 (weak) to 3 (strong), and where print gives no strength
the whole range stays open. An arc that is not printed is not known to be absent: whether it counts
as none is a choice that the caller makes and names.
"""

from collections.abc import Iterable
from itertools import product

import networkx as nx
import numpy as np
import pandas as pd

from compendium.errors import DataError

WEAKEST, STRONGEST = 1, 3
# A direction that is not printed: there is none, or there may be any.
NONE, OPEN = (0, 0), (0, STRONGEST)
# Table 4.5 calls these two by other names where they provide than where they depend.
ALIASES = {"ss": "la-ss", "has": "ha"}
# Money without a body that gives it: nobody can bargain with these.
STREAMS = {"local-taxation", "pfi", "research-funds", "specific-grants"}
DEPARTMENTS = ("la-ss", "la-eh", "la-leisure", "la-education", "la-housing")
LARGE = ("ha", "la", *DEPARTMENTS, "trusts")
SMALL = ("pcgs", "chc", "other-statutory", "voluntary-sector")
# What the prose's collective names may mean in Table 4.5, read as widely as can be.
MEMBERS = {
    "la": ("la", *DEPARTMENTS),
    **dict.fromkeys(("acute-trusts", "community-trusts"), ("trusts",)),
    "voluntary-sector-established": ("voluntary-sector",),
    "nhs": ("ha", "trusts", "pcgs"),
    "nhs-executive": ("doh",),
    "neighbouring-has": ("ha",),
    "central-government": ("doh", "detr", "dfee", "home-office", "specific-grants"),
    "large-organisations": LARGE,
    "small-organisations": SMALL,
    "statutory-agencies": (*LARGE, "pcgs", "chc", "other-statutory", "police-fire-probation"),
}


def check_arcs(arcs: pd.DataFrame, actors: Iterable[str], name: str) -> pd.DataFrame:
    """The same arcs, once every row is one.

    Parameters
    ----------
    arcs : DataFrame
        ``dependent``, ``provider`` and, where strengths are coded, ``strength_min``,
        ``strength_max`` and ``strength`` (1 to 3; missing where not said).
    name : str
        What the table is called in messages, where its header is row 1.

    Raises
    ------
    DataError
        For every unknown actor, self-dependence and strength out of range: all at once, by row.
    """
    known, problems = sorted(set(actors)), []
    for number, row in enumerate(arcs.to_dict("records"), start=2):
        breaches = [
            f"column {column}: found {row[column]!r}; allowed: {', '.join(known)}"
            for column in ("dependent", "provider")
            if row[column] not in known
        ]
        if row["dependent"] == row["provider"]:
            breaches.append(f"found {row['provider']!r} depending on itself; allowed: another")
        breaches += _wrong_strengths(row)
        problems += [f"{name} row {number}, {breach}" for breach in breaches]
    if problems:
        raise DataError("these are no dependencies:\n  " + "\n  ".join(problems))
    return arcs


def _wrong_strengths(row: dict) -> list[str]:
    """What is wrong with the strengths of one row."""
    columns = ("strength_min", "strength", "strength_max")
    said = {c: row[c] for c in columns if not pd.isna(row.get(c))}
    wrong = [
        f"column {c}: found {value}; allowed: 1, 2, 3 or blank"
        for c, value in said.items()
        if value not in range(WEAKEST, STRONGEST + 1)
    ]
    if not wrong and list(said.values()) != sorted(said.values()):
        wrong = [f"found {said}; allowed: strength_min <= strength <= strength_max"]
    return wrong


def tidy_table(table: pd.DataFrame, *, join_slashed: bool = False) -> pd.DataFrame:
    """Table 4.5 as arcs, a provider under the name it has where it depends.

    A dash is no arc. Two providers with a slash between them are two, unless joined.

    Returns
    -------
    DataFrame
        Also ``low`` and ``high``: 1 and 3, as the table prints no strengths.

    Examples
    --------
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
    arcs = arcs.assign(provider=arcs.provider.replace(ALIASES), low=WEAKEST, high=STRONGEST)
    columns = ["dependent", "provider", "axis", "directness", "low", "high", "line"]
    return arcs[columns].reset_index(drop=True)


def merge_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``coding/dependencies`` as arcs: one for each two, with what all rows allow.

    Returns
    -------
    DataFrame
        ``dependent``, ``provider``, ``low``, ``high``, ``agreed``, ``n_statements``, ``lines``.
        The range is what every statement allows; where no strength suits them all it is the whole
        range, and ``agreed`` is False.

    Examples
    --------
    >>> said = pd.DataFrame({"dependent": "pcgs", "provider": "ha", "line": [2107, 2139],
    ...                      "strength_min": [1, 3], "strength_max": [3, 3]})
    >>> merge_statements(said)[["low", "high", "agreed"]].values.tolist()
    [[3, 3, True]]
    """
    bounds = statements.fillna({"strength_min": WEAKEST, "strength_max": STRONGEST})
    arcs = bounds.groupby(["dependent", "provider"], as_index=False).agg(
        low=("strength_min", "max"), high=("strength_max", "min"),
        n_statements=("line", "size"), lines=("line", _join),
    )  # fmt: skip
    agreed = (arcs.low <= arcs.high).astype(bool)
    low, high = arcs.low.where(agreed, WEAKEST), arcs.high.where(agreed, STRONGEST)
    return arcs.assign(low=low.astype(int), high=high.astype(int), agreed=agreed)


def _join(lines: pd.Series) -> str:
    return " ".join(dict.fromkeys(lines.astype(str)))


def build_network(arcs: pd.DataFrame) -> nx.DiGraph:
    """The arcs as a graph, an arrow from whoever depends to whoever provides."""
    return nx.DiGraph(list(zip(arcs.dependent, arcs.provider)))


def reciprocity(arcs: pd.DataFrame) -> float:
    """The share of arcs that are returned.

    >>> reciprocity(pd.DataFrame({"dependent": ["ha", "ss"], "provider": ["ss", "ha"]}))
    1.0
    """
    return float(nx.overall_reciprocity(build_network(arcs)))


def describe_positions(arcs: pd.DataFrame) -> pd.DataFrame:
    """How each body stands: whom it has to turn to, who turns to it, and how bound it is.

    Returns
    -------
    DataFrame
        By ``actor``: ``n_providers``, ``only_provider`` (missing where there is not one),
        ``n_dependents``, ``constraint`` and ``effective_size`` of its ties whatever their
        direction (Burt 1992).

    Examples
    --------
    >>> arcs = pd.DataFrame({"dependent": ["pcgs", "ss"], "provider": ["ha", "ha"]})
    >>> describe_positions(arcs).loc["pcgs", "only_provider"]
    'ha'
    """
    graph = build_network(arcs)
    ties = graph.to_undirected()
    columns = {
        "n_providers": dict(graph.out_degree),
        "only_provider": {a: min(graph[a]) if len(graph[a]) == 1 else None for a in graph},
        "n_dependents": dict(graph.in_degree),
        "constraint": nx.constraint(ties),
        "effective_size": nx.effective_size(ties),
    }
    return pd.DataFrame(columns).reindex(list(graph)).rename_axis("actor")


def share_dependence(arcs: pd.DataFrame) -> pd.DataFrame:
    """Arcs with one over the number of providers as ``low`` and ``high``: how replaceable, only."""
    share = 1 / arcs.groupby("dependent").provider.transform("nunique")
    return arcs.assign(low=share, high=share)


def pair_up(arcs: pd.DataFrame, unprinted: tuple[float, float] = OPEN) -> pd.DataFrame:
    """One row per pair: what each needs of the other, how uneven that is and how much together.

    Parameters
    ----------
    arcs : DataFrame
        ``dependent``, ``provider``, ``low`` and ``high``; one row for each two.
    unprinted : tuple of float
        What a direction without an arc may be: `OPEN`, or `NONE` where print is complete.

    Returns
    -------
    DataFrame
        ``first``, ``second`` (by alphabet), ``printed`` (``both``, or who is printed to depend),
        and ends ``_low`` and ``_high`` of ``first`` (what it needs of the second), ``second``,
        ``imbalance`` |D12 - D21| and ``mutual`` D12 + D21.

    Examples
    --------
    >>> arcs = pd.DataFrame({"dependent": ["pcgs"], "provider": ["ha"], "low": [3], "high": [3]})
    >>> pair_up(arcs, NONE)[["printed", "imbalance_low", "mutual_low"]].values.tolist()
    [['second', 3, 3]]
    """
    ranges = {(a.dependent, a.provider): (a.low, a.high) for a in arcs.itertuples()}
    rows = []
    for one, other in sorted({tuple(sorted(ends)) for ends in ranges}):
        there, back = ranges.get((one, other)), ranges.get((other, one))
        printed = "both" if there and back else "first" if there else "second"
        (a, b), (c, d) = there or unprinted, back or unprinted
        uneven = (max(0, a - d, c - b), max(b - c, d - a))
        rows.append((one, other, printed, a, b, c, d, *uneven, a + c, b + d))
    sides = ("first", "second", "imbalance", "mutual")
    ends = [f"{side}_{end}" for side in sides for end in ("low", "high")]
    return pd.DataFrame(rows, columns=["first", "second", "printed", *ends])


def draw_strengths(pairs: pd.DataFrame, n_draws: int, seed: int) -> np.ndarray:
    """Strengths drawn alike from what is admissible, shape (n_draws, n_pairs, 2)."""
    low = pairs[["first_low", "second_low"]].to_numpy(int)
    high = pairs[["first_high", "second_high"]].to_numpy(int)
    return np.random.default_rng(seed).integers(low, high + 1, size=(n_draws, *low.shape))


def lean_of_pairs(pairs: pd.DataFrame, draws: np.ndarray) -> pd.DataFrame:
    """`pairs` with shares of the drawn codings: ``first_more``, ``even``, ``second_more``."""
    signs = np.sign(draws[..., 0] - draws[..., 1])
    codes = {"first_more": 1, "even": 0, "second_more": -1}
    return pairs.assign(**{name: (signs == sign).mean(axis=0) for name, sign in codes.items()})


def match_arcs(arcs: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """Whether the table holds each arc: ``as named``, ``through members`` (`MEMBERS`) or ``no``.

    >>> table = pd.DataFrame({"dependent": ["la-ss"], "provider": ["ha"]})
    >>> match_arcs(pd.DataFrame({"dependent": ["la"], "provider": ["ha"]}), table).tolist()
    ['through members']
    """
    held = set(zip(table.dependent, table.provider))
    found = []
    for arc in zip(arcs.dependent, arcs.provider):
        widely = set(product(*(MEMBERS.get(end, (end,)) for end in arc)))
        found.append("as named" if arc in held else "through members" if widely & held else "no")
    return pd.Series(found, index=arcs.index, dtype="str")


def hold_mutual(claims: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """What the table holds of pairs that are said to need each other.

    Returns
    -------
    DataFrame
        Of each pair in `claims`: ``first``, ``second``, ``lines``, ``first_needs`` and
        ``second_needs`` (`match_arcs`), and ``held``: ``both``, ``one`` or ``neither`` of the two
        directions, at the widest reading.
    """
    ends = np.sort(claims[["dependent", "provider"]].to_numpy(str), axis=1)
    named = claims.assign(first=ends[:, 0], second=ends[:, 1])
    pairs = named.groupby(["first", "second"], as_index=False).agg(lines=("line", _join))
    there = pairs.rename(columns={"first": "dependent", "second": "provider"})
    back = pairs.rename(columns={"second": "dependent", "first": "provider"})
    pairs = pairs.assign(first_needs=match_arcs(there, table), second_needs=match_arcs(back, table))
    n_held = pairs[["first_needs", "second_needs"]].ne("no").sum(axis=1)
    return pairs.assign(held=n_held.map({0: "neither", 1: "one", 2: "both"}))
