"""Which weights give the printed cases: known answers of the works cited, then laws."""

from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium import uncertainty, weights
from compendium.errors import DataError, FitError

BOXES = ["national", "local", "culture", "resources"]
STALLED = pd.DataFrame([[0, 1, 1, -1]], columns=BOXES, index=["5.1"])

any_rows = st.lists(
    st.lists(st.integers(-1, 1), min_size=4, max_size=4), min_size=1, max_size=5
).map(lambda rows: pd.DataFrame(rows, columns=BOXES, index=[f"row {n}" for n in range(len(rows))]))


@pytest.mark.parametrize(
    ("plus", "minus", "share"),
    [
        *((1, 4, 0.0625), (2, 3, 0.3125), (3, 2, 0.6875), (4, 1, 0.9375), (2, 2, 0.5)),
        *((2, 1, 0.75), (3, 1, 0.875), (1, 3, 0.125), (1, 2, 0.25)),
    ],
)
def test_some_weights_above_the_others(plus, minus, share):
    """The share in which p of p + m weights exceed one half is P(Beta(p, m) > 1/2)."""
    row = pd.Series([1] * plus + [-1] * minus)

    assert float(weights.exact_share(row)) == share


@pytest.mark.parametrize(("national", "share"), [(0, (1, 4)), (-1, (1, 2)), (1, (1, 8))])
def test_figure_5_1_in_a_quarter_a_half_or_an_eighth_of_all_weightings(national, share):
    """By the lean of the national policy box: level, a cost, a benefit."""
    rows = weights.require_sides(STALLED.assign(national=national), pd.Series({"5.1": "right"}))

    assert weights.exact_share(rows.iloc[0]) == Fraction(*share)


@pytest.mark.parametrize(("national", "share"), [(0, 0.25), (-1, 0.25), (1, 0.0934)])
def test_the_four_figures_together(national, share):
    """Figures 5.1 to 5.4 at once, with 5.2's local and culture boxes assumed to lean left."""
    leans = pd.DataFrame(
        [[0, 1, 1, -1], [0, 1, 1, 1], [0, 1, 1, 0], [0, -1, -1, 0]], columns=BOXES
    ).assign(national=national)
    sides = pd.Series(["right", "left", "left", "right"])
    draws = uncertainty.draw_weights(400_000, seed=20051, n_boxes=4)

    found = weights.share_of_weightings(weights.require_sides(leans, sides), draws)

    assert found.share == pytest.approx(share, abs=0.003)
    assert found.low < found.share < found.high


def line(rule):
    """Cases of two yes/no conditions with an intercept of either sign, as rows."""
    cases = [[a, b, 1, -1] for a, b in product((0, 1), repeat=2)]
    sides = ["left" if rule(a, b) else "right" for a, b, *_ in cases]
    leans = pd.DataFrame(cases, columns=["a", "b", "plus", "minus"])
    return weights.require_sides(leans, pd.Series(sides))


@pytest.mark.parametrize("rule", [lambda a, b: a and b, lambda a, b: a or b], ids=["and", "or"])
def test_and_and_or_are_sums_with_weights(rule):
    """Both can be had with an intercept."""
    assert weights.find_margin(line(rule)).feasible


def test_either_but_not_both_is_no_sum():
    """XOR cannot be had with any weights."""
    assert not weights.find_margin(line(lambda a, b: a != b)).feasible


def test_three_preferences_in_a_circle_conflict():
    """No weights give a > b > c > a; the smallest conflict is all three."""
    leans = pd.DataFrame(np.eye(3), index=list("abc"), columns=list("xyz"))
    rows = weights.require_orders(leans, [("a", "b"), ("b", "c"), ("c", "a")])

    assert not weights.find_margin(rows).feasible
    assert weights.find_conflicts(rows) == [("a > b", "b > c", "c > a")]


# UTASTAR's transport example (Siskos and Yannacopoulos 1985; Siskos, Grigoroudis and Matsatsinis
# 2005): price, time, comfort; from the worst breakpoint of each criterion to the best.
POINTS = {"price": [30, 16, 2], "time": [40, 30, 20, 10], "comfort": [0, 1, 2, 3]}
TRANSPORT = {
    "RER": (3, 10, 1),
    "METRO1": (4, 20, 2),
    "METRO2": (2, 20, 0),
    "BUS": (6, 40, 0),
    "TAXI": (30, 30, 3),
}


