"""Cases: gathered by hand from small tables, then what the real ones must say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.coding import cases
from compendium.errors import DataError
from compendium.models import balance, multiverse, structures
from compendium.printed import tables

BOXES = list(balance.BOXES)
FIGURE = "elston2005/figure-5.1"
CASE = {
    "case": "told",
    "figure": None,
    "state": "throughout",
    "site": "all",
    "district": None,
    "evidence_actor": "Housing",
    "stages": "general",
    "partnership": "both",
    "kind": "department",
    "base_group": "la-housing",
    "attitude_group": "la-housing",
    "mandated": "no",
    "funded": "no",
    "dependence": 0,
    "scarcity": 1,
    "year": 2,
}
STATEMENT = {
    "actor": "Housing",
    "site": "all",
    "district": None,
    "partnership": "both",
    "stage": "general",
    "target": "involvement",
    "is_restatement": "no",
    "factor": "F5",
    "direction": "-",
    "code_min": -1,
    "code_max": 0,
    "confidence": "likely",
    "line": 2318,
}
DEGREE = {
    "actor": "Housing",
    "district": None,
    "measure": "involvement",
    "level": "overall",
    "partnership": "both",
    "site": "all",
    "stage": "general",
    "is_restatement": "no",
    "confidence": "certain",
    "code_min": 3,
    "code_max": 3,
}
# Figure 5.1 as the prose gives it, its boxes out of order.
DRAWN = pd.DataFrame(
    {
        "figure": FIGURE,
        "state": "before",
        "box": ["resources", "culture", "national-policy", "local-structures", "key-individuals"],
        "lean": pd.array([-1, 1, None, 1, None], "Int64"),
        "lean_min": pd.array([-1, 1, -1, 1, -1], "Int64"),
        "lean_max": pd.array([-1, 1, 1, 1, 0], "Int64"),
        "confidence": "certain",
    }
)
TILTS = pd.DataFrame({"figure": [FIGURE] * 2, "state": ["before", "after"],
                      "tilt": ["right", None]})  # fmt: skip
FIGURED = CASE | {"case": "drawn", "figure": FIGURE, "state": "before"}


def table(row, *changes):
    """A table of like rows, one for each change."""
    return pd.DataFrame([row | change for change in changes])


def side_by_degrees(*changes, **asked):
    """The side of a case without a figure from the degrees coded for it."""
    degrees = table(DEGREE, *changes)
    return cases.gather_sides(table(CASE, asked), TILTS, degrees)["told"]


def traits_of(*changes, sides=None):
    attitudes = pd.DataFrame(
        {
            "group": ["la-housing", "la-housing", "chcs", "la-education"],
            "attitude": ["broad-systems", "narrow-biomedical", "broad-systems", "broad-systems"],
            "printed": ["Mixed", "Majority", "Majority", "Minority"],
        }
    )
    bases = pd.DataFrame({"organisation": ["la-housing", "la-housing", "chc"],
                          "base": ["large", "large", "small"]})  # fmt: skip
    chosen = table(CASE, *changes)
    sides = pd.Series(None, index=chosen.case, dtype=object) if sides is None else sides
    return cases.gather_traits(chosen, attitudes, bases, sides)


@pytest.fixture(scope="module")
def real():
    """The coded tables by their names."""
    names = ("cases", "leanings", "tilts", "evidence", "involvement")
    return {name: tables.read_table(f"coding/{name}") for name in names}


@pytest.fixture(scope="module")
def real_sides(real):
    return cases.gather_sides(real["cases"], real["tilts"], real["involvement"])


def test_a_case_with_a_figure_leans_as_its_prose_says():
    """What the statements say of the same actor does not count; boxes come in order."""
    found = cases.gather_codings(table(FIGURED, {}), DRAWN, table(STATEMENT, {}))

    assert found.box.tolist() == BOXES
    assert found.lean.tolist() == [pd.NA, 1, 1, pd.NA, -1]
    assert found.lean_max.tolist() == [1, 1, 1, 0, -1]


def test_another_state_of_the_figure_does_not_count():
    """Before and after are two cases."""
    after = DRAWN.assign(state="after", lean=pd.array([0, 1, None, 1, None], "Int64"))
    found = cases.gather_codings(
        table(FIGURED, {}), pd.concat([after, DRAWN]), table(STATEMENT, {})
    )

    assert found.set_index("box").lean["resources"] == -1


def test_a_case_without_a_figure_leans_as_statements_say():
    """One statement on resources, none on the other boxes."""
    found = cases.gather_codings(table(CASE, {}), DRAWN, table(STATEMENT, {})).set_index("box")

    assert found.lean["resources"] == -1
    assert found.loc["resources", ["lean_min", "lean_max", "confidence"]].tolist() == [
        *(-1, 0, "likely")
    ]
    assert found.lean.drop("resources").isna().all()


def test_cases_come_in_their_order():
    """Five boxes each, whichever way they are coded."""
    both = pd.concat([table(CASE, {}), table(FIGURED, {})])
    found = cases.gather_codings(both, DRAWN, table(STATEMENT, {}))

    assert found.case.tolist() == ["told"] * 5 + ["drawn"] * 5
    assert found.columns.tolist() == ["case", "box", *cases.CODINGS]


@pytest.mark.parametrize(
    ("asked", "spoken_of"),
    [
        ({"site": "Dalesville"}, {"site": "rural sites"}),
        ({"partnership": "HAZ"}, {"site": "HAZ sites", "partnership": "HAZ"}),
        ({"stages": "general; second year"}, {"stage": "second year"}),
        ({"district": "District A"}, {"district": "District A"}),
    ],
)
def test_the_row_of_a_case_decides_which_statements_speak_of_it(asked, spoken_of):
    """Site, partnership, stages and district are the row's; a plain row has none of them."""
    statements = table(STATEMENT, spoken_of)
    asking, plain = (next(table(CASE, one).itertuples()) for one in (asked, {}))

    assert len(cases.statements_of(asking, statements)) == 1
    assert len(cases.statements_of(plain, statements)) == 0


