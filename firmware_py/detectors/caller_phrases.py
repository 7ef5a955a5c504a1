"""The caller's words: heard only where a site switches on a rule that waits for them (clause C1).

While no such rule is on, nothing here exists, and the caller's channel meets no phone model.
"""

from collections.abc import Sequence
from dataclasses import replace

from firmware_py.core.types import Observation, PcmArray
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.load_shedding import PhoneStream
from firmware_py.hearing.mel import LogMel


class CallerPhrases:
    """Stage from the caller's samples to Observations ``caller.<id>``."""

    def __init__(
        self, phone_model: PhoneStream, pronunciations: Sequence[Pronunciation], since: float = 0.0
    ) -> None:
        """Listen for these ways to say phrases from a second of the stream on.

        The phone model it makes is its own.
        """
        self.pronunciations = tuple(pronunciations)
        self._phone_model = phone_model.another()
        self._mel = LogMel()
        self._phrases = Phrases(pronunciations, "caller.")
        self._since = since

    def feed(self, item: PcmArray) -> list[Observation]:
        """Take the caller's int16 samples, shape [n]; say which phrases they complete."""
        heard = self._phrases.hear(self._phone_model.feed(self._mel.feed(item)))
        return [later(one, self._since) for one in heard]

    def reset(self) -> None:
        """Forget everything."""
        self._phone_model.reset()
        self._mel.reset()
        self._phrases.reset()
        self._since = 0.0


def later(seen: Observation, by: float) -> Observation:
    """Give an Observation of a stream that began so many seconds after the one it is told of."""
    return replace(seen, start=seen.start + by, end=seen.end + by, at=seen.at + by)
