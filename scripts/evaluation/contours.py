"""Intonation: made-up turns whose pitch rises, falls or stays, with the tones of Mandarin on it."""

import io
import random
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import soundfile
import soxr
from rich.progress import track
from rich.table import Table
from training import texts, voices

from evaluation.lines import Line
from evaluation.sounds import Sound, trim
from firmware_py.detectors.intonation import Intonation
from firmware_py.hearing.ear import Ear
from firmware_py.types import RATE

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


def measure(_audio: Path, _speaker: str, most: int, seed: int) -> Table:
    """Share of turns heard in the right direction."""
    rng = np.random.default_rng(seed)
    tally: Counter[tuple[str, str, str]] = Counter()
    line, kinds = (
        Line(rng, Ear(None)),
        {"glottal pulses": pulses, "espeak-ng, voices held out": spoken},
    )
    for number in track(range(most), "intonation", transient=True):
        for kind, make in kinds.items():
            for direction, (least, greatest) in RISES.items():
                turn = make(rng.uniform(least, greatest), seed * 1_000_003 + number, rng)
                snr = rng.uniform(10, 30)
                for narrow in (False, True):
                    seen = line.listen(Intonation(), turn, snr, narrow)
                    name = seen[-1].name.partition(".")[2] if seen else "nothing"
                    tally[f"{kind}, {'8 kHz' if narrow else 'wide'}", direction, name] += 1
    return _table(tally, most, seed)


def _table(tally: Counter[tuple[str, str, str]], most: int, seed: int) -> Table:
    table = Table(title=f"intonation: {most} turns of each kind and direction, seed {seed}")
    for head in ("turns", "true", "rising", "flat", "falling", "nothing", "right"):
        table.add_column(head, justify="left" if head in ("turns", "true") else "right")
    for kind in sorted({kind for kind, _, _ in tally}):
        for direction in RISES:
            heard = [tally[kind, direction, name] for name in (*RISES, "nothing")]
            right = tally[kind, direction, direction] / sum(heard)
            table.add_row(kind, direction, *map(str, heard), f"{right:.0%}")
    return table


def pulses(semitones: float, _seed: int, rng: np.random.Generator) -> Sound:
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


def spoken(semitones: float, seed: int, _rng: np.random.Generator) -> Sound:
    """Six words read one by one, the pitch of the synthetic voice raised or lowered from each."""
    dice = random.Random(seed)
    words = [dice.choice(_WORDS) for _ in range(6)]
    voice = voices.HELD_OUT[seed % len(voices.HELD_OUT)]
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


_WORDS = [word for word in texts.dictionary() if len(word) == 3]
