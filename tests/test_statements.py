"""Statements into leans: what counts, by hand; laws of agreement; rules the coding must keep."""

from itertools import combinations_with_replacement

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.coding import statements as module
from compendium.coding.statements import (
    OPEN,
    lean_boxes,
    net_direction,
    select,
    side_of,
    sites_of,
)
from compendium.errors import DataError
from compendium.models import multiverse
from compendium.printed import tables
from compendium.settings import Study, read_study

FACTORS = read_study().codes
STATEMENT = {
    "actor": "Housing",
    "site": "all",
    "district": None,
    "partnership": "both",
    "stage": "general",
    "target": "involvement",
    "is_restatement": "no",
}
CODES = {"+": 1, "0": 0, "-": -1}
COLUMNS = ["factor", "direction", "code_min", "code_max", "confidence", "line"]
TABLES = ("evidence", "involvement", "orderings", "dependencies")


def is_selected(change, **asked):
    """Whether a statement that differs by `change` counts for what is asked."""
    table = pd.DataFrame([STATEMENT | change])
    return len(select(table, "Housing", **asked)) == 1


def said(*statements):
    """Rows on resources: direction, least and greatest code, confidence, line."""
    return pd.DataFrame([("F5", *one) for one in statements], columns=COLUMNS)


def lean_of(rows, box="resources"):
    return lean_boxes(rows).set_index("box").loc[box]


@st.composite
def statements(draw, directions="+-0"):
    """One coherent row on one of the five boxes: its direction lies within its range."""
    direction = draw(st.sampled_from([*directions]))
    code = CODES[direction]
    factor = draw(st.sampled_from(list(FACTORS.values())))
    low, high = draw(st.integers(-1, code)), draw(st.integers(code, 1))
    confidence = draw(st.sampled_from(list(multiverse.FLIPS)))
    return factor, direction, low, high, confidence, draw(st.integers(1520, 2716))


any_rows = st.lists(statements(), max_size=12).map(lambda rows: pd.DataFrame(rows, columns=COLUMNS))


SITES = {
    "Dalesville": {
        "Dalesville": True, "all": True, "rural sites": True, "HAZ sites": True,
        "urban sites": False, "Greenshire": False, "unnamed": False,
    },
    "Middleton": {"non-HAZ sites": True},
    "all": {"all": True, "Dalesville": False, "rural sites": False},
}  # fmt: skip
PARTNERSHIPS = {
    "HImP": {"HImP": True, "both": True, "HAZ": False, "other": False},
    "HAZ": {"HAZ": True, "both": True, "HImP": False, "other": False},
    "both": {"HImP": True, "HAZ": True, "both": True, "other": False},
}


@pytest.mark.parametrize(
    ("asked", "spoken_of", "counts"),
    [
        # What is said of one site, of its kind or of all; all leaves single sites and kinds out.
        *(({"site": one}, {"site": of}, counts)
          for one, said in SITES.items() for of, counts in said.items()),
        # Both takes either; no partnership takes what is said of others.
        *(({"partnership": one}, {"partnership": of}, counts)
          for one, said in PARTNERSHIPS.items() for of, counts in said.items()),
        # A HAZ is found at HAZ sites only; a HImP is found everywhere.
        ({"partnership": "HAZ"}, {"site": "HAZ sites"}, True),
        ({"partnership": "HImP"}, {"site": "HAZ sites"}, False),
        # The general stage is one among others: it counts only if it is named.
        ({"stages": ("general", "early")}, {"stage": "early"}, True),
        ({}, {"stage": "early"}, False),
        ({"stages": ("early",)}, {"stage": "general"}, False),
        # A district takes what is said of none, never of the other; no district takes none's own.
        ({"district": "District A"}, {"district": None}, True),
        ({"district": "District A"}, {"district": "District A"}, True),
        ({"district": "District A"}, {"district": "District B"}, False),
        ({}, {"district": "District A"}, False),
        # A sentence said twice is one statement; influence is not involvement.
        ({}, {"is_restatement": "yes"}, False),
        *(({}, {"target": target}, False) for target in ("influence", "relations")),
    ],
)  # fmt: skip
def test_site_partnership_stage_district_and_target_decide_what_counts(asked, spoken_of, counts):
    """One statement that differs from a plain one, for one question that does."""
    assert is_selected(spoken_of, **asked) is counts


