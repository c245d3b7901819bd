"""What was drawn of dependence: words, places, arrows and marks, not pixels."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from conftest import arrows
from matplotlib.colors import to_rgb

from compendium.figures import networks, style
from compendium.models import dependence
from compendium.printed import tables

NODES = pd.DataFrame(
    [("ha", "Health Authority", "centre: DoH", 0, 0, True),
     ("la-ss", "Social Services", "", 0, 1, True), ("tax", "Local taxation", "", 1, 2, False)],
    columns=["actor", "label", "below", "x", "y", "is_body"],
)  # fmt: skip
ARCS = pd.DataFrame(
    [("ha", "la-ss"), ("la-ss", "ha"), ("la-ss", "tax")], columns=["dependent", "provider"]
)
CLAIMS = pd.DataFrame(
    [("HA", "SS", "2113 2467", "as named", "through members"),
     ("HA", "Trusts", "2113", "no", "no")],
    columns=["first", "second", "lines", "first_needs", "second_needs"],
)  # fmt: skip
PAIRS = pd.DataFrame({"label": ["Dalesville", "Middleton"], "mutual_low": [4, 3],
                      "mutual_high": [6, 3], "imbalance_low": 0,
                      "imbalance_high": [1, 0]})  # fmt: skip
SIZES = pd.DataFrame({"label": ["Council", "EH", "PCGs"], "base": ["large", "large", "small"],
                      "low": [342.0, 8, 3], "high": [782.0, 8, 20]})  # fmt: skip
DRAWINGS = {
    "network": lambda ax: networks.plot_network(NODES, ARCS, ax),
    "claims": lambda ax: networks.plot_claims(CLAIMS, ax),
    "pairs": lambda ax: networks.plot_pairs(PAIRS, ax),
    "bases": lambda ax: networks.plot_bases(SIZES, "Budget", ax),
}


def labels(ticks):
    return [label.get_text() for label in ticks]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own."""
    _, ax = plt.subplots()
    given, drawn = draw(ax)

    assert (given, drawn) == (ax.figure, ax)
    assert draw(None)[1] is not ax


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_the_data_are_left_as_they_were(draw):
    """Drawing changes no frame."""
    frames = (NODES, ARCS, CLAIMS, PAIRS, SIZES)
    before = [frame.copy() for frame in frames]
    draw(None)

    assert all(frame.equals(copy) for frame, copy in zip(frames, before))


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_words_are_large_enough_and_grey(draw):
    """No word below 11 points, no colour."""
    with plt.rc_context(style.STYLE):
        _, ax = draw(None)
    words = [text for text in ax.findobj(plt.Text) if text.get_text()]

    assert min(text.get_fontsize() for text in words) >= 11
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


def test_streams_are_dashed_boxes():
    """Money without a body looks unlike a body; y runs down."""
    _, ax = networks.plot_network(NODES, ARCS)
    boxes = {t.get_text(): t.get_bbox_patch().get_linestyle() for t in ax.texts if t.get_text()}

    assert boxes == {"Health\nAuthority\ncentre: DoH": "-", "Social\nServices": "-",
                     "Local taxation": "--"}  # fmt: skip
    assert ax.yaxis_inverted()


def test_table_4_5_has_a_place_and_a_label_for_every_end():
    """The layout knows all ends of the horizontal arcs, no two in one place."""
    table = dependence.tidy_table(tables.read_table("elston2005/table-4.5"))
    horizontal = table[table.axis == "horizontal"]
    places = networks.PLACES

    assert set(places) == {*horizontal.dependent, *horizontal.provider}
    assert set(places) <= set(networks.LABELS)
    assert len(set(places.values())) == len(places)


def test_no_two_arrows_of_table_4_5_cross():
    """Segments between the places meet only at their ends."""
    table = dependence.tidy_table(tables.read_table("elston2005/table-4.5"))
    horizontal = table[table.axis == "horizontal"]
    places = networks.PLACES
    lines = [(places[a], places[b]) for a, b in zip(horizontal.dependent, horizontal.provider)]

    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    crossings = [
        (one, other) for one in lines for other in lines
        if side(*one, other[0]) * side(*one, other[1]) < 0
        and side(*other, one[0]) * side(*other, one[1]) < 0
    ]  # fmt: skip
    assert not crossings


def test_a_direction_is_filled_half_or_a_ring():
    """As named, through members, or not printed; the first claim on top."""
    _, ax = networks.plot_claims(CLAIMS)
    marks = {tuple(line.get_xydata()[0]): line.get_fillstyle() for line in ax.lines}

    assert marks == {(0, 0): "full", (1, 0): "left", (0, 1): "none", (1, 1): "none"}
    assert ax.yaxis_inverted()
    assert labels(ax.get_yticklabels()) == ["HA and SS", "HA and Trusts"]
    assert [text.get_text() for text in ax.texts] == ["2113, 2467", "2113"]
    assert "ring" in ax.get_xlabel()


def test_a_bar_goes_from_the_least_to_the_most():
    """Sum above, difference below; a decided one is a thin line, not nothing."""
    _, ax = networks.plot_pairs(PAIRS)
    bars = [(bar.get_x(), round(bar.get_width(), 2)) for bar in ax.patches]

    assert bars == [(4, 2), (3, 0.04), (0, 1), (0, 0.04)]
    assert labels(ax.get_legend().get_texts()) == list(networks.WORDS.values())
    assert ax.patches[0].get_y() < ax.patches[2].get_y()
    assert ax.yaxis_inverted()


def test_large_and_small_are_told_apart():
    """Filled and open, on a logarithmic axis, with the largest small one marked."""
    _, ax = networks.plot_bases(SIZES, "Budget, £ million")
    ranges, edge = ax.lines[:3], ax.lines[3]

    assert [list(line.get_xdata()) for line in ranges] == [[342, 782], [8, 8], [3, 20]]
    assert [line.get_markerfacecolor() for line in ranges] == [style.INK, style.INK, "white"]
    assert list(edge.get_xdata()) == [20, 20]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel().startswith("Budget, £ million")
    assert labels(ax.get_legend().get_texts()) == ["said to be large", "said to be small"]
