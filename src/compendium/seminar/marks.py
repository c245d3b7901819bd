"""Marks for the exercises of a seminar.

`check` says whether an answer is right or not yet and, if not, which kind of slip it looks like; it
never says what is right, and nobody counts the tries. What is right, the study works out from its
raw data whenever it is asked. Its module ``seminar_keys`` holds ``KEYS``: for each session and task
a function that gives a `Key`; and ``OPEN``: tasks that are no matter of right and wrong, each a
function from an answer to its `Mark`. Whatever a student answers gets a mark, never a traceback;
only a task that there is not is an error.
"""

import inspect
import math
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import FitError, SettingError
from compendium.settings import need_package

ELSE = "that is not it; what is counted, and out of what?"
LONGEST = 60  # characters of an answer that are shown again


class Key(NamedTuple):
    """What is right in a task, and what a slip leads to."""

    right: Any  # a number, a tuple of numbers, a name, a set of names or of pairs of names
    slips: dict[str, list[Any]]  # hint: the answers it belongs to
    decimals: int = 0  # asked for
    among: list[str] | None = None  # the names that can be answers
    in_percent: bool = False  # whether 0.5 stands for "0.5 %"; else for "50 %"


class Mark(NamedTuple):
    """What is said of an answer: a verdict, and a hint that does not give the answer away."""

    verdict: str  # right, not yet, not answered yet; of an open task defensible, compared
    hint: str = ""

    def __repr__(self) -> str:
        """As a notebook shows it."""
        return f"{self.verdict}: {self.hint}" if self.hint else self.verdict


def check(session: str, task: str, answer: Any, *about: Any) -> Mark:
    """Mark an answer.

    Parameters
    ----------
    session, task : str
        As in the notebook: ``"s1"``, ``"people"``.
    answer
        What the notebook asks for: a number (a `Fraction`, or ``"1/4"``, will do), a name, a set of
        names or of pairs, two numbers. None, or anything with a None in it, is not answered yet.
    about
        What the answer is about, where a task can be done for several: a site, one's own codes.

    Raises
    ------
    SettingError
        If there is no such session or task, or it is not said what the answer is about.
    """
    module = need_package("seminar_keys")
    of_session = {s: module.KEYS.get(s, {}) | module.OPEN.get(s, {}) for s in sorted(module.KEYS)}
    known = of_session.get(str(session), {}).get(str(task))
    if known is None:
        tasks = "; ".join(f"{name}: {', '.join(names)}" for name, names in of_session.items())
        raise SettingError(f"found task {task!r} of session {session!r}; allowed: {tasks}")
    if _is_blank(answer) or _is_blank(about):
        return Mark("not answered yet")
    try:
        if task in module.OPEN.get(session, ()):
            return known(answer)
        _check_about(known, about)
        return _mark(answer, known(*about))
    except FitError as error:
        return Mark("not yet", f"it cannot be worked out: {error}")
    except _NotUnderstoodError as error:
        return Mark("not yet", str(error))


class _NotUnderstoodError(SettingError):
    """What a student gave is none of what is allowed."""


def _check_about(known: Any, about: tuple[Any, ...]) -> None:
    wanted = list(inspect.signature(known).parameters)
    if len(about) != len(wanted):
        asked = ", ".join(wanted) or "nothing"
        raise SettingError(f"found {len(about)} things that it is about; allowed: {asked}")


def _is_blank(answer: Any) -> bool:
    if isinstance(answer, pd.DataFrame | pd.Series):
        return bool(answer.isna().to_numpy().any())
    if isinstance(answer, list | tuple | set | frozenset):
        return any(_is_blank(one) for one in answer)
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _mark(answer: Any, key: Key) -> Mark:
    """Right; not yet, with the hint of the slip it looks like; or not yet, with what is near.

    >>> _mark("1/4", Key(0.25, {"that is the other part": [0.75]}, decimals=2))
    right
    >>> _mark("75 %", Key(0.25, {"that is the other part": [0.75]}, decimals=2))
    not yet: that is the other part
    """
    answer = answer.tolist() if hasattr(answer, "tolist") else answer
    if isinstance(key.right, set | str):
        return _mark_names(answer, key)
    wanted = _as_tuple(key.right)
    given = answer if isinstance(answer, tuple | list) else (answer,)
    found = [read_number(one, in_percent=key.in_percent) for one in given]
    if None in found or len(found) != len(wanted):
        asked = f"{len(wanted)} numbers are" if len(wanted) > 1 else "a number is"
        return Mark("not yet", f"{asked} asked for; found {_show(answer)}")
    if _is_near(found, wanted, key.decimals):
        return Mark("right")
    return Mark("not yet", _hint(found, wanted, key))


