"""The balance: boxes that lean, weights that count them, a beam that tips; and its rivals.

An argument whose factors are bipolar and summative can be drawn as a pair of scales: a box leans
left where its factor speaks for taking part, right where it speaks against. The tilt is the sum of
the leans, each times its weight, positive to the left. Weights are dimensionless and unknown. A box
whose lean the prose does not state is missing, never level.

Factors may also be combined in another way: attitude sets the weight of the others, a duty secures
presence but not depth, small bodies follow another reckoning than large ones, costs come before
benefits. Each is one formula here, all with one signature, so that a study can ask which cases tell
them apart. Some ask for a factor with a part of its own: ``culture`` (attitude, norms) or
``resources``. Which factor that is, the study declares; what it does not declare is not offered.

``leans`` has shape (..., n_cases, n_factors), boxes in the order of the factors, nothing missing;
``weights`` (..., n_factors), each row adding up to 1; ``traits`` one row per case, columns as in
`TRAITS`. The result has shape (..., n_cases): a tilt, positive to the left.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from compendium.errors import DataError, SettingError, refuse
from compendium.models import check

# A tilt nearer to 0 than this is level: weights such as 0.1 + 0.2 - 0.3 leave such a residue.
LEVEL = 1e-12
# What a case is, beside its leans.
TRAITS = {
    "mandated": "a legal duty to take part",
    "funded": "additional money is to be had",
    "small": "a small resource base",
    "dependence": "on other local bodies, 0 to 1",
    "scarcity": "how much more a cost counts, 0 or more",
    "attitude": "-1 narrow, 0 mixed, 1 broad",
    "year": "of the partnership, 0 or more",
    "kind_lean": "mean side of all told cases of its kind, itself included, -1 to 1",
}
# Years until a benefit has come in full. Ours, as are the formulas' other numbers.
_YEARS_TO_MATURE = 3.0
# How much of a cost a small body feels under M5: it bears costs more willingly.
_BORNE = 0.5
_DUTY = "M4 duty as a floor"
ROLES = ("culture", "resources")


def side(tilt: float) -> str:
    """Which side the beam tips to: left is for taking part.

    >>> side(1.0), side(0.0), side(-2.0)
    ('left', 'level', 'right')
    """
    check.that(not math.isnan(tilt), "a number", DataError, tilt=tilt)
    return "level" if abs(tilt) <= LEVEL else "left" if tilt > 0 else "right"


def check_weights(weights: Mapping[str, float], factors: Iterable[str]) -> Mapping[str, float]:
    """The weights as they came, if there is one of 0 or more for each factor and not all are 0.

    >>> check_weights({"trust": 1, "money": 2}, ["trust", "money"])["money"]
    2
    """
    check.once(factors := list(factors), "box")
    problems = [f"{box}: no such box" for box in sorted(set(weights) - set(factors))]
    problems += [f"{box}: found no weight" for box in factors if box not in weights]
    problems += [
        f"{box}: found {weight!r}"
        for box, weight in weights.items()
        if not isinstance(weight, int | float) or not 0 <= weight < math.inf
    ]
    if not problems and not any(weights.values()):
        problems = ["all weights are 0"]
    allowed = f"allowed: a number of 0 or more for each of {', '.join(factors)}, not all 0"
    refuse(f"these weights cannot be used ({allowed})", problems, SettingError)
    return weights


class Structure(NamedTuple):
    """A structure as one study has it; `places` says where its factors with a role stand."""

    name: str
    factors: tuple[str, ...]
    places: dict[str, int]

    @property
    def linear(self) -> bool:
        """Whether the tilt is a sum of weights times something: linear programming can ask it."""
        return self.name in _LINEAR

    @property
    def asks_traits(self) -> bool:
        """Whether the tilt depends on what a case is, beside its leans."""
        return self.name not in _OF_LEANS


def offer(factors: Iterable[str], roles: Mapping[str, str]) -> dict[str, Structure]:
    """The structures that a study's factors, in the order of the boxes, allow, by name.

    Roles name the factor that is ``culture`` and the one that is ``resources``, if there are any.

    >>> offered = offer(["trust", "money"], {"resources": "money"})
    >>> offered["resource first"].places, "M2 attitude moderates" in offered
    ({'resources': 1}, False)
    """
    names = tuple(factors)
    check.once(names, "factor")
    check.names(roles.values(), names, "factor")
    check.names(roles, ROLES, "role")
    places = {role: names.index(factor) for role, factor in roles.items()}
    allowed = [name for name in _FORMULAS if _NEEDS.get(name) in {None, *places}]
    return {name: Structure(name, names, places) for name in allowed}


def tilts(
    structure: Structure, leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame
) -> np.ndarray:
    """The tilts of all cases under one structure; the door at which leans and traits are checked.

    A DataError if a lean is missing or outside -1 to 1, or the shapes do not meet: missing leans
    are completed first (`multiverse.complete`), never read as level.

    >>> plain = offer(["trust", "money"], {})["M1 free weights"]
    >>> tilts(plain, np.array([[1, -1]]), np.array([0.25, 0.75]), pd.DataFrame(index=["case"]))
    array([-0.5])
    """
    n, n_cases = len(structure.factors), len(traits)
    meet = leans.shape[-2:] == (n_cases, n) and weights.shape[-1] == n
    found = {"leans of shape": leans.shape, "weights of shape": weights.shape, "cases": n_cases}
    check.that(meet, f"(..., cases, {n}) and (..., {n})", DataError, **found)
    # Written so that a missing lean, which compares as false, is refused too.
    if not (leans.min(initial=0) >= -1 and leans.max(initial=0) <= 1):
        raise DataError("a lean is missing or outside -1 to 1; complete missing leans first")
    if not (weights.min(initial=0) >= 0 and weights.max(initial=0) < np.inf):
        raise DataError("a weight is missing, below 0 or without end; allowed: 0 or more")
    tilted = _FORMULAS[structure.name](_Given(leans, weights, traits, structure.places))
    return _weigh(tilted, weights) if structure.linear else tilted


def expected_sides(structure: Structure, sides: pd.Series, traits: pd.DataFrame) -> pd.Series:
    """The side each case should come out on under a structure that speaks of less than sides.

    A duty secures presence, not depth: under M4 a body with a duty that is told to be little
    involved is present, and level is right for it. Under every other structure, the told side.
    """
    if structure.name != _DUTY:
        return sides
    return sides.mask((read_trait(traits, "mandated") > 0) & (sides == "right"), "level")


def read_trait(traits: pd.DataFrame, name: str) -> np.ndarray:
    """One trait of each case, as numbers; a DataError where it is missing: that is not a yes.

    >>> read_trait(pd.DataFrame({"small": [True, False]}), "small").tolist()
    [1.0, 0.0]
    """
    check.names([name], traits.columns, "trait")
    return check.numbers(traits[name].to_frame(), "a trait of a case")[name].to_numpy(dtype=float)


def effective_leans(structure: Structure, leans: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """What each weight multiplies, shape (n_cases, n_factors); a DataError if none does."""
    if not structure.linear:
        allowed = ", ".join(_LINEAR)
        raise DataError(f"{structure.name!r} is not linear in the weights; allowed: {allowed}")
    return tilts(structure, leans, np.eye(len(structure.factors)), traits).T


def follow_years(
    leans: pd.Series, weights: np.ndarray, years: int, *, invested: bool, scepticism: float,
    culture: str | None = None,
) -> np.ndarray:  # fmt: skip
    """M6 over time: the tilt of one case from year 0 on, shape (years + 1,).

    Costs count at once, benefits mature over three years and only if time was invested. In each
    year the beam tips right, the lean of the factor `culture` moves by `scepticism` to the right.

    >>> leans, even = pd.Series({"trust": 1.0, "money": -0.5}), np.array([0.5, 0.5])
    >>> follow_years(leans, even, 3, invested=True, scepticism=0.0).round(2).tolist()
    [-0.25, -0.08, 0.08, 0.25]
    """
    check.names([] if culture is None else [culture], leans.index, "box")
    check.counts(0, years=years)
    check.once(leans.index, "box")
    check.numbers(leans.to_frame("lean"), "the leans", -1, 1)
    check.numbers(pd.DataFrame({"weight": weights}), "the weights", 0)
    each = len(weights) == len(leans)
    check.that(each, "a weight for each lean", weights=len(weights), leans=len(leans))
    check.that(0 <= scepticism < np.inf, "0 or more", scepticism=scepticism)
    now, path = leans.astype(float), []
    for year in range(years + 1):
        mature = _maturity(np.array(year)) if invested else 0.0
        path.append(weights @ np.where(now > 0, now * mature, now))
        if path[-1] < 0 and culture is not None:
            now[culture] = max(-1.0, now[culture] - scepticism)
    return np.array(path)


def _maturity(year: np.ndarray) -> np.ndarray:
    """How much of a benefit has come by a year, 0 to 1, in equal yearly steps."""
    return np.clip(year / _YEARS_TO_MATURE, 0, 1)


def _weigh(leans: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The weighted sum of the leans."""
    # One matrix product where all draws share their leans: ten times faster than one for each.
    if leans.ndim == 2:
        return weights @ leans.T
    return np.matmul(leans, np.asarray(weights, dtype=float)[..., None])[..., 0]


