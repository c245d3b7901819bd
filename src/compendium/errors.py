"""Whose fault it is: the data's, the fit's or the setting's.

Every error this project raises on purpose descends from one root, so the command can tell
"your file is wrong" from "our code is wrong" and print the first without a traceback.
"""

import errno
from collections.abc import Iterable
from difflib import get_close_matches


class CompendiumError(Exception):
    """Something a reader can mend; the message says where and how."""


class DataError(CompendiumError):
    """A file does not hold what its schema, or another file, says it holds."""


class FitError(CompendiumError):
    """A computation that was asked for cannot be carried out on these numbers."""


class SettingError(CompendiumError):
    """A parameter, weight or option is unknown, missing or out of range."""


class StoppedError(CompendiumError):
    """Whoever started it told it to stop; the message says what is kept and how to go on."""


_MACHINE = (
    *("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "ENAMETOOLONG"),
    *("EROFS", "EACCES", "EPERM", "EEXIST", "ENOTDIR", "EISDIR"),
)


def is_of_machine(error: BaseException) -> bool:
    """Whether a disk is full, or a file cannot be written: nothing that a traceback explains."""
    allowed = {getattr(errno, name, None) for name in _MACHINE}
    return isinstance(error, OSError) and error.errno in allowed


def explain(error: BaseException) -> str:
    """An error as one sentence; one of the machine says what to do.

    >>> explain(PermissionError(errno.EACCES, "Permission denied", "results"))
    'results: permission denied; nothing is half written: mend it and run the same command again'
    """
    if not is_of_machine(error):
        return str(error)
    what = f"{error.filename}: " if error.filename else ""
    return (
        f"{what}{error.strerror.lower()}; nothing is half written: "
        "mend it and run the same command again"
    )


def refuse(what: str, problems: Iterable[str], error: type[CompendiumError] = DataError) -> None:
    """Refuse what has a problem, and say all of them at once; nothing if it has none.

    >>> refuse("the table cannot be read", [])
    """
    if said := "\n  ".join(problems):
        raise error(f"{what}:\n  {said}")


def closest(name: str, known: Iterable[str], n: int = 3, cutoff: float = 0) -> str:
    """Those of some names that are most like one, as words.

    >>> closest("helth", ["wealth", "health"], n=1)
    'health'
    """
    return ", ".join(get_close_matches(name, known, n=n, cutoff=cutoff)) or "none"


def shorten(names: Iterable[str], most: int = 3) -> str:
    """The first few, and how many more there are.

    >>> shorten(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
