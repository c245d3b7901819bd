"""How long a reviewer waits: a trace, a perturbation of every value, the site.

Run it from the project's root after `make reproduce`:

    .venv/bin/python benchmarks/review.py [-n TIMES]

It prints the seconds of each command as a whole process (the middle of TIMES runs for the trace),
and what each costs as a multiple of `compendium --help`, the cheapest command there is, timed in
the same run: the ratio says more than the seconds on a machine that does other work too.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WHAT = (
    "elston2005/table-4.2/Middleton/share_percent",
    "elston2005/table-4.2",
    "specification-curve",
    "elston2005/table-4.2.csv",
    "coding/first-model/evidence.csv",
)


def time_command(*arguments: str) -> float:
    """Seconds one command takes, start to end."""
    command = [sys.executable, "-m", "compendium.cli", *arguments]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Time each command and print a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--times", type=int, default=5)
    times = range(parser.parse_args().times)
    least = statistics.median(time_command("--help") for _ in times)
    print(f"{'--help':<60} {least:7.2f} s")
    for what in WHAT:
        seconds = statistics.median(time_command("trace", what) for _ in times)
        print(f"{'trace ' + what:<60} {seconds:7.2f} s {seconds / least:7.1f} times --help")
    with tempfile.TemporaryDirectory() as folder:
        for arguments in (("perturb",), ("site", str(Path(folder) / "site"))):
            seconds = time_command(*arguments)
            line = f"{arguments[0]:<60} {seconds:7.2f} s {seconds / least:7.1f} times --help"
            print(line)


if __name__ == "__main__":
    main()
