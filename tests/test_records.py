"""What runs leave behind, and whether it is still true."""

import json

import pytest
from small import make_project, write

from compendium import paths
from compendium.errors import DataError
from compendium.runs import records


def test_notes_are_kept_only_in_a_run(tmp_path, monkeypatch):
    """Without a log nothing is written; with one, a line for each thing done."""
    monkeypatch.chdir(tmp_path)
    paths.note("judged", {"a": ["b"]})
    assert not (tmp_path / paths.RUN_LOG).exists()

    (tmp_path / paths.RUN_LOG).touch()
    paths.note_read(paths.LOCK, how="table")
    paths.output("results/tables/t.csv")
    assert [sorted(line) for line in records.read_log(tmp_path)] == [
        ["cell", "how", "read"],
        ["cell", "wrote"],
    ]


def test_a_record_holds_each_reading_once_and_the_checksums(tmp_path):
    """The same cell may read a table in a loop; what the run made is hashed."""
    write(tmp_path / "results/t.csv", "abc")
    (tmp_path / paths.RUN_LOG).touch()
    name = paths.LOCK.relative_to(paths.ROOT).as_posix()
    read = {"cell": 2, "read": name, "how": "table"}
    log = [read, read, {"cell": 3, "wrote": "results/t.csv"}, {"cell": 4, "judged": {"a": ["b"]}}]
    log += [{"cell": 5, "answered": "n", "value": "2"}]
    record = records.make_record({"run": "r"}, log, [], tmp_path)

    assert record["read"] == [{"cell": 2, "file": name, "how": "table"}]
    assert record["wrote"] == [{"cell": 3, "file": "results/t.csv"}]
    assert record["judged"] == [{"cell": 4, "values": {"a": ["b"]}}]
    assert record["answered"] == [{"cell": 5, "name": "n", "value": "2"}]
    # SHA-256 of "abc": FIPS 180-2, appendix B.1.
    assert record["made"]["results/t.csv"].startswith("ba7816bf8f01cfea414140de5dae2223")
    assert list(record["made_from"]) == [name]


def test_of_a_table_read_in_part_the_other_columns_may_change(tmp_path, monkeypatch):
    """The record names the columns and is of them alone; the whole counts where it was read too."""
    monkeypatch.setattr(paths, "STUDY", tmp_path)
    name, path = "data/raw/t.csv", tmp_path / "data/raw/t.csv"
    write(path, "a,b,note\n1,2,x\n")
    log = [{"cell": 2, "read": name, "how": "table", "columns": [one]} for one in "ba"]
    part = records.make_record({}, log, [], tmp_path)["made_from"]
    whole = records.make_record({}, [*log, {"cell": 3, "read": name, "how": "table"}], [], tmp_path)
    assert part[name].endswith(" of a, b")
    assert records.find_changed(part, whole["made_from"]) == []

    write(path, "note,a,b\nsaid otherwise,1,2\n")
    assert records.find_changed(part) == []
    assert records.find_changed(part, whole["made_from"]) == [name]
    for text in ("a,b,note\n1,3,x\n", "a,note\n1,x\n", "a,b,note\n1,2,x\n1,2,x\n"):
        write(path, text)
        assert records.find_changed(part) == [name], text


def test_records_are_read_in_order_with_their_seconds(tmp_path, monkeypatch):
    """Two runs, sorted by name, 2.5 s each."""
    make_project(tmp_path, monkeypatch)

    assert [record["run"] for record in records.read_records()] == ["01-audit", "02-draw"]
    assert records.read_seconds("02-draw") == 2.5
    with pytest.raises(DataError, match=r"03\.seconds: found no such file"):
        records.read_seconds("03")


def test_results_nobody_touched_are_current(tmp_path, monkeypatch):
    """Nothing to refuse."""
    make_project(tmp_path, monkeypatch)

    records.check_current(records.read_records())


@pytest.mark.parametrize("name", ["results/figures/table-1.csv", "results/verdicts.csv"])
def test_a_result_changed_by_hand_is_refused(tmp_path, monkeypatch, name):
    """A verdict that no run gave is none."""
    project = make_project(tmp_path, monkeypatch)
    write(project / name, "changed")

    with pytest.raises(DataError, match=f"not what the run wrote: {name}; run"):
        records.check_current(records.read_records())


def test_many_changes_are_counted_not_listed(tmp_path, monkeypatch):
    """Three names, then how many more."""
    make_project(tmp_path, monkeypatch)
    made_from = {f"data/raw/{n}.csv": "0" for n in range(5)}
    (record, other) = records.read_records()

    with pytest.raises(DataError, match=r"0\.csv, data/raw/1\.csv, data/raw/2\.csv and 2 more"):
        records.check_sources([record | {"made_from": made_from}, other])


def test_a_record_is_plain_json(tmp_path, monkeypatch):
    """Anybody's program can read it."""
    make_project(tmp_path, monkeypatch)
    text = (paths.RESULTS / "records/01-audit.json").read_text(encoding="utf-8")

    assert json.loads(text) == records.read_records()[0]


def test_the_answers_are_those_of_the_records_and_no_others(tmp_path, monkeypatch):
    """Sorted by run, then as said; a row that no record holds is gone; other checks go on."""
    project = make_project(tmp_path, monkeypatch)
    write(project / "results/answers.csv", "run,name,value\ngone,old,1\n")
    answered = {"02-draw": [("b", "x, y"), ("a", "2")], "01-audit": [("n", "1")]}
    for run, said in answered.items():
        path = project / f"results/records/{run}.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        record["answered"] = [{"cell": 3, "name": name, "value": value} for name, value in said]
        write(path, json.dumps(record))
    records.write_answers()

    text = (project / "results/answers.csv").read_text(encoding="utf-8")
    assert text == 'run,name,value\n01-audit,n,1\n02-draw,b,"x, y"\n02-draw,a,2\n'
    assert [path.name for path in (project / "results").glob("*.part")] == []
    records.check_current(records.read_records())
