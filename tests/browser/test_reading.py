"""Reading the site: without a network, from a folder, on a phone, on paper, in the dark, by ear."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from compendium import paths

PAGES = [
    "index.html",
    "values.html?verdict=differs",
    "register.html",
    "claims.html",
    "figures.html",
    "refusals.html",
    "notebooks/04-weigh-costs-and-benefits.html",
    "notebooks/06-balance-involvement.html",
    "dictionary/mannion2011.html",
    "api.html",
    "api/printed.quantities.html",
    "search.html?q=Dalesville",
]


@pytest.fixture
def complaints(page: Page, base_url) -> list[str]:
    """What goes wrong while a page is read: requests that fail or leave, errors in the console."""
    found: list[str] = []
    page.on("requestfailed", lambda request: found.append(f"failed: {request.url}"))
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda request: (
            found.append(f"outside: {request.url}")
            if not request.url.startswith((base_url, "file:", "data:"))
            else None
        ),
    )
    page.on(
        "response",
        lambda answer: (
            found.append(f"{answer.status}: {answer.url}") if answer.status > 399 else None
        ),
    )
    return found


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_for_nothing_it_does_not_get(page, complaints, address):
    """No failed request, none outside, no error in the console."""
    page.goto(address)
    page.wait_for_load_state("networkidle")

    assert not complaints


@pytest.mark.parametrize(
    ("address", "colours"),
    [(page, "light") for page in PAGES]
    + [(page, "dark") for page in ("index.html", "register.html", PAGES[6])],
)
def test_axe_finds_nothing_serious(browser: Browser, base_url, address, colours):
    """Contrast, names, roles and order hold by day and by night.

    Rows a filter hides are taken out first: seventeen hundred of one kind take half a minute.
    """
    context = browser.new_context(base_url=base_url, color_scheme=colours)
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('tr[hidden]').forEach(row => row.remove())")
    found = Axe().run(page).response["violations"]
    context.close()

    serious = [
        f"{each['id']}: {node['html'][:150]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]
    assert not serious


@pytest.mark.parametrize("address", PAGES)
def test_a_phone_need_not_scroll_sideways(browser: Browser, base_url, address):
    """At 390 pixels the page is as wide as the screen; wide tables scroll inside it."""
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("load")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert width <= 390


def test_search_finds_a_site_by_its_name(page):
    """Sphinx's own search, from the first page: Dalesville is found, and a hit can be opened."""
    page.goto("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("Dalesville")
    page.keyboard.press("Enter")
    hits = page.locator("ul.search li a")
    hits.first.wait_for()
    titles = hits.all_inner_texts()
    hits.first.click()

    assert any("Dalesville" in title or "sites" in title for title in titles)
    expect(page.locator("h1").first).to_be_visible()


def test_the_site_works_from_a_folder(page, site, complaints):
    """Opened as files: the table filters and keeps its address, search finds, nothing fails."""
    page.goto(f"file://{site}/values.html?verdict=differs")
    page.wait_for_selector("#filters:not([hidden])")
    page.get_by_label("Text").fill("interviewees")
    expect(page.get_by_role("status")).to_contain_text("of")
    assert "q=interviewees" in page.url

    page.goto(f"file://{site}/search.html?q=Dalesville")
    page.locator("ul.search li a").first.wait_for()
    assert not complaints


def test_a_figure_s_data_is_the_result(page):
    """The file behind "Data (CSV)" is the one the run wrote, byte for byte."""
    page.goto("figures.html")
    figure = page.locator("#figure-table-4\\.2-shares")
    with page.expect_download() as waiting:
        figure.get_by_role("link", name="Data (CSV)").evaluate(
            "a => { a.download = ''; a.click() }"
        )

    expected = paths.RESULTS / "figures" / "table-4.2-shares.csv"
    assert waiting.value.path().read_bytes() == expected.read_bytes()


def test_reconstructions_say_so(page):
    """A figure rebuilt without its image carries the word, in its caption and for the ear."""
    page.goto("figures.html")
    figure = page.locator("#figure-elston-fulop2002-figure-1")

    expect(figure).to_contain_text("Reconstruction")
    assert "per cent" in figure.locator("img").get_attribute("alt").lower()


def test_words_are_explained_where_they_first_stand(page):
    """By mouse and by key, and for the ear; code is folded, and an address unfolds it."""
    page.goto("notebooks/12-read-plans.html")
    term = page.locator("button.term").first
    term.focus()

    assert term.get_attribute("data-says") in term.get_attribute("aria-label")
    assert page.locator("details.hide").count() > 5
    assert page.locator("details.hide[open]").count() == 0
    page.goto("notebooks/12-read-plans.html#in-3")
    page.wait_for_selector("#in-3 details[open]")


def test_a_run_is_chosen_on_its_page(page):
    """Eighteen runs of one notebook: the choice leads to another."""
    page.goto("notebooks/06-balance-involvement--dalesville-social-services-before.html")
    choice = page.get_by_label("Another run")
    assert choice.locator("option").count() > 10
    choice.select_option(label="Dalesville, Social Services, after")

    page.wait_for_url("**/06-balance-involvement--dalesville-social-services-after.html")


def test_the_first_tab_skips_the_menu(page):
    """The first stop of a keyboard is a link to the text, and it is seen."""
    page.goto("register.html")
    page.keyboard.press("Tab")
    link = page.locator(":focus")

    assert link.get_attribute("href") == "#main-content"
    expect(link).to_be_in_viewport()


def test_a_phone_s_menu_opens_by_key(browser: Browser, base_url):
    """On a narrow screen the menu is a button away, for fingers and for keys."""
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("register.html")
    page.locator("button.primary-toggle").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="The claims ledger").first).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("address", ["index.html", "values.html?verdict=differs", "register.html"])
def test_paper_holds_the_text_and_no_menu(page, address):
    """Printed, a page has its heading and its table or entries, and nothing to click."""
    page.goto(address)
    page.wait_for_load_state("load")
    page.emulate_media(media="print")

    for part in (".bd-sidebar-primary", ".bd-header-article", ".filters", ".prev-next-footer"):
        assert not page.locator(part).first.is_visible(), part
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator("#values, .bars, .entry").first).to_be_visible()
    assert len(page.pdf(format="A4")) > 20_000


def test_paper_is_white_in_the_dark(browser: Browser, base_url):
    """Whoever reads in dark colours prints dark text, code included."""
    context = browser.new_context(base_url=base_url, color_scheme="dark")
    page = context.new_page()
    page.goto(PAGES[6])
    page.emulate_media(media="print", color_scheme="dark")
    colours = page.evaluate(
        """['p', 'td', '.highlight .n'].map(part => {
          const colour = getComputedStyle(document.querySelector('article ' + part)).color;
          return Math.max(...colour.match(/\\d+/g).slice(0, 3).map(Number));
        })"""
    )
    context.close()

    assert max(colours) < 128
