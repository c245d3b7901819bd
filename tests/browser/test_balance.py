"""The balance by hand in a browser: the same numbers as the package, by mouse, by keys, by address.

It runs the page and the script that ship, against `compendium.site.balance` on the model that the
page itself carries.
"""

import json
import random

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from compendium.site import balance

from .conftest import find_barriers

PAGE = "balance.html"
READY = "#balance:not([hidden])"
SAYS = "B = +0.20: tips left, for partnership; print says right."


@pytest.fixture
def scales(shared: Page) -> Page:
    """The page, open, its script at work, as first seen; the beam rests as soon as it is set."""
    if PAGE not in shared.url:
        shared.goto(PAGE)
        shared.wait_for_selector(READY)
    visit(shared, "")
    shared.set_viewport_size({"width": 1280, "height": 800})
    shared.emulate_media(media="screen", reduced_motion="reduce", color_scheme="light")
    return shared


def visit(page: Page, query: str) -> None:
    """Show what an address holds, as the way back does."""
    page.evaluate(
        "(query) => { history.replaceState(null, '', location.pathname + query); "
        "dispatchEvent(new PopStateEvent('popstate')); }",
        query,
    )


@pytest.fixture(scope="module")
def model() -> dict:
    """The model as the package makes it."""
    return balance.read_model()


def says(page: Page) -> Locator:
    """The sentence that is read out whenever a lever moves."""
    return page.locator("#beam-says[aria-live=polite]")


def lean(page: Page, box: str, words: str) -> None:
    """Choose a lean of a box."""
    page.get_by_role("group", name=box).get_by_label(words, exact=True).check()


def weigh(page: Page, box: str, weight: str) -> None:
    """Set the weight of a box."""
    page.get_by_label(f"Weight of {box}").fill(weight)


def expected(model: dict, case: str, leans: list, weights: list) -> balance.Judgement:
    """What the package says of a setting."""
    return balance.judge(balance.find_start(model, case), leans, weights)


def test_page_and_package_agree_on_random_settings(scales, model):
    """Tilt, side, reach, ways, shares and sentences of 1,000 settings, to the last digit."""
    chance = random.Random(54)
    settings = [
        (
            chance.randrange(len(model["cases"])),
            [chance.choice([-1, 0, 1, None]) for _ in range(5)],
            [chance.randrange(11) / 2 for _ in range(5)],
        )
        for _ in range(1000)
    ]
    answers = scales.evaluate(
        """settings => {
          const model = JSON.parse(document.getElementById('balance-model').textContent);
          return JSON.stringify(settings.map(([k, leans, weights]) =>
            balance.judge(model, model.cases[k], leans, weights)));
        }""",
        settings,
    )

    for (k, leans, weights), answer in zip(settings, json.loads(answers), strict=True):
        found = balance.judge(model["cases"][k], leans, weights)
        assert answer == json.loads(json.dumps(found._asdict()))


def test_the_page_carries_the_package_s_model(scales, model):
    """The site was built from the raw data as they are."""
    carried = scales.evaluate("document.getElementById('balance-model').textContent")

    assert json.loads(carried) == model


def test_the_first_case_is_dalesville_as_printed(scales):
    """Equal weights fail Figure 5.1, and the page says so at once, with a share of weightings."""
    expect(says(scales)).to_have_text(f"{SAYS} The printed outcome does not follow.")
    expect(scales.locator("#balance-says")).to_contain_text("1/4 (25 %) tip right")
    expect(scales.locator("figcaption")).to_contain_text("Reconstruction")


def test_a_lean_flips_the_side(scales):
    """Culture against instead of for: two against one, the beam turns by 14 degrees times B."""
    lean(scales, "Professional, organisational culture", "against")

    expect(says(scales)).to_contain_text("B = -0.20: tips right")
    expect(says(scales)).to_contain_text("The printed outcome follows.")
    turned = scales.locator("#beam").evaluate("beam => beam.style.transform")
    assert float(turned.removeprefix("rotate(").removesuffix("deg)")) == pytest.approx(2.8)


def test_weights_change_b_as_the_package_computes_it(scales, model):
    """Resources at 3.5, culture at 0: sentences and shares are the package's."""
    weigh(scales, "Resource base and dependencies", "3.5")
    weigh(scales, "Professional, organisational culture", "0")
    found = expected(model, "ss-dalesville-before", [None, 1, 1, None, -1], [1, 1, 0, 1, 3.5])

    expect(says(scales)).to_have_text(" ".join(found.says[:2]))
    assert scales.locator("#balance-says p").all_inner_texts() == found.says[2:]


def test_a_case_without_a_side_says_so(scales, model):
    """District A later: nothing is known, nothing is told, nothing is called level."""
    scales.get_by_label("Site and actor").select_option("district-a-later")
    found = expected(model, "district-a-later", [None] * 5, [1.0] * 5)

    expect(says(scales)).to_have_text(" ".join(found.says[:2]))
    assert scales.locator("#told").count() == 0
    assert scales.locator("#beam rect[stroke-dasharray='7 5']").count() == 5


def test_every_case_can_be_chosen(scales, model):
    """Each shows the package's sentences for its printed leans at equal weights."""
    for case in model["cases"]:
        scales.get_by_label("Site and actor").select_option(case["id"])
        found = balance.judge(case, case["leans"], [1.0] * 5)
        text = " ".join(found.says[:2]).strip()
        assert says(scales).inner_text() == text
        assert scales.locator("#balance-says p").all_inner_texts() == found.says[2:]


