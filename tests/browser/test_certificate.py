"""The certificate as a reader meets it: in a browser, on a phone, by ear."""

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.fixture(scope="module")
def address(certified):
    """Where the small project's certificate lies."""
    return (certified / "certificate.html").as_uri()


def test_the_page_loads_itself_and_nothing_else(page, address):
    """One request, no word on the console."""
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.wait_for_selector("table")

    assert asked == [address]
    assert said == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_does_not_scroll_sideways(page, address, width):
    """Wide tables scroll in regions of their own, which the keyboard reaches."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".scroll[tabindex='0']").count() == page.locator("table").count()


def test_axe_finds_nothing(page, address):
    """Headings, tables, contrast, regions."""
    page.goto(address)
    found = Axe().run(page).response["violations"]

    assert [(rule["id"], len(rule["nodes"])) for rule in found] == []
