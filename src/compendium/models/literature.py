"""What other studies had found: who reports what, which way, and what may not be added up.

The literature tables of the thesis hold statements, not effects: a study, a factor, something that
helped or hindered. An evidence map shows them side by side. A cell without a statement is "not
reported", never "no effect". Directions are ours, of the author's wording, and "a lack of it
hinders" is the same claim as "it helps": a direction says how a finding is put, not which way a
factor works. So directions are shown; a sign test asks for units that do not share an evaluation or
a programme, and is refused elsewhere. Effects are never pooled.

Ogilvie et al. (2008); Thomson and Thomas (2013); Hilton Boon and Thomson (2021); Campbell et al.
(2020, SWiM); Cochrane Handbook, chapter 12.
"""

from collections.abc import Iterable
from math import ceil, log2

import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from compendium.errors import DataError, FitError, SettingError

DIRECTIONS = ("facilitates", "hinders", "mixed", "none-stated")
# What the findings of one cell come to.
CELLS = ("facilitates", "hinders", "both", "none-stated", "not reported")
# The columns of Tables C1-C3 and the heads they stand under.
COLUMNS = {
    "goals": "process (cognitive)",
    "skills": "process (management)",
    "approach": "process (management)",
    "relationships": "process (social)",
    "structure": "context",
    "environment": "context",
}
# What a sign test comes to.
RESULTS = ["n_facilitates", "n_hinders", "p", "share", "wilson_low", "wilson_high",
           "exact_low", "exact_high", "refused"]  # fmt: skip
LEVELS = ("report", "evaluation", "programme")
# How a study's type names a programme of Appendix E. Two studies of one programme met the same
# centre at the same time. No type names the joint committees (JCC/JCPTs) or the 1960s.
PROGRAMMES = {
    "HImP-HAZ": r"HImP|HIMP|HAZ",
    "HC-HFA-2000": r"Healthy Cities|Health For All|HFA",
    "HOTN": r"HOTN",
}
# Section 1.5.1 (line 578): health alliances were made to carry the Health of the Nation.
ALLIANCES_TOO = PROGRAMMES | {"HOTN": r"HOTN|[Aa]lliance"}
# Words by which one of our labels is taken to touch on a factor: blunt, and open to be changed.
FACTOR_WORDS = {
    "national-policy": r"national|central?\b|centre|government|minister|polic(?:y|ies)\b|reforms?"
    r"|performance|initiatives|top-down|statutory (?:partnership )?duty|mandat",
    "local-structures": r"boundaries|coterminous|structur|geograph|politic|reorganis|democratic"
    r"|(?:de)?centralised|bureaucra|domains|purchaser",
    "culture": r"cultur|values|views?\b|attitude|profession|ideolog|language|medical model|norms"
    r"|paradigm|outlooks|social model",
    "key-individuals": r"champion|leader|individual|personalit|entrepreneur|key pe|director"
    r"|chief exec|chair|tactic|boundary span|co-ordinator|senior (?:person|manager|champion|supp)",
    "resources": r"resourc|fund|money|budget|financ|fiscal|pay\b|paid|(?:inter)?dependence|rewards"
    r"|costs|incentive|econom",
}
# What is never done with these tables, and why.
REFUSED = {
    "meta-analysis": "no effect and no standard error is printed",
    "albatross plot": "no p-value is printed, and N counts cases, bodies or replies",
    "pooled vote count": "studies share programmes, and a direction is one of wording",
}


