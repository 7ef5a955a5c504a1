"""Recall at a rate of false alarms, with intervals by resampling speakers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.tuning.estimate import WORST_COST
from firmware_py.tuning.tail import fit

Scores = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
CLEAR: Final = 0.05
"""A threshold lies so far over the best score of what may not pass."""
RESAMPLED: Final = 500
"""Times that speakers are drawn anew for an interval."""


@dataclass(frozen=True, slots=True)
class Recall:
    """How much of what is said is found."""

    share: float
    """0 to 1."""
    interval: tuple[float, float]
    """95 %, by speakers drawn anew (bootstrap; Efron, 1979)."""
    said: int
    speakers: int
    threshold: float


def threshold_at(scores: Scores, held: Flags, allowed: int) -> float:
    """Give the threshold that so many of what is not said pass; both of shape [clips, phrases]."""
    wrong = np.sort(scores[~held])[::-1]
    return float(np.nextafter(wrong[min(allowed, len(wrong) - 1)], np.float32(np.inf)))


def recall(found: Flags, speakers: Sequence[str], threshold: float = 0.0) -> Recall:
    """Give the share of what was found, one flag and one speaker for each time it was said."""
    names, who = np.unique(np.array(speakers), return_inverse=True)
    hits = np.bincount(who, found, len(names))
    tries = np.bincount(who, minlength=len(names))
    rng = np.random.default_rng(7)
    drawn = rng.integers(len(names), size=(RESAMPLED, len(names)))
    shares = hits[drawn].sum(axis=1) / tries[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5])
    return Recall(float(found.mean()), (float(low), float(high)), len(found), len(names), threshold)


def recall_at(
    scores: Scores, held: Flags, speakers: Sequence[str], hours: float, rate: float
) -> Recall:
    """Give recall where each phrase has ``rate`` false alarms an hour, one threshold for all.

    Args:
        scores: best of each clip and phrase, shape [clips, phrases].
        held: whether the phrase is said in the clip; same shape.
        speakers: of each clip.
        hours: of all clips together.
        rate: false alarms per phrase and hour.
    """
    threshold = threshold_at(scores, held, round(rate * hours * scores.shape[1]))
    clips, _ = np.nonzero(held)
    return recall(scores[held] >= threshold, [speakers[clip] for clip in clips.tolist()], threshold)


def curve(scores: Scores, held: Flags, hours: float) -> tuple[list[float], list[float]]:
    """Give the DET curve: false alarms per phrase and hour, and the share that is missed."""
    wrong = np.sort(scores[~held])[::-1]
    right = np.sort(scores[held])
    places = np.unique(np.geomspace(1, len(wrong), 80).astype(int)) - 1
    missed = np.searchsorted(right, wrong[places], side="right") / len(right)
    rates = (places + 1) / hours / scores.shape[1]
    return rates.tolist(), missed.tolist()


def thresholds_for(scores: Scores, hours: float, budget: float) -> npt.NDArray[np.float64]:
    """Give each phrase the threshold for its share of a budget of false alarms an hour.

    Args:
        scores: best of each clip without the phrases, and phrase; shape [clips, phrases].
        hours: of these clips.
        budget: false alarms an hour of all phrases together, by the tail of each.
    """
    share = budget / scores.shape[1]
    found = []
    for column in scores.T.astype(np.float64):
        tail = fit(-column[column > -WORST_COST], hours)
        # Where none should have been heard, none of what was heard may pass.
        clear = float(column.max()) + CLEAR if share * hours < 1 else -WORST_COST
        found.append(max(clear, tail.score(share) if tail else clear))
    return np.array(found)
