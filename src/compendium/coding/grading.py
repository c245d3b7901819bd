"""The claims ledger: what the coding says to each proposition, and a grade by rule.

A proposition is asked of the coded rows: how many speak for it, how many against, and how many of
those for it stand on lines that the proposition does not itself rest on. The same is asked of
shuffled coding: an asking that random codes would pass as well says nothing. The grade follows from
these numbers, never from a typed word. None of the grades is a test of the theory: the rows and the
propositions come from one author's text.

The claims ledger: every proposition graded, and asked of shuffled coding too.

A grade that can hardly fail is worth nothing. So each proposition is asked again of codings with
the same rows and their codes dealt out anew: where more than a few of these pass as well, the
asking shows nothing, and the ledger says so instead of "consistent".
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


# In how large a share of shuffled codings a proposition may stand and still count. Ours.
SELDOM = 0.05
# A code with this many directed rows, all one way, holds its direction in its name.
MANY = 5


def give_grades(
    propositions: pd.DataFrame, rules: dict[str, Rule], coding: Coding, n_shuffles: int, seed: int
) -> pd.DataFrame:
    """The ledger: each proposition with its counts and its grade, with and without contested codes.

    Parameters
    ----------
    propositions : DataFrame
        As ``coding/propositions``.
    rules : dict of str to Rule
        One for each number.
    n_shuffles : int
        How many shuffled codings each proposition is asked of; with 0 none is, and no grade
        falls for it.

    Returns
    -------
    DataFrame
        ``number``, ``proposition``, ``lines``, ``value``, ``n_for``, ``n_against``,
        ``n_elsewhere``, ``by_chance`` (share of shuffled codings that do as well), ``grade``,
        ``grade_without_contested``, ``needed`` (only where it is not testable).
    """
    firm = drop_contested(coding)
    asked = [(row.number, cited_lines(row.lines)) for row in propositions.itertuples()]
    chance = rate_by_chance(asked, rules, coding, n_shuffles, seed)
    rows = []
    for row, (number, cited) in zip(propositions.itertuples(), asked, strict=True):
        answer, other = (rules[number](tables, cited) for tables in (coding, firm))
        given = demote(grade(answer), chance[number])
        needed = "" if given != "not testable here" else row.needed
        if given != grade(answer):
            needed = f"an asking that shuffled codes fail ({chance[number]:.0%} of them pass)"
        rows.append(
            {"number": number, "proposition": row.proposition, "lines": row.lines}
            | {"value": answer.value, "n_for": answer.n_for, "n_against": answer.n_against}
            | {"n_elsewhere": answer.n_elsewhere, "by_chance": chance[number], "grade": given}
            | {"grade_without_contested": demote(grade(other), chance[number]), "needed": needed}
        )
    return pd.DataFrame(rows)


def demote(given: str, chance: float) -> str:
    """A grade that shuffled coding would get as well is none.

    >>> demote("consistent with the coding", 0.4), demote("author's claim restated", 0.4)
    ('not testable here', "author's claim restated")
    """
    fallen = given == "consistent with the coding" and chance > SELDOM
    return "not testable here" if fallen else given


def rate_by_chance(
    asked: list[tuple[str, set[int]]], rules: dict[str, Rule], coding: Coding, n: int, seed: int
) -> dict[str, float]:
    """In what share of shuffled codings each proposition comes out as well as it does.

    As well: by the balance of its worst part (`strength`). Missing where nothing speaks for it, so
    that there is nothing to do as well as; 0 if no shuffle is tried.
    """
    # Labels and printed words are never asked for, and weigh most.
    slim = {
        name: getattr(coding, name).drop(
            columns=["label", "words", "strength_word"], errors="ignore"
        )
        for name in ("evidence", "involvement", "orderings")
    }
    coding = coding._replace(**slim)
    observed = {number: strength(rules[number](coding, cited)) for number, cited in asked}
    reached = dict.fromkeys(observed, 0)
    for child in np.random.SeedSequence(seed).spawn(n):
        shuffled = shuffle(coding, np.random.default_rng(child))
        for number, cited in asked:
            if observed[number] > 0:
                reached[number] += strength(rules[number](shuffled, cited)) >= observed[number]
    return {
        number: count / max(n, 1) if observed[number] > 0 else np.nan
        for number, count in reached.items()
    }


def strength(answer: Answer) -> float:
    """The balance of rows for and against, -1 to 1: of the worst part, 0 where nothing is counted.

    >>> strength(Answer("", 3, 1)), strength(Answer("", 4, 1, parts=(Answer("", 4), Answer("", 0, 1))))
    (0.5, -1.0)
    """  # noqa: E501 - two examples in one line
    if answer.parts:
        return min(strength(part) for part in answer.parts)
    counted = answer.n_for + answer.n_against
    return (answer.n_for - answer.n_against) / counted if counted else 0.0


def shuffle(coding: Coding, rng: np.random.Generator) -> Coding:
    """The same rows with their codes dealt out anew.

    Directions are permuted over all statements, degrees over all rows of the same measure, the
    printed sides over the cases, and each ordering is turned round or not by the toss of a coin.
    Where they are given, directions of process statements and poles of culture are permuted over
    all rows that have one. Verdicts on printed numbers are no coding and stay.
    """
    evidence = coding.evidence.assign(direction=rng.permutation(coding.evidence.direction))
    involvement = coding.involvement.copy()
    codes = ["code", "code_min", "code_max"]
    for _, places in involvement.groupby("measure").groups.items():
        involvement.loc[places, codes] = involvement.loc[rng.permutation(places), codes].to_numpy()
    sides = pd.Series(rng.permutation(coding.sides), coding.sides.index)
    kept = pd.Series(rng.random(len(coding.orderings)) < 0.5, coding.orderings.index)
    orderings = coding.orderings.where(kept, turn(coding.orderings), axis=0)
    # Drawn last, so that a coding without these tables is shuffled as it always was.
    others = {
        name: permute(getattr(coding, name), column, rng)
        for name, column in (("process", "direction"), ("cultures", "pole"))
        if getattr(coding, name) is not None
    }
    return coding._replace(
        evidence=evidence, involvement=involvement, sides=sides, orderings=orderings, **others
    )


def permute(table: pd.DataFrame, column: str, rng: np.random.Generator) -> pd.DataFrame:
    """The table with one column dealt out anew over the rows that have a value there.

    >>> rng = np.random.default_rng(0)
    >>> permute(pd.DataFrame({"pole": ["mixed", None, "mixed"]}), "pole", rng).pole.isna().tolist()
    [False, True, False]
    """
    values = table[column].copy()
    given = values.notna()
    values[given] = rng.permutation(values[given])
    return table.assign(**{column: values})


def turn(orderings: pd.DataFrame) -> pd.DataFrame:
    """Every ordering the other way round.

    >>> turn(pd.DataFrame({"more": ["SS"], "less": ["EH"], "stage_more": "later"})).values.tolist()
    [['EH', 'SS', nan]]
    """
    other = {"more": "less", "less": "more"}
    names = {
        name: "_".join(other.get(word, word) for word in name.split("_")) for name in orderings
    }
    return orderings.rename(columns=names).reindex(columns=orderings.columns)


def find_one_way(evidence: pd.DataFrame, column: str = "subfactor") -> frozenset[str]:
    """The subfactors (or themes) with `MANY` directed statements or more, all + or all -."""
    directed = evidence[evidence.direction.isin(["+", "-"])]
    counted = directed.groupby([column, "direction"]).size().unstack(fill_value=0)
    counted = counted.reindex(columns=["+", "-"], fill_value=0)
    return frozenset(counted.index[(counted.min(axis=1) == 0) & (counted.max(axis=1) >= MANY)])


def drop_contested(coding: Coding) -> Coding:
    """The same tables without the rows whose code a fair reader would contest."""
    tables = {
        name: getattr(coding, name)[getattr(coding, name).confidence != "contested"]
        for name in ("evidence", "involvement", "orderings", "process", "conclusions", "cultures")
        if getattr(coding, name) is not None
    }
    return coding._replace(**tables)
