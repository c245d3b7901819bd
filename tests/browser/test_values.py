"""The table of every printed value: filter, sort, share the view; with keys alone, or no script."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

READY = "#filters:not([hidden])"


@pytest.fixture
def table(shared: Page) -> Page:
    """The table's page, open, its script at work, nothing filtered."""
    if "values.html" not in shared.url:
        shared.goto("values.html")
        shared.wait_for_selector(READY)
    shared.get_by_role("button", name="Clear").click()
    shared.wait_for_function("!location.search")
    return shared


def reopen(page: Page, address: str) -> None:
    """Go to an address of the table, and load it anew."""
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector(READY)


def shown(page: Page) -> list[str]:
    """The ids of the rows that fit, in their order, page after page; the first is shown again."""
    return page.evaluate(
        """() => {
          const [earlier, next] = document.querySelectorAll("#turn button");
          const read = () => [...document.querySelectorAll("#values tbody tr")].map((r) => r.id);
          const found = read();
          while (!next.disabled) { next.click(); found.push(...read()); }
          while (!earlier.disabled) earlier.click();
          return found;
        }"""
    )


def test_every_value_is_there_without_a_script(browser: Browser, base_url, verdicts):
    """All rows come with the page; no form offers what cannot work."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("values.html")

    assert page.locator("#values tbody tr").count() == len(verdicts)
    expect(page.locator("#filters")).to_be_hidden()
    context.close()


def test_text_filters_and_is_counted(table, verdicts):
    """A row stays where every word stands in it; the count is announced."""
    table.get_by_label("Text").fill("dalesville PCGS")
    rows = shown(table)

    assert rows
    assert all("dalesville" in row.lower() and "pcgs" in row.lower() for row in rows)
    expect(table.get_by_role("status")).to_have_text(f"{len(rows)} of {len(verdicts):,} values")
    assert table.locator("#shown").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize(
    ("label", "column", "choice"),
    [("Role", "role", "claim"), ("Verdict", "verdict", "not-recoverable")],
)
def test_a_choice_filters(table, verdicts, label, column, choice):
    """The rows of one role, or one verdict, are those of the results."""
    table.get_by_label(label, exact=True).select_option(choice)

    assert sorted(shown(table)) == sorted(verdicts[verdicts[column] == choice].value_id)


def test_a_source_and_an_item_filter(table, verdicts):
    """A source's rows, then one item's; an item whose name begins another's is not it."""
    table.get_by_label("Source or item").select_option("mannion2011")
    of_source = verdicts[verdicts.item_id.str.startswith("mannion2011/")].value_id
    assert sorted(shown(table)) == sorted(of_source)

    table.get_by_label("Source or item").select_option("elston2005/section-2.3")
    of_item = verdicts[verdicts.item_id == "elston2005/section-2.3"].value_id
    assert sorted(shown(table)) == sorted(of_item)


def test_what_differs_comes_first_a_hundred_a_page(table, verdicts):
    """All that differ, before all else; the last page holds what is left, and a phone less."""
    rows = shown(table)
    differing = set(verdicts[verdicts.verdict == "differs"].value_id)

    assert set(rows[: len(differing)]) == differing
    assert len(rows) == len(verdicts)
    assert table.locator("#values tbody tr").count() == 100
    table.set_viewport_size({"width": 390, "height": 844})
    reopen(table, "values.html")
    height = table.evaluate("document.documentElement.scrollHeight")
    table.set_viewport_size({"width": 1280, "height": 800})
    reopen(table, "values.html")
    assert height < 6 * 844


def test_an_address_opens_the_page_on_which_its_value_stands(shared, verdicts):
    """The last value of the ledger is typed in, and stands on a late page."""
    value = verdicts[verdicts.verdict == "transcribed"].value_id.iloc[-1]
    reopen(shared, f"values.html#{value}")

    expect(shared.locator("tr.found")).to_be_in_viewport()
    assert shared.locator("tr.found").get_attribute("id") == value


def test_numbers_sort_as_numbers(table):
    """Up, down, and back to the sources' own order; the header says which."""
    before = shown(table)
    table.get_by_label("Source or item").select_option("elston2005/table-4.3")
    header = table.get_by_role("columnheader", name="Printed")
    header.get_by_role("button").click()
    cells = table.locator("#values tbody tr:not([hidden]) td:nth-child(2)").all_text_contents()
    numbers = [float(re.search(r"[\d.]+", cell)[0]) for cell in cells if re.match(r"[\d.]+", cell)]

    assert header.get_attribute("aria-sort") == "ascending"
    assert len(numbers) > 3
    assert numbers == sorted(numbers)

    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("button").click()
    table.get_by_role("button", name="Clear").click()
    expect(table.get_by_role("status")).to_contain_text(f"{len(before):,} of")
    assert header.get_attribute("aria-sort") is None
    assert shown(table) == before


def test_the_address_holds_the_view(table):
    """Whoever opens the address sees the same rows in the same order."""
    table.get_by_label("Text").fill("interviewees")
    table.get_by_label("Role").select_option("derived")
    table.get_by_role("columnheader", name="Computed").get_by_role("button").click()
    rows = shown(table)
    assert "q=interviewees" in table.url
    reopen(table, table.url)

    assert shown(table) == rows
    assert table.get_by_label("Role").input_value() == "derived"
    assert table.get_by_label("Text").input_value() == "interviewees"


def test_an_address_with_nonsense_shows_everything(shared, verdicts):
    """An unknown item, verdict or column is as good as none."""
    reopen(shared, "values.html?verdict=wonderful&sort=colour&item=nowhere")

    assert len(shown(shared)) == len(verdicts)


def test_keys_alone_filter_and_sort(table):
    """Tab from the text field through the choices to the headers; Enter sorts; focus is seen."""
    table.get_by_label("Text").focus()
    reached = []
    for _ in range(8):
        table.keyboard.press("Tab")
        reached.append(table.evaluate("document.activeElement.textContent.slice(0, 8)"))
        if reached[-1] == "What":
            break
    table.keyboard.press("Enter")
    outline = table.evaluate("getComputedStyle(document.activeElement).outlineStyle")

    assert reached[-1] == "What"
    assert table.get_by_role("columnheader", name="What").get_attribute("aria-sort") == "ascending"
    assert outline == "solid"


def test_a_value_leads_to_the_cell_that_judged_it(table):
    """From a printed share to the notebook's cell, which is in view."""
    table.get_by_label("Text").fill("elston2005/table-4.2/middleton/share_percent")
    table.locator("#values tbody tr:not([hidden]) a", has_text="In").click()
    table.wait_for_load_state("load")
    place = table.url.partition("#")[2]
    cell = table.locator(f'[id="{place}"]')

    assert "notebooks/04-weigh-costs-and-benefits.html" in table.url
    expect(cell.locator(".cell_input")).to_be_in_viewport()
