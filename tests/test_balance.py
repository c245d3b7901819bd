"""The balance: laws first, then the stated cases."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import balance
from compendium.printed import tables
from compendium.settings import read_study

BOXES = ["national-policy", "local-structures", "culture", "key-individuals", "resources"]
EVEN = dict.fromkeys(BOXES, 1.0)
LEANS = pd.Series({"local-structures": 1, "culture": 1, "resources": -1})

any_leans = st.dictionaries(st.sampled_from(BOXES), st.integers(-1, 1), min_size=1)
any_weights = st.fixed_dictionaries(dict.fromkeys(BOXES, st.floats(0.001, 1000)))


def tilt(leans, weights=None):
    return balance.tilt(leans, BOXES, weights)


def test_equal_weights_count_the_boxes():
    """Two for, one against: one for.

    With the national policy box neutral, as a cost or as a benefit, the sum of unit weights is
    +1, 0 or +2: the wrong side or level every time.
    """
    assert tilt(LEANS) == 1
    assert tilt(pd.concat([LEANS, pd.Series({"national-policy": -1})])) == 0
    assert tilt(pd.concat([LEANS, pd.Series({"national-policy": 1})])) == 2


@given(any_leans, any_weights)
def test_a_missing_box_does_not_count(leans, weights):
    """A box whose lean is not stated adds nothing, whatever it weighs."""
    stated = pd.Series(leans, dtype="Int64")
    with_gaps = stated.reindex(BOXES)

    assert tilt(with_gaps, weights) == pytest.approx(tilt(stated, weights))


@given(any_leans, any_weights)
def test_turning_every_box_turns_the_beam(leans, weights):
    """Opposite leans give the opposite tilt."""
    series = pd.Series(leans)

    assert tilt(-series, weights) == pytest.approx(-tilt(series, weights))


@given(any_leans, any_weights)
def test_doubling_all_weights_doubles_the_tilt(leans, weights):
    """Only the ratio of weights decides the side."""
    doubled = {box: 2 * weight for box, weight in weights.items()}
    series = pd.Series(leans)

    assert tilt(series, doubled) == pytest.approx(2 * tilt(series, weights))


def test_a_lean_further_left_never_tips_right():
    """More for partnership, more tilt to the left."""
    turned = LEANS.replace({-1: 0})

    assert tilt(turned) > tilt(LEANS)


def test_a_residue_of_arithmetic_is_level():
    """0.1 + 0.2 - 0.3 is not a tilt."""
    weights = EVEN | {"local-structures": 0.1, "culture": 0.2, "resources": 0.3}

    assert balance.side(tilt(LEANS, weights)) == "level"


def test_the_resources_box_must_outweigh_the_other_two():
    """Figure 5.1 as printed needs a resources weight above the sum of the two that lean left."""
    two = EVEN | {"resources": 2.0}
    more = EVEN | {"resources": 2.01}

    assert balance.side(tilt(LEANS, two)) == "level"
    assert balance.side(tilt(LEANS, more)) == "right"


@pytest.mark.parametrize(
    ("leans", "message"),
    [
        ({"culture": 2}, r"box 'culture': found 2; allowed: -1 to 1"),
        ({"cultur": 1}, r"box 'cultur': no such box; allowed: national-policy"),
        ({"culture": None}, "no box has a stated lean"),
    ],
)
def test_leans_that_cannot_be_weighed(leans, message):
    """An unknown box, a lean out of range and a case without leans are refused."""
    with pytest.raises(DataError, match=message):
        tilt(pd.Series(leans, dtype="Int64"))


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
        tilt(LEANS, EVEN | change)


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


def test_inputs_are_left_as_they_were():
    """Weighing changes neither the leans nor the weights."""
    leans, weights = LEANS.copy(), dict(EVEN)
    tilt(leans, weights)

    assert leans.equals(LEANS)
    assert weights == EVEN
