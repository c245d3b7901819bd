"""What coding refuses: codes that are missing, endless, misspelt, out of range, twice, or none.

Each says what was found and what is allowed; nothing that has no answer gets one.
"""

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.coding import assumptions, cases, claims, compare, grading, second_coder
from compendium.coding.cases import Cases, read_cases
from compendium.coding.grading import Answer, Coding
from compendium.coding.statements import (
    DIRECTIONS,
    find_coded,
    lean_boxes,
    net_direction,
    read_coded,
    select,
    side_of,
    sites_of,
)
from compendium.errors import CompendiumError
from compendium.settings import read_study

CODE = next(iter(read_study().codes.values()))
CASES = read_cases()
SETTING = assumptions.set_up(CASES, {"certain": 0, "likely": 0, "contested": 0}, 1)
CODING = grading.read_coding()
PAIRED = compare.Codings()
CLAIM = pd.DataFrame({"number": ["H1"], "proposition": "it does", "lines": "7", "needed": "more"})
RULES = {"H1": grading.signs("+", actor="A")}
ROW = {"id": "a", "line": 7, "actor": "A", "site": "all", "district": None}

# What is no name of anything here: words that nobody would code by.
misspelt = st.text("xyz", min_size=3, max_size=8)
endless = st.sampled_from([np.nan, np.inf, -np.inf])
wrong_number = endless | st.integers(4, 99) | st.integers(-99, -2) | misspelt
wrong_count = endless | st.integers(-99, -1) | st.floats(0.1, 0.9)
few = settings(max_examples=15, deadline=None, database=None)


def refuse(ask, *found: object) -> None:
    """It is refused, with all that was found and with what is allowed."""
    with pytest.raises(CompendiumError) as caught:
        ask()
    message = str(caught.value)
    assert "allowed" in message
    assert all(str(one) in message for one in found), message


def statements(n: int) -> pd.DataFrame:
    """So many statements that say the same of one box."""
    same = {"factor": CODE, "direction": "+", "code_min": 0, "code_max": 1, "confidence": "likely"}
    return pd.DataFrame([same | {"line": line} for line in range(1, n + 1)]).astype(object)


@few
@given(st.data(), st.integers(1, 5))
def test_a_statement_with_a_code_that_is_none_says_nothing_of_a_box(data, n):
    """Misspelt, missing, endless or out of range, in whichever row: it is named."""
    column, wrong = data.draw(
        st.tuples(st.just("direction"), misspelt)
        | st.tuples(st.just("confidence"), misspelt)
        | st.tuples(st.sampled_from(["factor", "direction"]), st.none())
        | st.tuples(st.sampled_from(["code_min", "code_max"]), wrong_number)
        | st.tuples(st.just("line"), endless)
    )
    place, rows = data.draw(st.integers(0, n - 1)), statements(n)
    rows.loc[place, column] = wrong

    refuse(
        lambda: lean_boxes(rows), f"row {place}, {column}: found {wrong!r}".replace("'", "")[:14]
    )
    if column in ("factor", "direction"):
        refuse(lambda: net_direction(rows), f"row {place}, {column}: found")


@few
@given(st.sampled_from(["factor", "direction"]), misspelt)
def test_a_column_that_is_missing_or_misspelt_is_named(column, name):
    """Not a KeyError from below."""
    rows = statements(2).rename(columns={column: name})

    refuse(lambda: lean_boxes(rows), f"no column {column!r}")
    refuse(lambda: net_direction(rows), f"no column {column!r}")


@few
@given(endless | st.floats(3.01, 99) | st.floats(-99, -0.01))
def test_degrees_out_of_range_stand_for_no_side(wrong):
    """Nor does a range whose least is its greatest."""
    refuse(lambda: side_of(wrong, 3), wrong)
    refuse(lambda: side_of(0, wrong), wrong)
    refuse(lambda: side_of(2, 1), "2 to 1")


@few
@given(misspelt)
def test_a_name_that_nobody_has_is_refused(name):
    """A coder, a table, a site, a partnership, a case, a box, a variable."""
    refuse(lambda: read_coded("coding/evidence", name), name)
    refuse(lambda: find_coded("coding/evidence", name), name)
    refuse(lambda: read_coded(f"coding/{name}"), name)
    refuse(lambda: sites_of(name, "both"), name)
    refuse(lambda: sites_of("all", name), name)
    refuse(lambda: select(CODING.evidence, "A", site=name), name)
    refuse(lambda: CASES.keep([name]), name)
    refuse(lambda: CASES.find(name, name, name), name)
    refuse(lambda: assumptions.swing(SETTING, name), name)
    refuse(lambda: assumptions.flip(SETTING, name), name)
    refuse(lambda: assumptions.share_variance(SETTING, name), name)
    refuse(lambda: SETTING.ask({"two": [CASES.names[0], name]}), name)
    follow = partial(assumptions.follow_paths, SETTING, years=1, ways={})
    refuse(lambda: follow(name), name)
    refuse(lambda: follow(CASES.names[0], **{name: 1}), name)
    refuse(lambda: compare.Codings(name), name)
    refuse(lambda: compare.confuse(PAIRED, name), name)


