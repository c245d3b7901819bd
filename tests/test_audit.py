"""The rules one by one, and whether they would notice a wrong value."""

import pandas as pd
import pytest
from conftest import audit_print

from compendium.errors import DataError
from compendium.printed import audit
from compendium.printed.quantities import show
from compendium.printed.rules import Cell, find_rules, list_rules
from compendium.printed.vocabulary import UNCHECKED
from compendium.printed.wrong_values import find_idle

N = "n"
RULES = {name: rule.work_out for name, rule in find_rules().items()}


def cell(text, unit=N, name="x"):
    return Cell(name, text, unit)


PEERS = [["365"], ["100", "100"], ["300", "300"], ["90", "90"]]


@pytest.mark.parametrize(
    ("rule", "value", "groups", "computed"),
    [
        ("sum", cell("6"), [["1", "2", "3"]], "6"),
        ("sum", cell("5"), [["50"], ["43"]], "7"),
        ("percent", cell("41"), [["7", "17"]], "41.18"),
        ("percent", cell("69"), [["276", "36.9", "9"], ["466"]], "69.08"),
        ("fraction", cell("one in six", "words"), [["8", "50"]], "0.16"),
        ("fraction-without", cell("one in seven", "words"), [["43", "50"]], "0.14"),
        ("same", cell("second"), [["2"]], "second"),
        ("same", cell("second"), [["3"]], "3"),
        ("count", cell("three"), [["9", "8", "7"]], "3"),
        ("count-different", cell("three"), [["trust", "power", "size"]], "3"),
        ("count-different", cell("three"), [["trust", "power", "Trust"]], "2"),
        ("least", cell("one"), [["4", "1", "3"]], "1"),
        ("range", cell("1-2"), [["3", "1", "2"]], "1 to 3"),
        ("range", cell("several hundred"), [["16,000", "1500-7000"]], "1500 to 1.6e+04"),
        ("sum", cell("48", "%"), [["100"], ["25", "25"]], "50"),
        ("per", cell("nearly one"), [["246", "253"]], "0.9723"),
        ("decile", cell("5"), [["49", "99"]], "5"),
        ("decile", cell("10"), [["97", "99"]], "10"),
        ("decile", cell("1"), [["9", "99"]], "1"),
        ("decile", cell("10"), [["99", "99"]], "10"),
        ("grim", cell("24", "%"), [["50"]], "24"),
        ("grim", cell("25", "%"), [["50"]], "24"),
        ("fits-beside", cell("34"), [["17", "50"]], "33"),
        ("fits-beside", cell("28"), [["17", "50"]], "28"),
        ("at-most", cell("34"), [["43"]], "34"),
        ("at-most", cell("34"), [["33"]], "33"),
        ("at-least", cell("81"), [["31"]], "81"),
        ("at-least", cell("30"), [["31"]], "31"),
        ("listed", cell("two"), [["2"]], "2"),
        ("listed", cell("two"), [[]], "0"),
        ("item-meant", cell("figure 1", "item"), [["glasby2012/figure-1"]], "figure 1"),
        ("item-meant", cell("Box 1", "item"), [["mannion2011/box-2"]], "Box 2"),
        ("listed-as", cell("Abe 2001", ""), [["Abe and Bea 2001", "Abe 2002"]], "Abe 2001"),
        ("listed-as", cell("Abe 2001", ""), [["Abe and Bea 2001", "Abe 2001"]], "Abe 2001"),
        ("listed-as", cell("Abe 2001", ""), [["Abe 2001", "Abe 2001"]], "2 works so listed"),
        ("listed-as", cell("Abe 2001", ""), [["Abe 2001a", "Abbe 2001"]], "Abe 2001a or Abbe 2001"),
        ("listed-as", cell("Abe et al. 2001", ""), [["Abe, Bea et al. 2001"]], "Abe et al. 2001"),
        ("cited", cell("Abe 2001", ""), [["Abe 2001"]], "Abe 2001"),
        ("cited", cell("Abe 2001", ""), [[]], "not cited"),
        ("dated-as", cell("2001", "year"), [["Abe and Bea 2001b"]], "2001"),
        ("in-list", cell("TV", ""), [["TV"]], "TV"),
        ("in-list", cell("TV", ""), [[]], "not there"),
        ("unlike", cell("ii)", ""), [["i)", "ii)"]], "said before"),
        ("unlike", cell("iii)", ""), [["i)", "ii)"]], "iii)"),
        ("initials", cell("TfV", ""), [["Tax for Votes"]], "TfV"),
        ("initials", cell("TFV", ""), [["Votes for Tax"]], "letters in another order"),
        ("not-after", cell("March 2004", "date"), [["2004"]], "March 2004"),
        ("not-after", cell("March 2004", "date"), [["February 2004"]], "February 2004"),
        ("mirrors", cell("Minority", ""), [["Majority"]], "Minority"),
        ("mirrors", cell("Minority", ""), [["Minority"]], "Majority"),
        ("item-meant", cell("Box 4", "item"), [["mannion2011/box-4"]], "no such item"),
        # Three sites spend 1 a head: a site that spends 365 is 365 people, not 150; 200 would pass.
        ("peers", cell("150"), PEERS, "about 365 at the others' rate"),
        ("peers", cell("200"), PEERS, "200"),
        # 488 in two years against 182 in three and 76 in three, as the exact conditional test has
        # it on these counts.
        ("rate-ratios", cell("5-10", "times"),
         [["242", "246"], ["68", "60", "54"], ["37", "27", "12"]], "4.022 to 9.632"),
    ],
)  # fmt: skip
def test_a_rule_computes_what_it_says(rule, value, groups, computed):
    """Each rule on numbers that can be checked in the head."""
    operands = [[cell(text) for text in group] for group in groups]

    assert show(RULES[rule](value, operands)) == computed


