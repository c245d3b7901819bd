"""Routes from talk to synergy as a graph, and the rule of a gate put to the test.

An account of how partnership comes about names steps that lead to others, and often a gate: without
this step, it says, nothing gets to the goal. Such a rule is one of reachability: take the gate out,
and ask what still gets there. Coded statements that link two nodes are held against the drawn model
one by one. Where no arrow is drawn nothing is said; and a rule that holds because of how its
outcomes are told apart is a definition.
"""

from typing import NamedTuple

import networkx as nx
import pandas as pd

from compendium.errors import DataError
from compendium.models import check

VERDICTS = {
    "drawn": "the model has this arrow",
    "follows": "the model leads there by more than one arrow",
    "not drawn": "the model does not lead there, and the rule is not touched",
    "opens a way": "with this arrow a source reaches the goal past the gate",
    "agrees": "said not to lead there, and the model does not",
    "denies": "said not to lead there, but the model does",
    "either way": "said to work both ways",
}


def build_model(edges: pd.DataFrame) -> nx.DiGraph:
    """The model as a graph, an arrow for each stated or implied link.

    Takes ``from``, ``to``, ``relation``, ``basis`` and ``line``. No link may be given twice, lead
    to itself or go in a circle.

    >>> edges = pd.DataFrame({"from": ["talk"], "to": ["trust"], "relation": "leads-to",
    ...                       "basis": "stated", "line": 7})
    >>> int(build_model(edges).edges["talk", "trust"]["line"])
    7
    """
    ends = edges[["from", "to"]]
    bad = edges[ends.duplicated(keep=False) | ends["from"].eq(ends["to"])]
    wrong = sorted(set(bad["from"] + " -> " + bad["to"]))
    check.that(not wrong, "each link once, between two nodes", DataError, links=", ".join(wrong))
    kept = ["relation", "basis", "line"]
    graph = nx.from_pandas_edgelist(edges, "from", "to", kept, create_using=nx.DiGraph)
    if not nx.is_directed_acyclic_graph(graph):
        circle = " -> ".join(a for a, _ in nx.find_cycle(graph))
        raise DataError(f"the model goes in a circle: {circle}; allowed: routes that end")
    return graph


def follow_rule(graph: nx.DiGraph, gate: str, goal: str) -> pd.DataFrame:
    """From which nodes the goal can be reached, and from which still when the gate is taken out.

    Gives ``node``, ``reaches``, ``reaches_without`` and ``way`` (a shortest way that leaves out the
    gate; missing if there is none); one row per node but gate and goal.

    >>> graph = nx.DiGraph([("a", "gate"), ("gate", "goal"), ("b", "goal")])
    >>> follow_rule(graph, "gate", "goal").fillna("no").values.tolist()
    [['a', True, False, 'no'], ['b', True, True, 'b > goal']]
    """
    check.names([gate, goal], sorted(graph), "node")
    rest = nx.restricted_view(graph, [gate], [])
    with_gate, without = nx.ancestors(graph, goal), nx.ancestors(rest, goal)
    rows = [
        (node, node in with_gate, node in without,
         " > ".join(nx.shortest_path(rest, node, goal)) if node in without else None)
        for node in graph if node not in (gate, goal)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["node", "reaches", "reaches_without", "way"])


def judge_statements(
    statements: pd.DataFrame, graph: nx.DiGraph, gate: str, goal: str, sources: list[str]
) -> pd.DataFrame:
    """What each coded statement that links two nodes does to the model and to its rule.

    `statements`: ``line``, ``from_node``, ``to_node`` and ``direction`` (+, -, 0 or +/-).
    `sources`: the nodes that, by the rule, do not reach the goal without the gate.

    Gives the statements that link two nodes, with ``verdict`` (`VERDICTS`) and ``names_gate``
    (whether a statement on the same line links the gate to something).
    """
    linking = statements[statements.from_node.notna() & statements.to_node.notna()]
    named = dict.fromkeys([gate, goal, *sources, *linking.from_node, *linking.to_node])
    check.names(named, sorted(graph), "node")
    verdicts = [_judge(graph, gate, goal, sources, row) for row in linking.itertuples()]
    at_gate = linking[(linking.from_node == gate) | (linking.to_node == gate)]
    return linking.assign(verdict=verdicts, names_gate=linking.line.isin(at_gate.line))


