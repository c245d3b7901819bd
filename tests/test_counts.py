"""Intervals of a half-read population and of rates; two counts whose cross-table is not printed."""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from compendium.errors import FitError
from compendium.models import counts
from compendium.models.counts import (
    bound_association,
    bound_differences,
    group_p,
    paired_p,
    possible_tables,
)


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


def test_the_example_of_samplingbook():
    """45 of 100 of 300 (K46): samplingbook (R) prints 110 to 161, the first that are rejected.

    Kauermann and Küchenhoff (2010). Their tails are .0237 and .0225; ours are the last that stay.
    """
    assert counts.finite_population_interval(45, 100, 300) == (110 + 1, 161 - 1)


def test_reading_half_narrows_the_binomial_interval():
    """Trusts, 43 of 50: 77.8-91.9 % of all 99, against 73.3-94.2 % of an endless population.

    The latter is Clopper and Pearson's interval.
    """
    asked = pd.DataFrame({"count": [43], "denominator": [50]})
    row = counts.add_intervals(asked, population=99).round(1).iloc[0]

    assert (row.share, row.low, row.high) == (86.0, 77.8, 91.9)
    assert (row.binomial_low, row.binomial_high) == (73.3, 94.2)


@pytest.mark.parametrize(
    ("binomial", "interval"), [("beta", (58.72, 99.77)), ("wilson", (62.26, 98.38))]
)
def test_a_binomial_interval_of_10_in_11(binomial, interval):
    """For 10 of 11 Clopper and Pearson's is .5872 to .9977, Wilson's .6226 to .9838."""
    asked = pd.DataFrame({"count": [10], "denominator": [11]})
    row = counts.add_intervals(asked, population=1000, binomial=binomial).round(2).iloc[0]

    assert (row.binomial_low, row.binomial_high) == interval


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


def test_the_rate_of_poisson_test():
    """R's poisson.test help page; nothing seen leaves at most -ln(.025) = 3.689 events a year."""
    r = (5.661407, 4.753125, 6.692709)

    assert counts.rate_interval(137, 24.19893) == pytest.approx(r, abs=1e-6)
    assert counts.rate_interval(0, 1) == pytest.approx((0, 0, 3.688879), abs=1e-6)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: counts.rate_interval(-1, 1), "counts of 0 or more"),
        (lambda: counts.rate_interval(3, 0), "counts of 0 or more"),
        (lambda: counts.rate_ratio(0, 1, 5, 1), "counts of 1 or more"),
        # Three years in three epochs leave nothing to check the model with.
        (
            lambda: counts.compare_epochs(pd.Series([1, 2, 3]), pd.Series(["a", "b", "c"])),
            "3 counts cannot carry 3 rates",
        ),
        (lambda: paired_p(-1, 3), "numbers of 0 or more"),
        (lambda: group_p(3, 2, 0, 5), "to the size of their group"),
        (lambda: possible_tables(11, 5, 10), "counts from 0 to the number of documents"),
        (lambda: possible_tables(5, -1, 10), "counts from 0 to the number of documents"),
    ],
)
def test_impossible_numbers_are_refused(ask, message):
    """Fewer than none, more than all, no time, no event, no year left over."""
    with pytest.raises(FitError, match=message):
        ask()


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


COUNTS = st.integers(1, 12).flatmap(
    lambda within: st.tuples(st.integers(0, within), st.integers(0, within), st.just(within))
)


@given(COUNTS)
def test_every_possible_table_has_the_counts_it_was_made_from(numbers):
    """Rows and columns add up, and no cell is negative."""
    first, second, within = numbers
    tables = possible_tables(first, second, within)

    assert (tables.both + tables.only_first == first).all()
    assert (tables.both + tables.only_second == second).all()
    assert (tables.sum(axis=1) == within).all()
    assert tables.min(axis=None) >= 0


@given(COUNTS)
def test_no_possible_table_is_left_out(numbers):
    """As many overlaps as sets of documents can have, counted one by one."""
    first, second, within = numbers
    fixed = set(range(first))
    found = {len(fixed & set(range(start, start + second))) for start in range(within - second + 1)}

    assert set(possible_tables(first, second, within).both) == found


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(5, 0, 2 / 32), (6, 1, 2 * (1 + 7) / 128), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_the_exact_mcnemar_test_by_hand(only_first, only_second, p):
    """Twice the lower tail of fair coin tosses, at most 1."""
    assert paired_p(only_first, only_second) == pytest.approx(p)


def test_the_approval_ratings_of_agresti():
    """Agresti (1990, p. 350), 150 and 86 changed their mind: exact2x2 (R) prints p = 3.716e-05."""
    assert paired_p(150, 86) == pytest.approx(3.716e-05, abs=5e-9)