def check_findings(studies: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """The findings, if each belongs to a study and a column and says one thing; else an error.

    The DataError names every study that is not in the table, every factor or direction that is
    none of the known ones, and every place that holds more than one row.

    Examples
    --------
    >>> studies = pd.DataFrame({"study_id": ["cole2003"]})
    >>> findings = pd.DataFrame({"study_id": ["cole2003"], "factor": ["goals"], "position": [1],
    ...                          "direction": ["hinders"]})
    >>> len(check_findings(studies, findings))
    1
    """
    known = {"study_id": set(studies.study_id), "factor": set(COLUMNS),
             "direction": set(DIRECTIONS)}  # fmt: skip
    problems = [
        f"{row['study_id']}, {row['factor']}, {row['position']}: found {column} {row[column]!r}; "
        f"allowed: {_some(allowed)}"
        for column, allowed in known.items()
        for row in findings[~findings[column].isin(allowed)].to_dict("records")
    ]
    for key, rows in findings.groupby(["study_id", "factor", "position"], sort=False):
        said = sorted(set(rows.direction.astype(str)))
        if len(rows) > 1:
            words = "that contradict each other, " if len(said) > 1 else ""
            place = ", ".join(map(str, key))
            problems.append(f"{place}: found {len(rows)} rows, {words}{_some(said)}; allowed: one")
    if problems:
        raise DataError("the findings cannot be mapped:\n  " + "\n  ".join(problems))
    return findings


def assign_units(
    studies: pd.DataFrame, level: str, programmes: dict[str, str] = PROGRAMMES
) -> pd.Series:
    """What each study is counted as: itself, its national evaluation, or its programme.

    Parameters
    ----------
    studies : DataFrame
        ``study_id``, ``type`` and ``part_of_national_evaluation`` (yes or no).
    level : str
        ``report``: every row for itself. ``evaluation``: rows marked as part of the national
        evaluation are one. ``programme``: rows whose type names the same programme are one too.

    Returns
    -------
    Series, indexed by study_id
        The unit's name.

    Examples
    --------
    >>> studies = pd.DataFrame({"study_id": ["judge1999", "green1998"], "type": ["HAZ", None],
    ...                         "part_of_national_evaluation": ["yes", "no"]})
    >>> assign_units(studies, "programme").tolist()
    ['HImP-HAZ', 'green1998']
    """
    if level not in LEVELS:
        raise SettingError(f"found level {level!r}; allowed: {', '.join(LEVELS)}")
    units = studies.set_index("study_id", drop=False).study_id.rename("unit")
    if level == "report":
        return units
    shared = studies.part_of_national_evaluation.eq("yes").to_numpy()
    units = units.mask(shared, "national-evaluation")
    if level == "programme":
        # From the last to the first: a type that names two goes to the first of them.
        for name, pattern in reversed(programmes.items()):
            named = studies.type.str.contains(pattern, na=False).to_numpy()
            units = units.mask(named, name)
    return units


def map_evidence(findings: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    """The evidence map: for every unit and column, what is reported and which way.

    Parameters
    ----------
    findings : DataFrame
        ``study_id``, ``factor`` and ``direction``, as `check_findings` lets through.
    units : Series, indexed by study_id
        As `assign_units` gives it. Units and columns come out in its order and that of `COLUMNS`.

    Returns
    -------
    DataFrame
        ``unit``, ``factor``, ``direction`` (one of `CELLS`; ``both`` where some findings help and
        some hinder, or one is mixed) and ``n_findings``, missing where nothing is reported.

    Examples
    --------
    >>> findings = pd.DataFrame({"study_id": ["a", "a"], "factor": ["goals", "goals"],
    ...                          "direction": ["facilitates", "none-stated"]})
    >>> cells = map_evidence(findings, pd.Series({"a": "a"}))
    >>> cells.direction.tolist()[:2], cells.n_findings.isna().sum().item()
    (['facilitates', 'not reported'], 5)
    """
    grouped = findings.assign(unit=findings.study_id.map(units)).groupby(["unit", "factor"])
    cells = grouped.direction.agg(direction=_direction_of, n_findings="size")
    every = pd.MultiIndex.from_product([dict.fromkeys(units), COLUMNS], names=["unit", "factor"])
    cells = cells.reindex(every).astype({"n_findings": "Int64"})
    return cells.fillna({"direction": "not reported"}).reset_index()


def check_independence(
    studies: pd.DataFrame, units: pd.Series, programmes: dict[str, str] = PROGRAMMES
) -> None:
    """Nothing, if no two units share an evaluation or a programme; else a refusal.

    A FitError names the studies that are counted apart though they share one.
    """
    shared = assign_units(studies, "programme", programmes)
    parts = pd.DataFrame({"shared": shared, "unit": units}).groupby("shared").unit.unique()
    problems = [f"{_some(part)} share {name}" for name, part in parts.items() if len(part) > 1]
    if problems:
        raise FitError("units are not independent: " + "; ".join(problems))


def sign_test(directions: pd.Series, level: float = 0.05) -> dict[str, float]:
    """An exact sign test of independent units; refused where it cannot say anything.

    Parameters
    ----------
    directions : Series
        One of `CELLS` for each unit; the last two of them say nothing and stay out. Whether units
        are independent is for `check_independence`.

    Returns
    -------
    dict
        ``n_facilitates``, ``n_hinders``, ``p`` (two-sided, binomial) and the share that
        facilitates with its Wilson and Clopper-Pearson (``exact``) intervals.

    Raises
    ------
    FitError
        If too few units go one way for any p below `level`, or if those that go both ways could
        turn the majority. A DataError if a direction is none of `CELLS`.

    Examples
    --------
    >>> round(sign_test(pd.Series(["facilitates"] * 9))["p"], 4)
    0.0039
    """
    if unknown := set(directions) - set(CELLS):
        raise DataError(f"found direction {_some(unknown)}; allowed: {', '.join(CELLS)}")
    if not 0 < level < 1:
        raise SettingError(f"found level {level!r}; allowed: between 0 and 1")
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
    for factor in COLUMNS:
        try:
            rows[factor] = sign_test(cells.loc[cells.factor == factor, "direction"], level)
        except FitError as refusal:
            rows[factor] = {"refused": str(refusal).removeprefix("no sign test: ")}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")
    table = table.reindex(columns=RESULTS).fillna({"refused": ""})
    return table.astype(dict.fromkeys(RESULTS[:2], "Int64") | dict.fromkeys(RESULTS[2:-1], float))


def refuse(method: str) -> None:
    """Always a FitError: what these tables cannot carry, and why."""
    if method not in REFUSED:
        raise SettingError(f"found method {method!r}; allowed: {', '.join(REFUSED)}")
    raise FitError(f"{method} refused: {REFUSED[method]}")


def trace_words(labels: pd.Series, words: dict[str, str] = FACTOR_WORDS) -> pd.DataFrame:
    """Which labels touch on which factor, by a list of words for each; one may touch several.

    >>> trace_words(pd.Series(["too few resources", "trust"])).none.tolist()
    [False, True]
    """
    found = {name: labels.str.contains(rf"(?i)\b(?:{words[name]})") for name in words}
    touched = pd.DataFrame(found, index=labels.index)
    return touched.assign(none=~touched.any(axis=1))


def _direction_of(said: pd.Series) -> str:
    """What the findings of one cell come to."""
    directed = set(said) - {"none-stated"}
    if not directed:
        return "none-stated"
    return next(iter(directed)) if directed in ({"facilitates"}, {"hinders"}) else "both"


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, names)))
