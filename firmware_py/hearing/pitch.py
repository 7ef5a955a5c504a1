"""Pitch: how often in a second the agent's vocal folds close, every hop.

Autocorrelation of a tapered window, made up for the taper (Boersma, 1993), of a spectrum whose
magnitudes are compressed, so that no single formant passes for the voice (Tolonen and Karjalainen,
2000). It needs the spacing of the harmonics only, so a telephone line that cuts the lowest one
off does no harm.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOP, RATE, BoolArray, FloatArray

Array = npt.NDArray[np.float64]

LOWEST_HZ: Final = 70.0
HIGHEST_HZ: Final = 500.0
DELAY_HOPS: Final = 2.5
"""Hops by which the middle of a window is older than the end of its hop."""

_VOICED: Final = 0.32
"""Least likeness of one period to the next; white noise stays below 0.24 in 995 hops of 1000."""
_HIGHER: Final = 0.015
"""Likeness that an octave more is worth: two periods are as alike as one, and not the pitch."""
_DOWN: Final = 4
_RATE: Final = RATE // _DOWN
"""Samples per second after the low pass: harmonics up to 1.7 kHz are enough."""
_TAPS: Final = 32
_WINDOW: Final = 192
"""Samples per window after the low pass (48 ms): three periods, as Boersma asks, of 63 Hz."""
_FFT: Final = 256
_FINE: Final = 2
"""Lags per sample."""
_SPAN: Final = _WINDOW * _DOWN + _TAPS - _DOWN
"""Samples before the low pass that a window is made of; it ends where its hop ends."""
_LONGEST: Final = int(_RATE * _FINE / LOWEST_HZ)
_SHORTEST: Final = round(_RATE * _FINE / HIGHEST_HZ)


def _low_pass() -> Array:
    """Windowed sinc in whole numbers, so that every sum of it is exact, in whatever order."""
    t = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2 * 1_700 / RATE * t) * np.hamming(_TAPS)
    return np.asarray(np.rint(taps / taps.sum() * 2**14))


_LOW_PASS: Final = _low_pass()
_HANN: Final = np.hanning(_WINDOW + 1)[:-1]
_BAND: Final = np.clip((np.arange(_FFT // 2 + 1) * _RATE / _FFT - 90) / 30, 0, 1)
"""Weight of every bin: nothing where mains hums."""


def _taper() -> Array:
    """Autocorrelation of the window at every lag, 1 at lag 0."""
    whole = np.fft.irfft(np.abs(np.fft.rfft(_HANN, 2 * _FFT)) ** 2, 2 * _FFT * _FINE)
    return np.asarray(whole[: _LONGEST + 2] / whole[0])


_PER_TAPER: Final = 1 / _taper()
_AROUND: Final = _SHORTEST + np.array([[-1], [0], [1]])
"""A peak and its neighbours."""
_FAVOUR: Final = _HIGHER * np.log2(_LONGEST / np.arange(_SHORTEST, _LONGEST + 1))


@dataclass(slots=True)
class Pitch:
    """Streams int16 samples of one channel into its pitch.

    Known weaknesses: a creaky voice has no period to find; a hop in which the pitch jumps is taken
    for unvoiced; on a telephone line a fifth of the weakest voiced hops is missed; about 2 hops of
    100 are heard an octave off (4 on a telephone line), so a reader takes medians.
    """

    _tail: npt.NDArray[np.int16] = field(init=False, repr=False)
    """What the next window still needs: up to a window of past samples and a broken hop."""

    def __post_init__(self) -> None:
        """Start before the first sample."""
        self.reset()

    def reset(self) -> None:
        """Forget everything; the time before the stream was digital silence."""
        self._tail = np.zeros(_SPAN - HOP, dtype=np.int16)

    def feed(self, pcm: npt.NDArray[np.int16], speaking: BoolArray) -> FloatArray:
        """Take int16 samples, shape [n], and whether somebody speaks in each hop they complete.

        Returns:
            Hz, shape [hops]; 0 where nobody speaks or the sound has no period.
        """
        samples = np.concatenate((self._tail, pcm))
        hops = (len(samples) - (_SPAN - HOP)) // HOP
        self._tail = samples[hops * HOP :].copy()
        pitch = np.zeros(hops, dtype=np.float32)
        spoken = speaking.nonzero()[0]
        if len(spoken):
            first, last = spoken[0], spoken[-1] + 1
            pitch[first:last] = _measure(samples[first * HOP :], int(last - first))
            pitch *= speaking
        return pitch


def _measure(samples: npt.NDArray[np.int16], hops: int) -> FloatArray:
    """Pitch of as many windows, one hop apart, in Hz or 0."""
    likeness = _likeness(_windows(samples, hops))
    middle = likeness[:, _SHORTEST : _LONGEST + 1]
    peaks = middle >= likeness[:, _SHORTEST - 1 : _LONGEST]
    peaks &= middle > likeness[:, _SHORTEST + 1 : _LONGEST + 2]
    merit = (middle + _FAVOUR) * peaks
    best = merit.argmax(axis=1)
    rows = np.arange(hops)
    before, at, after = likeness[rows, best + _AROUND]
    # The parabola through the peak and its neighbours has its top beside the peak's lag.
    top = best + _SHORTEST + 0.5 * (before - after) / (before - 2 * at + after - 1e-9)
    voiced = merit[rows, best] >= _VOICED
    pitch: FloatArray = (_RATE * _FINE / top * voiced).astype(np.float32)
    return pitch


def _windows(samples: npt.NDArray[np.int16], hops: int) -> Array:
    """Low-passed, decimated, tapered windows, [hops, _WINDOW]."""
    count, step = _WINDOW + (hops - 1) * HOP // _DOWN, samples.itemsize
    stretches = np.ndarray((count, _TAPS), np.int16, samples, 0, (_DOWN * step, step))
    low = stretches.astype(np.float64) @ _LOW_PASS
    step = low.itemsize
    return np.ndarray((hops, _WINDOW), np.float64, low, 0, (HOP // _DOWN * step, step)) * _HANN


def _likeness(windows: Array) -> Array:
    """How alike the sound is to itself at every lag, 1 at most, [hops, lags]."""
    spectrum = np.fft.rfft(windows, _FFT, axis=1)
    magnitude = np.sqrt(spectrum.real**2 + spectrum.imag**2) * _BAND
    correlation = np.fft.irfft(magnitude, _FFT * _FINE, axis=1)[:, : _LONGEST + 2]
    return np.asarray(correlation * _PER_TAPER / (correlation[:, :1] + 1e-9))
