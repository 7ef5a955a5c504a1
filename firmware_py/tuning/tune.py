"""Thresholds from a near-miss log: what a site's own speech comes near to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from firmware_py.hearing.spelling import expand
from firmware_py.outbox.near_miss_log import Note
from firmware_py.rules.rulebook import Phrase
from firmware_py.tuning.estimate import within_limits
from firmware_py.tuning.tail import FEWEST, fit

SITE_BUDGET: Final = 0.0004
"""False alarms per phrase and hour at a site: one in a hundred hours for a rulebook of 25."""
_SPOILS: Final = 0.05
"""Scores this near to 0 say nothing about a threshold."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the log says about one phrase."""

    phrase: str
    now: float
    """Threshold that it has."""
    near: int
    """Near-misses in the log."""
    hits: int
    per_hour: float | None
    """False alarms per hour that the near-misses let expect at the present threshold; None if they
    are too few to say."""
    proposed: float
    """Threshold that keeps to the budget; the present one if they are too few to say."""


def hours_of(notes: Sequence[Note]) -> float:
    """How long was listened, as the notes say: the time heard falls when the device restarts."""
    heard, total = 0.0, 0.0
    for note in notes:
        if note.heard < heard:
            total += heard
        heard = note.heard
    return (total + heard) / 3600


def advise(
    notes: Sequence[Note], phrases: Iterable[Phrase], hours: float, budget: float
) -> list[Advice]:
    """Propose a threshold for every phrase in the log.

    Near-misses are taken for speech that does not hold the phrase. Hits are not: they may be right.

    Args:
        notes: of the log.
        phrases: of the rulebook in use.
        hours: of speech in which they were noted.
        budget: false alarms per phrase and hour that are allowed.
    """
    found = []
    for phrase in phrases:
        mine = [note for note in notes if note.phrase == phrase.id]
        costs = [-note.score for note in mine if not note.hit and note.score < phrase.threshold]
        if not mine:
            continue
        hits = sum(note.hit for note in mine)
        tail = fit(costs, hours, cut=max(-phrase.threshold, _SPOILS))
        found.append(
            Advice(
                phrase=phrase.id,
                now=phrase.threshold,
                near=len(costs),
                hits=hits,
                per_hour=tail.per_hour(phrase.threshold) if tail else None,
                proposed=within_limits(tail.score(budget), _tokens(phrase))
                if tail
                else phrase.threshold,
            )
        )
    return found


def _tokens(phrase: Phrase) -> int:
    return min(len(row) for say in phrase.say for row in expand(say))


def enough(advice: Advice) -> bool:
    """Tell whether there were near-misses enough to propose anything."""
    return advice.near > FEWEST
