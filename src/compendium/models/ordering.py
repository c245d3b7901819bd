"""Who was more involved than whom: a partial order, and what it leaves open.

A sentence such as "A was more involved than B" is the most faithful form of the outcome: it needs
no scale. Together the sentences make a partial order, drawn as a Hasse diagram. Pairs it does not
decide stay undecided: every ranking that agrees with all sentences (a linear extension) is as good
as any other. Against a predictor the order is compared by Kendall's tau-b, with p-values that count
all permutations; where the units are too few for a level to be reached at all, the test is refused.
"""

from functools import cache
from itertools import permutations, product
from math import factorial, prod

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from compendium.errors import DataError, FitError

# All permutations are tried up to this many units (8! = 40 320); beyond it they are drawn.
ENUMERATED = 8


def build_order(pairs: pd.DataFrame) -> nx.DiGraph:
    """The stated orderings as a graph, an arrow from the more involved to the less.

    Takes ``more``, ``less`` and ``line``. If the sentences contradict each other, the DataError
    gives one circle, with its lines.

    >>> pairs = pd.DataFrame({"more": ["board"], "less": ["clinic"], "line": [2254]})
    >>> list(build_order(pairs).edges)
    [('board', 'clinic')]
    """
    lines = pairs.groupby(["more", "less"], sort=False).line.agg(lambda said: tuple(map(int, said)))
    graph = nx.DiGraph()
    graph.add_edges_from((*ends, {"lines": said}) for ends, said in lines.items())
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return graph
    steps = [f"{a} > {b} (line {graph[a][b]['lines'][0]})" for a, b in circle]
    raise DataError("the orderings go in a circle: " + ", ".join(steps))


def reduce_order(graph: nx.DiGraph) -> nx.DiGraph:
    """The Hasse diagram: the arrows that do not follow from two others.

    >>> list(reduce_order(nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c")])).edges)
    [('a', 'b'), ('b', 'c')]
    """
    reduced = nx.create_empty_copy(graph)
    # Sorted: networkx walks through sets, whose order changes from run to run.
    reduced.add_edges_from(sorted(nx.transitive_reduction(graph).edges))
    return reduced


def layer_order(graph: nx.DiGraph) -> list[list[str]]:
    """The units in layers, from the most involved down; each below all that are more than it.

    >>> layer_order(nx.DiGraph([("a", "b"), ("a", "c")]))
    [['a'], ['b', 'c']]
    """
    return [sorted(layer) for layer in nx.topological_generations(graph)]


def count_rankings(graph: nx.DiGraph) -> int:
    """How many complete rankings agree with every stated pair: its linear extensions.

    >>> count_rankings(nx.DiGraph([("a", "b"), ("a", "c")]))
    2
    """
    places = {node: place for place, node in enumerate(graph)}
    above = [sum(1 << places[p] for p in graph.predecessors(node)) for node in graph]

    @cache
    def rest(placed: int) -> int:
        if placed == (1 << len(above)) - 1:
            return 1
        free = (n for n, needs in enumerate(above) if not placed >> n & 1)
        return sum(rest(placed | 1 << n) for n in free if above[n] & placed == above[n])

    return rest(0)


def bound_ranks(graph: nx.DiGraph) -> pd.DataFrame:
    """The best and the worst rank each could have, 1 the most involved.

    Gives ``unit``, ``best``, ``worst``, in the order of best, worst and name.
    """
    rows = [
        (unit, 1 + len(nx.ancestors(graph, unit)), len(graph) - len(nx.descendants(graph, unit)))
        for unit in graph
    ]
    table = pd.DataFrame(rows, columns=["unit", "best", "worst"])
    return table.sort_values(["best", "worst", "unit"], ignore_index=True)


def decided_share(graph: nx.DiGraph) -> float:
    """The share of all pairs that the stated orderings decide, directly or through others.

    >>> decided_share(nx.DiGraph([("a", "b"), ("a", "c")]))
    0.6666666666666666
    """
    decided = sum(len(nx.descendants(graph, unit)) for unit in graph)
    return decided / (len(graph) * (len(graph) - 1) / 2)


def agree_with(graph: nx.DiGraph, predictor: pd.Series) -> pd.DataFrame:
    """How a predictor orders the pairs that the sentences decide.

    Of the predictor, indexed by unit, higher should go with more involved; units without a value
    stay out. One row per decided pair: ``more``, ``less``, ``agrees`` (1 same order, 0 tied, -1
    opposite).
    """
    pairs = [(more, less) for more in graph for less in sorted(nx.descendants(graph, more))]
    table = pd.DataFrame(pairs, columns=["more", "less"])
    gaps = table.more.map(predictor) - table.less.map(predictor)
    table = table.assign(agrees=np.sign(gaps.astype(float)))
    return table.dropna().astype({"agrees": int}).reset_index(drop=True)


