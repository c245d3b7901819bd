"""Who needs whom: the resource dependencies of a place as a directed network.

An arc goes from whoever depends to whoever provides. What A needs of B is B's power over A (Emerson
1962), so that each pair has two separate sides: how uneven it is (power imbalance, the difference
of the two dependences) and how much the two need each other at all (mutual dependence, their sum;
Casciaro and Piskorski 2005). Theirs is measured on flows of goods. Here only their form is used, on
an ordinal strength of 1 (weak) to 3 (strong), and where print gives no strength the whole range
stays open. An arc that is not printed is not known to be absent: whether it counts as none is a
choice that the caller makes and names.
"""

import networkx as nx
import numpy as np
import pandas as pd

from compendium.errors import DataError
from compendium.models import check

WEAKEST, STRONGEST = 1, 3
_ENDS = ["dependent", "provider"]
# A direction that is not printed: there is none, or there may be any.
NONE, OPEN = (0, 0), (0, STRONGEST)


def merge_statements(statements: pd.DataFrame) -> pd.DataFrame:
    """Coded statements of dependence as arcs: one for each two, with what all rows allow.

    ``low`` and ``high`` are what every statement allows; where no strength suits them all, the
    whole range, and ``agreed`` is False. Beside them ``n_statements`` and ``lines``.

    >>> said = pd.DataFrame({"dependent": "clinic", "provider": "board", "line": [2107, 2139],
    ...                      "strength_min": [1, 3], "strength_max": [3, 3]})
    >>> merge_statements(said)[["low", "high", "agreed"]].values.tolist()
    [[3, 3, True]]
    """
    check.columns(statements, [*_ENDS, "line", "strength_min", "strength_max"])
    lines = statements.line
    check.that(lines.notna().all(), "a line for each statement", DataError, lines=lines.tolist())
    bounds = statements.fillna({"strength_min": WEAKEST, "strength_max": STRONGEST})
    arcs = bounds.groupby(["dependent", "provider"], as_index=False).agg(
        low=("strength_min", "max"), high=("strength_max", "min"),
        n_statements=("line", "size"), lines=("line", join_lines),
    )  # fmt: skip
    agreed = (arcs.low <= arcs.high).astype(bool)
    low, high = arcs.low.where(agreed, WEAKEST), arcs.high.where(agreed, STRONGEST)
    return arcs.assign(low=low.astype(int), high=high.astype(int), agreed=agreed)


def join_lines(lines: pd.Series) -> str:
    """Each line once, in their order."""
    return " ".join(dict.fromkeys(lines.astype(str)))


def build_network(arcs: pd.DataFrame) -> nx.DiGraph:
    """The arcs as a graph, an arrow from whoever depends to whoever provides.

    >>> ends = pd.DataFrame({"dependent": ["a", "b"], "provider": ["b", "a"]})
    >>> nx.overall_reciprocity(build_network(ends))  # the share of arcs that are returned
    1.0
    """
    _check_arcs(arcs)
    return nx.from_pandas_edgelist(arcs, "dependent", "provider", create_using=nx.DiGraph)


def _check_arcs(arcs: pd.DataFrame) -> None:
    """Refuse a table without arcs, or arcs without ends."""
    check.columns(arcs, _ENDS)
    whole = int(arcs[_ENDS].notna().all(axis=1).sum())
    check.that(0 < whole == len(arcs), "one or more, each with both ends", DataError, arcs=whole)


def _check_strengths(table: pd.DataFrame, side: str) -> None:
    """Refuse strengths from high to low, or beyond the strongest."""
    ends = [f"{side}low", f"{side}high"]
    check.columns(table, ends)
    strengths = check.numbers(table[ends], "strengths", 0, STRONGEST)
    rising = (strengths[ends[0]] <= strengths[ends[1]]).all()
    check.that(rising, "low to high", DataError, strengths=strengths.to_numpy().tolist())


def describe_positions(arcs: pd.DataFrame) -> pd.DataFrame:
    """How each body stands: whom it has to turn to, who turns to it, and how bound it is.

    By ``actor``: ``n_providers``, ``only_provider`` (missing where there is not one),
    ``n_dependents``, ``constraint`` and ``effective_size`` of its ties whatever their direction
    (Burt 1992).

    >>> arcs = pd.DataFrame({"dependent": ["clinic", "ward"], "provider": ["board", "board"]})
    >>> describe_positions(arcs).loc["clinic", "only_provider"]
    'board'
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
    _check_arcs(arcs)
    share = 1 / arcs.groupby("dependent").provider.transform("nunique")
    return arcs.assign(low=share, high=share)


def pair_up(arcs: pd.DataFrame, unprinted: tuple[float, float] = OPEN) -> pd.DataFrame:
    """One row per pair: what each needs of the other, how uneven that is and how much together.

    `arcs`: ``dependent``, ``provider``, ``low`` and ``high``; one row for each two. `unprinted`:
    what a direction without an arc may be: `OPEN`, or `NONE` where print is complete.

    Gives ``first``, ``second`` (by alphabet), ``printed`` (``both``, or who is printed to depend),
    and ends ``_low`` and ``_high`` of ``first`` (what it needs of the second), ``second``,
    ``imbalance`` |D12 - D21| and ``mutual`` D12 + D21.

    >>> arcs = pd.DataFrame({"dependent": ["b"], "provider": ["a"], "low": [3], "high": [3]})
    >>> pair_up(arcs, NONE)[["printed", "imbalance_low", "mutual_low"]].values.tolist()
    [['second', 3, 3]]
    """
    _check_arcs(arcs)
    _check_strengths(arcs, "")
    if twice := sorted(set(zip(*arcs[arcs.duplicated(_ENDS)][_ENDS].to_numpy().T))):
        raise DataError(f"found {twice} more than once; allowed: one row for each two")
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
    check.counts(n_draws=n_draws)
    for side in ("first_", "second_"):
        _check_strengths(pairs, side)
    low, high = (pairs[[f"first_{end}", f"second_{end}"]].to_numpy(int) for end in ("low", "high"))
    return np.random.default_rng(seed).integers(low, high + 1, size=(n_draws, *low.shape))


def lean_of_pairs(pairs: pd.DataFrame, draws: np.ndarray) -> pd.DataFrame:
    """`pairs` with shares of the drawn codings: ``first_more``, ``even``, ``second_more``."""
    signs = np.sign(draws[..., 0] - draws[..., 1])
    codes = {"first_more": 1, "even": 0, "second_more": -1}
    return pairs.assign(**{name: (signs == sign).mean(axis=0) for name, sign in codes.items()})
