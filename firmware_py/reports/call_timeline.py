"""The story of one call, as much as a person needs to see of it: no sound, no transcript."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, BoolArray, Cue, FloatArray


@dataclass(frozen=True, slots=True)
class Mark:
    """A Finding, with what people read of it."""

    clause: str
    """Id of the clause, or the rule's where it carries none."""
    title: str
    """What it is about, in a few words."""
    advice: str
    cue: Cue
    start: float
    """Second at which the cause began."""
    end: float
    """Second at which the cause ended."""
    at: float
    """Second at which the device spoke."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the rulebook that the agent was heard to say."""

    clause: str
    text: str
    """As the rulebook writes them."""
    start: float
    """Seconds."""
    end: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What the light said from one second to another."""

    cue: Cue
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A step in the life of a call."""

    what: str
    """``start``, ``hold``, ``resume`` or ``end``."""
    at: float
    """Second at which it came."""


@dataclass(frozen=True, slots=True)
class Share:
    """How a call's time was spent: parts that add up to 1."""

    agent: float
    """The agent alone spoke."""
    both: float
    """Both spoke at once."""
    caller: float
    """The caller alone spoke."""
    quiet: float
    """Nobody spoke."""


@dataclass(frozen=True, slots=True)
class CallTimeline:
    """Everything that is drawn of a call."""

    title: str
    began: datetime
    rulebook: str
    """Its title."""
    level: FloatArray
    """dBFS per hop, shape [hops, 2]."""
    speaking: BoolArray
    """Who speaks, shape [hops, 2]."""
    marks: tuple[Mark, ...] = ()
    words: tuple[Words, ...] = ()
    light: tuple[Glimpse, ...] = ()
    life: tuple[Moment, ...] = ()

    @property
    def seconds(self) -> float:
        """How long the call was."""
        return len(self.level) / HOPS_PER_SECOND

    @property
    def share(self) -> Share:
        """How its time was spent."""
        agent, caller = self.speaking[:, AGENT], self.speaking[:, CALLER]
        parts = (agent & ~caller, agent & caller, caller & ~agent, ~agent & ~caller)
        return Share(*(float(np.mean(part)) if len(part) else 0.0 for part in parts))


def runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Where a row of flags is set: first index, and the one after the last, of each stretch."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
