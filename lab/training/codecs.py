"""Telephone lines and softphones: what a codec does to speech.

Cheap distortions of mel energies (``conditions``) come anew with every example; these cost a
millisecond of work for every 100 ms of sound, so they happen once, while the store is built.
"""

import random
from dataclasses import dataclass
from typing import Final

import av
import numpy as np
import numpy.typing as npt
import soxr

from firmware_py.core.types import RATE
from lab.training.corpus import Sound


@dataclass(frozen=True, slots=True)
class Line:
    """A codec, and the rate and bits that it is used with."""

    codec: str
    """As FFmpeg calls it."""
    rate: int
    """Hz."""
    bits: int
    """Bits a second; 0 where the codec knows only one figure."""
    features: int = 160
    """Samples of a frame."""


LINES: Final = (
    Line("pcm_alaw", 8_000, 0),  # G.711, of the fixed network
    Line("pcm_mulaw", 8_000, 0),
    Line("libopus", 16_000, 16_000, 320),  # of softphones
    Line("libopus", 16_000, 12_000, 320),
    Line("libopencore_amrnb", 8_000, 12_200),  # of mobile telephones
    Line("libopencore_amrnb", 8_000, 5_900),
    Line("g723_1", 8_000, 6_300, 240),  # at a low rate, like G.729, which FFmpeg only reads
)


def _frames(line: Line, pcm: npt.NDArray[np.int16]) -> list[av.AudioFrame]:
    found = []
    for first in range(0, len(pcm), line.features):
        features = av.AudioFrame.from_ndarray(
            pcm[None, first : first + line.features], format="s16", layout="mono"
        )
        features.sample_rate, features.pts = line.rate, first
        found.append(features)
    return found


def through(line: Line, sound: Sound) -> Sound:
    """Pass a sound through a line; what comes out is as long as what went in, and in time."""
    slow = soxr.resample(sound, RATE, line.rate) if line.rate != RATE else sound
    peak = max(float(np.abs(slow).max()), 1e-4)
    pcm = np.round(slow * (16_000 / peak)).astype(np.int16)
    pcm = np.pad(pcm, (0, -len(pcm) % line.features + 4 * line.features))  # codecs look ahead
    there = av.CodecContext.create(line.codec, "w")
    there.sample_rate, there.layout, there.format = line.rate, "mono", "s16"
    if line.bits:
        there.bit_rate = line.bits
    there.open()
    packets = [packet for features in _frames(line, pcm) for packet in there.encode(features)]
    packets += there.encode(None)
    back = av.CodecContext.create(line.codec.replace("libopencore_", "").replace("lib", ""), "r")
    back.sample_rate, back.layout = line.rate, "mono"
    if there.extradata:
        back.extradata = there.extradata
    heard = [_samples(features) for packet in packets for features in back.decode(packet)]
    rate = back.sample_rate
    out = np.concatenate(heard)
    out = soxr.resample(out, rate, RATE) if rate != RATE else out
    return _in_time(out.astype(np.float32) * np.float32(peak * 32_768 / 16_000), sound)


def _samples(frame: av.AudioFrame) -> npt.NDArray[np.float32]:
    """Give a decoded frame as samples within -1 to 1."""
    samples = frame.to_ndarray()[0]
    if samples.dtype == np.int16:
        samples = samples / 32_768
    return np.asarray(samples, np.float32)


def _in_time(late: Sound, sound: Sound) -> Sound:
    """Take the codec's delay off, found by correlation."""
    size = 1 << (len(late) + len(sound)).bit_length()
    match = np.fft.irfft(np.fft.rfft(late, size) * np.conj(np.fft.rfft(sound, size)))
    delay = int(np.argmax(np.abs(match[: RATE // 10])))
    out = late[delay : delay + len(sound)]
    return np.pad(out, (0, len(sound) - len(out)))


def some_line(rng: random.Random) -> Line:
    """Choose a line."""
    return rng.choice(LINES)
