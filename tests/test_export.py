"""An export: what print needs, from what the runs know; the same bytes each time."""

import csv
import io
import json
import re
import struct
import zipfile

import docx
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from small import keep_record, make_project, write

from compendium.errors import DataError, SettingError
from compendium.publish import export
from compendium.runs import outputs

TABLE = ",n cases,share_percent\nAt A & B,3,0.40\nAt_C,12,\n"
CITATION = (
    "title: A compendium\ntype: software\nversion: 1.0\nlicense: MIT\ndate-released: '2020-01-01'\n"
    "authors: [{name: We}]\nreferences: []\n"
)
SOURCES = 'source_id,citation,doi,licence\ns,"Poe, E (1845) The raven. New York.",,free\n'


WORDS = {"title": "Table 1", "caption": "A is 3.", "alt": "A 3, B 4.",
         "note": "Reconstruction\nfrom counts", "short": ""}  # fmt: skip


def draw(width: float, height: float) -> tuple[str, bytes]:
    """A picture of some points as SVG, a comment in it saying what it says, and as PNG."""
    figure = plt.figure(figsize=(width / 72, height / 72))
    figure.text(0.5, 0.5, "Reconstruction from counts")
    svg, png = io.StringIO(), io.BytesIO()
    figure.savefig(svg, format="svg")
    figure.savefig(png, format="png", dpi=100)
    return svg.getvalue(), png.getvalue()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The small project, with a figure and a table that the second run drew."""
    root = make_project(tmp_path / "project", monkeypatch)
    svg, png = draw(720, 360)
    write(root / "CITATION.cff", CITATION)
    write(root / "data/raw/sources.csv", SOURCES)
    write(root / "results/figures/table-1.svg", svg)
    write(root / "results/figures/table-1.json", json.dumps(WORDS))
    (root / "results/figures/table-1-slide.png").write_bytes(b"a slide")
    (root / "results/figures/table-1.png").write_bytes(png)
    write(root / "results/tables/shares.csv", TABLE)
    head = {"cell_type": "markdown", "source": ["## Where `n` lies"]}
    cells = [head, *({"cell_type": "code", "source": [], "execution_count": n} for n in (5, 6))]
    write(root / "results/notebooks/02-draw.ipynb", json.dumps({"cells": cells}))
    wrote = [(5, "results/figures/table-1.svg"), (6, "results/tables/shares.csv")]
    ends = (".svg", ".png", "-slide.png", ".json", ".csv")
    made = [*(f"figures/table-1{end}" for end in ends), "tables/shares.csv"]
    keep_record(root, "02-draw", read=[], wrote=wrote, made=made, judged={})
    monkeypatch.setattr(outputs, "read_label", lambda: "")
    return root


def captions(folder) -> dict[str, dict[str, str]]:
    with (folder / "captions.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def bytes_of(folder) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_every_figure_and_table_comes_in_every_form(project):
    """A figure as SVG, PNG and data; a table as CSV, for Word and for LaTeX; and the captions."""
    export.export(project / "out")

    assert sorted(bytes_of(project / "out")) == [
        "captions.csv",
        "captions.md",
        *(f"figures/table-1{end}" for end in ("-slide.png", ".csv", ".png", ".svg")),
        *(f"tables/shares.{end}" for end in ("csv", "docx", "tex")),
    ]


def test_the_same_results_give_the_same_bytes(project):
    """Word documents too, whose clock is set back."""
    export.export(project / "one")
    export.export(project / "two")

    assert bytes_of(project / "one") == bytes_of(project / "two")


def test_a_caption_says_what_the_runs_know(project):
    """What to see, what kind of drawing, printed item, how it came out, and which cell made it."""
    export.export(project / "out")
    found = captions(project / "out")

    assert found["table-1"]["caption"] == (
        "Table 1. A is 3. Reconstruction from counts. "
        "After Table 1 of Poe (1845), section 1: Two sites. "
        "Its printed values: 1 exact, 2 transcribed. Made by notebooks/02-draw.ipynb, In [5]."
    )
    assert found["shares"]["caption"] == (
        "02-draw: Where n lies. Made by notebooks/02-draw.ipynb, In [6]."
    )
    assert found["table-1"]["item_id"] == "s/table-1"


def test_a_run_that_was_given_something_says_what(project):
    """Two figures of one notebook differ by what its runs were given; a title loses its mark."""
    path = project / "results/records/02-draw.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record |= {"title": "06 What came out?", "given": {"site": "UNE", "level": 0.9}}
    write(path, json.dumps(record))
    export.export(project / "out", ["shares"])

    words = captions(project / "out")["shares"]["caption"]
    assert words.startswith("What came out (site UNE, level 0.9): Where n lies. Made by")


def test_an_invented_study_says_so_in_every_caption(project, monkeypatch):
    """And in every alt text: a file is passed on without its folder."""
    monkeypatch.setattr(outputs, "read_label", lambda: "INVENTED")
    found = export.export(project / "out")

    assert found.caption.str.contains("INVENTED: ").all()
    assert found.alt.str.contains("INVENTED: ").all()


def test_an_alt_text_says_what_is_in_the_data(project):
    """A figure's own; of a table rows, columns, and the range of a column of numbers."""
    export.export(project / "out")
    found = captions(project / "out")

    assert found["table-1"]["alt"] == "Table 1. A 3, B 4."
    assert found["shares"]["alt"] == (
        "Table. 02-draw: Where n lies. 2 rows of n cases; share percent. n cases from 3 to 12."
    )


