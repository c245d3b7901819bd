"""What each of the 52 propositions of chapters 4 and 5 counts in the coding.

One row of the TOML beside for each row of ``coding/propositions``: what speaks for it, what
against. What is counted is our choice; where the text offers nothing to count, the row counts
nothing and the grade says so. What counts something else than rows, over actors, factors or printed
cases, has a function here; the printed cases are asked through their stated leans only.
"""

from functools import cache

import numpy as np
import pandas as pd

from compendium.coding.claims import read_rules
from compendium.coding.grading import Answer, Coding, Rule, choose, compare
from compendium.models import check
from compendium.models.weights import compare_boxes, find_margin, require_sides
from compendium.printed.tables import read_table
from partnership import read_beside

TABLE = read_beside(__file__)
# Below this, parts that go the same way are a coin tossed three times. Ours.
_ENOUGH_PARTS = 5
_COMPARED = ["voluntary sector", "PCG"]
_FACTORS = ["F1", "F2", "F3", "F4", "F5"]


def _name_cost(coding: Coding, actors: list[str], among: np.ndarray) -> np.ndarray:
    """Whether some statement of an actor's, among those chosen, goes against."""
    chosen = among & choose(coding, "evidence", {"actor": actors})
    return (coding.said("evidence")[..., chosen] == "-").any(axis=-1)


def _sectors_with_costs(coding: Coding, cited: set[int]) -> Answer:
    """H01: sectors in which somebody names a cost."""
    rows, sectors = coding.evidence, TABLE["sectors"]
    costs = rows.channel.isin(["cost", "both"]).to_numpy()
    kept = costs & ~rows.line.isin(cited).to_numpy()
    right, own = (
        sum(_name_cost(coding, actors, some).astype(int) for actors in sectors.values())
        for some in (costs, kept)
    )
    value = f"sectors with a cost among their statements: {right} of {len(sectors)}"
    return Answer(value, right, len(sectors) - right, own)


def _statements_against_degrees(coding: Coding, cited: set[int]) -> Answer:
    """H02: a correlation is shown and not counted: statements and degrees are one narrator's."""
    rows = coding.evidence[coding.evidence.target == "involvement"]
    counts = pd.crosstab(rows.actor, rows.direction).reindex(columns=["+", "-"], fill_value=0)
    net = (counts["+"] - counts["-"]) / counts.sum(axis=1)
    degree = coding.involvement[coding.involvement.measure == "involvement"]
    both = pd.DataFrame({"net": net, "degree": degree.groupby("actor").code.median()}).dropna()
    tau = both.astype(float).corr(method="kendall").iloc[0, 1]
    return Answer(f"tau-b {tau:.2f} over {len(both)} actors, statements against degrees")


def _factors_both_ways(coding: Coding, cited: set[int]) -> Answer:
    """H03: factors with statements both ways."""
    rows, right, own = coding.evidence, 0, 0
    for factor in _FACTORS:
        chosen = (rows.target == "involvement") & (rows.factor == factor)
        said = coding.said("evidence")[..., chosen.to_numpy()]
        both = ((said == "+").any(axis=-1) & (said == "-").any(axis=-1)).astype(int)
        right = right + both
        own = own + both * int((chosen & ~rows.line.isin(cited)).any())
    return Answer(f"{right} of 5 factors have both", right, 5 - right, own)


def _cases_that_a_sum_gives(coding: Coding, cited: set[int]) -> Answer:
    """H04: printed cases that some weighted sum gives at once, and those equal weights give."""

    def ask(sides: pd.Series) -> tuple[int, int]:
        rows = require_sides(coding.stated.fillna(0), sides)
        equal = int((rows.mean(axis=1) > 0).sum())
        return len(rows) if find_margin(rows).feasible else equal, equal

    right, equal = coding.ask_sides(ask)
    value = f"some weights give all {right} printed cases, equal weights {equal}"
    # The cases stand on lines of their own, not on the sentence that calls factors summative.
    return Answer(value, right, len(coding.sides) - right, right)