def test_what_follows_minus_is_taken_away():
    """A review's flow: 701 and 11 less 319 are 393; the next operand is added again."""
    cells = {name: cell(text, name=name) for name, text in zip("abcd", ("701", "11", "319", "1"))}

    assert audit.check_value(cell("382"), "sum a; b; minus c", cells)[0].computed == "393"
    assert audit.check_value(cell("394"), "sum a b minus c d", cells)[0].verdict == "exact"


def test_a_pattern_leaves_the_value_itself_out():
    """The Total of a column is not added to itself."""
    cells = {name: cell(text, name=name) for name, text in (("t/A", "3"), ("t/Total", "7"))}

    assert audit.check_value(cells["t/Total"], "sum t/*", cells)[0].computed == "3"


@pytest.mark.parametrize(
    ("text", "unit", "other", "verdict"),
    [
        ("18", "months", "over 18", "differs"),
        ("over 18", "months", "18", "differs"),
        ("in excess of 17", "£ million", "17+", "exact"),
        ("approximately 3", "years", "3", "exact"),
        ("at least three", "n", "3", "exact"),
        ("three", "n", "at least three", "differs"),
        ("almost 30", "£ million", "28+", "differs"),
    ],
)
def test_one_fact_is_one_with_its_qualifier(text, unit, other, verdict):
    """Eighteen months and over eighteen months are two facts."""
    cells = {"o": Cell("o", other, unit)}

    assert audit.check_value(cell(text, unit), "same o", cells)[0].verdict == verdict


@pytest.mark.parametrize(
    ("unit", "message"),
    [("months", "found o, a months; allowed: a years"), ("n", "found o, a n; allowed: a years")],
)
def test_one_fact_has_one_unit(unit, message):
    """Three years are not three months, nor three of anything."""
    with pytest.raises(DataError, match=message):
        audit.check_value(cell("three", "years"), "same o", {"o": Cell("o", "3", unit)})


@pytest.mark.parametrize(
    ("rules", "cells", "idle"),
    [
        ("grim a", {"a": "100"}, ["grim"]),
        ("grim a", {"a": "50"}, []),
        ("at-most a", {"a": "9"}, []),
        ("same a ; at-least b", {"a": "5", "b": "2"}, []),
    ],
)
def test_a_rule_that_holds_of_any_value_is_found(rules, cells, idle):
    """Of a hundred units every whole percentage is possible: GRIM checks nothing."""
    by_id = {name: cell(text, "%", name) for name, text in cells.items()}
    found = find_idle(cell("5", "%"), rules, by_id, {"type": "string"})

    assert list(found) == idle


def test_verdicts_and_findings_are_held_against_each_other(monkeypatch):
    """Were the best rule to decide and not the worst, the findings would still know."""
    ledger = pd.DataFrame([dict.fromkeys(["section", "line"]) | {
        "value_id": "t/x", "printed": "3", "unit": N, "role": "derived", "rule": "same a ; same b"
    }])  # fmt: skip
    cells = pd.DataFrame([("t/a", "3", N), ("t/b", "4", N)], columns=["value_id", "text", "unit"])
    ledger.rule = "same t/a ; same t/b"
    findings = audit.find(ledger, cells)

    assert audit.compare_findings(audit.give_verdicts(ledger, cells), findings) == []
    monkeypatch.setattr(audit, "find_worst", lambda checks: checks[0])
    (said,) = audit.compare_findings(audit.give_verdicts(ledger, cells), findings)
    assert said.startswith("t/x: found exact as its verdict; allowed: differs")


def test_rules_are_listed_with_what_they_mean_and_who_brings_them():
    """The study's own beside those that ship."""
    listed = list_rules().set_index("rule")

    assert listed.source["site-name"] == "partnership"
    own = ["site-name", "least-site", "mirrors"]
    assert set(listed.source[own]) == {"partnership"}
    assert set(listed.source.drop(own)) == {"compendium"}
    assert listed.meaning.str.endswith((".", ":")).all()


def test_a_site_is_called_what_figure_2_2_calls_it():
    """The operand is a cell of the site's row there; its text says something else."""
    of_site = cell("Urban", "label", "elston2005/figure-2.2/Metrocity/area")

    assert RULES["site-name"](cell("Metroville", "label"), [[of_site]]) == "Metrocity"


