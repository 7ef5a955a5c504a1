"""Intonation: made-up turns whose pitch rises, falls or stays, with the tones of Mandarin on it."""

import io
import random
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
from rich.progress import track

from firmware_py.core.types import RATE, Features
from firmware_py.detectors.intonation import Intonation
from firmware_py.hearing.feature_extractor import FeatureExtractor
from lab.evaluation.hearing import said
from lab.evaluation.lines import Line
from lab.evaluation.plot import Sweep, shares
from lab.evaluation.sounds import Sound, trim
from lab.results import Result, at_least, share, slug
from lab.training import texts, voices

RISES = {"rising": (4.0, 9.0), "flat": (-1.0, 1.0), "falling": (-9.0, -4.0)}
"""Direction -> semitones from the first syllable to the last."""
TONES = ((2, 2), (-2, 2), (-2, -4), (3, -3), (0, -1))
"""Semitones at the start and at the end of each tone, the neutral one last (after Chao 1968)."""
VOWELS = ((750, 1_300, 2_500), (280, 2_250, 2_900), (320, 700, 2_300), (500, 1_100, 2_400))
"""Formants in Hz."""
USUAL_HZ = (85, 250)
"""Middle pitch of the made-up voices."""
_SEMITONES_PER_STEP = 0.17
"""What a step of espeak-ng's pitch (0 to 99) is worth, measured; 0.14 to 0.20 over its range."""


def measure(_audio: Path, _speaker: str, most: int, seed: int) -> Iterator[Result]:
    """Share of turns heard in the right direction."""
    tally: Counter[tuple[str, str]] = Counter()
    for turn in _turns(most, seed, voices.HELD_OUT):
        tally[turn.kind, turn.direction] += _heard(Intonation(), turn) == turn.direction
    for kind in sorted({kind for kind, _ in tally}):
        right = {direction: tally[kind, direction] for direction in RISES}
        yield share(
            f"speaking.intonation.{slug(kind)}",
            "speaking",
            "Direction of a turn heard rightly",
            sum(right.values()),
            most * len(RISES),
            "turns",
            target=at_least(90),
            conditions=kind,
            remarks=f"of {most} each: "
            + ", ".join(f"{direction} {times}" for direction, times in right.items()),
        )


FLAT_ST = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0)
"""Least rises and falls that are tried, in semitones."""


