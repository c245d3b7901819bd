"""What one case weighs, and what all told cases together demand of the weights.

A case whose leans and side are told is a constraint on the weights (see `models.weights`). Boxes
whose lean is not stated are left out (``stated``), or filled in wholly against each case's told
side (``least``) or for it (``most``): any other way to fill them in lies between these two.
"""

from collections.abc import Mapping
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import Cases
from compendium.models import balance, check, multiverse, weights
from compendium.settings import read_study

_Systems = dict[tuple[str, str], pd.DataFrame]
PLAIN = "M1 free weights"
_DRAWN = ["box", "lean", "lean_min", "lean_max", "confidence", "n_for", "n_against", "lines"]
_DRAWN += ["weight", "basis"]


class Weighed(NamedTuple):
    """One case on the scales."""

    boxes: pd.DataFrame  # by box: as `Cases.codings`, and label and weight
    structure: balance.Structure
    traits: pd.DataFrame
    told: str | None  # the side told, if any
    tilt: float | None  # of the boxes with a lean; None if there is none
    tilts: np.ndarray  # one for each admissible way to fill in the others

    @property
    def weights(self) -> np.ndarray:
        """The weight of each box, as a share of all."""
        return self.boxes.weight.to_numpy() / self.boxes.weight.sum()

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
        said = {"tilt": "open", "side": "open"}
        if self.tilt is not None:
            said = {"tilt": f"{self.tilt:+.3f}", "side": balance.side(self.tilt)}
        return said | {"told": self.told or "open"}

    @property
    def possible(self) -> dict[str, object]:
        """What the open boxes could do, for a sentence."""
        share = "no side is told" if self.share is None else f"{self.share:.0%}"
        ends = dict(zip(("least", "most"), self.reach))
        return {"ways": len(self.tilts), **ends, "as_told": share}


def weigh(case: Cases, given: Mapping[str, float], structure: str = PLAIN) -> Weighed:
    """Weigh one case: what its boxes with a lean come to, and what the open ones could do.

    `given` is the weight of each factor, 1 of one left out; only their ratios count. `structure`
    says how leans and weights combine, a name of `balance.offer`.
    """
    check.that(len(case.names) == 1, "one case", cases=", ".join(case.names))
    study, side = read_study(), case.sides.iloc[0]
    given = balance.check_weights({**dict.fromkeys(study.factors, 1), **given}, study.factors)
    offered = balance.offer(study.factors, study.roles)
    check.names([structure], offered, "structure")
    chosen = offered[structure]
    traits = find_traits(chosen, case)
    boxes = case.codings.set_index("box").drop(columns="case")
    boxes = boxes.assign(label=pd.Series(study.factors), weight=pd.Series(given, dtype=float))
    share = boxes.weight.to_numpy() / boxes.weight.sum()
    ways = multiverse.complete(case.lowest.iloc[0], case.highest.iloc[0])
    found = balance.tilts(chosen, ways[:, None].astype(float), share, traits)[:, 0]
    known = balance.tilts(chosen, case.leans.fillna(0).to_numpy(), share, traits)
    tilt = float(known[0]) if boxes.lean.notna().any() else None
    return Weighed(boxes, chosen, traits, None if pd.isna(side) else side, tilt, found)


def find_traits(structure: balance.Structure, cases: Cases) -> pd.DataFrame:
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
    how: dict[str, object] = {"tilt": weighed.tilt, "printed": weighed.told}
    if weighed.boxes.lean.isna().any():
        how |= {"reach": weighed.reach, "ways": weighed.share}
    data = weighed.boxes.reset_index()[_DRAWN]
    data = data.assign(tilt=weighed.tilt, told=weighed.told, ways=weighed.share)
    data[["reach_low", "reach_high"]] = how.get("reach", (weighed.tilt, weighed.tilt))
    return how, data


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
    boxes = weighed.boxes
    twice = boxes.weight.to_numpy() * (1 + np.eye(len(boxes)))
    shares, leans = twice / twice.sum(axis=1, keepdims=True), boxes.lean.fillna(0).to_numpy(float)
    doubled = balance.tilts(weighed.structure, leans[None], shares, weighed.traits)[:, 0]
    table = boxes[["label", "lean", "weight"]].assign(B=weighed.tilt, B_doubled=doubled)
    table = table.dropna(subset="lean")
    levels = [multiverse.break_even(table.lean, box) for box in table.index]
    return table.assign(side=table.B_doubled.map(balance.side), balances_at=levels)


