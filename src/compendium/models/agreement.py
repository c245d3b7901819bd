"""How far two or more people, reading alone, give the same units the same codes.

Agreement in per cent flatters: where nearly every code is ``-``, two readers who guess agree too.
Krippendorff's alpha sets the disagreement observed against that expected if the codes were dealt
out to the units at random: 1 is no disagreement, 0 what chance would give, below 0 worse than that.
It takes any number of coders, gaps, and four levels of data, which differ only in how far apart two
codes count. At .800 or more one may rely on the codes, from .667 draw tentative conclusions, below
that neither (Krippendorff 2004; 2011). Where every code is the same, alpha is not defined, not 1.
Of one coder it says nothing and is refused.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.errors import DataError, FitError, refuse
from compendium.models import check

LEVELS = ("nominal", "ordinal", "interval", "ratio")
RELY, TENTATIVE = 0.800, 0.667  # Krippendorff (2004)


class Interval(NamedTuple):
    """Bounds of alpha from the draws that have one; missing if all `n_undefined` have none."""

    low: float
    high: float
    n_undefined: int


def coincidences(codes: pd.DataFrame) -> pd.DataFrame:
    """How often each code meets each other code in one unit.

    Takes codes, units down and coders across; a missing code is a gap, not a code, and units with
    fewer than two codes add nothing. A unit of m codes adds 1 / (m - 1) for each ordered pair of
    them, so that the sum is the number of codes that could be paired. Codes of one coder only, or
    no unit with two codes, are refused.

    Two units agreed upon, one not:

    >>> codes = pd.DataFrame({"anna": ["+", "-", "+"], "ben": ["+", "-", "-"]})
    >>> coincidences(codes).values.tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    tallies = _tally(codes)
    return pd.DataFrame(_pair(tallies).sum(axis=0), tallies.columns, tallies.columns)


def alpha(codes: pd.DataFrame, level: str = "nominal") -> float:
    """Krippendorff's alpha: 1 less the disagreement observed over that expected by chance.

    Codes are units down and coders across, missing allowed; numbers, unless the level is nominal;
    0 or more, if ratio. Refused where one coder coded anything, fewer than two units have two codes
    or all codes that can be paired are the same.

    One of two units differs; of the six pairs that four codes can form, three do:

    >>> alpha(pd.DataFrame({"anna": ["+", "-"], "ben": ["+", "+"]}))
    0.0
    """
    tallies = _tally(codes)
    check.names([level], LEVELS, "level")
    values = tallies.columns
    fit = pd.api.types.is_any_real_numeric_dtype(values) and (level != "ratio" or values[0] >= 0)
    allowed = "numbers of 0 or more" if level == "ratio" else "numbers"
    found = {f"{level} codes": ", ".join(map(str, values))}
    check.that(level == "nominal" or fit, allowed, FitError, **found)
    if len(tallies) < 2:
        raise FitError("alpha of 1 unit with two codes is not defined; allowed: two units or more")
    if len(values) < 2:
        raise FitError(f"alpha is not defined where every code is {values[0]!r}")
    return float(_alphas(_pair(tallies).sum(axis=0), values, level))


def percent_agreement(codes: pd.DataFrame) -> float:
    """Per cent of the pairs of codes within a unit that are the same, each unit counting alike.

    >>> percent_agreement(pd.DataFrame({"anna": ["+", "-"], "ben": ["+", "+"]}))
    50.0
    """
    tallies = _tally(codes).to_numpy()
    sizes = tallies.sum(axis=1)
    same = (tallies * (tallies - 1)).sum(axis=1) / (sizes * (sizes - 1))
    return float(100 * same.mean())


def ac1(codes: pd.DataFrame) -> tuple[float, float]:
    """Gwet's AC1 of nominal codes (2008), and its standard error over units.

    Agreement expected by chance is that of the codes that are hard to give, (1 / (q - 1)) times the
    sum of p (1 - p) over q codes: where nearly every code is the same it stays near the agreement
    in per cent, and alpha does not. A unit with one code counts for how frequent codes are. Refuses
    what `alpha` refuses of nominal codes.

    >>> [round(found, 3) for found in ac1(pd.DataFrame({"anna": list("aab"), "ben": list("aaa")}))]
    [0.538, 0.604]
    """
    alpha(codes)
    kept = codes[codes.notna().any(axis=1)].reset_index(drop=True)
    counts = _count(kept).to_numpy(float)
    n_units, n_codes = counts.shape
    sizes, paired = counts.sum(axis=1), counts.sum(axis=1) > 1
    same = (counts * (counts - 1)).sum(axis=1)[paired] / (sizes * (sizes - 1))[paired]
    shares = counts / sizes[:, None]
    by_chance = shares @ (1 - shares.mean(axis=0)) / (n_codes - 1)  # of each unit
    expected = by_chance.mean()
    value = (same.mean() - expected) / (1 - expected)
    each = np.zeros(n_units)
    each[paired] = n_units / paired.sum() * (same - expected) / (1 - expected)
    each -= 2 * (1 - value) * (by_chance - expected) / (1 - expected)
    error = np.sqrt(((each - value) ** 2).sum() / (n_units * (n_units - 1)))
    return float(value), float(error)


