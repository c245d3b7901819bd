"""A case: one actor, at one site, at one time, with its leans, its traits and its side.

The four figures give six stated cases; chapters 4 and 5 speak of more actors without a figure. What
a case leans on comes from the figures' prose (``coding/leanings``) or from the coded statements
(``coding/evidence``); what it is, from the author's own tables (Appendix M for attitude, Table 4.3
for size) and ``coding/cases``; how it came out, from the figure or from the degrees of involvement
coded elsewhere (``coding/involvement``).
"""

import numpy as np
import pandas as pd

from compendium.coding.statements import (
    FACTORS,
    lean_boxes,
    net_direction,
    partnerships_of,
    select,
    side_of,
    sites_of,
)
from compendium.errors import DataError
from compendium.models.balance import BOXES

# Majority, mixed, minority hold a broad view: Appendix M, as a number.
ATTITUDES = {"Majority": 1.0, "Mixed": 0.0, "Minority": -1.0}
# Degrees are compared where the thesis sets the partnership's course.
LEVELS = ("overall", "board")
# Statements, and boxes they speak of, that a case without a figure needs to be weighed. Ours.
ENOUGH = (8, 2)
CODINGS = ["lean", "lean_min", "lean_max", "confidence"]


def gather_codings(
    cases: pd.DataFrame, leanings: pd.DataFrame, statements: pd.DataFrame
) -> pd.DataFrame:
    """The lean of every box of every case, with its admissible range.

    Parameters
    ----------
    cases, leanings, statements : DataFrame
        As ``coding/cases``, ``coding/leanings`` and ``coding/evidence``.

    Returns
    -------
    DataFrame
        ``case``, ``box`` and `CODINGS`, in the order of the cases and of `BOXES`; a lean that is
        not stated, or on which statements disagree, is missing.
    """
    parts = []
    for row in cases.itertuples():
        if pd.isna(row.figure):
            boxes = lean_boxes(statements_of(row, statements))
        else:
            mine = leanings[(leanings.figure == row.figure) & (leanings.state == row.state)]
            boxes = mine.set_index("box").loc[list(BOXES)].reset_index()
        parts.append(boxes[["box", *CODINGS]].assign(case=row.case))
    return pd.concat(parts, ignore_index=True)[["case", "box", *CODINGS]]


def statements_of(row: object, statements: pd.DataFrame) -> pd.DataFrame:
    """The coded statements that speak of a case's involvement: its row of ``coding/cases`` decides.

    A case of a site takes what is said of that site and of all; see `statements.select`.
    """
    return select(
        statements,
        row.evidence_actor,
        site=row.site,
        partnership=row.partnership,
        stages=tuple(row.stages.split("; ")),
        district=None if pd.isna(row.district) else row.district,
    )


