"""What was drawn of the 2 x 2: strips, fills, marks and words, not pixels."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from compendium.figures import maps
from compendium.figures.maps import PLACES, plot_regions
from compendium.models import cultures
from compendium.printed import tables

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


def strips(ax):
    return {patch.get_gid(): patch for patch in ax.patches if patch.get_gid()}


def marks(ax):
    return {line.get_gid(): line for line in ax.lines if line.get_gid()}


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_it_is_drawn_where_it_is_asked_for():
    _, ax = plt.subplots()
    figure, drawn = plot_regions(MARKS, "UNE", ax)

    assert (figure, drawn) == (ax.figure, ax)
    assert plot_regions(MARKS, "UNE")[1] is not ax


def test_the_cells_stand_as_in_box_2():
    """Integrated in the first column, without domination in the upper row."""
    box = tables.read_table("mannion2011/box-2").set_index("name")
    for cell, (column, row) in PLACES.items():
        answers = box.loc[cell, ["integration", "domination"]].tolist()
        assert answers == [["yes", "no"][column], ["no", "yes"][row]]
    assert list(PLACES) == list(cultures.CELLS.values())


def test_a_strip_is_filled_only_where_both_rules_admit_the_cell():
    _, ax = plot_regions(MARKS, "UNE")
    drawn = strips(ax)

    assert len(drawn) == len(MARKS)
    assert [bool(patch.get_hatch()) for patch in drawn.values()] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert drawn["USW Breakdown"].get_linestyle() != "-"
    assert "USW (by the grid only)" in words(ax)
    assert "USW (by the process only)" in words(ax)


def test_the_chosen_company_is_the_darkest_and_hatches_differ():
    for chosen, other in (("UNE", "USW"), ("USW", "UNE")):
        _, ax = plot_regions(MARKS, chosen)
        drawn = {"UNE": strips(ax)["UNE Synergy"], "USW": strips(ax)["USW Domination"]}
        shades = {site: to_hex(patch.get_facecolor()) for site, patch in drawn.items()}
        assert shades[chosen] < shades[other]
        assert drawn["UNE"].get_hatch() != drawn["USW"].get_hatch()
        assert drawn[chosen].get_linewidth() > drawn[other].get_linewidth()


def test_each_strip_lies_in_its_cell_and_no_two_overlap():
    _, ax = plot_regions(MARKS, "UNE")
    for name, patch in strips(ax).items():
        column, row = PLACES[name.split()[1]]
        assert column < patch.get_x() < patch.get_x() + patch.get_width() < column + 1
        assert row < patch.get_y() < patch.get_y() + patch.get_height() < row + 1
    above, below = strips(ax)["UNE Domination"], strips(ax)["USW Domination"]
    assert above.get_y() + above.get_height() < below.get_y()


def test_what_print_says_has_a_mark_of_its_own():
    _, ax = plot_regions(MARKS, "UNE")
    drawn = marks(ax)

    assert set(drawn) == {"UNE Synergy named", "UNE Synergy ideal", "USW Domination implied"}
    assert drawn["UNE Synergy ideal"].get_markerfacecolor() == "white"
    assert drawn["USW Domination implied"].get_marker() == maps.MARKS_FIGURES_CULTURES["implied"][1]


@pytest.mark.parametrize("chosen", cultures.COMPANIES)
def test_the_real_regions_can_be_read(chosen):
    """Twelve strips, and no word smaller than the house allows."""
    coding, printed = (
        tables.read_table("coding/cultures"),
        tables.read_table("mannion2011/positions"),
    )
    _, ax = plot_regions(cultures.mark_cells(coding, printed), chosen)

    assert len(strips(ax)) == 12
    assert min(text.get_fontsize() for text in ax.texts) >= 13
