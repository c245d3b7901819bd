"""The balance and its rival structures: laws, one small case by hand for each, the stated cases."""

import inspect
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import balance
from compendium.printed import tables
from compendium.settings import read_study

BOXES = ["national-policy", "local-structures", "culture", "key-individuals", "resources"]
OFFERED = balance.offer(BOXES, {"culture": "culture", "resources": "resources"})
PLAIN, DUTY = OFFERED["M1 free weights"], OFFERED["M4 duty as a floor"]
ONES = dict.fromkeys(BOXES, 1.0)
EVEN = np.full(5, 0.2)
STALLED = np.array([[0, 1, 1, 0, -1]])
TRAITS = pd.DataFrame(
    {
        "mandated": [False],
        "funded": [True],
        "small": [False],
        "dependence": [1.0],
        "scarcity": [1.0],
        "attitude": [1.0],
        "year": [1.0],
        "kind_lean": [-1.0],
    }
)


any_leans = st.lists(st.integers(-1, 1), min_size=5, max_size=5)
any_weights = st.fixed_dictionaries(dict.fromkeys(BOXES, st.floats(0.001, 1000)))


def tilt(leans, weights=ONES):
    """The plain sum of one case."""
    given = np.array([leans]), np.array([weights[box] for box in BOXES])
    return balance.tilts(PLAIN, *given, pd.DataFrame(index=[0]))[0]


@pytest.mark.parametrize(("national", "found"), [(0, 1), (-1, 0), (1, 2)])
def test_equal_weights_count_the_boxes(national, found):
    """Two for, one against: one for.

    With the national policy box neutral, as a cost or as a benefit, the sum of unit weights is
    +1, 0 or +2: the wrong side or level every time.
    """
    assert tilt([national, 1, 1, 0, -1]) == found


@given(any_leans, any_weights)
def test_turning_every_box_turns_the_beam(leans, weights):
    """Opposite leans give the opposite tilt, and only the ratio of weights decides the side."""
    doubled = {box: 2 * weight for box, weight in weights.items()}

    assert tilt([-lean for lean in leans], weights) == pytest.approx(-tilt(leans, weights))
    assert tilt(leans, doubled) == pytest.approx(2 * tilt(leans, weights))


def test_a_lean_further_left_never_tips_right():
    """More for partnership, more tilt to the left."""
    assert tilt([0, 1, 1, 0, 0]) > tilt([0, 1, 1, 0, -1])


@pytest.mark.parametrize(
    ("weights", "side"),
    [
        # 0.1 + 0.2 - 0.3 is not a tilt.
        ({"local-structures": 0.1, "culture": 0.2, "resources": 0.3}, "level"),
        # As printed the case needs a resources weight above the sum of the two that lean left.
        ({"resources": 2.0}, "level"),
        ({"resources": 2.01}, "right"),
    ],
)
def test_the_side_of_figure_5_1(weights, side):
    """A residue of arithmetic is level; resources must outweigh the other two."""
    assert balance.side(tilt(STALLED[0], ONES | weights)) == side


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"culture": -1.0}, "culture: found -1.0"),
        ({"culture": float("nan")}, "culture: found nan"),
        ({"cultur": 1.0}, "cultur: no such box"),
        (dict.fromkeys(BOXES, 0.0), "all weights are 0"),
    ],
)
def test_weights_that_cannot_be_used(change, message):
    """Negative, missing, unknown and all-zero weights are refused."""
    with pytest.raises(SettingError, match=message):
        balance.check_weights(ONES | change, BOXES)


@pytest.mark.parametrize(
    ("structure", "tilt"),
    [
        ("M0 equal weights", 0.2),
        ("M1 free weights", 0.2),
        # local 0.2 counts 1.2 times, resources 0.2 counts 0.8 times
        ("M2 attitude moderates", 0.08),
        # the cost counts twice
        ("M3 scarcity scales costs", 0.0),
        ("M4 duty as a floor", 0.2),
        ("M5 two regimes", 0.2),
        # a third of two benefits has come
        ("M6 costs before benefits", 0.4 / 3 - 0.2),
        ("resource first", -1.0),
        ("null: funds only", 1.0),
        ("null: size only", 1.0),
        ("null: attitude only", 1.0),
        ("null: kind only", -1.0),
    ],
)
def test_the_stalled_case_by_hand(structure, tilt):
    """Figure 5.1 with the two unstated boxes level and equal weights."""
    assert balance.tilts(OFFERED[structure], STALLED, EVEN, TRAITS)[0] == pytest.approx(tilt)


