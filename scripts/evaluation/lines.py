"""One speaker on the agent's line, heard by the whole ear: sound in, Frames out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from evaluation import left_out
from evaluation.sayings import Saying, telephoned
from evaluation.sounds import Sound, at_level, hop_levels, room, to_pcm
from firmware_py.hearing.ear import Ear
from firmware_py.ports import Detector
from firmware_py.types import HOPS_PER_SECOND, RATE, Block, Frame, Observation

BLOCK = 960
LEAD_S = 1.5
LEVEL_DB = -26.0
PAUSE_S = 0.25
"""Silence within speech from which it is a pause and no stop consonant."""


@dataclass(slots=True)
class Line:
    """Makes a line of some quality and listens to it."""

    rng: np.random.Generator
    ear: Ear = field(default_factory=lambda: Ear(left_out.spotter()))

    def frames(self, sound: Sound, snr_db: float, narrow: bool) -> Iterator[Frame]:
        """Frames of speech at a usual level, after ``LEAD_S`` of room and before a second of it."""
        agent = np.pad(at_level(sound, LEVEL_DB), (round(LEAD_S * RATE), RATE))
        agent = agent + room(len(agent), LEVEL_DB - snr_db, self.rng)
        if narrow:
            agent = telephoned(Saying("", (), agent.astype(np.float32), 0.0)).sound
        pcm = to_pcm(agent, 1e-4 * self.rng.standard_normal(len(agent)))
        self.ear.reset()
        for seq, first in enumerate(range(0, len(pcm), BLOCK)):
            yield from self.ear.feed(Block(seq, pcm[first : first + BLOCK]))

    def listen(
        self, detector: Detector, sound: Sound, snr_db: float, narrow: bool
    ) -> list[Observation]:
        """Everything a fresh detector says about it."""
        detector.reset()
        return [
            seen for frame in self.frames(sound, snr_db, narrow) for seen in detector.feed(frame)
        ]


def speech_s(sound: Sound) -> float:
    """Seconds of clean speech: within 25 dB of the loudest, pauses left out."""
    level = hop_levels(sound)
    loud = np.flatnonzero(level > level.max() - 25)
    gaps = np.diff(loud) - 1
    pauses = gaps[gaps > PAUSE_S * HOPS_PER_SECOND].sum()
    return float(loud[-1] + 1 - loud[0] - pauses) / HOPS_PER_SECOND
