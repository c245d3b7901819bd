"""What a notebook declares, and the parameters it is run with."""

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from small import write, write_notebook

from compendium import paths, settings
from compendium.errors import DataError, SettingError
from compendium.models.balance import offer
from compendium.runs import execution, notebooks
from compendium.runs.notebooks import Run

LIMITS = """
[parameters]
level = { above = 0, below = 1 }
flips = { minimum = 0, maximum = 1 }
first = { minimum = 1995, maximum = "last" }
kind = { allowed = ["a", "b"] }
"""


@pytest.fixture
def no_kernel(monkeypatch):
    """Fails the test if a kernel is about to start."""
    monkeypatch.setattr(
        execution.papermill, "execute_notebook", lambda *_, **__: pytest.fail("a kernel starts")
    )


@pytest.mark.parametrize(
    ("parameters", "given", "message"),
    [
        ("x = 1", {"y": 2}, "y: no such parameter"),
        ("x = 1", {"x": "two"}, "x: found 'two', str; allowed: int"),
        ("x = 1.0", {"x": True}, "x: found True, bool; allowed: float"),
        ("x: str", {}, "x: not given, and the notebook has no default"),
        ("x = 1\ny = 2", {"z": 0, "y": "a"}, "it declares x (int), y (int)"),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_parameters_that_do_not_fit_are_refused(tmp_path, parameters, given, message):
    """Unknown, wrongly typed or missing: refused before a kernel starts, naming what there is."""
    source = write_notebook(tmp_path, "x", parameters)

    with pytest.raises(SettingError) as caught:
        execution.run_notebook(Run(source, given), tmp_path / "results")
    assert message in str(caught.value)
    assert not (tmp_path / "results").exists()


def test_a_whole_number_is_a_number(tmp_path):
    """2 will do where 1.0 is the default."""
    source = write_notebook(tmp_path, "x", "x = 1.0")

    Run(source, {"x": 2}).check()


@pytest.mark.parametrize("line", ["x = y = 1", "x = len('a')", "print(1)", "x, y = 1, 2"])
def test_a_parameters_cell_holds_plain_assignments(tmp_path, line):
    """Anything else is refused with its line."""
    source = write_notebook(tmp_path, "x", line)

    with pytest.raises(SettingError, match="parameters cell, line 1"):
        notebooks.read_declaration(source)


def test_threads_may_parse_at_once():
    """Python 3.11 mixes up their depths when rubbish is taken out meanwhile."""

    class Rubbish:
        def __init__(self):
            self.itself = self

        def __del__(self):
            sum(range(50))

    def go_down(steps, found):
        if steps:
            return go_down(steps - 1, found)
        for _ in range(40):
            Rubbish()
            found.append(notebooks.parse_code(code))
        return found

    code = (paths.PACKAGE / "paths.py").read_text(encoding="utf-8")
    before = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(200)
    try:
        with ThreadPoolExecutor(6) as threads:
            running = [threads.submit(go_down, 7 * n, []) for n in range(6)]
            parsed = [len(thread.result()) for thread in running]
    finally:
        sys.setswitchinterval(before[0])
        gc.set_threshold(*before[1])

    assert parsed == [40] * 6


@pytest.fixture
def limited(tmp_path, monkeypatch):
    """A notebook of a study that says what four of its parameters may be."""
    write(tmp_path / "study.toml", LIMITS)
    monkeypatch.setattr(paths, "STUDY", tmp_path)
    cell = 'level = 0.9\nflips = {"sure": 0.1}\nfirst = 1998\nlast = 1999\nkind = "a"'
    return write_notebook(tmp_path, "level", cell)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"level": 95}, "level: found 95; allowed: above 0 and below 1"),
        ({"level": float("nan")}, "level: found nan; allowed: above 0 and below 1"),
        ({"flips": {"sure": 2}}, "flips, sure: found 2; allowed: 0 or more and 1 or less"),
        ({"flips": {"sure": "x"}}, "flips, sure: found 'x'; allowed: 0 or more and 1 or less"),
        ({"first": 2010}, "first: found 2010; allowed: 1995 or more and 1999 (last) or less"),
        ({"first": 2001, "last": 2000}, "first: found 2001; allowed: 1995 or more and 2000 (last)"),
        ({"last": 1990}, "first: found 1998; allowed: 1995 or more and 1990 (last) or less"),
        ({"kind": "c"}, "kind: found 'c'; allowed: a, b"),
    ],
)
@pytest.mark.usefixtures("no_kernel")
def test_a_parameter_is_held_to_what_the_study_allows(limited, tmp_path, given, message):
    """A number, each number of a table, a bound that is another parameter, a list of words."""
    with pytest.raises(SettingError) as caught:
        execution.run_notebook(Run(limited, given), tmp_path / "results")

    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


