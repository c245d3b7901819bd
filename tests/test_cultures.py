"""Regions in the meeting of cultures: the printed box, then laws, then what may not be."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compendium.errors import DataError
from compendium.printed import tables
from partnership import cultures

CELLS = list(cultures.CELLS.values())


def statement(about="integration", pole="mixed", **other):
    row = {"culture_id": "k1a", "line": 1, "site": "UNE", "partner": "both", "about": about,
           "pole": pole, "said_by": "interviewee", "assertion": "state", "is_restatement": "no",
           "confidence": "certain"}  # fmt: skip
    return row | other


def table(*rows):
    return pd.DataFrame(list(rows))


def admitted(voices):
    return [set(row[row].index) for _, row in voices[CELLS].astype(bool).iterrows()]


def region(*rows, rule="grid", **setting):
    voices = cultures.list_voices(table(*rows), "UNE", rule, **setting)
    return set.union(*admitted(voices))


def positions(**change):
    row = {"position": "p", "site": "UNE", "area_from": 1, "area_to": 2, "ideal": "no",
           "certainty": "stated"}  # fmt: skip
    return pd.DataFrame([row | change])


def test_the_grid_is_the_one_printed_in_box_2():
    """Mannion et al. (2011), Box 2: four names, by integration and domination."""
    box = tables.read_table("mannion2011/box-2")
    ours = [cultures.name_by_grid(r.integration == "yes", r.domination == "yes")
            for r in box.itertuples()]  # fmt: skip

    assert ours == box["name"].tolist()
    assert dict(zip(box.area, box["name"])) == cultures.CELLS


@pytest.mark.parametrize(
    ("sought", "cell"),
    [("integration", "Synergy"), ("segregation", "Segregation"), ("domination", "Domination")],
)
def test_what_is_accepted_is_reached_and_what_is_refused_breaks_down(sought, cell):
    """Mannion et al. (2011), Box 2, the words in its cells."""
    assert cultures.name_by_process(sought, accepted=True) == cell
    assert cultures.name_by_process(sought, accepted=False) == "Breakdown"


def test_the_rules_part_on_accepted_domination_and_on_refusals():
    found = cultures.compare_rules()
    parted = found[~found.agree]

    assert list(zip(parted.sought, parted.accepted)) == [
        ("integration", False), ("segregation", False), ("domination", True),
        ("domination", False)]  # fmt: skip
    assert parted[parted.accepted].by_grid.tolist() == ["Breakdown"]


def test_an_attempt_that_counts_moves_one_state():
    """A refused attempt to dominate is then a breakdown by either rule."""
    strict, lenient = cultures.compare_rules(), cultures.compare_rules(attempt_counts=True)

    assert (strict.agree != lenient.agree).tolist() == [False] * 5 + [True]


def test_silence_on_a_question_leaves_it_open():
    assert region(statement("dominance", "neither")) == {"Synergy", "Segregation"}
    assert region(statement("dominance", "private")) == {"Domination", "Breakdown"}
    assert region(statement("integration", "no integration")) == {"Segregation", "Breakdown"}


def test_two_answers_of_one_voice_make_one_cell_and_two_voices_widen():
    """On one line they hold together; on two lines either may be so."""
    one = statement("integration", "integration"), statement("dominance", "neither")
    other = statement("dominance", "both", line=2)

    assert region(*one) == {"Synergy"}
    assert region(*one, other) == {"Synergy", "Domination", "Breakdown"}


@pytest.mark.parametrize(
    ("pole", "cells"),
    [("accepted", {"Domination"}), ("refused", {"Breakdown"}),
     (None, {"Domination", "Breakdown"})],
)  # fmt: skip
def test_by_the_process_acceptance_decides_between_domination_and_breakdown(pole, cells):
    """Said of all, it holds for the company; unsaid, both stay open."""
    rows = statement("dominance", "public"), statement("process", pole, site="all", line=2)

    assert region(*rows, rule="process") == cells


@pytest.mark.parametrize(
    "change",
    [{"assertion": "expectation"}, {"assertion": "conditional"}, {"said_by": "theory"},
     {"partner": "policy makers"}, {"site": "USW"}, {"site": "all"}],
)  # fmt: skip
def test_hopes_theory_and_what_is_said_of_others_do_not_place(change):
    rows = statement("dominance", "neither"), statement("dominance", "public", line=2, **change)

    assert region(*rows) == {"Synergy", "Segregation"}


def test_contested_codes_can_be_left_out():
    rows = (statement("integration", "no integration"), statement("dominance", "neither"),
            statement("integration", "integration", confidence="contested"))  # fmt: skip

    assert region(*rows) == {"Synergy", "Segregation"}
    assert region(*rows, contested=False) == {"Segregation"}


poles = st.sampled_from([(about, pole) for about in ("integration", "dominance", "process")
                         for pole in cultures.POLES[about]])  # fmt: skip


@given(st.lists(st.tuples(poles, st.integers(1, 3)), min_size=1, max_size=5), poles)
def test_another_line_never_narrows_a_region(said, more):
    """By the grid a voice can only add cells; every voice admits one cell at least."""
    start = statement("dominance", "neither")
    rows = [start, *(statement(*pole, line=line) for pole, line in said)]
    wider = [*rows, statement(*more, line=9)]

    assert region(*rows) <= region(*wider)
    assert all(admitted(cultures.list_voices(table(*wider), "UNE")))


@given(st.lists(st.tuples(poles, st.integers(1, 3)), max_size=5))
def test_with_acceptance_said_the_process_never_breaks_down(said):
    said = [(pole, line) for pole, line in said if pole != ("process", "refused")]
    rows = [statement("dominance", "both"), statement("process", "accepted"),
            *(statement(*pole, line=line) for pole, line in said)]  # fmt: skip

    assert "Breakdown" not in region(*rows, rule="process")


@pytest.mark.parametrize(
    ("change", "held"),
    [({}, "partly"), ({"area_to": 1}, "inside"), ({"area_from": 3, "area_to": 4}, "outside"),
     ({"area_from": None, "area_to": None}, "no area"),
     ({"area_from": 4, "area_to": 4, "certainty": "denied"}, "agrees"),
     ({"area_to": 1, "certainty": "denied"}, "denied, yet admitted")],
)  # fmt: skip
def test_a_printed_position_is_held_against_the_region(change, held):
    synergy = pd.Series({cell: cell == "Synergy" for cell in CELLS})

    assert cultures.hold_positions(positions(**change), synergy).held.item() == held


def test_cells_are_marked_for_every_company():
    """Named and implied positions are kept apart, denied ones left out."""
    rows = table(*(statement("dominance", "neither", site=site) for site in cultures.COMPANIES))
    printed = pd.concat([positions(), positions(certainty="implied", area_from=2),
                         positions(certainty="denied", area_from=4, area_to=4),
                         positions(ideal="yes", area_to=1)])  # fmt: skip
    marks = cultures.mark_cells(rows, printed)
    first = marks[marks.site == "UNE"].set_index("cell")

    assert len(marks) == 12
    assert first.named.tolist() == [True, True, False, False]
    assert first.implied.tolist() == [False, True, False, False]
    assert first.ideal.tolist() == [True, False, False, False]
    assert first.by_grid.tolist() == [True, True, False, False]


def test_views_give_the_lines_and_leave_repetitions_out():
    rows = table(statement("trust", None, line=9), statement("trust", None, line=3),
                 statement("trust", None, line=4, is_restatement="yes"),
                 statement("trust", None, line=5, said_by="policy makers", site="all"),
                 statement("other", None, line=6, said_by="author", site="all"))  # fmt: skip
    views = cultures.compare_views(rows, "UNE")

    assert views.loc["trust"].tolist() == ["5", "3, 9", ""]
    assert views.loc["other"].tolist() == ["", "", "6"]


def test_every_company_is_placed_and_every_printed_position_lies_in_its_region():
    """The coding and the transcription were made apart from the same sentences."""
    coding, printed = (
        tables.read_table("coding/cultures"),
        tables.read_table("mannion2011/positions"),
    )
    for site in cultures.COMPANIES:
        for rule in ("grid", "process"):
            found = cultures.list_voices(coding, site, rule)[CELLS].any()
            held = cultures.hold_positions(printed[printed.site == site], found).held
            assert set(held) <= {"inside", "agrees", "no area"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cultures.name_by_process("peace", accepted=True), "found 'peace'.*integration"),
        (lambda: region(statement("integration", "public")), "k1a: found pole 'public'.*mixed"),
        (lambda: region(statement("trust", "neither")), "k1a: found pole 'neither'.*: blank"),
        (lambda: region(statement(), rule="best"), "rule 'best'; allowed"),
        (lambda: cultures.list_voices(table(statement()), "XYZ"), "site 'XYZ'.*UNE, USW, REM"),
        (lambda: cultures.list_voices(table(statement()), "REM"), "no statement.*'REM'"),
        (lambda: region(statement("dominance", None)), "no statement that places 'UNE'"),
        (lambda: cultures.hold_positions(positions(area_to=5), pd.Series(dtype=bool)), "1 to 5"),
        (lambda: cultures.hold_positions(positions(area_from=3), pd.Series(dtype=bool)), "3 to 2"),
    ],
)
def test_what_may_not_be_is_refused(call, words):
    """Each message says what was found and what is allowed."""
    with pytest.raises(DataError, match=words):
        call()


def test_all_wrong_poles_are_named_at_once():
    rows = table(statement("trust", "both"), statement("integration", "both", culture_id="k2a"))

    with pytest.raises(DataError, match=r"k1a.*\n.*k2a"):
        cultures.check_statements(rows)
