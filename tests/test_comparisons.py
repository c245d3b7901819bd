"""What can be said of two counts whose cross-table is not printed."""

from itertools import combinations
from math import comb

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import FitError
from compendium.models.counts import (
    bound_association,
    bound_differences,
    group_p,
    paired_p,
    possible_tables,
)

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


@pytest.mark.parametrize("numbers", [(11, 5, 10), (5, -1, 10)])
def test_impossible_counts_are_refused(numbers):
    """More than all, fewer than none."""
    with pytest.raises(FitError, match="allowed: counts from 0 to the number of documents"):
        possible_tables(*numbers)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [(5, 0, 2 / 32), (6, 1, 2 * (1 + 7) / 128), (3, 3, 1.0), (0, 0, 1.0)],
)
def test_the_exact_mcnemar_test_by_hand(only_first, only_second, p):
    """Twice the lower tail of fair coin tosses, at most 1."""
    assert paired_p(only_first, only_second) == pytest.approx(p)


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


def test_a_negative_number_of_documents_is_refused():
    """There are none."""
    with pytest.raises(FitError, match="numbers of 0 or more"):
        paired_p(-1, 3)


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


def test_more_than_the_group_is_refused():
    """Three of two."""
    with pytest.raises(FitError, match="to the size of their group"):
        group_p(3, 2, 0, 5)


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
