"""What an invented study says on everything it makes.

A study may be made up, to teach or to try the machinery. Its source is then of the kind `INVENTED`
in ``sources.csv``, and every title, table and figure says so: a number should not be taken for a
finding because it was passed on without its folder. Studies of real texts get no label.
"""

import re
from typing import Any

import pandas as pd

from compendium import raw

INVENTED = "invented"
LABEL = "INVENTED"


def read_label() -> str:
    """`LABEL` if a source of the study is invented, ``""`` if none is.

    >>> read_label()
    ''
    """
    sources = raw.read_table("sources")
    return LABEL if "kind" in sources and INVENTED in set(sources.kind) else ""


def mark_title(head: str) -> str:
    """The first cell of a notebook, with the label in its title if the study has one."""
    label = read_label()
    return re.sub(r"^# ", f"# {label}: ", head, count=1, flags=re.MULTILINE) if label else head


def mark_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table to be written, with the label in a last column if the study has one."""
    label = read_label()
    return table.assign(study=label) if label else table


def mark_figure(figure: Any) -> Any:
    """A figure to be saved, with the label across it if the study has one."""
    if label := read_label():
        size = 10 * min(figure.get_size_inches())
        style = {"size": size, "rotation": 20, "color": "0.5", "alpha": 0.3, "weight": "bold"}
        figure.text(0.5, 0.5, label, ha="center", va="center", zorder=9, **style)
    return figure