def test_a_figure_has_the_size_of_a_page(project):
    """720 points are 254 mm: 170 on a page, half as high, and the PNG's dots say so."""
    export.export(project / "out")
    row = captions(project / "out")["table-1"]
    svg = (project / "out/figures/table-1.svg").read_text(encoding="utf-8")
    png = (project / "out/figures/table-1.png").read_bytes()
    place = png.index(b"pHYs")
    across, down, unit = struct.unpack(">IIB", png[place + 4 : place + 13])

    assert (row["width_mm"], row["height_mm"]) == ("170.0", "85.0")
    assert 'width="170.0mm" height="85.0mm"' in svg
    assert (project / "out/figures/table-1-slide.png").read_bytes() == b"a slide"
    # 1000 dots over 0.17 m.
    assert (across, down, unit) == (5882, 5882, 1)
    assert plt.imread(io.BytesIO(png)).shape[:2] == (500, 1000)


@pytest.mark.parametrize(
    ("points", "millimetres"),
    [((100, 50), (35.3, 17.6)), ((481.9, 1332.3), (85.0, 235.0)), ((1000, 500), (240.0, 120.0))],
)
def test_a_page_is_turned_before_its_text_is_too_small(points, millimetres):
    """Small stays small, high stays upright, wide lies on its side."""
    assert export._fit_page(*points) == pytest.approx(millimetres, abs=0.1)


def test_a_word_document_holds_the_table_as_text(project):
    """Every cell as the run wrote it, a head that repeats, the caption, the alt text."""
    export.export(project / "out")
    path = project / "out/tables/shares.docx"
    document, row = docx.Document(path), captions(project / "out")["shares"]
    table = document.tables[0]
    cells = [[cell.text for cell in line.cells] for line in table.rows]
    xml = zipfile.ZipFile(path).read("word/document.xml").decode()

    assert cells == [
        ["", "n cases", "share percent"],
        ["At A & B", "3", "0.40"],
        ["At_C", "12", ""],
    ]
    assert document.paragraphs[0].text == row["caption"]
    assert f'<w:tblDescription w:val="{row["alt"]}"/>' in xml
    assert xml.count("<w:tblHeader/>") == 1
    assert document.element.body.index(table._tbl) == 1