def _as_tuple(one: Any) -> tuple[Any, ...]:
    return one if isinstance(one, tuple) else (one,)


def _hint(found: list[float], wanted: tuple[float, ...], key: Key) -> str:
    """The kind of slip that wrong numbers look like."""
    for hint, slips in key.slips.items():
        if any(_is_near(found, _as_tuple(slip), key.decimals) for slip in slips):
            return hint
    if _is_near(found, [-number for number in wanted], key.decimals):
        return "look at the sign"
    if key.decimals and _is_near(found, wanted, key.decimals, 5):
        digits = f"{key.decimals} decimals are asked for"
        return f"close: a matter of rounding ({digits}), or of too few draws"
    return ELSE


def _is_near(found: Any, wanted: Any, decimals: int, units: float = 0.5) -> bool:
    """Whether all numbers agree to within so many units of the last decimal."""
    reach = units / 10**decimals + 1e-9
    pairs = zip(found, wanted)
    return len(found) == len(wanted) and all(abs(f - float(w)) <= reach for f, w in pairs)


def read_number(answer: Any, *, in_percent: bool = False) -> float | None:
    """The number an answer stands for: 0.25, "0.25", "1/4", "25 %" and Fraction(1, 4) are one.

    Parameters
    ----------
    in_percent : bool
        Whether per cent is asked for: "25 %" then is 25.

    Examples
    --------
    >>> read_number("1/4"), read_number("25 %"), read_number("a quarter")
    (0.25, 0.25, None)
    """
    parts, share = [answer], 1
    if isinstance(answer, str):
        text = answer.strip().replace("\N{MINUS SIGN}", "-")
        share = 100 if text.endswith("%") and not in_percent else 1
        parts = text.removesuffix("%").split("/", 1)
    try:
        number = float(parts[0]) / math.prod(map(float, parts[1:])) / share
    except OverflowError:
        return math.inf
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return None if math.isnan(number) or isinstance(answer, bool) else number


def _show(answer: Any) -> str:
    """An answer, cut where it gets long."""
    try:
        words = repr(answer)
    except ValueError:  # an integer of more digits than Python writes
        words = "a very long number"
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}..."


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


def _find_names(names: list[Any], among: list[str]) -> list[str]:
    known = {name.casefold(): name for name in among}
    said = [name if isinstance(name, str) else _show(name) for name in names]
    if wrong := sorted({name for name in said if name.strip().casefold() not in known}):
        close = (", ".join(get_close_matches(name, among, n=3, cutoff=0)) for name in wrong)
        parts = [f"{_show(name)} (the closest: {near})" for name, near in zip(wrong, close)]
        raise _NotUnderstoodError(f"there is no {', '.join(parts)}")
    return [known[name.strip().casefold()] for name in said]


def _mark_names(answer: Any, key: Key) -> Mark:
    """A name, or a set of names or of pairs of names."""
    is_one = isinstance(key.right, str)
    if not isinstance(answer, Collection) or isinstance(answer, dict | pd.DataFrame):
        return Mark("not yet", f"{'a name is' if is_one else 'names are'} asked for")
    told = [_as_tuple(tuple(one) if isinstance(one, list) else one) for one in as_list(answer)]
    meant = iter(_find_names([name for one in told for name in one], key.among or []))
    given = {tuple(next(meant) for _ in one) for one in told}
    right = _as_names(key.right)
    if given == right:
        return Mark("right")
    for hint, slips in key.slips.items():
        if given in map(_as_names, slips):
            return Mark("not yet", hint)
    if is_one:
        return Mark("not yet", "not that one; work it out for each and compare")
    missing = "something is missing" if right - given else "nothing is missing"
    return Mark("not yet", f"{len(given & right)} of your {len(given)} belong there, and {missing}")


def _as_names(names: str | set[Any]) -> set[tuple[str, ...]]:
    return {_as_tuple(one) for one in ({names} if isinstance(names, str) else names)}


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
        f"{column} of {unit}: found {_show(code)}; allowed: {', '.join(allowed[column])}"
        for column in allowed
        for unit, code in codes[column].items()
        if code not in allowed[column]
    ]
    if wrong:
        raise _NotUnderstoodError("; ".join(wrong))
    return codes
