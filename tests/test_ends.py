"""How a run ends when it cannot go on: one sentence, nothing half made, and the next goes on.

Each is the command as a process of its own, on a small study with one notebook that waits.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from nbformat import writes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small import spare_imports

from compendium import paths
from compendium.errors import explain
from compendium.study.new import make_study

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
# Runs a command without root's right to write where nobody may; nothing, for any other user.
READER = ["env"] if os.name == "posix" and os.geteuid() else []
if not READER and shutil.which("setpriv"):
    READER = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-all"]
HEAD = "from pathlib import Path\nfrom compendium import paths"
# Writes what it was started as, then waits for as long as the file says.
WAIT = """import os, time
out = paths.output("results/tables/waited.csv")
waits = paths.STUDY / "waits"
(paths.STUDY / "begun").write_text(str(os.getpid()))
time.sleep(float(waits.read_text()))
out.write_text("n\\n1\\n")
paths.output("results/tables/waited.md").write_text("1")"""
QUICK = """for ending in ("csv", "md"):
    paths.output(f"results/tables/quick.{ending}").write_text("1")"""
GATHER = """from compendium.printed import audit, ledger, tables
paths.note_read(paths.RESULTS / "tables/waited.csv")
known, cells = ledger.read_ledger(), tables.cells()
judged, found = audit.give_verdicts(known, cells), audit.find(known, cells)
cells.to_csv(paths.output("data/processed/cells.csv"), index=False)
judged.to_csv(paths.output("results/verdicts.csv"), index=False)
found.to_csv(paths.output("data/processed/findings.csv"), index=False)"""
MADE = "`results/verdicts.csv`, `data/processed/findings.csv`, `data/processed/cells.csv`"
NOTEBOOKS = {
    "01-audit-sources": ("", "`results/tables/quick`", QUICK),
    "02-wait": ("", "`results/tables/waited`", WAIT),
    "03-balance-involvement": ("`data/raw/*`, `results/tables/*`", MADE, GATHER),
}


def write_notebook(path, reads, writes_, body):
    """A notebook that declares what it reads and writes."""
    head = f"# A test\n\n**Reads:** {reads}\n\n**Writes:** {writes_}"
    cells = [new_markdown_cell(head), new_code_cell(HEAD), new_code_cell(body)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
    path.write_text(writes(new_notebook(cells=cells, metadata=metadata)), encoding="utf-8")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of three notebooks that has run once: the earlier run, whose verdicts lie there."""
    folder = tmp_path_factory.mktemp("ends") / "study"
    make_study(folder)
    for path in (folder / "notebooks").iterdir():
        path.unlink()
    for name, (reads, made, body) in NOTEBOOKS.items():
        write_notebook(folder / f"notebooks/{name}.ipynb", reads, made, body)
    (folder / "waits").write_text("0")
    (folder / "scratch").mkdir()
    done = start(folder, "reproduce")
    out, err = done.communicate(timeout=100)
    assert (done.returncode, err, "printed values" in out) == (0, "", True), out + err
    return folder


def start(folder, *words, before=(), **how):
    """The command on the study, in a session of its own and with a temporary folder of its own."""
    own = {"COMPENDIUM_STUDY": str(folder), "TMPDIR": str(folder / "scratch")}
    own |= spare_imports(folder.parent / "spared")
    return subprocess.Popen(
        [*before, sys.executable, "-m", "compendium.cli", *words],
        env=os.environ | own,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,
    )


def start_and_wait(folder, *words, **how):
    """The same, once its second notebook waits; and the process of that notebook's kernel."""
    (folder / "results/tables/waited.csv").unlink(missing_ok=True)  # it is to be made again
    (folder / "begun").unlink(missing_ok=True)
    (folder / "waits").write_text("100")
    process = start(folder, *words, **how)
    until = time.monotonic() + 100
    while not (folder / "begun").exists() or not (folder / "begun").read_text():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "the second notebook never began"
        time.sleep(0.05)
    return process, int((folder / "begun").read_text())


def check_end(folder, process, kernel, status, sentence):
    """In a sentence, and nothing is left; how long it took, in seconds."""
    began = time.monotonic()
    out, err = process.communicate(timeout=30)
    took = time.monotonic() - began
    until = time.monotonic() + 10
    while (alive(kernel) or list((folder / "scratch").iterdir())) and time.monotonic() < until:
        time.sleep(0.05)

    assert process.returncode == status, out + err
    assert sentence in err
    assert "Traceback" not in out + err
    assert "printed values" not in out
    assert not alive(kernel)
    assert [str(path) for path in (folder / "scratch").rglob("*")] == []
    assert list(folder.rglob("*.part")) == []
    return took


