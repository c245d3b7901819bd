"""The site's parts from a hand-made project, and the whole built twice from it."""

import json
import re
import shutil

import pandas as pd
import pytest
from wellformed import find_faults

from compendium import paths
from compendium.errors import DataError, SettingError
from compendium.printed.vocabulary import EVIDENCE, ROLES, VERDICTS
from compendium.runs import markup
from compendium.runs.markup import render
from compendium.site import api, build, data, ledgers, notebooks

VALUE = "elston2005/table-4.2/Middleton/share_percent"
TYPED = "elston2005/table-4.2/Middleton/budget_gbp_m"
LOST = "elston-fulop2002/figure-1/housing/share"
DATA = "site,share_low\nMiddleton,0.44\nDalesville,0.92\n"
PICTURE = '<svg width="72pt" height="36pt"><!-- a reconstruction --></svg>'


@pytest.fixture
def verdicts():
    """One value that differs, one input, one that cannot be recovered."""
    rows = [
        (VALUE, "elston2005/table-4.2", "share <of> budget", "0.4", "%", "derived", "4.2.2"),
        (TYPED, "elston2005/table-4.2", "budget", "239", "£ million", "input", "4.2.2"),
        (LOST, "elston-fulop2002/figure-1", "housing", "", "%", "derived", "Results"),
    ]
    names = ["value_id", "item_id", "quantity", "printed", "unit", "role", "section"]
    found = ["differs", "transcribed", "not-recoverable"]
    table = pd.DataFrame(rows, columns=names).assign(rule="", line="1687", verdict=found)
    return table.assign(computed=["0.46", "", ""], evidence=["recomputed", "", ""])


ITEMS = pd.DataFrame(
    {
        "item_id": ["elston2005/table-4.2", "elston-fulop2002/figure-1"],
        "source_id": ["elston2005", "elston-fulop2002"],
        "label": ["Shares of the budget", "Who contributed"],
        "notebook": ["04-weigh", "12-read"],
    }
)