def find_flips(weighed: Weighed) -> pd.DataFrame:
    """Each single code that, changed, turns the side, the other open boxes left out."""
    codings = weighed.boxes.reset_index()
    return multiverse.find_flips(weighed.structure, codings, weighed.weights, weighed.traits)


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
    table = table.join(cases.told_apart[["n_told", "n_with_factor"]])
    hanging = cases.codings[cases.codings.hangs_on != ""]
    hanging = (hanging.box + " " + hanging.hangs_on).groupby(hanging.case).agg("; ".join)
    return table.assign(hangs_on=hanging.reindex(table.index, fill_value=""))


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


def _fill_ways(told: Cases) -> dict[str, pd.DataFrame]:
    """The leans of told cases, their open boxes left out, or filled in against and for them."""
    filled = {"least": told.fill(kindly=False), "most": told.fill(kindly=True)}
    return {"stated": told.leans.fillna(0)} | filled


def share_weightings(told: Cases) -> pd.DataFrame:
    """The share of all weightings that give each case its side, exact, in each way to fill it in.

    Missing under ``stated`` where no box of the case has a stated lean.
    """
    shares = pd.DataFrame({
        way: weights.require_sides(leans, told.sides).apply(weights.exact_share, axis=1)
        for way, leans in _fill_ways(told).items()
    })  # fmt: skip
    shares.loc[told.leans.isna().all(axis=1), "stated"] = None
    return shares.rename_axis("case")


def find_central(told: Cases, n_draws: int, seed: int) -> pd.DataFrame:
    """The central weights of each told case and their confidence (`multiverse`).

    Stated leans are held; an open box may be anything that is admissible, all alike.
    """
    study = read_study()
    check.counts(n_cases=len(told.names))
    odds = multiverse.code_odds(told.codings, dict.fromkeys(multiverse.FLIPS, 0.0))
    odds = odds.reshape(len(told.names), -1, 3)
    given = balance.offer(study.factors, study.roles)[PLAIN], odds, told.traits, told.sides
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
    check.that(len(case.names) == 1, "one case", cases=", ".join(case.names))
    check.names(without, case.leans.columns, "box")
    leans = case.leans.drop(columns=without)
    shares = {
        lean: weights.exact_share(weights.require_sides(leans.fillna(lean), case.sides).iloc[0])
        for lean in (-1, 0, 1)
    }
    return pd.DataFrame({"share": shares})


def gather_systems(groups: dict[str, Cases]) -> _Systems:
    """What each group of cases demands of the weights, as rows whose weighted sum must be above 0.

    By group and way to fill in open boxes. Under ``stated`` a case without a stated lean says
    nothing. A group's stated orderings stand with its sides under the name ``GROUP, ordered``: open
    boxes may then lean anywhere in their range, but alike in every ordering.
    """
    systems: _Systems = {}
    for name, cases in groups.items():
        told = cases.sided
        for way, leans in _fill_ways(told).items():
            kept = told.leans.notna().any(axis=1) | (way != "stated")
            systems[name, way] = weights.require_sides(leans[kept], told.sides[kept])
        systems[f"{name}, ordered", "most"] = _order(cases, cases.pairs)
    return systems


def _order(cases: Cases, stated: pd.DataFrame) -> pd.DataFrame:
    """What the told sides, and some stated orderings, demand together."""
    pairs = list(zip(stated.more, stated.less))
    return weights.require_together(cases.lowest, cases.highest, cases.sides.dropna(), pairs)


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

    def say(self, name: str) -> dict[str, object]:
        """What came out, for a sentence, each name beginning with `name`.

        ``alone``: the cases that no weights allow even by themselves.
        """
        return {
            f"{name}_forced": self.forced,
            f"{name}_share": self.share.share,
            f"{name}_binding": self.binding or ["no single case"],
            f"{name}_conflicts": len(self.conflicts),
            f"{name}_alone": [names[0] for names in self.conflicts if len(names) == 1] or ["none"],
        }


