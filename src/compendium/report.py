"""The pieces of the report page, as plain HTML: tables, figures and links."""

import base64
import html
import re
from pathlib import Path

import pandas as pd

from compendium import paths


def to_html(table: pd.DataFrame, caption: str) -> str:
    """A table as plain HTML, the same bytes each time; columns of numbers set to the right."""
    page = table.rename_axis(columns=None).to_html(index=False, border=0, na_rep="", escape=True)
    page = page.replace("<thead>", f"<caption>{caption}</caption>\n<thead>", 1)
    return re.sub(r"<td>(-?[\d.,]+)</td>", r'<td class="number">\1</td>', page)


def show_register(register: pd.DataFrame) -> str:
    """The discrepancy register as a list to be read: one entry each, headed by its id."""
    entries = []
    for row in register.map(lambda cell: html.escape(str(cell))).itertuples():
        entries.append(
            f'<dt id="{row.discrepancy_id}"><code>{row.discrepancy_id}</code></dt>'
            f"<dd>Print says <b>{row.printed}</b>; the rule <code>{row.rule}</code> gives "
            f"<b>{row.computed}</b> (lines {row.lines}). {row.what}<br>"
            f"Likely cause: {row.cause}. Could the PDF settle it: {row.pdf_could_settle}. "
            f"{row.consequence}</dd>"
        )
    return f"<dl>{''.join(entries)}</dl>"


def show_claims(ledger: pd.DataFrame) -> str:
    """The claims ledger as a list to be read: each proposition, its grade and what was counted.

    Parameters
    ----------
    ledger : DataFrame
        As `claims.give_grades` gives it.
    """
    entries = []
    for row in ledger.map(lambda cell: html.escape(str(cell))).itertuples():
        other = ""
        if row.grade_without_contested != row.grade:
            other = f" Without contested codes: {row.grade_without_contested}."
        needed = f" Needed: {row.needed}." if row.needed else ""
        chance = ""
        if row.by_chance != "nan":
            chance = f"; shuffled codings that do as well: {float(row.by_chance):.0%}"
        entries.append(
            f'<dt id="{row.number}"><code>{row.number}</code> {row.proposition}</dt>'
            f"<dd><b>{row.grade}</b>. {row.value}; on lines of their own: {row.n_elsewhere} "
            f"(rests on lines {row.lines}){chance}.{other}{needed}</dd>"
        )
    return f"<dl>{''.join(entries)}</dl>"


def show_figure(picture: Path) -> str:
    """A figure with its file name, its data and its other forms; the picture is inside the page.

    Parameters
    ----------
    picture : Path
        An SVG file in ``results/figures``, with its PNG and CSV beside it.
    """
    paths.note_read(picture)
    image = base64.b64encode(picture.read_bytes()).decode("ascii")
    name = html.escape(picture.stem)
    links = " · ".join(
        f'<a href="figures/{name}.{ending}">{words}</a>'
        for ending, words in (("csv", "data"), ("svg", "SVG"), ("png", "PNG"))
    )
    return (
        f'<figure><img alt="{name}; its data are in {name}.csv" '
        f'src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{name}: {links}</figcaption></figure>"
    )


def list_notebooks() -> str:
    """Links to the executed notebooks as pages."""
    rows = []
    for page in sorted(paths.RESULTS.glob("notebooks/*.html")):
        paths.note_read(page)
        found = re.search("<title>(.*?)</title>", page.read_text(encoding="utf-8"))
        title = found[1] if found else page.stem
        _, _, values = page.stem.partition("--")
        words = f" ({values.replace('-', ' ')})" if values else ""
        rows.append(f'<li><a href="notebooks/{page.name}">{title}</a>{words}</li>')
    return f"<ul>{''.join(rows)}</ul>"