class _Given(NamedTuple):
    """What a formula may use."""

    leans: np.ndarray
    weights: np.ndarray
    traits: pd.DataFrame
    places: dict[str, int]

    def trait(self, name: str) -> np.ndarray:
        return read_trait(self.traits, name)


# The formulas of linear structures give what each weight multiplies, the others the tilt itself.


def _equal_weights(given: _Given) -> np.ndarray:
    """Every box counts the same, whatever the weights (Dawes 1979)."""
    n = given.weights.shape[-1]
    return _weigh(given.leans, np.full_like(given.weights, 1 / n, dtype=float))


def _attitude_moderates(given: _Given) -> np.ndarray:
    """Attitude adds nothing of its own; it scales what the other boxes count.

    With m the culture box's weight times its lean, a benefit counts 1 + m and a cost 1 - m times:
    a broad view sees more benefit and bears more cost.
    """
    culture = given.places["culture"]
    moderator = given.weights[..., culture, None] * given.leans[..., culture]
    others = np.array(given.leans, dtype=float)
    others[..., culture] = 0
    benefits = _weigh(np.maximum(others, 0), given.weights)
    costs = _weigh(np.maximum(-others, 0), given.weights)
    return (1 + moderator) * benefits - (1 - moderator) * costs


def _scarcity_scales_costs(given: _Given) -> np.ndarray:
    """Where resources are scarce a cost counts 1 + scarcity times."""
    scale = 1 + given.trait("scarcity")[:, None]
    return np.where(given.leans < 0, given.leans * scale, given.leans)


