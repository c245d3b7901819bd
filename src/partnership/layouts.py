"""Tables as these works lay them out in print, and a framework as a form to fill in."""

import pandas as pd

from compendium.coding.weighing import head_case
from compendium.figures.frameworks import plot_axes, plot_ladder, plot_steps
from compendium.figures.style import RECONSTRUCTION
from compendium.printed.tables import read_table
from compendium.runs import outputs
from partnership import read_beside

_NAMES = read_beside(__file__)
FRAMEWORKS, LISTS, WORKSHEETS, FUNDING = _NAMES.values()
_OURS = "A drawing of ours, from statements coded in chapters 4 and 5; no such figure is printed"


def draw_framework(item: str, only_stated: bool) -> None:
    """Draw a framework as what it is by `FRAMEWORKS`: two axes, steps or a ladder."""
    how, table = FRAMEWORKS[item], read_table(item)
    parts = table.set_index(how["by"]).loc[how["order"]].reset_index(names="name")
    stated = parts.basis == "stated" if "basis" in parts else True
    parts = parts.assign(stated=stated)
    if only_stated:
        parts = parts[parts.stated]
    whole = read_table("items").set_index("item_id").completeness[item] == "complete"
    note = "Redrawn from the text, labels ours" if whole else RECONSTRUCTION
    plot = {"axes": plot_axes, "steps": plot_steps, "ladder": plot_ladder}[how["as"]]
    outputs.draw(_name(item), plot, parts, how["head"], note, saved=table)


def list_framework(item: str) -> pd.DataFrame:
    """The parts of a framework of which no layout is known: a table, by `LISTS`."""
    table = read_table(item)
    if "element" in table:
        table = table[table.element != "heading"]
    return outputs.write_table(table.set_index(LISTS[item])[["label", "line"]], _name(item))


def _name(item: str) -> str:
    """What a framework's figure or table is called.

    >>> _name("elston2005/figure-1.2"), _name("glasby2012/figure-3")
    ('framework-figure-1.2', 'framework-glasby-figure-3')
    """
    source, _, name = item.partition("/")
    short = {"elston2005": "", "glasby2012": "glasby-", "culture-note": "culture-"}[source]
    return f"framework-{short}{name}"


def by_site(table: pd.DataFrame, label: str, number: str) -> pd.DataFrame:
    """A long table with one row per printed row and site, as printed: sites across."""
    wide = table.pivot(index=["row", label], columns="site", values=number)
    return wide[list(dict.fromkeys(table.site))].rename_axis(columns=None)


def head_balance(case: pd.Series) -> tuple[str, str]:
    """The head of a case's balance, and what kind of drawing it is."""
    return head_case(case), _OURS if pd.isna(case.figure) else RECONSTRUCTION
