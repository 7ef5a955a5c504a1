"""Speech: the noise floor of each channel, and whether somebody speaks on it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, BoolArray, FloatArray
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.same_sound import SameSound

HANGOVER: Final = 20
"""Hops (200 ms) that ``speaking`` stays true after the last speech-like hop, to bridge stops."""
ONSET: Final = 3
"""Hops in a row that must be loud before ``speaking`` becomes true."""

_FLOOR_LEAST: Final = -70.0
"""No room is quieter than this; gated lines are, between words, and must not mislead."""
_FLOOR_FIRST: Final = -30.0
"""Until a whole search window was heard the floor is believed to lie no higher."""
_FLOOR_BIAS: Final = 1.5
"""dB by which the minimum of a smoothed noise level lies below its mean."""
_SEARCH: Final = (12, HOPS_PER_SECOND // 4)
"""The minimum is sought over 12 stretches of 250 ms: longer than speech goes without a pause."""
_OVER_FLOOR: Final = 7.0
"""dB over the floor at which speech begins."""
_USUAL_HOPS: Final = 5 * HOPS_PER_SECOND
"""Hops of speech in which an owner's usual peaks become known; later they rise slowly."""
_USUAL_RISE: Final = 2.0 / HOPS_PER_SECOND
_CALMS: Final = 3.0 / HOPS_PER_SECOND
"""dB per hop by which peaks over the usual ones are forgotten while softer sound goes on: else
who has shouted would not be heard any more."""
ECHO: Final = 16.0
"""dB that the other channel's echo is weaker than its source, at least."""
ECHO_FADE: Final = 0.15
"""dB per hop by which an echo may die away."""
HYSTERESIS: Final = 3.0
"""dB between the threshold where speech begins and the one where it ends."""


@dataclass(slots=True)
class NoiseFloor:
    """Noise floor of one channel by minimum statistics (Martin 2001), in the dB domain.

    The level is smoothed (50 ms) and its minimum over the last 3 s is the floor. Digital silence
    says nothing about a room and is skipped. Memory: one number per 250 ms of the search window.
    """

    _minima: deque[float] = field(
        init=False, repr=False, default_factory=lambda: deque(maxlen=_SEARCH[0] - 1)
    )
    _smooth: float | None = field(init=False, repr=False, default=None)
    _least: float = field(init=False, repr=False, default=0.0)
    _count: int = field(init=False, repr=False, default=0)
    _past: float = field(init=False, repr=False, default=_FLOOR_FIRST - _FLOOR_BIAS)

    def feed(self, levels: Iterable[float]) -> list[float]:
        """Take the levels of hops in dBFS and return the floor in each, in dBFS."""
        # Here and below, comparisons by hand: max and min take a third of the time of all this.
        floors = []
        smooth, least = self._smooth, self._least
        for level in levels:
            if level > SILENCE_DB:
                smooth = level if smooth is None else smooth + 0.2 * (level - smooth)
                if smooth < least:
                    least = smooth
                self._count += 1
                if self._count == _SEARCH[1]:
                    self._next_stretch(least)
                    least = smooth
            floor = (least if least < self._past else self._past) + _FLOOR_BIAS
            floors.append(floor if floor > _FLOOR_LEAST else _FLOOR_LEAST)
        self._smooth, self._least = smooth, least
        return floors

    def _next_stretch(self, least: float) -> None:
        self._minima.append(least)
        self._count = 0
        self._past = min(self._minima)
        if len(self._minima) < _SEARCH[0] - 1:
            self._past = min(self._past, _FLOOR_FIRST - _FLOOR_BIAS)


