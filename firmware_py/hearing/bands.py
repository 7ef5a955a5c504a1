"""Spectra of both channels: the agent's log-mel picture, and ten bands of each channel's energy.

Ten bands are as coarse a picture of a voice as tells an echo, and no words: nothing finer of the
caller's is handed on. One transform serves both channels.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOP, FloatArray, PcmArray
from firmware_py.hearing.mel import BANDS, WINDOW, log_mel

WIDTH: Final = 4
"""Mel bands that are one here."""
_DB: Final = np.float32(10 / np.log(10))


def energy_bands(mel: FloatArray) -> FloatArray:
    """Log-mel energies, natural log [hops, 40] -> dB [hops, 10]."""
    power = np.exp(mel).reshape(len(mel), BANDS // WIDTH, WIDTH).sum(axis=2)
    decibels: FloatArray = np.log(power) * _DB
    return decibels


@dataclass(slots=True)
class Spectra:
    """Streams int16 samples of both channels into the agent's log-mel rows and bands of both."""

    _tail: PcmArray = field(init=False, repr=False)
    """What the next window still needs, [samples, 2]: a window and a broken hop."""

    def __post_init__(self) -> None:
        """Start before the first sample."""
        self.reset()

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._tail = np.zeros((WINDOW - HOP, 2), dtype=np.int16)

    def feed(self, pcm: PcmArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Take int16 samples, shape [n, 2]; return what the hops they complete show.

        Returns:
            The agent's log-mel energies, [hops, 40]; dB of the agent's bands and of the caller's,
            [hops, 10] each.
        """
        samples = np.concatenate((self._tail, pcm))
        hops = (len(samples) - (WINDOW - HOP)) // HOP
        self._tail = samples[hops * HOP :].copy()
        if hops == 0:
            none = np.empty((0, BANDS // WIDTH), dtype=np.float32)
            return np.empty((0, BANDS), dtype=np.float32), none, none
        sides = np.ascontiguousarray(samples.T)
        steps = (sides.strides[0], HOP * sides.itemsize, sides.itemsize)
        windows = np.ndarray((2, hops, WINDOW), np.int16, sides, 0, steps)
        mel = log_mel(windows.reshape(2 * hops, WINDOW))
        bands = energy_bands(mel).reshape(2, hops, -1)
        return mel[:hops], bands[AGENT], bands[CALLER]