def find_weighed(cases: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """The cases that are weighed one by one: all with a figure, others with `ENOUGH` statements."""
    kept = []
    for row in cases.itertuples():
        mine = statements_of(row, statements)
        boxes = mine[mine.factor.isin(FACTORS.values())]
        enough = len(boxes) >= ENOUGH[0] and boxes.factor.nunique() >= ENOUGH[1]
        kept.append(enough or not pd.isna(row.figure))
    return cases[kept]


def gather_sides(
    cases: pd.DataFrame,
    tilts: pd.DataFrame,
    involvement: pd.DataFrame,
    *,
    other_sentences: bool = False,
) -> pd.Series:
    """The side each case came out on, indexed by case; missing where it is open.

    A figure's side is the printed one. Elsewhere it is that of the middle degree of involvement
    coded for it (`statements.side_of`): board or overall level, no repetitions, none contested;
    with `other_sentences` only sentences that do not also give the factor said to explain it.
    """
    if other_sentences:
        involvement = involvement[involvement.same_sentence == "no"]
    sides = {}
    for row in cases.itertuples():
        if not pd.isna(row.figure):
            mine = tilts[(tilts.figure == row.figure) & (tilts.state == row.state)].tilt
            sides[row.case] = mine.iloc[0] if len(mine) and not pd.isna(mine.iloc[0]) else None
        else:
            sides[row.case] = _middle_side(degrees_of(row, involvement))
    return pd.Series(sides, dtype="object", name="side")


def degrees_of(row: object, involvement: pd.DataFrame) -> pd.DataFrame:
    """The coded degrees of involvement of a case."""
    sites = sites_of(row.site, row.partnership)
    firm = _firm(involvement)
    return firm[
        (firm.actor == row.evidence_actor)
        & firm.partnership.isin(partnerships_of(row.partnership))
        & firm.site.isin(sites)
        & (firm.district.isna() | (firm.district == row.district))
        & firm.stage.isin(row.stages.split("; "))
    ]


def _firm(table: pd.DataFrame) -> pd.DataFrame:
    """What is said of involvement: board or overall level, none repeated, none contested."""
    return table[
        (table.measure == "involvement")
        & table.level.isin(LEVELS)
        & (table.is_restatement == "no")
        & (table.confidence != "contested")
    ]


def _middle_side(degrees: pd.DataFrame) -> str | None:
    """The side of the middle degree: of the medians of the least and greatest admissible codes."""
    if degrees.empty:
        return None
    return side_of(degrees.code_min.median(), degrees.code_max.median())


def middle_degrees(involvement: pd.DataFrame, partnerships: list[str]) -> pd.Series:
    """The median coded degree of involvement of each actor: board or overall, none repeated."""
    firm = _firm(involvement)
    return firm[firm.partnership.isin(partnerships)].groupby("actor").code.median().astype(float)


def attitudes_of(cases: pd.DataFrame, attitudes: pd.DataFrame) -> pd.Series:
    """The attitude of each actor of the cases, -1 narrow to 1 broad, by Appendix M."""
    broad = attitudes[attitudes.attitude == "broad-systems"].set_index("group").printed
    actors = cases.drop_duplicates("evidence_actor").set_index("evidence_actor")
    return actors.attitude_group.map(broad).map(ATTITUDES).astype(float)


def gather_predictors(
    cases: pd.DataFrame, attitudes: pd.DataFrame, bases: pd.DataFrame, ties: pd.DataFrame
) -> pd.DataFrame:
    """What the author coded of each actor in tables: the least circular predictors there are.

    Parameters
    ----------
    attitudes, bases, ties : DataFrame
        As ``elston2005/appendix-m``, ``elston2005/table-4.3`` and ``elston2005/table-4.5``.

    Returns
    -------
    DataFrame
        Indexed by actor: ``attitude`` (-1, 0, 1), ``large`` (0, 1) and ``dependencies`` (how many
        others it depends on horizontally; Table 4.5 has one row for all Trusts). Missing where a
        table has no row for it.
    """
    actors = cases.drop_duplicates("evidence_actor").set_index("evidence_actor")
    base = bases.drop_duplicates("organisation").set_index("organisation").base
    providers = ties[ties.axis == "horizontal"].groupby("organisation").size()
    owners = actors.base_group.replace({"trusts-acute": "trusts", "trust-community": "trusts"})
    return pd.DataFrame(
        {
            "attitude": attitudes_of(cases, attitudes),
            "large": (actors.base_group.map(base) == "large").astype(float),
            "dependencies": owners.map(providers).astype(float),
        }
    )


def gather_traits(
    cases: pd.DataFrame, attitudes: pd.DataFrame, bases: pd.DataFrame, sides: pd.Series
) -> pd.DataFrame:
    """What each case is, beside its leans: the columns of `structures.TRAITS`, indexed by case.

    Parameters
    ----------
    attitudes, bases : DataFrame
        As ``elston2005/appendix-m`` and ``elston2005/table-4.3``.
    sides : Series
        From `gather_sides`. ``kind_lean`` is the mean side of all told cases of the kind, the case
        itself included: the best that a null which knows the kind only could do. 0 if none is.
    """
    broad = attitudes[attitudes.attitude == "broad-systems"].set_index("group").printed
    base = bases.drop_duplicates("organisation").set_index("organisation").base
    table = cases.set_index("case")
    unknown = {*table.base_group} - {*base.index} | {*table.attitude_group} - {*broad.index}
    if unknown:
        raise DataError(
            f"coding/cases: found group {', '.join(sorted(unknown))}; allowed: those of Table 4.3 "
            "(base_group) and of Appendix M (attitude_group)"
        )
    signs = sides.map({"left": 1.0, "right": -1.0}).astype(float)
    return pd.DataFrame(
        {
            "mandated": table.mandated == "yes",
            "funded": table.funded == "yes",
            "small": table.base_group.map(base) == "small",
            "dependence": table.dependence.astype(float) / 3,
            "scarcity": table.scarcity.astype(float),
            "attitude": table.attitude_group.map(broad).map(ATTITUDES).astype(float),
            "year": table.year.astype(float),
            "kind_lean": signs.reindex(table.index)
            .groupby(table.kind)
            .transform("mean")
            .fillna(0.0),
        },
        index=table.index,
    )


def as_array(codings: pd.DataFrame, column: str) -> np.ndarray:
    """One column of the codings as cases down and boxes across; missing ones as NaN.

    >>> codings = pd.DataFrame({"case": ["a"] * 5, "box": list(BOXES), "lean": [1, 0, 0, 0, -1]})
    >>> as_array(codings, "lean").tolist()
    [[1.0, 0.0, 0.0, 0.0, -1.0]]
    """
    wide = codings.pivot(index="case", columns="box", values=column)
    wide = wide.loc[list(dict.fromkeys(codings.case)), list(BOXES)]
    return wide.to_numpy(float, na_value=np.nan)


def gather_nets(cases: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """The balance of the statements on each box of each case: ``case``, ``box``, ``lean``."""
    parts = [
        net_direction(statements_of(row, statements)).assign(case=row.case)
        for row in cases.itertuples()
    ]
    return pd.concat(parts, ignore_index=True)[["case", "box", "lean"]]


def fill_for(codings: pd.DataFrame, sides: pd.Series, kindly: bool) -> pd.DataFrame:
    """The completion of the missing leans that helps each case most, or least, to its side.

    As weights are 0 or more, a share of weightings can only rise when a box moves to the case's
    side: these two completions bound every other.

    Parameters
    ----------
    sides : Series
        ``left`` or ``right`` for each case to be filled; other cases are left out.

    Returns
    -------
    DataFrame, shape (n_cases, n_boxes)
    """
    wrong = [f"{case}: {side}" for case, side in sides.items() if side not in ("left", "right")]
    if wrong:
        raise DataError(f"cannot fill in for {', '.join(wrong)}; allowed: left, right")
    rows = {}
    for case, side in sides.items():
        mine = codings[codings.case == case].set_index("box")
        towards = "lean_max" if (side == "left") == kindly else "lean_min"
        rows[case] = mine["lean"].fillna(mine[towards]).loc[list(BOXES)].astype(float)
    return pd.DataFrame(rows).T


def find_pairs(cases: pd.DataFrame, orderings: pd.DataFrame) -> pd.DataFrame:
    """The stated orderings between cases: each time, place and partnership meets its own case.

    Parameters
    ----------
    orderings : DataFrame
        As ``coding/orderings``, kept as `degrees_of` keeps degrees. What is said of both
        partnerships is said of each.

    Returns ``more``, ``less`` (cases) and ``lines``, each pair once.
    """
    more, less = (_cases_meant(cases, _firm(orderings), end) for end in ("more", "less"))
    pairs = more.merge(less, on=["ordering_id", "line"]).query("more != less")
    lines = pairs.line.astype(str).groupby([pairs.more, pairs.less], sort=False).unique()
    return lines.map(" ".join).rename("lines").reset_index()


def _cases_meant(cases: pd.DataFrame, orderings: pd.DataFrame, end: str) -> pd.DataFrame:
    """Which cases each ordering means by its more, or its less, involved body."""
    parts, districts = [], orderings[f"{end}_district"]
    for row in cases.itertuples():
        zones = {"HAZ sites"} if row.site == "all" and row.partnership == "HAZ" else set()
        meant = (
            (orderings[end] == row.evidence_actor)
            & orderings[f"{end}_site"].isin({row.site} | zones)
            & orderings[f"{end}_partnership"].isin(partnerships_of(row.partnership))
            & orderings[f"stage_{end}"].isin(row.stages.split("; "))
            & (districts.isna() if pd.isna(row.district) else districts == row.district)
        )
        parts.append(orderings.loc[meant, ["ordering_id", "line"]].assign(**{end: row.case}))
    return pd.concat(parts)
