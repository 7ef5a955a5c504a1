"""Utterances to measure the phrase spotter on: who says what, and how it sounds on a line.

Voices and readings come from the recipe of the model (``lab/training``), so that what counts as
held out here is what was held out there.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from firmware_py.core.types import RATE, FloatArray
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import PhoneModel
from lab.scenarios.joined import join
from lab.training import corpus, texts, voices
from lab.training.corpus import Sound

(UNHEARD,) = corpus.HELD_OUT
"""The person whose syllables are joined into what the model never heard."""
JOINED = ("cw", "pd")
"""Speakers whose syllables the model knows, and are joined."""
JOINED_SHARE = 0.25
"""Hours of each one's talk, for an hour of synthetic talk."""
LEAD_S = 0.4
TAIL_S = 0.7


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance, silence around it."""

    voice: str
    syllables: tuple[str, ...]
    sound: Sound
    end: float
    """Second in which the last syllable ends."""

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.sound) / RATE


def _placed(voice: str, syllables: tuple[str, ...], sound: Sound, seed: object) -> Utterance:
    """On a line: at a random level, over faint noise."""
    rng = np.random.default_rng(abs(hash(str(seed))) % 2**32 if not isinstance(seed, int) else seed)
    lead, tail = np.zeros(int(LEAD_S * RATE)), np.zeros(int(TAIL_S * RATE))
    loud = np.sqrt(np.mean(np.square(sound))) + 1e-9
    level = 10 ** (rng.uniform(-35, -18) / 20)
    whole = np.concatenate([lead, sound * (level / loud), tail])
    snr = rng.uniform(20, 35)
    noise = rng.normal(0, level * 10 ** (-snr / 20), len(whole))
    end = LEAD_S + len(sound) / RATE
    return Utterance(voice, syllables, (whole + noise).astype(np.float32), end)


def synthetic(words: Iterable[texts.Toned], names: Iterable[str], seed: int) -> Iterator[Utterance]:
    """Every text by every voice."""
    names = tuple(names)
    for number, text in enumerate(words):
        for place, name in enumerate(names):
            one = seed * 1_000_003 + number * 101 + place
            sound = voices.speak(text, name, random.Random(one))
            plain = texts.plain(text)
            yield _placed(name, plain, sound, one)


def in_turn(
    words: Iterable[texts.Toned], names: Sequence[str], seed: int = 0
) -> Iterator[Utterance]:
    """Every text by one voice, the voices taking turns."""
    for number, text in enumerate(words):
        yield from synthetic([text], [names[number % len(names)]], seed + number)


def for_hours(said: Iterable[Utterance], hours: float) -> Iterator[Utterance]:
    """Stop once there are more hours of it than asked for."""
    seconds = 0.0
    for utterance in said:
        yield utterance
        seconds += utterance.seconds
        if seconds > hours * 3600:
            return


def recorded(
    audio: Path, speakers: Iterable[str], seed: int, use: str = "train"
) -> Iterator[Utterance]:
    """Recordings as they are, of these speakers; none named: of all."""
    wanted = set(speakers)
    for number, item in enumerate(corpus.recordings(audio, use)):
        if not wanted or item.speaker in wanted:
            sound = corpus.trim(corpus.load(item.path))
            yield _placed(item.speaker, item.syllables, sound, seed * 1_000_003 + number)


def commands(audio: Path, seed: int) -> Iterator[Utterance]:
    """Every recorded command, though it is not certain which of its syllables are said.

    The only "syllable" of each is its label.
    """
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["kind"] == "phrase"]
    for number, row in enumerate(rows):
        sound = corpus.trim(corpus.load(audio / row["path"]))
        yield _placed(row["speaker"], (row["text"],), sound, seed * 1_000_003 + number)


def syllables_of(audio: Path, speaker: str) -> dict[str, list[Sound]]:
    """All recordings of single syllables by one speaker, by toneless syllable."""
    found: dict[str, list[Sound]] = {}
    use = "dev" if speaker in corpus.HELD_OUT else "train"
    for item in corpus.recordings(audio, use):
        if item.speaker == speaker and len(item.syllables) == 1:
            found.setdefault(item.syllables[0], []).append(corpus.trim(corpus.load(item.path)))
    return found


def joined(
    syllables: dict[str, list[Sound]], speaker: str, words: Iterable[texts.Toned], seed: int
) -> Iterator[Utterance]:
    """Texts put together from single syllables, shortened to the pace of speech and cross-faded."""
    rng = random.Random(seed)
    for number, text in enumerate(words):
        plain = texts.plain(text)
        if not all(word in syllables for word in plain):
            continue
        whole = join((rng.choice(syllables[word]) for word in plain), rng)
        yield _placed(speaker, plain, whole, seed * 1_000_003 + number)


def joined_talk(audio: Path, hours: float, seed: int) -> Iterator[Utterance]:
    """Ordinary talk by people whom the model knows, to go with so many hours of synthetic talk."""
    for speaker in JOINED:
        talk = joined(syllables_of(audio, speaker), speaker, texts.ordinary(seed), seed)
        yield from for_hours(talk, hours * JOINED_SHARE)


def telephoned(utterance: Utterance) -> Utterance:
    """The same over a narrow line: 8 kHz, 300 to 3400 Hz."""
    low = soxr.resample(utterance.sound, RATE, 6_800)  # 3400 Hz is all that survives this
    sound = soxr.resample(low, 6_800, RATE)[: len(utterance.sound)].astype(np.float32)
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    spectrum *= 1 / (1 + (300 / np.maximum(hz, 1.0)) ** 6)
    narrow = np.fft.irfft(spectrum, len(sound)).astype(np.float32)
    return Utterance(utterance.voice, utterance.syllables, narrow, utterance.end)


def posteriors(utterance: Utterance, phone_model: PhoneModel) -> FloatArray:
    """What the device hears of it."""
    phone_model.reset()
    pcm = np.clip(np.rint(utterance.sound * 32768), -32768, 32767).astype(np.int16)
    return phone_model.feed(LogMel().feed(pcm))
