"""What was drawn of the models and of the methods on trial: words, places, shades, not pixels."""

import pandas as pd
import pytest
from conftest import check_drawing, labels, words

from compendium.figures import models
from compendium.figures.style import INK

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
CARRIED = pd.DataFrame({"input": ["weight", "coding"], "alone": [0.2, -0.01], "in_all": [0.3, 0.1]})
RIVALS = pd.DataFrame(
    {
        "comparison": "Two wards",
        "label": "money, not habit",
        "sources": ["all", "without one"],
        "decibels_low": [-3.0, 1.0],
        "decibels_high": [10.0, 2.0],
        "posterior_low": [0.05, 0.1],
        "posterior_high": [0.98, 0.9],
    }
)
DESIGNS = pd.DataFrame({"design": ["2 against 2", "4 against 4"], "two_sided": [1 / 3, 2 / 70]})
TRIED = pd.DataFrame(
    {
        "n_actors": [12, 48] * 2,
        "series": ["alike: 0", "alike: 0", "alike: 0.2", "alike: 0.2"],
        "share": [100, 95, 90, 85],
        "low": [90, 94, 80, 80],
        "high": [100, 96, 95, 90],
    }
)
ALARMS = pd.DataFrame(
    {"icc": [0.0, 0.2], "simulated_rejected": [0.06, 0.33], "low": [0.02, 0.25], "high": [0.1, 0.4]}
)

SIMULATED = {
    "smallest p": lambda ax=None: models.plot_smallest_p(DESIGNS, ax=ax),
    "series": lambda ax=None: models.plot_series(
        TRIED, "n_actors", "share", aim=(95, "95"), ours=(12, "our 12 actors", 4), ax=ax,
        xlabel="Actors in the sample", ylabel="Per cent",
    ),
    "false alarms": lambda ax=None: models.plot_false_alarms(ALARMS, ax=ax),
}  # fmt: skip
DRAWINGS = {
    "weight shares": lambda ax: models.plot_weight_shares(SHARES, ax),
    "relations": lambda ax: models.plot_relations(RELATIONS, ax=ax),
    "structures": lambda ax: models.plot_structures(GRID, ax),
    "specifications": lambda ax: models.plot_specifications(CURVE, ["weights", "missing"], ax),
    "swings": lambda ax: models.plot_swings(SWINGS, "right", ax),
    "rivals": lambda ax: models.plot_rivals(RIVALS, ax),
    "carried": lambda ax: models.plot_carried(CARRIED, ax),
    **SIMULATED,
}
FRAMES = [SHARES, RELATIONS, GRID, CURVE, SWINGS, CARRIED, RIVALS, DESIGNS, TRIED, ALARMS]


def draw(name):
    return DRAWINGS[name](None)[1]


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_a_figure_is_drawn_where_it_is_asked_for(draw):
    """On the axes given, or else on one of its own; the data stay as they were."""
    check_drawing(draw, FRAMES)


def test_a_rival_has_a_bar_for_all_sources_and_one_without():
    """Under the comparison, in decibels, as the legend says; the posteriors stand beside."""
    ax = draw("rivals")
    bars = [bar.get_segments()[0][:, 0].tolist() for bar in ax.collections]

    assert bars == [[-3, 10], [1, 2]]
    assert labels(ax.get_yticklabels()) == ["", "money, not habit"]
    assert labels(ax.get_legend().get_texts()) == ["all", "without one"]
    assert {"Two wards", "posterior", "0.050 to 0.980", "0.100 to 0.900"} <= set(words(ax))


