"""What models refuse: missing numbers, unknown names, no shares, conditions in another order."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from compendium.errors import DataError, FitError, SettingError
from compendium.models import (
    counts,
    dependence,
    guards,
    multiverse,
    ordering,
    qca,
    structures,
    weights,
)

ROWS = pd.DataFrame({"trust": [1.0, -1.0], "money": [-1.0, 1.0]}, index=["a", "b"])


def test_every_number_that_is_none_is_named():
    """A missing one, an infinite one, a word: with row and column, all at once."""
    table = pd.DataFrame(
        {"x": [1.0, np.nan], "y": [np.inf, 2.0], "z": ["one", "2"]}, index=["a", "b"]
    )

    with pytest.raises(DataError) as refused:
        guards.check_numbers(table, "leans")
    assert str(refused.value).splitlines() == [
        "leans (allowed: a finite number each):",
        "  row 'a', y: found inf",
        "  row 'a', z: found one",
        "  row 'b', x: found nan",
    ]
    with pytest.raises(DataError, match="found 0 rows of 1 columns"):
        guards.check_numbers(table[["x"]].head(0), "leans")


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
        weights.find_bounds(ROWS.head(1), pd.Series({"mony": 1.0}))
    with pytest.raises(SettingError, match="no box 'mony'; allowed: trust, money"):
        multiverse.weigh_boxes(["trust", "money"], {"mony": 2.0})


def test_a_missing_trait_is_not_a_yes():
    """Missing is no duty, and no lack of one."""
    duty = structures.offer(["trust"], {})["M4 duty as a floor"]
    traits = pd.DataFrame({"mandated": [True, None]}, index=["ward", "clinic"])
    sides = pd.Series({"ward": "right", "clinic": "right"})

    with pytest.raises(DataError, match="row 'clinic', mandated: found None"):
        structures.expected_sides(duty, sides, traits)
    with pytest.raises(DataError, match="row 'clinic', mandated: found None"):
        structures.tilts(duty, np.array([[1.0], [1.0]]), np.array([1.0]), traits)


def test_conditions_in_another_order_name_another_solution():
    """The rows of a truth table stand in the order of its conditions."""
    cases = pd.DataFrame({"broad": [1, 1, 0], "large": [0, 1, 1], "left": [1, 0, 0]})
    table = qca.truth_table(cases, ["broad", "large"], "left")

    assert qca.find_solutions(table, ["broad", "large"]).solution[0] == "broad*~large"
    for wrong in (["large", "broad"], ["broad"]):
        with pytest.raises(SettingError, match="allowed: the conditions as the truth table has"):
            qca.find_solutions(table, wrong)


PLAIN = structures.offer(["trust"], {})["M1 free weights"]
LEANS = pd.Series({"trust": 1.0, "money": np.nan})
ARCS = pd.DataFrame({"dependent": ["a", "a"], "provider": ["b", "b"], "low": 1, "high": 3})


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: structures.offer(["trust"], {"culture": "norms"}), SettingError, "no factor 'nor"),
        (
            lambda: structures.follow_years(
                LEANS, np.ones(2), 1, invested=True, scepticism=0, culture="norms"
            ),
            SettingError,
            "no box 'norms'",
        ),
        (lambda: multiverse.break_even(LEANS, "money"), SettingError, "lean 'money'; allowed: tr"),
        (lambda: multiverse.draw_weights(0, 1, 5), SettingError, "found 0 draws"),
        (
            lambda: multiverse.vary(
                PLAIN, np.ones((1, 1, 3)) / 3, pd.DataFrame(index=[0]), pd.Series(["left"]),
                n=0, seed=1,
            ),
            SettingError,
            "found 0 draws",
        ),
        (lambda: dependence.pair_up(ARCS), DataError, r"\('a', 'b'\)\] more than once"),
        (lambda: ordering.decided_share(nx.DiGraph()), FitError, "order of 0 units"),
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
