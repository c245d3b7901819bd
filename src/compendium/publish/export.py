"""A figure for a manuscript: the run's own picture, set to the size it has on a page.

Nothing is drawn again. The outlines of an SVG are told another width, and get a title and a
description that a screen reader speaks; the dots of a PNG are told how many go into a metre.

A table for a manuscript: as a Word document and as LaTeX, at the width of a page.

Cells are text as the run wrote them, so no number changes on the way. Columns share the width of
the page by what they hold; a table too wide for a page is laid on its side. Three lines, no
colours: a caption above, what a reader who does not see the table is told, and nothing else. The
same table gives the same bytes: a Word document is a zip file, and its clock is set back.

Every figure and table, ready for a manuscript: print size, caption, alt text, data.

A caption is not typed: the heading of the notebook says what is shown, the run's record who made it
and in which cell, and where a printed item is redrawn, the register and the verdicts say how it
came out. A figure whose image is missing from the texts says so first. The folder appears whole or
not at all, and is the same bytes for the same results.
"""

import datetime
import difflib
import io
import json
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from compendium import paths
from compendium.errors import SettingError
from compendium.publish.cite import name_briefly, read_references
from compendium.runs import outputs, records

POINTS = 72 / 25.4
# The room on a page of A4 in millimetres, width and height: upright, and on its side.
UPRIGHT, SIDEWAYS = (170, 235), (240, 160)
# Our figures are drawn with text of 12 points; below 7 nobody reads it, and the page is turned.
DRAWN_TEXT, LEAST_TEXT = 12, 7
OPENING = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"([^>]*>)')
SIGNATURE = 8
METRE = 1000


def fit_page(width: float, height: float) -> tuple[float, float]:
    """The size in millimetres of a picture of some points, as large as a page allows.

    A picture is never enlarged. It stands upright on the page unless its text would be too small
    there and larger on a page that lies on its side.

    Examples
    --------
    >>> fit_page(170 * POINTS, 100 * POINTS)
    (170.0, 100.0)
    >>> fit_page(480 * POINTS, 240 * POINTS)
    (240.0, 120.0)
    """
    upright, sideways = (
        min(1.0, room[0] * POINTS / width, room[1] * POINTS / height)
        for room in (UPRIGHT, SIDEWAYS)
    )
    turned = upright * DRAWN_TEXT < LEAST_TEXT
    scale = max(upright, sideways) if turned else upright
    return round(width / POINTS * scale, 1), round(height / POINTS * scale, 1)


def fit_picture(svg: str, title: str, alt: str) -> tuple[str, tuple[float, float]]:
    """An SVG at its size in print, with words for who does not see it; and that size.

    Parameters
    ----------
    svg : str
        As matplotlib writes it, its width and height in points.
    title, alt : str
        What a screen reader speaks.
    """
    start, width, height, rest = OPENING.search(svg).groups()
    size = fit_page(float(width), float(height))
    words = f"\n <title>{escape(title)}</title>\n <desc>{escape(alt)}</desc>"
    opening = f'{start}role="img" width="{size[0]}mm" height="{size[1]}mm"{rest}{words}'
    return OPENING.sub(lambda _: opening, svg, count=1), size


def set_dots(png: bytes, width: float) -> bytes:
    """A PNG that prints at a width in millimetres: the same dots, and how many go into a metre."""
    chunks, place = [], SIGNATURE
    while place < len(png):
        length = struct.unpack(">I", png[place : place + 4])[0] + 12
        chunks.append(png[place : place + length])
        place += length
    kept = [chunk for chunk in chunks if chunk[4:8] != b"pHYs"]
    dots = round(struct.unpack(">I", kept[0][8:12])[0] * METRE / width)
    body = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    size = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:SIGNATURE] + b"".join([kept[0], size, *kept[1:]])


if TYPE_CHECKING:
    import docx

# A4 between margins of 20 mm and more, in millimetres: upright, and on its side.
UPRIGHT_PRINT_TABLES, SIDEWAYS_PRINT_TABLES = 170, 240
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
    width = (SIDEWAYS_PRINT_TABLES if layout.sideways else UPRIGHT_PRINT_TABLES) * TWIPS
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


AS_TEXT = {"dtype": str, "keep_default_na": False}
# Columns that an alt text names, and columns of numbers that it gives the range of.
NAMED, RANGED = 6, 3
# Columns whose numbers are places.
PLACES = ("line", "row")
KINDS = {"figures": "figure", "tables": "table"}
PRINTED = re.compile(r"(table|figure|box|appendix)-")


class Exhibit(NamedTuple):
    """One figure or table of the results, who made it, and the label of an invented study."""

    kind: str
    name: str
    record: dict[str, Any]
    cell: int
    heading: str
    label: str

    @property
    def words(self) -> str:
        """What it shows: the notebook's title, what its run was given, the heading above it."""
        title = re.sub(r"^\d+ ", "", self.record["title"]).rstrip("?.")
        given = ", ".join(f"{name} {value}" for name, value in self.record["given"].items())
        end = "" if self.heading.endswith(("?", ".", "!")) else "."
        label = f"{self.label}: " if self.label else ""
        return f"{label}{title}{f' ({given})' if given else ''}: {self.heading}{end}"

    @property
    def base(self) -> str:
        """Where its files lie, in the results and in an export, but for their endings."""
        return f"{self.kind}s/{self.name}"


