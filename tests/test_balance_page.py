"""The balance by hand: what the model holds, what a setting comes to, and the sliders at work."""

import json
import random
import shutil
import subprocess
import sys
from fractions import Fraction

import ipywidgets
import nbformat
import pandas as pd
import pytest

from compendium import paths
from compendium.errors import SettingError
from compendium.models import balance
from compendium.printed import tables
from compendium.settings import read_study
from compendium.site import balance as balance_widgets
from compendium.site.balance import find_start, judge, read_model, show_balance

EQUAL = [1.0] * 5
SCRIPT = paths.ROOT / "docs" / "_static" / "balance.js"
ASK = """
const judge = require(process.argv[1]).judge;
const { model, settings } = JSON.parse(require("fs").readFileSync(0));
const answer = ([k, leans, weights]) => judge(model, model.cases[k], leans, weights);
console.log(JSON.stringify(settings.map(answer)));
"""
EXECUTE = """
import sys, papermill
from compendium.runs import kernels
with kernels.run_folder() as folder:
    how = kernels.settings(folder) | {"resources": {"metadata": {"path": str(folder)}}}
    papermill.execute_notebook(*sys.argv[1:], kernel_name="python3", progress_bar=False, **how)
"""


@pytest.fixture(scope="module")
def model() -> dict:
    """The model, from the raw data."""
    return read_model()


def case(model: dict, name: str) -> dict:
    """A case of the model."""
    return find_start(model, name)


def draw_settings(n: int, n_cases: int) -> list[tuple[int, list, list]]:
    """Cases, leans and weights as a hand could set them."""
    chance = random.Random(51)
    return [
        (
            chance.randrange(n_cases),
            [chance.choice([-1, 0, 1, None]) for _ in range(5)],
            [chance.randrange(11) / 2 for _ in range(5)],
        )
        for _ in range(n)
    ]


def test_the_model_has_every_weighed_case_and_an_empty_one(model):
    """Six with a figure, twelve without, and one to start from."""
    figures = [each["title"] for each in model["cases"] if each["title"].startswith("Figure 5.")]

    assert len(model["cases"]) == 19
    assert len(figures) == 6
    assert model["cases"][0]["leans"] == [None] * 5


def test_the_model_is_json_and_the_same_again(model):
    """What the page reads is what Python made, byte for byte."""
    text = json.dumps(model)

    assert json.loads(text) == model
    assert json.dumps(read_model()) == text


def test_a_case_has_the_leans_of_the_raw_data(model):
    """Dalesville before April 2000: two boxes for, resources against, the rest open."""
    found = case(model, "ss-dalesville-before")

    assert found["leans"] == [None, 1, 1, None, -1]
    assert (found["low"][3], found["high"][3]) == (-1, 0)
    assert found["clause"] == "print says right"
    assert found["note"].startswith("Reconstruction")


def test_an_implied_side_is_not_said(model):
    """Print implies that Greenshire's beam tips left, and leaves District A's later one open."""
    assert case(model, "ss-greenshire")["clause"] == "print implies left"
    assert case(model, "district-a-later")["clause"] == "print leaves the side open"
    assert case(model, "chc")["clause"] == "our coding of its involvement says left"


def test_a_lean_changed_in_the_raw_data_changes_the_page(raw_copy):
    """The page is made of the raw data: no lean is typed a second time."""
    path = raw_copy / "coding" / "first-model" / "leanings.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    old = "Dalesville,Social Services,resources,-1,-1,-1,"
    text = "\n".join(lines).replace(old, old.replace("-1,-1,-1", "1,1,1"), 1)
    path.write_text(text + "\n", encoding="utf-8")

    found = case(read_model(), "ss-dalesville-before")
    assert found["leans"] == [None, 1, 1, None, 1]


def test_an_unknown_case_is_refused(model):
    """The message lists those there are."""
    with pytest.raises(SettingError, match=r"'atlantis'.*ss-dalesville-before"):
        find_start(model, "atlantis")


def test_dalesville_at_equal_weights(model):
    """Two for, one against: B is 1/5; a quarter of all weightings tip right, as print says."""
    start = case(model, "ss-dalesville-before")
    found = judge(start, start["leans"], EQUAL)

    assert found.tilt == 0.2
    assert found.shares == ("1/4", "1/8", "11/16")
    assert found.says[:2] == [
        "B = +0.20: tips left, for partnership; print says right.",
        "The printed outcome does not follow.",
    ]


def test_resources_at_twice_the_others_and_more_tip_as_printed(model):
    """Weight 2 makes the beam level; 2.5 tips it right: -0.5 of 6.5."""
    start = case(model, "ss-dalesville-before")
    level, tipped = (judge(start, start["leans"], [1, 1, 1, 1, heavy]) for heavy in (2, 2.5))

    assert (level.side, tipped.side) == ("level", "right")
    assert tipped.tilt == -0.5 / 6.5
    assert tipped.says[1] == "The printed outcome follows."


def test_open_boxes_are_counted_over_every_way(model):
    """Three leans of one box, two of another: six ways, of which one tips right."""
    start = case(model, "ss-dalesville-before")
    found = judge(start, start["leans"], EQUAL)

    assert found.ways == (1, 6)
    assert found.reach == (-0.2, 0.4)
    assert "at least 1/8 (12.5 %), at most 11/16 (68.75 %)" in found.says[-1]


def test_shares_are_those_of_the_seventh_notebook(model):
    """Dalesville after, Greenshire, District A early, District B: as counted by hand."""
    least = {"ss-dalesville-after": "1/2", "ss-greenshire": "1/2", "district-b": "3/4"}
    for name, share in least.items():
        start = case(model, name)
        assert judge(start, start["leans"], EQUAL).shares == ("1", share, "1")


