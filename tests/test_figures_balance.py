"""What was drawn of a balance: boxes, beam, fan and words, not pixels."""

import textwrap
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import words
from matplotlib.patches import Polygon, Rectangle

from compendium.figures.balance import STEEPEST, WORDS, plot_balance, plot_balances
from compendium.figures.style import STYLE

BOXES = pd.DataFrame(
    {
        "label": [
            "National policy agenda",
            "Local structures, boundaries",
            "Professional, organisational culture",
            "Key individuals",
            "Resource base and dependencies",
        ],
        "lean": pd.array([None, 1, 1, None, -1], "Int64"),
        "basis": [None, "stated", "carried", None, "stated"],
        "weight": 1.0,
    }
)


def draw(boxes=BOXES, tilt=0.2, printed="right", **more):
    return plot_balance(boxes, tilt, printed, "Figure 5.1. Someone", **more)


def broken_ends(ax):
    """Where the broken beams end, and how far each has turned from level, in degrees."""
    fan = [line.get_xydata() for line in ax.lines if line.get_linestyle() == "--"]
    return {
        ("left" if x < 0 else "right"): (x, y, np.sign(x) * np.degrees(np.arcsin(y / 10.3)))
        for (_, (x, y)) in fan
    }


def arrow(ax):
    """The hollow mark of the told side, if there is one."""
    marks = [p for p in ax.patches if isinstance(p, Polygon) and p.get_facecolor()[:3] == (1, 1, 1)]
    return marks[0].get_xy()[:-1] if marks else None


def beam_angle(ax):
    """Degrees the beam turns from level; positive is left side down."""
    beam = next(p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() > 20)
    transform = beam.get_transform() - ax.transData
    (x0, y0), (x1, y1) = transform.transform([(-10.3, 0), (10.3, 0)])
    return np.degrees(np.arctan2(y1 - y0, x1 - x0))


def test_every_balance_says_that_it_is_a_reconstruction():
    """No one takes it for the printed figure."""
    figure, _ = draw()

    assert figure.get_supxlabel().startswith("Reconstruction")
    assert figure.words["note"] == figure.get_supxlabel()


def test_unstated_boxes_are_drawn_empty_and_named_so():
    """Two boxes of five have no stated lean: no fill, a broken edge, and the words."""
    _, ax = draw()
    boxes = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() < 20]
    empty = [p for p in boxes if p.get_facecolor()[:3] == (1, 1, 1)]

    assert len(boxes) == 5
    assert len(empty) == 2
    assert words(ax).count("not stated") == 2


@pytest.mark.parametrize("tilt", [0.2, 0.0, -0.6, 1.0, -1.0, -3.0])
def test_the_slope_of_the_beam_is_in_proportion_to_b(tilt):
    """Left side down for a positive tilt, level for none, steepest at 1; one box is not five.

    Where scarcity scales the costs B may be -3: the beam stays in the frame.
    """
    assert beam_angle(draw(tilt=tilt)[1]) == pytest.approx(max(tilt, -1) * STEEPEST)


def test_the_fan_ends_where_the_open_boxes_let_the_beam():
    """The left end at the greatest B, the right end at the least, each named; a wedge for each."""
    _, ax = draw(reach=(-0.2, 0.4))
    ends = broken_ends(ax)
    wedges = [p for p in ax.patches if isinstance(p, Polygon) and p.get_facecolor()[0] == 0.9]

    assert ends["left"][2] == pytest.approx(0.4 * STEEPEST)
    assert ends["right"][2] == pytest.approx(-0.2 * STEEPEST)
    assert {"most for: B = +0.40", "most against: B = -0.20"} <= set(words(ax))
    assert len(wedges) == 2


def test_the_fan_lies_below_the_beam():
    """It shows how far an end may sink, and so crosses no box."""
    _, ax = draw(tilt=-0.4, printed="right", reach=(-1.0, -0.2))
    for x, y, _ in broken_ends(ax).values():
        assert y < x * np.tan(np.radians(beam_angle(ax)))


def test_without_open_boxes_there_is_no_fan():
    """And one sentence, not two."""
    _, ax = draw()

    assert not broken_ends(ax)
    assert "open ones" not in ax.figure.words["caption"]


def test_the_caption_says_what_is_drawn():
    """Which way it tips, how many boxes, B, the side told; then what the open boxes could do."""
    said = draw(reach=(-0.2, 0.4), ways=1 / 6)[0].words

    assert said["caption"] == (
        "The beam tips left, for partnership (B = +0.20); told is right; 3 of 5 boxes have a known "
        "lean; filled in every admissible way, the open ones bring B from -0.20 to +0.40, as told "
        "in 17 % of the ways."
    )
    assert said["title"] == "Figure 5.1. Someone"


def test_the_alt_text_names_the_boxes_by_their_lean():
    """For who does not see them: for, against and open, then which way the beam tips."""
    alt = draw()[0].words["alt"]

    assert "; against: resource base and dependencies; open: national policy agenda" in alt
    assert "The beam tips left" in alt


@pytest.mark.parametrize(
    ("ways", "said"),
    [(0.0, " in 0 % of"), (1 / 243, " in under 1 % of"), (0.625, " in 63 % of"),
     (242 / 243, " in over 99 % of"), (1.0, " in 100 % of"), (None, "to +0.40.")],
)  # fmt: skip
def test_a_few_ways_are_not_none(ways, said):
    """Nor are nearly all of them all; nothing is said of ways where no side is told."""
    assert said in draw(reach=(-0.2, 0.4), ways=ways)[0].words["caption"]


