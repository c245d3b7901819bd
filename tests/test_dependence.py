"""Who needs whom: known answers, laws of sum and difference, and rows that are no dependence."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.models import dependence
from compendium.printed import tables
from partnership import ties

# Two ranges of strength inside 1 to 3.
ranges = st.tuples(st.integers(1, 3), st.integers(1, 3)).map(sorted).map(tuple)


def arcs(*ends, low=1, high=3):
    return pd.DataFrame(ends, columns=["dependent", "provider"]).assign(low=low, high=high)


def said(*rows):
    columns = ["dependent", "provider", "strength_min", "strength", "strength_max", "line"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(columns[2:], "Int64"))


@pytest.fixture
def printed():
    return tables.read_table("elston2005/table-4.5")


@pytest.fixture
def table(printed):
    return ties.tidy_table(printed)


@pytest.fixture
def prose():
    statements = tables.read_table("coding/dependencies")
    return statements[statements.origin == "prose"]


# Padgett's Florentine families: published values, as networkx ships the data.


def test_the_medici_by_our_function():
    """Burt's constraint 17/81 and effective size 5.666667 (Padgett; 15 connected families)."""
    families = pd.DataFrame(nx.florentine_families_graph().edges, columns=["dependent", "provider"])
    medici = dependence.describe_positions(families).loc["Medici"]

    assert medici.constraint == pytest.approx(17 / 81, abs=1e-6)
    assert medici.effective_size == pytest.approx(5.666667, abs=1e-6)
    assert medici.n_providers + medici.n_dependents == 6


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (nx.betweenness_centrality, 0.521978),
        (nx.degree_centrality, 6 / 14),
        (nx.closeness_centrality, 0.56),
        (nx.eigenvector_centrality, 0.430308),
    ],
    ids=["betweenness", "degree", "closeness", "eigenvector"],
)
def test_the_medici_by_the_library(measure, value):
    """The library below gives the published centralities too."""
    assert measure(nx.florentine_families_graph())["Medici"] == pytest.approx(value, abs=1e-4)


def test_the_medici_lie_between_47_and_a_half_pairs():
    """Betweenness as a count of shortest paths."""
    found = nx.betweenness_centrality(nx.florentine_families_graph(), normalized=False)

    assert found["Medici"] == pytest.approx(47.5)


# Table 4.5. The dyads are regression values of ours, not published ones.


@pytest.mark.parametrize(("join", "n_arcs", "n_vertical"), [(False, 32, 15), (True, 31, 14)])
def test_table_4_5_as_a_network(printed, join, n_arcs, n_vertical):
    """24 nodes; 32 arcs, or 31 with the two providers around a slash as one."""
    found = ties.tidy_table(printed, join_slashed=join)

    assert dependence.build_network(found).number_of_nodes() == 24
    assert len(found) == n_arcs
    assert found.axis.value_counts().to_dict() == {"horizontal": 17, "vertical": n_vertical}


def test_the_slashed_cell_is_one_provider_if_asked(printed):
    """And the Home Office of the police row is not touched by it."""
    found = ties.tidy_table(printed, join_slashed=True).groupby("dependent").provider.agg(set)

    assert found["other-statutory"] == {"la", "cre/home-office"}
    assert found["police-fire-probation"] == {"la", "home-office"}


def test_on_whom_the_horizontal_arcs_end(table):
    """HA 5, local taxation 5, LA 3, SS 1, PCGs 1."""
    ends = table[table.axis == "horizontal"].provider.value_counts()

    assert [ends[name] for name in ("ha", "local-taxation", "la", "la-ss", "pcgs")] == [
        5,
        5,
        3,
        1,
        1,
    ]


def test_one_horizontal_tie_is_returned(table):
    """HA and SS: 2 of 17 arcs, .118."""
    found = nx.overall_reciprocity(dependence.build_network(table[table.axis == "horizontal"]))

    assert found == pytest.approx(2 / 17)


def test_the_dyads_of_table_4_5(table):
    """HA on SS 1/2, SS on HA 1/5: imbalance .3, mutual .7; PCGs on HA 1, not returned."""
    pairs = dependence.pair_up(dependence.share_dependence(table), dependence.NONE)
    pairs = pairs.set_index(["first", "second"])
    sides = ["first_low", "second_low", "imbalance_low", "imbalance_high", "mutual_low"]

    assert pairs.loc[("ha", "la-ss"), sides].tolist() == pytest.approx([0.5, 0.2, 0.3, 0.3, 0.7])
    assert pairs.loc[("ha", "pcgs"), sides].tolist() == pytest.approx([0, 1, 1, 1, 1])


def test_a_dash_is_no_provider(table):
    """Primary care groups have one provider: the dash in their vertical cell is none."""
    positions = dependence.describe_positions(table)

    assert positions.loc["pcgs", "only_provider"] == "ha"
    assert positions.only_provider.notna().sum() == 1
    assert "none" not in positions.index


def test_the_table_holds_one_claimed_pair_as_named(table, prose):
    """HA and SS; HA and council only through a department; of trusts one direction at most."""
    found = ties.hold_mutual(prose[prose.symmetric == "yes"], table)
    found = found.set_index(["first", "second"])

    assert found.held.value_counts().to_dict() == {"both": 2, "one": 3, "neither": 2}
    assert found.loc[("ha", "la-ss"), ["first_needs", "second_needs"]].eq("as named").all()
    assert found.loc[("ha", "la"), ["first_needs", "second_needs"]].eq("through members").all()
    assert found.loc[("ha", "trusts"), ["first_needs", "second_needs"]].tolist() == [
        "no",
        "as named",
    ]


