"""What a notebook declares: what it reads, what it writes, what it takes.

The first cell says it to the reader (``Reads:`` and ``Writes:`` lines), the cell tagged
``parameters`` to the runner. The task graph is built from these lines, and each run is held to
them, so that what a reader is told and what is run cannot drift apart.
"""

import ast
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import nbformat

from compendium import paths, settings
from compendium.errors import SettingError

LONGEST_SLUG = 70
# What makes a run of a notebook, whatever the notebook imports.
RUNNER = ("notebooks", "execution", "outputs", "records")
# Python 3.11 has one count of depth for all threads that parse, and fails if they mix (gh-106905).
PARSING = Lock()
ENDINGS = {
    "results/figures": (".svg", ".png", ".csv"),
    "results/tables": (".csv", ".md"),
}


@dataclass(frozen=True)
class Declaration:
    """What a notebook says of itself in its first cell and its ``parameters`` cell."""

    title: str
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)
    types: dict[str, type] = field(default_factory=dict)


def read_declaration(source: Path) -> Declaration:
    """What a notebook reads, writes and takes as parameters.

    Raises
    ------
    SettingError
        If its ``parameters`` cell holds anything but plain assignments of literals (or bare
        annotations, which make a parameter required).
    """
    notebook = nbformat.read(source, as_version=4)
    head = notebook.cells[0].source
    title = re.search(r"^# (.+)$", head, flags=re.MULTILINE)
    defaults: dict[str, Any] = {}
    types: dict[str, type] = {}
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            _read_parameters(source.name, cell.source, defaults, types)
    return Declaration(
        title=title[1] if title else source.stem,
        reads=_listed("Reads", head),
        writes=_listed("Writes", head),
        defaults=defaults,
        types=types,
    )


def _listed(word: str, head: str) -> list[str]:
    """The names in backticks on the line that starts with a word and a colon."""
    line = re.search(rf"^\**{word}:\**(.*)$", head, flags=re.MULTILINE)
    return re.findall(r"`([^`]+)`", line[1]) if line else []


def _read_parameters(name: str, cell: str, defaults: dict, types: dict) -> None:
    for statement in parse_code(cell).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=parameter)], value=value):
                try:
                    defaults[parameter] = ast.literal_eval(value)
                except ValueError:
                    raise SettingError(
                        f"{name}, parameters cell, line {statement.lineno}: {parameter} is no "
                        "plain literal; allowed: a number, text, True, False, a list or a dict"
                    ) from None
                types[parameter] = type(defaults[parameter])
            case ast.AnnAssign(target=ast.Name(id=parameter), annotation=kind, value=None):
                known = {
                    "str": str,
                    "int": int,
                    "float": float,
                    "bool": bool,
                    "dict": dict,
                }
                types[parameter] = known[ast.unparse(kind)]
            case _:
                raise SettingError(
                    f"{name}, parameters cell, line {statement.lineno}: found "
                    f"{ast.unparse(statement)!r}; allowed: one plain assignment a line"
                )


def find_sources(source: Path) -> list[Path]:
    """What every run of a notebook is made from: itself, its modules, the runner, the lock."""
    runner = [paths.PACKAGE / "runs" / f"{name}.py" for name in RUNNER]
    for folder in ("compendium", "markup"):
        runner += sorted((paths.PACKAGE / "templates" / folder).iterdir())
    declared = [path for path in [paths.STUDY / settings.FILE] if path.is_file()]
    return [source, *read_modules(source), *runner, *declared, paths.LOCK]


def read_modules(source: Path) -> list[Path]:
    """The modules of the package that a notebook imports, and those they import, sorted.

    A run is made again when one of them changes, and not when another does.
    """
    notebook = nbformat.read(source, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    found: set[Path] = set()
    waiting = _imported(code)
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= _imported(path.read_text(encoding="utf-8")) - found
    return sorted(found)


def _imported(code: str) -> set[Path]:
    """The files of our packages that a piece of code imports, with the packages they lie in."""
    names = set()
    for node in ast.walk(parse_code(code)):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    found = set()
    for name in names:
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            beside = [folder.joinpath(*parts[:depth]) for folder in paths.SOURCES]
            found |= {path.with_suffix(".py") for path in beside}
            found |= {path / "__init__.py" for path in beside}
    return {path for path in found if path.is_file()}


def parse_code(code: str) -> ast.Module:
    """The syntax tree of a piece of code; runs are prepared in several threads at once."""
    with PARSING:
        return ast.parse(code)


def check_parameters(source: Path, given: dict[str, Any]) -> dict[str, Any]:
    """All parameters of a run: the notebook's own, with those given in their place.

    Raises
    ------
    SettingError
        If a given one is unknown or of the wrong type, or a required one is missing: all at
        once, naming what the notebook declares.
    """
    declared = read_declaration(source)
    problems = [f"{name}: no such parameter" for name in given if name not in declared.types]
    problems += [
        f"{name}: not given, and the notebook has no default"
        for name in declared.types
        if name not in declared.defaults and name not in given
    ]
    problems += [
        f"{name}: found {value!r}, {type(value).__name__}; allowed: {declared.types[name].__name__}"
        for name, value in given.items()
        if name in declared.types and not _fits(value, declared.types[name])
    ]
    if problems:
        names = ", ".join(f"{name} ({kind.__name__})" for name, kind in declared.types.items())
        raise SettingError(
            f"{source.name} cannot run with these parameters; it declares {names or 'none'}:\n  "
            + "\n  ".join(problems)
        )
    return {name: given.get(name, declared.defaults.get(name)) for name in declared.types}


def _fits(value: Any, kind: type) -> bool:
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)


def slug(*values: Any) -> str:
    """Values as part of a file name; a long one is cut and closed with a digest of the whole.

    >>> slug("Dalesville", "Social Services", 0.5)
    'dalesville-social-services-0.5'
    """
    whole = re.sub(r"[^a-z0-9.]+", "-", " ".join(map(str, values)).lower()).strip("-")
    if len(whole) <= LONGEST_SLUG:
        return whole
    return f"{whole[:LONGEST_SLUG]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def name_run(source: Path, given: dict[str, Any]) -> str:
    """The name of a run: the notebook's, and the values it was given.

    >>> name_run(Path("06-balance-involvement.ipynb"), {"site": "Dalesville", "state": "before"})
    '06-balance-involvement--dalesville-before'
    """
    words = slug(*given.values())
    return f"{source.stem}--{words}" if words else source.stem


def expected_files(source: Path, given: dict[str, Any]) -> list[str]:
    """The files a run writes, by its own declaration, relative to its folder.

    ``results/figures/x`` stands for ``x.svg``, ``x.png`` and ``x.csv``; ``results/tables/x`` for
    ``x.csv`` and ``x.md``; ``{site}`` for the value of the parameter ``site``.
    """
    declared = read_declaration(source)
    values = {name: slug(value) for name, value in (declared.defaults | given).items()}
    files = []
    for entry in declared.writes:
        name = entry.format(**values)
        files += [name + ending for ending in ENDINGS.get(name.rpartition("/")[0], ("",))]
    return files
