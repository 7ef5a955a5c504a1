"""Who speaks in a scenario: a voice of espeak-ng, or syllables of a real speaker put together."""

import os
import random
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from pypinyin import Style, lazy_pinyin

from firmware_py.core.types import RATE
from lab.scenarios import sounds
from lab.scenarios.joined import UNHEARD, join, load, recordings_of
from lab.scenarios.reading import Line, Scenario, Twin, Who
from lab.scenarios.sounds import Sound

USUAL_SPEED: Final = 170
"""Words a minute of a line that says nothing of it."""
_BREATHS: Final = {",": 0.2, "、": 0.15}
"""Seconds of pause at a mark; at any other 0.35."""
_SHOUT_PITCH: Final = 30
"""By which it is higher on espeak-ng's scale."""
_EFFORT_ST: Final = 3.0
"""Semitones by which a shout is higher."""


class Voice(Protocol):
    """Reads a line aloud; without the silence before and after it."""

    def __call__(self, line: Line) -> Sound:
        """Read it, at any level."""
        ...


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A voice of espeak-ng."""

    name: str

    def __call__(self, line: Line) -> Sound:
        """See ``Voice``."""
        pitch = line.pitch + (_SHOUT_PITCH if line.shout else 0)
        language = sounds.CANTONESE if line.cantonese else sounds.MANDARIN
        return sounds.speech(line.say, self.name, line.speed, pitch, language)


@dataclass(frozen=True, slots=True)
class Real:
    """A speaker of whom single syllables were recorded."""

    syllables: Mapping[str, list[Path]]
    """Recordings by syllable and tone, such as ``ba1``."""

    def __call__(self, line: Line) -> Sound:
        """See ``Voice``."""
        rng = random.Random(zlib.crc32(line.say.encode()))
        pace = line.speed / USUAL_SPEED
        parts: list[Sound] = []
        for stretch, mark in _stretches(line.say):
            chosen = (load(rng.choice(self._recordings(word))) for word in _read(stretch))
            parts.append(join(chosen, rng, pace).astype(np.float64))
            parts.append(np.zeros(round(_BREATHS.get(mark, 0.35) / pace * RATE)))
        whole = np.concatenate(parts[:-1])
        return sounds.higher(whole, _EFFORT_ST) if line.shout else whole

    def can_say(self, scenario: Scenario) -> bool:
        """Whether all that the agent says in a scenario can be put together."""
        lines = [line for twin in Twin for line in scenario.lines(twin) if line.who is Who.AGENT]
        words = [w for line in lines for stretch, _ in _stretches(line.say) for w in _read(stretch)]
        return not any(line.cantonese for line in lines) and all(map(self._recordings, words))

    def _recordings(self, word: str) -> list[Path]:
        """Of a syllable in its tone, or else in any."""
        plain = word.rstrip("012345")
        tones = (word, plain, *(f"{plain}{tone}" for tone in "12345"))
        return next((self.syllables[one] for one in tones if one in self.syllables), [])


@cache
def real_voice() -> Real | None:
    """The unheard speaker of the recordings in DESKCUE_AUDIO; None where there are none."""
    audio = Path(os.environ.get("DESKCUE_AUDIO", ""))
    if not (audio / "speech.tsv").is_file():
        return None
    return Real(recordings_of(audio, UNHEARD))


def _stretches(text: str) -> Iterator[tuple[str, str]]:
    """Parts of a text between its marks, each with the mark after it."""
    for stretch, mark in re.findall(r"(\w+)(\W*)", text):
        yield stretch, mark[:1]


def _read(text: str) -> list[str]:
    return [word.replace("ü", "v") for word in lazy_pinyin(text, style=Style.TONE3)]
