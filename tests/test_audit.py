"""The rules one by one, and whether they would notice a wrong value."""

import pandas as pd
import pytest

from compendium.errors import DataError
from compendium.models import balance
from compendium.printed import audit, tables
from compendium.printed.ledger import read_ledger
from compendium.printed.quantities import show
from compendium.printed.rules import Cell, find_rules, list_rules
from compendium.settings import read_study

N = "n"
RULES = {name: rule.work_out for name, rule in find_rules().items()}


def cell(text, unit=N, name="x"):
    return Cell(name, text, unit)


@pytest.mark.parametrize(
    ("rule", "value", "groups", "computed"),
    [
        ("sum", cell("6"), [["1", "2", "3"]], "6"),
        ("difference", cell("5"), [["50", "43"]], "7"),
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
        ("completes", cell("48", "%"), [["100", "25", "25"]], "50"),
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
        ("item-exists", cell("Table 4.1", "item"), [["elston2005"]], "Table 4.1"),
        ("item-exists", cell("Table 4.6", "item"), [["elston2005"]], "no such item"),
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
        ("item-meant", cell("Box 4", "item"), [["mannion2011/box-4"]], "no such item"),
    ],
)
def test_a_rule_computes_what_it_says(rule, value, groups, computed):
    """Each rule on numbers that can be checked in the head."""
    operands = [[cell(text) for text in group] for group in groups]

    assert show(RULES[rule](value, operands)) == computed


def test_a_number_out_of_line_with_its_peers_is_named():
    """Three sites spend 1 a head; a site that spends 365 is 365 people, not 150; 200 would pass."""
    groups = [["365"], ["100", "100"], ["300", "300"], ["90", "90"]]
    operands = [[cell(text) for text in group] for group in groups]

    assert RULES["peers"](cell("150"), operands) == "about 365 at the others' rate"
    assert RULES["peers"](cell("200"), operands) == "200"


def test_rate_ratios_are_of_mean_rates():
    """488 in two years against 182 in three and 76 in three: 4.02 and 9.63 times.

    The ratios are those of the exact conditional test on these counts.
    """
    groups = [["242", "246"], ["68", "60", "54"], ["37", "27", "12"]]
    operands = [[cell(text) for text in group] for group in groups]

    assert show(RULES["rate-ratios"](cell("5-10", "times"), operands)) == "4.022 to 9.632"


def test_the_tilt_rule_adds_up_leans():
    """Two boxes for and one against tip an equally weighted beam left."""
    stated = {"culture": "1", "local-structures": "1", "resources": "-1"}
    leans = [cell(lean, "", f"figure/state/{box}/lean") for box, lean in stated.items()]

    assert RULES["tilt"](cell("right", "side"), [leans]) == "left"


@pytest.mark.parametrize("leans", [[1, 1, -1], [1, -1], [-1], [-1, -1, 1, 0]])
def test_the_tilt_rule_says_what_the_balance_says(leans):
    """The rule adds up signs; the model weighs boxes. Under equal weights that is one thing."""
    stated = pd.Series(leans, index=list(read_study().factors)[: len(leans)])
    cells = [cell(str(lean), "", "x") for lean in leans]

    assert RULES["tilt"](cell("", "side"), [cells]) == balance.side(
        balance.tilt(stated, read_study().factors)
    )


def test_rules_are_listed_with_what_they_mean_and_who_brings_them():
    """The study's own beside those that ship."""
    listed = list_rules().set_index("rule")

    assert listed.source["site-name"] == "partnership"
    assert set(listed.source.drop("site-name")) == {"compendium"}
    assert listed.meaning.str.endswith((".", ":")).all()


def test_a_site_is_called_what_figure_2_2_calls_it():
    """The operand is a cell of the site's row there; its text says something else."""
    of_site = cell("Urban", "label", "elston2005/figure-2.2/Metrocity/area")

    assert RULES["site-name"](cell("Metroville", "label"), [[of_site]]) == "Metrocity"


def test_rows_said_again_are_found():
    """A row with the label and the numbers of an earlier one is a finding; a similar one is not."""
    rows = [(1, "CHC", "A", 1), (1, "CHC", "B", 2), (2, "CHC", "A", 1), (2, "CHC", "B", 2),
            (3, "CHC", "A", 1), (3, "CHC", "B", 3)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["row", "who", "site", "n"]).assign(line=1)

    assert audit.repeated_rows("h", table) == [("h/2", "repeated-row", "CHC", "row 1")]


def test_of_two_rules_the_worse_decides():
    """A total that fits the rows but not the columns differs."""
    cells = {"a": cell("1"), "b": cell("2"), "c": cell("4")}
    checks = audit.check_value(cell("3"), "sum a b ; sum a c", cells)

    assert [check.verdict for check in checks] == ["exact", "differs"]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("som a b", "found rule 'som'; allowed: sum, "),
        ("sum a z", "found operand z; no printed cell has it"),
        ("sum q*", "matches no printed cell"),
    ],
)
def test_a_rule_that_cannot_be_applied(rules, message):
    """The value, the fault and what is allowed are named."""
    with pytest.raises(DataError, match=message):
        audit.check_value(cell("3"), rules, {"a": cell("1"), "b": cell("2")})


def test_a_mistyped_operand_of_a_label_is_refused():
    """Only a source is named in words; any other operand must be a printed cell."""
    with pytest.raises(DataError, match="no printed cell has it"):
        audit.check_value(cell("Urban", "label"), "same nowhere", {"a": cell("Urban", "label")})


def test_a_bound_alone_reproduces_nothing():
    """A value that merely keeps within another must be an input."""
    ledger = LEDGER[LEDGER.rule.str.startswith("at-most")].iloc[[0]].assign(role="claim")

    with pytest.raises(DataError, match=r"found only bounds .* for a claim value"):
        audit.give_verdicts(ledger, CELLS)


LEDGER = read_ledger()
CELLS = tables.cells()
VERDICTS = audit.give_verdicts(LEDGER, CELLS).set_index("value_id")
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


@pytest.mark.parametrize("value_id", EXACT.index)
def test_no_exact_verdict_survives_another_printed_value(value_id):
    """If print said something else, the verdict would not be exact."""
    row = EXACT.loc[value_id]
    text = other_text(row.printed, row.unit)
    cells = CELLS.assign(text=CELLS.text.mask(CELLS.value_id == value_id, text))
    ledger = LEDGER[LEDGER.value_id == value_id].assign(printed=text)

    assert audit.give_verdicts(ledger, cells).verdict.item() != "exact"


def test_nearly_every_operand_is_noticed_when_it_is_wrong():
    """At least 95 % of the cells that checked values rest on change a result when they change.

    The others are named: a rank moved within its decile, the larger of several where the least
    counts. Constraints on inputs are left out: a bound may move without being reached.
    """
    checked = LEDGER[(LEDGER.role != "input") & ~LEDGER.rule.isin(audit.UNCHECKED)]
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
        cells = CELLS.assign(text=CELLS.text.mask(CELLS.value_id == name, text))
        before = VERDICTS.computed[LEDGER.value_id[positions]].tolist()
        if audit.give_verdicts(LEDGER.loc[positions], cells).computed.tolist() == before:
            unnoticed.append(name)

    assert len(uses) > 100
    assert len(unnoticed) <= 0.05 * len(uses), unnoticed
