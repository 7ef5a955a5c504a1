"""What the agent's raw samples show of the microphone that they come from."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, HOP, RATE, FloatArray, PcmArray

LOWEST, HIGHEST, MEAN, HUM_COS, HUM_SIN = range(5)
"""Columns: lowest, highest and mean sample of the hop, and the two parts of its mains hum; 1 is
full scale."""
MAINS_HZ: Final = 50
_FULL: Final = 32_768.0
_WHOLE: Final = 1 << 12
"""The hum's waves are rounded to whole numbers, so that products are exact, whatever the split."""


def _waves() -> FloatArray:
    """A constant and the mains' cosine and sine over one hop, half a period of them: [HOP, 3]."""
    angle = 2 * np.pi * MAINS_HZ * np.arange(HOP) / RATE
    waves = [np.full(HOP, _WHOLE / 2), _WHOLE * np.cos(angle), _WHOLE * np.sin(angle)]
    return np.round(np.stack(waves, axis=1))


_WAVES = _waves()


@dataclass(slots=True)
class MicrophoneStats:
    """Streams int16 samples into a row per hop and column above.

    The mean of the hum's parts over whole tenths of a second is the amplitude of the 50 Hz in
    them, however loud the speech on top: a lock-in amplifier.
    """

    _rest: PcmArray = field(
        init=False, repr=False, default_factory=lambda: np.zeros(0, dtype=np.int16)
    )
    _odd: bool = field(init=False, repr=False, default=False)
    """Whether the next hop begins at the mains' half period."""

    def feed(self, pcm: PcmArray) -> FloatArray:
        """Take int16 samples [n, 2]; return what the agent's show, [hops, 5]."""
        samples = np.concatenate([self._rest, pcm[:, AGENT]])
        hops = len(samples) // HOP
        self._rest = samples[hops * HOP :].copy()
        rows = samples[: hops * HOP].reshape(hops, HOP)
        stats = np.empty((hops, 5), dtype=np.float32)
        if hops:
            stats[:, LOWEST], stats[:, HIGHEST] = rows.min(axis=1), rows.max(axis=1)
            stats[:, MEAN:] = rows.astype(np.float64) @ _WAVES * (2 / HOP / _WHOLE)
            stats[self._odd ^ 1 :: 2, HUM_COS:] *= -1
        self._odd ^= bool(hops % 2)
        return stats / np.float32(_FULL)

    def reset(self) -> None:
        """Forget the samples of an unfinished hop."""
        self._rest = np.zeros(0, dtype=np.int16)
        self._odd = False
