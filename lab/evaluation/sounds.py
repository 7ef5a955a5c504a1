"""Recordings and made-up noise, as float arrays at 16 kHz in which 1.0 is full scale."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from firmware_py.core.types import HOP, RATE
from firmware_py.hearing.levels import measure

READERS = "s0150", "s0252"
"""Of the sentences of ``speech.tsv``; where only one is heard, settings are chosen on the first."""
READER = READERS[1]
"""Whose sentences report."""
KNOWN_READER = "as3_SSB0139"
"""From whom the phone model learns."""

Sound = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recording:
    """One line of a table of recordings."""

    path: Path
    kind: str
    who: str
    """Speaker, or label where the table has labels."""
    text: str


def table(audio: Path, name: str) -> list[Recording]:
    """Read ``speech.tsv`` or ``events.tsv``."""
    with (audio / name).open(encoding="utf-8") as lines:
        return [
            Recording(
                audio / row["path"],
                row["kind"],
                row.get("speaker") or row.get("label", ""),
                row.get("text", ""),
            )
            for row in csv.DictReader(lines, delimiter="\t")
        ]


def load(path: Path) -> Sound:
    """One channel at 16 kHz."""
    sound, rate = soundfile.read(path, always_2d=True)
    return np.asarray(soxr.resample(sound[:, 0], rate, RATE))


def hop_levels(sound: Sound) -> npt.NDArray[np.float32]:
    """Level in dBFS of every whole hop."""
    whole = sound[: len(sound) // HOP * HOP]
    pcm = to_pcm(whole, whole)
    return np.asarray(measure(pcm)[:, 0])


def speech_level(sound: Sound) -> float:
    """Mean power in dBFS of the hops within 25 dB of the loudest (after ITU-T P.56)."""
    levels = hop_levels(sound)
    active = levels[levels > levels.max() - 25]
    return float(10 * np.log10(np.mean(10 ** (active / 10))))


def trim(sound: Sound) -> Sound:
    """Cut to where the speech is, to the hop: from and to 25 dB below the loudest."""
    loud = np.flatnonzero(hop_levels(sound) > hop_levels(sound).max() - 25)
    return sound[loud[0] * HOP : (loud[-1] + 1) * HOP]


def at_level(sound: Sound, db: float) -> Sound:
    """Scale speech to a level in dBFS."""
    return np.asarray(sound * 10 ** ((db - speech_level(sound)) / 20))


def room(samples: int, db: float, rng: np.random.Generator) -> Sound:
    """Noise of a room: falls 3 dB an octave, with a little mains hum."""
    size = 1 << max(1, (samples - 1).bit_length())
    spectrum = np.fft.rfft(rng.standard_normal(size))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise = np.fft.irfft(spectrum)[:samples]
    hum = np.sin(2 * np.pi * 50 * np.arange(samples) / RATE)
    noise = noise / noise.std() + 0.3 * hum
    return np.asarray(noise * 10 ** (db / 20))


def lay(sound: Sound, onto: Sound, at: int) -> None:
    """Add a sound into another one, from a sample on; what sticks out is cut off."""
    end = min(len(onto), at + len(sound))
    onto[at:end] += sound[: end - at]


def talk(sentences: list[Sound], seconds: float, rng: np.random.Generator) -> Sound:
    """One reader's sentences, one after the other, with short pauses."""
    parts: list[Sound] = []
    while sum(map(len, parts)) < seconds * RATE:
        parts += [sentences[rng.integers(len(sentences))], np.zeros(RATE // 3)]
    return np.concatenate(parts)


def to_pcm(agent: Sound, caller: Sound) -> npt.NDArray[np.int16]:
    """Two channels -> int16 [n, 2]."""
    both = np.stack([agent, caller], axis=1) * 32768
    return np.clip(both, -32768, 32767).astype(np.int16)


def by_kind(recordings: Iterable[Recording], kind: str, who: str = "") -> list[Recording]:
    """Those of a kind, and of a speaker or label that begins with ``who``."""
    return [one for one in recordings if one.kind == kind and one.who.startswith(who)]
