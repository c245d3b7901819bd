"""How long a truth table and its three solutions take, by the number of conditions.

Run it from the project's root with the environment built:

    .venv/bin/python benchmarks/configurations.py [-n CASES]

It prints, for made-up cases whose outcome goes with nothing, the milliseconds of the truth table,
of all largest cubes (prime implicants) and of all three solutions with every model, and how many
models of the parsimonious one there are (-1: too many to count). Random cases are the worst there
are: nothing of them is shorter than the list. Of each the middle of five seeds is taken.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium.models import qca

SIZES = (4, 6, 8, 10)
SEEDS = range(5)


def make_cases(n_cases: int, n_conditions: int, seed: int) -> tuple[pd.DataFrame, list[str]]:
    """Fuzzy cases at random, none at .5, and an outcome that goes with nothing."""
    rng = np.random.default_rng(seed)
    conditions = [f"c{n}" for n in range(1, n_conditions + 1)]
    values = rng.choice([0.0, 0.33, 0.67, 1.0], size=(n_cases, n_conditions + 1))
    return pd.DataFrame(values, columns=[*conditions, "left"]), conditions


def time_call(function: Callable, *arguments: object, **settings: object) -> tuple[float, object]:
    """Milliseconds one call takes, and what it gives."""
    start = time.perf_counter()
    given = function(*arguments, **settings)
    return 1000 * (time.perf_counter() - start), given


def time_steps(n_cases: int, n_conditions: int, seed: int) -> tuple[float, float, float, int]:
    """One set of cases from table to solutions."""
    cases, conditions = make_cases(n_cases, n_conditions, seed)
    first, table = time_call(qca.truth_table, cases, conditions, "left", cut=0.75)
    wanted, barred = (table.outcome.eq(n).fillna(False).to_numpy(bool) for n in (1, 0))
    second, primes = time_call(qca.find_primes, wanted, barred)
    assert len(primes) or not wanted.any()
    expected = dict.fromkeys(conditions, 1)
    third, found = time_call(qca.find_solutions, table, conditions, expected)
    models = found[found.kind == "parsimonious"].of
    return first, second, third, int(models.iloc[0]) if len(models) else 0


def main() -> None:
    """Time each number of conditions and print a line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--cases", type=int, default=30)
    n_cases = parser.parse_args().cases
    print(f"{n_cases} random cases, the middle of {len(SEEDS)} seeds (longest in brackets), ms")
    for n_conditions in SIZES:
        timed = [time_steps(n_cases, n_conditions, seed) for seed in SEEDS]
        table, primes, solutions, models = ([t[n] for t in timed] for n in range(4))
        print(
            f"{n_conditions:>2} conditions   table {statistics.median(table):7.1f}   "
            f"cubes {statistics.median(primes):7.1f}   "
            f"solutions {statistics.median(solutions):8.1f} ({max(solutions):.1f})   "
            f"parsimonious models {models}"
        )


if __name__ == "__main__":
    main()
