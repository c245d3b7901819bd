"""Wrong codes in our coding: by hand on four statements, then on the shipped coding."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from compendium.cli.app import app
from compendium.coding import grading, wrong_codes
from compendium.coding.grading import Answer, Coding, signs
from compendium.coding.wrong_codes import WrongCode
from compendium.printed import tables
from partnership import propositions

EVIDENCE = pd.DataFrame(
    {
        "evidence_id": ["e10", "e11", "e12", "e13"],
        "line": [10, 11, 12, 13],
        "subfactor": ["1.funds", "1.funds", "1.funds", "2.control"],
        "direction": ["+", "+", "-", "+/-"],
    }
)
INVOLVEMENT = pd.DataFrame(
    {
        "involvement_id": ["v20", "v21"],
        "code": pd.array([0, 3], "Int64"),
        "code_min": pd.array([0, 2], "Int64"),
        "code_max": pd.array([1, 3], "Int64"),
    }
)
ORDERINGS = pd.DataFrame({"ordering_id": ["o30"], "more": ["PCG"], "less": ["CHC"]})
SMALL = Coding(EVIDENCE, INVOLVEMENT, ORDERINGS)
ASKED = pd.DataFrame({"number": ["P1", "P2"], "lines": ["10", "30"]})


def ranks_pcg_first(coding, cited):
    del cited
    first = int((coding.orderings.more == "PCG").sum())
    return Answer("", first, len(coding.orderings) - first, first)


RULES = {"P1": signs("+", subfactor="1.funds"), "P2": ranks_pcg_first}
FOUND = wrong_codes.perturb_codes(SMALL, ASKED, RULES).set_index(["row", "kind"])


@pytest.mark.parametrize(
    ("row", "kind", "outcome", "noticed_by"),
    [
        # Two for and one against, one of those for elsewhere: with one less it is level.
        ("e10", "dropped row", "a grade moves", "P1"),
        ("e11", "direction", "a grade moves", "P1"),
        # Two for and none against is as good a grade.
        ("e12", "dropped row", "a count moves", "P1"),
        ("e12", "direction", "a count moves", "P1"),
        ("e13", "dropped row", "nothing moves", ""),
        ("v20", "degree", "nothing moves", ""),
        ("o30", "order", "a grade moves", "P2"),
        ("o30", "dropped row", "a grade moves", "P2"),
    ],
)
def test_each_outcome(row, kind, outcome, noticed_by):
    """Which propositions notice, by hand."""
    assert FOUND.loc[(row, kind)].tolist()[1:] == [outcome, noticed_by]


def test_a_degree_goes_down_or_from_the_lowest_up():
    """Nothing becomes a little, full becomes less than full; the bounds go along."""
    turned = [wrong_codes.make_wrong(SMALL, WrongCode("involvement", n, "degree")) for n in (0, 1)]
    rows = [coding.involvement.iloc[n, 1:].tolist() for n, coding in enumerate(turned)]

    assert rows == [[1, 1, 2], [2, 1, 2]]
    assert INVOLVEMENT.code.tolist() == [0, 3]


def test_a_proposition_is_asked_only_of_what_it_reads():
    """The ordering is not asked when a statement changes."""
    asked = []

    def watched(coding, cited):
        asked.append(len(coding.orderings))
        return ranks_pcg_first(coding, cited)

    wrong_codes.perturb_codes(SMALL, ASKED, RULES | {"P2": watched})

    # Once to see what it reads, once as it is, once dropped, once turned.
    assert asked == [1, 1, 0, 1]


def test_the_shipped_coding_is_tried_the_same_way_twice():
    """Repetitions are left out, and a sample is the same for its seed."""
    coding, table = grading.read_coding(), tables.read_table("coding/propositions")
    found = [
        wrong_codes.perturb_codes(coding, table, propositions.RULES, sample=6, seed=2)
        for _ in range(2)
    ]

    assert set(coding.evidence.is_restatement) == {"no"}
    assert found[0].equals(found[1])
    assert set(found[0].outcome) <= set(wrong_codes.OUTCOMES)


def test_the_command_counts_what_came_of_them():
    """By table and kind; a few are enough."""
    said = CliRunner().invoke(app, ["perturb", "--coding", "--sample", "5", "--seed", "1"])

    assert "nothing moves" in said.output
