"""Who was more involved than whom: a partial order, and what it leaves open.

A sentence such as "A was more involved than B" is the most faithful form of the outcome: it needs
no scale. Together the sentences make a partial order, drawn as a Hasse diagram. Pairs it does not
decide stay undecided: every ranking that agrees with all sentences (a linear extension) is as good
as any other. Against a predictor the order is compared by Kendall's tau-b, with p-values that count
all permutations; where the units are too few for a level to be reached at all, the test is refused.
"""

from functools import cache
from math import factorial, prod

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import comb

from compendium.errors import DataError, FitError
from compendium.models import check

# Up to so many untied units the tables are counted; beyond, scipy has the untied distribution.
_ENUMERATED = 8
# With more ways to deal out part of the values, counting takes seconds: permutations are drawn.
MOST_STATES = 20_000


def build_order(pairs: pd.DataFrame) -> nx.DiGraph:
    """The stated orderings as a graph, an arrow from the more involved to the less.

    Takes ``more``, ``less`` and ``line``. If the sentences contradict each other, the DataError
    gives one circle, with its lines.

    >>> pairs = pd.DataFrame({"more": ["board"], "less": ["clinic"], "line": [2254]})
    >>> list(build_order(pairs).edges)
    [('board', 'clinic')]
    """
    check.columns(pairs, ["more", "less", "line"])
    if len(pairs):
        check.numbers(pairs[["line"]], "the orderings")
    lines = pairs.groupby(["more", "less"], sort=False).line.agg(lambda said: tuple(map(int, said)))
    graph = nx.DiGraph()
    graph.add_edges_from((*ends, {"lines": said}) for ends, said in lines.items())
    if not nx.is_directed_acyclic_graph(graph):
        circle = nx.find_cycle(graph)
        steps = [f"{a} > {b} (line {graph[a][b]['lines'][0]})" for a, b in circle]
        raise DataError("the orderings go in a circle: " + ", ".join(steps))
    return graph


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

    @cache
    def rest(placed: frozenset) -> int:
        open_ones = set(graph) - placed
        free = [node for node in open_ones if placed.issuperset(graph.pred[node])]
        return sum(rest(placed | {node}) for node in free) if open_ones else 1

    return rest(frozenset())


def bound_ranks(graph: nx.DiGraph) -> pd.DataFrame:
    """The best and the worst rank each could have, 1 the most involved.

    Gives ``unit``, ``best``, ``worst``, in the order of best, worst and name.
    """
    best = [1 + len(nx.ancestors(graph, unit)) for unit in graph]
    worst = [len(graph) - len(nx.descendants(graph, unit)) for unit in graph]
    table = pd.DataFrame({"unit": list(graph), "best": best, "worst": worst})
    return table.sort_values(["best", "worst", "unit"], ignore_index=True)


def decided_share(graph: nx.DiGraph) -> float:
    """The share of all pairs that the stated orderings decide, directly or through others.

    >>> decided_share(nx.DiGraph([("a", "b"), ("a", "c")]))
    0.6666666666666666
    """
    check.that(len(graph) >= 2, "2 or more", FitError, **{"units in order": len(graph)})
    decided = sum(len(nx.descendants(graph, unit)) for unit in graph)
    return decided / (len(graph) * (len(graph) - 1) / 2)


def agree_with(graph: nx.DiGraph, predictor: pd.Series) -> pd.DataFrame:
    """How a predictor orders the pairs that the sentences decide.

    Of the predictor, by unit, higher should go with more involved; units without a value stay out.
    One row per decided pair: ``more``, ``less``, ``agrees`` (1 same order, 0 tied, -1 opposite).
    """
    check.once(predictor.index, "unit")
    pairs = [(more, less) for more in graph for less in sorted(nx.descendants(graph, more))]
    table = pd.DataFrame(pairs, columns=["more", "less"])
    gaps = table.more.map(predictor) - table.less.map(predictor)
    found = table.assign(agrees=np.sign(gaps.astype(float))).dropna()
    return found.astype({"agrees": int}).reset_index(drop=True)


