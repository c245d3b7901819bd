"""The routes of Figure 6.1: by hand, by law, by a published graph, and what the coding holds."""

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compendium.errors import DataError, SettingError
from compendium.models import process
from compendium.printed import tables
from partnership import synergy

# Talk leads to exchange and that to a gain; debate leads to insight and that to a leap.
EDGES = pd.DataFrame(
    [("talk", "exchange", 1), ("exchange", "gain", 2), ("debate", "insight", 3),
     ("insight", "leap", 4)],
    columns=["from", "to", "line"],
).assign(relation="leads-to", basis="stated")  # fmt: skip
MODEL = process.build_model(EDGES)
# Figure 1 of Lengauer and Tarjan (1979, ACM Transactions on Programming Languages and Systems
# 1:121-141): a flow graph from R, and each node's immediate dominator (their Figure 2).
FLOW = {"R": "ABC", "A": "D", "B": "ADE", "C": "FG", "D": "L", "E": "H", "F": "I", "G": "IJ",
        "H": "EK", "I": "K", "J": "I", "K": "IR", "L": "H"}  # fmt: skip
DOMINATORS = {"A": "R", "B": "R", "C": "R", "D": "R", "E": "R", "H": "R", "I": "R", "K": "R",
              "F": "C", "G": "C", "J": "G", "L": "D"}  # fmt: skip


def statements(*links):
    """Statements from (from, to, direction, line)."""
    return pd.DataFrame(links, columns=["from_node", "to_node", "direction", "line"])


def judge(*links, sources=("exchange",)):
    said = statements(*links)
    return process.judge_statements(said, MODEL, "insight", "leap", list(sources))


def graphs():
    """Graphs without circles: arrows only from a smaller number to a larger."""
    pair = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] < p[1])
    return st.lists(pair, max_size=20, unique=True).map(
        lambda pairs: nx.DiGraph([(str(a), str(b)) for a, b in [*pairs, (0, 6), (6, 7)]])
    )


def test_an_arrow_keeps_its_line_and_how_it_is_known():
    """The second arrow is stated on line 2."""
    assert MODEL.edges["exchange", "gain"] == {"relation": "leads-to", "basis": "stated", "line": 2}


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [("talk", "exchange", "talk -> exchange"), ("leap", "leap", "leap -> leap"),
     ("gain", "talk", "circle")],
    ids=["twice", "to itself", "in a circle"],
)  # fmt: skip
def test_links_that_are_no_route_are_named(start, end, found):
    """Given twice, leading to themselves, or going round."""
    more = EDGES.iloc[:1].assign(**{"from": start, "to": end})

    with pytest.raises(DataError, match=found):
        process.build_model(pd.concat([EDGES, more]))


def test_the_rule_by_hand():
    """Debate needs the insight; exchange reaches the leap neither with it nor without it."""
    rule = process.follow_rule(MODEL, "insight", "leap").set_index("node")

    assert rule.loc["debate", ["reaches", "reaches_without"]].tolist() == [True, False]
    assert rule.loc["exchange", ["reaches", "reaches_without"]].tolist() == [False, False]
    assert rule.way.isna().all()


def test_a_way_past_the_gate_is_shown():
    """A short cut from debate to the leap is the way."""
    wider = process.add_statements(MODEL, statements(("debate", "leap", "+", 9)))
    rule = process.follow_rule(wider, "insight", "leap").set_index("node")

    assert rule.loc["debate", "way"] == "debate > leap"
    assert rule.loc["debate", "reaches_without"]


