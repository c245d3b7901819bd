"""Which combinations of conditions go with an outcome, and the shortest ways to say so.

Qualitative comparative analysis describes cases by the sets they belong to: 1 in, 0 out, or partly.
A truth table gathers them by configuration; a row whose cases came out both ways is a contradiction
and is shown, never dropped. How well a combination fits is a share of memberships and no test. A
term leaves some conditions out and so stands for many rows, a cube of them. With k conditions there
are 3^k cubes, few enough to count the rows of all at once; what is left is to find every choice of
as few of the largest allowed cubes as cover the rows with the outcome: where several say it equally
shortly, none is *the* solution. Solutions differ in the rows without a case: the conservative uses
none of them, the parsimonious any, the intermediate those that a stated expectation makes easy.

Few cases in many configurations rarely contradict each other, and some row always looks consistent.
So a tidy table is set beside what cases dealt out at random would give; those chances are exact.

Quine (1952); McCluskey (1956); Ragin (1987, 2008); Ragin and Sonnett (2005); Marx and Dusa (2011);
Schneider and Wagemann (2012); Braumoeller (2015); Baumgartner and Thiem (2017). PRI here takes off
what lies in an outcome and its absence at once, min(X, Y, 1 - Y), in numerator and denominator.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice, product
from math import comb, factorial, prod
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from compendium.errors import DataError, refuse
from compendium.models import check

# With more, nearly every case is a row of its own, and any outcome makes a tidy table.
MOST_CONDITIONS, MOST_CASES = 10, 100
# A solution with more models than this is no description; they are counted, this many are listed.
MOST_MODELS, _COUNTED = 100, 10_000
# In a cube a condition is absent, present, or left out.
_ABSENT, _PRESENT, _LEFT_OUT = 0, 1, 2
_SIDES = ["n_with", "n_without"]
_COLUMNS = ["kind", "model", "of", "solution", "terms", "assumptions", "avoided"]


class Covers(NamedTuple):
    """Choices of cubes, as places in a list; `total` how many there are, -1 if too many."""

    models: list[tuple[int, ...]]
    total: int


def membership(cases: pd.DataFrame, expression: str) -> pd.Series:
    """How far each case belongs to a combination: ``*`` is and, ``+`` or, ``~`` not, ``1`` all.

    >>> cases = pd.DataFrame({"broad": [1.0, 0.2], "large": [0.3, 0.9]})
    >>> membership(cases, "broad*~large + large").round(1).tolist()
    [0.7, 0.9]
    """
    sets, terms = cases.assign(**{"1": 1.0}), []
    for term in expression.split("+"):
        parts = [part.strip() for part in term.split("*")]
        used = list(dict.fromkeys(part.removeprefix("~") for part in parts))
        check.names(used, sets.columns, f"condition of {expression!r}")
        if len(sets):
            check.numbers(sets[used], "memberships", 0, 1)
        columns = {part: sets[part.removeprefix("~")].to_numpy(float) for part in parts}
        terms.append([1 - x if part.startswith("~") else x for part, x in columns.items()])
    joined = np.maximum.reduce([np.minimum.reduce(term) for term in terms])
    return pd.Series(joined, index=cases.index, name=expression)


def truth_table(
    cases: pd.DataFrame, conditions: list[str], outcome: str, *, cut: float = 0.8, n_cut: int = 1
) -> pd.DataFrame:
    """All configurations, with and without cases, and how consistently each has the outcome.

    `cases` are memberships from 0 to 1, indexed by case; the outcome is a column, or ``~`` and a
    column for its absence. A row has the outcome if its consistency reaches `cut`; one with fewer
    than `n_cut` cases counts as one without.

    Indexed by row as a string of 0 and 1, in rising order: the conditions, ``n``, ``n_with``,
    ``n_without`` (cases in the row on either side of .5 in the outcome), ``contradictory``,
    ``consistency``, ``pri`` (missing where no case is in the row), ``outcome`` (1, 0, or missing
    where it has no case) and ``cases``.

    Refused are a condition of exactly .5 (it belongs to no row) and an outcome that never varies.

    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 0]}, index=["a", "b", "c"])
    >>> truth_table(cases, ["broad"], "left")[["n", "contradictory", "outcome"]].values.tolist()
    [[1, False, 0], [2, True, 0]]
    """
    _check_sets(cases, conditions, outcome.removeprefix("~"))
    sets, y = cases[conditions].to_numpy(float), membership(cases, outcome).to_numpy()
    bits = np.array(list(product((0, 1), repeat=len(conditions))))
    rows = ["".join(map(str, row)) for row in bits]
    # How far each case belongs to each row.
    belongs = np.where(bits, sets[:, None], 1 - sets[:, None]).min(axis=2)
    inside = belongs > 0.5
    table = pd.DataFrame(bits, rows, conditions).assign(
        n=inside.sum(axis=0),
        n_with=inside[y > 0.5].sum(axis=0),
        n_without=inside[y < 0.5].sum(axis=0),
    )
    table["contradictory"] = (table.n_with > 0) & (table.n_without > 0)
    fit = pd.DataFrame(_sufficiency(belongs, y), rows).where(table.n > 0)
    table["consistency"], table["pri"] = fit.consistency, fit.pri
    table["outcome"] = _decide(table, cut, n_cut)
    names = cases.index.astype(str).to_numpy()
    return table.assign(cases=[", ".join(names[row]) for row in inside.T])


def _decide(table: pd.DataFrame, cut: float, n_cut: int) -> pd.Series:
    """Which rows have the outcome, those that have cases enough."""
    check.shares(cut=cut)
    check.counts(n_cut=n_cut)
    reached = table.consistency >= cut - 1e-12
    return reached.astype("Int64").where(table.n >= max(n_cut, 1))


def _check_sets(cases: pd.DataFrame, conditions: list[str], outcome: str) -> None:
    """Refuse cases that no truth table can hold, with every breach in one error."""
    names = [*conditions, outcome]
    few = 1 <= len(conditions) <= MOST_CONDITIONS and len(set(names)) == len(names)
    allowed = f"1 to {MOST_CONDITIONS}, each once, none of them the outcome"
    check.that(few, allowed, conditions=", ".join(conditions), outcome=outcome)
    check.once(cases.columns, "column")
    problems = [f"{name}: no such column" for name in names if name not in cases]
    problems += [] if len(cases) else ["found no case; allowed: one or more"]
    repeated = cases.index[cases.index.duplicated()].unique()
    problems += [f"case {case!r}: given more than once" for case in repeated]
    known = [name for name in names if name in cases]
    values = cases[known].map(check.to_number).to_numpy(float).T
    allowed = {name: "0 to 1" + " but .5" * (name != outcome) for name in known}
    for name, column in zip(known, values):
        # Written so that a missing membership, which compares as false, is found too.
        right = (column >= 0) & (column <= 1) & ((column != 0.5) | (name == outcome))
        problems += [
            f"{name}: case {case!r} has {found}; allowed: {allowed[name]}"
            for case, found in cases.loc[~right, name].items()
        ]
    if outcome in known and pd.Series(values[-1]).nunique() == 1:
        only = f"{values[-1][0]:g}"
        problems.append(f"{outcome}: is {only} in all cases; allowed: two values or more")
    refuse("the cases make no truth table", problems)


def _sufficiency(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Consistency, PRI and coverage of each column of memberships for an outcome."""
    both = np.minimum(x, y[:, None]).sum(axis=0)
    neither = np.minimum(x, np.minimum(y, 1 - y)[:, None]).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "consistency": both / x.sum(axis=0),
            "pri": (both - neither) / (x.sum(axis=0) - neither),
            "coverage": both / y.sum(),
        }


