"""A kernel of our own: the same bytes whatever the machine has lying about, forked or not."""

import asyncio
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import papermill
import pytest
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.session import Session
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


@pytest.mark.skipif(not kernels.FORKS, reason="no server without a fork")
def test_whoever_ends_waits_for_no_import(tmp_path):
    """What is refused before the first run, or told to stop, leaves the server to its imports."""
    (tmp_path / "seaborn.py").write_text("import time\ntime.sleep(600)\n")
    code = "from compendium.runs import kernels as k; k.warm(); print(k._server.folder)"
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip

    assert not Path(done.stdout.strip()).exists()


def test_no_reply_is_lost_to_what_is_sent_while_it_comes():
    """A widget's output is sent on the channel that waits: jupyter_client's own never wakes."""

    async def ask(channel: type[AsyncZMQSocketChannel]) -> str:
        context = zmq.asyncio.Context()
        kernel = zmq.Context.shadow(context.underlying).socket(zmq.ROUTER)
        port = kernel.bind_to_random_port("tcp://127.0.0.1")
        socket, session = context.socket(zmq.DEALER), Session()
        socket.connect(f"tcp://127.0.0.1:{port}")
        shell = channel(socket, session)
        shell.send(session.msg("execute_request"))
        who = kernel.recv_multipart()[0]
        waiting = asyncio.create_task(shell.get_msg())
        await asyncio.sleep(0.05)
        # The reply is there before the loop, which is held up here, hears of it.
        session.send(kernel, session.msg("execute_reply"), ident=who)
        select.select([socket.get(zmq.FD)], [], [], 10)
        time.sleep(0.2)
        shell.send(session.msg("comm_msg"))
        try:
            return (await asyncio.wait_for(waiting, 4 * kernels._AGAIN))["msg_type"]
        except TimeoutError:
            return "lost"
        finally:
            socket.close(linger=0)
            kernel.close(linger=0)
            context.term()

    assert asyncio.run(ask(kernels._Shell)) == "execute_reply"
    assert asyncio.run(ask(AsyncZMQSocketChannel)) == "lost"  # or ours is needed no more


def test_a_run_asks_by_that_channel(tmp_path):
    """Whatever client the runner names, as nbclient does."""
    manager = kernels.Manager(connection_file=str(tmp_path / "kernel.json"))
    manager.client_class = "jupyter_client.asynchronous.AsyncKernelClient"

    assert manager.client().shell_channel_class is kernels._Shell
