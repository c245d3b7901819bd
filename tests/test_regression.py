"""Proportional odds against R's printed digits, and separation against geometry."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from compendium.errors import DataError, FitError
from compendium.models import regression

# Randall (1989), as in R's ordinal::wine: bitterness ratings 1 to 5 by (warm, contact).
WINE = {(0, 0): "49500", (0, 1): "17820", (1, 0): "05832", (1, 1): "01575"}
# Heinze and Schemper (2002): 79 women, histology HG by NV, PI and EH. The rows are those of R's
# enrichwith and brglm2 (from Agresti's page, users.stat.ufl.edu/~aa/glm/data), read from
# csv/OncoDataSets/EndometrialCancer_df.csv of vincentarelbundock/Rdatasets.
ENDOMETRIAL = Path(__file__).parent / "data" / "endometrial.csv"
# McCullagh and Nelder (1989, p. 175): 52 ratings from 1 to 9 of each of four cheeses.
CHEESES = ["001788J81", "69CB76100", "1168N7510", "000137EGB"]


@pytest.fixture(scope="module")
def wine():
    rows = [
        (*cell, rating)
        for cell, counts in WINE.items()
        for rating, count in enumerate(counts, start=1)
        for _ in range(int(count))
    ]
    return pd.DataFrame(rows, columns=["warm", "contact", "rating"])


@pytest.fixture(scope="module")
def wine_fit(wine):
    return regression.fit_proportional_odds(wine.rating, wine[["warm", "contact"]])


@pytest.fixture(scope="module")
def women():
    return pd.read_csv(ENDOMETRIAL)


@pytest.fixture(scope="module")
def firth(women):
    fit = regression.fit_firth(women.HG, women[["NV", "PI", "EH"]])
    return fit.coefficients.set_index("term")


@pytest.mark.parametrize(
    ("term", "estimate", "standard_error"),
    [
        ("warm", 2.5031, 0.5287),
        ("contact", 1.5278, 0.4766),
        ("1|2", -1.3444, None),
        ("2|3", 1.2508, None),
        ("3|4", 3.4669, None),
        ("4|5", 5.0064, None),
    ],
)
def test_the_wine_coefficients(wine_fit, term, estimate, standard_error):
    """The wine data of Randall (1989) as R's clm fits them: four digits, thresholds too."""
    row = wine_fit.coefficients.set_index("term").loc[term]

    assert row.estimate == pytest.approx(estimate, abs=0.00005)
    if standard_error is not None:
        assert row.standard_error == pytest.approx(standard_error, abs=0.00005)


def test_the_wine_likelihood(wine_fit):
    """R's clm: -86.4919."""
    assert wine_fit.log_likelihood == pytest.approx(-86.4919, abs=0.00005)


def test_the_cheeses_of_mccullagh_and_nelder():
    """SAS, PROC LOGISTIC, "Multiple Response Cheese Tasting Experiment" (K17): all as printed.

    It models the lower ratings, so that its slopes have the other sign; the fourth cheese is the
    reference.
    """
    rows = [
        (cheese, rating)
        for cheese, counts in enumerate(CHEESES)
        for rating, count in enumerate(counts, start=1)
        for _ in range(int(count, 36))
    ]
    tasted = pd.DataFrame(rows, columns=["cheese", "rating"])
    fit = regression.fit_proportional_odds(tasted.rating, pd.get_dummies(tasted.cheese)[[0, 1, 2]])
    slopes = [-1.6128, -4.9646, -3.3227]
    cuts = [-7.0802, -6.0250, -4.9254, -3.8568, -2.5206, -1.5685, -0.0669, 1.4930]

    assert fit.coefficients.estimate.tolist() == pytest.approx([*slopes, *cuts], abs=0.00005)
    assert -2 * fit.log_likelihood == pytest.approx(711.348, abs=0.0005)


def nominal_likelihood(wine, free, held):
    """The maximum where one predictor shifts each threshold by its own amount."""

    def minus_likelihood(parameters):
        slope, first = parameters[:2]
        thresholds = first + np.append(0, np.cumsum(np.exp(parameters[2:5])))
        shifts = np.outer(wine[free], parameters[5:]) + slope * wine[held].to_numpy()[:, None]
        inner = expit(thresholds - shifts)
        below = np.column_stack([np.zeros(len(wine)), inner, np.ones(len(wine))])
        chance = np.diff(below)[np.arange(len(wine)), wine.rating - 1]
        return -np.log(np.maximum(chance, 1e-12)).sum()

    found = minimize(minus_likelihood, [1, -1, 1, 1, 0.5, 2, 2, 2, 2], options={"gtol": 1e-4})
    return -found.fun


