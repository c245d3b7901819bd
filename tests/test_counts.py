"""Intervals for a sample that is half of its population."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from compendium.errors import FitError
from compendium.models import counts


@pytest.mark.parametrize(
    ("count", "low", "high"), [(43, 77, 91), (34, 57, 76), (16, 23, 42), (0, 0, 5), (50, 94, 99)]
)
def test_the_exact_interval_for_50_of_99(count, low, high):
    """What an exact two-sided hypergeometric test at 5 % does not reject.

    The first three are computed independently (equal-tailed inversion of the hypergeometric
    distribution, as for Clopper and Pearson 1934). None of 50 leaves at most 5, because all five
    escape the sample with probability (49 48 47 46 45) / (99 98 97 96 95) = .0267, and six with
    .0125; all of 50 mirrors it.
    """
    assert counts.finite_population_interval(count, 50, 99) == (low, high)


def test_the_bounds_are_the_last_that_are_not_rejected():
    """One step beyond either bound, a tail falls to 2.5 % or less."""
    low, high = counts.finite_population_interval(43, 50, 99)

    assert stats.hypergeom.sf(42, 99, low, 50) > 0.025 >= stats.hypergeom.sf(42, 99, low - 1, 50)
    assert (
        stats.hypergeom.cdf(43, 99, high, 50) > 0.025 >= stats.hypergeom.cdf(43, 99, high + 1, 50)
    )


def test_a_census_leaves_nothing_open():
    """Who asks everyone knows."""
    assert counts.finite_population_interval(7, 20, 20) == (7, 7)


def test_reading_half_narrows_the_binomial_interval():
    """Trusts, 43 of 50: 77.8-91.9 % of all 99, against 73.3-94.2 % of an endless population.

    The latter is Clopper and Pearson's interval.
    """
    asked = pd.DataFrame({"count": [43], "denominator": [50]})
    row = counts.add_intervals(asked, population=99).round(1).iloc[0]

    assert (row.share, row.low, row.high) == (86.0, 77.8, 91.9)
    assert (row.binomial_low, row.binomial_high) == (73.3, 94.2)


def test_a_binomial_interval_of_10_in_11():
    """Clopper-Pearson for 10 of 11: .5872 to .9977."""
    asked = pd.DataFrame({"count": [10], "denominator": [11]})
    row = counts.add_intervals(asked, population=1000).round(2).iloc[0]

    assert (row.binomial_low, row.binomial_high) == (58.72, 99.77)


def test_a_missing_count_has_no_share():
    """A bar whose height is not printed stays without one."""
    asked = pd.DataFrame({"count": pd.array([None, 5], "Int64"), "denominator": [10, 10]})
    shares = counts.add_intervals(asked, population=20).share

    assert shares.isna().tolist() == [True, False]


@pytest.mark.parametrize("numbers", [(51, 50, 99), (-1, 50, 99), (5, 50, 40), (0, 0, 99)])
def test_impossible_counts_are_refused(numbers):
    """More than were asked, fewer than none, a sample above its population, nobody asked."""
    with pytest.raises(FitError, match="allowed: 0 <= count <= sample <= population"):
        counts.finite_population_interval(*numbers)


def test_add_intervals_leaves_its_input_as_it_was():
    """A changed copy comes back."""
    asked = pd.DataFrame({"count": [5], "denominator": [10]})
    counts.add_intervals(asked, population=20)

    assert list(asked.columns) == ["count", "denominator"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((488, 2, 182, 3), (4.021978, 3.385575, 4.795032)),
        ((488, 2, 76, 3), (9.631579, 7.550499, 12.432876)),
        ((11, 800, 21, 3011), (1.9714881, 0.858426, 4.277266)),
    ],
)
def test_rate_ratios_of_poisson_test(numbers, expected):
    """Table 3.4's counts, worked out independently; and the example of R's poisson.test page."""
    assert counts.rate_ratio(*numbers) == pytest.approx(expected, abs=1e-6)


def test_the_epochs_of_table_3_4():
    """Coefficients, deviance and Pearson's statistic, worked out independently."""
    yearly = pd.Series([68, 60, 54, 242, 246, 37, 27, 12])
    epochs = pd.Series(["before"] * 3 + ["busy"] * 2 + ["after"] * 3)
    row = counts.compare_epochs(yearly, epochs).iloc[0]

    assert row.log_before == pytest.approx(4.105394, abs=1e-6)
    assert row.log_ratio_busy == pytest.approx(1.391774, abs=1e-6)
    assert row.log_ratio_after == pytest.approx(-0.873273, abs=1e-6)
    assert row.deviance == pytest.approx(15.19237, abs=1e-5)
    assert row.pearson == pytest.approx(14.15916, abs=1e-5)
    assert row.dispersion == pytest.approx(2.83, abs=0.005)


