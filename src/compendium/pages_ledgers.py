"""The two ledgers of judgement as pages: the register of discrepancies, and the claims.

The register says where print disagrees with itself; the claims ledger says what the coded text
bears out. Every entry has an address of its own, so that a letter or a certificate can point at it.
"""

from itertools import groupby
from typing import Any

import pandas as pd

from compendium.pages_html import code, escape, link, many, table, terms
from compendium.pages_values import name_source


def show_register(register: pd.DataFrame, values: set[str]) -> str:
    """The register: what it holds, counted, and then every entry under its id.

    Parameters
    ----------
    register : DataFrame
        ``discrepancies.csv``.
    values : set of str
        Ids of the printed values, to which an entry of that id leads.
    """
    rows = register.astype(str).to_dict("records")
    causes = register.cause.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    settles = register.pdf_could_settle.value_counts().reindex(["yes", "perhaps", "no"])
    counted = [
        table(["Likely cause", "entries"], _counts(causes), "What we think they are"),
        table(["Could the PDF settle it?", "entries"], _counts(settles), "What would help"),
    ]
    parts = [f'<div class="side-by-side">{"".join(counted)}</div>\n']
    for source, members in groupby(rows, key=lambda row: row["discrepancy_id"].partition("/")[0]):
        entries = list(members)
        name = escape(name_source(source))
        count = many(len(entries), "entry")
        parts.append(f'<h2 id="of-{source}">{name} <small>{count}</small></h2>\n')
        parts += [_entry(entry, values) for entry in entries]
    return "".join(parts)


def _counts(counted: pd.Series) -> list[list[str]]:
    return [[escape(name), f"{number:,.0f}"] for name, number in counted.dropna().items()]


def _entry(row: dict[str, str], values: set[str]) -> str:
    """One discrepancy."""
    name = row["discrepancy_id"]
    items = [link(f"values.html?item={item}", item) for item in row["items"].split("; ")]
    pairs = [
        ("Rule and line", f"<code>{escape(row['rule'])}</code>, {escape(row['lines'])}"),
        ("Likely cause", escape(row["cause"])),
        ("Could the PDF settle it", escape(row["pdf_could_settle"])),
        ("Consequence", escape(row["consequence"])),
        ("Items", ", ".join(items)),
    ]
    if name in values:
        pairs.append(("Value", link(f"values.html#{name}", "its row in the table of values")))
    return (
        f'<article class="entry" id="{escape(name)}">'
        f'<h3><a href="#{escape(name)}">{code(name)}</a></h3>'
        f'<p class="reading"><span>Printed <b>{escape(row["printed"])}</b></span> '
        f"<span>Computed <b>{escape(row['computed'])}</b></span></p>"
        f"<p>{escape(row['what'])}</p>{terms(pairs)}</article>\n"
    )


def show_grades(grades: pd.DataFrame, title: str) -> str:
    """How many claims have which grade.

    Parameters
    ----------
    grades : DataFrame
        ``grade``, then counts and what the grade means.
    """
    columns = list(grades.columns[1:])
    rows = [
        [f"<b>{escape(row['grade'])}</b>", *(escape(row[column]) for column in columns)]
        for row in grades.to_dict("records")
    ]
    return table(["Grade", *map(escape, columns)], rows, title, "grades")


def show_claims(claims: pd.DataFrame, title: str) -> str:
    """Each claim with its grade, what was counted and the lines it rests on.

    Parameters
    ----------
    claims : DataFrame
        ``results/claims.csv``: text, blank where nothing was counted.
    """
    head = ["No.", "Claim and what was found", "Grade", "For", "Against", "Elsewhere"]
    head += ["By chance", "Lines"]
    rows = claims.to_dict("records")
    ids = [escape(row["number"]) for row in rows]
    return table(head, map(_claim, rows), title, "claims", ids)


def _claim(row: dict[str, Any]) -> list[str]:
    """The cells of one claim."""
    more = f"<small>{escape(row['value'])}</small>"
    if row["grade_without_contested"] != row["grade"]:
        more += f"<small>Without contested codes: {escape(row['grade_without_contested'])}.</small>"
    if row["needed"]:
        more += f"<small>A test would need {escape(row['needed'])}.</small>"
    chance = f"{float(row['by_chance']):.0%}" if row["by_chance"] else ""
    numbers = [escape(row[name]) for name in ("n_for", "n_against", "n_elsewhere")]
    return [
        escape(row["number"]),
        f"{escape(row['proposition'])} {more}",
        f'<span class="grade">{escape(row["grade"])}</span>',
        *numbers,
        chance,
        escape(row["lines"].replace(";", ", ")),
    ]