def test_all_that_is_wrong_with_parameters_is_said_at_once(limited):
    """Unknown, of the wrong type, out of range."""
    with pytest.raises(SettingError) as caught:
        Run(limited, {"levl": 1, "last": "2000", "kind": "c", "level": 1}).check()

    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "levl", "level", "last", "kind",
    ]  # fmt: skip


def test_what_lies_within_its_limits_runs(limited):
    """The bounds that are not excluded are allowed."""
    given = {"level": 0.001, "flips": {"sure": 1}, "first": 1995, "last": 1995, "kind": "b"}

    Run(limited, given).check()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("12", {"level": 95}),
        ("10", {"cut": -1}),
        ("10", {"cut": 5}),
        ("07", {"n_draws": 0}),
        ("05", {"n_draws": -5}),
        ("03", {"first_busy_year": 2010}),
        ("06", {"structure": "M2"}),
        ("20", {"n_shuffles": 0}),
        ("08", {"seed": -1}),
    ],
)
def test_this_study_says_what_its_parameters_may_be(name, given):
    """Each of these gave a raw error, or nonsense without one."""
    with pytest.raises(SettingError, match=r"found .*; allowed: "):
        Run(notebooks.find_notebook(name), given).check()


def test_every_number_a_notebook_takes_has_limits():
    """By itself, in a list or in a table; and the structures are those there are."""
    study = settings.read_study()
    limits = study.parameters
    taken = {}
    for source in paths.NOTEBOOKS.glob("[0-9]*.ipynb"):
        taken |= notebooks.read_declaration(source).defaults
    numbers = {
        name
        for name, value in taken.items()
        for part in (
            value.values() if type(value) is dict else value if type(value) is list else [value]
        )
        if type(part) in (int, float)
    }

    assert numbers <= limits.keys()
    assert limits.keys() <= taken.keys()
    assert limits["structure"]["allowed"] == list(offer(study.factors, study.roles))


def test_no_two_runs_have_one_name():
    """Names of parameters stand in it, and a sign counts; those of a case are as they were."""
    source = Path("03-trace.ipynb")
    given = [
        *({"first": 1999}, {"last": 1999}, {"first": -1}, {"first": 1}, {"first": "1"}),
        *({"site": "A b", "first": 1}, {"site": "A-b", "first": 1}),
    ]

    assert len({Run(source, each).name for each in given}) == len(given)
    assert Run(source, {"first": 1999}).name.startswith("03-trace--first-1999-")
    both = {"b": 1, "a": 2}
    assert Run(source, both).name == Run(source, {"a": 2, "b": 1}).name
    case = {"site": "A", "actor": "Town Council", "state": "before"}
    assert Run(source, case).name == "03-trace--a-town-council-before"


@pytest.mark.parametrize("text", ["", '{"cells": [', "{}", "[]", '{"cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    """Cut off in the middle, empty, or something else."""
    write(tmp_path / "03-cut.ipynb", text)

    with pytest.raises(DataError, match=r"03-cut\.ipynb is no notebook"):
        notebooks.read_declaration(tmp_path / "03-cut.ipynb")


def test_code_that_is_no_python_is_named(tmp_path):
    """The notebook and the line."""
    source = write_notebook(tmp_path, "x = (1\ny")

    with pytest.raises(DataError, match=r"01-test\.ipynb, cell 3 cannot be read: .*'x = \(1'"):
        notebooks.find_sources(source)


def test_a_declaration_is_read_again_when_the_file_has_changed(tmp_path):
    """Once for each state, not once for all."""
    first = notebooks.read_declaration(write_notebook(tmp_path, "x"))
    again = notebooks.read_declaration(tmp_path / "01-test.ipynb")
    other = notebooks.read_declaration(write_notebook(tmp_path, "x", "x = 1\ny = 22"))

    assert again is first
    assert list(other.defaults) == ["x", "y"]
