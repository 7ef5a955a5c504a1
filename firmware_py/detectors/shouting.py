"""Shouting: the agent's voice against how the same agent usually speaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import log10

from firmware_py.detectors.spectrum import band_edges, band_power
from firmware_py.types import AGENT, HOPS_PER_SECOND, Frame, Observation

_EDGES = band_edges(150, 400, 500, 1_000, 2_000, 4_000, 7_000)
_CLEAR_DB = 12.0
"""dB over the floor at which a hop tells something about the voice."""
_SMOOTH_HOPS = 45
_BASELINE_HOPS = 60 * HOPS_PER_SECOND
_WHISPER_DB = -6.0
"""A voice that is brighter but this much softer whispers."""
_LEAST_BRIGHTER_DB = 4.0
"""A voice that is only louder has come closer to the microphone."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """How a stretch of speech sounds."""

    level: float = 0.0
    """dBFS."""
    brightness: float = 0.0
    """dB: alpha ratio, plus the first formant's range over the fundamental's."""

    def towards(self, other: "_Voice", share: float) -> "_Voice":
        return _Voice(
            self.level + share * (other.level - self.level),
            self.brightness + share * (other.brightness - self.brightness),
        )


@dataclass(slots=True)
class _State:
    hop: int = 0
    heard: int = 0
    """Clear hops that the baseline was learnt from."""
    usual: _Voice = field(default_factory=_Voice)
    now: _Voice = field(default_factory=_Voice)
    """The voice over the last 450 ms of speech."""
    raised: int = 0
    """Clear hops with a raised voice, less those without."""
    start: int = 0
    next_at: int = 0


@dataclass(slots=True)
class Shouting:
    """Hears ``shouting``: an effort of voice well over the agent's own usual one.

    Two things grow with effort, both measured against a running mean over the agent's own speech
    that never learns from a raised voice: the level, and the brightness, which is what remains when
    a headset levels the gain. Brightness is the alpha ratio (power of 1-4 kHz over 150-1000 Hz;
    Nordenberg and Sundberg 2004) plus the power of 500-2000 Hz over 150-400 Hz, which rises with
    the pitch and with the first formant (Traunmueller and Eriksson 2000). A voice is raised when
    the rises of level and brightness add up to ``over_db``. ``Observation.value`` is that sum (dB).

    Known weaknesses: says nothing before ``learn_s`` of speech; who shouts from the first word on
    is taken for loud by nature; great joy sounds like anger; loud noise hides brightness. With
    ``gain_control`` an open vowel can pass for a raised voice, far too often: hence it is off.
    """

    over_db: float = 20.0
    """dB that level and brightness must rise by together."""
    gain_control: bool = False
    """Whether the microphone evens out the level, so that brightness alone must do."""
    bright_db: float = 10.0
    """dB of brightness alone, with ``gain_control``."""
    lasting_s: float = 0.3
    """Seconds of clear speech for which the voice must stay raised."""
    learn_s: float = 4.0
    """Seconds of speech before anything is said."""
    again_s: float = 5.0
    """Seconds after which a shout that goes on is said again."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the agent."""
        self._state = _State()

    def feed(self, frame: Frame) -> list[Observation]:
        """Return what became known in this Frame."""
        found: list[Observation] = []
        level, floor = frame.level[:, AGENT], frame.floor[:, AGENT]
        clear = frame.speaking[:, AGENT] & (level > floor + _CLEAR_DB)
        if not clear.any():
            return found
        powers = band_power(frame.mel, _EDGES)
        self._state.hop = frame.start
        for is_clear, db, power in zip(clear.tolist(), level.tolist(), powers, strict=True):
            if is_clear and not _hisses(power):
                found.extend(self._clear(_Voice(db, _brightness(power))))
            self._state.hop += 1
        return found

    def _clear(self, voice: _Voice) -> Iterator[Observation]:
        state = self._state
        state.now = state.now.towards(voice, 1 / min(_SMOOTH_HOPS, state.heard + 1))
        louder = state.now.level - state.usual.level
        brighter = state.now.brightness - state.usual.brightness
        learning = state.heard < self.learn_s * HOPS_PER_SECOND
        if learning or louder + brighter < self.over_db / 2:
            state.heard += 1
            state.usual = state.usual.towards(voice, 1 / min(state.heard, _BASELINE_HOPS))
        if not learning:
            yield from self._judge(louder, brighter)

    def _judge(self, louder: float, brighter: float) -> Iterator[Observation]:
        state = self._state
        raised = self._is_raised(louder, brighter)
        least = round(self.lasting_s * HOPS_PER_SECOND)
        if state.raised == 0:
            state.start = state.hop
        state.raised = min(2 * least, max(0, state.raised + (1 if raised else -1)))
        if raised and state.raised >= least and state.hop >= state.next_at:
            state.next_at = state.hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(louder + brighter)

    def _is_raised(self, louder: float, brighter: float) -> bool:
        if louder + brighter >= self.over_db:
            return brighter >= _LEAST_BRIGHTER_DB
        return self.gain_control and brighter >= self.bright_db and louder >= _WHISPER_DB

    def _say(self, effort: float) -> Observation:
        now = (self._state.hop + 1) / HOPS_PER_SECOND
        return Observation(
            name="shouting",
            start=self._state.start / HOPS_PER_SECOND,
            end=now,
            at=now,
            score=min(1.0, max(0.0, effort / (1.5 * self.over_db))),
            value=effort,
        )


def _hisses(power: list[float]) -> bool:
    """Whether a hop is a fricative, whose spectrum says nothing about the effort of the voice."""
    return power[5] + power[4] > power[0] + power[1] + power[2] + power[3]


def _brightness(power: list[float]) -> float:
    """Two spectral ratios in dB, added up; the second one bounded, for voices without a bass."""
    bass, lower, formant, upper, treble, _ = power
    alpha = 10 * log10((upper + treble) / (bass + lower + formant))
    return alpha + min(15.0, 10 * log10((formant + upper) / bass))
