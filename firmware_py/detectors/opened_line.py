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
_SOUND_DB, _UNDER_PEAK_DB = -55.0, 20.0
"""dBFS, and dB under the loudest, over which it is sound."""
_CHANGES_DB = 1.2
"""Standard deviation of the levels over which it is no noise."""
_WORD = 3 * HOPS_PER_SECOND // 10
"""Hops of sound that are a word, on a line without noise."""
_BREATH = 12 * HOPS_PER_SECOND // 10
"""Hops of pause after a short word in which somebody waits for an answer."""
_SHORT = (HOPS_PER_SECOND // 5, 2 * HOPS_PER_SECOND)
"""Hops of sound in what one says who takes up a telephone; announcements are longer."""
_VOICE_DB = 1.3
"""dB by which a voice changes from hop to hop, at least; a beep does not, music seldom."""
_APART = HOPS_PER_SECOND // 2
"""Hops of pause before a word that is no part of the sentence before."""
_ANSWER = 3 * HOPS_PER_SECOND
"""Hops from such a word to the agent's in which it is taken for the answer."""
_HEARD_OUT = 6 * HOPS_PER_SECOND
"""Hops of pause that no announcement makes."""


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
    lasted: int = 0
    """Hops of sound in it."""
    changed_db: float = 0.0
    """Sum of the changes of its level."""
    alone: bool = False
    """Whether it is no part of a sentence that was said before."""
    before: float = SILENCE_DB
    """Level of the last hop, dBFS."""
    began: int = -1
    """First hop with sound; -1: there was none."""
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
            self.alone = self.pause >= _APART or not self._is_voice()
            self.spurt, self.lasted, self.changed_db = hop, 0, 0.0
        if sounds:
            self.changed_db += abs(level - self.before) if self.lasted else 0.0
            self.lasted += 1
        self.before = level
        self.pause = 0 if sounds else self.pause + 1
        self.ended = hop + 1 if sounds else self.ended
        self.sounded += sounds
        if len(self.levels) < _DOUBT:
            self.levels.append(level)
            if len(self.levels) == _DOUBT:
                self.plays = self._is_nonstop()
        self.began = hop if sounds and self.began < 0 else self.began
        known = len(self.levels) == _DOUBT and not self.plays
        if known and self.ended - self.began > _SHORT[1]:
            self.plays = self._varies()

    def _least(self) -> float:
        return max(self.peak - _UNDER_PEAK_DB, _SOUND_DB)

    def _is_nonstop(self) -> bool:
        """Whether sound that changes filled the first moments."""
        sounds = sum(level > self._least() for level in self.levels)
        return sounds >= _NONSTOP * _DOUBT and self._varies()

    def _varies(self) -> bool:
        """Whether the first moments were no noise, which does not change."""
        return pstdev(self.levels) > _CHANGES_DB

    def start(self, spoke: int | None, closed: bool) -> int | None:
        """First hop of the call, if somebody is there by now.

        Args:
            spoke: hop from which the agent speaks; None: the agent does not.
            closed: whether the line is digitally silent again, as gated ones are between words.
        """
        if self.plays:
            return self._answered(spoke, closed)
        if spoke is not None or (closed and self.sounded >= _WORD):
            return self.first
        waits = self.began < 0 or self.pause >= _BREATH or not self._varies()
        return self.first if not closed and len(self.levels) == _DOUBT and waits else None

    def gone(self, closed: bool) -> bool:
        """Whether it is no open line any more."""
        return closed and not (self.plays and self.pause < _HEARD_OUT)

    def _answered(self, spoke: int | None, closed: bool) -> int | None:
        """First hop of the call on a line that plays: of the answer, or of the agent's words."""
        if spoke is not None:
            return self.spurt if 0 <= spoke - self.spurt <= _ANSWER else spoke
        if self.pause >= _BREATH and self._is_word():
            return self.spurt
        return self.ended if self.pause >= _HEARD_OUT and not closed else None

    def _is_word(self) -> bool:
        """Whether the last sound is a short word of somebody, and neither a beep nor a sentence."""
        return self.alone and _SHORT[0] <= self.lasted <= _SHORT[1] and self._is_voice()

    def _is_voice(self) -> bool:
        """Whether the last sound changes as a voice does."""
        return self.changed_db >= _VOICE_DB * self.lasted
