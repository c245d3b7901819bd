"""What was drawn of networks and orders: words, places, arrows and lines, not pixels."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import arrows, check_drawing, labels
from matplotlib.colors import to_rgb
from matplotlib.path import Path

from compendium.figures import networks
from compendium.figures.style import SMALL, STYLE
from compendium.models import ordering
from compendium.printed import tables

NODES = pd.DataFrame(
    [("ha", "Health Authority", "centre: DoH", 0, 0, True),
     ("la-ss", "Social Services", "", 0, 1, True), ("tax", "Local taxation", "", 1, 2, False)],
    columns=["actor", "label", "below", "x", "y", "is_body"],
)  # fmt: skip
ARCS = pd.DataFrame(
    [("ha", "la-ss"), ("la-ss", "ha"), ("la-ss", "tax")], columns=["dependent", "provider"]
)
PAIRS = pd.DataFrame({"label": ["Dalesville", "Middleton"], "mutual_low": [4, 3],
                      "mutual_high": [6, 3], "imbalance_low": 0,
                      "imbalance_high": [1, 0]})  # fmt: skip
LAYERS = [["Health Authority"], ["Social Services", "Housing"], ["Education"]]
ARROWS = [("Health Authority", "Social Services"), ("Health Authority", "Housing"),
          ("Social Services", "Education")]  # fmt: skip
# Two orders side by side; one arrow passes a layer of the other and of its own.
APART = [["a", "b", "x"], ["c", "d", "y"], ["e", "z"]]
JOINS = [("a", "c"), ("a", "d"), ("c", "e"), ("b", "e"), ("x", "y"), ("y", "z")]

DRAWINGS = {
    "network": lambda ax: networks.plot_network(NODES, ARCS, ax),
    "order": lambda ax: networks.plot_order(LAYERS, ARROWS, ax),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own; the data stay as they were."""
    check_drawing(draw, [NODES, ARCS, PAIRS])


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_words_are_large_enough_and_grey(draw):
    """No word below 2.5 per cent of a slide, no colour."""
    with plt.rc_context(STYLE):
        _, ax = draw(None)
    words = [text for text in ax.findobj(plt.Text) if text.get_text()]

    assert min(text.get_fontsize() for text in words) >= SMALL
    assert all(len(set(to_rgb(text.get_color()))) == 1 for text in words)


def test_an_arrow_runs_from_the_dependent_to_the_provider():
    """A returned tie is one heavier arrow with two heads."""
    _, ax = networks.plot_network(NODES, ARCS)
    drawn = {(tuple(a.xyann), tuple(a.xy)): a.arrow_patch for a in arrows(ax)}

    assert set(drawn) == {((0, 0), (0, 1)), ((0, 1), (1, 2))}
    one, two = drawn[(0, 1), (1, 2)], drawn[(0, 0), (0, 1)]
    assert one.get_linewidth() < two.get_linewidth()
    assert type(one.get_arrowstyle()).__name__ == "CurveFilledB"
    assert type(two.get_arrowstyle()).__name__ == "CurveFilledAB"
    # Money without a body looks unlike a body; y runs down.
    boxes = {t.get_text(): t.get_bbox_patch().get_linestyle() for t in ax.texts if t.get_text()}
    assert boxes == {"Health Authority\ncentre: DoH": "-", "Social Services": "-",
                     "Local taxation": "--"}  # fmt: skip
    assert ax.yaxis_inverted()


def test_a_bar_goes_from_the_least_to_the_most():
    """Sum left, difference right; a decided one is a thin line, not nothing."""
    _, axes = networks.plot_pairs(PAIRS)
    bars = [[(bar.get_x(), round(bar.get_width(), 2)) for bar in ax.patches] for ax in axes]

    assert bars == [[(4, 2), (3, 0.06)], [(0, 1), (0, 0.06)]]
    assert [ax.get_xlabel() for ax in axes] == ["How much they need each other", "How unevenly"]
    assert labels(axes[0].get_yticklabels()) == ["Dalesville", "Middleton"]
    assert axes[0].yaxis_inverted()


def places(ax):
    """Where each unit stands."""
    units = [text for text in ax.texts if text.get_bbox_patch()]
    return {text.get_text().replace("\n", " "): text.get_position() for text in units}


def foreign_boxes(layers, arrows):
    """Pairs of a line and the box of a unit that it does not join, but runs through."""
    with plt.rc_context(STYLE):
        figure, ax = networks.plot_order(layers, arrows)
        figure.canvas.draw()
    found = []
    for (more, less), line in zip(arrows, ax.lines, strict=True):
        path = Path(ax.transData.transform(line.get_xydata()))
        for text in filter(plt.Text.get_bbox_patch, ax.texts):
            unit = text.get_text().replace("\n", " ")
            box = text.get_bbox_patch().get_window_extent()
            if unit not in (more, less) and path.intersects_bbox(box, filled=False):
                found.append((more, less, unit))
    return found


def test_whoever_is_more_involved_stands_above():
    """A layer is a height; each arrow is a line down between its two units, and there is no other.

    A single unit has none.
    """
    _, ax = networks.plot_order(LAYERS, ARROWS)
    where = places(ax)
    drawn = {tuple(map(tuple, line.get_xydata()[[0, -1]])) for line in ax.lines}
    _, single = networks.plot_order([["Housing"]], [])

    assert {unit: y for unit, (_, y) in where.items()} == {
        unit: depth for depth, layer in enumerate(LAYERS) for unit in layer
    }
    assert ax.yaxis_inverted()
    assert (list(places(single)), list(single.lines)) == (["Housing"], [])
    assert drawn == {(where[more], where[less]) for more, less in ARROWS}


def test_what_is_not_joined_stands_side_by_side():
    """No unit of one order stands among those of another."""
    _, ax = networks.plot_order(APART, JOINS)
    where = {unit: x for unit, (x, _) in places(ax).items()}

    assert max(where[unit] for unit in "abcde") < min(where[unit] for unit in "xyz")


@pytest.mark.parametrize(("layers", "arrows"), [(LAYERS, ARROWS), (APART, JOINS)])
def test_no_line_runs_through_the_box_of_another(layers, arrows):
    """Not even where an arrow passes a whole layer."""
    assert foreign_boxes(layers, arrows) == []


def test_no_line_of_the_stated_order_runs_through_a_box():
    """The order of the notebook: established voluntary bodies do not pass through Leisure."""
    stated = tables.read_table("coding/orderings")
    kept = stated[
        stated.measure.eq("involvement")
        & stated.scope.eq("across sites")
        & stated.confidence.ne("contested")
    ]
    graph = ordering.reduce_order(ordering.build_order(kept))

    assert foreign_boxes(ordering.layer_order(graph), list(graph.edges)) == []


def test_no_two_units_stand_in_one_place():
    """Units of one layer keep apart, within the limits."""
    layers = [["a", "b"], ["c", "d", "e"], ["f"]]
    _, ax = networks.plot_order(layers, [("a", "e"), ("b", "c"), ("e", "f")])
    spots = pd.Series(places(ax))
    low, high = ax.get_xlim()

    assert spots.nunique() == 6
    assert all(low < x < high for x, _ in spots)


def test_a_layer_follows_the_places_of_those_above():
    """Whoever hangs from the right stands to the right: the lines do not cross."""
    arrows = [("a", "d"), ("b", "c"), ("d", "e"), ("c", "e")]
    _, ax = networks.plot_order([["a", "b"], ["c", "d"], ["e"]], arrows)
    where = places(ax)

    assert where["a"][0] < where["b"][0]
    assert where["d"][0] < where["c"][0]
