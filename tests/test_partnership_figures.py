"""What was drawn of this study's own figures: marks, labels, places and words, not pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import arrows, boxes, check_drawing, labels, words
from matplotlib.colors import to_hex, to_rgb

from compendium.figures import frameworks
from compendium.figures.style import INK, RECONSTRUCTION, SMALL, STYLE
from compendium.models import process
from compendium.printed import tables
from partnership import cultures, figures, read_beside, ties

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
SHARES = pd.DataFrame(
    [("Middleton", 0.46, 0.44, 0.48, 0.35, 0.45)],
    columns=["site", "share", "share_low", "share_high", "printed_low", "printed_high"],
)
YEARS = pd.DataFrame(
    {"site": ["A"] * 3, "sex": ["men", "men", "women"], "years": [76.7, 76.7, 80.0]}
)
CIRCULARS = pd.DataFrame({"year": [1995, 1996, 1997], "circulars": [10, 20, 60],
                          "epoch": ["before", "before", "busy"]})  # fmt: skip
LINKS = pd.DataFrame({"from": ["goals", "goals", "sanctions"], "to": ["trust", "speed", "trust"],
                      "sign": ["plus", "open", "minus"]})  # fmt: skip
ELEMENTS = pd.DataFrame({"name": ["one", "two"], "label": ["depth", "breadth"],
                         "stated": [True, False]})  # fmt: skip
FACTORS = pd.DataFrame({"label": ["National policy agenda", "Key individuals"],
                        "n_for": [135, 42], "n_against": [204, 29]})  # fmt: skip
CLAIMS = pd.DataFrame(
    [("HA", "SS", "2113 2467", "as named", "through members"),
     ("HA", "Trusts", "2113", "no", "no")],
    columns=["first", "second", "lines", "first_needs", "second_needs"],
)  # fmt: skip
SIZES = pd.DataFrame({"label": ["Council", "EH", "PCGs"], "base": ["large", "large", "small"],
                      "low": [342.0, 8, 3], "high": [782.0, 8, 20]})  # fmt: skip
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
MARKS = pd.DataFrame(
    [
        ("UNE", "Synergy", True, True, True, False, True),
        ("UNE", "Domination", False, False, False, False, False),
        ("USW", "Domination", True, True, False, True, False),
        ("USW", "Breakdown", True, False, False, False, False),
        ("USW", "Synergy", False, True, False, False, False),
    ],
    columns=["site", "cell", "by_grid", "by_process", "named", "implied", "ideal"],
)
POWER = pd.DataFrame(
    {"n": [5, 12] * 2, "tau": [0.3, 0.3, 0.5, 0.5], "simulated_power": [0.04, 0.25, 0.08, 0.66]}
)
TRIED = pd.DataFrame(
    {
        "n_actors": [12, 48] * 2,
        "icc": [0.0, 0.0, 0.2, 0.2],
        "simulated_refused": [0.4, 0.0, 0.5, 0.0],
        "simulated_bias": [0.6, 0.1, 0.5, -0.1],
        "simulated_coverage": [1.0, 0.95, 0.9, 0.85],
        "low": [0.3, 0.0, 0.4, 0.1],
        "high": [0.5, 0.1, 0.6, 0.2],
    }
)
WIDTHS = pd.DataFrame(
    {"n_cases": [1, 1, 6, 6], "box": list("abab"), "simulated_width": [1.0, 0.8, 0.7, 0.5]}
)
NEEDED = pd.DataFrame(
    {"odds_ratio": [2, 3] * 2, "icc": [0.0, 0.0, 0.2, 0.2], "actors": [209, 83, 669, 266]}
)

SIMULATED = {
    "power": lambda ax: figures.plot_power(POWER, 12, ax),
    **{name: lambda ax, name=name: figures.plot_trial(TRIED, name, ax) for name in figures.TRIALS},
    "widths": lambda ax: figures.plot_widths(WIDTHS, 6, ax),
    "needed": lambda ax: figures.plot_actors_needed(NEEDED, 48, ax),
}
DRAWINGS = {
    "contributions": lambda ax: figures.plot_contributions(CONTRIBUTIONS, 0.95, ax),
    "shares": lambda ax: figures.plot_shares(SHARES, ax),
    "life expectancy": lambda ax: figures.plot_life_expectancy(YEARS, ax),
    "circulars": lambda ax: figures.plot_circulars(CIRCULARS, ax),
    "factors": lambda ax: figures.plot_factors(FACTORS, ax),
    "claims": lambda ax: figures.plot_claims(CLAIMS, ax),
    "bases": lambda ax: figures.plot_bases(SIZES, "Budget, £ million", ax),
    "process": lambda ax: figures.plot_process(NODES, EDGES, "insight", ax),
    "themes": lambda ax: frameworks.plot_themes(THEMES, ax),
    "axes": lambda ax: frameworks.plot_axes(ELEMENTS, "Figure 3", "a note", ax),
    "steps": lambda ax: frameworks.plot_steps(ELEMENTS, "Figure 4", "", ax),
    "ladder": lambda ax: frameworks.plot_ladder(ELEMENTS, "Figure 5", "", ax),
    "links": lambda ax: frameworks.plot_signed_links(LINKS, "Figure 3.1", ax=ax),
    "regions": lambda ax: figures.plot_regions(MARKS, "UNE", ax),
    **SIMULATED,
}
FRAMES = [CONTRIBUTIONS, SHARES, YEARS, CIRCULARS, FACTORS, CLAIMS, SIZES, NODES, EDGES, THEMES,
          ELEMENTS, LINKS, MARKS, POWER, TRIED, WIDTHS, NEEDED]  # fmt: skip


def draw(name):
    return DRAWINGS[name](None)[1]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own; the data stay as they were."""
    check_drawing(draw, FRAMES)


