"""What no model answers: numbers that are missing or out of range, names that are unknown or twice.

Each says what was found and what is allowed, all of it at once.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from compendium.errors import DataError, SettingError


def check_numbers(
    table: pd.DataFrame, what: str, low: float = -np.inf, high: float = np.inf
) -> pd.DataFrame:
    """The table as it came, if it has a cell and every cell is a finite number from low to high.

    >>> check_numbers(pd.DataFrame({"trust": [1, -1]}), "the leans").shape
    (2, 1)
    """
    if not table.columns.is_unique:
        raise DataError(f"{what}: found columns {list(table.columns)}; allowed: each name once")
    try:
        numbers = table.to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):  # a word: its place is found column by column, which is slower
        numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(float, na_value=np.nan)
    places = np.argwhere(~(np.isfinite(numbers) & (numbers >= low) & (numbers <= high)))
    problems = [
        f"row {table.index[y]!r}, {table.columns[x]}: found {table.iat[y, x]}" for y, x in places
    ]
    if table.empty:
        problems = [f"found {table.shape[0]} rows of {table.shape[1]} columns"]
    if problems:
        limits = "" if low == -np.inf else f" of {low:g} or more"
        limits += "" if high == np.inf else f" and {high:g} or less"
        allowed = f"allowed: a finite number{limits} each"
        raise DataError(f"{what} ({allowed}):\n  " + "\n  ".join(problems))
    return table


def check_counts(least: float = 1, **counts: Any) -> None:
    """Refuse what is no whole number, or below the least.

    >>> check_counts(n_draws=10)
    """
    # Written so that a missing number, which compares as false, is refused too.
    wrong = [f"{name}: found {n}" for name, n in counts.items()
             if not (least <= n < np.inf and n == n // 1)]  # fmt: skip
    if wrong:
        allowed = "" if least == -np.inf else f" of {least} or more"
        raise SettingError("; ".join(wrong) + f"; allowed: a whole number{allowed}")


def check_same(first: pd.Index, second: pd.Index, what: str) -> None:
    """Refuse two tables unless each has the same names, once, in whatever order.

    >>> check_same(pd.Index(["ward", "clinic"]), pd.Index(["clinic", "ward"]), "cases")
    """
    twice = [*first[first.duplicated()], *second[second.duplicated()]]
    if twice or {*first} != {*second}:
        found = f"{list(first)} and {list(second)}"
        raise DataError(f"{what}: found {found}; allowed: the same, each once")


def check_names(found: Iterable[Any], allowed: Iterable[Any], what: str) -> None:
    """Refuse names that are not among those allowed.

    >>> check_names(["trust"], ["trust", "money"], "box")
    """
    known, found = list(allowed), list(found)
    if unknown := [name for name in found if name not in known]:
        names = ", ".join(map(repr, unknown))
        raise SettingError(f"found no {what} {names}; allowed: {', '.join(map(str, known))}")


def check_once(names: Iterable[Any], what: str) -> None:
    """Refuse names that are given more than once.

    >>> check_once(["trust", "money"], "box")
    """
    names = list(names)
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise DataError(f"found {what} {', '.join(map(repr, twice))} more than once; allowed: once")


def check_shares(*, ends: bool = True, **shares: float) -> None:
    """Refuse what is no share: outside 0 to 1, or at one of them where `ends` do not count.

    >>> check_shares(level=0.95, ends=False)
    """
    # Written so that a missing share, which compares as false, is refused too.
    inside = (lambda x: 0 <= x <= 1) if ends else (lambda x: 0 < x < 1)
    wrong = [f"{name}: found {share!r}" for name, share in shares.items() if not inside(share)]
    if wrong:
        allowed = "from 0 to 1" if ends else "between 0 and 1"
        raise SettingError("; ".join(wrong) + f"; allowed: {allowed}")
