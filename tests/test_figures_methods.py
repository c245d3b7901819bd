"""What was drawn of the methods on trial: marks, labels, and that nothing of it was observed."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from compendium.figures import methods

DESIGNS = pd.DataFrame({"design": ["2 against 2", "4 against 4"], "two_sided": [1 / 3, 2 / 70]})
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
ALARMS = pd.DataFrame(
    {"icc": [0.0, 0.2], "simulated_rejected": [0.06, 0.33], "low": [0.02, 0.25], "high": [0.1, 0.4]}
)
WIDTHS = pd.DataFrame(
    {"n_cases": [1, 1, 6, 6], "box": list("abab"), "simulated_width": [1.0, 0.8, 0.7, 0.5]}
)
NEEDED = pd.DataFrame(
    {"odds_ratio": [2, 3] * 2, "icc": [0.0, 0.0, 0.2, 0.2], "actors": [209, 83, 669, 266]}
)
DRAWN = {
    "smallest p": lambda ax=None: methods.plot_smallest_p(DESIGNS, ax=ax),
    "power": lambda ax=None: methods.plot_power(POWER, ours=12, ax=ax),
    **{
        name: lambda ax=None, name=name: methods.plot_trial(TRIED, name, ax=ax)
        for name in methods.QUANTITIES
    },
    "false alarms": lambda ax=None: methods.plot_false_alarms(ALARMS, ax=ax),
    "widths": lambda ax=None: methods.plot_widths(WIDTHS, ours=6, ax=ax),
    "needed": lambda ax=None: methods.plot_actors_needed(NEEDED, 48, ax=ax),
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def words(ax):
    return [text.get_text() for text in ax.texts]


def series(ax):
    """The named lines: what each is called, and its data."""
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]
    return {line.get_label(): line.get_xydata().tolist() for line in lines}


@pytest.mark.parametrize("name", DRAWN)
def test_every_figure_says_that_it_is_simulated(name):
    """No one takes a trial of a method for a finding."""
    _, ax = DRAWN[name]()

    assert ax.get_title(loc="left").startswith("Simulated")


@pytest.mark.parametrize("name", DRAWN)
def test_axes_that_are_given_are_drawn_on(name):
    """And both axes say what they show, where they show a number."""
    given = plt.figure().add_subplot()
    figure, ax = DRAWN[name](given)

    assert ax is given
    assert figure is given.figure
    assert ax.get_xlabel()
    assert ax.get_ylabel() or name == "smallest p"


def test_a_design_that_cannot_reach_five_per_cent_is_empty():
    """Two sites against two stay above the line, four against four go below it."""
    _, ax = DRAWN["smallest p"]()
    fills = {line.get_xdata()[0]: line.get_markerfacecolor() for line in ax.lines
             if line.get_marker() == "o"}  # fmt: skip

    assert fills == {1 / 3: "white", 2 / 70: methods.INK}
    assert {"0.333", "0.0286"} <= set(words(ax))


def test_power_is_drawn_in_per_cent_by_tau():
    """A line for each true tau, and a line where we are."""
    _, ax = DRAWN["power"]()

    assert series(ax) == {"true tau 0.3": [[5, 4], [12, 25]], "true tau 0.5": [[5, 8], [12, 66]]}
    assert "  our 12 units" in words(ax)


def test_no_line_stands_where_nobody_said_we_are():
    """Without a number of ours, nothing is marked as ours."""
    _, ax = methods.plot_power(POWER)

    assert not [text for text in words(ax) if "our" in text]


@pytest.mark.parametrize(
    ("quantity", "heights", "aim"),
    [
        ("simulated_refused", [40, 0], "0"),
        ("simulated_bias", [0.6, 0.1], "0"),
        ("simulated_coverage", [100, 95], "95"),
    ],
)
def test_a_trial_is_drawn_in_its_own_unit_with_its_aim(quantity, heights, aim):
    """Shares in per cent, a bias in log odds; the first series stands at its sizes."""
    _, ax = DRAWN[quantity]()
    drawn = series(ax)["correlation in sites 0"]

    assert [x for x, _ in drawn] == [12, 48]
    assert [y for _, y in drawn] == pytest.approx(heights)
    assert aim in words(ax)


def test_the_error_of_a_trial_is_drawn_beside_the_other_series():
    """One bar from low to high at each mark, and no two series at one place."""
    _, ax = DRAWN["simulated_coverage"]()
    bars = [segment for part in ax.collections for segment in part.get_segments()]
    places = [bar[0][0] for bar in bars]
    ends = [end for bar in bars for end in bar[:, 1]]

    assert ends == pytest.approx([30, 50, 0, 10, 40, 60, 10, 20])
    assert len(set(places)) == 4


def test_a_false_alarm_is_as_high_as_its_share():
    """The promised 5 per cent is a line of its own."""
    _, ax = DRAWN["false alarms"]()

    assert [patch.get_height() for patch in ax.patches] == pytest.approx([6, 33])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "0.2"]
    assert {"6", "33", "5: as\npromised"} == set(words(ax))


def test_a_width_is_the_mean_of_the_boxes_and_its_bar_their_range():
    """One case leaves 90 per cent, from 80 to 100."""
    _, ax = DRAWN["widths"]()
    bars = [segment[:, 1].tolist() for part in ax.collections for segment in part.get_segments()]

    assert [bar for pair in bars for bar in pair] == pytest.approx([80, 100, 50, 70])
    assert {"90", "60", "  our 6 cases"} == set(words(ax))


def test_the_more_alike_the_more_are_needed():
    """A line for each correlation, and what there is at most."""
    _, ax = DRAWN["needed"]()

    assert series(ax) == {
        "correlation in sites 0": [[2, 209], [3, 83]],
        "correlation in sites 0.2": [[2, 669], [3, 266]],
    }
    assert words(ax) == ["48: ours\nat most"]


@pytest.mark.parametrize("name", ["power", "simulated_bias", "needed"])
def test_series_are_told_apart_without_colour(name):
    """Line, mark and fill differ; the ink does not."""
    _, ax = DRAWN[name]()
    lines = [line for line in ax.lines if not line.get_label().startswith("_")]

    assert len({line.get_color() for line in lines}) == 1
    assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == len(lines)
