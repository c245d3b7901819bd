"""Kernels of our own: this interpreter, and nothing that lies about on the machine.

A kernel found by its name may be another Python; a profile, a startup file, a backend or a locale
of the user's would change what a run writes. Here a kernel is this interpreter in an environment
that is fixed, with an empty IPython folder and sockets whose path is short wherever temporary files
go. JupyterLab, opened by hand, stays as its user likes it.

Most of a short run is imports. On Linux one process, the *server*, imports what notebooks import,
and each kernel is forked from it; elsewhere, where a fork is not safe or there is none, each kernel
is a new process that walks through the same steps, so that the runs are the same bytes. The server
has a session of its own, out of reach of a terminal's Ctrl-C, and ends with its kernels and their
folders when the process that started it does, however that comes about.
"""

import asyncio
import atexit
import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Type
from traitlets.config import Config

from compendium import paths
from compendium.errors import StoppedError

# One thread in the linear algebra: its sums then come out in the same order everywhere.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
FORKS = sys.platform == "linux"
_WARM = (
    *("ipykernel.kernelapp", "jinja2", "markdown_it", "matplotlib.backends.backend_svg"),
    *("matplotlib.pyplot", "networkx", "pandas", "seaborn", "tabulate"),
    *("statsmodels.genmod.generalized_linear_model", "statsmodels.stats.multitest"),
    "statsmodels.stats.proportion",
)
# How what may change a run begins in a user's environment, and what a kernel has in its place.
_FOREIGN = (
    *("COLUMNS", "FORCE_COLOR", "IPYTHON", "JPY_", "JUPYTER", "LANG", "LC_", "LINES", "MATPLOTLIB"),
    *("MPLBACKEND", "NO_COLOR", "PYTEST_", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "PYTHONWARNINGS"),
)
_FIXED = {
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TZ": "UTC",
    **dict.fromkeys(ONE_THREAD, "1"),
}
# Seconds: between two looks for a reply; that a channel is still; between two looks whether a
# kernel has gone that was told to, and the longest that it is looked for.
_AGAIN, _STILL, _LOOK, _LEAVE = 1.0, 0.02, 0.01, 0.5
# A socket's path has room for 107 characters, of which the runner and zmq take 40.
_LONGEST_FOLDER = 60


class Manager(AsyncKernelManager):
    """Starts a kernel of our own, whatever the name of the one it is asked for."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        command = [sys.executable, "-P", "-m", "compendium.runs.kernels", "-f", "{connection_file}"]
        self._kernel_spec = KernelSpec(argv=command, language="python")
        self.provisioner = _Provisioner(kernel_id="own", kernel_spec=self._kernel_spec, parent=self)

    def client(self, **how: Any) -> AsyncKernelClient:
        """A client that no reply escapes, whichever the runner has named."""
        self.client_factory = _Client
        return super().client(**how)


class _Shell(AsyncZMQSocketChannel):
    """The channel that replies come by.

    A widget's output has the client send while it waits for a reply, and whoever sends may swallow
    the news that one has come (the descriptor of a zmq socket tells of it once): the wait would
    have no end. So whoever waits looks again.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        while timeout is None:
            with suppress(Empty):
                return await super().get_msg(_AGAIN)
        return await super().get_msg(timeout)


class _Output(AsyncZMQSocketChannel):
    """The channel that output comes by.

    Whoever waits for a kernel to be ready reads it until it has been still for a fifth of a second,
    which is longer than the kernel took to start.
    """

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        return await super().get_msg(timeout and min(timeout, _STILL))


class _Client(AsyncKernelClient):
    shell_channel_class = Type(_Shell)
    iopub_channel_class = Type(_Output)


class _Provisioner(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **how: Any) -> dict[str, Any]:
        """Fork a kernel from the server; start it as a process where that cannot be done."""
        if not FORKS:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            made = await super().launch_kernel(cmd, **how | quiet | {"env": _environment()})
            _started.append(self.process)
            return made
        self.process = _find_server().fork(cmd[cmd.index("-f") :], how["cwd"])
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def shutdown_requested(self, **_how: Any) -> None:
        """Wait until it has gone: the manager, who looks next, looks ten times a second."""
        for _ in range(round(_LEAVE / _LOOK)):
            if await self.poll() is not None:
                break
            await asyncio.sleep(_LOOK)


