"""Quiet: dead air, and a caller who is left without an answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation
from firmware_py.detectors.playback import Music, Recording
from firmware_py.detectors.side import Side
from firmware_py.hearing.gate import Gate
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.voice_activity import HANGOVER, ONSET

_MUTED_HOPS = HOPS_PER_SECOND // 2
_LONGEST_ONSET = 30
"""Hops by which the first sound may precede what is surely speech."""
_PLAYS = 12 * HOPS_PER_SECOND
"""Hops of the caller's sound without a pause that are music, and want no answer."""
_IDLE = 10 * HOPS_PER_SECOND
"""Hops of digital silence after which another call begins."""
_LATELY = 15 * HOPS_PER_SECOND
"""Hops after music in which what sounds is still music."""
_PROMPT = 13 * HOPS_PER_SECOND // 10
"""Hops of silence after which nobody answers what was said before them."""


def _both() -> tuple[Side, Side]:
    return Side(), Side()


@dataclass(slots=True)
class _State:
    hop: int = 0
    sides: tuple[Side, Side] = field(default_factory=_both)
    quiet_from: int = 0
    """First hop of the present silence of both."""
    waits: bool = False
    """Whether the silence follows words of the caller."""
    answered: bool = False
    """Whether the agent has answered the caller yet."""
    broke: bool = False
    """Whether the caller's last turn broke a silence, after such an answer."""
    opened: bool = False
    """Whether the caller's line has carried anything since the stream began."""
    idle: int = 0
    """Hops of digital silence in a row on the caller's line."""
    played: int = -_LATELY
    """Last hop with music on it."""
    music: Music = field(default_factory=Music)
    recording: Recording = field(default_factory=Recording)
    spoke: list[Side] = field(default_factory=list)
    """Sides whose last words may still be dying away."""
    caller_spoke: int = 0
    """Hops the caller has spoken since the agent last did."""
    nonstop: int = 0
    """Hops for which the caller's side has sounded without a pause."""
    muted: int = 0
    """Digitally silent hops of the agent in a row."""
    gate: Gate = field(default_factory=Gate)
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

    A tone of the network on the caller's line is a wait as well. What a machine plays wants no
    answer (``detectors.playback``): music, what has gone on without a pause for 12 s, and words
    that were played before. Where the caller's side breaks a silence in the midst of a call, it may
    be an announcement that is played for the first time: it is given 7 s, not 4.

    As long as the caller's line has never carried anything there is nobody to be silent to. A muted
    microphone means that the caller is on hold, but not that of a headset that is
    digitally silent whenever nobody speaks (``hearing.gate``).

    Known weaknesses: sound that passes for speech (loud typing, hold music on the caller's line)
    ends a silence; on a gated headset hold is not known unless it is signalled; an announcement
    that begins as an answer to the agent, or is followed by more than 7 s of silence, passes for
    the caller the first time.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "quiet.both",
        "quiet.over",
        "quiet.unanswered",
    )

    both_s: float = 8.0
    """Seconds of silence of both sides before it is said."""
    unanswered_s: float = 4.0
    """Seconds that the caller waits for the agent's first word before it is said."""
    broke_s: float = 7.0
    """The same where the caller's turn broke a silence, after the agent had answered before."""
    caller_least_s: float = 0.5
    """Seconds of speech that make a caller's turn one that wants an answer."""
    over_floor_db: float = 2.0
    """dB over the noise at which the first and the last breath of a turn are still heard."""
    mute_is_hold: bool = True
    """Whether a muted (digitally silent) microphone means that the caller is on hold."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State()

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        state = self._state
        agent, caller = state.sides
        over = features.floor + self.over_floor_db
        facts = (features.level, over, features.speaking, features.caller_tone)
        state.hop = features.start
        state.recording.remember(features)
        for level, least, speaking, tone in zip(*(fact.tolist() for fact in facts), strict=True):
            agent.hear(state.hop, level[AGENT], least[AGENT], speaking[AGENT])
            caller.hear(state.hop, level[CALLER], least[CALLER], speaking[CALLER])
            plays = state.music.hear(level[CALLER], least[CALLER], speaking[CALLER])
            state.idle = state.idle + 1 if level[CALLER] <= SILENCE_DB else 0
            state.opened |= not state.idle
            found.extend(self._hop(level[AGENT], speaking, tone, plays))
            state.hop += 1
        return found

    def _hop(
        self, agent_level: float, speaking: list[bool], tone: bool, plays: bool
    ) -> Iterable[Observation]:
        state = self._state
        found: Iterable[Observation] = ()
        state.muted = state.muted + 1 if agent_level <= SILENCE_DB else 0
        state.gate.hear(agent_level, speaking[AGENT])
        state.answered &= state.idle < _IDLE
        if plays:
            state.played = state.hop
        if tone or plays or not state.opened or self._holds():
            state.quiet_from, state.waits = state.hop + 1, False
            state.caller_spoke = 0 if tone else state.caller_spoke
            state.said.clear()
        elif speaking[AGENT] or speaking[CALLER]:
            found = self._sound(speaking)
        else:
            found = self._silence()
        state.was = speaking
        return found

    def _holds(self) -> bool:
        """Whether a muted microphone means hold."""
        muted = self._state.muted >= _MUTED_HOPS
        return muted and self.mute_is_hold and not self._state.gate.gated

    def _sound(self, speaking: list[bool]) -> Iterable[Observation]:
        state = self._state
        found: Iterable[Observation] = ()
        if "quiet.both" in state.said:
            found = (self._say("quiet.over", state.quiet_from, self._began(speaking)),)
        state.said.clear()
        if not any(state.was):
            silence = self._began(speaking) - state.quiet_from
            state.broke |= state.answered and silence >= _PROMPT
        if speaking[AGENT]:
            state.answered |= state.caller_spoke >= HOPS_PER_SECOND * self.caller_least_s
            state.caller_spoke, state.waits, state.broke = 0, False, False
        elif speaking[CALLER]:
            state.caller_spoke += 1
        state.nonstop = state.nonstop + 1 if speaking[CALLER] and state.was[CALLER] else 0
        return found

    def _began(self, speaking: list[bool]) -> int:
        """First hop of the sound that has just proved to be speech."""
        state, latest = self._state, self._state.hop + 1 - ONSET
        speakers = [side for side, speaks in zip(state.sides, speaking, strict=True) if speaks]
        begun = min(side.first for side in speakers)
        return begun if latest - begun <= _LONGEST_ONSET else latest

    def _silence(self) -> list[Observation]:
        state = self._state
        found: list[Observation] = []
        if state.was[AGENT] or state.was[CALLER]:
            self._fell_silent()
        self._follow_tail()
        quiet = state.hop + 1 - state.quiet_from
        if quiet >= self.both_s * HOPS_PER_SECOND:
            found.extend(self._once("quiet.both", state.quiet_from))
        patience_s = self.broke_s if state.broke else self.unanswered_s
        asked = state.waits and "quiet.unanswered" not in state.said
        if asked and quiet >= patience_s * HOPS_PER_SECOND:
            state.waits = not state.recording.heard_before(state.quiet_from)
            found.extend(self._once("quiet.unanswered", state.quiet_from) if state.waits else ())
        return found

    def _fell_silent(self) -> None:
        state = self._state
        state.spoke = [side for side, spoke in zip(state.sides, state.was, strict=True) if spoke]
        state.quiet_from = state.hop + 1 - HANGOVER
        words = state.caller_spoke - HANGOVER
        state.waits = state.was[CALLER] and words >= self.caller_least_s * HOPS_PER_SECOND
        played = state.nonstop >= _PLAYS or state.hop - state.played < _LATELY
        state.waits = state.waits and not played

    def _follow_tail(self) -> None:
        """Let the silence begin later while the last words are still dying away."""
        state = self._state
        tail = 1 + (max(side.last for side in state.spoke) if state.spoke else 0)
        if tail - state.quiet_from <= HANGOVER:
            state.quiet_from = max(state.quiet_from, tail)
        if state.hop - state.quiet_from > HANGOVER:
            state.spoke = []

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
