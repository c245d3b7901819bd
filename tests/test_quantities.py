"""Printed text and the interval it claims."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compendium import settings
from compendium.errors import DataError
from compendium.printed import quantities
from compendium.printed.quantities import exactly, parse, read_fact


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
        (".45", "%", "0.445", "0.455"),
        ("\u22124.1", "%", "-4.15", "-4.05"),
        ("(4.1)", "£ million", "-4.15", "-4.05"),
        ("1 200", "n", "1200", "1200"),
        ("1\u2009200", "n", "1200", "1200"),
        ("1\u00a0200\u00a0000", "people", "1150000", "1250000"),
        ("1.2m", "£", "1150000", "1250000"),
        ("£1.2bn", "£", "1150000000", "1250000000"),
        ("1.2 million", "n", "1150000", "1250000"),
        ("£1.2m", "£ million", "1.15", "1.25"),
        ("p = .03", "p", "0.025", "0.035"),
        ("3.4 ± 0.2", "kg", "3.2", "3.6"),
        ("12½", "%", "12.25", "12.75"),
        ("½", "n", "1/2", "1/2"),
        ("1/3", "share", "1/3", "1/3"),
        ("nine out of ten", "words", "17/20", "19/20"),
        ("1 in 20", "words", "41/840", "39/760"),
        ("ninety", "n", "90", "90"),
        ("sixty-two", "n", "62", "62"),
        ("a dozen", "n", "12", "12"),
        ("a hundred", "n", "100", "100"),
        ("twelve hundred", "n", "1200", "1200"),
        ("two thousand three hundred and five", "n", "2305", "2305"),
        ("10 to 20", "n", "10", "20"),
        ("10 – 20", "n", "10", "20"),
        ("between 10-20", "n", "10", "20"),
        ("12% to 15%", "%", "11.5", "15.5"),
        ("-5 - -3", "n", "-5", "-3"),
        ("12%", "%", "11.5", "12.5"),
        ("0.40*", "%", "0.395", "0.405"),
        ("0.40 †", "%", "0.395", "0.405"),
        ("5²", "n", "5", "5"),
        ("1.5e3", "m", "1450", "1550"),
        ("1990s", "year", "1990", "1999"),
        ("70s", "year", "70", "79"),
        ("five", "years", "5", "5"),
        ("five", "£ million", "4.5", "5.5"),
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
        ("< .05", "0.049", "0.05"),
        ("p<0.001", "0.0009", "0.001"),
        ("≥ 3", "3", "2"),
        ("more than 0", "100", "0"),
        ("over -4", "-3.9", "-4"),
        ("nearly -4", "-3.9", "-4"),
        ("under -3", "-3.1", "-3"),
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


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *[("1,4", "%"), ("1,23", "n"), ("1,2,3", "n"), ("12,34", "n"), ("1 234,5", "n")],
        *[("10-5", "n"), ("between 10 and 5", "n"), ("20 to 10", "%"), ("nearly 0", "%")],
        *[("2/3", "years"), ("1/0", "n"), ("one in zero", "words"), ("10%", "n")],
        *[("ten five", "n"), ("twenty-eleven", "n"), ("three two", "n"), ("t(28) = 2.2", "t")],
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused(text, unit):
    """A comma that groups nothing, a low end above the high one, two or three taken for a part."""
    with pytest.raises(DataError, match=r"cannot read .*; allowed: "):
        parse(text, unit)


def test_a_study_says_which_mark_its_decimals_have(monkeypatch):
    """1,4 is one and four tenths where a comma marks decimals, and 1.4 is nothing there."""
    monkeypatch.setattr(quantities, "read_study", lambda: settings.Study(decimal_mark=","))

    assert parse("1,4", "%").value == Fraction(14, 10)
    assert parse("1.400.000,5", "%").value == Fraction(28000010, 20)
    with pytest.raises(DataError, match=r"a decimal ',' \(study.toml: decimal_mark\)"):
        parse("1.4", "%")


@given(
    st.sampled_from(
        ["nearly", "almost", "just over", "over", "under", "at least", "up to", "about"]
    ),
    st.decimals(-(10**6), 10**6, places=2),
    st.sampled_from(["n", "%", "people", "£ million"]),
)
def test_no_low_end_is_above_its_high_end(qualifier, number, unit):
    """Whatever the sign; of 0 nothing can be nearly."""
    assume(number != 0)
    claim = parse(f"{qualifier} {number}", unit)

    assert claim.low <= claim.high


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
    width = [parse(text, "%").high - parse(text, "%").low for text in ("0.4", "0.40")]

    assert width[0] == 10 * width[1]


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
    assert parse(text, "years").low == parse(text, "months").high
    assert parse("2.5", "years").high == Fraction(51, 20)