@pytest.mark.parametrize(
    ("factors", "weighed"),
    [
        (["F5"] * 7 + ["F3"], True),
        (["F5"] * 6 + ["F3"], False),
        (["F5"] * 8, False),
        (["F5"] * 7 + ["F0"] * 5, False),
    ],
)
def test_eight_statements_on_two_boxes_are_enough(factors, weighed):
    """Seven are not, one box is not, and the process itself is no box."""
    statements = table(STATEMENT, *({"factor": factor} for factor in factors))

    assert len(cases.find_weighed(table(CASE, {}), statements)) == int(weighed)


def test_a_figure_is_enough():
    """However little the statements say."""
    found = cases.find_weighed(table(FIGURED, {}), table(STATEMENT, {}))

    assert found.case.tolist() == ["drawn"]


def test_a_figure_has_its_printed_side():
    """Whatever degrees are coded; open where print gives none."""
    drawn = table(FIGURED, {}, {"case": "later", "state": "after"})
    sides = cases.gather_sides(drawn, TILTS, table(DEGREE, {}))

    assert sides.tolist() == ["right", None]
    assert sides.index.tolist() == ["drawn", "later"]


@pytest.mark.parametrize(
    ("ranges", "side"),
    [
        ([(3, 3)], "left"),
        ([(0, 1)], "right"),
        ([(1, 2)], None),
        # The middle of three: from 2 to 3.
        ([(0, 0), (2, 3), (3, 3)], "left"),
        # The middle of two lies between: from 1.5 to 2.
        ([(0, 1), (3, 3)], None),
    ],
)
def test_the_middle_degree_gives_the_side(ranges, side):
    """One degree more on the other side does not turn it."""
    changes = ({"code_min": low, "code_max": high} for low, high in ranges)

    assert side_by_degrees(*changes) == side


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "influence"},
        {"level": "working"},
        {"level": "programme"},
        {"is_restatement": "yes"},
        {"confidence": "contested"},
        {"site": "Dalesville"},
        {"site": "HAZ sites"},
        {"stage": "early"},
        {"partnership": "other"},
        {"actor": "Education"},
    ],
)
def test_a_degree_of_something_else_leaves_the_side_open(change):
    """Influence, lower levels, repetitions, contested codes, other places, times and actors."""
    assert side_by_degrees(change) is None


