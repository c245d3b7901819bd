"""Tables: a frame in, the table as printed out; and how tables are written and read again.

Numbers are written to eight significant digits: beyond that they depend on the machine.
"""

import pandas as pd

from compendium import paths

DIGITS = "%.8g"


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


def write_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a table as CSV and Markdown to ``results/tables`` and return it, to be shown."""
    path = paths.output(f"results/tables/{name}.csv")
    table.to_csv(path, float_format=DIGITS, lineterminator="\n")
    text = table.reset_index().to_markdown(index=False, disable_numparse=True)
    path.with_suffix(".md").write_text(text + "\n", encoding="utf-8", newline="\n")
    return table


def write_processed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a tidy table to ``data/processed`` and return it."""
    path = paths.output(f"data/processed/{name}.csv")
    table.to_csv(path, index=False, float_format=DIGITS, lineterminator="\n")
    return table


def read_processed(pattern: str) -> pd.DataFrame:
    """The processed tables whose names match, one below the other, in the order of their names.

    Text stays text and blank stays blank, so that printed values keep their precision.
    """
    found = sorted(paths.PROCESSED.glob(f"{pattern}.csv"))
    for path in found:
        paths.note_read(path)
    parts = [pd.read_csv(path, dtype=str, keep_default_na=False) for path in found]
    return pd.concat(parts, ignore_index=True)


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
