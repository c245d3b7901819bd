"""The claims ledger: every proposition graded, and asked of shuffled coding too.

A grade that can hardly fail is worth nothing. So each proposition is asked again of codings with
the same rows and their codes dealt out anew: where more than a few of these pass as well, the
asking shows nothing, and the ledger says so instead of "consistent".
"""

import numpy as np
import pandas as pd

from compendium.claims import Answer, Coding, Rule, cited_lines, grade

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
