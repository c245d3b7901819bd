"""What hangs on which assumption: weights, codings, structure and open boxes, varied and crossed.

The methods are in `compendium.models.multiverse`; here they are asked of the told cases, of the
printed ones among them, and of the conclusions that a study draws.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.coding.cases import Cases
from compendium.coding.weighing import PLAIN
from compendium.models import check, multiverse
from compendium.models.balance import Structure, follow_years, offer, tilts
from compendium.settings import read_study


class Setting(NamedTuple):
    """The told cases, and what is held the same in everything that is tried with them."""

    told: Cases
    odds: np.ndarray  # how likely each code is to be another, shape (n_cases, n_boxes, 3)
    structures: dict[str, Structure]
    equal: np.ndarray  # all boxes weigh alike
    seed: int

    @property
    def level(self) -> np.ndarray:
        """The leans, open boxes taken as level."""
        return self.told.leans.fillna(0).to_numpy()

    @property
    def silent(self) -> np.ndarray:
        """Which cases have no stated lean."""
        return self.told.leans.isna().all(axis=1).to_numpy()

    def of(self, case: str) -> tuple[Structure, pd.DataFrame, np.ndarray, pd.DataFrame]:
        """One case as `multiverse` asks for it: structure, codings, weights and traits."""
        mine = self.told.keep([case])
        return self.structures[PLAIN], mine.codings, self.equal, mine.traits

    def ask(self, contrasts: dict[str, list[str]]) -> tuple:
        """What `multiverse.conclude` asks of a curve; a contrast of a case there is not is none."""
        every = self.told.read("coding/cases")["case"]
        check.names([case for cases in contrasts.values() for case in cases], every, "case")
        return self.told.sides, self.told.traits, contrasts


def set_up(cases: Cases, flips: dict[str, float], seed: int) -> Setting:
    """The told cases, and how often a code of each confidence would be another (`flips`)."""
    study, told = read_study(), cases.sided
    odds = multiverse.code_odds(told.codings, flips).reshape(len(told.names), -1, 3)
    equal = multiverse.list_weightings(study.factors, study.roles)["equal"]
    return Setting(told, odds, offer(study.factors, study.roles), equal, seed)


def vary_kinds(setting: Setting, n_draws: int) -> pd.DataFrame:
    """The share of draws in which each case comes out as told: weights, codings, and both."""
    told, structure = setting.told, setting.structures[PLAIN]
    weights = multiverse.draw_weights(n_draws, setting.seed, len(setting.equal))
    given = (structure, setting.level, weights, told.traits, told.sides)
    kinds = pd.DataFrame({"weights": multiverse.share_as_told(*given)})
    kinds.loc[setting.silent, "weights"] = np.nan
    for kind, fixed in (("codings", setting.equal), ("both", None)):
        given, how = (structure, setting.odds, told.traits, told.sides), {"seed": setting.seed}
        shares = multiverse.vary(*given, n=n_draws, fixed_weights=fixed, **how)
        kinds[kind] = shares.drop("all")
    return kinds


def vary_structures(setting: Setting, chosen: Cases, n_draws: int) -> pd.DataFrame:
    """The share of draws in which each chosen case, and all of them, come out as told.

    Structures down; weights and codings are drawn together.
    """
    names = setting.told.names
    own = [names.index(case) for case in chosen.names]
    odds, traits = setting.odds[own], setting.told.traits.loc[chosen.names]
    shares = {
        name: multiverse.vary(structure, odds, traits, chosen.sides, n=n_draws, seed=setting.seed)
        for name, structure in setting.structures.items()
    }
    return pd.DataFrame(shares).T.rename_axis("structure")


def tell_apart(setting: Setting) -> tuple[pd.DataFrame, int]:
    """The cases for which two structures give different sides, and of how many cases these are.

    1 for left, -1 for right, 0 for level, at equal weights; nulls know nothing of leans and are
    left out, and so are cases without a stated lean.
    """
    told = setting.told
    signs = {
        name: np.sign(tilts(one, setting.level, setting.equal, told.traits).round(9))
        for name, one in setting.structures.items()
        if not name.startswith("null")
    }
    known = pd.DataFrame(signs, index=told.sides.index)[~setting.silent]
    return known[known.nunique(axis=1) > 1].astype(int), len(known)


def swing(setting: Setting, case: str) -> pd.DataFrame:
    """How far one case's tilt moves when one box goes through its range, with the boxes' labels."""
    swings = multiverse.swing_boxes(*setting.of(case))
    return swings.assign(label=swings.box.map(read_study().factors))


def flip(setting: Setting, case: str) -> pd.DataFrame:
    """The single codes that turn one case's side, and where each box would just balance."""
    flips, leans = multiverse.find_flips(*setting.of(case)), setting.told.leans.loc[case].dropna()
    balances = {box: multiverse.break_even(leans, box) for box in leans.index}
    return flips.assign(balances_at=flips.box.map(balances))


