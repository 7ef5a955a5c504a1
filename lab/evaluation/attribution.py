"""Whose words: echoes of the caller and the next desk must not be charged to the agent.

Stretches of talk by people whom the model never heard, and banned phrases of fluent synthetic
voices as the spotter finds them. Settings are chosen on one half of the speakers (``--half 0``).
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from firmware_py.core.types import HOP, RATE, Block, PcmArray
from firmware_py.detectors.phrases import hops_of
from firmware_py.hearing.attribution import LEAD, Attribution
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from lab.evaluation.hearing import frames
from lab.evaluation.sounds import Sound, at_level, load, room, speech_level, to_pcm, trim
from lab.evaluation.wanted import banned
from lab.results import Result, at_least, at_most, share
from lab.training import texts

OWN_DB = -26.0
LEAST_SENTENCES = 8
"""Sentences of a speaker who takes part; at most so many times five of them are used."""
NEXT_DESKS = ("next desk", "next desk, its words")
"""The next desk's usual voice is so much softer than the agent's, or the words in question are."""
SITUATIONS = ("echo", *NEXT_DESKS, "own", "own, both speak")
OTHERS = SITUATIONS[:3]
SCENES = 100
"""Of each sort, of banned phrases; of any words more, for those need no phone model."""
SCENES_OF_ANY = 300
BLOCK = 1920


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who talks, at the levels at which they do."""

    talk: list[Sound]
    """Sentences, of which the middle one has the level ``OWN_DB``."""
    phrases: list[Sound]
    """What is charged to somebody; empty: any stretch of a sentence."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What both channels carry, and where the words in question are."""

    pcm: PcmArray
    start: int
    end: int
    """In samples."""


def real_voices(audio: Path, half: int) -> list[Voice]:
    """People who only ever measure, one half of them."""
    said: dict[str, list[Path]] = {}
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["use"] == "dev" and row["kind"] == "sentence" and row["speaker"]:
                said.setdefault(row["speaker"], []).append(audio / row["path"])
    many = sorted(who for who, paths in said.items() if len(paths) >= LEAST_SENTENCES)
    return [Voice(_talk(said[who][: 5 * LEAST_SENTENCES]), []) for who in many[half::2]]


