"""Whether solutions outlive their settings: laws, small cases by hand, Lipset's data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_qca import FIVE, LC, LF

from compendium.errors import DataError, SettingError
from compendium.models import robustness
from compendium.models.qca import find_solutions, fit_solution, membership, truth_table

CASES = pd.DataFrame(
    {"a": [1, 1, 1, 0, 0, 0], "b": [1, 0, 1, 1, 0, 0], "y": [1, 1, 0, 1, 0, 1]},
    index=list("uvwxyz"),
)
WIDE = "DEV*~IND + URB*STB"
# The data of the help pages of SetMethods (R; PAYF, after Paykani and others 2018): 131 countries.
HEALTH = Path(__file__).parent / "data" / "health.csv"


def held(*solutions, cases=CASES):
    return pd.DataFrame({one: membership(cases, one) for one in solutions})


def test_a_solution_that_all_settings_give_is_wholly_robust():
    """Every measure is 1, and the core is the solution itself."""
    found = robustness.fit_robustness(held("a").a, held("a"), CASES.y)

    assert found.tolist() == [1.0] * 6
    assert robustness.find_core(["a", "a"], ["a", "b"]) == "a"


def test_fit_and_case_ratios_by_hand():
    """Initial a (u v w), others a*b (u w) and a + b (u v w x); y holds of u v x z.

    The core is a*b: consistency 1/2 against 2/3, coverage of u alone against u and v. Of cases with
    the outcome u is held by all, u v x by any; of those without, w by all.
    """
    found = robustness.fit_robustness(held("a").a, held("a*b", "a + b"), CASES.y)

    assert found.to_dict() == pytest.approx(
        {
            "RF_cons": (2 / 3) / (1 / 2),
            "RF_cov": 1 / 2,
            "RF_SC_min": 2 / 3,
            "RF_SC_max": 3 / 4,
            "RCR_typ": 1 / 3,
            "RCR_dev": 1.0,
        }
    )


def test_cases_are_sorted_by_hand():
    """The same solutions, case by case."""
    found = robustness.sort_cases(held("a").a, held("a*b", "a + b"), CASES.y)

    assert found.type.tolist() == [
        "typical", "typical", "deviant in kind", "deviant in coverage", "irrelevant",
        "deviant in coverage",
    ]  # fmt: skip
    assert found.standing.tolist() == [
        "robust", "shaky", "robust", "possible", "outside", "outside"
    ]  # fmt: skip


def test_degrees_make_two_more_types():
    """Held more than the outcome is: deviant in degree; exactly .5: on the border."""
    x = pd.Series([0.9, 0.7, 0.5])
    found = robustness.sort_cases(x, x.to_frame("other"), pd.Series([0.6, 0.8, 1.0]))

    assert found.type.tolist() == ["deviant in degree", "typical", "on the border"]


def test_a_core_that_holds_nobody_has_no_consistency():
    """Missing, and the coverage that is left is 0."""
    found = robustness.fit_robustness(held("a").a, held("~a"), CASES.y)

    assert np.isnan(found.RF_cons)
    assert found.RF_cov == 0
    assert robustness.find_core(["a", "~a"], ["a", "b"]) == ""


def test_the_core_of_lipset():
    """At .7 a third row joins: URB*STB + DEV*~IND is in LIT*... of both; the core fits as itself.

    The core of the parsimonious solutions at .8 and at .7 lies within each of them, case by case.
    """
    solutions = []
    for cut in (0.8, 0.7):
        found = find_solutions(truth_table(LF, FIVE, "SURV", cut=cut), FIVE).set_index("kind")
        solutions.append(found.solution["parsimonious"])
    core = robustness.find_core(solutions, FIVE)
    measures = robustness.fit_robustness(
        membership(LF, solutions[0]), held(solutions[1], cases=LF), LF.SURV
    )

    assert set(solutions[0].split(" + ")) == set(WIDE.split(" + "))
    assert solutions[1] == "DEV*STB"
    inside = membership(LC, core)
    assert all((inside <= membership(LC, one)).all() for one in solutions)
    both = np.minimum(*(membership(LF, one) for one in solutions))
    whole = fit_solution(LF, solutions[0], "SURV").loc["solution"]
    assert measures.RF_cons == pytest.approx(
        whole.consistency / (np.minimum(both, LF.SURV).sum() / both.sum())
    )


def test_the_example_of_setmethods():
    """Its `rob.fit` page: three solutions, and what SetMethods 4.1 prints of them (K24).

    Oana and Schneider (2024). Parsimonious solutions at .87 and two cases, the initial one, at .7,
    and with one case; the output is that of a public run of the page's example.
    """
    countries = pd.read_csv(HEALTH, index_col="country")
    conditions, found = ["HE", "GG", "AH", "HI", "HW"], []
    for cut, n_cut in ((0.87, 2), (0.7, 2), (0.87, 1)):
        table = truth_table(countries, conditions, "HL", cut=cut, n_cut=n_cut)
        found.append(find_solutions(table, conditions).set_index("kind").solution["parsimonious"])
    expected = ["GG*AH + HE*~GG*HI*HW", "AH*HI + HE + HW", "HE*GG*AH + HE*~GG*HI*HW"]
    initial, *others = (membership(countries, one) for one in found)
    measures = robustness.fit_robustness(initial, pd.DataFrame(others).T, countries.HL)

    assert found == expected
    printed = {"RF_cov": 0.987, "RF_cons": 0.973, "RF_SC_min": 0.960, "RF_SC_max": 0.724}
    assert measures[list(printed)].to_dict() == pytest.approx(printed, abs=0.0005)


def test_lipset_solution_holds_between_two_rows_consistencies():
    """Above .708772 (row 10111) and up to .804270 (row 10101): methods K19."""
    found = robustness.find_ranges(LF, FIVE, "SURV", cut=0.8, n_cut=1)

    assert found["cut_above"] == pytest.approx(0.708772, abs=5e-7)
    assert found["cut_to"] == pytest.approx(0.804270, abs=5e-7)
    assert found["n_cut_from"] == 1
    for cut in (found["cut_above"], found["cut_to"] + 1e-6):
        table = truth_table(LF, FIVE, "SURV", cut=cut)
        assert WIDE not in set(find_solutions(table, FIVE).solution)


def test_lipset_contradicts_itself_on_rows_without_a_case():
    """DEV*STB and ~DEV + ~STB share no row; DEV + STB would share some with the second."""
    table = truth_table(LC, FIVE, "SURV", cut=1)
    ask = (table, FIVE)

    assert robustness.find_contradictory(*ask, "DEV*STB", "~DEV + ~STB") == []
    shared = robustness.find_contradictory(*ask, "DEV*STB", "URB")
    assert shared == [row for row in table.index[table.n == 0] if row[0] + row[1] + row[4] == "111"]


def test_consistency_between_and_within_by_hand():
    """Site p holds u v w (2/3), q x y z (none in a); kind k has u x, l v y, m w z."""
    sites = pd.Series(list("pppqqq"), CASES.index)
    kinds = pd.Series(list("klmklm"), CASES.index)
    found = robustness.compare_parts(CASES, "b", "y", sites, kinds).set_index(["part", "name"])

    assert found.consistency["pooled", "all cases"] == pytest.approx(2 / 3)
    assert found.consistency["between"].to_dict() == {"p": 0.5, "q": 1.0}
    assert found.consistency["within"].dropna().to_dict() == {"k": 1.0, "m": 0.0}
    # (1/3 - 1/2)^2 twice: the root of 1/18.
    assert found.distance["between"].iloc[0] == pytest.approx(np.sqrt(1 / 18))
    assert found.coverage["pooled", "all cases"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: robustness.find_core([], ["a"]), SettingError, "n_solutions: found 0"),
        (lambda: robustness.find_core(["c"], ["a"]), SettingError, "allowed: a"),
        (
            lambda: robustness.fit_robustness(held("a").a, held(), CASES.y),
            DataError,
            "allowed: the same|one or more",
        ),
        (
            lambda: robustness.fit_robustness(held("a").a.replace(1, 2), held("a"), CASES.y),
            DataError,
            "0 or more and 1 or less",
        ),
        (
            lambda: robustness.sort_cases(held("a").a.iloc[::-1], held("a"), CASES.y),
            DataError,
            "allowed: the same",
        ),
        (
            lambda: robustness.sort_cases(held("a").a, held("a"), CASES.y.replace(1, np.nan)),
            DataError,
            "found nan",
        ),
        (
            lambda: robustness.compare_parts(CASES, "a", "y", CASES.a.head(2), CASES.b),
            DataError,
            "one for each case",
        ),
        (
            lambda: robustness.find_ranges(CASES, ["a"], "y", cut=1.5, n_cut=1),
            SettingError,
            "from 0 to 1",
        ),
        (
            lambda: robustness.find_ranges(CASES, ["a"], "y", cut=0.5, n_cut=1, kind="shortest"),
            SettingError,
            "no kind 'shortest'",
        ),
    ],
)
def test_what_has_no_answer_is_refused(ask, error, words):
    """With what was found and what is allowed."""
    with pytest.raises(error, match=words):
        ask()
