"""How long a reproduction takes, and how that compares with a plain loop of papermill.

Run it from the project's root with the environment built, on a machine that does nothing else:

    .venv/bin/python benchmarks/reproduce.py [-n WORKERS] [--study FOLDER]

It works on a copy of the study and prints seconds, and ratios, which say more than seconds on a
machine that others use too: a fresh run beside papermill executing the same notebooks one after the
other, and beside what no schedule could beat (the longest chain of runs that wait for one another,
or all work shared out evenly); a run in which nothing changed; one in which one label of one coding
table did; and the most memory that all processes of the fresh run had at one moment.
"""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil  # ipykernel brings it

from compendium import paths

COMMAND = [sys.executable, "-m", "compendium.cli", "reproduce"]
# Run in the copy: the plain loop's seconds, and the longest chain and all work of the fresh run's.
LOOP = """
import json, sys, time
began = time.perf_counter()
import tempfile
from pathlib import Path
import papermill
from compendium import paths
from compendium.runs import graph, records
runs = graph.plan_runs()
for run in runs:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / paths.RUN_LOG).touch()
        target = Path(folder) / "executed.ipynb"
        papermill.execute_notebook(run.source, target, run.given, cwd=folder, progress_bar=False)
seconds = time.perf_counter() - began
took = {run.name: records.read_seconds(run.name) for run in runs}
chains, waiting = {}, list(runs)
while waiting:
    run = waiting.pop(0)
    needs = set(graph.find_made(run, runs))
    before = [o.name for o in runs if o is not run and needs & set(o.products.values())]
    if all(name in chains for name in before):
        chains[run.name] = took[run.name] + max((chains[name] for name in before), default=0)
    else:
        waiting.append(run)
print(json.dumps([len(runs), seconds, max(chains.values()), sum(took.values())]))
"""


def time_run(study: Path, *arguments: str) -> tuple[float, float]:
    """How long one run of ``compendium reproduce`` takes on a study, and the most memory it has.

    Seconds; and MB of all its processes together, at the largest of what is looked at four times a
    second. What forked processes share is counted once (on Linux; elsewhere as often as it is
    shared).
    """
    start = time.perf_counter()
    environment = os.environ | {paths.STUDY_VARIABLE: str(study)}
    most = 0
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.DEVNULL, env=environment
    ) as process:
        while process.returncode is None:
            most = max(most, measure_memory(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.25)
    if process.returncode:
        raise SystemExit(f"`compendium reproduce` ended with status {process.returncode}")
    return time.perf_counter() - start, most / 1e6


def measure_memory(number: int) -> int:
    """Bytes that a process and all that come of it hold at this moment."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(number)
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                held = process.memory_full_info()
                total += getattr(held, "pss", held.rss)
    return total


def copy_study(study: Path, folder: Path) -> Path:
    """What a study keeps, without checksums, since a label is to change."""
    for name in ("data/raw", "notebooks", "src"):
        if (study / name).is_dir():
            shutil.copytree(study / name, folder / name)
    shutil.copy(study / "study.toml", folder)
    (folder / "data/raw/SHA256SUMS").unlink(missing_ok=True)
    return folder


def change_label(study: Path) -> None:
    """Word the last doubt of the leanings another way."""
    path = min((study / "data/raw/coding").glob("*/leanings.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[-1][-1] = f"{rows[-1][-1]}, said again"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Time the runs and the loop and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--workers", type=int, default=2)
    parser.add_argument("--study", type=Path, default=paths.STUDY)
    given = parser.parse_args()
    workers = ("-n", str(given.workers))
    with tempfile.TemporaryDirectory() as folder:
        study = copy_study(given.study, Path(folder) / "study")
        fresh, memory = time_run(study, *workers)
        unchanged, _ = time_run(study, *workers)
        loop = subprocess.run(
            [sys.executable, "-c", LOOP],
            check=True, stdout=subprocess.PIPE, text=True,
            env=os.environ | {paths.STUDY_VARIABLE: str(study)},
        )  # fmt: skip
        n, plain, chain, work = json.loads(loop.stdout)
        change_label(study)
        label, _ = time_run(study, *workers)
    bound = max(chain, work / given.workers)
    print(f"plain papermill loop, {n} runs {plain:7.1f} s")
    print(
        f"fresh, {workers[1]} workers             {fresh:7.1f} s   {fresh / plain:5.2f} of the loop"
    )
    print(f"  of what no schedule beats   {bound:7.1f} s   {fresh / bound:5.2f} times that")
    print(f"nothing changed               {unchanged:7.1f} s   {unchanged / fresh:5.2f} of fresh")
    print(f"one label changed             {label:7.1f} s   {label / fresh:5.2f} of fresh")
    print(f"memory of all processes, peak {memory:7.0f} MB")


if __name__ == "__main__":
    main()
