"""The bundled call, in Blocks as the live tap gives them."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from firmware_py.core.types import RATE, Block, PcmArray
from firmware_py.settings.config import Config

ROOT: Final = Path(__file__).parents[2]
DEMO: Final = ROOT / "firmware_py" / "demo"


def call(seconds: int) -> PcmArray:
    """Give the bundled call, repeated up to a length: int16 [samples, 2]."""
    pcm, rate = soundfile.read(DEMO / "call.ogg", dtype="int16", always_2d=True)
    assert rate == RATE
    return np.resize(pcm, (seconds * RATE, 2))


def cut(pcm: PcmArray) -> Iterator[Block]:
    """Cut sound into Blocks as the tap does."""
    size = Config().tap.block_samples
    edges = [*range(0, len(pcm), size), len(pcm)]
    for seq, (start, end) in enumerate(itertools.pairwise(edges)):
        yield Block(seq, pcm[start:end])
