"""Builds Features for detectors: from bare facts, or from sound by the real extractor."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.ports import Detector
from firmware_py.core.types import (
    HOPS_PER_POSTERIOR,
    RATE,
    Block,
    Features,
    FloatArray,
    Observation,
    PcmArray,
)
from firmware_py.hearing.bands import WIDTH
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import HOPS_PER_STEP, OUTPUTS
from firmware_py.hearing.spelling import BLANK, TOKENS
from firmware_py.rules.vocabulary import is_under

Sound = npt.NDArray[np.float64]


def bites(seconds: float, hz: float, db: float = -40.0, jitter: float = 0.15) -> Sound:
    """Crackling bursts, each a little unlike the last, over the noise of a room."""
    rng = np.random.default_rng(7)
    sound = noise(seconds, -65)
    at = 0.5
    while at < seconds - 0.5:
        first = round(at * RATE)
        crackle = rng.standard_normal(round(rng.uniform(0.15, 0.3) * RATE)) ** 3 / 3.9
        burst = crackle * np.hanning(len(crackle)) * 10 ** ((db + rng.uniform(-4, 4)) / 20)
        sound[first : first + len(burst)] += burst
        at += (1 + jitter * rng.standard_normal()) / hz
    return sound


def to_pcm(agent: Sound, caller: Sound) -> PcmArray:
    """Two channels of samples in -1 to 1 -> int16 [n, 2]; the shorter one is filled with noise."""
    length = max(len(agent), len(caller))
    sides = [np.pad(side, (0, length - len(side))) for side in (agent, caller)]
    return np.clip(np.stack(sides, axis=1) * 32768, -32768, 32767).astype(np.int16)


def hear(pcm: PcmArray, cuts: Sequence[int] = ()) -> list[Features]:
    """Features of a stretch of sound, split at the given samples, by the device's own extractor."""
    extractor = FeatureExtractor()
    parts = np.split(pcm, sorted(cuts))
    return [extractor.feed(Block(seq, part)) for seq, part in enumerate(parts)]


def split(features: Features, cuts: Iterable[int]) -> list[Features]:
    """Cut Features into several at the given hops; posteriors come in whole steps of the model."""
    edges = [0, *sorted(cuts), features.hops]
    return [
        replace(
            features.slice(first, last),
            posterior_start=features.posterior_start + _rows(first),
            posteriors=features.posteriors[_rows(first) : _rows(last)],
        )
        for first, last in pairwise(edges)
    ]


def _rows(hops: int) -> int:
    """Rows of posteriors that the model has given after so many hops."""
    return hops // HOPS_PER_STEP * HOPS_PER_STEP // HOPS_PER_POSTERIOR


def syllables(count: int, rows: int) -> FloatArray:
    """Log posteriors of as many syllables (d, then a, then blanks), each lasting so many rows."""
    tokens = ["d", "a", *[""] * (rows - 2)] * count
    sure = np.full((len(tokens), OUTPUTS), -9.0, dtype=np.float32)
    for row, token in enumerate(tokens):
        sure[row, TOKENS.index(token) if token else BLANK] = -0.01
    return sure


def blurred(posteriors: FloatArray) -> FloatArray:
    """The same, smeared over three rows."""
    share = np.exp(posteriors)
    smeared = share + np.roll(share, 1, axis=0) + np.roll(share, -1, axis=0)
    return np.asarray(np.log(smeared / smeared.sum(axis=1, keepdims=True)), np.float32)


_LETTERS_DB: Final = {"#": -20.0, "=": -30.0, "x": -20.0}


def spoken(agent: str, caller: str, floor: float = -60.0) -> Features:
    """Features of a call drawn with a letter per 100 ms: ``#`` loud, ``=`` soft, ``.`` silent.

    ``x`` is as loud as ``#``, without the pitch of a voice.
    """
    hops = 10 * max(len(agent), len(caller))
    level = np.full((hops, 2), floor, dtype=np.float32)
    pitch = np.array([120.0 * (letter in "#=") for letter in agent]).repeat(10)
    for side, drawn in enumerate((agent, caller)):
        for tenth, letter in enumerate(drawn):
            if letter != ".":
                level[10 * tenth : 10 * tenth + 10, side] = _LETTERS_DB[letter]
    floors = np.full((hops, 2), floor, dtype=np.float32)
    return Features(
        start=0,
        level=level,
        floor=floors,
        speaking=level > floors + 1,
        microphone=np.zeros((hops, 5), dtype=np.float32),
        mel=np.zeros((hops, BANDS), dtype=np.float32),
        agent_bands=np.zeros((hops, BANDS // WIDTH), dtype=np.float32),
        caller_bands=np.zeros((hops, BANDS // WIDTH), dtype=np.float32),
        caller_tone=np.zeros(hops, dtype=np.bool_),
        pitch=np.pad(pitch, (0, hops - len(pitch))).astype(np.float32),
        posterior_start=0,
        posteriors=np.zeros((0, 0), dtype=np.float32),
    )


def run(detector: Detector, frames: Iterable[Features]) -> list[Observation]:
    """Everything a detector says about some Features; it must have declared all of it."""
    heard = [seen for features in frames for seen in detector.feed(features)]
    assert all(any(is_under(one.name, name) for name in detector.EMITS) for one in heard)
    return heard


def names(observations: Iterable[Observation]) -> list[str]:
    """The names alone, in order."""
    return [seen.name for seen in observations]


def noise(seconds: float, db: float, seed: int = 1) -> Sound:
    """White noise of a level in dBFS."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(round(seconds * RATE)) * 10 ** (db / 20)


def voice(
    seconds: float, db: float, pitch_hz: float = 120.0, slope_db: float = -12.0, seed: int = 2
) -> Sound:
    """Speech-like sound: harmonics falling ``slope_db`` per octave, in syllables of 200 ms."""
    t = np.arange(round(seconds * RATE)) / RATE
    glide = 2 * np.pi * pitch_hz * (t + 0.02 * np.sin(2 * np.pi * 0.7 * t + seed))
    orders = np.arange(1, int(7_000 / pitch_hz))
    tone = np.zeros_like(t)
    for order in orders:
        tone += order ** (slope_db / 6.02) * np.sin(order * glide + order)
    syllables = 0.15 + 0.85 * np.sin(np.pi * 5 * t) ** 2
    tone *= syllables
    return np.asarray(tone / np.sqrt(np.mean(tone**2)) * 10 ** (db / 20))
