"""The pieces of HTML that every page of the site is made of.

Plain strings with everything escaped that came from a file. A verdict is always a word beside its
colour, so that nothing is lost in print, in grey or to a reader who does not see.
"""

import html
import re
from collections.abc import Iterable
from itertools import chain, repeat

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

    >>> code("elston2005/table-4.2")
    '<code>elston2005/<wbr>table-4.2</code>'
    """
    return f"<code>{escape(text).replace('/', '/<wbr>')}</code>"


def prose(text: str) -> str:
    """A sentence of a docstring: what stands in backticks is code.

    >>> prose("The ``compendium`` command, not `that` & others.")
    'The <code>compendium</code> command, not <code>that</code> &amp; others.'
    """
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text))


def table(
    head: Iterable[str],
    rows: Iterable[Iterable[str]],
    caption: str,
    kind: str = "",
    ids: Iterable[str] = (),
) -> str:
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

    Examples
    --------
    >>> table(["a", "b"], [["1", "2"]], "Two").count("<th scope")
    3
    """
    heads = "".join(f'<th scope="col">{words}</th>' for words in head)
    body = "\n".join(
        f'<tr{name}><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for (first, *rest), name in zip(rows, chain((f' id="{i}"' for i in ids), repeat("")))
    )
    return (
        f'<div class="pst-scrollable-table-container"><table class="plain {kind}">'
        f"<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n"
    )


def terms(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms and what they mean, as a list of definitions; both are HTML already.

    >>> terms([("cause", "misprint")])
    '<dl><dt>cause</dt><dd>misprint</dd></dl>'
    """
    return "<dl>" + "".join(f"<dt>{term}</dt><dd>{words}</dd>" for term, words in pairs) + "</dl>"


def many(number: int, noun: str) -> str:
    """A number and its noun.

    >>> many(1, "row"), many(4, "row"), many(2, "entry")
    ('1 row', '4 rows', '2 entries')
    """
    plural = noun.removesuffix("y") + "ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def toctree(names: Iterable[str], caption: str = "") -> str:
    """Pages that belong below this one in the menu, as Markdown.

    >>> toctree(["a", "The other <b>"], "Both").splitlines()[2:]
    [':caption: Both', '', 'a', 'The other <b>', '```']
    """
    options = [":hidden:", f":caption: {caption}"] if caption else [":hidden:"]
    return "\n".join(["```{toctree}", *options, "", *names, "```"]) + "\n"
