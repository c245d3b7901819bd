"""What other studies had found: who reports what, which way, and what may not be added up.

A table of the literature often holds statements, not effects: a study, a factor, something that
helped or hindered. An evidence map shows them side by side. A cell without a statement is "not
reported", never "no effect". Directions are ours, of an author's wording, and "a lack of it
hinders" is the same claim as "it helps": a direction says how a finding is put, not which way a
factor works. So directions are shown; a sign test asks for units that do not share an evaluation or
a programme, and is refused elsewhere. Effects are never pooled.

Ogilvie et al. (2008); Thomson and Thomas (2013); Hilton Boon and Thomson (2021); Campbell et al.
(2020, SWiM); Cochrane Handbook, chapter 12.
"""

from collections.abc import Iterable, Mapping
from math import ceil, log2

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from compendium.errors import FitError
from compendium.models import check

_DIRECTIONS = ("facilitates", "hinders", "mixed", "none-stated")
# What the findings of one cell come to.
CELLS = ("facilitates", "hinders", "both", "none-stated", "not reported")
LEVELS = ("report", "evaluation", "programme")
# What is never done with such tables, and why.
REFUSED = {
    "meta-analysis": "no effect and no standard error is printed",
    "albatross plot": "no p-value is printed, and N counts cases, bodies or replies",
    "pooled vote count": "studies share programmes, and a direction is one of wording",
}


def assign_units(studies: pd.DataFrame, level: str, programmes: Mapping[str, str]) -> pd.Series:
    """What each study is counted as: itself, its national evaluation, or its programme.

    `studies`: ``study_id``, ``type`` and ``part_of_national_evaluation`` (yes or no). At the
    `level` ``report`` every row is for itself, at ``evaluation`` rows marked as part of the
    national evaluation are one, at ``programme`` also rows whose type names the same programme.
    `programmes`: name to the pattern that finds it in a type; who names two goes to the first.

    >>> studies = pd.DataFrame({"study_id": ["a1999", "b1998"], "type": ["Zone", None],
    ...                         "part_of_national_evaluation": ["yes", "no"]})
    >>> assign_units(studies, "programme", {"Zones": "Zone"}).tolist()
    ['Zones', 'b1998']
    """
    check.names([level], LEVELS, "level")
    units = studies.set_index("study_id", drop=False).study_id.rename("unit")
    if level != "report":
        shared = studies.part_of_national_evaluation.eq("yes").to_numpy()
        units = units.mask(shared, "national-evaluation")
    if level == "programme":
        for name, pattern in reversed(programmes.items()):
            units = units.mask(studies.type.str.contains(pattern, na=False).to_numpy(), name)
    return units


def map_evidence(findings: pd.DataFrame, units: pd.Series, columns: Iterable[str]) -> pd.DataFrame:
    """The evidence map: for every unit and column, what is reported and which way.

    `findings`: ``study_id``, ``factor`` and ``direction``.
    `units` (indexed by study_id): as `assign_units` gives it. Units and columns come out in their
    order.

    Gives ``unit``, ``factor``, ``direction`` (one of `CELLS`; ``both`` where some findings help and
    some hinder, or one is mixed) and ``n_findings``, missing where nothing is reported.

    >>> findings = pd.DataFrame({"study_id": ["a", "a"], "factor": ["goals", "goals"],
    ...                          "direction": ["facilitates", "none-stated"]})
    >>> map_evidence(findings, pd.Series({"a": "a"}), ["goals", "skills"]).direction.tolist()
    ['facilitates', 'not reported']
    """
    known = {"study_id": units.index, "factor": columns, "direction": _DIRECTIONS}
    for column, allowed in known.items():
        check.names(findings[column].unique(), allowed, column)
    grouped = findings.assign(unit=findings.study_id.map(units)).groupby(["unit", "factor"])
    cells = grouped.direction.agg(direction=_sum_up, n_findings="size")
    every = pd.MultiIndex.from_product([dict.fromkeys(units), columns], names=["unit", "factor"])
    cells = cells.reindex(every).astype({"n_findings": "Int64"})
    return cells.fillna({"direction": "not reported"}).reset_index()


