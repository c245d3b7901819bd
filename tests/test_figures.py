"""What was drawn: marks, labels and limits, not pixels."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from compendium import balance, figures, figures_balance, figures_frameworks

BOXES = pd.DataFrame(
    {
        "label": list(balance.BOXES.values()),
        "lean": pd.array([None, 1, 1, None, -1], "Int64"),
        "basis": [None, "stated", "carried", None, "stated"],
        "weight": 1.0,
    }
)


def words(ax):
    return [text.get_text() for text in ax.texts]


def draw(boxes=BOXES, tilt=0.2, printed="right"):
    return figures_balance.plot_balance(boxes, tilt, printed, "Figure 5.1. Someone")


def beam_angle(ax):
    """Degrees the beam turns from level; positive is left side down."""
    beam = next(p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() > 20)
    transform = beam.get_transform() - ax.transData
    (x0, y0), (x1, y1) = transform.transform([(-10.3, 0), (10.3, 0)])
    return np.degrees(np.arctan2(y1 - y0, x1 - x0))


def test_every_balance_says_that_it_is_a_reconstruction():
    """No one takes it for the printed figure."""
    _, ax = draw()

    assert any(text.startswith("Reconstruction") for text in words(ax))


def test_unstated_boxes_are_drawn_empty_and_named_so():
    """Two boxes of five have no stated lean: no fill, a broken edge, and the words."""
    _, ax = draw()
    boxes = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_width() < 20]
    empty = [p for p in boxes if p.get_facecolor()[:3] == (1, 1, 1)]

    assert len(boxes) == 5
    assert len(empty) == 2
    assert words(ax).count("not stated") == 2


def test_the_beam_tips_to_the_side_of_the_tilt():
    """Left side down for a positive tilt, level for none, steepest when all boxes agree."""
    assert beam_angle(draw(tilt=0.2)[1]) == pytest.approx(figures_balance.STEEPEST / 3)
    assert beam_angle(draw(tilt=0.0)[1]) == pytest.approx(0)
    assert beam_angle(draw(tilt=-0.6)[1]) == pytest.approx(-figures_balance.STEEPEST)


def test_a_beam_that_print_tips_the_other_way_is_marked():
    """The printed side is drawn beside ours only where the two disagree."""
    assert "as told" in words(draw(tilt=0.2, printed="right")[1])
    assert "as told" not in words(draw(tilt=0.2, printed="left")[1])


def test_where_no_box_leans_nothing_tips():
    """Boxes said both ways are named so, the beam is level and the sentence says why."""
    boxes = BOXES.assign(lean=pd.array([None] * 5, "Int64"), basis="both ways")
    _, ax = draw(boxes, tilt=None, printed=None)

    assert beam_angle(ax) == pytest.approx(0)
    assert words(ax).count("said both ways") == 5
    assert any(text.startswith("No box has a stated lean") for text in words(ax))


def test_a_carried_lean_is_told_from_a_stated_one():
    """A lean said of the earlier state is marked as such."""
    _, ax = draw()

    assert [text for text in words(ax) if "as before" in text] == ["weight 1, as before"]


CONTRIBUTIONS = pd.DataFrame(
    {
        "label": ["Health authorities", "Trusts"],
        "count": pd.array([None, 43], "Int64"),
        "denominator": [np.nan, 50],
        "share": [np.nan, 86.0],
        "low": [np.nan, 77.8],
        "high": [np.nan, 91.9],
    }
)


def test_a_bar_without_a_printed_height_keeps_its_place():
    """The first place is held, labelled and empty; the second bar is 86 long."""
    _, ax = figures.plot_contributions(CONTRIBUTIONS, level=0.95)
    labels = [label.get_text() for label in ax.get_yticklabels()]

    assert labels == ["Health authorities", "Trusts"]
    assert "height not printed in the text" in words(ax)
    assert "43 of 50" in words(ax)
    assert 86.0 in [patch.get_width() for patch in ax.patches]


def test_a_share_outside_its_band_is_drawn_outside():
    """The mark stands at the recomputed share, the band at the numbers that round to print."""
    shares = pd.DataFrame([("Middleton", 0.46, 0.44, 0.48, 0.35, 0.45)],
                          columns=["site", "share", "share_low", "share_high",
                                   "printed_low", "printed_high"])  # fmt: skip
    _, ax = figures.plot_shares(shares)
    band = ax.patches[0]
    mark = next(line for line in ax.lines if line.get_marker() == "o")

    assert band.get_x() + band.get_width() == pytest.approx(0.45)
    assert mark.get_xdata()[0] == 0.46


def test_ties_are_drawn_side_by_side():
    """Two authorities of one site with the same figure are two marks."""
    years = pd.DataFrame({"site": ["A", "A"], "sex": ["men", "men"], "years": [76.7, 76.7]})
    _, ax = figures.plot_life_expectancy(years)

    assert len(set(ax.lines[0].get_ydata())) == 2


def test_a_verdict_bar_is_as_long_as_its_values():
    """The numbers at the ends are the totals."""
    counts = pd.DataFrame({"exact": [3, 1], "differs": [2, 0]}, index=["a", "b"])
    _, ax = figures.plot_verdicts(counts)

    assert words(ax) == ["5", "1"]


def test_a_figure_is_saved_with_its_data_and_without_a_date(tmp_path, monkeypatch):
    """SVG, PNG and CSV; the same bytes twice."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".reads").touch()
    figures.use_style()
    saved = []
    for _ in range(2):
        figure, _ = figures.plot_contributions(CONTRIBUTIONS, level=0.95)
        figures.save_figure(figure, CONTRIBUTIONS, "x")
        folder = tmp_path / "results" / "figures"
        saved.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert sorted(saved[0]) == ["x.csv", "x.png", "x.svg"]
    assert saved[0] == saved[1]
    assert b"dc:date" not in saved[0]["x.svg"]