def bootstrap_alpha(
    codes: pd.DataFrame, level: str, n_draws: int, seed: int, groups: pd.Series | None = None
) -> Interval:
    """The middle 95 % of alpha when the units are drawn anew, with replacement, `n_draws` times.

    `groups`, indexed as the codes: units of one group (of one line, say) hang together, and are
    drawn together. A draw in which no code varies has no alpha; it is counted, not used.

    >>> codes = pd.DataFrame({"anna": [1, 2] * 9, "ben": [1, 2] * 9})
    >>> bootstrap_alpha(codes, "nominal", n_draws=100, seed=1)
    Interval(low=1.0, high=1.0, n_undefined=0)
    """
    alpha(codes, level)
    check.counts(n_draws=n_draws)
    tallies = _tally(codes)
    pairs, n_codes = _pair(tallies), tallies.shape[1]
    if groups is not None:
        group, _ = pd.factorize(groups.loc[codes.index[codes.notna().sum(axis=1) >= 2]])
        pairs = np.stack([pairs[group == one].sum(axis=0) for one in range(group.max() + 1)])
    n_units = len(pairs)
    times = np.random.default_rng(seed).multinomial(n_units, [1 / n_units] * n_units, size=n_draws)
    drawn = (times @ pairs.reshape(n_units, -1)).reshape(n_draws, n_codes, n_codes)
    found = _alphas(drawn, tallies.columns, level)
    found = found[~np.isnan(found)]
    low, high = np.quantile(found, [0.025, 0.975]) if len(found) else (np.nan, np.nan)
    return Interval(float(low), float(high), n_draws - len(found))


