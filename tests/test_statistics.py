"""Statistics in print, at the printed precision: known answers of the literature."""

import pytest

from compendium.errors import DataError
from compendium.printed.ledger import judge
from compendium.printed.rules import Cell, find_rules


def check(name, printed, operands, unit="%"):
    """The verdict of a rule on a printed value; operands by blanks, or by ";" if they hold some."""

    def split(text):
        parts = text.split(";") if ";" in text else text.split()
        return [Cell(part.strip(), part.strip(), "x") for part in parts if part.strip()]

    added, _, less = operands.partition(" minus ")
    groups = [split(group) for group in added.split(" vs ")] + ([split(less)] if less else [])
    computed = find_rules()[name].work_out(Cell("value", printed, unit), groups)
    return judge(printed, unit, computed)


@pytest.mark.parametrize("name", [name for name, rule in find_rules().items() if rule.example])
def test_the_example_of_a_rule_bears_it_out(name):
    """What `compendium rules` shows is what the rule does."""
    rule = find_rules()[name]
    printed, operands = rule.example.split(" = ")

    assert check(name, printed, operands, rule.unit) == "exact"


@pytest.mark.parametrize(
    ("mean", "n", "verdict"),
    [
        ("7.22", 32, "exact"), ("4.74", 25, "differs"), ("5.23", 29, "differs"),
        ("2.57", 24, "differs"), ("6.77", 27, "differs"), ("2.68", 28, "exact"),
        ("7.01", 29, "differs"), ("7.38", 26, "exact"), ("3.14", 27, "differs"),
        ("6.89", 31, "differs"), ("5.00", 25, "exact"), ("0.24", 28, "differs"),
        ("5.27", 43, "differs"), ("11.09", 21, "differs"),
    ],
)  # fmt: skip
def test_a_mean_of_whole_answers_is_one_of_few(mean, n, verdict):
    """GRIM on the pigs of R's scrutiny (Jung), and Brown and Heathers' example."""
    assert (check("grim-mean", mean, str(n), "mean") == "exact") == (verdict == "exact")


def test_items_make_means_finer():
    """5.27 of 43 answers to three items each is 680 of 129."""
    assert check("grim-mean", "5.27", "43", "mean") != "exact"
    assert check("grim-mean", "5.27", "43 3", "mean") == "exact"


@pytest.mark.parametrize(
    ("mean", "sd", "n", "fits"),
    [("7.22", "5.30", 38, False), ("4.74", "6.55", 31, True), ("5.23", "2.55", 35, False),
     ("2.57", "2.57", 30, True), ("6.77", "2.18", 33, False)],
)  # fmt: skip
def test_a_standard_deviation_of_whole_answers(mean, sd, n, fits):
    """GRIMMER on the pigs of R's scrutiny; 5.23 and 2.55 fail for parity alone."""
    assert (check("sd-possible", sd, f"{mean} {n}", "mean") == "exact") == fits


def test_a_scale_bounds_its_standard_deviation():
    """Ten answers from 1 to 5 of mean 3 spread by 2.11 at most: five 1s, five 5s."""
    assert check("sd-possible", "2.11", "3.0 10 vs 1 5", "mean") == "exact"
    assert check("sd-possible", "2.31", "3.0 10 vs 1 5", "mean") == "differs"
    assert check("sd-possible", "2.31", "3.0 10 vs 1 7", "mean") == "exact"


@pytest.mark.parametrize(
    ("share", "sd", "fits"),
    [(".53", ".50", True), (".44", ".50", True), (".77", ".42", True), (".34", ".47", True),
     (".93", ".25", True), (".12", ".33", True), (".19", ".35", False)],
)  # fmt: skip
def test_yes_and_no_have_one_standard_deviation(share, sd, fits):
    """DEBIT, on 1683 answers (Heathers and Brown 2019); within what rounding leaves open."""
    assert (check("debit", sd, f"{share} 1683", "sd") != "differs") == fits


def test_a_p_is_held_to_its_rounded_statistic():
    """2 is anything from 1.5 to 2.5; no p is 0."""
    assert check("p-t", ".02", "2 28", "p") == "rounds"
    assert check("p-t", ".02", "2.0 28", "p") == "differs"
    assert check("p-t", ".000", "9.0 28", "p") == "differs"
    assert check("p-t", "<.001", "9.0 28", "p") == "exact"
    assert check("p-t", "n.s.", "1.2 28", "p") == "exact"
    assert check("p-t", ">.05", "1.2 28", "p") == "exact"
    assert check("p-t", ">.05", "2.2 28", "p") == "differs"


def test_the_other_tail_is_not_half():
    """A one-sided p is that of the tail in which the statistic lies."""
    assert check("p-t-one-sided", ".018", "2.20 28", "p") == "exact"
    assert check("p-t-one-sided", ".036", "2.20 28", "p") == "differs"


@pytest.mark.parametrize(
    ("name", "operands", "message"),
    [("p-t", "2.2 2 28", "found 2 degrees of freedom for t; allowed: 1"),
     ("p-r", "1.2 28", "found r = 1.25; allowed: -1 to 1"),
     ("p-t", "2.2 0", "allowed: 1, above 0"),
     ("odds-ratio", "0 10 5 5", "cannot be worked out of 0, 10, 5, 5: a zero")],
)  # fmt: skip
def test_what_is_no_test_is_refused(name, operands, message):
    """Neither degrees of freedom that it does not have, nor an r beyond 1, nor an empty cell."""
    with pytest.raises(DataError, match=message):
        check(name, ".05", operands, "p")


def test_an_interval_is_even_on_its_own_scale():
    """1.69 to 10.57 lies around 4.22 by ratios, and around 6.13 by differences."""
    assert check("ci-middle-ratio", "4.22", "1.69 10.57") != "differs"
    assert check("ci-middle", "4.22", "1.69 10.57") == "differs"
    assert check("ci-middle-ratio", "4.50", "1.69 10.57") == "differs"


def test_ratios_of_a_table_with_their_intervals():
    """11 of 800 and 21 of 3011 person-years (R's help of poisson.test): ratio 1.9715."""
    assert check("rate-ratio", "1.9715", "11 800 21 3011") == "exact"
    assert check("odds-ratio", "0.07", "2 15 10 3") == "differs"
    assert check("odds-ratio", "0.04", "2 15 10 3") == "exact"


@pytest.mark.parametrize(
    ("p", "marks", "verdict"),
    [(".04", "*", "exact"), (".04", "**", "differs"), ("<.001", "***", "exact"),
     (".06", "*", "differs"), ("<.05", "*", "exact")],
)  # fmt: skip
def test_stars_belong_to_their_p(p, marks, verdict):
    """One below .05, two below .01, three below .001."""
    groups = [[Cell("p", p, "p")]]
    computed = find_rules()["stars"].work_out(Cell("value", marks, "label"), groups)

    assert judge(marks, "label", computed) == verdict


def test_groups_add_up_to_their_degrees_of_freedom():
    """Two groups of 15 leave 28; what changed is told in per cent of what was."""
    assert check("df-within", "28", "15 15", "n") == "exact"
    assert check("percent-change", "-30", "10 7") == "exact"
    assert check("percent-less", "30", "10 7") == "exact"
