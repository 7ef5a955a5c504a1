"""Synthetic voices: espeak-ng and its variants."""

import io
import random
import subprocess
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from firmware_py.core.types import RATE
from lab.training.corpus import Sound, trim
from lab.training.texts import Toned

HELD_OUT: Final = ("Alicia", "Michael", "klatt3", "f5", "Andy")
"""Synthetic voices that only ever measure."""


def variants() -> list[str]:
    """Give espeak-ng's voice variants for training, in a fixed order."""
    listing = subprocess.run(
        ["espeak-ng", "--voices=variant"], capture_output=True, text=True, check=True
    ).stdout
    files = [line.split("!v/", 1)[1] for line in listing.splitlines() if "!v/" in line]
    names = sorted({Path(name).name.strip() for name in files})
    return [name for name in names if name not in HELD_OUT]


def speak(words: Toned, variant: str, rng: random.Random) -> Sound:
    """Let espeak-ng say toned pinyin, at a random pace and pitch."""
    return _said(f"cmn-latn-pinyin+{variant}", " ".join(words), rng)


def foreign() -> list[tuple[str, str]]:
    """Give sentences that are not Mandarin, each after espeak-ng's name for its language."""
    table = Path(__file__).parent / "foreign.txt"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    return [(language, text) for language, text in rows]


def speak_foreign(language: str, text: str, variant: str, rng: random.Random) -> Sound:
    """Let espeak-ng say a sentence of another language."""
    return _said(f"{language}+{variant}", text, rng)


def _said(voice: str, text: str, rng: random.Random) -> Sound:
    pace, pitch = str(rng.randint(130, 240)), str(rng.randint(15, 85))
    wav = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", pace, "-p", pitch, "--stdout", text],
        capture_output=True,
        check=True,
    ).stdout
    sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return trim(soxr.resample(sound, rate, RATE).astype(np.float32))
