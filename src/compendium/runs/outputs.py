"""Tables: a frame in, the table as printed out; and how tables are written and read again.

Numbers are written to eight significant digits: beyond that they depend on the machine.

What an invented study says on everything it makes.

A study may be made up, to teach or to try the machinery. Its source is then of the kind `INVENTED`
in ``sources.csv``, and every title, table and figure says so: a number should not be taken for a
finding because it was passed on without its folder. Studies of real texts get no label.

The pieces of the report page, as plain HTML: tables, figures and links.
"""

import base64
import html
import re
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.printed import tables

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


class Sentence(str):
    """A sentence that a notebook shows as prose and a terminal as it is."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(self)


def answer(sentence: str, /, **values: Any) -> Sentence:
    """A sentence with the values found filled in; each is noted, for ``results/answers.csv``.

    Parameters
    ----------
    sentence : str
        With ``{name}`` or ``{name:.2f}`` for each value.
    **values
        Numbers, words, or lists of them, which are joined by commas.

    Examples
    --------
    >>> answer("{n} of {total} cases, {share:.0%}: {cases}.", n=1, total=4, share=0.25,
    ...        cases=["A"])
    1 of 4 cases, 25%: A.
    """
    listed = {name: _join(value) for name, value in values.items()}
    for name, value in listed.items():
        paths.note("answered", name, value=_as_text(value))
    return Sentence(sentence.format(**listed))


def _join(value: Any) -> Any:
    return ", ".join(map(_as_text, value)) if pd.api.types.is_list_like(value) else value


def _as_text(value: Any) -> str:
    return DIGITS % value if isinstance(value, float) else str(value)


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


INVENTED = "invented"
LABEL = "INVENTED"


def read_label() -> str:
    """`LABEL` if a source of the study is invented, ``""`` if none is.

    >>> read_label()
    ''
    """
    sources = tables.read_table("sources")
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
        As `grading.give_grades` gives it.
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
