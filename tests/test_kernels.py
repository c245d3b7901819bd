"""A kernel of our own: the same bytes whatever the machine has lying about, forked or not."""

import json
import os
import sys
import tempfile

import nbformat
import papermill
import pytest
from small import write_notebook

from compendium.runs import execution, kernels

# What a machine could change: the interpreter, what ran before the first cell, how things are
# drawn, shown and sorted, and what is loaded.
BODY = """import locale, os, sys, time
import matplotlib as mpl, matplotlib.pyplot as plt, pandas as pd
print(sys.executable, sys.flags.optimize, "surprise" in globals())
print(mpl.get_backend(), mpl.matplotlib_fname(), mpl.rcParams["axes.facecolor"], time.tzname)
print(locale.setlocale(locale.LC_ALL), sys.stdout.encoding, os.environ["OPENBLAS_NUM_THREADS"])
print(sorted(name for name in sys.modules if name.startswith("compendium")), os.listdir())
_, ax = plt.subplots(figsize=(1, 1))
ax.plot([1, 2])
pd.DataFrame([[1.5] * 15], columns=[f"column {n}" for n in range(15)])"""


def execute(folder):
    """That notebook, run in a kernel of our own; the same text for the same machine."""
    source = write_notebook(folder, BODY)
    with kernels.run_folder() as home:
        (home / "work").mkdir()
        notebook = papermill.execute_notebook(
            source,
            None,
            resources={"metadata": {"path": str(home / "work")}},
            progress_bar=False,
            kernel_name="python3",
            **kernels.settings(home),
        )
    return nbformat.writes(execution.make_canonical(notebook))


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The run on a machine with nothing about."""
    return execute(tmp_path_factory.mktemp("usual"))


def test_a_run_has_this_interpreter_and_shows_what_a_notebook_shows(usual):
    """Nothing ran before, no module of ours is loaded, the figure is inline and the table whole."""
    assert f"{sys.executable} 0 False" in usual
    assert "[] []" in usual
    assert "image/png" in usual
    assert "column 14" in usual
    assert "C.UTF-8" in usual


def _lay_out(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


FOREIGN = {
    "argv": ["/no/such/python", "-f", "{connection_file}"],
    "display_name": "p",
    "language": "python",
}
MACHINE = {
    "JUPYTER_PATH": "{}",
    "HOME": "{}",
    "IPYTHONDIR": "{}/.ipython",
    "XDG_CONFIG_HOME": "{}/.config",
    "PYTHONSTARTUP": "{}/.ipython/profile_default/startup/a.py",
    "PYTHONOPTIMIZE": "2",
    "MPLBACKEND": "TkAgg",
    "MATPLOTLIBRC": "{}/.config/matplotlib",
    "LANG": "C",
    "LC_ALL": "C",
    "TZ": "Asia/Tokyo",
    "COLUMNS": "20",
    "TMPDIR": "{}/" + "long" * 25,
}


@pytest.mark.parametrize("forks", [kernels.FORKS, False], ids=["forked", "not forked"])
def test_another_machine_gives_the_same_bytes(forks, usual, tmp_path, monkeypatch):
    """A foreign kernelspec, startup files, settings, a locale, a temporary folder far down."""
    surprise = "surprise = 1\nprint('surprise')"
    _lay_out(
        tmp_path,
        {
            "kernels/python3/kernel.json": json.dumps(FOREIGN),
            ".ipython/profile_default/startup/a.py": surprise,
            ".ipython/profile_default/ipython_config.py": "c.InlineBackend.rc = {'font.size': 1}",
            ".config/matplotlib/matplotlibrc": "axes.facecolor: red",
            "long" * 25 + "/README": "a socket's path has room for 107 characters",
        },
    )
    for name, value in MACHINE.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # where it is, is asked once
    monkeypatch.setattr(kernels, "FORKS", forks)
    kernels.end()

    assert execute(tmp_path) == usual
    kernels.end()


def test_a_kernel_that_is_not_forked_gives_the_same_bytes(usual, tmp_path, monkeypatch):
    """As on a system that cannot fork, where each kernel imports for itself."""
    monkeypatch.setattr(kernels, "FORKS", False)

    assert execute(tmp_path) == usual


@pytest.mark.skipif(not kernels.FORKS, reason="no server without a fork")
def test_a_server_that_ends_takes_kernels_and_folders_along():
    """No process and no folder is left."""
    with kernels.run_folder() as folder:
        kernel = kernels._find_server().fork(["-f", str(folder / "kernel.json")], str(folder))
        assert kernel.poll() is None
        kernels.end()
        assert kernel.poll() == 1
        assert not folder.parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(kernel.pid, 0)
