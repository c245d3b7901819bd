"""A study of one's own: made, run, broken and mended; and the invented one that ships."""

import ast
import csv
import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from conftest import change
from matplotlib.patches import Rectangle
from typer.testing import CliRunner

from compendium import paths
from compendium.cli import app
from compendium.coding import weighing
from compendium.coding.cases import read_cases
from compendium.errors import DataError, SettingError
from compendium.figures.balance import plot_balance
from compendium.models.multiverse import draw_weights
from compendium.printed import audit, consistency, source_text, tables
from compendium.printed.ledger import compare_register, read_ledger
from compendium.runs import graph, outputs, records, sweeps
from compendium.site import classroom
from compendium.study.new import TEMPLATE, make_study

SHIRE = paths.ROOT / "examples" / "example-shire"
SITES, ACTORS = (
    ["Upper Example", "Lower Example"],
    ["Town Council", "Health Board", "Volunteer Bureau"],
)
TOTAL = "shire-report/table-1/Total/Lower Example/meetings"


def turn_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point `paths` at a study, as the environment variable does in a fresh process."""
    places = {"STUDY": "", "RAW": "data/raw", "PROCESSED": "data/processed",
              "NOTEBOOKS": "notebooks", "RESULTS": "results"}  # fmt: skip
    for name, place in places.items():
        monkeypatch.setattr(paths, name, folder / place)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its name in it."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def run_in(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """The command on a study, as anybody would run it."""
    command = [sys.executable, "-m", "compendium.cli", *words, "--study", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def cells_of(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def columns_of(fields: Path) -> dict[str, list[str]]:
    """The columns of every table."""
    return pd.read_csv(fields, dtype=str).groupby("table").column.agg(list).to_dict()


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A fresh study, which `paths` points at."""
    make_study(tmp_path / "study")
    return turn_to(tmp_path / "study", monkeypatch)


def test_the_longest_run_goes_first(study, monkeypatch):
    """By what each took the last time, before them what was never timed; the report is last."""
    runs = graph.plan_runs()
    names, untimed = [run.name for run in runs], [runs[0], runs[1]]
    # Of those never timed what makes most goes first, which is not the order of their names.
    untimed.sort(key=lambda run: (-len(run.products), run.name))
    for place, name in enumerate(names):
        path = study / f"results/records/{name}.seconds"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Neither the order of the names nor that turned round.
        path.write_text(f"{(3 * place) % len(names)}", encoding="utf-8")
    for run in untimed:
        (study / f"results/records/{run.name}.seconds").unlink()
    began = []

    def run_notebook(run):
        began.append(run.name)
        for path in run.products.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('{"read": []}', encoding="utf-8")  # a record of nothing

    monkeypatch.setattr("compendium.runs.execution.run_notebook", run_notebook)
    monkeypatch.setattr(graph, "write_answers", lambda: None)
    graph.build(1, quiet=True)
    first, last = began[2:-1], began[-1]

    assert began[:2] == [run.name for run in untimed]
    assert sorted(began) == sorted(names)
    assert last == names[-1]
    assert first == sorted(first, key=lambda name: -records.read_seconds(name))
    assert first not in (sorted(first), sorted(first, reverse=True))


