"""What was drawn of the models: words, places, limits and shades, not pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import arrows, boxes, words

from compendium.figures import models, style

FACTORS = pd.DataFrame({"label": ["National policy agenda", "Key individuals"],
                        "n_for": [135, 42], "n_against": [204, 29]})  # fmt: skip
SHARES = pd.DataFrame({"case": ["SS Dalesville", "District B"], "stated": [25.0, 100.0],
                       "least": [6.25, 50.0], "most": [68.75, 100.0]})  # fmt: skip
RELATIONS = pd.DataFrame(
    [("Resources", "Culture", "must"), ("Culture", "Resources", "cannot"),
     ("Resources", "Policy", "may"), ("Policy", "Resources", "may"),
     ("Culture", "Policy", "may"), ("Policy", "Culture", "may")],
    columns=["box", "other", "relation"],
)  # fmt: skip
GRID = pd.DataFrame({"SS Dalesville": [25.4, 0.0], "District B": [100.0, 71.0]},
                    index=["M1 free weights", "null: size only"])  # fmt: skip
CURVE = pd.DataFrame({"share": [50.0, 50.0, 100.0], "weights": ["equal", "free", "free"],
                      "missing": ["least", "least", "most"]})  # fmt: skip
SWINGS = pd.DataFrame({"label": ["Policy", "Culture", "Resources"], "low": [-0.4, 0.0, -0.2],
                       "high": [0.4, 0.2, -0.2], "base": 0.1})  # fmt: skip

DRAWINGS = {
    "factors": lambda ax: models.plot_factors(FACTORS, ax),
    "weight shares": lambda ax: models.plot_weight_shares(SHARES, ax),
    "relations": lambda ax: models.plot_relations(RELATIONS, ax),
    "structures": lambda ax: models.plot_structures(GRID, ax),
    "specifications": lambda ax: models.plot_specifications(CURVE, ["weights", "missing"], ax),
    "swings": lambda ax: models.plot_swings(SWINGS, "right", ax),
}


def labels(ticks):
    return [label.get_text() for label in ticks]


def places(ax):
    """Where each text stands."""
    return {text.get_text(): text.get_position() for text in ax.texts}


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
    frames = (FACTORS, SHARES, RELATIONS, GRID, CURVE, SWINGS)
    before = [frame.copy() for frame in frames]
    draw(None)

    assert all(frame.equals(copy) for frame, copy in zip(frames, before))


def test_figure_4_1_says_that_it_is_a_reconstruction():
    """And that its counts are ours: no one takes it for the printed figure."""
    _, ax = models.plot_factors(FACTORS)

    note = next(text for text in words(ax) if text.startswith("Reconstruction"))
    assert "coded by us" in note
    assert any(text.startswith("Figure 4.1") for text in words(ax))


def test_every_factor_acts_on_the_assessment_and_that_on_involvement():
    """An arrow from each factor to the right, and one more."""
    _, ax = models.plot_factors(FACTORS)
    drawn = arrows(ax)

    assert len(boxes(ax)) == len(FACTORS) + 2
    assert len(drawn) == len(FACTORS) + 1
    assert all(arrow.xyann[0] < arrow.xy[0] for arrow in drawn)
    assert {"National policy agenda", "Key individuals"} <= set(words(ax))


def test_each_factor_has_its_counts_in_its_box():
    """At the height of its own box, the first factor on top."""
    _, ax = models.plot_factors(FACTORS)
    where = places(ax)
    heights = [
        where[text][1]
        for text in ("statements for: 135, against: 204", "statements for: 42, against: 29")
    ]

    assert [int(height) for height in heights] == [0, 1]
    assert ax.yaxis_inverted()


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
    with plt.rc_context(style.STYLE):
        figure, ax = models.plot_factors(factors)
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


def test_a_bar_goes_from_the_least_share_to_the_most():
    """The dot is the share on stated boxes alone; the numbers stand beside."""
    _, ax = models.plot_weight_shares(SHARES)
    bar, dot = ax.lines[:2]

    assert bar.get_xdata().tolist() == [6.25, 68.75]
    assert (dot.get_xdata()[0], dot.get_ydata()[0], dot.get_marker()) == (25.0, 0, "o")
    assert words(ax) == ["25  (6.25 to 68.8)", "100  (50 to 100)"]


def test_shares_of_weightings_are_called_so():
    """Never probabilities; all of 0 to 100 is shown, the first case on top."""
    _, ax = models.plot_weight_shares(SHARES)
    low, high = ax.get_xlim()

    assert "Share of all weightings" in ax.get_xlabel()
    assert low < 0
    assert high > 100
    assert labels(ax.get_yticklabels()) == ["SS Dalesville", "District B"]
    assert ax.yaxis_inverted()


def test_what_dot_and_bar_mean_is_said():
    """There is no legend: the line above says it."""
    _, ax = models.plot_weight_shares(SHARES)

    assert all(word in ax.get_title(loc="left") for word in ("dot:", "bar:"))


def test_a_relation_stands_in_its_row_and_column():
    """One box down, the other across; nothing on the diagonal."""
    _, ax = models.plot_relations(RELATIONS)
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    order = ["Resources", "Culture", "Policy"]

    assert labels(ax.get_yticklabels()) == labels(ax.get_xticklabels()) == order
    assert cells[1, 0] == "must"
    assert cells[0, 1] == "cannot"
    assert cells[2, 0] == "may"
    assert not set(cells) & {(0, 0), (1, 1), (2, 2)}


def test_relations_are_told_apart_in_grey():
    """Three fills, and white words where the fill is dark."""
    _, ax = models.plot_relations(RELATIONS)
    fills = {text.get_text(): patch.get_facecolor()[0] for text, patch in zip(ax.texts, ax.patches)}
    inks = {text.get_text(): text.get_color() for text in ax.texts}

    assert fills["must"] < fills["may"] < fills["cannot"]
    assert inks["must"] == "white"
    assert inks["may"] == inks["cannot"] != "white"


def test_how_to_read_the_relations_is_said_in_one_sentence():
    """From row to column, with all three words."""
    _, ax = models.plot_relations(RELATIONS)
    said = ax.get_xlabel()

    assert said.startswith("Read from row to column")
    assert all(word in said for word in models.RELATIONS)
    assert not ax.get_ylabel()


def test_a_share_stands_in_the_cell_of_its_structure_and_case():
    """Structures down, cases across, rounded to whole per cent."""
    _, ax = models.plot_structures(GRID)
    cells = {text.get_position(): text.get_text() for text in ax.texts}

    assert cells == {(0, 0): "25", (1, 0): "100", (0, 1): "0", (1, 1): "71"}
    assert labels(ax.get_yticklabels()) == ["M1 free weights", "null: size only"]
    assert labels(ax.get_xticklabels()) == ["SS\nDalesville", "District B"]


def test_more_often_is_darker_on_a_fixed_scale():
    """The scale does not depend on the shares shown; words on dark cells are white."""
    _, ax = models.plot_structures(GRID)
    image = ax.images[0]
    inks = {text.get_text(): text.get_color() for text in ax.texts}

    assert image.get_array().tolist() == GRID.to_numpy().tolist()
    assert image.get_clim()[0] == 0
    assert image.get_clim()[1] >= 100
    assert image.get_cmap()(1.0)[0] < image.get_cmap()(0.0)[0]
    assert inks["100"] == inks["71"] == "white"
    assert inks["25"] == inks["0"] != "white"


@pytest.mark.parametrize(
    ("names", "heights"),
    [
        (["M1", "null: size", "null: kind"], [0.5]),
        (["M1", "M2"], []),
        (["null: size", "M1"], [0.5]),
    ],
)
def test_a_line_parts_structures_from_nulls(names, heights):
    """Between the rows where the kind changes, black on white; none where there is one kind."""
    grid = pd.DataFrame({"District B": 50.0}, index=names)
    _, ax = models.plot_structures(grid)
    lines = [line for line in ax.lines if line.get_color() == style.INK]

    assert [line.get_ydata()[0] for line in lines] == heights


def test_the_curve_is_the_shares_in_their_order():
    """One dot for each combination of choices, and how many there are."""
    _, ax = models.plot_specifications(CURVE, ["weights", "missing"])

    assert ax.lines[0].get_ydata().tolist() == [50.0, 50.0, 100.0]
    assert ax.get_xlabel().startswith("3 combinations")


def strips(ax):
    """For each option its edges along the curve and how often it was chosen there."""
    named = dict(zip(ax.get_yticks(), labels(ax.get_yticklabels())))
    found = {}
    for mesh in ax.collections:
        corners = mesh.get_coordinates()
        shades = np.ravel(mesh.get_array()).tolist()
        found[named[corners[:, 0, 1].mean()]] = (corners[0, :, 0].tolist(), shades)
    return found


def test_a_strip_shows_where_the_combinations_of_an_option_lie():
    """One of two at 50 % is `equal`: 1.5 times as often as everywhere; at 100 % it never is."""
    _, ax = models.plot_specifications(CURVE, ["weights", "missing"])
    edges = [-0.5, 1.5, 2.5]

    assert strips(ax) == {
        "equal": (edges, pytest.approx([1.5, 0])),
        "free": (edges, pytest.approx([0.75, 1.5])),
        "least": (edges, pytest.approx([1.5, 0])),
        "most": (edges, pytest.approx([0, 3])),
    }


def test_combinations_with_one_share_have_one_shade():
    """Their order is nobody's: another order of the ties draws the same picture."""
    drawn = [models.plot_specifications(curve, ["weights", "missing"])[1]
             for curve in (CURVE, CURVE.iloc[[1, 0, 2]])]  # fmt: skip

    assert strips(drawn[0]) == strips(drawn[1])