def pair_nearest(distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns paired one to one: as many as can be, then as near as can be.

    ``inf`` forbids a pair. Gives the rows that are paired, and the column of each.

    >>> row, column = pair_nearest(np.array([[1.0, np.inf], [0.0, 2.0]]))
    >>> row.tolist(), column.tolist()
    ([0, 1], [0, 1])
    """
    # A third of a second to import, which only this asks for.
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    allowed = np.isfinite(distances)
    far = 1 + distances[allowed].sum()  # one pair more is worth any nearness
    rows, columns = linear_sum_assignment(np.where(allowed, distances, far))
    kept = allowed[rows, columns]
    return rows[kept], columns[kept]


def judge(value: float) -> str:
    """What an alpha of that size allows.

    >>> [judge(value) for value in (0.8, 0.7, 0.5)]
    ['rely', 'tentative', 'do not rely']
    """
    check.that(value <= 1, "1 or less", FitError, alpha=value)
    return "rely" if value >= RELY else "tentative" if value >= TENTATIVE else "do not rely"


def compare_codings(
    first: pd.DataFrame, second: pd.DataFrame, levels: dict[str, str], n_draws: int, seed: int,
    *, groups: pd.Series | None = None,
) -> pd.DataFrame:  # fmt: skip
    """How reliable each variable is, on the evidence of two coders who read alone.

    `first` and `second` (indexed by unit): a column per variable; a gap leaves its unit out. The
    second may hold fewer units. `levels`: the level of each variable that is to be compared.
    `groups`, by unit: which hang together (`bootstrap_alpha`).

    Gives ``variable``, ``level``, ``n_units`` (with both codes), ``agreement`` (per cent),
    ``alpha``, ``low``, ``high``, ``n_undefined`` (draws), ``reading`` (`judge`; why, where alpha is
    missing) and ``ac1`` with ``ac1_error`` (`ac1`: whatever the level, the codes as names).

    >>> ours = pd.DataFrame({"direction": ["+", "-", "-"]}, index=["e1a", "e2a", "e3a"])
    >>> table = compare_codings(ours, ours, {"direction": "nominal"}, 100, seed=1)
    >>> table[["n_units", "agreement", "alpha"]].values.tolist()
    [[3.0, 100.0, 1.0]]
    """
    units = second.index.difference(first.index)
    problems = [f"unit {unit!r} is not in the first coding" for unit in units]
    for name, coding in (("first", first), ("second", second)):
        twice = coding.index[coding.index.duplicated()].unique()
        problems += [f"unit {unit!r} stands twice in the {name} coding" for unit in twice]
    refuse("the codings cannot be joined", problems)
    for coding in (first, second):
        check.once(coding.columns, "variable")
        check.names(levels, coding.columns, "variable")
    check.counts(n_draws=n_draws)
    rows = []
    for variable, level in levels.items():
        ours = first[variable].reindex(second.index)
        codes = pd.DataFrame({"first": ours, "second": second[variable]}).dropna()
        row = measure(codes, level, n_draws, seed, groups)
        said = row["reading"] if row["alpha"] == row["alpha"] else f"undefined: {row['reading']}"
        rows.append({"variable": variable, **row, "reading": said})
    return pd.DataFrame(rows)


def measure(
    codes: pd.DataFrame, level: str, n_draws: int, seed: int, groups: pd.Series | None = None
) -> dict[str, object]:
    """What `compare_codings` says of one variable, of any number of coders.

    >>> measure(pd.DataFrame({"anna": ["+"], "ben": ["+"]}), "nominal", 10, 1)["agreement"]
    100.0
    """
    row = {"level": level, "n_units": int((codes.notna().sum(axis=1) > 1).sum())}
    row |= dict.fromkeys(("agreement", "alpha", "low", "high"), np.nan) | {"n_undefined": n_draws}
    row |= {"reading": "", "ac1": np.nan, "ac1_error": np.nan}
    try:
        row["agreement"] = percent_agreement(codes)
        row["alpha"] = alpha(codes, level)
        row |= bootstrap_alpha(codes, level, n_draws, seed, groups)._asdict()
        row["reading"] = judge(row["alpha"])
        row["ac1"], row["ac1_error"] = ac1(codes)
    except FitError as error:
        row["reading"] = str(error)
    return row


def _tally(codes: pd.DataFrame) -> pd.DataFrame:
    """How often each unit with two codes or more got each code."""
    check.once(codes.columns, "coder")
    if codes.isin([np.inf, -np.inf]).any(axis=None):
        raise DataError("found a code without end; allowed: names, finite numbers, or gaps")
    n_coders = codes.notna().any().sum()
    if n_coders < 2 and len(codes):
        raise FitError(f"found codes of {n_coders} coder; allowed: two or more who read alone")
    paired = codes[codes.notna().sum(axis=1) >= 2].reset_index(drop=True)
    if paired.empty:
        raise FitError("found no unit with two codes; allowed: one or more")
    return _count(paired)


def _count(codes: pd.DataFrame) -> pd.DataFrame:
    given = pd.Series(codes.to_numpy(object).ravel()).dropna().infer_objects()
    places, values = pd.factorize(given, sort=True)
    counts = np.zeros((len(codes), len(values)), int)
    np.add.at(counts, (given.index // codes.shape[1], places), 1)
    return pd.DataFrame(counts, columns=values)


def _pair(tallies: pd.DataFrame) -> np.ndarray:
    """The coincidence matrix of each unit, shape (n_units, n_codes, n_codes)."""
    counts = tallies.to_numpy(float)
    pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(counts.shape[1]))
    return pairs / (counts.sum(axis=1) - 1)[:, None, None]


def _alphas(matrices: np.ndarray, values: pd.Index, level: str) -> np.ndarray:
    """Alpha of each of a stack of coincidence matrices; NaN where nothing varies."""
    margins = matrices.sum(axis=-1)
    # Ordinal codes lie as far apart as their mid-ranks.
    ranks = {"nominal": np.zeros(len(values)), "ordinal": margins.cumsum(axis=-1) - margins / 2}
    places = ranks[level] if level in ranks else values.to_numpy(float)
    gaps = places[..., :, None] - places[..., None, :]
    if level == "ratio":
        sums = places[:, None] + places[None, :]
        gaps = gaps / np.where(sums > 0, sums, 1)
    distances = 1 - np.eye(len(values)) if level == "nominal" else gaps**2
    observed = (matrices * distances).sum(axis=(-1, -2))
    expected = (margins[..., :, None] * margins[..., None, :] * distances).sum(axis=(-1, -2))
    expected = np.where(expected > 0, expected / (margins.sum(axis=-1) - 1), np.nan)
    return 1 - observed / expected