def _cases_that_attitude_gains(coding: Coding, cited: set[int]) -> Answer:
    """H05: printed cases that a moderating attitude gives and a sum does not, and the reverse."""
    stated = coding.stated.fillna(0)
    others, m = stated.drop(columns="culture"), stated.culture / 5
    left, right = (side.sum(axis=1) for side in (others.clip(lower=0), others.clip(upper=0)))
    tilts = stated.mean(axis=1), (1 + m) * left + (1 - m) * right

    def ask(sides: pd.Series) -> tuple[int, int]:
        want = sides.map({"left": 1, "right": -1})
        by_sum, by_attitude = (np.sign(tilt.round(12)) == want for tilt in tilts)
        return int((by_attitude & ~by_sum).sum()), int((by_sum & ~by_attitude).sum())

    gained, lost = coding.ask_sides(ask)
    of = len(coding.sides)
    value = f"of {of} printed cases it gains {gained} and loses {lost} against the plain sum"
    return Answer(value, gained, lost)


def _broad_views_that_bear_costs(coding: Coding, cited: set[int]) -> Answer:
    """H06: degrees of broad-view actors against the others, among those with a cost stated."""
    attitude = coding.actors.attitude
    whole = {"measure": "involvement", "level": ["overall", "board"]}
    broad, rest = (whole | {"actor": [*attitude.index[of]]} for of in (attitude == 1, attitude < 1))

    def among(coding: Coding) -> dict[str, np.ndarray]:
        costs = (coding.evidence.channel == "cost").to_numpy()
        return {actor: _name_cost(coding, [actor], costs) for actor in attitude.index}

    return compare(broad, rest, among)(coding, cited)


