"""A sweep: refused before anything runs, made once, the same bytes wherever it runs."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import Future
from inspect import ismodule
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from conftest import change
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from compendium import paths
from compendium.errors import SettingError, StoppedError
from compendium.runs import execution, grids, sweeps, workers
from compendium.runs.notebooks import Run, as_text

TYPES = {"level": float, "site": str, "n": int, "seed": int, "on": bool, "cuts": list}
SMALL = "parameters: {contested: [0.1, 0.3], n_draws: [50]}\nrepeats: 3\nseed: 1\n"


def write_grid(folder: Path, text: str, ending: str = "yaml") -> Path:
    path = folder / f"grid.{ending}"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    """A figure is a second, and hangs on the tables alone: only `swept` draws it."""
    monkeypatch.setattr(sweeps._Tables, "draw", lambda _: None)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file but those of the figure."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.parent.name != "figures")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("yaml", "parameters:\n  site: [a, b]\n  level: [0.5, 1]\n"),
        ("json", '{"parameters": {"site": ["a", "b"], "level": [0.5, 1]}}'),
        ("csv", "site,level\na,0.5\na,1\n\nb,0.5\nb,1\n"),
    ],
)
def test_three_ways_to_write_a_grid_are_one(tmp_path, ending, text):
    """The product of two lists, in the order of the lists, or row by row."""
    found = grids.read_grid(write_grid(tmp_path, text, ending), TYPES)

    assert found == [{"site": s, "level": v} for s in ("a", "b") for v in (0.5, 1)]


def test_an_empty_cell_leaves_the_default(tmp_path):
    """A row names what it changes."""
    found = grids.read_grid(write_grid(tmp_path, "site,n\na,\n,2\n", "csv"), TYPES)

    assert found == [{"site": "a"}, {"n": 2}]


def test_text_stays_text_where_text_is_declared(tmp_path):
    """A site called 5 is not the number 5; a list of numbers is a list of numbers."""
    found = grids.read_grid(write_grid(tmp_path, 'site,cuts\n5,"[1, 2]"\n', "csv"), TYPES)

    assert found == [{"site": "5", "cuts": [1, 2]}]


def test_a_sample_is_drawn_from_the_product_without_making_it(tmp_path):
    """Five of 10**12 combinations, the same five for the same seed, none twice."""
    lists = {f"x{i}": list(range(1000)) for i in range(4)}
    text = json.dumps({"parameters": lists, "sample": 5, "seed": 3})
    path = write_grid(tmp_path, text, "json")
    found = grids.read_grid(path, {})

    assert len({as_text(run) for run in found}) == 5
    assert found == grids.read_grid(path, {})


def test_repeats_have_the_same_seeds_in_every_combination(tmp_path):
    """What differs between two combinations is not the luck of the draw."""
    text = "parameters: {level: [0.1, 0.2]}\nrepeats: 3\nseed: 7\n"
    found = pd.DataFrame(grids.read_grid(write_grid(tmp_path, text), TYPES))
    by_level = found.groupby("level").seed.apply(list)

    assert by_level[0.1] == by_level[0.2] == grids.draw_seeds(7, 3)
    assert len(set(by_level[0.1])) == 3


@pytest.mark.parametrize(
    ("ending", "text", "message"),
    [
        ("yaml", "level: [1]", "found no mapping `parameters`"),
        ("yaml", "parameters: {level: 1}", "level: found 1; allowed: a list of values"),
        ("yaml", "parameters: {level: []}", "level: found []; allowed: a list of values"),
        ("yaml", "parameters: {level: [1]}\neach: 2", "each: no such key; allowed: parameters, sa"),
        ("yaml", "parameters: {level: [1]}\nrepeats: 2", "seed: not given; repeats need it"),
        ("yaml", "parameters: {n: [1]}\nsample: 2\nseed: 1", "sample: found 2; allowed: up to 1"),
        ("yaml", "parameters: {seed: [1]}\nrepeats: 2\nseed: 1", "needs a parameter `seed`"),
        ("yaml", "parameters: {n: [1]}\nrepeats: 200000\nseed: 1", "asks for 200000 runs"),
        ("yaml", "parameters: {n: [1, 1]}", "run 2 is run 1 again: n 1"),
        ("yaml", "parameters: [", "grid.yaml cannot be read"),
        ("csv", "n,n\n1,2\n", "column 'n' stands 2 times"),
        ("csv", "n,site\n1\n", "row 2: found 1 cells; allowed: 2"),
        ("csv", "n\n", "found no run"),
        ("txt", "n\n", "allowed endings: .csv, .json, .yaml, .yml"),
    ],
)
def test_a_file_that_is_no_grid_is_refused(tmp_path, ending, text, message):
    """Each with what was found and what is allowed."""
    with pytest.raises(SettingError) as caught:
        grids.read_grid(write_grid(tmp_path, text, ending), TYPES)
    assert message in str(caught.value)


def test_a_grid_that_does_not_fit_is_refused_whole(tmp_path):
    """An unknown name and wrong types, each once however many runs have it; no folder is made."""
    grid = write_grid(tmp_path, "site,levl,level\nUNE,1,0.9\nUSW,1,high\nREM,2,high\n", "csv")
    source = paths.NOTEBOOKS / "12-read-plans.ipynb"
    with pytest.raises(SettingError) as caught:
        sweeps.run_sweep(source, grid, tmp_path / "out")

    assert str(caught.value).splitlines() == [
        "12-read-plans cannot run on grid.csv; it declares level (float):",
        "  site: no such parameter",
        "  levl: no such parameter",
        "  level: found 'high', str; allowed: float",
    ]
    assert not (tmp_path / "out").exists()


def test_a_model_is_refused_what_it_cannot_take(tmp_path):
    """Unknown, of the wrong type or out of range: all at once, before anything is called."""
    text = "parameters: {structure: [M99], likely: [2], n_draws: [0.5], sites: [a]}"
    with pytest.raises(SettingError) as caught:
        sweeps.run_sweep("balance-share", write_grid(tmp_path, text), tmp_path / "out")

    message = str(caught.value)
    assert "structure: found 'M99'; allowed: M0 equal weights" in message
    assert "likely: found 2; allowed: 0 or more and 1 or less" in message
    assert "n_draws: found 0.5, float; allowed: int" in message
    assert "sites: no such parameter" in message


def test_a_models_modules_are_all_watched():
    """What a model imports is among the files whose change ends a sweep."""
    watched = set(sweeps.find_state("balance-share"))
    modules = [module for module in vars(sweeps).values() if ismodule(module)]
    imported = {getattr(module, "__file__", None) for module in modules}
    source = Path(sweeps.__file__).parents[1]
    ours = {Path(file) for file in imported if file and Path(file).is_relative_to(source)}

    assert {"src/compendium/runs/sweeps.py", "src/compendium/models/balance.py"} <= watched
    assert ours
    assert {paths.name_file(path) for path in ours} <= watched


def call(model: str, **given: float) -> pd.DataFrame:
    """A model with some settings in place of its own."""
    make, defaults = sweeps.MODELS[model]
    return make(**defaults | given)


@pytest.fixture
def one_case(monkeypatch):
    """One case told left, whose first two boxes lean against each other and the others not."""
    codings = pd.DataFrame({"lean": [1, -1, 0, 0, 0], "lean_min": -1, "lean_max": 1})
    traits, told = pd.DataFrame(index=["A"]), pd.Series(["left"], ["A"])
    codings = codings.assign(confidence="certain")
    cases = SimpleNamespace(codings=codings, traits=traits, sides=told, names=["A"])
    monkeypatch.setattr(sweeps, "tell_cases", lambda: cases)


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("model", sweeps.MODELS)
def test_two_boxes_against_each_other_win_half_the_weightings(model):
    """With no code in doubt, the left box weighs more than the right in half of all weightings."""
    table = call(model, certain=0.0, n_draws=20_000, seed=1)

    assert table.case.tolist() == ["A", "all"]
    assert table.share.tolist() == pytest.approx([0.5, 0.5], abs=0.02)


@pytest.mark.usefixtures("one_case")
def test_one_reading_is_one_set_of_codes():
    """All codes in doubt: a reading tips the beam in some share of weightings, often 0 or 1."""
    shares = {call("reading-share", certain=1.0, seed=s).share[0] for s in range(30)}

    assert {0.0, 1.0} <= shares
    assert any(0 < share < 1 for share in shares)


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    """A small sweep of a model, made here, run after run."""
    folder = tmp_path_factory.mktemp("sweep")
    sweeps.run_sweep("balance-share", write_grid(folder, SMALL), folder / "out")
    return folder


def test_a_sweep_is_one_tidy_table(swept):
    """A row for each case of each run, with the run's parameters in front, in the grid's order."""
    runs = pd.read_csv(swept / "out/runs.csv")
    table = pd.read_csv(swept / "out/tables/balance-share.csv")

    assert list(table) == ["contested", "n_draws", "seed", "case", "share"]
    assert len(runs) == 6
    assert table.drop_duplicates("seed").seed.tolist() == grids.draw_seeds(1, 3)
    assert len(table) == 6 * table.case.nunique()
    one = call("balance-share", contested=0.3, n_draws=50, seed=grids.draw_seeds(1, 3)[2])
    assert table.share.tail(len(one)).tolist() == pytest.approx(one.share.tolist(), abs=1e-8)


def test_two_processes_make_the_same_bytes(swept, tmp_path):
    """Every file, whichever process made it."""
    sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out", workers=2)

    assert bytes_of(tmp_path / "out") == bytes_of(swept / "out")


@pytest.fixture(scope="module")
def cluster():
    """A scheduler and two workers, each a process."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        yield local


