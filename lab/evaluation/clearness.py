"""Stretches of speech that are clear Mandarin, on good and bad lines, and others that are not.

Nobody was recorded mumbling, nor speaking both Mandarin and something else. So slurring is made up
(``tests/scenarios/sounds.py``), dialect and English are spoken by the same synthetic voices that
spoke Mandarin, and real English is that of other people, heard after a reader of Mandarin as if
they were the same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr

from firmware_py.core.types import HOP, HOPS_PER_SECOND, RATE, Features, FloatArray
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import PhoneModel
from lab.evaluation.sounds import (
    READERS,
    Sound,
    at_level,
    by_kind,
    hop_levels,
    load,
    room,
    table,
    trim,
)
from lab.scenarios.sounds import MANDARIN as STANDARD
from lab.scenarios.sounds import slurred, speech
from lab.training import corpus, texts

HALVES: Final = (0, 1)
VOICES: Final = {0: ("Alicia", "Michael"), 1: ("klatt3", "f5", "Andy")}
ACTORS: Final = {0: range(1, 5), 1: range(5, 9)}
LEVEL_DB: Final = -28.0
QUIET_DB: Final = -70.0
ENOUGH_S: Final = 20.0
"""Seconds of speech in a stretch: more than the detector judges together."""
LEARNING: Final = 4
"""Stretches from which the detector learns what is usual."""
MANDARIN: Final = ("Mandarin", "over noise at -15 dB", "over a telephone's band")
ENGLISH: Final = (
    "Please hold the line while I look this up for you.",
    "Your bill this month is fifty yuan, thirty more than last month.",
    "You can change the plan on your phone at any time you like.",
    "The new plan starts on the first day of the next month.",
    "I am sorry to have kept you waiting for such a long time.",
    "Would you like me to send you the details in a message?",
    "The nearest shop is on the main street, next to the station.",
    "Please bring your identity card with you when you come.",
    "The traffic package was activated last week, and it can be cancelled at once.",
    "Could you please repeat the number for me? Let me check what happened there.",
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some seconds of speech by one voice."""

    voice: str
    group: str
    sound: Sound
    wrong: str = ""
    """``slurred`` or ``foreign``; empty: neither."""
    learning: bool = False
    """Whether what is usual is learnt from it."""


def posteriors(sound: Sound, phone_model: PhoneModel) -> FloatArray:
    """What the device hears of it."""
    phone_model.reset()
    pcm = np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)
    return phone_model.feed(LogMel().feed(pcm))


def features(rows: FloatArray, first: int) -> Features:
    """A Frame of posteriors and nothing else; ``first`` is the index of its first row."""
    none = np.zeros((0, 2), np.float32)
    return Features(
        0, none, none, none > 0, none, none, none, none, none[:, 0] > 0, none[:, 0], first, rows
    )


def stretches(audio: Path, half: int) -> Iterator[Stretch]:
    """Everything of one half of the voices; what is learnt from comes first for each voice."""
    reader, read = READERS[half], _read(audio, READERS[half])
    yield from _mandarin(reader, read)
    for actor in ACTORS[half]:
        yield from _stretches(reader, "English, other people", _actor(audio, actor), "foreign")
    side = _side(audio, "agent" if half else "caller")
    yield from _stretches(reader, "English, a real call", side, "foreign")
    for voice in VOICES[half]:
        yield from _mandarin(voice, _spoken(voice, STANDARD, _sentences()))
        cantonese = _spoken(voice, "yue", _sentences()[40:])
        yield from _stretches(voice, "Cantonese, synthetic", cantonese, "foreign")
        english = _spoken(voice, "en-us", [*ENGLISH])
        yield from _stretches(voice, "English, synthetic", english, "foreign")


def _mandarin(voice: str, sentences: list[Sound]) -> Iterator[Stretch]:
    every = [*_stretches(voice, MANDARIN[0], sentences)]
    for stretch in every[:LEARNING]:
        yield Stretch(voice, "", stretch.sound, learning=True)
    yield from every[LEARNING:]
    rest = sentences[len(sentences) // 3 :]
    yield from _stretches(voice, MANDARIN[1], rest, room_db=LEVEL_DB - 15)
    yield from _stretches(voice, MANDARIN[2], rest, change=_narrow)
    kind = "synthetic" if voice in VOICES[0] + VOICES[1] else "read"
    yield from _stretches(voice, f"slurred, {kind}", rest, "slurred", change=slurred)


def _stretches(
    voice: str,
    group: str,
    sentences: Iterable[Sound],
    wrong: str = "",
    room_db: float = QUIET_DB,
    change: Callable[[Sound], Sound] = np.asarray,
) -> Iterator[Stretch]:
    """Join sentences until there is enough speech for the detector to judge."""
    pause, parts, seconds, count = np.zeros(RATE // 4), [np.zeros(RATE // 4)], 0.0, 0
    for sentence in sentences:
        parts += [at_level(change(sentence), LEVEL_DB), pause]
        seconds += len(sentence) / RATE
        if seconds >= ENOUGH_S:
            sound = np.concatenate(parts)
            noise = room(len(sound), room_db, np.random.default_rng(count))
            yield Stretch(voice, group, sound + noise, wrong)
            parts, seconds, count = [pause], 0.0, count + 1


def _read(audio: Path, reader: str) -> list[Sound]:
    items = [
        i for i in corpus.recordings(audio, "dev") if i.speaker == reader and i.kind == "sentence"
    ]
    return [trim(load(item.path)) for item in items[:120]]


def _actor(audio: Path, number: int) -> list[Sound]:
    rows = by_kind(table(audio, "events.tsv"), "effort")
    wanted = {f"{mood} actor{number:02d}" for mood in ("neutral-normal", "calm-normal")}
    sounds = [trim(load(row.path)) for row in rows if row.who in wanted]
    return sounds * 3  # eight short sentences are too few


def _side(audio: Path, side: str) -> list[Sound]:
    """One side of the real call, without its pauses, in pieces of 3 s."""
    sound = load(audio / "events" / "turns" / f"call_{side}.ogg")
    levels = hop_levels(sound)
    near = np.convolve(levels > levels.max() - 30, np.ones(HOPS_PER_SECOND // 3), "same") > 0
    talk = sound[: len(levels) * HOP].reshape(-1, HOP)[near].ravel()
    return np.split(talk, range(3 * RATE, len(talk), 3 * RATE))


def _sentences() -> list[str]:
    path = Path(texts.__file__).with_name("sentences.txt")
    return path.read_text("utf-8").split()[:110]


def _spoken(voice: str, language: str, sentences: list[str]) -> list[Sound]:
    return [trim(speech(text, voice, 185, 50, language)) for text in sentences]


def _narrow(sound: Sound) -> Sound:
    """Over a telephone's band, 300 to 3400 Hz."""
    low = np.asarray(soxr.resample(sound, RATE, 6_800))
    back = np.asarray(soxr.resample(low, 6_800, RATE), np.float64)
    hz = np.fft.rfftfreq(len(back), 1 / RATE)
    kept = np.fft.rfft(back) / (1 + (300 / np.maximum(hz, 1.0)) ** 6)
    return np.asarray(np.fft.irfft(kept, len(back)))