def sweep(_audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What calling more or fewer turns flat would do."""
    tallies = {semitones: Counter[tuple[str, str]]() for semitones in FLAT_ST}
    for turn in _turns(most, seed, voices.HELD_OUT if half else voices.variants()):
        for semitones, tally in tallies.items():
            heard = _heard(Intonation(flat_st=semitones), turn)
            tally[turn.direction, "there"] += 1
            tally[turn.direction, "right"] += heard == turn.direction
            tally[turn.direction, "moving"] += heard in ("rising", "falling")
    return Sweep(
        title=f"intonation: {most} turns of each kind and direction, half {half}, seed {seed}",
        across="flat_st: semitones of rise or fall over a turn from which it is not flat",
        values=list(FLAT_ST),
        lines={f"{name}, heard so": shares(tallies, name, "right") for name in RISES},
        wrong={"flat, heard to rise or fall": shares(tallies, "flat", "moving")},
        chosen=Intonation().flat_st,
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    kind: str
    direction: str
    frames: list[Features]


def _turns(most: int, seed: int, some: Sequence[str]) -> Iterator[_Turn]:
    """Turns of each kind and direction; those of espeak-ng by some of its voices."""
    rng = np.random.default_rng(seed)
    line = Line(rng, FeatureExtractor(None))
    for number in track(range(most), "intonation", transient=True):
        dice = seed * 1_000_003 + number
        for kind in ("glottal pulses", "espeak-ng"):
            for direction, (least, greatest) in RISES.items():
                rise = rng.uniform(least, greatest)
                sound = pulses(rise, rng) if kind == "glottal pulses" else spoken(rise, dice, some)
                snr = rng.uniform(10, 30)
                for narrow in (False, True):
                    name = f"{kind}, {'telephone' if narrow else 'wide band'}"
                    yield _Turn(name, direction, list(line.frames(sound, snr, narrow)))


def _heard(detector: Intonation, turn: _Turn) -> str:
    seen = said(detector, turn.frames)
    return seen[-1].name.partition(".")[2] if seen else "nothing"


def pulses(semitones: float, rng: np.random.Generator) -> Sound:
    """A turn of 10 to 24 syllables: glottal pulses through the formants of vowels."""
    return known_pulses(semitones, rng)[0]


def known_pulses(semitones: float, rng: np.random.Generator) -> tuple[Sound, Sound]:
    """The same turn, and the pitch of each of its samples in Hz, 0 where it is voiceless."""
    count = int(rng.integers(10, 25))
    usual = rng.uniform(*np.log2(USUAL_HZ))
    parts, pitch = [], []
    for place in np.linspace(-0.5, 0.5, count):
        start, end = TONES[rng.integers(len(TONES))]
        samples = round(rng.uniform(0.12, 0.26) * RATE)
        tone = np.linspace(start, end, samples) + rng.normal(0, 0.5)
        hz = 2 ** (usual + (semitones * place + tone) / 12)
        hiss = 0.05 * rng.standard_normal(round(rng.uniform(0.02, 0.09) * RATE))
        parts += [hiss, _vowel(hz, VOWELS[rng.integers(len(VOWELS))], rng)]
        pitch += [np.zeros(len(hiss)), hz]
    return np.concatenate(parts), np.concatenate(pitch)


def _vowel(hz: Sound, formants: tuple[int, ...], rng: np.random.Generator) -> Sound:
    """Pulses of a gliding pitch, with a little shimmer, falling 12 dB an octave, and formants."""
    turns = np.cumsum(hz) / RATE
    closes = np.flatnonzero(np.diff(np.floor(turns), prepend=0))
    source = np.zeros(len(hz))
    late = np.clip((turns[closes] % 1) * RATE / hz[closes], 0, 1)
    loud = 1 + 0.05 * rng.standard_normal(len(closes))
    source[closes] += loud * (1 - late)
    source[closes - 1] += loud * late
    spectrum = np.fft.rfft(source, 2 * len(source))
    f = np.fft.rfftfreq(2 * len(source), 1 / RATE)
    spectrum /= 1 + (f / 200) ** 2
    for formant in formants:
        width = 60 + 0.03 * formant
        spectrum *= formant**2 / np.sqrt((f**2 - formant**2) ** 2 + (f * width) ** 2)
    vowel = np.fft.irfft(spectrum)[: len(source)] * np.sqrt(np.hanning(len(source)))
    return np.asarray(vowel / np.abs(vowel).max())


def spoken(semitones: float, seed: int, some: Sequence[str]) -> Sound:
    """Six words read one by one, the pitch of the synthetic voice raised or lowered from each."""
    dice = random.Random(seed)
    words = [dice.choice(_words()) for _ in range(6)]
    voice = some[seed % len(some)]
    middle = dice.uniform(50, 65)
    step = semitones / _SEMITONES_PER_STEP
    pitches = [middle + step * place for place in np.linspace(-0.5, 0.5, len(words))]
    pause = np.zeros(round(0.05 * RATE))
    spoken = [_say(word, voice, round(pitch)) for word, pitch in zip(words, pitches, strict=True)]
    return np.concatenate([part for word in spoken for part in (word, pause)])


def _say(word: texts.Toned, voice: str, pitch: int) -> Sound:
    command = ["espeak-ng", "-v", f"cmn-latn-pinyin+{voice}", "-p", str(pitch), "--stdout"]
    wav = subprocess.run([*command, " ".join(word)], capture_output=True, check=True).stdout
    sound, rate = soundfile.read(io.BytesIO(wav))
    return trim(np.asarray(soxr.resample(sound, rate, RATE)))


@cache
def _words() -> list[texts.Toned]:
    return [word for word in texts.dictionary() if len(word) == 3]