def test_every_provider_that_also_depends_has_one_name(table):
    """No node of the table stands under two names."""
    assert not {"ss", "has"} & {*table.dependent, *table.provider}


# Statements, pairs and draws.


def test_statements_narrow_each_other():
    """Moderate to strong, and weak to moderate: moderate."""
    found = dependence.merge_statements(said(("vs", "ha", 2, 3, 3, 7), ("vs", "ha", 1, 2, 2, 5)))

    assert found[["low", "high", "n_statements", "lines"]].values.tolist() == [[2, 2, 2, "7 5"]]
    assert found.agreed.all()


def test_statements_that_exclude_each_other_leave_the_range_open():
    """Weak, and strong: any strength, and said so."""
    found = dependence.merge_statements(said(("vs", "ha", 1, 1, 1, 5), ("vs", "ha", 3, 3, 3, 7)))

    assert found[["low", "high", "agreed"]].values.tolist() == [[1, 3, False]]


def test_a_strength_that_is_not_said_is_open():
    """Blank is 1 to 3, never 0."""
    found = dependence.merge_statements(said(("vs", "ha", None, None, None, 5)))

    assert found[["low", "high"]].values.tolist() == [[1, 3]]


def test_merging_leaves_the_statements_alone():
    """The frame given is not changed."""
    rows = said(("vs", "ha", None, None, 3, 5))
    before = rows.copy()
    dependence.merge_statements(rows)

    assert rows.equals(before)


@pytest.mark.parametrize(
    ("unprinted", "imbalance"), [(dependence.NONE, [2, 3]), (dependence.OPEN, [0, 3])]
)
def test_silence_is_none_or_open(unprinted, imbalance):
    """A one-sided tie is surely uneven only if what is not said is not there."""
    found = dependence.pair_up(arcs(("pcgs", "ha"), low=2), unprinted)

    assert found[["imbalance_low", "imbalance_high"]].values.tolist() == [imbalance]
    assert found.printed.tolist() == ["second"]


@given(ranges, ranges)
@settings(max_examples=60, deadline=None)
def test_ends_are_what_all_admissible_strengths_give(one, other):
    """The bounds of sum and difference are those over every pair of strengths."""
    both = pd.DataFrame({"dependent": ["a", "b"], "provider": ["b", "a"],
                         "low": [one[0], other[0]], "high": [one[1], other[1]]})  # fmt: skip
    found = dependence.pair_up(both).iloc[0]
    all_ = [(x, y) for x in range(one[0], one[1] + 1) for y in range(other[0], other[1] + 1)]
    gaps, sums = [abs(x - y) for x, y in all_], [x + y for x, y in all_]

    assert (found.imbalance_low, found.imbalance_high) == (min(gaps), max(gaps))
    assert (found.mutual_low, found.mutual_high) == (min(sums), max(sums))


@given(ranges, ranges)
@settings(max_examples=40, deadline=None)
def test_names_do_not_matter(one, other):
    """Calling the two by each other's name changes neither imbalance nor mutual dependence."""
    both = pd.DataFrame({"dependent": ["a", "b"], "provider": ["b", "a"],
                         "low": [one[0], other[0]], "high": [one[1], other[1]]})  # fmt: skip
    turned = both.rename(columns={"dependent": "provider", "provider": "dependent"})
    columns = ["imbalance_low", "imbalance_high", "mutual_low", "mutual_high"]

    assert dependence.pair_up(both)[columns].equals(dependence.pair_up(turned)[columns])


@given(ranges, ranges, st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_drawn_strengths_stay_admissible(one, other, seed):
    """No draw leaves its range; the three shares make one."""
    both = pd.DataFrame({"dependent": ["a", "b"], "provider": ["b", "a"],
                         "low": [one[0], other[0]], "high": [one[1], other[1]]})  # fmt: skip
    pairs = dependence.pair_up(both)
    draws = dependence.draw_strengths(pairs, 50, seed)
    leans = dependence.lean_of_pairs(pairs, draws).iloc[0]

    assert draws.shape == (50, 1, 2)
    assert ((draws >= [one[0], other[0]]) & (draws <= [one[1], other[1]])).all()
    assert leans.first_more + leans.even + leans.second_more == pytest.approx(1)
    assert np.array_equal(draws, dependence.draw_strengths(pairs, 50, seed))


def test_shares_of_draws_come_near_those_of_all_codings():
    """Strong against 0 to 3: more in three of four, even in one of four."""
    pairs = dependence.pair_up(arcs(("pcgs", "ha"), low=3))
    found = dependence.lean_of_pairs(pairs, dependence.draw_strengths(pairs, 40_000, 5)).iloc[0]

    assert found.second_more == pytest.approx(0.75, abs=0.01)
    assert found.even == pytest.approx(0.25, abs=0.01)
    assert found.first_more == 0


def test_a_part_stands_for_the_whole_but_not_the_other_way():
    """A department's arc holds for its council; a council's arc not for a department."""
    found = ties.match_arcs(arcs(("la", "ha"), ("la-ss", "ha"), ("ha", "la")),
                                  arcs(("la-ss", "ha"), ("ha", "la-eh")))  # fmt: skip
    narrow = ties.match_arcs(arcs(("la-ss", "ha")), arcs(("la", "ha")))

    assert found.tolist() == ["through members", "as named", "through members"]
    assert narrow.tolist() == ["no"]


def test_ties_count_whatever_their_direction():
    """A returned arc binds no more than one that is not returned."""
    once = arcs(("ha", "ss"), ("pcgs", "ha"))
    found = dependence.describe_positions(pd.concat([once, arcs(("ss", "ha"))]))

    assert found.loc["ha", "constraint"] == pytest.approx(0.5)
    assert found.loc["ha", "effective_size"] == pytest.approx(2)
