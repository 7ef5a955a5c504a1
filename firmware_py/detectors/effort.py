"""Effort: how a stretch of the agent's speech sounds, in what grows with the effort of a voice."""

from dataclasses import dataclass

import numpy as np

from firmware_py.core.types import AGENT, BoolArray, Features, FloatArray
from firmware_py.detectors.spectrum import band_edges, band_powers

_EDGES = band_edges(50, 1_000, 5_000)
_CLEAR_DB = 12.0
"""dB over the floor at which a hop shows something about the voice."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How a stretch of speech sounds."""

    level: float = 0.0
    """dBFS."""
    pitch: float = 0.0
    """Semitones over 100 Hz."""
    brightness: float = 0.0
    """Alpha ratio: dB of 1-5 kHz over 50-1000 Hz."""

    def towards(self, other: "Voice", share: float) -> "Voice":
        """The voice that lies a share of the way to another one."""
        return Voice(
            self.level + share * (other.level - self.level),
            self.pitch + share * (other.pitch - self.pitch),
            self.brightness + share * (other.brightness - self.brightness),
        )

    def over(self, usual: "Voice") -> "Voice":
        """What this voice has more than another one."""
        return Voice(
            self.level - usual.level,
            self.pitch - usual.pitch,
            self.brightness - usual.brightness,
        )

    @property
    def strain(self) -> float:
        """Rise of pitch and brightness: what a levelled microphone leaves of effort."""
        return self.pitch + self.brightness


def clear_hops(features: Features) -> BoolArray:
    """Which hops carry the agent's voice, clear of noise, [hops]."""
    speaking = features.speaking[:, AGENT]
    if not speaking.any():
        return speaking
    level = features.level[:, AGENT]
    clear: BoolArray = speaking & (level > features.floor[:, AGENT] + _CLEAR_DB)
    return clear & (features.pitch > 0)


def voice_of(level: FloatArray, pitch: FloatArray, mel: FloatArray) -> Voice:
    """Mean over clear hops: level in dBFS and pitch in Hz, [hops]; log-mel [hops, bands]."""
    low, high = band_powers(mel, _EDGES).T
    return Voice(
        float(level.mean()),
        float(12 * np.log2(pitch / 100).mean()),
        float(10 * np.log10(high / low).mean()),
    )