def test_the_address_holds_the_setting(scales):
    """Whoever opens the address sees the same balance; only what was changed stands in it."""
    scales.get_by_label("Site and actor").select_option("district-b")
    lean(scales, "Key individuals", "for")
    weigh(scales, "Key individuals", "4.5")
    sentence = says(scales).inner_text()
    scales.reload()
    scales.wait_for_selector(READY)

    assert scales.url.endswith("?case=district-b&key-individuals=for&weight-key-individuals=4.5")
    assert says(scales).inner_text() == sentence
    assert scales.get_by_label("Weight of Key individuals").input_value() == "4.5"
    expect(scales.locator("figcaption")).to_contain_text("changed by hand")


def test_an_address_with_nonsense_shows_the_first_case(scales):
    """Unknown cases, leans and weights are as good as none."""
    visit(scales, "?case=atlantis&culture=perhaps&weight-culture=99&weight-resources=many")

    expect(says(scales)).to_contain_text(SAYS)


def test_reset_and_equal_weights(scales):
    """Equal weights keep the leans; reset brings back both, and a bare address."""
    lean(scales, "Resource base and dependencies", "for")
    weigh(scales, "Key individuals", "5")
    scales.get_by_role("button", name="Equal weights").click()
    expect(says(scales)).to_contain_text("B = +0.60")

    scales.get_by_role("button", name="Reset to the printed case").click()
    expect(says(scales)).to_contain_text(SAYS)
    assert scales.url.endswith(PAGE)


def test_keys_alone_are_enough(scales):
    """Tab to the case, to a lean, to a weight; arrows change them; focus is seen."""
    scales.get_by_label("Site and actor").focus()
    reached = []
    for _ in range(4):
        scales.keyboard.press("Tab")
        reached.append(scales.evaluate("document.activeElement.name || document.activeElement.id"))
    assert reached == ["reset", "equal", "national-policy", "weight-national-policy"]

    scales.keyboard.press("Shift+Tab")
    scales.keyboard.press("ArrowUp")
    expect(says(scales)).to_contain_text("B = +0.20")
    scales.keyboard.press("ArrowUp")
    expect(says(scales)).to_contain_text("B = +0.00: level")
    scales.keyboard.press("Tab")
    scales.keyboard.press("ArrowRight")
    expect(scales.locator("#shown-national-policy")).to_have_text("1.5")
    assert scales.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_beam_moves_slowly_only_for_those_who_want_it(scales):
    """A smooth tilt, and none for whoever asked the system for less motion."""
    took = []
    for wish in ("no-preference", "reduce"):
        scales.emulate_media(reduced_motion=wish)
        took.append(
            scales.evaluate("getComputedStyle(document.getElementById('beam')).transitionDuration")
        )

    assert took == ["0.45s", "0s"]


def test_without_a_script_the_page_says_what_it_wants(browser: Browser, base_url):
    """No dead levers: a sentence, and where the same balances are drawn."""
    context = browser.new_context(base_url=base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)

    expect(page.locator("#balance")).to_be_hidden()
    expect(page.locator("p.wants")).to_contain_text("notebook 06")
    context.close()


def test_paper_has_the_setting_without_the_levers(scales):
    """In print the drawing and its sentences stand alone."""
    scales.emulate_media(media="print")

    expect(scales.locator("#scales")).to_be_visible()
    expect(scales.get_by_text(SAYS, exact=False).first).to_be_visible()
    expect(scales.locator(".boxes")).to_be_hidden()


def test_levers_and_beam_share_a_projector_s_screen(scales):
    """At 1280 by 720 nothing has to be scrolled between moving a weight and seeing the beam."""
    scales.set_viewport_size({"width": 1280, "height": 720})
    scales.evaluate("scrollTo(0, 0)")

    expect(says(scales)).to_be_in_viewport(ratio=1)
    expect(scales.locator("#scales")).to_be_in_viewport(ratio=1)
    for box in scales.locator(".weigh").all():
        expect(box).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("case", ["ss-dalesville-before", "chc", "empty"])
def test_axe_finds_nothing_serious(scales, case):
    """Contrast, names, roles and order hold by day and by night."""
    visit(scales, f"?case={case}&resources=against&culture=level")

    assert not find_barriers(scales)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_steepest_beam_stays_in_its_drawing(scales, width):
    """With all boxes on one side no corner leaves the drawing, and no page its screen."""
    scales.set_viewport_size({"width": width, "height": 800})
    boxes = ["national-policy", "local-structures", "culture", "key-individuals", "resources"]
    for words in ("for", "against"):
        visit(scales, "?" + "&".join(f"{box}={words}" for box in boxes))
        left_out = scales.evaluate(
            """() => {
              const whole = document.getElementById('scales').getBoundingClientRect();
              const parts = [...document.querySelectorAll('#scales :is(rect, text, line)')];
              return parts.filter(part => {
                const { left, right, top, bottom } = part.getBoundingClientRect();
                return left < whole.left || right > whole.right || top < whole.top ||
                  bottom > whole.bottom;
              }).map(part => part.outerHTML);
            }"""
        )
        assert not left_out
        assert scales.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_from_a_folder_and_asks_for_nothing(page, site, complaints):
    """Opened as a file: levers move the beam, no request leaves, nothing is said in the console."""
    page.goto(f"file://{site}/{PAGE}?case=district-b")
    page.wait_for_selector(READY)
    lean(page, "Resource base and dependencies", "for")

    expect(says(page)).to_contain_text("B = -0.20")
    assert "resources=for" in page.url
    assert not complaints
