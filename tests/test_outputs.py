"""What notebooks write and say: tables twice, text that stays text, answers that are noted."""

import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from compendium import paths
from compendium.errors import SettingError
from compendium.figures.style import say, use_style
from compendium.runs import outputs, records


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """A folder that counts as a run's."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".log").touch()
    return tmp_path


def test_a_table_is_written_twice(run_folder):
    """As CSV and as Markdown."""
    outputs.write_table(pd.DataFrame({"site": ["A"], "share": [1 / 3]}).set_index("site"), "t")
    folder = run_folder / "results" / "tables"

    assert (folder / "t.csv").read_text() == "site,share\nA,0.33333333\n"
    assert (folder / "t.md").read_text().splitlines()[0].startswith("| site")


def test_a_figure_is_saved_with_its_data_and_without_a_date(run_folder):
    """SVG, PNG, a slide, CSV and its words; the same bytes twice."""
    use_style()
    data = pd.DataFrame({"label": ["Trusts"], "share": [86.0]})
    saved = []
    for _ in range(2):
        figure, ax = plt.subplots()
        ax.barh(data.label, data.share, hatch="//")
        say(ax, "Shares", "Trusts give 86 < 100 per cent.", "One bar: Trusts 86.")
        outputs.save_figure(figure, data, "x")
        folder = run_folder / "results" / "figures"
        saved.append({path.name: path.read_bytes() for path in folder.iterdir()})

    assert sorted(saved[0]) == ["x-slide.png", "x.csv", "x.json", "x.png", "x.svg"]
    assert saved[0] == saved[1]
    svg = saved[0]["x.svg"].decode()
    assert "dc:date" not in svg
    assert "<title>Shares</title>\n <desc>One bar: Trusts 86.</desc>" in svg
    assert 'role="img"' in svg
    assert ">Trusts</text>" in svg
    assert json.loads(saved[0]["x.json"])["caption"] == "Trusts give 86 < 100 per cent."


@pytest.mark.usefixtures("run_folder")
def test_a_figure_without_words_is_refused():
    """Whoever draws says what to see, and what it shows to who does not see it."""
    figure, _ = plt.subplots()

    with pytest.raises(SettingError, match="figure x: found no caption and alt text"):
        outputs.save_figure(figure, pd.DataFrame(), "x")


@pytest.mark.parametrize("points", [8, 13.5, 30])
def test_the_type_of_a_slide_is_large_enough(run_folder, points):
    """At least 2.5 per cent of its height, whatever size the figure was drawn in."""
    figure, ax = plt.subplots(figsize=(9, 20))
    ax.axis("off")
    ax.text(0.5, 0.5, "word", fontsize=points)
    outputs.save_figure(say(ax, "a", "b", "c")[0], pd.DataFrame(), "x")
    height, width = plt.imread(run_folder / "results/figures/x-slide.png").shape[:2]

    assert (width, height) == (1920, 1080)
    assert points / (72 * figure.get_figheight()) >= outputs.LEAST_TYPE - 1e-9


@pytest.mark.parametrize(("colour", "forms"), [("0.3", 1), ("crimson", 4)])
def test_a_picture_in_greys_is_kept_as_greys(run_folder, colour, forms):
    """One number a dot; a colour stays what it is."""
    _, ax = plt.subplots()
    ax.axis("off")
    ax.add_patch(plt.Rectangle((0, 0), 1, 1, color=colour))
    outputs.save_figure(say(ax, "a", "b", "c")[0], pd.DataFrame(), "x")
    dots = plt.imread(run_folder / "results/figures/x.png")

    assert dots.size == forms * dots.shape[0] * dots.shape[1]
    middle = dots[dots.shape[0] // 2, dots.shape[1] // 2]
    expected = to_rgba(colour) if forms == 4 else 0.3
    assert middle == pytest.approx(expected, abs=0.003)


@pytest.mark.usefixtures("run_folder")
def test_a_notebook_shows_the_picture_that_was_saved(monkeypatch):
    """With its words and the way to its data; wherever it is drawn in a cell, and not twice."""
    shown, before = [], plt.get_fignums()
    monkeypatch.setattr("IPython.display.display", shown.append)
    outputs.draw("x", lambda _: say(plt.subplots()[1], "Shares", "See.", "Bars."), pd.DataFrame())

    (page,) = shown
    assert '<img alt="Bars." src="data:image/svg+xml;base64,' in page
    assert "<b>Shares.</b> See." in page
    assert 'href="../figures/x.csv"' in page
    assert plt.get_fignums() == before


def test_abbreviations_in_a_figure_are_spelt_out(run_folder):
    """By the study's glossary; a word that is none of its abbreviations is not."""
    _, ax = plt.subplots()
    ax.text(0.5, 0.5, "DoH funds what is told")
    outputs.save_figure(say(ax, "a", "b", "c")[0], pd.DataFrame(), "x")
    words = json.loads((run_folder / "results/figures/x.json").read_text(encoding="utf-8"))

    assert words["short"] == "DoH: Department of Health"


@pytest.mark.parametrize(("said", "told"), [("District B", []), ("B = +0.20", ["the tilt"])])
def test_a_letter_is_short_for_something_where_it_is_a_number(run_folder, said, told):
    """B is the balance where it equals something, and a district where it does not."""
    _, ax = plt.subplots()
    ax.text(0.5, 0.5, said)
    outputs.save_figure(say(ax, "a", "b", "c")[0], pd.DataFrame(), "x")
    words = json.loads((run_folder / "results/figures/x.json").read_text(encoding="utf-8"))

    assert [part.split(": ")[1] for part in [words["short"]] if part] == told


def test_processed_text_keeps_its_precision(run_folder, monkeypatch):
    """A printed 0.40 read again is still 0.40, and the reading is noted."""
    monkeypatch.setattr(paths, "STUDY", run_folder)
    monkeypatch.setattr(paths, "PROCESSED", run_folder / "data" / "processed")
    outputs.write_processed(pd.DataFrame({"printed": ["0.40"]}), "p")

    assert outputs.read_processed("p*").printed.tolist() == ["0.40"]
    assert records.read_log(run_folder)[-1]["read"] == "data/processed/p.csv"


def test_an_answer_is_a_sentence_and_is_noted(run_folder):
    """Filled in for the reader as the notebook words it, noted with all digits that hold."""
    said = outputs.answer("{n} of {total:d}, {share:.0%}: {who}.", n=1, total=3, share=1 / 3,
                          who=pd.Index(["A", "B"]))  # fmt: skip

    assert said._repr_markdown_() == repr(said) == "1 of 3, 33%: A, B."
    noted = [(line["answered"], line["value"]) for line in records.read_log(run_folder)]
    assert noted == [("n", "1"), ("total", "3"), ("share", "0.33333333"), ("who", "A, B")]


def test_digits_beyond_the_eighth_are_written_nowhere(tmp_path, monkeypatch):
    """One third, and a third that another machine makes: the same bytes in both files."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    made = []
    for third in (1 / 3, 1 / 3 + 1e-12):
        table = pd.DataFrame({"share": [third, None], "n": [1, 2]}, index=["a", "b"])
        outputs.write_table(table, "t")
        folder = tmp_path / "by-hand/results/tables"
        made.append([(folder / f"t{end}").read_bytes() for end in (".csv", ".md")])

    assert made[0] == made[1]
    assert b"0.33333333 " in made[0][1]
