"""Marks for the exercises in ``notebooks/seminar``.

`check` says whether an answer is right or not yet and, if not, which kind of slip it looks like; it
never says what is right, and nobody counts the tries. What is right is worked out from the raw data
(`seminar_readings`, `seminar_models`). Two tasks are no matter of right and wrong: where a company
stands is *defensible* if the coding leaves it open, and codes are *compared* with ours.
"""

from difflib import get_close_matches
from fractions import Fraction
from typing import Any, NamedTuple

import pandas as pd

from compendium.errors import FitError, SettingError
from compendium.models import cultures
from partnership import seminar_keys
from partnership.seminar_keys import Key

KEYS = seminar_keys.KEYS_SEMINAR_READINGS | seminar_keys.KEYS
# Tasks without a right answer.
OPEN = {"s2": list(cultures.COMPANIES), "s3": ["codes"]}
ELSE = "that is not it; what is counted, and out of what?"


class Mark(NamedTuple):
    """What is said of an answer: a verdict, and a hint that does not give the answer away."""

    verdict: str  # right, not yet, not answered yet, defensible, compared
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
        If there is no such session or task.

    Examples
    --------
    >>> check("s6", "arrangements", 24)
    not yet: that tells the two sites of a group apart; only who is in it counts
    >>> check("s6", "arrangements", None)
    not answered yet
    """
    tasks = {name: [*keys, *OPEN.get(name, ())] for name, keys in sorted(KEYS.items())}
    if task not in tasks.get(session, ()):
        known = "; ".join(f"{name}: {', '.join(names)}" for name, names in tasks.items())
        raise SettingError(f"found task {task!r} of session {session!r}; allowed: {known}")
    if _is_blank(answer) or _is_blank(about):
        return Mark("not answered yet")
    if task in OPEN.get(session, ()):
        return _compare(answer) if task == "codes" else _place(task, answer)
    try:
        return _mark(answer, KEYS[session][task](*about))
    except FitError as error:
        return Mark("not yet", f"it cannot be worked out: {error}")


def _is_blank(answer: Any) -> bool:
    if isinstance(answer, pd.DataFrame | pd.Series):
        return bool(answer.isna().to_numpy().any())
    if isinstance(answer, list | tuple | set | frozenset):
        return any(_is_blank(one) for one in answer)
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _mark(answer: Any, key: Key) -> Mark:
    """Right; not yet, with the hint of the slip it looks like; or not yet, with what is near."""
    if isinstance(key.right, set | str):
        return _mark_names(answer, key)
    wanted = key.right if isinstance(key.right, tuple) else (key.right,)
    told = answer if isinstance(answer, tuple | list) else (answer,)
    found = [_number(one) for one in told]
    if None in found or len(found) != len(wanted):
        asked = f"{len(wanted)} numbers are" if len(wanted) > 1 else "a number is"
        return Mark("not yet", f"{asked} asked for; found {answer!r}")
    if _is_near(found, wanted, key.decimals):
        return Mark("right")
    return Mark("not yet", _hint(found, wanted, key))


def _hint(found: list[float], wanted: tuple, key: Key) -> str:
    """The kind of slip a wrong number looks like."""
    for hint, slips in key.slips.items():
        if any(_is_near(found, s if isinstance(s, tuple) else (s,), key.decimals) for s in slips):
            return hint
    if _is_near(found, [-number for number in wanted], key.decimals):
        return "look at the sign"
    if key.decimals and _is_near(found, wanted, key.decimals, 5):
        digits = f"{key.decimals} decimals are asked for"
        return f"close: a matter of rounding ({digits}), or of too few draws"
    return ELSE


def _number(answer: Any) -> float | None:
    """The number an answer stands for: 0.25, "0.25", "1/4" and Fraction(1, 4) are one."""
    try:
        return None if isinstance(answer, bool) else float(Fraction(str(answer).strip()))
    except (ValueError, ZeroDivisionError):
        return None


def _is_near(found: Any, wanted: Any, decimals: int, units: float = 0.5) -> bool:
    """Whether all numbers agree to within so many units of the last decimal."""
    reach = units / 10**decimals + 1e-9
    if len(found) != len(wanted):
        return False
    return all(abs(one - float(other)) <= reach for one, other in zip(found, wanted))


def _mark_names(answer: Any, key: Key) -> Mark:
    """A name, or a set of names or of pairs of names."""
    is_one = isinstance(key.right, str)
    if not isinstance(answer, str | list | tuple | set | frozenset):
        return Mark("not yet", f"{'a name is' if is_one else 'names are'} asked for")
    given = {answer} if isinstance(answer, str) else {_tidy(one) for one in answer}
    right = {key.right} if is_one else key.right
    if problem := _unknown(given, key.among or []):
        return Mark("not yet", problem)
    if given == right:
        return Mark("right")
    for hint, slips in key.slips.items():
        if given in [{slip} if isinstance(slip, str) else slip for slip in slips]:
            return Mark("not yet", hint)
    if is_one:
        return Mark("not yet", "not that one; work it out for each and compare")
    stand = len(given & right)
    missing = "something is missing" if right - given else "nothing is missing"
    return Mark("not yet", f"{stand} of your {len(given)} belong there, and {missing}")


def _tidy(one: Any) -> Any:
    return tuple(one) if isinstance(one, list) else one


def _unknown(given: set[Any], among: list[str]) -> str:
    """What is wrong with names that cannot be an answer, with the closest that can."""
    names = sorted({str(n) for one in given for n in (one if isinstance(one, tuple) else (one,))})
    wrong = [name for name in names if name not in among]
    close = [f"{name!r} (the closest: {_closest(name, among)})" for name in wrong]
    return f"there is no {', '.join(close)}" if close else ""


def _closest(name: str, among: list[str]) -> str:
    return ", ".join(get_close_matches(name, among, n=3, cutoff=0))


def _place(site: str, answer: Any) -> Mark:
    """Whether the coding leaves open the cell where a student places a company."""
    cells = list(cultures.CELLS.values())
    if not isinstance(answer, tuple | list) or len(answer) != 2 or answer[0] not in cells:
        return Mark("not yet", f"a cell ({', '.join(cells)}) and a list of lines are asked for")
    cell, lines = answer
    is_open, why = seminar_keys.defend(site, cell, lines if isinstance(lines, list) else [lines])
    return Mark("defensible" if is_open else "not yet", why)


def _compare(codes: Any) -> Mark:
    """How far a student's codes agree with ours, which is no measure of who is right."""
    allowed = seminar_keys.CODES
    if not isinstance(codes, pd.DataFrame) or set(allowed) - set(codes):
        return Mark("not yet", f"a table with the columns {', '.join(allowed)} is asked for")
    wrong = [
        f"{column} of {unit}: found {code!r}; allowed: {', '.join(allowed[column])}"
        for column in allowed
        for unit, code in codes[column].items()
        if code not in allowed[column]
    ]
    if wrong:
        return Mark("not yet", "; ".join(wrong))
    ours = seminar_keys.our_codes(codes)
    said = [f"{column} {int((codes[column] == ours[column]).sum())}" for column in allowed]
    return Mark("compared", f"alike of {len(codes)}: {', '.join(said)}; agreement is not truth")
