"""Energies of ten bands: as coarse a picture of a voice as tells an echo, and no words."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.hearing.mel import BANDS, LogMel

WIDTH: Final = 4
"""Mel bands that are one here."""
_DB: Final = np.float32(10 / np.log(10))


def energy_bands(mel: FloatArray) -> FloatArray:
    """Log-mel energies, natural log [hops, 40] -> dB [hops, 10]."""
    power = np.exp(mel).reshape(len(mel), BANDS // WIDTH, WIDTH).sum(axis=2)
    decibels: FloatArray = np.log(power) * _DB
    return decibels


@dataclass(slots=True)
class EnergyBands:
    """Streams int16 samples of one channel into rows of ten bands; nothing finer is handed on."""

    _mel: LogMel = field(init=False, repr=False, default_factory=LogMel)

    def feed(self, pcm: npt.NDArray[np.int16]) -> FloatArray:
        """Take int16 samples, shape [n]; return dB of every hop they complete, [hops, 10]."""
        return energy_bands(self._mel.feed(pcm))

    def reset(self) -> None:
        """Forget the samples of an unfinished window."""
        self._mel.reset()
