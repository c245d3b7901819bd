"""The claims ledger: what the coding says to each proposition, and a grade by rule.

A proposition is asked of the coded rows: how many speak for it, how many against, and how many of
those for it stand on lines that the proposition does not itself rest on. The grade follows from
these numbers, never from a typed word. None of the grades is a test of the theory: the rows and
the propositions come from one author's text.
"""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

GRADES = {
    "arithmetic fact": "follows from printed numbers alone",
    "consistent with the coding": "more rows for than against, some on lines it does not rest on",
    "author's claim restated": "the only rows for it are the lines it rests on",
    "contradicted by the coding": "at least as many rows against as for",
    "not testable here": "no row speaks to it, or too few sites do",
}


class Coding(NamedTuple):
    """The coded tables, without repetitions, and what is worked out from them once."""

    evidence: pd.DataFrame
    involvement: pd.DataFrame
    orderings: pd.DataFrame
    attitudes: pd.Series  # actor: -1 narrow, 0 mixed, 1 broad (Appendix M)
    stated: pd.DataFrame  # leans of the cases with a printed side, missing ones as NaN
    sides: pd.Series  # printed sides of those cases
    long_stay: pd.Series  # site: adjustment in £ million (Table 4.4)


class Answer(NamedTuple):
    """What was counted: rows for, rows against, and those for it on lines of their own."""

    value: str
    n_for: int = 0
    n_against: int = 0
    n_elsewhere: int = 0
    is_arithmetic: bool = False


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

    Parameters
    ----------
    want : str or list of str
        Directions that speak for it; the opposite ones speak against it.
    where : str or list of str
        Columns of ``coding/evidence`` and what they must hold.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        rows = _where(coding.evidence, where)
        wanted = [want] if isinstance(want, str) else want
        right = rows[rows.direction.isin(wanted)]
        wrong = rows[rows.direction.isin({"+", "-"} - set(wanted))]
        value = f"statements {' or '.join(wanted)}: {len(right)}, otherwise: {len(wrong)}"
        return Answer(value, len(right), len(wrong), _elsewhere(right, cited))

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
        right = _where(coding.orderings, _sided(first, "more") | _sided(second, "less"))
        wrong = _where(coding.orderings, _sided(second, "more") | _sided(first, "less"))
        n_wrong = len(wrong) if reverse else 0
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
    """Several askings of one proposition, their rows counted together."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        answers = [one(coding, cited) for one in rules]
        counted = (sum(answer[place] for answer in answers) for place in (1, 2, 3))
        return Answer("; ".join(answer.value for answer in answers), *counted)

    return rule


def give_grades(propositions: pd.DataFrame, rules: dict[str, Rule], coding: Coding) -> pd.DataFrame:
    """The ledger: each proposition with its counts and its grade, with and without contested codes.

    Parameters
    ----------
    propositions : DataFrame
        As ``coding/propositions``.
    rules : dict of str to Rule
        One for each number.

    Returns
    -------
    DataFrame
        ``number``, ``proposition``, ``lines``, ``value``, ``n_for``, ``n_against``,
        ``n_elsewhere``, ``grade``, ``grade_without_contested``, ``needed`` (only where it is not
        testable).
    """
    firm = drop_contested(coding)
    rows = []
    for row in propositions.itertuples():
        cited = cited_lines(row.lines)
        answer, other = (rules[row.number](tables, cited) for tables in (coding, firm))
        needed = row.needed if grade(answer) == "not testable here" else ""
        rows.append(
            {"number": row.number, "proposition": row.proposition, "lines": row.lines}
            | {"value": answer.value, "n_for": answer.n_for, "n_against": answer.n_against}
            | {"n_elsewhere": answer.n_elsewhere, "grade": grade(answer)}
            | {"grade_without_contested": grade(other), "needed": needed}
        )
    return pd.DataFrame(rows)


def drop_contested(coding: Coding) -> Coding:
    """The same tables without the rows whose code a fair reader would contest."""
    tables = {
        name: getattr(coding, name)[getattr(coding, name).confidence != "contested"]
        for name in ("evidence", "involvement", "orderings")
    }
    return coding._replace(**tables)


def _where(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    """The rows whose columns hold what is asked for."""
    for column, allowed in where.items():
        table = table[table[column].isin([allowed] if isinstance(allowed, str) else allowed)]
    return table


def _elsewhere(rows: pd.DataFrame, cited: set[int]) -> int:
    return int((~rows.line.isin(cited)).sum())
