"""Every combination of choices: how open boxes are filled in, what comes out, what it hangs on."""

import numpy as np
import pandas as pd
import pytest

from compendium import balance, specifications, structures

BOXES = list(balance.BOXES)
SIDES = pd.Series({"stalled": "right", "joined": "left"})
TRAITS = pd.DataFrame(
    {
        "mandated": [False, False],
        "funded": [False, True],
        "small": [False, False],
        "dependence": 0.0,
        "scarcity": 0.0,
        "attitude": 0.0,
        "year": 3.0,
        "kind_lean": 0.0,
    },
    index=SIDES.index,
)


def long(name, leans):
    return pd.DataFrame(
        [(case, box, lean) for case, row in leans.items() for box, lean in zip(BOXES, row)],
        columns=["case", "box", name],
    )


CODINGS = (
    long("lean", {"stalled": [None, 1, 1, None, -1], "joined": [None, None, None, None, 1]})
    .merge(long("lean_min", {"stalled": [-1, 1, 1, -1, -1], "joined": [-1, 0, -1, -1, 1]}))
    .merge(long("lean_max", {"stalled": [1, 1, 1, 0, -1], "joined": [1, 1, 1, 1, 1]}))
)
NETS = long("lean", {"stalled": [0.5, 1, 1, 1, -1], "joined": [-0.5, None, 1, None, 1]})


@pytest.mark.parametrize(
    ("how", "stalled", "joined"),
    [
        ("left out", [0, 1, 1, 0, -1], [0, 0, 0, 0, 1]),
        # The balance of statements, kept within the admissible range; silence stays out.
        ("by balance of statements", [0.5, 1, 1, 0, -1], [-0.5, 0, 1, 0, 1]),
        ("for the told side", [-1, 1, 1, -1, -1], [1, 1, 1, 1, 1]),
        ("against it", [1, 1, 1, 0, -1], [-1, 0, -1, -1, 1]),
    ],
)
def test_open_boxes_are_filled_in_as_said(how, stalled, joined):
    """Stated leans stay; open ones follow the choice."""
    found = specifications.fill_open(CODINGS, NETS, SIDES, how)

    assert found.tolist() == [stalled, joined]


def test_every_combination_is_tried_once():
    """Structures times weightings times completions times readings."""
    curve = specifications.run_specifications({"all": (CODINGS, NETS)}, TRAITS, SIDES)
    n = len(structures.STRUCTURES) * len(specifications.WEIGHTINGS) * 4

    assert len(curve) == n
    assert not curve.duplicated(specifications.CHOICES).any()
    assert curve.share.is_monotonic_increasing
    assert (curve.share == 50 * (curve.stalled + curve.joined.astype(int))).all()


def test_the_kind_completion_is_never_worse_than_the_unkind():
    """For the plain sum, whatever the weights."""
    curve = specifications.run_specifications({"all": (CODINGS, NETS)}, TRAITS, SIDES)
    plain = curve[curve.structure == "M1 free weights"]
    shares = plain.pivot(index="weights", columns="open boxes", values="share")

    assert (shares["for the told side"] >= shares["left out"]).all()
    assert (shares["left out"] >= shares["against it"]).all()


def test_resources_decisive_gives_the_stalled_case():
    """With over half of all weight the one box wins against any two."""
    weights = specifications.weigh_boxes(specifications.WEIGHTINGS["resources decisive"])

    assert weights[BOXES.index("resources")] > 0.5
    assert weights.sum() == pytest.approx(1)


def test_a_conclusion_hangs_on_the_choice_whose_options_differ_most():
    """Here: all of structure, nothing of weights."""
    curve = pd.DataFrame(
        {
            "structure": ["a", "a", "b", "b"],
            "weights": ["equal", "other"] * 2,
            "open boxes": "left out",
            "coding": "all",
        }
    )
    found = specifications.find_hinge(curve, pd.Series([True, True, False, False]))

    assert found["hangs_on"] == "structure"
    assert (found["share"], found["best"], found["worst"]) == (50.0, "a (100 %)", "b (0 %)")


def test_the_door_to_the_structures_stays_shut_to_missing_leans():
    """What no choice fills in is left out, never missing: the structures refuse NaN."""
    for how in specifications.COMPLETIONS:
        assert not np.isnan(specifications.fill_open(CODINGS, NETS, SIDES, how)).any()