def test_the_finite_test_by_enumerating_all_samples():
    """Two of one kind and none of the other, four unread: at most 3 of each can exist.

    Three of each are six; of the 15 pairs drawn from them 3 are of the first kind only, and as
    many of the second: 6/15. Two of each give 2/6.
    """
    drawn = list(combinations("aaabbb", 2))
    extreme = sum(pair in {("a", "a"), ("b", "b")} for pair in drawn)

    assert paired_p(2, 0, unread=4) == pytest.approx(extreme / len(drawn))


def test_documents_of_both_or_neither_kind_change_nothing():
    """Samples of five from 3 a, 3 b and 4 others, given that two are a or b: again 6/15."""
    population = "aaabbbcccc"
    drawn = [sample for sample in combinations(range(10), 5)]
    kinds = [sorted(population[i] for i in sample) for sample in drawn]
    pairs = [k for k in kinds if k.count("a") + k.count("b") == 2]
    extreme = sum(k.count("a") != 1 for k in pairs)

    assert paired_p(2, 0, unread=5) == pytest.approx(extreme / len(pairs))


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 30))
def test_unread_documents_only_add_doubt(only_first, only_second, unread):
    """The fewer unread, the smaller p; McNemar's is where it tends."""
    finite = paired_p(only_first, only_second, unread)

    assert finite <= paired_p(only_first, only_second, unread + 1) + 1e-12
    assert finite <= paired_p(only_first, only_second) + 1e-12


def test_a_large_population_gives_mcnemar_s_p():
    """With 10,000 unread the end of the population no longer matters."""
    mcnemar = paired_p(9, 2)

    assert paired_p(9, 2, unread=10_000) == pytest.approx(mcnemar, abs=1e-3)


def test_once_all_are_read_a_difference_is_a_fact():
    """Nothing is left that could undo it; and equality needs no test."""
    assert paired_p(4, 3, unread=0) == 0.0
    assert paired_p(3, 3, unread=0) == 1.0


@given(COUNTS)
def test_the_extremes_lie_at_the_extreme_overlaps(numbers):
    """The more documents have both, the surer the same difference."""
    first, second, within = numbers
    tables = possible_tables(first, second, within)
    ends = [paired_p(*tables.loc[n, ["only_first", "only_second"]])
            for n in (tables.index[0], tables.index[-1])]  # fmt: skip
    row = bound_differences(
        pd.DataFrame({"first": [first], "second": [second], "within": [within]})
    ).iloc[0]

    assert (row.p_largest, row.p_smallest) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("counts", "holds"), [((43, 24, 50), "every"), ((24, 15, 50), "some"), ((43, 39, 50), "no")]
)
def test_which_differences_hold(counts, holds):
    """43 and 24 of 50 share at least 17, and 26 against 7 is still about .001.

    24 and 15 may share none (24 against 15, about .2) or all 15 (9 against none, 2/512). Of 43 and
    39 even four against none is 2/16.
    """
    pairs = pd.DataFrame([counts], columns=["first", "second", "within"])

    assert bound_differences(pairs).holds.tolist() == [holds]


def test_bounding_leaves_its_input_as_it_was():
    """A changed copy comes back, with the rows' own names."""
    pairs = pd.DataFrame({"first": [3], "second": [1], "within": [5]}, index=["a"])
    bounded = bound_differences(pairs)

    assert list(pairs.columns) == ["first", "second", "within"]
    assert bounded.index.tolist() == ["a"]


@pytest.mark.parametrize(
    ("numbers", "p"), [((3, 4, 1, 4), 0.485714), ((2, 17, 10, 13), 0.000536724)]
)
def test_fisher_s_own_examples(numbers, p):
    """Fisher's tea, [[3, 1], [1, 3]]: .485714; convictions of twins, [[2, 15], [10, 3]]: .0005367.

    As on the help page of R's fisher.test (Agresti 1990, p. 61; Fisher 1962).
    """
    assert group_p(*numbers) == pytest.approx(p, abs=1e-6)


def test_fisher_s_p_by_hand():
    """Two of 16 against none of 34: both among the 16 is C(16,2) / C(50,2) = 120 / 1225.

    Both among the 34 is likelier (561 / 1225), and so not as extreme.
    """
    assert group_p(2, 16, 0, 34) == pytest.approx(comb(16, 2) / comb(50, 2))


def test_association_is_bounded_by_its_overlaps():
    """16 and 30 of 50: 9.6 are expected to be both, so 10 is no sign of anything, and 0 and 16 are.

    None of both puts all 30 among the 34; all of both puts 14 there, and up to two of both are
    less likely still.
    """
    bounds = bound_association(16, 30, 50).set_index("both").p

    assert bounds.index.tolist() == list(range(17))
    assert bounds[10] == pytest.approx(1.0)
    assert bounds[0] == pytest.approx(comb(34, 30) / comb(50, 30))
    rarer = [comb(16, n) * comb(34, 30 - n) for n in (16, 0, 1, 2)]
    assert bounds[16] == pytest.approx(sum(rarer) / comb(50, 30))
