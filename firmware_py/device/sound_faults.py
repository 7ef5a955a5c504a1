"""What is wrong with the sound that comes in, as lines for a person."""

from typing import Final

_CHANNELS: Final = {
    "same": "both channels of the tap carry the same mix, so nobody's words can be charged:"
    " wire the agent left and the caller right",
    "mono": "one channel of the tap has carried nothing since the start: wire the agent left and"
    " the caller right",
    "swapped": "the channels of the tap seem swapped: set [tap] swap = true in deskcue.toml",
}
"""What is wrong with the channels -> the line for a person."""


def channels_line(fault: str) -> str:
    """Line for a fault of the channels, one word of ``Pipeline.channels_fault``; empty for none."""
    return _CHANNELS.get(fault, "")


def microphone_line(fault: str) -> str:
    """Line for a fault of the agent's microphone, one word; empty for none."""
    return f"the agent's microphone is faulty: {fault}; check plug and headset" if fault else ""