def test_a_dask_cluster_makes_the_same_bytes(swept, cluster, tmp_path):
    """Every file, from workers that share nothing with this process but the project."""
    steps = []
    address = cluster.scheduler_address
    sweeps.run_sweep(
        "balance-share",
        swept / "grid.yaml",
        tmp_path / "out",
        dask=address,
        advance=lambda done, total: steps.append((done, total)),
    )

    assert bytes_of(tmp_path / "out") == bytes_of(swept / "out")
    assert steps == [(number, 6) for number in range(1, 7)]


def test_a_dask_worker_runs_a_notebook(cluster, tmp_path):
    """A kernel starts there, and what it writes comes here."""
    grid = write_grid(tmp_path, "site,contested\nUSW,False\n", "csv")
    source = paths.NOTEBOOKS / "14-place-cultures.ipynb"
    made = sweeps.run_sweep(source, grid, tmp_path / "out", dask=cluster.scheduler_address)
    voices = pd.read_csv(tmp_path / "out/tables/cultures-voices.csv")

    assert not made.failed
    assert set(voices.contested) == {False}
    assert len(list((tmp_path / "out/runs").glob("*/notebooks/*.ipynb"))) == 1
    # Of figures the data and the words, and no page: hundreds of pictures nobody looks at.
    (run,) = (tmp_path / "out/runs").iterdir()
    kinds = {path.suffix for path in run.rglob("*") if path.is_file()}
    assert kinds == {".csv", ".md", ".json", ".ipynb"}
    assert {path.suffix for path in (run / "figures").iterdir()} == {".csv", ".json"}


