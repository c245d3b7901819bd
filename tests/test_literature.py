"""The evidence map: what is not said stays unsaid, and what cannot be tested is refused."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import FitError, SettingError
from compendium.models import literature
from partnership import review
from partnership.review import ALLIANCES_TOO, COLUMNS, FACTOR_WORDS, PROGRAMMES

STUDIES = pd.DataFrame(
    [
        ("judge1999", "HAZ", "yes"),
        ("matka2002", "HAZ", "yes"),
        ("arora2000", "HIMP", "no"),
        ("green1998", "Health Alliance - accidents", "no"),
        ("doh1998a", "Health policy - national HOTN", "no"),
        ("scriven1995", None, "no"),
    ],
    columns=["study_id", "type", "part_of_national_evaluation"],
)
FINDINGS = pd.DataFrame(
    [
        ("judge1999", "goals", 1, "hinders"),
        ("judge1999", "goals", 2, "none-stated"),
        ("matka2002", "goals", 1, "facilitates"),
        ("arora2000", "goals", 1, "mixed"),
        ("green1998", "skills", 1, "none-stated"),
    ],
    columns=["study_id", "factor", "position", "direction"],
)


def signs(helps=0, hinders=0, both=0, silent=0):
    """Directions of so many units."""
    said = ["facilitates"] * helps + ["hinders"] * hinders + ["both"] * both
    return pd.Series(said + ["not reported"] * silent, dtype=object)


def changed(row, **cells):
    """The findings with one row changed."""
    frame = FINDINGS.copy()
    for column, value in cells.items():
        frame.loc[row, column] = value
    return frame


def units_at(level):
    return literature.assign_units(STUDIES, level, PROGRAMMES)


def mapped(level):
    return literature.map_evidence(FINDINGS, units_at(level), COLUMNS)


def cell(cells, unit, factor="goals"):
    return cells[(cells.unit == unit) & (cells.factor == factor)].iloc[0]


@pytest.mark.parametrize(
    ("helps", "hinders", "p"), [(9, 0, 0.0039), (5, 1, 0.2188), (7, 1, 0.0703), (10, 1, 0.011719)]
)
def test_known_sign_tests(helps, hinders, p):
    """K39: 9/9 and 5/6 from Hilton Boon and Thomson's housing re-analysis; 7/8 and 10/11."""
    digits = len(str(p)) - 2

    assert round(literature.sign_test(signs(helps, hinders))["p"], digits) == p


def test_known_intervals():
    """K40: 10 of 11, Wilson .6226-.9838 and Clopper-Pearson .5872-.9977."""
    found = literature.sign_test(signs(10, 1))

    assert (round(found["wilson_low"], 4), round(found["wilson_high"], 4)) == (0.6226, 0.9838)
    assert (round(found["exact_low"], 4), round(found["exact_high"], 4)) == (0.5872, 0.9977)


@given(st.integers(0, 12), st.integers(0, 12))
def test_turning_all_directions_round_leaves_p(helps, hinders):
    """What helps and what hinders are on the same footing, and so are refusals."""
    results = []
    for counts in ((helps, hinders), (hinders, helps)):
        try:
            results.append(literature.sign_test(signs(*counts))["p"])
        except FitError:
            results.append(None)

    assert results[0] == pytest.approx(results[1])


@given(st.integers(6, 12), st.integers(0, 20))
def test_silent_units_change_nothing(helps, silent):
    """A unit that does not report is not a unit without an effect."""
    alone = literature.sign_test(signs(helps))

    assert literature.sign_test(signs(helps, silent=silent)) == alone


@pytest.mark.parametrize(("level", "fewest"), [(0.05, 6), (0.01, 8), (0.0625, 5), (0.5, 2)])
def test_too_few_units_are_refused_at_the_level_asked_for(level, fewest):
    """Six units that all agree reach .031, five only .0625."""
    found = literature.sign_test(signs(fewest), level)

    assert found["p"] <= level
    with pytest.raises(FitError, match=f"too few .* {fewest - 1} go one way, {fewest} are needed"):
        literature.sign_test(signs(fewest - 1), level)


