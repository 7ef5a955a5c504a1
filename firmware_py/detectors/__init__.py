"""Detectors: Features become Observations. One file each; none knows of another.

A detector is a dataclass. Its fields are the keys of its table in a rulebook, ``[detectors.NAME]``.
The phrase detector is not listed: it is built from the rulebook's phrases.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from firmware_py.core.ports import Detector
from firmware_py.detectors.call import Call
from firmware_py.detectors.channels import Channels
from firmware_py.detectors.clarity import Clarity
from firmware_py.detectors.drawl import Drawl
from firmware_py.detectors.eating import Eating
from firmware_py.detectors.interruption import Interruption
from firmware_py.detectors.intonation import Intonation
from firmware_py.detectors.loudness import Loudness
from firmware_py.detectors.microphone_faults import MicrophoneFaults
from firmware_py.detectors.pace import Pace
from firmware_py.detectors.quiet import Quiet
from firmware_py.detectors.shares import Shares
from firmware_py.detectors.shouting import Shouting
from firmware_py.detectors.turns import Turns

DETECTORS: Final[Mapping[str, type[Detector]]] = MappingProxyType(
    {
        "call": Call,
        "channels": Channels,
        "clarity": Clarity,
        "drawl": Drawl,
        "eating": Eating,
        "interruption": Interruption,
        "intonation": Intonation,
        "loudness": Loudness,
        "microphone": MicrophoneFaults,
        "pace": Pace,
        "quiet": Quiet,
        "shares": Shares,
        "shouting": Shouting,
        "turns": Turns,
    }
)
"""Name in a rulebook -> class; every class can be made without arguments."""

FAILURE: Final = "fault.detector"
"""Observation of a detector that failed; its name follows, after a dot."""
