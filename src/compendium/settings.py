"""What a study declares of itself: `study.toml` at its root.

The instrument knows no study. Which factors its balance weighs, and in which order; what else is
said of its sites; how many statements make a case; what a parameter may be; and which package of
its own, if any, brings rules, counts and figures: all of it stands in one file that a reader can
open. A study without the file has none of these, and its audit runs all the same.
"""

import importlib
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

from compendium import paths
from compendium.errors import DataError

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


# Each key with its type; those of tables with what their values are.
_KEYS = {"title": str, "package": str, "coded": str, "coder": str, "parts": dict,
         "decimal_mark": str, "sources": dict, "states": dict, "glossary": dict, "findings": list,
         "factors": list, "roles": dict, "groups": dict, "no_site": list, "one_way": list,
         "traits": dict, "case": dict, "parameters": dict}  # fmt: skip
_CASE = {"statements", "factors"}
_FACTOR = {"name", "label", "code"}
_FINDING = {"says", "figure", "notebook"}
_TRAIT = {"table", "key", "case", "column"}
_LIMITS = {"minimum", "maximum", "above", "below", "allowed"}


def read_study() -> Study:
    """What the study at work declares.

    Raises
    ------
    DataError
        If the file is no TOML, or a key of it is unknown or says what it may not: all of it at
        once, each with what was found and what is allowed.

    Examples
    --------
    >>> list(read_study().codes.values())[:2]
    ['F1', 'F2']
    """
    path = paths.STUDY / FILE
    return _read(path.read_text(encoding="utf-8") if path.is_file() else "")


@cache
def _read(text: str) -> Study:
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{FILE}: {error}; allowed: TOML") from None
    problems = list(_check(said))
    if problems:
        raise DataError("the study cannot be read:\n  " + "\n  ".join(problems))
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
    for key in sorted(said.keys() - _KEYS.keys()):
        yield f"{FILE}: found the key {key!r}; allowed: {', '.join(_KEYS)}"
    wrong = {key for key, kind in _KEYS.items() if not isinstance(said.get(key, kind()), kind)}
    for key in sorted(wrong):
        found, kind = said.pop(key), _KEYS[key].__name__
        yield f"{FILE}, {key}: found {found!r}; allowed: {'text' if kind == 'str' else 'a ' + kind}"
    yield from _check_factors(said.get("factors", []))
    names = [f.get("name") for f in said.get("factors", []) if isinstance(f, dict)]
    for role, name in said.get("roles", {}).items():
        if name not in names:
            allowed = ", ".join(map(str, names)) or "a factor, and none is declared"
            yield f"{FILE}, roles, {role}: found {name!r}; allowed: {allowed}"
    yield from _check_words(said)
    if said.get("decimal_mark", ".") not in (".", ","):
        yield f"{FILE}, decimal_mark: found {said['decimal_mark']!r}; allowed: '.' or ','"
    for site, groups in said.get("groups", {}).items():
        if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
            yield f"{FILE}, groups, {site}: found {groups!r}; allowed: a list of names"
    yield from _check_traits(said.get("traits", {}))
    for key, number in said.get("case", {}).items():
        if key not in _CASE:
            yield f"{FILE}, case: found the key {key!r}; allowed: {', '.join(sorted(_CASE))}"
        elif not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield f"{FILE}, case, {key}: found {number!r}; allowed: a whole number of 1 or more"
    yield from _check_limits(said.get("parameters", {}))
    package = said.get("package", "")
    if package and not any((folder / package).is_dir() for folder in paths.SOURCES):
        yield f"{FILE}, package: found {package!r}; allowed: a folder of src/"


def _check_limits(parameters: dict[str, Any]) -> Iterator[str]:
    for name, limits in parameters.items():
        strange = sorted(limits.keys() - _LIMITS) if isinstance(limits, dict) else [limits]
        if strange:
            allowed = ", ".join(sorted(_LIMITS))
            yield f"{FILE}, parameters, {name}: found {strange[0]!r}; allowed: {allowed}"
            continue
        for limit, value in limits.items():
            fits = list if limit == "allowed" else (int, float, str)
            if isinstance(value, bool) or not isinstance(value, fits):
                allowed = "a list" if limit == "allowed" else "a number, or a parameter's name"
                yield f"{FILE}, parameters, {name}, {limit}: found {value!r}; allowed: {allowed}"


def _check_factors(factors: list[Any]) -> Iterator[str]:
    for key in ("name", "code"):
        first: dict[Any, int] = {}
        for place, factor in enumerate(factors, start=1):
            said = factor.get(key) if isinstance(factor, dict) else None
            if said is not None and first.setdefault(said, place) != place:
                yield (
                    f"{FILE}, factor {place}, {key}: found {said!r}; "
                    f"allowed: one factor of that {key}; factor {first[said]} is it already"
                )
    for place, factor in enumerate(factors, start=1):
        keys = set(factor) if isinstance(factor, dict) else set()
        if keys != _FACTOR or not all(isinstance(said, str) and said for said in factor.values()):
            allowed = "name, label and code, as text"
            yield f"{FILE}, factor {place}: found {factor!r}; allowed: {allowed}"


def _check_words(said: dict[str, Any]) -> Iterator[str]:
    for table in ("sources", "states", "glossary"):
        for name, words in said.get(table, {}).items():
            if not isinstance(words, str) or not words:
                yield f"{FILE}, {table}, {name}: found {words!r}; allowed: text"
    for place, finding in enumerate(said.get("findings", []), start=1):
        if not isinstance(finding, dict) or set(finding) != _FINDING:
            yield f"{FILE}, findings, {place}: found {finding!r}; allowed: {sorted(_FINDING)}"
    for part, line in said.get("parts", {}).items():
        if not isinstance(line, int) or isinstance(line, bool):
            yield f"{FILE}, parts, {part}: found {line!r}; allowed: the line it begins on"


def _check_traits(traits: dict[str, Any]) -> Iterator[str]:
    for name, trait in traits.items():
        whole = isinstance(trait, dict) and {*trait} - {"where"} == {*_TRAIT, "values"}
        if not whole or not all(isinstance(trait[key], str) for key in _TRAIT):
            allowed = "table, key, case and column as text; values; perhaps where"
            yield f"{FILE}, traits, {name}: found {trait!r}; allowed: {allowed}"


def load_package(part: str = "") -> ModuleType | None:
    """The study's own package, or one module of it; None if the study has no package.

    Raises
    ------
    DataError
        If the package has no such module.

    Examples
    --------
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
    """A module of the study's own package, for what cannot be done without it.

    Raises
    ------
    DataError
        If the study has no package, or the package no such module.
    """
    module = load_package(part)
    if module is None:
        raise DataError(f"{FILE}, package: found none; allowed: one with a module {part}")
    return module