def fit_solution(cases: pd.DataFrame, solution: str, outcome: str) -> pd.DataFrame:
    """How well each term, and the whole, is sufficient for the outcome.

    Indexed by term, the whole last (``solution``): ``consistency``, ``pri``, ``coverage`` and
    ``unique`` (what of the coverage no other term holds).

    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 1]})
    >>> fit_solution(cases, "broad", "left").loc["solution"].tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    check.counts(n_cases=len(cases))
    check.once(cases.index, "case")
    terms = [term.strip() for term in solution.split("+")]
    y = membership(cases, outcome).to_numpy()
    x = np.column_stack([membership(cases, term) for term in terms])
    fit = pd.DataFrame(_sufficiency(np.column_stack([x, x.max(axis=1)]), y), [*terms, "solution"])
    without = [np.delete(x, place, axis=1).max(axis=1, initial=0) for place in range(len(terms))]
    rest = _sufficiency(np.column_stack([*without, np.zeros(len(x))]), y)["coverage"]
    return fit.assign(unique=fit.coverage["solution"] - rest)


def fit_necessity(cases: pd.DataFrame, expressions: list[str], outcome: str) -> pd.DataFrame:
    """How far each expression is necessary for the outcome, and whether that says anything.

    Indexed by expression: ``consistency``, ``coverage`` and ``relevance`` (RoN: near 0 where nearly
    every case has it, and its necessity is trivial).

    >>> cases = pd.DataFrame({"broad": [1, 1, 0], "left": [1, 0, 0]})
    >>> fit_necessity(cases, ["broad"], "left").loc["broad"].tolist()
    [1.0, 0.5, 0.5]
    """
    check.counts(n_cases=len(cases), n_expressions=len(expressions))
    check.once(cases.index, "case")
    y = membership(cases, outcome)
    x = pd.DataFrame({expression: membership(cases, expression) for expression in expressions})
    both = x.clip(upper=y, axis=0)
    shares = {
        "consistency": both.sum() / y.sum(),
        "coverage": both.sum() / x.sum(),
        "relevance": (1 - x).sum() / (1 - both).sum(),
    }
    return pd.DataFrame(shares)


def find_primes(wanted: np.ndarray, barred: np.ndarray) -> np.ndarray:
    """The largest cubes that hold a wanted row and no barred one.

    `wanted` and `barred` mark rows, shape (2 ** k,), the first condition being the highest digit;
    rows that are neither are free to be used. A cube has 0, 1 or 2 where a condition is absent,
    present or left out: shape (n_primes, k).

    Wanted 10 and 11 of the rows 00, 01, 10, 11: the first condition present, the second left out.

    >>> wanted = np.array([False, False, True, True])
    >>> find_primes(wanted, ~wanted).tolist()
    [[1, 2]]
    """
    n = len(wanted)
    fits = n >= 2 and not n & (n - 1) and len(barred) == n
    check.that(fits, "2 to the power of the conditions", DataError, rows=n, others=len(barred))
    allowed = _count_in_cubes(barred) == 0
    prime = allowed & (_count_in_cubes(wanted) > 0)
    for axis in range(prime.ndim):
        # Not prime if the same cube without this condition is allowed too.
        wider = np.moveaxis(allowed, axis, 0)[_LEFT_OUT]
        np.moveaxis(prime, axis, 0)[:_LEFT_OUT] &= ~wider
    return np.argwhere(prime)


def _count_in_cubes(rows: np.ndarray) -> np.ndarray:
    """How many of the marked rows each cube holds, shape (3,) * k: sums along each condition."""
    k = len(rows).bit_length() - 1
    counts = rows.astype(np.int32).reshape((2,) * k)
    for axis in range(k):
        both = counts.sum(axis=axis, keepdims=True, dtype=np.int32)
        counts = np.concatenate([counts, both], axis=axis)
    return counts


def hold_rows(cubes: np.ndarray, n_conditions: int) -> np.ndarray:
    """Which rows each cube holds, shape (n_cubes, 2 ** n_conditions).

    >>> hold_rows(np.array([[1, 2]]), 2).tolist()
    [[False, False, True, True]]
    """
    check.counts(n_conditions=n_conditions)
    fit = np.size(cubes) % n_conditions == 0 and np.isin(cubes, (0, 1, 2)).all()
    check.that(fit, "0, 1 or 2 for each condition", DataError, cubes=cubes)
    held = np.ones((len(cubes), 1), dtype=bool)
    for column in np.reshape(cubes, (-1, n_conditions)).T:
        both = np.stack([column != _PRESENT, column != _ABSENT], axis=1)
        held = (held[:, :, None] & both[:, None, :]).reshape(len(held), 2 * held.shape[1])
    return held


def find_covers(chart: np.ndarray) -> Covers:
    """Every choice of as few cubes as possible that together hold all rows.

    The chart, shape (n_cubes, n_rows), says which cube holds which row. Two rows, one held by
    either of two cubes: two models.

    >>> find_covers(np.array([[True, False], [False, True], [False, True]]))
    Covers(models=[(0, 1), (0, 2)], total=2)
    """
    held = chart.size and chart.any(axis=0).all()
    check.that(held, "rows that some cube holds", DataError, chart=chart.shape)
    alike: dict[int, list[int]] = {}
    for cube, held in enumerate(chart):
        alike.setdefault(sum(1 << int(row) for row in np.flatnonzero(held)), []).append(cube)
    whole = (1 << chart.shape[1]) - 1
    # Cubes within another cannot make a choice smaller; they can make one more of that size.
    largest = [m for m in alike if not any(m != other and m & ~other == 0 for other in alike)]
    size = next(n for n in count() if next(_search(whole, n, largest), None) is not None)
    found = list(islice(_search(whole, size, list(alike)), _COUNTED + 1))
    models = (product(*(alike[mask] for mask in cover)) for cover in found)
    total = sum(prod(len(alike[mask]) for mask in cover) for cover in found)
    listed = islice((tuple(sorted(model)) for several in models for model in several), MOST_MODELS)
    return Covers(sorted(listed), total if len(found) <= _COUNTED else -1)


def _search(open_rows: int, left: int, masks: list[int]) -> Iterator[tuple[int, ...]]:
    """Every choice of at most `left` masks that holds all open rows, each once."""
    if not open_rows:
        yield ()
        return
    useful = [mask for mask in masks if mask & open_rows]
    held = sorted(((mask & open_rows).bit_count() for mask in useful), reverse=True)
    if sum(held[:left]) < open_rows.bit_count():
        return
    # Branch on the open row with the fewest ways to hold it; a mask once tried is not tried again.
    bits = (1 << n for n in range(open_rows.bit_length()) if open_rows >> n & 1)
    tried = set()
    for mask in min(([m for m in useful if m & bit] for bit in bits), key=len):
        tried.add(mask)
        rest = [other for other in useful if other not in tried]
        for more in _search(open_rows & ~mask, left - 1, rest):
            yield (mask, *more)


def find_solutions(
    table: pd.DataFrame, conditions: list[str], expected: dict[str, int] | None = None
) -> pd.DataFrame:
    """The conservative, intermediate and parsimonious solutions of a truth table, all models.

    `table`: as `truth_table` gives it: all rows in order, ``outcome`` 1, 0 or missing. `expected`:
    condition to 1 (expected to help when present) or 0 (when absent); conditions left out carry no
    expectation. For the outcome turned round, turn the expectations round.

    One row per model: ``kind``, ``model``, ``of`` (models there are; -1 too many to count),
    ``solution``, ``terms``, ``assumptions`` (rows without a case that it takes to have the outcome)
    and ``avoided`` (such rows of the parsimonious one beside it that are not easy; of intermediate
    solutions only). No row where no configuration has the outcome.

    One row has the outcome, one has not, two are without a case:

    >>> table = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "outcome": [0, None, None, 1]})
    >>> find_solutions(table, ["a", "b"], {"a": 1}).set_index("kind").solution.tolist()
    ['a*b', 'a*b', 'a', 'b']
    """
    expected = expected or {}
    wrong = [f"{c}: {a!r}" for c, a in expected.items() if c not in conditions or a not in (0, 1)]
    check.that(not wrong, f"0 or 1 for {', '.join(conditions)}", expectation=", ".join(wrong))
    check.names(conditions, table.columns, "condition")
    rows = list(product((0, 1), repeat=len(conditions)))
    same = list(table[conditions].itertuples(index=False, name=None)) == rows
    allowed = "the conditions as the truth table has them, all its rows"
    check.that(same, allowed, conditions=", ".join(conditions), rows=len(table))
    wanted, barred = (table["outcome"].eq(n).fillna(False).to_numpy(bool) for n in (1, 0))
    if not wanted.any():
        return pd.DataFrame(columns=_COLUMNS)
    aims = np.array([expected.get(name, _LEFT_OUT) for name in conditions])
    few, n_few = _find_models(wanted, ~wanted)
    many, n_many = _find_models(wanted, barred)
    parts = [
        ("conservative", _describe(few, conditions, wanted), n_few),
        ("intermediate", *_find_between(few, many, aims, conditions, wanted)),
        ("parsimonious", _describe(many, conditions, wanted), n_many),
    ]
    found = [part.assign(kind=kind, of=n, model=range(1, len(part) + 1)) for kind, part, n in parts]
    return pd.concat(found, ignore_index=True)[_COLUMNS].astype({"avoided": "Int64"})


def _find_models(wanted: np.ndarray, barred: np.ndarray) -> tuple[list[np.ndarray], int]:
    """The models, each an array of cubes, and how many there are."""
    primes = find_primes(wanted, barred)
    covers = find_covers(hold_rows(primes, primes.shape[1])[:, wanted])
    return [primes[list(model)] for model in covers.models], covers.total


def _find_between(
    few: list[np.ndarray], many: list[np.ndarray], aims: np.ndarray, conditions: list[str],
    wanted: np.ndarray,
) -> tuple[pd.DataFrame, int]:  # fmt: skip
    """The intermediate solutions of every pair of a conservative and a parsimonious model."""
    found: dict[bytes, pd.DataFrame] = {}
    for inner, outer in product(few, many):
        pairs = np.array(list(product(inner, outer)))
        term, kept = pairs[:, 0], pairs[:, 1] != _LEFT_OUT
        # Of a conservative term is left out what runs against expectation, but for what the
        # parsimonious term around it keeps.
        around = (~kept | (pairs[:, 1] == term)).all(axis=1)
        against = ~kept & (aims != _LEFT_OUT) & (term == 1 - aims)
        wider = np.where(against, _LEFT_OUT, term)[around]
        easy = hold_rows(wider, len(aims)).any(axis=0) & ~wanted
        if easy.tobytes() not in found:
            hard = hold_rows(outer, len(aims)).any(axis=0) & ~wanted & ~easy
            named = _describe(_find_models(wanted, ~(wanted | easy))[0], conditions, wanted)
            found[easy.tobytes()] = named.assign(avoided=int(hard.sum()))
    named = pd.concat(found.values()).drop_duplicates("solution")
    cut_short = MOST_MODELS in (len(few), len(many)) or len(named) > MOST_MODELS
    return named.head(MOST_MODELS), -1 if cut_short else len(named)


def _describe(models: list[np.ndarray], conditions: list[str], wanted: np.ndarray) -> pd.DataFrame:
    """Models in letters, with the rows without a case that each takes to have the outcome."""
    marks, rows = {_ABSENT: "~", _PRESENT: ""}, []
    for cubes in models:
        used = hold_rows(cubes, len(conditions)).any(axis=0) & ~wanted
        parts = [[marks[x] + c for x, c in zip(cube, conditions) if x in marks] for cube in cubes]
        # A term without any condition always holds.
        terms = sorted("*".join(part) or "1" for part in parts)
        rows.append((" + ".join(terms), len(terms), int(used.sum()), pd.NA))
    return pd.DataFrame(rows, columns=_COLUMNS[3:])


def vary_cuts(
    readings: dict[str, pd.DataFrame], conditions: list[str], outcome: str, *,
    cuts: tuple[float, ...], n_cuts: tuple[int, ...] = (1,), expected: dict[str, int] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """All solutions for the outcome and its absence, under every reading and cut.

    Readings are the same cases, calibrated in different ways. Gives `find_solutions`, with
    ``reading``, ``outcome``, ``cut`` and ``n_cut`` before it; one row of the kind ``none`` where no
    configuration has the outcome.
    """
    check.counts(n_readings=len(readings), n_cuts=len(cuts), n_n_cuts=len(n_cuts))
    parts, turned = [], {name: 1 - aim for name, aim in (expected or {}).items()}
    sides = {outcome: expected, f"~{outcome}": turned}
    tables = {
        (reading, side): truth_table(readings[reading], conditions, side)
        for reading, side in product(readings, sides)
    }
    solved: dict[tuple, pd.DataFrame] = {}  # most cuts leave the outcome of every row as it was
    for reading, side, cut, n_cut in product(readings, sides, cuts, n_cuts):
        table = tables[reading, side]
        table = table.assign(outcome=_decide(table, cut, n_cut))
        key = side, *table.outcome.fillna(-1)
        if key not in solved:
            solved[key] = find_solutions(table, conditions, sides[side])
        found = solved[key]
        if found.empty:
            found = pd.DataFrame([{"kind": "none", "solution": ""}], columns=_COLUMNS)
        where = {"reading": reading, "outcome": side, "cut": cut, "n_cut": n_cut}
        parts.append(pd.DataFrame(where, index=found.index).join(found))
    counts = dict.fromkeys(("model", "of", "terms", "assumptions", "avoided"), "Int64")
    return pd.concat(parts, ignore_index=True).astype(counts)


def chance_of_no_contradiction(n_cases: int, n_conditions: int, share: float = 0.5) -> float:
    """How often random cases make a truth table without any contradiction.

    Every configuration is as likely as any other, and each case has the outcome with the
    probability `share`, whatever its configuration.

    Two cases and one condition: in different rows (1/2), or in one and alike (1/4).

    >>> chance_of_no_contradiction(2, 1)
    0.75
    """
    check.shares(share=share)
    return _chance_that_all(lambda n: share**n + (1 - share) ** n, n_cases, n_conditions)


def chance_of_consistent_row(
    n_cases: int, n_conditions: int, cut: float = 0.8, share: float = 0.5
) -> float:
    """How often at least one configuration of random cases reaches a consistency.

    >>> chance_of_consistent_row(1, 1)
    0.5
    """
    check.shares(share=share, cut=cut)
    return 1 - _chance_that_all(
        lambda n: stats.binom.cdf(np.ceil(cut * n - 1e-9) - 1, n, share), n_cases, n_conditions
    )


def _chance_that_all(chance: Callable, n_cases: int, n_conditions: int) -> float:
    """The chance that every row is of a kind, from the chance by how many cases it has.

    Cases fall on the rows at random: N! / C^N times the coefficient of z^N in the C-th power of
    the sum of chance(n) z^n / n!. All terms are 0 or more, so that nothing cancels.
    """
    check.counts(-np.inf, n_cases=n_cases, n_conditions=n_conditions)
    fit = 1 <= n_cases <= MOST_CASES and 1 <= n_conditions <= MOST_CONDITIONS
    allowed = f"1 to {MOST_CASES} cases, 1 to {MOST_CONDITIONS} conditions"
    check.that(fit, allowed, cases=n_cases, conditions=n_conditions)
    n = np.arange(n_cases + 1)
    sizes = [float(factorial(size)) for size in n]
    # z in units of the number of rows: coefficients keep a size that a float can hold.
    series = np.where(n == 0, 1.0, chance(n)) / sizes / 2.0 ** (n_conditions * n)
    for _ in range(n_conditions):
        series = np.convolve(series, series)[: n_cases + 1]
    return float(series[-1] * sizes[-1])


def chance_as_tidy(table: pd.DataFrame) -> float:
    """In which share of all ways to deal out the outcomes no more rows contradict themselves.

    The cases stay in their rows and as many have the outcome: nothing but who has it is changed.
    Two rows of two cases, two with the outcome: of six ways two leave both rows alike.

    >>> chance_as_tidy(pd.DataFrame({"n_with": [2, 0], "n_without": [0, 2]})).__round__(4)
    0.3333
    """
    _check_rows(table)
    sizes = (table.n_with + table.n_without).tolist()
    ways = Counter({(0, 0): 1})  # cases with the outcome and rows that contradict themselves
    for size in sizes:
        added = Counter()
        for ((dealt, mixed), n), y in product(ways.items(), range(size + 1)):
            added[dealt + y, mixed + (0 < y < size)] += n * comb(size, y)
        ways = added
    total, seen = int(table.n_with.sum()), int(table[_SIDES].all(axis=1).sum())
    return sum(ways[total, mixed] for mixed in range(seen + 1)) / comb(sum(sizes), total)


def _check_rows(table: pd.DataFrame) -> None:
    """Refuse a truth table without numbers of cases on both sides."""
    check.columns(table, _SIDES)
    check.numbers(table[_SIDES], "numbers of cases", 0)


def weigh_rows(table: pd.DataFrame, share: float) -> pd.DataFrame:
    """How likely each configuration's agreement is if its cases came out at random.

    Takes ``n_with`` and ``n_without`` of all configurations, with and without cases, and how often
    a case has the outcome. One row for each configuration all of whose cases have it: ``n``, ``p``
    (`share` to the power of n) and ``holm`` (corrected for all configurations of the table).

    >>> weigh_rows(pd.DataFrame({"n_with": [3, 0], "n_without": [0, 1]}), 0.5).values.tolist()
    [[3.0, 0.125, 0.25]]
    """
    check.shares(share=share)
    _check_rows(table)
    whole = (table.n_with > 0) & (table.n_without == 0)
    p = (share ** table.n_with.astype(float)).where(whole, 1.0)
    found = table.assign(n=table.n_with, p=p, holm=multipletests(p, method="holm")[1])
    return found.loc[whole, ["n", "p", "holm"]]


def needed_cases(n_conditions: int, share: float = 0.5, level: float = 0.05) -> int:
    """How many cases, all with the outcome, one configuration needs to be beyond chance.

    >>> needed_cases(4)
    9
    """
    check.shares(ends=False, share=share, level=level)
    check.counts(n_conditions=n_conditions)
    return next(n for n in count(1) if share**n * 2**n_conditions <= level)
