"""A table for a manuscript: as a Word document and as LaTeX, at the width of a page.

Cells are text as the run wrote them, so no number changes on the way. Columns share the width of
the page by what they hold; a table too wide for a page is laid on its side. Three lines, no
colours: a caption above, what a reader who does not see the table is told, and nothing else. The
same table gives the same bytes: a Word document is a zip file, and its clock is set back.
"""

import datetime
import io
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

if TYPE_CHECKING:
    import docx

# A4 between margins of 20 mm and more, in millimetres: upright, and on its side.
UPRIGHT, SIDEWAYS = 170, 240
TWIPS = 1440 / 25.4
# Characters of 9 points that stand on an upright line; cells longer than the second are broken.
CHARACTERS, LONGEST = 115, 40
NUMBER = re.compile(r"[-+]?[\d.,]+( ?%)?")
# What means something to LaTeX.
SPECIAL = {letter: f"\\{letter}" for letter in "&%$#_{}"}
SPECIAL |= {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
NEEDS = r"% \usepackage{array, booktabs, longtable, pdflscape}; for accents and signs, LuaLaTeX"
# The first day that a zip file can tell.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Layout(NamedTuple):
    """How a table lies on a page: each column's share of its width, and which hold numbers."""

    shares: list[float]
    numeric: list[bool]
    sideways: bool


def lay_out(table: pd.DataFrame) -> Layout:
    """Share the width of a page between the columns of a table of text.

    Examples
    --------
    >>> lay_out(pd.DataFrame({"site": ["UNE"], "n": ["12"]})).numeric
    [False, True]
    """
    least, wanted = [], []
    for name in table.columns:
        cells = [str(name), *table[name]]
        word = max(len(part) for cell in cells for part in cell.split() or [""])
        # A sixth more, for the head is bold, and three for the gap.
        least.append(word * 7 / 6 + 3)
        wanted.append(max(word, min(max(map(len, cells)), LONGEST)) * 7 / 6 + 3)
    sideways = sum(wanted) > CHARACTERS
    # No word is broken while there is room: what is short is taken from the columns with slack.
    short = max(sum(wanted) - CHARACTERS * (1.5 if sideways else 1), 0)
    slack = min(short / max(sum(wanted) - sum(least), 1), 1)
    widths = [want - slack * (want - low) for want, low in zip(wanted, least)]
    numeric = [
        any(table[name]) and all(NUMBER.fullmatch(cell) for cell in table[name] if cell)
        for name in table.columns
    ]
    shares = [width / sum(widths) for width in widths]
    return Layout(shares, numeric, sideways)


def write_word(table: pd.DataFrame, title: str, caption: str, alt: str) -> bytes:
    """A Word document that holds one table under its caption.

    Parameters
    ----------
    table : DataFrame
        Cells are text.
    title, caption, alt : str
        The document's title, the words above the table, and those in place of it.

    Returns
    -------
    bytes
        A file, the same for the same table.
    """
    # 0.3 s that only an export pays for.
    import docx  # noqa: PLC0415
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

    layout, document = lay_out(table), docx.Document()
    about, section = document.core_properties, document.sections[0]
    about.title, about.author, about.comments = title, "compendium", ""
    about.created = about.modified = datetime.datetime(*LONG_AGO)
    font, words = document.styles["Normal"].font, document.styles["Caption"]
    font.name, font.size = "Arial", Pt(8 if layout.sideways else 9)
    words.font.size, words.font.bold, words.font.color.rgb = Pt(9), False, RGBColor(0, 0, 0)
    words.paragraph_format.keep_with_next = True
    sides = (Mm(210), Mm(297))
    section.page_width, section.page_height = sides[::-1] if layout.sideways else sides
    section.orientation = WD_ORIENT.LANDSCAPE if layout.sideways else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(28 if layout.sideways else 20)
    document.add_paragraph(caption, style="Caption")
    # Word wants a paragraph after a table.
    document.add_paragraph()
    document.element.body.insert(1, parse_xml(_write_table(table, layout, title, alt)))
    return _set_clock_back(document)


def _write_table(table: pd.DataFrame, layout: Layout, title: str, alt: str) -> str:
    """A table in the XML of Word: lines above, below and under the head, which is repeated."""
    width = (SIDEWAYS if layout.sideways else UPRIGHT) * TWIPS
    widths = [round(share * width) for share in layout.shares]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    lines = "".join(f'<w:{side} w:val="single" w:sz="8"/>' for side in ("top", "bottom"))
    gaps = "".join(f'<w:{side} w:w="80" w:type="dxa"/>' for side in ("left", "right"))
    rows = [_write_row(list(map(str, table.columns)), widths, layout, head=True)]
    rows += [_write_row(list(cells), widths, layout) for cells in table.itertuples(index=False)]
    return (
        '<w:tbl xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:tblPr>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{gaps}</w:tblCellMar>'
        '<w:tblLook w:firstRow="1"/>'
        f"<w:tblCaption w:val={quoteattr(title)}/><w:tblDescription w:val={quoteattr(alt)}/>"
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _write_row(cells: list[str], widths: list[int], layout: Layout, head: bool = False) -> str:
    line = '<w:tcBorders><w:bottom w:val="single" w:sz="4"/></w:tcBorders>' if head else ""
    bold = "<w:rPr><w:b/></w:rPr>" if head else ""
    parts = []
    for cell, width, numeric in zip(cells, widths, layout.numeric):
        side = "right" if numeric else "left"
        spaced = f'<w:spacing w:before="20" w:after="20"/><w:jc w:val="{side}"/>'
        text = escape(" ".join(cell.splitlines()))
        parts.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{line}</w:tcPr><w:p><w:pPr>{spaced}'
            f'</w:pPr><w:r>{bold}<w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:tc>'
        )
    kind = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{kind}</w:trPr>{''.join(parts)}</w:tr>"


def _set_clock_back(document: "docx.document.Document") -> bytes:
    """A document as bytes that do not tell when they were written."""
    saved, still = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(still, "w") as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, LONG_AGO), old.read(name), zipfile.ZIP_DEFLATED)
    return still.getvalue()


def write_latex(table: pd.DataFrame, name: str, caption: str, alt: str) -> str:
    r"""A table in LaTeX, to be taken into a document with ``\input``.

    Parameters
    ----------
    table : DataFrame
        Cells are text.
    name, caption, alt : str
        Of the label, above the table, and in a comment: LaTeX has no place for it.

    Returns
    -------
    str
        A ``longtable``, which breaks over pages and repeats its head. A comment on top names the
        packages it needs.
    """
    layout = lay_out(table)
    # What the gaps between the columns leave of the line, at 3 points a side.
    room = 1 - 6 / 483 * len(layout.shares)
    sides = ["left" if numeric else "right" for numeric in layout.numeric]
    columns = "".join(
        rf">{{\ragged{side}\arraybackslash}}p{{{share * room:.3f}\linewidth}}"
        for share, side in zip(layout.shares, sides)
    )
    body = table.to_latex(
        index=False,
        escape=True,
        longtable=True,
        caption="".join(SPECIAL.get(letter, letter) for letter in caption),
        label=f"tab:{name}",
        column_format=columns,
    )
    body = f"{{\\footnotesize\\setlength{{\\tabcolsep}}{{3pt}}\n{body}}}\n"
    if layout.sideways:
        body = f"\\begin{{landscape}}\n{body}\\end{{landscape}}\n"
    return f"{NEEDS}\n% {alt}\n{body}"
