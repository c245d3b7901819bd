"""Tables as these works lay them out in print, and a framework as a form to fill in."""

import pandas as pd


def funding_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Table 4.2 in its printed layout, from one row per site.

    Parameters
    ----------
    shares : DataFrame
        ``site``, ``budget_gbp_m``, ``allocation_gbp_m`` and ``share_percent``, as text.
    """
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

    Parameters
    ----------
    elements : DataFrame
        ``group`` and ``label``; one row per element.

    Examples
    --------
    >>> make_worksheet(pd.DataFrame({"group": ["process"], "label": ["trust"]})).columns.tolist()
    ['group', 'label', 'our partnership', 'evidence', 'agreed by']
    """
    blank = dict.fromkeys(("our partnership", "evidence", "agreed by"), "")
    return elements[["group", "label"]].assign(**blank).reset_index(drop=True)