def neural_voices(audio: Path, half: int) -> list[Voice]:
    """Fluent synthetic voices that say banned phrases among other things, one half of them."""
    wanted = banned()
    talk: dict[str, list[Path]] = {}
    phrases: dict[str, list[Path]] = {}
    with (audio / "neural.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            syllables = texts.plain(tuple(row["text"].split()))
            said = phrases if wanted.held_by(syllables) else talk
            said.setdefault(row["speaker"], []).append(audio / row["path"])
    both = sorted(who for who in phrases if len(talk.get(who, [])) >= LEAST_SENTENCES)
    return [
        Voice(_talk(talk[who][: 5 * LEAST_SENTENCES]), [trim(load(p)) for p in phrases[who]])
        for who in both[half::2]
    ]


def _talk(paths: list[Path]) -> list[Sound]:
    sounds = [trim(load(path)) for path in paths]
    middle = float(np.median([speech_level(sound) for sound in sounds]))
    return [sound * 10 ** ((OWN_DB - middle) / 20) for sound in sounds]


def dull(sound: Sound, hz: float) -> Sound:
    """A second-order low pass, as an earpiece and a cheek are."""
    spectrum = np.fft.rfft(sound)
    bins = np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.fft.irfft(spectrum / np.sqrt(1 + (bins / hz) ** 4), len(sound))


class SceneMaker:
    """Makes scenes of some voices, the same for the same seed."""

    def __init__(self, voices: list[Voice], rng: np.random.Generator) -> None:
        self._voices, self._rng = voices, rng

    def scene(self, situation: str) -> Scene:
        """Somebody says something, after the agent has spoken for some ten seconds."""
        rng = self._rng
        places = rng.choice(len(self._voices), 3, replace=len(self._voices) < 3)
        agent, caller, other = (self._voices[place] for place in places)
        greeting = self._words(agent, float(rng.uniform(8, 14)))
        at = len(greeting) + round(float(rng.uniform(0.5, 2)) * RATE)
        near = situation in NEXT_DESKS
        speaker = caller if situation == "echo" else other if near else agent
        said, first, last = self._phrase(speaker)
        if situation == NEXT_DESKS[1]:
            said = said * 10 ** ((OWN_DB - speech_level(said[first:last])) / 20)
        samples = at + len(said) + 3 * RATE
        ours, theirs = np.zeros(samples), np.zeros(samples)
        ours[: len(greeting)] = greeting
        louder = 10 ** (float(rng.uniform(-12, 12)) / 20)
        late = round(float(rng.uniform(0.02, 0.3)) * RATE)
        if situation == "echo":
            theirs[at : at + len(said)] = said * louder
        else:
            softer = float(rng.uniform(-30, -10)) if near else 0.0
            ours[at : at + len(said)] = said * 10 ** (softer / 20)
            if situation != "own" and rng.random() < (0.5 if near else 1):
                theirs[at:] = self._words(caller, (samples - at) / RATE + 1)[: samples - at]
                theirs *= louder
        ours += self._echo(theirs, late)
        noise_db = float(rng.uniform(-70, -50))
        ours += room(samples, noise_db, rng)
        theirs += room(samples, noise_db - 3, rng)
        delay = late if situation == "echo" else 0
        pcm = to_pcm(np.clip(ours, -1, 1), np.clip(theirs, -1, 1))
        return Scene(pcm, at + first + delay, at + last + delay)

    def _echo(self, theirs: Sound, late: int) -> Sound:
        rng = self._rng
        power = float(np.mean(theirs**2))
        if not power:
            return theirs
        echo = dull(np.concatenate([np.zeros(late), theirs])[: len(theirs)], rng.uniform(600, 3e3))
        wanted = power * 10 ** (float(rng.uniform(-40, -15)) / 10)
        return np.asarray(echo * np.sqrt(wanted / np.mean(echo**2)))

    def _words(self, voice: Voice, seconds: float) -> Sound:
        parts: list[Sound] = []
        while sum(map(len, parts)) < seconds * RATE:
            pause = np.zeros(round(float(self._rng.uniform(0.2, 0.8)) * RATE))
            parts += [voice.talk[self._rng.integers(len(voice.talk))], pause]
        return np.concatenate(parts)

    def _phrase(self, voice: Voice) -> tuple[Sound, int, int]:
        """Sound, and first and last sample of the words in question."""
        if voice.phrases:
            sound = voice.phrases[self._rng.integers(len(voice.phrases))]
            return at_level(sound, OWN_DB), 0, len(sound)
        wanted = round(float(self._rng.uniform(0.7, 2.2)) * RATE)
        long = [sound for sound in voice.talk if len(sound) > wanted] or voice.talk
        sound = long[self._rng.integers(len(long))]
        first = int(self._rng.integers(max(1, len(sound) - wanted)))
        return sound, first, min(len(sound), first + wanted)


def charged(scene: Scene) -> bool:
    """Whether the stretch in question would be charged to the agent."""
    attribution = Attribution()
    for features in frames(scene.pcm):
        attribution.feed(features)
    return attribution.own(scene.start // HOP + LEAD, scene.end // HOP)


class Ear:
    """Hears banned phrases, and asks whose they are."""

    def __init__(self) -> None:
        self._extractor = FeatureExtractor(load_phone_model())
        self._spotter = PhraseSpotter(banned().pronunciations)

    def hears(self, scene: Scene) -> tuple[bool, bool]:
        """Whether a phrase is found in the stretch in question; and whether it is charged."""
        self._extractor.reset()
        self._spotter.reset()
        attribution = Attribution()
        found = own = False
        for seq, pcm in enumerate(np.split(scene.pcm, range(BLOCK, len(scene.pcm), BLOCK))):
            features = self._extractor.feed(Block(seq, pcm))
            attribution.feed(features)
            for hit in self._spotter.feed(features.posteriors):
                first, last = hops_of(hit)
                if first * HOP >= scene.start - RATE // 2:
                    found, own = True, own or attribution.own(first, last)
        return found, own


TARGETS = {"echo": at_most(1), "next desk": at_most(1), "own": at_least(99)}
"""Per cent that are charged."""


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """How often words of each are charged to the agent: any words, of real people."""
    maker = SceneMaker(real_voices(audio, wanted.half), np.random.default_rng(wanted.seed))
    for situation in SITUATIONS:
        scenes = track(range(SCENES_OF_ANY), transient=True)
        told = [charged(maker.scene(situation)) for _ in scenes]
        yield _share(situation, "any", sum(told), len(told), "stretches of 0.7 to 2.2 s")


def phrases(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """The same of banned phrases that the spotter finds, by fluent synthetic voices."""
    maker = SceneMaker(neural_voices(audio, wanted.half), np.random.default_rng(wanted.seed))
    ear = Ear()
    for situation in (one for one in SITUATIONS if one != NEXT_DESKS[1]):
        heard = [ear.hears(maker.scene(situation)) for _ in track(range(SCENES), transient=True)]
        found, own = (sum(one) for one in zip(*heard, strict=True))
        if situation in OTHERS:
            yield _share(situation, "banned", own, SCENES, "banned phrases said")
        elif found:
            yield _share(situation, "banned", own, found, "banned phrases found")


def _share(situation: str, words: str, hits: int, n: int, of: str) -> Result:
    name = situation.replace(", ", "_").replace(" ", "_")
    return share(
        f"attribution.{name}.{words}",
        "neighbours",
        f"Words charged to the agent: {words}",
        hits,
        n,
        of,
        target=TARGETS[situation.partition(",")[0]],
        conditions=situation,
    )
