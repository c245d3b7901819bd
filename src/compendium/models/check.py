"""What no model answers: numbers that are missing or out of range, names that are unknown or twice.

Each says what was found and what is allowed, all of it at once.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from compendium.errors import CompendiumError, DataError, SettingError, refuse


def that(
    holds: Any, allowed: str, error: type[CompendiumError] = SettingError, **found: Any
) -> None:
    """Refuse what was found unless something holds of it.

    Conditions are written so that a missing number, which compares as false, is refused too.

    >>> that(0 <= 0.2 < 1, "0 to below 1", icc=0.2)
    """
    if not holds:
        shown = "; ".join(f"{name}: found {it}" for name, it in found.items())
        raise error(f"{shown}; allowed: {allowed}")


def numbers(
    table: pd.DataFrame, what: str, low: float = -np.inf, high: float = np.inf
) -> pd.DataFrame:
    """The table as it came, if it has a cell and every cell is a finite number from low to high.

    >>> numbers(pd.DataFrame({"trust": [1, -1]}), "the leans").shape
    (2, 1)
    """
    once(table.columns, f"{what}: column")
    try:
        values = table.to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):  # cell by cell, which is slower
        values = table.map(to_number).to_numpy(float)
    places = np.argwhere(~(np.isfinite(values) & (values >= low) & (values <= high)))
    problems = [
        f"row {table.index[y]!r}, {table.columns[x]}: found {table.iat[y, x]}" for y, x in places
    ]
    if table.empty:
        problems = [f"found {table.shape[0]} rows of {table.shape[1]} columns"]
    limits = "" if low == -np.inf else f" of {low:g} or more"
    limits += "" if high == np.inf else f" and {high:g} or less"
    refuse(f"{what} (allowed: a finite number{limits} each)", problems)
    return table


def to_number(value: Any) -> float:
    """A cell as a number; missing where it is none, or too large to be one.

    >>> to_number("9"), to_number("nine")
    (9.0, nan)
    """
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def columns(table: pd.DataFrame, needed: Iterable[Any]) -> None:
    """Refuse a table that lacks one of these columns, or has one twice.

    >>> columns(pd.DataFrame({"trust": [1]}), ["trust"])
    """
    names(needed, table.columns, "column")
    once(table.columns, "column")


def counts(least: float = 1, **counts: Any) -> None:
    """Refuse what is no whole number, or below the least.

    >>> counts(n_draws=10)
    """
    wrong = {name: n for name, n in counts.items() if not (least <= n < np.inf and n == n // 1)}
    allowed = "" if least == -np.inf else f" of {least} or more"
    that(not wrong, f"a whole number{allowed}", **wrong)


def shares(*, ends: bool = True, **shares: float) -> None:
    """Refuse what is no share: outside 0 to 1, or at one of them where `ends` do not count.

    >>> shares(level=0.95, ends=False)
    """
    wrong = {name: x for name, x in shares.items() if not (0 <= x <= 1 if ends else 0 < x < 1)}
    that(not wrong, "from 0 to 1" if ends else "between 0 and 1", **wrong)


def same(first: pd.Index, second: pd.Index, what: str) -> None:
    """Refuse two tables unless each has the same names, once, in whatever order.

    >>> same(pd.Index(["ward", "clinic"]), pd.Index(["clinic", "ward"]), "cases")
    """
    if not (first.is_unique and second.is_unique and {*first} == {*second}):
        found = {what: f"{list(first)} and {list(second)}"}
        that(False, "the same, each once", DataError, **found)


def names(found: Iterable[Any], allowed: Iterable[Any], what: str) -> None:
    """Refuse names that are not among those allowed.

    >>> names(["trust"], ["trust", "money"], "box")
    """
    known = list(allowed)
    if unknown := [name for name in found if name not in known]:
        names = ", ".join(map(repr, unknown))
        raise SettingError(f"found no {what} {names}; allowed: {', '.join(map(str, known))}")


def once(names: Iterable[Any], what: str) -> None:
    """Refuse names that are given more than once.

    >>> once(["trust", "money"], "box")
    """
    names = pd.Index(names)
    if twice := list(map(repr, names[names.duplicated()].unique())):
        raise DataError(f"found {what} {', '.join(twice)} more than once; allowed: each name once")