@pytest.mark.parametrize(
    ("free", "held", "ratio"), [("warm", "contact", 3.175), ("contact", "warm", 0.567)]
)
def test_the_wine_odds_are_proportional(wine, wine_fit, free, held, ratio):
    """R's nominal_test: freeing the thresholds gains 3.175 (temperature) or .567 (contact)."""
    gain = 2 * (nominal_likelihood(wine, free, held) - wine_fit.log_likelihood)

    assert gain == pytest.approx(ratio, abs=0.0005)


def test_a_binary_table_in_closed_form():
    """Two categories and one binary predictor: log odds ratio and the root of summed 1 / counts."""
    predictors = pd.DataFrame({"resources": np.repeat([0, 1], [10, 12])})
    outcome = pd.Series(np.repeat([1, 2, 1, 2], [7, 3, 4, 8]))
    slope, threshold = regression.fit_proportional_odds(
        outcome, predictors
    ).coefficients.itertuples()

    assert slope.estimate == pytest.approx(np.log(7 * 8 / (3 * 4)), abs=1e-5)
    assert slope.standard_error == pytest.approx(np.sqrt(1 / 7 + 1 / 3 + 1 / 4 + 1 / 8), abs=1e-4)
    assert threshold.estimate == pytest.approx(np.log(7 / 3), abs=1e-5)


def test_new_names_for_the_categories_change_nothing(wine, wine_fit):
    """Only the order of the categories counts, whatever they are called; unused ones do not."""
    names = ["low", "fair", "middling", "good", "high", "never"]
    renamed = pd.Series(pd.Categorical.from_codes(wine.rating - 1, names, ordered=True))
    fit = regression.fit_proportional_odds(renamed, wine[["warm", "contact"]])

    assert fit.coefficients.estimate.tolist() == wine_fit.coefficients.estimate.tolist()
    assert fit.coefficients.term[2] == "low|fair"
    assert len(fit.coefficients) == 6


def test_turning_the_outcome_round_turns_the_slopes(wine, wine_fit):
    """Counted from the other end, slopes and thresholds change sign, and thresholds order."""
    fit = regression.fit_proportional_odds(-wine.rating, wine[["warm", "contact"]])
    slopes, thresholds = np.split(wine_fit.coefficients.estimate.to_numpy(), [2])

    assert fit.coefficients.estimate[:2].to_numpy() == pytest.approx(-slopes, abs=1e-4)
    assert fit.coefficients.estimate[2:].to_numpy() == pytest.approx(-thresholds[::-1], abs=1e-4)


def test_shifting_a_predictor_moves_the_thresholds_alone(wine, wine_fit):
    """Where a predictor has its zero is no matter to any slope or to the likelihood."""
    shifted = wine[["warm", "contact"]] + [3, 0]
    fit = regression.fit_proportional_odds(wine.rating, shifted)
    moved = fit.coefficients.estimate - wine_fit.coefficients.estimate

    assert moved[:2].to_numpy() == pytest.approx([0, 0], abs=1e-4)
    assert moved[2:].to_numpy() == pytest.approx(np.full(4, 3 * 2.5031), abs=1e-3)
    assert fit.log_likelihood == pytest.approx(wine_fit.log_likelihood, abs=1e-6)


@pytest.mark.parametrize(
    ("term", "estimate", "standard_error"),
    [
        ("intercept", 3.774559, 1.48869),
        ("NV", 2.929273, 1.55076),
        ("PI", -0.034752, 0.03958),
        ("EH", -2.604164, 0.77602),
    ],
)
def test_the_firth_coefficients_of_the_endometrial_data(firth, term, estimate, standard_error):
    """brglm2 and logistf, to six and five digits (K12)."""
    # One unit, not half: the intercept is printed cut off, its maximum is at 3.77455971.
    assert firth.estimate[term] == pytest.approx(estimate, abs=1e-6)
    assert firth.standard_error[term] == pytest.approx(standard_error, abs=0.000005)


@pytest.mark.parametrize(
    ("term", "p", "half_unit"),
    [("NV", 0.00912, 5e-6), ("PI", 0.387, 5e-4), ("EH", 2.5e-5, 5e-7)],
)
def test_the_firth_tests_of_the_endometrial_data(firth, term, p, half_unit):
    """Penalised likelihood ratios of Heinze and Schemper (2002)."""
    assert firth.p_value[term] == pytest.approx(p, abs=half_unit)