@pytest.mark.parametrize(
    ("asked", "spoken_of"),
    [
        ({"stages": "general; early"}, {"stage": "early"}),
        ({"site": "Dalesville"}, {"site": "Dalesville"}),
        ({"partnership": "HAZ"}, {"site": "HAZ sites", "partnership": "HAZ"}),
        ({}, {"level": "board"}),
    ],
)
def test_a_degree_of_the_case_gives_its_side(asked, spoken_of):
    """Board and overall level, the case's own site, partnership and stages."""
    assert side_by_degrees(spoken_of, **asked) == "left"


def test_traits_are_those_structures_read():
    """Every column of `structures.TRAITS`, in its order, a row for each case."""
    found = traits_of({})

    assert found.columns.tolist() == list(structures.TRAITS)
    assert found.index.tolist() == ["told"]
    assert found.notna().all(axis=None)


@pytest.mark.parametrize(
    ("group", "attitude"), [("la-housing", 0.0), ("chcs", 1.0), ("la-education", -1.0)]
)
def test_attitude_is_how_many_hold_a_broad_view(group, attitude):
    """Majority 1, mixed 0, minority -1; the narrow view's own row does not count."""
    assert traits_of({"attitude_group": group}).attitude.item() == attitude


@pytest.mark.parametrize(("group", "small"), [("la-housing", False), ("chc", True)])
def test_small_is_a_small_resource_base(group, small):
    """Of the organisation that Table 4.3 names."""
    assert traits_of({"base_group": group}).small.item() is small


def test_codes_become_numbers_a_structure_can_weigh():
    """Dependence from 0 to 3 becomes 0 to 1; yes and no become true and false."""
    found = traits_of({"dependence": 2, "mandated": "yes", "scarcity": 2}).loc["told"]

    assert found.dependence == pytest.approx(2 / 3)
    assert found[["mandated", "funded"]].tolist() == [True, False]
    assert found[["scarcity", "year"]].tolist() == [2.0, 2.0]


def test_the_lean_of_a_kind_is_the_mean_of_all_told_cases_of_it():
    """The case itself included; open ones do not count; 0 where none is told."""
    changes = [{"case": name} for name in "abcd"]
    changes += [{"case": "e", "kind": "PCG"}, {"case": "f", "kind": "Trust"}]
    sides = pd.Series({"a": "left", "b": "left", "c": "right", "d": None, "e": "left", "f": None})
    found = traits_of(*changes, sides=sides).kind_lean

    assert found.tolist() == pytest.approx([1 / 3] * 4 + [1.0, 0.0])


def test_a_table_of_codings_becomes_cases_by_boxes():
    """Cases as they come, boxes in order whatever order the rows have, missing as NaN."""
    codings = pd.concat([DRAWN.assign(case="z"), DRAWN.assign(case="a", lean=0)])

    found = cases.as_array(codings, "lean")

    assert np.array_equal(found[0], [np.nan, 1, 1, np.nan, -1], equal_nan=True)
    assert found[1].tolist() == [0.0] * 5


def test_open_boxes_are_filled_to_the_side_or_away_from_it():
    """The kindest completion of a case that tips right leans right wherever it may."""
    codings = DRAWN.assign(case="drawn")
    sides = pd.Series({"drawn": "right"})

    assert cases.fill_for(codings, sides, kindly=True).loc["drawn"].tolist() == [-1, 1, 1, -1, -1]
    assert cases.fill_for(codings, sides, kindly=False).loc["drawn"].tolist() == [1, 1, 1, 0, -1]


def test_only_cases_with_a_side_asked_for_are_filled():
    """One row for each entry of the sides, boxes across."""
    codings = pd.concat([DRAWN.assign(case="a"), DRAWN.assign(case="b")])
    found = cases.fill_for(codings, pd.Series({"b": "left"}), kindly=True)

    assert found.index.tolist() == ["b"]
    assert found.columns.tolist() == BOXES


@st.composite
def any_codings(draw):
    """Five boxes of one case, some with a stated lean, each with a range."""
    ranges = [sorted(draw(st.tuples(*[st.integers(-1, 1)] * 2))) for _ in BOXES]
    leans = [draw(st.sampled_from([None, low, high])) for low, high in ranges]
    low, high = zip(*ranges)
    return pd.DataFrame(
        {"case": "any", "box": BOXES, "lean": leans, "lean_min": low, "lean_max": high}
    ).astype({"lean": "Int64"})