def share_variance(setting: Setting, case: str, n: int = 4096) -> pd.DataFrame:
    """How much of the uncertainty of one case's tilt each weight and each coding carries."""
    mine, study = setting.told.keep([case]), read_study()
    odds = setting.odds[setting.told.names.index(case)]
    given = setting.structures[PLAIN], odds, mine.traits
    carried = multiverse.share_uncertainty(*given, n, setting.seed)
    named = carried.input.str.split(" of ", expand=True)
    return carried.round(4).assign(input=named[0] + ": " + named[1].map(study.factors))


def follow_paths(
    setting: Setting, case: str, years: int, ways: dict[str, dict], **leaning: float
) -> pd.DataFrame:
    """One case over the years, its stated leans and those given, in each way it could have gone.

    A way says whether time was ``invested`` and how fast faith is lost (``scepticism``).
    """
    leans = setting.told.keep([case]).leans.loc[case].fillna(0)
    check.names(leaning, leans.index, "box")
    leans[list(leaning)] = list(leaning.values())
    given, culture = (leans, setting.equal, years), read_study().roles["culture"]
    paths = {way: follow_years(*given, culture=culture, **how) for way, how in ways.items()}
    return pd.DataFrame(paths).rename_axis("year")


def cross(setting: Setting, completions: tuple[str, ...] = multiverse.COMPLETIONS) -> pd.DataFrame:
    """All combinations of the choices, with all codes and without what a reader would contest."""
    told, study = setting.told, read_study()
    firm = told.uncontested
    readings = {"all codes": (told.codings, told.nets), "no contested": (firm.codings, firm.nets)}
    return multiverse.run_specifications(
        readings, told.traits, told.sides, study.factors, study.roles, completions=completions
    )


def cross_coders(setting: Setting, readings: dict[str, Cases]) -> pd.DataFrame:
    """The curve of `cross` for each reading of the prose, whose name is in ``coder``.

    The told cases, their sides and traits are the setting's; the leans are each reading's own. The
    first reading is crossed as in `cross`, of the others all codes count.
    """
    told, study = setting.told, read_study()
    given = told.traits, told.sides, study.factors, study.roles
    first, *others = readings
    parts = [cross(setting).assign(coder=first)]
    for coder in others:
        own = readings[coder].keep(told.names)
        curve = multiverse.run_specifications({"all codes": (own.codings, own.nets)}, *given)
        parts.append(curve.assign(coder=coder))
    curve = pd.concat(parts).sort_values("share", kind="stable", ignore_index=True)
    coders = pd.CategoricalDtype(list(readings))
    return curve[["coder", *curve.columns.drop("coder")]].astype({"coder": coders})


def conclude_by_coder(
    setting: Setting, curve: pd.DataFrame, contrasts: dict[str, list[str]]
) -> pd.DataFrame:
    """Each conclusion: in what per cent of a coder's combinations it holds, and the verdicts.

    ``moved``: the points between the least and the greatest; ``no coder moves`` names the verdict
    if it is the same by every coding, and is blank if it is not.
    """
    asked = setting.ask(contrasts)
    holds = pd.DataFrame(multiverse.conclude(curve, *asked))
    shares = 100 * holds.groupby(curve.coder, observed=True).mean().T
    shares.columns = shares.columns.astype(str)
    verdicts = shares.map(multiverse.name_survival)
    alike = verdicts.nunique(axis=1) == 1
    shares["moved"] = shares.max(axis=1) - shares.min(axis=1)
    shares["no coder moves"] = verdicts.iloc[:, 0].where(alike, "")
    return shares.rename_axis("conclusion")


def drop_nulls(curve: pd.DataFrame) -> pd.DataFrame:
    """A curve without the structures that know nothing of leans."""
    return curve[~curve.structure.str.startswith("null")].reset_index(drop=True)


def conclude(
    setting: Setting,
    curve: pd.DataFrame,
    bounded: pd.DataFrame,
    contrasts: dict[str, list[str]],
) -> pd.DataFrame:
    """Each conclusion: how often it holds, what it hangs on, and within which bounds.

    Both curves are those of `cross` without nulls: with the two ways to fill in open boxes that
    know nothing of the outcome, and with the two that bound all others.
    """
    asked = setting.ask(contrasts)
    holds = multiverse.conclude(curve, *asked)
    hinges = {name: multiverse.find_hinges(curve, hold) for name, hold in holds.items()}
    table = pd.DataFrame(hinges).T
    for column, how in (("at worst", "against it"), ("at best", "for the told side")):
        part = multiverse.conclude(bounded[bounded["open boxes"] == how], *asked)
        table[column] = pd.Series({name: 100 * hold.mean() for name, hold in part.items()})
    numbers = [*multiverse.CHOICES, "share", "at worst", "at best"]
    table["verdict"] = table.share.map(multiverse.name_survival)
    return table.rename_axis("conclusion").astype(dict.fromkeys(numbers, float))


def count_verdicts(conclusions: pd.DataFrame) -> dict[str, object]:
    """What survives, how many conclusions flip, and whether any survives at its worst."""
    verdict = conclusions.verdict
    return {
        "survives": list(conclusions.index[verdict == "survives"]) or ["nothing"],
        "mostly": int((verdict == "mostly").sum()),
        "flip": int((verdict == "flips").sum()),
        "safe": int((conclusions["at worst"] >= multiverse.SURVIVES).sum()),
    }
