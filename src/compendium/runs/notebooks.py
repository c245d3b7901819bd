"""What a notebook declares: what it reads, what it writes, what it takes.

A cell of prose says it to the reader (``Reads:`` and ``Writes:`` lines), the cell tagged
``parameters`` to the runner. The task graph is built from these lines, and each run is held to
them, so that what a reader is told and what is run cannot drift apart. What a parameter may be
beyond its type stands in ``study.toml``: a run is refused before its kernel starts, not by an error
in its ninth cell.
"""

import ast
import hashlib
import json
import operator
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from compendium import paths, settings
from compendium.errors import DataError, SettingError, refuse

_LONGEST_SLUG = 70
# What makes a run of a notebook, whatever the notebook imports.
_RUNNER = ("notebooks", "execution", "kernels", "outputs", "records")
# What a study declares, of itself and of its tables.
_DECLARING = (settings.FILE, "data/raw/fields.csv", "data/raw/tables.csv")
# What a notebook needs, beside tables: a case whose side is told.
TOLD = "told"
# What tells the runs of one notebook in a reproduction apart; they are called by its values alone.
KEYS = ("site", "actor", "state")
# Python 3.11 has one count of depth for all threads that parse, and fails if they mix (gh-106905).
_PARSING = Lock()
# Where a cell begins in the code of a notebook.
_CELL = "# cell "
# A notebook so called makes the one page a reader is sent to: it lies at the top, without its code.
_REPORT = "-report"
ENDINGS = {
    "results/figures": (".svg", ".png", "-slide.png", ".csv", ".json"),
    "results/tables": (".csv", ".md"),
}
_TYPES = {kind.__name__: kind for kind in (str, int, float, bool, dict)}
# Each limit of a parameter: how it is said, and whether a value keeps it.
_LIMITS = {
    "minimum": ("{} or more", operator.ge),
    "maximum": ("{} or less", operator.le),
    "above": ("above {}", operator.gt),
    "below": ("below {}", operator.lt),
}


