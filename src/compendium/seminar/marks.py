"""Marks for the exercises of a seminar.

`check` says whether an answer is right or not yet and, if not, which kind of slip it looks like; it
never says what is right, and nobody counts the tries. What is right, the study works out from its
raw data whenever it is asked. Its module ``seminar_keys`` holds ``KEYS``: for each session and task
a function that gives a `Key`; and ``OPEN``: tasks that are no matter of right and wrong, each an
`Open` or a `Sheet`. Whatever a student answers gets a mark, never a traceback; only a task that
there is not is an error.

An answer is brought to one form (`read_form`), and the forms that mean something are listed
(`list_forms`): a page marks by the same list, hashed. A hint belongs to single answers that a slip
leads to. None says how near an answer is, or which part of it is right: that would let a guesser
close in.
"""

import math
import re
import reprlib
from collections.abc import Callable, Collection
from inspect import signature
from itertools import product
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import FitError, SettingError, closest
from compendium.settings import need_package

VERDICTS = ["right", "not yet", "not answered yet", "defensible", "compared"]
ELSE = "that is not it; what is counted, and out of what?"
ELSE_ONE = "not that one; work it out for each and compare"
ELSE_SET = "not that set; take them one by one, and say of each why it belongs or does not"
SIGN, CUT = "look at the sign", "the last digit is cut off; round it"
_LONGEST = 60  # characters of an answer that are shown again
_LARGEST = 1e15  # whatever lies beyond is one form
_SHOWN = reprlib.Repr()
_SHOWN.maxstring = _SHOWN.maxother = _SHOWN.maxlong = _LONGEST


class Key(NamedTuple):
    """What is right in a task, and what a slip leads to."""

    right: Any  # a number, a tuple of numbers, a name, a set of names or of pairs of names
    slips: dict[str, list[Any]]  # hint: the answers it belongs to
    decimals: int = 0  # asked for
    among: list[str] | None = None  # the names that can be answers
    in_percent: bool = False  # whether 0.5 stands for "0.5 %"; else for "50 %"


class Mark(NamedTuple):
    """What is said of an answer: a verdict, and a hint that does not give the answer away."""

    verdict: str  # one of VERDICTS; of an open task defensible, compared
    hint: str = ""

    def __repr__(self) -> str:
        """As a notebook shows it."""
        return f"{self.verdict}: {self.hint}" if self.hint else self.verdict


class Open(NamedTuple):
    """A task in which a choice is defended: its mark, and what there is to choose."""

    mark: Callable[[Any], Mark]
    choices: Callable[[], dict[str, list[Any]]]


class Sheet(NamedTuple):
    """A task in which units are coded: its mark, the codes of each column, and those on file."""

    mark: Callable[[Any], Mark]
    allowed: dict[str, list[str]]
    coders: Callable[[Collection[str]], dict[str, pd.DataFrame]]  # of these units, by coder
    shown: Callable[[Collection[str]], pd.DataFrame]  # where units stand; ``label`` comes last


class Handout(NamedTuple):
    """A page to print for a session: a table, boxes or lines to write in, or cards."""

    title: str
    session: str
    cells: Callable[[], pd.DataFrame]
    form: str = "table"


def check(session: str, task: str, answer: Any, *about: Any) -> Mark:
    """Mark an answer to a task of a session, as in the notebook: ``"s1"``, ``"people"``.

    An answer is what the notebook asks for: a number (a `Fraction`, ``"1/4"`` or ``"25 %"`` will
    do), a name, a set of names or of pairs, two numbers. None, or anything with a None in it, is
    not answered yet. `about`: a site, one's own codes, where a task can be done for several. A
    SettingError if there is no such session or task, or it is not said what the answer is about.
    """
    known = find_task(session, task)
    try:
        if _is_blank(answer) or _is_blank(about):
            return Mark("not answered yet")
        if isinstance(known, Open | Sheet):
            return known.mark(answer)
        wanted = signature(known).parameters
        if len(about) != len(wanted):
            asked = ", ".join(wanted) or "nothing"
            raise SettingError(f"found {len(about)} things that it is about; allowed: {asked}")
        return _mark(answer, known(*about))
    except FitError as error:
        return Mark("not yet", f"it cannot be worked out: {error}")
    except _NotUnderstoodError as error:
        return Mark("not yet", str(error))
    except RecursionError:
        return Mark("not yet", "that holds itself; an answer of its own is asked for")


def find_task(session: str, task: str) -> Any:
    """A task of the study's seminar: what makes its key, an `Open` or a `Sheet`."""
    module = need_package("seminar_keys")
    of_session = {s: module.KEYS.get(s, {}) | module.OPEN.get(s, {}) for s in sorted(module.KEYS)}
    known = of_session.get(str(session), {}).get(str(task))
    if known is None:
        tasks = "; ".join(f"{name}: {', '.join(names)}" for name, names in of_session.items())
        raise SettingError(f"found task {task!r} of session {session!r}; allowed: {tasks}")
    return known


