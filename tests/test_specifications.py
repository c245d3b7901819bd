"""Every combination of choices: how open boxes are filled in, what comes out, what it hangs on."""

import numpy as np
import pandas as pd
import pytest

from compendium.models import balance, multiverse, structures

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
        ("as level", [0, 1, 1, 0, -1], [0, 0, 0, 0, 1]),
        # The balance of statements, kept within the admissible range; silence stays out.
        ("by balance of statements", [0.5, 1, 1, 0, -1], [-0.5, 0, 1, 0, 1]),
        ("for the told side", [-1, 1, 1, -1, -1], [1, 1, 1, 1, 1]),
        ("against it", [1, 1, 1, 0, -1], [-1, 0, -1, -1, 1]),
    ],
)
def test_open_boxes_are_filled_in_as_said(how, stalled, joined):
    """Stated leans stay; open ones follow the choice."""
    found = multiverse.fill_open(CODINGS, NETS, SIDES, how)

    assert found.tolist() == [stalled, joined]


def test_every_combination_is_tried_once():
    """Structures times weightings times completions times readings."""
    curve = multiverse.run_specifications({"all": (CODINGS, NETS)}, TRAITS, SIDES)
    n = len(structures.STRUCTURES) * len(multiverse.WEIGHTINGS) * 2 * 2

    assert len(curve) == n
    assert not curve.duplicated(multiverse.CHOICES).any()
    assert curve.share.is_monotonic_increasing
    assert (curve.share == 50 * (curve.stalled + curve.joined.astype(int))).all()


def test_the_kind_completion_is_never_worse_than_the_unkind():
    """For the plain sum, whatever the weights."""
    every = (*multiverse.COMPLETIONS, *multiverse.BOUNDS)
    curve = multiverse.run_specifications({"all": (CODINGS, NETS)}, TRAITS, SIDES, every)
    plain = curve[(curve.structure == "M1 free weights") & (curve.traits == "as told")]
    shares = plain.pivot(index="weights", columns="open boxes", values="share")

    assert (shares["for the told side"] >= shares["as level"]).all()
    assert (shares["as level"] >= shares["against it"]).all()


def test_resources_decisive_gives_the_stalled_case():
    """With over half of all weight the one box wins against any two."""
    weights = multiverse.weigh_boxes(multiverse.WEIGHTINGS["resources decisive"])

    assert weights[BOXES.index("resources")] > 0.5
    assert weights.sum() == pytest.approx(1)


def test_a_conclusion_hangs_on_the_choices_whose_options_differ():
    """Here: all of structure, nothing of weights."""
    curve = pd.DataFrame(
        {
            "structure": ["a", "a", "b", "b"],
            "weights": ["equal", "other"] * 2,
            "open boxes": "as level",
            "coding": "all",
            "traits": "as told",
        }
    )
    found = multiverse.find_hinges(curve, pd.Series([True, True, False, False]))

    assert found["hangs_on"] == "structure"
    assert (found["share"], found["structure"], found["weights"]) == (50.0, 100.0, 0.0)


def test_a_conclusion_that_always_holds_hangs_on_nothing_tried():
    """Nor does one that never does."""
    curve = multiverse.run_specifications({"all": (CODINGS, NETS)}, TRAITS, SIDES)
    found = multiverse.find_hinges(curve, pd.Series(True, curve.index))

    assert (found["share"], found["hangs_on"]) == (100.0, "nothing tried")


def test_each_box_is_doubled_once():
    """No box is spared: the one that is could be the one that turns a case."""
    assert {f"{box} double" for box in BOXES} <= set(multiverse.WEIGHTINGS)


def test_the_door_to_the_structures_stays_shut_to_missing_leans():
    """What no choice fills in is left out, never missing: the structures refuse NaN."""
    for how in (*multiverse.COMPLETIONS, *multiverse.BOUNDS):
        assert not np.isnan(multiverse.fill_open(CODINGS, NETS, SIDES, how)).any()