def test_a_second_call_makes_what_is_missing(swept, tmp_path):
    """A run that is there is not made again; what a kill left half-written does not count."""
    sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out")
    kept, gone, *_ = sorted((tmp_path / "out/runs").iterdir())
    when = kept.stat().st_mtime_ns
    gone.rename(gone.with_name(f".{gone.name}-x"))
    made = []
    found = sweeps.run_sweep(
        "balance-share", swept / "grid.yaml", tmp_path / "out", advance=lambda *n: made.append(n)
    )

    assert (found.before, made) == (5, [(6, 6)])
    assert kept.stat().st_mtime_ns == when
    assert bytes_of(tmp_path / "out") == bytes_of(swept / "out")


def test_a_sweep_that_was_killed_goes_on(swept, tmp_path):
    """SIGKILL in the middle: what was made stays, and the whole is as if nothing had happened."""
    code = (
        "import os, sys; from pathlib import Path; from compendium.runs import sweeps\n"
        "def advance(done, total):\n"
        "    if done == 4: os.kill(os.getpid(), 9)\n"
        "sweeps.run_sweep('balance-share', Path(sys.argv[1]), Path(sys.argv[2]), advance=advance)"
    )
    out = tmp_path / "out"
    grid = swept / "grid.yaml"
    killed = subprocess.run([sys.executable, "-c", code, str(grid), str(out)], check=False)
    assert killed.returncode == -signal.SIGKILL
    found = sweeps.run_sweep("balance-share", grid, out)

    assert found.before == 4
    assert bytes_of(out) == bytes_of(swept / "out")


def test_an_interrupted_sweep_says_how_far_it_got(swept, tmp_path):
    """Ctrl-C after two of six: the number, the folder and what to do."""

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(StoppedError) as caught:
        sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out", advance=interrupt)

    assert str(caught.value) == (
        f"interrupted; 2 of 6 runs are made and kept in {tmp_path / 'out'}: "
        "the same command makes the others"
    )
    assert len(list((tmp_path / "out/runs").iterdir())) == 2
    runs = pd.read_csv(tmp_path / "out/runs.csv")
    assert runs.status.value_counts().to_dict() == {"not made": 4, "made": 2}
    assert pd.read_csv(tmp_path / "out/tables/balance-share.csv").seed.nunique() == 2


