"""HTML, said once: the pieces that the report, the site and a certificate are made of.

Each piece is a macro of one Jinja2 template, which escapes what comes from a file. A verdict is
always a word beside its colour, so that nothing is lost in print, in grey or to a reader who does
not see. What a notebook shows (`Html`) is a text as well, so that pages can be put together of it.
"""

import base64
import html
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from compendium import paths

# What each verdict means, in the words of the pages.
VERDICTS = {
    "exact": "the computed value is what is printed, at the printed precision",
    "rounds": "cut off instead of rounded, or within what the rounding of the inputs leaves open",
    "differs": "neither; each has an entry in the register of discrepancies",
    "not-derivable": "print does not hold the inputs",
    "not-recoverable": "the figure that shows it is missing from the text we hold",
    "transcribed": "an input, typed in as printed: never counted as reproduced",
}
ROLES = {
    "input": "taken as given",
    "derived": "computed from inputs",
    "repeated": "the same fact, printed elsewhere",
    "claim": "a statement in words that a computation can test",
}
NUMBER = r"-?[\d.,]+"


class Html(str):
    """A piece of a page, which a notebook shows as what it is."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    __html__ = _repr_html_  # Jinja2 does not escape it again

    def __repr__(self) -> str:
        return "<a piece of HTML>"


@cache
def _pages() -> jinja2.Environment:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parents[1] / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for words in (badge, code, prose):
        pages.filters[words.__name__] = lambda text, words=words: Markup(words(text))
    pages.filters |= {"many": many, "anchor": anchor}
    return pages


def render(template: str, **values: Any) -> Html:
    """A page, or a piece of one, from a template in ``templates/``."""
    return Html(_pages().get_template(template).render(values))


@cache
def _pieces() -> ModuleType:
    """The macros of the template."""
    return _pages().get_template("markup/pieces.html.j2").module


def _fill(piece: str, *values: Any) -> Html:
    return Html(str(getattr(_pieces(), piece)(*values)))


def escape(text: object) -> str:
    """A text that can stand in a page or in an attribute.

    >>> escape('5 < 10 & "more"')
    '5 &lt; 10 &amp; &quot;more&quot;'
    """
    return html.escape(str(text))


def link(href: str, words: str) -> str:
    """A link; the words are text.

    >>> link("values.html?role=claim", "claims")
    '<a href="values.html?role=claim">claims</a>'
    """
    return f'<a href="{escape(href)}">{escape(words)}</a>'


def badge(verdict: str) -> str:
    """A verdict as a word, with a sign and a colour that the style sheet adds.

    >>> badge("not-derivable")
    '<span class="verdict not-derivable">not derivable</span>'
    """
    return f'<span class="verdict {verdict}">{verdict.replace("-", " ")}</span>'


def code(text: str) -> str:
    """An id or a path as code that may break after each slash.

    >>> code("source/table-4.2")
    '<code>source/<wbr>table-4.2</code>'
    """
    return f"<code>{escape(text).replace('/', '/<wbr>')}</code>"


def anchor(text: str) -> str:
    """The address of what is called so, on its page.

    >>> anchor("source/table-3.4")
    'source-table-3-4'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def prose(text: str) -> str:
    """A sentence in which what stands in backticks is code, and a link is Markdown's.

    >>> prose("The ``compendium`` command, not `that` & [others](o.md).")
    'The <code>compendium</code> command, not <code>that</code> &amp; <a href="o.md">others</a>.'
    """
    marked = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text))
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', marked)


def many(number: int, noun: str) -> str:
    """A number and its noun.

    >>> many(1, "row"), many(4, "row"), many(2, "entry")
    ('1 row', '4 rows', '2 entries')
    """
    plural = noun.removesuffix("y") + "ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def table(
    head: Iterable[str],
    rows: Iterable[Iterable[str]],
    caption: str,
    kind: str = "",
    ids: Iterable[str] = (),
    *,
    numbers: Iterable[int] = (),
) -> Html:
    """A table of cells that are HTML already; the first cell of a row names the row.

    Parameters
    ----------
    head, rows : iterable
        The cells.
    caption : str
        What the table shows, as text.
    kind : str
        A class for the style sheet.
    ids : iterable of str
        The address of each row, where rows have one.
    numbers : iterable of int
        Which columns hold numbers, counted from 0.

    Examples
    --------
    >>> table(["a", "b"], [["1", "2"]], "Two").count("<th scope")
    3
    """
    cells = [list(row) for row in rows]
    return _fill("table", list(head), cells, caption, kind, list(ids), set(numbers))