@pytest.mark.parametrize("name", ["claims", "bases"])
def test_words_are_large_enough_and_grey(name):
    """No word below 2.5 per cent of a slide, no colour."""
    with plt.rc_context(STYLE):
        said = [text for text in draw(name).findobj(plt.Text) if text.get_text()]

    assert min(text.get_fontsize() for text in said) >= SMALL
    assert all(len(set(to_rgb(text.get_color()))) == 1 for text in said)


def test_a_bar_without_a_printed_height_keeps_its_place():
    """The first place is held, labelled and empty; the second bar is 86 long."""
    ax = draw("contributions")

    assert labels(ax.get_yticklabels()) == ["Health authorities", "Trusts"]
    assert "height not printed in the text" in words(ax)
    assert "43 of 50" in words(ax)
    assert 86.0 in [patch.get_width() for patch in ax.patches]


def test_a_share_outside_its_band_is_drawn_outside():
    """The mark stands at the recomputed share, the band at the numbers that round to print."""
    ax = draw("shares")
    band = ax.patches[0]
    mark = next(line for line in ax.lines if line.get_marker() == "o")

    assert band.get_x() + band.get_width() == pytest.approx(0.45)
    assert mark.get_xdata()[0] == 0.46


def test_marks_stand_side_by_side_and_a_mean_over_each_epoch():
    """Two authorities with the same figure are two marks; two epochs, two means, every count."""
    said = set(words(draw("circulars")))

    assert len(set(draw("life expectancy").lines[0].get_ydata())) == 2
    assert {"mean 15 a year", "mean 60 a year", "10", "20", "60"} <= said


def test_every_link_is_a_mark_between_its_two_names():
    """Three marks, causes across, effects down, told apart by mark and fill; a reconstruction."""
    ax = draw("links")
    marks = {line.get_label(): line.get_xydata().tolist() for line in ax.lines[:3]}
    shapes, fills, _ = zip(*frameworks.LINKS.values())

    assert labels(ax.get_xticklabels()) == ["goals", "sanctions"]
    assert labels(ax.get_yticklabels()) == ["trust", "speed"]
    assert marks == {"raises": [[0, 0]], "lowers": [[1, 0]], "shapes, either way": [[0, 1]]}
    assert ax.figure.words["note"] == RECONSTRUCTION
    assert len({*shapes}) == len({*fills}) == 3


