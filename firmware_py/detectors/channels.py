"""Channels: whether agent and caller come where they should."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Final

import numpy as np

from firmware_py.core.types import (
    AGENT,
    CALLER,
    HOPS_PER_SECOND,
    BoolArray,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.detectors.earpiece import Earpiece
from firmware_py.detectors.stretches import Stretches
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.same_sound import SameSound

_WANTED: Final = ("level", "speaking", "agent_bands", "caller_bands")
_HIGH: Final = slice(8, 10)
"""Bands over 4.4 kHz, in which a telephone line of 8 kHz carries nothing."""
_NARROW_DB, _WIDE_DB = 6.0, 15.0
"""dB by which they stand out of the noise in a voice from such a line, at most, and at least in one
from a microphone."""
_HUM_DB: Final = 10.0
"""dB by which the lowest band stands over all others together where nothing but mains hums."""
_VOICE_HOPS: Final = 8 * HOPS_PER_SECOND
"""Hops of each side's speech that tell how wide it is."""
_LOUD: Final = _VOICE_HOPS * 95 // 100
"""Place of the one by loudness that tells it."""
_LATELY: Final = 10
"""Seconds that are judged together for one sound on both sides."""
_HEAR_OUT: Final = 5
"""Seconds of two different sounds after which it is well again."""


@dataclass(slots=True)
class _Side:
    """What one channel was like since the stream began."""

    alive: bool = False
    """Whether it ever carried anything but zeros and hum."""
    spoke: int = 0
    """Hops of speech."""
    high: FloatArray = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    """dB of the high bands in its last hops of speech, the other side silent."""
    noise: float = float("inf")
    """dB of the same bands in its quietest second that was not digitally silent in part."""

    def width_db(self) -> float:
        """How far the high bands stand out when it speaks; NaN: not enough was heard."""
        if len(self.high) < _VOICE_HOPS or self.noise == float("inf"):
            return float("nan")
        # np.percentile gives nearly the same and takes five times as long; np.median below, too.
        return float(np.partition(self.high, _LOUD)[_LOUD]) - self.noise


@dataclass(slots=True)
class _State:
    sides: tuple[_Side, _Side] = field(default_factory=lambda: (_Side(), _Side()))
    same: SameSound = field(default_factory=SameSound)
    earpiece: Earpiece = field(default_factory=Earpiece)
    seconds: deque[bool] = field(default_factory=lambda: deque(maxlen=_LATELY))
    """Whether each of the last seconds of sound held one sound on both sides."""
    fault: str = ""
    since: int = 0
    next_at: int = 0


@dataclass(slots=True)
class Channels:
    """Hears ``fault.channels.…`` and, when all is well again, ``channels.ok``.

    - ``same``: for most of 10 s of sound the levels of both channels rise and fall as one; or for
      10 s of speech, 30 s where they differ by more than 9 dB, one follows the other within 70 ms.
    - ``mono``: one channel has been digitally silent since the stream began, or hummed as an open
      wire does, while the other carried ``mono_s`` of speech.
    - ``swapped``: the agent's voice has the band of a telephone line (up to 3.4 kHz), and the
      caller's has not; or the caller's channel carries a soft echo of the agent's, as a microphone
      beside an earpiece does, and not the reverse.

    Each is said once it is sure, and every ``again_s`` while it lasts. ``Observation.value`` is the
    seconds of the stream for which it has been so.

    Known weaknesses: swapped channels are not known where both voices are wide or both narrow and
    the microphone hears nothing of the earpiece; an echo from the far end within 150 ms passes for
    an earpiece where the agent's own microphone hears none; somebody who talks before the first
    call of a day to nobody on the line makes ``mono``, until the line carries anything.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "channels.ok",
        "fault.channels",
        "fault.channels.mono",
        "fault.channels.same",
        "fault.channels.swapped",
    )

    mono_s: float = 25.0
    """Seconds of speech on one channel alone."""
    same_s: float = 8.0
    """Seconds out of the last ten with sound."""
    again_s: float = 300.0
    """Seconds after which a fault that lasts is said again."""
    _stretches: Stretches = field(
        init=False, repr=False, default_factory=lambda: Stretches(HOPS_PER_SECOND, _WANTED)
    )
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget both channels."""
        self._stretches.reset()
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        return [seen for second in self._stretches.feed(features) for seen in self._second(second)]

    def _second(self, second: Features) -> Iterator[Observation]:
        state = self._state
        self._follow(second)
        now = second.start + second.hops
        fault = self._fault()
        if fault != state.fault:
            if not fault:
                yield _say("channels.ok", state.since, now)
            state.fault, state.since, state.next_at = fault, now, now
        if fault and now >= state.next_at:
            state.next_at = now + round(self.again_s * HOPS_PER_SECOND)
            yield _say(f"fault.channels.{fault}", state.since, now)

    def _fault(self) -> str:
        state, (agent, caller) = self._state, self._state.sides
        known = _HEAR_OUT if state.fault == "same" else self.same_s
        if sum(state.seconds) >= known or state.earpiece.mixed():
            return "same"
        least = self.mono_s * HOPS_PER_SECOND
        if agent.alive != caller.alive and max(agent.spoke, caller.spoke) >= least:
            return "mono"
        narrow = agent.width_db() <= _NARROW_DB and caller.width_db() >= _WIDE_DB
        return "swapped" if narrow or state.earpiece.microphone() == CALLER else ""

    def _follow(self, second: Features) -> None:
        state = self._state
        bands = second.agent_bands, second.caller_bands
        for number, side in enumerate(state.sides):
            speaks = second.speaking[:, number]
            side.alive |= _carries(second.level[:, number], bands[number])
            side.spoke += int(speaks.sum())
            alone = speaks & ~second.speaking[:, 1 - number]
            if side.alive:
                _measure(side, bands[number], alone, second.level[:, number] > SILENCE_DB)
        shares = second.speaking.mean(axis=0)
        state.earpiece.hear(bands, (float(shares[AGENT]), float(shares[CALLER])))
        same = [state.same.hear(*level) for level in second.level.tolist()]
        if second.speaking[:, AGENT].any():
            state.seconds.append(any(same))


def _carries(level: FloatArray, bands: FloatArray) -> bool:
    """Whether a second of one side is more than zeros or hum."""
    if not (level > SILENCE_DB).any():
        return False
    power = (10 ** (bands.astype(np.float64) / 10)).sum(axis=0)
    return bool(power[0] < power[1:].sum() * 10 ** (_HUM_DB / 10))


def _measure(side: _Side, bands: FloatArray, alone: BoolArray, carries: BoolArray) -> None:
    """Take a second of one side, [hops, bands] in dB; silence between calls is no noise of it."""
    high = bands[:, _HIGH].mean(axis=1)
    side.high = np.concatenate([side.high, high[alone]])[-_VOICE_HOPS:]
    if carries.all():
        side.noise = min(side.noise, float(np.partition(high, len(high) // 2)[len(high) // 2]))


def _say(name: str, start: int, now: int) -> Observation:
    return Observation(
        name=name,
        start=start / HOPS_PER_SECOND,
        end=now / HOPS_PER_SECOND,
        at=now / HOPS_PER_SECOND,
        score=1.0,
        value=(now - start) / HOPS_PER_SECOND,
    )
