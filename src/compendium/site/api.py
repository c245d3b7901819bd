"""The packages' reference pages: each public function with its signature and its docstring.

The source is read, not imported: importing every module takes longer than building all the other
pages together, and a reference should not need a plotting library to be written. A room is a folder
of modules, whose ``__init__`` says what it is about; the study's own package is the last room.
"""

import ast
import re
from pathlib import Path

from compendium import paths
from compendium.runs.markup import render
from compendium.settings import load_package, read_study

# Where a definition has a signature and its docstring can have sections.
_Definition = ast.FunctionDef | ast.ClassDef


def make_pages() -> dict[str, str]:
    """The list of rooms, a page for each room and a page for each module."""
    made, rooms = {}, []
    for name, room in _list_rooms().items():
        modules = [module for module in room if module != name]
        rooms.append((name, _idea(room[name]), [(m, _idea(room[m])) for m in modules]))
        made |= {f"api/{module}.rst": _describe(module, room[module]) for module in modules}
        made[f"api/{name}.rst"] = _describe(name, room[name], modules)
    made["made/modules.html"] = render("site/modules.html.j2", rooms=rooms)
    menu = [f"api/{name}" for name, *_ in rooms]
    made["made/modules.md"] = render("site/menu.md.j2", names=menu)
    return made


def _list_rooms() -> dict[str, dict[str, ast.Module]]:
    """Each room of the packages and its modules, parsed; a module at the top is its own room."""
    own = load_package()
    rooms: dict[str, dict[str, ast.Module]] = {}
    for package in [paths.PACKAGE, *([Path(own.__file__).parent] if own else [])]:
        base = package if package == paths.PACKAGE else package.parent
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(base).with_suffix("").parts
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            if parts and not parts[-1].startswith("_"):
                tree = ast.parse(path.read_text(encoding="utf-8"))
                rooms.setdefault(parts[0], {})[".".join(parts)] = tree
    return rooms


def _idea(tree: ast.Module) -> str:
    """The first paragraph of a module's docstring."""
    return " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split())


def _describe(name: str, tree: ast.Module, below: list[str] | None = None) -> str:
    """One page, in reStructuredText: the module's idea, then what it offers, in its order."""
    parts = [f"{name}\n{'=' * len(name)}", _read_plainly(ast.get_docstring(tree) or "")]
    if below:
        parts.append(".. toctree::\n\n" + "\n".join(f"   {module}" for module in below))
    own = name.partition(".")[0] == read_study().package
    parts.append(f".. py:module:: {name if own else f'compendium.{name}'}")
    public = [node for node in tree.body if isinstance(node, _Definition)]
    parts += [_entry(node) for node in public if not node.name.startswith("_")]
    return "\n\n".join(parts) + "\n"


def _entry(node: _Definition, kind: str = "function") -> str:
    """A function, or a class with its methods."""
    inner: list[str] = []
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        head = f"class:: {node.name}({bases})" if bases else f"class:: {node.name}"
        members = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        inner = [_entry(m, "method") for m in members if not m.name.startswith("_")]
    elif any(ast.unparse(d) in ("property", "cached_property") for d in node.decorator_list):
        head = f"property:: {node.name}"
    else:
        back = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        head = f"{kind}:: {node.name}({ast.unparse(node.args)}){back}"
    body = "\n\n".join([_to_rst(ast.get_docstring(node) or ""), *inner])
    return f".. py:{head}\n\n" + "\n".join(f"   {line}".rstrip() for line in body.splitlines())


def _to_rst(docstring: str) -> str:
    """A numpydoc docstring as the directives that Sphinx knows."""
    # Sphinx takes a third of a second to import: only the site pays for it.
    from sphinx.ext.napoleon import Config  # noqa: PLC0415
    from sphinx.ext.napoleon.docstring import NumpyDocstring  # noqa: PLC0415

    return str(NumpyDocstring(_read_plainly(docstring), Config(napoleon_use_rtype=False)))


def _read_plainly(docstring: str) -> str:
    r"""A docstring whose bars are bars, and whose `name` may have an ending, outside of examples.

    To reStructuredText, bars enclose a substitution and an underscore after a backtick makes a
    link. The docstrings of this package have neither.

    >>> print(_read_plainly("Maximises |I| of `name`_low, not ``a | b``."))
    Maximises \|I\| of ``name``\ _low, not ``a | b``.
    """
    # An example goes on to the next blank line.
    parts = re.split(r"(^[ ]*>>>.*?(?=\n[ ]*\n|\Z)|``.*?``)", docstring, flags=re.M | re.S)
    for place in range(0, len(parts), 2):
        text = parts[place].replace("|", r"\|")
        parts[place] = re.sub(r"(?<![\w`])`([^`]+)`(?=\w)", r"``\1``\\ ", text)
    return "".join(parts)