class _Forked:
    """A forked kernel, with as much of `subprocess.Popen` as a provisioner asks for."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, life: int) -> None:
        self.pid, self._life = pid, life
        os.set_blocking(life, False)

    def poll(self) -> int | None:
        """None while it lives: it holds the other end of a pipe, which is closed with it."""
        try:
            os.read(self._life, 1)
        except BlockingIOError:
            return None
        return 1

    def wait(self) -> int:
        """Called once it has ended."""
        os.close(self._life)
        return 1

    def send_signal(self, signum: int) -> None:
        """To the kernel alone."""
        os.kill(self.pid, signum)


class _Server:
    """The process that kernels are forked from, and the folder that theirs lie in."""

    def __init__(self) -> None:
        self.folder = _make_folder()
        self._has_forked = False
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = "from compendium.runs.kernels import _serve; _serve()"
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", code, str(number), self.folder],
                env=_environment(),
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def fork(self, argv: list[str], cwd: str) -> _Forked:
        """A kernel with these arguments in this folder."""
        life, theirs = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._channel, [json.dumps([argv, cwd]).encode()], [theirs])
                answer = self._channel.recv(64)
                self._has_forked = True
        finally:
            os.close(theirs)
        if not answer:
            raise OSError("the server of the kernels has ended")
        return _Forked(int(answer), life)

    def end(self) -> None:
        """End the server and every kernel of it, at once; remove the folder."""
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        if not self._has_forked:  # it is in the midst of its imports, perhaps for long
            self._process.kill()
        self._process.wait()
        self._channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_server: _Server | None = None
_started: list[subprocess.Popen] = []
_starting = threading.Lock()
_stopped = threading.Event()


def _find_server() -> _Server:
    """The server of this process, in the environment that its first run found."""
    global _server  # noqa: PLW0603
    with _starting:
        if _stopped.is_set():
            raise StoppedError("no kernel is started any more")
        _server = _server or _Server()
        return _server


def warm() -> None:
    """Let the server begin its imports, if kernels are forked from one: a run will ask for it."""
    if FORKS:
        _find_server()


@atexit.register
def end() -> None:
    """End every kernel that this process has started, at once."""
    global _server
    server, _server = _server, None
    if server:
        server.end()
    for process in _started:
        process.kill()


def stop() -> None:
    """End every kernel at once, and start none any more: this process is about to end."""
    _stopped.set()
    with _starting:
        end()


@contextmanager
def run_folder() -> Iterator[Path]:
    """A folder for one run; it goes when the run ends, or this process does."""
    home = _find_server().folder if FORKS else _make_folder()
    try:
        with tempfile.TemporaryDirectory(prefix="", dir=home, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    finally:
        if not _server or _server.folder != home:
            with suppress(OSError):
                os.rmdir(home)


def settings(folder: Path) -> dict[str, Any]:
    """What papermill must be told to start a kernel of our own, with its files in a folder."""
    manager = {"connection_file": str(folder / "kernel.json"), "shutdown_wait_time": 1.0}
    if sys.platform != "win32":
        manager["transport"] = "ipc"  # for a TCP port two kernels may race
    return {"kernel_manager_class": Manager, "config": Config({"Manager": manager})}


def _make_folder() -> str:
    homes = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    home = next((home for home in homes if len(home) < _LONGEST_FOLDER), homes[0])
    return tempfile.mkdtemp(prefix="compendium-", dir=home)


def _environment() -> dict[str, str]:
    """The environment of every kernel: the user's, without what could change a run."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(_FOREIGN)}
    # Matplotlib's own settings, not those of the user's folder.
    own = Path(find_spec("matplotlib").origin).parent / "mpl-data" / "matplotlibrc"
    # A kernel stands in a folder of its own, from where no study is found.
    study = {paths.STUDY_VARIABLE: str(paths.STUDY)}
    return kept | _FIXED | study | {"MATPLOTLIBRC": str(own)}


def _serve() -> None:
    """Fork a kernel for each order, until whoever gives them has ended."""
    number, folder = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _import_all()
    kernels: set[int] = set()
    with socket.socket(fileno=int(number)) as channel:
        while True:
            order, lives, _, _ = socket.recv_fds(channel, 65536, 1)
            kernels -= _reap(kernels)
            if not order:
                break
            pid = os.fork()
            if not pid:
                channel.close()
                _become_kernel(*json.loads(order))
                os._exit(0)
            os.setpgid(pid, pid)
            kernels.add(pid)
            os.close(lives[0])
            channel.send(str(pid).encode())
    for pid in kernels:
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    for pid in kernels:
        os.waitpid(pid, 0)
    shutil.rmtree(folder, ignore_errors=True)


def _reap(kernels: set[int]) -> set[int]:
    """Those that have ended: until they are waited for, nothing else has their number."""
    return {pid for pid in kernels if os.waitpid(pid, os.WNOHANG)[0]}


def _import_all() -> None:
    gc.disable()
    for name in _WARM:
        with suppress(ImportError):
            import_module(name)
    # What pandas takes by itself where it is imported in a notebook.
    sys.modules["pandas"].set_option("display.max_columns", 20)
    # Nothing of this is ever garbage: a kernel that looked for some would copy it all.
    gc.collect()
    gc.freeze()
    gc.enable()


def _become_kernel(argv: list[str], cwd: str) -> None:
    """Make this process a kernel, until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415
    from IPython.core import application  # noqa: PLC0415

    # What a run loads is noted: it starts with none of our modules.
    for name in [name for name in sys.modules if name.partition(".")[0] == "compendium"]:
        del sys.modules[name]
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.chdir(cwd)
    os.environ["IPYTHONDIR"] = str(Path(argv[1]).parent / "ipython")
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    sys.argv = ["kernel", *argv]
    # Startup files and settings of the whole machine, which no folder of ours takes the place of.
    application.SYSTEM_CONFIG_DIRS.clear()
    application.ENV_CONFIG_DIRS.clear()
    # Nobody debugs a run, and its debugger takes longer to load than the rest of a kernel.
    sys.modules["debugpy"] = None
    IPKernelApp.launch_instance(argv=argv)


if __name__ == "__main__":
    _import_all()
    _become_kernel(sys.argv[1:], str(Path.cwd()))
