"""What was drawn of a truth table: marks, bars and words, not pixels."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from compendium.figures import maps

TABLE = pd.DataFrame(
    {
        "broad": [1, 0, 1, 0],
        "large": [1, 1, 0, 0],
        "n": [4, 1, 0, 0],
        "n_with": [3, 0, 0, 0],
        "n_without": [1, 1, 0, 0],
        "contradictory": [True, False, False, False],
        "cases": ["SS before, SS after, Greenshire, CHC", "Education", "", ""],
    },
    index=["11", "01", "10", "00"],
)
LABELS = {"broad": "broad view", "large": "large base"}


@pytest.fixture
def ax():
    return maps.plot_truth_table(TABLE, LABELS, ("in", "out"))[1]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_it_is_drawn_where_it_is_asked_for():
    """On the axes given, the data left as they were."""
    _, own = plt.subplots()
    before = TABLE.copy()
    figure, drawn = maps.plot_truth_table(TABLE, LABELS, ("in", "out"), own)

    assert (figure, drawn) == (own.figure, own)
    assert TABLE.equals(before)


def test_a_mark_is_filled_where_the_condition_is_present(ax):
    """One mark for each condition of each row with a case."""
    marks = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_markerfacecolor()
             for line in ax.lines if line.get_marker() == "o"}  # fmt: skip
    filled = {spot for spot, fill in marks.items() if fill != "white"}

    assert set(marks) == {(0, 0), (1, 0), (0, 1), (1, 1)}
    assert filled == {(0, 0), (1, 0), (1, 1)}


def test_a_bar_counts_its_cases(ax):
    """Dark with, white without, one after the other, at one scale for all rows."""
    dark, white = ax.patches[:2]

    assert dark.get_width() == pytest.approx(3 * white.get_width())
    assert white.get_x() == pytest.approx(dark.get_x() + dark.get_width())
    assert white.get_facecolor()[:3] == (1, 1, 1)
    assert words(ax).count("3") == 1
    assert words(ax).count("1") == 2
    assert "0" not in words(ax)


def test_contradictions_are_named_and_only_they(ax):
    """Beside the row with cases on both sides."""
    named = [text for text in ax.texts if text.get_text() == "contradiction"]

    assert [round(text.get_position()[1]) for text in named] == [0]


def test_empty_rows_are_counted_and_cases_named(ax):
    """Nothing is dropped in silence."""
    assert "2 of 4 configurations have no case" in words(ax)
    assert "Education" in words(ax)
    assert {"broad view", "large base"} <= {word.replace("\n", " ") for word in words(ax)}
    assert "dark: in\nwhite: out" in words(ax)


def test_words_are_large_enough_for_a_seminar(ax):
    """No text below 11 points; the first row on top."""
    assert min(text.get_fontsize() for text in ax.texts) >= 11
    assert ax.yaxis_inverted()