def test_selecting_leaves_the_table_as_it_was():
    """And gives an empty table, not an error, where an actor is never spoken of at that time."""
    table = pd.DataFrame([STATEMENT])
    before = table.copy()

    assert select(table, "Housing", stages=("later",)).empty
    assert table.equals(before)


def test_rows_that_agree_give_their_lean():
    """The most cautious of them bounds it; the least sure of them says how sure it is."""
    box = lean_of(said(("+", 1, 1, "certain", 1), ("+", 0, 1, "likely", 2)))

    assert box[["lean", "lean_min", "lean_max"]].tolist() == [1, 0, 1]
    assert box[["confidence", "n_for", "n_against"]].tolist() == ["likely", 2, 0]


@pytest.mark.parametrize("other", ["-", "0", "+/-"])
def test_rows_that_disagree_give_no_lean(other):
    """However many stand on one side, and though the other only says that it is level or both."""
    many = [("+", 1, 1, "certain", line) for line in range(5)]
    box = lean_of(said(*many, (other, -1, 1, "certain", 9)))

    assert pd.isna(box.lean)
    assert box[["lean_min", "lean_max"]].tolist() == list(OPEN)


def test_both_ways_is_no_lean_and_level_is_one():
    """Rows may agree on either; a box that nobody speaks of has no lean, which is not level."""
    both = lean_of(said(("+/-", -1, 1, "likely", 1)))
    level = said(*(("0", 0, 0, "likely", line) for line in (1, 2)))

    assert pd.isna(both.lean)
    assert both[["lean_min", "lean_max", "n_for", "n_against"]].tolist() == [-1, 1, 0, 0]
    assert lean_of(level).lean == 0
    assert pd.isna(lean_of(level, "culture").lean)


@pytest.mark.parametrize(
    ("rows", "lean", "hangs_on"),
    [
        ([("+", 1)], None, "1"),
        ([("+", 1), ("+", 1)], None, "1"),
        ([("+", 1), ("+", 2)], 1, ""),
        ([("+", 1), ("+", 2), ("-", 3)], None, "3"),
        ([("+", 1), ("-", 2)], None, "1 2"),
        ([("+", 1), ("+", 2), ("-", 3), ("0", 4)], None, ""),
        ([("+/-", 1)], None, ""),
    ],
)
def test_no_line_alone_gives_a_lean(rows, lean, hangs_on):
    """It takes two lines; and a line without which the rest would agree is named."""
    box = lean_of(said(*((sign, -1, 1, "likely", line) for sign, line in rows)))

    assert (None if pd.isna(box.lean) else box.lean) == lean
    assert box.hangs_on == hangs_on


def test_a_study_without_factors_has_no_balance(monkeypatch):
    """The message names the file to mend."""
    monkeypatch.setattr(module, "read_study", Study)

    with pytest.raises(DataError, match=r"study\.toml, factors: found none"):
        lean_boxes(said())


def test_a_box_nobody_speaks_of_stays_open():
    """No lean, the whole range, the least confidence, no line."""
    box = lean_of(said())

    assert pd.isna(box.lean)
    assert box[["lean_min", "lean_max", "confidence", "n_for", "n_against", "lines"]].tolist() == [
        *(-1, 1, "contested", 0, 0, "")
    ]


def test_each_line_is_named_once():
    """In the order of the rows."""
    rows = said(*(("+", 1, 1, "certain", line) for line in (2100, 1704, 2100)))

    assert lean_of(rows).lines == "2100 1704"


def test_the_process_itself_is_no_box():
    """F0 leaves every box as it would be without it."""
    rows = said(("+", 1, 1, "certain", 1)).assign(factor="F0")

    assert lean_boxes(rows).equals(lean_boxes(said()))
    assert net_direction(rows).lean.isna().all()


def test_boxes_come_in_the_order_of_the_figure():
    """Both readings of the rows, whatever order the rows have."""
    rows = said(("+", 1, 1, "certain", 1))

    assert lean_boxes(rows).box.tolist() == list(FACTORS)
    assert net_direction(rows).box.tolist() == list(FACTORS)