any_weights = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(np.array)
KNOWN = traits_of({"dependence": 2})
any_traits = st.fixed_dictionaries({"small": st.booleans(), "mandated": st.booleans()})


@pytest.mark.parametrize("structure", list(structures.STRUCTURES))
@given(any_codings(), any_weights, any_traits, st.sampled_from(["left", "right"]))
@settings(max_examples=10, deadline=None)
def test_two_completions_bound_all(structure, codings, drawn, traits, side):
    """No way to fill the open boxes tips a case further to its side, or less far, than the two."""
    kind, unkind = (
        cases.fill_for(codings, pd.Series({"any": side}), kindly=kindly).to_numpy(float)
        for kindly in (True, False)
    )
    ends = (codings.lean.fillna(codings[end]) for end in ("lean_min", "lean_max"))
    ways = multiverse.complete(*ends)[:, None, :]
    known = KNOWN.assign(**traits)

    def towards(leans):
        tilts = structures.tilts(structure, leans, drawn / drawn.sum(), known)
        return tilts if side == "left" else -tilts

    assert towards(ways).max() == pytest.approx(towards(kind).item())
    assert towards(ways).min() == pytest.approx(towards(unkind).item())


# methods.md, 1.1: only these leans are stated in words; and the boxes said of the later state.
STATED = {
    "SS Dalesville before": {"local-structures": 1, "culture": 1, "resources": -1},
    "SS Dalesville after": {"local-structures": 1, "culture": 1, "resources": 0},
    "SS Greenshire": {"resources": 1},
    "District A early": {"local-structures": 1, "culture": 1},
    "District A later": {},
    "District B": {"local-structures": -1, "culture": -1},
}


@pytest.mark.parametrize(("case", "leans"), STATED.items(), ids=STATED)
def test_the_figures_lean_as_the_thesis_says(real, case, leans):
    """Figures 5.1 to 5.4: what the prose states, and nothing more."""
    one = real["cases"][real["cases"].case == case]
    found = cases.gather_codings(one, real["leanings"], real["evidence"])

    assert found.set_index("box").lean.dropna().to_dict() == leans


@pytest.mark.parametrize(
    ("case", "side"),
    [
        ("SS Dalesville before", "right"),
        ("SS Dalesville after", "left"),
        ("SS Greenshire", "left"),
        ("District A early", "left"),
        ("District A later", None),
        ("District B", "right"),
    ],
)
def test_the_figures_tip_as_the_thesis_says(real_sides, case, side):
    """Stalled, then joined; active; active, then tentative, which is no side; withdrew."""
    assert real_sides[case] == side


def test_every_case_with_a_figure_is_weighed(real):
    """Six states of four figures, and some cases without a figure."""
    found = cases.find_weighed(real["cases"], real["evidence"])

    assert found.case[found.figure.notna()].tolist() == list(STATED)
    assert found.figure.isna().any()


def test_every_case_has_codings_that_can_be_drawn(real):
    """Five boxes each, every lean within its range, every confidence with odds."""
    found = cases.gather_codings(real["cases"], real["leanings"], real["evidence"])

    assert len(found) == 5 * len(real["cases"])
    assert multiverse.code_odds(found).sum(axis=1) == pytest.approx(1)


def test_every_case_finds_its_row_in_the_authors_tables(real, real_sides):
    """A group that Table 4.3 or Appendix M does not have would pass for large, or be missing."""
    bases, attitudes = (tables.read_table(f"elston2005/{n}") for n in ("table-4.3", "appendix-m"))
    found = cases.gather_traits(real["cases"], attitudes, bases, real_sides)

    assert set(real["cases"].base_group) <= set(bases.organisation)
    assert (bases.groupby("organisation").base.nunique() == 1).all()
    assert found.notna().all(axis=None)
    assert found[["dependence", "attitude", "kind_lean"]].abs().max().max() <= 1


def test_a_degree_of_another_district_is_not_the_case_s():
    """District A takes nothing that is said of District B."""
    row = next(table(CASE, {"district": "District A"}).itertuples())
    degrees = table(DEGREE, {"district": "District B"}, {"district": "District A"}, {})

    assert len(cases.degrees_of(row, degrees)) == 2


