"""Which combinations of conditions go with involvement: the told cases as sets, in four readings.

The comparison itself is in `compendium.models.qca`; here is what becomes a set, and what is asked
of the solutions, which should not be quoted without the contradictions and chances beside them.
"""

import numpy as np
import pandas as pd

from compendium.coding.cases import Cases
from compendium.models import qca, robustness
from compendium.models.balance import read_trait

OUTCOME, ABSENCE = "left", "~left"
LABELS = {
    "broad": "broad view",
    "large": "large base",
    "duty": "legal duty",
    "funds": "extra money",
}
SIDES = ("came out left", "came out right")
# The middle degree of involvement as a membership: none, low, fair, high.
_DEGREES = np.array([0, 0.33, 0.67, 1])
AS_SET, TURNED = "as set", "mixed the other way"
KEYS = ["outcome", "n_cut", "reading"]


def read_sets(told: Cases) -> dict[str, pd.DataFrame]:
    """Four readings of the same cases: the conditions of `LABELS` and the outcome ``left``.

    Crisp: a mixed attitude out of ``broad``, or in. Fuzzy, with no step finer than the words carry:
    mixed .33 or .67, and the outcome by the middle degree of involvement; a middle between two
    degrees takes the one nearer the crossover, and a case of which a side alone is told stands next
    to the crossover.
    """
    traits = told.traits
    small, duty, funds = (read_trait(traits, name) for name in ("small", "mandated", "funded"))
    crisp = pd.DataFrame({"large": 1 - small, "duty": duty, "funds": funds}, traits.index)
    crisp = crisp.assign(left=told.sides.eq("left")).astype(int)
    middle = told.degrees.fillna(told.sides.map({"left": 2, "right": 1}))
    steps = np.where(middle < 1.5, np.ceil(middle), np.floor(middle)).astype(int)
    fuzzy = crisp.assign(left=_DEGREES[steps])
    places = {
        "crisp, mixed out": (crisp, 0),
        "crisp, mixed in": (crisp, 1),
        "fuzzy, mixed .33": (fuzzy, 0.33),
        "fuzzy, mixed .67": (fuzzy, 0.67),
    }
    broad, mixed = traits.attitude.eq(1).astype(float), traits.attitude.eq(0)
    return {
        name: sets.assign(broad=broad.mask(mixed, place)) for name, (sets, place) in places.items()
    }


def count_sets(cases: Cases) -> dict[str, int]:
    """How many told cases there are, how many came out left, are mixed, or are of no one site."""
    told = cases.sided
    return {
        "told": len(told.names),
        "cases": len(cases.names),
        "left": int(told.sides.eq("left").sum()),
        "mixed": int(told.traits.attitude.eq(0).sum()),
        "general": int(told.table.site.eq("all").sum()),
    }


def tabulate(sets: pd.DataFrame, conditions: list[str], cut: float, n_cut: int) -> pd.DataFrame:
    """The truth table, the fullest rows first."""
    table = qca.truth_table(sets, conditions, OUTCOME, cut=cut, n_cut=n_cut)
    return table.sort_values("n", ascending=False, kind="stable")


