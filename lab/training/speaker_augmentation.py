"""More speakers than were recorded: real ones with another larynx and another vocal tract.

A recording is taken apart into pitch, spectral envelope and breath and put together again as
another person's (WORLD: Morise et al., 2016).
"""

import random
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyworld

from firmware_py.core.types import RATE
from lab.training.corpus import Sound

PERIOD_MS: Final = 8.0
"""Distance of the vocoder's frames."""
LOWEST_HZ: Final = 80.0
HIGHEST_HZ: Final = 320.0
"""Pitch of a bass and of a child."""
TRACT_PER_PITCH: Final = 0.27
"""Formants rise by this power of the pitch from men to women and children (Fant, 1966)."""
KNOTS_HZ: Final = (0.0, 500.0, 1_500.0, 2_700.0, 4_000.0, 8_000.0)
"""About where the formants lie; each moves a little on its own."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker who never lived."""

    pitch_hz: float
    """Median pitch."""
    tune: float
    """Factor of the pitch's excursions, in octaves."""
    tract: float
    """How far the formants are from where the pitch alone would put them, as a factor."""
    formants: tuple[float, ...]
    """A further factor for each of ``KNOTS_HZ``."""
    breath: float
    """Power of the aperiodicity: below 1 is breathier than recorded."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A recording, taken apart."""

    pitch_hz: npt.NDArray[np.float64]
    """0 where unvoiced, shape [frames]."""
    envelope: npt.NDArray[np.float64]
    """Power, shape [frames, bins]."""
    breath: npt.NDArray[np.float64]
    """Aperiodicity, 0 to 1, shape [frames, bins]."""


def invent(name: str) -> Voice:
    """Make up a speaker; the same name gives the same one."""
    rng = random.Random(name)
    return Voice(
        pitch_hz=LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** rng.random(),
        tune=rng.uniform(0.6, 1.4),
        tract=float(np.exp(rng.gauss(0, 0.07))),
        formants=tuple(1 + rng.gauss(0, 0.035) for _ in KNOTS_HZ),
        breath=rng.uniform(0.5, 1.3),
    )


def take_apart(sound: Sound) -> Parts:
    """Analyse a recording at 16 kHz."""
    samples = sound.astype(np.float64)
    rough, times = pyworld.dio(samples, RATE, frame_period=PERIOD_MS)
    pitch = pyworld.stonemask(samples, rough, times, RATE)
    envelope = pyworld.cheaptrick(samples, pitch, times, RATE)
    return Parts(pitch, envelope, pyworld.d4c(samples, pitch, times, RATE))


def said_by(voice: Voice, parts: Parts) -> Sound:
    """Let a made-up speaker say what was recorded, at the recorded pace."""
    voiced = parts.pitch_hz > 0
    recorded = float(np.median(parts.pitch_hz[voiced])) if voiced.any() else voice.pitch_hz
    pitch = np.where(
        voiced,
        voice.pitch_hz * (np.maximum(parts.pitch_hz, 1.0) / recorded) ** voice.tune,
        0.0,
    )
    tract = voice.tract * (voice.pitch_hz / recorded) ** TRACT_PER_PITCH
    hz = np.linspace(0, RATE / 2, parts.envelope.shape[1])
    from_hz = hz / (tract * np.interp(hz, KNOTS_HZ, voice.formants))
    at = np.clip(from_hz / hz[1], 0, len(hz) - 1.001)
    low = at.astype(int)
    share = at - low
    log = np.log(parts.envelope + 1e-16)
    envelope = np.exp(log[:, low] * (1 - share) + log[:, low + 1] * share)
    breath = np.clip(parts.breath, 1e-3, 1.0) ** voice.breath
    pitch = np.clip(pitch, 0, 600)
    spoken = pyworld.synthesize(pitch, np.ascontiguousarray(envelope), breath, RATE, PERIOD_MS)
    return np.asarray(spoken, dtype=np.float32)
