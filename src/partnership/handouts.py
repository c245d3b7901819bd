"""What is handed out on paper in this study's seminar: printed tables, forms to fill in, cards.

No handout holds an answer: what students are to find is left blank, or stands on a card's back.
"""

import pandas as pd

from compendium.printed import tables
from compendium.seminar.marks import Handout
from partnership import cultures, layouts, seminar_keys


def _box() -> pd.DataFrame:
    """The four cells of Box 2, empty."""
    heads = ["one culture dominates", "neither dominates"]
    rows = ["cultures integrated", "not integrated"]
    return pd.DataFrame("", index=pd.Index(rows, name=""), columns=heads)


def _states() -> pd.DataFrame:
    """The six states, and a column for each way to read the box."""
    asked = cultures.compare_rules()[["sought", "accepted"]]
    return asked.assign(accepted=asked.accepted.map({True: "yes", False: "no"})).assign(
        **{"cell by the two questions": "", "cell by the words inside": ""}
    )


def _interviews() -> pd.DataFrame:
    table = tables.read_table("elston2005/appendix-h")
    return layouts.by_site(table, "profile", "interviewees").droplevel("row")


def _codebook() -> pd.DataFrame:
    codebook = tables.read_table("coding/codebook")
    kept = codebook.kind.isin(["factor", "direction"]) & codebook.code.ne("F0")
    return codebook[kept].set_index("code")[["label", "anchor", "rule"]]


def _leans() -> pd.DataFrame:
    """The boxes of both departments; blank where the prose does not say."""
    cases = [seminar_keys.BEFORE, seminar_keys.GREENSHIRE]
    ends = {case: seminar_keys.read_leans(case) for case in cases}
    return pd.concat(ends, axis=1)


def _ties() -> pd.DataFrame:
    table = tables.read_table("elston2005/table-4.5").set_index("organisation")
    return table[["axis", "printed", "directness", "line"]].fillna("")


def _cards() -> pd.DataFrame:
    """A card a case: its conditions, and on the back the side it came out on."""
    sets = seminar_keys.sets_of_cases()
    words = sets.map({1: "yes", 0: "no"}.get).assign(left=sets.left.map({1: "left", 0: "right"}))
    return words.rename(columns={"left": "came out"})


HANDOUTS = {
    "appendix-h": Handout("Appendix H, to cross out rows", "s1", _interviews),
    "box-2": Handout("Box 2, to place companies in", "s2", _box, "boxes"),
    "six-states": Handout("Six states, to read the box by", "s2", _states, "lines"),
    "codebook": Handout("The codebook", "s3", _codebook),
    "leans": Handout("The leans of two departments", "s5", _leans),
    "cards": Handout("A card for each case", "s7", _cards, "cards"),
    "table-4.5": Handout("Table 4.5", "s8", _ties),
}
