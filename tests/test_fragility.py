"""What a single case hangs on: by hand, laws, known answers, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import balance, multiverse

BOXES = list(balance.BOXES)
EVEN = np.full(5, 0.2)
PLAIN, ONE = "M1 free weights", pd.DataFrame(index=[0])
STALLED = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})


def codings(leans, low, high, confidence="certain"):
    return pd.DataFrame(
        {"box": BOXES, "lean": leans, "lean_min": low, "lean_max": high, "confidence": confidence}
    ).astype({"lean": "Int64"})


# Figure 5.1: national policy open, key individuals open or against, the others certain.
DALESVILLE = codings([None, 1, 1, None, -1], [-1, 1, 1, -1, -1], [1, 1, 1, 0, -1])


@st.composite
def cases(draw):
    """Codings of one case, each lean within its range or missing, and positive weights."""
    rows = []
    for _ in BOXES:
        low, lean, high = sorted(draw(st.tuples(*[st.integers(-1, 1)] * 3)))
        rows.append((draw(st.sampled_from([lean, None])), low, high))
    weights = np.array(draw(st.tuples(*[st.integers(1, 9)] * len(BOXES))), dtype=float)
    return codings(*map(list, zip(*rows))), weights / weights.sum()


@pytest.mark.parametrize(
    ("box", "share"), [("resources", 0.5), ("culture", None), ("local-structures", None)]
)
def test_the_weight_that_levels_the_beam(box, share):
    """Resources levels two boxes at half of all weight; one of the two can do so at none."""
    assert multiverse.break_even(STALLED, box) == share


def test_the_widest_range_swings_most():
    """A box that may lean either way moves the beam more than one that may be level."""
    found = multiverse.swing_boxes(PLAIN, DALESVILLE, EVEN, ONE)

    assert found.box.tolist()[:2] == ["national-policy", "key-individuals"]
    assert found.low.tolist() == pytest.approx([0.0, 0.0, 0.2, 0.2, 0.2])
    assert found.high.tolist() == pytest.approx([0.4, 0.2, 0.2, 0.2, 0.2])


def test_an_open_box_is_left_out_while_another_moves():
    """Key individuals may be against or level: the others swing around +0.2, not around +0.1."""
    found = multiverse.swing_boxes(PLAIN, DALESVILLE, EVEN, ONE)

    assert found.base.tolist() == pytest.approx([0.2] * 5)


def test_a_box_that_cannot_be_left_out_is_held_nearest_to_it():
    """A missing lean that may only be 1 counts as 1 from the start."""
    table = codings([None, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0])

    assert multiverse.swing_boxes(PLAIN, table, EVEN, ONE).base.tolist() == pytest.approx([0.2] * 5)


def test_single_codes_that_turn_the_stalled_case():
    """B is +0.2 at equal weights: one box less for, or one more against, and it is not left."""
    found = multiverse.find_flips(PLAIN, DALESVILLE, EVEN, ONE)

    assert list(zip(found.box, found.changed_to)) == [
        ("national-policy", -1), ("local-structures", -1), ("local-structures", 0),
        ("culture", -1), ("culture", 0), ("key-individuals", -1),
    ]  # fmt: skip
    assert found.tilt.tolist() == pytest.approx([0.0, -0.2, 0.0, -0.2, 0.0, 0.0])


def test_a_flip_outside_the_range_is_marked():
    """Only the two open boxes can turn the case within what a fair reader could give."""
    found = multiverse.find_flips(PLAIN, DALESVILLE, EVEN, ONE)

    assert set(found.box[found.admissible]) == {"national-policy", "key-individuals"}
    assert (found.admissible == ~found.was_stated).all()


def test_nothing_turns_a_case_that_all_boxes_agree_on():
    """An empty table, with its columns."""
    found = multiverse.find_flips(PLAIN, codings([1] * 5, [-1] * 5, [1] * 5), EVEN, ONE)

    assert found.empty
    assert list(found) == ["box", "code", "changed_to", "was_stated", "admissible", "tilt"]


@given(cases())
def test_every_swing_goes_through_the_base(case):
    """Both ends of a range, and the known lean or none, lie on one line of the plain sum."""
    found = multiverse.swing_boxes(PLAIN, case[0], case[1], ONE)

    assert (found.low <= found.base + 1e-12).all()
    assert (found.base <= found.high + 1e-12).all()
    assert ((found.high - found.low).diff().dropna() <= 1e-12).all()


@given(cases())
def test_a_swing_turns_the_side_where_an_admissible_code_does(case):
    """The tornado and the list of flips start from one base and tell one story."""
    swings = multiverse.swing_boxes(PLAIN, case[0], case[1], ONE)
    flips = multiverse.find_flips(PLAIN, case[0], case[1], ONE)
    sides = swings[["low", "base", "high"]].map(balance.side)
    turned = sides.low.ne(sides.base) | sides.high.ne(sides.base)

    assert set(swings.box[turned]) == set(flips.box[flips.admissible])


@given(cases())
def test_no_flip_leaves_the_side(case):
    """Every row's tilt is of another side than the base's."""
    base = multiverse.swing_boxes(PLAIN, case[0], case[1], ONE).base.iloc[0]
    flips = multiverse.find_flips(PLAIN, case[0], case[1], ONE)

    assert (flips.tilt.map(balance.side) != balance.side(base)).all()


@given(cases())
def test_mirrored_codings_flip_the_mirrored_way(case):
    """What turns a case one way turns its mirror image the other way."""
    table, weights = case
    mirror = table.assign(lean=-table.lean, lean_min=-table.lean_max, lean_max=-table.lean_min)
    flips = multiverse.find_flips(PLAIN, table, weights, ONE)
    mirrored = multiverse.find_flips(PLAIN, mirror, weights, ONE)

    assert set(zip(flips.box, flips.changed_to, flips.admissible)) == set(
        zip(mirrored.box, -mirrored.changed_to, mirrored.admissible)
    )


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(case, random):
    """Boxes are found by name, not by place."""
    table, weights = case
    mixed = table.iloc[random.sample(range(5), 5)]

    for ask in (multiverse.swing_boxes, multiverse.find_flips):
        pd.testing.assert_frame_equal(
            ask(PLAIN, table, weights, ONE), ask(PLAIN, mixed, weights, ONE)
        )


def test_a_residue_is_no_flip():
    """A box that weighs nothing turns no side, even where the sum leaves a residue of 5e-17."""
    weights = np.array([0, 0.1, 0.2, 0.4, 0.3])
    found = multiverse.find_flips(PLAIN, DALESVILLE, weights, ONE)

    assert "national-policy" not in set(found.box)


@pytest.mark.parametrize("ask", [multiverse.swing_boxes, multiverse.find_flips])
def test_codings_without_a_box_are_refused(ask):
    """Four boxes are no balance; the message names those that were found."""
    with pytest.raises(DataError, match=r"found boxes national-policy, .*key-individuals; allowed"):
        ask(PLAIN, DALESVILLE[:4], EVEN, ONE)


def ishigami(chances):
    a, b = 7.0, 0.1
    x = (2 * chances - 1) * np.pi
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


def test_sobol_shares_of_ishigami():
    """Ishigami and Homma (1990), a = 7, b = .1: analytic shares."""
    found = multiverse.sobol_shares(ishigami, ["x1", "x2", "x3"], 2**13, seed=1)

    assert found.alone.tolist() == pytest.approx([0.313905, 0.442411, 0.0], abs=0.01)
    assert found.in_all.tolist() == pytest.approx([0.557589, 0.442411, 0.243684], abs=0.01)


def test_sobol_shares_of_a_sum():
    """A sum of w x: alone and in all, each input's share is its squared weight's."""
    weights = np.array([1, 1, 1, 1, 1, 2.0])
    found = multiverse.sobol_shares(lambda x: weights @ x, list("abcdef"), 2**12, seed=1)

    assert found.alone.tolist() == pytest.approx([1 / 9] * 5 + [4 / 9], abs=0.01)
    assert found.in_all.tolist() == pytest.approx([1 / 9] * 5 + [4 / 9], abs=0.01)


def test_sobol_needs_a_power_of_two():
    """Another number of draws would unbalance the sequence."""
    with pytest.raises(SettingError, match="found 100 draws; allowed: a power of 2"):
        multiverse.sobol_shares(lambda x: x[0], ["a"], 100, seed=1)


def test_certain_codes_carry_nothing():
    """With every code fixed, all of the tilt's variance is the weights'."""
    odds = multiverse.code_odds(
        codings([0, 1, 1, 0, -1], [0, 1, 1, 0, -1], [0, 1, 1, 0, -1]), {"certain": 0.0}
    )
    found = multiverse.share_uncertainty(
        "M1 free weights", odds, pd.DataFrame(index=[0]), 2**10, seed=1
    ).set_index("input")

    assert found.in_all[[name for name in found.index if name.startswith("coding")]].max() < 1e-9
    assert found.in_all["weight of resources"] > found.in_all["weight of culture"] > 0.1
