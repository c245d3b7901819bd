"""What the prose says of each box, row by row, for one actor at one time.

Each row of ``coding/evidence.csv`` is one statement about one actor: a factor raises or lowers
something. The rows are our reading of chapters 4 and 5, coded by one reader and read again by
another from the bottom up; no second human coder has seen them. A box's lean is what its rows agree
on. Where they do not agree, or do not speak, the lean is missing and its range stays open: the
number of sentences an author spends on a factor is not its weight.
"""

import pandas as pd

from compendium.errors import DataError
from compendium.models.balance import BOXES
from compendium.printed import tables

# The five factors of Figure 4.1; F0, the process itself, is no box of the figure.
FACTORS = dict(zip(BOXES, ("F1", "F2", "F3", "F4", "F5"), strict=True))
# What else is said of a site of the thesis: its Figure 2.2. Sites of other studies have no groups.
SITE_GROUPS = {
    "Dalesville": {"rural sites", "HAZ sites"},
    "Greenshire": {"rural sites", "non-HAZ sites"},
    "Metrocity": {"urban sites", "HAZ sites"},
    "Middleton": {"urban sites", "non-HAZ sites"},
}
# What a box may be where no row speaks of it.
OPEN = (-1, 1)


def select(
    evidence: pd.DataFrame,
    actor: str,
    *,
    site: str = "all",
    partnership: str = "both",
    stages: tuple[str, ...] = ("general",),
    district: str | None = None,
) -> pd.DataFrame:
    """The rows that speak of one actor's involvement, at one site, in one partnership, at one time.

    Parameters
    ----------
    evidence : DataFrame
        As ``coding/evidence``.
    site : str
        A site's own rows, those said of its kind of site (`SITE_GROUPS`) and of all; ``all``
        leaves single sites out.
    partnership : str
        One of them with what is said of both; ``both`` takes every one and both. HAZ takes what
        is said of HAZ sites too.
    stages : tuple of str
        Which stages count.
    district : str, optional
        District A or B, with what is said of no district.

    Returns
    -------
    DataFrame
        Rows with the target ``involvement`` that do not repeat an earlier one.

    Raises
    ------
    DataError
        If no row of the table speaks of the actor.
    """
    if actor not in set(evidence["actor"]):
        known = ", ".join(sorted(set(evidence["actor"])))
        raise DataError(f"coding/evidence: found no row on {actor!r}; allowed: {known}")
    sites, partnerships = sites_of(site, partnership), partnerships_of(partnership)
    kept = (
        (evidence["actor"] == actor)
        & evidence["site"].isin(sites)
        & evidence["partnership"].isin(partnerships)
        & evidence["stage"].isin(stages)
        & (evidence["target"] == "involvement")
        & (evidence["is_restatement"] == "no")
        & (evidence["district"].isna() | (evidence["district"] == district))
    )
    return evidence[kept]


def sites_of(site: str, partnership: str) -> set[str]:
    """Which entries of a site column speak of a site, in a partnership.

    Raises
    ------
    DataError
        If there is no such site or partnership.

    Examples
    --------
    >>> sorted(sites_of("Greenshire", "HImP"))
    ['Greenshire', 'all', 'non-HAZ sites', 'rural sites']
    """
    sites, partnerships = (
        tables.allowed_values("coding/cases", c) for c in ("site", "partnership")
    )
    if site not in {"all", *sites} or partnership not in partnerships:
        known = ", ".join(dict.fromkeys(["all", *sites]))
        raise DataError(
            f"found site {site!r} and partnership {partnership!r}; allowed: {known}; "
            f"{', '.join(partnerships)}"
        )
    haz = {"HAZ sites"} if partnership == "HAZ" else set()
    return {"all", site} | SITE_GROUPS.get(site, set()) | haz


