"""What makes one voice through one microphone look like those that the phone model learnt from.

The length of a vocal tract stretches the frequency axis (Lee and Rose, 1996); a voice and a
microphone have a colour, which adds to every band (Atal, 1974). One of six steps of the axis and a
number for each band undo both.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.hearing.mel import BANDS, CENTRES_HZ

WARPS: Final = (0.82, 0.88, 0.94, 1.0, 1.06, 1.12)
"""Factors by which what lies in a band is moved along the frequency axis."""
AS_IT_IS: Final = WARPS.index(1.0)
STRENGTH: Final = 0.5
"""Share of the colour that is undone (chosen on 15 people at their own microphones)."""

MOST: Final = 2.0
"""Natural log of energy (9 dB) that a band is raised or lowered by at most: one that a line cuts
off holds nothing that could be raised."""


@cache
def _axis(step: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], FloatArray]:
    """Between which two bands a band's energy is taken, and which share of the upper one."""
    places = np.interp(CENTRES_HZ / WARPS[step], CENTRES_HZ, np.arange(BANDS))
    low = places.astype(np.intp)
    return low, np.minimum(low + 1, BANDS - 1), (places - low).astype(np.float32)


def warped(mel: FloatArray, step: int) -> FloatArray:
    """Move log-mel rows, [hops, 40], along the frequency axis by one of ``WARPS``."""
    if step == AS_IT_IS:
        return mel
    low, high, share = _axis(step)
    moved: FloatArray = mel[:, low] + (mel[:, high] - mel[:, low]) * share
    return moved


def colour(spectrum: FloatArray) -> FloatArray:
    """Give a mean log spectrum, [40], without its loudness."""
    without: FloatArray = spectrum - spectrum.mean()
    return without


@dataclass(frozen=True, slots=True)
class VoiceFit:
    """Turns log-mel rows of a voice into such as the phone model knows."""

    step: int = AS_IT_IS
    """Which of ``WARPS``."""
    bias: FloatArray | None = None
    """Added to every band, [40]."""

    @classmethod
    def to(cls, usual: FloatArray, spectrum: FloatArray, trust: float, step: int) -> "VoiceFit":
        """Fit a voice.

        Args:
            usual: colour of the voices that the model learnt from, [40].
            spectrum: mean log-mel energies of the voice, [40].
            trust: share of it that is known, 0 to 1.
            step: which of ``WARPS``.
        """
        own = colour(warped(spectrum[np.newaxis], step)[0])
        bias = (usual - own) * np.float32(STRENGTH * trust)
        return cls(step, bias.clip(-MOST, MOST).astype(np.float32))

    def __call__(self, mel: FloatArray) -> FloatArray:
        """Take and give log-mel rows, [hops, 40]."""
        moved = warped(mel, self.step)
        return moved if self.bias is None else moved + self.bias