def _duty_floor(given: _Given) -> np.ndarray:
    """A duty keeps the beam from tipping right; it does not tip it left."""
    found = _weigh(given.leans, given.weights)
    return np.where(given.trait("mandated") > 0, np.maximum(found, 0), found)


def _two_regimes(given: _Given) -> np.ndarray:
    """Large bodies weigh every box; small ones bear costs and follow their dependence.

    For a small body a cost counts half (`_BORNE`), and the resources box leans left as far as the
    body depends on others.
    """
    borne = np.where(given.leans < 0, given.leans * _BORNE, given.leans).astype(float)
    borne[..., given.places["resources"]] = given.trait("dependence")
    return np.where(given.trait("small")[:, None] > 0, borne, given.leans)


def _costs_before_benefits(given: _Given) -> np.ndarray:
    """Costs count at once, benefits in full only after three years; see `follow_years`."""
    mature = _maturity(given.trait("year"))[:, None]
    return np.where(given.leans > 0, given.leans * mature, given.leans)


def _resource_first(given: _Given) -> np.ndarray:
    """Lexicographic: if the resources box leans, it decides; only if level do the others count."""
    resources = np.asarray(given.leans, dtype=float)[..., given.places["resources"]]
    return np.where(resources != 0, resources, _weigh(given.leans, given.weights))


def _follow(side_of: Callable[[_Given], np.ndarray]) -> Callable[[_Given], np.ndarray]:
    """A null: a tilt that no weight and no lean moves, in the shape the others give."""

    def formula(given: _Given) -> np.ndarray:
        shape = np.broadcast_shapes(given.leans.shape[:-2], given.weights.shape[:-1])
        return np.broadcast_to(side_of(given), (*shape, len(given.traits)))

    return formula


_FORMULAS: dict[str, Callable[[_Given], np.ndarray]] = {
    "M0 equal weights": _equal_weights,
    "M1 free weights": lambda given: given.leans,
    "M2 attitude moderates": _attitude_moderates,
    "M3 scarcity scales costs": _scarcity_scales_costs,
    _DUTY: _duty_floor,
    "M5 two regimes": _two_regimes,
    "M6 costs before benefits": _costs_before_benefits,
    "resource first": _resource_first,
    "null: funds only": _follow(lambda given: 2 * given.trait("funded") - 1),
    "null: size only": _follow(lambda given: 1 - 2 * given.trait("small")),
    "null: attitude only": _follow(lambda given: given.trait("attitude")),
    "null: kind only": _follow(lambda given: given.trait("kind_lean")),
}
_NEEDS = {
    "M2 attitude moderates": "culture",
    "M5 two regimes": "resources",
    "resource first": "resources",
}
_OF_LEANS = ("M0 equal weights", "M1 free weights", "M2 attitude moderates", "resource first")
_LINEAR = [name for name in _FORMULAS if name[:2] in {"M1", "M3", "M5", "M6"}]
