"""What no model answers: numbers that are missing or infinite, unknown names, shares that are none.

Each says what was found and what is allowed, all of it at once.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from compendium.errors import DataError, SettingError


def check_numbers(table: pd.DataFrame, what: str) -> pd.DataFrame:
    """The table as it came, if it has a cell and every cell is a finite number.

    >>> check_numbers(pd.DataFrame({"trust": [1, -1]}), "the leans").shape
    (2, 1)
    """
    try:
        numbers = table.to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError):  # a word: its place is found column by column, which is slower
        numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(float, na_value=np.nan)
    places = np.argwhere(~np.isfinite(numbers))
    problems = [
        f"row {table.index[y]!r}, {table.columns[x]}: found {table.iat[y, x]}" for y, x in places
    ]
    if table.empty:
        problems = [f"found {table.shape[0]} rows of {table.shape[1]} columns"]
    if problems:
        raise DataError(f"{what} (allowed: a finite number each):\n  " + "\n  ".join(problems))
    return table


def check_names(found: Iterable[Any], allowed: Iterable[Any], what: str) -> None:
    """Refuse names that are not among those allowed.

    >>> check_names(["trust"], ["trust", "money"], "box")
    """
    known = list(allowed)
    if unknown := [name for name in found if name not in known]:
        names = ", ".join(map(repr, unknown))
        raise SettingError(f"found no {what} {names}; allowed: {', '.join(map(str, known))}")


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
