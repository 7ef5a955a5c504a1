"""Speech put together from recorded syllables, for what is measured and for what is tested.

Nothing of it is written to disk; the recordings are those that ``speech.tsv`` lists.
"""

import csv
import random
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from firmware_py.core.types import RATE

Sound = npt.NDArray[np.float32]
"""Samples of one channel at 16 kHz, within -1 to 1."""

UNHEARD: Final = "ht"
"""Speaker of syllables whom the phone model never heard (see ``lab/training/corpus.py``)."""
FADE_S: Final = 0.03
"""Seconds over which a syllable passes into the next."""
_SYLLABLE: Final = re.compile(r"[a-zü:]+[0-9]?")


def recordings_of(audio: Path, speaker: str) -> Mapping[str, list[Path]]:
    """Recordings of single syllables by a speaker; keys as they are labelled: ``ba1``, ``nv3``."""
    found: dict[str, list[Path]] = {}
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            theirs = (row["kind"], row["speaker"]) == ("syllable", speaker)
            if theirs and _SYLLABLE.fullmatch(row["text"]):
                label = row["text"].replace("u:", "v").replace("ü", "v")
                found.setdefault(label, []).append(audio / row["path"])
    return found


@cache
def load(path: Path) -> Sound:
    """One syllable at 16 kHz, without the silence before and after it but for 20 ms."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(sound.mean(axis=1), rate, RATE).astype(np.float32)
    (loud,) = np.nonzero(np.abs(mono) > np.abs(mono).max() * 10 ** (-38 / 20))
    around = RATE // 50
    return np.asarray(mono[max(0, loud[0] - around) : loud[-1] + around])


def join(syllables: Iterable[Sound], rng: random.Random, pace: float = 1.0) -> Sound:
    """Speak syllables one after the other: shortened to the pace of speech and cross-faded.

    Args:
        syllables: recordings, spoken one by one and so much too long.
        rng: makes no two of them equally long.
        pace: 1 is some 5 syllables a second.
    """
    whole = np.zeros(0, dtype=np.float32)
    for sound in syllables:
        short = shortened(sound, rng.uniform(0.17, 0.26) / pace)
        whole = _faded(whole, short, round(FADE_S * RATE))
    return whole


def shortened(sound: Sound, seconds: float) -> Sound:
    """Make it last so long at the same pitch, by overlapping windows (WSOLA, Verhelst 1993)."""
    window, hop_out = 640, 320
    rate = max(1.0, len(sound) / (seconds * RATE))
    if rate == 1.0 or len(sound) < 3 * window:
        return sound
    shape = np.hanning(window).astype(np.float32)
    out = np.zeros(int(len(sound) / rate) + window, dtype=np.float32)
    at, follow = 0, sound[:window]
    for place in range(0, len(out) - window, hop_out):
        wanted = int(place * rate)
        low, high = max(0, wanted - 160), min(len(sound) - 2 * window, wanted + 160)
        if high <= low:
            break
        likeness = np.correlate(sound[low : high + window], follow, "valid")
        at = low + int(likeness.argmax())
        out[place : place + window] += sound[at : at + window] * shape
        follow = sound[at + hop_out : at + hop_out + window]
    return out[: place + window]


def _faded(before: Sound, after: Sound, samples: int) -> Sound:
    samples = min(samples, len(before), len(after))
    if not samples:
        return np.concatenate([before, after])
    ramp = np.linspace(0, 1, samples, dtype=np.float32)
    middle = before[-samples:] * (1 - ramp) + after[:samples] * ramp
    return np.concatenate([before[:-samples], middle, after[samples:]])