def test_mixed_directions_are_refused_where_they_could_turn_the_majority():
    """Seven against one bear five that go both ways; six would undo the majority."""
    assert literature.sign_test(signs(7, 1, both=5))["n_facilitates"] == 7
    with pytest.raises(FitError, match="directions mixed: 7 help, 1 hinder, 6 go both ways"):
        literature.sign_test(signs(7, 1, both=6))


def test_a_refusal_gives_every_reason():
    """Too few and mixed at once."""
    with pytest.raises(FitError, match=r"too few.*; directions mixed"):
        literature.sign_test(signs(1, 1, both=2))


def test_an_unknown_direction_is_no_unit():
    """The test takes cells of a map only."""
    with pytest.raises(SettingError, match="found no direction 'mixed'; allowed: facilitates"):
        literature.sign_test(pd.Series(["mixed"]))


@pytest.mark.parametrize("level", [0, 1, -0.1])
def test_a_level_is_a_probability(level):
    """Between 0 and 1, both left out."""
    with pytest.raises(SettingError, match="allowed: between 0 and 1"):
        literature.sign_test(signs(9), level)


def test_a_table_of_tests_says_why_a_test_is_missing():
    """Nothing but the words of the refusal stands in a refused row."""
    cells = pd.concat(
        pd.DataFrame({"factor": factor, "direction": signs(6 if factor == "goals" else 1)})
        for factor in COLUMNS
    )
    table = literature.try_sign_tests(cells)

    assert table.loc["goals", "p"] == 0.03125
    assert table.refused["goals"] == ""
    assert table.drop(index="goals").drop(columns="refused").isna().all(axis=None)
    assert table.refused.drop("goals").str.startswith("too few").all()


def test_what_is_not_reported_is_missing_and_not_nought():
    """Six columns for each study; a cell without a finding has no number."""
    cells = literature.map_evidence(FINDINGS, units_at("report"), COLUMNS)
    empty = cells[cells.direction == "not reported"]

    assert len(cells) == len(STUDIES) * 6
    assert empty.n_findings.isna().all()
    assert cells.n_findings.sum() == len(FINDINGS)
    assert set(cells.direction) <= set(literature.CELLS)


@pytest.mark.parametrize(
    ("unit", "factor", "direction"),
    [
        ("judge1999", "goals", "hinders"),
        ("arora2000", "goals", "both"),
        ("green1998", "skills", "none-stated"),
        ("green1998", "goals", "not reported"),
    ],
)
def test_what_a_cell_comes_to(unit, factor, direction):
    """A finding without a direction takes none away; a mixed one goes both ways."""
    cells = literature.map_evidence(FINDINGS, units_at("report"), COLUMNS)

    assert cell(cells, unit, factor).direction == direction


def test_reports_of_one_evaluation_become_one():
    """One report that helps and one that hinders are one unit that goes both ways."""
    cells = literature.map_evidence(FINDINGS, units_at("evaluation"), COLUMNS)
    found = cell(cells, "national-evaluation")

    assert (found.direction, found.n_findings) == ("both", 3)
    assert cells.unit.nunique() == len(STUDIES) - 1


@pytest.mark.parametrize("level", literature.LEVELS)
def test_collapsing_loses_no_finding(level):
    """However studies are counted, all findings stay."""
    cells = literature.map_evidence(FINDINGS, units_at(level), COLUMNS)

    assert cells.n_findings.sum() == len(FINDINGS)


def test_programmes_are_read_from_the_type():
    """Alliances stay apart, or go with the policy that made them; no type, no programme."""
    narrow = units_at("programme")
    wide = literature.assign_units(STUDIES, "programme", ALLIANCES_TOO)

    assert narrow.to_list() == ["HImP-HAZ"] * 3 + ["green1998", "HOTN", "scriven1995"]
    assert wide.to_list() == ["HImP-HAZ"] * 3 + ["HOTN", "HOTN", "scriven1995"]


