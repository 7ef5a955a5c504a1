"""What a broker takes, as it says when it lets a client in (MQTT 5, section 3.2.2.3)."""

from dataclasses import dataclass
from typing import Any, Final

from firmware_py.contract.topics import Channel

MOST_AT_ONCE: Final = 65_535


@dataclass(frozen=True, slots=True)
class Limits:
    """Without a word of the broker, and in MQTT 3.1.1: all that the standard knows."""

    window: int = MOST_AT_ONCE
    """Messages that may be on their way at once."""
    max_packet: int | None = None
    """Most bytes of a message with its topic; None: the broker did not say."""
    acknowledges: bool = True
    """Whether it takes QoS 1; without it nobody knows what arrived."""
    retains: bool = True
    """Whether it keeps the last message of a topic for who comes later."""

    def qos(self, channel: Channel) -> int:
        """Quality of service of what is sent on a channel."""
        return channel.qos if self.acknowledges else 0

    def retain(self, channel: Channel) -> bool:
        """Whether it is sent to be kept."""
        return channel.retain and self.retains


def limits_of(properties: Any) -> Limits:
    """Read a CONNACK's properties, as paho gives them; None in MQTT 3.1.1."""
    return Limits(
        getattr(properties, "ReceiveMaximum", None) or MOST_AT_ONCE,
        getattr(properties, "MaximumPacketSize", None),
        getattr(properties, "MaximumQoS", 1) >= 1,
        bool(getattr(properties, "RetainAvailable", 1)),
    )
