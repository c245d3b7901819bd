"""Planning numbers against print; estimators against truths that were made up."""

import os
import subprocess
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import linprog

from compendium.errors import FitError, SettingError
from compendium.models import regression, simulation


def monte_carlo_error(share, n_repeats):
    """Three standard errors of a simulated share: one test in 370 would fail by chance."""
    return 3 * np.sqrt(share * (1 - share) / n_repeats)


@pytest.mark.parametrize(
    ("odds_ratio", "actors"), [(2, 209), (3, 83), (1 / 3, 83), (5, 39), (10, 19)]
)
def test_the_actors_that_whitehead_asks_for(odds_ratio, actors):
    """Two equal groups, four equal categories, 5 %, power .8: Whitehead (1993).

    Which group is called the first does not matter.
    """
    assert simulation.actors_needed(odds_ratio) == actors


def test_twelve_actors_at_a_site_count_as_fewer():
    """ICC .2 and 12 a site: 3.2 times as many, so that 48 actors are worth 15."""
    effect = simulation.design_effect(12, 0.2)

    assert effect == pytest.approx(3.2)
    assert 48 / effect == pytest.approx(15)


@pytest.mark.parametrize(
    ("n", "tau"), [(5, 1.0), (6, 0.867), (8, 0.643), (10, 0.511), (12, 0.455), (16, 0.383)]
)
def test_the_critical_taus(n, tau):
    """The printed table of Kendall's tau, two-sided 5 % (methods 1.3)."""
    assert simulation.critical_tau(n) == pytest.approx(tau, abs=0.0005)


@pytest.mark.parametrize("n", [6, 9])
def test_the_critical_tau_is_the_last_that_scipy_rejects(n):
    """One exchange of neighbours more, and scipy's exact p is above 5 %."""
    order, rejected = np.arange(n), []
    while (np.diff(order) > 0).any():
        tau, p = stats.kendalltau(np.arange(n), order, method="exact")
        rejected += [tau] if p <= 0.05 and tau > 0 else []
        place = np.flatnonzero(np.diff(order) > 0)[0]
        order[[place, place + 1]] = order[[place + 1, place]]

    assert simulation.critical_tau(n) == pytest.approx(min(rejected))


def test_four_sites_have_no_critical_tau():
    """The smallest p of four pairs is 2 / 24."""
    with pytest.raises(FitError, match=r"no order of 4 pairs is as rare as p = 0\.05"):
        simulation.critical_tau(4)


@pytest.mark.parametrize(
    ("tau", "n", "power"),
    [
        *((0.5, 8, 0.35), (0.5, 12, 0.66), (0.5, 16, 0.82), (0.5, 24, 0.97)),
        *((0.3, 8, 0.12), (0.3, 12, 0.26), (0.3, 16, 0.32), (0.3, 24, 0.57)),
    ],
)
def test_the_power_of_tau(tau, n, power):
    """Methods 1.3, itself from 1,500 repeats: its error and rounding are all that is allowed."""
    found = simulation.power_of_tau(n, tau, n_repeats=20_000, seed=1)

    assert found == pytest.approx(power, abs=monte_carlo_error(power, 1500) + 0.005)


def test_the_exact_test_keeps_its_level():
    """Without a correlation at most 5 % are rejected, and not many fewer."""
    found = simulation.power_of_tau(12, 0.0, n_repeats=20_000, seed=2)

    assert 0.04 < found < 0.05 + monte_carlo_error(0.05, 20_000)


def no_fit(outcome, predictors):
    """Refuses what is separated, and estimates nothing."""
    if regression.find_separation(outcome, predictors).kind != "none":
        raise FitError("separated")
    return regression.Fit(pd.DataFrame({"estimate": [0.0], "standard_error": [1.0]}), 0.0)