def test_the_endometrial_data_are_separated_by_one_predictor(women):
    """All 13 women with neovasculation have a high grade: quasi, and by NV alone."""
    kind, direction = regression.find_separation(women.HG, women[["NV", "PI", "EH"]])

    assert kind == "quasi"
    assert direction.to_dict() == {"NV": 1.0, "PI": 0.0, "EH": 0.0}


@pytest.mark.parametrize(
    ("outcome", "estimates"),
    [
        ([0, 0, 0, 0, 1, 1, 1, 0], [-2.197225, 3.044522]),
        ([0] * 5 + [1] * 5, [-np.log(11), 2 * np.log(11)]),
    ],
)
def test_firth_adds_half_a_case_to_each_cell(outcome, estimates):
    """0 of 4 against 3 of 4: the closed form of a saturated model (K11).

    And 0 of 5 against 5 of 5, at complete separation: log(.5 / 5.5) and twice its opposite.
    """
    predictors = pd.DataFrame({"x": np.repeat([0, 1], len(outcome) // 2)})
    fit = regression.fit_firth(pd.Series(outcome), predictors)

    assert fit.coefficients.estimate.tolist() == pytest.approx(estimates, abs=1e-6)


def test_three_categories_have_no_binary_model():
    """The message says which were found."""
    with pytest.raises(DataError, match=r"found 3 categories \(1, 2, 3\); allowed: 2"):
        regression.fit_firth(pd.Series([1, 2, 3]), pd.DataFrame({"x": [0, 1, 0]}))


def test_half_of_the_labellings_of_six_points_are_separable():
    """Cover (1965): six points in general position in the plane have 32 linear dichotomies.

    Two of them put all points on one side; points in general position never separate by halves.
    """
    points = pd.DataFrame(np.random.default_rng(1).normal(size=(6, 2)), columns=["x", "y"])
    kinds = [
        regression.find_separation(pd.Series(labels), points).kind
        for labels in product([0, 1], repeat=6)
        if 0 < sum(labels) < 6
    ]

    assert (kinds.count("complete"), kinds.count("quasi")) == (30, 0)


def test_an_outcome_that_is_its_predictor_is_refused():
    """Twelve points, three levels, y = x (K13): statsmodels gives 36.7 without a warning."""
    levels = pd.Series(np.tile([1, 2, 3], 4))
    with pytest.raises(FitError, match=r"complete separation by resources: .* has no maximum"):
        regression.fit_proportional_odds(levels, levels.to_frame("resources"))


@pytest.mark.parametrize(
    ("predictor", "kind"),
    [
        ([-1, -1, 0, 0, 1, 1], "complete"),
        ([5, 5, 3, 3, -7, -7], "complete"),
        ([-1, 0, 0, 0, 0, 1], "quasi"),
        ([-1, 0, 0, 1, 1, 1], "quasi"),
        ([-1, 1, 0, 0, 1, 1], "none"),
        ([-1, 0, 1, 0, 0, 1], "none"),
    ],
)
def test_separation_of_three_categories_by_one_predictor(predictor, kind):
    """Apart, touching at a value, or overlapping: to be seen by eye."""
    found = regression.find_separation(
        pd.Series([1, 1, 2, 2, 3, 3]), pd.DataFrame({"culture": predictor})
    )

    assert found.kind == kind


def test_the_direction_orders_the_cases():
    """Two predictors separate together what neither does alone, and the message names both."""
    predictors = pd.DataFrame(
        {"resources": [0, 2, 1, 3, 2, 4], "culture": [2, 0, 2, 0, 2, 0], "none": [1, 0, 0, 1, 1, 0]}
    )
    outcome = pd.Series([1, 1, 2, 2, 3, 3])
    kind, direction = regression.find_separation(outcome, predictors)
    sums = (predictors @ direction).groupby(outcome).agg(["min", "max"])

    assert kind == "complete"
    assert (sums["min"].iloc[1:].to_numpy() > sums["max"].iloc[:-1].to_numpy()).all()
    with pytest.raises(FitError, match="separation by resources, culture: "):
        regression.fit_proportional_odds(outcome, predictors)


def test_all_that_is_wrong_with_the_cases_is_said_at_once():
    """Missing, constant, without order or no number: each named with its place."""
    outcome = pd.Series(["high", "low", None], index=["SS", "EH", "HA"])
    predictors = pd.DataFrame(
        {"constant": [1, 1, 1], "gap": [0, None, 1], "words": list("abc")}, index=outcome.index
    )
    with pytest.raises(DataError) as problem:
        regression.find_separation(outcome, predictors)

    message = str(problem.value)
    for line in (
        "outcome: found str; allowed: numbers, an ordered categorical",
        "outcome: missing in case HA",
        "gap: missing in case EH",
        "constant: the same in every case",
        "words: found str; allowed: numbers",
    ):
        assert line in message


@pytest.mark.parametrize(
    ("outcome", "predictors", "message"),
    [
        (pd.Series([2, 2, 2]), {"x": [0, 1, 0]}, "outcome: the same in every case"),
        # A predictor and its opposite have no slopes of their own.
        (
            pd.Series([1, 2, 2, 1]),
            {"for": [0, 1, 0, 1], "against": [1, 0, 1, 0]},
            "for, against: one is a weighted sum of the others",
        ),
        # Outcome and predictors are matched by case, never by place.
        (pd.Series([1, 2, 1], list("abc")), {"x": [0, 1, 0]}, "outcome: not the same cases"),
        (pd.Series([0, 1, 0, 1]), {"x": [0, 1, np.inf, 2]}, "x: found an infinite number; allowed"),
        (pd.Series([0, 1, 0, 1]), {}, "predictors: found none"),
    ],
)
@pytest.mark.parametrize("fit", [regression.fit_proportional_odds, regression.fit_firth])
def test_cases_that_cannot_be_fitted_are_refused(fit, outcome, predictors, message):
    """What does not vary cannot be explained; what is infinite, or not there, explains nothing."""
    index = range(len(outcome))
    with pytest.raises(DataError, match=message):
        fit(outcome, pd.DataFrame(predictors, index))


@pytest.mark.parametrize("scale", [1, 1e-3, 1e12, 1e-150])
@pytest.mark.parametrize("shift", [0, 1])
def test_the_unit_of_a_predictor_is_no_matter(scale, shift):
    """Populations in heads or in thousands, near 0 or far from it: .010226 per thousand."""
    heads = [198, 250, 310, 280, 420, 390, 460, 300, 510, 550]
    populations = pd.DataFrame({"population": np.array(heads) * scale + 1000 * scale * shift})
    fit = regression.fit_proportional_odds(pd.Series(LEVELS_OF_TEN), populations)

    assert fit.coefficients.estimate[0] * scale == pytest.approx(0.0102265, rel=1e-4)
    assert fit.coefficients.standard_error[0] * scale == pytest.approx(0.0064, abs=0.0005)


LEVELS_OF_TEN = [0, 0, 1, 1, 0, 1, 2, 2, 1, 2]


def test_years_are_counted_from_anywhere():
    """2000 to 2009, and 0 to 9: a slope of .800575 a year."""
    for first in (0, 2000, 1e6):
        years = pd.DataFrame({"year": first + np.arange(10)})
        fit = regression.fit_proportional_odds(pd.Series(LEVELS_OF_TEN), years)
        assert fit.coefficients.estimate[0] == pytest.approx(0.800575, abs=1e-6)


@pytest.mark.parametrize("far", [0, 1e6])
def test_firth_does_not_go_to_and_fro(far):
    """Thirteen cases on which full steps oscillate: -2.382, 4.932, 3.463."""
    cells = [(0, 1), *[(1, 0)] * 5, (1, 1), (0, 0), (0, 0), (1, 0), *[(0, 0)] * 3]
    predictors = pd.DataFrame(cells, columns=["a", "b"]) + far
    outcome = pd.Series([1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0])
    estimates = regression.fit_firth(outcome, predictors).coefficients.estimate

    assert estimates[1:].tolist() == pytest.approx([4.932, 3.463], abs=5e-4)
    assert estimates[0] + far * estimates[1:].sum() == pytest.approx(-2.382, abs=1e-3)


def test_what_has_no_maximum_is_refused_and_nothing_else():
    """A hundred small samples: a fit, or the separation that linear programming finds; Firth."""
    draw, refused = np.random.default_rng(7), []
    for _ in range(100):
        n, width = draw.integers(6, 20), draw.integers(1, 4)
        predictors = pd.DataFrame(draw.integers(-1, 2, (n, width))).add_prefix("x")
        outcome = pd.Series(draw.integers(0, 3, n))
        try:
            kind = regression.find_separation(outcome, predictors).kind
        except DataError:
            continue
        if kind != "none":
            refused.append(kind)
            with pytest.raises(FitError, match=f"{kind} separation"):
                regression.fit_proportional_odds(outcome, predictors)
        elif (outcome > 0).nunique() == 2:
            assert np.isfinite(
                regression.fit_proportional_odds(outcome, predictors).coefficients.standard_error
            ).all()
            regression.fit_firth((outcome > 0).astype(int), predictors)

    assert len(refused) > 10
