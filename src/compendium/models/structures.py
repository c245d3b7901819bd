"""Rival structures of the argument: the same leans, combined in another way.

The thesis says its factors are bipolar and summative, and also that attitude sets the weight of the
others, that a duty secures presence but not depth, that small bodies follow another reckoning than
large ones, that costs come before benefits. These sentences are different models. Each is one
function here, all with one signature, so that a notebook can ask which cases tell them apart.

``leans`` has shape (..., n_cases, 5), boxes in the order of `balance.BOXES`, nothing missing;
``weights`` (..., 5), each row adding up to 1; ``traits`` one row per case, columns as in `TRAITS`.
The result has shape (..., n_cases): a tilt, positive to the left, for partnership.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from compendium.errors import DataError
from compendium.models.balance import BOXES

# What a case is, beside its leans: coding/cases.csv.
TRAITS = {
    "mandated": "a legal duty to take part",
    "funded": "additional money is to be had",
    "small": "a small resource base (Table 4.3)",
    "dependence": "on other local bodies, 0 to 1",
    "scarcity": "how much more a cost counts, 0 or more",
    "attitude": "-1 narrow, 0 mixed, 1 broad (Appendix M)",
    "year": "of the partnership, 0 or more",
    "kind_lean": "mean side of all told cases of its kind, itself included, -1 to 1",
}
CULTURE, RESOURCES = list(BOXES).index("culture"), list(BOXES).index("resources")
# Benefits are said to take two to three years (section 4.2.2).
YEARS_TO_MATURE = 3.0
# How much of a cost a small body feels under M5. The thesis says that they bear costs more
# willingly; how much more is ours.
BORNE = 0.5

Structure = Callable[[np.ndarray, np.ndarray, pd.DataFrame], np.ndarray]


def equal_weights(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """M0: every box counts the same, whatever the weights (Dawes 1979).

    >>> equal_weights(np.array([[0, 1, 1, 0, -1]]), np.full(5, 0.2), pd.DataFrame()).tolist()
    [0.2]
    """
    del traits
    return _weigh(leans, np.full_like(weights, 1 / len(BOXES), dtype=float))


def free_weights(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """M1: the weighted sum of the leans (section 4.4: summative).

    >>> free_weights(np.array([[0, 1, 1, 0, -1]]), np.array([0, 0.2, 0.2, 0, 0.6]), None).round(9)
    array([-0.2])
    """
    del traits
    return _weigh(leans, weights)


def attitude_moderates(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """M2: attitude adds nothing of its own; it scales what the other boxes count.

    With m the culture box's weight times its lean, a benefit counts 1 + m and a cost 1 - m times:
    a broad view sees more benefit and bears more cost (sections 4.3.2 and 5.3.3).

    >>> even = np.full(5, 0.2)
    >>> broad, narrow = np.array([[0, 1, 1, 0, -1]]), np.array([[0, 1, -1, 0, -1]])
    >>> attitude_moderates(broad, even, None).round(9), attitude_moderates(narrow, even, None).round(9)
    (array([0.08]), array([-0.08]))
    """  # noqa: E501
    del traits
    moderator = weights[..., CULTURE, None] * leans[..., CULTURE]
    others = np.array(leans, dtype=float)
    others[..., CULTURE] = 0
    benefits = _weigh(np.maximum(others, 0), weights)
    costs = _weigh(np.maximum(-others, 0), weights)
    return (1 + moderator) * benefits - (1 - moderator) * costs


def scarcity_scales_costs(
    leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame
) -> np.ndarray:
    """M3: where resources are scarce a cost counts 1 + scarcity times (sections 4.3, 4.4).

    >>> traits = pd.DataFrame({"scarcity": [1.0]})
    >>> scarcity_scales_costs(np.array([[0, 1, 1, 0, -1]]), np.full(5, 0.2), traits).tolist()
    [0.0]
    """
    scale = 1 + traits["scarcity"].to_numpy()[:, None]
    return _weigh(np.where(leans < 0, leans * scale, leans), weights)


def duty_floor(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """M4: a duty keeps the beam from tipping right; it does not tip it left (section 5.2).

    >>> traits = pd.DataFrame({"mandated": [True, False]})
    >>> duty_floor(-np.ones((2, 5)), np.full(5, 0.2), traits).tolist()
    [0.0, -1.0]
    """
    tilts = _weigh(leans, weights)
    return np.where(traits["mandated"].to_numpy(dtype=bool), np.maximum(tilts, 0), tilts)


def two_regimes(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """M5: large bodies weigh every box; small ones bear costs and follow their dependence.

    For a small body a cost counts half (`BORNE`), and the resources box leans left as far as the
    body depends on others (sections 5.3 and 5.5).

    >>> traits = pd.DataFrame({"small": [False, True], "dependence": [0.0, 1.0]})
    >>> two_regimes(-np.ones((2, 5)), np.full(5, 0.2), traits).tolist()
    [-1.0, -0.2]
    """
    small = traits["small"].to_numpy(dtype=bool)
    borne = np.where(leans < 0, leans * BORNE, leans).astype(float)
    borne[..., RESOURCES] = traits["dependence"].to_numpy()
    return _weigh(np.where(small[:, None], borne, leans), weights)


def costs_before_benefits(
    leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame
) -> np.ndarray:
    """M6: costs count at once, benefits in full only after three years (sections 4.2.2, 4.2.3).

    The timing only: whether time was invested, and what disappointment does, is in `follow_years`.

    >>> traits = pd.DataFrame({"year": [0.0, 3.0]})
    >>> leans = np.array([[0, 1, 1, 0, -1]] * 2)
    >>> costs_before_benefits(leans, np.full(5, 0.2), traits).round(9).tolist()
    [-0.2, 0.2]
    """
    mature = _maturity(traits["year"].to_numpy())[:, None]
    return _weigh(np.where(leans > 0, leans * mature, leans), weights)


def resource_first(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """Lexicographic: if the resources box leans, it decides; only if level do the others count.

    >>> resource_first(np.array([[1, 1, 1, 1, -1]]), np.full(5, 0.2), None).tolist()
    [-1.0]
    """
    del traits
    resources = np.asarray(leans, dtype=float)[..., RESOURCES]
    return np.where(resources != 0, resources, _weigh(leans, weights))


def funds_only(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """Null: left if additional money is to be had, right if not."""
    return _from_trait(leans, weights, np.where(traits["funded"].to_numpy(dtype=bool), 1.0, -1.0))


def size_only(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """Null: left for a large resource base, right for a small one."""
    return _from_trait(leans, weights, np.where(traits["small"].to_numpy(dtype=bool), -1.0, 1.0))


def attitude_only(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """Null: left for a broad view of health, right for a narrow one, level for a mixed one."""
    return _from_trait(leans, weights, traits["attitude"].to_numpy(dtype=float))


def kind_only(leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """Null: as the told cases of its kind of organisation came out; level if they cancel."""
    return _from_trait(leans, weights, traits["kind_lean"].to_numpy(dtype=float))


STRUCTURES: dict[str, Structure] = {
    "M0 equal weights": equal_weights,
    "M1 free weights": free_weights,
    "M2 attitude moderates": attitude_moderates,
    "M3 scarcity scales costs": scarcity_scales_costs,
    "M4 duty as a floor": duty_floor,
    "M5 two regimes": two_regimes,
    "M6 costs before benefits": costs_before_benefits,
    "resource first": resource_first,
    "null: funds only": funds_only,
    "null: size only": size_only,
    "null: attitude only": attitude_only,
    "null: kind only": kind_only,
}
# Those whose tilt is a sum of weights times something: linear programming can ask them.
LINEAR = (
    "M1 free weights",
    "M3 scarcity scales costs",
    "M5 two regimes",
    "M6 costs before benefits",
)


def tilts(
    structure: str, leans: np.ndarray, weights: np.ndarray, traits: pd.DataFrame
) -> np.ndarray:
    """The tilts of all cases under one structure; the door at which leans and traits are checked.

    Raises
    ------
    DataError
        If a lean is missing or outside -1 to 1, or the shapes do not meet: missing leans are
        completed first (`multiverse.complete`), never read as level.
    """
    if leans.shape[-2:] != (len(traits), len(BOXES)) or weights.shape[-1] != len(BOXES):
        raise DataError(
            f"cannot weigh leans of shape {leans.shape} with weights of shape {weights.shape} for "
            f"{len(traits)} cases; allowed: (..., cases, {len(BOXES)}) and (..., {len(BOXES)})"
        )
    # Written so that a missing lean, which compares as false, is refused too.
    if not (leans.min(initial=0) >= -1 and leans.max(initial=0) <= 1):
        raise DataError("a lean is missing or outside -1 to 1; complete missing leans first")
    return STRUCTURES[structure](leans, weights, traits)


def expected_sides(structure: str, sides: pd.Series, traits: pd.DataFrame) -> pd.Series:
    """The side each case should come out on under a structure that speaks of less than sides.

    A duty secures presence, not depth: under M4 a body with a duty that is told to be little
    involved is present, and level is right for it. Under every other structure, the told side.

    >>> traits = pd.DataFrame({"mandated": [True, False]}, index=["Trusts", "Education"])
    >>> sides = pd.Series("right", traits.index)
    >>> expected_sides("M4 duty as a floor", sides, traits).tolist()
    ['level', 'right']
    """
    if structure != "M4 duty as a floor":
        return sides
    present = traits["mandated"].astype(bool) & (sides == "right")
    return sides.mask(present, "level")


def effective_leans(structure: str, leans: np.ndarray, traits: pd.DataFrame) -> np.ndarray:
    """What each weight multiplies under a linear structure, shape (n_cases, 5).

    >>> effective_leans("M1 free weights", np.array([[0, 1, 1, 0, -1]]), pd.DataFrame([{}]))
    array([[ 0.,  1.,  1.,  0., -1.]])
    """
    if structure not in LINEAR:
        raise DataError(f"{structure!r} is not linear in the weights; allowed: {', '.join(LINEAR)}")
    return tilts(structure, leans, np.eye(len(BOXES)), traits).T


def follow_years(
    leans: np.ndarray, weights: np.ndarray, years: int, invested: bool, scepticism: float
) -> np.ndarray:
    """M6 over time: the tilt of one case from year 0 on, shape (years + 1,).

    Costs count at once, benefits mature over three years and only if time was invested. In each
    year the beam tips right, the culture box moves by `scepticism` to the right (section 4.3.2).

    >>> even, leans = np.full(5, 0.2), np.array([0.0, 1.0, 1.0, 0.0, -1.0])
    >>> follow_years(leans, even, 3, True, 0.0).round(3).tolist()
    [-0.2, -0.067, 0.067, 0.2]
    >>> follow_years(leans, even, 3, False, 0.0).tolist()
    [-0.2, -0.2, -0.2, -0.2]
    """
    now, path = np.array(leans, dtype=float), []
    for year in range(years + 1):
        mature = _maturity(np.array(year)) if invested else 0.0
        path.append(weights @ np.where(now > 0, now * mature, now))
        if path[-1] < 0:
            now[CULTURE] = max(-1.0, now[CULTURE] - scepticism)
    return np.array(path)


def _maturity(year: np.ndarray) -> np.ndarray:
    """How much of a benefit has come by a year, 0 to 1, in equal yearly steps."""
    return np.clip(year / YEARS_TO_MATURE, 0, 1)


def _weigh(leans: np.ndarray, weights: np.ndarray) -> np.ndarray:
    # One matrix product where all draws share their leans: ten times faster than one for each.
    if leans.ndim == 2:
        return weights @ leans.T
    return np.matmul(leans, np.asarray(weights, dtype=float)[..., None])[..., 0]


def _from_trait(leans: np.ndarray, weights: np.ndarray, trait: np.ndarray) -> np.ndarray:
    """A tilt that no weight and no lean moves, in the shape the others give."""
    shape = np.broadcast_shapes(leans.shape[:-2], weights.shape[:-1])
    return np.broadcast_to(trait, (*shape, len(trait)))