@dataclass(frozen=True)
class Declaration:
    """What a notebook says of itself in its first cell and its ``parameters`` cell."""

    title: str
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)
    types: dict[str, type] = field(default_factory=dict)
    code: str = ""
    needs: list[str] = field(default_factory=list)  # coded tables with a row; or `TOLD`

    @property
    def parameters(self) -> str:
        """The parameters in words."""
        named = (f"{name} ({kind.__name__})" for name, kind in self.types.items())
        return ", ".join(named) or "none"


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters: what it is called, and what it makes."""

    source: Path
    given: dict[str, Any] = field(default_factory=dict)  # those other than the defaults
    pictures: bool = True  # whether it draws its figures and has a page; a run of a sweep does not

    @property
    def declared(self) -> Declaration:
        """What its notebook says of itself."""
        return read_declaration(self.source)

    @cached_property
    def name(self) -> str:
        """What its files are called: as the notebook, and by what it was given.

        >>> Run(Path("06-balance.ipynb"), {"site": "North", "state": "before"}).name
        '06-balance--north-before'
        """
        if self.given.keys() <= set(KEYS):
            words = slug(*self.given.values())
        else:
            tables = any(isinstance(value, dict) for value in self.given.values())
            words = name_given(self.given, self.declared.defaults if tables else {})
        return f"{self.source.stem}--{words}" if words else self.source.stem

    @property
    def is_report(self) -> bool:
        """Whether its page is the one that a reader is sent to."""
        return self.source.stem.endswith(_REPORT)

    @property
    def about(self) -> dict[str, Any]:
        """What its record says of it: names, parameters, and where the executed copy lies."""
        page = "report.html" if self.is_report else f"notebooks/{self.name}.html"
        return {
            "run": self.name,
            "notebook": f"notebooks/{self.source.name}",
            "title": self.declared.title,
            "parameters": self.declared.defaults | self.given,
            "given": self.given,
            "executed": f"results/notebooks/{self.name}.ipynb",
            **({"page": f"results/{page}"} if self.pictures else {}),
        }

    @property
    def record(self) -> str:
        """The file that says what it did."""
        return f"results/records/{self.name}.json"

    @property
    def files(self) -> list[str]:
        """The files that its notebook declares to write.

        ``results/figures/x`` stands for all files of the figure (`ENDINGS`), of which its data and
        its words need no picture; ``results/tables/x`` for ``x.csv`` and ``x.md``; ``{site}`` for
        the value of the parameter ``site``.
        """
        values = self.declared.defaults | self.given
        words = {name: slug(value) for name, value in values.items()}
        names = [entry.format(**words) for entry in self.declared.writes]
        endings = (ENDINGS.get(name.rpartition("/")[0], ("",)) for name in names)
        files = [name + ending for name, each in zip(names, endings) for ending in each]
        return [name for name in files if self.pictures or not name.endswith((".svg", ".png"))]

    @cached_property
    def products(self) -> dict[str, Path]:
        """Every file that it makes in a reproduction, by its name in the study."""
        own = [self.about["executed"], self.about["page"], self.record]
        return {name: paths.STUDY / name for name in self.files} | {
            name: paths.RESULTS / name.removeprefix("results/") for name in own
        }

    def check(self) -> None:
        """Refuse parameters that do not fit, all at once (SettingError).

        One may be unknown, missing, of the wrong type or not within what ``study.toml`` allows.
        """
        declared, limits = self.declared, settings.read_study().parameters
        what = f"{self.source.name} cannot run with these parameters; it declares"
        problems = find_misfits(declared, self.given, limits)
        refuse(f"{what} {declared.parameters}", problems, SettingError)


@paths.once_a_state
def read_declaration(source: Path) -> Declaration:
    """What a notebook reads, writes and takes as parameters; else it is none (DataError).

    Its ``parameters`` cell holds nothing but plain assignments of literals, or bare annotations,
    which make a parameter required (SettingError).
    """
    try:
        cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{source.name} is no notebook: {error}") from None
    prose = [text for text, cell in zip(texts, cells) if cell["cell_type"] == "markdown"]
    head = "\n".join(prose)
    title = re.search(r"^# (.+)$", head, flags=re.MULTILINE)
    declared = Declaration(
        title=title[1] if title else source.stem,
        reads=_listed("Reads", head),
        writes=_listed("Writes", head),
        needs=_listed("Needs", head),
        code="\n".join(
            f"{_CELL}{n}\n{text}"
            for n, (text, cell) in enumerate(zip(texts, cells), start=1)
            if cell["cell_type"] == "code"
        ),
    )
    for text, cell in zip(texts, cells):
        if "parameters" in cell["metadata"].get("tags", []):
            _read_parameters(source.name, text, declared)
    return declared


def _listed(word: str, head: str) -> list[str]:
    """The names in backticks on the line that starts with a word and a colon."""
    line = re.search(rf"^\**{word}:\**(.*)$", head, flags=re.MULTILINE)
    return re.findall(r"`([^`]+)`", line[1]) if line else []


def _read_parameters(name: str, cell: str, declared: Declaration) -> None:
    for statement in parse_code(cell, name).body:
        where = f"{name}, parameters cell, line {statement.lineno}"
        match statement:
            case ast.Assign(targets=[ast.Name(id=parameter)], value=value):
                try:
                    declared.defaults[parameter] = ast.literal_eval(value)
                except ValueError:
                    raise SettingError(
                        f"{where}: {parameter} is no plain literal; allowed: a number, text, "
                        "True, False, a list or a dict"
                    ) from None
                declared.types[parameter] = type(declared.defaults[parameter])
            case ast.AnnAssign(target=ast.Name(id=parameter), annotation=kind, value=None) if (
                ast.unparse(kind) in _TYPES
            ):
                declared.types[parameter] = _TYPES[ast.unparse(kind)]
            case _:
                found = ast.unparse(statement)
                raise SettingError(
                    f"{where}: found {found!r}; allowed: one plain assignment a line"
                )


def list_notebooks() -> list[Path]:
    """The numbered notebooks of the study, in their order."""
    return sorted(paths.NOTEBOOKS.glob("[0-9]*.ipynb"))


def find_notebook(name: str) -> Path:
    """The notebook of that name or number; all that there are, if it is none (SettingError)."""
    every = list_notebooks()
    stem = Path(name).stem if name.endswith(".ipynb") else name
    found = [path for path in every if path.stem == stem or path.stem.startswith(f"{stem}-")]
    if len(found) != 1:
        known = ", ".join(path.stem for path in every)
        raise SettingError(f"found no one notebook called {name!r}; allowed: {known}")
    return found[0]


def find_sources(source: Path) -> list[Path]:
    """What every run of a notebook is made from: itself, its modules, the runner, the lock.

    And what the study declares.
    """
    runner = [paths.PACKAGE / "runs" / f"{name}.py" for name in _RUNNER]
    for folder in ("compendium", "markup"):
        runner += sorted((paths.PACKAGE / "templates" / folder).iterdir())
    modules = find_modules(read_declaration(source).code, source.name)
    # Whoever judges uses the study's own rules too: they are found by their name, not imported.
    declared = [paths.STUDY / name for name in _DECLARING]
    if paths.PACKAGE / "printed" / "rules.py" in modules:
        declared += [
            folder / settings.read_study().package / "rules.py" for folder in paths.SOURCES
        ]
    return [source, *modules, *runner, *filter(Path.is_file, declared), paths.LOCK]


def find_modules(code: str, name: str = "code") -> list[Path]:
    """The modules of our packages that a piece of code imports, and those they import, sorted.

    A run is made again when one of them changes, or the TOML beside one, and not when another does.
    """
    found: set[Path] = set()
    waiting = _imported(code, name)
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= _imported_by(path) - found
    beside = {path.with_suffix(".toml") for path in found}
    return sorted(found | {path for path in beside if path.is_file()})


@paths.once_a_state
def _imported_by(path: Path) -> set[Path]:
    return _imported(path.read_text(encoding="utf-8"), path.name)


def _imported(code: str, name: str) -> set[Path]:
    """The files of our packages that a piece of code imports, with the packages they lie in."""
    names: set[str] = set()
    waiting: list[ast.AST] = [parse_code(code, name)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        # A statement stands in no expression, and of those there are many.
        for part in ("body", "orelse", "handlers", "finalbody", "cases"):
            waiting += getattr(node, part, [])
    found: set[Path] = set()
    for path in (Path(*imported.split(".")) for imported in names):
        for part in [path, *path.parents][:-1]:
            found |= {folder / part.with_suffix(".py") for folder in paths.SOURCES}
            found |= {folder / part / "__init__.py" for folder in paths.SOURCES}
    return {path for path in found if path.is_file()}


def parse_code(code: str, name: str = "code") -> ast.Module:
    """The syntax tree of a piece of code; runs are prepared in several threads at once.

    What is no Python is named with where it comes from (DataError).
    """
    try:
        with _PARSING:
            return ast.parse(code)
    except SyntaxError as error:
        line, before = (error.text or "").strip(), code.splitlines()[: error.lineno]
        cell = next((f", {text[2:]}" for text in reversed(before) if text.startswith(_CELL)), "")
        raise DataError(f"{name}{cell} cannot be read: {error.msg}, in the line {line!r}") from None


def find_misfits(
    declared: Declaration, given: dict[str, Any], limits: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """What keeps a notebook, or a model, from being run with these parameters.

    `limits`: of each parameter its ``minimum``, ``maximum``, ``above``, ``below`` or ``allowed``.

    >>> share = Declaration("share", defaults={"level": 0.9}, types={"level": float})
    >>> list(find_misfits(share, {"level": 95}, {"level": {"above": 0, "below": 1}}))
    ['level: found 95; allowed: above 0 and below 1']
    """
    values = declared.defaults | given
    yield from (f"{name}: no such parameter" for name in given if name not in declared.types)
    for name, kind in declared.types.items():
        if name not in values:
            yield f"{name}: not given, and the notebook has no default"
        elif not _fits(values[name], kind):
            found = f"{values[name]!r}, {type(values[name]).__name__}"
            yield f"{name}: found {found}; allowed: {kind.__name__}"
        else:
            usual = declared.defaults.get(name)
            if isinstance(usual, dict) and usual and (unknown := values[name].keys() - usual):
                found, allowed = ", ".join(map(str, sorted(unknown))), ", ".join(map(str, usual))
                yield f"{name}: found {found}; allowed: {allowed}"
            yield from _find_excess(name, values, limits.get(name, {}))


def _fits(value: Any, kind: type) -> bool:
    return type(value) in ((int, float) if kind is float else (kind,))


def _find_excess(name: str, values: dict[str, Any], limits: dict[str, Any]) -> Iterator[str]:
    """Where a parameter, or a value in it, is not within its limits."""
    value, bounds, words = values[name], [], []
    for limit, bound in limits.items():
        if limit == "allowed":
            words.append(", ".join(map(str, bound)))
            continue
        # The bound of one parameter may be another, which is refused by itself if it is no number.
        number = values.get(bound) if isinstance(bound, str) else bound
        if _fits(number, float):
            words.append(
                _LIMITS[limit][0].format(f"{number} ({bound})" if number != bound else bound)
            )
            bounds.append((_LIMITS[limit][1], number))
    parts = {name: value}
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value, start=1)
        parts = {f"{name}, {key}": part for key, part in pairs}
    for place, part in parts.items():
        kept = not bounds or (_fits(part, float) and all(keeps(part, n) for keeps, n in bounds))
        if not kept or part not in limits.get("allowed", [part]):
            yield f"{place}: found {part!r}; allowed: {' and '.join(words)}"


def read_value(text: str, kind: type) -> Any:
    """What a text says where a value of a type is wanted; as it stands if it says none.

    >>> read_value("5", str), read_value("[1, 2]", list), read_value("high", float)
    ('5', [1, 2], 'high')
    """
    if kind is str:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def slug(*values: Any) -> str:
    """Values as part of a file name; a long one is cut and closed with a digest of the whole.

    >>> slug("North", "Town Council", 0.5)
    'north-town-council-0.5'
    """
    whole = re.sub(r"[^a-z0-9.]+", "-", " ".join(map(str, values)).lower()).strip("-")
    if len(whole) <= _LONGEST_SLUG:
        return whole
    return f"{whole[:_LONGEST_SLUG]}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def name_given(given: dict[str, Any], defaults: dict[str, Any] | None = None) -> str:
    """Parameters and their values as part of a file name, and a digest: no two are called alike.

    Of a table, what is not as in the defaults.

    >>> name_given({"level": 0.5}), name_given({"level": -0.5})
    ('level-0.5-56b5d63f', 'level-0.5-b78917ce')
    >>> name_given({"weights": {"trust": 1, "money": 3}}, {"weights": {"trust": 1, "money": 1}})
    'weights.money-3-cdda313a'
    """
    tables = {name: value for name, value in (defaults or {}).items() if isinstance(value, dict)}
    usual = spread(tables)
    said = {name: value for name, value in spread(given).items() if usual.get(name) != value}
    words = [value for name, value in given.items() if name in KEYS]
    words += [f"{name} {said[name]}" for name in sorted(said.keys() - set(KEYS))]
    digest = hashlib.sha256(as_text(given).encode()).hexdigest()[:8]
    return "-".join(filter(None, [slug(*words), digest]))


def spread(given: dict[str, Any]) -> dict[str, Any]:
    """Parameters, a table as one for each of its keys.

    >>> spread({"seed": 1, "weights": {"trust": 1, "money": 2}})
    {'seed': 1, 'weights.trust': 1, 'weights.money': 2}
    """
    parts = {}
    for name, value in given.items():
        is_table = isinstance(value, dict) and value
        parts |= {f"{name}.{key}": one for key, one in value.items()} if is_table else {name: value}
    return parts


def gather(given: dict[str, Any], declared: Declaration) -> dict[str, Any]:
    """Parameters, with those of one key of a table put into that table: `spread` turned round.

    >>> tables = Declaration("t", defaults={"weights": {"trust": 1, "money": 1}},
    ...                      types={"weights": dict})
    >>> gather({"weights.money": 2, "sed": 3}, tables)
    {'weights': {'trust': 1, 'money': 2}, 'sed': 3}
    """
    whole: dict[str, Any] = {}
    for name, value in given.items():
        table, dot, key = name.partition(".")
        if dot and declared.types.get(table) is dict:
            before = whole.get(table, declared.defaults.get(table, {}))
            whole[table] = before | {key: value} if isinstance(before, dict) else before
        else:
            whole[name] = value
    return whole


def as_text(given: dict[str, Any]) -> str:
    """Parameters as one text, whatever the order they are named in.

    >>> as_text({"b": [1, 2], "a": "x"}) == as_text({"a": "x", "b": [1, 2]})
    True
    """
    return json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
