"""The claims ledger: what the coding says to each proposition, and a grade by rule.

A proposition is asked of the coded rows: how many speak for it, how many against, and how many of
those for it stand on lines that the proposition does not itself rest on. The same is asked of
shuffled coding: an asking that random codes would pass as well says nothing. The grade follows from
these numbers, never from a typed word. None of the grades is a test of the theory: the rows and the
propositions come from one author's text.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

GRADES = {
    "arithmetic fact": "follows from printed numbers alone",
    "consistent with the coding": "more rows for than against, on lines it does not rest on, and "
    "shuffled coding seldom gives as much",
    "author's claim restated": "the only rows for it are the lines it rests on, or of codes whose "
    "name holds the direction",
    "contradicted by the coding": "at least as many rows against as for",
    "not testable here": "no row speaks to it, too few sites do, or shuffled coding passes too",
}
# From worst to best: a proposition of several parts is as good as its worst part.
ORDER = ["contradicted by the coding", "not testable here", "author's claim restated"]
ORDER += ["consistent with the coding", "arithmetic fact"]


class Coding(NamedTuple):
    """The coded tables, without repetitions, and what is worked out from them once."""

    evidence: pd.DataFrame
    involvement: pd.DataFrame
    orderings: pd.DataFrame
    attitudes: pd.Series  # actor: -1 narrow, 0 mixed, 1 broad (Appendix M)
    stated: pd.DataFrame  # leans of the cases with a printed side, missing ones as NaN
    sides: pd.Series  # printed sides of those cases
    long_stay: pd.Series  # site: adjustment in £ million (Table 4.4)
    one_way: frozenset[str] = frozenset()  # subfactors and themes coded in one direction only
    # For the findings of other chapters and works (`findings`); the 52 do not ask them.
    process: pd.DataFrame | None = None
    conclusions: pd.DataFrame | None = None
    cultures: pd.DataFrame | None = None
    verdicts: pd.DataFrame | None = None


class Answer(NamedTuple):
    """What was counted: rows for, rows against, and those for it on lines of their own."""

    value: str
    n_for: int = 0
    n_against: int = 0
    n_elsewhere: int = 0
    is_arithmetic: bool = False
    parts: tuple["Answer", ...] = ()


Rule = Callable[[Coding, set[int]], Answer]
Where = dict[str, str | list[str]]


def grade(answer: Answer) -> str:
    """The grade that the numbers give.

    Examples
    --------
    >>> grade(Answer("", n_for=3, n_against=1, n_elsewhere=2))
    'consistent with the coding'
    >>> grade(Answer("", n_for=3, n_against=1)), grade(Answer("", n_for=1, n_against=1))
    ("author's claim restated", 'contradicted by the coding')
    """
    if answer.parts:
        return min((grade(part) for part in answer.parts), key=ORDER.index)
    if not answer.n_for + answer.n_against:
        return "not testable here"
    if answer.n_against >= answer.n_for:
        return "contradicted by the coding"
    if answer.is_arithmetic:
        return "arithmetic fact"
    return "consistent with the coding" if answer.n_elsewhere else "author's claim restated"


def cited_lines(text: str) -> set[int]:
    """Lines a proposition rests on, from numbers and ranges joined by ``;``.

    >>> sorted(cited_lines("1664;1678-1680"))
    [1664, 1678, 1679, 1680]
    """
    lines: set[int] = set()
    for part in text.split(";"):
        first, _, last = part.partition("-")
        lines |= set(range(int(first), int(last or first) + 1))
    return lines


def signs(want: str | list[str], **where: str | list[str]) -> Rule:
    """Ask whether the statements chosen go the way wanted; those either way count for neither.

    A statement of no effect counts against a wanted + or -.

    Parameters
    ----------
    want : str or list of str
        Directions that speak for it; the opposite ones speak against it.
    where : str or list of str
        Columns of ``coding/evidence`` and what they must hold.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        wanted = [want] if isinstance(want, str) else want
        table = coding.evidence
        chosen = _holds(table, where)
        right = chosen & table.direction.isin(wanted).to_numpy()
        wrong = chosen & table.direction.isin({"+", "-", "0"} - set(wanted)).to_numpy()
        value = f"statements {' or '.join(wanted)}: {right.sum()}, otherwise: {wrong.sum()}"
        # A code that is never coded the other way cannot speak for a direction.
        own = right & ~table.subfactor.isin(coding.one_way).to_numpy()
        return Answer(value, int(right.sum()), int(wrong.sum()), _elsewhere(table[own], cited))

    return rule


