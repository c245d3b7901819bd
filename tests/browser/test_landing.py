"""The first page: in one screen what this is, what came out, and where to start."""

import re
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page

from compendium.printed.vocabulary import COMPUTED, EVIDENCE, UNCHECKED

OUTCOMES = [*COMPUTED, *UNCHECKED, "inputs"]


@pytest.fixture
def landing(shared: Page) -> Page:
    """The first page, open."""
    if not shared.url.endswith("index.html"):
        shared.goto("index.html")
    return shared


def test_the_first_screen_says_what_this_is(landing):
    """At 1280 by 800: the question, which works, in full, and the picture; then what was found."""
    assert landing.locator(".works li").count() == 6
    assert landing.locator("ol.findings li").count() == 6
    for part in ("h1", ".intro p", ".works", ".intro img"):
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


def test_each_reader_has_somewhere_to_start(landing):
    """Under each heading stands a link."""
    for reader in ("You review", "You research", "You teach"):
        head = landing.get_by_role("heading", name=reader)
        assert landing.locator(".starts div", has=head).get_by_role("link").count() >= 2, reader


# Opens an address as a reader does, in the table that is open: how many rows fit it.
FOLLOW = """(addresses) => addresses.map((address) => {
  history.replaceState(null, "", address);
  dispatchEvent(new PopStateEvent("popstate"));
  return Number(document.getElementById("values").dataset.fitting);
})"""


def test_every_link_to_the_table_opens_what_it_counts(landing, site, verdicts):
    """All links of all pages: as many rows as the number says, or as the results hold."""
    found = {}
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for query, words in re.findall(r'href="[./]*values\.html\?([^"#]+)"[^>]*>([^<]*)', text):
            found.setdefault(query.replace("&amp;", "&"), []).append(words)
    landing.goto("values.html")
    landing.wait_for_selector("#filters:not([hidden])")
    counts = landing.evaluate(FOLLOW, [f"values.html?{query}" for query in found])

    assert len(found) > 100
    for (query, words), count in zip(found.items(), counts):
        asked = dict(parse_qsl(query))
        kept = verdicts
        if item := asked.pop("item", ""):
            kept = kept[(kept.item_id == item) | kept.item_id.str.startswith(f"{item}/")]
        for column, value in asked.items():
            kept = kept[kept[column] == value]
        numbers = [int(w.replace(",", "")) for w in words if w.replace(",", "").isdigit()]
        assert {count, *numbers} == {len(kept)}, query
        assert count or item, query


def test_a_filter_outlives_a_reload(landing):
    """The address of a source's differences, opened twice."""
    counts = []
    landing.goto("values.html?item=elston2005&verdict=differs")
    for _ in range(2):
        landing.wait_for_selector("#filters:not([hidden])")
        counts.append(landing.locator("#values").get_attribute("data-fitting"))
        landing.reload()

    assert counts[0] == counts[1] != "0"
