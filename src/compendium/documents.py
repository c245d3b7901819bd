"""A document is a list of blocks; Markdown and HTML are two ways to write the same list.

Whoever writes a certificate or a self-check says once what stands in it. The page asks nothing of
the network, and reads on a phone, in print and by ear: real headings, captions and row headers,
and wide tables in a region that the keyboard can scroll.
"""

import html
import re
from typing import NamedTuple

import pandas as pd

STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; }
h2 { font-size: 1.3rem; margin-top: 2.2rem; border-bottom: 1px solid #767676; }
h3 { font-size: 1.1rem; }
a { color: #0b4f8a; }
code { font-size: .92em; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible { outline: 3px solid #0b4f8a; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border-bottom: 1px solid #c8c8c8; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }
thead th { border-bottom: 2px solid #1a1a1a; }
tbody th { font-weight: 400; }
.wide table { min-width: 48rem; }
.wide td:last-child:not(.number) { min-width: 18rem; }
td code { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  th, td { padding: .3rem .35rem; }
  table { font-size: .82rem; }
}
@media print {
  @page { size: A4; margin: 15mm; }
  body { font-size: 9.5pt; max-width: none; padding: 0; }
  table { font-size: 8pt; }
  .scroll { overflow: visible; }
  tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .wide table, .wide td:last-child:not(.number) { min-width: 0; }
  td, tbody th { overflow-wrap: anywhere; }
}
"""
NUMBER = r"-?[\d,]*\.?\d*"
# A table of words in more columns than these scrolls on a phone, rather than squeeze them.
NARROW = 3


class Heading(NamedTuple):
    """A title; level 1 is the document's own."""

    text: str
    level: int = 2


class Text(NamedTuple):
    """A paragraph. In all blocks ``[words](file)`` is a link, and backticks hold code."""

    text: str


class Points(NamedTuple):
    """A list, one sentence or so to a point."""

    points: list[str]


class Table(NamedTuple):
    """A table whose first column names its rows."""

    caption: str
    frame: pd.DataFrame


Block = Heading | Text | Points | Table


def to_markdown(blocks: list[Block]) -> str:
    """The document as Markdown.

    Examples
    --------
    >>> print(to_markdown([Heading("Runs"), Text("All of them."), Points(["one", "two"])]), end="")
    ## Runs
    <BLANKLINE>
    All of them.
    <BLANKLINE>
    - one
    - two
    """
    return "\n\n".join(_mark_down(block) for block in blocks) + "\n"


def _mark_down(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {block.text}"
    if isinstance(block, Text):
        return block.text
    if isinstance(block, Points):
        return "\n".join(f"- {point}" for point in block.points)
    cells = block.frame.astype(str).map(lambda cell: cell.replace("|", r"\|"))
    return f"*{block.caption}*\n\n" + cells.to_markdown(index=False, disable_numparse=True)


def to_html(blocks: list[Block]) -> str:
    """The document as one page that loads nothing; its title is the first heading's text.

    Examples
    --------
    >>> page = to_html([Heading("Who & when", 1), Text("See [the list](list.md), `2 < 3`.")])
    >>> "<title>Who &amp; when</title>" in page
    True
    >>> '<p>See <a href="list.md">the list</a>, <code>2 &lt; 3</code>.</p>' in page
    True
    """
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = "\n".join(_mark_up(block) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _mark_up(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{_inline(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{_inline(block.text)}</p>"
    if isinstance(block, Points):
        return "<ul>" + "".join(f"<li>{_inline(point)}</li>" for point in block.points) + "</ul>"
    frame = block.frame.astype(str)
    is_number = [bool(len(frame)) and frame[n].str.fullmatch(NUMBER).all() for n in frame]
    kinds = [' class="number"' if number else "" for number in is_number]
    head = "".join(
        f'<th scope="col"{kind}>{_inline(name)}</th>' for name, kind in zip(frame.columns, kinds)
    )
    rows = "\n".join(_row(list(row), kinds) for row in frame.to_numpy())
    wide = " wide" if len(kinds) > NARROW and "" in kinds[1:] else ""
    # A region that scrolls must be reachable by keyboard, and a region must have a name.
    return (
        f'<div class="scroll{wide}" role="region" tabindex="0" '
        f'aria-label="{html.escape(block.caption)}">'
        f"<table><caption>{_inline(block.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(cells: list[str], kinds: list[str]) -> str:
    data = [f"<td{kind}>{_inline(cell)}</td>" for cell, kind in zip(cells[1:], kinds[1:])]
    # An id breaks after a stroke, not in the middle of a word.
    named = _inline(cells[0]).replace("/", "/<wbr>")
    return f'<tr><th scope="row">{named}</th>{"".join(data)}</tr>'


def _inline(text: str) -> str:
    """Escaped text with its links and code."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    return re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r'<a href="\2">\1</a>', marked)