def _sum_up(said: pd.Series) -> str:
    """What the findings of one cell come to."""
    directed = set(said) - {"none-stated"}
    if not directed:
        return "none-stated"
    return directed.pop() if directed in ({"facilitates"}, {"hinders"}) else "both"


def check_independence(
    studies: pd.DataFrame, units: pd.Series, programmes: Mapping[str, str]
) -> None:
    """A FitError that names the studies counted apart though they share a programme, if any do."""
    parts = units.groupby(assign_units(studies, "programme", programmes)).unique()
    problems = [
        f"{', '.join(sorted(part))} share {name}" for name, part in parts.items() if len(part) > 1
    ]
    if problems:
        raise FitError("units are not independent: " + "; ".join(problems))


def sign_test(directions: pd.Series, level: float = 0.05) -> dict[str, float]:
    """An exact sign test of independent units; refused where it cannot say anything.

    `directions`: one of `CELLS` for each unit; the last two of them say nothing and stay out.
    Whether units are independent is for `check_independence`. A FitError if too few units go one
    way for any p below `level`, or if those that go both ways could turn the majority.

    Gives ``n_facilitates``, ``n_hinders``, ``p`` (two-sided, binomial) and the share that
    facilitates with its Wilson and Clopper-Pearson (``exact``) intervals.

    >>> round(sign_test(pd.Series(["facilitates"] * 9))["p"], 4)
    0.0039
    """
    check.names(directions.unique(), CELLS, "direction")
    check.shares(ends=False, level=level)
    helps, hinders, both = (int((directions == cell).sum()) for cell in CELLS[:3])
    n, problems = helps + hinders, []
    # All n one way give 2 / 2 ** n; below this many units that stays above the level.
    fewest = ceil(1 - log2(level))
    if n < fewest:
        problems.append(f"too few independent units: {n} go one way, {fewest} are needed")
    if both and both >= abs(helps - hinders):
        problems.append(f"directions mixed: {helps} help, {hinders} hinder, {both} go both ways")
    if problems:
        raise FitError("no sign test: " + "; ".join(problems))
    p = float(stats.binomtest(helps, n).pvalue)
    found = {"n_facilitates": helps, "n_hinders": hinders, "p": p, "share": helps / n}
    for name, method in (("wilson", "wilson"), ("exact", "beta")):
        low, high = proportion_confint(helps, n, level, method=method)
        found |= {f"{name}_low": float(low), f"{name}_high": float(high)}
    return found


def try_sign_tests(cells: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """A sign test of each column of a map; missing, with the words of the refusal, where refused.

    >>> cells = pd.DataFrame({"factor": ["goals"] * 6, "direction": ["hinders"] * 6})
    >>> try_sign_tests(cells).p["goals"].item()
    0.03125
    """
    rows = {}
    for factor, part in cells.groupby("factor", sort=False):
        try:
            rows[factor] = sign_test(part.direction, level) | {"refused": ""}
        except FitError as refusal:
            rows[factor] = {"refused": str(refusal).removeprefix("no sign test: ")}
    kinds = dict.fromkeys(["n_facilitates", "n_hinders"], "Int64")
    ends = ["wilson_low", "wilson_high", "exact_low", "exact_high"]
    kinds |= dict.fromkeys(["p", "share", *ends], float)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")
    return table.reindex(columns=[*kinds, "refused"]).astype(kinds)


def refuse(method: str) -> None:
    """Always a FitError: what such tables cannot carry, and why."""
    check.names([method], REFUSED, "method")
    raise FitError(f"{method} refused: {REFUSED[method]}")


def trace_words(labels: pd.Series, words: Mapping[str, str]) -> pd.DataFrame:
    """Which labels touch on which factor, by a list of words for each; one may touch several.

    >>> trace_words(pd.Series(["Too few funds", "trust"]), {"money": "fund|pay"}).none.tolist()
    [False, True]
    """
    found = {name: labels.str.contains(rf"(?i)\b(?:{each})") for name, each in words.items()}
    touched = pd.DataFrame(found, labels.index)
    return touched.assign(none=~touched.any(axis=1))
