"""How soon a phrase is heard of people at their own microphones, whom nothing was fitted to.

No banned phrases of theirs are at hand, so a phrase is the last syllables of what they read. Where
a sentence ends is not certain in a room with noise: here, where the level falls ``END_DB`` under
its loudest hop. The pause after it is their own room's, and a recording that has none is left out.
"""

import os
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, HOP, HOPS_PER_SECOND, RATE, PcmArray
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.levels import measure as measure_levels
from firmware_py.hearing.phone_model import load_phone_model
from lab.bench.sound import cut
from lab.evaluation.material import Clip, clips
from lab.training import corpus

SEED: Final = 19
MOST: Final = 1000
"""Recordings, at most."""
SYLLABLES: Final = 5
THRESHOLD: Final = -0.7
"""What phrases of so many syllables have in the rulebooks, or nearly."""
END_DB: Final = 25.0
PAUSE_S: Final = 0.3
"""Seconds of silence that a recording must have after its sentence."""
ROOM_S: Final = 0.2
"""Its last seconds, which are repeated as the room."""
NEAR_S: Final = 0.6
"""Seconds after the end within which the phrase must be heard."""


def delays_of_people() -> tuple[float, ...]:
    """Delays in ms from the end of a sentence to the hit of its last syllables.

    A sentence whose phrase is not heard gives none; () without the recordings.
    """
    audio = Path(os.environ.get("DESKCUE_AUDIO", ""))
    if not (audio / "speech.tsv").exists():
        return ()
    rng = np.random.default_rng(SEED)
    said = (one for one in clips(audio, "crowd_report") if len(one.syllables) > SYLLABLES)
    found = []
    for clip in islice(said, MOST):
        sound = np.rint(corpus.load(clip.path) * 32_767).astype(np.int16)
        end = _end(sound)
        if len(sound) / RATE - end < PAUSE_S:
            continue
        before = RATE + int(rng.integers(RATE // 8))  # so that a Block's edge falls anywhere
        at = _heard_at(_in_its_room(sound, before), clip, before / RATE + end)
        if at is not None:
            found.append(1000 * (at - before / RATE - end))
    return tuple(found)


def _end(sound: PcmArray) -> float:
    """Second at which a sentence ends."""
    whole = sound[: len(sound) // HOP * HOP]
    level = measure_levels(np.stack([whole, whole], axis=1))[:, AGENT]
    return float(np.flatnonzero(level > level.max() - END_DB)[-1] + 1) / HOPS_PER_SECOND


def _in_its_room(sound: PcmArray, before: int) -> PcmArray:
    """Put so many samples of its room before it, and two seconds after it: int16 [samples, 2]."""
    room = sound[-round(ROOM_S * RATE) :]
    agent = np.concatenate([np.resize(room, before), sound, np.resize(room, 2 * RATE)])
    return np.stack([agent, np.zeros_like(agent)], axis=1)


def _heard_at(pcm: PcmArray, clip: Clip, end: float) -> float | None:
    """Second at which the phrase's Block is full, if it is heard."""
    spelling = " ".join(clip.syllables[-SYLLABLES:])
    hear, phrases = (
        FeatureExtractor(load_phone_model()),
        Phrases(pronunciations_of("end", (spelling,), THRESHOLD)),
    )
    samples = 0
    for block in cut(pcm):
        samples += len(block.pcm)
        hits = [*phrases.feed(hear.feed(block))]
        if hits and abs(hits[0].end - end) < NEAR_S:
            return samples / RATE
    return None
