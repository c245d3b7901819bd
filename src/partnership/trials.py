"""Could these methods see anything in a sample of this size? The designs that are tried.

The estimators and the simulation are in `compendium.models`; here are the sizes of this study, what
is asked of made-up actors, and the same asked of the actors that were coded. Whatever comes of
made-up actors stands in a column whose name begins with ``simulated``.
"""

import numpy as np
import pandas as pd

from compendium.coding.cases import LEVELS, Cases
from compendium.coding.statements import net_direction, select
from compendium.errors import FitError
from compendium.models import regression, simulation
from compendium.models.counts import share_error
from compendium.models.ordering import smallest_p_within
from partnership import read_beside

# A set of values, and the groups within which they could be exchanged.
DESIGNS = read_beside(__file__)["designs"]
# What the author coded of an actor, and how far it depends on others.
CODED = ["attitude", "small", "dependence"]
# Like the theory's factors.
_N_PREDICTORS = 5


def find_least_p(designs: dict[str, list[list[int]]] = DESIGNS) -> pd.DataFrame:
    """The smallest p-value each design can reach, whatever comes out."""
    rows = [
        (name, smallest_p_within(pd.Series(values), pd.Series(groups), level=1.0))
        for name, (values, groups) in designs.items()
    ]
    least = pd.DataFrame(rows, columns=["design", "one_sided"])
    arrangements = (1 / least.one_sided).round().astype(int)
    return least.assign(arrangements=arrangements, two_sided=2 * least.one_sided)


def try_taus(taus: list[float], sizes: range, n_repeats: int, seed: int) -> pd.DataFrame:
    """How often a true correlation is found, for each number of units: ``simulated_power``."""
    grid = pd.DataFrame({"tau": taus}).merge(pd.DataFrame({"n": sizes}), how="cross")
    pairs = zip(grid.tau, grid.n)
    power = [simulation.power_of_tau(n, tau, n_repeats, seed) for tau, n in pairs]
    return grid.assign(simulated_power=power)


def lay_out_power(power: pd.DataFrame) -> pd.DataFrame:
    """Units down, true correlations across, and the weakest correlation that is significant."""
    wide = power.pivot(index="n", columns="tau", values="simulated_power")
    wide = wide.add_prefix("simulated_power_")
    wide.insert(0, "critical_tau", [simulation.critical_tau(n) for n in wide.index])
    return wide


def _try(designs: pd.DataFrame, n_repeats: int, seed: int) -> pd.DataFrame:
    fit = regression.fit_proportional_odds
    return simulation.try_proportional_odds(designs, fit, n_repeats, seed)


def try_sizes(
    sizes: list[int], correlations: list[float], *, n_repeats: int, seed: int, **design: float
) -> pd.DataFrame:
    """Proportional odds on made-up actors, for each number of them and each likeness of a site's.

    `design`: ``n_sites`` and ``slope``. ``n_usable`` are the samples that could be fitted,
    ``n_fitted`` those that were not refused.
    """
    grid = pd.DataFrame({"icc": correlations}).merge(pd.DataFrame({"n_actors": sizes}), how="cross")
    tried = _try(grid.assign(**design, n_predictors=_N_PREDICTORS), n_repeats, seed)
    tried["n_usable"] = (n_repeats * tried.simulated_complete).round().astype(int)
    tried["n_fitted"] = (tried.n_usable * (1 - tried.simulated_refused)).round().astype(int)
    return tried


def find_error_of_one(n_sites: int, slope: float, seed: int, n_actors: int = 9600) -> float:
    """The standard error of a slope from one actor, scaled from one large sample."""
    large = simulation.simulate_actors(
        n_actors=n_actors, n_sites=n_sites, slope=slope, n_predictors=_N_PREDICTORS, seed=seed
    )
    predictors = large.filter(regex=r"^x\d")
    fitted = regression.fit_proportional_odds(large.simulated_outcome, predictors)
    return float(fitted.coefficients.standard_error[0] * np.sqrt(len(large)))