def test_strips_are_told_apart_on_one_fixed_scale():
    """White is never and the darkest three times as often as everywhere, in every row."""
    _, ax = models.plot_specifications(CURVE, ["weights", "missing"])

    assert {mesh.get_clim() for mesh in ax.collections} == {(0, 3)}
    assert {mesh.get_cmap().name for mesh in ax.collections} == {"Greys"}


def test_options_stand_in_the_order_of_their_mean_share():
    """Within each choice, under its name in bold, the mean beside the strip."""
    _, ax = models.plot_specifications(CURVE.iloc[[0, 2]], ["missing", "weights"])
    down = sorted(zip(ax.get_yticks(), ax.get_yticklabels()), key=lambda tick: -tick[0])[3:]
    named = [(label.get_text(), label.get_fontweight()) for _, label in down]

    assert named == [("missing", "bold"), ("least", "normal"), ("most", "normal"),
                     ("weights", "bold"), ("equal", "normal"), ("free", "normal")]  # fmt: skip
    assert words(ax) == ["mean", "50 %", "100 %", "mean", "50 %", "100 %"]


def test_a_specification_curve_is_read_from_the_back_row():
    """No words smaller than 12 points."""
    _, ax = models.plot_specifications(CURVE, ["weights", "missing"])
    texts = [*ax.texts, *ax.get_yticklabels(), ax.xaxis.label]

    assert min(text.get_fontsize() for text in texts) >= 12


