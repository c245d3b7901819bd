"""How talk becomes synergy: the routes of Figure 6.1 as a graph, and its rule put to the test.

The chapter names two routes: exchanging information ends in co-ordination or joined-up opportunism,
negotiation that recasts how partners see the problem can end in radical synergy. The rule in this
is one of reachability: take the recasting out, and ask what still gets to the goal. Coded
statements that link two nodes are held against the drawn model one by one. Where no arrow is drawn
nothing is said; and a rule that holds because of how its outcomes are told apart is a definition.
"""

from typing import NamedTuple

import networkx as nx
import pandas as pd

from compendium.errors import DataError

VERDICTS = {
    "drawn": "the model has this arrow",
    "follows": "the model leads there by more than one arrow",
    "not drawn": "the model does not lead there, and the rule is not touched",
    "opens a way": "with this arrow a source reaches the goal past the gate",
    "agrees": "said not to lead there, and the model does not",
    "denies": "said not to lead there, but the model does",
    "either way": "said to work both ways",
}
_BACKING = ["n_for", "n_against", "n_elsewhere", "lines"]


def build_model(edges: pd.DataFrame) -> nx.DiGraph:
    """The model as a graph, an arrow for each stated or implied link.

    Parameters
    ----------
    edges : DataFrame
        ``from``, ``to``, ``relation``, ``basis`` and ``line``.

    Raises
    ------
    DataError
        If a link is given twice or leads to itself, or if links go in a circle.

    Examples
    --------
    >>> edges = pd.DataFrame({"from": ["talk"], "to": ["trust"], "relation": "leads-to",
    ...                       "basis": "stated", "line": 7})
    >>> build_model(edges).edges["talk", "trust"]["line"]
    7
    """
    pairs = list(zip(edges["from"], edges["to"]))
    wrong = sorted({f"{a} -> {b}" for a, b in pairs if a == b or pairs.count((a, b)) > 1})
    if wrong:
        raise DataError(f"found {', '.join(wrong)}; allowed: each link once, between two nodes")
    graph = nx.DiGraph()
    for row in edges.itertuples():
        kept = {"relation": row.relation, "basis": row.basis, "line": int(row.line)}
        graph.add_edge(row[1 + edges.columns.get_loc("from")], row.to, **kept)
    if not nx.is_directed_acyclic_graph(graph):
        circle = " -> ".join(a for a, _ in nx.find_cycle(graph))
        raise DataError(f"the model goes in a circle: {circle}; allowed: routes that end")
    return graph


def follow_rule(graph: nx.DiGraph, gate: str, goal: str) -> pd.DataFrame:
    """From which nodes the goal can be reached, and from which still when the gate is taken out.

    Returns
    -------
    DataFrame
        ``node``, ``reaches``, ``reaches_without`` and ``way`` (a shortest way that leaves out the
        gate; missing if there is none); one row per node but gate and goal.

    Raises
    ------
    DataError
        If gate or goal is no node of the graph.

    Examples
    --------
    >>> rule = follow_rule(nx.DiGraph([("a", "gate"), ("gate", "goal"), ("b", "goal")]),
    ...                    "gate", "goal").set_index("node")
    >>> rule.loc["a", "reaches"].item(), rule.loc["a", "reaches_without"].item()
    (True, False)
    >>> rule.loc["b", "way"]
    'b > goal'
    """
    _need(graph, gate, goal)
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

    Parameters
    ----------
    statements : DataFrame
        ``line``, ``from_node``, ``to_node``, ``direction`` (+, -, 0 or +/-); as ``coding/process``.
    sources : list of str
        The nodes that, by the rule, do not reach the goal without the gate.

    Returns
    -------
    DataFrame
        The statements that link two nodes, with ``verdict`` (`VERDICTS`) and ``names_gate``
        (whether a statement on the same line links the gate to something).

    Raises
    ------
    DataError
        If gate, goal, a source or a statement's node is no node of the graph.
    """
    linking = statements[statements.from_node.notna() & statements.to_node.notna()]
    _need(graph, gate, goal, *sources, *linking.from_node, *linking.to_node)
    verdicts = [_judge(graph, gate, goal, sources, row) for row in linking.itertuples()]
    at_gate = linking[(linking.from_node == gate) | (linking.to_node == gate)]
    return linking.assign(verdict=verdicts, names_gate=linking.line.isin(at_gate.line))


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

    Returns
    -------
    DataFrame
        The edges with ``n_for``, ``n_against`` (said to hinder or to do nothing), ``n_elsewhere``
        (those for it on other lines than the arrow's own) and ``lines`` (of those for it). 0 is
        a count of statements: none was coded.
    """
    rows = []
    for start, end, line in zip(edges["from"], edges["to"], edges["line"]):
        said = statements[(statements.from_node == start) & (statements.to_node == end)]
        right = said[said.direction == "+"]
        rows.append(
            {
                "n_for": len(right),
                "n_against": int(said.direction.isin(["-", "0"]).sum()),
                "n_elsewhere": int((right.line != line).sum()),
                "lines": "; ".join(map(str, sorted(set(right.line)))),
            }
        )
    return edges.reset_index(drop=True).join(pd.DataFrame(rows, columns=_BACKING))


def place_nodes(graph: nx.DiGraph, statements: pd.DataFrame) -> pd.DataFrame:
    """Where each node stands in a drawing, and how many statements touch it.

    Returns
    -------
    DataFrame
        ``node``, ``part`` (nodes that no arrow joins are in different parts; the largest first),
        ``layer`` (0 where nothing leads to it), ``row`` (its place in part and layer, centred
        on 0), ``n`` (statements that link it) and ``line`` (first line of an arrow at it).
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
                at_it = [graph.edges[edge]["line"] for edge in _edges_at(graph, node)]
                rows.append((node, number, depth, places[node], ends.count(node), min(at_it)))
    return pd.DataFrame(rows, columns=["node", "part", "layer", "row", "n", "line"])


def _judge(graph: nx.DiGraph, gate: str, goal: str, sources: list[str], said: NamedTuple) -> str:
    """The verdict on what one statement says of two nodes."""
    if said.direction == "+/-":
        return "either way"
    start, end = said.from_node, said.to_node
    leads = end in nx.descendants(graph, start)
    if said.direction in ("-", "0"):
        return "denies" if leads else "agrees"
    if graph.has_edge(start, end):
        return "drawn"
    if gate not in (start, end):
        rest = nx.restricted_view(graph, [gate], [])
        to_start = {start, *nx.ancestors(rest, start)}
        if to_start & set(sources) and goal in {end, *nx.descendants(rest, end)}:
            return "opens a way"
    return "follows" if leads else "not drawn"


def _edges_at(graph: nx.DiGraph, node: str) -> list[tuple[str, str]]:
    return [*graph.in_edges(node), *graph.out_edges(node)]


def _need(graph: nx.DiGraph, *nodes: str) -> None:
    unknown = sorted(set(nodes) - set(graph))
    if unknown:
        raise DataError(f"found no node {', '.join(unknown)}; allowed: {', '.join(sorted(graph))}")