def _judge(graph: nx.DiGraph, gate: str, goal: str, sources: list[str], said: NamedTuple) -> str:
    """The verdict on what one statement says of two nodes."""
    start, end = said.from_node, said.to_node
    leads = end in nx.descendants(graph, start)
    if said.direction == "+/-":
        return "either way"
    if said.direction in ("-", "0"):
        return "denies" if leads else "agrees"
    if graph.has_edge(start, end):
        return "drawn"
    if gate not in (start, end):
        rest = nx.restricted_view(graph, [gate], [])
        comes_from = {start, *nx.ancestors(rest, start)} & set(sources)
        if comes_from and goal in {end, *nx.descendants(rest, end)}:
            return "opens a way"
    return "follows" if leads else "not drawn"


def add_statements(graph: nx.DiGraph, statements: pd.DataFrame) -> nx.DiGraph:
    """The model with every link that a statement says furthers; the model itself is left as it is.

    >>> said = pd.DataFrame({"from_node": ["a"], "to_node": ["c"], "direction": ["+"]})
    >>> list(add_statements(nx.DiGraph([("a", "b")]), said).edges)
    [('a', 'b'), ('a', 'c')]
    """
    said = statements[statements.from_node.notna() & (statements.direction == "+")]
    wider = nx.DiGraph(graph)
    wider.add_edges_from(zip(said.from_node, said.to_node))
    return wider


def back_edges(edges: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """The evidence behind each arrow: how many statements say it, and on which lines.

    Gives the edges with ``n_for``, ``n_against`` (said to hinder or to do nothing), ``n_elsewhere``
    (those for it on other lines than the arrow's own) and ``lines`` (of those for it). 0 is a count
    of statements: none was coded.
    """
    rows = []
    for start, end, line in zip(edges["from"], edges["to"], edges["line"]):
        said = statements[(statements.from_node == start) & (statements.to_node == end)]
        lines, against = said.line[said.direction == "+"], said.direction.isin(["-", "0"])
        joined = "; ".join(map(str, sorted(set(lines))))
        rows.append((len(lines), int(against.sum()), int((lines != line).sum()), joined))
    columns = ["n_for", "n_against", "n_elsewhere", "lines"]
    return edges.reset_index(drop=True).join(pd.DataFrame(rows, columns=columns))


def place_nodes(graph: nx.DiGraph, statements: pd.DataFrame) -> pd.DataFrame:
    """Where each node stands in a drawing, and how many statements touch it.

    Gives ``node``, ``part`` (nodes that no arrow joins are in different parts; the largest first),
    ``layer`` (0 where nothing leads to it), ``row`` (its place in part and layer, centred on 0),
    ``n`` (statements that link it) and ``line`` (first line of an arrow at it).
    """
    parts = sorted(nx.weakly_connected_components(graph), key=lambda part: (-len(part), min(part)))
    ends = [*statements.from_node.dropna(), *statements.to_node.dropna()]
    rows = []
    for number, part in enumerate(parts):
        places: dict[str, float] = {}
        for depth, layer in enumerate(nx.topological_generations(graph.subgraph(part))):
            # Each node near those that lead to it: fewer arrows cross.
            before = {node: [places[p] for p in graph.predecessors(node)] for node in layer}
            want = {node: sum(b) / len(b) if b else 0.0 for node, b in before.items()}
            middle = sum(want.values()) / len(want) if depth else 0.0
            # Of two as near, the one that leads further comes first.
            order = {n: (want[n], -len(nx.descendants(graph, n)), n) for n in layer}
            for place, node in enumerate(sorted(layer, key=order.get)):
                places[node] = middle + place - (len(layer) - 1) / 2
                arrows = [*graph.in_edges(node, "line"), *graph.out_edges(node, "line")]
                line = min(line for _, _, line in arrows)
                rows.append((node, number, depth, places[node], ends.count(node), line))
    return pd.DataFrame(rows, columns=["node", "part", "layer", "row", "n", "line"])