def count_rows(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Of each truth table: rows with cases, those of more than one, and those that contradict."""
    rows = {}
    for name, table in tables.items():
        full = table[table.n > 0]
        rows[name] = {
            "rows": len(full),
            "contradictory": int(full.contradictory.sum()),
            "cases in these": int(full.n[full.contradictory].sum()),
            "of several cases": int((full.n > 1).sum()),
            "of these, agreed": int(((full.n > 1) & ~full.contradictory).sum()),
            "largest": int(full.n.max()),
        }
    return pd.DataFrame(rows).T.rename_axis("reading")


def solve(
    readings: dict[str, pd.DataFrame], conditions: list[str], cuts: list[float], n_cuts: list[int]
) -> pd.DataFrame:
    """All solutions for the outcome and its absence; each condition can but help the outcome."""
    helps = dict.fromkeys(conditions, 1)
    cuts, n_cuts = tuple(cuts), tuple(n_cuts)
    return qca.vary_cuts(readings, conditions, OUTCOME, cuts=cuts, n_cuts=n_cuts, expected=helps)


def fit(solutions: pd.DataFrame, readings: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """How well each solution that goes beyond the rows with cases fits, term by term."""
    parts = {}
    for row in solutions[~solutions.kind.isin(["none", "conservative"])].itertuples():
        key = (row.reading, row.outcome, row.kind, row.model)
        parts[key] = qca.fit_solution(readings[row.reading], row.solution, row.outcome)
    return pd.concat(parts, names=["reading", "outcome", "kind", "model", "term"])


def find_necessity(sets: pd.DataFrame, conditions: list[str]) -> pd.DataFrame:
    """Every condition and its absence, as necessary for the outcome and for its absence."""
    single = [sign + name for name in conditions for sign in ("", "~")]
    parts = {side: qca.fit_necessity(sets, single, side) for side in (OUTCOME, ABSENCE)}
    return pd.concat(parts, names=["outcome", "condition"])


def lay_out_shortest(swept: pd.DataFrame) -> pd.DataFrame:
    """The parsimonious solution at every cut; ``none`` where no row reaches it."""
    short = swept[swept.kind.isin(["none", "parsimonious"])]
    cells = short.groupby([*KEYS, "cut"]).solution.agg("; or ".join)
    return cells.unstack("cut").replace("", "none")


def describe_settings(swept: pd.DataFrame, wide: pd.DataFrame) -> dict[str, object]:
    """How many settings were tried, and how far their answers agree, for outcome and absence."""
    settings = swept.drop_duplicates([*KEYS, "cut"])
    found = {"settings": len(settings), "empty": int(settings.kind.eq("none").sum())}
    for name, side in (("left", OUTCOME), ("right", ABSENCE)):
        answers = wide.loc[side].stack()
        common = answers.mode()[0]
        found[f"{name}_answers"] = answers.nunique()
        found[f"{name}_commonest"] = common
        found[f"{name}_share"] = answers.eq(common).mean()
    return found


def compare_coders(
    coders: dict[str, Cases], conditions: list[str], cuts: list[float], n_cuts: list[int]
) -> pd.DataFrame:
    """By each coder's reading: how many cases, how many rows agree, and how far answers do.

    Rows of several cases are counted over both crisp readings; the rest as `describe_settings`.
    """
    found = {}
    for coder, cases in coders.items():
        readings = read_sets(cases.sided)
        crisp = [name for name in readings if name.startswith("crisp")]
        tables = {name: tabulate(readings[name], conditions, cuts[0], 1) for name in crisp}
        rows, swept = count_rows(tables), solve(readings, conditions, cuts, n_cuts)
        counted = count_sets(cases)
        found[coder] = {name: counted[name] for name in ("told", "left")}
        found[coder] |= {
            name: rows[name].sum() for name in ("of several cases", "of these, agreed")
        }
        found[coder] |= describe_settings(swept, lay_out_shortest(swept))
    return pd.DataFrame(found).T.rename_axis("coder").infer_objects()


def find_ends(by_coder: pd.DataFrame) -> dict[str, float]:
    """The least and the most of any coder, for a sentence."""
    names = {"of these, agreed": "agreed", "left_share": "share", "left_answers": "answers"}
    ends = by_coder[list(names)].rename(columns=names).agg(["min", "max"])
    ends = ends.rename({"min": "least", "max": "most"}).unstack()
    return {"_".join(key): value for key, value in ends.items()}


def _find_shortest(now: pd.DataFrame, reading: str = AS_SET) -> pd.Series:
    """The parsimonious solution of each outcome that has one, the first of its models."""
    short = now[now.reading.eq(reading) & now.kind.eq("parsimonious")]
    return short.groupby("outcome", sort=False).solution.first()


def compare_settings(
    now: pd.DataFrame, swept: pd.DataFrame, readings: dict[str, pd.DataFrame],
    ours: pd.DataFrame, conditions: list[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """The shortest solution as set, beside those of all settings: what is robust, and in whom.

    By outcome: the ``solution``, the ``core`` that all settings share, how many ``others`` there
    are and how many settings have none, and the measures of `robustness.fit_robustness`; and the
    cases, sorted. An outcome without a solution as set has no row.
    """
    fits, cases = {}, {}
    for side, first in _find_shortest(now).items():
        asked = swept[swept.outcome == side]
        rest = asked[asked.kind == "parsimonious"]
        held = {i: qca.membership(readings[r.reading], r.solution) for i, r in rest.iterrows()}
        given = qca.membership(ours, first), pd.DataFrame(held), qca.membership(ours, side)
        core = robustness.find_core([first, *rest.solution], conditions)
        found = {"solution": first, "core": core or "nothing", "others": len(rest)}
        found["settings without"] = int(asked.kind.eq("none").sum())
        fits[side] = found | robustness.fit_robustness(*given).to_dict()
        cases[side] = robustness.sort_cases(*given)
    table = pd.DataFrame(fits).T.rename_axis("outcome").infer_objects()
    return table, pd.concat(cases, names=["outcome", "case"])


def find_ranges(ours: pd.DataFrame, conditions: list[str], cut: float, n_cut: int) -> pd.DataFrame:
    """How far cut and case number could be moved before the shortest solution changes."""
    ends = {
        side: robustness.find_ranges(ours, conditions, side, cut=cut, n_cut=n_cut)
        for side in (OUTCOME, ABSENCE)
    }
    counts = dict.fromkeys(["n_cut_from", "n_cut_to"], int)
    return pd.DataFrame(ends).T.rename_axis("outcome").astype(counts)


def find_contradictory(
    tables: dict[str, pd.DataFrame], conditions: list[str], now: pd.DataFrame
) -> pd.DataFrame:
    """The rows without a case that both shortest solutions claim, in each reading of the sets."""
    found = {}
    for reading, table in tables.items():
        short, rows = _find_shortest(now, reading), []
        if {OUTCOME, ABSENCE} <= {*short.index}:
            pair = short[OUTCOME], short[ABSENCE]
            rows = robustness.find_contradictory(table, conditions, *pair)
        claimed = {"claimed by both": len(rows), "without a case": int((table.n == 0).sum())}
        found[reading] = claimed | {"rows": " ".join(rows) or "none"}
    return pd.DataFrame(found).T.rename_axis("reading")


def compare_parts(ours: pd.DataFrame, told: Cases, now: pd.DataFrame) -> pd.DataFrame:
    """Consistency of the shortest solutions by site, and by kind of body across sites."""
    table = told.table.set_index("case")
    sites = table.site.replace("all", "no single site")
    parts = {
        side: robustness.compare_parts(ours, first, side, sites, table.kind)
        for side, first in _find_shortest(now).items()
    }
    return pd.concat(parts, names=["outcome"]).droplevel(1).set_index(["part", "name"], append=True)


def weigh_chance(
    tables: dict[str, pd.DataFrame], n_conditions: int, n_cases: int, share: float, cut: float
) -> pd.DataFrame:
    """What cases dealt out at random would give: no contradiction, a consistent row, as few.

    `share`: of the cases that came out left.
    """
    size = (n_cases, n_conditions)
    chance = {
        "no contradiction, even odds": qca.chance_of_no_contradiction(*size),
        "no contradiction, odds as told": qca.chance_of_no_contradiction(*size, share),
        "a row at the cut, even odds": qca.chance_of_consistent_row(*size, cut),
        "a row at the cut, odds as told": qca.chance_of_consistent_row(*size, cut, share),
    }
    chance |= {f"as few contradictions, {k}": qca.chance_as_tidy(t) for k, t in tables.items()}
    return pd.Series(chance, name="chance").rename_axis("of random cases").to_frame()


def weigh_rows(tables: dict[str, pd.DataFrame], share: float) -> pd.DataFrame:
    """The chance of every row that agrees, for the outcome and for its absence."""
    swap = {"n_with": "n_without", "n_without": "n_with"}
    weighed = {}
    for name, table in tables.items():
        weighed[name, OUTCOME] = qca.weigh_rows(table, share)
        weighed[name, ABSENCE] = qca.weigh_rows(table.rename(columns=swap), 1 - share)
    return pd.concat(weighed, names=["reading", "outcome", "row"])
