"""The task graph: what runs, what it needs, and what is skipped."""

from compendium import paths, tasks

RUNS = tasks.plan_runs()
BY_NAME = {run.name: run for run in RUNS}


def test_one_balance_for_each_stated_case():
    """Dalesville before and after, Greenshire, Districts A (early) and B; not the later A."""
    balances = [run.given["state"] for run in RUNS if run.source.stem.startswith("06")]

    assert sorted(balances) == ["after", "before", "early", "throughout", "throughout"]


def test_no_two_runs_make_the_same_file():
    """Every product has one maker."""
    products = [path for run in RUNS for path in run.products()]

    assert len(products) == len(set(products))


def test_the_report_waits_for_every_verdict():
    """It needs each file of verdicts that another run makes, and every figure."""
    needs = set(tasks.find_needs(BY_NAME["17-report"], RUNS))
    made = {path for run in RUNS if run.name != "17-report" for path in run.products()}
    verdicts = {path for path in made if path.name.startswith("verdicts-")}

    assert len(verdicts) == len(RUNS) - 1
    assert verdicts <= needs
    assert {path for path in made if path.suffix == ".svg"} <= needs


def test_every_run_depends_on_what_could_change_it():
    """Its source, the lock, the package, and the raw files it reads."""
    needs = set(tasks.find_needs(BY_NAME["04-weigh-costs-and-benefits"], RUNS))

    assert paths.NOTEBOOKS / "04-weigh-costs-and-benefits.ipynb" in needs
    assert {paths.LOCK, paths.PACKAGE / "rules.py", paths.RAW / "published.csv"} <= needs


def test_what_no_run_makes_is_taken_away(tmp_path, monkeypatch):
    """A figure of a notebook that is gone does not linger in the report."""
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(paths, "PROCESSED", tmp_path / "processed")
    old = tmp_path / "results" / "figures" / "old.svg"
    kept = tmp_path / "processed" / "README.md"
    for path in (old, kept):
        path.parent.mkdir(parents=True)
        path.touch()
    tasks.remove_orphans([])

    assert not old.exists()
    assert kept.exists()
