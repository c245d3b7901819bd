"""Two sessions done as a student: with right, wrong and odd answers, by mouse and by keys."""

import json

import pytest
from playwright.sync_api import Page, expect

from .conftest import find_barriers

READY = ".task:not([hidden])"


def answer(page: Page, task: str, text: str) -> str:
    """Type an answer, press Enter, and read what is said."""
    field = page.locator(f"#{task} input")
    field.fill(text)
    field.press("Enter")
    return page.locator(f"#{task} .mark-said").inner_text()


def test_a_printed_table_read_as_a_student(page: Page, site, complaints):
    """S1 from a folder: sums by ticking rows, odd answers, reload, and a file to hand in."""
    page.goto(f"file://{site}/seminar/s1.html")
    page.wait_for_selector(READY)

    assert "not answered yet" in answer(page, "s1-share", " ")
    assert "a number is asked for; found 'lots'" in answer(page, "s1-share", "lots")
    assert "per cent is asked" in answer(page, "s1-share", "0.0082")
    assert "what is counted" in answer(page, "s1-share", "1e999999")
    assert answer(page, "s1-share", "0,82 %").endswith("right")
    ticks = page.locator("[data-lever=sums] input")
    for row in range(17):
        ticks.nth(row).check()
    assert "printed twice" in answer(page, "s1-people", page.locator("tfoot td").last.inner_text())
    ticks.nth(4).uncheck()
    ticks.nth(13).uncheck()
    assert answer(page, "s1-people", page.locator("tfoot td").last.inner_text()).endswith("right")
    page.locator("#s1-misfits").get_by_label("Middleton").check()
    page.locator("#s1-misfits").get_by_role("button").click()
    expect(page.locator("#s1-misfits .mark-said")).to_contain_text("not that set")

    page.reload()
    expect(page.locator("#s1-share input")).to_have_value("0,82 %")
    expect(page.locator("#s1-misfits .mark-said")).to_contain_text("not yet")
    page.get_by_label("Your name").fill("Ann & Bob")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    saved = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved["sessions"]["s1"]["people"]["verdict"] == "right"
    assert not complaints


def test_the_weights_of_a_balance_found_as_a_student(page: Page):
    """S4: set the leans, draw weightings, and mark by fractions and per cents."""
    page.goto("seminar/s4.html")
    page.wait_for_selector("#balance:not([hidden])")
    expect(page.locator("#balance-says")).to_be_empty()
    leans = {"Local structures": "for", "Professional": "for", "Resource base": "against"}
    for box, words in leans.items():
        page.get_by_role("group", name=box).get_by_label(words, exact=True).check()
    expect(page.locator("#beam-says")).to_have_text("B = +0.20: tips left, for partnership.")
    page.get_by_role("button", name="Draw 100 weightings").click()
    expect(page.locator("[data-lever=draw] > p output")).to_contain_text("Of 100 weightings drawn")

    assert "counts boxes" in answer(page, "s4-share", "1/3")
    assert answer(page, "s4-share", "25 %").endswith("right")
    assert "cut off" in answer(page, "s4-kindest", "0.68")
    assert answer(page, "s4-kindest", "11/16").endswith("right")


def test_the_quiz_view_of_the_balance_gives_nothing_away(page: Page):
    """An empty balance, no case to choose, no share of weightings; it stays a quiz when moved."""
    page.goto("balance.html?quiz")
    page.wait_for_selector("#balance:not([hidden])")
    page.get_by_role("group", name="Key individuals").get_by_label("for", exact=True).check()

    expect(page.locator("#beam-says")).to_have_text("B = +0.20: tips left, for partnership.")
    expect(page.locator("#balance-says")).to_be_empty()
    expect(page.get_by_label("Site and actor")).to_be_hidden()
    assert "quiz" in page.url


@pytest.mark.parametrize("name", ["s2", "s3", "s4", "s8"])
def test_axe_finds_nothing_serious(page: Page, name):
    """Names, roles, order and contrast of the kinds of task, by day and night, on a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"seminar/{name}.html")
    page.wait_for_selector(READY)
    page.locator("form.task button[type=submit]").first.click()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not find_barriers(page)
