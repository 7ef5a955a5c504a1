"""Shares: whether the agent listens as well as talks."""

from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation

_AGAIN = 0.1
"""The share must have fallen by this before it is reported again."""


@dataclass(slots=True)
class _State:
    hop: int = 0
    spoken: list[int] = field(default_factory=lambda: [0, 0])
    """Hops of this second in which each side spoke."""
    seconds: deque[tuple[int, int]] = field(default_factory=deque)
    """The same of the seconds before."""
    reported: bool = False


@dataclass(slots=True)
class Shares:
    """Hears ``share.agent``: of all that was lately spoken, nearly everything was the agent's.

    ``Observation.value`` is the agent's part of the speaking time of both sides, 0 to 1 (the
    talk-to-listen ratio of the call centres). It is reported once, and again after it has fallen.

    Known weaknesses: a plan that has to be read out in full looks the same; the window runs on
    from one call into the next.
    """

    EMITS: ClassVar[tuple[str, ...]] = ("share.agent",)

    most: float = 0.85
    """Largest share that is still a conversation."""
    over_s: int = 120
    """Seconds to look back over."""
    least_s: float = 40.0
    """Seconds of speech of both sides together that make a share."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        state = self._state
        state.hop = features.start
        for speaking in features.speaking.tolist():
            state.spoken[AGENT] += speaking[AGENT]
            state.spoken[CALLER] += speaking[CALLER]
            state.hop += 1
            if state.hop % HOPS_PER_SECOND == 0:
                found += self._second()
        return found

    def _second(self) -> list[Observation]:
        state = self._state
        state.seconds.append((state.spoken[AGENT], state.spoken[CALLER]))
        state.spoken = [0, 0]
        if len(state.seconds) > self.over_s:
            state.seconds.popleft()
        agent, both = sum(a for a, _ in state.seconds), sum(map(sum, state.seconds))
        if both < self.least_s * HOPS_PER_SECOND:
            return []
        share = agent / both
        if state.reported or share <= self.most:
            state.reported &= share > self.most - _AGAIN
            return []
        state.reported = True
        now = state.hop / HOPS_PER_SECOND
        return [Observation("share.agent", now - len(state.seconds), now, now, 1.0, share)]
