"""Which weights give the printed cases: known answers of the works cited, then laws."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from compendium.errors import DataError, FitError
from compendium.models import multiverse, weights

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
    draws = multiverse.draw_weights(400_000, seed=20051, n_boxes=4)

    found = weights.share_of_weightings(weights.require_sides(leans, sides), draws)

    assert found.share == pytest.approx(share, abs=0.003)
    assert found.low < found.share < found.high


def prefer(leans, pairs):
    """Stated orderings between cases whose leans are all known."""
    rows = [leans.loc[more] - leans.loc[less] for more, less in pairs]
    return pd.DataFrame(rows, [f"{more} > {less}" for more, less in pairs], leans.columns)


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
    rows = prefer(leans, [("a", "b"), ("b", "c"), ("c", "a")])

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
    rows = prefer(values, [*pairs, ("METRO2", "BUS"), ("BUS", "TAXI")])
    objective = pd.DataFrame({step: [1.0] for step in values if step.startswith(criterion)})

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
    assert weights.find_bounds(rows, pd.DataFrame({"resources": [1.0]}))[0] == pytest.approx(0.5)


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
    draws = multiverse.draw_weights(2000, seed=7, n_boxes=4)
    share = weights.share_of_weightings(rows, draws).share

    assert share == 0 or weights.find_margin(rows).feasible


def test_a_share_from_sampling_meets_the_exact_one():
    """One box against two, sampled instead of worked out."""
    rows = pd.DataFrame([[-1, -1, 1], [-0.5, -0.5, 0.5]], columns=list("abc"))
    draws = multiverse.draw_weights(200_000, seed=5, n_boxes=3)

    found = weights.share_of_weightings(rows, draws)

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
        weights.find_bounds(rows, pd.DataFrame({"local": [1.0]}), 0.1)
    with pytest.raises(FitError, match="nothing follows for pairs"):
        weights.compare_boxes(rows)


def ends(cases, low, high, boxes=2):
    """Ranges of cases that are the same in every box."""
    return [
        pd.DataFrame(float(end), index=list(cases), columns=list("xyz")[:boxes])
        for end in (low, high)
    ]


NO_SIDE = pd.Series(dtype=object)


@pytest.mark.parametrize(("chain", "margin"), [("ab", 2), ("abc", 1), ("abcd", 2 / 3)])
def test_a_chain_shares_the_scale_among_its_steps(chain, margin):
    """Tilts lie from -1 to 1: three steps cannot each exceed two thirds."""
    pairs = list(pairwise(chain))
    rows = weights.require_together(*ends(chain, -1, 1), NO_SIDE, pairs)

    # A margin is held to 1; whole chains of one step could have 2.
    assert weights.find_margin(rows).margin == pytest.approx(min(margin, 1))
    assert rows.loc[f"{chain[0]} > {chain[-1]}"].tolist() == pytest.approx([margin] * 2)


def test_a_case_both_above_and_below_another_is_impossible():
    """However wide the ranges: a circle is a row of 0."""
    rows = weights.require_together(*ends("ab", -1, 1), NO_SIDE, [("a", "b"), ("b", "a")])

    assert not weights.find_margin(rows).feasible
    assert rows.loc["a > a"].eq(0).all()


def test_a_case_above_one_that_tips_left_stands_two_steps_above_level():
    """Level is 0: a half is the most there is. Right of level likewise."""
    pairs, sides = [("a", "b")], pd.Series({"b": "left"})
    rows = weights.require_together(*ends("ab", -1, 1), sides, pairs)

    assert weights.find_margin(rows).margin == pytest.approx(0.5)
    assert rows.loc["a > level"].tolist() == [0.5, 0.5]


def test_an_open_box_cannot_lean_both_ways_at_once():
    """Each ordering can be had by itself; with b level on one box both ways, not together."""
    low, high = ends("abc", 0, 0, boxes=1)
    low.loc["b"], high.loc["b"] = -1, 1

    for pair in (("a", "b"), ("b", "c")):
        assert weights.find_margin(weights.require_together(low, high, NO_SIDE, [pair])).feasible
    both = weights.require_together(low, high, NO_SIDE, [("a", "b"), ("b", "c")])
    assert not weights.find_margin(both).feasible


def solve_with_leans(low, high, sides, pairs):
    """The same question with the leans as variables: z = w x, each case's own, in every row."""
    n, k = low.shape
    z = {(c, b): k + i * k + j for i, c in enumerate(low.index) for j, b in enumerate(low)}
    n_all = k + n * k + 1
    upper = []

    def least(terms):
        row = np.zeros(n_all)
        row[-1] = 1
        for case, sign in terms:
            row[[z[case, b] for b in low]] -= sign
        upper.append(row)

    for case, side in sides.items():
        least([(case, {"left": 1, "right": -1}[side])])
    for more, less in pairs:
        least([(more, 1), (less, -1)])
    for (case, b), place in z.items():
        for sign, end in ((-1, low), (1, high)):
            row = np.zeros(n_all)
            row[place], row[list(low).index(b)] = sign, -sign * end.loc[case, b]
            upper.append(row)
    total = np.r_[np.ones(k), np.zeros(n_all - k)][None]
    bounds = [(0, 1)] * k + [(None, None)] * (n * k) + [(None, 1)]
    aim = np.r_[np.zeros(n_all - 1), -1.0]
    return -linprog(aim, np.array(upper), np.zeros(len(upper)), total, [1.0], bounds).fun


