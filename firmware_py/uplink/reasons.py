"""Reason codes of MQTT 5 (OASIS Standard, 2019, section 2.4), by what follows from them."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final

from firmware_py.outbox.quarantine import UNREADABLE

FAILURE: Final = 0x80
"""Codes from here on say that something was refused."""
NOBODY: Final = 0x10
"""It was taken, but nobody subscribes to its topic."""
UNSUPPORTED_VERSION: Final = 0x84
NOT_AUTHORISED: Final = 0x87
TAKEN_OVER: Final = 0x8E
"""Another client came in under the same name."""
NO_RETAIN: Final = 0x9A
NO_QOS: Final = 0x9B
BUSY: Final = frozenset({0x88, 0x89, 0x97, 0x9F})
"""Server unavailable, server busy, quota exceeded, connection rate exceeded: it will pass."""
ELSEWHERE: Final = frozenset({0x9C, 0x9D})
"""Use another server, server moved."""
BAD_LOGIN: Final = frozenset({0x86, NOT_AUTHORISED, 0x8C})
BAD_NAME: Final = 0x85

_CONTENT: Final = frozenset({0x90, 0x95, 0x99})
"""Topic name invalid, packet too large, payload format invalid."""
_UNSAID: Final = frozenset({0x80, 0x81, 0x82, 0x83})
"""Unspecified, malformed, protocol error, the broker's own reason."""
_LONGEST: Final = 200
"""Letters of what the broker says."""
_DENIED: Final = "not authorised"


class Refusal(Enum):
    """What it means that the broker refuses a message."""

    DENIED = auto()
    """The access list denies the topic: other messages there will fare no better."""
    CONTENT = auto()
    """This message is the trouble."""
    UNSAID = auto()
    """The broker does not say; it may be the message, or the broker's own trouble."""
    LATER = auto()
    """The broker has no room now."""


def refusal(code: int) -> Refusal:
    """Sort a reason code of ``FAILURE`` and up."""
    if code == NOT_AUTHORISED:
        return Refusal.DENIED
    if code in _CONTENT:
        return Refusal.CONTENT
    return Refusal.UNSAID if code in _UNSAID else Refusal.LATER


def blames_message(code: int) -> bool:
    """Whether a broker that hangs up with this reason may do so because of what was sent."""
    return code in {NO_RETAIN, NO_QOS} or refusal(code) is not Refusal.LATER


def said(code: Any, properties: Any) -> str:
    """A reason, and the broker's own words if it has any: printable ones, on one line.

    Args:
        code: paho's reason code.
        properties: what came with it; None in MQTT 3.1.1.
    """
    words = (getattr(properties, key, "") for key in ("ReasonString", "ServerReference"))
    line = ": ".join([str(code), *filter(None, words)])
    return "".join(one if one.isprintable() else " " for one in line)[:_LONGEST]


def why_refused(code: int, name: str) -> str:
    """Say why a topic is refused."""
    return _DENIED if refusal(code) is Refusal.DENIED else f"refused ({name})"


def aside_line(count: int, reason: str) -> str:
    """One line for events in quarantine, with why the last one is there."""
    if reason == UNREADABLE:
        return f"{count} events are put aside; the last one: {reason}"
    return f"{count} events are put aside, the broker refuses them: {reason}"


def denied_line(denied: Mapping[str, str]) -> str:
    """One line for topics and what the broker says against each; empty if there are none."""
    line = "; ".join(f"{why} for {topic}" for topic, why in denied.items())
    listed = any(why.startswith(_DENIED) for why in denied.values())
    where = "check the broker's access list" if listed else "see the broker's log"
    return line and f"{line}; {where}"
