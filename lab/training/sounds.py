"""Whether a site's sound file can be learnt from: looked at before any work is done."""

from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from firmware_py.core.types import RATE
from lab.training import corpus

LOWEST_RATE: Final = 8_000
SHORTEST_S: Final = 0.2
LONGEST_S: Final = 60.0
"""A recording with a text is a sentence or two; in a longer one nobody finds what is said where."""
FASTEST: Final = 15.0
"""Syllables a second that nobody says."""
SILENT: Final = 1e-4
"""Peak of full scale up to which nothing is to be heard."""


def channels_of(path: Path) -> int | str:
    """Say how many channels a sound file has, or what is wrong with it."""
    if not path.is_file():
        return f"there is no file {path}"
    try:
        told = soundfile.info(path)
    except soundfile.SoundFileError:
        return f"{path} is in no encoding that can be read; convert it to WAV, FLAC or Ogg"
    if told.samplerate < LOWEST_RATE:
        return f"{path} has {told.samplerate} Hz; {LOWEST_RATE} Hz is the least"
    return int(told.channels)


def unfit(path: Path, channel: int | None = None, syllables: int = 0) -> str | None:
    """Hear a file out; say why nobody can learn from it, if so.

    Args:
        path: a sound file, whose head can be read.
        channel: which one counts; None: all of them.
        syllables: that are said in it; 0: it is no speech, and may last long.
    """
    try:
        sound = corpus.load(path, channel)
    except soundfile.SoundFileError:
        return f"{path} is broken; copy it again"
    seconds = len(sound) / RATE
    if seconds < SHORTEST_S or syllables > FASTEST * seconds:
        said = f" for {syllables} syllables" if syllables else ""
        return f"{path} lasts {seconds:.1f} s: too short{said}"
    if syllables and seconds > LONGEST_S:
        return f"{path} lasts {seconds:.0f} s: cut it into sentences of 2 to 10 s"
    if not np.isfinite(sound).all() or np.abs(sound).max() <= SILENT:
        which = "" if channel is None else f" on channel {channel + 1}"
        return f"in {path} nothing is to be heard{which}"
    return None