def solve(rows: pd.DataFrame, draws: np.ndarray) -> Solved:
    """Solve one system, by drawn weights where a share cannot be had exactly."""
    found, share = weights.find_margin(rows), weights.share_of_weightings(rows, draws)
    if not found.feasible:
        pairs = pd.DataFrame(permutations(rows.columns, 2), columns=["box", "other"])
        conflicts = weights.find_conflicts(rows)
        return Solved(found.margin, share, pairs.assign(relation="none"), conflicts, [])
    hits = draws @ rows.to_numpy(float).T > 0
    binding = list(rows.index[hits.sum(axis=0) == hits.all(axis=1).sum()])
    return Solved(found.margin, share, weights.compare_boxes(rows), [], binding)


def summarise(solved: dict[tuple[str, str], Solved]) -> pd.DataFrame:
    """One row per system: margin, share with its bounds, forced pairs of boxes, conflicts."""
    check.counts(n_systems=len(solved))
    rows = {
        key: {"margin": round(one.margin, 6) + 0.0} | one.share._asdict()
        | {"must": one.relations.relation.eq("must").sum(), "conflicts": len(one.conflicts)}
        for key, one in solved.items()
    }  # fmt: skip
    table = pd.DataFrame(rows).T.rename_axis(["cases", "open boxes"]).reset_index("open boxes")
    return table.astype({"must": int, "conflicts": int})


def compare_readings(readings: dict[str, Cases], draws: np.ndarray) -> pd.DataFrame:
    """By each reading of the prose: how many cases, sides and orderings, and the shares left.

    The share of all weightings under which every printed case, or every told one, comes out as
    told; open boxes left out (``stated``) or filled in as kindly as may be (``most``).
    """
    check.counts(n_readings=len(readings))
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
    return pd.DataFrame(columns).reset_index("other") if columns else pd.DataFrame({"other": []})


def pair_conflicts(solved: Solved) -> pd.Series:
    """In how many of the minimal conflicts each case stands with others."""
    paired = [case for names in solved.conflicts if len(names) > 1 for case in names]
    return pd.Series(paired, dtype=str).value_counts().rename("conflicts with others")


def head_relations(compared: pd.DataFrame) -> str:
    """What a drawing of relations should say of the open boxes, by `compare_relations`."""
    free = compared.filter(like=": most").eq("may").all(axis=None)
    then = "every cell is a may" if free else "some cells change: see the table"
    return f"Open boxes left out. If they may lean, {then}"


def try_structures(groups: dict[str, Cases]) -> pd.DataFrame:
    """The margin of each group of told cases under every structure that is linear in the weights.

    Open boxes are filled in as kindly as possible; ``conflict`` names the cases of the last group
    that exclude each other.
    """
    check.counts(n_groups=len(groups))
    study, found = read_study(), {}
    offered = balance.offer(study.factors, study.roles).values()
    for structure in (one for one in offered if one.linear):
        margins = {}
        for name, told in groups.items():
            kind = told.fill(kindly=True).to_numpy()
            leans = balance.effective_leans(structure, kind, told.traits)
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
    low, high, stated = cases.lowest, cases.highest, cases.pairs
    margin, rows = weights.find_margin(_order(cases, stated)).margin, []
    for place, more, less, lines in stated.itertuples():
        gain = weights.find_margin(_order(cases, stated.drop(index=place))).margin - margin
        best, worst = high.loc[more] - low.loc[less], low.loc[more] - high.loc[less]
        rows.append((more, less, best.max(), worst.max(), round(gain, 6) + 0.0, lines))
    columns = ["more", "less", "at best", "at worst", "margin gained without", "lines"]
    return pd.DataFrame(rows, columns=columns).set_index("more")
