"""Other mouths and other paces: mel energies of one utterance, moved along bands and time.

Another vocal tract is a warped mel axis (Jaitly and Hinton, 2013).
"""

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.mel import BANDS, CENTRES_HZ
from lab.training.conditions import Energies


def warped(energy: Energies, factor: npt.NDArray[np.float64]) -> Energies:
    """Move what lies in each band by a factor of its own, shape [40]."""
    at = np.interp(CENTRES_HZ / factor, CENTRES_HZ, np.arange(BANDS))
    low = at.astype(int)
    high = np.minimum(low + 1, BANDS - 1)
    part = (at - low).astype(np.float32)
    return np.asarray(energy[:, low] * (1 - part) + energy[:, high] * part, np.float32)


def stretched(energy: Energies, factor: float) -> Energies:
    """Say it ``factor`` times as slowly."""
    hops = max(4, round(len(energy) * factor))
    at = np.linspace(0, len(energy) - 1, hops)
    low = at.astype(int)
    high = np.minimum(low + 1, len(energy) - 1)
    part = (at - low).astype(np.float32)[:, None]
    return np.asarray(energy[low] * (1 - part) + energy[high] * part, np.float32)


def tensed(energy: Energies, contrast: float) -> Energies:
    """Sharpen (above 1) or blur the envelope of every hop, as a tense or a lax voice would."""
    log = np.log(energy + 1e-9)
    mean = log.mean(axis=1, keepdims=True)
    return np.asarray(np.exp(mean + np.float32(contrast) * (log - mean)), np.float32)


def faded(energy: Energies, hops: int) -> Energies:
    """Fade both ends, so that neighbours melt into each other."""
    hops = min(hops, len(energy) // 3)
    if hops:
        ramp = (np.arange(1, hops + 1, dtype=np.float32) / (hops + 1))[:, None]
        energy = energy.copy()
        energy[:hops] *= ramp
        energy[-hops:] *= ramp[::-1]
    return energy


def curve(rng: np.random.Generator, spread: float) -> npt.NDArray[np.float64]:
    """A smooth random curve about 1 over the bands, shape [40]."""
    return np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, 6), 1 + rng.normal(0, spread, 6))