@pytest.mark.parametrize("structure", OFFERED.values(), ids=list(OFFERED))
def test_all_structures_give_the_same_shape(structure):
    """Many weights for one table of leans, or one for each draw of leans."""
    traits = pd.concat([TRAITS] * 3, ignore_index=True)
    leans, weights = np.zeros((3, 5)), np.full((4, 5), 0.2)

    assert balance.tilts(structure, leans, weights, traits).shape == (4, 3)
    many = np.broadcast_to(leans, (4, 3, 5))
    assert balance.tilts(structure, many, weights, traits).shape == (4, 3)


@pytest.mark.parametrize("structure", OFFERED.values(), ids=list(OFFERED))
def test_drawing_together_or_one_by_one_is_the_same(structure):
    """The vectorised form is the plain loop."""
    rng = np.random.default_rng(5)
    traits = pd.concat([TRAITS] * 3, ignore_index=True).assign(
        small=[True, False, True], mandated=[True, False, False], year=[0.0, 1.0, 5.0]
    )
    leans = rng.integers(-1, 2, (6, 3, 5)).astype(float)
    weights = rng.dirichlet(np.ones(5), 6)
    loop = [balance.tilts(structure, one, weight, traits) for one, weight in zip(leans, weights)]

    assert balance.tilts(structure, leans, weights, traits) == pytest.approx(np.array(loop))


@pytest.mark.parametrize("structure", [one for one in OFFERED.values() if one.linear])
def test_linear_structures_are_sums_over_weights(structure):
    """Their effective leans weigh to the tilt they give."""
    rng = np.random.default_rng(6)
    leans, weights = rng.integers(-1, 2, (1, 5)).astype(float), rng.dirichlet(np.ones(5), 7)
    traits = TRAITS.assign(small=True)

    rows = balance.effective_leans(structure, leans, traits)

    assert weights @ rows.T == pytest.approx(balance.tilts(structure, leans, weights, traits))


@pytest.mark.parametrize("structure", list(OFFERED.values())[:8], ids=list(OFFERED)[:8])
def test_all_boxes_one_way_tip_the_beam_that_way(structure):
    """No structure turns a unanimous case: a large body, no duty, after the first years."""
    traits = TRAITS.assign(year=3.0)
    left, right = np.ones((1, 5)), -np.ones((1, 5))

    assert balance.tilts(structure, left, EVEN, traits)[0] > 0
    assert balance.tilts(structure, right, EVEN, traits)[0] < 0


def test_a_broad_view_bears_more_cost_than_a_narrow_one():
    """M2: the same other boxes, another attitude."""
    broad, narrow = np.array([[0, 1, 1, 0, -1]]), np.array([[0, 1, -1, 0, -1]])

    first, second = (
        balance.tilts(OFFERED["M2 attitude moderates"], leans, EVEN, TRAITS)[0]
        for leans in (broad, narrow)
    )
    assert first > 0 > second


def test_costs_come_first_and_benefits_only_with_investment():
    """M6: the path dips, then rises; without investment it stays down."""
    leans = pd.Series([0.0, 1.0, 1.0, 0.0, -1.0], BOXES)
    follow = partial(balance.follow_years, leans, EVEN, 5, culture="culture")
    invested, idle = (follow(invested=time, scepticism=0.0) for time in (True, False))
    sceptical = follow(invested=True, scepticism=1.0)

    assert invested[0] < 0 < invested[-1]
    assert (idle < 0).all()
    # Each year without a benefit in sight, the culture box moves against.
    assert (sceptical <= invested + 1e-12).all()
    assert sceptical[-1] < invested[-1]


