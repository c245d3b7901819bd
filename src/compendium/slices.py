"""Which cells of a notebook lead to which.

A figure is written in one cell; what it shows was read and worked out in the cells before it. Not
in all of them: this module follows the names. A cell leads to another if it binds, or changes, a
name that the other uses, or that a cell in between uses on the way (a backward slice, Weiser
1984, with the cell as its unit). Names of modules and functions that cells import are left out.
"""

import ast
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from compendium import paths


def find_leading(run: dict, cell: int) -> set[int]:
    """The numbers of the cells that lead to a cell of a run, itself among them.

    Parameters
    ----------
    run : dict
        A record, as `records.read_records` gives it: ``notebook`` and ``given`` are used.
    cell : int
        The n of ``In [n]``, at least 1.

    Examples
    --------
    >>> follow(("a = 1", "b = 2", "c = a + 1", "print(c)"), 4)
    {1, 3, 4}
    """
    return follow(read_code(paths.find_file(run["notebook"]), bool(run["given"])), cell)


@cache
def read_code(source: Path, with_given: bool) -> tuple[str, ...]:
    """The code cells of a notebook as they were numbered in a run.

    Papermill adds one cell after the ``parameters`` cell where parameters were given; it binds
    what that cell binds, and stands here as a copy of it.
    """
    code = []
    for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            code.append(text)
            if with_given and "parameters" in cell["metadata"].get("tags", []):
                code.append(text)
    return tuple(code)


@cache
def follow(code: tuple[str, ...], cell: int) -> set[int]:
    """The numbers of the cells that lead to one of them: see `find_leading`."""
    imported = frozenset(name for text in code for name in _imported(text))
    names = [_names(text, imported) for text in code]
    leading, needed = {cell}, set(names[cell - 1].used)
    for number in range(cell - 1, 0, -1):
        bound, changed, used = names[number - 1]
        if needed & (bound | changed):
            leading.add(number)
            needed = (needed - bound) | used
    return leading


class Names(NamedTuple):
    """The names a cell binds, those it changes in place, and those it uses from elsewhere."""

    bound: frozenset[str]
    changed: frozenset[str]
    used: frozenset[str]


def _imported(text: str) -> set[str]:
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in nodes for alias in node.names}


@cache
def _names(text: str, imported: frozenset[str]) -> Names:
    bound, changed, used = set(), set(), set()
    for statement in ast.parse(text).body:
        nodes = list(ast.walk(statement))
        local = {name for node in nodes for name in _local(node)}
        named = [n for n in nodes if isinstance(n, ast.Name) and n.id not in local | imported]
        used |= {n.id for n in named if isinstance(n.ctx, ast.Load)} - bound
        if isinstance(statement, ast.AugAssign):
            used |= _root(statement.target) - bound
        bound |= {n.id for n in named if isinstance(n.ctx, ast.Store)}
        stores = [n for n in nodes if isinstance(n, ast.Subscript | ast.Attribute)]
        for node in stores:
            changed |= _root(node) if isinstance(node.ctx, ast.Store) else set()
        # A call for its effect may change what it is called on: rows.append(...).
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            changed |= _root(statement.value.func)
    return Names(frozenset(bound), frozenset(changed - imported), frozenset(used))


def _local(node: ast.AST) -> set[str]:
    """Names that live only inside a comprehension or a lambda."""
    if isinstance(node, ast.comprehension):
        return {name.id for name in ast.walk(node.target) if isinstance(name, ast.Name)}
    return {argument.arg for argument in node.args.args} if isinstance(node, ast.Lambda) else set()


def _root(node: ast.expr) -> set[str]:
    """The name that a chain of attributes, calls and brackets starts from."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return set()
    return {node.id}
