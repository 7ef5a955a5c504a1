"""Pitch: made-up turns whose pitch is known at every sample, on good and bad lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.types import HOP, RATE
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.pitch import DELAY_HOPS
from lab.evaluation.contours import known_pulses
from lab.evaluation.lines import LEAD_S, Line
from lab.evaluation.sounds import Sound
from lab.results import Result

Flags = npt.NDArray[np.bool_]

LINES = [(snr, narrow) for snr in (30.0, 20.0, 10.0) for narrow in (False, True)]
"""SNR in dB, telephone band."""
_EDGE = 3
"""Hops around a change between voiced and voiceless that do not count either way."""
_GROSS = 0.25
"""Octaves from which an error is a gross one."""


@dataclass(slots=True)
class _Tally:
    """What was heard of all turns on one line."""

    found: list[Flags] = field(default_factory=list)
    """Of voiced hops: whether a pitch was heard."""
    false: list[Flags] = field(default_factory=list)
    """The same of voiceless ones."""
    octaves: list[Sound] = field(default_factory=list)
    """Errors of the pitch."""

    def hear(self, pitch: npt.NDArray[np.float32], true: Sound) -> None:
        steady = _steady(true > 0)
        self.found.append(pitch[steady & (true > 0)] > 0)
        self.false.append(pitch[steady & (true == 0)] > 0)
        both = steady & (true > 0) & (pitch > 0)
        self.octaves.append(np.abs(np.log2(pitch[both] / true[both])))


def measure(_audio: Path, _speaker: str, most: int, seed: int) -> Iterator[Result]:
    """Voiced hops found, voiceless ones left out, gross errors, and the size of the others."""
    for snr, narrow in track(LINES, "pitch", transient=True):
        rng = np.random.default_rng(seed)
        line, tally = Line(rng, FeatureExtractor(None)), _Tally()
        for _ in range(most):
            turn, truth = known_pulses(rng.uniform(-6, 6), rng)
            pitch = np.concatenate([features.pitch for features in line.frames(turn, snr, narrow)])
            tally.hear(pitch, _at_hops(truth, len(pitch)))
        yield _figure(tally, most, snr, narrow)


def _figure(tally: _Tally, turns: int, snr: float, narrow: bool) -> Result:
    error = np.concatenate(tally.octaves)
    fine = 12 * np.median(error[error < _GROSS])
    return Result(
        id=f"speaking.pitch.{snr:g}db.{'telephone' if narrow else 'wide'}",
        question="speaking",
        title="Voiced hops whose pitch is found",
        value=100 * float(np.mean(np.concatenate(tally.found))),
        unit="%",
        n=turns,
        of="turns",
        conditions=f"SNR {snr:g} dB, {'telephone' if narrow else 'wide band'}",
        remarks=f"false voiced {np.mean(np.concatenate(tally.false)):.1%}, an octave or so off"
        f" {np.mean(error >= _GROSS):.1%}, median error of the others {fine:.2f} semitones",
    )


def _at_hops(truth: Sound, hops: int) -> Sound:
    """True pitch in the middle of each hop's window."""
    samples = (np.arange(hops) + 1 - DELAY_HOPS) * HOP - LEAD_S * RATE
    inside = (samples >= 0) & (samples < len(truth))
    return np.where(inside, truth[np.clip(samples, 0, len(truth) - 1).astype(int)], 0)


def _steady(voiced: Flags) -> Flags:
    """Hops that are not near a change."""
    changes = np.flatnonzero(np.diff(voiced)) + 1
    steady = np.ones(len(voiced), dtype=bool)
    for change in changes:
        steady[max(0, change - _EDGE) : change + _EDGE] = False
    return steady
