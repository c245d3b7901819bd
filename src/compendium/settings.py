"""What a study declares of itself: `study.toml` at its root.

The instrument knows no study. Which factors its balance weighs, and in which order; what else is
said of its sites; how many statements make a case; what a parameter may be; and which package of
its own, if any, brings rules, counts and figures: all of it stands in one file that a reader can
open. A study without the file has none of these, and its audit runs all the same.
"""

import importlib
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from compendium import paths
from compendium.errors import DataError, refuse

FILE = paths.MANIFEST


@dataclass(frozen=True)
class Study:
    """What `study.toml` says. Every part may be left out."""

    title: str = "A study"
    package: str = ""  # its own, in src/; "" if it has none
    # Name of a factor -> the label of its box, in order; and its code in evidence.csv of a coder.
    factors: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    # What some structures ask for (culture, resources) -> the factor that it is.
    roles: dict[str, str] = field(default_factory=dict)
    # Site or partnership -> the groups of sites that speak of it too.
    groups: dict[str, list[str]] = field(default_factory=dict)
    # Source, or state of a case -> how it is said where there is little room.
    sources: dict[str, str] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    # Word of the study -> what it means to somebody who has not read the works.
    glossary: dict[str, str] = field(default_factory=dict)
    # What was found, for a reader in a hurry: says (with {notebook:name} for each number, of
    # answers.csv), figure (a name) and notebook (its number).
    findings: list[dict[str, str]] = field(default_factory=list)
    # Trait of a case -> the printed table that says it: table, key (the column that names its
    # rows), case (the column of coding/cases that names one of them), column (what it prints),
    # values (what is printed: the number it stands for) and, if need be, where (column: value).
    traits: dict[str, dict[str, Any]] = field(default_factory=dict)
    # The source whose lines the coding names; the first of sources.csv if none is declared.
    coded: str = ""
    # The folder of coding/ whose reading the headline takes; the first by name if none is declared.
    coder: str = ""
    # Part of the text that is coded -> the line it begins on, in order.
    parts: dict[str, int] = field(default_factory=dict)
    decimal_mark: str = "."  # of the printed numbers
    # What a case without a figure needs to be weighed: statements, and factors they speak of.
    statements: int = 1
    spread: int = 1
    # Codes whose name holds the direction: rows of them bear out no claim by themselves.
    one_way: list[str] = field(default_factory=list)
    # What a site column may say that is no site.
    no_site: list[str] = field(default_factory=lambda: ["all"])
    # Parameter of a notebook -> its minimum, maximum, above, below (each a number, or the name of a
    # parameter that is one) or allowed values. Of a list or a table: what each value in it may be.
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)


def _is_text(said: Any) -> bool:
    return isinstance(said, str) and said != ""


def _is_table(said: Any, texts: set[str], more: set[str] = frozenset()) -> bool:
    keys = {*said} if isinstance(said, dict) else set()
    return keys == texts | more and all(_is_text(said[name]) for name in texts)


# Tables that hold no other keys than these; a star in a place is any name or number.
_KEYS = {
    **dict.fromkeys(["title", "package", "coded", "coder", "decimal_mark"], str),
    **dict.fromkeys(["findings", "factors", "no_site", "one_way"], list),
    **dict.fromkeys(["parts", "sources", "states", "glossary", "roles", "groups"], dict),
    **dict.fromkeys(["traits", "case", "parameters"], dict),
}
_LIMITS = ["above", "below", "maximum", "minimum"]
_CLOSED = {"": _KEYS, "case": ["factors", "statements"], "parameters *": [*_LIMITS, "allowed"]}
# What a value must be, and how that is said.
_FACTOR, _FINDING = {"name", "label", "code"}, {"says", "figure", "notebook"}
_TRAIT = {"table", "key", "case", "column"}
_VALUES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "decimal_mark": (lambda said: said in (".", ","), "'.' or ','"),
    "package": (
        lambda said: not said or any((folder / said).is_dir() for folder in paths.SOURCES),
        "a folder of src/",
    ),
    "factors *": (lambda said: _is_table(said, _FACTOR), "name, label and code, as text"),
    "findings *": (lambda said: _is_table(said, _FINDING), "says, figure and notebook, as text"),
    "traits *": (
        lambda said: any(_is_table(said, _TRAIT, {"values", *more}) for more in ([], ["where"])),
        "table, key, case and column as text; values; perhaps where",
    ),
    **dict.fromkeys(["sources *", "states *", "glossary *"], (_is_text, "text")),
    "parts *": (lambda said: type(said) is int, "the line it begins on"),
    "groups *": (
        lambda said: isinstance(said, list) and all(map(_is_text, said)),
        "a list of names",
    ),
    "case *": (lambda said: type(said) is int and said > 0, "a whole number of 1 or more"),
    "parameters * allowed": (lambda said: isinstance(said, list), "a list"),
    **dict.fromkeys(
        [f"parameters * {limit}" for limit in _LIMITS],
        (lambda said: type(said) in (int, float, str), "a number, or a parameter's name"),
    ),
}