def correlate(x: np.ndarray, y: np.ndarray, n_draws: int, seed: int) -> dict[str, float]:
    """Kendall's tau-b with a p-value that permutes y over all units, ties and all.

    Exact by the contingency tables with the margins of x and y; where there are too many of these,
    by the exact distribution if nothing is tied, else (b + 1) / (m + 1) of `n_draws` drawn
    permutations (Phipson and Smyth 2010). Needs three units, and values that vary.

    Gives ``tau``, ``p`` (two-sided), ``smallest_p`` (what the most extreme arrangement of these two
    sets of values would get) and ``n``.

    >>> correlate(np.array([1, 2, 3]), np.array([1, 2, 3]), 0, 1)["p"].__round__(4)
    0.3333
    """
    given = {"x": pd.Series(np.asarray(x)), "y": pd.Series(np.asarray(y))}
    check.numbers(pd.DataFrame(given), "values to correlate")
    check.counts(0, n_draws=n_draws)
    n_different = len(set(x)), len(set(y))
    if len(x) < 3 or 1 in n_different:
        found = f"{len(x)} units with {n_different[0]} and {n_different[1]} different values"
        raise FitError(f"found {found}; allowed: 3 units or more, and values that vary")
    if len(x) > _ENUMERATED and n_different == (len(x), len(x)):
        test, best = (stats.kendalltau(x, values, method="exact") for values in (y, x))
        return {"tau": test[0], "p": test[1], "smallest_p": best[1], "n": len(x)}
    signs, other = _signs(x), _signs(y)
    ways, drawn = _count_scores(x, y, n_draws, seed)
    p, smallest = _reach(ways, [signs @ other, np.abs(_extremes(x, y)).max()], drawn)
    tau = float(signs @ other) / np.sqrt(np.count_nonzero(signs) * np.count_nonzero(other))
    return {"tau": tau, "p": p, "smallest_p": smallest, "n": len(x)}


