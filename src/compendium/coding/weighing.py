"""What one case weighs, and what all told cases together demand of the weights.

A case whose leans and side are told is a constraint on the weights (see `models.weights`). Boxes
whose lean is not stated are left out (``stated``), or filled in wholly against each case's told
side (``least``) or for it (``most``): any other way to fill them in lies between these two.
"""

from collections.abc import Callable, Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import Cases
from compendium.models import balance, multiverse, weights
from compendium.models.structures import Structure, effective_leans, offer, tilts
from compendium.settings import read_study

Systems = dict[tuple[str, str], pd.DataFrame]
PLAIN = "M1 free weights"
_DRAWN = ["box", "lean", "lean_min", "lean_max", "confidence", "n_for", "n_against", "lines"]
_DRAWN += ["weight", "basis"]


class Weighed(NamedTuple):
    """One case on the scales."""

    boxes: pd.DataFrame  # by box: as `Cases.codings`, and label and weight
    structure: Structure
    traits: pd.DataFrame
    told: str | None  # the side told, if any
    tilt: float | None  # of the boxes with a lean; None if there is none
    tilts: np.ndarray  # one for each admissible way to fill in the others

    @property
    def reach(self) -> tuple[float, float]:
        """The least and the greatest tilt of all ways to fill in the open boxes."""
        return float(self.tilts.min()), float(self.tilts.max())

    @property
    def share(self) -> float | None:
        """The share of these ways that tip to the told side; None if none is told."""
        if self.told is None:
            return None
        return float(multiverse.as_told(self.tilts[:, None], pd.Series([self.told])).mean())

    @property
    def found(self) -> dict[str, str]:
        """What the boxes with a lean come to, for a sentence."""
        open_side = self.tilt is None
        return {
            "tilt": "open" if open_side else f"{self.tilt:+.3f}",
            "side": "open" if open_side else balance.side(self.tilt),
            "told": self.told or "open",
        }

    @property
    def possible(self) -> dict[str, object]:
        """What the open boxes could do, for a sentence."""
        share = "no side is told" if self.share is None else f"{self.share:.0%}"
        least, most = self.reach
        return {"ways": len(self.tilts), "least": least, "most": most, "as_told": share}


def weigh(case: Cases, given: Mapping[str, float], structure: str = PLAIN) -> Weighed:
    """Weigh one case: what its boxes with a lean come to, and what the open ones could do.

    `given` is the weight of each factor, 1 of one left out; only their ratios count. `structure`
    says how leans and weights combine, a name of `structures.offer`. A SettingError if a weight is
    below 0 or of no factor.
    """
    study = read_study()
    given = balance.check_weights({**dict.fromkeys(study.factors, 1), **given}, study.factors)
    chosen = offer(study.factors, study.roles)[structure]
    traits = find_traits(chosen, case)
    boxes = case.codings.set_index("box").drop(columns="case")
    boxes = boxes.assign(label=pd.Series(study.factors), weight=pd.Series(given, dtype=float))
    share = boxes.weight.to_numpy() / boxes.weight.sum()
    ways = multiverse.complete(case.lowest.iloc[0], case.highest.iloc[0])
    found = tilts(chosen, ways[:, None].astype(float), share, traits)[:, 0]
    known = case.leans.fillna(0).to_numpy()
    tilt = float(tilts(chosen, known, share, traits)[0]) if boxes.lean.notna().any() else None
    side = case.sides.iloc[0]
    return Weighed(boxes, chosen, traits, None if pd.isna(side) else side, tilt, found)


def find_traits(structure: Structure, cases: Cases) -> pd.DataFrame:
    """The traits of cases, for a structure that asks for any: a study may declare none."""
    return cases.traits if structure.asks_traits else pd.DataFrame(index=cases.names)