def test_a_type_that_names_two_programmes_goes_to_the_first():
    """In the order in which they are listed."""
    studies = STUDIES.iloc[[0]].assign(type="HAZ in a HOTN town")

    assert literature.assign_units(studies, "programme", PROGRAMMES).item() == "HImP-HAZ"


def test_an_unknown_way_of_counting():
    """The message lists those there are."""
    with pytest.raises(SettingError, match="'site'; allowed: report, evaluation, programme"):
        units_at("site")


def test_units_that_share_a_programme_are_refused_by_name():
    """Every report for itself, or the evaluation as one: the zones still share theirs."""
    with pytest.raises(FitError, match="arora2000, judge1999, matka2002 share HImP-HAZ"):
        literature.check_independence(STUDIES, units_at("report"), PROGRAMMES)
    with pytest.raises(FitError, match="arora2000, national-evaluation share HImP-HAZ"):
        literature.check_independence(STUDIES, units_at("evaluation"), PROGRAMMES)


def test_one_unit_for_each_programme_passes():
    """By the list of programmes that is asked for, and no wider one."""
    narrow = units_at("programme")
    literature.check_independence(STUDIES, narrow, PROGRAMMES)

    with pytest.raises(FitError, match="HOTN, green1998 share HOTN"):
        literature.check_independence(STUDIES, narrow, ALLIANCES_TOO)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"direction": "no effect"}, "found no direction 'no effect'; allowed: facilitates, hind"),
        ({"direction": None}, "found no direction .*; allowed: facilitates, hinders"),
        ({"study_id": "smith2001"}, "found no study_id 'smith2001'; allowed: "),
        ({"factor": "weather"}, "found no factor 'weather'; allowed: "),
    ],
)
def test_what_is_not_known_is_not_mapped(bad, message):
    """It would fall out of the map, or count as both ways; files are refused as they are read."""
    units = literature.assign_units(STUDIES, "report", PROGRAMMES)
    with pytest.raises(SettingError, match=message):
        literature.map_evidence(changed(2, **bad), units, COLUMNS)


@pytest.mark.parametrize("method", ["meta-analysis", "albatross plot", "pooled vote count"])
def test_pooling_is_refused(method):
    """With its reason; what is not on the list is a wrong setting."""
    with pytest.raises(FitError, match=f"{method} refused: "):
        literature.refuse(method)
    with pytest.raises(SettingError, match="allowed: meta-analysis, albatross plot"):
        literature.refuse("funnel plot")


@pytest.mark.parametrize(
    ("label", "factors"),
    [
        ("common budgets failed for political reasons", {"local-structures", "resources"}),
        ("Boundary spanning, networking", {"key-individuals"}),
        ("partial interdependence perceived", {"resources"}),
        ("ownership depends on objectives", {"none"}),
        ("decentralised", {"local-structures"}),
        ("respect and trust", {"none"}),
    ],
)
def test_word_lists_reach_what_they_name(label, factors):
    """From the start of a word, in either case; several factors or none."""
    touched = literature.trace_words(pd.Series([label]), FACTOR_WORDS).iloc[0]

    assert set(touched[touched].index) == factors


def test_functions_change_no_data():
    """Frames come out as they went in."""
    studies, findings = STUDIES.copy(), FINDINGS.copy()
    literature.map_evidence(
        findings, literature.assign_units(studies, "programme", PROGRAMMES), COLUMNS
    )

    pd.testing.assert_frame_equal(studies, STUDIES)
    pd.testing.assert_frame_equal(findings, FINDINGS)


def test_the_printed_tables_can_be_mapped():
    """31 studies; three reports of the national evaluation, as methods.md 2.9 names them."""
    studies, _ = review.read_studies()
    units = literature.assign_units(studies, "evaluation", PROGRAMMES)

    assert len(studies) == 31
    assert set(units[units == "national-evaluation"].index) == {
        "judge1999",
        "barnes2001",
        "matka2002",
    }