def test_an_element_only_described_beside_a_figure_has_a_broken_edge():
    """What the text does not say the figure shows is drawn apart."""
    edges = [patch.get_linestyle() for patch in draw("steps").patches]

    assert len(edges) == 2
    assert edges[0] != edges[1]


def test_every_factor_acts_on_the_assessment_and_that_on_involvement():
    """An arrow from each factor to the right, and one more; its counts in its box; ours."""
    ax = draw("factors")
    drawn, where = arrows(ax), {text.get_text(): text.get_position() for text in ax.texts}
    counts = ("statements for: 135, against: 204", "statements for: 42, against: 29")

    assert len(boxes(ax)) == len(FACTORS) + 2
    assert len(drawn) == len(FACTORS) + 1
    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in drawn)
    assert {"National policy agenda", "Key individuals"} <= set(words(ax))
    assert [int(where[text][1]) for text in counts] == [0, 1]
    assert ax.yaxis_inverted()
    assert "coded by us" in ax.figure.words["note"]


@pytest.mark.parametrize(("name", "title"), [("factors", "Figure 4.1"), ("process", "Figure 6.1")])
def test_what_no_text_holds_says_that_it_is_a_reconstruction(name, title):
    """No one takes it for the printed figure."""
    said = draw(name).figure.words

    assert said["note"].startswith("Reconstruction")
    assert said["title"].startswith(title)


def test_the_words_of_a_box_stay_inside_it():
    """With the printed labels of all five factors, in the style of all figures."""
    factors = pd.DataFrame(
        {
            "label": [
                "National policy agenda and reforms",
                "Local structures, organisational boundaries and local politics",
                "Professional and organisational culture",
                "Key individuals",
                "Resource base and resource dependencies",
            ],
            "n_for": 100,
            "n_against": 200,
        }
    )
    with plt.rc_context(STYLE):
        figure, ax = figures.plot_factors(factors)
        figure.canvas.draw()
    texts = [text for text in ax.texts if text.get_ha() == "center" and text.get_text()]

    assert len(boxes(ax)) == 7
    assert len(texts) == 7 + len(factors)
    for text in texts:
        inner = text.get_window_extent()
        outers = [box.get_window_extent() for box in boxes(ax)]
        assert any(
            outer.x0 < inner.x0 < inner.x1 < outer.x1 and outer.y0 < inner.y0 < inner.y1 < outer.y1
            for outer in outers
        )


def test_table_4_5_has_a_place_and_a_label_for_every_end():
    """The layout knows all ends of the horizontal arcs, no two in one place."""
    table = ties.tidy_table(tables.read_table("elston2005/table-4.5"))
    horizontal = table[table.axis == "horizontal"]
    places = read_beside(ties.__file__)["places"]

    assert set(places) == {*horizontal.dependent, *horizontal.provider}
    assert set(places) <= set(ties.LABELS)
    assert len(set(map(tuple, places.values()))) == len(places)


def test_no_two_arrows_of_table_4_5_cross():
    """Segments between the places meet only at their ends."""
    table = ties.tidy_table(tables.read_table("elston2005/table-4.5"))
    horizontal = table[table.axis == "horizontal"]
    places = read_beside(ties.__file__)["places"]
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
    ax = draw("claims")
    marks = {tuple(line.get_xydata()[0]): line.get_fillstyle() for line in ax.lines}

    assert marks == {(0, 0): "full", (1, 0): "left", (0, 1): "none", (1, 1): "none"}
    assert ax.yaxis_inverted()
    assert labels(ax.get_yticklabels()) == ["HA and SS", "HA and Trusts"]
    assert words(ax) == ["2113, 2467", "2113"]
    assert "ring" in ax.get_xlabel()


