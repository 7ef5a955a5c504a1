"""How often a phrase would fire on speech that does not hold it, beyond what was seen.

A cost (a score with the sign turned) cannot fall below 0, so the number of utterances that come
nearer than a cost ``c`` falls as a power of ``c`` (Hill, 1975). Near-misses alone, without what
lies beyond the threshold, fit as well, as a power that is cut off below.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

FEWEST: Final = 8
"""Costs that a fit needs."""
MOST: Final = 40
"""Costs that a fit without a cut takes, the lowest: those further off are no tail."""
_POWERS: Final = np.geomspace(0.2, 60.0, 400)
_SMALLEST: Final = 0.05
"""A lower cost counts as this much: one perfect match must not decide the fit."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Events an hour that cost less than ``c``: ``rate * (c / edge) ** power``."""

    edge: float
    rate: float
    """Events an hour that cost less than the edge."""
    power: float

    def per_hour(self, score: float) -> float:
        """Give how often an hour background reaches a score."""
        return float(self.rate * (-score / self.edge) ** self.power)

    def score(self, per_hour: float) -> float:
        """Give the score that background reaches so often."""
        return float(-self.edge * (per_hour / self.rate) ** (1 / self.power))


def fit(costs: npt.ArrayLike, hours: float, cut: float = 0.0) -> Tail | None:
    """Fit the tail of costs that were seen within so many hours.

    Args:
        costs: of separate utterances, all over ``cut``.
        hours: of sound in which they were seen.
        cut: costs up to this one are missing, for they were hits.

    Returns:
        The tail, or None for fewer than ``FEWEST`` costs.
    """
    # Those just beyond a cut lie too close together to show a power: there all are needed.
    lowest = np.sort(np.asarray(costs, dtype=np.float64))[: MOST + 1 if cut <= 0 else None]
    if len(lowest) <= FEWEST:
        return None
    edge = max(float(lowest[-1]), 2 * _SMALLEST)
    below = np.maximum(lowest[:-1], max(cut, _SMALLEST))
    logs = np.log(below / edge)
    if cut <= 0:
        power = float(np.clip(-1 / min(logs.mean(), -1e-3), _POWERS[0], _POWERS[-1]))
        return Tail(edge, len(below) / hours, power)
    power = _cut_power(logs.mean(), math.log(min(cut / edge, 0.999)))
    share = 1 - min(cut / edge, 0.999) ** power
    return Tail(edge, len(below) / hours / share, power)


def _cut_power(mean_log: float, cut_log: float) -> float:
    """Likeliest power of which only what lies over the cut was seen (all relative to the edge)."""
    # Density of a log cost x in (cut_log, 0): power * exp(power * x) / (1 - exp(power * cut_log)).
    likelihood = np.log(_POWERS) + _POWERS * mean_log - np.log(-np.expm1(_POWERS * cut_log))
    return float(_POWERS[likelihood.argmax()])