@dataclass(slots=True)
class _Voice:
    """Two-threshold hysteresis with hangover on one channel."""

    under_own_db: float
    floor: NoiseFloor = field(default_factory=NoiseFloor)
    smooth: float = SILENCE_DB
    """Level in dB, smoothed over 20 ms."""
    own: float = SILENCE_DB
    """The channel's speech peaks in dBFS; rises in 0.1 s, falls 0.5 dB per second of speech."""
    usual: float = SILENCE_DB
    """The same over a longer time, in dBFS: one shout does not change it."""
    heard: int = 0
    """Hops of speech until now."""
    held: float = SILENCE_DB
    """Highest recent level in dBFS: what can come back as an echo."""
    loud: int = 0
    """Loud hops in a row."""
    speaking: bool = False
    left: int = 0
    """Hops of hangover left."""

    def echoes(self, levels: Iterable[float]) -> list[float]:
        """Take the levels of hops; return what may come back of them on the other channel."""
        echoes = []
        held = self.held
        for level in levels:
            held -= ECHO_FADE
            if level > held:
                held = level
            echoes.append(held - ECHO)
        self.held = held
        return echoes

    def decide(self, level: float, floor: float, echo: float) -> bool:
        """Whether the channel speaks in this hop, given its floor and the echo it may carry."""
        smooth = self.smooth = self.smooth + 0.5 * (level - self.smooth)
        sound = floor + _OVER_FLOOR
        if echo > sound:
            sound = echo
        if smooth < sound and not self.speaking:
            self.loud = 0
            return False
        begin = max(sound, self.own - self.under_own_db)
        # Both, since a single spike lifts the smoothed level for many hops.
        self.loud = self.loud + 1 if smooth >= begin <= level else 0
        if self.loud >= ONSET:
            self.speaking = True
        if self.speaking:
            self._go_on(begin - HYSTERESIS)
        elif self.own > self.usual:
            self.own -= _CALMS
        return self.speaking

    def fall_silent(self, level: float) -> bool:
        """Speak no more, whatever the level is; nothing is learnt."""
        self.smooth += 0.5 * (level - self.smooth)
        self.speaking, self.left, self.loud = False, 0, 0
        return False

    def _go_on(self, end: float) -> None:
        if self.smooth < end:
            self.left -= 1
            self.speaking = self.left > 0
            return
        self.left = HANGOVER
        rise = self.smooth - self.own
        self.own += 0.1 * rise if rise > 0 else -0.5 / HOPS_PER_SECOND
        self.heard += 1
        if self.heard <= _USUAL_HOPS or self.own < self.usual:
            self.usual = self.own
        else:
            self.usual += _USUAL_RISE


@dataclass(slots=True)
class VoiceActivity:
    """Noise floor and speech per hop and channel, from levels alone.

    Where both channels carry one and the same mix, only the agent's speaks.

    A channel speaks when its level rises over the tracked noise floor (minimum statistics, Martin
    2001), and over two things that are sound but not its owner's voice: the next desk (weaker than
    the channel's own speech peaks) and the echo of the other channel. It goes on until the level
    has been below a second, lower threshold for ``HANGOVER`` hops.

    Known weaknesses: any loud enough sound counts (typing, coughs: detectors look closer); an owner
    who suddenly speaks more than 13 dB softer than before is missed for up to some 10 s of speech;
    in the first 3 s a noise floor above -30 dBFS passes for speech, and speech that begins with the
    stream is heard from its first dip on.
    """

    under_own_db: float = 11.0
    """dB under the channel's own speech peaks below which a voice is somebody else's."""
    _voices: tuple[_Voice, _Voice] = field(init=False, repr=False)
    _same: SameSound = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    def feed(
        self, level: FloatArray, tone: BoolArray | None = None
    ) -> tuple[FloatArray, BoolArray]:
        """Return floor in dBFS and speaking, both [hops, 2].

        Args:
            level: in dBFS, [hops, 2].
            tone: whether the caller's channel carries a tone, which is no speech, [hops].
        """
        agent, caller = self._voices
        ours, theirs = level.T.tolist()
        floors = agent.floor.feed(ours), caller.floor.feed(theirs)
        echoes = caller.echoes(theirs), agent.echoes(ours)
        sounds = tone.tolist() if tone is not None else [False] * len(level)
        speaking = (
            list(map(agent.decide, ours, floors[AGENT], echoes[AGENT])),
            [
                caller.fall_silent(db) if tone_sounds else caller.decide(db, floor, echo)
                for db, floor, echo, tone_sounds in zip(
                    theirs, floors[CALLER], echoes[CALLER], sounds, strict=True
                )
            ],
        )
        # Nobody interrupts himself where both channels carry one mix.
        same = [self._same.hear(*both) for both in zip(ours, theirs, strict=True)]
        both = np.array(speaking, dtype=np.bool_)
        both[CALLER] &= ~np.array(same, dtype=np.bool_)
        return np.array(floors, dtype=np.float32).T, both.T

    def reset(self) -> None:
        """Forget both channels."""
        self._voices = _Voice(self.under_own_db), _Voice(self.under_own_db)
        self._same = SameSound()
