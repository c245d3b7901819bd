"""What the coding says to each claim, and a grade by rule.

A claim is asked of the coded rows: how many speak for it, how many against, and how many of those
for it stand on lines that the claim does not itself rest on. It is asked again of codings with the
same rows and their codes dealt out anew: where more than a few of these pass as well, a count shows
nothing, and the ledger says so instead of "consistent". The grade follows from these numbers, never
from a typed word. None of the grades is a test of a theory: rows and claims come from one author.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import read_cases
from compendium.errors import DataError
from compendium.printed import tables

# In how large a share of shuffled codings a claim may stand and still count. Ours.
SELDOM = 0.05
# A code with this many directed rows, all one way, holds its direction in its name. Ours.
MANY = 5
GRADES = {
    "arithmetic fact": "follows from printed numbers alone",
    "consistent with the coding": "more rows for than against, on lines it does not rest on, and "
    "shuffled coding seldom gives as much",
    "author's claim restated": "the only rows for it are the lines it rests on, or of codes whose "
    "name holds the direction",
    "contradicted by the coding": "at least as many rows against as for",
    "not testable here": "no row speaks to it, too few sites do, or shuffled coding passes too",
}
# From worst to best: a claim of several parts is as good as its worst part.
_ORDER = [*list(GRADES)[3:], *reversed(list(GRADES)[:3])]
_NAMES = ("evidence", "involvement", "orderings", "process", "cultures", "conclusions")
_WORDS = ["label", "words", "strength_word"]
# Coded table -> the column that is for or against, and that of the code's name.
_CODED = {
    "evidence": ("direction", "subfactor"),
    "process": ("direction", "theme"),
    "cultures": ("pole", "about"),
}


class Coding(NamedTuple):
    """The coded tables, without repetitions, and what is worked out from them once."""

    evidence: pd.DataFrame
    involvement: pd.DataFrame
    orderings: pd.DataFrame
    # Tables that not every study has.
    process: pd.DataFrame | None = None
    cultures: pd.DataFrame | None = None
    conclusions: pd.DataFrame | None = None
    verdicts: pd.DataFrame | None = None
    stated: pd.DataFrame = pd.DataFrame()  # leans of the printed cases with a side
    sides: pd.Series = pd.Series(dtype=object)  # and their printed sides
    actors: pd.DataFrame = pd.DataFrame()  # what printed tables say of each actor
    sites: frozenset[str] = frozenset()  # those with a name
    one_way: frozenset[str] = frozenset()  # subfactors and themes coded in one direction only


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


def read_coding(verdicts: pd.DataFrame | None = None) -> Coding:
    """The study's coding, with the verdicts on its printed values if they are given."""
    listed = {resource["path"] for resource in tables.read_descriptor()["resources"]}
    found = {}
    for name in _NAMES:
        if f"coding/{name}.csv" in listed:
            table = tables.read_table(f"coding/{name}")
            if "is_restatement" in table:
                table = table[table.is_restatement == "no"]
            # Never asked for, and what a thousand shuffles would copy.
            found[name] = table.drop(columns=_WORDS, errors="ignore")
    cases = read_cases()
    drawn = cases.sided.printed
    coding = Coding(
        **found,
        verdicts=verdicts,
        stated=drawn.leans,
        sides=drawn.sides,
        actors=cases.actors,
        sites=frozenset(tables.allowed_values("coding/cases", "site")) - {"all"},
    )
    return coding._replace(one_way=find_one_way(coding))


