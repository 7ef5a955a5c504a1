"""Echo: whether what one channel carries follows the other one, late and dull."""

from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from firmware_py.core.types import HOPS_PER_SECOND, BoolArray, FloatArray

LATEST: Final = 36
"""Hops by which an echo is late, at most."""
NOISE_HOPS: Final = 10 * HOPS_PER_SECOND
"""Hops before the end of a stretch that its noise is measured in."""
_LEAST_CELLS: Final = 40
"""Bands and hops that must stand out of the noise to tell an echo."""
_OVER_NOISE_DB: Final = 6.0
_SOUNDS_DB: Final = 12.0
"""dB over its noise at which a channel surely sounds."""
_LEAST_ECHO: Final = 15
"""Hops in which it must, to tell the path of its echo."""
_NO_ECHO_DB, _LEAST_LOSS_DB = -60.0, -6.0
"""Gain of a path that is not known, and the greatest."""
_OVER_ECHO_DB: Final = 6.0
"""dB over the echo at which sound is no echo alone."""


def likeness(late: FloatArray, first: FloatArray, start: int) -> tuple[float, int]:
    """How much one channel follows the other from a hop on.

    The likeness is Pearson's correlation over all cells (hop, band) in which the late channel
    stands out of its noise, each band about its own mean, so that the colour of the echo's path
    does not count.

    Args:
        late: bands in dB of the channel that may carry the echo, [hops, bands].
        first: the same of the other one.
        start: the first hop that counts; those before tell the noise and what is echoed.

    Returns:
        The greatest correlation, -1 to 1 (0: too little stands out), and its delay in hops.
    """
    ours = late[start:]
    clear = ours > low(late[-NOISE_HOPS:]) + _OVER_NOISE_DB
    if clear.sum() < _LEAST_CELLS:
        return 0.0, 0
    theirs = np.maximum(first, low(first[-NOISE_HOPS:]) + 3)[max(0, start - LATEST) :]
    alike = correlations(ours, theirs, clear)[::-1]
    best = int(np.argmax(alike))
    return float(alike[best]), best


def masked_db(late: FloatArray, first: FloatArray, hops: BoolArray) -> float:
    """How much softer some hops of the late channel are without what an echo explains.

    The echo's path has a gain in each band: what a tenth of the hops in which the first channel
    sounds stay under, and no amplification. Hops that do not stand out of the echo are nobody's.

    Args:
        late: bands in dB, [hops, bands].
        first: the same of the other channel, the echo's delay earlier.
        hops: which of them are asked about, [hops]; at least one.

    Returns:
        dB, 0 where there is no echo, at most 40.
    """
    sounds = first > low(first) + _SOUNDS_DB
    if np.count_nonzero(sounds.any(axis=1)) < _LEAST_ECHO:
        return 0.0
    paths = np.where(sounds, late - first, np.nan)
    few = np.count_nonzero(sounds, axis=0) < _LEAST_ECHO
    paths[:, few] = _NO_ECHO_DB
    echo = _total(first + np.minimum(np.nanpercentile(paths, 10, axis=0), _LEAST_LOSS_DB))
    ours = _total(late)
    power = 10 ** (ours[hops] / 10)
    clear = ours[hops] > echo[hops] + _OVER_ECHO_DB
    share = float((power * clear).sum() / power.sum())
    return float(-10 * np.log10(max(share, 1e-4)))


def _total(bands: FloatArray) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = 10 * np.log10((10 ** (bands.astype(np.float64) / 10)).sum(1))
    return total


def low(bands: FloatArray) -> FloatArray:
    """Level of each band that a tenth of the hops stay under."""
    # np.percentile gives nearly the same and takes seven times as long.
    low: FloatArray = np.partition(bands, len(bands) // 10, axis=0)[len(bands) // 10]
    return low


def correlations(
    ours: FloatArray, theirs: FloatArray, clear: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Pearson's over the clear cells, each band about its mean there, for each delay.

    Args:
        ours: dB, [hops, bands].
        theirs: the same for more hops, [hops + delays - 1, bands], the greatest delay first.
        clear: which cells of ours count.
    """
    cells = np.ascontiguousarray(clear.T, dtype=np.float64)
    count = np.maximum(cells.sum(axis=1, keepdims=True), 1)
    a = np.ascontiguousarray(ours.T, dtype=np.float64)
    a = (a - (a * cells).sum(axis=1, keepdims=True) / count) * cells
    b = np.ascontiguousarray(theirs.T, dtype=np.float64)
    # A mean that is taken away from a, or from b, makes no difference to their product.
    product, total = np.moveaxis(_slid(b, len(ours)) @ np.stack([a, cells], axis=2), 2, 0)
    square = (_slid(b * b, len(ours)) @ cells[:, :, np.newaxis])[:, :, 0]
    # Of what does not change rounding may leave less than nothing.
    energy = (a * a).sum() * np.maximum((square - total * total / count).sum(axis=0), 1.0)
    correlations: npt.NDArray[np.float64] = product.sum(axis=0) / np.sqrt(energy + 1e-9)
    return correlations


def correlations_at_once(
    ours: FloatArray, theirs: FloatArray, clear: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Give the same by Fourier transforms: many delays cost less, and the last digits differ."""
    delays, size = len(theirs) - len(ours) + 1, 1 << (len(theirs) - 1).bit_length()
    product = square = np.zeros(size // 2 + 1, dtype=np.complex128)
    means, power = np.zeros(delays), 0.0
    # Band by band, for all bands at once would take ten times the memory.
    for band in range(ours.shape[1]):
        a, b, cells = (one[:, band].astype(np.float64) for one in (ours, theirs, clear))
        count = max(cells.sum(), 1.0)
        a, b = (a - (a * cells).sum() / count) * cells, b - b.mean()
        kernel, picked, sound = (np.fft.rfft(one, size) for one in (a, cells, b))
        product = product + kernel.conj() * sound
        square = square + picked.conj() * np.fft.rfft(b * b, size)
        means += np.fft.irfft(picked.conj() * sound, size)[:delays] ** 2 / count
        power += float((a * a).sum())
    energy = power * np.maximum(np.fft.irfft(square, size)[:delays] - means, 1.0)
    return np.asarray(np.fft.irfft(product, size)[:delays] / np.sqrt(energy + 1e-9))


def _slid(rows: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    """Every stretch of a length of each row, [rows, stretches, length]."""
    return sliding_window_view(rows, length, axis=1)