def test_a_rate_of_nothing_is_refused():
    """No event, or no time, has no ratio with an interval."""
    with pytest.raises(FitError, match="counts of 1 or more"):
        counts.rate_ratio(0, 1, 5, 1)


def test_too_few_years_are_refused():
    """Three years in three epochs leave nothing to check the model with."""
    with pytest.raises(FitError, match="3 counts cannot carry 3 rates"):
        counts.compare_epochs(pd.Series([1, 2, 3]), pd.Series(["a", "b", "c"]))


def test_the_wilson_interval_of_10_in_11():
    """Wilson's interval for 10 of 11: .6226 to .9838."""
    asked = pd.DataFrame({"count": [10], "denominator": [11]})
    row = counts.add_intervals(asked, population=1000, binomial="wilson").round(2).iloc[0]

    assert (row.binomial_low, row.binomial_high) == (62.26, 98.38)


def test_the_rate_of_poisson_test():
    """R's poisson.test help page: 137 events in 24.19893 give 5.661407 (4.753125, 6.692709)."""
    assert counts.rate_interval(137, 24.19893) == pytest.approx(
        (5.661407, 4.753125, 6.692709), abs=1e-6
    )


def test_no_events_in_a_year():
    """Nothing seen leaves at most -ln(.025) = 3.689 events a year."""
    assert counts.rate_interval(0, 1) == pytest.approx((0, 0, 3.688879), abs=1e-6)


@pytest.mark.parametrize(("count", "years"), [(-1, 1), (3, 0)])
def test_a_rate_without_time_is_refused(count, years):
    """No rate of fewer than no events, or in no time."""
    with pytest.raises(FitError, match="counts of 0 or more"):
        counts.rate_interval(count, years)


def test_a_widened_interval_by_hand():
    """100 against 100 at dispersion 2: the log ratio's error is sqrt(2 x .02) = .2.

    With 5 degrees of freedom t is 2.5706 (any table), so that the bound is exp(.51412).
    """
    ratio, low, high = counts.widened_ratio(100, 1, 100, 1, dispersion=2.0, df=5)

    assert (ratio, high) == pytest.approx((1, 1.67216), abs=1e-5)
    assert low == pytest.approx(1 / high)


def test_the_widened_interval_is_the_quasi_poisson_model_s():
    """Table 3.4's Poisson model in statsmodels, scaled by Pearson's statistic, t on 5 df."""
    yearly = np.array([68, 60, 54, 242, 246, 37, 27, 12])
    epochs = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    design = np.column_stack([np.ones(8), epochs == 1, epochs == 2]).astype(float)
    fit = GLM(yearly, design, family=Poisson()).fit(scale="X2", use_t=True)
    widened = counts.widened_ratio(488, 2, 182, 3, dispersion=fit.scale, df=5)

    assert np.log(widened[1:]) == pytest.approx(fit.conf_int()[1], abs=1e-6)


@pytest.mark.parametrize(("dispersion", "df"), [(0.0, 5), (2.0, 0)])
def test_widening_by_nothing_is_refused(dispersion, df):
    """A dispersion without degrees of freedom is no estimate."""
    with pytest.raises(FitError, match="allowed: both above 0"):
        counts.widened_ratio(10, 1, 10, 1, dispersion=dispersion, df=df)


def test_a_row_named_twice_stays_one_row():
    """Intervals are put beside rows, not matched by name."""
    asked = pd.DataFrame({"count": [5, 6], "denominator": [10, 10]}, index=["a", "a"])

    assert counts.add_intervals(asked, population=20).share.tolist() == [50.0, 60.0]