def head_case(case: Any) -> str:
    """The head of a case's drawing, from its row: its figure if there is one, who, where, when."""
    state = read_study().states.get(case.state, case.state)
    time = "" if state == "throughout" else f", {state}"
    place = "all sites" if case.site == "all" else case.site
    head = f"{case.actor[0].upper()}{case.actor[1:]}, {place}{time}"
    return head if pd.isna(case.figure) else f"Figure {case.figure.split('-')[-1]}. {head}"


def show_balance(weighed: Weighed) -> tuple[dict[str, object], pd.DataFrame]:
    """What `figures.balance.plot_balance` needs of a weighed case, and the data to be kept with it.

    The fan of what the open boxes could do is drawn where a box is open.
    """
    is_open = bool(weighed.boxes.lean.isna().any())
    reach = weighed.reach if is_open else None
    data = weighed.boxes.reset_index()[_DRAWN]
    data = data.assign(tilt=weighed.tilt, told=weighed.told, ways=weighed.share)
    data[["reach_low", "reach_high"]] = reach or (weighed.tilt, weighed.tilt)
    drawn = {"reach": reach, "ways": weighed.share if is_open else None}
    return {"tilt": weighed.tilt, "printed": weighed.told} | drawn, data


def show_cases(cases: Cases) -> pd.DataFrame:
    """What `figures.balance.plot_balances` needs: all cases, at equal weights and the plain sum."""
    table = compare_cases(cases)
    leans = cases.leans.astype("Int64").to_numpy(object, na_value=None).tolist()
    columns = {"B": "tilt", "B_least": "low", "B_most": "high"}
    return table.rename(columns=columns).rename_axis("case").reset_index().assign(leans=leans)


def vary_weights(weighed: Weighed) -> pd.DataFrame:
    """For each box with a lean: B as it is, B with its weight doubled, and where it levels.

    ``balances_at`` is the share of all weight at which the box just balances the others; missing
    where no positive weight of that box levels the beam.
    """
    known = weighed.boxes.dropna(subset="lean")
    leans = weighed.boxes.lean.fillna(0).to_numpy(float)[None]
    twice = weighed.boxes.weight.to_numpy() * (1 + np.eye(len(weighed.boxes)))
    share = twice / twice.sum(axis=1, keepdims=True)
    doubled = tilts(weighed.structure, leans, share, weighed.traits)[:, 0]
    doubled = pd.Series(doubled, weighed.boxes.index)[known.index]
    table = known[["label", "lean", "weight"]].assign(B=weighed.tilt, B_doubled=doubled)
    table["side"] = table.B_doubled.map(balance.side)
    table["balances_at"] = [multiverse.break_even(known.lean, box) for box in known.index]
    return table


def find_flips(weighed: Weighed) -> pd.DataFrame:
    """Each single code that, changed, turns the side, the other open boxes left out."""
    share = (weighed.boxes.weight / weighed.boxes.weight.sum()).to_numpy()
    codings = weighed.boxes.reset_index()
    return multiverse.find_flips(weighed.structure, codings, share, weighed.traits)


def compare_cases(cases: Cases) -> pd.DataFrame:
    """All cases beside each other, at equal weights and by the plain sum.

    How many known boxes lean ``for`` and ``against``, ``B`` without the open boxes, the least and
    the greatest B with them, the side ``told``, how many sentences tell it and how many of these
    give a factor, and the lines on which leans of open boxes hang (``hangs_on``: without one of
    them the box would lean, or no longer speak).
    """
    leans = cases.leans
    table = pd.DataFrame({"for": (leans > 0).sum(axis=1), "against": (leans < 0).sum(axis=1)})
    known = leans.notna().any(axis=1)
    table["B"] = leans.fillna(0).mean(axis=1).round(2).where(known)
    table["B_least"] = cases.lowest.mean(axis=1).round(2)
    table["B_most"] = cases.highest.mean(axis=1).round(2)
    table = table.assign(told=cases.sides, printed=cases.table.figure.notna().to_numpy())
    hanging = cases.codings[cases.codings.hangs_on != ""]
    hanging = (hanging.box + " " + hanging.hangs_on).groupby(hanging.case).agg("; ".join)
    return table.join(cases.told_apart[["n_told", "n_with_factor"]]).assign(
        hangs_on=hanging.reindex(table.index, fill_value="")
    )