def test_options_stand_below_the_curve_and_inside_the_figure():
    """No strip is taken for a share of 0."""
    _, ax = models.plot_specifications(CURVE, ["weights", "missing"])
    heights = [y for mesh in ax.collections for y in mesh.get_coordinates()[..., 1].ravel()]
    low, high = ax.get_ylim()

    assert low < min(heights)
    assert max(heights) < 0
    assert high > 100


def test_a_bar_of_the_tornado_goes_through_the_range():
    """From the low tilt to the high one, the widest on top."""
    _, ax = models.plot_swings(SWINGS, "right")
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]

    assert bars == [pytest.approx(ends) for ends in zip(SWINGS.low, SWINGS.high)]
    assert labels(ax.get_yticklabels()) == ["Policy", "Culture", "Resources"]
    assert ax.yaxis_inverted()


def test_a_box_that_cannot_move_is_a_stroke():
    """A bar without width would not be seen."""
    _, ax = models.plot_swings(SWINGS, "right")
    strokes = [line for line in ax.lines if line.get_xdata()[0] == -0.2]

    assert len(strokes) == 1
    assert sum(strokes[0].get_ydata()) / 2 == pytest.approx(2)


def test_the_tornado_shows_every_swing_and_where_the_side_turns():
    """Level in the middle, both ends of each bar in sight, for partnership on the left."""
    _, ax = models.plot_swings(SWINGS, "right")
    left, right = ax.get_xlim()

    assert left == -right
    assert left > SWINGS[["low", "high"]].abs().max(axis=None)
    assert any(set(line.get_xdata()) == {0} for line in ax.lines)
    assert "told: right" in ax.get_xlabel()


def test_both_sides_of_the_tornado_are_named_at_their_ends():
    """For partnership at the left end, against at the right one."""
    _, ax = models.plot_swings(SWINGS, "right")
    ends = {text.get_text(): text.xy[0] for text in ax.texts if hasattr(text, "xy")}

    assert ends == {"\u2190 for partnership": 0, "against \u2192": 1}
    assert ax.get_xlim()[0] > ax.get_xlim()[1]


def test_the_tilt_from_which_the_boxes_swing_is_drawn_and_named():
    """A broken line, and what is left out."""
    _, ax = models.plot_swings(SWINGS, "right")
    broken = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]

    assert broken == [0.1]
    assert "open boxes left out: B = +0.10" in words(ax)


def test_what_an_input_carries_alone_lies_within_what_it_carries_in_all():
    """The filled bar is no longer than its outline, and a small negative estimate is not drawn."""
    carried = pd.DataFrame(
        {"input": ["weight", "coding"], "alone": [0.2, -0.01], "in_all": [0.3, 0.1]}
    )
    _, ax = models.plot_carried(carried)
    widths = [patch.get_width() for patch in ax.patches]

    assert widths == [0.3, 0.2, 0.1, 0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["weight", "coding"]
