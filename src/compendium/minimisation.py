"""The shortest ways to say which configurations go with an outcome.

Each row of a truth table is a configuration: every condition present or absent. A term leaves some
conditions out and so stands for many rows, a cube of them. With k conditions there are 3^k cubes,
few enough to count the rows of all of them at once; what is left is to choose as few of the largest
allowed cubes as cover the rows with the outcome, and to find every such choice: where several say
it equally shortly, none is *the* solution (Baumgartner and Thiem 2017).

Three solutions differ in the rows without a case: the conservative uses none of them, the
parsimonious any, the intermediate those that a stated expectation makes easy (Ragin and Sonnett
2005). Quine (1952); McCluskey (1956).
"""

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.errors import SettingError

# In a cube a condition is absent, present, or left out.
ABSENT, PRESENT, LEFT_OUT = 0, 1, 2
COLUMNS = ["kind", "model", "of", "solution", "terms", "assumptions", "avoided"]
# A solution with more models than this is no description; they are counted, this many are listed.
MOST = 100
COUNTED = 10_000


class Covers(NamedTuple):
    """Choices of cubes, as places in a list; `total` how many there are, -1 if over `COUNTED`."""

    models: list[tuple[int, ...]]
    total: int


def find_primes(wanted: np.ndarray, barred: np.ndarray) -> np.ndarray:
    """The largest cubes that hold a wanted row and no barred one.

    Parameters
    ----------
    wanted, barred : array of bool, shape (2 ** k,)
        One place per row, the first condition being the highest digit; rows that are neither are
        free to be used.

    Returns
    -------
    array of int, shape (n_primes, k)
        `ABSENT`, `PRESENT` or `LEFT_OUT` for each condition.

    Examples
    --------
    Wanted 10 and 11 of the rows 00, 01, 10, 11: the first condition present, the second left out.

    >>> wanted = np.array([False, False, True, True])
    >>> find_primes(wanted, ~wanted).tolist()
    [[1, 2]]
    """
    allowed = _count_in_cubes(barred) == 0
    prime = allowed & (_count_in_cubes(wanted) > 0)
    for axis in range(prime.ndim):
        # Not prime if the same cube without this condition is allowed too.
        wider = np.moveaxis(allowed, axis, 0)[LEFT_OUT]
        np.moveaxis(prime, axis, 0)[:LEFT_OUT] &= ~wider
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
    held = np.ones((len(cubes), 1), dtype=bool)
    for column in np.reshape(cubes, (-1, n_conditions)).T:
        both = np.stack([column != PRESENT, column != ABSENT], axis=1)
        held = (held[:, :, None] & both[:, None, :]).reshape(len(held), -1)
    return held


def find_covers(chart: np.ndarray) -> Covers:
    """Every choice of as few cubes as possible that together hold all rows.

    Parameters
    ----------
    chart : array of bool, shape (n_cubes, n_rows)
        Which cube holds which row.

    Examples
    --------
    Two rows, one held by either of two cubes: two models.

    >>> find_covers(np.array([[True, False], [False, True], [False, True]]))
    Covers(models=[(0, 1), (0, 2)], total=2)
    """
    alike: dict[int, list[int]] = {}
    for cube, held in enumerate(chart):
        alike.setdefault(sum(1 << int(row) for row in np.flatnonzero(held)), []).append(cube)
    whole = (1 << chart.shape[1]) - 1
    # Cubes within another cannot make a choice smaller; they can make one more of that size.
    largest = [m for m in alike if not any(m != other and m & ~other == 0 for other in alike)]
    size = 0
    while next(_search(whole, size, largest), None) is None:
        size += 1
    found = list(islice(_search(whole, size, list(alike)), COUNTED + 1))
    models = (product(*(alike[mask] for mask in cover)) for cover in found)
    total = sum(prod(len(alike[mask]) for mask in cover) for cover in found)
    listed = islice((tuple(sorted(model)) for several in models for model in several), MOST)
    return Covers(sorted(listed), total if len(found) <= COUNTED else -1)


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


def name_term(cube: np.ndarray, conditions: list[str]) -> str:
    """A cube in letters: ``*`` is and, ``~`` not; a term without any condition always holds, ``1``.

    >>> name_term(np.array([1, 0, 2]), ["broad", "large", "duty"])
    'broad*~large'
    """
    marks = {ABSENT: "~", PRESENT: ""}
    parts = [marks[value] + name for value, name in zip(cube, conditions) if value != LEFT_OUT]
    return "*".join(parts) or "1"


