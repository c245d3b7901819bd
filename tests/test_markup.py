"""The pieces of pages: escaped, the same each time, and the register with all it says."""

import pandas as pd

from compendium.printed.tables import read_table
from compendium.runs import markup


def test_a_blank_is_no_reason_to_set_a_column_to_the_left():
    """Numbers with gaps are numbers; a column with one word is words; nothing is shown as nan."""
    frame = pd.DataFrame({"who": ["A", "B"], "n": [1.5, None], "m": ["1", "none"]})
    page = markup.show_frame(frame, "Who & what")

    assert '<th scope="col" class="number">n</th><th scope="col">m</th>' in page
    assert '<th scope="row">B</th><td class="number"></td><td>none</td>' in page
    assert "<caption>Who &amp; what</caption>" in page


def test_html_is_escaped_and_the_same_twice():
    """A less-than sign in a cell is text, and numbers stand to the right."""
    table = pd.DataFrame({"what": ["a < b"], "n": [3]})
    page = markup.show_frame(table, "caption")

    assert "a &lt; b" in page
    assert '<td class="number">3</td>' in page
    assert page == markup.show_frame(table, "caption")
    assert page._repr_html_() == page


def test_the_register_is_shown_whole_and_escaped():
    """Every entry has its id, both values and its cause; nothing in it is markup."""
    register = read_table("discrepancies")
    row = register.iloc[[0]].assign(what="a < b")
    verdicts = pd.DataFrame({"value_id": [], "evidence": []})
    shown = markup.show_register(markup.rank_register(row, verdicts))

    assert row.discrepancy_id.item() in shown
    assert f"<dt>Likely cause</dt><dd>{row.cause.item()}</dd>" in shown
    assert "values.html" not in shown
    assert "a &lt; b" in shown
