"""Comparing counts whose cross-table is not printed: what every possible one would say.

Two properties counted in the same 50 documents are paired. How many documents have both is not
printed, and a test needs it; but it has a least and a greatest value, so the test has bounds. A
difference that holds at every overlap holds whatever the cross-table was. Reading 50 of 99 also
helps: the unread documents are few, and only so many of them can undo a difference.
"""

import numpy as np
import pandas as pd
from scipy import stats

from compendium.errors import FitError


def possible_tables(first: int, second: int, within: int) -> pd.DataFrame:
    """Every cross-table that two counts of the same documents allow.

    Parameters
    ----------
    first, second : int
        How many documents have either property, 0 to `within`.
    within : int
        The documents that can have one.

    Returns
    -------
    DataFrame
        ``both``, ``only_first``, ``only_second`` and ``neither``; one row per possible overlap,
        the least first.

    Raises
    ------
    FitError
        If a count lies outside 0 to `within`.

    Notes
    -----
    The bounds of the overlap are Fréchet's: at least first + second - within, at most the
    smaller count.

    Examples
    --------
    Nine of ten and eight of ten share at least seven:

    >>> possible_tables(9, 8, 10).values.tolist()
    [[7, 2, 1, 0], [8, 1, 0, 1]]
    """
    if not (0 <= first <= within and 0 <= second <= within):
        raise FitError(
            f"cannot cross {first} with {second} of {within} documents; "
            "allowed: counts from 0 to the number of documents"
        )
    both = range(max(0, first + second - within), min(first, second) + 1)
    rows = [(n, first - n, second - n, within - first - second + n) for n in both]
    return pd.DataFrame(rows, columns=["both", "only_first", "only_second", "neither"])


def paired_p(only_first: int, only_second: int, unread: int | None = None) -> float:
    """Exact two-sided p-value that two properties of the same documents are equally frequent.

    Parameters
    ----------
    only_first, only_second : int
        Documents that have one property and not the other, at least 0.
    unread : int, optional
        How many documents of the population are not in the random sample. None means that the
        population has no end.

    Returns
    -------
    float
        Without `unread`, McNemar's exact p. With it, the largest p over every population that
        holds the sample and has both properties equally often; 0 where there is none.

    Raises
    ------
    FitError
        If a number is negative.

    Notes
    -----
    McNemar (1947), exact: of m documents with one property only, the first's are binomial with
    probability 1/2. In a population with k documents of either kind they are hypergeometric, m
    drawn from 2k; k is not known, but 2k is at most m plus the unread.

    Examples
    --------
    Five to nothing is 2/32; once all documents are read there is nothing left to doubt:

    >>> paired_p(5, 0), paired_p(5, 0, unread=0)
    (0.0625, 0.0)
    """
    if min(only_first, only_second, unread or 0) < 0:
        raise FitError(
            f"cannot compare {only_first} documents with {only_second}, {unread} unread; "
            "allowed: numbers of 0 or more"
        )
    fewer, more = sorted((int(only_first), int(only_second)))
    found = fewer + more
    if unread is None:
        tail = stats.binom.cdf(fewer, found, 0.5)
    else:
        equal = np.arange(more, (found + unread) // 2 + 1)
        tail = stats.hypergeom.cdf(fewer, 2 * equal, equal, found).max(initial=0)
    return min(1.0, 2 * float(tail))


def bound_differences(
    pairs: pd.DataFrame, unread: int | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Between which bounds the paired test of two counts lies, over every possible overlap.

    Parameters
    ----------
    pairs : DataFrame
        ``first``, ``second`` (counts) and ``within`` (the documents that can have either).
    unread : int, optional
        As for `paired_p`.
    level : float
        One minus the p-value below which a difference is said to hold.

    Returns
    -------
    DataFrame
        With ``least_overlap``, ``most_overlap``, ``p_smallest``, ``p_largest`` and ``holds``: at
        ``every``, ``some`` or ``no`` possible overlap.

    Notes
    -----
    One pair at a time: nothing is adjusted for the number of pairs.

    Examples
    --------
    >>> bound_differences(pd.DataFrame({"first": [9], "second": [2], "within": [10]}))[
    ...     ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    ... ].values.tolist()
    [[1, 2, 0.015625, 0.0390625, 'every']]
    """
    rows = []
    for first, second, within in zip(pairs["first"], pairs["second"], pairs["within"]):
        tables = possible_tables(int(first), int(second), int(within))
        discordant = zip(tables.only_first, tables.only_second)
        p = pd.Series([paired_p(a, b, unread) for a, b in discordant])
        seen = p.lt(1 - level)
        holds = "every" if seen.all() else "some" if seen.any() else "no"
        rows.append([tables.both.min(), tables.both.max(), p.min(), p.max(), holds])
    columns = ["least_overlap", "most_overlap", "p_smallest", "p_largest", "holds"]
    return pd.concat([pairs, pd.DataFrame(rows, columns=columns, index=pairs.index)], axis=1)


def group_p(count: int, size: int, other_count: int, other_size: int) -> float:
    """Fisher's exact two-sided p-value that two groups have a property equally often.

    Parameters
    ----------
    count, other_count : int
        How many of either group have it.
    size, other_size : int
        How large the groups are.

    Raises
    ------
    FitError
        If a count lies outside 0 to its group's size.

    Notes
    -----
    Fisher (1934): given the margins, the count is hypergeometric; every table no likelier than
    the one seen is added. The groups are taken as drawn from endless populations, which errs on
    the safe side where half of a finite one was read.

    Examples
    --------
    One of one against none of one is one of two equally likely tables:

    >>> group_p(1, 1, 0, 1)
    1.0
    """
    if not (0 <= count <= size and 0 <= other_count <= other_size):
        raise FitError(
            f"cannot compare {count} of {size} with {other_count} of {other_size}; "
            "allowed: counts from 0 to the size of their group"
        )
    table = [[count, size - count], [other_count, other_size - other_count]]
    return float(stats.fisher_exact(table).pvalue)


def bound_association(first: int, second: int, within: int) -> pd.DataFrame:
    """Fisher's p-value of association between two properties, for each possible overlap.

    Parameters
    ----------
    first, second, within : int
        As for `possible_tables`.

    Returns
    -------
    DataFrame
        The possible tables with ``p``: "no association was found" tells which of the overlaps
        the documents cannot have had, and no more.

    Examples
    --------
    >>> bound_association(2, 2, 4).p.round(3).tolist()
    [0.333, 1.0, 0.333]
    """
    tables = possible_tables(first, second, within)
    p = [group_p(n, first, second - n, within - first) for n in tables.both]
    return tables.assign(p=p)
