"""What the outbox gives out."""

from dataclasses import dataclass

from firmware_py.outbox.event import Event


@dataclass(frozen=True, slots=True)
class Row:
    """An event on the shelf."""

    id: int
    """Counts up for ever."""
    event: Event
    kept: float
    """Seconds since the epoch at which it was put there."""
    tried: bool
    """Whether the uplink has tried to send it before."""
    sent: float | None
    """Seconds since the epoch at which the broker acknowledged it."""
    private: bool = False
    """Whether it never leaves the desk."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How full the shelf is."""

    pending: int
    sent: int
    """Of those that are still kept as history."""
    dropped: int
    """Events given up for want of room, since the outbox was made."""
    quarantined: int = 0
    """Events that the broker refuses; they are kept, and none of the pending."""
    private: int = 0
    """Events that never leave the desk; none of the others."""
