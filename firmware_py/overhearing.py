"""The caller's words: heard only where a site switches on a rule that waits for them (clause C1).

While no such rule is on, nothing here exists, and the caller's channel meets no phone model.
"""

from collections.abc import Sequence

from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.search import Way
from firmware_py.hearing.spotter import Spotter
from firmware_py.types import Observation, PcmArray


class Overhearing:
    """Stage from the caller's samples to Observations ``caller.<id>``."""

    def __init__(self, spotter: Spotter, ways: Sequence[Way]) -> None:
        """Listen for these ways to say phrases, with a phone model of its own."""
        self.ways = tuple(ways)
        self._spotter = spotter.another()
        self._mel = LogMel()
        self._phrases = Phrases(ways, "caller.")

    def feed(self, item: PcmArray) -> list[Observation]:
        """Take the caller's int16 samples, shape [n]; say which phrases they complete."""
        return self._phrases.hear(self._spotter.feed(self._mel.feed(item)))

    def reset(self) -> None:
        """Forget everything."""
        self._spotter.reset()
        self._mel.reset()
        self._phrases.reset()