def find_one_way(coding: Coding) -> frozenset[str]:
    """The subfactors and themes with `MANY` directed statements or more, all + or all -."""
    found: set[str] = set()
    for name in ("evidence", "process"):
        if (table := getattr(coding, name)) is not None:
            said = pd.crosstab(table[_CODED[name][1]], table.direction)
            said = said.reindex(columns=["+", "-"], fill_value=0)
            found |= {*said.index[(said.min(axis=1) == 0) & (said.max(axis=1) >= MANY)]}
    return frozenset(found)


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
        return min((grade(part) for part in answer.parts), key=_ORDER.index)
    if not answer.n_for + answer.n_against:
        return "not testable here"
    if answer.n_against >= answer.n_for:
        return "contradicted by the coding"
    if answer.is_arithmetic:
        return "arithmetic fact"
    return "consistent with the coding" if answer.n_elsewhere else "author's claim restated"


def cited_lines(text: str) -> set[int]:
    """Lines a claim rests on, from numbers and ranges joined by ``;``.

    >>> sorted(cited_lines("1664;1678-1680"))
    [1664, 1678, 1679, 1680]
    """
    lines: set[int] = set()
    for part in text.split(";"):
        first, _, last = part.partition("-")
        lines |= set(range(int(first), int(last or first) + 1))
    return lines


def signs(
    want: str | list[str],
    *,
    table: str = "evidence",
    against: list[str] | None = None,
    **where: str | list[str],
) -> Rule:
    """Ask whether the statements chosen go the way wanted; those either way count for neither.

    A statement of no effect counts against a wanted + or -.

    Parameters
    ----------
    want, against : str or list of str
        Directions, or poles, that speak for it and against it; left out, every other direction.
    table : str
        ``evidence``, ``process`` or ``cultures``.
    where : str or list of str
        Columns of the table and what they must hold; ``""`` for a blank.
    """
    wanted = [want] if isinstance(want, str) else want
    others = [sign for sign in "+-0" if sign not in wanted] if against is None else against
    words = " or ".join(wanted), " or ".join(against or []) or "otherwise"
    column, name = _CODED[table]

    def rule(coding: Coding, cited: set[int]) -> Answer:
        rows = require(coding, table)
        chosen = _holds(rows, where)
        right = chosen & rows[column].isin(wanted).to_numpy()
        wrong = chosen & rows[column].isin(others).to_numpy()
        # A code that is never coded the other way cannot speak for a direction.
        own = rows[right & ~rows[name].isin(coding.one_way).to_numpy()]
        n_for, n_against = int(right.sum()), int(wrong.sum())
        value = f"statements {words[0]}: {n_for}, {words[1]}: {n_against}"
        return Answer(value, n_for, n_against, _elsewhere(own, cited))

    return rule


def require(coding: Coding, name: str) -> pd.DataFrame:
    """A table of the coding.

    Raises
    ------
    DataError
        If the coding was given without it.
    """
    table = getattr(coding, name)
    if table is None:
        raise DataError(f"found a coding without {name}; allowed: one with its table")
    return table


def more(first: Where, second: Where) -> Rule:
    """Ask whether the stated orderings put the first above the second, or the other way round.

    Both are columns of ``coding/orderings`` without ``more_`` and ``less_``: ``actor``, ``site``,
    ``partnership``, ``stage``, ``district``; ``measure`` and ``level`` in either.
    """

    def rule(coding: Coding, cited: set[int]) -> Answer:
        table = coding.orderings
        right = table[_holds(table, _sided(first, "more") | _sided(second, "less"))]
        n_wrong = int(_holds(table, _sided(second, "more") | _sided(first, "less")).sum())
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
        counted = f"{len(right)} of {len(rows)}, surely outside: {len(wrong)}"
        value = f"degrees {least} to {most}: {counted}"
        return Answer(value, len(right), len(wrong), _elsewhere(right, cited))

    return rule