def more(first: Where, second: Where, reverse: bool = True) -> Rule:
    """Ask whether the stated orderings put the first above the second.

    Parameters
    ----------
    first, second : dict
        Columns of ``coding/orderings`` without ``more_`` and ``less_``: ``actor``, ``site``,
        ``partnership``, ``stage``, ``district``; ``measure`` and ``level`` in either.
    reverse : bool
        Whether orderings the other way round count against it.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        table = coding.orderings
        right = table[_holds(table, _sided(first, "more") | _sided(second, "less"))]
        wrong = _holds(table, _sided(second, "more") | _sided(first, "less"))
        n_wrong = int(wrong.sum()) if reverse else 0
        value = f"orderings so: {len(right)}, reversed: {n_wrong}"
        return Answer(value, len(right), n_wrong, _elsewhere(right, cited))

    return rule


def _sided(where: Where, side: str) -> Where:
    names = {"actor": side, "stage": f"stage_{side}", "measure": "measure", "level": "level"}
    return {names.get(name, f"{side}_{name}"): value for name, value in where.items()}


def degrees(*, least: int = 0, most: int = 3, **where: str | list[str]) -> Rule:
    """Ask whether degrees lie within bounds; one that surely does not is against."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        rows = _where(coding.involvement, where)
        right = rows[rows.code.between(least, most)]
        wrong = rows[(rows.code_max < least) | (rows.code_min > most)]
        value = (
            f"degrees {least} to {most}: {len(right)} of {len(rows)}, surely outside: {len(wrong)}"
        )
        return Answer(value, len(right), len(wrong), _elsewhere(right, cited))

    return rule


def compare(first: Where, second: Where) -> Rule:
    """Ask whether the first actors' middle degrees are above the second's; ranges that meet tie."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        pairs = _middle_pairs(coding.involvement, first, second)
        own = coding.involvement[~coding.involvement.line.isin(cited)]
        right = _middle_pairs(own, first, second)
        above, below = (pairs.code_min > pairs.code_max_2), (pairs.code_max < pairs.code_min_2)
        value = f"pairs of actors above: {above.sum()}, below: {below.sum()}, of {len(pairs)}"
        n_own = int((right.code_min > right.code_max_2).sum())
        return Answer(value, int(above.sum()), int(below.sum()), n_own)

    return rule


def _middle_pairs(involvement: pd.DataFrame, first: Where, second: Where) -> pd.DataFrame:
    """Each of the first actors beside each of the second: medians of their admissible codes."""
    bounds = ["code_min", "code_max"]
    one, two = (
        _where(involvement, where).groupby("actor")[bounds].median() for where in (first, second)
    )
    return one.reset_index().merge(two.reset_index(), how="cross", suffixes=("", "_2"))


def within_sites(least: int, where: Where, rule: Rule) -> Rule:
    """Ask only if degrees are coded at that many named sites: a contrast of sites needs them."""

    def guarded(coding: Coding, cited: set[int]) -> Answer:
        rows = _where(coding.involvement, where)
        named = sorted(set(rows.site) & {"Dalesville", "Greenshire", "Metrocity", "Middleton"})
        if len(named) < least:
            return Answer(f"named sites with a coded degree: {len(named)}; needed: {least}")
        return rule(coding, cited)

    return guarded


def all_of(*rules: Rule) -> Rule:
    """Several parts of one proposition: it is as good as the worst of them."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        answers = [one(coding, cited) for one in rules]
        counted = (sum(answer[place] for answer in answers) for place in (1, 2, 3))
        value = "; ".join(answer.value for answer in answers)
        return Answer(value, *counted, parts=tuple(answers))

    return rule


def _where(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    """The rows whose columns hold what is asked for."""
    return table[_holds(table, where)]


def _holds(table: pd.DataFrame, where: Where) -> np.ndarray:
    """Which rows hold it: a thousand shuffles ask this, and copying rows is what takes time."""
    kept = np.ones(len(table), dtype=bool)
    for column, allowed in where.items():
        kept &= table[column].isin([allowed] if isinstance(allowed, str) else allowed).to_numpy()
    return kept


def _elsewhere(rows: pd.DataFrame, cited: set[int]) -> int:
    return int((~rows.line.isin(cited)).sum())