@pytest.mark.parametrize("wrong", [np.nan, 2])
def test_missing_leans_are_completed_first(wrong):
    """A structure never reads a missing lean as level, nor one beyond the scale."""
    with pytest.raises(DataError, match="or outside -1 to 1; complete missing leans first"):
        balance.tilts(PLAIN, np.array([[wrong, 1, 1, 0, -1]]), EVEN, TRAITS)


def test_shapes_that_do_not_meet_are_refused():
    """Four boxes where there are five."""
    with pytest.raises(DataError, match=r"leans of shape: found \(1, 4\)"):
        balance.tilts(PLAIN, np.zeros((1, 4)), EVEN, TRAITS)


def test_a_structure_that_is_no_sum_has_no_effective_leans():
    """The message lists those that have."""
    with pytest.raises(DataError, match="not linear in the weights; allowed: M1"):
        balance.effective_leans(OFFERED["resource first"], STALLED, TRAITS)


def test_every_trait_a_structure_reads_is_described():
    """And none is described that no structure reads."""
    text = inspect.getsource(balance)

    assert {name for name in TRAITS if f'trait("{name}")' in text} == set(balance.TRAITS)
    assert list(TRAITS) == list(balance.TRAITS)


def test_a_small_body_can_still_stay_away():
    """M5: with every other box against and a weak dependence, costs felt by half win."""
    traits = TRAITS.assign(small=True, dependence=0.0)

    assert balance.tilts(OFFERED["M5 two regimes"], -np.ones((1, 5)), EVEN, traits)[0] < 0


def test_under_a_duty_presence_is_enough():
    """M4: a mandated body told to be little involved should come out level, others as told."""
    traits = TRAITS.assign(mandated=True)
    right, left = pd.Series(["right"]), pd.Series(["left"])

    assert balance.expected_sides(DUTY, right, traits).tolist() == ["level"]
    assert balance.expected_sides(DUTY, left, traits).tolist() == ["left"]
    assert balance.expected_sides(PLAIN, right, traits).tolist() == ["right"]


def test_a_structure_whose_role_is_not_declared_is_not_offered():
    """M2 needs the factor that is culture; M5 and the lexicographic one that is resources."""
    assert set(OFFERED) - set(balance.offer(BOXES, {"culture": "culture"})) == {
        "M5 two regimes",
        "resource first",
    }
    assert set(OFFERED) - set(balance.offer(BOXES, {})) == {
        "M2 attitude moderates",
        "M5 two regimes",
        "resource first",
    }


def test_a_study_of_two_factors_in_another_order():
    """Roles are found by name: the same case, its boxes the other way round, tips alike."""
    money_first = balance.offer(["money", "trust"], {"resources": "money", "culture": "trust"})
    trust_first = balance.offer(["trust", "money"], {"resources": "money", "culture": "trust"})
    traits, weights = TRAITS.assign(small=True), np.array([0.3, 0.7])

    for name, structure in money_first.items():
        one = balance.tilts(structure, np.array([[-1, 1]]), weights, traits)
        other = balance.tilts(trust_first[name], np.array([[1, -1]]), weights[::-1], traits)
        assert one == pytest.approx(other)


def test_weights_that_lack_a_factor_are_refused():
    """A study of three factors needs three weights; the message names the one that is missing."""
    with pytest.raises(
        SettingError, match=r"each of trust, duty, money.*\n  duty: found no weight"
    ):
        balance.check_weights({"trust": 1, "money": 1}, ["trust", "duty", "money"])


def test_what_is_not_stated_is_blank():
    """A lean is stated or carried from an earlier state, at a line; an implied box has a range."""
    leanings = tables.read_table("coding/leanings")

    assert (leanings.lean.notna() == leanings.basis.isin(["stated", "carried"])).all()
    assert (leanings.basis.notna() == leanings.line.notna()).all()
    assert (leanings.lean_min <= leanings.lean_max).all()
    held = leanings.lean.between(leanings.lean_min, leanings.lean_max)
    assert held[leanings.lean.notna()].all()


def test_every_case_has_every_box_once():
    """Each figure and state lists the five factors of Figure 4.1."""
    leanings = tables.read_table("coding/leanings")

    for _, case in leanings.groupby(["figure", "state"]):
        assert list(case.box) == list(read_study().factors)
