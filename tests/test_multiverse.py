"""What the answer hangs on: draws, one case, all choices crossed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import balance, multiverse
from compendium.models.balance import offer, tilts

# A study of five factors, two with a role.
BOXES = ["national-policy", "local-structures", "culture", "key-individuals", "resources"]
ROLES = {"culture": "culture", "resources": "resources"}
EVEN = np.full(5, 0.2)
PLAIN, ONE = offer(BOXES, ROLES)["M1 free weights"], pd.DataFrame(index=[0])
STALLED = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})


def codings(leans, low, high, confidence="certain"):
    return pd.DataFrame(
        {"box": BOXES, "lean": leans, "lean_min": low, "lean_max": high, "confidence": confidence}
    ).astype({"lean": "Int64"})


def certain_odds():
    """Figure 5.1 with the open boxes level and every code beyond doubt."""
    leans = [0, 1, 1, 0, -1]
    return multiverse.code_odds(codings(leans, leans, leans), {"certain": 0.0})


def test_weights_are_drawn_evenly_from_the_simplex():
    """Each weight has mean 1/5 and the variance of Dirichlet(1, 1, 1, 1, 1), 4/150."""
    draws = multiverse.draw_weights(200_000, seed=11, n_boxes=5)

    assert draws.mean(axis=0) == pytest.approx(np.full(5, 0.2), abs=0.002)
    assert draws.var(axis=0) == pytest.approx(np.full(5, 4 / 150), rel=0.02)


def test_the_same_seed_gives_the_same_draws():
    """And another seed gives others."""
    first, again, other = (multiverse.draw_weights(5, seed, 5) for seed in (1, 1, 2))

    assert (first == again).all()
    assert (first != other).any()


def test_noise_of_codes_adds_up():
    """With independent codes the variance of the tilt is the sum of w squared times theirs."""
    table = codings([1, 1, 1, 1, 1], [-1] * 5, [1] * 5, "contested")
    odds = multiverse.code_odds(table)
    draws = multiverse.draw_leans(odds, 200_000, seed=3)
    weights = np.array([0.1, 0.1, 0.2, 0.2, 0.4])
    mean = odds @ multiverse.CODES
    variance = (odds @ multiverse.CODES**2 - mean**2) @ weights**2

    assert (draws @ weights).var() == pytest.approx(variance, rel=0.02)


def test_a_missing_lean_is_any_of_its_range():
    """Not level, and not beyond what the coder allows."""
    odds = multiverse.code_odds(codings([None] * 5, [-1, -1, 0, 0, 1], [1, 0, 1, 0, 1]))

    assert odds.round(3).tolist() == [
        *([0.333, 0.333, 0.333], [0.5, 0.5, 0], [0, 0.5, 0.5], [0, 1, 0], [0, 0, 1])
    ]


def test_a_stated_lean_flips_within_its_range():
    """Or to any other code where the range holds no other."""
    odds = multiverse.code_odds(codings([1] * 5, [1, 0, -1, 1, 1], [1] * 5), {"certain": 0.2})

    assert odds[:3].round(3).tolist() == [[0.1, 0.1, 0.8], [0, 0.2, 0.8], [0.1, 0.1, 0.8]]


def test_codes_come_at_their_odds():
    """A quarter, a quarter, a half."""
    draws = multiverse.draw_leans(np.array([[0.25, 0.25, 0.5]]), 100_000, seed=4)

    assert [float((draws == code).mean()) for code in (-1, 0, 1)] == pytest.approx(
        [0.25, 0.25, 0.5], abs=0.01
    )


def test_every_completion_of_a_case():
    """Two open boxes of three codes each: nine ways."""
    ways = multiverse.complete(np.array([-1, 1, -1]), np.array([1, 1, 1]))

    assert ways.shape == (9, 3)
    assert (ways[:, 1] == 1).all()


def test_varying_weights_alone_gives_the_exact_quarter():
    """Figure 5.1 with the national box level: codings fixed, weights free."""
    found = multiverse.vary(
        PLAIN,
        certain_odds()[None],
        pd.DataFrame(index=["5.1"]),
        pd.Series({"5.1": "right"}),
        n=100_000,
        seed=8,
    )

    assert found["5.1"] == pytest.approx(0.25, abs=0.006)
    assert found["all"] == found["5.1"]


def test_varying_codings_alone_leaves_the_weights():
    """With equal weights and certain codes nothing moves."""
    found = multiverse.vary(
        PLAIN,
        certain_odds()[None],
        pd.DataFrame(index=["5.1"]),
        pd.Series({"5.1": "left"}),
        n=100,
        seed=8,
        fixed_weights=EVEN,
    )

    assert found.tolist() == [1.0, 1.0]


def test_a_level_beam_is_as_printed_only_if_print_says_level():
    """A residue of arithmetic is level."""
    found = multiverse.as_told(np.array([[1e-15, 1e-15]]), pd.Series(["level", "left"]))

    assert found.tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lean_max": 0}, "row 1: lean 1, range -1 to 0"),
        ({"lean_min": -2}, "row 0: lean 1, range -2 to 1"),
    ],
)
def test_codings_that_cannot_be(change, message):
    """A lean outside its range, a range outside -1 to 1."""
    table = codings([1] * 5, [-1] * 5, [1] * 5).assign(**change)

    with pytest.raises(DataError, match=message):
        multiverse.code_odds(table)


def test_a_confidence_without_odds_is_refused():
    """The setting must name every confidence that is used."""
    with pytest.raises(SettingError, match="no odds for confidence 'certain'; allowed: likely"):
        multiverse.code_odds(codings([1] * 5, [-1] * 5, [1] * 5), {"likely": 0.1})


def test_a_code_without_odds_is_never_drawn():
    """A chance of exactly 0 is a chance, and picks the first code that has odds."""
    assert multiverse.pick_codes(np.array([[0, 0, 1.0]]), np.zeros((1, 1))).tolist() == [[1]]


def test_a_case_with_an_open_side_cannot_come_out_as_told():
    """It is refused, and not counted as never."""
    with pytest.raises(DataError, match="no side: found District A later; allowed: left"):
        multiverse.as_told(np.zeros((2, 1)), pd.Series({"District A later": None}))


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
    # While another moves an open box is left out: the swings are around +0.2, not around +0.1.
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
    # Only the two open boxes can turn the case within what a fair reader could give.
    assert set(found.box[found.admissible]) == {"national-policy", "key-individuals"}
    assert (found.admissible == ~found.was_stated).all()


def test_nothing_turns_a_case_that_all_boxes_agree_on():
    """An empty table, with its columns."""
    found = multiverse.find_flips(PLAIN, codings([1] * 5, [-1] * 5, [1] * 5), EVEN, ONE)

    assert found.empty
    assert list(found) == ["box", "code", "changed_to", "was_stated", "admissible", "tilt"]


@given(cases())
def test_swings_and_flips_tell_one_story(case):
    """Every swing goes through the base; one turns the side where an admissible code does.

    Both ends of a range, and the known lean or none, lie on one line of the plain sum; the tilt of
    every flip is of another side than the base's.
    """
    swings = multiverse.swing_boxes(PLAIN, case[0], case[1], ONE)
    flips = multiverse.find_flips(PLAIN, case[0], case[1], ONE)
    sides = swings[["low", "base", "high"]].map(balance.side)
    turned = sides.low.ne(sides.base) | sides.high.ne(sides.base)

    assert (swings.low <= swings.base + 1e-12).all()
    assert (swings.base <= swings.high + 1e-12).all()
    assert ((swings.high - swings.low).diff().dropna() <= 1e-12).all()
    assert set(swings.box[turned]) == set(flips.box[flips.admissible])
    assert (flips.tilt.map(balance.side) != sides.base.iloc[0]).all()


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
    with pytest.raises(DataError, match=r"boxes: found national-policy, .*key-individ"):
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
    with pytest.raises(SettingError, match="n: found 100; allowed: a power of 2"):
        multiverse.sobol_shares(lambda x: x[0], ["a"], 100, seed=1)


def test_certain_codes_carry_nothing():
    """With every code fixed, all of the tilt's variance is the weights'."""
    odds = multiverse.code_odds(
        codings([0, 1, 1, 0, -1], [0, 1, 1, 0, -1], [0, 1, 1, 0, -1]), {"certain": 0.0}
    )
    found = multiverse.share_uncertainty(PLAIN, odds, ONE, 2**10, seed=1).set_index("input")

    assert found.in_all[[name for name in found.index if name.startswith("coding")]].max() < 1e-9
    assert found.in_all["weight of resources"] > found.in_all["weight of culture"] > 0.1


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


def cross(factors=BOXES, roles=ROLES, **more):
    return multiverse.run_specifications(
        {"all": (CODINGS, NETS)}, TRAITS, SIDES, factors, roles, **more
    )


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
    found = multiverse.fill_open(CODINGS, NETS, SIDES, BOXES, how)

    assert found.tolist() == [stalled, joined]


def test_every_combination_is_tried_once():
    """Structures times weightings times completions times readings."""
    curve = cross()
    n = len(offer(BOXES, ROLES)) * len(multiverse.list_weightings(BOXES, ROLES)) * 2 * 2

    assert len(curve) == n
    assert not curve.duplicated(multiverse.CHOICES).any()
    assert curve.share.is_monotonic_increasing
    assert (curve.share == 50 * (curve.stalled + curve.joined.astype(int))).all()


def test_the_kind_completion_is_never_worse_than_the_unkind():
    """For the plain sum, whatever the weights."""
    every = (*multiverse.COMPLETIONS, *multiverse.BOUNDS)
    curve = cross(completions=every)
    plain = curve[(curve.structure == "M1 free weights") & (curve.traits == "as told")]
    shares = plain.pivot(index="weights", columns="open boxes", values="share")

    assert (shares["for the told side"] >= shares["as level"]).all()
    assert (shares["as level"] >= shares["against it"]).all()


def test_the_weightings_that_are_tried():
    """With over half of all weight one box wins against any two; no box is spared the doubling.

    The one that is could be the one that turns a case.
    """
    weightings = multiverse.list_weightings(BOXES, ROLES)
    decisive = weightings["resources decisive"]

    assert decisive[BOXES.index("resources")] > 0.5
    assert decisive.sum() == pytest.approx(1)
    assert {f"{box} double" for box in BOXES} <= set(weightings)


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
    curve = cross()
    found = multiverse.find_hinges(curve, pd.Series(True, curve.index))

    assert (found["share"], found["hangs_on"]) == (100.0, "nothing tried")


def test_a_study_of_three_factors_without_roles():
    """What needs a role is not tried; the rest runs on the boxes that there are."""
    curve = cross(["culture", "key-individuals", "resources"], {})

    assert "resources decisive" not in set(curve.weights)
    assert set(curve.structure) == set(offer(BOXES, {}))


def test_contrasts_are_asked_where_their_cases_are():
    """A contrast that names a case nobody told of is left out; all told cases are always asked."""
    curve = cross()
    holds = multiverse.conclude(
        curve, SIDES, TRAITS, {"apart": ["stalled", "joined"], "other": ["stalled", "lost"]}
    )

    assert list(holds) == [
        *("stalled comes out right", "joined comes out left"),
        *("apart", "all small bodies", "all told cases"),
    ]
    assert holds["apart"].equals(curve.share == 100)


def test_shares_of_given_weightings_are_those_of_all_at_once(monkeypatch):
    """A chunk at a time changes nothing, nor does a chunk that is not full."""
    structure = offer(BOXES, {})["M1 free weights"]
    leans, traits = np.array([[1, 0, -1, 1, -1], [-1, 1, 0, 0, 1]]), pd.DataFrame(index=["a", "b"])
    sides, draws = pd.Series({"a": "left", "b": "right"}), multiverse.draw_weights(1000, 3, 5)
    every = multiverse.as_told(tilts(structure, leans, draws, traits), sides).mean(axis=0)
    monkeypatch.setattr(multiverse, "CHUNK", 300)

    found = multiverse.share_as_told(structure, leans, draws, traits, sides)

    assert found.tolist() == every.tolist()


def central(leans, side, n=100_000):
    """The central weights of one case: its leans, and the side told."""
    boxes = [f"box {place}" for place in range(len(leans))]
    codings = pd.DataFrame({"lean": leans, "lean_min": -1, "lean_max": 1, "confidence": "certain"})
    odds = multiverse.code_odds(codings, {"certain": 0.0})[None]
    plain, traits = offer(boxes, {})["M1 free weights"], pd.DataFrame(index=["case"])
    given = plain, odds, traits, pd.Series({"case": side})
    found = multiverse.find_central_weights(*given, n=n, seed=7)
    return found.loc["case"], found


def test_central_weights_of_one_box_against_two():
    """w3 > 1/2: a quarter of the simplex, itself a simplex, whose mean is (1/6, 1/6, 2/3)."""
    case, table = central([1, 1, -1], "right")

    assert abs(case.acceptability - 0.25) < 3 * case.error
    assert case[["box 0", "box 1", "box 2"]].tolist() == pytest.approx(
        [1 / 6, 1 / 6, 2 / 3], abs=5e-3
    )
    assert case.confidence == 1
    assert table.loc["all"].tolist() == case.tolist()


def test_an_open_box_lowers_the_confidence_factor():
    """Of the open box's three leans, central weights (2/7, 1/7, 1/7, 3/7) carry two.

    The acceptability is the mean of 1/8, 1/4 and 1/2: methods K4.
    """
    case, _ = central([None, 1, 1, -1], "right")

    assert abs(case.acceptability - 7 / 24) < 3 * case.error
    assert case.confidence == pytest.approx(2 / 3)
    assert case["box 3"] > case["box 0"] > case["box 1"]


def test_a_side_that_no_weights_give_has_no_central_weights():
    """Missing, not 0; and so for all cases at once."""
    case, table = central([1, 1], "right", n=100)

    assert case.acceptability == 0
    assert case[["box 0", "box 1", "confidence"]].isna().all()
    assert table.loc["all", "confidence"] != table.loc["all", "confidence"]
    with pytest.raises(SettingError, match="n: found 0; allowed"):
        central([1, 1], "left", n=0)
