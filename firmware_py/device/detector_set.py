"""The detectors of a pipeline: those that a rulebook names, each unable to take the others down."""

from dataclasses import dataclass
from typing import Final

from firmware_py.core.ports import Detector
from firmware_py.core.types import Features, Observation
from firmware_py.detectors import DETECTORS, FAILURE
from firmware_py.detectors.near_misses import NearMisses
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.accent import accent_of
from firmware_py.hearing.lattice import Pronunciation, pronunciations_of
from firmware_py.rules import Rulebook
from firmware_py.rules.rulebook import Speaker

PHRASES: Final = "phrases"
NEAR_MISSES: Final = "near_misses"
"""Names of the detectors that are built from the rulebook's phrases."""


@dataclass(slots=True)
class IsolatedDetector:
    """A detector that cannot take the others down: one failure, and it is muted and reported."""

    name: str
    detector: Detector
    failure: str = ""
    """What went wrong, one line; empty while it works."""

    def feed(self, features: Features, now: float) -> list[Observation]:
        """Let it hear Features, unless it is muted."""
        if self.failure:
            return []
        try:
            return list(self.detector.feed(features))
        except Exception as error:  # whatever it is, the call goes on
            self.failure = f"{type(error).__name__}: {error}".splitlines()[0]
            return [Observation(f"{FAILURE}.{self.name}", now, now, now, 1.0)]


def pronunciations_in(rulebook: Rulebook, speaker: Speaker = Speaker.AGENT) -> list[Pronunciation]:
    """All ways to say all phrases of a rulebook that one side may say."""
    return [
        pronunciation
        for phrase in rulebook.phrases_of(speaker)
        for pronunciation in pronunciations_of(phrase.id, phrase.say, phrase.threshold)
    ]


def build_detectors(rulebook: Rulebook, near_misses: bool) -> list[IsolatedDetector]:
    """Make a rulebook's detectors and that of its phrases; that of near-misses if wanted."""
    # A rulebook's settings were checked against the fields when it was read.
    listed = [
        IsolatedDetector(name, DETECTORS[name](**settings))
        for name, settings in sorted(rulebook.detectors.items())
    ]
    pronunciations, accent = pronunciations_in(rulebook), accent_of(rulebook.accent)
    phrases = IsolatedDetector(PHRASES, Phrases(pronunciations, accent=accent))
    if not near_misses:
        return [*listed, phrases]
    return [*listed, phrases, IsolatedDetector(NEAR_MISSES, NearMisses(pronunciations, accent))]