def test_an_open_side_cannot_be_filled_in_for():
    """There is no telling what helps a case without a side."""
    with pytest.raises(DataError, match="cannot fill in for x: None"):
        cases.fill_for(pd.DataFrame(), pd.Series({"x": None}), kindly=True)


def test_the_middle_degree_of_an_actor():
    """The median of what is said of it; contested and repeated codes do not count."""
    degrees = table(
        DEGREE | {"code": 1},
        {},
        {"code": 3},
        {"confidence": "contested"},
        {"is_restatement": "yes"},
    )

    assert cases.middle_degrees(degrees, ["both"]).to_dict() == {"Housing": 2.0}


def test_the_predictors_are_the_author_s_own():
    """Appendix M, Table 4.3 and Table 4.5, by hand for three actors."""
    names = ("elston2005/appendix-m", "elston2005/table-4.3", "elston2005/table-4.5")
    printed = [tables.read_table(name) for name in names]
    found = cases.gather_predictors(tables.read_table("coding/cases"), *printed)

    assert found.loc["Social Services"].tolist() == [1.0, 1.0, 2.0]
    assert found.loc["Education"].tolist() == [-1.0, 1.0, 1.0]
    assert found.loc["CHC"].tolist() == [1.0, 0.0, 1.0]


ORDERING = {
    "ordering_id": "o1",
    "line": 2256,
    "level": "overall",
    "measure": "involvement",
    "is_restatement": "no",
    "confidence": "certain",
} | {
    f"{end}{field}": value
    for end, actor in (("more", "Housing"), ("less", "Education"))
    for field, value in (
        ("", actor),
        ("_district", None),
        ("_site", "all"),
        ("_partnership", "both"),
    )
}
ORDERING |= {"stage_more": "general", "stage_less": "general"}
TWO = table(CASE, {}, {"case": "other", "evidence_actor": "Education"})


def test_an_ordering_is_between_the_cases_it_means():
    """Each pair once, with its lines."""
    found = cases.find_pairs(TWO, table(ORDERING, {}, {"ordering_id": "o2", "line": 2366}))

    assert found.values.tolist() == [["told", "other", "2256 2366"]]


@pytest.mark.parametrize(
    "change",
    [
        {"more_site": "Dalesville"},
        {"less_district": "District A"},
        {"stage_more": "later"},
        {"more_partnership": "other"},
        {"measure": "influence"},
        {"level": "programme"},
        {"confidence": "contested"},
        {"is_restatement": "yes"},
    ],
)
def test_an_ordering_of_something_else_is_left_out(change):
    """Other places, times, partnerships and measures are other cases, or none."""
    assert cases.find_pairs(TWO, table(ORDERING, change)).empty


def test_what_is_said_of_both_partnerships_is_said_of_each():
    """And what is said of HAZ sites, of the case that stands for them; not of the other."""
    both = table(CASE, *({"case": name, "partnership": name} for name in ("HImP", "HAZ")))
    both = pd.concat([both, TWO.iloc[1:]])
    zones = table(ORDERING, {"more_site": "HAZ sites", "more_partnership": "HAZ"})

    assert cases.find_pairs(both, table(ORDERING, {})).more.tolist() == ["HImP", "HAZ"]
    assert cases.find_pairs(both, zones).more.tolist() == ["HAZ"]


def test_the_orderings_of_the_printed_cases(real):
    """Greenshire and the later Dalesville above the earlier; District A above B (2282, 2342)."""
    found = cases.find_pairs(real["cases"], tables.read_table("coding/orderings"))
    drawn = set(real["cases"].case[real["cases"].figure.notna()])
    mine = found[found.more.isin(drawn) | found.less.isin(drawn)]

    assert set(zip(mine.more, mine.less)) == {
        ("SS Greenshire", "SS Dalesville before"),
        ("SS Dalesville after", "SS Dalesville before"),
        ("District A early", "District B"),
    }


def test_a_side_may_be_asked_of_other_sentences_only():
    """A sentence that also gives the factor does not count then; a figure's tilt stays."""
    degrees = table(DEGREE, {"same_sentence": "yes"}).assign(line=1)
    both = table(CASE, {}, FIGURED)
    plain = cases.gather_sides(both, TILTS, degrees)
    other = cases.gather_sides(both, TILTS, degrees, other_sentences=True)

    assert plain.tolist() == ["left", "right"]
    assert other.tolist() == [None, "right"]