def test_separation_is_the_norm_among_few_actors():
    """Five ternary predictors, four categories: the shares of methods 2.3.

    It gives neither its thresholds nor its repeats: ours are -2, 0, 2, samples with all four
    categories, and its error is taken to be as large as ours.
    """
    printed = pd.DataFrame(
        {
            "n_actors": [12, 20, 30, 12, 20, 30],
            "slope": [1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
            "share": [0.44, 0.04, 0.0, 0.81, 0.23, 0.04],
        }
    )
    designs = printed[["n_actors", "slope"]].assign(n_sites=4, n_predictors=5)
    tried = simulation.try_proportional_odds(designs, no_fit, n_repeats=50, seed=1)
    kept = 50 * tried.simulated_complete
    allowed = np.sqrt(2) * monte_carlo_error(printed.share, kept) + 0.005

    assert ((tried.simulated_refused - printed.share).abs() <= allowed).all(), tried


def test_a_site_covariate_is_found_where_there_is_none():
    """Four sites of twelve, two against two, no effect: 6, 13 and 33 % rejected, not 5.

    Methods 2.3; the more alike the actors of a site, the worse.
    """
    printed = np.array([0.06, 0.13, 0.33])
    designs = pd.DataFrame({"icc": [0.0, 0.07, 0.23]})
    designs = designs.assign(n_actors=48, n_sites=4, slope=0.0, site_level=True)
    tried = simulation.try_proportional_odds(
        designs, regression.fit_proportional_odds, n_repeats=100, seed=1
    )
    allowed = monte_carlo_error(printed, 100 * tried.simulated_complete) + 0.005

    assert ((tried.simulated_rejected - printed).abs() <= allowed).all(), tried


def test_proportional_odds_returns_the_slope_that_was_put_in():
    """200 independent actors: no bias beyond chance and n^-1, and intervals that cover."""
    designs = pd.DataFrame({"n_actors": [200], "n_sites": 4, "slope": 1.0, "n_predictors": 2})
    tried = simulation.try_proportional_odds(
        designs, regression.fit_proportional_odds, n_repeats=100, seed=1
    ).iloc[0]

    assert (tried.simulated_complete, tried.simulated_refused) == (1, 0)
    # A slope of 1 has a standard error of .19 here, their mean one of .019.
    assert tried.simulated_bias == pytest.approx(0, abs=3 * 0.019)
    assert tried.simulated_coverage == pytest.approx(0.95, abs=monte_carlo_error(0.95, 100))
    assert tried.simulated_wrong_sign == 0


def test_the_same_seed_gives_the_same_table():
    """And each design has its own stream, whatever comes after it."""
    designs = pd.DataFrame({"n_actors": [12, 16], "n_sites": 4, "slope": 1.0, "n_predictors": 2})
    both = simulation.try_proportional_odds(designs, no_fit, n_repeats=10, seed=1)
    first = simulation.try_proportional_odds(designs[:1], no_fit, n_repeats=10, seed=1)

    pd.testing.assert_frame_equal(both[:1], first)


def test_what_is_made_up_says_so():
    """Every column that a simulation adds is called simulated."""
    designs = pd.DataFrame({"n_actors": [12], "n_sites": 4, "slope": 1.0})
    tried = simulation.try_proportional_odds(designs, no_fit, n_repeats=3, seed=1)

    assert all(name.startswith("simulated_") for name in tried.columns.drop(designs.columns))
    assert list(designs.columns) == ["n_actors", "n_sites", "slope"]


@pytest.mark.parametrize("icc", [0.0, 0.07, 0.23])
def test_the_icc_is_the_share_of_variance_between_sites(icc):
    """Cases of one site agree on being above the middle as a normal mixture of logits says."""
    actors = simulation.simulate_actors(
        n_actors=2, n_sites=1, slope=0.0, icc=icc, n_repeats=40_000, seed=1
    )
    above = (actors.simulated_outcome >= 2).to_numpy().reshape(-1, 2)
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    chance = stats.logistic.cdf(points * np.pi * np.sqrt(icc / (1 - icc) / 3))
    both = (weights * chance**2).sum() / weights.sum()

    assert above.all(axis=1).mean() == pytest.approx(both, abs=monte_carlo_error(both, 40_000))


@pytest.mark.parametrize(("truth", "error"), [(0.1, 3.28), (2.0, 1.0)])
def test_type_s_and_type_m_of_a_normal_estimate(truth, error):
    """Gelman and Carlin (2014) in closed form, for normal estimates with a known error.

    Power is the sum of two tails, type S the lower one's part of it, and the mean size follows
    from the truncated normal's.
    """
    estimates = pd.Series(np.random.default_rng(1).normal(truth, error, 400_000))
    found = simulation.summarise_estimates(estimates, estimates * 0 + error, truth)
    z, mean = stats.norm.ppf(0.975), truth / error
    up, down = stats.norm.sf(z - mean), stats.norm.cdf(-z - mean)
    size = mean * (up - down) + stats.norm.pdf(z - mean) + stats.norm.pdf(z + mean)

    assert found["simulated_rejected"] == pytest.approx(up + down, abs=0.003)
    assert found["simulated_wrong_sign"] == pytest.approx(down / (up + down), abs=0.015)
    assert found["simulated_exaggeration"] == pytest.approx(size / (up + down) / mean, rel=0.005)
    assert found["simulated_coverage"] == pytest.approx(0.95, abs=0.002)


def test_a_true_effect_of_a_tenth_is_exaggerated_77_times():
    """Gelman and Carlin (2014), effect .1 with standard error 3.28: power .05, type S .46."""
    estimates = pd.Series(np.random.default_rng(1).normal(0.1, 3.28, 400_000))
    found = simulation.summarise_estimates(estimates, estimates * 0 + 3.28, 0.1)

    assert round(found["simulated_rejected"], 2) == 0.05
    assert found["simulated_wrong_sign"] == pytest.approx(0.46, abs=0.005 + 3 * 0.0035)
    assert round(found["simulated_exaggeration"]) == 77


def test_every_simulated_number_has_its_error():
    """Two estimates, 1 and 3, of 1: the mean is 1 off, give or take 1; a share is never certain."""
    found = simulation.summarise_estimates(pd.Series([1.0, 3.0]), pd.Series([1.0, 1.0]), 1.0)

    assert (found["simulated_bias"], found["simulated_bias_error"]) == (1.0, 1.0)
    # None of two is taken as two of six.
    assert found["simulated_wrong_sign_error"] > 0
    assert found["simulated_coverage_error"] == pytest.approx(np.sqrt(0.5 * 0.5 / 6))
    shown = [name for name in found if not name.endswith("_error")]
    assert all(f"{name}_error" in found for name in shown)


def bounds(rows, objectives):
    """Least and greatest weighted sums over the simplex, no row below 0."""
    limits = -rows.to_numpy(), np.zeros(len(rows)), [np.ones(rows.shape[1])], [1]
    aims = objectives.to_numpy()
    return tuple(
        sign * np.array([linprog(sign * aim, *limits).fun for aim in aims]) for sign in (1, -1)
    )


def test_the_region_holds_the_weights_and_shrinks_with_cases():
    """The truth satisfies its own cases, and a case more never widens a range."""
    found = simulation.recover_weights(bounds, [1, 4, 16], n_repeats=15, seed=1, n_boxes=4)
    widths = found.pivot(index="n_cases", columns="box", values="simulated_width")

    assert (found.simulated_within == 1).all()
    assert (widths.diff().iloc[1:] <= 1e-9).all(axis=None)
    assert (widths.loc[16] < widths.loc[1]).all()


def test_bounds_that_are_wrong_are_found_out():
    """A method that swears by equal weights misses the truth nearly always."""
    found = simulation.recover_weights(lambda *_: (0.24, 0.26), [4], n_repeats=50, seed=1)

    assert found.simulated_within.max() < 0.3


def beta_binomial(rng, n_repeats, n_draws):
    """A share, even on 0 to 1, of 20 trials; draws from Beta(1 + hits, 1 + misses)."""
    truths = rng.beta(1, 1, n_repeats)
    hits = rng.binomial(20, truths)[:, None]
    return truths, rng.beta(1 + hits, 21 - hits, size=(n_repeats, n_draws))


def normal_normal(rng, n_repeats, n_draws):
    """A standard normal mean, seen through four cases of variance 1; draws from its posterior."""
    truths = rng.normal(size=n_repeats)
    means = rng.normal(truths, 1 / 2)[:, None]
    return truths, rng.normal(means * 4 / 5, np.sqrt(1 / 5), size=(n_repeats, n_draws))


def uniformity(model, n_repeats=4000, n_draws=19):
    """The p value of chi-square over the 20 ranks of a truth among draws of its posterior.

    Cook, Gelman and Rubin (2006).
    """
    truths, draws = model(np.random.default_rng(1), n_repeats, n_draws)
    ranks = (draws < truths[:, None]).sum(axis=1)
    return stats.chisquare(np.bincount(ranks, minlength=n_draws + 1)).pvalue


@pytest.mark.parametrize("model", [beta_binomial, normal_normal])
def test_ranks_within_the_right_posterior_are_uniform(model):
    """Methods K47: conjugate posteriors are exact, so every rank is as likely."""
    assert uniformity(model) > 0.01


def test_a_posterior_that_is_too_sure_is_found_out():
    """Draws of half the spread push the truth to either end."""

    def too_sure(rng, n_repeats, n_draws):
        truths, draws = normal_normal(rng, n_repeats, n_draws)
        centre = draws.mean(axis=1, keepdims=True)
        return truths, centre + (draws - centre) / 2

    assert uniformity(too_sure) < 1e-6


FITTED = """
import sys
from functools import partial
import numpy as np, pandas as pd
from compendium.models import regression, simulation
designs = pd.DataFrame({"n_actors": [16, 60], "n_sites": 4, "slope": 1.0, "n_predictors": 5})
fit = regression.fit_proportional_odds
tried = simulation.try_proportional_odds(designs, fit, 15, seed=1)
large = simulation.simulate_actors(n_actors=900, n_sites=4, slope=1.0, n_predictors=5, seed=2)
fitted = fit(large.simulated_outcome, large.filter(regex=r"^x"))
low = regression.fit_firth((large.simulated_outcome[:40] > 1) * 1, large[["x1", "x2"]][:40])
for table in (tried, fitted.coefficients, low.coefficients):
    sys.stdout.write(table.to_csv(float_format="%.8g"))
"""


def test_fits_are_the_same_bytes_whatever_the_kernel_of_the_linear_algebra():
    """Two kernels of OpenBLAS that this processor has: eight digits of every number agree."""
    made = []
    for kernel in ("Haswell", "Sandybridge"):
        given = os.environ | {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": "1"}
        run = [sys.executable, "-c", FITTED]
        made.append(subprocess.run(run, env=given, capture_output=True, text=True, check=False))
    if any(done.returncode < 0 for done in made):
        pytest.skip("this processor has not both kernels")

    assert [done.stderr for done in made] == ["", ""]
    assert made[0].stdout == made[1].stdout
    assert len(made[0].stdout.splitlines()) == 3 + 9 + 4


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: simulation.simulate_actors(n_actors=0, n_sites=2, slope=1.0), "n_actors: found 0"),
        (
            lambda: simulation.simulate_actors(n_actors=4, n_sites=2.5, slope=1.0),
            "n_sites: found 2.5",
        ),
        (
            lambda: simulation.simulate_actors(n_actors=4, n_sites=2, slope=np.nan),
            "slope: found nan",
        ),
        # Actors who are their site leave no variance within.
        (
            lambda: simulation.simulate_actors(n_actors=4, n_sites=2, slope=0.0, icc=1),
            "icc: found 1; allowed: 0 to below 1",
        ),
        # No number of actors finds an effect that is not there.
        *(
            (partial(simulation.actors_needed, ratio), f"found {ratio}; allowed: above 0 and not 1")
            for ratio in (1, 0, -2)
        ),
        (lambda: simulation.actors_needed(2.0, power=1.0), "1.0"),
        (lambda: simulation.actors_needed(np.nan), "odds_ratio: found nan"),
        (lambda: simulation.design_effect(12, 2.0), "icc: found 2"),
        (lambda: simulation.critical_tau(12, alpha=95), "95"),
        (lambda: simulation.power_of_tau(12, 1.5, n_repeats=10, seed=1), "tau: found 1.5"),
    ],
)
def test_what_no_design_can_be_is_refused(ask, message):
    """Each says what was found and what is allowed."""
    with pytest.raises(SettingError, match=message) as refused:
        ask()
    assert "allowed" in str(refused.value)
