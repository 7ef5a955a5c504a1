"""A line that has just opened: whether somebody is there, or music and announcements play."""

from dataclasses import dataclass, field
from statistics import pstdev

from firmware_py.core.types import HOPS_PER_SECOND
from firmware_py.hearing.levels import SILENCE_DB

_PAUSE = 12
"""Hops without sound that part two sounds."""
_DOUBT = 19 * HOPS_PER_SECOND // 10
"""Hops after a line opened in which it shows whether it plays to the agent."""
_NONSTOP = 0.8
"""Share of them that are sound where it does: somebody who calls waits for an answer."""
_SOUND_DB, _UNDER_PEAK_DB = -55.0, 25.0
"""dBFS, and dB under the loudest, over which it is sound."""
_CHANGES_DB = 1.2
"""Standard deviation of the levels over which it is no noise."""
_WORD = 3 * HOPS_PER_SECOND // 10
"""Hops of sound that are a word, on a line without noise."""
_BREATH = 12 * HOPS_PER_SECOND // 10
"""Hops of pause that no announcement makes, nor music."""


@dataclass(slots=True)
class OpenedLine:
    """A line since it opened, until it is sure that a person is there."""

    first: int
    """First hop."""
    plays: bool = False
    """Whether it plays music or an announcement to the agent."""
    levels: list[float] = field(default_factory=list)
    """Of its first moments, dBFS."""
    peak: float = SILENCE_DB
    """dBFS of the loudest."""
    spurt: int = -1
    """First hop of the last sound after a pause; -1: there was no pause."""
    sounded: int = 0
    """Hops of sound."""
    ended: int = 0
    """Hop after the last sound."""
    pause: int = 0
    """Hops since the last sound."""

    def hear(self, hop: int, level: float) -> None:
        """Take one hop's level in dBFS."""
        self.peak = max(self.peak, level)
        sounds = level > self._least()
        if sounds and self.pause > _PAUSE:
            self.spurt = hop
        self.pause = 0 if sounds else self.pause + 1
        self.ended = hop + 1 if sounds else self.ended
        self.sounded += sounds
        if len(self.levels) < _DOUBT:
            self.levels.append(level)
            if len(self.levels) == _DOUBT:
                self.plays = self._is_nonstop()

    def _least(self) -> float:
        return max(self.peak - _UNDER_PEAK_DB, _SOUND_DB)

    def _is_nonstop(self) -> bool:
        """Whether sound that changes filled the first moments; noise does not change."""
        sounds = sum(level > self._least() for level in self.levels)
        return sounds >= _NONSTOP * _DOUBT and pstdev(self.levels) > _CHANGES_DB

    def start(self, agent_speaks: bool, closed: bool) -> int | None:
        """First hop of the call, if somebody is there by now.

        Args:
            agent_speaks: whether the agent does.
            closed: whether the line is digitally silent again, as gated ones are between words.
        """
        if agent_speaks or (closed and self.sounded >= _WORD):
            return self.first
        if closed:
            return None
        if self.plays and self.pause < _BREATH:
            return None
        if self.plays:
            return self.spurt if self.spurt >= 0 else self.ended
        return self.first if len(self.levels) == _DOUBT else None
