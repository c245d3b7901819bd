"""Templates, and what is made of them: texts, documents, and the pieces of pages.

Everything that a reader is shown is a template in ``templates/``. What stands in ``markup`` and
``site`` is HTML and escapes what comes from a file; the rest is text. The report, the site and a
certificate are made of the same pieces. A verdict is always a word beside its colour, so that
nothing is lost in print, in grey or to a reader who does not see.

A document is a template in Markdown; its page is the same text, marked up. What a table is depends
on who asks: pipes in Markdown, and on a page a caption, headers for rows and columns, and a region
that scrolls by itself. A page asks nothing of the network, and reads on a phone and by ear.
"""

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from compendium import paths
from compendium.printed.vocabulary import EVIDENCE

if TYPE_CHECKING:
    import pandas as pd

# Of Markdown, what our templates use: a star or a stroke in a cell means nothing.
_MARKDOWN = MarkdownIt("zero", {"html": True}).enable(
    ["heading", "list", "backticks", "link", "html_block"]
)
_NUMBER = re.compile(r"-?[\d,]*\.?\d*")
# A table of words in more columns than these scrolls on a phone, rather than squeeze them.
_NARROW = 3


class Html(str):
    """A piece of a page, which a notebook shows as what it is."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)

    __html__ = _repr_html_  # Jinja2 does not escape it again

    def __repr__(self) -> str:
        return "<a piece of HTML>"


def render(template: str, **values: Any) -> str:
    """A template filled in, as text; one of ``documents`` goes by its name alone.

    >>> render("summary.txt.j2")
    Traceback (most recent call last):
    jinja2.exceptions.UndefinedError: 'name' is undefined
    """
    return _TEMPLATES.get_template(template).render(values)


def write_document(template: str, **values: Any) -> tuple[str, str]:
    """A document as Markdown, and as one page that loads nothing, titled by its first heading.

    In the template ``table(caption, cells, heads)`` is a table whose first column names its rows.
    Cells are a frame, of which heads choose and name columns; or a dict, its two columns the heads.
    """
    text = render(template, table=_mark_down, **values)
    title = text.partition("\n")[0].removeprefix("# ")
    body = _MARKDOWN.render(render(template, table=_mark_up, **values)).rstrip()
    return text, render("page.html.j2", title=title, body=body)


def mark_up(text: str) -> Html:
    r"""A text in Markdown as a piece of a page.

    >>> str(mark_up("One *word*."))
    '<p>One <em>word</em>.</p>\n'
    """
    return Html(MarkdownIt("commonmark").enable("table").render(text))


def _mark_down(caption: str, *cells: Any) -> str:
    frame = _frame(*cells).map(lambda cell: cell.replace("|", r"\|"))
    return f"*{caption}*\n\n" + frame.to_markdown(index=False, disable_numparse=True)


def _mark_up(caption: str, *cells: Any) -> Html:
    frame = _frame(*cells)
    numbers = {n for n, name in enumerate(frame) if all(map(_NUMBER.fullmatch, frame[name]))}
    is_wide = len(frame.columns) > _NARROW and len(numbers - {0}) < len(frame.columns) - 1
    shown = frame.rename(columns=_MARKDOWN.renderInline).map(_MARKDOWN.renderInline)
    # An id breaks after a stroke, not in the middle of a word.
    shown[shown.columns[0]] = shown[shown.columns[0]].str.replace("/", "/<wbr>")
    return _table(shown, caption, "wide" if is_wide else "", numbers if len(frame) else ())


def _frame(cells: "pd.DataFrame | dict[str, Any]", heads: Any = ()) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - a trace is text, and pays for no library of tables

    if isinstance(cells, dict):
        return pd.DataFrame(cells.items(), columns=heads or ["what", "value"]).astype(str)
    if cells.index.name:
        cells = cells.reset_index()
    return (cells[list(heads)].rename(columns=heads) if heads else cells).astype(str)


def escape_latex(text: str) -> str:
    r"""A text in which nothing means anything to LaTeX.

    >>> escape_latex("A & B_1")
    'A \\& B\\_1'
    """
    words = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    return re.sub(r"[&%$#_{}~^\\]", lambda found: words.get(found[0], f"\\{found[0]}"), text)


def many(number: int, noun: str) -> str:
    """A number and its noun.

    >>> many(1, "row"), many(4, "row"), many(2, "entry")
    ('1 row', '4 rows', '2 entries')
    """
    plural = noun.removesuffix("y") + "ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _badge(verdict: str) -> Markup:
    """A verdict as a word, with a sign and a colour that the style sheet adds."""
    words = verdict.replace("-", " ")
    return Markup('<span class="verdict {}">{}</span>').format(verdict, words)


def _code(text: str) -> Markup:
    """An id or a path as code that may break after each slash.

    >>> str(_code("source/table-4.2"))
    '<code>source/<wbr>table-4.2</code>'
    """
    return Markup("<code>{}</code>").format(Markup("/<wbr>").join(text.split("/")))


def _anchor(text: str) -> str:
    """The address of what is called so, on its page.

    >>> _anchor("source/table-3.4")
    'source-table-3-4'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _prose(text: str) -> Markup:
    """A sentence in which what stands in backticks is code, and a link is Markdown's.

    >>> str(_prose("The ``compendium`` command, not `that` & [others](o.md)."))
    'The <code>compendium</code> command, not <code>that</code> &amp; <a href="o.md">others</a>.'
    """
    marked = re.sub(r"`+([^`]+)`+", r"<code>\1</code>", html.escape(text))
    return Markup(re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', marked))


_TEMPLATES = Environment(
    loader=FileSystemLoader([paths.PACKAGE / "templates" / part for part in ("", "documents")]),
    autoescape=lambda name: name.startswith(("markup/", "site/")),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters |= {
    "marked": lambda text: Markup(MarkdownIt("commonmark").renderInline(text)),
    **{"badge": _badge, "code": _code, "prose": _prose, "anchor": _anchor, "many": many},
    "latex": escape_latex,
    # A text of JSON is one of YAML too.
    "yaml": partial(json.dumps, ensure_ascii=False),
}


def _show(piece: str, *values: Any) -> Html:
    """A piece of a page: a macro of the template that holds them."""
    name = piece if piece == "figures" else "pieces"
    pieces = _TEMPLATES.get_template(f"markup/{name}.html.j2").module
    return Html(getattr(pieces, piece)(*values))


def _table(frame: "pd.DataFrame", caption: str, kind: str, numbers: Iterable[int]) -> Html:
    """A table of cells that are HTML already; the first cell of a row names the row."""
    return _show("table", caption, kind, list(frame), frame.to_numpy().tolist(), set(numbers))


def show_frame(frame: "pd.DataFrame", caption: str) -> Html:
    """A table of words and numbers; columns of numbers are set to the right."""
    words = _as_text(frame)
    filled = [words[name][words[name] != ""] for name in words]
    numbers = [n for n, each in enumerate(filled) if each.str.fullmatch(r"-?[\d.,]+").all()]
    escaped = words.rename(columns=html.escape).map(html.escape)
    return _table(escaped, caption, "dataframe", numbers)


def _as_text(frame: "pd.DataFrame") -> "pd.DataFrame":
    """What is missing is blank."""
    return frame.astype(object).where(frame.notna(), "").astype(str)


def rank_register(register: "pd.DataFrame", verdicts: "pd.DataFrame") -> list[dict[str, Any]]:
    """The register as findings, by consequence: a consequence said of several places is one.

    First what bears on something else, then what does little and what does nothing; among these a
    recomputed number before one that is compared, counted or cited. Each finding has ``head``, the
    row it is told by, and all its ``rows``.
    """
    kinds = verdicts.set_index("value_id").evidence
    ranks = {kind: place for place, kind in enumerate(EVIDENCE)}
    said = register.astype(str)
    weight = said.consequence.str.startswith("Small") + 2 * said.consequence.str.startswith("None")
    kind = said.discrepancy_id.map(kinds).map(ranks).fillna(len(ranks))
    order = (weight * 10 + kind).sort_values(kind="stable").index
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in said.loc[order].to_dict("records"):
        source = row["discrepancy_id"].partition("/")[0]
        alone = row["discrepancy_id"] if row["consequence"].startswith("None") else ""
        found.setdefault((source, alone or row["consequence"]), []).append(row)
    return [{"head": rows[0], "rows": rows} for rows in found.values()]


def show_register(found: list[dict[str, Any]], values: set[str] | None = None) -> Html:
    """Findings of `rank_register`, one below the other, each place under its id.

    `values` with a row in ``values.html``: where there is that page, places lead to it.
    """
    return _show("entries", found, values)


def show_findings(findings: list[dict[str, Any]], folder: str = "", page: str = "{}") -> Html:
    """What was found, each with its picture: inside the page, or from a folder of figures.

    `page`: where the page of a notebook is, with its name in the place of ``{}``.
    """
    shown = []
    for finding in findings:
        name = finding["figure"]
        source = f"{folder}{name}.svg" if folder else f"data:image/svg+xml;base64,{_embed(name)}"
        shown.append(finding | {"source": source, "page": page.format(finding["notebook"])})
    return _show("findings", shown)


def _embed(name: str) -> str:
    """The picture of a figure, as what can stand inside a page."""
    picture = paths.RESULTS / "figures" / f"{name}.svg"
    paths.note_read(picture)
    return _encode(picture.read_text(encoding="utf-8"))


def _encode(picture: str) -> str:
    return base64.b64encode(picture.encode()).decode("ascii")


def show_claims(claims: "pd.DataFrame", title: str) -> Html:
    """Each claim with its grade, what was counted and the lines it rests on.

    Claims are as `grading.give_grades` gives them, or as text; blank where nothing was counted.
    """
    return _show("claims", _as_text(claims).to_dict("records"), title)


def show_summary(verdicts: "pd.DataFrame") -> Html:
    """What came out, by kind of evidence; inputs are named first and counted as nothing.

    Verdicts have ``role``, ``verdict`` and ``evidence``, one row per printed value.
    """
    counts = Counter(zip(verdicts.evidence, verdicts.verdict))
    checked = int((verdicts.role != "input").sum())
    return _show("summary", len(verdicts), checked, counts, EVIDENCE)


def show_sources(sources: "pd.DataFrame", label: str) -> Html:
    """The works a study is about; its label first, where one of them is made up."""
    return _show("sources", list(sources.citation), label)


def show_figure(name: str, picture: str, words: dict[str, str]) -> Html:
    """A figure on the page of the notebook that draws it: `picture` is SVG, `words` its own."""
    return _show("figures", [(name, _encode(picture), words)], "../")


def show_figures(*names: str, leave_out: Iterable[str] = ()) -> Html:
    """Figures of the results by name, or all but some; the pictures are inside the page.

    Each with what it is, what to see in it, its data and its other forms.
    """
    every = names or [path.stem for path in sorted(paths.RESULTS.glob("figures/*.svg"))]
    from compendium.runs.outputs import read_words  # noqa: PLC0415 - as in `_frame`

    shown = [name for name in every if name not in leave_out]
    return _show("figures", [(name, _embed(name), read_words(name)) for name in shown])


def strip_looks(page: str) -> str:
    """HTML without the styles that pandas writes beside a table."""
    page = re.sub(r"<style scoped.*?</style>\n?", "", page, flags=re.DOTALL)
    page = re.sub(r' (border="\d"|[hv]align="\w+"|style="text-align: right;")', "", page)
    # The corner above the row names names nothing.
    return page.replace("<th></th>", "<td></td>")


def add_contents(page: str) -> str:
    """A page of nbconvert's with a list of its parts below the title."""
    parts = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', page)
    return page.replace("</h1>", f"</h1>\n{_show('contents', parts)}", 1)


def list_notebooks() -> Html:
    """Links to the executed notebooks as pages."""
    pages = []
    for page in sorted(paths.RESULTS.glob("notebooks/*.html")):
        paths.note_read(page)
        found = re.search("<title>(.*?)</title>", page.read_text(encoding="utf-8"))
        title = html.unescape(found[1]) if found else page.stem
        pages.append((page.name, title, page.stem.partition("--")[2].replace("-", " ")))
    return _show("notebooks", pages)