def test_a_residue_is_no_tilt():
    """5e-17 below level is level, without a sign of its own."""
    figure, ax = draw(tilt=-5e-17, printed="left", reach=(-5e-17, 0.4))

    assert "The beam is level (B = +0.00); told is left" in figure.words["caption"]
    assert "most against: B = +0.00" in words(ax)


def test_the_side_told_is_marked_and_a_beam_that_goes_elsewhere_says_so():
    """An arrow down at the told side; "not as told" below the end that sinks instead."""
    _, ax = draw(tilt=0.2, printed="right")
    wrong = {text.get_text(): text.get_position()[0] for text in ax.texts}

    assert (arrow(ax)[:, 0] > 0).all()
    assert wrong["told"] > 0 > wrong["not as told"]
    for side, tilt in (("left", 0.2), ("right", -0.2)):
        _, ax = draw(tilt=tilt, printed=side)
        assert "told" in words(ax)
        assert "not as told" not in words(ax)
    assert arrow(draw(printed=None)[1]) is None


def test_a_beam_told_to_be_level_is_marked_below_the_fulcrum():
    """A bar, not an arrow, with the word."""
    _, ax = draw(tilt=0.2, printed="level")

    assert {"told: level", "not as told"} <= set(words(ax))
    assert len(arrow(ax)) == 4


def test_many_balances_are_one_page():
    """A panel each: as told, not as told, no side told; what is settled is counted."""
    cases = pd.DataFrame({"case": ["a", "b", "c"], "leans": [[1, None], [1, 0], [None, None]],
                          "tilt": [0.5, 0.5, None], "low": [0.0, 0.5, -1.0],
                          "high": [1.0, 0.5, 1.0], "told": ["left", "right", None]})  # fmt: skip
    figure, axes = plot_balances(cases, across=2)
    said = [words(ax)[-2] for ax in axes.flat[:3]]

    assert said == ["told", "not as told", "no side told"]
    assert "1 of 3 beams go as told, 1 do not" in figure.words["caption"]
    assert "Not as told: b. Settled whatever the open boxes are: b." in figure.words["alt"]


LONGEST = "Figure 5.3. Environmental Health, District A, Greenshire, early on"
OURS = "A drawing of ours, from statements coded in chapters 4 and 5; no such figure is printed"
SCENES = {
    "dalesville": ([None, 1, 1, None, -1], 0.2, "right", (-0.2, 0.4), 1 / 6),
    "steep left": ([1, 1, 1, 1, None], 0.8, "right", (0.6, 1.0), 0.0),
    "steep right": ([-1] * 5, -1.0, "left", None, None),
    "towards each other": ([-1, 1, -1, 1, 0], 0.0, None, None, None),
    "nothing known": ([None] * 5, None, "left", (-1.0, 1.0), 0.4),
    "rising fan": ([None, -1, -1, None, None], -0.4, "level", (-1.0, -0.2), 0.0),
}


def wrap(label):
    return "\n".join(textwrap.wrap(label, 14))


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_nothing_overlaps_or_leaves_the_frame(scene):
    """No words on other words, beams, boxes that are not their own, fans or the told mark."""
    leans, tilt, printed, reach, ways = scene
    boxes = BOXES.assign(lean=pd.array(leans, "Int64"), basis="carried")
    with plt.rc_context(STYLE):
        figure, ax = plot_balance(boxes, tilt, printed, LONGEST, reach=reach, ways=ways, note=OURS)
        figure.canvas.draw()
    frame = figure.bbox
    texts = {text: text.get_window_extent() for text in ax.texts}
    for text, box in texts.items():
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1, text.get_text()
        assert frame.y0 <= box.y0 < box.y1 <= frame.y1, text.get_text()
    upright = {text: box for text, box in texts.items() if not text.get_rotation()}
    pairs = combinations(upright.items(), 2)
    assert not [(a.get_text(), b.get_text()) for (a, x), (b, y) in pairs if x.overlaps(y)]
    shapes = [patch.get_transform().transform_path(patch.get_path()) for patch in ax.patches]
    shapes += [line.get_transform().transform_path(line.get_path()) for line in ax.lines]
    on_boxes = {"as before", "weight 1", "not stated", *WORDS.values(), *map(wrap, boxes.label)}
    outside = [box for text, box in upright.items() if text.get_text() not in on_boxes]
    assert not [box for box in outside for shape in shapes if shape.intersects_bbox(box)]


@pytest.mark.parametrize("leans", [[-1, 1, -1, 1, 0], [1, -1, 1, -1, 0], [0, -1, 1, 0, 0]])
def test_boxes_keep_apart(leans):
    """Two that lean towards each other do not touch."""
    _, ax = draw(BOXES.assign(lean=pd.array(leans, "Int64")), tilt=0.0, printed=None)
    boxes = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() < 20]
    paths = [box.get_transform().transform_path(box.get_path()) for box in boxes]

    assert not any(a.intersects_path(b) for a, b in combinations(paths, 2))


def test_where_no_box_leans_nothing_tips():
    """Boxes said both ways are named so, the beam is level and the sentence says why."""
    boxes = BOXES.assign(lean=pd.array([None] * 5, "Int64"), basis="both ways")
    figure, ax = draw(boxes, tilt=None, printed=None)

    assert beam_angle(ax) == pytest.approx(0)
    assert words(ax).count("both ways") == 5
    assert figure.words["caption"].startswith("No box has a known lean")


def test_a_carried_lean_is_told_from_a_stated_one():
    """A lean said of the earlier state is marked as such."""
    _, ax = draw()

    assert words(ax).count("as before") == 1
