"""A document is a template in Markdown; its page is the same text, marked up.

Templates lie in ``templates/documents``. What a table is depends on who asks: pipes in Markdown,
and on a page a caption, headers for rows and columns, and a region that scrolls by itself. A page
asks nothing of the network, and reads on a phone, in print and by ear. A plain text, such as a
trace, pays for no library of tables.
"""

import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    import pandas as pd

# Of Markdown, what our templates use: a star or a stroke in a cell means nothing.
_MARKDOWN = MarkdownIt("zero", {"html": True}).enable(
    ["heading", "list", "backticks", "link", "html_block"]
)
_NUMBER = re.compile(r"-?[\d,]*\.?\d*")
# A table of words in more columns than these scrolls on a phone, rather than squeeze them.
_NARROW = 3


def render(template: str, **values: Any) -> str:
    """A template filled in, as text.

    >>> render("summary.txt.j2")
    Traceback (most recent call last):
    jinja2.exceptions.UndefinedError: 'version' is undefined
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


def escape_latex(text: str) -> str:
    r"""A text in which nothing means anything to LaTeX.

    >>> escape_latex("A & B_1")
    'A \\& B\\_1'
    """
    words = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    return re.sub(r"[&%$#_{}~^\\]", lambda found: words.get(found[0], f"\\{found[0]}"), text)


def _mark_down(caption: str, *cells: Any) -> str:
    frame = _frame(*cells).map(lambda cell: cell.replace("|", r"\|"))
    return f"*{caption}*\n\n" + frame.to_markdown(index=False, disable_numparse=True)


def _mark_up(caption: str, *cells: Any) -> str:
    from compendium.runs.markup import table  # noqa: PLC0415 - brings pandas

    frame = _frame(*cells)
    numbers = {n for n, name in enumerate(frame) if all(map(_NUMBER.fullmatch, frame[name]))}
    is_wide = len(frame.columns) > _NARROW and len(numbers - {0}) < len(frame.columns) - 1
    inline = _MARKDOWN.renderInline
    # An id breaks after a stroke, not in the middle of a word.
    rows = [
        [inline(first).replace("/", "/<wbr>"), *map(inline, others)]
        for first, *others in frame.to_numpy()
    ]
    kind = "wide" if is_wide else ""
    return table(map(inline, frame), rows, caption, kind, numbers=numbers if rows else ())


def _frame(cells: "pd.DataFrame | dict[str, Any]", heads: Any = ()) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - as above

    if isinstance(cells, dict):
        return pd.DataFrame(cells.items(), columns=heads or ["what", "value"]).astype(str)
    if cells.index.name:
        cells = cells.reset_index()
    return (cells[list(heads)].rename(columns=heads) if heads else cells).astype(str)


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "documents"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters |= {
    "latex": escape_latex,
    # A text of JSON is one of YAML too.
    "yaml": partial(json.dumps, ensure_ascii=False),
}
