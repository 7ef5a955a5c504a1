"""One speaker on the agent's line, heard by the whole ear: sound in, Frames out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from firmware_py.core.ports import Detector
from firmware_py.core.types import HOPS_PER_SECOND, RATE, Block, Features, Observation
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.phone_model import load_phone_model
from lab.evaluation.sounds import Sound, at_level, hop_levels, room, to_pcm
from lab.evaluation.utterances import Utterance, telephoned

BLOCK = 960
LEAD_S = 1.5
LEVEL_DB = -26.0
PAUSE_S = 0.25
"""Silence within speech from which it is a pause and no stop consonant."""


@dataclass(slots=True)
class Line:
    """Makes a line of some quality and listens to it."""

    rng: np.random.Generator
    extractor: FeatureExtractor = field(
        default_factory=lambda: FeatureExtractor(load_phone_model())
    )

    def frames(self, sound: Sound, snr_db: float, narrow: bool) -> Iterator[Features]:
        """Frames of speech at a usual level, after ``LEAD_S`` of room and before a second of it."""
        agent = np.pad(at_level(sound, LEVEL_DB), (round(LEAD_S * RATE), RATE))
        agent = agent + room(len(agent), LEVEL_DB - snr_db, self.rng)
        if narrow:
            narrowed = telephoned(Utterance("", (), agent.astype(np.float32), 0.0)).sound
            agent = narrowed.astype(np.float64)
        pcm = to_pcm(agent, 1e-4 * self.rng.standard_normal(len(agent)))
        self.extractor.reset()
        for seq, first in enumerate(range(0, len(pcm), BLOCK)):
            yield self.extractor.feed(Block(seq, pcm[first : first + BLOCK]))

    def listen(
        self, detector: Detector, sound: Sound, snr_db: float, narrow: bool
    ) -> list[Observation]:
        """Everything a fresh detector says about it."""
        detector.reset()
        return [
            seen
            for features in self.frames(sound, snr_db, narrow)
            for seen in detector.feed(features)
        ]


def speech_s(sound: Sound) -> float:
    """Seconds of clean speech: within 25 dB of the loudest, pauses left out."""
    level = hop_levels(sound)
    loud = np.flatnonzero(level > level.max() - 25)
    gaps = np.diff(loud) - 1
    pauses = gaps[gaps > PAUSE_S * HOPS_PER_SECOND].sum()
    return float(loud[-1] + 1 - loud[0] - pauses) / HOPS_PER_SECOND
