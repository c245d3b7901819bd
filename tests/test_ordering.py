"""The partial order and its correlations: known answers, then laws."""

from itertools import combinations, permutations, product

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.errors import DataError, FitError, SettingError
from compendium.models import ordering

TUNA_X = np.array([44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1])
TUNA_Y = np.array([2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8])


def pairs(*edges):
    return pd.DataFrame(
        [(more, less, 10 + n) for n, (more, less) in enumerate(edges)],
        columns=["more", "less", "line"],
    )


def test_kendall_with_ties_counts_all_120_permutations():
    """The example of scipy's documentation: tau-b -.4714045, exact p .366667."""
    found = ordering.correlate(np.array([12, 2, 1, 12, 2]), np.array([1, 4, 7, 1, 0]), 0, 1)

    assert found["tau"] == pytest.approx(-0.4714045, abs=1e-7)
    assert found["p"] == pytest.approx(0.366667, abs=1e-6)


def test_kendall_of_the_tuna():
    """Hollander and Wolfe's canned tuna: tau .444444, two-sided exact p .119439."""
    found = ordering.correlate(TUNA_X, TUNA_Y, 0, 1)

    assert found["tau"] == pytest.approx(0.444444, abs=1e-6)
    assert found["p"] == pytest.approx(0.119439, abs=1e-6)
    # One-sided, where tau is positive: half of it, the distribution being symmetric.
    assert found["p"] / 2 == pytest.approx(0.0597195, abs=1e-7)


def test_drawn_permutations_come_near_all_of_them(monkeypatch):
    """Eight tuna with one tie: 40 320 permutations, or 20 000 drawn ones."""
    x, y = TUNA_X[:8], TUNA_Y[:8].copy()
    y[1] = y[0]
    every = ordering.correlate(x, y, 0, 1)
    monkeypatch.setattr(ordering, "MOST_STATES", 0)
    drawn = ordering.correlate(x, y, 20_000, 3)

    assert drawn["tau"] == every["tau"]
    assert drawn["p"] == pytest.approx(every["p"], abs=0.01)
    assert drawn["smallest_p"] == pytest.approx(every["smallest_p"], abs=0.001)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), min_size=3, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_tables_with_fixed_margins_count_what_all_permutations_count(units):
    """Ties in either, or in both: the same p as trying every permutation."""
    x, y = np.array(units, float).T
    if len(set(x)) > 1 and len(set(y)) > 1:
        pairs = list(combinations(range(len(x)), 2))
        scores = np.array([
            sum(np.sign((x[i] - x[j]) * (z[i] - z[j])) for i, j in pairs) for z in permutations(y)
        ])  # fmt: skip
        found = ordering.correlate(x, y, 0, 1)

        assert found["p"] == pytest.approx(np.mean(abs(scores) >= abs(scores[0])))
        assert found["smallest_p"] == pytest.approx(np.mean(abs(scores) == abs(scores).max()))


def test_twenty_units_with_ties_are_counted_not_drawn(monkeypatch):
    """No seed moves it; drawn permutations come near it."""
    rng = np.random.default_rng(20)
    x, y = rng.integers(0, 4, 20), rng.integers(0, 5, 20)
    exact = ordering.correlate(x, y, 0, 1)

    assert exact == ordering.correlate(x, y, 0, 2)
    monkeypatch.setattr(ordering, "MOST_STATES", 0)
    assert ordering.correlate(x, y, 20_000, 3)["p"] == pytest.approx(exact["p"], abs=0.015)
    with pytest.raises(SettingError, match="n_draws: found 0"):
        ordering.correlate(x, y, 0, 1)


def test_a_missing_value_is_refused_not_ranked():
    """It compares with nothing: a p made with it would be none."""
    x, y = np.array([1, 2, np.nan, 4, 5, 6]), np.array([6, 1, 5, 2, 4, 3])

    with pytest.raises(DataError, match="row 2, x: found nan"):
        ordering.correlate(x, y, 0, 1)
    with pytest.raises(DataError, match="row 2, x: found nan"):
        ordering.correlate_within(pd.Series(x), pd.Series(y), pd.Series(list("aaabbb")), 0, 1)


@pytest.mark.parametrize(("n", "smallest"), [(4, 2 / 24), (5, 2 / 120)])
def test_the_smallest_p_of_a_rank_correlation(n, smallest):
    """Four sites cannot go below .083, five not below .0167, two-sided."""
    values = np.arange(n)

    assert ordering.correlate(values, values, 0, 1)["smallest_p"] == pytest.approx(smallest)


def test_what_never_varies_is_refused():
    """A predictor with one value orders nothing."""
    with pytest.raises(FitError, match="3 units with 1 and 3 different"):
        ordering.correlate(np.array([1, 1, 1]), np.array([1, 2, 3]), 0, 1)


def test_an_order_in_a_circle_is_refused():
    """The message names the circle and its lines."""
    with pytest.raises(DataError, match=r"circle: .*SS > Housing \(line 10\)"):
        ordering.build_order(pairs(("SS", "Housing"), ("Housing", "EH"), ("EH", "SS")))


