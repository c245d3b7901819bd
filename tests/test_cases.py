"""Cases: gathered by hand from small tables, then what the real ones must say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.coding import cases
from compendium.coding.cases import Cases
from compendium.errors import DataError, SettingError
from compendium.models import balance, multiverse
from compendium.printed import tables
from compendium.settings import Study, read_study
from partnership.actors import read_predictors

BOXES = list(read_study().factors)
OFFERED = balance.offer(BOXES, read_study().roles)
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
    "same_sentence": "no",
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
        "basis": "stated",
    }
)
TILTS = pd.DataFrame({"figure": [FIGURE] * 2, "state": ["before", "after"],
                      "tilt": ["right", None]})  # fmt: skip
FIGURED = CASE | {"case": "drawn", "figure": FIGURE, "state": "before"}


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


def table(row, *changes):
    """A table of like rows, one for each change."""
    return pd.DataFrame([row | change for change in changes])


def gather(*changes, like=CASE, contested=True, **tables_given):
    """Cases like one, one for each change, from small tables."""
    chosen = table(like, *changes)
    known = {
        "cases": chosen, "leanings": DRAWN, "tilts": TILTS, "evidence": table(STATEMENT, {}),
        "involvement": table(DEGREE, {}), "orderings": table(ORDERING, {}),
    } | tables_given  # fmt: skip
    return Cases(chosen, lambda name: known[name.removeprefix("coding/")], contested)


def side_by_degrees(*changes, **asked):
    """The side of a case without a figure from the degrees coded for it."""
    return gather(asked, involvement=table(DEGREE, *changes)).sides["told"]


PRINTED = {
    "elston2005/appendix-m": pd.DataFrame(
        {
            "group": ["la-housing", "la-housing", "chcs", "la-education"],
            "attitude": ["broad-systems", "narrow-biomedical", "broad-systems", "broad-systems"],
            "printed": ["Mixed", "Majority", "Majority", "Minority"],
        }
    ),
    "elston2005/table-4.3": pd.DataFrame(
        {"organisation": ["la-housing", "la-housing", "chc"], "base": ["large", "large", "small"]}
    ),
}


def traits_of(*changes, **tables_given):
    return gather(*changes, **PRINTED, **tables_given).traits


@pytest.fixture(scope="module")
def real():
    """All cases of the study."""
    return cases.read_cases()


def test_a_case_with_a_figure_leans_as_its_prose_says():
    """What the statements say of the same actor does not count; boxes come in order."""
    found = gather({}, like=FIGURED).codings

    assert found.box.tolist() == BOXES
    assert found.lean.tolist() == [pd.NA, 1, 1, pd.NA, -1]
    assert found.lean_max.tolist() == [1, 1, 1, 0, -1]
    assert set(found.basis) == {"stated"}


def test_another_state_of_the_figure_does_not_count():
    """Before and after are two cases."""
    after = DRAWN.assign(state="after", lean=pd.array([0, 1, None, 1, None], "Int64"))
    found = gather({}, like=FIGURED, leanings=pd.concat([after, DRAWN])).codings

    assert found.set_index("box").lean["resources"] == -1


def test_a_case_without_a_figure_leans_as_statements_say():
    """Two on resources, one on persons, two that disagree on culture, none on the other boxes."""
    others = ({"factor": "F3", "direction": sign} for sign in "+-")
    rows = table(STATEMENT, {}, {"line": 2320}, {"factor": "F4"}, *others)
    found = gather({}, evidence=rows).codings.set_index("box")

    assert found.lean["resources"] == -1
    assert found.loc["key-individuals", ["basis", "hangs_on"]].tolist() == ["one line", "2318"]
    assert found.loc["resources", cases.CODINGS[1:]].tolist() == [-1, 0, "likely", "agreed"]
    assert found.lean.drop("resources").isna().all()
    assert found.loc["culture", ["basis", "n_for", "n_against"]].tolist() == ["both ways", 1, 1]
    assert pd.isna(found.basis["national-policy"])


def test_contested_statements_can_be_left_out():
    """Without those that are contested nothing is said of the box; a figure leans as it does."""
    statements = table(STATEMENT | {"confidence": "contested"}, {}, {"line": 2320})
    plain = gather({}, FIGURED, evidence=statements)

    assert plain.leans.resources.tolist() == [-1, -1]
    assert plain.nets.lean.notna().sum() == 2
    assert plain.uncontested.leans.resources.isna().tolist() == [True, False]
    assert plain.uncontested.nets.lean.isna().all()


def test_cases_come_in_their_order():
    """Five boxes each, whichever way they are coded."""
    found = gather({}, FIGURED).codings

    assert found.case.tolist() == ["told"] * 5 + ["drawn"] * 5
    columns = ["case", "box", *cases.CODINGS, "n_for", "n_against", "lines", "hangs_on"]
    assert found.columns.tolist() == columns


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
    both = gather(asked | {"case": "asking"}, {}, evidence=table(STATEMENT, spoken_of))

    assert {name: len(rows) for name, rows in both.statements.items()} == {"asking": 1, "told": 0}


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
    """Seven are not, one box is not, and the process itself is no box: as study.toml has it."""
    statements = table(STATEMENT, *({"factor": factor} for factor in factors))

    assert gather({}, evidence=statements).weighed.names == ["told"] * weighed


def test_a_figure_is_enough():
    """However little the statements say."""
    assert gather({}, FIGURED).weighed.names == ["drawn"]


def test_cases_are_found_by_site_actor_and_state():
    """One, with all that is told of it; an unknown one is refused with those there are."""
    both = gather({"actor": "Housing"}, FIGURED | {"actor": "Housing", "site": "Dalesville"})
    found = both.find("Dalesville", "Housing", "before")

    assert (found.names, found.sides.tolist()) == (["drawn"], ["right"])
    with pytest.raises(SettingError, match="allowed: all / Housing / throughout; Dalesville"):
        both.find("Dalesville", "Education", "before")


def test_a_figure_has_its_printed_side():
    """Whatever degrees are coded; open where print gives none."""
    drawn = gather({}, {"case": "later", "state": "after"}, like=FIGURED)

    assert drawn.sides.tolist() == ["right", None]
    assert drawn.sides.index.tolist() == ["drawn", "later"]
    assert drawn.sided.names == ["drawn"]
    assert gather({}, FIGURED).printed.names == ["drawn"]


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
    ("asked", "change", "side"),
    [
        # Influence, lower levels, repetitions, contested codes, other places, times and actors.
        *(({}, change, None) for change in (
            {"measure": "influence"}, {"level": "working"}, {"level": "programme"},
            {"is_restatement": "yes"}, {"confidence": "contested"}, {"site": "Dalesville"},
            {"site": "HAZ sites"}, {"stage": "early"}, {"partnership": "other"},
            {"actor": "Education"},
        )),
        # Board and overall level, the case's own site, partnership and stages.
        ({"stages": "general; early"}, {"stage": "early"}, "left"),
        ({"site": "Dalesville"}, {"site": "Dalesville"}, "left"),
        ({"partnership": "HAZ"}, {"site": "HAZ sites", "partnership": "HAZ"}, "left"),
        ({}, {"level": "board"}, "left"),
    ],
)  # fmt: skip
def test_a_degree_of_the_case_gives_its_side_and_of_something_else_none(asked, change, side):
    """One degree, coded as high."""
    assert side_by_degrees(change, **asked) == side


def test_traits_are_those_structures_read():
    """Every column of `balance.TRAITS`, in its order, a row for each case."""
    found = traits_of({})

    assert found.columns.tolist() == list(balance.TRAITS)
    assert found.index.tolist() == ["told"]
    assert found.notna().all(axis=None)


@pytest.mark.parametrize(
    ("asked", "trait", "value"),
    [
        # Majority 1, mixed 0, minority -1; the narrow view's own row does not count.
        ({"attitude_group": "la-housing"}, "attitude", 0.0),
        ({"attitude_group": "chcs"}, "attitude", 1.0),
        ({"attitude_group": "la-education"}, "attitude", -1.0),
        # Of the organisation that Table 4.3 names.
        ({"base_group": "la-housing"}, "small", False),
        ({"base_group": "chc"}, "small", True),
    ],
)
def test_attitude_is_how_many_hold_a_broad_view_and_small_a_small_base(asked, trait, value):
    """As the declared tables print it of the group that the case is of."""
    found = traits_of(asked)[trait].item()

    assert (type(found), found) == (type(value), value)


def test_codes_become_numbers_a_structure_can_weigh():
    """Dependence from 0 to 3 becomes 0 to 1; yes and no become true and false."""
    found = traits_of({"dependence": 2, "mandated": "yes", "scarcity": 2}).loc["told"]

    assert found.dependence == pytest.approx(2 / 3)
    assert found[["mandated", "funded"]].tolist() == [True, False]
    assert found[["scarcity", "year"]].tolist() == [2.0, 2.0]


def test_the_lean_of_a_kind_is_the_mean_of_all_told_cases_of_it():
    """The case itself included; open ones do not count; 0 where none is told."""
    degrees = {"a": (3, 3), "b": (2, 3), "c": (0, 0), "d": (1, 2), "e": (3, 3)}
    changes = [{"case": name, "evidence_actor": name} for name in "abcd"]
    changes += [{"case": "e", "evidence_actor": "e", "kind": "PCG"},
                {"case": "f", "evidence_actor": "f", "kind": "Trust"}]  # fmt: skip
    coded = ({"actor": n, "code_min": low, "code_max": most} for n, (low, most) in degrees.items())
    every = gather(*changes, **PRINTED, involvement=table(DEGREE, *coded))

    assert every.traits.kind_lean.tolist() == pytest.approx([1 / 3] * 4 + [1.0, 0.0])
    assert every.keep(["c"]).traits.kind_lean.tolist() == pytest.approx([1 / 3])


def test_a_group_that_no_table_has_is_refused():
    """It would pass for large, or be missing."""
    with pytest.raises(DataError, match=r"base_group: found shed; allowed: those of \S+, organis"):
        traits_of({"base_group": "shed"})


def test_a_trait_without_a_table_is_refused(monkeypatch):
    """A study that declares none cannot be asked for it."""
    monkeypatch.setattr(cases, "read_study", Study)

    with pytest.raises(DataError, match="traits: found no 'small'"):
        traits_of({})


def test_leans_are_cases_by_boxes():
    """Cases as they come, boxes in order whatever order the rows have, missing as NaN."""
    found = gather(FIGURED, {"case": "a"}).leans

    assert np.array_equal(found.loc["drawn"], [np.nan, 1, 1, np.nan, -1], equal_nan=True)
    assert found.index.tolist() == ["drawn", "a"]
    assert found.columns.tolist() == BOXES


def test_open_boxes_are_filled_to_the_side_or_away_from_it():
    """The kindest completion of a case that tips right leans right wherever it may."""
    drawn = gather({}, like=FIGURED)

    assert drawn.fill(kindly=True).loc["drawn"].tolist() == [-1, 1, 1, -1, -1]
    assert drawn.fill(kindly=False).loc["drawn"].tolist() == [1, 1, 1, 0, -1]
    assert drawn.lowest.equals(drawn.fill(kindly=True))
    assert drawn.highest.equals(drawn.fill(kindly=False))


@st.composite
def any_leanings(draw):
    """Five boxes of one figure, some with a stated lean, each with a range."""
    ranges = [sorted(draw(st.tuples(*[st.integers(-1, 1)] * 2))) for _ in BOXES]
    leans = [draw(st.sampled_from([None, low, high])) for low, high in ranges]
    low, high = zip(*ranges)
    changes = {"box": BOXES, "lean": leans, "lean_min": low, "lean_max": high}
    return DRAWN.assign(**changes).astype({"lean": "Int64"})


any_weights = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(np.array)
KNOWN = traits_of({"dependence": 2})
any_traits = st.fixed_dictionaries({"small": st.booleans(), "mandated": st.booleans()})


@pytest.mark.parametrize("structure", OFFERED.values(), ids=list(OFFERED))
@given(any_leanings(), any_weights, any_traits, st.sampled_from(["left", "right"]))
@settings(max_examples=10, deadline=None)
def test_two_completions_bound_all(structure, leanings, drawn, traits, side):
    """No way to fill the open boxes tips a case further to its side, or less far, than the two."""
    one = gather({}, like=FIGURED, leanings=leanings, tilts=TILTS.assign(tilt=side))
    kind, unkind = (one.fill(kindly=kindly).to_numpy() for kindly in (True, False))
    ends = (end.iloc[0].astype(int) for end in (one.lowest, one.highest))
    ways = multiverse.complete(*ends)[:, None, :]
    known = KNOWN.assign(**traits)

    def towards(leans):
        tilts = balance.tilts(structure, leans, drawn / drawn.sum(), known)
        return tilts if side == "left" else -tilts

    assert towards(ways).max() == pytest.approx(towards(kind).item())
    assert towards(ways).min() == pytest.approx(towards(unkind).item())


# methods.md, 1.1: only these leans are stated in words; and the boxes said of the later state.
# Stalled, then joined; active; active, then tentative, which is no side; withdrew.
STATED = {
    "SS Dalesville before": ("right", {"local-structures": 1, "culture": 1, "resources": -1}),
    "SS Dalesville after": ("left", {"local-structures": 1, "culture": 1, "resources": 0}),
    "SS Greenshire": ("left", {"resources": 1}),
    "District A early": ("left", {"local-structures": 1, "culture": 1}),
    "District A later": (None, {}),
    "District B": ("right", {"local-structures": -1, "culture": -1}),
}


@pytest.mark.parametrize("case", STATED)
def test_the_figures_lean_and_tip_as_the_thesis_says(real, case):
    """Figures 5.1 to 5.4: what the prose states, and nothing more."""
    stated = real.keep([case]).codings.set_index("box").lean.dropna().to_dict()

    assert (real.sides[case], stated) == STATED[case]


def test_every_case_with_a_figure_is_weighed(real):
    """Six states of four figures, and some cases without a figure."""
    assert real.printed.names == list(STATED)
    assert set(STATED) < set(real.weighed.names) < set(real.names)


def test_every_case_has_codings_that_can_be_drawn(real):
    """Five boxes each, every lean within its range, every confidence with odds."""
    assert len(real.codings) == 5 * len(real.names)
    assert multiverse.code_odds(real.codings).sum(axis=1) == pytest.approx(1)


def test_every_case_finds_its_row_in_the_authors_tables(real):
    """And that row says one thing."""
    bases = tables.read_table("elston2005/table-4.3")

    assert (bases.groupby("organisation").base.nunique() == 1).all()
    assert real.traits.notna().all(axis=None)
    assert real.traits[["dependence", "attitude", "kind_lean"]].abs().max().max() <= 1


def test_a_degree_of_another_district_is_not_the_case_s():
    """District A takes nothing that is said of District B."""
    degrees = table(DEGREE, {"district": "District B"}, {"district": "District A"}, {})
    degrees = degrees.assign(code=[0, 2, 3])
    both = gather({"district": "District A"}, {"case": "none"}, involvement=degrees)

    assert both.degrees.to_dict() == {"told": 2.5, "none": 3.0}


def test_an_open_side_cannot_be_filled_in_for():
    """There is no telling what helps a case without a side."""
    with pytest.raises(DataError, match="cannot fill in for drawn: no side"):
        gather({"state": "after"}, like=FIGURED, leanings=DRAWN.assign(state="after")).fill(
            kindly=True
        )


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
    found = read_predictors()

    assert found.loc["Social Services"].tolist() == [1.0, 1.0, 2.0]
    assert found.loc["Education"].tolist() == [-1.0, 1.0, 1.0]
    assert found.loc["CHC"].tolist() == [1.0, 0.0, 1.0]


TWO = ({}, {"case": "other", "evidence_actor": "Education"})


def test_an_ordering_is_between_the_cases_it_means():
    """Each pair once, with its lines."""
    said = table(ORDERING, {}, {"ordering_id": "o2", "line": 2366})

    assert gather(*TWO, orderings=said).pairs.values.tolist() == [["told", "other", "2256 2366"]]


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
    assert gather(*TWO, orderings=table(ORDERING, change)).pairs.empty


def test_what_is_said_of_both_partnerships_is_said_of_each():
    """And what is said of HAZ sites, of the case that stands for them; not of the other."""
    both = *({"case": name, "partnership": name} for name in ("HImP", "HAZ")), TWO[1]
    zones = table(ORDERING, {"more_site": "HAZ sites", "more_partnership": "HAZ"})

    assert gather(*both).pairs.more.tolist() == ["HImP", "HAZ"]
    assert gather(*both, orderings=zones).pairs.more.tolist() == ["HAZ"]


def test_the_orderings_of_the_printed_cases(real):
    """Greenshire and the later Dalesville above the earlier; District A above B (2282, 2342)."""
    drawn, found = set(real.printed.names), real.pairs
    mine = found[found.more.isin(drawn) | found.less.isin(drawn)]

    assert set(zip(mine.more, mine.less)) == {
        ("SS Greenshire", "SS Dalesville before"),
        ("SS Dalesville after", "SS Dalesville before"),
        ("District A early", "District B"),
    }


def test_a_side_told_only_with_the_factor_is_circular():
    """A sentence that also gives the factor does not count then, for a figure's side neither."""
    degrees = table(DEGREE, {"same_sentence": "yes"})
    both = gather({}, FIGURED, involvement=degrees)

    assert both.sides.tolist() == ["left", "right"]
    assert both.circular == ["told", "drawn"]
    assert both.told_apart.values.tolist() == [[1, 1, None]] * 2


