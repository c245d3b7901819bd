"""The task graph: what runs, what it needs, and what is skipped."""

import json

from small import write

from compendium import paths
from compendium.printed import tables
from compendium.runs import graph
from compendium.runs.notebooks import Run

RUNS = graph.plan_runs()
BY_NAME = {run.name: run for run in RUNS}


def test_one_balance_for_each_case_that_is_weighed():
    """The six of the figures, District A's later state among them, and actors told enough of."""
    balances = [run.given for run in RUNS if run.source.stem.startswith("06")]
    named = [(given["site"], given["state"]) for given in balances if given["site"] != "all"]

    assert sorted(named) == [
        *(("Dalesville", "after"), ("Dalesville", "before"), ("Greenshire", "early")),
        *(("Greenshire", "later"), ("Greenshire", "throughout"), ("Greenshire", "throughout")),
    ]
    assert {"actor": "Education", "site": "all", "state": "throughout"} in balances
    assert "Housing" not in {given["actor"] for given in balances}


def test_no_two_runs_make_the_same_file():
    """Every product has one maker."""
    products = [path for run in RUNS for path in run.products]

    assert len(products) == len(set(products))


def test_the_report_waits_for_every_verdict():
    """It needs each file of verdicts that another run makes, and every figure."""
    needs = set(graph.find_made(BY_NAME["17-report"], RUNS))
    made = {path for run in RUNS if run.name != "17-report" for path in run.products.values()}
    verdicts = {path for path in made if path.name.startswith("verdicts-")}

    asked = set(tables.read_table("items").notebook)
    assert len(verdicts) == len([run for run in RUNS if run.source.stem in asked])
    assert verdicts <= needs
    assert {path for path in made if path.suffix == ".svg"} <= needs


def test_the_claims_are_graded_beside_the_others():
    """They wait for the two runs that judge what they ask of print, and the report for them."""
    before = set(graph.find_made(BY_NAME["20-grade-claims"], RUNS))
    judging = [BY_NAME["03-trace-command-and-control"], BY_NAME["12-read-plans"]]

    assert before == {
        path for run in judging for path in run.products.values() if "verdicts" in path.name
    }
    claims = {p for p in BY_NAME["20-grade-claims"].products.values() if "claims" in p.name}
    assert {p for p in claims if p.parent.name == "results"} <= set(
        graph.find_made(BY_NAME["17-report"], RUNS)
    )


def test_every_run_depends_on_what_could_change_it():
    """The lock, the package, and the raw files it reads."""
    needs = set(graph.find_kept(BY_NAME["04-weigh-costs-and-benefits"]))

    assert {paths.LOCK, paths.PACKAGE / "printed/rules.py", paths.RAW / "checks.csv"} <= needs


def test_what_no_run_makes_is_taken_away(tmp_path, monkeypatch):
    """A figure of a notebook that is gone does not linger in the report."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(paths, "PROCESSED", tmp_path / "processed")
    old = tmp_path / "results" / "figures" / "old.svg"
    kept = tmp_path / "processed" / "README.md"
    for path in (old, kept):
        path.parent.mkdir(parents=True)
        path.touch()
    graph.remove_orphans([])

    assert not old.exists()
    assert kept.exists()


def test_a_digest_changes_with_a_byte_and_with_a_name(tmp_path):
    """The same content under another name is another state."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("1")
    second.write_text("1")
    before = graph.digest({first: []})

    assert before != graph.digest({second: []})
    first.write_text("2")
    assert before != graph.digest({first: []})


def test_raw_data_that_held_is_not_checked_again(tmp_path, monkeypatch, raw_copy):
    """A table is asked again only when it has changed, or one that it refers to."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")
    asked = []
    monkeypatch.setattr(tables, "_find_breaches", lambda name, _: asked.append(name) or [])
    monkeypatch.setattr(tables, "changed_files", list)
    tables.check_package()
    every = len(asked)
    tables.check_package()
    assert len(asked) == every == len(tables.read_descriptor()["resources"])

    path = raw_copy / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    tables.check_package()
    assert {"sources", "items"} <= set(asked[every:])
    assert len(asked) < 1.2 * every


def test_a_run_depends_on_what_its_record_says_it_read(tmp_path, monkeypatch):
    """On every raw file it may read where there is no record; never on one that is gone."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    run, raw = Run(BY_NAME["12-read-plans"].source), paths.RAW
    assert raw / "coding/noticed.csv" in graph.find_kept(run)

    read = [{"cell": 2, "file": f"data/raw/{n}", "how": "table"} for n in ("items.csv", "gone.csv")]
    write(tmp_path / "records/12-read-plans.json", json.dumps({"read": read}))
    found = graph.find_kept(run)
    assert [path for path in found if path.is_relative_to(raw)] == [
        raw / "fields.csv", raw / "tables.csv", raw / "items.csv",
    ]  # fmt: skip
    assert {run.source, paths.LOCK, paths.PACKAGE / "printed/rules.py"} <= {*found}
    assert paths.ROOT / "src/partnership/rules.py" in found


def test_a_label_nobody_reads_runs_nothing_again(tmp_path, monkeypatch, raw_copy):
    """A run that read two columns of a table hangs on these: another says what it likes."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path)
    name = f"data/raw/{tables.find_table('coding/leanings')['path']}"
    read = [{"cell": 2, "file": name, "how": "table", "columns": ["box", "lean"]}]
    write(tmp_path / "records/12-read-plans.json", json.dumps({"read": read}))
    run, path = Run(BY_NAME["12-read-plans"].source), raw_copy / name.removeprefix("data/raw/")
    raw = {name: path}
    before, text = graph.digest(graph.find_kept(run, raw)), path.read_text(encoding="utf-8")
    assert graph.find_kept(run, raw)[path] == ["box", "lean"]

    write(path, text.replace("scarcity is told", "scarcity, it is said, is told", 1))
    assert graph.digest(graph.find_kept(run, raw)) == before
    write(path, text.replace("local-structures,1,", "local-structures,-1,", 1))
    assert graph.digest(graph.find_kept(run, raw)) != before
