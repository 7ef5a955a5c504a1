"""Whether what desks do after a change is still what they did before."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from firmware_py.fleet.floors.report import SMALLEST
from firmware_py.fleet.push.floor_watch import FloorWatch
from firmware_py.settings.config import Desk

CERTAIN: Final = 1e-3
"""Chance at which a rate that has not changed would be taken for another, at the end of a watch."""
AT_ONCE: Final = 1e-6
"""The same at every look before the end, of which there are many."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues of some desks over some time."""

    count: int
    desk_s: float
    """Desks times seconds."""


@dataclass(frozen=True, slots=True)
class CueRate:
    """Cues now against before."""

    ratio: float
    """Rate now over rate before; infinite where there were none before."""
    chance: float
    """That rates which are the same would differ so much in this direction."""


def harmed(
    floor: FloorWatch,
    desks: Collection[Desk],
    before: Mapping[Desk, frozenset[str]],
    apart: frozenset[str] = frozenset(),
) -> list[Desk]:
    """Desks with something wrong that was not there before, codes ``apart`` aside."""
    return [one for one in desks if floor.of(one).wrong - before.get(one, frozenset()) - apart]


def too_many_harmed(hurt: int, desks: int, others_hurt: int, others: int, most: float) -> bool:
    """Whether a stage's share of harmed desks is more than ``most`` above that of the others."""
    return hurt / desks > most + (others_hurt / others if others else 0.0)


def cue_rate(now: Cues, before: Cues) -> CueRate | None:
    """Compare two rates; None where there is nothing to compare.

    The exact conditional test of two Poisson rates (Przyborowski and Wilenski, Biometrika 31,
    1940): of all cues, those of now are binomial, with the share of now in the time.
    """
    total = now.count + before.count
    if not total or not now.desk_s or not before.desk_s:
        return None
    share = now.desk_s / (now.desk_s + before.desk_s)
    ratio = now.count / now.desk_s / (before.count / before.desk_s) if before.count else math.inf
    more = ratio > 1
    ends = range(now.count, total + 1) if more else range(now.count + 1)
    return CueRate(ratio, min(1.0, math.fsum(_binomial(k, total, share) for k in ends)))


def _binomial(k: int, n: int, p: float) -> float:
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))


def may_be_counted(desks: Collection[Desk]) -> bool:
    """Whether cues of these desks say nothing about one person."""
    return len(desks) >= SMALLEST