def make_notebook(cells=2):
    """Two cells that show a table and a drawing; the second under a heading."""
    table = '<style scoped>\n.x {}\n</style>\n<table border="1"><th></th></table>'
    outputs = [
        {"output_type": "execute_result", "data": {"text/html": [table]}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": {}},
    ]
    for output in outputs[:1]:
        output["execution_count"] = 1
    code = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "execution_count": number,
            "source": [f"answer = {number}"],
            "metadata": {},
            "outputs": [outputs[number - 1]],
        }
        for number in range(1, cells + 1)
    ]
    head = {"cell_type": "markdown", "id": "h", "metadata": {}, "source": ["# 04 Weigh\n\nWhy?\n"]}
    part = {"cell_type": "markdown", "id": "p", "metadata": {}, "source": ["## What share?\n"]}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    kernel["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    cells = [head, code[0], part, *code[1:]]
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


WORDS = {"title": "Shares", "caption": "A has < half.", "alt": "Two bars: A 3, B 4.",
         "note": "Reconstruction from counts", "short": "HA: health authority"}  # fmt: skip


def make_record(run="04-weigh", given=None):
    """What a run that judged in cell 1 and drew in cell 2 leaves behind."""
    given = given or {}
    drawn = [{"cell": 2, "file": f"results/figures/{run}-shares.svg"}]
    return {
        "run": run,
        "notebook": f"notebooks/{run.partition('--')[0]}.ipynb",
        "title": f"{run[:2]} Weigh",
        "parameters": {"site": "Middleton"} | given,
        "given": given,
        "executed": f"results/notebooks/{run}.ipynb",
        "page": f"results/notebooks/{run}.html",
        "read": [],
        "wrote": drawn,
        "judged": [{"cell": 1, "values": {VALUE: [TYPED], TYPED: []}}],
        "made_from": {},
        "made": {},
    }


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """A results folder that holds one figure."""
    folder = tmp_path / "results" / "figures"
    folder.mkdir(parents=True)
    (folder / "04-weigh-shares.svg").write_text(PICTURE, encoding="utf-8")
    (folder / "04-weigh-shares.csv").write_text(DATA, encoding="utf-8")
    (folder / "04-weigh-shares.json").write_text(json.dumps(WORDS), encoding="utf-8")
    monkeypatch.setattr(paths, "RESULTS", folder.parent)
    return notebooks._find_drawings(make_record())


def test_inputs_are_in_no_bar(verdicts):
    """One value is recomputed, and differs: its bar is all that; the input stands in the last."""
    bars = ledgers._show_bars(verdicts)
    first, *_, last = bars.split("<tbody>")[1].split("</tr>")[:-1]

    assert 'class="differs" x="0.00%" width="100.00%"' in first
    assert "transcribed" not in first
    assert "<rect" not in last
    assert last.endswith('<td><a href="values.html?role=input">1</a></td>')


def test_the_summary_names_inputs_and_counts_them_as_nothing(verdicts):
    """Three values: one input, of the other two none exact, one differs, one lost."""
    words = markup.show_summary(verdicts)

    assert "<b>3</b> printed values. <b>1</b> are inputs" in words
    assert (
        "Of the other <b>2</b>, <b>0</b> come out as printed <b>recomputed</b>, 1 differ" in words
    )
    assert "0 cannot be worked out from print, and for 1 the figure" in words


def test_a_value_leads_to_its_cell_and_to_the_register(verdicts):
    """The cell that judged it and, as it differs, its entry; what nothing judged has no link."""
    page = ledgers._show_values(verdicts, ITEMS, {VALUE: ("04-weigh", 21)})
    row, lost = (page.split(f'<tr id="{v}">')[1].split("</tr>")[0] for v in (VALUE, LOST))

    assert '<a href="notebooks/04-weigh.html#in-21">04, In\u00a0[21]</a>' in row
    assert f'<a href="register.html#{VALUE}"><span class="verdict differs">' in row
    assert "Shares of the budget" in row
    assert "share &lt;of&gt; budget" in row
    assert "<td></td><td><code>" in lost
    assert "not held" in lost


def test_what_differs_comes_first_and_results_before_what_is_typed(verdicts):
    """And the id of a value is the last of its row."""
    page = ledgers._show_values(verdicts, ITEMS, {})
    rows = page.split("<tbody>")[1].split("</tr>")[:-1]

    assert [row.count(f'id="{name}"') for row, name in zip(rows, (VALUE, LOST))] == [1, 1]
    assert "transcribed" in rows[-1]
    assert all(row.endswith("</code></td>") for row in rows)


def test_a_value_is_judged_at_home(verdicts):
    """By the notebook its item names, whichever comes first; without it, by the first of all."""
    other = make_record("01-audit") | {"judged": [{"cell": 1, "values": {VALUE: []}}]}

    for records, home in (([other, make_record()], "04-weigh"), ([other], "01-audit")):
        assert ledgers._find_judging(records, verdicts, ITEMS)[VALUE] == (home, 1)


def test_filters_offer_sources_items_roles_and_verdicts():
    """Everything that can be chosen stands in the form, hidden until a script serves it."""
    form = ledgers._show_filters(ITEMS)

    assert 'hidden><div><label for="filter-q">' in form
    assert '<option value="elston2005">Elston 2005, thesis: all</option>' in form
    assert '<option value="elston2005/table-4.2">Shares of the budget</option>' in form
    assert form.count("<option") == 3 + 4 + len(ROLES) + len(VERDICTS) + len(EVIDENCE) + 1


def test_an_entry_of_the_register_has_an_address_and_both_readings():
    """Printed, computed, cause and what would settle it; a link to the value it is about."""
    entry = {
        **{"discrepancy_id": VALUE, "items": "elston2005/table-4.2; elston2005/table-4.3"},
        **{"lines": "1687", "rule": "share", "printed": "0.4", "computed": "0.46"},
        **{"what": "Cut off.", "cause": "rounding", "pdf_could_settle": "no"},
    }
    verdicts = pd.DataFrame({"value_id": [VALUE], "evidence": ["recomputed"]})
    ranked = markup.rank_register(pd.DataFrame([entry | {"consequence": "None."}]), verdicts)
    page = markup.show_register(ranked, {VALUE})

    assert f'<p class="reading" id="{VALUE}">' in page
    assert "Printed <b>0.4</b>" in page
    assert "Computed <b>0.46</b>" in page
    assert f'<a href="values.html#{VALUE}">' in page
    assert '<a href="values.html?item=elston2005/table-4.3">' in page


def test_the_register_is_ranked_by_consequence_and_an_entry_is_a_finding():
    """What bears on something first, a recomputed number before a compared one; places together."""
    rows = [("s/a", "None: a name."), ("s/b", "The total is off."), ("s/c", "Small."),
            ("s/d", "A share is off."), ("s/e", "The total is off."),
            ("s/f", "None: a name.")]  # fmt: skip
    register = pd.DataFrame(rows, columns=["discrepancy_id", "consequence"])
    kinds = ["recomputed", "cited", "counted", "recomputed", "cited", "cited"]
    verdicts = pd.DataFrame({"value_id": register.discrepancy_id, "evidence": kinds})
    ranked = markup.rank_register(register, verdicts)

    assert [[row["discrepancy_id"][2:] for row in one["rows"]] for one in ranked] == [
        ["d"], ["b", "e"], ["c"], ["a"], ["f"]
    ]  # fmt: skip


def test_a_claim_shows_its_counts_and_what_a_test_would_need():
    """Its number is its address; shuffled codings are a percentage, or blank if not asked."""
    claim = {
        **{
            "number": "H01",
            "proposition": "Costs > 0",
            "lines": "12;34",
            "value": "6 of 6",
        },
        **{"n_for": "6", "n_against": "1", "n_elsewhere": "2", "by_chance": "0.25"},
        **{"grade": "not testable here", "grade_without_contested": "arithmetic fact"},
        **{"grade_could_be": "", "chance_low": "0.2", "chance_high": "0.3"},
    }
    second = claim | {
        "number": "H02",
        "by_chance": float("nan"),
        "grade_without_contested": claim["grade"],
    }
    both = pd.DataFrame([claim | {"needed": "transcripts"}, second | {"needed": ""}])
    page = markup.show_claims(both, "Two claims")
    first, last = page.split("<tbody>")[1].split("</tr>")[:2]

    assert first.strip().startswith('<tr id="H01">')
    assert (
        "<td>6</td><td>1</td><td>2</td><td>25.0% <small>20.0% to 30.0%</small></td><td>12, 34</td>"
        in first
    )
    assert "Costs &gt; 0" in first
    assert "Without contested codes: arithmetic fact." in first
    assert "A test would need transcripts." in first
    assert "Without" not in last
    assert "<td></td><td>12, 34</td>" in last


def test_a_figure_says_what_it_shows(drawn):
    """Its alt text, title, caption and kind, what is short, its slide and its size in pixels."""
    (figure,) = drawn

    page = render("site/drawing.html.j2", figure=figure)

    assert 'alt="Two bars: A 3, B 4."' in page
    assert "<b>Shares.</b> A has &lt; half." in page
    assert (
        '<span class="mark">Reconstruction from counts</span> <i>HA: health authority.</i>' in page
    )
    assert "04-weigh-shares-slide.png" in page
    assert figure.size == (96, 48)


def cells_of(records, drawings=()):
    """The cells of the page of some runs of one notebook, each executed as `make_notebook`."""
    page = notebooks._make_page("04 Weigh", records, list(drawings))
    return page["cells"]


@pytest.fixture
def executed(monkeypatch):
    """Whatever the run, its executed copy is `make_notebook`."""
    monkeypatch.setattr(notebooks, "_read_notebook", lambda _: make_notebook())


@pytest.mark.usefixtures("executed")
def test_a_figure_becomes_the_file_it_was_saved_as(drawn):
    """With its words and its data, each of several; a picture that was not saved stays.

    A shown table loses its style, its border and the heading of nothing.
    """
    _, table, *_, unsaved = cells_of([make_record()], drawn)
    embedded = markup.show_figure(drawn[0].name, PICTURE, WORDS)
    adapted = notebooks._adapt_html(f"<p>Two:</p>{embedded}{embedded}", drawn)

    assert "data:image" not in adapted
    assert adapted.startswith("<p>Two:</p>")
    assert adapted.count('src="../results/figures/04-weigh-shares.svg" alt="Two bars: ') == 2
    assert adapted.count('href="../results/figures/04-weigh-shares.csv"') == 2
    assert unsaved["outputs"][0]["data"] == {"image/png": "iVBORw0KGgo="}
    assert table["outputs"][0]["data"]["text/html"] == "<table><td></td></table>"


def test_code_is_folded_and_what_shows_nothing_is_hidden():
    """Each code cell has the address of its run; without an output it is out of sight."""
    _, shown, *_ = make_notebook()["cells"]
    record = make_record("04-weigh--aa", {"site": "Aa"})
    cells = [
        notebooks._adapt_cell(shown | {"outputs": o}, record, []) for o in (shown["outputs"], [])
    ]

    assert [cell["metadata"]["tags"] for cell in cells] == [
        ["hide-input"],
        ["hide-input", "silent"],
    ]
    assert cells[0]["metadata"]["address"] == "run-aa-in-1"


@pytest.mark.usefixtures("executed")
def test_the_runs_of_a_notebook_are_one_page_with_a_choice():
    """What all begin with stands once, then a section for each, its parts a level deeper."""
    several = [make_record(f"04-weigh--{s.lower()}", {"site": s}) for s in ("Aa", "Bb")]
    head, *cells = [cell["source"] for cell in cells_of(several)]

    assert head.startswith("# 04 Weigh: 2 runs\n")
    assert '<option value="run-aa">Aa</option><option value="run-bb">Bb</option>' in head
    assert head.count("Why?") == 1
    assert [text[:7] for text in cells if text[:2] == "##"] == ["## Aa\n\n", "### Wha"] + [
        "## Bb\n\n", "### Wha"
    ]  # fmt: skip
    assert 'id="run-bb">A run of <code>notebooks/04-weigh.ipynb</code>, site = Bb.' in cells[4]


def test_what_we_refuse_is_the_readme_s():
    """As many refusals, letter for letter; a heading that was changed there is one clear line."""
    section = data._read_section("What we refuse to conclude")
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")

    assert section in readme
    assert section.count("\n- **") + section.startswith("- **") >= 10
    assert "\n## " not in section
    with pytest.raises(DataError, match=r"README\.md: found no section 'What we like'"):
        data._read_section("What we like")


def test_the_dictionary_describes_every_field_of_every_file():
    """File, fields and constraints of the data package, and a way to the file."""
    descriptor = json.loads((paths.RAW / "datapackage.json").read_text(encoding="utf-8"))
    groups = data._group_resources(descriptor)
    page = "".join(data._show_folder(*group) for group in groups.items())
    fields = sum(len(resource["schema"]["fields"]) for resource in descriptor["resources"])

    assert next(iter(groups)) == "ledger"
    assert page.count('<tr><th scope="row"><code>') == fields
    assert '<a href="../data/raw/elston2005/table-4.2.csv">' in page


def test_how_to_cite_comes_from_the_citation_file():
    """Title, version and the works re-examined, with their addresses."""
    page = data._show_citation()

    assert "Partnership, recomputed" in page
    assert 'href="https://doi.org/10.17037/PUBS.01366861"' in page
    assert page.count("<li>") == 6


def test_the_reference_holds_what_is_public(tmp_path, monkeypatch):
    """Functions with their signature, classes with their methods; nothing with an underscore."""
    source = (
        '"""Sums.\n\nMore."""\n\ndef add(a: int, *, b: int = 1) -> int:\n    """Both.\n\n'
        '    Returns\n    -------\n    int\n        The sum.\n    """\n\ndef _hidden(): ...\n\n'
        'class Box(dict):\n    """Holds."""\n\n    @property\n    def size(self):\n'
        '        """How big."""\n\n    def open(self, wide=True):\n        """Open it."""\n'
    )
    (tmp_path / "sums.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    pages = api.make_pages()
    page = pages["api/sums.rst"]

    assert '<a href="api/sums.html">sums</a></h2>\n<p>Sums.</p>' in pages["made/modules.html"]
    assert ".. py:function:: add(a: int, *, b: int=1) -> int" in page
    assert ":returns: *int* -- The sum." in page
    assert ".. py:class:: Box(dict)" in page
    assert "   .. py:property:: size" in page
    assert "   .. py:method:: open(self, wide=True)" in page
    assert "_hidden" not in page


def test_the_reference_goes_room_by_room(tmp_path, monkeypatch):
    """A room has its essay and its modules below it; the study's own package is the last room."""
    for name, text in (("__init__", "The house."), ("hall/__init__", "A hall.\n\nIt is wide."),
                       ("hall/door", "A door."), ("errors", "Faults.")):  # fmt: skip
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'"""{text}"""\n', encoding="utf-8")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    pages = api.make_pages()
    rooms = re.findall('<h2 id="room-([^"]+)">', pages["made/modules.html"])

    assert rooms == ["errors", "hall", "partnership"]
    assert "<p>A hall.</p>" in pages["made/modules.html"]
    assert (
        '<a href="api/hall.door.html">hall.door</a></th><td>A door.' in pages["made/modules.html"]
    )
    assert ".. toctree::\n\n   hall.door\n" in pages["api/hall.rst"]
    assert ".. py:module:: compendium.hall.door" in pages["api/hall.door.rst"]
    assert ".. py:module:: partnership.propositions" in pages["api/partnership.propositions.rst"]


def test_a_docstring_means_what_it_says(tmp_path, monkeypatch):
    """Bars are no substitution, an ending is no link, and an example is left as it is."""
    source = (
        'def norm(x):\n    """Of |x|, `x` and `x`_low.\n\n    Examples\n    --------\n'
        '    >>> 1 | 2\n    3\n\n    So |3|.\n    """\n'
    )
    (tmp_path / "sums.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    pages = api.make_pages()
    page = pages["api/sums.rst"]

    assert r"Of \|x\|, `x` and ``x``\ _low." in page
    assert ">>> 1 | 2\n" in page
    assert r"So \|3\|." in page


@pytest.fixture
def project(tmp_path, monkeypatch, verdicts):
    """A small finished run beside the real raw data, hand-written pages and README."""
    root = tmp_path / "project"
    results = root / "results"
    for folder in ("figures", "tables", "notebooks", "records"):
        (results / folder).mkdir(parents=True)
    for name in ("docs", "data", "README.md", "CITATION.cff"):
        (root / name).symlink_to(paths.ROOT / name)
    # Its own package would be described, and nothing else here is.
    declared = (paths.ROOT / "study.toml").read_text(encoding="utf-8")
    alone = declared.replace('package = "partnership"\n', "")
    (root / "study.toml").write_text(alone, encoding="utf-8")
    (root / "notebooks").mkdir()
    (root / "package").mkdir()
    (root / "package" / "sums.py").write_text('"""Sums."""\n', encoding="utf-8")
    # Six tables are enough of a dictionary to be built twice.
    group = data._group_resources
    few = lambda whole: group(whole | {"resources": whole["resources"][:6]})  # noqa: E731
    monkeypatch.setattr(data, "_group_resources", few)
    monkeypatch.setattr(paths, "PACKAGE", root / "package")
    monkeypatch.setattr(paths, "NOTEBOOKS", root / "notebooks")
    monkeypatch.setattr(paths, "RESULTS", results)
    monkeypatch.setattr(paths, "ROOT", root)
    monkeypatch.setattr(paths, "STUDY", root)
    verdicts.to_csv(results / "verdicts.csv", index=False)
    for name in ("claims", "claims-further"):
        columns = "number,proposition,lines,value,n_for,n_against,n_elsewhere,by_chance,grade"
        (results / f"{name}.csv").write_text(f"{columns},grade_without_contested,needed\n")
        (results / "tables" / f"{name}-by-grade.csv").write_text("grade,n\narithmetic fact,0\n")
    for run in ("04-weigh", "06-tip--aa", "06-tip--bb"):
        given = {"site": run[-2:]} if "--" in run else {}
        notebook = results / "notebooks" / f"{run}.ipynb"
        notebook.write_text(json.dumps(make_notebook()), encoding="utf-8")
        said = json.dumps(WORDS)
        for ending, text in ((".svg", PICTURE), (".csv", DATA), (".png", ""), (".json", said)):
            (results / "figures" / f"{run}-shares{ending}").write_text(text, encoding="utf-8")
        made = {f"results/notebooks/{run}.ipynb": paths.hash_file(notebook)}
        record = make_record(run, given) | {"made": made}
        (results / "records" / f"{run}.json").write_text(json.dumps(record), encoding="utf-8")
    return root


def files_of(folder):
    """Every file and what it holds."""
    return {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_site_is_built_twice_the_same(project, tmp_path):
    """Byte for byte, in another folder; with its cells numbered, data to download, old pages gone.

    One test for all of it: a site takes seconds to build.
    """
    first = build.build_site(tmp_path / "one" / "site")
    built = files_of(first)
    second = tmp_path / "site"
    shutil.copytree(first, second)
    (second / "stale.html").write_text("old", encoding="utf-8")

    assert files_of(build.build_site(second)) == built
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "project", "site"]
    page = (first / "notebooks" / "06-tip.html").read_text(encoding="utf-8")
    assert 'id="run-bb-in-2"' in page
    assert "<h1>06 Weigh: 2 runs" in page
    assert not [
        fault for path in first.rglob("*.html") for fault in find_faults(path.read_text("utf-8"))
    ]
    data = (project / "results" / "figures" / "04-weigh-shares.csv").read_bytes()
    assert (first / "results" / "figures" / "04-weigh-shares.csv").read_bytes() == data
    assert not [name for name in built if "fontawesome" in name.name or name.suffix == ".map"]
    assert not [name for name, text in built.items() if str(tmp_path).encode() in text]


def test_what_is_no_ground_for_a_site_is_refused(project, tmp_path):
    """A folder of something else; a result that the run did not write; no record at all."""
    letter = tmp_path / "letters" / "to-a-friend.txt"
    letter.parent.mkdir()
    letter.write_text("dear", encoding="utf-8")
    with pytest.raises(SettingError, match="letters holds something else"):
        build.build_site(letter.parent)
    assert letter.read_text(encoding="utf-8") == "dear"
    (project / "results/notebooks/04-weigh.ipynb").write_text("{}", encoding="utf-8")
    unlike = r"not what the run wrote: results/notebooks/04-weigh\.ipynb"
    with pytest.raises(DataError, match=unlike):
        build.build_site(tmp_path / "site")
    shutil.rmtree(project / "results" / "records")
    with pytest.raises(DataError, match="run `compendium reproduce`"):
        build.build_site(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_warning_stops_the_site_and_the_old_one_stays(project, tmp_path, monkeypatch):
    """Sphinx's own words are in the error; what was there is untouched and nothing lies about."""

    def assemble(source, records):
        source.mkdir()
        (source / "conf.py").write_text("", encoding="utf-8")
        (source / "index.rst").write_text(f"{len(records)} runs\n======\n\n``nothing.", "utf-8")

    monkeypatch.setattr(build, "_assemble", assemble)
    old = tmp_path / "site"
    old.mkdir()
    (old / build.MARK).write_text("old", encoding="utf-8")

    with pytest.raises(build.SiteError, match="Inline literal start-string"):
        build.build_site(old)
    assert files_of(old) == {(old / build.MARK).relative_to(old): b"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [project.name, "site"]
