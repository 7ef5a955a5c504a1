"""Reason codes of MQTT 5 (OASIS Standard, 2019, section 2.4), by what follows from them."""

from enum import Enum, auto
from typing import Final

FAILURE: Final = 0x80
"""Codes from here on say that something was refused."""
NOT_AUTHORISED: Final = 0x87
UNSUPPORTED_VERSION: Final = 0x84
TAKEN_OVER: Final = 0x8E
"""Another client came in under the same name."""

_CONTENT: Final = frozenset({0x90, 0x95, 0x99})
"""Topic name invalid, packet too large, payload format invalid."""
_UNSAID: Final = frozenset({0x80, 0x81, 0x82, 0x83})
"""Unspecified, malformed, protocol error, the broker's own reason."""


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