def bound_bias(tried: pd.DataFrame, error_of_one: float) -> pd.DataFrame:
    """The trials with two standard errors around the bias, as ``low`` and ``high``."""
    reach = 2 * error_of_one / np.sqrt(tried.n_actors * tried.n_fitted)
    return tried.assign(low=tried.simulated_bias - reach, high=tried.simulated_bias + reach)


def bound_share(tried: pd.DataFrame, share: str, n: str | pd.Series) -> pd.DataFrame:
    """The trials with two standard errors around a share of `n`, as ``low`` and ``high``.

    A share k of n is taken as (k + 2) of (n + 4), so that none and all do not look certain.

    >>> bound_share(pd.DataFrame({"share": [0.0], "n": [12]}), "share", "n").high.round(3).tolist()
    [0.29]
    """
    n = tried[n] if isinstance(n, str) else n
    shares = (tried[share] * n + 2) / (n + 4)
    reach = 2 * share_error(tried[share], n)
    return tried.assign(low=(shares - reach).clip(lower=0), high=(shares + reach).clip(upper=1))


def pool_large(tried: pd.DataFrame, error_of_one: float, above: int) -> pd.DataFrame:
    """The trials of more than so many actors together, by the likeness of a site's actors.

    How many of ``intervals`` hold the truth (``held``), and how far the mean slope is ``off``, each
    with its standard error.
    """
    rows = {}
    for icc, part in tried[tried.n_actors > above].groupby("icc"):
        n, held = part.n_fitted.sum(), (part.simulated_coverage * part.n_fitted).sum()
        spread = error_of_one * np.sqrt((part.n_fitted / part.n_actors).sum()) / n
        rows[icc] = {
            "intervals": n,
            "held": held / n,
            "error_of_held": share_error(held / n, n),
            "off": (part.simulated_bias * part.n_fitted / n).sum(),
            "error_of_off": spread,
        }
    return pd.DataFrame(rows).T.rename_axis("icc").astype({"intervals": int})


def try_site_level(n_sites: int, actors_a_site: int, n_repeats: int, seed: int) -> pd.DataFrame:
    """How often a fact of the site, which has no effect, is found as if it were the actors'."""
    null = pd.DataFrame({"icc": [0.0, 0.07, 0.2]})
    null = null.assign(n_actors=n_sites * actors_a_site, n_sites=n_sites, slope=0.0)
    alarms = _try(null.assign(site_level=True), n_repeats, seed)
    n = n_repeats * alarms.simulated_complete * (1 - alarms.simulated_refused)
    return bound_share(alarms, "simulated_rejected", n)


def keep_degrees(involvement: pd.DataFrame) -> pd.DataFrame:
    """The coded degrees of involvement: board or overall level, no repetitions."""
    told = involvement.measure.eq("involvement") & involvement.is_restatement.eq("no")
    return involvement[told & involvement.level.isin(LEVELS)].astype({"code": float})


def gather_grid(cases: Cases, degrees: pd.DataFrame) -> pd.DataFrame:
    """The actors with `CODED` predictors and a middle degree: the largest grid that has both."""
    actors = cases.table.set_index("case").evidence_actor
    predictors = cases.traits[CODED].astype(float).groupby(actors.rename("actor"), sort=False)
    middle = degrees.groupby("actor").code.agg(degree="median", n_codes="count")
    return predictors.first().join(middle, how="inner")


def fit_coded(degree: pd.Series, predictors: pd.DataFrame) -> pd.DataFrame:
    """The slopes of a proportional odds model, one for each predictor."""
    fitted = regression.fit_proportional_odds(degree, predictors)
    return fitted.coefficients.head(predictors.shape[1])


def find_fragile(grid: pd.DataFrame) -> dict[str, str]:
    """The actors without whom the rest is separated, each with the words of the refusal."""
    words = {}
    for actor in grid.index:
        rest = grid.drop(actor)
        try:
            fit_coded(rest.degree, rest[CODED])
        except FitError as refusal:
            words[actor] = str(refusal)
    return words