def test_a_bar_goes_from_the_least_share_to_the_most():
    """The dot is the share on stated boxes alone; the numbers stand beside."""
    ax = draw("weight shares")
    bar, dot = ax.collections[0].get_segments()[0], ax.lines[0]

    assert bar.tolist() == [[6.25, 0], [68.75, 0]]
    assert (dot.get_xdata()[0], dot.get_ydata()[0], dot.get_marker()) == (25.0, 0, "o")
    assert words(ax) == ["25 (6 to 69)", "100 (50 to 100)"]
    # Never probabilities; all of 0 to 100 is shown, the first case on top; no legend is needed.
    low, high = ax.get_xlim()
    caption = ax.figure.words["caption"]
    assert all(word in caption for word in ("(dots)", "(bars)"))
    assert "Share of all weightings" in ax.get_xlabel()
    assert low < 0
    assert high > 100
    assert labels(ax.get_yticklabels()) == ["SS Dalesville", "District B"]
    assert ax.yaxis_inverted()


def test_a_relation_stands_in_its_row_and_column():
    """One box down, the other across; nothing on the diagonal; what is forced is said."""
    ax = draw("relations")
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    order = ["Resources", "Culture", "Policy"]

    assert labels(ax.get_yticklabels()) == labels(ax.get_xticklabels()) == order
    assert (cells[1, 0], cells[0, 1], cells[2, 0]) == ("must", "cannot", "may")
    assert not set(cells) & {(0, 0), (1, 1), (2, 2)}
    assert ax.get_xlabel() == "Must the box of the row weigh more than the box of the column?"
    assert "Resources over Culture" in ax.figure.words["caption"]
    assert "Resources must outweigh Culture" in ax.figure.words["alt"]
    # Told apart in grey: three fills, and white words where the fill is dark.
    fills = {text.get_text(): patch.get_facecolor()[0] for text, patch in zip(ax.texts, ax.patches)}
    inks = {text.get_text(): text.get_color() for text in ax.texts}
    assert fills["must"] < fills["may"] < fills["cannot"]
    assert inks["must"] == "white"
    assert inks["may"] == inks["cannot"] != "white"


def test_a_share_stands_in_the_cell_of_its_structure_and_case():
    """Structures down, cases across, rounded to whole per cent."""
    ax = draw("structures")
    cells = {text.get_position(): text.get_text() for text in ax.texts}

    assert cells == {(0, 0): "25", (1, 0): "100", (0, 1): "0", (1, 1): "71"}
    assert labels(ax.get_yticklabels()) == ["M1 free weights", "null: size only"]
    assert labels(ax.get_xticklabels()) == ["SS\nDalesville", "District B"]
    # The scale does not depend on the shares shown; words on dark cells are white.
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
    lines = [line for line in ax.lines if line.get_color() == INK]

    assert [line.get_ydata()[0] for line in lines] == heights


def test_an_option_has_its_range_its_middle_half_and_its_mean():
    """`free` holds 50 and 100: from end to end, their middle half, and 75; in order of the means.

    Of three combinations one gives all cases their side; `missing` moves the mean by 50.
    """
    ax = draw("specifications")
    drawn, ticks = [line.get_xdata() for line in ax.lines], ax.get_yticklabels()
    ranges, halves, means = drawn[0:-1:3], drawn[1:-1:3], drawn[2:-1:3]
    caption = ax.figure.words["caption"]

    assert [list(ends) for ends in ranges] == [[50, 50], [50, 100], [50, 50], [100, 100]]
    assert list(halves[1]) == [62.5, 87.5]
    assert [point[0] for point in means] == [50, 75, 50, 100]
    assert labels(ticks) == ["weights:", "equal", "free", "missing:", "least", "most"]
    assert [label.get_fontweight() for label in ticks] == ["bold", "normal", "normal"] * 2
    assert words(ax) == ["50", "75", "50", "100", "mean"]
    assert "Of 3 combinations of choices 1 give every case its told side" in caption
    assert "choice of missing moves the mean most (50 points" in caption


