"""The caller's words: heard only where a site switches on a rule that waits for them (clause C1).

While no such rule is on, nothing here exists, and the caller's channel meets no phone model.
"""

from collections.abc import Sequence

from firmware_py.core.types import Observation, PcmArray
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.load_shedding import PhoneStream
from firmware_py.hearing.mel import LogMel


class CallerPhrases:
    """Stage from the caller's samples to Observations ``caller.<id>``."""

    def __init__(self, phone_model: PhoneStream, pronunciations: Sequence[Pronunciation]) -> None:
        """Listen for these ways to say phrases, with a phone model of its own."""
        self.pronunciations = tuple(pronunciations)
        self._phone_model = phone_model.another()
        self._mel = LogMel()
        self._phrases = Phrases(pronunciations, "caller.")

    def feed(self, item: PcmArray) -> list[Observation]:
        """Take the caller's int16 samples, shape [n]; say which phrases they complete."""
        return self._phrases.hear(self._phone_model.feed(self._mel.feed(item)))

    def reset(self) -> None:
        """Forget everything."""
        self._phone_model.reset()
        self._mel.reset()
        self._phrases.reset()
