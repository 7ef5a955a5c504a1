"""Near-misses: what came near a phrase of the rulebook and was not taken for it.

For whoever tunes thresholds. ``score`` is the search's; ``value`` is the phrase's threshold.
Off unless the settings ask for it, for it searches with looser limits.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar, Final

import numpy as np

from firmware_py.core.types import (
    HOPS_PER_POSTERIOR,
    HOPS_PER_SECOND,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.detectors.phrases import observation_of
from firmware_py.hearing.accent import NONE, Accent
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.phrase_spotter import Hit, PhraseSpotter
from firmware_py.hearing.verifier import bundled_verifier

MARGIN: Final = 0.6
"""How much below its threshold a phrase's score may be to be worth a note."""
_SETTLES: Final = 20
"""Rows after which the score of a match does not grow any more (0.6 s)."""
_KEPT: Final = 600
"""Rows that are kept to look back to (18 s)."""
PREFIX: Final = "near."


class NearMisses:
    """Detector of what almost was a phrase."""

    EMITS: ClassVar[tuple[str, ...]] = ("near",)

    def __init__(self, pronunciations: Sequence[Pronunciation], accent: Accent = NONE) -> None:
        """Listen for these."""
        self._accent = accent
        self._pronunciations: dict[str, list[Pronunciation]] = {}
        for pronunciation in pronunciations:
            self._pronunciations.setdefault(pronunciation.phrase, []).append(pronunciation)
        self._search = PhraseSpotter(
            [
                replace(pronunciation, threshold=pronunciation.threshold - MARGIN)
                for pronunciation in pronunciations
            ],
            bundled_verifier(),
            accent,
        )
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._search.reset()
        self._past: deque[FloatArray] = deque(maxlen=_KEPT)
        self._waiting: deque[Hit] = deque()
        self._row = 0

    def feed(self, item: Features) -> Iterable[Observation]:
        """Say what came near and has settled by now."""
        self._row = item.posterior_start
        return [seen for row in item.posteriors for seen in self._hear(row[np.newaxis])]

    def _hear(self, row: FloatArray) -> Iterable[Observation]:
        self._waiting.extend(self._search.feed(row, self._row))
        self._past.append(row[0])
        self._row += 1
        while self._waiting and self._row > self._waiting[0].last_row + _SETTLES:
            hit = self._waiting.popleft()
            threshold = self._pronunciations[hit.phrase][0].threshold
            settled = self._settled(hit)
            if settled.score < threshold:
                yield self._noted(settled, threshold)

    def _settled(self, hit: Hit) -> Hit:
        """Look once more, now that what followed is known."""
        begins = self._row - len(self._past)
        first = max(hit.first_row, begins)
        match = best_match(
            np.stack(list(self._past)[first - begins :]),
            self._pronunciations[hit.phrase],
            bundled_verifier(),
            self._accent,
        )
        if match is None:
            return hit
        return Hit(hit.phrase, first + match.first_row, first + match.last_row, match.score)

    def _noted(self, hit: Hit, threshold: float) -> Observation:
        seen = observation_of(hit, PREFIX)
        now = self._row * HOPS_PER_POSTERIOR / HOPS_PER_SECOND
        return replace(seen, at=max(now, seen.at), value=threshold)
