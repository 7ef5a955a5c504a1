"""What is wrong with the sound that comes in, and its line for a person."""

from collections.abc import Iterable
from typing import Final

from firmware_py.core.types import Observation

_CHANNELS: Final = {
    "same": "both channels of the tap carry the same mix, so nobody's words can be charged:"
    " wire the agent left and the caller right",
    "mono": "one channel of the tap has carried nothing since the start: wire the agent left and"
    " the caller right",
    "swapped": "the channels of the tap seem swapped: set [tap] swap = true in deskcue.toml",
}
"""What is wrong with the channels -> the line for a person."""


class SoundFaults:
    """Follows what is wrong with the agent's microphone and with the channels."""

    def __init__(self) -> None:
        self.found = {"microphone": "", "channels": ""}
        """What is wrong with each, one word; empty while all is well."""

    def hear(self, observations: Iterable[Observation]) -> None:
        """Take what was observed, of faults and of their end."""
        for observation in observations:
            part, _, word = observation.name.removeprefix("fault.").partition(".")
            if part in self.found and observation.name.startswith("fault."):
                self.found[part] = word
            elif part in self.found and word == "ok":
                self.found[part] = ""

    @property
    def line(self) -> str:
        """Line for a person; empty while all is well."""
        channels, microphone = _CHANNELS.get(self.found["channels"], ""), self.found["microphone"]
        if channels or not microphone:
            return channels
        return f"the agent's microphone is faulty: {microphone}; check plug and headset"