def find_settled(table: pd.DataFrame) -> dict[str, list[str]]:
    """Which cases of `compare_cases` are settled, and by what.

    Gives ``mixed``: printed cases whose known boxes lean both ways, so that weights decide;
    ``one_way``: those whose known boxes all lean to the told side; ``settled``: cases that no way
    to fill in the open boxes can turn at equal weights.
    """
    mixed = (table["for"] > 0) & (table["against"] > 0)
    known = (table["for"] + table["against"] > 0) & table.printed
    agrees = table.B.map(balance.side, na_action="ignore") == table.told
    settled = (table.B_least > 0) | (table.B_most < 0)
    chosen = {"mixed": known & mixed, "one_way": known & ~mixed & agrees, "settled": settled}
    return {name: list(table.index[rows]) or ["none"] for name, rows in chosen.items()}


def count(cases: Cases) -> dict[str, int]:
    """How many cases there are, how many have a told side, and how many of these a figure."""
    told = cases.sided
    return {"cases": len(cases.names), "told": len(told.names), "printed": len(told.printed.names)}


def fill_ways(told: Cases) -> dict[str, pd.DataFrame]:
    """The leans of told cases, their open boxes left out, or filled in against and for them."""
    filled = {"least": told.fill(kindly=False), "most": told.fill(kindly=True)}
    return {"stated": told.leans.fillna(0)} | filled


def share_weightings(told: Cases) -> pd.DataFrame:
    """The share of all weightings that give each case its side, exact, in each way to fill it in.

    Missing under ``stated`` where no box of the case has a stated lean.
    """
    ways = fill_ways(told).items()
    rows = {name: weights.require_sides(leans, told.sides) for name, leans in ways}
    shares = pd.DataFrame(
        {name: row.apply(weights.exact_share, axis=1) for name, row in rows.items()}
    )
    shares.loc[told.leans.isna().all(axis=1), "stated"] = None
    return shares.rename_axis("case")


def find_central(told: Cases, n_draws: int, seed: int) -> pd.DataFrame:
    """The central weights of each told case and their confidence (`multiverse`).

    Stated leans are held; an open box may be anything that is admissible, all alike.
    """
    study = read_study()
    odds = multiverse.code_odds(told.codings, dict.fromkeys(multiverse.FLIPS, 0.0))
    odds = odds.reshape(len(told.names), -1, 3)
    given = offer(study.factors, study.roles)[PLAIN], odds, told.traits, told.sides
    central = multiverse.find_central_weights(*given, n=n_draws, seed=seed)
    return central.rename_axis("case")


def show_shares(shares: pd.DataFrame, sides: pd.Series) -> pd.DataFrame:
    """Shares of weightings as fractions, beside the side each case came out on."""
    shown = shares.map(lambda share: "no box" if share is None else str(share))
    shown.insert(0, "side", sides)
    return shown


def share_by_lean(case: Cases, without: list[str]) -> pd.DataFrame:
    """What the told side of one case demands, if its open boxes all lean left, level or right.

    `without`: boxes that are left out.
    """
    leans = case.leans.drop(columns=without)
    shares = {
        lean: weights.exact_share(weights.require_sides(leans.fillna(lean), case.sides).iloc[0])
        for lean in (-1, 0, 1)
    }
    return pd.DataFrame({"share": shares})


