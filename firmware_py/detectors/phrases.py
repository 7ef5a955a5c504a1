"""Phrases: words on the agent's channel that a rulebook listens for.

Finds their tokens in the agent's phone posteriors (``hearing.phrase_spotter``). ``score`` is the
verifier's (``hearing.verifier``), at most 0; ``value`` is the duration in seconds.

Weaknesses: tone is not heard (北京 is 背景), and a phrase of two syllables fires on much else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from firmware_py.core.types import (
    HOPS_PER_POSTERIOR,
    HOPS_PER_SECOND,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.hearing.accent import NONE, Accent
from firmware_py.hearing.attribution import Attribution
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.phrase_spotter import Hit, PhraseSpotter
from firmware_py.hearing.verifier import bundled_verifier

SECONDS_PER_ROW = HOPS_PER_POSTERIOR / HOPS_PER_SECOND
SECONDS_PER_STEP = HOPS_PER_STEP / HOPS_PER_SECOND


def observation_of(hit: Hit, prefix: str = "phrase.") -> Observation:
    """Tell of a Hit in seconds of the stream."""
    start = hit.first_row * SECONDS_PER_ROW
    end = (hit.last_row + 1) * SECONDS_PER_ROW
    # The row came out of the model together with the others of its step.
    step = (hit.last_row + 1) * HOPS_PER_POSTERIOR // -HOPS_PER_STEP
    at = -step * SECONDS_PER_STEP
    return Observation(f"{prefix}{hit.phrase}", start, end, at, hit.score, end - start)


class Phrases:
    """Detector of a rulebook's phrases; a phrase counts only if the agent said it."""

    EMITS: ClassVar[tuple[str, ...]] = ("phrase",)

    def __init__(
        self,
        pronunciations: Sequence[Pronunciation],
        prefix: str = "phrase.",
        accent: Accent = NONE,
    ) -> None:
        """Listen for these; an Observation is called prefix and id of the phrase."""
        self._search = PhraseSpotter(pronunciations, bundled_verifier(), accent)
        self._prefix = prefix
        self._attribution = Attribution()

    def feed(self, item: Features) -> Iterable[Observation]:
        """Return the phrases of the agent's that the posteriors complete."""
        self._attribution.feed(item)
        return [
            observation_of(hit, self._prefix)
            for hit in self._hits(item)
            if self._attribution.own(*hops_of(hit))
        ]

    def _hits(self, item: Features) -> Iterator[Hit]:
        """What is said, and where a pause begins what has been."""
        first, start = 0, item.posterior_start
        for pause in item.foreseen:
            yield from self._search.feed(item.posteriors[first : pause.row - start], start + first)
            first = pause.row - start
            if self._search.expecting:
                yield from self._search.foresee(pause.ask())
        yield from self._search.feed(item.posteriors[first:], start + first)

    @property
    def begun(self) -> bool:
        """Whether somebody may be in the midst of a phrase."""
        return self._search.begun

    def hear(self, posteriors: FloatArray) -> list[Observation]:
        """Return the phrases that log posteriors, shape [rows, tokens], complete, whose ever."""
        return [observation_of(hit, self._prefix) for hit in self._search.feed(posteriors)]

    def reset(self) -> None:
        """Forget everything."""
        self._search.reset()
        self._attribution.reset()

    def snapshot(self) -> Mapping[str, float]:
        """See ``Learner``."""
        return self._attribution.snapshot()

    def restore(self, numbers: Mapping[str, float]) -> None:
        """See ``Learner``."""
        self._attribution.restore(numbers)


def hops_of(hit: Hit) -> tuple[int, int]:
    """First hop of a hit, and the one after its last."""
    return hit.first_row * HOPS_PER_POSTERIOR, (hit.last_row + 1) * HOPS_PER_POSTERIOR
