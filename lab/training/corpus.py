"""The recordings: what there is to learn from, what each says, and who stays unheard."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pypinyin
import soundfile
import soxr

from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import RATE
from firmware_py.hearing.spelling import TOKENS, SpellingError, spell

Sound = npt.NDArray[np.float32]
"""Samples of one channel at 16 kHz, within -1 to 1."""

HELD_OUT: Final = ("ht",)
"""Speakers who only ever measure: of syllables, which can be joined into phrases."""

HELD_OUT_TIMBRES: Final = (
    "zf_xiaoni",
    "zm_yunyang",
    "af_sky",
    "am_echo",
    "bf_alice",
    "bm_daniel",
    "ff_siwis",
    "jm_kumo",
)
"""Neural voices that only ever measure, in blends too."""

CROWD: Final = "Common Voice"
"""A source that begins like this is a crowd, each at their own microphone: kind ``crowd``."""

DOUBTFUL: Final = 0.72
"""Phone error rate of an earlier model, from which a label of the crowd is not to be trusted.

That model erred at 0.50 of the crowd's phones on median; one clip in twenty lies above.
"""

CAST: Final = 24
"""Made-up voices for each real speaker (``cast``), numbered from 1; number 0 is the speaker."""

_NUMBER: Final = {token: number for number, token in enumerate(TOKENS)}


@dataclass(frozen=True, slots=True)
class Recording:
    """One line of ``speech.tsv`` whose words are certain."""

    path: Path
    kind: str
    speaker: str
    licence: str
    syllables: tuple[str, ...]
    channel: int | None = None
    """Which channel of the file the speaker is on; None means all of them."""


def tokens_of(syllables: tuple[str, ...]) -> tuple[int, ...]:
    """Give the model's outputs that stand for toneless syllables.

    Raises:
        SpellingError: one of them is no syllable.
    """
    return tuple(_NUMBER[token] for syllable in syllables for token in spell(syllable))


def readings(text: str) -> tuple[str, ...] | None:
    """Read a label, or say None where it is not certain how it was spoken."""
    syllables = _readings(text)
    return syllables if syllables and _are_spoken(syllables) else None


def _are_spoken(syllables: tuple[str, ...]) -> bool:
    try:
        tokens_of(syllables)
    except SpellingError:
        return False
    return True


def _readings(text: str) -> tuple[str, ...] | None:
    if re.fullmatch(r"[a-zü:]+[0-9]?", text):
        return (text.rstrip("0123456789").replace("u:", "v").replace("ü", "v"),)
    hanzi = text.replace(" ", "")
    if not re.fullmatch(r"[\u4e00-\u9fff]+", hanzi) or "儿" in hanzi[1:]:
        return None  # letters are read in many ways, and a final r-colouring has no token
    if (
        len(hanzi) == 1
        and len(pypinyin.pinyin(hanzi, pypinyin.Style.NORMAL, heteronym=True)[0]) > 1
    ):
        return None
    return tuple(word.replace("ü", "v") for word in pypinyin.lazy_pinyin(hanzi))


def recordings(audio: Path, use: str = "train") -> Iterator[Recording]:
    """Go through ``speech.tsv``, leaving out lines whose reading is not certain.

    Raises:
        DeskcueError: the table is not there.
    """
    table = audio / "speech.tsv"
    if not table.is_file():
        raise DeskcueError(f"{table} is not there: set DESKCUE_AUDIO to the folder that holds it")
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            syllables = readings(row["text"]) if row["use"] == use else None
            if syllables is None:
                continue
            if use == "train" and float(row.get("per") or 0) > DOUBTFUL:
                continue
            kind = "crowd" if row["source"].startswith(CROWD) else row["kind"]
            yield Recording(audio / row["path"], kind, row["speaker"], row["licence"], syllables)


def neural(audio: Path) -> Iterator[Recording]:
    """Go through ``neural.tsv``, if there is one: fluent synthetic speech of known syllables."""
    table = audio / "neural.tsv"
    if not table.is_file():
        return
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            syllables = tuple(word.rstrip("012345") for word in row["text"].split())
            kept = any(name in row["speaker"] for name in HELD_OUT_TIMBRES)
            if row["use"] == "train" and not kept and _are_spoken(syllables):
                path = audio / row["path"]
                yield Recording(path, "neural", row["speaker"], row["licence"], syllables)


def load(path: Path, channel: int | None = None) -> Sound:
    """Read a sound file as one channel at 16 kHz: that one, or all of them mixed."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = sound.mean(axis=1) if channel is None else sound[:, channel]
    return np.asarray(mono if rate == RATE else soxr.resample(mono, rate, RATE), np.float32)


def trim(sound: Sound, below_peak_db: float = 38.0) -> Sound:
    """Cut the silence off both ends, leaving 20 ms."""
    hop = RATE // 100
    hops = len(sound) // hop
    if hops < 3:
        return sound
    energy = np.square(sound[: hops * hop].reshape(hops, hop)).mean(axis=1)
    loud = np.flatnonzero(energy > energy.max() * 10 ** (-below_peak_db / 10))
    return sound[max(0, loud[0] - 2) * hop : (loud[-1] + 3) * hop]