def show_frame(frame: pd.DataFrame, caption: str) -> Html:
    """A table of words and numbers; columns of numbers are set to the right."""
    words = _as_text(frame)
    filled = {name: words[name][words[name] != ""] for name in words}
    numbers = [n for n, each in enumerate(filled.values()) if each.str.fullmatch(NUMBER).all()]
    head, rows = map(escape, words), words.map(escape).to_numpy().tolist()
    return table(head, rows, caption, "dataframe", numbers=numbers)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """What is missing is blank."""
    return frame.astype(object).where(frame.notna(), "").astype(str)


def terms(pairs: Iterable[tuple[str, str]]) -> Html:
    """Terms and what they mean, as a list of definitions; both are HTML already.

    >>> str(terms([("cause", "misprint")]))
    '<dl><dt>cause</dt><dd>misprint</dd></dl>'
    """
    return _fill("terms", list(pairs))


def show_entries(register: pd.DataFrame, values: Iterable[str] | None = None) -> Html:
    """The entries of the register of discrepancies, one below the other, each under its id.

    Parameters
    ----------
    register : DataFrame
        ``discrepancies.csv``, or some of it.
    values : iterable of str, optional
        Printed values with a row in ``values.html``: where there is that page, entries lead to it.
    """
    known = None if values is None else set(values)
    shown = [
        _fill("entry", row, [] if known is None else _link_entry(row, known))
        for row in register.astype(str).to_dict("records")
    ]
    return Html("".join(shown))


def _link_entry(row: dict[str, str], known: set[str]) -> list[tuple[str, str]]:
    name = row["discrepancy_id"]
    items = [link(f"values.html?item={item}", item) for item in row["items"].split("; ")]
    to_value = ("Value", link(f"values.html#{name}", "its row in the table of values"))
    return [("Items", ", ".join(items)), *([to_value] if name in known else [])]


def show_claims(claims: pd.DataFrame, title: str) -> Html:
    """Each claim with its grade, what was counted and the lines it rests on.

    Parameters
    ----------
    claims : DataFrame
        As `grading.give_grades` gives it, or as text; blank where nothing was counted.
    """
    head = ["No.", "Claim and what was found", "Grade", "For", "Against", "Elsewhere"]
    head += ["By chance", "Lines"]
    rows = _as_text(claims).to_dict("records")
    cells = [
        [
            escape(row["number"]),
            _fill("claim", row),
            f'<span class="grade">{escape(row["grade"])}</span>',
            *(escape(row[name]) for name in ("n_for", "n_against", "n_elsewhere")),
            f"{float(row['by_chance']):.0%}" if row["by_chance"] else "",
            escape(row["lines"].replace(";", ", ")),
        ]
        for row in rows
    ]
    return table(head, cells, title, "claims", [row["number"] for row in rows])


def show_summary(verdicts: pd.DataFrame) -> Html:
    """What came out, in one sentence; inputs are named first and counted as nothing.

    Parameters
    ----------
    verdicts : DataFrame
        ``role`` and ``verdict``, one row per printed value.
    """
    checked = verdicts[verdicts.role != "input"].verdict
    counts = checked.value_counts().reindex(list(VERDICTS), fill_value=0)
    counts["transcribed"] = len(verdicts) - len(checked)
    numbers = {"all": len(verdicts), "checked": len(checked), **counts}
    return _fill("summary", {name: f"{number:,}" for name, number in numbers.items()})


def show_figure(picture: Path) -> Html:
    """A figure with its file name, its data and its other forms; the picture is inside the page.

    Parameters
    ----------
    picture : Path
        An SVG file in ``results/figures``, with its PNG and CSV beside it.
    """
    paths.note_read(picture)
    return _fill("figure", picture.stem, base64.b64encode(picture.read_bytes()).decode("ascii"))


def show_sources(sources: pd.DataFrame, label: str) -> Html:
    """The works a study is about; its label first, where one of them is made up."""
    banner = f"<b>{escape(label)}.</b> At least one source of this study is made up. "
    return Html(f"<p>{banner if label else ''}{escape('; '.join(sources.citation))}</p>")


def show_figures(leave_out: str) -> Html:
    """All figures of the results but one, which stands elsewhere on the page."""
    pictures = sorted(paths.RESULTS.glob("figures/*.svg"))
    return Html("\n".join(show_figure(p) for p in pictures if p.stem != leave_out))


def list_notebooks() -> Html:
    """Links to the executed notebooks as pages."""
    pages = []
    for page in sorted(paths.RESULTS.glob("notebooks/*.html")):
        paths.note_read(page)
        found = re.search("<title>(.*?)</title>", page.read_text(encoding="utf-8"))
        title = html.unescape(found[1]) if found else page.stem
        pages.append((page.name, title, page.stem.partition("--")[2].replace("-", " ")))
    return _fill("notebooks", pages)
