"""Printed text and the interval it claims."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError
from compendium.printed.quantities import exactly, half_unit, parse, read_fact, show


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("0.97", "£ million", "0.965", "0.975"),
        ("0.40", "%", "0.395", "0.405"),
        ("-4.1", "£ million", "-4.15", "-4.05"),
        ("1,400", "n", "1400", "1400"),
        ("198,000", "people", "197500", "198500"),
        ("0", "£ million", "0", "0"),
        ("three", "n", "3", "3"),
        ("fifty", "n", "50", "50"),
        ("twenty-six", "n", "26", "26"),
        ("none", "n", "0", "0"),
        ("between five and seven", "n", "5", "7"),
        ("second", "rank", "2", "2"),
        ("~5", "£ million", "4.5", "5.5"),
        ("approx. 5", "£ million", "4.5", "5.5"),
        ("5-10", "times", "4.5", "10.5"),
        ("5–10", "times", "4.5", "10.5"),
        ("1500-7000", "n", "1500", "7000"),
    ],
)
def test_a_text_claims_an_interval(text, unit, low, high):
    """A number claims half a unit in its last place either side; a count claims itself."""
    claim = parse(text, unit)

    assert (claim.low, claim.high) == (Fraction(low), Fraction(high))


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("almost 30", "28", "30"),
        ("almost 43", "42", "43"),
        ("17+", "17", "16.9"),
        ("in excess of 17", "17.1", "17"),
        ("at least three", "3", "2"),
        ("nearly one", "0.96", "1"),
        ("nearly one", "0.96", "0.85"),
    ],
)
def test_a_qualifier_opens_one_side(text, inside, outside):
    """Almost 30 is less than 30; 17+ is 17 or more."""
    claim = parse(text, "£ million")

    assert claim.low <= Fraction(inside) <= claim.high
    assert not claim.low <= Fraction(outside) <= claim.high


@pytest.mark.parametrize(
    ("words", "fits", "does_not"),
    [
        ("one-third", "17/50", "20/50"),
        ("a third", "17/50", "13/50"),
        ("three-quarters", "37/50", "34/50"),
        ("two-thirds", "34/50", "37/50"),
        ("one in six", "8/50", "10/50"),
        ("one in seven", "7/50", "8/50"),
        ("just over half", "28/50", "25/50"),
        ("just over half", "28/50", "30/50"),
        ("just under half", "16/34", "17/34"),
        ("less than half", "24/50", "25/50"),
        ("less than a third", "15/50", "17/50"),
        ("less than a third", "15/50", "12/50"),
        ("less than a quarter", "12/50", "10/50"),
        ("nearly all", "47/50", "50/50"),
        ("nearly all", "52/60", "48/60"),
        ("majority", "26/50", "25/50"),
    ],
)
def test_a_fraction_in_words_claims_to_be_the_nearest(words, fits, does_not):
    """A fraction in words holds for what is nearer to it than to any other simple fraction."""
    claim = parse(words, "words")

    assert claim.low <= Fraction(fits) <= claim.high
    assert not claim.low <= Fraction(does_not) <= claim.high


@pytest.mark.parametrize("text", ["1O", "", "N/A", "a few", "one in many", "1.2.3"])
def test_what_is_no_number_is_refused(text):
    """The message names the text."""
    with pytest.raises(DataError, match="cannot read"):
        parse(text, "n")


@given(st.decimals(-(10**6), 10**6, places=2), st.decimals(-(10**6), 10**6, places=2))
def test_sums_contain_the_sum_of_any_rounded_pair(a, b):
    """Whatever was rounded to the two printed numbers, its sum lies in the interval."""
    together = parse(str(a), "%") + parse(str(b), "%")

    assert together.low <= Fraction(a) + Fraction(b) <= together.high
    assert together.high - together.low == Fraction(2, 100)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_share_of_counts_is_exact(part, whole):
    """Counts carry no rounding, so neither does their quotient."""
    share = exactly(part) / exactly(whole)

    assert share.low == share.value == share.high == Fraction(part, whole)


def test_division_by_what_may_be_nothing_is_refused():
    """A budget printed as 0 has no shares."""
    with pytest.raises(DataError, match="cannot divide"):
        exactly(1) / parse("0", "£ million")


def test_precision_is_part_of_the_text():
    """0.40 is ten times as precise as 0.4."""
    assert half_unit("0.4", "%") == 10 * half_unit("0.40", "%")


@pytest.mark.parametrize(
    ("text", "unit", "fact"),
    [
        ("almost 43", "n", (43, "down")),
        ("17+", "n", (17, "up")),
        ("in excess of 17", "n", (17, "up")),
        ("about 18", "months", (18, "")),
        ("Urban", "label", ("Urban", "")),
    ],
)
def test_a_fact_is_a_number_and_the_side_on_which_it_leaves_room(text, unit, fact):
    """Eighteen months are not more than eighteen months."""
    assert read_fact(text, unit) == fact


@pytest.mark.parametrize("text", ["three", "3", "18"])
def test_whole_years_and_months_are_counts(text):
    """Nobody rounds three years; two and a half may be rounded."""
    assert half_unit(text, "years") == half_unit(text, "months") == 0
    assert half_unit("2.5", "years") == Fraction(1, 20)


def test_shown_numbers_are_short():
    """Whole numbers are shown whole, others to four digits."""
    assert show(exactly(Fraction(488, 1))) == "488"
    assert show(exactly(Fraction(1, 3))) == "0.3333"