def test_the_diagram_leaves_out_what_follows():
    """What follows from two other arrows is not drawn."""
    graph = ordering.build_order(pairs(("a", "b"), ("b", "c"), ("a", "c")))

    assert set(ordering.reduce_order(graph).edges) == {("a", "b"), ("b", "c")}
    assert nx.transitive_closure(ordering.reduce_order(graph)).edges == graph.edges


@pytest.mark.parametrize(
    ("edges", "free", "count"),
    [([("a", "b"), ("b", "c")], [], 1), ([("a", "b")], ["c"], 3), ([], list("abcd"), 24)],
)
def test_rankings_are_counted(edges, free, count):
    """A chain allows one ranking; one free unit in three places; four free units, 4!."""
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(free)

    assert ordering.count_rankings(graph) == count


def test_ranks_that_stay_open():
    """What no sentence compares can stand anywhere its neighbours let it."""
    graph = ordering.build_order(pairs(("a", "b"), ("a", "c")))
    ranks = ordering.bound_ranks(graph).set_index("unit")

    assert ranks.loc["a"].tolist() == [1, 1]
    assert ranks.loc["b"].tolist() == [2, 3]


def test_agreement_counts_only_decided_pairs():
    """Of three units two pairs are decided; a tie is neither for nor against."""
    graph = ordering.build_order(pairs(("a", "b"), ("a", "c")))
    found = ordering.agree_with(graph, pd.Series({"a": 1, "b": 0, "c": 1}))

    assert found.values.tolist() == [["a", "b", 1], ["a", "c", 0]]


def test_too_few_arrangements_are_refused():
    """Two sites of two, permuted within: four arrangements, no p below a quarter."""
    with pytest.raises(FitError, match=r"4 arrangements: no p below 0\.25"):
        ordering.smallest_p_within(pd.Series([1, 2, 1, 2]), pd.Series(list("aabb")))


def test_permuting_within_groups_leaves_groups_where_they_are():
    """Two groups of four, each in perfect order: twelve pairs agree, p near 2 / 24 squared."""
    x = pd.Series([1, 2, 3, 4, 1, 2, 3, 4])
    y = pd.Series([1, 2, 3, 4, 11, 12, 13, 14])
    found = ordering.correlate_within(x, y, pd.Series(list("aaaabbbb")), 20_000, 2)

    assert found["score"] == 12
    # Both ends of the score: all ascending, all descending.
    assert found["p"] == found["smallest_p"] == pytest.approx(2 / 24**2)


def test_ties_make_the_smallest_p_larger():
    """One of four is less: of four arrangements one agrees fully, one is fully opposite."""
    x, y = pd.Series([1, 2, 3, 4]), pd.Series([0, 1, 1, 1])
    found = ordering.correlate_within(x, y, pd.Series(list("aaaa")), 0, 1, level=1)

    assert found["smallest_p"] == 0.5
    assert ordering.smallest_p_within(y, pd.Series(list("aaaa")), level=1) == 0.25
    with pytest.raises(FitError, match=r"units: no two-sided p below 0\.5"):
        ordering.correlate_within(x, y, pd.Series(list("aaaa")), 0, 1)


@given(
    st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=4),
    st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=2, max_size=3),
)
@settings(max_examples=25, deadline=None)
def test_the_p_within_is_that_of_all_joint_arrangements(first, second):
    """Groups taken one by one give what trying all arrangements of both gives."""
    both = pd.DataFrame([*first, *second], columns=["x", "y"])
    groups = pd.Series(["a"] * len(first) + ["b"] * len(second))
    found = ordering.correlate_within(both.x, both.y, groups, 0, 1, level=1)

    def score(pairs, order):
        return sum(
            np.sign((pairs[i][0] - pairs[j][0]) * (pairs[order[i]][1] - pairs[order[j]][1]))
            for i, j in combinations(range(len(pairs)), 2)
        )

    orders = (permutations(range(len(group))) for group in (first, second))
    scores = np.array([score(first, a) + score(second, b) for a, b in product(*orders)])
    observed = score(first, range(9)) + score(second, range(9))
    assert found["score"] == observed
    assert found["p"] == pytest.approx(np.mean(np.abs(scores) >= abs(observed)))
    assert found["smallest_p"] == pytest.approx(np.mean(np.abs(scores) == np.abs(scores).max()))


def test_large_groups_are_permuted_at_random(monkeypatch):
    """Drawn permutations come near all of them, and never give a p of 0."""
    x, y = pd.Series([1, 2, 3, 4, 5, 6]), pd.Series([1, 3, 2, 4, 6, 5])
    group = pd.Series(list("aaaaaa"))
    every = ordering.correlate_within(x, y, group, 0, 1)
    monkeypatch.setattr(ordering, "MOST_STATES", 0)
    drawn = ordering.correlate_within(x, y, group, 5000, 1)

    assert drawn["p"] == pytest.approx(every["p"], abs=0.01)
    assert drawn["smallest_p"] >= 1 / 5001


def test_the_diagram_s_arrows_come_in_one_order():
    """Sorted, whatever order a set of texts has in this run."""
    edges = [(more, less) for more in "dcba" for less in "zyx"]
    reduced = ordering.reduce_order(ordering.build_order(pairs(*edges)))

    assert list(reduced.edges) == sorted(edges, key=lambda edge: ("dcba".index(edge[0]), edge[1]))
