"""Call: when a call starts, is on hold, goes on and ends, inferred from the sound of both lines."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation
from firmware_py.hearing.voice_activity import ONSET

_WINDOW = HOPS_PER_SECOND // 2
_PAUSE = 2 * HOPS_PER_SECOND
"""Longest pause in hops within the agent's opening words."""
_RING_DB = -45.0
"""dBFS over which a steady sound is a tone and no comfort noise."""
_STEADY_DB = 1.5
"""dB between the 10th and the 90th percentile of a tone's level."""
_BURST = 8
"""Hops that a burst of busy tone keeps its level, at least."""
_EDGE = 12
"""Hops of anything that may lie between two bursts, or between a burst and silence."""


@dataclass(slots=True)
class _Line:
    """One direction of the line."""

    dead: int = 0
    """Hops in a row without signal, until now."""
    open: int = 0
    """Hops of this call with a signal that is no speech: room or comfort noise."""
    gone: int = 0
    """Hops in a row, until now, with nothing but silence and steady tones."""
    unlike: int = 0
    """The last of them that were neither, as yet."""

    def hear(self, alive: bool, steady: bool, speaking: bool) -> None:
        """Take one hop."""
        self.dead = 0 if alive else self.dead + 1
        self.open += alive and not speaking
        self.unlike = self.unlike + 1 if alive and not steady else 0
        self.gone = self.gone + 1 if self.unlike <= _EDGE else 0


@dataclass(slots=True)
class _State:
    hop: int = 0
    on: bool = False
    held: bool = False
    lines: tuple[_Line, _Line] = field(default_factory=lambda: (_Line(), _Line()))
    levels: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    """The caller's last half second, dBFS."""
    agent_spoke_from: int | None = None
    """First hop of what the agent has been saying, with short pauses, up to now."""
    agent_spoke_last: int = 0
    resumed: int = 0
    """Hop at which the last hold ended."""


@dataclass(slots=True)
class Call:
    """Hears ``call.start``, ``call.hold``, ``call.resume`` and ``call.end``.

    An idle line is digitally silent; a line with somebody on it carries at least comfort noise
    (ITU-T G.711 Appendix II), and a steady loud sound is a ringing tone, not a caller. The call
    starts with the caller's signal, or with the agent's words just before it, and ends when that
    signal is gone, or gives way to a busy tone. A microphone that falls digitally silent means
    hold, whatever the caller's line does then. ``start`` and ``end`` of an Observation are the
    moment of the change, ``at`` is when it was sure; ``Observation.value`` is the seconds between.
    What the phone system signals is better than all this.

    Known weaknesses: a line that is gated between words (no comfort noise) shows no end and no
    hold; a headset that falls silent together with the call looks like one on hold, for ``lost_s``;
    loud hold music looks like a caller.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "call.end",
        "call.hold",
        "call.resume",
        "call.start",
    )

    dead_db: float = -88.0
    """dBFS below which a line carries no signal."""
    start_s: float = 0.5
    """Seconds of the caller's signal that make a call."""
    end_s: float = 1.5
    """Seconds without the caller's signal that end it."""
    hold_s: float = 1.0
    """Seconds of a digitally silent microphone that mean hold."""
    greeting_s: float = 8.0
    """Longest time in seconds from the agent's first word to the caller's first signal."""
    lost_s: float = 60.0
    """Seconds without the caller's signal that end even a call on hold."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        rows = zip(features.level.tolist(), features.speaking.tolist(), strict=True)
        self._state.hop = features.start
        for level, speaking in rows:
            self._hear(level, speaking)
            if self._may_change():
                found.extend(self._changes())
            self._state.hop += 1
        return found

    def _hear(self, level: list[float], speaking: list[bool]) -> None:
        state = self._state
        state.levels.append(level[CALLER])
        steady = level[CALLER] > _RING_DB and _is_burst([*state.levels][-_BURST:])
        agent, caller = state.lines
        agent.hear(level[AGENT] > self.dead_db, False, speaking[AGENT])
        caller.hear(level[CALLER] > self.dead_db, steady, speaking[CALLER])
        self._follow_agent(speaking[AGENT])

    def _may_change(self) -> bool:
        """Whether there is anything to look at: in the midst of a call there seldom is."""
        state = self._state
        agent, caller = state.lines
        if not state.on:
            return not caller.dead
        return state.held or agent.dead > 0 or caller.gone >= HOPS_PER_SECOND * self.end_s

    def _changes(self) -> Iterator[Observation]:
        if self._state.on:
            yield from self._watch_hold()
            yield from self._watch_end()
        else:
            yield from self._watch_start()

    def _follow_agent(self, speaking: bool) -> None:
        state = self._state
        if speaking:
            if state.agent_spoke_from is None:
                state.agent_spoke_from = state.hop + 1 - ONSET
            state.agent_spoke_last = state.hop
        elif state.hop - state.agent_spoke_last > _PAUSE:
            state.agent_spoke_from = None

    def _watch_start(self) -> Iterator[Observation]:
        state = self._state
        alive = [db for db in state.levels if db > self.dead_db]
        if len(alive) < self.start_s * HOPS_PER_SECOND * 0.8 or _is_tone(alive):
            return
        start = state.hop + 1 - len(alive)
        spoke = state.agent_spoke_from
        if spoke is not None and start - spoke <= self.greeting_s * HOPS_PER_SECOND:
            start = min(start, spoke)
        state.on, state.held = True, False
        for line in state.lines:
            line.open = 0
        yield self._say("call.start", start)

    def _watch_hold(self) -> Iterator[Observation]:
        state = self._state
        line = state.lines[AGENT]
        if not state.held and line.open >= HOPS_PER_SECOND:
            if line.dead >= self.hold_s * HOPS_PER_SECOND:
                state.held = True
                yield self._say("call.hold", state.hop + 1 - line.dead)
        elif state.held and not line.dead:
            state.held, state.resumed = False, state.hop
            yield self._say("call.resume", state.hop)

    def _watch_end(self) -> Iterator[Observation]:
        state = self._state
        line = state.lines[CALLER]
        since = max(state.hop + 1 - line.gone, state.resumed)
        patience_s = self.lost_s if state.held else self.end_s
        if line.open < HOPS_PER_SECOND or line.gone < HOPS_PER_SECOND * self.end_s:
            return
        if state.hop + 1 - since >= patience_s * HOPS_PER_SECOND:
            state.on = False
            state.agent_spoke_from = None
            state.levels.clear()
            yield self._say("call.end", since)

    def _say(self, name: str, hop: int) -> Observation:
        moment, now = max(0, hop) / HOPS_PER_SECOND, (self._state.hop + 1) / HOPS_PER_SECOND
        return Observation(
            name=name, start=moment, end=moment, at=now, score=1.0, value=now - moment
        )


def _is_burst(levels: list[float]) -> bool:
    """Whether a few levels in dBFS, one a hop, are those of a loud tone that goes on."""
    return len(levels) == _BURST and min(levels) > _RING_DB and max(levels) - min(levels) < 1.0


def _is_tone(levels: list[float]) -> bool:
    """Whether levels in dBFS are those of a steady, loud tone."""
    ranked = sorted(levels)
    low, high = ranked[len(ranked) // 10], ranked[-1 - len(ranked) // 10]
    return high > _RING_DB and high - low < _STEADY_DB
