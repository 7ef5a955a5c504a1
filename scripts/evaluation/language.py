"""Asks how sure the phone model is: ``scripts/evaluate language``, for clauses D3 and D4.

If its doubt told articulation (D3) or another language (D4), it would have to be larger there than
among speakers of clear Mandarin, and not follow the line's noise and band.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from evaluation import sayings
from evaluation.sounds import Sound, at_level, by_kind, load, room, table, trim
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.spelling import BLANK
from firmware_py.hearing.spotter import Spotter, load_spotter
from firmware_py.types import RATE

LEVEL_DB = -28.0


def doubt(sound: Sound, spotter: Spotter) -> float:
    """Mean entropy in bits over the tokens, of the rows in which a token is likeliest."""
    spotter.reset()
    pcm = np.clip(np.rint(at_level(sound, LEVEL_DB) * 32768), -32768, 32767).astype(np.int16)
    rows = spotter.feed(LogMel().feed(pcm))
    rows = rows[rows.argmax(axis=1) != BLANK][:, :BLANK].astype(np.float64)
    if not len(rows):
        return float("nan")
    share = np.exp(rows - rows.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    return float(-(share * np.log2(share + 1e-12)).sum(axis=1).mean())


def noisy(sound: Sound) -> Sound:
    """The same over a noise 15 dB below it."""
    return at_level(sound, LEVEL_DB) + room(len(sound), LEVEL_DB - 15, np.random.default_rng(1))


def narrow(sound: Sound) -> Sound:
    """The same over a telephone's band."""
    low = soxr.resample(sound, RATE, 6_800)
    return np.asarray(soxr.resample(low, 6_800, RATE), np.float64)


def main(audio: Path, _rest: list[str]) -> None:
    """Print the doubt of each group of recordings, and how well it parts them from Mandarin."""
    spotter = load_spotter()
    spoken = [s.sound.astype(np.float64) for s in sayings.recorded(audio, ["s0252"], 1)][:150]
    effort = by_kind(table(audio, "events.tsv"), "effort", "neutral")
    english = [trim(load(one.path)) for one in effort]
    same: Callable[[Sound], Sound] = np.asarray
    groups: list[tuple[str, Iterable[Sound], Callable[[Sound], Sound]]] = [
        ("Mandarin sentences", spoken, same),
        ("the same, noise 15 dB below", spoken, noisy),
        ("the same, telephone band", spoken, narrow),
        ("English sentences", english, same),
    ]
    told = {
        name: [d for d in (doubt(change(sound), spotter) for sound in sounds) if d == d]
        for name, sounds, change in groups
    }
    first = next(iter(told.values()))
    shown = Table("recordings", "number", "bits", "10 % to 90 %", "AUC against the first")
    for name, values in told.items():
        low, high = np.percentile(values, [10, 90])
        spread = f"{low:.2f} to {high:.2f}"
        auc = float(np.mean([[a > b for b in first] for a in values]))
        shown.add_row(name, str(len(values)), f"{np.mean(values):.2f}", spread, f"{auc:.2f}")
    Console(width=100).print(shown)