class _NotUnderstoodError(SettingError):
    """What a student gave is none of what is allowed."""


def _is_blank(answer: Any) -> bool:
    if isinstance(answer, pd.DataFrame | pd.Series):
        return bool(answer.isna().to_numpy().any())
    if isinstance(answer, list | tuple | set | frozenset):
        return any(map(_is_blank, answer))
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _mark(answer: Any, key: Key) -> Mark:
    """Right; not yet, with the hint of the slip it looks like; or not yet, and look again.

    >>> _mark("1/4", Key(0.25, {"that is the other part": [0.75]}, decimals=2))
    right
    >>> _mark("75 %", Key(0.25, {"that is the other part": [0.75]}, decimals=2))
    not yet: that is the other part
    """
    hint = list_forms(key).get(read_form(answer, key))
    hint = end_hint(key) if hint is None else hint
    return Mark("not yet", hint) if hint else Mark("right")


def end_hint(key: Key) -> str:
    """What is said of an answer that no known slip leads to."""
    digits = f" ({key.decimals} decimals are asked for)" if key.decimals else ""
    return {str: ELSE_ONE, set: ELSE_SET}.get(type(key.right), ELSE + digits)


def list_forms(key: Key) -> dict[str, str]:
    """The forms of answers of which something is known: blank for the right ones, else the hint.

    >>> list_forms(Key(2, {"one too few": [1]}))
    {'2': '', '1': 'one too few', '-2': 'look at the sign'}
    """
    listed = [("", key.right), *((hint, one) for hint, of in key.slips.items() for one in of)]
    if isinstance(key.right, str | set):
        sets = [(hint, {one} if isinstance(one, str) else one) for hint, one in listed]
        forms = [(hint, _join(set(map(_as_tuple, names)))) for hint, names in sets]
    else:
        right = _as_tuple(key.right)
        listed.append((SIGN, tuple(-number for number in right)))
        forms = [
            (hint, ";".join(form))
            for hint, numbers in listed
            for form in product(*(_near_forms(float(n), key.decimals) for n in _as_tuple(numbers)))
        ]
        if key.decimals and len(right) == 1:
            unit = 10**key.decimals
            forms.append((CUT, _form(math.trunc(right[0] * unit) / unit, key.decimals)))
    known: dict[str, str] = {}
    for hint, form in forms:
        known.setdefault(form, hint)
    return known


def _near_forms(number: float, decimals: int) -> list[str]:
    """The forms of all numbers that agree to within half a unit of the last decimal."""
    fine = 10 if decimals else 1
    middle, unit = number * 10**decimals, 0.5 + 1e-9
    ends = math.ceil((middle - unit) * fine - 1e-9), math.floor((middle + unit) * fine + 1e-9)
    return [str(place) for place in range(ends[0], ends[1] + 1)] or [_form(number, decimals)]


def _form(number: float, decimals: int) -> str:
    """A number in units of the decimal asked for or, if any is, of the one after it."""
    scaled = number * 10 ** (decimals + (decimals > 0))
    return str(math.floor(scaled + 0.5)) if abs(scaled) < _LARGEST else "beyond"


def read_form(answer: Any, key: Key) -> str:
    """The form of an answer, as `list_forms` has it; a _NotUnderstoodError if it is none."""
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    if isinstance(key.right, set | str):
        return _read_names(answer, key)
    wanted = _as_tuple(key.right)
    for _ in range(3):  # an array of one is that one
        if isinstance(answer, Collection) and not isinstance(answer, str | bytes | dict):
            answer = next(iter(answer)) if len(answer) == 1 else answer
    given = answer if isinstance(answer, tuple | list) else (answer,)
    found = [read_number(one, in_percent=key.in_percent) for one in given]
    if None in found or len(found) != len(wanted):
        asked = f"{len(wanted)} numbers are" if len(wanted) > 1 else "a number is"
        raise _NotUnderstoodError(f"{asked} asked for; found {_show(answer)}")
    return ";".join(_form(number, key.decimals) for number in found)


def _as_tuple(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)


def read_number(answer: Any, *, in_percent: bool = False) -> float | None:
    """The number an answer stands for: 0.25, "0,25", "1/4", "25 %" and Fraction(1, 4) are one.

    A comma before groups of three digits parts thousands, unless a 0 stands before it. Where per
    cent is asked for, "25 %" is 25.

    >>> read_number("1/4"), read_number("25 %"), read_number("a quarter")
    (0.25, 0.25, None)
    >>> read_number("0,46"), read_number("\N{POUND SIGN}1,843"), read_number("1 843.4")
    (0.46, 1843.0, 1843.4)
    """
    if isinstance(answer, bool | bytes):
        return None
    share, parts = 1, [answer]
    if isinstance(answer, str):
        text = re.sub(r"[\N{MINUS SIGN}\N{EN DASH}]", "-", answer.strip(" \t\n'\"").lower())
        bare = re.sub(r"\s*(%|per ?cent)$", "", text)
        share = 100 if bare != text and not in_percent else 1
        parts = [_read_plainly(part) for part in bare.split("/", 1)]
    try:
        number = float(parts[0]) / math.prod(map(float, parts[1:])) / share
    except OverflowError:
        return math.inf
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return None if math.isnan(number) else number


