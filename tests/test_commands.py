"""Every command that the README and the guide show is run here, as it stands there.

Only what takes minutes is put in place of: the notebooks of a whole reproduction (which the main
job runs) and the second environment of `verify --latest`.
"""

import json
import re
import shlex
import shutil
from collections import defaultdict

import pandas as pd
import pytest
from certifiable import make_certifiable
from conftest import audit_print, keep_checks
from typer.testing import CliRunner

from compendium import paths
from compendium.cli import app
from compendium.printed import audit, tables
from compendium.printed.vocabulary import UNCHECKED
from compendium.review import latest
from compendium.runs import graph, records

README = "".join(
    (paths.ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/guide.md")
)
COMMANDS = sorted(
    {found.strip() for found in re.findall(r"\.venv/bin/compendium ([^`\n#]+)", README)}
)
# What a command says when it did what the README says it does.
SAYS = {
    "reproduce": "3127 printed values",
    "verify": "3127 printed values",
    "verify --json": '"values": 3127',
    "verify --latest": "0 failed",
    "run": "done: ",
    "compare": "second  14-place-cultures--usw",
    "register": "0 new",
    "rules": "percentage",
    "trace": "verdict    rounds",
    "perturb": "all three and their cells",
    "certify": "compendium 0.1.0, commit",
    "audit": "198 findings",
    "audit --text": "stand at their lines",
    "audit --second": "agrees",
    "new-study": "start with README.md",
    "reproduce --study": "study: ",
    "export": "found no ",
    "cite": "@",
    "sweep": "12 of 12 runs",
    "seminar": "students start with README.md",
    "seminar mark": "score: ",
    "seminar pack --sessions": "print handouts",
    "second-entry": "fill in the column printed",
    "coding": "two language models, no human agreement",
    "second-coder": "start with README.md",
    "second-coder --return": "allowed: one, on who coded",
}
# What a command needs to have been done before.
BEFORE = {
    "--return": [["second-coder", "OUT"]],
    "seminar mark": [["seminar", "plant", "OUT"]],
}


def file_records(folder):
    """The records a whole reproduction leaves, as far as the audit alone can give them."""
    ledger, cells, _, _ = audit_print()
    by_id = {
        row.value_id: audit.Cell(row.value_id, row.text, row.unit) for row in cells.itertuples()
    }
    owner = tables.read_table("items").set_index("item_id").notebook
    judged = defaultdict(dict)
    for row in ledger.itertuples():
        rules = "" if row.rule in UNCHECKED else row.rule
        value = audit.Cell(row.value_id, row.printed, row.unit)
        checks = audit.check_value(value, rules, by_id) if rules else []
        rests_on = [name for check in checks for name in check.operands]
        judged[owner[row.item_id]][row.value_id] = rests_on
    for run in graph.plan_runs():
        log = [{"cell": 3, "judged": judged.pop(run.source.stem, {})}]
        record = records.make_record(run.about, log, [run.source], folder / "nothing")
        path = folder / "records" / f"{run.name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(record), encoding="utf-8")
        path.with_suffix(".seconds").write_text("1.00\n", encoding="utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The results of a reproduction, made by the audit instead of by notebooks."""
    results = tmp_path_factory.mktemp("finished") / "results"
    processed = results.parent / "processed"
    keep_checks(results)  # the raw data was checked once
    processed.mkdir()
    audited = audit_print()
    audited.verdicts.to_csv(results / "verdicts.csv", index=False)
    audited.findings.to_csv(processed / "findings.csv", index=False)
    audited.cells.to_csv(processed / "cells.csv", index=False)
    file_records(results)
    return results


@pytest.fixture
def standing(finished, tmp_path, monkeypatch, request):
    """The project with these results, nothing to build, and what the README calls by a capital.

    A certificate needs a clean checkout, and an export figures: a small project that has both
    stands in for this one. A sweep writes into its own folder only.
    """
    verb = request.node.callspec.params["command"].split()[0]
    if verb in ("certify", "export"):
        make_certifiable(tmp_path / "project", monkeypatch)
        return {"OUT": str(tmp_path / "out")}
    if verb == "sweep":
        return {"OUT": str(tmp_path / "out")}
    shutil.copytree(finished.parent, tmp_path / "project")
    monkeypatch.setattr(paths, "RESULTS", tmp_path / "project/results")
    monkeypatch.setattr(paths, "PROCESSED", tmp_path / "project/processed")
    monkeypatch.setattr(graph, "build", lambda *_, **__: [])
    # Run for real in test_studies.
    monkeypatch.setattr(paths, "work_on", lambda _: None)
    empty = pd.DataFrame(columns=latest.MOVE)
    versions = pd.DataFrame(columns=latest.VERSIONS)
    monkeypatch.setattr(
        latest, "measure_drift", lambda *_: latest.Drift(versions, [], empty, empty)
    )
    (tmp_path / "text.txt").write_text("nothing", encoding="utf-8")
    return {
        "FILE": f"mannion2011={tmp_path / 'text.txt'}",
        "DIR": "tests/data/second",
        "ITEM…": "elston2005/table-4.4",
        "OUT": str(tmp_path / "out"),
        "ANSWERS": str(tmp_path / "out/answers.csv"),
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_readme_does_what_it_says(command, standing):
    """It ends as it should and says the line that shows it did its work."""
    arguments = [standing.get(word, word) for word in shlex.split(command)]
    for before in BEFORE.get(" ".join(arguments[:2]), []) + BEFORE.get(arguments[-1], []):
        CliRunner().invoke(app.app, [standing.get(word, word) for word in before])
    result = CliRunner().invoke(app.app, arguments)

    flags = [word for word in arguments if word.startswith("--") or word in ("mark", "pack")]
    key = " ".join([arguments[0], *flags])
    assert SAYS.get(key, SAYS[arguments[0]]) in result.output + result.stderr
    assert not isinstance(result.exception, Exception), result.exception


def test_the_readme_shows_every_verb():
    """A command that nobody is told of helps nobody."""
    groups = (app.app, app.review, app.own, app.tables)
    known = [verb for group in groups for verb in group.registered_commands]
    verbs = {verb.name or verb.callback.__name__.replace("_", "-") for verb in known}

    # What brings in a table is run in the newcomer's hour.
    told = set(re.findall(r"`(?:make )?([a-z-]+)(?: --[a-z]+)?`", README))
    assert verbs <= {command.split()[0] for command in COMMANDS} | told