def test_a_second_sweep_in_one_folder_is_refused(swept, tmp_path):
    """While the first is at work, in one sentence; the first goes on and is whole."""
    out, refused = tmp_path / "out", []

    def start_another(*_: int) -> None:
        with pytest.raises(SettingError) as caught:
            sweeps.run_sweep("balance-share", swept / "grid.yaml", out)
        refused.append(str(caught.value))

    sweeps.run_sweep("balance-share", swept / "grid.yaml", out, advance=start_another)

    said = f"another sweep in {out} is at work; wait until it has ended, or end it"
    assert refused == [said] * 6
    assert bytes_of(out) == bytes_of(swept / "out")


def test_a_wider_grid_makes_the_difference_only(swept, tmp_path):
    """Runs of the old grid serve the new one; those it does not ask for stay and are not shown."""
    sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out")
    wider = SMALL.replace("[0.1, 0.3]", "[0.3, 0.5]")
    found = sweeps.run_sweep("balance-share", write_grid(tmp_path, wider), tmp_path / "out")

    assert (found.total, found.before, found.left) == (6, 3, 3)
    assert set(pd.read_csv(tmp_path / "out/runs.csv").contested) == {0.3, 0.5}


def test_a_sweep_begun_with_other_files_is_refused(swept, tmp_path):
    """The message names the file that is not what it was; the folder stays as it is."""
    sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out")
    path = tmp_path / "out/sweep.json"
    begun = json.loads(path.read_text(encoding="utf-8"))
    begun["made_from"]["requirements.lock"] = "0"
    path.write_text(json.dumps(begun), encoding="utf-8")
    before = bytes_of(tmp_path / "out")
    with pytest.raises(SettingError, match=r"was begun with another version of requirements\.lock"):
        sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out")

    assert bytes_of(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("holds", "message"),
    [
        ({"sweep.json": '{"what": "reading-share", "made_from": {}}'}, "sweep of reading-share"),
        ({"thesis.doc": "mine"}, "is not empty and holds no sweep"),
    ],
)
def test_a_folder_of_something_else_is_refused(swept, tmp_path, holds, message):
    """Nothing is written into it."""
    for name, text in holds.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = bytes_of(tmp_path)
    with pytest.raises(SettingError, match=message):
        sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path)

    assert bytes_of(tmp_path) == before


