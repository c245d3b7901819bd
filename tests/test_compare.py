"""Two runs side by side: what they were given, and what came out differently."""

import json

import pandas as pd
import pytest
from small import write, write_notebook
from typer.testing import CliRunner

from compendium import paths
from compendium.cli import app
from compendium.errors import SettingError
from compendium.runs import compare

RUNS = {
    "north": ("level-0.5", "x,n\nA,1\nB,2\nC,4\n", "v,verdict\nt/1,exact\n", "0.25"),
    "south": ("level-0.9", "x,n\nA,1\nB,2.5\nD,9\n", "v,verdict\nt/1,differs\n", "0.5"),
}


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Two runs of one notebook, whose tables go by their sites."""
    for name, place in {"STUDY": "", "NOTEBOOKS": "notebooks", "RESULTS": "results"}.items():
        monkeypatch.setattr(paths, name, tmp_path / place)
    write(tmp_path / "study.toml", 'title = "Two sites"\n')
    (tmp_path / "notebooks").mkdir()
    writes = "`results/tables/t-{site}`, `data/processed/verdicts-{site}.csv`"
    write_notebook(tmp_path / "notebooks", "1", "site = 'north'\nweights = {'a': 1}", writes)
    for site, (name, table, verdicts, share) in RUNS.items():
        folder = tmp_path / "results/runs" / name
        write(folder / f"tables/t-{site}.csv", table)
        write(folder / f"processed/verdicts-{site}.csv", verdicts)
        given = {"site": site, "weights": {"a": len(name) if site == "south" else 1}}
        record = {"notebook": "notebooks/01-test.ipynb", "given": given, "parameters": given,
                  "answered": [{"name": "share", "value": share}]}  # fmt: skip
        write(folder / "records/r.json", json.dumps(record))
    return tmp_path


def test_what_differs_is_said_and_drawn(runs):
    """Parameters, answers, verdicts word for word; of a table how many cells, and the greatest."""
    out = runs / "out"
    said = CliRunner().invoke(app.app, ["compare", "level-0.5", "level-0.9", "--out", str(out)])
    found = pd.read_csv(out / "differences.csv", keep_default_na=False)

    assert said.stdout.splitlines()[1:8] == [
        "first   level-0.5",
        "second  level-0.9",
        "parameter  site: north -> south",
        "parameter  weights.a: 1 -> 9",
        "answer  share: 0.25 -> 0.5",
        "verdict  t/1: exact -> differs",
        "table  t-north: 1 cells differ, 2 rows or columns are in one run only; "
        "most at B, n: 2 -> 2.5",
    ]
    assert found[found.kind == "table"].iloc[:, 2:].to_numpy().tolist() == [
        *(["C", "", "row", ""], ["D", "", "", "row"], ["B", "n", "2", "2.5"]),
    ]
    assert pd.read_csv(out / "changes.csv").change.tolist() == [0.25, 0.5]
    assert (out / "changes.png").is_file()


def test_a_run_is_no_other_than_itself(runs):
    """By its name or by its folder; what is none is refused with those there are."""
    one, same = (compare.find_run(n) for n in ("level-0.5", str(runs / "results/runs/level-0.5")))

    assert compare.compare_runs(one, same).empty
    assert compare.describe(compare.compare_runs(one, same), one, same).endswith("nothing differs")
    with pytest.raises(
        SettingError, match=r"found no run 'x'; allowed: .* level-0\.5, level-0\.9$"
    ):
        compare.find_run("x")


@pytest.mark.usefixtures("runs")
def test_runs_of_two_notebooks_have_nothing_to_compare():
    """What one writes the other does not."""
    one = compare.find_run("level-0.5")
    other = one._replace(record=one.record | {"notebook": "notebooks/02-b.ipynb"})

    with pytest.raises(
        SettingError, match=r"found runs of notebooks/01-test\.ipynb and of notebook"
    ):
        compare.compare_runs(one, other)