def smallest_p_within(values: pd.Series, groups: pd.Series, level: float = 0.05) -> float:
    """One in the arrangements of values within groups, one-sided; refused if above the level.

    What is tied with the best arrangement can only make the smallest p of a statistic larger. If
    even the most extreme of all arrangements cannot reach `level`, a FitError.

    >>> smallest_p_within(pd.Series([1, 2, 3, 4]), pd.Series(list("aaaa")))
    0.041666666666666664
    """
    check.numbers(values.to_frame("value"), "values to permute")
    _check_groups(groups, len(values))
    check.shares(level=level)
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

    Gives ``score`` (pairs in the same order less pairs in opposite order), ``p`` and ``smallest_p``
    (what the most extreme arrangement of these values would get; a FitError if above `level`), both
    two-sided; each group is counted, or drawn, as by `correlate`.

    Three of four units share a value: only 1 of 4 arrangements agrees with x in 3 pairs.

    >>> x, y = pd.Series([1, 2, 3, 4]), pd.Series([0, 1, 1, 1])
    >>> correlate_within(x, y, pd.Series(list("aaaa")), 0, 1, level=1)
    {'score': 3.0, 'p': 0.5, 'smallest_p': 0.5}
    """
    check.that(len(x) == len(y), "as many of each", DataError, x=len(x), y=len(y))
    table = pd.DataFrame({"x": x.to_numpy(), "y": y.to_numpy()})
    check.numbers(table, "values to correlate")
    _check_groups(groups, len(table))
    check.counts(0, n_draws=n_draws)
    check.shares(level=level)
    total, ends, odds, drawn = 0.0, np.zeros(2), np.ones(1), 0
    for _, part in table.groupby(groups.to_numpy()):
        given, values = part.x.to_numpy(), part.y.to_numpy()
        total += float(_signs(given) @ _signs(values))
        ends += _extremes(given, values)
        ways, n_drawn = _count_scores(given, values, n_draws, seed)
        # The distribution of the sum of independent scores.
        odds, drawn = np.convolve(odds, ways / ways.sum()), max(drawn, n_drawn)
    p, smallest = _reach(odds, [total, np.abs(ends).max()], drawn)
    if smallest > level:
        raise FitError(
            f"permuting within groups of {groups.value_counts().tolist()} units: no two-sided p "
            f"below {smallest:.3g} can come out, so none at {level:g} is computed"
        )
    return {"score": total, "p": p, "smallest_p": smallest}


def _check_groups(groups: pd.Series, n: int) -> None:
    """Refuse groups unless each unit has one."""
    known = int(groups.notna().sum())
    check.that(known == len(groups) == n, "one for each", DataError, groups=known, units=n)


def _count_scores(x: np.ndarray, y: np.ndarray, n_draws: int, seed: int) -> tuple[np.ndarray, int]:
    """How often each score comes out as y is permuted, the lowest first; how many were drawn.

    The values of the one with fewer states are dealt out to those of the other, group by group:
    what a group adds to the score depends on how many of each value went to the groups before.
    """
    widest = len(x) * (len(x) - 1) // 2
    counts = [np.unique(values, return_counts=True)[1] for values in (x, y)]
    margin, groups = sorted(counts, key=lambda n: np.prod(n + 1.0))
    if np.prod(margin + 1.0) > MOST_STATES:
        check.counts(n_draws=n_draws)
        orders = np.random.default_rng(seed).permuted(np.tile(y, (n_draws, 1)), axis=1)
        scores = [_signs(part) @ _signs(x) for part in np.array_split(orders, 50)]
        places = np.concatenate(scores).astype(int) + widest
        return np.bincount(places, minlength=2 * widest + 1), n_draws
    every = np.indices(margin + 1).reshape(len(margin), -1).T
    # Each state's number is its place in `every`.
    number = np.append(np.cumprod(margin[:0:-1] + 1)[::-1], 1)
    placed, near, before = 0, 0, np.ones((1, 1))
    for size in groups:
        # Of every way to have dealt out what is placed so far: how often each score was reached.
        dealt = every[every.sum(axis=1) == placed]
        row_of = np.zeros(len(every), int)
        row_of[dealt @ number] = np.arange(len(dealt))
        upto = dealt.cumsum(axis=1)
        less_than_more = upto - dealt - (placed - upto)
        placed, was_near = placed + size, near
        near = placed * (placed - 1) // 2
        wide = np.pad(before, ((0, 0), (2 * near - was_near,) * 2))
        scores = np.arange(2 * near + 1) + near
        states = every[every.sum(axis=1) == placed]
        before = np.zeros((len(states), len(scores)))
        for part in every[every.sum(axis=1) == size]:
            fits = (states >= part).all(axis=1)
            rows = row_of[(states[fits] - part) @ number]
            n_ways = comb(margin - dealt[rows], part).prod(axis=1)
            shifts = less_than_more[rows] @ part
            before[fits] += n_ways[:, None] * wide[rows[:, None], scores - shifts[:, None]]
    return before[0], 0


def _reach(ways: np.ndarray, scores: list[float], drawn: int) -> tuple[float, ...]:
    """How often a score comes out that is as far from 0 as each of these.

    The observed arrangement counts as one of those drawn (Phipson and Smyth 2010).
    """
    far = np.abs(np.arange(len(ways)) - len(ways) // 2)
    shares = [ways[far >= abs(score) - 0.5].sum() / ways.sum() for score in scores]
    return tuple(float((share * drawn + 1) / (drawn + 1) if drawn else share) for share in shares)


def _extremes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The scores of the fullest agreement and disagreement: with ties one may be the stronger."""
    up = np.sort(y)
    return _signs(np.array([up, up[::-1]])) @ _signs(np.sort(x))


def _signs(values: np.ndarray) -> np.ndarray:
    """Which of each pair of values is larger; one row of pairs for each row of values."""
    first, second = np.triu_indices(values.shape[-1], 1)
    return np.sign(values[..., first] - values[..., second])
