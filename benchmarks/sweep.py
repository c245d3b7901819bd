"""What handing out a sweep costs: runs a second on one process, on two, and on a Dask cluster.

Run it from the project's root with the environment built:

    .venv/bin/python benchmarks/sweep.py [-n RUNS]

It makes the same sweep of `balance-share` three times, each into a fresh folder, checks that the
files are the same bytes, and prints the runs a second and what each is as a multiple of one
process. Workers are started before the clock: a sweep pays that once, whatever its size. The ratios
say more than the seconds on a machine that others use too; two processes on two busy cores gain
little.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from distributed import LocalCluster

from compendium.runs import sweeps
from compendium.runs.workers import open_workers

DRAWS = 20_000


def write_grid(folder: Path, n: int) -> Path:
    """A grid of n runs that differ in their seed."""
    path = folder / "grid.json"
    grid = {"parameters": {"n_draws": [DRAWS]}, "repeats": n, "seed": 1}
    path.write_text(json.dumps(grid), encoding="utf-8")
    return path


def read_all(folder: Path) -> dict[str, bytes]:
    """Every file of a sweep."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def warm(workers: int, dask: str, n: int) -> None:
    """Start the workers and let each import and read what it needs, in at most n short runs."""
    state, seeds = sweeps.find_state("balance-share"), range(min(n, 12))
    chunks = [("balance-share", [(str(n), {"n_draws": 1000, "seed": n})], state) for n in seeds]
    with open_workers(workers, dask) as spread:
        list(spread(sweeps.run_chunk, chunks))


def main() -> None:
    """Time the three and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--runs", type=int, default=200)
    n = parser.parse_args().runs
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
    ):
        grid, made, base = write_grid(Path(folder), n), {}, 0.0
        ways = {
            "joblib, 1 process": (1, ""),
            "joblib, 2 processes": (2, ""),
            "Dask, 2 workers": (1, cluster.scheduler_address),
        }
        for name, (workers, dask) in ways.items():
            warm(workers, dask, n)
            start = time.perf_counter()
            sweeps.run_sweep("balance-share", grid, Path(folder) / name, workers=workers, dask=dask)
            seconds = time.perf_counter() - start
            base = base or seconds
            made[name] = read_all(Path(folder) / name)
            print(
                f"{name:<22}{seconds:7.2f} s {n / seconds:7.1f} runs/s {base / seconds:6.2f} times"
            )
        first, *others = made.values()
        assert all(files == first for files in others)
        print(f"{n} runs of {DRAWS:,} draws: the same {len(first)} files each time")


if __name__ == "__main__":
    main()