def partnerships_of(partnership: str) -> set[str]:
    """Which entries of a partnership column speak of one: itself and both; of both, every one.

    >>> sorted(partnerships_of("HImP")), sorted(partnerships_of("both"))
    (['HImP', 'both'], ['HAZ', 'HImP', 'both'])
    """
    every = tables.allowed_values("coding/cases", "partnership")
    return set(every) if partnership == "both" else {partnership, "both"}


def lean_boxes(rows: pd.DataFrame) -> pd.DataFrame:
    """What the rows say of each box: its lean where they agree, its range where they do not.

    Parameters
    ----------
    rows : DataFrame
        ``factor``, ``direction`` (+, -, 0 or +/-), ``code_min``, ``code_max``, ``confidence`` and
        ``line``.

    Returns
    -------
    DataFrame
        One row per box: ``box``, ``lean`` (missing where rows disagree or none speaks),
        ``lean_min``, ``lean_max``, ``confidence`` (the least of the rows'), ``n_for``,
        ``n_against``, ``lines``.

    Examples
    --------
    >>> rows = pd.DataFrame({"factor": ["F3", "F5", "F5"], "direction": ["+", "+", "-"],
    ...     "code_min": [0, 1, -1], "code_max": [1, 1, -1], "confidence": "likely", "line": [1, 2, 3]})
    >>> boxes = lean_boxes(rows).set_index("box")
    >>> boxes.loc["culture", ["lean", "lean_min"]].tolist(), boxes.lean.isna()["resources"].item()
    ([1, 0], True)
    """  # noqa: E501 - the example is a table
    return pd.DataFrame(
        [{"box": box, **_lean(rows[rows["factor"] == factor])} for box, factor in FACTORS.items()]
    ).astype(dict.fromkeys(("lean", "lean_min", "lean_max"), "Int64"))


def _lean(rows: pd.DataFrame) -> dict:
    """One box: agreed, contested or silent."""
    said = set(rows["direction"])
    agreed = {"+": 1, "-": -1, "0": 0}.get(next(iter(said))) if len(said) == 1 else None
    low, high = OPEN
    if agreed is not None:
        # All rows go one way: the most cautious reading of any of them bounds the box.
        low, high = int(rows["code_min"].min()), int(rows["code_max"].max())
    worst = next(
        (c for c in ("contested", "likely", "certain") if c in set(rows["confidence"])), ""
    )
    return {
        "lean": agreed,
        "lean_min": low,
        "lean_max": high,
        "confidence": worst or "contested",
        "n_for": int((rows["direction"] == "+").sum()),
        "n_against": int((rows["direction"] == "-").sum()),
        "lines": " ".join(dict.fromkeys(rows["line"].astype(str))),
    }


def net_direction(rows: pd.DataFrame) -> pd.DataFrame:
    """Another reading of the same rows: a box leans by the balance of its sentences.

    Returns
    -------
    DataFrame
        ``box`` and ``lean``: (for - against) / all, -1 to 1; statements either way are left out,
        and a box no other row speaks of is missing. It takes the number of sentences for a weight,
        which the other reading refuses to.

    Examples
    --------
    >>> rows = pd.DataFrame({"factor": ["F5"] * 4, "direction": ["+", "+", "+", "-"]})
    >>> net_direction(rows).set_index("box").lean["resources"].item()
    0.5
    """
    leans = []
    for box, factor in FACTORS.items():
        said = rows.loc[rows["factor"] == factor, "direction"]
        plus, minus, none = (int((said == sign).sum()) for sign in ("+", "-", "0"))
        total = plus + minus + none
        leans.append((box, (plus - minus) / total if total else None))
    return pd.DataFrame(leans, columns=["box", "lean"]).astype({"lean": "Float64"})


def side_of(code_min: float, code_max: float) -> str | None:
    """The side a degree of involvement stands for: left from fair upwards, right up to low.

    None where the admissible range spans both.

    >>> side_of(2, 3), side_of(0, 1), side_of(1, 2)
    ('left', 'right', None)
    """
    if code_min >= 2:
        return "left"
    return "right" if code_max <= 1 else None
