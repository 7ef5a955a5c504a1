"""Turns what a sound card or a recording gives into what the device hears: 16 kHz, two channels.

The resampler is soxr (its "HQ" recipe). What comes out depends on the samples alone, not on how
they were cut into pieces, so a live call and its recording sound the same to the device.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import soxr

from firmware_py.core.types import RATE, PcmArray

Samples = npt.NDArray[np.float32]
"""Samples of any rate, full scale 1, shape [samples, channels]."""

_FULL_SCALE: Final = 32768.0


class Resampler:
    """Takes pieces of one stream, of any length."""

    def __init__(self, rate: int) -> None:
        """Begin a stream of this many samples per second."""
        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 2, dtype="float32")

    def feed(self, samples: Samples) -> PcmArray:
        """What can be heard by now: int16 at 16 kHz, shape [samples, 2]; some lags behind."""
        samples = _two_channels(samples)
        return _to_pcm(self._stream.resample_chunk(samples) if self._stream else samples)

    def finish(self) -> PcmArray:
        """What still lagged behind, once the stream is over."""
        nothing = np.empty((0, 2), dtype=np.float32)
        return _to_pcm(self._stream.resample_chunk(nothing, last=True) if self._stream else nothing)


def from_int16(frames: PcmArray) -> Samples:
    """The same samples at full scale 1, exactly."""
    samples: Samples = frames.astype(np.float32) / np.float32(_FULL_SCALE)
    return samples


def _two_channels(samples: Samples) -> Samples:
    """The first two channels; one channel is the agent alone."""
    if samples.shape[1] == 1:
        return np.concatenate((samples, np.zeros_like(samples)), axis=1)
    return np.ascontiguousarray(samples[:, :2])


def _to_pcm(samples: Samples) -> PcmArray:
    pcm: PcmArray = np.clip(np.rint(samples * _FULL_SCALE), -32768, 32767).astype(np.int16)
    pcm.flags.writeable = False
    return pcm
