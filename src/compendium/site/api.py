"""The package's reference pages: each public function with its signature and its docstring.

The source is read, not imported: importing every module takes longer than building all the other
pages together, and a reference should not need a plotting library to be written.
"""

import ast
import re
from pathlib import Path

from compendium import paths

# Where a definition has a signature and its docstring can have sections.
Definition = ast.FunctionDef | ast.ClassDef


def list_modules() -> dict[str, str]:
    """Each module of the package and the first paragraph of its docstring."""
    found = {}
    for path in _modules():
        docstring = ast.get_docstring(_parse(path)) or ""
        found[_name(path)] = " ".join(docstring.split("\n\n")[0].split())
    return found


def describe_modules() -> dict[str, str]:
    """The reference page of each module, as reStructuredText."""
    return {_name(path): _describe(_name(path), _parse(path)) for path in _modules()}


def _modules() -> list[Path]:
    return sorted(paths.PACKAGE.rglob("[a-z]*.py"))


def _name(path: Path) -> str:
    """The module's dotted name, without the package's own."""
    return ".".join(path.relative_to(paths.PACKAGE).with_suffix("").parts)


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _describe(name: str, tree: ast.Module) -> str:
    """One page: the module's idea, then what it offers, in the order of the source."""
    parts = [f"{name}\n{'=' * len(name)}", _read_plainly(ast.get_docstring(tree) or "")]
    parts.append(f".. py:module:: compendium.{name}")
    public = [node for node in tree.body if isinstance(node, Definition)]
    parts += [_entry(node) for node in public if not node.name.startswith("_")]
    return "\n\n".join(parts) + "\n"


def _entry(node: Definition, inside: bool = False) -> str:
    """A function, or a class with its methods."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        head = f".. py:class:: {node.name}({bases})" if bases else f".. py:class:: {node.name}"
        members = [m for m in node.body if isinstance(m, ast.FunctionDef)]
        inner = [_entry(m, inside=True) for m in members if not m.name.startswith("_")]
    else:
        kind, inner = ("method" if inside else "function"), []
        if any(ast.unparse(d) in ("property", "cached_property") for d in node.decorator_list):
            head = f".. py:property:: {node.name}"
        else:
            head = f".. py:{kind}:: {_signature(node)}"
    body = "\n\n".join([_to_rst(ast.get_docstring(node) or ""), *inner])
    return head + "\n\n" + "\n".join(f"   {line}".rstrip() for line in body.splitlines())


def _signature(node: ast.FunctionDef) -> str:
    """Name, parameters with their types and defaults, and what comes back.

    >>> _signature(ast.parse("def slug(*values: Any) -> str: ...").body[0])
    'slug(*values: Any) -> str'
    """
    back = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){back}"


def _to_rst(docstring: str) -> str:
    """A numpydoc docstring as the directives that Sphinx knows."""
    docstring = _read_plainly(docstring)
    # Sphinx takes a third of a second to import: only the site pays for it.
    from sphinx.ext.napoleon import Config  # noqa: PLC0415
    from sphinx.ext.napoleon.docstring import NumpyDocstring  # noqa: PLC0415

    return str(NumpyDocstring(docstring, Config(napoleon_use_rtype=False)))


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
