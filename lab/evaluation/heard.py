"""What a phone model hears of a set of recordings under a condition, kept on disk.

Posteriors lie in ``build/heard``, by the model's hash: whoever fits, chooses or measures hears each
sound once for each model.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, RATE, FloatArray
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from lab.evaluation.conditions import LEVEL, LEVELS, Conditions, levelled
from lab.evaluation.material import Clip, clips
from lab.training import corpus
from lab.training.corpus import Sound

FOLDER: Final = Path(__file__).parents[2] / "build" / "heard"
SECONDS_PER_ROW: Final = HOPS_PER_POSTERIOR / HOPS_PER_SECOND
LEAD_S, TAIL_S = 0.4, 0.7
"""Silence around speech."""
_OTHERS: Final = 30
"""Recordings of the same set from which the voices behind somebody are drawn."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A set of recordings as the phone model heard them."""

    clips: tuple[Clip, ...]
    posteriors: tuple[npt.NDArray[np.float16], ...]
    """Log posteriors of each, shape [rows, 59]."""

    @property
    def hours(self) -> float:
        """How long they are together."""
        return sum(map(len, self.posteriors)) * SECONDS_PER_ROW / 3600

    def rows(self, number: int) -> FloatArray:
        """Give the log posteriors of one."""
        return self.posteriors[number].astype(np.float32)


def hear(audio: Path, name: str, condition: str = "clean", model: Path | None = None) -> Heard:
    """Hear a set of recordings, or remember what was heard of it."""
    path = model or find_model()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    kept = FOLDER / f"{digest}-{name}-{condition}.npz"
    listed = clips(audio, name)
    if not kept.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        rows = _heard(listed, condition, Conditions(audio), load_phone_model(path))
        ends = np.cumsum([len(part) for part in rows])
        np.savez(kept, rows=np.concatenate(rows), ends=ends, names=_names(listed))
    with np.load(kept) as file:
        if str(file["names"]) != _names(listed):
            kept.unlink()
            return hear(audio, name, condition, model)
        return Heard(tuple(listed), tuple(np.split(file["rows"], file["ends"][:-1])))


def _names(listed: Sequence[Clip]) -> str:
    told = json.dumps([[clip.path.name, clip.syllables] for clip in listed])
    return hashlib.sha256(told.encode()).hexdigest()


def _heard(
    listed: Sequence[Clip], condition: str, conditions: Conditions, model: PhoneModel
) -> list[npt.NDArray[np.float16]]:
    rng = np.random.default_rng(zlib.crc32(f"{len(listed)} {condition}".encode()))
    sounds = [corpus.load(clip.path) for clip in listed]
    rows = []
    for clip, sound in zip(listed, sounds, strict=True):
        if condition in LEVELS:
            placed = levelled(sound) * (10 ** (LEVELS[condition] / 20) / LEVEL)
        else:
            some = rng.integers(len(listed), size=_OTHERS).tolist()
            others = [sounds[other] for other in some if listed[other].speaker != clip.speaker]
            speech = padded(levelled(corpus.trim(sound) if clip.syllables else sound))
            treated = conditions.by_name[condition](speech, others or sounds, rng)
            placed = _placed(treated, rng)
        pcm = np.clip(np.rint(placed * 32768), -32768, 32767).astype(np.int16)
        model.reset()
        rows.append(model.feed(LogMel().feed(pcm)).astype(np.float16))
    return rows


def padded(sound: Sound) -> Sound:
    """Put silence around speech."""
    return np.pad(sound, (int(LEAD_S * RATE), int(TAIL_S * RATE)))


def _placed(sound: Sound, rng: np.random.Generator) -> Sound:
    """On a line: at some level from -35 to -18 dBFS, over faint noise."""
    gain = 10 ** (rng.uniform(-35, -18) / 20) / LEVEL
    noise = rng.normal(0, LEVEL * 10 ** (-rng.uniform(25, 40) / 20), len(sound))
    return np.asarray((sound + noise) * gain, dtype=np.float32)
