"""Tables as these works lay them out in print, and a framework as a form to fill in."""

import pandas as pd

from compendium.coding.weighing import head_case
from compendium.figures.style import RECONSTRUCTION
from compendium.printed.tables import read_table
from partnership import read_beside

_NAMES = read_beside(__file__)
CHAPTER_1, GLASBY, WORKSHEETS = (_NAMES[name] for name in ("chapter_1", "glasby", "worksheets"))
_OURS = "A drawing of ours, from statements coded in chapters 4 and 5; no such figure is printed"


def read_chapter_1(name: str) -> pd.DataFrame:
    """The parts of a framework of chapter 1, each in the group of its kind."""
    parts = read_table(f"elston2005/{name}")
    label = parts.element + ": " + parts.label
    return parts.assign(group=parts.kind, label=label, stated=parts.basis == "stated")


def read_glasby(name: str) -> tuple[pd.DataFrame, str, str]:
    """The parts of a figure of Glasby's, its head, and what kind of drawing ours is."""
    item = f"glasby2012/{name}"
    items = read_table("items").set_index("item_id")
    head = "Glasby (2012), " + name.replace("-", " ").capitalize()
    whole = items.completeness[item] == "complete"
    return read_table(item), head, "Redrawn from the text, labels ours" if whole else RECONSTRUCTION


def funding_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Table 4.2 in its printed layout, from one row per site."""
    rows = {
        "budget_gbp_m": "Budget with adjustments (£ million)",
        "allocation_gbp_m": "Health inequalities allocation (£ million)",
        "share_percent": "Allocation as % of budget",
    }
    return shares.set_index("site")[list(rows)].rename(columns=rows).T.rename_axis(None)


def by_site(table: pd.DataFrame, label: str, number: str) -> pd.DataFrame:
    """A long table with one row per printed row and site, as printed: sites across.

    >>> long = pd.DataFrame({"row": [1, 1], "who": "CHC", "site": ["Middleton", "Total"],
    ...                      "n": [1, 3]})
    >>> by_site(long, "who", "n").values.tolist()
    [[1, 3]]
    """
    wide = table.pivot(index=["row", label], columns="site", values=number)
    return wide[list(dict.fromkeys(table.site))].rename_axis(columns=None)


def make_worksheet(elements: pd.DataFrame) -> pd.DataFrame:
    """A framework as a form: its elements, and empty columns for a partnership of one's own.

    >>> make_worksheet(pd.DataFrame({"group": ["process"], "label": ["trust"]})).columns.tolist()
    ['group', 'label', 'our partnership', 'evidence', 'agreed by']
    """
    blank = dict.fromkeys(("our partnership", "evidence", "agreed by"), "")
    return elements[["group", "label"]].assign(**blank).reset_index(drop=True)


def head_balance(case: pd.Series) -> tuple[str, str]:
    """The head of a case's balance, and what kind of drawing it is.

    >>> case = {"actor": "trusts", "site": "all", "state": "early", "figure": None}
    >>> head_balance(pd.Series(case))[0]
    'Trusts, all sites, early on'
    """
    return head_case(case), _OURS if pd.isna(case.figure) else RECONSTRUCTION
