"""The first page: in one screen what this is, what came out, and where to start."""

import pytest
from playwright.sync_api import Page

from compendium.printed.vocabulary import COMPUTED, EVIDENCE, UNCHECKED

OUTCOMES = [*COMPUTED, *UNCHECKED, "inputs"]


@pytest.fixture
def landing(page: Page) -> Page:
    """The first page, open."""
    page.goto("index.html")
    page.wait_for_load_state("load")
    return page


def test_it_fits_one_screen(landing):
    """At 1280 by 800 the reader sees the question, the bars and the three ways in at once."""
    for part in ("h1", ".summary", ".bars", ".starts"):
        box = landing.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 800, part


def test_the_numbers_beside_the_bars_are_those_of_the_verdicts(landing, verdicts):
    """Per kind of evidence, how many values got which verdict; what is not computed comes last."""
    shown = landing.locator(".bars tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(2)"
        ".map(cell => Number(cell.textContent.replace(',', ''))))"
    )
    outcome = verdicts.verdict.where(verdicts.role != "input", "inputs")
    expected = [
        [int(((verdicts.evidence == kind) & (outcome == name)).sum()) for name in OUTCOMES]
        for kind in [*EVIDENCE, ""]
    ]

    assert shown == expected


def test_a_bar_is_as_long_as_its_numbers(landing, verdicts):
    """In the bar of what is recomputed, the part for what differs has its share."""
    checked = verdicts.verdict[verdicts.evidence == "recomputed"]
    bar = landing.locator(".bars tbody tr").first.locator("svg rect")
    widths = {
        name: float(width.rstrip("%"))
        for name, width in bar.evaluate_all(
            "parts => parts.map(p => [p.getAttribute('class'), p.getAttribute('width')])"
        )
    }

    assert widths["differs"] == pytest.approx(100 * (checked == "differs").mean(), abs=0.01)
    assert sum(widths.values()) == pytest.approx(100, abs=0.05)
    assert "transcribed" not in widths


@pytest.mark.parametrize("row", [0, 3, -1])
def test_each_number_of_a_row_leads_to_so_many_values(landing, row):
    """Of a kind and a verdict, of what is not computed: the table shows just those."""
    links = landing.locator(".bars tbody tr").nth(row).locator("td a")
    told = links.evaluate_all("links => links.map(a => [a.href, a.textContent.replace(',', '')])")
    for address, number in told:
        landing.goto(address)
        landing.wait_for_selector("#filters:not([hidden])")
        assert landing.locator("#values tbody tr:not([hidden])").count() == int(number), address


@pytest.mark.parametrize("reader", ["You review", "You research", "You teach"])
def test_each_reader_has_somewhere_to_start(landing, reader):
    """Under each heading stands a link."""
    place = landing.locator(".starts div", has=landing.get_by_role("heading", name=reader))

    assert place.get_by_role("link").count() >= 2
