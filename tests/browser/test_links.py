"""Every address on the site leads somewhere on the site; no browser is needed to see that."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from wellformed import find_faults

# The only addresses outside: the works re-examined, as links a reader may follow.
OUTSIDE = ("https://doi.org/",)


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[Path, str]:
    """Every page of the site, by its path."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}


def named(page: str, *attributes: str) -> list[str]:
    """The values of some attributes of all elements of a page."""
    tags = " ".join(re.findall(r"<[a-z][^<>]*>", page))
    return re.findall(rf'\s(?:{"|".join(attributes)})="([^"]*)"', tags)


def names_in(page: str) -> set[str]:
    """Every address that a link can point at inside a page."""
    return set(named(page, "id", "name"))


def test_every_link_leads_to_a_file_and_a_place_in_it(pages):
    """All links, pictures, styles and scripts of all pages, with their fragments."""
    places = {path: names_in(page) for path, page in pages.items()}
    lost = []
    for path, page in pages.items():
        for address in set(named(page, "href", "src", "action")):
            parts = urlsplit(address.replace("&amp;", "&"))
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = unquote(parts.fragment)
            if not target.is_file() or (place and place not in places.get(target, {place})):
                lost.append(f"{path.name}: {address}")

    assert not lost


def test_nothing_is_fetched_from_outside(pages, site):
    """No page, style or script names an address to fetch from; links out go to the works alone."""
    fetched = [
        f"{path.name}: {address}"
        for path, page in pages.items()
        for address in re.findall(
            r'<(?:link|script|img|iframe|form)\b[^>]*?"((?:https?:)?//[^"]*)', page
        )
    ]
    linked = [
        address
        for page in pages.values()
        for address in named(page, "href")
        if urlsplit(address).scheme and not address.startswith((*OUTSIDE, "mailto:"))
    ]
    styled = [
        path.name
        for path in site.rglob("*.css")
        if re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8"))
    ]

    assert not fetched + linked + styled


def test_every_picture_says_what_it_shows(pages):
    """Each picture has a text of some length in its place."""
    pictures = [tag for page in pages.values() for tag in re.findall(r"<img\b[^>]*>", page)]
    bare = [tag for tag in pictures if not re.search(r'\salt="[^"]{15,}"', tag)]

    assert pictures
    assert not bare


def test_every_page_is_sound(pages):
    """No element is left open, no id names two things, and none of our own rules is broken."""
    faults = {path.name: find_faults(page) for path, page in pages.items()}

    assert not {name: found for name, found in faults.items() if found}


def test_no_two_figures_are_told_alike(pages, site):
    """Each has a caption, a text for the ear and a place of its own."""
    page = pages[site / "figures.html"]
    alts = re.findall(r'<img src="results/figures/[^>]*? alt="([^"]+)"', page)
    captions = re.findall(r"<figcaption>(.*?)(?:<span|<i>|<a|<small)", page)

    assert len(alts) == len(captions) == page.count('<figure class="drawing"') > 60
    assert len(set(alts)) == len(alts)
    assert len(set(captions)) == len(captions)


def test_every_value_leads_to_a_code_cell(pages, site, verdicts):
    """Each printed value's row names a cell, and at that address a code cell stands."""
    page = pages[site / "values.html"]
    rows = re.findall(r'<tr id="([^"]+)">.*?href="(notebooks/[^"#]+)#([^"]*in-\d+)"', page)
    cells = {
        (notebook, place): re.search(
            rf'<div class="[^"]*\bcell\b[^"]*" id="{place}">.*?<div class="cell_input',
            pages[site / notebook],
            flags=re.DOTALL,
        )
        for _, notebook, place in set(rows)
    }

    assert sorted(value for value, _, _ in rows) == sorted(verdicts.value_id)
    assert all(cells.values())


def test_every_difference_leads_to_the_register(pages, site, verdicts):
    """Each value that differs, or rounds, links to an entry that is there."""
    differing = verdicts[verdicts.verdict.isin(["differs", "rounds"])].value_id
    linked = re.findall(r'href="register.html#([^"]+)"', pages[site / "values.html"])

    assert sorted(linked) == sorted(differing)
    assert set(linked) <= names_in(pages[site / "register.html"])