def gather_systems(groups: dict[str, Cases]) -> Systems:
    """What each group of cases demands of the weights, as rows whose weighted sum must be above 0.

    By group and way to fill in open boxes. Under ``stated`` a case without a stated lean says
    nothing. A group's stated orderings stand with its sides under the name ``GROUP, ordered``: open
    boxes may then lean anywhere in their range, but alike in every ordering.
    """
    systems: Systems = {}
    for name, cases in groups.items():
        told = cases.sided
        for way, leans in fill_ways(told).items():
            kept = told.leans.notna().any(axis=1) | (way != "stated")
            systems[name, way] = weights.require_sides(leans[kept], told.sides[kept])
        systems[f"{name}, ordered", "most"] = _order(cases)(_pair(cases)[0])
    return systems


def _order(cases: Cases) -> Callable[[list[tuple[str, str]]], pd.DataFrame]:
    """Makes rows of the told sides and those stated orderings that are given."""
    ends = (cases.lowest, cases.highest, cases.sides.dropna())
    return lambda pairs: weights.require_together(*ends, pairs)


def _pair(cases: Cases) -> tuple[list[tuple[str, str]], pd.DataFrame]:
    """The stated orderings between cases, as pairs and as they come."""
    stated = cases.pairs
    return list(zip(stated.more, stated.less)), stated


class Solved(NamedTuple):
    """Whether some weights satisfy a system of rows, how special they are, and what they share."""

    margin: float
    share: weights.Share
    relations: pd.DataFrame  # as `weights.compare_boxes`; each ``none`` if no weights are left
    conflicts: list[tuple[str, ...]]  # as `weights.find_conflicts`; none if weights are left
    binding: list[str]  # rows that alone leave as few weightings as all rows together

    @property
    def forced(self) -> list[str]:
        """The pairs of boxes whose order is forced, in words."""
        if self.conflicts:
            return ["no weights are left"]
        must = self.relations.query("relation == 'must'")
        return list(must.box + " over " + must.other) or ["nothing"]

    @property
    def alone(self) -> list[str]:
        """The cases that no weights allow even by themselves."""
        return [names[0] for names in self.conflicts if len(names) == 1]

    def say(self, name: str) -> dict[str, object]:
        """What came out, for a sentence, each name beginning with `name`."""
        found = {
            "forced": self.forced,
            "share": self.share.share,
            "margin": self.margin,
            "binding": self.binding or ["no single case"],
            "conflicts": len(self.conflicts),
            "alone": self.alone or ["none"],
        }
        return {f"{name}_{key}": value for key, value in found.items()}


def solve(rows: pd.DataFrame, draws: np.ndarray) -> Solved:
    """Solve one system.

    `draws`, as `multiverse.draw_weights` gives them, are used where a share
    cannot be had exactly.
    """
    found, share = weights.find_margin(rows), weights.share_of_weightings(rows, draws)
    hits = draws @ rows.to_numpy(float).T > 0
    binding = list(rows.index[hits.sum(axis=0) == hits.all(axis=1).sum()])
    if not found.feasible:
        pairs = pd.DataFrame(permutations(rows.columns, 2), columns=["box", "other"])
        conflicts = weights.find_conflicts(rows)
        return Solved(found.margin, share, pairs.assign(relation="none"), conflicts, [])
    return Solved(found.margin, share, weights.compare_boxes(rows), [], binding)


def summarise(solved: dict[tuple[str, str], Solved]) -> pd.DataFrame:
    """One row per system: margin, share with its bounds, forced pairs of boxes, conflicts."""
    rows = {
        key: {
            "margin": round(one.margin, 6) + 0.0,
            "share": one.share.share,
            "low": one.share.low,
            "high": one.share.high,
            "must": (one.relations.relation == "must").sum(),
            "conflicts": len(one.conflicts),
        }
        for key, one in solved.items()
    }
    table = pd.DataFrame(rows).T.rename_axis(["cases", "open boxes"]).reset_index("open boxes")
    return table.astype({"must": int, "conflicts": int})


