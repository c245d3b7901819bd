"""How many draws of the balance a second gives, and how that compares with a plain loop.

Run it from the project's root with the environment built:

    .venv/bin/python benchmarks/models.py [-n DRAWS]

It prints, for fifty cases of five boxes, the seconds and draws per second of weights alone and of
weights and codings together, each beside a loop in plain Python over the same cases; what judging
given weightings takes beside the bare product of weights and leans; and how many linear programmes
for ten cases are solved a second. The loops are timed on a few draws and scaled,
and of all the fastest of three is taken. The ratios, made in one run, say more than seconds on a
machine that others use too.
"""

import argparse
import random
import time
from collections.abc import Callable
from itertools import accumulate

import numpy as np
import pandas as pd

from compendium.models import balance, multiverse, weights

FACTORS = ["policy", "structures", "culture", "individuals", "resources"]
STRUCTURE, SEED = balance.offer(FACTORS, {})["M1 free weights"], 20051
CASES, PROGRAMME_CASES = 50, 10
LOOPED = 1_000
PROGRAMMES = 20  # at most; one for each 50,000 draws
REPEATS = 3


def make_codings(n_cases: int, seed: int) -> pd.DataFrame:
    """Made-up codings: three boxes in four stated, the others open from right to left."""
    rng = np.random.default_rng(seed)
    size = n_cases * len(FACTORS)
    leans, stated = pd.Series(rng.integers(-1, 2, size)), rng.random(size) < 0.75
    return pd.DataFrame(
        {
            "lean": leans.where(stated).astype("Int64"),
            "lean_min": -1,
            "lean_max": 1,
            "confidence": rng.choice(list(multiverse.FLIPS), size),
        }
    )


def draw_weights_only(n: int, leans: np.ndarray, sides: pd.Series) -> np.ndarray:
    """Shares as printed over draws of weights, all cases with the same leans throughout."""
    hits, traits = np.zeros(len(sides)), pd.DataFrame(index=sides.index)
    for step, start in enumerate(range(0, n, multiverse.CHUNK)):
        size = min(multiverse.CHUNK, n - start)
        drawn = multiverse.draw_weights(size, SEED + step, len(FACTORS))
        found = balance.tilts(STRUCTURE, leans, drawn, traits)
        hits += multiverse.as_told(found, sides).sum(axis=0)
    return hits / n


def draw_both(n: int, odds: np.ndarray, sides: pd.Series) -> pd.Series:
    """Shares as printed over draws of weights and codings together."""
    traits = pd.DataFrame(index=sides.index)
    return multiverse.vary(STRUCTURE, odds, traits, sides, n=n, seed=SEED)


def loop_weights_only(n: int, leans: list[list[float]], wanted: list[int]) -> list[float]:
    """The same in plain Python, as it would be written beside the formula."""
    rng, hits = random.Random(SEED), [0] * len(leans)
    for _ in range(n):
        drawn = _one_weighting(rng)
        for case, boxes in enumerate(leans):
            hits[case] += _tips(drawn, boxes) == wanted[case]
    return [hit / n for hit in hits]


def loop_both(n: int, odds: list[list[list[float]]], wanted: list[int]) -> list[float]:
    """The same in plain Python, each code drawn at its odds."""
    rng, hits = random.Random(SEED), [0] * len(odds)
    steps = [[list(accumulate(box)) for box in case] for case in odds]
    for _ in range(n):
        drawn = _one_weighting(rng)
        for case, boxes in enumerate(steps):
            leans = [_one_code(rng.random(), box) for box in boxes]
            hits[case] += _tips(drawn, leans) == wanted[case]
    return [hit / n for hit in hits]


def _one_weighting(rng: random.Random) -> list[float]:
    drawn = [rng.expovariate(1) for _ in FACTORS]
    total = sum(drawn)
    return [weight / total for weight in drawn]


def _one_code(chance: float, steps: list[float]) -> int:
    return -1 if chance < steps[0] else 0 if chance < steps[1] else 1


def _tips(drawn: list[float], leans: list[float]) -> int:
    tilt = sum(weight * lean for weight, lean in zip(drawn, leans))
    return 0 if abs(tilt) <= balance.LEVEL else 1 if tilt > 0 else -1


def make_rows(n_cases: int, seed: int) -> pd.DataFrame:
    """Cases that some weights satisfy: random leans, each turned to its side at one weighting."""
    rng = np.random.default_rng(seed)
    leans = rng.integers(-1, 2, (n_cases, len(FACTORS)))
    hidden = multiverse.draw_weights(1, seed, len(FACTORS))[0]
    sides = np.where(leans @ hidden > 0, "left", "right")
    table = pd.DataFrame(leans, columns=FACTORS)
    return weights.require_sides(table, pd.Series(sides))


def time_best(function: Callable, *arguments: object) -> tuple[float, object]:
    """Seconds the fastest of a few calls takes, and what it gives."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        given = function(*arguments)
        seconds.append(time.perf_counter() - start)
    return min(seconds), given


def time_pair(name: str, n: int, ours: tuple, plain: tuple) -> None:
    """Time one way of drawing and its plain loop, check that they agree, print a line."""
    fast, shares = time_best(ours[0], n, *ours[1:])
    slow, looped = time_best(plain[0], LOOPED, *plain[1:])
    slow *= n / LOOPED
    # A share of LOOPED draws errs by 0.016 at most; five times that is a bug, not chance.
    gap = np.abs(np.asarray(shares)[:CASES].ravel() - np.asarray(looped)).max()
    assert gap < 0.08, f"{name}: the loop and the array disagree by {gap:.2f}"
    print(
        f"{name:<22}{fast:6.2f} s   {n / fast:12,.0f} draws/s   "
        f"plain loop {slow:8.0f} s   {slow / fast:6.0f} times slower"
    )


def main() -> None:
    """Time the three and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-n", "--draws", type=int, default=1_000_000)
    n = parser.parse_args().draws
    codings = make_codings(CASES, SEED)
    leans = codings.lean.fillna(0).to_numpy(float).reshape(CASES, -1)
    odds = multiverse.code_odds(codings).reshape(CASES, -1, 3)
    wanted = [1, -1] * (CASES // 2)
    sides = pd.Series(wanted).map({1: "left", -1: "right"})

    print(f"{n:,} draws, {CASES} cases of {len(FACTORS)} boxes, {STRUCTURE.name}")
    time_pair("weights", n, (draw_weights_only, leans, sides),
              (loop_weights_only, leans.tolist(), wanted))  # fmt: skip
    time_pair("weights and codings", n, (draw_both, odds, sides),
              (loop_both, odds.tolist(), wanted))  # fmt: skip

    drawn, traits = multiverse.draw_weights(n, SEED, len(FACTORS)), pd.DataFrame(index=sides.index)
    fast, _ = time_best(multiverse.share_as_told, STRUCTURE, leans, drawn, traits, sides)
    bare, _ = time_best(lambda: drawn @ leans.T)
    words = f"{n / fast:12,.0f} draws/s   bare product {bare:6.2f} s   {fast / bare:6.2f} times it"
    print(f"{'share as told':<22}{fast:6.2f} s   {words}")

    rows, asked = make_rows(PROGRAMME_CASES, SEED), min(PROGRAMMES, 1 + n // 50_000)
    print(f"linear programming, {PROGRAMME_CASES} cases")
    for function in (weights.find_margin, weights.compare_boxes):
        seconds, _ = time_best(lambda ask=function: [ask(rows) for _ in range(asked)])
        print(f"{function.__name__:<22}{asked / seconds:6.1f} calls/s")


if __name__ == "__main__":
    main()
