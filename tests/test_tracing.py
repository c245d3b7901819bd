"""Likelihood ratios, posteriors, sources: known answers, then laws, then the two comparisons."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import tracing
from compendium.printed.tables import read_table
from partnership import rivals

chances = st.floats(0.01, 0.99)


def items(*rows):
    """One comparison and rival: item, source, low, high."""
    table = pd.DataFrame(rows, columns=["item_id", "source", "low", "high"])
    return table.assign(comparison="wards", rival="habit")


@pytest.mark.parametrize(
    ("if_true", "if_rival", "seen", "unseen"),
    [
        (0.9, 0.5, 0.642857, 0.166667),  # K36
        (0.5, 0.05, 0.909091, 0.344828),  # K37, a smoking gun
        (0.95, 0.5, 0.655172, 0.090909),  # K37, a hoop
    ],
)
def test_tests_of_van_evera(if_true, if_rival, seen, unseen):
    """Methods K36 and K37, prior .5: posteriors to the sixth digit."""
    ratios = if_true / if_rival, (1 - if_true) / (1 - if_rival)

    found = [tracing.update(0.5, ratio) for ratio in ratios]
    assert found == pytest.approx([seen, unseen], abs=5e-7)


def test_weights_of_evidence_in_decibels():
    """Methods K36: +2.55 and -6.99; a ratio of 10 is 10, of 100 is 20 decibels."""
    for ratio, decibels in ((0.9 / 0.5, 2.55), (0.1 / 0.5, -6.99), (10, 10), (100, 20)):
        weighed = tracing.weigh_rivals(items(("i1", "a", ratio, ratio)))
        assert weighed.decibels_low.item() == pytest.approx(decibels, abs=5e-3)


def test_the_examples_of_humphreys_and_jacobs():
    """Integrated Inferences (2023), chapter 5 (K38): a test for a disease, and two orders of news.

    One in 100 has it, and the test is right 99 times in 100: a half. That a card is the Jack of
    Spades goes from 1 in 52 to 1 in 12, a face card, to 1 in 6, a black one; or by 1 in 26.
    """
    face, black = 51 / 11, 11 / 5
    weighed = tracing.weigh_rivals(
        items(("i1", "a", face, face), ("i2", "b", black, black)), (1 / 52, 1 / 52)
    )

    assert tracing.update(0.01, 0.99 / 0.01) == pytest.approx(1 / 2)
    assert tracing.update(1 / 52, face) == pytest.approx(1 / 12)
    assert tracing.update(1 / 52, 51 / 25) == pytest.approx(1 / 26)
    assert weighed.posterior_low.item() == pytest.approx(1 / 6)


@given(chances, chances, chances)
def test_posteriors_average_to_the_prior(prior, if_true, if_rival):
    """Nobody can expect to be persuaded."""
    seen = tracing.update(prior, if_true / if_rival)
    unseen = tracing.update(prior, (1 - if_true) / (1 - if_rival))
    evidence = prior * if_true + (1 - prior) * if_rival

    assert evidence * seen + (1 - evidence) * unseen == pytest.approx(prior)


def test_independent_items_multiply():
    """Odds of 1 to 4, times 2, times 6: 3 to 1, whichever comes first."""
    one = tracing.weigh_rivals(items(("i1", "a", 2, 2), ("i2", "b", 6, 6)), (0.2, 0.2)).iloc[0]

    assert one.posterior_low == one.posterior_high == pytest.approx(0.75)
    assert tracing.update(tracing.update(0.2, 6), 2) == pytest.approx(0.75)


def test_of_one_source_one_item_counts():
    """Two items of one source do not multiply: the range is that of either."""
    one = tracing.weigh_rivals(items(("i1", "a", 2, 3), ("i2", "a", 0.5, 4))).iloc[0]

    assert (one.low, one.high, one.says) == (0.5, 4.0, "either way")
    assert (one.n_items, one.n_sources) == (2, 1)
    assert one.posterior_low == pytest.approx(0.1 * 0.5 / (0.1 * 0.5 + 0.9))


def test_evidence_that_says_nothing_leaves_the_priors():
    """A ratio of 1, and no evidence at all once its source is left out."""
    for without in ([], ["a"]):
        one = tracing.weigh_rivals(items(("i1", "a", 1, 1)), (0.3, 0.7), without).iloc[0]
        assert [one.posterior_low, one.posterior_high] == pytest.approx([0.3, 0.7])
        assert one.says == "either way"


def test_what_the_conclusion_rests_on():
    """Without the smoking gun nothing is said; the straw could go."""
    found = tracing.leave_one_out(items(("straw", "a", 0.8, 1.5), ("gun", "b", 5, 9)))

    assert found.item_id.tolist() == ["gun", "straw"]
    assert found.turns.tolist() == [True, False]
    assert found.posterior_low[0] == pytest.approx(0.8 / 1.8)


def test_what_a_rival_is_called_moves_nothing():
    """Three items against one rival, one against another: by words, and by numbers that mix."""
    three = items(("straw", "a", 0.8, 1.5), ("gun", "b", 5, 9), ("hoop", "c", 0.5, 1))
    both = pd.concat([three.assign(rival=1), three.head(1).assign(rival=0)])
    named = tracing.leave_one_out(both.assign(rival=both.rival.map({0: "luck", 1: "size"})))
    found = tracing.leave_one_out(both)

    assert found.drop(columns="rival").equals(named.drop(columns="rival"))
    # Without its only item a rival leaves the prior as it was.
    assert found.iloc[-1][["posterior_low", "posterior_high"]].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda: tracing.update(1.0, 2), SettingError, "prior: found 1.0; allowed: between 0 and"),
        (lambda: tracing.update(0.5, float("nan")), SettingError, "ratio: found nan"),
        (lambda: tracing.update(0.5, -1), SettingError, "ratio: found -1"),
        (lambda: tracing.weigh_rivals(items(("i1", "a", 3, 2))), DataError, "found 3 to 2"),
        (lambda: tracing.weigh_rivals(items(("i1", "a", 0, 2))), DataError, "allowed: above 0"),
        (
            lambda: tracing.weigh_rivals(items(("i1", "a", 1, 2), ("i1", "b", 1, 2))),
            DataError,
            "i1, habit: given more than once",
        ),
        (
            lambda: tracing.weigh_rivals(items(("i1", "a", 1, float("inf")))),
            DataError,
            "found inf",
        ),
        (
            lambda: tracing.weigh_rivals(items(("i1", "a", 1, 2)), without=["b"]),
            SettingError,
            "no source 'b'; allowed: a",
        ),
        (
            lambda: tracing.weigh_rivals(items(("i1", "a", 1, 2)), (0.9, 0.1)),
            SettingError,
            "the least, then the greatest",
        ),
        (lambda: tracing.weigh_rivals(items()), DataError, "found 0 rows"),
    ],
)
def test_what_has_no_answer_is_refused(ask, error, words):
    """With what was found and what is allowed."""
    with pytest.raises(error, match=words):
        ask()


def test_every_item_holds_one_line_against_the_comparisons_rivals():
    """Line, source, kind and label belong to the item; a rival is never the explanation."""
    table = read_table("coding/tracing")
    fixed = ["comparison", "explanation", "line", "source", "kind", "label"]

    assert (table.groupby("item_id")[fixed].nunique() == 1).all(axis=None)
    assert (table.rival != table.explanation).all()
    assert table.groupby("comparison").explanation.nunique().eq(1).all()
    assert table.label.str.split().str.len().max() <= 12


def test_the_printed_evidence_decides_nothing():
    """At all priors from .1 to .9 every range of posteriors holds one half."""
    weighed = rivals.weigh(rivals.read_items(), tracing.PRIORS)

    assert len(weighed) == 12
    assert (weighed.posterior_low < 0.5).all()
    assert (weighed.posterior_high > 0.5).all()
    assert set(weighed[weighed.sources == rivals.EVERY].says) == {"either way"}


def test_without_the_author_one_remark_carries_what_moves():
    """Social Services: resources over culture and structures, by what a director asks (2290)."""
    hinges = rivals.find_hinges(rivals.read_items())
    turning = hinges[hinges.turns]

    assert set(turning.index.get_level_values("sources")) == {rivals.WITHOUT}
    assert set(turning.line) == {2290}