_PARTS = re.compile(r"\s*([+-]?)\s*[\N{POUND SIGN}$\N{EURO SIGN}]?\s*(.*?)\s*", re.DOTALL)
_PLAIN = re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d{1,9})?", re.ASCII)


def _read_plainly(text: str) -> str | None:
    """A number as Python writes it, of one with a currency, thousands, or a decimal comma."""
    sign, text = _PARTS.fullmatch(text).groups()
    text = re.sub(r"(?<=\d)\s(?=\d{3}(?!\d))", "", text)
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+,\d+", text):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d*,\d+", text):
        text = text.replace(",", ".")
    return sign + text if _PLAIN.fullmatch(text) else None


def _show(answer: Any) -> str:
    """An answer, cut where it gets long."""
    try:
        words = _SHOWN.repr(answer)
    except ValueError:  # an integer of more digits than Python writes
        words = "a very long number"
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


def as_list(answer: Any) -> list[Any]:
    """Each of several answers, of whatever kind of collection; one alone as a list of one.

    >>> as_list((158, 164)), as_list("158")
    ([158, 164], ['158'])
    """
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    is_one = isinstance(answer, str | bytes | dict) or not isinstance(answer, Collection)
    return [answer] if is_one else list(answer)


def find_name(name: Any, among: list[str]) -> str:
    """The name that is meant, whatever its case; an error with the closest if there is none.

    >>> find_name(" synergy", ["Synergy", "Breakdown"])
    'Synergy'
    """
    (meant,) = _find_names([name], among)
    return meant


def fold(name: str) -> str:
    """A name without what writers differ in: case, blanks, strokes and quotation marks.

    >>> fold(" 'Local Structures'")
    'local-structures'
    """
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


def _find_names(names: list[Any], among: list[str]) -> list[str]:
    known = {fold(name): name for name in among}
    said = [name if isinstance(name, str) else _show(name) for name in names]
    if wrong := sorted({name for name in said if fold(name) not in known}):
        parts = [f"{_show(name)} (the closest: {closest(name, among)})" for name in wrong]
        raise _NotUnderstoodError(f"there is no {', '.join(parts)}")
    return [known[fold(name)] for name in said]


def _read_names(answer: Any, key: Key) -> str:
    """A name, or a set of names or of pairs of names."""
    if not isinstance(answer, Collection) or isinstance(answer, dict | pd.DataFrame | bytes):
        asked = "a name is" if isinstance(key.right, str) else "names are"
        raise _NotUnderstoodError(f"{asked} asked for")
    among = key.among or []
    if isinstance(answer, str) and fold(answer) not in map(fold, among):
        answer = [one for one in re.split(r"[,;]|\band\b", answer) if fold(one)] or [answer]
    told = [_as_tuple(tuple(one) if isinstance(one, list) else one) for one in as_list(answer)]
    meant = iter(_find_names([name for one in told for name in one], among))
    return _join({tuple(next(meant) for _ in one) for one in told})


def _join(names: set[tuple[str, ...]]) -> str:
    """Names, or arrows between them, as one text: ``b>a;c``."""
    return ";".join(sorted(">".join(map(fold, one)) for one in names))


def compare_codes(codes: pd.DataFrame, ours: pd.DataFrame) -> Mark:
    """How far a student's codes agree with ours, which is no measure of who is right."""
    said = [f"{column} {int((codes[column] == ours[column]).sum())}" for column in ours]
    return Mark("compared", f"alike of {len(codes)}: {', '.join(said)}; agreement is not truth")


def check_codes(codes: Any, allowed: dict[str, list[str]], units: Collection[str]) -> pd.DataFrame:
    """A student's codes, one row a unit; an error that names every code that is none."""
    if not isinstance(codes, pd.DataFrame) or set(allowed) - set(codes):
        raise _NotUnderstoodError(f"a table with the columns {', '.join(allowed)} is asked for")
    wrong = [f"found the row {_show(unit)}" for unit in codes.index if unit not in units]
    wrong += [
        f"{column} of {unit}: found {_show(code)}; allowed: {', '.join(those)}"
        for column, those in allowed.items()
        for unit, code in codes[column].items()
        if code not in those
    ]
    if wrong:
        raise _NotUnderstoodError("; ".join(wrong))
    return codes
