"""Intonation: whether the agent's voice rises, falls or stays flat over a turn."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log2
from statistics import median
from typing import ClassVar

import numpy as np

from firmware_py.core.types import AGENT, HOPS_PER_SECOND, Features, Observation
from firmware_py.hearing.pitch import DELAY_HOPS

_PIECE = 20
"""Hops that give one point of the contour, their median: about a syllable."""
_LEAST_VOICED = 5
"""Hops of a piece that must be voiced."""
_MOST_POINTS = 100
"""Points of a turn that count, the last ones."""


@dataclass(slots=True)
class _State:
    start: int | None = None
    """First hop of the turn."""
    last: int = 0
    """Last hop of speech."""
    piece: int = 0
    """Number of the piece that is being heard."""
    heard: list[float] = field(default_factory=list)
    """Pitch of its voiced hops, Hz."""
    points: list[tuple[float, float]] = field(default_factory=list)
    """Contour of the turn so far: second and semitones (over 1 Hz)."""


@dataclass(slots=True)
class Intonation:
    """Hears ``intonation.rising``, ``.flat`` and ``.falling``, once for each turn of the agent.

    The direction is the median slope between all pairs of points of the pitch contour (Theil
    1950, Sen 1968), a point being the median of 200 ms: neither the tones of single syllables nor
    octaves misheard move it much. ``Observation.value`` is the rise over the turn in semitones; a
    turn is flat while that stays under ``flat_st``, for listeners make nothing of differences
    below some 3 semitones ('t Hart 1981).

    Known weaknesses: every statement falls a little (declination), so one falling turn means
    nothing; the tones of a short turn are its contour, hence ``least_s``; a lively turn that goes
    up and down about evenly is called flat.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "intonation.falling",
        "intonation.flat",
        "intonation.rising",
    )

    flat_st: float = 2.5
    """Semitones of rise or fall over a turn from which it is not flat."""
    least_s: float = 1.6
    """Seconds of voiced speech, at least, in a turn that is judged."""
    pause_s: float = 0.6
    """Seconds of silence that end a turn."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the turn."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return the directions of turns that are over by the end of these Features."""
        found: list[Observation] = []
        state = self._state
        speaking = features.speaking[:, AGENT].tolist()
        if state.start is None and True not in speaking:
            return found
        facts = zip(speaking, features.pitch.tolist(), strict=True)
        for hop, (speaks, hz) in enumerate(facts, features.start):
            if speaks:
                self._hear(hop, hz)
            elif state.start is not None and hop - state.last >= self.pause_s * HOPS_PER_SECOND:
                found.extend(self._end_turn(state.start, hop))
        return found

    def _hear(self, hop: int, hz: float) -> None:
        state = self._state
        if state.start is None:
            state.start = hop
        state.last = hop
        if hz:
            if hop // _PIECE != state.piece:
                self._end_piece()
                state.piece = hop // _PIECE
            state.heard.append(hz)

    def _end_piece(self) -> None:
        state = self._state
        if len(state.heard) >= _LEAST_VOICED:
            middle = (state.piece + 0.5) * _PIECE - DELAY_HOPS
            state.points.append((middle / HOPS_PER_SECOND, 12 * log2(median(state.heard))))
            del state.points[:-_MOST_POINTS]
        state.heard = []

    def _end_turn(self, start: int, hop: int) -> Iterator[Observation]:
        state = self._state
        self._end_piece()
        if len(state.points) * _PIECE >= self.least_s * HOPS_PER_SECOND:
            yield self._say(start, hop + 1, rise(state.points))
        state.start, state.points = None, []

    def _say(self, start: int, now: int, semitones: float) -> Observation:
        size = abs(semitones) / self.flat_st
        direction = "flat" if size < 1 else "rising" if semitones > 0 else "falling"
        return Observation(
            name=f"intonation.{direction}",
            start=start / HOPS_PER_SECOND,
            end=(self._state.last + 1) / HOPS_PER_SECOND,
            at=now / HOPS_PER_SECOND,
            score=min(1.0, size / 2) if size >= 1 else 1 - size / 2,
            value=semitones,
        )


def rise(points: list[tuple[float, float]]) -> float:
    """How much a contour rises from its first point to its last, by its median slope."""
    times, heights = np.array(points).T
    early, late = np.triu_indices(len(times), 1)
    slopes = (heights[late] - heights[early]) / (times[late] - times[early])
    return float(np.median(slopes) * (times[-1] - times[0]))
