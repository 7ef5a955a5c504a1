"""What a phrase would do on background speech, and the threshold that keeps it quiet enough."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from firmware_py.hearing.accent import NONE, Accent
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.phrase_spotter import HOPELESS
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.background import TALK, Background
from firmware_py.tuning.tail import Tail, fit

STRICTEST: Final = -0.2
LOOSEST: Final = -1.5
"""Limits of a threshold: what no voice reaches, and what one wrong syllable nearly does."""
LOOSEST_SHORT: Final = -0.6
"""The same for up to ``SHORT`` tokens: there one token taken for another must not pass."""
SHORT: Final = 6
WORST_COST: Final = -1.5 * HOPELESS
"""What costs more says nothing about the tail."""
BUDGET: Final = 0.005
"""False alarms per phrase and hour at a desk. A voice that the phone model never heard gives some
ten times as many."""
TALK_SHARE: Final = 0.4
"""Share of a desk's day in which the agent talks. In the rest of it any kind of other sound goes
on: typing all day long at one desk, hold music at another."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How a phrase stands against background speech."""

    threshold: float
    """Proposed score."""
    per_hour: float
    """False alarms that are to be expected in an hour at a desk, talk and the worst other sound."""
    nearest: float
    """Best score that was seen on the background."""
    hours: float
    """Of background."""


def within_limits(score: float, tokens: int) -> float:
    """Move the threshold of a phrase of so many tokens to where it is of use, in hundredths."""
    loosest = LOOSEST_SHORT if tokens <= SHORT else LOOSEST
    return round(min(STRICTEST, max(loosest, score)), 2)


def estimate(
    pronunciations: Sequence[Pronunciation],
    background: Background,
    budget: float = BUDGET,
    accent: Accent = NONE,
) -> Estimate:
    """Try all ways to say one phrase on background speech.

    Args:
        pronunciations: of one phrase.
        background: speech that does not hold it.
        budget: false alarms per hour that are allowed.
        accent: what counts as one.
    """
    return estimates(
        [replace(pronunciation, phrase="") for pronunciation in pronunciations],
        background,
        budget,
        accent,
    )[""]


def estimates(
    pronunciations: Sequence[Pronunciation],
    background: Background,
    budget: float = BUDGET,
    accent: Accent = NONE,
) -> dict[str, Estimate]:
    """Try many phrases at once; arguments as of ``estimate``."""
    hours = background.hours_by_kind()
    costs: dict[str, dict[str, list[float]]] = {
        one.phrase: {kind: [] for kind in hours} for one in pronunciations
    }
    for number, rows in enumerate(background.utterances()):
        kind = background.kind_of(number)
        for phrase, hit in best_matches(rows, pronunciations, bundled_verifier(), accent).items():
            costs[phrase][kind].append(-hit.score)
    shortest = {
        phrase: min(len(one.tokens) for one in pronunciations if one.phrase == phrase)
        for phrase in costs
    }
    return {
        phrase: _estimated(found, shortest[phrase], hours, budget)
        for phrase, found in costs.items()
    }


def _estimated(
    costs: Mapping[str, Sequence[float]], tokens: int, hours: Mapping[str, float], budget: float
) -> Estimate:
    """Fit the tail of each kind; the worst kind of other sound may go on all day."""
    tails = {
        kind: (tail, TALK_SHARE if kind == TALK else 1 - TALK_SHARE)
        for kind, found in costs.items()
        if (tail := fit([cost for cost in found if cost < WORST_COST], hours[kind]))
    }
    asked = max((tail.score(budget / share) for tail, share in tails.values()), default=LOOSEST)
    threshold = within_limits(asked, tokens)
    talk = sum(_rate(tails, kind, threshold) for kind in tails if kind == TALK)
    other = max((_rate(tails, kind, threshold) for kind in tails if kind != TALK), default=0.0)
    nearest = min((cost for found in costs.values() for cost in found), default=math.inf)
    return Estimate(threshold, talk + other, -nearest, sum(hours.values()))


def _rate(tails: Mapping[str, tuple[Tail, float]], kind: str, threshold: float) -> float:
    tail, share = tails[kind]
    return share * tail.per_hour(threshold)