@few
@given(misspelt, st.sampled_from(["certain", "likely", "contested"]), endless)
def test_odds_that_are_none_are_refused(name, confidence, odds):
    """A confidence without odds; odds without end."""
    flips = {"certain": 0.1, "likely": 0.1, "contested": 0.1}
    refuse(lambda: assumptions.set_up(CASES, flips | {confidence: odds}, 1), odds)
    flips[name] = flips.pop(confidence)
    refuse(lambda: assumptions.set_up(CASES, flips, 1), confidence)


@few
@given(wrong_count)
def test_numbers_of_draws_that_are_none_are_refused(n):
    """Below none, parts of one, missing or endless."""
    refuse(lambda: assumptions.vary_kinds(SETTING, n), n)
    refuse(lambda: assumptions.vary_structures(SETTING, SETTING.told, n), n)
    refuse(lambda: compare.agree(PAIRED, n), n)
    refuse(lambda: compare.compare_others(PAIRED, n), n)
    refuse(lambda: grading.give_grades(CLAIM, RULES, CODING, n, 1), n)
    refuse(lambda: grading.shuffle(CODING, n, np.random.default_rng(1)), n)


@few
@given(wrong_count, st.sampled_from(["n_for", "n_against", "n_elsewhere"]))
def test_counts_that_are_none_have_no_grade(n, name):
    """Alone, or in one part of several."""
    answer = Answer("", 2, 1, 1)._replace(**{name: n})

    refuse(lambda: grading.grade(answer), name)
    refuse(lambda: grading.grade(Answer("", 2, 1, 1, parts=(Answer("", 1), answer))), name)


@few
@given(misspelt | st.sampled_from(["", ";", "5;", "9-5", "-3", "5-", "5-x", "1.5", "nan"]))
def test_lines_that_are_none_are_refused(text):
    """A word, an end without a beginning, a range that runs backwards; anywhere in the list."""
    if not re.fullmatch(r"\d+-", text):
        refuse(lambda: grading.cited_lines(text), repr(text))
        refuse(lambda: grading.cited_lines(f"7;{text}"))
    with pytest.raises(CompendiumError, match="found the lines"):
        grading.cited_lines("7;")


@few
@given(misspelt)
def test_a_rule_that_names_what_there_is_not_is_refused(name):
    """A direction, a table, a column, an end of an ordering, a table the coding lacks, a kind."""
    asked = {
        "column": grading.signs("+", **{name: "A"}),
        "degree": grading.degrees(**{name: "A"}),
        "end": grading.more({name: "A"}, {"actor": "B"}),
        "pair": grading.compare({name: "A"}, {"actor": "B"}),
        "site": grading.within_sites(2, {name: "A"}, RULES["H1"]),
        "part": grading.all_of(RULES["H1"], grading.signs("+", **{name: "A"})),
    }
    refuse(lambda: grading.signs(name), name)
    refuse(lambda: grading.signs("+", against=[name]), name)
    refuse(lambda: grading.signs("+", table=name), name)
    for rule in asked.values():
        refuse(lambda rule=rule: rule(CODING, set()), name)
    lacking = Coding(CODING.evidence, CODING.involvement, CODING.orderings)
    refuse(lambda: grading.require(lacking, "process"), "process")
    refuse(lambda: claims.printed(name)(CODING._replace(verdicts=no_verdicts()), set()), name)
    refuse(lambda: claims.read_rules({"H1": {name: "+"}}), name)
    refuse(lambda: claims.read_rules({"H1": {"own": name}}), name)
    refuse(lambda: grading.give_grades(CLAIM.assign(number=name), RULES, CODING, 0, 1), name)


@few
@given(misspelt)
def test_a_value_that_no_table_can_hold_is_refused(name):
    """It would count nothing: in every kind of rule, in each part, for all claims at once."""
    real = {"actor": "Trusts"}
    asked = {
        "signs": {"signs": "+", "subfactor": ["1.funds", name], "site": name},
        "pole": {"signs": name, "table": "cultures"},
        "blank": {"signs": "+", "actor": ""},
        "nothing": {"signs": "+", "actor": []},
        "along": {"signs": "+", "along": "channel", "actor": "Trusts"},
        "more": {"more": {"stage": name}, "than": real},
        "degrees": {"degrees": real | {"level": name}, "least": 1},
        "number": {"degrees": real | {"code": "3"}},
        "compare": {"compare": real, "with": {"measure": name}},
        "sites": {"sites": 1, "of": {"partnership": name}, "ask": {"signs": "+"}},
        "part": {"all_of": [{"signs": "+", "actor": name}, {"signs": "+", "channel": name}]},
        "concluded": {"concluded": [name]},
    }
    rules = claims.read_rules(asked, file="rules.toml")
    several = pd.concat([CLAIM.assign(number=number) for number in asked])

    for number, rule in rules.items():
        refuse(lambda rule=rule: rule(CODING, set()), f"rules.toml, {number}: coding/")
    places = [f"rules.toml, {number}: coding/" for number in asked]
    found = [f"evidence, site: found {name!r}", f"evidence, channel: found {name!r}"]
    refuse(lambda: grading.give_grades(several, rules, CODING, 0, 1), *places, *found)


