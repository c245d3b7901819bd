"""Wrong values: how a transcriber could have got a printed value wrong.

A check that never fails shows nothing, so each printed value is made wrong on purpose and the
checks are asked whether they notice (see `perturbation`). Each wrong value is a plausible one: the
smallest slip of a digit, a sign that the schema would let stand, what stands beside it in the
column, or its row left out.
"""

import random
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import DataError, SettingError
from compendium.quantities import NUMBERS, TEXTS, Quantity, parse

KINDS = ["digit", "sign", "label", "dropped row"]
# Units whose texts are changed whole: "half" does not become another fraction by one letter.
WHOLE = TEXTS | {"words", "shape"}
ORDINAL = re.compile(r"(st|nd|rd|th)$")


class Mutation(NamedTuple):
    """One wrong value, in the table and in ``published.csv`` alike."""

    value_id: str
    kind: str
    was: str
    became: str  # "" for a dropped row
    file: str
    row: int  # 1 is the header
    column: str
    is_allowed: bool  # by the schema of its table


def list_mutations(cells: pd.DataFrame, package: dict[str, Any]) -> list[Mutation]:
    """Every mutation of every printed cell, in the order of the cells.

    Parameters
    ----------
    cells : DataFrame
        As `raw.cells` returns.
    package : dict
        As `raw.read_descriptor` returns.

    Returns
    -------
    list of Mutation
        For each cell a ``digit`` (numbers, in figures or words) or a ``label`` (all other texts);
        a ``sign``, where the schema speaks of a minus or the value has one; a ``dropped row``,
        which takes every other value of its row along.
    """
    fields = {
        (resource["path"], field["name"]): field
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    }
    columns = {
        key: list(dict.fromkeys(column.text))
        for key, column in cells.groupby(["file", "column", "unit"])
    }
    found = []
    for cell in cells.itertuples():
        field = fields[cell.file, cell.column]
        column = columns[cell.file, cell.column, cell.unit]
        for kind, became in _changes(cell.text, cell.unit, field, column):
            is_allowed = kind == "dropped row" or allows(field, became)
            place = (cell.file, cell.row, cell.column)
            found.append(Mutation(cell.value_id, kind, cell.text, became, *place, is_allowed))
    return found


def draw(mutations: list[Mutation], sample: int | None, seed: int) -> list[Mutation]:
    """So many of the mutations, always the same for a seed, in their order; all for None.

    Raises
    ------
    SettingError
        If the sample is not a number from 1 to the number of mutations.
    """
    if sample is None:
        return mutations
    if not 1 <= sample <= len(mutations):
        raise SettingError(f"sample: found {sample}; allowed: 1 to {len(mutations)} mutations")
    drawn = random.Random(seed).sample(range(len(mutations)), sample)
    return [mutations[place] for place in sorted(drawn)]


def allows(field: dict[str, Any], text: str) -> bool:
    """Whether a field's schema lets a text stand; what Frictionless asks, for one cell in memory.

    >>> allows({"type": "integer", "constraints": {"minimum": 0}}, "-3")
    False
    """
    rules = field.get("constraints", {})
    if field["type"] == "integer":
        if not re.fullmatch(r"[+-]?\d+", text):
            return False
        if not rules.get("minimum", int(text)) <= int(text) <= rules.get("maximum", int(text)):
            return False
    # Frictionless puts the ends round the pattern as it stands.
    fits = re.match(f"^{rules.get('pattern', '.*')}$", text, re.DOTALL) is not None
    return fits and text in [str(value) for value in rules.get("enum", [text])]


def _changes(
    text: str, unit: str, field: dict[str, Any], column: list[str]
) -> list[tuple[str, str]]:
    """Kind and new text of each change to a cell."""
    rules = field.get("constraints", {})
    listed = [str(value) for value in rules.get("enum", [])]
    named = unit in WHOLE or listed
    number = None if named else change_number(text, lambda new: allows(field, new))
    label = next_label(text, unit, list(dict.fromkeys([*column, *listed])))
    changes = [("digit", number) if number else ("label", label)]
    negative = change_sign(text)
    if negative and unit not in WHOLE and (text[0] == "-" or _speaks_of_minus(field, negative)):
        changes.append(("sign", negative))
    return [*changes, ("dropped row", "")]


def change_number(text: str, is_allowed: Callable[[str], bool] = bool) -> str | None:
    """The number with its last digit one off: the smallest slip, and the hardest to see.

    Parameters
    ----------
    is_allowed
        What may stand: of all other digits, the nearest to the last digit that may; then of the
        digits before it. If none may, the first of them all the same.

    Returns
    -------
    str or None
        None for a text without a number. A number in words becomes the next one of its kind.

    Examples
    --------
    >>> change_number("0.40"), change_number("1,399"), change_number("at least three")
    ('0.41', '1,398', 'at least four')
    >>> change_number("third"), change_number("several hundred")
    ('fourth', None)
    """
    wrong = [
        f"{text[:place]}{digit}{text[place + 1 :]}"
        for place in reversed(range(len(text)))
        if text[place].isascii() and text[place].isdigit()
        for digit in _other_digits(int(text[place]))
    ]
    wrong = wrong or _other_words(text)
    return next((new for new in wrong if is_allowed(new)), wrong[0] if wrong else None)


def _other_digits(digit: int) -> list[int]:
    """The nine other digits, the nearest first, of two as near the larger."""
    return sorted(set(range(10)) - {digit}, key=lambda other: (abs(other - digit), -other))


def _other_words(text: str) -> list[str]:
    """The text with its last number word another, if it has one: the nearest of its kind."""
    words = [match for match in re.finditer(r"[A-Za-z]+", text) if match[0].lower() in NUMBERS]
    if not words:
        return []
    word, number = words[-1], NUMBERS[words[-1][0].lower()]
    kind = [
        other
        for other, value in NUMBERS.items()
        if value != number and bool(ORDINAL.search(other)) == bool(ORDINAL.search(word[0].lower()))
    ]
    kind.sort(key=lambda other: (abs(NUMBERS[other] - number), -NUMBERS[other]))
    return [text[: word.start()] + other + text[word.end() :] for other in kind]


def change_sign(text: str) -> str | None:
    """The number with the other sign; None where there is no number other than 0 to turn.

    >>> change_sign("0.97"), change_sign("-1"), change_sign("0"), change_sign("three")
    ('-0.97', '1', None, None)
    """
    if not re.fullmatch(r"-?[\d.,]*[1-9][\d.,]*", text):
        return None
    return text[1:] if text[0] == "-" else f"-{text}"


def _speaks_of_minus(field: dict[str, Any], negative: str) -> bool:
    """Whether the schema names what may stand and a minus is among it."""
    rules = field.get("constraints", {})
    return allows(field, negative) and ("pattern" in rules or "enum" in rules)


def next_label(text: str, unit: str, column: list[str]) -> str:
    """What stands next in the column and says something else; if all say the same, another text.

    >>> next_label("Rural", "label", ["Mixed", "Rural"]), next_label("yes", "label", ["yes"])
    ('Mixed', 'yes (changed)')
    >>> next_label("one-third", "words", ["one-third", "a third", "half"])
    'half'
    """
    place = column.index(text)
    for other in column[place + 1 :] + column[:place]:
        if _meaning(other, unit) != _meaning(text, unit):
            return other
    return f"{text} (changed)"


def _meaning(text: str, unit: str) -> Quantity | str:
    """The number behind a fraction in words, where it can be read; otherwise the text."""
    try:
        return parse(text, unit) if unit == "words" else text
    except DataError:
        return text
