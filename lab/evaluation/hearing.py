"""Sound through the device's own feature extractor, a Block at a time."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from firmware_py.core.ports import Detector
from firmware_py.core.types import (
    HOP,
    Block,
    BoolArray,
    Features,
    FloatArray,
    Observation,
    PcmArray,
)
from firmware_py.hearing.bands import energy_bands
from firmware_py.hearing.feature_extractor import FeatureExtractor, Stages
from firmware_py.hearing.mel import BANDS

BLOCK = 960


class NoSpectra:
    """Gives silent log-mel rows and bands where nobody needs them."""

    def __init__(self) -> None:
        self._samples = 0

    def feed(self, pcm: PcmArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Give a row of zeros for every hop."""
        before, self._samples = self._samples, self._samples + len(pcm)
        mel = np.zeros((self._samples // HOP - before // HOP, BANDS), dtype=np.float32)
        bands = energy_bands(mel)
        return mel, bands, bands

    def reset(self) -> None:
        """Forget the samples of an unfinished hop."""
        self._samples = 0


class NoPitch:
    """Gives no pitch where nobody needs it."""

    def feed(
        self,
        pcm: npt.NDArray[np.int16],  # noqa: ARG002
        speaking: BoolArray,
    ) -> FloatArray:
        """Give 0 Hz for every hop."""
        return np.zeros(len(speaking), dtype=np.float32)

    def reset(self) -> None:
        """Do nothing."""


def frames(pcm: npt.NDArray[np.int16], mel: bool = True) -> Iterator[Features]:
    """Features without posteriors; without mel energies and pitch too, where nobody needs them."""
    stages = Stages() if mel else Stages(spectra=NoSpectra(), pitch=NoPitch())
    extractor = FeatureExtractor(stages=stages)
    for seq, first in enumerate(range(0, len(pcm), BLOCK)):
        yield extractor.feed(Block(seq, pcm[first : first + BLOCK]))


def heard(pcm: npt.NDArray[np.int16]) -> Features:
    """Features of a stretch of sound in one piece, for detectors that hear it again and again."""
    return Features.concatenate(list(frames(pcm)))


def listen(detector: Detector, pcm: npt.NDArray[np.int16], mel: bool = True) -> list[Observation]:
    """Everything a detector says about a stretch of sound."""
    return said(detector, frames(pcm, mel))


def said(detector: Detector, heard: Iterable[Features]) -> list[Observation]:
    """Everything a detector says about Features."""
    return [seen for features in heard for seen in detector.feed(features)]
