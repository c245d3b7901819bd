"""Reading the site: without a network, from a folder, on a phone, on paper, in the dark, by ear."""

import socket

import pytest
from playwright.sync_api import expect

from compendium import paths

from .conftest import find_barriers

PAGES = [
    "index.html",
    "values.html?verdict=differs",
    "register.html",
    "claims.html",
    "codings.html",
    "figures.html",
    "seminar.html",
    "guide.html",
    "glossary.html",
    "notebooks/04-weigh-costs-and-benefits.html",
    "notebooks/06-balance-involvement.html",
    "dictionary/mannion2011.html",
    "rules.html",
    "api.html",
    "api/printed.quantities.html",
    "search.html?q=Dalesville",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_can_be_read(page, complaints, address):
    """It asks for nothing it does not get, by day, by night, and on a phone without side steps.

    One load for all of it. A wide table scrolls inside the page.
    """
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert not complaints

    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})
    assert not find_barriers(page)


def test_a_barrier_in_one_row_of_many_is_found(page):
    """Rows of a kind are thinned; the last of a hundred, pale or with a button unnamed, is not."""
    page.goto("values.html")
    page.wait_for_selector("#filters:not([hidden])")
    page.evaluate("""() => {
      const [pale, mute] = [...document.querySelectorAll("tbody tr")].slice(-2);
      pale.cells[0].style.color = "#bbb";
      mute.cells[0].append(document.createElement("button"));
    }""")
    found = find_barriers(page)

    assert {barrier.split(":")[0] for barrier in found} == {
        "light, color-contrast", "light, button-name"
    }  # fmt: skip


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


def test_what_is_missing_is_complained_of_and_what_is_left_behind_is_not(page, site, complaints):
    """A picture that is not there is; one that had not come when another page was opened is not."""
    page.goto(f"file://{site}/index.html")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        late = f"http://127.0.0.1:{silent.getsockname()[1]}/late.png"
        for address in (late, "missing.png"):
            page.evaluate("(address) => { new Image().src = address; }", address)
        with page.expect_event("requestfailed", lambda left: left.url == late):
            page.goto(f"file://{site}/glossary.html")

    failed = [complaint for complaint in complaints if complaint.startswith("failed: ")]
    assert failed == [f"failed: file://{site}/missing.png (net::ERR_FILE_NOT_FOUND)"]


def test_a_figure_comes_with_its_data_and_says_what_it_is(shared):
    """Its data are the run's, byte for byte; a reconstruction carries the word."""
    shared.goto("figures.html")
    figure = shared.locator("#figure-table-4\\.2-shares")
    with shared.expect_download() as waiting:
        figure.get_by_role("link", name="Data (CSV)").evaluate(
            "a => { a.download = ''; a.click() }"
        )
    rebuilt = shared.locator("#figure-elston-fulop2002-figure-1")

    expected = paths.RESULTS / "figures" / "table-4.2-shares.csv"
    assert waiting.value.path().read_bytes() == expected.read_bytes()
    expect(rebuilt).to_contain_text("Reconstruction")
    assert "per cent" in rebuilt.locator("img").get_attribute("alt").lower()


def test_words_are_explained_and_code_is_out_of_the_way(shared):
    """Words by mouse, by key and for the ear; code folded, or hidden where it shows nothing."""
    shared.goto("notebooks/12-read-plans.html")
    term = shared.locator("button.term").first
    term.focus()

    assert term.get_attribute("data-says") in term.get_attribute("aria-label")
    assert shared.locator("details.hide").count() > 5
    assert shared.locator("details.hide[open]").count() == 0
    imports = shared.locator("#in-1")
    expect(imports).to_be_hidden()
    shared.get_by_label("Show cells that only prepare or test").check()
    expect(imports).to_be_visible()


def test_an_address_unfolds_its_cell(shared):
    """Even one that shows nothing."""
    shared.goto("notebooks/12-read-plans.html#in-1")

    expect(shared.locator("#in-1 details[open]")).to_be_visible()


def test_the_runs_of_a_notebook_are_one_page(shared):
    """Eighteen runs, one in sight: chosen by hand, by address, by a link to one of its cells."""
    shared.goto("notebooks/06-balance-involvement.html")
    choice, heads = shared.get_by_label("Run:"), shared.locator("article section > h2")
    assert choice.locator("option").count() == heads.count() == 18
    choice.select_option(label="Dalesville, Social Services, after")
    seen = heads.locator("visible=true")
    expect(seen).to_contain_text("Dalesville, Social Services, after")
    assert shared.url.endswith("#run-dalesville-social-services-after")

    shared.goto("notebooks/06-balance-involvement.html#run-all-pcg-later-in-5")
    expect(seen).to_contain_text("all, PCG, later")
    expect(shared.locator("#run-all-pcg-later-in-5")).to_be_in_viewport()
    assert choice.input_value() == "run-all-pcg-later"


def test_the_first_tab_skips_the_menu(page):
    """The first stop of a keyboard is a link to the text, and it is seen."""
    page.goto("register.html")
    page.keyboard.press("Tab")
    link = page.locator(":focus")

    assert link.get_attribute("href") == "#main-content"
    expect(link).to_be_in_viewport()


def test_a_phone_s_menu_opens_by_key(page):
    """On a narrow screen the menu is a button away, for fingers and for keys."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("register.html")
    page.locator("button.primary-toggle").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="The claims ledger").first).to_be_in_viewport()


@pytest.mark.parametrize("address", ["index.html", "values.html?verdict=differs", "register.html"])
def test_paper_holds_the_text_and_no_menu(shared, address):
    """Printed, a page has its heading and its table or entries, and nothing to click."""
    shared.goto(address)
    shared.emulate_media(media="print")

    for part in (".bd-sidebar-primary", ".bd-header-article", ".filters", ".prev-next-footer"):
        assert not shared.locator(part).first.is_visible(), part
    expect(shared.locator("h1").first).to_be_visible()
    expect(shared.locator("#values, .bars, .entry").first).to_be_visible()
    assert len(shared.pdf(format="A4")) > 20_000
    shared.emulate_media(media="screen")


def test_paper_is_white_in_the_dark(shared):
    """Whoever reads in dark colours prints dark text, code included."""
    shared.emulate_media(media="print", color_scheme="dark")
    shared.goto("notebooks/04-weigh-costs-and-benefits.html")
    colours = shared.evaluate(
        """['p', 'td', '.highlight .n'].map(part => {
          const colour = getComputedStyle(document.querySelector('article ' + part)).color;
          return Math.max(...colour.match(/\\d+/g).slice(0, 3).map(Number));
        })"""
    )
    shared.emulate_media(media="screen", color_scheme="light")

    assert max(colours) < 128
