"""Pace: whether the agent speaks too fast or too slowly."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import ClassVar

from firmware_py.core.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, Features, Observation
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.syllables import Syllables

_WINDOW = 60
"""Syllables that the pace is taken over: some 15 s of speech."""
_LONGEST = 1.75
"""A gap of more than so many usual ones is a pause, or hides a syllable that was not heard."""
_FORGET = 60 * HOPS_PER_SECOND
"""Hops of silence after which what was said before no longer counts."""


def _gaps() -> deque[int]:
    return deque(maxlen=_WINDOW)


@dataclass(slots=True)
class _State:
    syllables: Syllables = field(default_factory=Syllables)
    last: int | None = None
    """First hop of the last syllable's final."""
    gaps: deque[int] = field(default_factory=_gaps)
    """Hops from each syllable to the next."""
    next_at: int = 0


@dataclass(slots=True)
class Pace:
    """Hears ``pace.fast`` and ``pace.slow``: syllables per second of speech, pauses left out.

    Every Mandarin syllable has one final, and the phone model gives each of them a peak (CTC;
    Graves et al. 2006), so the best path is counted. A syllable's time is the gap to the next one;
    gaps of more than 1.75 usual (median) ones are left out: they are pauses, or hide a syllable
    that was not heard. This needs no threshold of loudness, at any pace, on any line.
    ``Observation.value`` is syllables per second over the last 60 syllables. Readers of Mandarin
    speak 5.2 a second (Pellegrino, Coupé and Marsico 2011); the limits are a quarter over that and
    half of it.

    Known weaknesses: voices unlike those that the model was trained on lose some syllables and
    seem slower by that share; strings of digits are read slowly by everybody; needs the phone
    model; another person's clear words in the microphone count too.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "pace.fast",
        "pace.slow",
    )

    fast_per_s: float = 6.5
    """Syllables per second from which it is too fast."""
    slow_per_s: float = 2.6
    """Syllables per second up to which it is too slow."""
    least: int = 40
    """Syllables before anything is said."""
    again_s: float = 20.0
    """Seconds after which a pace that stays wrong is said again."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the agent."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        hops = self._state.syllables.feed(features.posteriors, features.posterior_start)
        return [seen for hop in hops for seen in self._syllable(hop)]

    def _syllable(self, hop: int) -> Iterator[Observation]:
        state = self._state
        if state.last is not None:
            state.gaps.append(hop - state.last)
            if hop - state.last > _FORGET:
                state.gaps.clear()
        state.last = hop
        if len(state.gaps) >= self.least and hop >= state.next_at:
            pace = per_second(state.gaps)
            if not self.slow_per_s < pace < self.fast_per_s:
                state.next_at = hop + round(self.again_s * HOPS_PER_SECOND)
                yield self._say(pace, hop + HOPS_PER_POSTERIOR)

    def _say(self, pace: float, end: int) -> Observation:
        name, excess = "pace.slow", self.slow_per_s / pace - 1
        if pace >= self.fast_per_s:
            name, excess = "pace.fast", pace / max(self.fast_per_s, 0.1) - 1
        # The row came out of the model together with the others of its step.
        at = -(end // -HOPS_PER_STEP) * HOPS_PER_STEP
        return Observation(
            name=name,
            start=max(0, end - sum(self._state.gaps)) / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=at / HOPS_PER_SECOND,
            score=min(1.0, 0.5 + 2.5 * excess),
            value=pace,
        )


def per_second(gaps: Sequence[int]) -> float:
    """Syllables per second of speech, from the hops between them; at least one gap."""
    longest = _LONGEST * median(gaps)
    short = [gap for gap in gaps if gap <= longest]
    return len(short) * HOPS_PER_SECOND / sum(short)
