"""The command: each verb, and how it fails."""

import json
import os

import pytest
from conftest import audit_print, change, keep_checks
from typer.testing import CliRunner

from compendium import paths
from compendium.cli import app
from compendium.printed import tables as raw
from compendium.printed.vocabulary import EVIDENCE
from compendium.runs import graph, notebooks, outputs

runner = CliRunner()


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A project whose notebooks have run: verdicts and findings are in place, nothing is built."""
    audited = audit_print()
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(paths, "PROCESSED", tmp_path / "processed")
    keep_checks(paths.RESULTS)
    paths.PROCESSED.mkdir()
    audited.verdicts.to_csv(paths.RESULTS / "verdicts.csv", index=False)
    audited.findings.to_csv(paths.PROCESSED / "findings.csv", index=False)
    monkeypatch.setattr(graph, "build", lambda *_, **__: [])


@pytest.mark.usefixtures("built")
def test_verify_prints_counts_by_evidence():
    """A line for each kind of evidence, and the word on inputs."""
    result = runner.invoke(app.app, ["verify"])

    assert result.exit_code == 0
    assert all(kind in result.output for kind in EVIDENCE)
    assert "not counted as reproduced" in result.output


@pytest.mark.usefixtures("built")
def test_verify_as_json_is_json():
    """Counts per role and verdict, and the discrepancies, and nothing else."""
    answer = json.loads(runner.invoke(app.app, ["verify", "--json"]).stdout)

    assert answer["roles"]["input"]["exact"] == 0
    assert answer["values"] == sum(answer["verdicts"].values())
    assert len(answer["discrepancies"]) == len(raw.read_table("discrepancies"))
    assert answer["register"] == {"new": [], "vanished": [], "changed": []}


@pytest.mark.usefixtures("built")
def test_where_no_file_was_touched_no_run_is_asked(monkeypatch):
    """After a run that came to its end; until somebody touches what it made."""
    assert runner.invoke(app.app, ["verify"]).exit_code == 0
    asked = []
    monkeypatch.setattr(graph, "build", lambda *_, **__: asked.append(1) or [])
    verified = runner.invoke(app.app, ["verify"])

    assert (verified.exit_code, "printed values" in verified.output, asked) == (0, True, [])
    os.utime(paths.RESULTS / "verdicts.csv", (1, 1))
    assert runner.invoke(app.app, ["verify"]).exit_code == 0
    assert asked == [1]


@pytest.mark.usefixtures("built")
def test_a_study_whose_notebooks_gather_no_verdicts_is_told_how():
    """One sentence, and no traceback of a file that is not there."""
    (paths.RESULTS / "verdicts.csv").unlink()
    result = runner.invoke(app.app, ["reproduce"])

    assert result.exit_code == 1
    assert "one must call outputs.gather_verdicts" in " ".join(result.stderr.split())


@pytest.mark.usefixtures("built")
def test_a_discrepancy_that_is_not_registered_fails_the_run():
    """The audit's findings and the register must be the same set."""
    findings = outputs.read_processed("findings")
    findings.iloc[1:].to_csv(paths.PROCESSED / "findings.csv", index=False)
    result = runner.invoke(app.app, ["reproduce"])

    assert result.exit_code == 1
    assert "vanished discrepancy" in result.stderr


def test_bad_raw_data_stops_before_anything_runs(raw_copy, monkeypatch):
    """One message with the file, the row and the column; exit status 1; no traceback."""
    monkeypatch.setattr(graph, "build", lambda *_, **__: pytest.fail("something runs"))
    change(raw_copy / "elston2005/table-3.4.csv", ",246,", ",24O,")
    result = runner.invoke(app.app, ["reproduce"])

    assert result.exit_code == 1
    assert "table-3.4.csv row 6, column circulars: found '24O'" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_failed_notebook_fails_the_run(monkeypatch):
    """Its message is printed and the exit status is 1."""
    monkeypatch.setattr(graph, "build", lambda *_, **__: ["04.ipynb stopped in cell 7 (In [5])"])
    result = runner.invoke(app.app, ["reproduce", "--fresh"])

    assert result.exit_code == 1
    assert "stopped in cell 7 (In [5])" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["06", "-p", "sites=Dalesville"], "sites: no such parameter"),
        (["06", "-p", "weights=3"], "weights: found 3, int; allowed: dict"),
        (["12", "-p", "level=high"], "level: found 'high', str; allowed: float"),
        (["12", "-p", "level"], "found parameter 'level'; allowed: name=value"),
        (["99"], "found no one notebook called '99'; allowed: 01-audit-sources"),
    ],
)
def test_a_run_that_cannot_be_is_refused(arguments, message):
    """Refused with what the notebook declares, or with the notebooks there are."""
    result = runner.invoke(app.app, ["run", *arguments])

    assert result.exit_code == 1
    assert message in result.stderr


def test_text_stays_text_where_the_notebook_wants_text():
    """A site called 5 is not the number 5."""
    source = notebooks.find_notebook("06")
    given = app.read_parameters(source, ["site=5", "weights={'resources': 3}"])

    assert given == {"site": "5", "weights": {"resources": 3}}


def test_audit_says_what_it_finds_and_what_it_would_need():
    """Findings by rule; without the texts, the names of the texts."""
    result = runner.invoke(app.app, ["audit"])

    assert result.exit_code == 0
    assert f"{len(raw.read_table('discrepancies'))} findings" in result.output
    assert "give the sources as --text FILE" in result.output


def test_audit_fails_where_the_values_do_not_stand(tmp_path):
    """A text that holds none of the values is not the text."""
    path = tmp_path / "text.txt"
    path.write_text("nothing", encoding="utf-8")
    result = runner.invoke(app.app, ["audit", "--text", f"mannion2011={path}"])

    assert result.exit_code == 1
    assert "; 0 stand at their lines" in " ".join(result.output.split())


def test_a_second_coder_gets_a_pack_and_no_codes(tmp_path):
    """The folder says where to start; a second call will not write over it."""
    folder = tmp_path / "pack"
    result = runner.invoke(app.app, ["second-coder", str(folder), "--units", "5"])
    again = runner.invoke(app.app, ["second-coder", str(folder)])

    assert result.exit_code == 0
    assert "start with README.md" in result.output
    assert (folder / "evidence-to-code.csv").exists()
    assert again.exit_code == 1
    assert "error" in again.output


def test_a_pack_that_is_not_filled_in_has_no_coefficient(tmp_path):
    """Each variable says why it has none: no number takes its place."""
    folder = tmp_path / "pack"
    runner.invoke(app.app, ["second-coder", str(folder), "--units", "5"])
    (folder / "coder.csv").write_text("kind,who,date,saw_another\nhuman,B,,no\n", encoding="utf-8")
    result = runner.invoke(app.app, ["second-coder", str(folder), "--return"])

    assert result.exit_code == 0
    assert result.output.count("undefined: found no unit with two codes") == 23
    assert "nan" not in result.output.lower()