@pytest.mark.parametrize("node", DOMINATORS)
def test_a_published_flow_graph(node):
    """Lengauer and Tarjan's graph: R reaches a node past all others but its dominators."""
    graph = nx.DiGraph([(a, b) for a, ends in FLOW.items() for b in ends])
    above = {DOMINATORS[node]}
    above |= {DOMINATORS[d] for d in above if d != "R"} | {"R"}
    for gate in set(graph) - {"R", node}:
        rule = process.follow_rule(graph, gate, node).set_index("node")
        assert rule.loc["R", "reaches"]
        assert rule.loc["R", "reaches_without"] == (gate not in above)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_taking_the_gate_out_never_opens_a_way(graph):
    """Whatever reaches the goal without the gate reaches it with the gate."""
    rule = process.follow_rule(graph, "6", "7")

    assert not (rule.reaches_without & ~rule.reaches).any()
    assert (rule.way.notna() == rule.reaches_without).all()
    assert not rule.way.dropna().str.split(" > ").map(lambda way: "6" in way).any()


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 5), st.integers(0, 5))
def test_a_statement_opens_a_way_just_if_the_rule_breaks_with_it(graph, start, end):
    """The verdict agrees with putting the arrow in and asking again."""
    if start == end or not {str(start), str(end)} <= set(graph):
        return
    before = process.follow_rule(graph, "6", "7").set_index("node").reaches_without
    said = statements((str(start), str(end), "+", 1))
    sources = before.index[~before].tolist()
    verdict = process.judge_statements(said, graph, "6", "7", sources).verdict.item()
    wider = process.add_statements(graph, said)
    after = process.follow_rule(wider, "6", "7").set_index("node").reaches_without

    assert (after & ~before).any() == (verdict == "opens a way")


def test_what_a_statement_does_to_the_model():
    """One of each, by hand."""
    judged = judge(
        ("talk", "exchange", "+", 1), ("talk", "gain", "+", 1), ("gain", "debate", "+", 1),
        ("talk", "gain", "-", 1), ("gain", "talk", "0", 1), ("talk", "gain", "+/-", 1),
    )  # fmt: skip

    assert judged.verdict.tolist() == [
        "drawn", "follows", "not drawn", "denies", "agrees", "either way",
    ]  # fmt: skip
    assert set(judged.verdict) <= set(process.VERDICTS)


def test_a_link_past_the_gate_opens_a_way():
    """From exchange to the leap; a link to the gate itself does not, nor one from the gain."""
    judged = judge(("exchange", "leap", "+", 1), ("exchange", "insight", "+", 2),
                   ("gain", "leap", "+", 3), sources=["talk"])  # fmt: skip

    assert judged.verdict.tolist() == ["opens a way", "not drawn", "opens a way"]


def test_a_short_cut_past_the_gate_opens_a_way_for_its_source():
    """Debate reaches the leap by way of the insight; for other sources it just follows."""
    short_cut = ("debate", "leap", "+", 1)

    assert judge(short_cut, sources=["debate"]).verdict.item() == "opens a way"
    assert judge(short_cut, sources=["exchange"]).verdict.item() == "follows"


def test_the_same_line_may_name_the_gate():
    """Only the statement on the line of the other names it."""
    judged = judge(("exchange", "leap", "+", 5), ("insight", "leap", "+", 5),
                   ("talk", "leap", "+", 6))  # fmt: skip

    assert judged.names_gate.tolist() == [True, True, False]


def test_statements_that_link_nothing_are_left_out():
    """A statement on one theme is not judged."""
    assert judge(("talk", "exchange", "+", 1), (None, None, "+", 2)).line.tolist() == [1]


def test_an_unknown_node_is_named_with_the_known_ones():
    """A mistyped gate, and a statement on something the model does not hold."""
    with pytest.raises(SettingError, match=r"insigth.*allowed: debate"):
        process.follow_rule(MODEL, "insigth", "leap")
    with pytest.raises(SettingError, match="trust"):
        judge(("trust", "leap", "+", 1))


def test_the_model_is_left_as_it_was():
    """Statements are added to a copy, and only those that further."""
    before = list(MODEL.edges)
    wider = process.add_statements(
        MODEL, statements(("talk", "leap", "+", 1), ("talk", "gain", "0", 1))
    )

    assert list(MODEL.edges) == before
    assert set(wider.edges) - set(before) == {("talk", "leap")}


def test_the_evidence_behind_an_arrow():
    """Two for the first, one of them elsewhere; one against; none for the others."""
    said = statements(("talk", "exchange", "+", 1), ("talk", "exchange", "+", 8),
                      ("talk", "exchange", "0", 9))  # fmt: skip
    backed = process.back_edges(EDGES, said)

    assert backed.loc[0, ["n_for", "n_against", "n_elsewhere", "lines"]].tolist() == [
        2,
        1,
        1,
        "1; 8",
    ]
    assert backed.n_for.tolist() == [2, 0, 0, 0]
    assert backed.lines.tolist()[1:] == ["", "", ""]