def test_a_bar_of_the_tornado_goes_through_the_range():
    """From the low tilt to the high one, the widest on top; without a width it is a stroke."""
    ax = draw("swings")
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    (stroke,) = ax.collections[0].get_segments()

    assert bars == [pytest.approx(ends) for ends in zip(SWINGS.low, SWINGS.high)]
    assert labels(ax.get_yticklabels()) == ["Policy", "Culture", "Resources"]
    assert ax.yaxis_inverted()
    assert stroke[:, 0].tolist() == [-0.2, -0.2]
    assert stroke[:, 1].mean() == pytest.approx(2)
    # Level in the middle, for partnership on the left; the tilt they swing from is broken.
    left, right = ax.get_xlim()
    ends = {text.get_text(): text.xy[0] for text in ax.texts if hasattr(text, "xy")}
    broken = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"]
    assert left == -right
    assert left > SWINGS[["low", "high"]].abs().max(axis=None)
    assert any(set(line.get_xdata()) == {0} for line in ax.lines)
    assert "told: right" in ax.get_xlabel()
    assert ends == {"\u2190 for partnership": 0, "against \u2192": 1}
    assert broken == [0.1]
    assert "open boxes left out: B = +0.10" in words(ax)


def test_what_an_input_carries_alone_lies_within_what_it_carries_in_all():
    """The filled bar is no longer than its outline, and a small negative estimate is not drawn."""
    ax = draw("carried")
    widths = [[bar.get_width() for bar in bars] for bars in ax.containers]

    assert widths == [pytest.approx([30, 10]), pytest.approx([20, 0])]
    assert labels(ax.get_yticklabels()) == ["weight", "coding"]


def series(ax):
    """The named lines: what each is called, and its data."""
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    return {line.get_label(): line.get_xydata().tolist() for line in lines}


@pytest.mark.parametrize("name", SIMULATED)
def test_every_figure_says_that_it_is_simulated_and_what_its_axes_show(name):
    """No one takes a trial of a method for a finding."""
    ax = draw(name)

    assert ax.figure.get_supxlabel().startswith("Simulated")
    assert ax.figure.words["note"].startswith("Simulated")
    assert ax.get_xlabel()
    assert ax.get_ylabel() or name == "smallest p"


def test_a_design_that_cannot_reach_five_per_cent_is_empty():
    """Two sites against two stay above the line, four against four go below it."""
    ax = draw("smallest p")
    fills = {line.get_xdata()[0]: line.get_markerfacecolor() for line in ax.lines
             if line.get_marker() == "o"}  # fmt: skip

    assert fills == {1 / 3: "white", 2 / 70: INK}
    assert {"0.333", "0.0286"} <= set(words(ax))


def test_a_line_is_drawn_for_each_series():
    """From size to size, the first at its sizes; what should come out and where we are are said.

    Line, mark and fill tell them apart, not the ink; where nobody said we are, no line stands.
    """
    ax = draw("series")
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]

    assert series(ax)["alike: 0"] == [[12, 100], [48, 95]]
    assert [y for _, y in series(ax)["alike: 0.2"]] == [90, 85]
    assert {"95", "  our 12 actors"} == set(words(ax))
    assert ax.get_xscale() == "log"
    assert len({line.get_color() for line in lines}) == 1
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == len(lines)
    assert not words(models.plot_series(TRIED, "n_actors", "share")[1])


def test_the_error_of_a_trial_is_drawn_beside_the_other_series():
    """One bar from low to high at each mark, and no two series at one place."""
    bars = [segment for part in draw("series").collections for segment in part.get_segments()]
    ends = [end for bar in bars for end in bar[:, 1]]

    assert ends == [90, 100, 94, 96, 80, 95, 80, 90]
    assert len({bar[0][0] for bar in bars}) == 4


def test_a_false_alarm_is_as_high_as_its_share():
    """The promised 5 per cent is a line of its own."""
    ax = draw("false alarms")

    assert [patch.get_height() for patch in ax.patches] == pytest.approx([6, 33])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "0.2"]
    assert {"6", "33", "5: as\npromised"} == set(words(ax))
