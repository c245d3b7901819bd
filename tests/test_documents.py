"""Documents: one list of blocks, two ways to write it."""

import pandas as pd

from compendium.publish.certificate import Heading, Table, to_html, to_markdown

TABLE = Table(
    "Sites", pd.DataFrame({"where": ["s/A", "s/B"], "n": [3, 4], "what": ["a | b", "<c>"]})
)


def test_a_table_in_markdown_keeps_a_stroke_in_its_cell():
    """A stroke would otherwise open a column."""
    assert r"| s/A     | 3   | a \| b |" in to_markdown([TABLE])


def test_a_table_on_a_page_has_caption_and_headers():
    """A caption, a header for each column and one for each row."""
    page = to_html([Heading("Title", 1), TABLE])

    assert "<caption>Sites</caption>" in page
    assert page.count('<th scope="col"') == 3
    assert page.count('<th scope="row"') == 2
    assert 'role="region" tabindex="0" aria-label="Sites"' in page


def test_only_a_column_of_numbers_is_set_to_the_right():
    """Its header with it."""
    page = to_html([Heading("Title", 1), TABLE])

    assert '<th scope="col" class="number">n</th>' in page
    assert page.count('class="number"') == 3


def test_text_is_escaped():
    """A cell is words, never markup."""
    assert "<td>&lt;c&gt;</td>" in to_html([Heading("Title", 1), TABLE])
