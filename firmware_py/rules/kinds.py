"""The few kinds of rule: what each waits for, and when it speaks.

A kind's fields are the keys of its table in a rulebook; ``firmware_py.rules.evaluator`` applies it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from firmware_py.rules.event_pattern import EventPattern


def not_negative(key: str, value: float) -> None:
    """Refuse a number under 0.

    Raises:
        ValueError: it is, with the key that it was given for.
    """
    if value < 0:
        raise ValueError(f'"{key}" must be 0 or more')


@dataclass(frozen=True, slots=True)
class Never:
    """Speaks whenever the event is observed."""

    when: EventPattern
    unless: EventPattern | None = None
    """Excuses the event, if it came in the ``within_s`` seconds before."""
    within_s: float = float("inf")
    """Seconds of stream; left out: within the call."""
    after: EventPattern | None = None
    """Makes it wait until that was observed in the call."""

    def __post_init__(self) -> None:
        not_negative("within_s", self.within_s)


@dataclass(frozen=True, slots=True)
class Limit:
    """Speaks when the event is observed more often than ``most`` times within a time."""

    when: EventPattern
    most: int
    within_s: float = float("inf")
    """Seconds of stream; left out: within the call."""

    def __post_init__(self) -> None:
        not_negative("most", self.most)
        not_negative("within_s", self.within_s)


@dataclass(frozen=True, slots=True)
class Must:
    """Speaks when something needed is left out: all of ``need``, in order, near a trigger."""

    need: tuple[EventPattern, ...]
    after: EventPattern | None = None
    """Trigger: the need has to come within ``within_s`` seconds after it."""
    before: EventPattern | None = None
    """Trigger: the need has to have come within the ``within_s`` seconds before it."""
    within_s: float = float("inf")
    unless: EventPattern | None = None
    """Lifts the duty while it waits."""

    def __post_init__(self) -> None:
        not_negative("within_s", self.within_s)
        if not self.need:
            raise ValueError('"need" names nothing')
        if (self.after is None) == (self.before is None):
            raise ValueError('needs either "after" or "before"')
        if self.after and self.within_s == float("inf"):
            raise ValueError('"after" needs "within_s", or it would wait for ever')


@dataclass(frozen=True, slots=True)
class Together:
    """Speaks when all events are observed within a time, in any order."""

    all: tuple[EventPattern, ...]
    within_s: float = 0.0
    """Largest gap in seconds between any two of them; 0: they must overlap."""

    def __post_init__(self) -> None:
        not_negative("within_s", self.within_s)
        if len(self.all) < 2:
            raise ValueError('"all" must name two or more events')


@dataclass(frozen=True, slots=True)
class Sequence:
    """Speaks when events come one after the other."""

    steps: tuple[EventPattern, ...]
    within_s: float = float("inf")
    """Largest gap in seconds between the end of a step and the start of the next."""
    unless: EventPattern | None = None
    """Starts it again."""

    def __post_init__(self) -> None:
        not_negative("within_s", self.within_s)
        if len(self.steps) < 2:
            raise ValueError('"steps" must name two or more events')


Kind = Never | Limit | Must | Together | Sequence


def events_of(kind: Kind) -> Iterator[tuple[str, EventPattern]]:
    """Every event that a rule of that kind waits for, with its key."""
    for spec in fields(kind):
        value = getattr(kind, spec.name)
        for event in value if isinstance(value, tuple) else (value,):
            if isinstance(event, EventPattern):
                yield spec.name, event
