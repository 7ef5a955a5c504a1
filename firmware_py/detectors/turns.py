"""Turns: what each side says between two silences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, Observation
from firmware_py.detectors.voicing import UNDER_OWN_DB, Voicing
from firmware_py.hearing.voice_activity import HANGOVER, ONSET


@dataclass(slots=True)
class _Turn:
    start: int | None = None
    """First hop of the turn that goes on."""
    last: int = 0
    """Its last speaking hop."""


@dataclass(slots=True)
class _State:
    voicing: Voicing
    hop: int = 0
    turns: tuple[_Turn, _Turn] = field(default_factory=lambda: (_Turn(), _Turn()))


@dataclass(slots=True)
class Turns:
    """Hears ``onset.agent`` or ``onset.caller`` when a turn begins, ``turn.…`` when it is over.

    A turn is speech of one side, bounded by silences of that side (Sacks, Schegloff and Jefferson
    1974); ``Observation.value`` is its length in seconds (0 at its onset).

    The agent's must have the pitch of a voice; that of the caller is not heard.

    Known weaknesses: any sound of the caller's that passes for speech makes a turn, or lengthens
    one; the agent's onset comes some 100 ms after the ear was sure of it.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "onset.agent",
        "onset.caller",
        "turn.agent",
        "turn.caller",
    )

    pause_s: float = 0.6
    """Seconds of silence that end a turn."""
    under_own_db: float = UNDER_OWN_DB
    """dB under the agent's own voice at which a voice is the next desk's."""
    _state: _State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget who was speaking."""
        self._state = _State(Voicing(self.under_own_db))

    def feed(self, features: Features) -> list[Observation]:
        """Return the turns that are over by the end of these Features."""
        found: list[Observation] = []
        self._state.hop = features.start
        facts = features.speaking.tolist(), features.level.tolist(), features.pitch.tolist()
        for speaking, level, pitch in zip(*facts, strict=True):
            hop, voicing = self._state.hop, self._state.voicing
            voice = voicing.hear(hop, level, speaking[AGENT], pitch)
            agent, caller = self._state.turns
            if voice or agent.start is not None:
                found.extend(self._hear(AGENT, voice, voicing.onset(hop) if voice else hop))
            if speaking[CALLER] or caller.start is not None:
                found.extend(self._hear(CALLER, speaking[CALLER], hop))
            self._state.hop += 1
        return found

    def _hear(self, side: int, speaking: bool, since: int) -> Iterator[Observation]:
        hop, turn = self._state.hop, self._state.turns[side]
        if speaking:
            if turn.start is None:
                turn.start = max(0, since + 1 - ONSET)
                yield self._say("onset", side, turn.start, turn.start)
            turn.last = hop
        elif turn.start is not None:
            end = max(turn.start + 1, turn.last + 1 - HANGOVER)
            if hop + 1 - end >= self.pause_s * HOPS_PER_SECOND:
                yield self._say("turn", side, turn.start, end)
                turn.start = None

    def _say(self, what: str, side: int, start: int, end: int) -> Observation:
        return Observation(
            name=f"{what}.{'agent' if side == AGENT else 'caller'}",
            start=start / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=(self._state.hop + 1) / HOPS_PER_SECOND,
            score=1.0,
            value=(end - start) / HOPS_PER_SECOND,
        )