def test_large_and_small_are_told_apart():
    """Filled and open, on a logarithmic axis, with the largest small one marked."""
    ax = draw("bases")
    ranges, edge = ax.lines[:3], ax.lines[3]

    assert [list(line.get_xdata()) for line in ranges] == [[342, 782], [8, 8], [3, 20]]
    assert [line.get_markerfacecolor() for line in ranges] == [INK, INK, "white"]
    assert list(edge.get_xdata()) == [20, 20]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel().startswith("Budget, £ million")
    assert labels(ax.get_legend().get_texts()) == ["said to be large", "said to be small"]


def test_every_node_has_a_box_and_every_link_an_arrow():
    """Statements in the box; only what is no leading on is said at the arrow; all go right."""
    ax = draw("process")
    styles = [arrow.arrow_patch.get_linestyle() for arrow in arrows(ax)]

    assert len(boxes(ax)) == len(NODES)
    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in arrows(ax))
    # Of five arrows, the implied one is broken.
    assert [style in ("-", "solid") for style in styles] == [True, True, False, True, True]
    assert {"requires", "contains"} <= set(words(ax))
    assert words(ax).count("5 statements") == 1
    assert "debate requires insight" in ax.figure.words["alt"]


def test_the_gate_is_dark_and_the_ends_are_grey():
    """One dark box, white words in it; what nothing leads on from is grey."""
    ax = draw("process")
    shades = sorted(round(box.get_facecolor()[0], 2) for box in boxes(ax))
    inks = {text.get_text(): text.get_color() for text in ax.texts}

    assert shades == [0.1, 0.8, 0.8, 0.8, 1.0, 1.0]
    assert (inks["insight"], inks["leap"]) == ("white", INK)


def test_parts_do_not_overlap():
    """With the thesis's own nodes: no box on another, all words inside the figure."""
    edges = tables.read_table("elston2005/figure-6.1")
    nodes = process.place_nodes(process.build_model(edges), tables.read_table("coding/process"))
    with plt.rc_context(STYLE):
        figure, ax = figures.plot_process(nodes, edges, "reframing")
        figure.canvas.draw()
    drawn = [box.get_window_extent() for box in boxes(ax)]
    texts = [t.get_window_extent() for t in ax.texts if t.get_text() and t.get_ha() == "center"]

    assert len(drawn) == 14
    assert not any(a.overlaps(b) for n, a in enumerate(drawn) for b in drawn[:n])
    inside = [any(b.x0 <= t.x0 and t.x1 <= b.x1 for b in drawn) for t in texts]
    assert sum(inside) >= 2 * len(nodes)


def test_hindrance_goes_left_and_furthering_right():
    """Bars from the middle line, with their numbers."""
    ax = draw("themes")
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]

    assert [width for _, width in bars] == [-2, -17, 6, 2]
    assert all(x == 0 for x, _ in bars)
    assert words(ax) == ["2", "6  (1 neither)", "17", "2"]
    assert labels(ax.get_yticklabels()) == ["trust", "power"]


def strips(ax):
    return {patch.get_gid(): patch for patch in ax.patches if patch.get_gid()}


def test_the_cells_stand_as_in_box_2():
    """Integrated in the first column, without domination in the upper row."""
    box = tables.read_table("mannion2011/box-2").set_index("name")
    for cell, (column, row) in figures.CELLS.items():
        answers = box.loc[cell, ["integration", "domination"]].tolist()
        assert answers == [["yes", "no"][column], ["no", "yes"][row]]
    assert list(figures.CELLS) == list(cultures.CELLS.values())


def test_a_strip_is_filled_only_where_both_rules_admit_the_cell():
    """Each lies in its cell, none on another; what print says has a mark of its own."""
    ax = draw("regions")
    drawn = strips(ax)
    marks = {line.get_gid(): line for line in ax.lines if line.get_gid()}

    assert [bool(patch.get_hatch()) for patch in drawn.values()] == [1, 0, 1, 0, 0]
    assert drawn["USW Breakdown"].get_linestyle() != "-"
    assert {"USW (by the grid only)", "USW (by the process only)"} <= set(words(ax))
    for name, patch in drawn.items():
        column, row = figures.CELLS[name.split()[1]]
        assert column < patch.get_x() < patch.get_x() + patch.get_width() < column + 1
        assert row < patch.get_y() < patch.get_y() + patch.get_height() < row + 1
    above, below = drawn["UNE Domination"], drawn["USW Domination"]
    assert above.get_y() + above.get_height() < below.get_y()
    assert set(marks) == {"UNE Synergy named", "UNE Synergy ideal", "USW Domination implied"}
    assert marks["UNE Synergy ideal"].get_markerfacecolor() == "white"
    assert marks["USW Domination implied"].get_marker() == figures.SAID["implied"][1]


