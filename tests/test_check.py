"""What models refuse: missing numbers, unknown names, no shares, conditions in another order."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from compendium.errors import CompendiumError, DataError, FitError, SettingError
from compendium.models import (
    agreement,
    balance,
    check,
    counts,
    dependence,
    multiverse,
    ordering,
    qca,
    simulation,
    weights,
)

ROWS = pd.DataFrame({"trust": [1.0, -1.0], "money": [-1.0, 1.0]}, index=["a", "b"])


def test_every_number_that_is_none_is_named():
    """A missing one, an infinite one, a word: with row and column, all at once."""
    table = pd.DataFrame(
        {"x": [1.0, np.nan], "y": [np.inf, 2.0], "z": ["one", "2"]}, index=["a", "b"]
    )

    with pytest.raises(DataError) as refused:
        check.numbers(table, "leans")
    assert str(refused.value).splitlines() == [
        "leans (allowed: a finite number each):",
        "  row 'a', y: found inf",
        "  row 'a', z: found one",
        "  row 'b', x: found nan",
    ]
    with pytest.raises(DataError, match="found 0 rows of 1 columns"):
        check.numbers(table[["x"]].head(0), "leans")


@pytest.mark.parametrize(
    "ask", [weights.find_margin, weights.find_conflicts, weights.compare_boxes]
)
def test_rows_with_a_missing_number_say_nothing_of_the_weights(ask):
    """A lean that is missing or without end is no lean."""
    for wrong in (np.nan, np.inf):
        with pytest.raises(DataError, match=f"row 'b', trust: found {wrong}"):
            ask(ROWS.replace({"trust": {-1.0: wrong}}))


def test_six_cases_that_only_all_together_exclude_each_other_are_found():
    """Each box above the next, and the last above the first: as many cases as boxes."""
    circle = np.eye(6) - np.roll(np.eye(6), 1, axis=1)
    rows = pd.DataFrame(circle, list("abcdef"), [f"box {n}" for n in range(6)])

    assert weights.find_conflicts(rows) == [tuple("abcdef")]
    assert weights.find_conflicts(rows.head(5)) == []


def test_two_rows_of_one_name_cannot_be_told_apart():
    """A conflict names its rows."""
    with pytest.raises(DataError, match="'a' more than once"):
        weights.find_conflicts(ROWS.set_axis(["a", "a"]))


def test_a_misspelt_box_is_refused():
    """It would otherwise count nothing, and the answer would look like one."""
    with pytest.raises(SettingError, match="no box 'mony'; allowed: trust, money"):
        weights.find_bounds(ROWS.head(1), pd.DataFrame({"mony": [1.0]}))
    with pytest.raises(SettingError, match="no box 'mony'; allowed: trust, money"):
        multiverse.list_weightings(["trust", "money"], {"resources": "mony"})


def test_a_missing_trait_is_not_a_yes():
    """Missing is no duty, and no lack of one."""
    duty = balance.offer(["trust"], {})["M4 duty as a floor"]
    traits = pd.DataFrame({"mandated": [True, None]}, index=["ward", "clinic"])
    sides = pd.Series({"ward": "right", "clinic": "right"})

    with pytest.raises(DataError, match="row 'clinic', mandated: found None"):
        balance.expected_sides(duty, sides, traits)
    with pytest.raises(DataError, match="row 'clinic', mandated: found None"):
        balance.tilts(duty, np.array([[1.0], [1.0]]), np.array([1.0]), traits)


def test_conditions_in_another_order_name_another_solution():
    """The rows of a truth table stand in the order of its conditions."""
    cases = pd.DataFrame({"broad": [1, 1, 0], "large": [0, 1, 1], "left": [1, 0, 0]})
    table = qca.truth_table(cases, ["broad", "large"], "left")

    assert qca.find_solutions(table, ["broad", "large"]).solution[0] == "broad*~large"
    for wrong in (["large", "broad"], ["broad"]):
        with pytest.raises(SettingError, match="allowed: the conditions as the truth table has"):
            qca.find_solutions(table, wrong)


PLAIN = balance.offer(["trust"], {})["M1 free weights"]
LEANS = pd.Series({"trust": 1.0, "money": np.nan})
ARCS = pd.DataFrame({"dependent": ["a", "a"], "provider": ["b", "b"], "low": 1, "high": 3})


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: balance.offer(["trust"], {"culture": "norms"}), SettingError, "no factor 'nor"),
        (
            lambda: balance.follow_years(
                LEANS, np.ones(2), 1, invested=True, scepticism=0, culture="norms"
            ),
            SettingError,
            "no box 'norms'",
        ),
        (lambda: multiverse.break_even(LEANS, "money"), SettingError, "lean 'money'; allowed: tr"),
        (lambda: multiverse.draw_weights(0, 1, 5), SettingError, "n: found 0; allowed"),
        (
            lambda: multiverse.vary(
                PLAIN, np.ones((1, 1, 3)) / 3, pd.DataFrame(index=[0]), pd.Series(["left"]),
                n=0, seed=1,
            ),
            SettingError,
            "n: found 0; allowed: a whole number of 1 or more",
        ),
        (lambda: dependence.pair_up(ARCS), DataError, r"\('a', 'b'\)\] more than once"),
        (lambda: ordering.decided_share(nx.DiGraph()), FitError, "units in order: found 0"),
        (
            lambda: ordering.smallest_p_within(LEANS, pd.Series(["a", "a"])),
            DataError,
            "row 'money', value: found nan",
        ),
    ],
)  # fmt: skip
def test_what_has_no_answer_gets_none(ask, error, message):
    """No raw error, and no number that means nothing."""
    with pytest.raises(error, match=message):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: qca.needed_cases(4, 1.0),
        lambda: qca.needed_cases(4, 0.0),
        lambda: qca.chance_of_no_contradiction(8, 4, share=2),
        lambda: qca.chance_of_consistent_row(8, 4, cut=80),
        lambda: qca.weigh_rows(pd.DataFrame({"n_with": [1], "n_without": [0]}), -0.1),
        lambda: counts.finite_population_interval(5, 10, 20, level=95),
        lambda: counts.rate_interval(5, 1, level=np.nan),
    ],
)
def test_a_share_that_is_none_is_refused(ask):
    """Per cent for a share, a share beyond 1: no number comes out, and nothing runs for ever."""
    with pytest.raises(SettingError, match=r"found .*allowed: (from 0 to|between 0 and) 1"):
        ask()


SIDES = pd.Series({"a": "left", "b": "right"})
SETS = pd.DataFrame({"x": [1, 0], "y": [1, 0]}, index=["a", "b"])
CODES = pd.DataFrame({"anna": [1.0, 2.0], "ben": [1.0, 2.0]})
ODDS = np.full((2, 3), 1 / 3)
TABLE = pd.DataFrame({"n_with": [1, 0], "n_without": [0, 1]})
ORDER = pd.DataFrame({"more": ["a"], "less": ["b"], "line": [1.0]})
VALUES = pd.Series([1.0, 2.0, 3.0])
TOGETHER = pd.Series(list("aaa"))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        # Missing or infinite.
        (lambda: balance.side(np.nan), "tilt: found nan"),
        (lambda: weights.require_sides(ROWS.replace(1.0, np.inf), SIDES), "found inf"),
        (lambda: weights.find_bounds(ROWS, pd.DataFrame({"money": [np.nan]})), "found nan"),
        (
            lambda: weights.share_of_weightings(ROWS, np.full((3, 2), np.nan)),
            "weights of 0 or more",
        ),
        (lambda: multiverse.as_told(np.array([[np.nan, 1.0]]), SIDES), "none missing"),
        (lambda: multiverse.pick_codes(ODDS * np.nan, np.ones((1, 2))), "odds: found"),
        (lambda: multiverse.name_survival(np.nan), "0 to 100"),
        (
            lambda: balance.tilts(PLAIN, np.ones((1, 1)), np.array([np.nan]), TABLE[:1]),
            "0 or more",
        ),
        (lambda: ordering.build_order(ORDER.replace(1.0, np.nan)), "found nan"),
        (lambda: qca.membership(SETS.replace(1, np.nan), "x"), "found nan"),
        (lambda: agreement.alpha(CODES.replace(2.0, np.inf)), "code without end"),
        (lambda: agreement.judge(np.nan), "1 or less"),
        (lambda: counts.rate_interval(np.nan, 1), "whole number"),
        (lambda: counts.rate_interval(3, np.inf), "times above 0"),
        (lambda: counts.compare_epochs(VALUES * np.nan, pd.Series(list("aab"))), "found nan"),
        # Empty.
        (lambda: weights.share_of_weightings(ROWS, np.ones((0, 2))), "shape"),
        (
            lambda: multiverse.vary(PLAIN, ODDS[None, :1], TABLE[:0], SIDES[:0], n=2, seed=1),
            "cases: found 0",
        ),
        (lambda: qca.truth_table(SETS.head(0), ["x"], "y"), "no case"),
        (lambda: qca.find_covers(np.zeros((0, 0), bool)), "some cube holds"),
        (lambda: qca.vary_cuts({}, ["x"], "y", cuts=(0.8,)), "n_readings: found 0"),
        (lambda: dependence.build_network(ARCS.head(0)), "arcs: found 0"),
        # Given twice.
        (lambda: balance.check_weights({"trust": 1}, ["trust", "trust"]), "more than once"),
        (lambda: weights.find_margin(ROWS.set_axis(["trust", "trust"], axis=1)), "each name once"),
        (lambda: weights.require_sides(ROWS.set_axis(["a", "a"]), SIDES), "each once"),
        (lambda: balance.offer(["trust", "trust"], {}), "more than once"),
        (lambda: agreement.alpha(CODES.set_axis(["anna", "anna"], axis=1)), "more than once"),
        # Misspelt, or of other cases.
        (lambda: weights.require_sides(ROWS, SIDES.rename({"a": "c"})), "the same, each once"),
        (lambda: balance.offer(["trust"], {"kulture": "trust"}), "no role 'kulture'"),
        (lambda: balance.read_trait(TABLE, "smal"), "no trait 'smal'"),
        (lambda: agreement.compare_codings(CODES, CODES, {"anne": "nominal"}, 2, 1), "'anne'"),
        (lambda: counts.add_intervals(TABLE, 5), "no column 'count'"),
        (lambda: counts.add_intervals(TABLE, 5, binomial="wald"), "column|interval"),
        (lambda: ordering.correlate_within(VALUES, VALUES[:2], TOGETHER, 0, 1), "as many of each"),
        (lambda: ordering.smallest_p_within(VALUES, TOGETHER[:2]), "one for each"),
        # Out of range.
        (lambda: multiverse.draw_weights(2.5, 1, 2), "n: found 2.5"),
        (lambda: multiverse.draw_leans(ODDS, -1, 1), "n: found -1"),
        (lambda: multiverse.complete(np.array([1]), np.array([0])), "low <= high"),
        (lambda: multiverse.sobol_shares(np.sum, ["u"], np.nan, 1), "n: found nan"),
        (lambda: qca.truth_table(SETS, ["x"], "y", n_cut=0), "n_cut: found 0"),
        (lambda: qca.membership(SETS * 7, "x"), "1 or less"),
        (lambda: qca.chance_of_no_contradiction(np.inf, 3), "n_cases: found inf"),
        (lambda: qca.needed_cases(np.nan), "n_conditions: found nan"),
        (lambda: qca.weigh_rows(TABLE - 5, 0.5), "0 or more"),
        (lambda: simulation.actors_needed(2.0, categories=1), "categories: found 1"),
        (lambda: simulation.recover_weights(max, [0], 3, 1), "n_cases 0: found 0"),
        (lambda: counts.share_interval(5, 3), "at most all"),
        (lambda: counts.possible_tables(2.5, 1, 4), "first: found 2.5"),
        (lambda: dependence.pair_up(ARCS.head(1).assign(low=9)), "3 or less"),
        (lambda: agreement.bootstrap_alpha(CODES, "nominal", 2.5, 1), "n_draws: found 2.5"),
    ],
)
def test_every_door_says_what_it_takes(ask, message):
    """Missing, infinite, empty, twice, misspelt, out of range: found and allowed, and no answer."""
    with pytest.raises(CompendiumError, match=f"(?s){message}") as refused:
        ask()
    assert "allowed" in str(refused.value)