def export(
    out: Path, names: Sequence[str] = (), advance: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Write figures and tables for print into a new folder.

    Parameters
    ----------
    out : Path
        A new or an empty folder.
    names : sequence of str
        Which, by name; ``*`` stands for anything. All of them if empty.
    advance : callable, optional
        Called with the number written and the number of all.

    Returns
    -------
    DataFrame
        What ``captions.csv`` holds: ``kind``, ``name``, ``width_mm``, ``height_mm``, ``caption``,
        ``alt``, ``run``, ``cell``, ``item_id``; one row for each figure and table.

    Raises
    ------
    SettingError
        If the folder is not empty, or a name is none.
    DataError
        If there are no results, or they are not current.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingError(f"{out}: is not empty; allowed: a new or an empty folder")
    runs = records.read_records()
    records.check_current(runs)
    chosen, printed = choose(find_exhibits(runs), names), read_printed()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        draft, rows = Path(folder) / "export", []
        for number, exhibit in enumerate(chosen, start=1):
            rows.append(_write_exhibit(exhibit, printed, draft))
            if advance:
                advance(number, len(chosen))
        table = pd.DataFrame(rows)
        table.to_csv(draft / "captions.csv", index=False, lineterminator="\n")
        (draft / "captions.md").write_text(_list_captions(rows), encoding="utf-8", newline="\n")
        if out.exists():
            out.rmdir()
        draft.rename(out)
    return table


def find_exhibits(runs: list[dict[str, Any]]) -> list[Exhibit]:
    """The figures and tables that the runs wrote, figures first, sorted by name."""
    found, label = {}, outputs.read_label()
    for record in runs:
        places = [(Path(wrote["file"]), wrote["cell"]) for wrote in record["wrote"]]
        shown = [(path, cell) for path, cell in places if path.parent.name in KINDS]
        executed = paths.find_file(record["executed"]).read_text(encoding="utf-8")
        headings = read_headings(json.loads(executed)) if shown else {}
        for path, cell in shown:
            kind, heading = KINDS[path.parent.name], headings.get(cell) or record["title"]
            found[kind, path.stem] = Exhibit(kind, path.stem, record, cell, heading, label)
    return [found[key] for key in sorted(found)]


def read_headings(notebook: dict[str, Any]) -> dict[int, str]:
    """For each code cell of an executed copy, by its number, the last heading above it.

    Examples
    --------
    >>> cells = [{"cell_type": "markdown", "source": ["## Money"]},
    ...          {"cell_type": "code", "source": [], "execution_count": 3}]
    >>> read_headings({"cells": cells})
    {3: 'Money'}
    """
    heading, found = "", {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found[cell["execution_count"]] = heading
            continue
        lines = re.findall(r"^##+ (.+)$", "".join(cell["source"]), flags=re.MULTILINE)
        heading = lines[-1].replace("`", "") if lines else heading
    return found


def choose(exhibits: list[Exhibit], names: Sequence[str]) -> list[Exhibit]:
    """Those that are named.

    Raises
    ------
    SettingError
        With each name that is none and the closest there are.
    """
    every = sorted({exhibit.name for exhibit in exhibits})
    problems = [
        f"{name}: found no such figure or table; closest: "
        + (", ".join(difflib.get_close_matches(name, every, n=3, cutoff=0.4)) or "none")
        for name in names
        if not any(fnmatchcase(one, name) for one in every)
    ]
    if problems:
        raise SettingError("cannot export:\n  " + "\n  ".join(problems))
    wanted = names or ["*"]
    return [e for e in exhibits if any(fnmatchcase(e.name, name) for name in wanted)]


def read_printed() -> dict[str, str]:
    """For each printed item, what a caption says of it: where it stands and how it came out."""
    sources = {name: name_briefly(record) for name, record in read_references().items()}
    verdicts = pd.read_csv(paths.RESULTS / "verdicts.csv", **AS_TEXT)
    counts = {item: Counter(rows.verdict) for item, rows in verdicts.groupby("item_id")}
    register = pd.read_csv(paths.RAW / "discrepancies.csv", **AS_TEXT)
    differing = Counter(item for items in register["items"] for item in items.split("; "))
    found = {}
    for row in pd.read_csv(paths.RAW / "items.csv", **AS_TEXT).itertuples():
        stem = row.item_id.partition("/")[2].replace("-", " ").title()
        section = f", section {row.section}" if row.section[:1].isdigit() else ""
        words = f"{stem} of {sources[row.source_id]}{section}: {row.label}."
        verdicts_of = sorted(counts.get(row.item_id, Counter()).items())
        came_out = ", ".join(f"{n} {verdict}" for verdict, n in verdicts_of)
        words += f" Its printed values: {came_out}." if came_out else ""
        n = differing[row.item_id]
        words += f" Discrepancies in the register: {n}." if n else ""
        found[row.item_id] = words
    return found


def find_item(name: str, items: Sequence[str]) -> str:
    """The printed item that a figure or table is named after; empty if none, or not one.

    Examples
    --------
    >>> find_item("framework-glasby-figure-2", ["glasby2012/figure-2", "elston2005/figure-2"])
    'glasby2012/figure-2'
    """
    forms: dict[str, set[str]] = {}
    for item in items:
        source, _, stem = item.partition("/")
        alone = [stem] if PRINTED.match(stem) else []
        for form in (*alone, f"{source}-{stem}", f"{source.rstrip('0123456789')}-{stem}"):
            if re.search(rf"(^|-){re.escape(form)}(-|$)", name):
                forms.setdefault(form, set()).add(item)
    best = forms[max(forms, key=len)] if forms else set()
    return best.pop() if len(best) == 1 else ""


def _write_exhibit(exhibit: Exhibit, printed: dict[str, str], draft: Path) -> dict[str, Any]:
    """Write the files of one figure or table; return its row of the captions."""
    source, target = paths.RESULTS / exhibit.base, draft / exhibit.base
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(f"{source}.csv", f"{target}.csv")
    table = pd.read_csv(f"{source}.csv", **AS_TEXT)
    table.columns = [re.sub(r"^Unnamed: \d+$", "", name).replace("_", " ") for name in table]
    drawn = exhibit.kind == "figure"
    picture = Path(f"{source}.svg").read_text(encoding="utf-8") if drawn else ""
    # Text is drawn as outlines; matplotlib keeps what it says in a comment.
    rebuilt = bool(re.search(r"<!-- [^>]*reconstruction", picture, flags=re.IGNORECASE))
    item, size = find_item(exhibit.name, list(printed)), ("", "")
    caption = write_caption(exhibit, printed.get(item, ""), rebuilt)
    alt = describe(exhibit, table, rebuilt)
    if drawn:
        picture, size = fit_picture(picture, exhibit.words, alt)
        Path(f"{target}.svg").write_text(picture, encoding="utf-8", newline="\n")
        Path(f"{target}.png").write_bytes(set_dots(Path(f"{source}.png").read_bytes(), size[0]))
    else:
        Path(f"{target}.docx").write_bytes(write_word(table, exhibit.name, caption, alt))
        text = write_latex(table, exhibit.name, caption, alt)
        Path(f"{target}.tex").write_text(text, encoding="utf-8", newline="\n")
    return {
        **{"kind": exhibit.kind, "name": exhibit.name, "width_mm": size[0], "height_mm": size[1]},
        **{"caption": caption, "alt": alt, "run": exhibit.record["run"], "cell": exhibit.cell},
        "item_id": item,
    }


def write_caption(exhibit: Exhibit, printed: str, rebuilt: bool) -> str:
    """What is shown, what print it follows and how that came out, and which cell made it."""
    parts = ["Reconstruction: the printed image is missing." if rebuilt else "", exhibit.words]
    parts += [f"After {printed}" if printed else ""]
    parts += [f"Made by {exhibit.record['notebook']}, In [{exhibit.cell}]."]
    return " ".join(filter(None, parts))


def describe(exhibit: Exhibit, table: pd.DataFrame, rebuilt: bool) -> str:
    """What a figure or table holds, for a reader who does not see it.

    Parameters
    ----------
    table : DataFrame
        The data, cells as text.
    """
    named = "; ".join(name for name in table.columns[:NAMED] if name)
    more = f"; and {table.shape[1] - NAMED} more" if table.shape[1] > NAMED else ""
    values = table.drop(columns=[name for name in PLACES if name in table])
    numbers = values.replace("", None).apply(pd.to_numeric, errors="coerce")
    whole = (numbers.notna() == (values != "")).all() & (numbers.min() < numbers.max())
    ranges = [
        f"{name} from {numbers[name].min():g} to {numbers[name].max():g}"
        for name in numbers.columns[whole][:RANGED]
    ]
    kind = "Reconstruction" if rebuilt else exhibit.kind.capitalize()
    rows = "1 row" if len(table) == 1 else f"{len(table)} rows"
    spans = f" {'; '.join(ranges)}." if ranges else ""
    return f"{kind}. {exhibit.words} {rows} of {named}{more}.{spans}"


def _list_captions(rows: list[dict[str, Any]]) -> str:
    """The captions and alt texts as a page to copy from."""
    parts = ["# Captions\n"]
    for row in rows:
        size = f"\n\n{row['width_mm']} x {row['height_mm']} mm" if row["width_mm"] else ""
        head = f"## {row['kind']} `{row['name']}`"
        parts.append(f"{head}\n\n{row['caption']}\n\n*Alt text:* {row['alt']}{size}\n")
    return "\n".join(parts)
