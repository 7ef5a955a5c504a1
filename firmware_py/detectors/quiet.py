"""Quiet: dead air, and a caller who is left without an answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.speech import HANGOVER, ONSET
from firmware_py.types import AGENT, CALLER, HOPS_PER_SECOND, Frame, Observation

_MUTED_HOPS = HOPS_PER_SECOND // 2


@dataclass(slots=True)
class _State:
    hop: int = 0
    quiet_from: int = 0
    """First hop of the present silence of both."""
    waits_from: int | None = None
    """First hop after the caller's unanswered words."""
    caller_spoke: int = 0
    """Hops the caller has spoken since the agent last did."""
    muted: int = 0
    """Digitally silent hops of the agent in a row."""
    was: list[bool] = field(default_factory=lambda: [False, False])
    said: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Quiet:
    """Hears ``quiet.both``: nobody has spoken for a while; ``quiet.unanswered``: the caller has.

    ``quiet.unanswered`` means: the caller spoke and stopped, and since then neither side has
    spoken. Each is said once, when it has lasted long enough; ``quiet.over`` follows when somebody
    speaks again after ``quiet.both``. ``Observation.value`` is the length of the silence in
    seconds. Edges are traced back over the hangover and onset of ``hearing.speech``. That silence
    longer than some seconds is felt as trouble goes back to Jefferson (1989) for talk at large and
    to the call centres' own "dead air" measures.

    Known weaknesses: sound that passes for speech (loud typing, hold music on the caller's line)
    ends a silence; a headset that gates its microphone to digital zero looks muted, and needs
    ``mute_is_hold = false``.
    """

    both_s: float = 8.0
    """Seconds of silence of both sides before it is said."""
    unanswered_s: float = 4.0
    """Seconds that the caller waits for the agent's first word before it is said."""
    caller_least_s: float = 0.5
    """Seconds of speech that make a caller's turn one that wants an answer."""
    mute_is_hold: bool = True
    """Whether a muted (digitally silent) microphone means that the caller is on hold."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State()

    def feed(self, frame: Frame) -> list[Observation]:
        """Return what became known in this Frame."""
        found: list[Observation] = []
        rows = zip(frame.level[:, AGENT].tolist(), frame.speaking.tolist(), strict=True)
        self._state.hop = frame.start
        for agent_level, speaking in rows:
            found.extend(self._hop(agent_level, speaking))
            self._state.hop += 1
        return found

    def _hop(self, agent_level: float, speaking: list[bool]) -> Iterator[Observation]:
        state = self._state
        state.muted = state.muted + 1 if agent_level <= SILENCE_DB else 0
        if self.mute_is_hold and state.muted >= _MUTED_HOPS:
            state.quiet_from, state.waits_from = state.hop + 1, None
            state.said.clear()
        elif any(speaking):
            yield from self._sound(speaking)
        else:
            yield from self._silence()
        state.was = speaking

    def _sound(self, speaking: list[bool]) -> Iterator[Observation]:
        state = self._state
        if "quiet.both" in state.said:
            yield self._say("quiet.over", state.quiet_from, state.hop + 1 - ONSET)
        state.said.clear()
        if speaking[AGENT]:
            state.caller_spoke, state.waits_from = 0, None
        elif speaking[CALLER]:
            state.caller_spoke += 1

    def _silence(self) -> Iterator[Observation]:
        state = self._state
        if any(state.was):
            self._fell_silent()
        if state.hop + 1 - state.quiet_from >= self.both_s * HOPS_PER_SECOND:
            yield from self._once("quiet.both", state.quiet_from)
        waits = state.waits_from
        if waits is not None and state.hop + 1 - waits >= self.unanswered_s * HOPS_PER_SECOND:
            yield from self._once("quiet.unanswered", waits)

    def _fell_silent(self) -> None:
        state = self._state
        state.quiet_from = state.hop + 1 - HANGOVER
        words = state.caller_spoke - HANGOVER
        if state.was[CALLER] and words >= self.caller_least_s * HOPS_PER_SECOND:
            state.waits_from = state.quiet_from

    def _once(self, name: str, start: int) -> Iterator[Observation]:
        if name not in self._state.said:
            self._state.said.add(name)
            yield self._say(name, start, self._state.hop + 1)

    def _say(self, name: str, start: int, end: int) -> Observation:
        return Observation(
            name=name,
            start=start / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=(self._state.hop + 1) / HOPS_PER_SECOND,
            score=1.0,
            value=(end - start) / HOPS_PER_SECOND,
        )
