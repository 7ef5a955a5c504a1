"""Interruption: who starts to speak while the other one is speaking, and goes on."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation
from firmware_py.detectors.current_turn import CurrentTurn
from firmware_py.detectors.voicing import UNDER_OWN_DB, Voicing
from firmware_py.hearing.voice_activity import ONSET

_GAP_HOPS = 35
"""Hops without voice after which a side has fallen silent, for now."""
_LOUD_DB = 3.0
"""dB over the floor that count as voice rather than as the hangover after it."""


@dataclass(slots=True)
class _State:
    voicing: Voicing
    hop: int = 0
    turns: tuple[CurrentTurn, CurrentTurn] = field(
        default_factory=lambda: (CurrentTurn(), CurrentTurn())
    )
    who: int | None = None
    """Side that started inside the other's turn, until it is clear what that was."""
    from_hop: int = 0
    collided: int | None = None
    """Hop of the second onset of two that came together."""
    pushed: int | None = None
    """Onset of an agent's interruption whose caller may still yield."""
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=3))

    def waits(self) -> bool:
        """Whether something has begun of which it is not clear yet what it is."""
        return not (self.who is None and self.collided is None and self.pushed is None)


@dataclass(slots=True)
class Interruption:
    """Hears who speaks into the other's turn. ``Observation.value`` is seconds spoken together.

    - ``interruption.agent``: the caller had been speaking for ``caller_had_s``; the agent started
      inside that and both went on for ``over_s``. ``interruption.caller``: the other way round.
    - ``backchannel``: the agent said something short, no louder than usual, and the caller went
      on (嗯, 对, 好的: Yngve 1970). No interruption.
    - ``collision``: both started within ``collision_s`` after a silence. Nobody's fault.
    - ``interruption.serious``: the caller fell silent under an interruption and the agent spoke on,
      or it was the ``often`` th within ``often_s``.

    Turns follow Sacks, Schegloff and Jefferson (1974): a pause shorter than ``pause_s`` does not
    end one, and an overlap shorter than ``over_s`` is the usual smooth change of speaker
    (Heldner and Edlund 2010), not an interruption.

    Of the agent only what has the pitch of a voice counts: bites and keys are loud, too.

    Known weaknesses: knows sound, not words: a caller who yields in less than ``over_s`` looks like
    one who had finished; a long or loud string of 对对对 looks like an interruption.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "backchannel",
        "collision",
        "interruption.agent",
        "interruption.caller",
        "interruption.serious",
    )

    caller_had_s: float = 1.0
    """Seconds the other must have been speaking, for starting then to be an interruption."""
    over_s: float = 0.6
    """Seconds that both must go on."""
    backchannel_s: float = 1.0
    """Longest backchannel, in seconds."""
    louder_db: float = 3.0
    """dB over the agent's usual level from which a short remark is no backchannel."""
    collision_s: float = 0.3
    """Seconds between two onsets that make a collision."""
    voiced_least: float = 0.3
    """Least share of the agent's sound with a pitch: bites have less, words have more."""
    pause_s: float = 0.7
    """Longest pause inside a turn, in seconds."""
    yield_s: float = 3.0
    """Seconds after an interruption in which a caller's falling silent counts as yielding."""
    often: int = 3
    """Interruptions within ``often_s`` that make the last one serious."""
    often_s: float = 120.0
    """Seconds over which interruptions are counted."""
    under_own_db: float = UNDER_OWN_DB
    """dB under the agent's own voice at which a voice is the next desk's."""
    _state: _State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the call."""
        self._state = _State(Voicing(self.under_own_db))

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        found: list[Observation] = []
        loud = (features.speaking & (features.level > features.floor + _LOUD_DB)).tolist()
        self._state.hop = features.start
        facts = loud, features.level.tolist(), features.pitch.tolist()
        for row, level, pitch in zip(*facts, strict=True):
            voice = self._state.voicing.hear(self._state.hop, level, row[AGENT], pitch)
            if row[CALLER]:
                self._speaks(CALLER, level[CALLER], self._state.hop)
            if voice:
                self._speaks(AGENT, level[AGENT], self._state.voicing.onset(self._state.hop))
            if self._state.waits():
                found.extend(self._follow())
            self._state.hop += 1
        return found

    def _speaks(self, side: int, level: float, since: int) -> None:
        state = self._state
        turn = state.turns[side]
        if state.hop - turn.last > self.pause_s * HOPS_PER_SECOND:
            turn.begin(since + 1 - ONSET)
            self._onset(side)
        turn.hear(state.hop, level)

    def _follow(self) -> Iterator[Observation]:
        state = self._state
        if state.who is not None:
            yield from self._judge(state.who)
        if state.collided is not None:
            yield from self._collide(state.collided)
        if state.pushed is not None:
            yield from self._watch_yield(state.pushed)

    def _onset(self, side: int) -> None:
        state = self._state
        mine, other = state.turns[side], state.turns[1 - side]
        if self._state.hop - other.last > _GAP_HOPS:
            return
        had = mine.start - other.start
        if had >= self.caller_had_s * HOPS_PER_SECOND:
            state.who, state.from_hop = side, mine.start
        elif had <= self.collision_s * HOPS_PER_SECOND:
            state.collided = mine.start

    def _over(self, turn: CurrentTurn) -> bool:
        return self._state.hop - turn.last > self.pause_s * HOPS_PER_SECOND

    def _together(self) -> int:
        agent, caller = self._state.turns
        return min(agent.last, caller.last) + 1 - self._state.from_hop

    def _worded(self, who: int) -> bool:
        """Whether what a side said has the pitch of words; the caller's pitch is not heard."""
        state = self._state
        length = state.turns[who].last + 1 - state.from_hop
        voiced = state.voicing.voiced(state.hop + 1 - state.from_hop)
        return who == CALLER or voiced >= self.voiced_least * length

    def _judge(self, who: int) -> Iterator[Observation]:
        """Decide what an onset inside the other's turn was, as soon as that is clear."""
        state = self._state
        mine, other = state.turns[who], state.turns[1 - who]
        enough = self._together() >= self.over_s * HOPS_PER_SECOND and self._worded(who)
        length = mine.last + 1 - state.from_hop
        if self._over(mine):
            state.who = None
            if length <= self.backchannel_s * HOPS_PER_SECOND and not self._over(other):
                yield from self._short(who, enough, length)
            elif enough:
                yield from self._interrupted(who)
        elif enough and length > self.backchannel_s * HOPS_PER_SECOND:
            state.who = None
            yield from self._interrupted(who)
        elif self._over(other):
            state.who = None
            if enough:
                yield from self._interrupted(who)

    def _short(self, who: int, enough: bool, length: int) -> Iterator[Observation]:
        mine = self._state.turns[who]
        usual = mine.mean_db() if mine.usual_db is None else mine.usual_db
        if enough and mine.mean_db() > usual + self.louder_db:
            yield from self._interrupted(who)
        elif who == AGENT:
            yield self._say("backchannel", self._state.from_hop, mine.last + 1, length)

    def _interrupted(self, who: int) -> Iterator[Observation]:
        state = self._state
        start, length = state.from_hop, self._together()
        name = "interruption.agent" if who == AGENT else "interruption.caller"
        yield self._say(name, start, start + length, length)
        if who == AGENT:
            state.pushed = start
            state.recent.append(start)
            yield from self._count(start, length)

    def _count(self, start: int, length: int) -> Iterator[Observation]:
        recent = self._state.recent
        while len(recent) > self.often:
            recent.popleft()
        if len(recent) == self.often and start - recent[0] <= self.often_s * HOPS_PER_SECOND:
            recent.clear()
            self._state.pushed = None
            yield self._say("interruption.serious", start, start + length, length)

    def _watch_yield(self, onset: int) -> Iterator[Observation]:
        agent, caller = self._state.turns
        if agent.last - caller.last >= HOPS_PER_SECOND:
            self._state.pushed = None
            if caller.last - onset <= self.yield_s * HOPS_PER_SECOND:
                together = caller.last + 1 - onset
                yield self._say("interruption.serious", onset, caller.last + 1, together)
        elif self._over(agent):
            self._state.pushed = None

    def _collide(self, start: int) -> Iterator[Observation]:
        state = self._state
        together = min(turn.last for turn in state.turns) + 1 - start
        if together >= self.collision_s * HOPS_PER_SECOND:
            state.collided = None
            yield self._say("collision", start, start + together, together)
        elif any(self._over(turn) for turn in state.turns):
            state.collided = None

    def _say(self, name: str, start: int, end: int, together: int) -> Observation:
        now = self._state.hop + 1
        sure = together / HOPS_PER_SECOND / (2 * self.over_s)
        return Observation(
            name=name,
            start=max(0, start) / HOPS_PER_SECOND,
            end=min(end, now) / HOPS_PER_SECOND,
            at=now / HOPS_PER_SECOND,
            score=min(1.0, sure),
            value=together / HOPS_PER_SECOND,
        )