def correlate(x: np.ndarray, y: np.ndarray, n_draws: int, seed: int) -> dict[str, float]:
    """Kendall's tau-b with a p-value that permutes y over all units.

    Exact by enumeration up to eight units, by the exact distribution where nothing is tied; else
    (b + 1) / (m + 1) of `n_draws` drawn permutations (Phipson and Smyth 2010). Ties are allowed; if
    a value never varies, or fewer than three units are given, a FitError.

    Returns
    -------
    dict
        ``tau``, ``p`` (two-sided), ``smallest_p`` (what the most extreme arrangement of these two
        sets of values would get) and ``n``.

    Examples
    --------
    >>> correlate(np.array([1, 2, 3]), np.array([1, 2, 3]), 0, 1)["p"].__round__(4)
    0.3333
    """
    if len(x) < 3 or len(set(x)) == 1 or len(set(y)) == 1:
        raise FitError(
            f"cannot correlate {len(x)} units with {len(set(x))} and {len(set(y))} different "
            "values; allowed: 3 units or more, and values that vary"
        )
    if len(x) > ENUMERATED and len(set(x)) == len(set(y)) == len(x):
        test = stats.kendalltau(x, y, method="exact")
        best = stats.kendalltau(x, x, method="exact")
        return {"tau": test[0], "p": test[1], "smallest_p": best[1], "n": len(x)}
    signs, other = _signs(x[None])[0], _signs(y[None])[0]
    observed = float(signs @ other)
    orders, drawn = _orders(len(x), n_draws, seed), int(len(x) > ENUMERATED)
    scores = np.concatenate([_signs(y[part]) @ signs for part in np.array_split(orders, 50)])
    p, smallest = (
        float((np.abs(scores) >= least - 0.5).sum() + drawn) / (len(orders) + drawn)
        for least in (abs(observed), np.abs(_extremes(x, y)).max())
    )
    tau = observed / np.sqrt(np.count_nonzero(signs) * np.count_nonzero(other))
    return {"tau": tau, "p": p, "smallest_p": smallest, "n": len(x)}


def smallest_p_within(values: pd.Series, groups: pd.Series, level: float = 0.05) -> float:
    """One in the arrangements of values within groups, one-sided; refused if above the level.

    What is tied with the best arrangement can only make the smallest p of a statistic larger. If
    even the most extreme of all arrangements cannot reach `level`, a FitError.

    >>> smallest_p_within(pd.Series([1, 2, 3, 4]), pd.Series(list("aaaa")))
    0.041666666666666664
    """
    sizes = [group.value_counts() for _, group in values.groupby(groups.to_numpy())]
    arrangements = prod(factorial(n.sum()) // prod(map(factorial, n)) for n in sizes)
    if 1 / arrangements > level:
        raise FitError(
            f"permuting within {len(sizes)} groups gives {arrangements} arrangements: no p below "
            f"{1 / arrangements:.3g} can come out, so none at {level:g} is computed"
        )
    return 1 / arrangements


def correlate_within(
    x: pd.Series, y: pd.Series, groups: pd.Series, n_draws: int, seed: int, *, level: float = 0.05
) -> dict[str, float]:
    """Agreement of pairs within groups, with a p-value that permutes y within each group only.

    Returns
    -------
    dict
        ``score`` (pairs in the same order less pairs in opposite order), ``p`` and ``smallest_p``
        (what the most extreme arrangement of these values would get; a FitError if above `level`),
        both two-sided. All permutations of a group count up to `ENUMERATED` units; beyond it
        `n_draws` are drawn.

    Examples
    --------
    Three of four units share a value: only 1 of 4 arrangements agrees with x in 3 pairs.

    >>> x, y = pd.Series([1, 2, 3, 4]), pd.Series([0, 1, 1, 1])
    >>> correlate_within(x, y, pd.Series(list("aaaa")), 0, 1, level=1)
    {'score': 3.0, 'p': 0.5, 'smallest_p': 0.5}
    """
    total, ends, odds, drawn = 0.0, np.zeros(2), {0.0: 1.0}, 0
    for places in pd.Series(groups.to_numpy()).groupby(groups.to_numpy()).groups.values():
        values, given = y.to_numpy()[places], x.to_numpy()[places]
        signs = _signs(given[None])[0]
        total += float(_signs(values[None])[0] @ signs)
        ends += _extremes(given, values)
        orders = _orders(len(values), n_draws, seed)
        scores, times = np.unique(_signs(values[orders]) @ signs, return_counts=True)
        drawn = max(drawn, len(orders) * (len(values) > ENUMERATED))
        # The distribution of the sum of independent scores.
        added: dict[float, float] = {}
        for (a, p), (b, q) in product(odds.items(), zip(scores, times / len(orders))):
            added[a + float(b)] = added.get(a + float(b), 0.0) + p * float(q)
        odds = added
    reached = [
        sum(share for score, share in odds.items() if abs(score) >= least - 0.5)
        for least in (abs(total), np.abs(ends).max())
    ]
    # The observed arrangement counts as one of those drawn (Phipson and Smyth 2010).
    p, smallest = ((share * drawn + 1) / (drawn + 1) if drawn else share for share in reached)
    if smallest > level:
        raise FitError(
            f"permuting within groups of {groups.value_counts().tolist()} units: no two-sided p "
            f"below {smallest:.3g} can come out, so none at {level:g} is computed"
        )
    return {"score": total, "p": float(p), "smallest_p": float(smallest)}


def _orders(n: int, n_draws: int, seed: int) -> np.ndarray:
    """All orders of n places, or as many drawn ones."""
    if n <= ENUMERATED:
        return np.array(list(permutations(range(n))))
    rng = np.random.default_rng(seed)
    return rng.permuted(np.tile(np.arange(n), (n_draws, 1)), axis=1)


def _extremes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The scores of the fullest agreement and disagreement: with ties one may be the stronger."""
    signs, up = _signs(np.sort(x)[None])[0], np.sort(y)
    return _signs(np.array([up, up[::-1]])) @ signs


def _signs(rows: np.ndarray) -> np.ndarray:
    """Which of each pair of values is larger, one row of pairs for each row of values."""
    first, second = np.triu_indices(rows.shape[1], 1)
    return np.sign(rows[:, first] - rows[:, second])