LINKS = pd.DataFrame({"from": ["goals", "goals", "sanctions"], "to": ["trust", "speed", "trust"],
                      "sign": ["plus", "open", "minus"]})  # fmt: skip


def test_every_link_is_an_arrow_between_its_two_names():
    """Three links, two causes, two effects, and what kind of drawing it is."""
    _, ax = figures_frameworks.plot_signed_links(LINKS, "Figure 3.1")
    arrows = [child for child in ax.texts if getattr(child, "arrow_patch", None)]

    assert len(arrows) == 3
    assert {"goals", "sanctions", "trust", "speed"} <= set(words(ax))
    assert figures_frameworks.NOTE in words(ax)


def test_signs_are_told_apart_without_colour():
    """A raising and a lowering link differ in their line."""
    lines = {sign: str(style["linestyle"]) for sign, style in figures_frameworks.LINKS.items()}

    assert len(set(lines.values())) == 3


def test_an_element_only_described_beside_a_figure_has_a_broken_edge():
    """What the text does not say the figure shows is drawn apart."""
    elements = pd.DataFrame({"group": ["axis", "axis"], "label": ["depth", "breadth"],
                             "stated": [True, False]})  # fmt: skip
    _, ax = figures_frameworks.plot_framework(elements, "Figure 3")
    edges = [patch.get_linestyle() for patch in ax.patches]

    assert len(edges) == 2
    assert edges[0] != edges[1]


def test_a_mean_stands_over_each_epoch():
    """Two epochs, two means, and every count."""
    counts = pd.DataFrame({"year": [1995, 1996, 1997], "circulars": [10, 20, 60],
                           "epoch": ["before", "before", "busy"]})  # fmt: skip
    _, ax = figures.plot_circulars(counts)

    assert {"mean 15 a year", "mean 60 a year", "10", "20", "60"} <= set(words(ax))


def test_not_said_is_a_ring_and_said_is_a_disc():
    """An empty mark is not the same as no mark."""
    table = pd.DataFrame({"Dalesville": [True], "Middleton": [False]}, index=["effect"])
    _, ax = figures.plot_presence(table)

    assert [line.get_markerfacecolor() for line in ax.lines] == [figures.INK, "white"]