def compare_readings(readings: dict[str, Cases], draws: np.ndarray) -> pd.DataFrame:
    """By each reading of the prose: how many cases, sides and orderings, and the shares left.

    The share of all weightings under which every printed case, or every told one, comes out as
    told; open boxes left out (``stated``) or filled in as kindly as may be (``most``).
    """
    found = {}
    for name, cases in readings.items():
        systems = gather_systems({"printed": cases.printed.sided, "all told": cases})
        shares = {
            f"{group}: {way}": weights.share_of_weightings(rows, draws).share
            for (group, way), rows in systems.items()
            if way != "least"
        }
        counted = {"weighed": len(cases.weighed.names), "orderings": len(cases.pairs)}
        found[name] = {"told": len(cases.sided.names)} | counted | shares
    table = pd.DataFrame(found).T.rename_axis("reading")
    return table.astype(dict.fromkeys(("told", "weighed", "orderings"), int))


def compare_relations(solved: dict[tuple[str, str], Solved]) -> pd.DataFrame:
    """Which box must, may or cannot weigh more than which, one column per system with weights."""
    columns = {
        f"{name}: {way}": one.relations.set_index(["box", "other"]).relation
        for (name, way), one in solved.items()
        if not one.conflicts
    }
    return pd.DataFrame(columns).reset_index("other")


def pair_conflicts(solved: Solved) -> pd.Series:
    """In how many of the minimal conflicts each case stands with others."""
    paired = [case for names in solved.conflicts if len(names) > 1 for case in names]
    return pd.Series(paired, dtype=str).value_counts().rename("conflicts with others")


def head_relations(compared: pd.DataFrame) -> str:
    """What a drawing of relations should say of the open boxes, by `compare_relations`."""
    free = compared.filter(like=": most").eq("may").all(axis=None)
    return "Open boxes left out. If they may lean, " + (
        "every cell is a may" if free else "some cells change: see the table"
    )


def try_structures(groups: dict[str, Cases]) -> pd.DataFrame:
    """The margin of each group of told cases under every structure that is linear in the weights.

    Open boxes are filled in as kindly as possible; ``conflict`` names the cases of the last group
    that exclude each other.
    """
    study, found = read_study(), {}
    for structure in offer(study.factors, study.roles).values():
        if not structure.linear:
            continue
        margins = {}
        for name, told in groups.items():
            leans = effective_leans(structure, told.fill(kindly=True).to_numpy(), told.traits)
            frame = pd.DataFrame(leans, told.names, list(study.factors))
            rows = weights.require_sides(frame, told.sides)
            margins[name] = round(weights.find_margin(rows).margin, 6) + 0.0
        words = [" against ".join(names) for names in weights.find_conflicts(rows)]
        found[structure.name] = margins | {"conflict": "; ".join(words)}
    return pd.DataFrame(found).T.rename_axis("structure")


def count_orders(orders: pd.DataFrame) -> dict[str, int]:
    """How many orderings there are, how many hold at worst, and how many bind alone."""
    held, bind = orders["at worst"] > 0, orders["margin gained without"] > 0
    return {"orderings": len(orders), "held": int(held.sum()), "bind": int(bind.sum())}


def list_orders(cases: Cases) -> pd.DataFrame:
    """What each stated ordering adds: how far its more involved case can stand above the other.

    ``at best`` and ``at worst``, at the weights kindest to it; and by how much the margin of all
    told sides and all other orderings grows without it.
    """
    low, high, order = cases.lowest, cases.highest, _order(cases)
    pairs, stated = _pair(cases)
    margin, rows = weights.find_margin(order(pairs)).margin, []
    for more, less in pairs:
        others = [pair for pair in pairs if pair != (more, less)]
        gain = weights.find_margin(order(others)).margin - margin
        best, worst = high.loc[more] - low.loc[less], low.loc[more] - high.loc[less]
        rows.append((more, less, best.max(), worst.max(), round(gain, 6) + 0.0))
    columns = ["more", "less", "at best", "at worst", "margin gained without"]
    return pd.DataFrame(rows, columns=columns).assign(lines=stated.lines).set_index("more")
