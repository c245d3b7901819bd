"""How long a reproduction takes, and how that compares with a plain loop of papermill.

Run it from the project's root with the environment built:

    .venv/bin/python benchmarks/reproduce.py [-n WORKERS]

It prints the seconds of a fresh run, of a run in which nothing changed, and of papermill executing
the same notebooks one after the other; and the ratios, which say more than seconds on a machine
that others use too.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compendium import paths
from compendium.runs import graph, kernels

COMMAND = [sys.executable, "-m", "compendium.cli", "reproduce"]


def time_command(*arguments: str) -> float:
    """Seconds one run of ``compendium reproduce`` takes."""
    start = time.perf_counter()
    subprocess.run([*COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def time_plain_loop() -> float:
    """Seconds papermill takes for the same runs, one after the other, nothing checked or kept."""
    import papermill  # noqa: PLC0415 - its import is part of what is timed

    os.environ.update(dict.fromkeys(kernels.ONE_THREAD, "1"))
    start = time.perf_counter()
    for run in graph.plan_runs():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / paths.RUN_LOG).touch()
            target = Path(folder) / "executed.ipynb"
            papermill.execute_notebook(
                run.source, target, run.given, cwd=folder, progress_bar=False
            )
    return time.perf_counter() - start


def main() -> None:
    """Time the three and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--workers", default="2")
    workers = ["-n", parser.parse_args().workers]
    fresh = time_command(*workers, "--fresh")
    unchanged = time_command(*workers)
    plain = time_plain_loop()
    print(f"fresh run, {workers[1]} workers     {fresh:6.1f} s")
    print(f"nothing changed        {unchanged:6.1f} s   {fresh / unchanged:5.1f} times faster")
    print(f"plain papermill loop   {plain:6.1f} s   {plain / fresh:5.2f} times the fresh run")


if __name__ == "__main__":
    main()
