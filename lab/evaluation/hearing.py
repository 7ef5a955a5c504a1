"""Sound through the real ear, a Block at a time, as the device hears it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from firmware_py.core.ports import Detector
from firmware_py.core.types import AGENT, Features, Observation
from firmware_py.hearing.levels import Levels
from firmware_py.hearing.mel import BANDS, LogMel
from firmware_py.hearing.microphone_stats import MicrophoneStats
from firmware_py.hearing.pitch import Pitch
from firmware_py.hearing.voice_activity import VoiceActivity

BLOCK = 960


def frames(pcm: npt.NDArray[np.int16], mel: bool = True) -> Iterator[Features]:
    """Frames without posteriors; without mel energies and pitch too, where nobody needs them."""
    levels, speech, microphone = Levels(), VoiceActivity(), MicrophoneStats()
    bands, tracker = LogMel(), Pitch()
    start = 0
    for first in range(0, len(pcm), BLOCK):
        block = pcm[first : first + BLOCK]
        level = levels.feed(block)
        floor, speaking = speech.feed(level)
        picture = np.zeros((len(level), BANDS), dtype=np.float32)
        pitch = np.zeros(len(level), dtype=np.float32)
        if mel:
            picture = bands.feed(block[:, AGENT])
            pitch = tracker.feed(block[:, AGENT], speaking[:, AGENT])
        yield Features(
            start=start,
            level=level,
            floor=floor,
            speaking=speaking,
            microphone=microphone.feed(block),
            mel=picture,
            pitch=pitch,
            posterior_start=0,
            posteriors=np.zeros((0, 0), dtype=np.float32),
        )
        start += len(level)


def heard(pcm: npt.NDArray[np.int16]) -> Features:
    """A stretch of sound as one Frame, for detectors that hear it again and again."""
    parts = list(frames(pcm))
    names = ("level", "floor", "speaking", "microphone", "mel", "pitch")
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in names
    }
    return replace(parts[0], **arrays)


def listen(detector: Detector, pcm: npt.NDArray[np.int16], mel: bool = True) -> list[Observation]:
    """Everything a detector says about a stretch of sound."""
    return said(detector, frames(pcm, mel))


def said(detector: Detector, heard: Iterable[Features]) -> list[Observation]:
    """Everything a detector says about Frames."""
    return [seen for features in heard for seen in detector.feed(features)]
