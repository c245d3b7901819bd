"""Three companies between two cultures: what is asked of the article's coded statements.

Cells, rules and voices are in `partnership.cultures`; here are the selections that one look
at the article takes: who speaks for which side, who differs, what moves, which findings.
"""

import pandas as pd

from partnership import cultures

CELLS = list(cultures.CELLS.values())
# Where the article draws its conclusions.
CONCLUSIONS = (184, 196)
# A place in the thesis's coding scheme for each kind of statement that would have one. Ours.
HOMES = {
    "shared aims": "factor F3",
    "leadership": "factor F4",
    "process": "factor F0",
    "outcome": "factor F0",
    "trust": "target relations",
    "dominance": "target influence",
}
MOVING = ["trust", "process", "leadership", "language", "contract"]


def list_private(statements: pd.DataFrame) -> pd.DataFrame:
    """The statements in which the private side speaks as such."""
    return statements[statements.said_by == "private sector interviewee"]


def compare_rules() -> tuple[pd.DataFrame, dict[str, int]]:
    """The states in which Box 2's two rules name a cell, and in how many they agree.

    ``strictly``, and ``leniently`` if a refused attempt to dominate counts as dominating.
    """
    rules = cultures.compare_rules()
    lenient = cultures.compare_rules(attempt_counts=True)
    agree = {"strictly": int(rules.agree.sum()), "leniently": int(lenient.agree.sum())}
    return rules, {"states": len(rules), **agree}


def name_cells(region: pd.Series) -> list[str]:
    """The cells of a region, or ``no cell``.

    >>> name_cells(pd.Series({"Synergy": True, "Breakdown": False}))
    ['Synergy']
    """
    return list(region.index[region]) or ["no cell"]


def find_regions(
    voices: pd.DataFrame, by_process: pd.DataFrame, authors: pd.DataFrame
) -> dict[str, list[str]]:
    """The cells a company can stand in, by either rule; by every voice; and past the authors.

    Parameters
    ----------
    voices, by_process, authors : DataFrame
        As `cultures.list_voices` gives them: of the company by the grid and by the process, and of
        all companies at once. What every line of the authors admits is their region.
    """
    by_grid = voices[CELLS].any()
    return {
        "by_grid": name_cells(by_grid),
        "by_process": name_cells(by_process[CELLS].any()),
        "by_all_voices": name_cells(voices[CELLS].all()),
        "past_the_authors": name_cells(by_grid & ~authors[CELLS].all()),
    }


def list_reached(marks: pd.DataFrame) -> dict[str, list[str]]:
    """The cells each company reaches by the process rule."""
    reached = marks[marks.by_process].groupby("site", sort=False).cell
    return {site: sorted(set(cells)) for site, cells in reached}


def list_disagreements(statements: pd.DataFrame, site: str) -> pd.DataFrame:
    """Who says who has the upper hand, and on which side of the middle the company lies."""
    kept = statements[
        statements.assertion.isin(["state", "change"])
        & statements.pole.notna()
        & statements.site.isin([site, "all"])
        & statements.said_by.ne("theory")
        & statements.about.isin(["dominance", "integration"])
        & statements.partner.ne("policy makers")
    ]
    return kept[["line", "site", "said_by", "about", "pole", "confidence", "label"]]


def list_policy(statements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What policy makers say, and what is said of their hopes for integration."""
    reported = statements.partner.eq("policy makers") & statements.pole.eq("integration")
    columns = ["line", "said_by", "about", "partner", "label"]
    own = statements.said_by.eq("policy makers")
    return statements.loc[own, columns], statements.loc[reported, columns]


def list_moves(statements: pd.DataFrame, site: str) -> pd.DataFrame:
    """Changes that are told of a company, and conditions for them."""
    kept = statements[
        statements.assertion.isin(["change", "conditional"])
        & statements.site.isin([site, "all", "unnamed"])
        & statements.about.isin(MOVING)
        & statements.said_by.ne("theory")
        & statements.is_restatement.eq("no")
    ]
    return kept[["line", "site", "said_by", "about", "assertion", "stage", "label"]]


def list_clashes(register: pd.DataFrame, site: str) -> list[str]:
    """What the register has of a company: prose against box, or box against itself."""
    own = register.discrepancy_id.str.startswith(f"mannion2011/text/{site}-")
    return list(register.what[own]) or ["nothing"]


def list_findings(statements: pd.DataFrame, views: pd.DataFrame, site: str) -> pd.DataFrame:
    """What the authors conclude, and the lines on which the company's people speak of it."""
    findings = statements[
        statements.said_by.eq("author")
        & statements.line.between(*CONCLUSIONS)
        & statements.is_restatement.eq("no")
    ]
    spoken = findings.about.map(views[site]).fillna("").rename(f"{site} on it")
    return findings[["line", "site", "about", "label"]].join(spoken)


def pair_typologies(article: pd.DataFrame, glasby: pd.DataFrame) -> pd.DataFrame:
    """The three models of culture, as the article and as Glasby have them."""
    models = article[article.group == "culture-models"]
    ends = (" (article)", " (Glasby)")
    pair = models.merge(glasby, left_on="element", right_on="model", suffixes=ends)
    return pair[["model", "label (article)", "label (Glasby)", "reading"]]


def find_homes(statements: pd.DataFrame) -> pd.Series:
    """The place of each statement in the thesis's coding scheme, by `HOMES`; ``none`` without."""
    return statements.about.map(HOMES).fillna("none").rename("place")
