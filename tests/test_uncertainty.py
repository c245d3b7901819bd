"""Draws of weights and codings: known answers, then laws."""

import numpy as np
import pandas as pd
import pytest

from compendium.errors import DataError, SettingError
from compendium.models import balance, multiverse

BOXES = list(balance.BOXES)
EVEN = np.full(5, 0.2)


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
    draws = multiverse.draw_weights(200_000, seed=11)

    assert draws.mean(axis=0) == pytest.approx(np.full(5, 0.2), abs=0.002)
    assert draws.var(axis=0) == pytest.approx(np.full(5, 4 / 150), rel=0.02)


def test_the_same_seed_gives_the_same_draws():
    """And another seed gives others."""
    first, again, other = (multiverse.draw_weights(5, seed) for seed in (1, 1, 2))

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
        "M1 free weights",
        certain_odds()[None],
        pd.DataFrame(index=["5.1"]),
        pd.Series({"5.1": "right"}),
        n=100_000,
        seed=8,
    )

    assert found.loc["5.1", "share"] == pytest.approx(0.25, abs=0.006)
    assert found.loc["all", "share"] == found.loc["5.1", "share"]


def test_varying_codings_alone_leaves_the_weights():
    """With equal weights and certain codes nothing moves."""
    found = multiverse.vary(
        "M1 free weights",
        certain_odds()[None],
        pd.DataFrame(index=["5.1"]),
        pd.Series({"5.1": "left"}),
        n=100,
        seed=8,
        fixed_weights=EVEN,
    )

    assert found.share.tolist() == [1.0, 1.0]


def test_a_level_beam_is_as_printed_only_if_print_says_level():
    """A residue of arithmetic is level."""
    found = multiverse.share_as_printed(np.array([[1e-15, 1e-15]]), pd.Series(["level", "left"]))

    assert found.tolist() == [1.0, 0.0]


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
    with pytest.raises(SettingError, match="no odds for confidence certain"):
        multiverse.code_odds(codings([1] * 5, [-1] * 5, [1] * 5), {"likely": 0.1})


def test_a_code_without_odds_is_never_drawn():
    """A chance of exactly 0 is a chance, and picks the first code that has odds."""
    assert multiverse.pick_codes(np.array([[0, 0, 1.0]]), np.zeros((1, 1))).tolist() == [[1]]


def test_a_case_with_an_open_side_cannot_come_out_as_told():
    """It is refused, and not counted as never."""
    with pytest.raises(DataError, match="found no side for District A later"):
        multiverse.as_told(np.zeros((2, 1)), pd.Series({"District A later": None}))
