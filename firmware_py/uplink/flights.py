"""Events on their way to the broker, and topics at which they wait."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flight:
    """An event on its way."""

    row: int
    topic: str
    at: float


@dataclass(slots=True)
class Gate:
    """A topic that the broker refuses."""

    until: float
    """When one event may try again."""
    why: str
    open: bool = False
    """Whether the next event is that one."""