@given(any_rows, st.integers(0, 11))
@settings(max_examples=20, deadline=None)
def test_a_row_more_that_agrees_changes_no_lean(rows, place):
    """Saying it once more is no more weight; the range can only open."""
    before = lean_boxes(rows).set_index("box")
    for box, factor in FACTORS.items():
        mine = rows[rows.factor == factor]
        if pd.isna(before.lean[box]) or mine.empty:
            continue
        again = pd.concat([rows, mine.iloc[[place % len(mine)]].assign(code_min=-1, code_max=1)])
        after = lean_boxes(again).set_index("box")
        assert after.lean.equals(before.lean)
        assert after.lean_min[box] <= before.lean_min[box]
        assert after.lean_max[box] >= before.lean_max[box]


@given(any_rows)
@settings(max_examples=20, deadline=None)
def test_turning_every_row_turns_every_lean(rows):
    """For becomes against; the ranges are mirrored, and so is the balance of sentences."""
    turned = rows.assign(
        direction=rows.direction.replace({"+": "-", "-": "+"}),
        code_min=-rows.code_max,
        code_max=-rows.code_min,
    )
    before, after = lean_boxes(rows), lean_boxes(turned)

    assert after.lean.equals(-before.lean)
    assert after.lean_min.equals(-before.lean_max)
    assert after.n_for.equals(before.n_against)
    assert net_direction(turned).lean.equals(-net_direction(rows).lean)


