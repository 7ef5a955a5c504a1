"""Pitch: made-up turns whose pitch is known at every sample, on good and bad lines."""

from pathlib import Path

import numpy as np
from rich.progress import track
from rich.table import Table

from firmware_py.core.types import HOP, RATE
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.pitch import DELAY_HOPS
from lab.evaluation.contours import known_pulses
from lab.evaluation.lines import LEAD_S, Line

LINES = [(snr, narrow) for snr in (30.0, 20.0, 10.0) for narrow in (False, True)]
"""SNR in dB, telephone band."""
_EDGE = 3
"""Hops around a change between voiced and voiceless that do not count either way."""
_GROSS = 0.25
"""Octaves from which an error is a gross one."""


def measure(_audio: Path, _speaker: str, most: int, seed: int) -> Table:
    """Voiced hops found, voiceless ones left out, gross errors, and the size of the others."""
    table = Table(title=f"pitch: {most} turns of glottal pulses, seed {seed}")
    for head in ("SNR dB", "line", "voiced found", "false voiced", "gross errors", "median error"):
        table.add_column(head, justify="right")
    for snr, narrow in track(LINES, "pitch", transient=True):
        rng = np.random.default_rng(seed)
        line = Line(rng, FeatureExtractor(None))
        found, false, errors = [], [], []
        for _ in range(most):
            turn, truth = known_pulses(rng.uniform(-6, 6), rng)
            pitch = np.concatenate([features.pitch for features in line.frames(turn, snr, narrow)])
            true = _at_hops(truth, len(pitch))
            steady = _steady(true > 0)
            found.append(pitch[steady & (true > 0)] > 0)
            false.append(pitch[steady & (true == 0)] > 0)
            both = steady & (true > 0) & (pitch > 0)
            errors.append(np.abs(np.log2(pitch[both] / true[both])))
        error = np.concatenate(errors)
        fine = 12 * np.median(error[error < _GROSS])
        shares = (np.mean(np.concatenate(hops)) for hops in (found, false))
        values = [f"{share:.1%}" for share in (*shares, np.mean(error >= _GROSS))]
        kind = "8 kHz" if narrow else "wide"
        table.add_row(f"{snr:g}", kind, *values, f"{fine:.2f} semitones")
    return table


def _at_hops(truth: np.ndarray, hops: int) -> np.ndarray:
    """True pitch in the middle of each hop's window."""
    samples = (np.arange(hops) + 1 - DELAY_HOPS) * HOP - LEAD_S * RATE
    inside = (samples >= 0) & (samples < len(truth))
    return np.where(inside, truth[np.clip(samples, 0, len(truth) - 1).astype(int)], 0)


def _steady(voiced: np.ndarray) -> np.ndarray:
    """Hops that are not near a change."""
    changes = np.flatnonzero(np.diff(voiced)) + 1
    steady = np.ones(len(voiced), dtype=bool)
    for change in changes:
        steady[max(0, change - _EDGE) : change + _EDGE] = False
    return steady
