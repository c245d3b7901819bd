"""What was drawn of tables as pictures: marks, bars, numbers and empty places, not pixels."""

import numpy as np
import pandas as pd
import pytest
from conftest import check_drawing, labels, words

from compendium.figures import maps
from compendium.figures.style import INK

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
CELLS = pd.DataFrame(
    [
        ("C1", "Cole 2003", "goals", "facilitates", 2),
        ("C1", "Cole 2003", "skills", "both", 3),
        ("C1", "Barnes 2001 *", "goals", "none-stated", 1),
        ("C1", "Barnes 2001 *", "skills", "not reported", None),
        ("C3", "Higgins 1994", "goals", "not reported", None),
        ("C3", "Higgins 1994", "skills", "hinders", 1),
    ],
    columns=["group", "label", "factor", "direction", "n_findings"],
).astype({"n_findings": "Int64"})
COUNTED = pd.DataFrame(
    [
        ("every report", "goals", 13, 5, 9, 1, 3),
        ("every report", "skills", 14, 3, 5, 3, 6),
        ("one unit per programme", "goals", 7, 0, 6, 0, 1),
        ("one unit per programme", "skills", 6, 1, 4, 1, 3),
        ("alliances as one, too", "goals", 2, 1, 6, 0, 1),
        ("alliances as one, too", "skills", 4, 1, 4, 0, 1),
    ],
    columns=["level", "factor", "facilitates", "hinders", "both", "none-stated", "not reported"],
)
VERDICTS = pd.DataFrame({"exact": [3, 1], "differs": [2, 0]}, index=["a", "b"])
PRESENCE = pd.DataFrame({"North": [True], "South": [False]}, index=["effect"])

DRAWINGS = {
    "presence": lambda ax: maps.plot_presence(PRESENCE, ax),
    "verdicts": lambda ax: maps.plot_verdicts(VERDICTS, ax),
    "truth table": lambda ax: maps.plot_truth_table(TABLE, LABELS, ("in", "out"), ax),
}
FRAMES = [PRESENCE, VERDICTS, CELLS, COUNTED, TABLE]


def draw(name):
    return DRAWINGS[name](None)[1]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own; the data stay as they were."""
    check_drawing(draw, FRAMES)


def test_not_said_is_a_ring_and_said_is_a_disc():
    """An empty mark is not the same as no mark."""
    assert [line.get_markerfacecolor() for line in draw("presence").lines] == [INK, "white"]


def test_a_verdict_bar_is_as_long_as_its_values():
    """All are of one length: shares; numbers stand above their parts."""
    ax = draw("verdicts")

    assert labels(ax.get_yticklabels()) == ["a\n5 values", "b\n1 values"]
    assert words(ax) == ["3", "1", "2"]
    assert [bar.get_width() for bar in ax.patches] == [60, 100, 40, 0]


def test_each_reported_cell_has_its_mark_and_its_number():
    """In the column of its factor and the row of its study; what is not reported has none.

    A group is not parted, and stands under its head where there is more room; the caption says
    what an empty place is: never no effect.
    """
    figure, axes = maps.plot_evidence_map(CELLS, "*: national evaluation")
    drawn = {(line.get_marker(), *point) for ax in axes for line in ax.lines
             for point in line.get_xydata().tolist() if line.get_marker() in "^vDo"}  # fmt: skip
    left, right = axes
    caption = figure.words["caption"]

    assert drawn == {("^", 0, 1), ("v", 1, 1), ("D", 1, 1), ("o", 0, 2)}
    assert sorted(t for t in words(left) + words(right) if t.isdigit()) == ["1", "1", "2", "3"]
    assert (words(left)[0], words(right)[0]) == ("C1", "C3")
    assert labels(left.get_yticklabels()) == ["Cole 2003", "Barnes 2001 *"]
    assert labels(right.get_yticklabels()) == ["Higgins 1994"]
    assert left.yaxis_inverted()
    assert "not reported, which is never no effect" in caption
    assert caption.endswith("*: national evaluation")


def test_up_is_dark_and_down_is_light():
    """Told apart in grey print: by shape and by fill."""
    shapes = [shape for shape, _, _ in maps.MARKS.values()]
    up, down = (maps.MARKS[name] for name in ("facilitates", "hinders"))

    assert len(set(shapes)) == len(shapes)
    assert (up[0], down[0]) == ("^", "v")
    assert up[1] != down[1]


def test_there_is_a_panel_for_each_way_of_counting_and_bars_are_as_long_as_units_are_many():
    """With its name and one scale for all; a place left over is empty, and no frame is changed.

    Against, both ways and for, in the order of the factors, joined end to end. Those that report
    nothing or no direction are told; a bar of nought has no number.
    """
    before = COUNTED.copy()
    panels = np.ravel(maps.plot_collapse(COUNTED)[1])
    first, second, *_ = panels
    hinders, both, helps = (list(bars) for bars in first.containers)

    assert [ax.get_title() for ax in panels[:3]] == list(dict.fromkeys(COUNTED.level))
    assert len(panels) == 4
    assert not panels[3].axison
    assert len({ax.get_xlim() for ax in panels[:3]}) == 1
    assert before.equals(COUNTED)
    assert [bar.get_width() for bar in hinders] == [5, 3]
    assert [bar.get_width() for bar in both] == [9, 5]
    assert [bar.get_width() for bar in helps] == [13, 14]
    assert hinders[0].get_x() + 5 == both[0].get_x() == -4.5
    assert helps[0].get_x() == 4.5
    assert words(first) == ["5", "3", "9", "5", "13", "14", "4 silent", "9 silent"]
    assert "0" not in words(second)


def test_a_truth_table_is_drawn_with_all_that_it_holds():
    """A mark for each condition of each row with a case, filled where it is present.

    A bar counts the row's cases, dark with, white without, one after the other, at one scale for
    all rows. Contradictions and cases are named, empty rows counted: nothing is dropped in silence;
    no text below 11 points, the first row on top.
    """
    ax = draw("truth table")
    marks = {(line.get_xdata()[0], line.get_ydata()[0]): line.get_markerfacecolor()
             for line in ax.lines if line.get_marker() == "o"}  # fmt: skip
    filled = {spot for spot, fill in marks.items() if fill != "white"}
    dark, white = (bars[0] for bars in ax.containers)
    named = [text for text in ax.texts if text.get_text() == "contradiction"]

    assert set(marks) == {(0, 0), (1, 0), (0, 1), (1, 1)}
    assert filled == {(0, 0), (1, 0), (1, 1)}
    assert dark.get_width() == pytest.approx(3 * white.get_width())
    assert white.get_x() == pytest.approx(dark.get_x() + dark.get_width())
    assert white.get_facecolor()[:3] == (1, 1, 1)
    assert words(ax).count("3") == 1
    assert words(ax).count("1") == 2
    assert "0" not in words(ax)
    assert [round(text.get_position()[1]) for text in named] == [0]
    assert "2 of 4 configurations have no case" in words(ax)
    assert "Education" in words(ax)
    assert {"broad view", "large base"} <= {word.replace("\n", " ") for word in words(ax)}
    assert "dark: in\nwhite: out" in words(ax)
    assert min(text.get_fontsize() for text in ax.texts) >= 11
    assert ax.yaxis_inverted()
