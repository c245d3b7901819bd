"""The RAP self-check: what the files do not show is not met."""

import pytest
from certifiable import git, make_certifiable
from small import write

from compendium.publish import checkout, forms
from compendium.runs import records

WHOLE = {
    "files": {"README.md", "pyproject.toml", "requirements.lock", "environment.yml"},
    "modules": 2,
    "notebooks": 1,
    "commits": 3,
    "reviewed": 3,
    "remotes": 0,
    "tags": 1,
    "commands": 2,
    "runs": 1,
    "made": 4,
    "told": 1,
    "guides": list(forms.GUIDES),
    "folders": list(forms.FOLDERS),
    "lint": "clean",
    "test_files": 1,
    "tests": 5,
    "services": [".ci/run"],
    "schedules": 0,
    "changes": 1,
    "functions": 7,
    "documented": 7,
    "in_notebooks": 0,
    "version": "1.0",
    "scripts": ["small"],
    "tables": 2,
    "keyed": 2,
}


def status(**changes):
    """The status of each criterion of a project that has everything but what is said."""
    checked = forms.check_levels(WHOLE | changes)
    return dict(zip(checked.criterion, checked.status))


def test_what_a_checkout_cannot_show_is_not_met():
    """Even the best checkout names no public, no service that runs its tests and no trigger."""
    found = {name: value for name, value in status().items() if value != "met"}

    assert found == {
        "The code is public and linked with the publication": "not met",
        "A service runs the tests at each change": "partly",
        "Runs start by themselves, on a schedule or on new data": "not met",
    }


@pytest.mark.parametrize(
    ("changes", "criterion", "expected"),
    [
        ({"reviewed": 0}, "A peer has reviewed the code", "not met"),
        ({"reviewed": 1}, "A peer has reviewed the code", "partly"),
        ({"remotes": 1}, "The code is public and linked with the publication", "partly"),
        ({"documented": 6}, "Guides for users and docstrings for functions", "partly"),
        ({"lint": "breaches"}, "An agreed style of code, kept", "partly"),
        ({"lint": "not installed"}, "An agreed style of code, kept", "partly"),
        ({"in_notebooks": 1}, "Functions that can be used again", "partly"),
        ({"tests": 0}, "Tests of the parts and against known results", "not met"),
        ({"told": 0}, "Runs leave a log", "not met"),
        ({"keyed": 1}, "Data is tidy, in and out", "partly"),
        ({"services": []}, "A service runs the tests at each change", "not met"),
        ({"tags": 0}, "Changes are announced, by version", "partly"),
    ],
)
def test_a_gap_shows_in_its_criterion(changes, criterion, expected):
    """One thing missing, one status less."""
    assert status(**changes)[criterion] == expected


def test_a_level_needs_all_of_its_criteria_and_those_below():
    """Without a public place there is no baseline, so neither silver, whatever else is met."""
    assert forms.find_reached(forms.check_levels(WHOLE)) == "none"


def test_every_level_is_asked_about():
    """Five, nine and four criteria, as the framework has them."""
    checked = forms.check_levels(WHOLE)

    assert checked.level.value_counts().to_dict() == {"baseline": 5, "silver": 9, "gold": 4}


def test_the_files_of_a_project_are_looked_at(tmp_path, monkeypatch):
    """Counted by hand: a module with one documented function of two, a reviewed commit of two."""
    root = make_certifiable(tmp_path, monkeypatch)
    write(root / "src/compendium/counts.py", 'def one():\n    """One."""\n\n\ndef two(): ...\n')
    write(root / "tests/test_counts.py", "\n\ndef test_one(): ...\n\n\ndef test_two(): ...\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=Count\n\nReviewed-by: B <b@example.org>")
    git(root, "remote", "add", "origin", "https://example.org/small.git")
    seen = forms.look(checkout.list_tracked(), records.read_records())

    assert (seen["functions"], seen["documented"]) == (2, 1)
    assert (seen["commits"], seen["reviewed"]) == (2, 1)
    assert (seen["tests"], seen["test_files"]) == (2, 1)
    assert (seen["remotes"], seen["tags"], seen["commands"]) == (1, 0, 1)
    assert (seen["runs"], seen["tables"], seen["keyed"]) == (2, 6, 6)


def test_a_remote_on_the_same_machine_is_nobody_elses(tmp_path, monkeypatch):
    """A clone of a folder is not published by that."""
    root = make_certifiable(tmp_path, monkeypatch)
    git(root, "remote", "add", "origin", "../elsewhere")

    assert forms.look(checkout.list_tracked(), [])["remotes"] == 0
