"""Call: when a call starts, is on hold, goes on and ends, inferred from the sound of both lines."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation
from firmware_py.detectors.line_signal import GATED_S, LineSignal
from firmware_py.detectors.opened_line import OpenedLine
from firmware_py.detectors.progress import Progress
from firmware_py.hearing.voice_activity import ONSET

_WINDOW = HOPS_PER_SECOND // 2
_PAUSE = 2 * HOPS_PER_SECOND
"""Longest pause in hops within the agent's opening words."""


@dataclass(slots=True)
class _State:
    hop: int = 0
    on: bool = False
    held: bool = False
    lines: tuple[LineSignal, LineSignal] = field(
        default_factory=lambda: (LineSignal(), LineSignal())
    )
    levels: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    """The caller's last half second, dBFS."""
    progress: Progress = field(default_factory=Progress)
    opened: OpenedLine | None = None
    """The line that carries a signal and may be a call's."""
    waited: bool = False
    """Whether it was said that the line waits."""
    agent_spoke_from: int | None = None
    """First hop of what the agent has been saying, with short pauses, up to now."""
    agent_spoke_last: int = 0
    resumed: int = 0
    """Hop at which the last hold ended."""


@dataclass(slots=True)
class Call:
    """Hears ``call.start``, ``call.hold``, ``call.resume`` and ``call.end``.

    An idle line is digitally silent; a line with somebody on it carries at least comfort noise
    (ITU-T G.711 Appendix II). One that is silent when the stream begins is idle: ``line.idle``.
    While tones come the line waits for an answer, and so does one that plays music or an
    announcement from its first moment on, until somebody says a short word: ``line.waiting``. The
    call starts with the caller's signal, or with the agent's words just before it, and ends when
    that signal is gone, or gives way to a busy tone. A microphone that falls digitally silent means
    hold, whatever the caller's line does then. ``start`` and ``end`` of an Observation are the
    moment of the change, ``at`` is when it was sure; ``Observation.value`` is the seconds between.
    What the phone system signals is better than all this.

    A line that is gated between words to digital zero, or fed by a machine that pauses without
    noise, is silent in a call as it is after one. To end a call that goes on would blame the agent
    (A1, A5, E10), so it is given three minutes; a call that begins within them passes for the same.

    Known weaknesses: such a line shows its end that late, and an announcement that begins more than
    ``end_s`` after the noise of an open line broke off comes after its end; a headset that falls
    silent together with the call looks like one on hold, for ``lost_s``; hold music looks like a
    caller in the midst of a call; a caller who talks on from the first moment, to an agent who says
    nothing, looks like an announcement until he says a short word or falls silent for 6 s.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "call.end",
        "call.hold",
        "call.resume",
        "call.start",
        "line.idle",
        "line.waiting",
    )

    dead_db: float = -99.95
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
    gated_s: float = GATED_S
    """Seconds without the caller's signal that end a call on a line that is gated between words:
    nothing tells such a line from one that was hung up."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        facts = (features.level, features.speaking, features.caller_tone)
        self._state.hop = features.start
        for level, speaking, tone in zip(*(fact.tolist() for fact in facts), strict=True):
            self._hear(level, speaking, tone)
            if self._may_change():
                found.extend(self._changes())
            self._state.hop += 1
        return found

    def _hear(self, level: list[float], speaking: list[bool], tone: bool) -> None:
        state = self._state
        state.levels.append(level[CALLER])
        agent, caller = state.lines
        alive = level[CALLER] > self.dead_db
        agent.hear(level[AGENT], level[AGENT] > self.dead_db, speaking[AGENT])
        caller.hear(level[CALLER], alive, speaking[CALLER])
        state.progress.hear(tone, alive, speaking[CALLER])
        if state.opened:
            state.opened.hear(state.hop, level[CALLER])
        self._follow_agent(speaking[AGENT])

    def _may_change(self) -> bool:
        """Whether there is anything to look at: in the midst of a call there seldom is."""
        state = self._state
        agent, caller = state.lines
        if not state.on:
            return state.opened is not None or not caller.dead or self._is_idle()
        if state.held or agent.dead or state.progress.waiting:
            return True
        return caller.gone >= HOPS_PER_SECOND * self.end_s

    def _is_idle(self) -> bool:
        """Whether just enough of the stream has gone by without any signal of the caller's."""
        dead = self._state.lines[CALLER].dead
        return dead == self._state.hop + 1 == HOPS_PER_SECOND * self.end_s

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
        spoke = state.agent_spoke_from
        if self._is_idle():
            yield self._say("line.idle", 0)
        self._watch_line()
        if state.progress.waiting or (state.opened and state.opened.plays):
            yield from self._wait()
        closed = not any(db > self.dead_db for db in state.levels)
        start = state.opened.start(spoke, closed) if state.opened else None
        if state.opened and state.opened.gone(closed):
            state.opened = None
        if start is None:
            return
        if spoke is not None and start - spoke <= self.greeting_s * HOPS_PER_SECOND:
            start = min(start, spoke)
        state.on, state.held, state.waited, state.opened = True, False, False, None
        yield self._say("call.start", start)

    def _watch_line(self) -> None:
        """See whether the line opens, or closes again."""
        state = self._state
        alive = [db for db in state.levels if db > self.dead_db]
        if state.progress.waiting:
            state.opened = None
        elif not state.opened and len(alive) >= self.start_s * HOPS_PER_SECOND * 0.8:
            state.opened = OpenedLine(state.hop + 1 - len(alive))
            for hop, db in enumerate(alive, state.opened.first):
                state.opened.hear(hop, db)
            for line in state.lines:
                line.open = 0

    def _wait(self) -> Iterator[Observation]:
        """Say once that nobody is there yet."""
        if not self._state.waited:
            self._state.waited = True
            yield self._say("line.waiting", self._state.hop)

    def _watch_hold(self) -> Iterator[Observation]:
        state = self._state
        line = state.lines[AGENT]
        if not (state.held or line.gated):
            if line.dead >= self.hold_s * HOPS_PER_SECOND:
                state.held = True
                yield self._say("call.hold", state.hop + 1 - line.dead)
        elif state.held and not line.dead:
            state.held, state.resumed = False, state.hop
            yield self._say("call.resume", state.hop)

    def _watch_end(self) -> Iterator[Observation]:
        state = self._state
        line, busy = state.lines[CALLER], state.progress.busy_since()
        since = state.hop + 1 - line.gone if busy is None else busy
        since = max(since, state.resumed)
        hung_up = busy is not None and not line.gated
        if hung_up or self._is_lost(since):
            yield from self._end(since)

    def _is_lost(self, since: int) -> bool:
        """Whether the caller's line has been silent for too long, since a hop."""
        state = self._state
        waits = state.held or state.progress.waiting
        patience_s = self.lost_s if waits else self.end_s
        if state.lines[CALLER].gated:
            patience_s = self.gated_s
        return state.hop + 1 - since >= patience_s * HOPS_PER_SECOND

    def _end(self, since: int) -> Iterator[Observation]:
        state = self._state
        state.on, state.opened, state.agent_spoke_from = False, None, None
        state.levels.clear()
        yield self._say("call.end", since)

    def _say(self, name: str, hop: int) -> Observation:
        moment, now = max(0, hop) / HOPS_PER_SECOND, (self._state.hop + 1) / HOPS_PER_SECOND
        return Observation(
            name=name, start=moment, end=moment, at=now, score=1.0, value=now - moment
        )
