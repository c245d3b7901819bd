"""Whose fault it is: the data's, the fit's or the setting's.

Every error this project raises on purpose descends from one root, so the command can tell
"your file is wrong" from "our code is wrong" and print the first without a traceback.
"""

from collections.abc import Iterable


class CompendiumError(Exception):
    """Something a reader can mend; the message says where and how."""


class DataError(CompendiumError):
    """A file does not hold what its schema, or another file, says it holds."""


class FitError(CompendiumError):
    """A computation that was asked for cannot be carried out on these numbers."""


class SettingError(CompendiumError):
    """A parameter, weight or option is unknown, missing or out of range."""


def shorten(names: Iterable[str], most: int = 3) -> str:
    """The first few, and how many more there are.

    >>> shorten(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
