"""Tables: layout as printed, and text that stays text."""

import pandas as pd
import pytest

from compendium import paths
from compendium.printed.tables import read_table
from compendium.runs import outputs, records


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """A folder that counts as a run's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".log").touch()
    return tmp_path


def test_table_4_2_has_its_printed_layout():
    """Sites across in the printed order, three rows down, cells as printed."""
    table = outputs.funding_shares(read_table("elston2005/table-4.2"))

    assert list(table.columns) == ["Middleton", "Dalesville", "Greenshire", "Metrocity"]
    assert table.iloc[2].tolist() == ["0.4", "0.9", "0", "0.8"]


def test_appendix_h_keeps_its_repeated_rows():
    """Eighteen rows, as printed."""
    table = outputs.by_site(read_table("elston2005/appendix-h"), "profile", "interviewees")

    assert table.shape == (18, 5)


def test_a_table_is_written_twice(run_folder):
    """As CSV and as Markdown."""
    outputs.write_table(pd.DataFrame({"site": ["A"], "share": [1 / 3]}).set_index("site"), "t")
    folder = run_folder / "results" / "tables"

    assert (folder / "t.csv").read_text() == "site,share\nA,0.33333333\n"
    assert (folder / "t.md").read_text().splitlines()[0].startswith("| site")


def test_processed_text_keeps_its_precision(run_folder, monkeypatch):
    """A printed 0.40 read again is still 0.40, and the reading is noted."""
    monkeypatch.setattr(paths, "STUDY", run_folder)
    monkeypatch.setattr(paths, "PROCESSED", run_folder / "data" / "processed")
    outputs.write_processed(pd.DataFrame({"printed": ["0.40"]}), "p")

    assert outputs.read_processed("p*").printed.tolist() == ["0.40"]
    assert records.read_log(run_folder)[-1]["read"] == "data/processed/p.csv"


def test_an_answer_is_a_sentence_and_is_noted(run_folder):
    """Filled in for the reader as the notebook words it, noted with all digits that hold."""
    said = outputs.answer("{n} of {total:d}, {share:.0%}: {who}.", n=1, total=3, share=1 / 3,
                          who=pd.Index(["A", "B"]))  # fmt: skip

    assert said._repr_markdown_() == repr(said) == "1 of 3, 33%: A, B."
    noted = [(line["answered"], line["value"]) for line in records.read_log(run_folder)]
    assert noted == [("n", "1"), ("total", "3"), ("share", "0.33333333"), ("who", "A, B")]


def test_html_is_escaped_and_the_same_twice():
    """A less-than sign in a cell is text, and numbers stand to the right."""
    table = pd.DataFrame({"what": ["a < b"], "n": [3]})
    page = outputs.to_html(table, "caption")

    assert "a &lt; b" in page
    assert '<td class="number">3</td>' in page
    assert page == outputs.to_html(table, "caption")


def test_the_register_is_shown_whole_and_escaped():
    """Every entry has its id, both values and its cause; nothing in it is markup."""
    register = read_table("discrepancies")
    row = register.iloc[[0]].assign(what="a < b")
    shown = outputs.show_register(row)

    assert row.discrepancy_id.item() in shown
    assert f"Likely cause: {row.cause.item()}" in shown
    assert "a &lt; b" in shown


def test_a_claim_is_listed_with_its_grade_and_what_a_test_would_need():
    """Escaped, and with another grade only where leaving out contested codes changes it."""
    ledger = pd.DataFrame(
        {
            "number": ["H01", "H02"],
            "proposition": ["costs > 0", "another"],
            "lines": "1544",
            "value": "counted",
            "n_elsewhere": 2,
            "by_chance": [0.02, 1.0],
            "grade": ["consistent with the coding", "not testable here"],
            "grade_without_contested": ["author's claim restated", "not testable here"],
            "needed": ["", "more sites"],
        }
    )
    page = outputs.show_claims(ledger)

    assert '<dt id="H01"><code>H01</code> costs &gt; 0</dt>' in page
    assert page.count("Without contested codes") == 1
    assert "Needed: more sites." in page
