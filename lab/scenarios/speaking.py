"""An agent's attempts, spoken by espeak-ng."""

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import soxr

from firmware_py.core.types import RATE, PcmArray

needs_voice = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="no espeak-ng here")
_DBFS = -28.0
_NOISE_DBFS = -70.0


def spoken(*parts: str | float, voice: str = "f5", speed: int = 180) -> PcmArray:
    """The agent's speech, shape [samples, 2]: texts, and seconds of pause between them."""
    sounds = [_part(part, voice, speed) for part in (0.6, *parts, 1.0)]
    sound = np.concatenate(sounds)
    loud = np.sqrt(np.mean(np.square(sound[np.abs(sound) > 1e-3])))
    noise = np.random.default_rng(0).normal(0, 10 ** (_NOISE_DBFS / 20), (len(sound), 2))
    noise[:, 0] += sound * 10 ** (_DBFS / 20) / loud
    return np.clip(np.rint(noise * 32768), -32768, 32767).astype(np.int16)


def _part(part: str | float, voice: str, speed: int) -> npt.NDArray[np.float64]:
    if isinstance(part, float | int):
        return np.zeros(round(part * RATE))
    command = ["espeak-ng", "-v", f"cmn-latn-pinyin+{voice}", "-s", str(speed), "--stdout", part]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    sound, rate = soundfile.read(io.BytesIO(wav))
    sound = soxr.resample(sound, rate, RATE)
    (loud,) = np.nonzero(np.abs(sound) > 0.01)
    return np.asarray(sound[loud[0] : loud[-1] + 1], np.float64)


def recorded(path: Path, pcm: PcmArray) -> Path:
    """Save it."""
    soundfile.write(path, pcm, RATE)
    return path