def read_otherwise(degrees: pd.DataFrame, grid: pd.DataFrame) -> dict[str, pd.Series]:
    """Four readings of the same sentences, as one degree for each actor of the grid."""
    certain = degrees[degrees.confidence != "contested"]
    readings = {
        "middle degree": degrees.groupby("actor").code.median(),
        "least degree": degrees.groupby("actor").code_min.median(),
        "greatest degree": degrees.groupby("actor").code_max.median(),
        "contested left out": certain.groupby("actor").code.median(),
    }
    return {name: y[y.index.isin(grid.index)].astype(float) for name, y in readings.items()}


def compare_readings(
    readings: dict[str, pd.Series], grid: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """The slope of attitude in each reading that can be fitted, and how each one is separated."""
    kinds, slopes = {}, {}
    for name, y in readings.items():
        predictors = grid[CODED].loc[y.index]
        kinds[name] = regression.find_separation(y, predictors).kind
        if kinds[name] == "none":
            first = fit_coded(y, predictors).iloc[0][["estimate", "standard_error"]]
            slopes[name] = [*first.astype(float), len(y)]
    columns = ["estimate", "standard_error", "n_actors"]
    table = pd.DataFrame(slopes, index=columns).T.astype({"n_actors": int})
    table["z"] = table.estimate / table.standard_error
    return table.rename_axis("reading, slope of attitude"), pd.Series(kinds, name="separation")


def lean_actors(evidence: pd.DataFrame, actors: list[str]) -> pd.DataFrame:
    """What the statements on each actor come to, box by box, over all stages."""
    stages = tuple(evidence.stage.unique())
    nets = {
        actor: net_direction(select(evidence, actor, stages=stages)).set_index("box").lean
        for actor in actors
    }
    return pd.DataFrame(nets).T.astype(float)


def try_like_ours(
    n_actors: int, n_sites: int, slope: float, n_repeats: int, seed: int
) -> pd.DataFrame:
    """Made-up samples like ours, without an effect and with a large one."""
    designs = pd.DataFrame({"slope": [0.0, slope]})
    designs = designs.assign(n_actors=n_actors, n_sites=n_sites, n_predictors=len(CODED))
    fared = _try(designs, n_repeats, seed)
    return fared.filter(regex="slope|simulated_").set_index("slope").T


def summarise_widths(recovered: pd.DataFrame) -> pd.DataFrame:
    """How often the true weights are within, and how wide the ranges are, by number of cases.

    The errors are those of one box: the boxes of one trial are not independent.
    """
    groups = recovered.groupby("n_cases")
    spread = groups.simulated_width.agg(["min", "max"]).add_prefix("simulated_width_")
    return groups[list(recovered.filter(like="simulated_"))].mean().join(spread)


def plan_study(n_sites: int, actors_a_site: int) -> pd.DataFrame:
    """The actors and sites an effect would need, and what ours are worth, by likeness of actors."""
    odds = pd.DataFrame({"odds_ratio": [2, 3, 5, 10]})
    needed = pd.DataFrame({"icc": [0.0, 0.07, 0.2]}).merge(odds, how="cross")
    needed["design_effect"] = simulation.design_effect(actors_a_site, needed.icc)
    actors = needed.odds_ratio.map(simulation.actors_needed) * needed.design_effect
    needed["actors"] = np.ceil(actors).astype(int)
    needed["sites"] = np.ceil(needed.actors / actors_a_site).astype(int)
    needed["worth_of_ours"] = n_sites * actors_a_site / needed.design_effect
    return needed


def find_wrong(
    slopes: list[float], sizes: list[int], error_of_one: float, seed: int
) -> pd.DataFrame:
    """How often what is significant has the wrong sign, and by how much the wrong size."""
    effects = pd.DataFrame({"slope": slopes}).merge(pd.DataFrame({"n_actors": sizes}), how="cross")
    effects["standard_error"] = error_of_one / np.sqrt(effects.n_actors)
    noise = pd.Series(np.random.default_rng(seed).normal(size=100_000))
    found = [
        simulation.summarise_estimates(b + se * noise, noise * 0 + se, b)
        for b, se in zip(effects.slope, effects.standard_error)
    ]
    wrong = effects.join(pd.DataFrame(found))
    return wrong.drop(columns=wrong.filter(regex="bias|coverage"))
