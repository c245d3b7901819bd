"""Whose fault it is: the data's, the fit's or the setting's.

Every error this project raises on purpose descends from one root, so the command can tell
"your file is wrong" from "our code is wrong" and print the first without a traceback.
"""


class CompendiumError(Exception):
    """Something a reader can mend; the message says where and how."""


class DataError(CompendiumError):
    """A file does not hold what its schema, or another file, says it holds."""


class FitError(CompendiumError):
    """A computation that was asked for cannot be carried out on these numbers."""


class SettingError(CompendiumError):
    """A parameter, weight or option is unknown, missing or out of range."""