def compare(first: Where, second: Where) -> Rule:
    """Ask whether the first actors' middle degrees are above the second's; ranges that meet tie."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        every, own = coding.involvement, coding.involvement[~coding.involvement.line.isin(cited)]
        pairs, kept = (_middle_pairs(rows, first, second) for rows in (every, own))
        above = int((pairs.code_min > pairs.code_max_2).sum())
        below = int((pairs.code_max < pairs.code_min_2).sum())
        value = f"pairs of actors above: {above}, below: {below}, of {len(pairs)}"
        return Answer(value, above, below, int((kept.code_min > kept.code_max_2).sum()))

    return rule


def _middle_pairs(involvement: pd.DataFrame, first: Where, second: Where) -> pd.DataFrame:
    """Each of the first actors beside each of the second: medians of their admissible codes."""
    one, two = (
        _where(involvement, where).groupby("actor")[["code_min", "code_max"]].median()
        for where in (first, second)
    )
    return one.reset_index().merge(two.reset_index(), how="cross", suffixes=("", "_2"))


def within_sites(least: int, where: Where, rule: Rule) -> Rule:
    """Ask only if degrees are coded at that many named sites: a contrast of sites needs them."""

    def guarded(coding: Coding, cited: set[int]) -> Answer:
        n = len(coding.sites.intersection(_where(coding.involvement, where).site))
        if n < least:
            return Answer(f"named sites with a coded degree: {n}; needed: {least}")
        return rule(coding, cited)

    return guarded


def all_of(*rules: Rule) -> Rule:
    """Several parts of one claim: it is as good as the worst of them."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        answers = [one(coding, cited) for one in rules]
        counted = (sum(answer[place] for answer in answers) for place in (1, 2, 3))
        value = "; ".join(answer.value for answer in answers)
        return Answer(value, *counted, parts=tuple(answers))

    return rule


def _where(table: pd.DataFrame, where: Where) -> pd.DataFrame:
    return table[_holds(table, where)]


def _holds(table: pd.DataFrame, where: Where) -> np.ndarray:
    """Which rows hold it: a thousand shuffles ask this, and copying rows is what takes time."""
    kept = np.ones(len(table), dtype=bool)
    for column, allowed in where.items():
        if allowed == "":
            kept &= table[column].isna().to_numpy()
        else:
            names = [allowed] if isinstance(allowed, str) else allowed
            kept &= table[column].isin(names).to_numpy()
    return kept


def _elsewhere(rows: pd.DataFrame, cited: set[int]) -> int:
    return int((~rows.line.isin(cited)).sum())


def give_grades(
    claims: pd.DataFrame, rules: dict[str, Rule], coding: Coding, n_shuffles: int, seed: int
) -> pd.DataFrame:
    """The ledger: each claim with its counts and its grade, with and without contested codes.

    Parameters
    ----------
    claims : DataFrame
        As ``coding/propositions`` or ``coding/findings``.
    rules : dict of str to Rule
        One for each number.
    n_shuffles : int
        How many shuffled codings each claim is asked of; with 0 no grade falls for it.

    Returns
    -------
    DataFrame
        ``number``, ``proposition``, ``lines``, ``value``, ``n_for``, ``n_against``,
        ``n_elsewhere``, ``by_chance`` (share of shuffled codings that do as well), ``grade``,
        ``grade_without_contested``, ``needed`` (only where it is not testable).
    """
    firm = drop_contested(coding)
    cited = {row.number: cited_lines(row.lines) for row in claims.itertuples()}
    chances = _rate_by_chance(cited, rules, coding, n_shuffles, seed)
    rows = []
    for row in claims.itertuples():
        answer, other = (rules[row.number](each, cited[row.number]) for each in (coding, firm))
        chance = chances[row.number]
        given = _demote(grade(answer), chance)
        needed = "" if given != "not testable here" else row.needed
        if given != grade(answer):
            needed = f"an asking that shuffled codes fail ({chance:.0%} of them pass)"
        rows.append(
            {"number": row.number, "proposition": row.proposition, "lines": row.lines}
            | {"value": answer.value, "n_for": answer.n_for, "n_against": answer.n_against}
            | {"n_elsewhere": answer.n_elsewhere, "by_chance": chance, "grade": given}
            | {"grade_without_contested": _demote(grade(other), chance), "needed": needed}
        )
    return pd.DataFrame(rows)


