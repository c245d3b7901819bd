"""Every figure and table, ready for a manuscript: print size, caption, alt text, data.

A figure is the run's own picture, set to the size it has on a page, and as a slide, with the words
that it was drawn with: what to see, and what it shows to who does not see it. Nothing is drawn
again. A table is a Word document and LaTeX at the width of a page, or laid on its side; cells are
text as the run wrote them, so no number changes on the way.

A table's caption is not typed either: the heading of the notebook says what is shown. The run's
record says who made it and in which cell, and where a printed item is redrawn, the register and the
verdicts say how it came out. The same results give the same bytes: a Word document is a zip file,
and its clock is set back.
"""

import datetime
import io
import json
import re
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd

from compendium import paths
from compendium.errors import SettingError, closest, refuse
from compendium.publish.cite import name_briefly, read_references
from compendium.runs import outputs, records
from compendium.runs.markup import escape_latex, render

_POINTS = 72 / 25.4
_TWIPS = 1440 / 25.4
# The room on a page of A4 in millimetres, width and height: upright, and on its side.
_UPRIGHT, _SIDEWAYS = (170, 235), (240, 160)
# Our figures are drawn with text of 12 points; below 7 nobody reads it, and the page is turned.
_DRAWN_TEXT, _LEAST_TEXT = 12, 7
OPENING = re.compile(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"([^>]*>)')
# Characters of 9 points that stand on an upright line; cells longer than the second are broken.
CHARACTERS, _LONGEST = 115, 40
_NUMBER = re.compile(r"[-+]?[\d.,]+( ?%)?")
# The first day that a zip file can tell.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
_AS_TEXT = {"dtype": str, "keep_default_na": False}
# Columns that an alt text names, columns of numbers that it gives the range of, and columns whose
# numbers are places.
_NAMED, _RANGED, _PLACES = 6, 3, ("line", "row")


def export(
    out: Path, names: Sequence[str] = (), advance: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Write figures and tables for print into a new folder; what its ``captions.csv`` holds.

    Of `names` ``*`` stands for anything; all if there are none. `advance` is told the number
    written and the number of all. A SettingError if the folder is not empty, or a name is none; a
    DataError if there are no results, or they are not current.
    """
    with paths.new_folder(out) as draft:
        runs = records.read_records()
        records.check_current(runs)
        chosen, printed, rows = _choose(_find_exhibits(runs), names), _read_printed(), []
        for number, exhibit in enumerate(chosen, start=1):
            rows.append(_write_exhibit(exhibit, printed, draft))
            if advance:
                advance(number, len(chosen))
        table = pd.DataFrame(rows)
        table.to_csv(draft / "captions.csv", index=False, lineterminator="\n")
        paths.write_file(draft / "captions.md", render("captions.md.j2", rows=rows))
    return table


def _find_exhibits(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures and tables that the runs wrote, figures first, by name; and who made them."""
    found, label = {}, outputs.read_label()
    for run in runs:
        executed = paths.find_file(run["executed"]).read_text(encoding="utf-8")
        headings = _read_headings(json.loads(executed))
        for path, cell in ((Path(wrote["file"]), wrote["cell"]) for wrote in run["wrote"]):
            if kind := {"figures": "figure", "tables": "table"}.get(path.parent.name):
                found[kind, path.stem] = {
                    **{name: run[name] for name in ("run", "notebook", "given")},
                    **{"kind": kind, "name": path.stem, "cell": cell, "label": label},
                    "title": re.sub(r"^\d+ ", "", run["title"]).rstrip("?."),
                    "heading": headings.get(cell) or run["title"],
                }
    return [found[key] for key in sorted(found)]


def _read_headings(notebook: dict[str, Any]) -> dict[int, str]:
    """For each code cell of an executed copy, by its number, the last heading above it."""
    heading, found = "", {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            found[cell["execution_count"]] = heading
        elif lines := re.findall(r"^##+ (.+)$", "".join(cell["source"]), flags=re.MULTILINE):
            heading = lines[-1].replace("`", "")
    return found


def _choose(exhibits: list[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """Those that are named; a name that is none is refused, with the closest there are."""
    every = sorted({exhibit["name"] for exhibit in exhibits})
    problems = [
        f"{name}: found no such figure or table; closest: {closest(name, every, cutoff=0.4)}"
        for name in names
        if not any(fnmatchcase(one, name) for one in every)
    ]
    refuse("cannot export", problems, SettingError)
    return [e for e in exhibits if any(fnmatchcase(e["name"], name) for name in names or ["*"])]


def _read_printed() -> dict[str, dict[str, Any]]:
    """For each printed item, what a caption says of it: where it stands and how it came out."""
    files = paths.RAW / "items.csv", paths.RAW / "discrepancies.csv", paths.RESULTS / "verdicts.csv"
    items, register, verdicts = (pd.read_csv(path, **_AS_TEXT) for path in files)
    sources = {name: name_briefly(record) for name, record in read_references().items()}
    counts = pd.crosstab(verdicts.item_id, verdicts.verdict).to_dict("index")
    differing = register["items"].str.split("; ").explode().value_counts()
    return {
        row["item_id"]: row
        | {"source": sources[row["source_id"]], "counts": counts.get(row["item_id"], {})}
        | {"differing": differing.get(row["item_id"], 0)}
        for row in items.to_dict("records")
    }


def _find_item(name: str, items: Sequence[str]) -> str:
    """The printed item that a figure or table is named after; empty if none, or not one."""
    forms: dict[str, set[str]] = defaultdict(set)
    for item in items:
        source, _, stem = item.partition("/")
        alone = [stem] if re.match(r"(table|figure|box|appendix)-", stem) else []
        for form in (*alone, f"{source}-{stem}", f"{source.rstrip('0123456789')}-{stem}"):
            if re.search(rf"(^|-){re.escape(form)}(-|$)", name):
                forms[form].add(item)
    best = forms[max(forms, key=len)] if forms else set()
    return best.pop() if len(best) == 1 else ""


def _write_exhibit(exhibit: dict[str, Any], printed: dict[str, Any], draft: Path) -> dict[str, Any]:
    """Write the files of one figure or table; return its row of the captions."""
    kind, name = exhibit["kind"], exhibit["name"]
    source, target = (folder / f"{kind}s" / name for folder in (paths.RESULTS, draft))
    paths.write_file(Path(f"{target}.csv"), Path(f"{source}.csv").read_bytes())
    table = pd.read_csv(f"{source}.csv", **_AS_TEXT)
    table.columns = [re.sub(r"^Unnamed: \d+$", "", name).replace("_", " ") for name in table]
    item, size = _find_item(name, list(printed)), ("", "")
    words = outputs.read_words(name).items() if kind == "figure" else ()
    caption, alt = render(
        "exhibit.txt.j2",
        **exhibit,
        printed=printed.get(item),
        # A label on an axis may be broken into lines; what is said of it is not.
        said={part: " ".join(text.split()) for part, text in words},
        n_rows=len(table),
        named=list(table.columns[:_NAMED]),
        n_more=table.shape[1] - _NAMED,
        ranges=_find_ranges(table),
    ).splitlines()
    if kind == "figure":
        svg = Path(f"{source}.svg").read_text(encoding="utf-8")
        size = _fit_page(*map(float, OPENING.search(svg).group(2, 3)))
        picture = OPENING.sub(rf'\1width="{size[0]}mm" height="{size[1]}mm"\4', svg, count=1)
        dots = _set_dots(Path(f"{source}.png").read_bytes(), size[0])
        slide = Path(f"{source}-slide.png").read_bytes()
        files = {".svg": picture, ".png": dots, "-slide.png": slide}
    else:
        said = (table, name, caption, alt)
        files = {".docx": _write_word(*said), ".tex": _write_latex(*said)}
    for ending, content in files.items():
        paths.write_file(Path(f"{target}{ending}"), content)
    return {
        **{"kind": kind, "name": name, "width_mm": size[0], "height_mm": size[1]},
        **{"caption": caption, "alt": alt, "run": exhibit["run"], "cell": exhibit["cell"]},
        "item_id": item,
    }


def _find_ranges(table: pd.DataFrame) -> list[str]:
    """Of the first columns of numbers that are not all the same, from where to where they go."""
    values = table.drop(columns=[name for name in _PLACES if name in table])
    numbers = values.replace("", None).apply(pd.to_numeric, errors="coerce")
    whole = (numbers.notna() == (values != "")).all() & (numbers.min() < numbers.max())
    return [
        f"{name} from {numbers[name].min():g} to {numbers[name].max():g}"
        for name in numbers.columns[whole][:_RANGED]
    ]


def _fit_page(width: float, height: float) -> tuple[float, float]:
    """The size in millimetres of a picture of some points: sideways where its text gets small."""
    scale, sideways = (
        min(1.0, room[0] * _POINTS / width, room[1] * _POINTS / height)
        for room in (_UPRIGHT, _SIDEWAYS)
    )
    if scale * _DRAWN_TEXT < _LEAST_TEXT:
        scale = max(scale, sideways)
    return round(width / _POINTS * scale, 1), round(height / _POINTS * scale, 1)


def _set_dots(png: bytes, width: float) -> bytes:
    """A PNG that prints at a width in millimetres: the same dots, and how many go into a metre."""
    dots = round(struct.unpack(">I", png[16:20])[0] * 1000 / width)
    body = b"pHYs" + struct.pack(">IIB", dots, dots, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    bare = re.sub(rb"\0\0\0\tpHYs.{13}", b"", png, count=1, flags=re.DOTALL)
    # After the signature and the head of the picture.
    return bare[:33] + chunk + bare[33:]


def _lay_out(table: pd.DataFrame) -> tuple[list[float], list[bool], bool]:
    """Each column's share of the width, which hold numbers, and whether a page is turned for it."""
    cells = [[str(name), *table[name]] for name in table.columns]
    words = [max(len(part) for cell in each for part in cell.split() or [""]) for each in cells]
    whole = [min(max(map(len, each)), _LONGEST) for each in cells]
    # A sixth more, for the head is bold, and three for the gap.
    least = [word * 7 / 6 + 3 for word in words]
    wanted = [max(pair) * 7 / 6 + 3 for pair in zip(words, whole)]
    is_sideways = sum(wanted) > CHARACTERS
    # No word is broken while there is room: what is short is taken from the columns with slack.
    short = max(sum(wanted) - CHARACTERS * (1.5 if is_sideways else 1), 0)
    slack = min(short / max(sum(wanted) - sum(least), 1), 1)
    widths = [want - slack * (want - low) for want, low in zip(wanted, least)]
    numeric = [
        any(table[name]) and all(_NUMBER.fullmatch(cell) for cell in table[name] if cell)
        for name in table.columns
    ]
    return [width / sum(widths) for width in widths], numeric, is_sideways


def _write_word(table: pd.DataFrame, title: str, caption: str, alt: str) -> bytes:
    """A Word document that holds one table of text under its caption."""
    # 0.3 s that only an export pays for.
    import docx  # noqa: PLC0415
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

    shares, numeric, is_sideways = _lay_out(table)
    document = docx.Document()
    about, section = document.core_properties, document.sections[0]
    about.title, about.author, about.comments = title, "compendium", ""
    about.created = about.modified = datetime.datetime(*LONG_AGO)
    font, words = document.styles["Normal"].font, document.styles["Caption"]
    font.name, font.size = "Arial", Pt(8 if is_sideways else 9)
    words.font.size, words.font.bold, words.font.color.rgb = Pt(9), False, RGBColor(0, 0, 0)
    words.paragraph_format.keep_with_next = True
    sides = (Mm(210), Mm(297))
    section.page_width, section.page_height = sides[::-1] if is_sideways else sides
    section.orientation = WD_ORIENT.LANDSCAPE if is_sideways else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(28 if is_sideways else 20)
    document.add_paragraph(caption, style="Caption")
    # Word wants a paragraph after a table.
    document.add_paragraph()
    room = (_SIDEWAYS if is_sideways else _UPRIGHT)[0] * _TWIPS
    widths = [round(share * room) for share in shares]
    rows = [list(map(str, table.columns)), *table.to_numpy().tolist()]
    said = {"title": title, "alt": alt, "numeric": numeric, "rows": rows, "widths": widths}
    document.element.body.insert(1, parse_xml(render("word-table.xml.j2", **said)))
    # A document is a zip file, which tells when it was written.
    saved, still = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(still, "w") as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, LONG_AGO), old.read(name), zipfile.ZIP_DEFLATED)
    return still.getvalue()


def _write_latex(table: pd.DataFrame, name: str, caption: str, alt: str) -> str:
    r"""A ``longtable`` of text, to be taken into a document of LaTeX with ``\input``."""
    shares, numeric, is_sideways = _lay_out(table)
    # What the gaps between the columns leave of the line, at 3 points a side.
    room = 1 - 6 / 483 * len(shares)
    columns = "".join(
        rf">{{\ragged{'left' if is_number else 'right'}\arraybackslash}}"
        rf"p{{{share * room:.3f}\linewidth}}"
        for share, is_number in zip(shares, numeric)
    )
    body = table.to_latex(
        index=False,
        escape=True,
        longtable=True,
        caption=escape_latex(caption),
        label=f"tab:{name}",
        column_format=columns,
    )
    return render("table.tex.j2", alt=alt, body=body, is_sideways=is_sideways)