def test_nothing_weighed_is_said(model):
    """No lean, or no weight: the beam is not called level."""
    empty = model["cases"][0]

    assert judge(empty, [None] * 5, EQUAL).tilt is None
    found = judge(empty, [1] * 5, [0.0] * 5)
    assert found.side is None
    assert found.says[0] == "All weights are 0: nothing tips the beam."


def test_the_page_s_level_is_the_package_s():
    """At the model's tolerance the beam is level, at twice that it tips."""
    assert balance.side(balance.LEVEL) == "level"
    assert balance.side(2 * balance.LEVEL) == "left"


def test_shares_follow_from_halves(model):
    """One against one is a half, whoever wins takes the rest: the two sides add up to 1."""
    shares = {key: Fraction(text) for key, text in model["shares"].items()}

    assert shares["1-1"] == Fraction(1, 2)
    assert len(shares) == 21
    for key, share in shares.items():
        plus, minus = key.split("-")
        assert share + shares[f"{minus}-{plus}"] == (0 if key == "0-0" else 1)


def test_the_script_and_the_package_agree_without_a_browser(model):
    """Numbers and sentences are the same on 600 random settings; a browser is asked elsewhere."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the path; tests/browser asks the same in a browser")
    settings = draw_settings(600, len(model["cases"]))
    given = json.dumps({"model": model, "settings": settings})
    done = subprocess.run(
        [node, "-e", ASK, str(SCRIPT)], input=given, capture_output=True, text=True, check=True
    )

    for (k, leans, weights), answer in zip(settings, json.loads(done.stdout), strict=True):
        expected = judge(model["cases"][k], leans, weights)
        assert answer == json.loads(json.dumps(expected._asdict()))


def test_the_form_names_every_lever(model):
    """Each box has four leans and a weight with a name; every case can be chosen."""
    page = show_balance(model)

    assert page.count('type="radio"') == 20
    assert page.count('aria-label="Weight of ') == 5
    assert page.count("<option ") == 19
    assert page.count("</script>") == 1


def weights_of_one() -> dict[str, float]:
    """Equal weights."""
    return dict.fromkeys(read_study().factors, 1.0)


def test_a_new_case_leans_the_levers(model):
    """Choosing District B leans structures and culture against; equal weights stay."""
    levers = balance_widgets.make_levers(model, "ss-dalesville-before", weights_of_one())
    levers["case"].value = "district-b"

    leans = [levers[f"lean {box}"].value for box in read_study().factors]
    assert leans == [None, -1, -1, None, None]


def test_the_buttons_bring_back_the_printed_case(model):
    """Reset takes back leans and weights; equal weights leaves the leans."""
    levers = balance_widgets.make_levers(model, "district-b", weights_of_one())
    levers["lean culture"].value, levers["weight culture"].value = 1, 4.5
    levers["equal"].click()
    assert (levers["lean culture"].value, levers["weight culture"].value) == (1, 1.0)

    levers["weight culture"].value = 2.0
    levers["reset"].click()
    assert (levers["lean culture"].value, levers["weight culture"].value) == (-1, 1.0)


def test_a_moved_lever_moves_the_tilt(model, monkeypatch):
    """The drawing's callback takes what the levers hold: B is 1/5, then level, then beyond."""
    tilts, shown = [], []
    plot = balance_widgets.plot_balance
    monkeypatch.setattr(
        balance_widgets,
        "plot_balance",
        lambda boxes, tilt, *rest, **more: tilts.append(tilt) or plot(boxes, tilt, *rest, **more),
    )
    monkeypatch.setattr(balance_widgets, "display", shown.append)
    levers = balance_widgets.make_levers(model, "ss-dalesville-before", weights_of_one())
    balance_widgets.arrange(model, levers)
    levers["weight resources"].value = 2.0
    levers["weight resources"].value = 3.0

    assert tilts == [0.2, 0.0, -1 / 7]
    assert isinstance(shown[-2], ipywidgets.HTML)
    assert "B = -0.14: tips right" in shown[-2].value


def test_the_drawing_says_what_the_hand_changed(model, monkeypatch):
    """A lean other than print's is drawn firm, and the note says that it is ours."""
    shown = []
    monkeypatch.setattr(balance_widgets, "display", shown.append)
    levers = balance_widgets.make_levers(model, "ss-dalesville-before", weights_of_one())
    levers["lean national-policy"].value = -1
    set_to = {n: each.value for n, each in levers.items() if n not in ("reset", "equal")}
    balance_widgets.draw_setting(model, **set_to)
    texts = [text.get_text() for text in shown[1].axes[0].texts]

    assert shown[1].get_supxlabel().endswith("leans changed by hand")
    assert texts.count("weight 1") == 4


def test_the_notebook_runs_and_shows_levers_and_drawing(tmp_path):
    """From a clean kernel, with widgets in its output and the sentences of every case."""
    # A process of its own: where a browser was driven before, a loop is running in this one.
    words = [paths.NOTEBOOKS / "balance-by-hand.ipynb", tmp_path / "done.ipynb"]
    subprocess.run([sys.executable, "-c", EXECUTE, *words], cwd=paths.ROOT, check=True)
    done = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    printed = "".join(output.get("text", "") for output in outputs)

    assert sum("widget-view+json" in str(output) for output in outputs) == 1
    assert "1/4 (25 %) tip right without the open boxes" in printed
    assert not [output for output in outputs if output.output_type == "error"]


def test_every_case_on_the_page_is_one_of_the_raw_data(model):
    """Ids are the cases' names; none is lost, none invented."""
    names = tables.read_table("coding/cases").case.str.lower().str.replace(" ", "-")

    assert {each["id"] for each in model["cases"]} - {"empty"} <= set(names)
    assert pd.Series([each["id"] for each in model["cases"]]).is_unique
