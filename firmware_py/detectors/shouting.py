"""Shouting: the agent's voice against how the same agent usually speaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware_py.detectors.spectrum import band_db, bands_between
from firmware_py.types import AGENT, HOPS_PER_SECOND, Frame, Observation

_LOW, _HIGH = bands_between(60, 1_000), bands_between(1_000, 5_000)
_CLEAR_DB = 12.0
"""dB over the floor at which a hop tells something about the voice."""


@dataclass(slots=True)
class _State:
    hop: int = 0
    heard: int = 0
    """Clear hops that the baseline was learnt from."""
    usual: tuple[float, float] = (0.0, 0.0)
    """Baseline: level in dBFS, tilt in dB."""
    now: tuple[float, float] = (0.0, 0.0)
    """The same over the last 200 ms of speech."""
    over: int = 0
    """Clear hops with an effort over the threshold, less those without."""
    start: int = 0
    next_at: int = 0


@dataclass(slots=True)
class Shouting:
    """Hears ``shouting``: an effort of voice well over the agent's own usual one.

    Effort is the level over the baseline plus, weighted, the rise of the alpha ratio (power of
    1-5 kHz over power below 1 kHz), which grows with vocal effort whatever the gain (Traunmüller
    and Eriksson 2000; Pohjalainen et al. 2013). ``Observation.value`` is that effort in dB. The
    baseline is a running mean over the agent's speech that never learns from raised voice.

    Known weaknesses: says nothing before ``learn_s`` of speech; who shouts from the first word on
    is taken for loud by nature; a headset moved closer looks like a louder voice.
    """

    over_db: float = 10.0
    """dB of effort over the baseline from which a voice is raised."""
    tilt_weight: float = 1.0
    """dB of effort for each dB of alpha ratio."""
    lasting_s: float = 0.6
    """Seconds of clear speech for which it must stay raised."""
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
        self._state.hop = frame.start
        if not clear.any():
            self._state.hop += frame.hops
            return found
        tilts = band_db(frame.mel, _LOW, _HIGH)
        for is_clear, db, (low, high) in zip(clear.tolist(), level.tolist(), tilts, strict=True):
            if is_clear:
                found.extend(self._clear(db, high - low))
            self._state.hop += 1
        return found

    def _clear(self, level: float, tilt: float) -> Iterator[Observation]:
        state = self._state
        state.now = _blend(state.now, (level, tilt), 1 / min(20, state.heard + 1))
        effort = self._effort()
        if state.heard < self.learn_s * HOPS_PER_SECOND or effort < self.over_db / 2:
            self._learn(level, tilt)
        least = round(self.lasting_s * HOPS_PER_SECOND)
        if state.over == 0:
            state.start = state.hop
        state.over = min(2 * least, max(0, state.over + (1 if effort >= self.over_db else -1)))
        if effort >= self.over_db and state.over >= least and state.hop >= state.next_at:
            state.next_at = state.hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(effort)

    def _effort(self) -> float:
        state = self._state
        louder, brighter = (now - usual for now, usual in zip(state.now, state.usual, strict=True))
        return louder + self.tilt_weight * brighter

    def _learn(self, level: float, tilt: float) -> None:
        state = self._state
        state.heard += 1
        share = 1 / min(state.heard, 60 * HOPS_PER_SECOND)
        state.usual = _blend(state.usual, (level, tilt), share)

    def _say(self, effort: float) -> Observation:
        now = (self._state.hop + 1) / HOPS_PER_SECOND
        return Observation(
            name="shouting",
            start=self._state.start / HOPS_PER_SECOND,
            end=now,
            at=now,
            score=min(1.0, effort / (2 * self.over_db)),
            value=effort,
        )


def _blend(old: tuple[float, float], new: tuple[float, float], share: float) -> tuple[float, float]:
    return old[0] + share * (new[0] - old[0]), old[1] + share * (new[1] - old[1])