def find_solutions(
    table: pd.DataFrame,
    conditions: list[str],
    expected: dict[str, int] | None = None,
) -> pd.DataFrame:
    """The conservative, intermediate and parsimonious solutions of a truth table, all models.

    Parameters
    ----------
    table : DataFrame
        As `configurations.truth_table` gives it: all rows in order, ``outcome`` 1, 0 or missing.
    expected : dict
        Condition to 1 (expected to help when present) or 0 (when absent); conditions left out
        carry no expectation. For the outcome turned round, turn the expectations round.

    Returns
    -------
    DataFrame
        One row per model: ``kind``, ``model``, ``of`` (models there are; -1 too many to count),
        ``solution``, ``terms``, ``assumptions`` (rows without a case that it takes to have the
        outcome) and ``avoided`` (such rows of the parsimonious one beside it that are not easy; of
        intermediate solutions only). No row where no configuration has the outcome.

    Examples
    --------
    One row has the outcome, one has not, two are without a case:

    >>> table = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "outcome": [0, None, None, 1]})
    >>> find_solutions(table, ["a", "b"], {"a": 1}).set_index("kind").solution.tolist()
    ['a*b', 'a*b', 'a', 'b']
    """
    _check_expected(expected or {}, conditions)
    wanted, barred = (table["outcome"].eq(n).fillna(False).to_numpy(bool) for n in (1, 0))
    if not wanted.any():
        return pd.DataFrame(columns=COLUMNS)
    aims = np.array([(expected or {}).get(name, LEFT_OUT) for name in conditions])
    few, n_few = _models(wanted, ~wanted)
    many, n_many = _models(wanted, barred)
    parts = [
        ("conservative", _name(few, conditions, wanted), n_few),
        ("intermediate", *_between(few, many, aims, conditions, wanted)),
        ("parsimonious", _name(many, conditions, wanted), n_many),
    ]
    rows = [
        row.assign(kind=kind, of=total, model=range(1, len(row) + 1)) for kind, row, total in parts
    ]
    return pd.concat(rows, ignore_index=True)[COLUMNS].astype({"avoided": "Int64"})


def _check_expected(expected: dict[str, int], conditions: list[str]) -> None:
    wrong = [f"{c}: {a!r}" for c, a in expected.items() if c not in conditions or a not in (0, 1)]
    if wrong:
        raise SettingError(
            f"found the expectation {', '.join(wrong)}; allowed: 0 or 1 for {', '.join(conditions)}"
        )


def _models(wanted: np.ndarray, barred: np.ndarray) -> tuple[list[np.ndarray], int]:
    """The models, each an array of cubes, and how many there are."""
    primes = find_primes(wanted, barred)
    chart = hold_rows(primes, primes.shape[1])[:, wanted]
    covers = find_covers(chart)
    return [primes[list(model)] for model in covers.models], covers.total


def _between(
    few: list[np.ndarray],
    many: list[np.ndarray],
    aims: np.ndarray,
    conditions: list[str],
    wanted: np.ndarray,
) -> tuple[pd.DataFrame, int]:
    """The intermediate solutions of every pair of a conservative and a parsimonious model."""
    found, seen = [], set()
    for inner, outer in product(few, many):
        easy = _find_easy(inner, outer, aims) & ~wanted
        hard = hold_rows(outer, len(aims)).any(axis=0) & ~wanted & ~easy
        if easy.tobytes() in seen:
            continue
        seen.add(easy.tobytes())
        models, _ = _models(wanted, ~(wanted | easy))
        found.append(_name(models, conditions, wanted).assign(avoided=int(hard.sum())))
    named = pd.concat(found).drop_duplicates("solution")
    cut_short = len(few) == MOST or len(many) == MOST or len(named) > MOST
    return named.head(MOST), -1 if cut_short else len(named)


def _find_easy(few: np.ndarray, many: np.ndarray, aims: np.ndarray) -> np.ndarray:
    """The rows of each conservative term once what runs against expectation is left out.

    A condition that the parsimonious term around it keeps is never left out.
    """
    inner, outer = (np.array([pair[n] for pair in product(few, many)]) for n in (0, 1))
    around = ((outer == LEFT_OUT) | (outer == inner)).all(axis=1)
    against = (outer == LEFT_OUT) & (aims != LEFT_OUT) & (inner == 1 - aims)
    return hold_rows(np.where(against, LEFT_OUT, inner)[around], len(aims)).any(axis=0)


def _name(models: list[np.ndarray], conditions: list[str], wanted: np.ndarray) -> pd.DataFrame:
    """Models in letters, with the rows without a case that each takes to have the outcome."""
    rows = []
    for cubes in models:
        used = hold_rows(cubes, len(conditions)).any(axis=0) & ~wanted
        terms = sorted(name_term(cube, conditions) for cube in cubes)
        rows.append((" + ".join(terms), len(terms), int(used.sum()), pd.NA))
    return pd.DataFrame(rows, columns=COLUMNS[3:])