def test_nodes_stand_after_what_leads_to_them():
    """Parts apart, layers from 0, and no two nodes in one place."""
    nodes = process.place_nodes(MODEL, statements(("talk", "exchange", "+", 1)))
    layers = nodes.set_index("node").layer

    assert nodes.groupby("part").node.agg(set).tolist() == [
        {"debate", "insight", "leap"}, {"exchange", "gain", "talk"},
    ]  # fmt: skip
    assert all(layers[a] < layers[b] for a, b in MODEL.edges)
    assert not nodes.duplicated(["part", "layer", "row"]).any()
    assert nodes.set_index("node").n[["talk", "exchange", "gain"]].tolist() == [1, 1, 0]


def test_forms_by_site_leave_missing_what_is_not_said():
    """What is said of all is not handed down; contested only if asked for."""
    said = pd.DataFrame(
        [("all", "collaboration", "certain", "rare", 10),
         ("Middleton", "co-ordination", "contested", "some", 11),
         ("Middleton", None, "certain", "other", 12)],
        columns=["site", "form", "confidence", "label", "line"],
    )  # fmt: skip
    strict = synergy.table_forms(said)

    assert strict.loc["all", "collaboration"] == "rare (10)"
    assert strict.notna().sum().sum() == 1
    assert (
        synergy.table_forms(said, contested=True).loc["Middleton", "co-ordination"] == "some (11)"
    )
    assert strict.index.tolist() == synergy.SITES


def test_a_form_without_a_place_is_refused():
    """A mistyped form would vanish from the table."""
    said = pd.DataFrame({"site": ["all"], "form": ["colaboration"], "confidence": "certain",
                         "label": "x", "line": 1})  # fmt: skip

    with pytest.raises(DataError, match=r"colaboration.*allowed: co-ordination"):
        synergy.table_forms(said)


# What the coded tables hold beyond their schema.


def test_a_statement_links_two_nodes_of_the_model_or_none():
    """From and to are blank together, and every node is one of Figure 6.1."""
    said = tables.read_table("coding/process")
    edges = tables.read_table("elston2005/figure-6.1")

    assert (said.from_node.isna() == said.to_node.isna()).all()
    assert {*said.from_node.dropna(), *said.to_node.dropna()} <= {*edges["from"], *edges["to"]}
    assert not (said.from_node == said.to_node).any()


def test_only_repetitions_that_link_nodes_are_coded():
    """As the title of the table says."""
    said = tables.read_table("coding/process")

    assert said[said.is_restatement == "yes"].from_node.notna().all()


@pytest.mark.parametrize("name", ["process", "conclusions"])
def test_ids_carry_their_line_and_stand_in_order(name):
    """Sorted by line, then by letter; labels of at most twelve words."""
    table = tables.read_table(f"coding/{name}")
    ids = table.iloc[:, 0]

    assert (ids.str.extract(r"(\d+)")[0].astype(int) == table.line).all()
    assert table.line.is_monotonic_increasing
    assert table.label.str.split().str.len().max() <= 12
    assert table.groupby("line").apply(lambda part: part.iloc[:, 0].is_monotonic_increasing).all()


def test_every_recommendation_and_limitation_is_of_chapter_7():
    """Chapters 4 to 6 give only what they say of the three forms."""
    said = tables.read_table("coding/conclusions")
    early = said[said.line < 3094]

    assert (early.kind == "finding").all()
    assert early.form.notna().all()
    assert (said.form.notna() == (said.topic == "form of partnership")).all()


def test_the_path_rule_on_the_thesis():
    """Exchange never reaches radical synergy in the model; the two routes share no node."""
    model = process.build_model(tables.read_table("elston2005/figure-6.1"))
    rule = process.follow_rule(model, "reframing", "radical-synergy").set_index("node")

    assert nx.number_weakly_connected_components(model) == 2
    assert not rule.loc["information-exchange", "reaches"]
    assert rule.loc["debate-and-negotiation", "way"] == "debate-and-negotiation > radical-synergy"


def test_statements_that_open_a_way_name_reframing_on_their_line():
    """The notebook's answer says so of every one."""
    model = process.build_model(tables.read_table("elston2005/figure-6.1"))
    said = tables.read_table("coding/process")
    sources = ["formal-communication", "informal-communication", "new-links", "networking",
               "information-exchange"]  # fmt: skip
    judged = process.judge_statements(said, model, "reframing", "radical-synergy", sources)
    opening = judged[judged.verdict == "opens a way"]

    assert len(opening) > 0
    assert opening.names_gate.all()
