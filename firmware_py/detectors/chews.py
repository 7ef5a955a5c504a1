"""What some seconds of sound are like, in numbers that tell a chewing jaw from its look-alikes.

Chews are bursts of 70 to 280 ms at 0.8 to 2.6 Hz that crackle, each a little unlike the last; keys
and clicks are shorter and alike, steps more even, fires and rain without a beat, speech faster.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_SECOND, FloatArray
from firmware_py.detectors.bursts import SMOOTH, Envelope, find_bursts
from firmware_py.detectors.spectrum import band_edges
from firmware_py.hearing.bands import WIDTH
from firmware_py.hearing.mel import BANDS

FEATURES: Final = tuple(
    "rate length duty range gap_spread length_spread gap"
    " below_1hz below_2hz below_5hz below_10hz below_20hz below_50hz beat"
    " crest rough attack peaks"
    " bright bright_spread sharp alike shape1 shape2 shape3 shape4 shape5".split()
)
"""Of bursts in time, of the level's modulation, of their texture, and of their colour."""
_EDGES: Final = band_edges(150, 600, 1_500, 3_500, 7_600)
_MODULATION_HZ: Final = (0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 50.0)
_BEAT_HOPS: Final = slice(35, 140)
"""Hops between two chews."""
_SHAPES: Final = np.array([np.cos(np.pi * k * (np.arange(10) + 0.5) / 10) for k in range(1, 6)])

_Floats = npt.NDArray[np.float64]


def describe(mel: FloatArray, crest_db: FloatArray) -> FloatArray:
    """Describe some seconds of the agent's sound.

    Args:
        mel: log-mel energies, natural log, [hops, 40].
        crest_db: how far each hop's peak stands out of its level, [hops].

    Returns:
        One number for each of ``FEATURES``; all 0 where there is no burst.
    """
    power = np.exp(mel.astype(np.float64))
    bands = np.stack([power[:, a:b].sum(axis=1) for a, b in pairwise(_EDGES)])
    bursts = find_bursts(bands[2] + bands[3])
    if bursts is None or not bursts.long.any():
        return np.zeros(len(FEATURES), dtype=np.float32)
    bursts = replace(bursts, begins=bursts.begins[bursts.long], ends=bursts.ends[bursts.long])
    numbers = (
        *_times(bursts),
        *_modulation(bursts),
        *_texture(bursts, crest_db),
        *_colour(bursts, power, bands),
    )
    return np.array(numbers, dtype=np.float32)


def _times(bursts: Envelope) -> tuple[float, ...]:
    """When bursts come, and for how long."""
    lengths = bursts.ends - bursts.begins
    gaps = np.diff(bursts.begins)
    edges = np.concatenate([[0], bursts.begins, [len(bursts.smooth)]])
    seconds = len(bursts.level) / HOPS_PER_SECOND
    return (
        float(np.log2(len(lengths) / seconds)),
        float(np.log2(np.median(lengths) / HOPS_PER_SECOND)),
        float(bursts.active.mean()),
        (bursts.loud - bursts.quiet) / 10,
        float(gaps.std() / gaps.mean()) if len(gaps) > 1 else 1.0,
        float(lengths.std() / lengths.mean()),
        float(np.log2(np.diff(edges).max() / HOPS_PER_SECOND)),
    )


def _modulation(bursts: Envelope) -> tuple[float, ...]:
    """How fast the level changes: shares of its modulation spectrum, and the strongest beat."""
    level = np.clip(bursts.level, bursts.quiet, bursts.loud + SMOOTH)
    swing = (level - level.mean()) * np.hanning(len(level))
    energy = np.abs(np.fft.rfft(swing)) ** 2
    edges = np.ceil(np.array(_MODULATION_HZ) * len(level) / HOPS_PER_SECOND).astype(int)
    shares = [energy[a:b].sum() / (energy[edges[0] :].sum() + 1e-9) for a, b in pairwise(edges)]
    smooth = np.clip(bursts.smooth, bursts.quiet, bursts.loud)
    spectrum = np.fft.rfft(smooth - smooth.mean(), 2 * len(bursts.level))
    beats = np.fft.irfft(np.abs(spectrum) ** 2)
    beat = beats[_BEAT_HOPS].max() / (beats[0] + 1e-9)
    return (*np.log10(np.array(shares) + 1e-3).tolist(), float(beat))


def _stretches(bursts: Envelope) -> list[slice]:
    """Where each burst is, in hops."""
    ends = np.minimum(bursts.ends + SMOOTH - 1, len(bursts.level))
    return [slice(*edges) for edges in zip(bursts.begins.tolist(), ends.tolist(), strict=True)]


def _texture(bursts: Envelope, crest_db: FloatArray) -> tuple[float, ...]:
    """How a burst sounds in itself: clicks stand out, crackle rises and falls again and again."""
    inside = np.zeros(len(bursts.level), dtype=np.bool_)
    attacks, peaks = [], []
    for burst in _stretches(bursts):
        inside[burst] = True
        level = bursts.level[burst]
        attacks.append((level.argmax() + 0.5) / len(level))
        middle = level[1:-1]
        tops = np.count_nonzero((middle > level[:-2]) & (middle > level[2:]))
        peaks.append(10 * tops / len(level))
    return (
        (float(crest_db[inside].mean(dtype=np.float64)) - 10) / 3,
        float(np.abs(np.diff(bursts.level))[inside[1:]].mean()) / 3,
        float(np.median(attacks)),
        float(np.mean(peaks)),
    )


def _colour(bursts: Envelope, power: _Floats, bands: _Floats) -> tuple[float, ...]:
    """How bright bursts are, over what lies between them, and how alike."""
    tens = power.reshape(len(power), BANDS // WIDTH, WIDTH).sum(axis=2)
    quiet = tens[: len(bursts.active)][~bursts.active]
    noise = np.median(quiet, axis=0) if len(quiet) else tens.min(axis=0)
    parts = _stretches(bursts)
    sums = np.array([bands[:, part].sum(axis=1) for part in parts])
    bright = 10 * np.log10(sums[:, 2:].sum(axis=1) / sums[:, :2].sum(axis=1))
    means = np.array([tens[part].mean(axis=0) for part in parts])
    shapes = 10 * np.log10(np.maximum(means - noise, 0.1 * noise + 1e-12))
    shapes -= shapes.mean(axis=1, keepdims=True)
    usual = np.median(shapes, axis=0)
    norms = np.linalg.norm(shapes, axis=1) * np.linalg.norm(usual) + 1e-9
    return (
        float(np.median(bright)) / 10,
        float(bright.std()) / 5,
        float(np.median(10 * np.log10(sums[:, 3] / sums[:, 2]))) / 10,
        float((shapes @ usual / norms).mean()),
        *(_SHAPES @ usual / 30).tolist(),
    )