@st.composite
def systems(draw):
    """Ranges of four cases, sides of some, orderings in which no case stands above itself."""
    cells = st.tuples(st.integers(-1, 1), st.integers(-1, 1)).map(sorted)
    cells = draw(st.lists(cells, min_size=12, max_size=12))
    low, high = (
        pd.DataFrame(np.reshape([cell[n] for cell in cells], (4, 3)), list("abcd"), list("xyz"))
        for n in (0, 1)
    )
    sides = draw(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["left", "right"])))
    pairs = draw(st.lists(st.sampled_from([("a", "b"), ("b", "c"), ("a", "c"), ("b", "d")]),
                          unique=True, min_size=1))  # fmt: skip
    return low, high, pd.Series(sides, dtype=object), pairs


@given(systems())
@settings(max_examples=60, deadline=None)
def test_the_rows_say_what_a_program_with_leans_as_variables_says(system):
    """The same margin where there is one, and none where there is none."""
    found = weights.find_margin(weights.require_together(*system)).margin
    asked = solve_with_leans(*system)

    assert max(found, 0) == pytest.approx(max(asked, 0), abs=1e-7)


@given(systems())
@settings(max_examples=40, deadline=None)
def test_asking_together_never_allows_more_than_asking_apart(system):
    """Each row filled in by itself as kindly as possible is an upper bound."""
    low, high, sides, pairs = system
    apart = [high.loc[more] - low.loc[less] for more, less in pairs]
    apart += [high.loc[c] if side == "left" else -low.loc[c] for c, side in sides.items()]
    bound = weights.find_margin(pd.DataFrame(apart)).margin

    assert weights.find_margin(weights.require_together(*system)).margin <= max(bound, 0) + 1e-7


@given(any_rows, st.data())
@settings(max_examples=30, deadline=None)
def test_stated_leans_alone_are_as_they_were(leans, data):
    """Without open boxes and orderings it is the margin of the sides."""
    side = st.sampled_from(["left", "right"])
    sides = pd.Series({case: data.draw(side) for case in leans.index})
    together = weights.require_together(leans, leans, sides, [])
    expected = weights.find_margin(weights.require_sides(leans, sides)).margin
    found = weights.find_margin(together).margin

    # Two steps join a case on the left with one on the right: that never binds first.
    assert max(found, 0) == pytest.approx(max(expected, 0), abs=1e-7)


def test_ranges_that_say_nothing_are_refused():
    """A case without leans, a side that is none, a range that is missing."""
    low, high = ends("ab", -1, 1)

    with pytest.raises(DataError, match=r"no leans of: found \['c'\]"):
        weights.require_together(low, high, NO_SIDE, [("a", "c")])
    with pytest.raises(DataError, match="sides: found up"):
        weights.require_together(low, high, pd.Series({"a": "up"}), [])
    high.loc["b", "x"] = np.nan
    with pytest.raises(DataError, match=r"row .b., x: found nan"):
        weights.require_together(low, high, NO_SIDE, [("a", "b")])