@pytest.mark.parametrize(
    ("broken", "column", "place"),
    [
        ("coding/cases", "district", "column district: found 'xyz'; allowed: District A"),
        ("coding/cases", "stages", "column stages: found 'xyz'; allowed: general, before"),
        ("coding/cases", "evidence_actor", "found no row on 'xyz'; allowed: Acute Trust"),
        ("coding/leanings", "box", "column box: found 'xyz'; allowed: national-policy"),
    ],
)
def test_what_a_case_is_chosen_by_is_said_somewhere(broken, column, place):
    """A misspelt district, time, actor or box would leave a case without statements, or a lean."""

    def read(name):
        rows = read_coded(name)
        return rows.assign(**{column: "xyz"}) if name == broken else rows

    refuse(lambda: Cases(read("coding/cases"), read).codings, place)


@pytest.mark.parametrize(
    ("declared", "place"),
    [
        ({"groups": {"xyz": ["rural sites"]}}, "study.toml, groups, xyz: found 'xyz'"),
        ({"groups": {"HAZ": ["xyz"]}}, "study.toml, groups, HAZ: found 'xyz'"),
        ({"codes": {"culture": "xyz"}}, "study.toml, factors, culture: found 'xyz'"),
    ],
)
def test_what_a_study_chooses_by_is_said_somewhere(monkeypatch, declared, place):
    """A group of no site; a site of no statement; a factor of no code."""
    monkeypatch.setattr(cases, "read_study", lambda: replace(read_study(), **declared))

    refuse(lambda: Cases(CASES.table, CASES.read).statements, place)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"key": "xyz"}, "found the column 'xyz'; allowed: organisation"),
        ({"case": "xyz"}, "found the column 'xyz'; allowed: case"),
        ({"where": {"base": "xyz"}}, "where, base: found 'xyz'; allowed: large, small"),
        ({"values": {"smal": 1, "large": 0}}, "values: found no small"),
    ],
)
def test_what_a_trait_is_looked_up_by_is_said_somewhere(monkeypatch, changed, place):
    """A column or a value that the printed table has not; a printed word without a number."""
    study = read_study()
    traits = study.traits | {"small": study.traits["small"] | changed}
    monkeypatch.setattr(cases, "read_study", lambda: replace(study, traits=traits))

    refuse(lambda: CASES.actors, "study.toml, traits, small", place)


def test_a_one_way_code_is_one_of_the_codebook(monkeypatch):
    """A misspelt one would let its rows bear out a claim."""
    monkeypatch.setattr(grading, "read_study", lambda: replace(read_study(), one_way=["xyz"]))

    refuse(grading.read_coding, "study.toml, one_way: found ['xyz']")


def no_verdicts() -> pd.DataFrame:
    """Verdicts on one value."""
    return pd.DataFrame({"value_id": ["a"], "verdict": ["exact"]})


@few
@given(st.integers(-9, -1) | st.integers(4, 9) | endless)
def test_degrees_that_there_are_not_are_not_asked_for(wrong):
    """Below none, above the greatest, without end; nor a least above the most."""
    refuse(lambda: grading.degrees(least=wrong), wrong)
    refuse(lambda: grading.degrees(most=wrong), wrong)
    refuse(lambda: grading.degrees(least=2, most=1), "2 to 1")


@few
@given(st.integers(2, 4))
def test_what_stands_twice_is_refused(times):
    """A claim's number; a statement's id in either coding."""
    twice, once = pd.concat([CLAIM] * times), pd.DataFrame([ROW])
    rows = pd.concat([once] * times)

    refuse(lambda: grading.give_grades(twice, RULES, CODING, 0, 1), "H1")
    refuse(lambda: compare.match(rows, once, "id"), "'a'")
    refuse(lambda: compare.match(once, rows, "id"), "'a'")


@few
@given(endless)
def test_a_statement_without_a_line_is_not_matched(line):
    """Missing or without end."""
    once = pd.DataFrame([ROW])

    refuse(lambda: compare.match(once.assign(line=line), once, "id"), "line")
    refuse(lambda: compare.match(once, once.assign(line=line), "id"), "line")


@few
@given(st.integers(-9, 0))
def test_a_pack_of_no_place_is_not_written(n):
    """And a folder in which nothing lies has not come back."""
    refuse(lambda: second_coder.write_pack(None, n), n)


def test_directions_are_those_of_the_data():
    """What is refused is what the schema refuses."""
    assert set(CODING.evidence.direction) == set(DIRECTIONS)