@pytest.fixture
def shire(tmp_path, monkeypatch):
    """A copy of Example shire, which `paths` points at."""
    ours = shutil.ignore_patterns("results", "processed", ".pytask", "pytask.lock*")
    shutil.copytree(SHIRE, tmp_path / "shire", ignore=ours)
    return turn_to(tmp_path / "shire", monkeypatch)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A fresh study, run by the command as anybody would run it."""
    folder = tmp_path_factory.mktemp("own") / "study"
    make_study(folder)
    assert run_in(folder, "reproduce").returncode == 0
    return folder


# Making a study


def test_the_same_study_is_the_same_bytes(tmp_path):
    """Whatever its folder is called."""
    for name in ("one", "a/longer one"):
        make_study(tmp_path / name, SITES, ACTORS)

    assert files_of(tmp_path / "one") == files_of(tmp_path / "a/longer one")


def test_a_study_has_the_columns_of_the_one_that_ships(tmp_path):
    """So that every function reads it; its texts have a kind, and ours what our rules ask for."""
    make_study(tmp_path / "study")
    ours, theirs = (columns_of(f / "data/raw/fields.csv") for f in (paths.ROOT, tmp_path / "study"))
    theirs["sources"].remove("kind")
    own = {"coding/*/evidence": {"outlook", "factor_state"}, "coding/codebook": {"counter_example"}}
    ours |= {name: [c for c in ours[name] if c not in more] for name, more in own.items()}
    shared = {name: columns for name, columns in theirs.items() if not name.startswith("example/")}

    assert shared == {name: ours[name] for name in shared}
    assert len(shared) == 15


def test_the_schema_allows_the_names_that_were_given(tmp_path, monkeypatch):
    """Sites and bodies are enumerated where a table names them."""
    make_study(tmp_path / "study", SITES, ACTORS)
    turn_to(tmp_path / "study", monkeypatch)

    assert tables.allowed_values("coding/evidence", "site") == [*SITES, "all"]
    assert tables.allowed_values("coding/leanings", "actor") == ACTORS
    assert "{" not in "".join(read_ledger().rule)


def test_every_example_row_says_that_it_is_one(study):
    """Whoever forgets to replace one can find it."""
    texts = {
        path.stem: path.read_text(encoding="utf-8") for path in study.glob("data/raw/**/*.csv")
    }
    rows = {name: len(list(csv.reader(text.splitlines()))) - 1 for name, text in texts.items()}
    marked = {name: text.count("EXAMPLE ROW") for name, text in texts.items()}
    for name in ("tables", "fields", "checks"):
        del rows[name]  # what tables and columns are is not made up

    assert {name for name in rows if marked[name] != rows[name]} == {"codebook", "table-1"}


@pytest.mark.parametrize(
    ("sites", "actors", "message"),
    [
        ([], ["X", "Y"], "found 0 site; allowed: 1 or more"),
        (["A"], ["X"], "found 1 actor; allowed: 2 or more"),
        (["A/B"], ["X", "Y"], "found site 'A/B'; allowed: letters, digits, blanks"),
        (["all"], ["X", "Y"], "found site 'all'"),
        (["A", ""], ["X", "Y"], "found site ''"),
        (["A"], ["X 1", "x-1"], "found actor 'x-1' after one like it"),
        (["A{site_1}"], ["X", "X"], "found actor 'X' after one like it"),
    ],
)
def test_names_that_will_not_do_are_refused(tmp_path, sites, actors, message):
    """They would mean something in a value id, a rule or a file name; nothing is written."""
    with pytest.raises(SettingError) as caught:
        make_study(tmp_path / "study", sites, actors)

    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    """An empty one is taken; one with a file in it is refused, and the file stays."""
    make_study(tmp_path)
    before = files_of(tmp_path)

    with pytest.raises(
        SettingError, match=r"found a folder that is not empty; allowed: a new or an empty"
    ):
        make_study(tmp_path, SITES, ACTORS)
    assert files_of(tmp_path) == before


def test_only_a_study_is_run(tmp_path):
    """One sentence, which says what makes one."""
    refused = run_in(tmp_path, "reproduce")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"error: found no study.toml in {tmp_path}; allowed: the folder of a study; "
        "`compendium new-study` makes one\n"
    )


@pytest.mark.parametrize("path", sorted((TEMPLATE / "notebooks").iterdir()), ids=lambda p: p.stem)
def test_its_notebooks_are_written_as_ours_are(path):
    """Question and files first, one parameters cell, short cells, no functions, no outputs."""
    cells = cells_of(path)
    head, code = "".join(cells[0]["source"]), [c for c in cells if c["cell_type"] == "code"]
    kinds = {type(n) for c in code for n in ast.walk(ast.parse("".join(c["source"])))}

    assert all(word in head for word in ("**Question.**", "**Reads:**", "**Writes:**"))
    assert len([c for c in code if c["metadata"].get("tags") == ["parameters"]]) == 1
    assert max(len("".join(c["source"]).splitlines()) for c in code) <= 15
    assert not kinds & {ast.FunctionDef, ast.ClassDef}
    assert not [c for c in code if c["outputs"] or c["execution_count"]]


# Running it


def test_a_new_study_runs_at_once(ran):
    """Three inputs, a total, two shares and a count that hold, and a number that does not."""
    verdicts = pd.read_csv(ran / "results/verdicts.csv", dtype=str, keep_default_na=False)

    assert verdicts.verdict.value_counts().to_dict() == {"exact": 4, "transcribed": 3, "differs": 1}
    assert verdicts.set_index("value_id").verdict["example/text/all-meetings"] == "differs"


def test_there_is_a_run_for_each_case(ran):
    """Its own notebooks, in its own folder, records and all."""
    records = sorted(path.stem for path in (ran / "results/records").glob("*.json"))

    assert records == [
        *(
            "01-audit-sources",
            "02-describe-sites",
            "03-balance-involvement--site-a-body-x-throughout",
        ),
        *("03-balance-involvement--site-b-body-y-throughout", "04-infer-weights"),
        *("05-order-and-depend", "06-report"),
    ]
    record = json.loads((ran / "results/records/01-audit-sources.json").read_text(encoding="utf-8"))
    assert {
        "data/raw/checks.csv",
        "requirements.lock",
        "src/compendium/printed/audit.py",
    } <= set(record["made_from"])
    assert str(ran) not in json.dumps(record)
    assert (ran / "pytask.lock").exists()


@pytest.mark.parametrize("pattern", ["**/*.html", "tables/*", "figures/*.[cs]*", "verdicts.csv"])
def test_everything_made_up_says_so(ran, pattern):
    """Pages in their title, tables in each row, pictures across; SVG names its drawn texts."""
    made = sorted((ran / "results").glob(pattern))
    texts = {path.name: path.read_text(encoding="utf-8") for path in made}
    titled = {n: re.search("<title>(.*)</title>", t)[1] for n, t in texts.items() if "html" in n}
    rows = {n: t.splitlines()[1:] for n, t in texts.items() if n.endswith(".csv")}

    assert texts
    assert [name for name, text in texts.items() if outputs.LABEL not in text] == []
    assert all(title.startswith(outputs.LABEL) for title in titled.values())
    assert all(row.endswith(outputs.LABEL) for lines in rows.values() for row in lines)


def test_a_study_of_real_texts_gets_no_label():
    """The one that ships has no invented source; it goes through the same door, and is sealed."""
    table = pd.DataFrame({"n": [1]})
    consistency.check_study()

    assert outputs.read_label() == ""
    assert outputs.mark_title("# 01 Audit\n\n# b") == "# 01 Audit\n\n# b"
    assert outputs.mark_table(table) is table
    assert all((f / "data/raw/SHA256SUMS").is_file() for f in (paths.ROOT, SHIRE))


def test_one_invented_source_is_enough(study):
    """Among real ones; and without it, or of another kind, there is no label."""
    sources = study / "data/raw/sources.csv"
    text = sources.read_text(encoding="utf-8")
    sources.write_text(text + "mine,report,Me,,none,,\n", encoding="utf-8")
    assert outputs.mark_title("# 01 Audit") == "# INVENTED: 01 Audit"
    assert outputs.mark_table(pd.DataFrame({"n": [1]})).study.tolist() == ["INVENTED"]

    change(sources, ",invented,", ",report,")
    assert outputs.read_label() == ""


def test_runs_come_from_the_data(study):
    """A case more is a run more; one that too little is said of is not weighed."""
    path = study / "data/raw/coding/cases.csv"
    row = path.read_text(encoding="utf-8").splitlines()[1]
    more = row.replace("Example case 1", "Third").replace("throughout", "after")
    path.write_text(path.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")
    given = [run.given for run in graph.plan_runs() if run.given]

    assert [case["state"] for case in given] == ["throughout", "throughout", "after"]
    change(
        study / "data/raw/coding/first-coder/evidence.csv",
        "e57a,57,Site B,,Body Y",
        "e57a,57,Site B,,Body X",
    )
    assert [run.given["site"] for run in graph.plan_runs() if run.given] == ["Site A", "Site A"]


def test_a_notebook_of_one_site_is_run_for_each_beside_it():
    """The three companies of the article, whose one is its default; no site of the thesis."""
    given = [run.given for run in graph.plan_runs() if run.source.stem == "14-place-cultures"]

    assert sorted(one["site"] for one in given) == ["REM", "UNE", "USW"]


# Breaking it


@pytest.mark.usefixtures("study")
def test_a_new_study_is_sound():
    """There is nothing to mend, and a second check finds the same."""
    consistency.check_study()
    consistency.check_study()


FAULTS = tables.read_sheet(paths.ROOT / "tests/data/faults-of-a-study.csv")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    FAULTS.drop(columns="fault").to_numpy().tolist(),
    ids=FAULTS.fault,
)
def test_each_fault_leads_to_its_row(study, file, old, new, message):
    """File, row, column, what was found and what is allowed."""
    change(study / "data/raw" / file, old, new)

    with pytest.raises(DataError) as caught:
        consistency.check_study()
    assert message in str(caught.value)


def test_all_faults_come_at_once(study):
    """Of two files, of a schema and between tables."""
    change(study / "data/raw/coding/first-coder/evidence.csv", "e30a,30,Site A", "e30a,30,Site C")
    change(study / "data/raw/items.csv", "example/text.csv,01-audit-sources", "example/text.csv,07")
    with pytest.raises(DataError) as caught:
        consistency.check_study()

    assert str(caught.value).startswith("2 problems in the raw data; nothing was run, and not")
    assert [line.split(", column ")[0] for line in str(caught.value).splitlines()[1:]] == [
        *("  data/raw/coding/first-coder/evidence.csv row 2", "  data/raw/items.csv row 3"),
    ]


def test_a_table_with_semicolons_is_no_table(study):
    """As some spreadsheets save it: refused at its first row, not read as one wide column."""
    path = study / "data/raw/coding/first-coder/orderings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")

    with pytest.raises(
        DataError,
        match=r"orderings\.csv row 1, column ordering_id: found 'ordering_id;.*; allowed: 'ord",
    ):
        consistency.check_study()


def leave_heads(*names: str) -> None:
    """Take every row out of these coded tables."""
    for name in names:
        path = paths.RAW / tables.find_table(f"coding/{name}")["path"]
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def test_a_study_that_weighs_nothing_says_why(study):
    """No case, no told side, or too little said: each notebook by itself, and the others run."""
    change(study / "data/raw/items.csv", "first-coder/tilts.csv,03-balance-involvement",
           "cases.csv,01-audit-sources")  # fmt: skip
    leave_heads("leanings", "tilts", "involvement")
    path = study / "data/raw/coding/cases.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("example/figure-1", ""), "utf-8")
    change(study / "study.toml", "statements = 8", "statements = 9")
    consistency.check_study()
    assert graph.find_idle() == {
        "03-balance-involvement": "no case is weighed: statements, and the factors they speak of: "
        "Example case 1 2 on 2; Example case 2 8 on 5; a case without a figure needs 9 on 2 "
        "(study.toml, [case])",
        "04-infer-weights": "no case has a told side: see coding/tilts and coding/involvement",
    }

    leave_heads("cases")
    consistency.check_study()
    why = "it needs a row of data/raw/coding/cases.csv, which has none"
    assert set(graph.find_idle().values()) == {why}
    assert [run.name for run in graph.plan_runs()] == [
        *("01-audit-sources", "05-order-and-depend", "06-report"),
    ]


def test_a_study_without_sessions_has_no_pack_and_no_class(study):
    """Each says in a sentence what the study lacks."""
    with pytest.raises(SettingError, match=r"found no session in study; allowed: a notebook S1-"):
        classroom.write_pack(study.parent / "pack")
    saved = {"team": "A", "sessions": {"s1": {"1": {"answer": 1, "verdict": "right"}}}}
    (study.parent / "a.json").write_text(json.dumps(saved), encoding="utf-8")
    with pytest.raises(DataError, match=r"found none; allowed: one with a module seminar_keys"):
        classroom.write_room([study.parent / "a.json"], study.parent / "class.csv")


def test_a_study_without_any_coding_runs_its_audit_alone(study):
    """No coded table at all: what needs one says so, and what is left is sound."""
    shutil.rmtree(study / "data/raw/coding")
    for name in ("tables", "fields", "items"):
        path = study / f"data/raw/{name}.csv"
        rows = path.read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if not row.startswith("coding/") and "coding/" not in row]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    consistency.check_study()

    assert [run.name for run in graph.plan_runs()] == ["01-audit-sources", "06-report"]
    assert graph.find_idle()["05-order-and-depend"] == (
        "it needs a table coding/orderings, which data/raw/tables.csv does not have"
    )


def test_what_had_nothing_to_do_keeps_no_result_from_being_current(study):
    """A notebook that the last reproduction left out is not missed; any other is."""
    with pytest.raises(DataError, match=r"another version of notebooks/01-audit-sources\.ipynb"):
        records.check_sources([])
    records.write_idle({path.stem: "why" for path in (study / "notebooks").iterdir()})
    records.check_sources([])
    records.write_idle({})

    assert records.read_idle() == {}


@pytest.mark.parametrize("words", [["--study", "DIR", "audit"], ["audit", "--study", "DIR"]])
def test_a_verb_takes_its_study_before_it_or_after_it(monkeypatch, words):
    """And says its name before all else; what prints JSON says it on standard error."""
    asked = []
    monkeypatch.setattr(paths, "work_on", asked.append)
    said = CliRunner().invoke(app.app, [*words, "--rules"])

    assert asked == [Path("DIR")]
    assert said.stdout.startswith("study: Partnership, recomputed\n")


def test_the_study_is_the_nearest_around(study, monkeypatch):
    """A folder of it will do; what is named goes before what lies around."""
    monkeypatch.chdir(study / "data/raw")
    assert paths._find_study() == study
    monkeypatch.setenv(paths.STUDY_VARIABLE, "examples/example-shire")
    assert paths._find_study() == SHIRE
    monkeypatch.delenv(paths.STUDY_VARIABLE)
    monkeypatch.chdir(study.parent)

    assert paths._find_study() == paths.ROOT


# Other people's factors


def give_factors(study: Path, names: list[str]) -> None:
    """Declare these factors in place of the five, and code a printed balance and statements."""
    path = study / "study.toml"
    head, _, rest = path.read_text(encoding="utf-8").partition("[[factors]]")
    declared = "".join(
        f'[[factors]]\nname = "{name}"\nlabel = "{name.title()}"\ncode = "F{place}"\n\n'
        for place, name in enumerate(names, start=1)
    )
    path.write_text(f"{head}{declared}[case]{rest.partition('[case]')[2]}", encoding="utf-8")
    path = paths.RAW / tables.find_table("coding/leanings")["path"]
    columns, first = path.read_text(encoding="utf-8").splitlines()[:2]
    rows = [
        first.replace("national-policy,1,1,1", f"{name},{lean},{lean},{lean}")
        for name, lean in zip(names, [1, -1, 1, 0, 1, -1, 1])
    ]
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    fields = study / "data/raw/fields.csv"
    change(fields, "national-policy; local-structures; culture; key-individuals; resources",
           "; ".join(names))  # fmt: skip
    text = fields.read_text(encoding="utf-8").replace("F4; F5", "F4; F5; F6; F7")
    fields.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("n", [3, 7])
def test_other_factors_weigh_infer_sweep_and_draw(study, monkeypatch, n):
    """Three or seven of one's own: a weight each, a box each, no two boxes on top of each other."""
    names = ["trust", "money", "law", "distance", "habit", "people", "size"][:n]
    give_factors(study, names)
    consistency.check_study()
    cases = read_cases()
    weighed = weighing.weigh(cases.printed, {"money": 3})
    table = weighing.vary_weights(weighed)
    how, _ = weighing.show_balance(weighed)
    _, ax = plot_balance(weighed.boxes, **how, who="A")
    solved = weighing.solve(weighing.gather_systems({"all": cases})["all", "most"],
                            draw_weights(50, 1, n))  # fmt: skip
    monkeypatch.setattr(sweeps, "tell_cases", lambda: cases.sided)
    swept = sweeps.balance_share("M1 free weights", 50, 1, certain=0.0, likely=0.1, contested=0.3)
    edges = [patch.get_window_extent() for patch in ax.patches if isinstance(patch, Rectangle)][1:]

    leans = pd.Series([1, -1, 1, 0, 1, -1, 1][:n], names)
    assert weighed.tilt == pytest.approx((leans.sum() - 2) / (n + 2))
    assert table.B.eq(weighed.tilt).all()
    assert table.weight.to_dict() == dict.fromkeys(names, 1.0) | {"money": 3.0}
    assert set(solved.relations.box) == set(names)
    assert swept.case.tolist()[-1] == "all"
    assert len(edges) == n
    assert all(a.x0 < b.x0 for a, b in pairwise(edges))


