"""Judges what came out of the emulated machine, by its sound alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lab.relay_vm.wire import HEARD, RATE, TENTH, TONES

CROSSED_DB: Final = -40.0
"""dBFS of the other side's tone from which sound counts as crossed. Both tones have -12; a gap in
one leaks some -55 into the other's place, behind a Hann window of a tenth of a second."""
SILENT_DB: Final = -80.0
CLICK: Final = 0.001
"""Of full scale: what a tone may leave behind where the two samples beside each are taken away."""

Pcm = NDArray[np.int16]
Levels = NDArray[np.float64]

HANN: Final[Levels] = np.hanning(TENTH)


@dataclass(frozen=True, slots=True)
class Side:
    """What one channel of a recording was over a stretch."""

    crossed_db: float
    """Highest level of the tone that does not belong there."""
    own_db: tuple[float, float]
    """Lowest and highest level of all that is heard there, so of the one that does."""
    silent_s: float
    """Longest stretch without any sound."""
    clicks: int
    """Places where the sound breaks; several within 10 ms are one."""


def channels(folder: Path, name: str, start: int, end: int) -> dict[float, Pcm]:
    """The channels of a recording from frame to frame, by the tone that belongs there."""
    tones = HEARD[name]
    pcm = np.fromfile(
        folder / name,
        dtype=np.int16,
        count=(end - start) * len(tones),
        offset=start * len(tones) * 2,
    ).reshape(-1, len(tones))
    return {tone: pcm[:, place] for place, tone in enumerate(tones)}


def judged(pcm: Pcm, tone: float) -> Side:
    """Judge a channel, int16 [n], into which a tone belongs."""
    other = next(one for one in TONES.values() if one != tone)
    own, wrong = levels_db(pcm), tone_levels_db(pcm, other)
    return Side(
        crossed_db=float(wrong.max(initial=-120.0)),
        own_db=(float(own.min(initial=0.0)), float(own.max(initial=-120.0))),
        silent_s=longest_silence_s(pcm),
        clicks=count_clicks(pcm, tone),
    )


def levels_db(pcm: Pcm) -> Levels:
    """Level of every tenth of a second, in dBFS of a full-scale sine, whatever its frequency."""
    power = np.mean(_tenths(pcm) ** 2, axis=1)
    return np.asarray(10 * np.log10(np.maximum(2 * power, 1e-12)))


def tone_levels_db(pcm: Pcm, tone: float) -> Levels:
    """Level of a tone in every tenth of a second, in dBFS of a full-scale sine."""
    amplitude = np.abs(_turned(pcm, tone)) * 2 / HANN.sum()
    return np.asarray(20 * np.log10(np.maximum(amplitude, 1e-6)))


def _tenths(pcm: Pcm) -> NDArray[np.float64]:
    return pcm[: len(pcm) // TENTH * TENTH].reshape(-1, TENTH) / 32_768


def _turned(pcm: Pcm, tone: float) -> NDArray[np.complex128]:
    """Amplitude and phase of a tone in every tenth, behind a Hann window."""
    return np.asarray(_tenths(pcm) @ (HANN * np.exp(-2j * np.pi * tone * np.arange(TENTH) / RATE)))


def bent_ppm(pcm: Pcm, tone: float) -> float:
    """How much higher than it should be a steady tone is, in millionths, by its phase's slope."""
    phase = np.unwrap(
        np.angle(_turned(pcm, tone))
    )  # a tenth is a whole number of turns of either tone
    slope = np.polyfit(np.arange(len(phase)) / 10, phase, 1)[0]
    return float(slope / (2 * np.pi * tone) * 1e6)


def longest_silence_s(pcm: Pcm) -> float:
    """Seconds of the longest stretch in which nothing is over ``SILENT_DB``."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > 32_768 * 10 ** (SILENT_DB / 20))
    edges = np.concatenate([[-1], loud, [len(pcm)]])
    return float(np.diff(edges).max() - 1) / RATE


def count_clicks(pcm: Pcm, tone: float) -> int:
    """Count the places where a tone breaks.

    Of a steady sine x[n+1] + x[n-1] = 2 cos(w) x[n]; what is left of that is no sine. A clock that
    runs 200 ppm off leaves less than 0.00003 of full scale.
    """
    sound = pcm.astype(np.float64) / 32_768
    left = np.abs(sound[2:] + sound[:-2] - 2 * np.cos(2 * np.pi * tone / RATE) * sound[1:-1])
    places = np.flatnonzero(left > CLICK)
    return int(np.count_nonzero(np.diff(places, prepend=-RATE) > RATE // 100))