def climbed(name, value):
    """How much of each step between breakpoints a value has climbed, 0 to 1."""
    points = POINTS[name]
    place = np.interp(value, sorted(points), [points.index(point) for point in sorted(points)])
    return {f"{name} {n}": float(np.clip(place - n, 0, 1)) for n in range(len(points) - 1)}


@pytest.mark.parametrize(
    ("criterion", "greatest"), [("price", 0.9375), ("time", 0.95), ("comfort", 0.43125)]
)
def test_utastar_transport(criterion, greatest):
    """The greatest weight each criterion can have, with a preference threshold of .05."""
    values = pd.DataFrame(
        {
            way: {step: x for name, v in zip(POINTS, given) for step, x in climbed(name, v).items()}
            for way, given in TRANSPORT.items()
        }
    ).T
    pairs = [("RER", "METRO1"), ("METRO1", "METRO2"), ("METRO2", "METRO1")]
    rows = weights.require_orders(values, [*pairs, ("METRO2", "BUS"), ("BUS", "TAXI")])
    objective = pd.Series({step: 1.0 for step in values if step.startswith(criterion)})

    _, high = weights.find_bounds(rows, objective, np.array([0.05, 0, 0, 0.05, 0.05]))

    assert high == pytest.approx(greatest, abs=1e-9)


def test_the_stalled_case_needs_resources_above_the_others():
    """Resources must outweigh local and culture each, and hold at least half of all weight."""
    three = STALLED[["local", "culture", "resources"]]
    rows = weights.require_sides(three, pd.Series({"5.1": "right"}))
    table = weights.compare_boxes(rows).set_index(["box", "other"])

    assert table.loc[("resources", "local"), "relation"] == "must"
    assert table.loc[("resources", "culture"), "relation"] == "must"
    assert table.loc[("local", "culture"), "relation"] == "may"
    assert weights.find_bounds(rows, pd.Series({"resources": 1.0}))[0] == pytest.approx(0.5)


@given(any_rows)
@settings(max_examples=40, deadline=None)
def test_the_margin_agrees_with_its_own_weights(rows):
    """At the weights found the least sum is the margin, and they lie on the simplex."""
    found = weights.find_margin(rows)

    assert found.weights.sum() == pytest.approx(1)
    assert found.weights.min() >= -1e-9
    assert (rows @ found.weights).min() == pytest.approx(found.margin, abs=1e-7)


@given(any_rows)
@settings(max_examples=30, deadline=None)
def test_every_conflict_is_one_and_is_minimal(rows):
    """A conflict cannot be had; without any one of its rows it can."""
    for conflict in weights.find_conflicts(rows):
        together = rows.loc[list(conflict)]
        assert not weights.find_margin(together).feasible
        for name in conflict:
            rest = together.drop(name)
            assert rest.empty or weights.find_margin(rest).feasible


@given(any_rows)
@settings(max_examples=30, deadline=None)
def test_what_can_be_had_has_weightings_and_the_reverse(rows):
    """Sampling finds weightings only where linear programming says that there are some."""
    draws = uncertainty.draw_weights(2000, seed=7, n_boxes=4)
    share = weights.share_of_weightings(rows, draws).share

    assert share == 0 or weights.find_margin(rows).feasible


def test_a_share_from_sampling_meets_the_exact_one():
    """One box against two, sampled instead of worked out."""
    rows = pd.DataFrame([[-1, -1, 1], [-0.5, -0.5, 0.5]], columns=list("abc"))
    draws = uncertainty.draw_weights(200_000, seed=5, n_boxes=3)

    found = weights.share_of_weightings(rows, draws)

    assert found.exact is None
    assert found.share == pytest.approx(0.25, abs=0.004)


def test_cases_that_say_nothing_of_the_weights_are_refused():
    """All problems at once: a side that is none, a lean that is missing."""
    leans = pd.DataFrame({"local": [1, None], "culture": [1, 1]}, index=["a", "b"])

    with pytest.raises(DataError, match=r"case 'a': found side 'up'[\s\S]*case 'b', box 'local'"):
        weights.require_sides(leans, pd.Series({"a": "up", "b": "left"}))


def test_bounds_of_rows_nobody_can_meet_are_refused():
    """The message says where to look for the rows that exclude each other."""
    rows = pd.DataFrame({"local": [1, -1], "culture": [-1, 1]}, index=["a", "b"])

    with pytest.raises(FitError, match="find_conflicts names the rows"):
        weights.find_bounds(rows, pd.Series({"local": 1.0}), 0.1)
    with pytest.raises(FitError, match="nothing follows for pairs"):
        weights.compare_boxes(rows)