def test_the_site_with_the_least_is_named():
    """By the third part of the address of the smallest."""
    people = [cell("3", name="w/i/North/people"), cell("2", name="w/i/South/people")]

    assert RULES["least-site"](cell("North", "label"), [people]) == "South"


def test_rows_said_again_are_found():
    """A row with the label and the numbers of an earlier one is a finding; a similar one is not."""
    rows = [(1, "CHC", "A", 1), (1, "CHC", "B", 2), (2, "CHC", "A", 1), (2, "CHC", "B", 2),
            (3, "CHC", "A", 1), (3, "CHC", "B", 3)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["row", "who", "site", "n"]).assign(line=1)

    assert audit.repeated_rows("h", table) == [("h/2", "repeated-row", "differs", "CHC", "row 1")]


def test_of_two_rules_the_worse_decides():
    """A total that fits the rows but not the columns differs."""
    cells = {"a": cell("1"), "b": cell("2"), "c": cell("4")}
    checks = audit.check_value(cell("3"), "sum a b ; sum a c", cells)

    assert [check.verdict for check in checks] == ["exact", "differs"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("som a b", "found rule 'som'; allowed: sum, "),
        ("sum a z", "found operand z; allowed: the id of a printed cell"),
        ("sum q*", "found q\\*, which is of no printed cell but"),
    ],
)
def test_a_rule_that_cannot_be_applied(rules, message):
    """The value, the fault and what is allowed are named."""
    with pytest.raises(DataError, match=message):
        audit.check_value(cell("3"), rules, {"a": cell("1"), "b": cell("2")})


def test_a_mistyped_operand_of_a_label_is_refused():
    """Only a source is named in words; any other operand must be a printed cell."""
    with pytest.raises(DataError, match="allowed: the id of a printed cell"):
        audit.check_value(cell("Urban", "label"), "same nowhere", {"a": cell("Urban", "label")})


def test_a_bound_alone_reproduces_nothing():
    """A value that merely keeps within another must be an input."""
    ledger = LEDGER[LEDGER.rule.str.startswith("at-most")].iloc[[0]].assign(role="claim")

    with pytest.raises(DataError, match=r"found only bounds .* for a claim value"):
        audit.give_verdicts(ledger, CELLS)


LEDGER, CELLS, VERDICTS, _ = audit_print()
PRINTED = audit.index_cells(CELLS)
VERDICTS = VERDICTS.set_index("value_id")
EXACT = VERDICTS[(VERDICTS.verdict == "exact") & (VERDICTS.role != "input")]


def other_text(text, unit):
    """Another text of the same kind: the next number, another fraction, another label."""
    if unit == "words":
        return "one in eight" if text != "one in eight" else "half"
    if unit in ("side", "label", "item"):
        return {"left": "right", "right": "left"}.get(text, text + "x")
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if not digits:
        return "twelve"
    # "Over 40" leaves room for 41: what is qualified is changed in its first digit.
    place = digits[0] if text[0].isalpha() else digits[-1]
    return f"{text[:place]}{int(text[place]) % 9 + 1}{text[place + 1 :]}"


@pytest.fixture
def print_instead(monkeypatch):
    """Lets one cell say something else, in an index of all cells that is made once."""

    def change(name, text):
        other = {name: PRINTED[name]._replace(text=text)} if name in PRINTED else {}
        monkeypatch.setattr(audit, "index_cells", lambda _: PRINTED | other)

    return change


@pytest.mark.parametrize("value_id", EXACT.index)
def test_no_exact_verdict_survives_another_printed_value(value_id, print_instead):
    """If print said something else, the verdict would not be exact."""
    row = EXACT.loc[value_id]
    text = other_text(row.printed, row.unit)
    ledger = LEDGER[LEDGER.value_id == value_id].assign(printed=text)
    print_instead(value_id, text)

    assert audit.give_verdicts(ledger, CELLS).verdict.item() != "exact"


def test_nearly_every_operand_is_noticed_when_it_is_wrong(print_instead):
    """At least 95 % of the cells that checked values rest on change a result when they change.

    The others are named: a rank moved within its decile, the larger of several where the least
    counts. Constraints on inputs are left out: a bound may move without being reached.
    """
    checked = LEDGER[(LEDGER.role != "input") & ~LEDGER.rule.isin(UNCHECKED)]
    printed = set(CELLS.value_id)
    uses: dict[str, list[int]] = {}
    for position, rule in checked.rule.items():
        for name in set(rule.split()) & printed:
            uses.setdefault(name, []).append(position)
    texts = CELLS.set_index("value_id")
    unnoticed = []
    for name, positions in uses.items():
        operand = texts.loc[name]
        text = other_text(operand.text, operand.unit)
        print_instead(name, text)
        before = VERDICTS.computed[LEDGER.value_id[positions]].tolist()
        if audit.give_verdicts(LEDGER.loc[positions], CELLS).computed.tolist() == before:
            unnoticed.append(name)

    assert len(uses) > 100
    assert len(unnoticed) <= 0.05 * len(uses), unnoticed
