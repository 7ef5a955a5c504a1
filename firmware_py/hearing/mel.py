"""Log-mel energies: the ear's picture of one channel, a row every hop.

The same code makes the features that the phone model is trained on, so what it learnt from is what
it hears.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOP, RATE, FloatArray

BANDS: Final = 40
WINDOW: Final = 400
"""Samples per window (25 ms); a window ends where its hop ends, so nothing waits for the future."""
FFT: Final = 512
LOWEST_HZ: Final = 60.0
HIGHEST_HZ: Final = 7_600.0
FLOOR: Final = 1e-10
"""Added to every energy: about -100 dB below a full-scale sine, less than one bit of noise."""

PARAMETERS: Final = {
    "rate": RATE,
    "hop": HOP,
    "window": WINDOW,
    "fft": FFT,
    "bands": BANDS,
    "lowest_hz": LOWEST_HZ,
    "highest_hz": HIGHEST_HZ,
    "floor": FLOOR,
}
"""What a model must have been trained with to fit; its sidecar repeats them."""


def _mel(hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Convert Hz to mel (O'Shaughnessy, 1987)."""
    return 2595.0 * np.log10(1.0 + np.asarray(hz, dtype=np.float64) / 700.0)


_CENTRES: Final = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), BANDS + 2)
"""Centre of every band in mel, between the edges of the first and the last."""
CENTRES_HZ: Final = 700.0 * (10.0 ** (_CENTRES[1:-1] / 2595.0) - 1.0)
"""Centre of every band, shape [40]."""


@dataclass(frozen=True, slots=True)
class _Triangles:
    """Triangular filters, written as what each bin gives to the band above and the band below.

    Neighbouring triangles overlap by half, so every bin between two centres belongs to exactly two
    bands, and one sum over each stretch of bins replaces a product of matrices. Unlike the latter
    it rounds the same however many rows it is given, which keeps live and replay identical.
    """

    rising: FloatArray
    falling: FloatArray
    edges: npt.NDArray[np.intp]

    @classmethod
    def build(cls) -> "_Triangles":
        bins = _mel(np.arange(FFT // 2 + 1) * RATE / FFT)
        edges = np.searchsorted(bins, _CENTRES)
        stretch = np.clip(np.searchsorted(_CENTRES, bins, side="right") - 1, 0, BANDS)
        rising = (bins - _CENTRES[stretch]) / (_CENTRES[stretch + 1] - _CENTRES[stretch])
        inside = (bins >= _CENTRES[0]) & (bins < _CENTRES[-1])
        rising = np.where(inside, rising, 0.0)
        falling = np.where(inside, 1.0 - rising, 0.0)
        return cls(rising.astype(np.float32), falling.astype(np.float32), edges[:-1])

    def __call__(self, power: FloatArray) -> FloatArray:
        up = np.add.reduceat(power * self.rising, self.edges, axis=1)
        down = np.add.reduceat(power * self.falling, self.edges, axis=1)
        return up[:, :-1] + down[:, 1:]


_TRIANGLES: Final = _Triangles.build()
_HANN: Final = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
# A full-scale sine comes out near 1; samples come in as int16.
_SHAPE: Final = (_HANN * np.float32(2.0 / _HANN.sum() / 32_768.0)).astype(np.float32)


def log_mel(windows: npt.NDArray[np.int16]) -> FloatArray:
    """Natural-log mel energies of windows, int16 [rows, WINDOW] -> [rows, 40].

    A row comes out the same however many there are.
    """
    spectrum = np.fft.rfft(windows * _SHAPE, FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    logs: FloatArray = np.log(_TRIANGLES(power.astype(np.float32, copy=False)) + np.float32(FLOOR))
    return logs


@dataclass(slots=True)
class LogMel:
    """Streams int16 samples of one channel into rows of natural-log mel energies."""

    _tail: npt.NDArray[np.int16] = field(init=False, repr=False)
    """What the next window still needs: up to a window of past samples and a broken hop."""

    def __post_init__(self) -> None:
        """Start before the first sample."""
        self.reset()

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._tail = np.zeros(WINDOW - HOP, dtype=np.int16)

    def feed(self, pcm: npt.NDArray[np.int16]) -> FloatArray:
        """Take int16 samples, shape [n]; return the rows of all hops they complete, [hops, 40]."""
        samples = np.concatenate((self._tail, pcm))
        hops = (len(samples) - (WINDOW - HOP)) // HOP
        self._tail = samples[hops * HOP :].copy()
        if hops == 0:
            return np.empty((0, BANDS), dtype=np.float32)
        # A view by hand: numpy's sliding_window_view costs as much as the transform.
        step = samples.itemsize
        return log_mel(np.ndarray((hops, WINDOW), np.int16, samples, 0, (HOP * step, step)))