@given(any_rows, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_rows_tells_nothing(rows, random):
    """But for the order of the lines."""
    order = random.sample(range(len(rows)), len(rows))
    before, after = (
        lean_boxes(r).drop(columns=["lines", "hangs_on"]) for r in (rows, rows.iloc[order])
    )

    assert after.equals(before)


@given(any_rows)
@settings(max_examples=20, deadline=None)
def test_coherent_rows_give_coherent_boxes(rows):
    """A lean lies within its range, as the draws of codes demand."""
    odds = multiverse.code_odds(lean_boxes(rows))

    assert odds.sum(axis=1) == pytest.approx(1)


@given(st.lists(statements("+-"), max_size=12))
@settings(max_examples=20, deadline=None)
def test_where_rows_agree_both_readings_do(rows):
    """The balance of sentences is the lean where there is one; elsewhere weaker, or of one line."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    boxes, counted = lean_boxes(table), net_direction(table).lean
    agreed, alone = boxes.lean.astype("Float64"), boxes.lines == boxes.hangs_on

    assert counted[agreed.notna()].equals(agreed.dropna())
    assert (counted[agreed.isna() & ~alone].dropna().abs() < 1).all()


@given(any_rows, st.integers(0, 11))
@settings(max_examples=20, deadline=None)
def test_leaving_out_any_one_line_turns_no_lean(rows, place):
    """A box may open then, and never leans the other way."""
    if rows.empty:
        return
    before = lean_boxes(rows).lean
    after = lean_boxes(rows[rows.line != rows.line.iloc[place % len(rows)]]).lean

    assert (after.isna() | before.isna() | (after == before)).all()


@given(any_rows, st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_repeating_all_rows_leaves_their_balance(rows, times):
    """A share of sentences does not depend on how often the whole is said."""
    before, after = (net_direction(pd.concat([rows] * n)) for n in (1, times))

    assert after.equals(before)


@pytest.mark.parametrize(("low", "high"), [*combinations_with_replacement(range(4), 2)])
def test_a_degree_stands_on_one_side_or_on_none(low, high):
    """Left if all of its range is fair or high, right if all is none or low."""
    sides = {"left" if degree >= 2 else "right" for degree in range(low, high + 1)}

    assert side_of(low, high) == (sides.pop() if len(sides) == 1 else None)


def test_the_kinds_of_sites_are_those_of_figure_2_2():
    """Urban or with a rural part, zone or none."""
    figure = tables.read_table("elston2005/figure-2.2").set_index("site")
    kinds = {
        site: {
            "urban sites" if row.area == "Urban" else "rural sites",
            "HAZ sites" if row.haz == "yes" else "non-HAZ sites",
        }
        for site, row in figure.iterrows()
    }

    for site, groups in kinds.items():
        assert sites_of(site, "both") == {"all", site} | groups


def test_every_direction_lies_within_its_range():
    """For reaches 1, against reaches -1, level holds 0, and both ways is anything."""
    rows = tables.read_table("coding/evidence")
    least = rows.direction.map(CODES | {"+/-": -1})
    most = rows.direction.map(CODES | {"+/-": 1})
    outside = rows[(rows.code_min > least) | (rows.code_max < most)]

    assert outside.evidence_id.tolist() == []


def test_every_case_has_statements():
    """About its actor, and in stages that the statements know."""
    cases, rows = tables.read_table("coding/cases"), tables.read_table("coding/evidence")
    stages = set(cases.stages.str.split("; ").explode())

    assert set(cases.evidence_actor) <= set(rows.actor)
    assert stages <= set(rows.stage)


def test_every_factor_is_said_to_work_both_for_and_against():
    """The thesis calls its factors bipolar (section 4.4)."""
    rows = tables.read_table("coding/evidence")
    found = {(f, d) for f, d in zip(rows.factor, rows.direction) if d in "+-"}

    assert found >= {(factor, d) for factor in FACTORS.values() for d in "+-"}


@pytest.mark.parametrize("table", TABLES)
def test_labels_are_short(table):
    """A sense in our words, twelve at most: no passage of the thesis is copied."""
    rows = tables.read_table(f"coding/{table}")

    assert rows[rows.label.str.split().str.len() > 12].iloc[:, 0].tolist() == []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(("evidence", "strength_word"), ("dependencies", "strength_word")),
        *(("involvement", "words"), ("orderings", "words")),
    ],
)
def test_words_as_printed_are_few(table, column):
    """Four at most are quoted."""
    quoted = tables.read_table(f"coding/{table}").set_index(column).index.dropna()

    assert [words for words in quoted if len(words.split()) > 4] == []


@pytest.mark.parametrize("table", TABLES)
def test_an_id_begins_with_its_line(table):
    """So that a row is found in the thesis without the table."""
    rows = tables.read_table(f"coding/{table}")
    ids = rows.iloc[:, 0]
    lines = ids.str.extract(r"^[a-z](\d+)")[0].astype(int)

    assert ids[lines != rows.line].tolist() == []


@pytest.mark.parametrize(
    ("table", "code", "low", "high"),
    [
        ("involvement", "code", "code_min", "code_max"),
        ("dependencies", "strength", "strength_min", "strength_max"),
    ],
)
def test_every_code_lies_within_its_range(table, code, low, high):
    """Where a code is given; a range is a range in any case."""
    rows = tables.read_table(f"coding/{table}")
    coded = rows.dropna(subset=[code])
    within = coded[code].between(coded[low], coded[high])

    assert coded[~within.fillna(False)].iloc[:, 0].tolist() == []
    assert (rows[low] <= rows[high]).all()


def test_nobody_is_ordered_before_itself():
    """Who is more and who is less differ in actor, district, site, partnership or stage."""
    rows = tables.read_table("coding/orderings")
    parts = ("{}", "{}_district", "{}_site", "{}_partnership", "stage_{}")
    more, less = (rows[[part.format(side) for part in parts]] for side in ("more", "less"))
    same = (more.fillna("").to_numpy() == less.fillna("").to_numpy()).all(axis=1)

    assert rows[same].ordering_id.tolist() == []


@pytest.mark.parametrize(
    ("column", "wrong", "message"),
    [
        ("factor", "F9", r"column factor: found 'F9'; allowed: .*F0, F1"),
        ("line", "9999", r"column line: found '9999'; allowed: an integer, at least 1520, at most"),
        ("direction", "up", r"column direction: found 'up'"),
        ("code_min", "-2", r"column code_min: found '-2'; allowed: an integer, one of -1, 0, 1"),
        ("subfactor", "5.duty", r"subfactor|F\d, 5\.duty"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(raw_copy, column, wrong, message):
    """Unknown factor, line outside the chapters, a code that is none, a factor's wrong part."""
    path = raw_copy / "coding" / "first-model" / "evidence.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[4, column] = wrong
    table.to_csv(path, index=False, lineterminator="\n")

    with pytest.raises(DataError, match=message) as caught:
        tables.read_table("coding/evidence")
    assert "coding/first-model/evidence.csv row 6" in str(caught.value)
