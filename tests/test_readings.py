"""Two readings of one cell: what counts as the same, and what never does."""

import pytest

from compendium.printed.second_entry import compare_line, compare_reading


@pytest.mark.parametrize(
    ("ours", "theirs", "unit"),
    [
        ("1,400", "1400", "n"),
        ("1,400", "1 400", "n"),
        ("198,000", "198'000", "people"),
        ("40", "40%", "%"),
        ("40", "40 per cent", "%"),
        ("1.1", "£1.1m", "£ million"),
        ("1.1", "£1.1 million", "£ million"),
        ("0.80", "0.8", "£ million"),
        ("-4.4", "\u22124.4", "£ million"),
        ("-4.4", "(4.4)", "£ million"),
        ("four", "4", "n"),
        ("5-10", "5\u201310", "times"),
        ("74.1", "74.1 years", "years"),
        ("N/A", "n/a", "£ million"),
        ("Mental  health", "mental health", "label"),
        ("three-quarters", "three quarters", "words"),
    ],
)
def test_one_value_spelt_in_two_ways(ours, theirs, unit):
    """Thousands, units, trailing noughts, signs, number words, case and dashes."""
    assert compare_reading(ours, theirs, unit) == "same value"


@pytest.mark.parametrize(
    ("ours", "theirs", "unit"),
    [
        ("242", "224", "n"),
        ("14", "1,4", "n"),
        ("0.4", "0.4\u00b9", "%"),
        ("40", "40%", "n"),
        ("4.4", "-4.4", "£ million"),
        ("almost 30", "30", "n"),
        ("30", "about 30", "n"),
        ("1.1", "11", "£ million"),
        ("1,400", "1.400", "n"),
        ("3-20", "3-2", "£ million"),
        ("one in six", "one in seven", "words"),
        ("1 April", "1-April", "date"),
    ],
)
def test_nothing_is_guessed_in_favour_of_agreement(ours, theirs, unit):
    """Other digits, a lost sign or qualifier, a footnote mark, another unit."""
    assert compare_reading(ours, theirs, unit) == "differs"


def test_the_same_characters_are_identical():
    """Blanks around them are not read."""
    assert compare_reading("0.40", " 0.40 ", "%") == "identical"


def test_a_blank_is_no_reading():
    """One blank is a disagreement that says whose; two are nothing."""
    kinds = [compare_reading(*pair, "n") for pair in (("3", ""), ("", "3"), ("", " "))]

    assert kinds == ["only ours", "only theirs", ""]


@pytest.mark.parametrize(("theirs", "kind"), [("1.400", "same value"), ("1,4", "differs")])
def test_who_writes_decimals_with_a_comma_has_said_so(theirs, kind):
    """Then 1.400 is a thousand and more, and 1,4 is not."""
    assert compare_reading("1,400", theirs, "n", ",") == kind


def test_a_decimal_comma_is_read_where_it_was_said():
    """0,97 is 0.97 there, and only there."""
    assert compare_reading("0.97", "0,97", "£ million", ",") == "same value"


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [("1689", "identical"), ("1691", "near"), ("1689-1690", "near"), ("1692", "differs"),
     ("", "only ours")],
)  # fmt: skip
def test_a_line_two_off_still_cites_the_place(theirs, kind):
    """Three off does not."""
    assert compare_line("1689", theirs) == kind