def test_the_chosen_company_is_the_darkest_and_hatches_differ():
    """Whichever is chosen."""
    for chosen, other in (("UNE", "USW"), ("USW", "UNE")):
        _, ax = figures.plot_regions(MARKS, chosen)
        drawn = {"UNE": strips(ax)["UNE Synergy"], "USW": strips(ax)["USW Domination"]}
        shades = {site: to_hex(patch.get_facecolor()) for site, patch in drawn.items()}
        assert shades[chosen] < shades[other]
        assert drawn["UNE"].get_hatch() != drawn["USW"].get_hatch()
        assert drawn[chosen].get_linewidth() > drawn[other].get_linewidth()


def test_the_real_regions_can_be_read():
    """Twelve strips, and no word smaller than the house allows."""
    coding, printed = map(tables.read_table, ("coding/cultures", "mannion2011/positions"))
    marks = cultures.mark_cells(coding, printed)
    for chosen in cultures.COMPANIES:
        _, ax = figures.plot_regions(marks, chosen)

        assert len(strips(ax)) == 12
        assert min(text.get_fontsize() for text in ax.texts) >= SMALL


def series(ax):
    """The named lines: what each is called, and its data."""
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    return {line.get_label(): line.get_xydata().tolist() for line in lines}


@pytest.mark.parametrize("name", SIMULATED)
def test_a_trial_says_that_it_is_simulated_and_what_its_axes_show(name):
    """No one takes a trial of a method for a finding."""
    ax = draw(name)

    assert ax.figure.words["note"].startswith("Simulated")
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_power_is_drawn_in_per_cent_by_tau():
    """A line for each true tau, and a line where we are."""
    ax = draw("power")

    assert series(ax) == {"true tau 0.3": [[5, 4], [12, 25]], "true tau 0.5": [[5, 8], [12, 66]]}
    assert "  our 12 units" in words(ax)


@pytest.mark.parametrize(
    ("quantity", "heights", "aim", "ends"),
    [
        ("simulated_refused", [40, 0], "0", [30, 50]),
        ("simulated_bias", [0.6, 0.1], "0", [0.3, 0.5]),
        ("simulated_coverage", [100, 95], "95", [30, 50]),
    ],
)
def test_a_trial_is_drawn_in_its_own_unit_with_its_aim(quantity, heights, aim, ends):
    """Shares and their bars in per cent, a bias in log odds; the first stands at its sizes."""
    ax = draw(quantity)
    drawn = series(ax)["correlation within a site 0"]

    assert [x for x, _ in drawn] == [12, 48]
    assert [y for _, y in drawn] == pytest.approx(heights)
    assert ax.collections[0].get_segments()[0][:, 1].tolist() == pytest.approx(ends)
    assert aim in words(ax)


def test_a_width_is_the_mean_of_the_boxes_and_its_bar_their_range():
    """One case leaves 90 per cent, from 80 to 100."""
    ax = draw("widths")
    bars = [segment[:, 1].tolist() for part in ax.collections for segment in part.get_segments()]

    assert [bar for pair in bars for bar in pair] == pytest.approx([80, 100, 50, 70])
    assert {"90", "60", "  our 6 cases"} == set(words(ax))


def test_the_more_alike_the_more_are_needed():
    """A line for each correlation, and what there is at most."""
    ax = draw("needed")

    assert series(ax) == {
        "correlation within a site 0": [[2, 209], [3, 83]],
        "correlation within a site 0.2": [[2, 669], [3, 266]],
    }
    assert words(ax) == ["48: ours\nat most"]
