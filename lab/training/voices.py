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
    voice = f"cmn-latn-pinyin+{variant}"
    pace, pitch = str(rng.randint(130, 240)), str(rng.randint(15, 85))
    wav = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", pace, "-p", pitch, "--stdout", " ".join(words)],
        capture_output=True,
        check=True,
    ).stdout
    sound, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return trim(soxr.resample(sound, rate, RATE).astype(np.float32))