@pytest.fixture
def notebook(tmp_path, monkeypatch) -> Path:
    """A notebook that need not run: what it would write, by a stand-in for the runner."""
    head = "# A\n\n**Reads:** `data/raw/*`\n\n**Writes:** `results/tables/at-{site}`"
    cells = [
        new_markdown_cell(head),
        new_code_cell("site = 'a'\nlevel = 0.5", metadata={"tags": ["parameters"]}),
    ]
    path = tmp_path / "01-test.ipynb"
    nbformat.write(new_notebook(cells=cells), path)

    def run(asked: Run, results: Path) -> None:
        site = asked.given["site"]
        copy = results / "failed/01-test.ipynb"
        for target in (copy, results / f"tables/at-{site}.csv", results / "a.seconds"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(",site,n\n0,own,1\n", encoding="utf-8")
        if site == "bad":
            raise execution.RunError(f"stopped in cell 2\nthe partly executed copy is {copy}")

    monkeypatch.setattr(execution, "run_notebook", run)
    monkeypatch.setattr(sweeps, "find_state", lambda _what: {})
    return path


def test_a_run_that_fails_is_named_and_the_others_are_made(notebook, tmp_path):
    """The table says why; the next call tries it again."""
    grid = write_grid(tmp_path, "site\na\nbad\n", "csv")
    found = sweeps.run_sweep(notebook, grid, tmp_path / "out")
    (name, message), *others = found.failed.items()
    again = sweeps.run_sweep(notebook, grid, tmp_path / "out")

    assert not others
    assert message.endswith(f"the partly executed copy is failed/{name}/01-test.ipynb")
    assert (tmp_path / "out/failed" / name / "01-test.ipynb").exists()
    assert pd.read_csv(tmp_path / "out/runs.csv").status.tolist() == ["made", "failed"]
    assert (again.before, list(again.failed)) == (1, [name])


def test_a_tables_own_column_keeps_its_name(notebook, tmp_path):
    """The parameter of that name is written beside it, and a row without a name gets one."""
    grid = write_grid(tmp_path, "parameters: {site: [a, b], level: [0.9]}")
    out = tmp_path / "out"
    sweeps.run_sweep(notebook, grid, out)

    text = (out / "tables/at.csv").read_text(encoding="utf-8")
    assert text == "given_site,level,row,site,n\na,0.9,0,own,1\nb,0.9,0,own,1\n"
    assert not list(out.rglob("*.seconds"))


def test_a_grid_crosses_single_weights(notebook, tmp_path):
    """A key of a table is a parameter: a column for each weight, and a folder named by it."""
    change(notebook, "level = 0.5", "level = 0.5\\nweights = {'trust': 1, 'money': 1}")
    grid = write_grid(tmp_path, "parameters: {site: [a], weights.money: [1, 3]}")
    sweeps.run_sweep(notebook, grid, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/tables/at.csv")
    folders = sorted(path.name for path in (tmp_path / "out/runs").iterdir())

    assert table[["weights.trust", "weights.money"]].to_numpy().tolist() == [[1, 1], [1, 3]]
    assert [name.rpartition("-")[0] for name in folders] == ["a", "a-weights.money-3"]
    wrong = write_grid(tmp_path, "site,weights.mony\na,2\n", "csv")
    with pytest.raises(SettingError, match="weights: found mony; allowed: trust, money"):
        sweeps.run_sweep(notebook, wrong, tmp_path / "out")


def test_a_figure_shows_what_moves_along_the_grid(swept):
    """The share of each case over what was crossed; repeats are no series."""
    drawn = pd.read_csv(swept / "out/figures/outcomes.csv")

    assert set(drawn.along) == {"contested"}
    assert drawn["at"].unique().tolist() == [0.1, 0.3]
    assert drawn.series.isna().all()
    assert 1 <= drawn.outcome.nunique() <= 9
    svg = (swept / "out/figures/outcomes.svg").read_text(encoding="utf-8")
    assert "<title>Outcomes over contested</title>" in svg


def test_words_over_a_grid_are_not_drawn():
    """Only numbers are, along the parameter of most values; the others tell series apart."""
    table = pd.DataFrame(
        {"outcome": ["B", "B", "B", "B", "side"], "value": ["0.5", "+1", "2", "3", "left"],
         "n": ["1", "2", "3", "1", "1"], "way": ["x", "x", "x", "y", "x"], "seed": list("12345")}
    )  # fmt: skip
    drawn = sweeps.choose_outcomes(table, ["n", "way", "seed"])

    assert drawn.value.tolist() == [0.5, 1, 2, 3]
    assert drawn[["along", "at", "series"]].to_numpy().tolist() == [
        *(["n", "1", "x"], ["n", "2", "x"], ["n", "3", "x"], ["n", "1", "y"]),
    ]


def test_a_worker_with_another_project_is_refused():
    """A run made from other files would not be the same run."""
    with pytest.raises(SettingError, match=r"another version of requirements\.lock"):
        sweeps.run_chunk("balance-share", [], {"requirements.lock": "0"})


@pytest.mark.parametrize(
    ("address", "why"),
    [("tcp://127.0.0.1:9", "Timed out"), ("here", "missing port number in address 'here'")],
)
def test_a_scheduler_that_is_not_there_is_said_at_once(swept, tmp_path, monkeypatch, address, why):
    """One line with the address and the reason; what had been made stays."""
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    with pytest.raises(SettingError) as caught:
        sweeps.run_sweep("balance-share", swept / "grid.yaml", tmp_path / "out", dask=address)

    assert str(caught.value).startswith(f"no Dask scheduler answers at {address} ({why}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("status", "why"), [("closed", "is gone"), ("running", "does nothing")])
def test_a_cluster_that_stops_working_ends_the_wait(monkeypatch, status, why):
    """A task that nobody will make is not waited for."""

    class Idle:
        """A client of a cluster that has no task at work."""

        def __init__(self) -> None:
            self.status = status

        def submit(self, *_: object, pure: bool) -> Future:
            assert not pure
            return Future()

        def processing(self) -> dict:
            return {"tcp://127.0.0.1:1": ()}

    monkeypatch.setattr(workers, "_LOOK", 0.01)
    monkeypatch.setattr(workers, "_IDLE", 0.05)
    with pytest.raises(workers.ClusterError, match=f"the cluster at here {why}"):
        list(workers._spread_over(Idle(), "here", pow, [(2, 3)]))


def test_a_run_that_kills_its_workers_is_said(cluster):
    """Dask gives up after some workers; the sweep says why in a line."""
    with (
        pytest.raises(workers.ClusterError, match="a run kills its workers"),
        workers.open_workers(1, cluster.scheduler_address) as spread,
    ):
        list(spread(os._exit, [(1,)]))


def test_a_worker_process_that_dies_is_said():
    """Not the name of a class in a library."""
    with (
        pytest.raises(workers.ClusterError, match="a worker was killed"),
        workers.open_workers(2) as spread,
    ):
        list(spread(os._exit, [(1,), (1,)]))