def _statements_of_sites(subfactor: str, shown: str) -> Rule:
    """Show of how many named sites a subfactor is told; nothing is counted."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        rows = coding.evidence[choose(coding, "evidence", {"subfactor": subfactor})]
        named = sorted(coding.sites.intersection(rows.site))
        return Answer(shown.format(n=len(rows), sites=", ".join(named), n_sites=len(named)))

    return rule


def _parts_alike(coding: Coding, cited: set[int]) -> Answer:
    """H25: parts of the resources factor that go the same way for voluntary bodies and PCGs."""
    rows, signs = coding.evidence, []
    ours = (rows.target == "involvement") & (rows.factor == "F5")
    said = coding.said("evidence")
    net = (said == "+").astype(int) - (said == "-")
    for part in sorted(rows.subfactor[ours].unique()):
        both = [ours & (rows.subfactor == part) & (rows.actor == a) for a in _COMPARED]
        if all(chosen.any() for chosen in both):
            signs.append([np.sign(net[..., chosen.to_numpy()].sum(axis=-1)) for chosen in both])
    alike = sum((one == other).astype(int) for one, other in signs)
    value = f"parts alike: {alike} of {len(signs)}; {_ENOUGH_PARTS} needed"
    if len(signs) < _ENOUGH_PARTS:
        return Answer(value)
    own = bool(set(rows.line[ours & rows.actor.isin(_COMPARED)]) - cited)
    return Answer(value, alike, len(signs) - alike, alike * own)


def _boxes_outweighed(coding: Coding, cited: set[int]) -> Answer:
    """H31: whether the printed side of Figure 5.1 forces resources above each other stated box."""
    leans = coding.stated.loc[["SS Dalesville before"]].dropna(axis=1)

    def ask(sides: pd.Series) -> tuple[int, int]:
        table = compare_boxes(require_sides(leans, sides.loc[leans.index]))
        mine = table[table.box == "resources"]
        return int((mine.relation == "must").sum()), len(mine)

    must, of = coding.ask_sides(ask)
    return Answer(f"must outweigh {must} of {of} boxes", must, of - must)


def _cases_that_turn(names: list[str], boxes: list[str]) -> Rule:
    """Ask whether opposite leans of some boxes turn the side, at weights that give it."""

    def rule(coding: Coding, cited: set[int]) -> Answer:
        stated = coding.stated.fillna(0)
        check.names(names, stated.index, "printed case with a side")
        check.names(boxes, stated.columns, "box")
        kept = stated.loc[names]
        moved = kept.assign(**{box: -kept[box] for box in boxes})

        def ask(sides: pd.Series) -> tuple[int]:
            weights = find_margin(require_sides(stated, sides)).weights
            return (int((np.sign(kept @ weights) == -np.sign(moved @ weights)).sum()),)

        (turned,) = coding.ask_sides(ask)
        value = f"{turned} of {len(names)} cases turn at the weights of the widest margin"
        return Answer(value, turned, len(names) - turned)

    return rule


def _districts_by_two_boxes(coding: Coding, cited: set[int]) -> Answer:
    """H33: with resources level, whether local structures and culture give both sides."""
    names = ["District A early", "District B"]
    leans = np.sign(coding.stated.loc[names, ["local-structures", "culture"]])

    def ask(sides: pd.Series) -> tuple[int]:
        want = sides[names].map({"left": 1, "right": -1})
        return (int((leans.mul(want, axis=0) > 0).all(axis=1).sum()),)

    (right,) = coding.ask_sides(ask)
    return Answer(f"{right} of 2 districts in every weighting", right, 2 - right)


@cache
def _long_stay() -> tuple[float, bool]:
    """How far above Metrocity Table 4.4 has Dalesville, and whether all others are below 0."""
    table = read_table("elston2005/table-4.4").set_index("site").adjustment_gbp_m.astype(float)
    alone = bool((table.drop("Dalesville") < 0).all())
    return table["Dalesville"] - table["Metrocity"], alone


def _long_stay_gap(coding: Coding, cited: set[int]) -> Answer:
    """H30, Table 4.4: Dalesville alone is above 0, 5.0 million above Metrocity."""
    gap, alone = _long_stay()
    return Answer(f"Table 4.4: £{gap:.1f} million above Metrocity", int(alone), int(not alone))


def _pairs_of_sites(coding: Coding, cited: set[int]) -> Answer:
    """H50: degrees of one actor at two named sites that can, or cannot, be the same."""
    rows = coding.involvement.assign(place=np.arange(len(coding.involvement)))
    named, keys = rows[rows.site.isin(coding.sites)], ["actor", "measure", "partnership", "level"]
    pairs = named.merge(named, on=keys, suffixes=("", "_2"))
    pairs = pairs[pairs.site < pairs.site_2]
    low, high = coding.degrees("code_min"), coding.degrees("code_max")
    one, other = pairs.place.to_numpy(), pairs.place_2.to_numpy()
    same = (low[..., one] <= high[..., other]) & (low[..., other] <= high[..., one])
    own = same & ~(pairs.line.isin(cited) | pairs.line_2.isin(cited)).to_numpy()
    n = same.sum(axis=-1)
    value = f"{n} of {len(pairs)} pairs of sites can be alike"
    return Answer(value, n, len(pairs) - n, own.sum(axis=-1))


def _altruists(coding: Coding, cited: set[int]) -> Answer:
    """H51: broad-view small bodies that neither depend nor are paid; two are needed to compare."""
    rows = coding.evidence
    rows = rows[rows.actor.isin(TABLE["groups"]["small"]) & (rows.target == "involvement")]
    drawn = rows.subfactor.isin(["5.asym", "1.funds", "0.access"]) & (rows.direction == "+")
    broad = set(coding.actors.index[coding.actors.attitude == 1])
    free = sorted((set(rows.actor) & broad) - set(rows[drawn].actor))
    return Answer(f"{len(free)} such bodies coded ({', '.join(free) or 'none'}); two needed")


_OWN = [
    _sectors_with_costs, _statements_against_degrees, _factors_both_ways, _cases_that_a_sum_gives,
    _cases_that_attitude_gains, _broad_views_that_bear_costs, _statements_of_sites, _parts_alike,
    _boxes_outweighed, _cases_that_turn, _districts_by_two_boxes, _long_stay_gap, _pairs_of_sites,
    _altruists,
]  # fmt: skip
# In the TOML each goes by its name in words.
_NAMED = {own.__name__.strip("_").replace("_", " "): own for own in _OWN}
RULES = read_rules(TABLE["rules"], _NAMED, "src/partnership/propositions.toml")
