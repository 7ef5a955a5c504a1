"""What a phrase would do on background speech, and the threshold that keeps it quiet enough."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.phrase_spotter import HOPELESS
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.background import Background
from firmware_py.tuning.tail import Tail, fit

STRICTEST: Final = -0.4
LOOSEST: Final = -1.5
"""Limits of a threshold: what no voice reaches, and what one wrong syllable nearly does."""
LOOSEST_SHORT: Final = -0.6
"""The same for up to ``SHORT`` tokens: there one token taken for another must not pass."""
SHORT: Final = 6
WORST_COST: Final = -1.5 * HOPELESS
"""What costs more says nothing about the tail."""
BUDGET: Final = 0.005
"""False alarms per phrase and hour of background. A voice that the phone model never heard gives
some ten times as many."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How a phrase stands against background speech."""

    threshold: float
    """Proposed score."""
    per_hour: float
    """False alarms per hour of such background that are to be expected there."""
    nearest: float
    """Best score that was seen on the background."""
    hours: float
    """Of background."""


def within_limits(score: float, tokens: int) -> float:
    """Move the threshold of a phrase of so many tokens to where it is of use, in hundredths."""
    loosest = LOOSEST_SHORT if tokens <= SHORT else LOOSEST
    return round(min(STRICTEST, max(loosest, score)), 2)


def estimate(
    pronunciations: Sequence[Pronunciation], background: Background, budget: float = BUDGET
) -> Estimate:
    """Try all ways to say one phrase on background speech.

    Args:
        pronunciations: of one phrase.
        background: speech that does not hold it.
        budget: false alarms per hour that are allowed.
    """
    return estimates(
        [replace(pronunciation, phrase="") for pronunciation in pronunciations], background, budget
    )[""]


def estimates(
    pronunciations: Sequence[Pronunciation], background: Background, budget: float = BUDGET
) -> dict[str, Estimate]:
    """Try many phrases at once; arguments as of ``estimate``."""
    costs = {pronunciation.phrase: [math.inf] for pronunciation in pronunciations}
    for rows in background.utterances():
        for phrase, hit in best_matches(rows, pronunciations, bundled_verifier()).items():
            costs[phrase].append(-hit.score)
    return {
        phrase: _estimated(
            np.array(found),
            min(
                len(pronunciation.tokens)
                for pronunciation in pronunciations
                if pronunciation.phrase == phrase
            ),
            background.hours,
            budget,
        )
        for phrase, found in costs.items()
    }


def _estimated(
    costs: npt.NDArray[np.float64], tokens: int, hours: float, budget: float
) -> Estimate:
    tail = fit(costs[costs < WORST_COST], hours)
    threshold = within_limits(tail.score(budget) if tail else LOOSEST, tokens)
    return Estimate(threshold, _rate(tail, threshold), -float(costs.min()), hours)


def _rate(tail: Tail | None, threshold: float) -> float:
    return tail.per_hour(threshold) if tail else 0.0
