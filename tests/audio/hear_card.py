"""Hears a sound card for a moment and prints what it was, and the tone of each side in Hz."""

import sys

import numpy as np

from firmware_py.audio.tap import TapSource
from firmware_py.core.types import RATE
from firmware_py.settings.config import Tap

for name in sys.argv[1:]:
    source = TapSource(Tap(name))
    pcm = np.empty((0, 2), dtype=np.int16)
    for block in source:
        pcm = np.concatenate((pcm, block.pcm))
        if len(pcm) > RATE // 2:
            break
    spectrum = np.abs(np.fft.rfft(pcm[-RATE // 4 :] * np.hanning(RATE // 4)[:, None], axis=0))
    print(f"{source} | {' '.join(str(4 * peak) for peak in spectrum.argmax(axis=0))}", flush=True)
    source.close()