def alive(process):
    """Whether there is a process of that number; one that has ended and waits is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def check_next(folder):
    """The next run makes what is missing and prints verdicts."""
    (folder / "waits").write_text("0")
    process = start(folder, "reproduce")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, ""), out + err
    assert "printed values" in out


def refuse_a_second(study, process, _):
    """While one is at work another is refused in a sentence; the first goes on until it is told."""
    second = start(study, "reproduce")
    _, err = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "another reproduction in" in err
    assert "wait until it has ended" in err
    process.terminate()


STOPPED = (130, "of 3 runs are up to date and kept in")
ENDS = {
    "Ctrl-C at a terminal": (lambda _, run, __: os.killpg(run.pid, signal.SIGINT), *STOPPED),
    "SIGTERM": (lambda _, run, __: run.terminate(), *STOPPED),
    "SIGTERM under nohup": (lambda _, run, __: run.terminate(), *STOPPED),
    # Nothing can be said; but no kernel and no folder outlives it.
    "SIGKILL": (lambda _, run, __: run.kill(), -signal.SIGKILL, ""),
    "a kernel killed": (
        lambda _, __, kernel: os.kill(kernel, signal.SIGKILL),
        *(1, "02-wait.ipynb stopped: its kernel was ended"),
    ),
    "a second one": (refuse_a_second, *STOPPED),
}


def test_however_a_run_ends_the_next_goes_on(study):
    """What is kept is said, never the verdicts of the run before, and never 0; nothing is left."""
    made = {}
    for end, (stop, status, sentence) in ENDS.items():
        # Whoever starts the tests may ignore it, as a shell does for what it leaves running.
        ctrl_c = signal.SIG_IGN if "nohup" in end else signal.SIG_DFL
        listen = partial(signal.signal, signal.SIGINT, ctrl_c)
        process, kernel = start_and_wait(study, "reproduce", preexec_fn=listen)
        stop(study, process, kernel)
        # Five seconds; twice that where other tests run beside it.
        assert check_end(study, process, kernel, status, sentence) < 10, end
        # The next goes on from here: what was made once is not made again.
        made[end] = (study / "results/tables/quick.csv").stat().st_mtime_ns
    assert len({*made.values()}) == 1, made
    check_next(study)


@pytest.mark.skipif(not READER, reason="root may write anywhere, and there is no setpriv")
def test_what_only_reads_works_where_nothing_can_be_written(study):
    """A checkout on a read-only disk: verdicts, audit and trace, and not a byte changes."""
    files = {path: path.stat() for path in study.rglob("*")}
    places = [study, *(path for path in files if path.name != "scratch")]
    for place in places:
        place.chmod(0o555)
    try:
        verbs = [["verify"], ["audit"], ["trace", "quick"]]
        running = [start(study, *verb, before=READER) for verb in verbs]
        said = [process.communicate(timeout=100) for process in running]
    finally:
        for place in places:
            place.chmod(0o755)

    assert [process.returncode for process in running] == [0, 0, 0], said
    assert [err for _, err in said] == [""] * 3
    for (out, _), word in zip(
        said, ("printed values", "findings", "written in 01-audit"), strict=True
    ):
        assert word in out
    assert {path: path.stat().st_mtime_ns for path in study.rglob("*")} == {
        path: was.st_mtime_ns for path, was in files.items()
    }


def test_a_folder_that_was_removed_is_said(tmp_path):
    """Whoever stands in it gets one sentence."""
    gone = f'rmdir "{tmp_path}"; exec "{sys.executable}" -m compendium.cli audit'
    said = subprocess.run(
        gone, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith("error: the folder you stand in was removed; go to another")
    assert len(said.stderr.splitlines()) == 1


FULL = "file too large; nothing is half written: mend it and run the same command again"


def limit_files(size):
    """Let no file of this process grow larger, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_a_disk_that_takes_nothing_is_not_another_at_work(tmp_path):
    """Whoever cannot be kept out because nothing can be written is told that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(OSError, match="lock") as error, paths.hold(tmp_path / "lock", "sweep"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert explain(error.value).endswith("mend it and run the same command again")


def check_refused(folder, sentence, **how):
    """Status 1 and one sentence, with nothing half written and no verdicts of an earlier run."""
    (folder / "waits").write_text("0")
    process = start(folder, "reproduce", "--fresh", **how)
    out, err = process.communicate(timeout=100)

    assert process.returncode == 1, out + err
    assert sentence in err
    assert "Traceback" not in out + err
    assert "printed values" not in out
    assert list(folder.rglob("*.part")) == []


def test_a_run_that_cannot_write_says_why_and_the_next_goes_on(study):
    """The disk takes no more, a file lies where results should, the memory of runs is broken."""
    # No file may grow beyond 9 kB: a page of a notebook does.
    check_refused(study, FULL, preexec_fn=partial(limit_files, 9_000))
    check_next(study)

    results, beside = study / "results", study / "beside"
    results.rename(beside)
    results.write_text("in the way", encoding="utf-8")
    check_refused(study, "results: file exists; nothing is half written")
    results.unlink()
    beside.rename(results)

    (study / "pytask.lock").write_text("no such thing", encoding="utf-8")
    check_refused(study, "delete pytask.lock and pytask.lock.journal in")
    (study / "pytask.lock").unlink()
    # Nothing has run yet, and pytask cannot even begin to remember.
    check_refused(study, FULL, preexec_fn=partial(limit_files, 3_000))
    check_next(study)
