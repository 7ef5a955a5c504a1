"""Loudness: a caller who is hard to hear, or too loud."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import CALLER, HOPS_PER_SECOND, Features, Observation

_CLEAR_DB = 6.0
"""dB over the floor that count as voice."""


@dataclass(slots=True)
class _State:
    hop: int = 0
    start: int = 0
    """First hop of the speech that is being measured."""
    voiced: int = 0
    power: float = 0.0
    """Sum over the voiced hops, relative to full scale."""


@dataclass(slots=True)
class Loudness:
    """Hears ``caller.quiet`` and ``caller.loud``: the level of the caller's speech.

    Every ``over_s`` seconds of the caller's voice the mean level is compared with two bounds (the
    active speech level of ITU-T P.56 in its simplest form). ``Observation.value`` is that level in
    dBFS.

    Known weaknesses: the bounds are those of a line that the operator has set up well; a headset
    with another sensitivity needs others.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "caller.loud",
        "caller.quiet",
    )

    quiet_db: float = -42.0
    """dBFS below which a caller is hard to hear."""
    loud_db: float = -14.0
    """dBFS above which a caller hurts."""
    over_s: float = 1.5
    """Seconds of voice to measure."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the caller."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        level, speaking = features.level[:, CALLER], features.speaking[:, CALLER]
        if not speaking.any():
            return found
        voiced = speaking & (level > features.floor[:, CALLER] + _CLEAR_DB)
        for hop in voiced.nonzero()[0].tolist():
            self._state.hop = features.start + hop
            found.extend(self._hear(float(level[hop])))
        return found

    def _hear(self, db: float) -> Iterator[Observation]:
        state = self._state
        if not state.voiced:
            state.start = state.hop
        state.voiced += 1
        state.power += 10 ** (db / 10)
        if state.voiced < self.over_s * HOPS_PER_SECOND:
            return
        mean = 10 * math.log10(state.power / state.voiced)
        state.voiced, state.power = 0, 0.0
        if mean < self.quiet_db or mean > self.loud_db:
            now = (state.hop + 1) / HOPS_PER_SECOND
            yield Observation(
                name="caller.quiet" if mean < self.quiet_db else "caller.loud",
                start=state.start / HOPS_PER_SECOND,
                end=now,
                at=now,
                score=1.0,
                value=mean,
            )