def test_a_printed_balance_has_its_five_boxes(study):
    """And a tilt: what is missing is named by the row of its case."""
    leanings, tilts = (
        study / f"data/raw/coding/first-coder/{name}.csv" for name in ("leanings", "tilts")
    )
    rows = leanings.read_text(encoding="utf-8").splitlines()
    leanings.write_text("\n".join(rows[:4]) + "\n", encoding="utf-8")
    tilts.write_text(tilts.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        consistency.check_study()

    assert "cases.csv row 2, column figure: found 'example/figure-1'; allowed: a row of" in str(
        caught.value
    )
    assert "for each box; missing: key-individuals, resources" in str(caught.value)
    assert "coding/first-coder/tilts.csv for its state, throughout" in str(caught.value)


def test_a_sealed_study_keeps_its_bytes(shire):
    """Until its checksums are written anything may change; then the file is named."""
    consistency.check_study()
    change(shire / "data/raw/shire-report/text.csv", "almost half", "almost a half")

    with pytest.raises(DataError, match=r"data/raw/shire-report/text\.csv: SHA-256 is"):
        consistency.check_study()


# The studies that ship


@pytest.mark.usefixtures("shire")
def test_the_wrong_total_of_example_shire_is_found_and_explained():
    """Nine, sixteen and eleven are 36, not 38; the register has it, and nothing else is new."""
    ledger, cells = read_ledger(), tables.cells()
    verdicts = audit.give_verdicts(ledger, cells).set_index("value_id")
    register = tables.read_table("discrepancies").set_index("discrepancy_id")

    assert verdicts.loc[TOTAL, ["printed", "computed", "verdict"]].tolist() == [
        "38",
        "36",
        "differs",
    ]
    assert register.cause[TOTAL] == "misprint"
    assert verdicts.index[verdicts.verdict == "differs"].tolist() == [TOTAL]
    assert not any(compare_register(audit.find(ledger, cells)).values())


@pytest.mark.usefixtures("shire")
def test_example_shire_is_short_and_says_that_it_is_invented():
    """In its text's first word and by its source's kind; its text ships, and holds every value.

    Four cases, three of them weighed: of the Board at Lower Example too little is said.
    """
    text = SHIRE / "shire-report.txt"
    found = source_text.find_values(read_ledger(), source_text.match_sources([str(text)]))

    assert text.read_text(encoding="utf-8").startswith(outputs.LABEL)
    assert outputs.read_label() == outputs.LABEL
    assert (found.line == found.found_line).all()
    assert len(found) == 16
    assert len(tables.read_table("coding/cases")) == 4
    assert 12 <= len(tables.read_table("coding/evidence")) <= 20
    assert sorted(run.given["actor"] for run in graph.plan_runs() if run.given) == [
        *("Town Council", "Town Council", "Volunteer Bureau"),
    ]


def test_example_shire_is_a_new_study_filled(tmp_path):
    """Its notebooks are the template's, but for the answers and the case that 03 opens with."""
    make_study(tmp_path / "study", SITES, ACTORS)
    for path in sorted((tmp_path / "study/notebooks").iterdir()):
        fresh, filled = cells_of(path), cells_of(SHIRE / "notebooks" / path.name)
        changed = [n for n, (old, new) in enumerate(zip(fresh, filled, strict=True)) if old != new]

        assert changed == ([0, 3] if path.stem.startswith("03") else [0] * ("06" not in path.stem))
        assert "Write your own" not in "".join(filled[0]["source"])


def test_one_word_in_one_table_runs_only_what_read_it_again(ran):
    """The one of seven notebooks that reads dependencies, and draws no label of them."""
    path = ran / "data/raw/coding/first-coder/dependencies.csv"

    def reproduce() -> list[str]:
        taken = {path: path.stat().st_mtime_ns for path in ran.glob("results/records/*.seconds")}
        assert run_in(ran, "reproduce").returncode == 0
        return sorted(p.stem for p, when in taken.items() if p.stat().st_mtime_ns != when)

    assert len([*ran.glob("results/records/*.json")]) == 7
    assert reproduce() == []
    path.write_text(path.read_text(encoding="utf-8").replace("knows the", "knows all"), "utf-8")
    assert reproduce() == ["05-order-and-depend"]
    assert reproduce() == []