def read_study() -> Study:
    """What the study at work declares.

    Raises
    ------
    DataError
        If the file is no TOML, or a key of it is unknown or says what it may not: all at once.

    Examples
    --------
    >>> list(read_study().codes.values())[:2]
    ['F1', 'F2']
    """
    return _read(paths.STUDY / FILE)


@paths.once_a_state
def _read(path: Path) -> Study:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8") if path.is_file() else "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{FILE}: {error}; allowed: TOML, in UTF-8") from None
    refuse("the study cannot be read", _check(said))
    factors = said.pop("factors", [])
    case = said.pop("case", {})
    return Study(
        **said,
        factors={factor["name"]: factor["label"] for factor in factors},
        codes={factor["name"]: factor["code"] for factor in factors},
        statements=case.get("statements", 1),
        spread=case.get("factors", 1),
    )


def _check(said: dict[str, Any]) -> Iterator[str]:
    for path, keys in _CLOSED.items():
        for where, table in _walk(said, path.split()):
            for key in sorted(table.keys() - keys) if isinstance(table, dict) else [table]:
                yield f"{where}: found {key!r}; allowed: {', '.join(keys)}"
    for key, kind in _KEYS.items():
        if not isinstance(said.get(key, kind()), kind):
            allowed = "text" if kind is str else f"a {kind.__name__}"
            yield f"{FILE}, {key}: found {said.pop(key)!r}; allowed: {allowed}"
    for path, (fits, allowed) in _VALUES.items():
        for where, value in _walk(said, path.split()):
            if not fits(value):
                yield f"{where}: found {value!r}; allowed: {allowed}"
    for key in ("name", "code"):
        counts = Counter(str(name) for _, name in _walk(said, ["factors", "*", key]))
        for name in [name for name, n in counts.items() if n > 1]:
            yield f"{FILE}, factors: found {counts[name]} of the {key} {name!r}; allowed: one"
    names = [name for _, name in _walk(said, ["factors", "*", "name"])]
    for where, name in _walk(said, ["roles", "*"]):
        if name not in names:
            allowed = ", ".join(map(str, names)) or "a factor, and none is declared"
            yield f"{where}: found {name!r}; allowed: {allowed}"


def _walk(said: Any, path: list[str], where: str = FILE) -> Iterator[tuple[str, Any]]:
    """Each place that a path leads to, and what is said there."""
    if not path:
        yield where, said
    elif isinstance(said, dict | list):
        pairs = said.items() if isinstance(said, dict) else enumerate(said, start=1)
        for name, value in pairs:
            if path[0] in ("*", name):
                yield from _walk(value, path[1:], f"{where}, {name}")


def load_package(part: str = "") -> ModuleType | None:
    """The study's own package, or one module of it (DataError); None if the study has none.

    >>> load_package().__name__ == read_study().package
    True
    """
    package = read_study().package
    if not package:
        return None
    # The project's own packages are installed; those of another study lie in its folder.
    if str(paths.STUDY / "src") not in sys.path:
        sys.path.append(str(paths.STUDY / "src"))
    name = f"{package}.{part}" if part else package
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise DataError(f"{FILE}, package: found no {name}; allowed: one that has it") from None


def need_package(part: str) -> ModuleType:
    """A module of the study's own package, for what cannot be done without it (DataError)."""
    module = load_package(part)
    if module is None:
        raise DataError(f"{FILE}, package: found none; allowed: one with a module {part}")
    return module
