"""How tidy a truth table would look if nothing went with anything.

Few cases in many configurations rarely share a row, so that they rarely contradict each other, and
some row always looks consistent. Before a tidy table is believed, it is set beside what cases dealt
out at random would give. The chances here are exact: nothing is simulated.

Marx and Dusa (2011); Braumoeller (2015).
"""

from itertools import product
from math import comb, factorial

import numpy as np
import pandas as pd

from compendium.errors import SettingError

MOST_CASES, MOST_CONDITIONS = 100, 10


def chance_of_no_contradiction(n_cases: int, n_conditions: int, share: float = 0.5) -> float:
    """How often random cases make a truth table without any contradiction.

    Every configuration is as likely as any other, and each case has the outcome with the
    probability `share`, whatever its configuration.

    Examples
    --------
    Two cases and one condition: in different rows (1/2), or in one and alike (1/4).

    >>> chance_of_no_contradiction(2, 1)
    0.75
    """
    n = np.arange(n_cases + 1)
    alike = share**n + (1 - share) ** n
    return _chance_that_all(np.where(n == 0, 1.0, alike), n_conditions)


def chance_of_consistent_row(
    n_cases: int, n_conditions: int, cut: float = 0.8, share: float = 0.5
) -> float:
    """How often at least one configuration of random cases reaches a consistency.

    >>> chance_of_consistent_row(1, 1)
    0.5
    """
    below = [1.0] + [
        sum(
            comb(n, y) * share**y * (1 - share) ** (n - y)
            for y in range(n + 1)
            if y < cut * n - 1e-9
        )
        for n in range(1, n_cases + 1)
    ]
    return 1 - _chance_that_all(np.array(below), n_conditions)


def _chance_that_all(by_size: np.ndarray, n_conditions: int) -> float:
    """The chance that every row is of a kind, from the chance by how many cases it has.

    Cases fall on the rows at random: N! / C^N times the coefficient of z^N in the C-th power of
    the sum of by_size[n] z^n / n!. All terms are 0 or more, so that nothing cancels.
    """
    n_cases = len(by_size) - 1
    if not 1 <= n_cases <= MOST_CASES or not 1 <= n_conditions <= MOST_CONDITIONS:
        raise SettingError(
            f"found {n_cases} cases and {n_conditions} conditions; allowed: 1 to {MOST_CASES} and "
            f"1 to {MOST_CONDITIONS}"
        )
    sizes = [float(factorial(n)) for n in range(n_cases + 1)]
    # z in units of the number of rows: coefficients keep a size that a float can hold.
    series = by_size / sizes / 2.0 ** (n_conditions * np.arange(n_cases + 1))
    for _ in range(n_conditions):
        series = np.convolve(series, series)[: n_cases + 1]
    return float(series[-1] * sizes[-1])


def chance_as_tidy(table: pd.DataFrame) -> float:
    """In which share of all ways to deal out the outcomes no more rows contradict themselves.

    The cases stay in their rows and as many have the outcome: nothing but who has it is changed.

    Examples
    --------
    Two rows of two cases, two with the outcome: of six ways two leave both rows alike.

    >>> chance_as_tidy(pd.DataFrame({"n_with": [2, 0], "n_without": [0, 2]})).__round__(4)
    0.3333
    """
    sizes = (table.n_with + table.n_without).tolist()
    ways = {(0, 0): 1}
    for size in sizes:
        added: dict[tuple[int, int], int] = {}
        for ((dealt, mixed), count), y in product(ways.items(), range(size + 1)):
            key = (dealt + y, mixed + (0 < y < size))
            added[key] = added.get(key, 0) + count * comb(size, y)
        ways = added
    total, seen = int(table.n_with.sum()), int(((table.n_with > 0) & (table.n_without > 0)).sum())
    fine = sum(count for (dealt, mixed), count in ways.items() if dealt == total and mixed <= seen)
    return fine / comb(sum(sizes), total)


def weigh_rows(table: pd.DataFrame, share: float) -> pd.DataFrame:
    """How likely each configuration's agreement is if its cases came out at random.

    Parameters
    ----------
    table : DataFrame
        ``n_with`` and ``n_without``, all configurations, with and without cases.
    share : float
        How often a case has the outcome, whatever its configuration.

    Returns
    -------
    DataFrame
        One row for each configuration all of whose cases have the outcome: ``n``, ``p`` (`share`
        to the power of n) and ``holm`` (corrected for all configurations of the table).

    Examples
    --------
    >>> weigh_rows(pd.DataFrame({"n_with": [3, 0], "n_without": [0, 1]}), 0.5).values.tolist()
    [[3.0, 0.125, 0.25]]
    """
    whole = table[(table.n_with > 0) & (table.n_without == 0)]
    p = share ** whole.n_with.astype(float)
    order = p.sort_values(kind="stable")
    steps = (order * (len(table) - np.arange(len(order)))).clip(upper=1).cummax()
    return pd.DataFrame({"n": whole.n_with, "p": p, "holm": steps.reindex(p.index)})


def needed_cases(n_conditions: int, share: float = 0.5, level: float = 0.05) -> int:
    """How many cases, all with the outcome, one configuration needs to be beyond chance.

    >>> needed_cases(4)
    9
    """
    n = 1
    while share**n * 2**n_conditions > level:
        n += 1
    return n