def _demote(given: str, chance: float) -> str:
    """A grade that shuffled coding would get as well is none."""
    fallen = given == "consistent with the coding" and chance > SELDOM
    return "not testable here" if fallen else given


def _rate_by_chance(
    cited: dict[str, set[int]], rules: dict[str, Rule], coding: Coding, n: int, seed: int
) -> dict[str, float]:
    """In what share of shuffled codings each claim comes out as well as it does.

    As well: by the balance of its worst part. Missing where nothing speaks for it, so that there is
    nothing to do as well as; 0 if no shuffle is tried.
    """
    observed = {number: _strength(rules[number](coding, lines)) for number, lines in cited.items()}
    reached = {number: 0 if value > 0 else np.nan for number, value in observed.items()}
    for child in np.random.SeedSequence(seed).spawn(n):
        shuffled = shuffle(coding, np.random.default_rng(child))
        for number, count in reached.items():
            if not np.isnan(count):
                strength = _strength(rules[number](shuffled, cited[number]))
                reached[number] += strength >= observed[number]
    return {number: count / max(n, 1) for number, count in reached.items()}


def _strength(answer: Answer) -> float:
    """The balance of rows for and against, -1 to 1: of the worst part, 0 if nothing is counted."""
    if answer.parts:
        return min(_strength(part) for part in answer.parts)
    counted = answer.n_for + answer.n_against
    return (answer.n_for - answer.n_against) / counted if counted else 0.0


def shuffle(coding: Coding, rng: np.random.Generator) -> Coding:
    """The same rows with their codes dealt out anew.

    Directions are permuted over all statements, degrees over all rows of the same measure, the
    printed sides over the cases, and each ordering is turned round or not by the toss of a coin.
    Where there are any, directions of process statements and poles of culture are permuted over
    all rows that have one. Verdicts on printed numbers are no coding and stay.
    """
    evidence, involvement = _deal(coding.evidence, "direction", rng), coding.involvement.copy()
    codes = ["code", "code_min", "code_max"]
    for _, places in involvement.groupby("measure").groups.items():
        involvement.loc[places, codes] = involvement.loc[rng.permutation(places), codes].to_numpy()
    sides = pd.Series(rng.permutation(coding.sides), coding.sides.index)
    kept = pd.Series(rng.random(len(coding.orderings)) < 0.5, coding.orderings.index)
    orderings = coding.orderings.where(kept, reverse(coding.orderings), axis=0)
    # Drawn last, so that a coding without these tables is shuffled in the same way.
    others = {
        name: _deal(getattr(coding, name), _CODED[name][0], rng)
        for name in ("process", "cultures")
        if getattr(coding, name) is not None
    }
    return coding._replace(
        evidence=evidence, involvement=involvement, sides=sides, orderings=orderings, **others
    )


def _deal(table: pd.DataFrame, column: str, rng: np.random.Generator) -> pd.DataFrame:
    """The table with one column dealt out anew over the rows that have a value there."""
    given = table[column].dropna()
    return table.assign(**{column: pd.Series(rng.permutation(given), given.index)})


def reverse(orderings: pd.DataFrame) -> pd.DataFrame:
    """Every ordering the other way round.

    >>> reverse(pd.DataFrame({"more": ["A"], "less": ["B"], "stage_more": "later"})).values.tolist()
    [['B', 'A', nan]]
    """
    other = {"more": "less", "less": "more"}
    names = {
        name: "_".join(other.get(word, word) for word in name.split("_")) for name in orderings
    }
    return orderings.rename(columns=names).reindex(columns=orderings.columns)


def drop_contested(coding: Coding) -> Coding:
    """The same tables without the rows whose code a fair reader would contest."""
    found = {name: getattr(coding, name) for name in _NAMES}
    return coding._replace(
        **{name: t[t.confidence != "contested"] for name, t in found.items() if t is not None}
    )
