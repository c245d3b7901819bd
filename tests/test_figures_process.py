"""What was drawn of the process: boxes, arrows, words and bars, not pixels."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import arrows, boxes, words

from compendium.figures import networks
from compendium.figures.style import INK, STYLE
from compendium.models import process
from compendium.printed import tables

NODES = pd.DataFrame(
    [("debate", 0, 0, 0.0, 3), ("insight", 0, 1, -0.5, 5), ("votes", 0, 1, 0.5, 0),
     ("leap", 0, 2, 0.0, 2), ("talk", 1, 0, 0.0, 1), ("gain", 1, 1, 0.0, 4)],
    columns=["node", "part", "layer", "row", "n"],
)  # fmt: skip
EDGES = pd.DataFrame(
    [("debate", "insight", "requires", "stated", 11), ("debate", "votes", "contains", "stated", 12),
     ("insight", "leap", "leads-to", "implied", 13), ("debate", "leap", "leads-to", "stated", 14),
     ("talk", "gain", "leads-to", "stated", 15)],
    columns=["from", "to", "relation", "basis", "line"],
)  # fmt: skip
THEMES = pd.DataFrame({"theme": ["trust", "power"], "n_for": [6, 2], "n_against": [2, 17],
                       "n_neither": [1, 0]})  # fmt: skip

DRAWINGS = {
    "process": lambda ax: networks.plot_process(NODES, EDGES, "insight", ax),
    "themes": lambda ax: networks.plot_themes(THEMES, ax),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own; and the data stay as they were."""
    before = [frame.copy() for frame in (NODES, EDGES, THEMES)]
    _, ax = plt.subplots()

    assert draw(ax) == (ax.figure, ax)
    assert draw(None)[1] is not ax
    assert all(frame.equals(copy) for frame, copy in zip((NODES, EDGES, THEMES), before))


def test_figure_6_1_says_that_it_is_a_reconstruction():
    """In our own layout: no one takes it for the printed figure."""
    _, ax = DRAWINGS["process"](None)
    note = next(text for text in words(ax) if text.startswith("Reconstruction"))

    assert "own layout" in note
    assert any(text.startswith("Figure 6.1") for text in words(ax))


def test_every_node_has_a_box_and_every_link_an_arrow():
    """With its statements in the box and its line at the arrow."""
    _, ax = DRAWINGS["process"](None)

    assert len(boxes(ax)) == len(NODES)
    assert len(arrows(ax)) == len(EDGES)
    assert {"requires\n11", "contains\n12", "13", "14", "15"} <= set(words(ax))
    assert words(ax).count("statements: 5") == 1


def test_arrows_go_to_the_right():
    """From a layer to a later one."""
    _, ax = DRAWINGS["process"](None)

    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in arrows(ax))


def test_the_gate_is_dark_and_the_ends_are_grey():
    """One dark box, white words in it; what nothing leads on from is grey."""
    _, ax = DRAWINGS["process"](None)
    shades = sorted(round(box.get_facecolor()[0], 2) for box in boxes(ax))
    inks = {text.get_text(): text.get_color() for text in ax.texts}

    assert shades == [0.1, 0.8, 0.8, 0.8, 1.0, 1.0]
    assert inks["insight"] == "white"
    assert inks["leap"] == INK


def test_an_implied_arrow_is_broken():
    """Only that one."""
    _, ax = DRAWINGS["process"](None)
    styles = [arrow.arrow_patch.get_linestyle() for arrow in arrows(ax)]

    assert [style in ("-", "solid") for style in styles] == [True, True, False, True, True]


def test_parts_do_not_overlap():
    """With the thesis's own nodes: no box on another, all words inside the figure."""
    edges = tables.read_table("elston2005/figure-6.1")
    nodes = process.place_nodes(process.build_model(edges), tables.read_table("coding/process"))
    with plt.rc_context(STYLE):
        figure, ax = networks.plot_process(nodes, edges, "reframing")
        figure.canvas.draw()
    drawn = [box.get_window_extent() for box in boxes(ax)]
    texts = [t.get_window_extent() for t in ax.texts if t.get_text() and t.get_ha() == "center"]

    assert len(drawn) == 14
    assert not any(a.overlaps(b) for n, a in enumerate(drawn) for b in drawn[:n])
    inside = [any(b.x0 <= t.x0 and t.x1 <= b.x1 for b in drawn) for t in texts]
    assert sum(inside) >= 2 * len(nodes)


def test_hindrance_goes_left_and_furthering_right():
    """Bars from the middle line, with their numbers."""
    _, ax = DRAWINGS["themes"](None)
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]

    assert [width for _, width in bars] == [-2, 6, -17, 2]
    assert all(x == 0 for x, _ in bars)
    assert words(ax) == ["2", "6  (1 neither)", "17", "2"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["trust", "power"]
