"""Progress: what tones on the caller's line say of a call, by the rhythm in which they come."""

from collections import deque
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from typing import Final

from firmware_py.core.types import HOPS_PER_SECOND
from firmware_py.hearing.tones import Meaning, tones

_LAG: Final = (7, 3)
"""Hops by which a tone is known after it began, and after it ended."""
_OFF_BY: Final = 6
"""Hops by which a burst or a gap may differ from its plan, besides a sixth of it."""
_LATE_S: Final = 0.6
"""Seconds by which a ring may come late."""
_ANSWER: Final = 3 * HOPS_PER_SECOND // 10
"""Hops of speech after a tone that are an answer."""
_OPENED: Final = HOPS_PER_SECOND // 2
"""Hops of digital silence after which any signal is one."""


def _busy_rhythms() -> tuple[tuple[int, ...], ...]:
    """Hops on and off of every tone that means the end of a call, from each burst on."""
    busy = {
        (*tone.cadence_s[first:], *tone.cadence_s[:first])
        for tone in tones()
        if tone.means is Meaning.BUSY
        for first in range(0, len(tone.cadence_s), 2)
    }
    return tuple(tuple(round(one * HOPS_PER_SECOND) for one in cadence) for cadence in busy)


def _longest_gap() -> int:
    """Hops after a tone within which the next ring may come."""
    gaps = (gap for one in tones() if one.means is Meaning.RINGING for gap in one.cadence_s[1::2])
    return round((max(gaps) + _LATE_S) * HOPS_PER_SECOND)


_BUSY: Final = _busy_rhythms()
_BETWEEN: Final = _longest_gap()


@dataclass(slots=True)
class Progress:
    """Follows the tones, a hop at a time.

    Three bursts in the rhythm of a busy tone are one, and the end of a call. After any tone the
    line waits for an answer: speech, or a signal after digital silence.
    """

    waiting: bool = False
    """Whether a tone was heard and no answer yet."""
    _hop: int = field(init=False, repr=False, default=-1)
    _edges: deque[int] = field(init=False, repr=False, default_factory=lambda: deque(maxlen=5))
    """Where the last bursts began and ended."""
    _sounds: bool = field(init=False, repr=False, default=False)
    _last: int = field(init=False, repr=False, default=-_BETWEEN)
    """Last hop with a tone."""
    _spoke: int = field(init=False, repr=False, default=0)
    _dead: int = field(init=False, repr=False, default=0)
    """Hops of the last digital silence since the tone."""
    _alive: int = field(init=False, repr=False, default=0)
    """Hops with a signal since it."""

    def hear(self, tone: bool, alive: bool, speaking: bool) -> None:
        """Take a hop: whether a tone sounds, there is a signal, and somebody speaks."""
        self._hop += 1
        if tone != self._sounds:
            self._edges.append(self._hop - _LAG[0] if tone else self._hop - _LAG[1])
            self._sounds = tone
        if tone:
            self.waiting, self._last = True, self._hop
            self._spoke = self._dead = self._alive = 0
            return
        if not alive:
            self._dead = self._dead + 1 if not self._alive else 1
        self._alive = self._alive + 1 if alive else 0
        opened = self._dead >= _OPENED and self._alive >= 2 * _LAG[0]
        self._spoke += speaking
        late = self._hop - self._last > _BETWEEN
        if late or opened or self._spoke >= _ANSWER:
            self.waiting = False

    def busy_since(self) -> int | None:
        """First hop of a busy tone that goes on; None: there is none."""
        if not self._sounds or len(self._edges) < 5:
            return None
        edges = list(self._edges)
        lengths = [later - earlier for earlier, later in pairwise(edges)]
        if any(_in_rhythm(lengths, rhythm) for rhythm in _BUSY):
            return edges[0]
        return None


def _in_rhythm(lengths: list[int], rhythm: tuple[int, ...]) -> bool:
    """Whether bursts and gaps, in turns, are those of a rhythm."""
    return all(
        abs(length - planned) <= _OFF_BY + planned // 6
        for length, planned in zip(lengths, cycle(rhythm), strict=False)
    )