def test_a_figure_s_side_is_not_circular_where_another_sentence_tells_it():
    """Two degrees: the one that gives no factor is none, which is right, as the figure tips."""
    none = {"code_min": 0, "code_max": 0}
    degrees = table(DEGREE | none, {"same_sentence": "yes"}, {})

    assert gather(FIGURED, involvement=degrees).circular == []


def test_the_lines_of_a_figure_s_case():
    """Its leans stand on two lines, its tilt on one of them, what the actor did elsewhere."""
    stated = DRAWN.assign(line=[1, 2, 3, 1, 4])
    told = TILTS.assign(line=2, involvement_line=9)
    found = gather({}, FIGURED, leanings=stated, tilts=told).lines

    assert found.to_dict("records") == [
        {"case": "drawn", "tilt_line": 2, "involvement_line": 9, "lean_lines": [1, 2],
         "tilt_apart": False, "involvement_apart": True}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "lean"),
    [("SS Dalesville before", -1), ("SS Dalesville before", 1), ("District A later", 0)],
)
def test_another_reading_of_a_printed_case_is_read_like_the_first(real, case, lean):
    """An open lean given a value: everything is worked out, and only that lean is another."""
    row = real.keep([case]).table.iloc[0]

    def read(name):
        found = tables.read_table(name)
        if name == "coding/leanings":
            mine = (found.figure == row.figure) & (found.state == row.state)
            found.loc[mine & (found.box == "national-policy"), "lean"] = lean
        return found

    other = Cases(real.table, read)
    changed = other.leans.compare(real.leans)

    assert changed.index.tolist() == [case]
    assert other.leans.loc[case, "national-policy"] == lean
    assert other.sides.equals(real.sides)
    assert other.sided.fill(kindly=False).notna().all(axis=None)
    assert set(real.lines.case) <= set(other.lines.case)
    assert other.traits.equals(real.traits)
    assert other.pairs.equals(real.pairs)


def test_a_case_is_worked_out_once_however_the_cases_are_narrowed_down(monkeypatch):
    """Two cases: two selections of statements, whoever of them is kept, in whatever order."""
    asked = []
    monkeypatch.setattr(cases, "find_places", lambda *_, **__: asked.append(1) or [0])
    both = gather({}, {"case": "other"})
    one = both.keep(["other"]).leans

    assert len(asked) == 1
    assert both.leans.loc[["other"]].equals(one)
    assert both.keep(["told"]).codings.case.unique().tolist() == ["told"]
    assert len(asked) == 2
    assert len(both.uncontested.statements) == 2
    assert len(asked) == 4
