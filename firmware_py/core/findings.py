"""What is said about sound, without any sound in it; ``core.types`` has the rest of what flows.

Apart, so that who only sends it needs no numpy: that is a third of the uplink's memory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Observation:
    """Something a detector heard. It blames nobody: rules do."""

    name: str
    """Dotted, from the general to the special: ``phrase.F5``, ``interruption.agent``."""
    start: float
    """Seconds from the start of the stream to where it began."""
    end: float
    """Seconds from the start of the stream to where it ended, or to now while it goes on."""
    at: float
    """Seconds of stream that had been heard when it was said; never before ``end``."""
    score: float
    """How sure the detector is: for phrases <= 0 (0 is perfect), for the others 0 to 1."""
    value: float = 0.0
    """The measured quantity, in the unit that the detector's docstring names."""


class Cue(StrEnum):
    """What a Finding asks the light to say."""

    NONE = "none"
    """Recorded, not shown."""
    AMBER = "amber"
    """A hint: there is still something the agent can do."""
    RED = "red"
    """A banned phrase, a serious interruption, abuse."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's word on what was observed."""

    rule: str
    """Id of the rule in the rulebook."""
    clause: str | None
    """Id of the clause in the service standard, or None for a site's own rule."""
    kind: str
    """What sort of thing it is: ``phrase``, ``interruption``, ``shouting``, ``eating``, ``quiet``;
    the first part of the Observation's name."""
    at: float
    """Seconds of stream that had been heard when the rule spoke."""
    start: float
    """Seconds from the start of the stream to where the cause began."""
    end: float
    """Seconds from the start of the stream to where the cause ended."""
    cue: Cue
    """What the light shall say."""
    score: float
    """Score of the Observation that decided."""
    advice: str = ""
    """One line for the agent, from the rulebook."""
    because: tuple[Observation, ...] = ()
    """The Observations behind it."""
    call: float | None = None
    """Second of the stream at which its call began, or None between calls."""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """How a call's time was spent, and what was found in it."""

    start: float
    """Second of the stream at which it began."""
    end: float
    """Second of the stream at which it ended."""
    talk_s: float
    """Seconds in which the agent spoke."""
    listen_s: float
    """Seconds in which the caller spoke."""
    both_s: float
    """Seconds in which both did; they count as talking and as listening too."""
    hold_s: float
    """Seconds on hold."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Id of the rule -> its Findings."""
    pace: float | None = None
    """Syllables per second of the agent's speech, if it was measured."""