def test_a_word_document_does_not_tell_the_time(project):
    """Neither in the zip file nor in its properties."""
    export.export(project / "out")
    path = project / "out/tables/shares.docx"
    with zipfile.ZipFile(path) as file:
        clocks = {entry.date_time for entry in file.infolist()}

    assert clocks == {export.LONG_AGO}
    assert docx.Document(path).core_properties.modified.year == 1980


def test_latex_means_nothing_by_a_cell(project):
    """Ampersands and underscores print as such; label, caption and alt text are there."""
    export.export(project / "out")
    row = captions(project / "out")["shares"]
    text = (project / "out/tables/shares.tex").read_text(encoding="utf-8")

    assert r"At A \& B & 3 & 0.40 \\" in text
    assert r"At\_C & 12 &  \\" in text
    assert r"\label{tab:shares}" in text
    assert rf"\caption{{{row['caption']}}}" in text
    assert f"% {row['alt']}" in text
    assert text.count("{") == text.count("}")


def test_a_wide_table_lies_on_its_side():
    """Fourteen columns of words; the shares of the width make a whole."""
    wide = pd.DataFrame({f"column {n}": ["twelve words"] for n in range(14)})
    shares, _, is_sideways = export._lay_out(wide)

    assert is_sideways
    assert sum(shares) == pytest.approx(1)
    assert r"\begin{landscape}" in export._write_latex(wide, "w", "Wide", "alt")
    section = docx.Document(io.BytesIO(export._write_word(wide, "w", "Wide", "alt"))).sections[0]
    assert section.page_width > section.page_height


def test_a_long_text_gives_way_before_a_word_is_broken():
    """A column of prose shrinks, a column of one long word does not."""
    prose, word = "so " * 200, "interorganisational"
    shares, _, _ = export._lay_out(
        pd.DataFrame({f"c{n}": [prose] for n in range(9)} | {"w": [word]})
    )

    assert shares[-1] * 1.5 * export.CHARACTERS >= len(word) + 3


def test_what_is_named_is_exported(project):
    """By name or by pattern, and nothing else."""
    found = export.export(project / "out", ["sha*"])

    assert found.name.tolist() == ["shares"]
    assert not (project / "out/figures").exists()


def test_what_is_not_there_is_refused(project):
    """Every wrong name with the closest there are; no folder is made."""
    with pytest.raises(SettingError) as caught:
        export.export(project / "out", ["share", "shares", "zzz"])

    assert str(caught.value).splitlines() == [
        "cannot export:",
        "  share: found no such figure or table; closest: shares",
        "  zzz: found no such figure or table; closest: none",
    ]
    assert not (project / "out").exists()


def test_results_that_are_not_current_are_not_exported(project):
    """A table changed by hand is no result; nothing is left behind."""
    write(project / "results/tables/shares.csv", TABLE.replace("12", "13"))
    with pytest.raises(DataError, match=r"shares\.csv; run `compendium reproduce`"):
        export.export(project / "out")

    assert not list(project.glob("*out*"))


def test_a_folder_with_something_in_it_is_refused(project):
    """What lies there stays."""
    write(project / "out/mine.txt", "mine")
    with pytest.raises(SettingError, match="is not empty"):
        export.export(project / "out")

    assert (project / "out/mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("table-4.2-shares", "elston2005/table-4.2"),
        ("elston-fulop2002-figure-1", "elston-fulop2002/figure-1"),
        ("framework-glasby-figure-1", "glasby2012/figure-1"),
        ("framework-figure-1", ""),
        ("dependency-positions", ""),
        ("table-4.21", ""),
    ],
)
def test_a_figure_is_of_the_item_it_is_named_after(name, item):
    """The longest name that fits; of two that fit alike, neither."""
    items = ["elston2005/table-4.2", "elston-fulop2002/figure-1", "glasby2012/figure-1"]
    found = export._find_item(name, [*items, "mannion2011/positions"])

    assert found == item


def test_the_page_of_captions_has_each_once(project):
    """To copy from."""
    export.export(project / "out")
    text = (project / "out/captions.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "figure `table-1`",
        "table `shares`",
    ]
    assert "170.0 x 85.0 mm" in text
