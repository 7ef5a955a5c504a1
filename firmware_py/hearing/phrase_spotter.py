"""Finding phrases in phone posteriors, without a word of vocabulary in the model.

For every way to say a phrase, a Viterbi search over its CTC states (token, optional blank, token…;
Graves et al., 2006) runs over all phrases at once. A row costs a path the log ratio between the
token it wants and the likeliest token, so a path's score is at most 0, which only the best free
path reaches; divided by the number of tokens it compares across phrases. A match that is good
enough so far is looked at a second time: by a ``Verifier`` where there is one, which scores the
match as a whole, else syllable by syllable (``alignment``).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.hearing.accent import NONE, Accent, in_accent
from firmware_py.hearing.alignment import WORST, Match, worst_syllable
from firmware_py.hearing.lattice import (
    NEVER,
    Lattice,
    Pronunciation,
    costs_of,
    limits_of,
    longest_of,
    only_blank,
)
from firmware_py.hearing.verifier import Verifier

HOPELESS: Final = -3.0
"""A match of a lower mean is not worth a second look."""
LOOSE: Final = -1.9
"""A verifier looks at matches of no lower mean; a lower one is the score itself."""
LEEWAY: Final = 0.7
"""A verifier looks at matches whose mean is so much worse than their threshold, but at no more."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found."""

    phrase: str
    first_row: int
    """Row of posteriors, since the stream began, in which its first token appeared."""
    last_row: int
    """Row in which its last token appeared."""
    score: float
    """At most 0. By a verifier: its log likelihood ratio, 0 where it is certain. By the path alone:
    cost per token, or a sixth of the worst syllable's if that is more."""


class PhraseSpotter:
    """Streams rows of log posteriors into Hits.

    Costs only add up, so a path is dropped once it can no longer reach what is asked of it, or is
    much worse than that would ask of the tokens so far; a pronunciation without paths costs
    nothing. So the search sleeps while nothing like a phrase is said.
    """

    def __init__(
        self,
        pronunciations: Sequence[Pronunciation],
        verifier: Verifier | None = None,
        accent: Accent = NONE,
    ) -> None:
        """Lay out the states; without a verifier the path alone decides."""
        self._accent = accent
        self._pronunciations = tuple(pronunciations)
        self._verifier = verifier
        self._lattice = (
            Lattice(self._pronunciations, limits_of(pronunciations, LEEWAY if verifier else 0.0))
            if self._pronunciations
            else None
        )
        self._past: deque[FloatArray] = deque(maxlen=longest_of(pronunciations))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._row = 0
        self._past.clear()
        self._said_until: dict[str, int] = {}
        if self._lattice:
            self._lattice.reset()

    def feed(self, posteriors: FloatArray, first_row: int | None = None) -> list[Hit]:
        """Take log posteriors, shape [rows, 59]; return what they complete, in order.

        Args:
            posteriors: rows that follow those before.
            first_row: which row of the stream the first one is; None: the one after the last.
        """
        found: list[Hit] = []
        self._row = self._row if first_row is None else first_row
        if self._lattice is None or len(posteriors) == 0:
            return found
        costs = in_accent(costs_of(posteriors), self._accent)
        for cost, blank in zip(costs, only_blank(costs), strict=True):
            self._past.append(cost)
            if blank:
                self._lattice.rest()
            else:
                self._lattice.step(cost, self._row)
                if self._lattice.awake:
                    found.extend(self._hits(self._lattice))
            self._row += 1
        return found

    def foresee(self, posteriors: FloatArray) -> list[Hit]:
        """Return what would be complete if these rows came next, as if it ended by now."""
        if self._lattice is None:
            return []
        other = copy(self)
        other._past, other._lattice = self._past.copy(), self._lattice.copy()
        other._said_until = self._said_until.copy()
        hits = [replace(hit, last_row=self._row - 1) for hit in other.feed(posteriors)]
        self._said_until |= {hit.phrase: hit.last_row for hit in hits}
        return hits

    @property
    def expecting(self) -> bool:
        """Whether a phrase is nearly said."""
        return self._lattice is not None and self._lattice.nearly

    @property
    def begun(self) -> bool:
        """Whether somebody may be in the midst of a phrase."""
        return self._lattice is not None and self._lattice.begun

    def _hits(self, lattice: Lattice) -> Iterable[Hit]:
        best: dict[str, Hit] = {}
        matches = list(self._completed(lattice))
        if not matches:
            return ()
        scores = self._scores(matches)
        for (number, first, _), score in zip(matches, scores, strict=True):
            one = self._pronunciations[number]
            if score >= one.threshold and (
                one.phrase not in best or score > best[one.phrase].score
            ):
                best[one.phrase] = Hit(one.phrase, first, self._row, score)
        for hit in best.values():
            self._said_until[hit.phrase] = hit.last_row
        return best.values()

    def _completed(self, lattice: Lattice) -> Iterator[tuple[int, int, float]]:
        """Give what ends in this row: number of the pronunciation, first row, mean cost."""
        for number in np.flatnonzero(lattice.score[0].take(lattice.ends) > NEVER).tolist():
            one, end = self._pronunciations[number], lattice.ends[number]
            first = int(lattice.first[0, end])
            if first <= self._said_until.get(one.phrase, -1):
                continue  # the same words that were already reported
            mean = float(lattice.score[0, end] / np.float32(len(one.tokens)))
            yield number, first, mean

    def _scores(self, matches: Sequence[tuple[int, int, float]]) -> list[float]:
        begins = min(first for _, first, _ in matches)
        costs = self._since(begins)
        if self._verifier is None:
            return [
                score_by_path(mean, costs[first - begins :], self._pronunciations[number])
                for number, first, mean in matches
            ]
        last = self._row - begins
        worth = [
            Match(self._pronunciations[number].tokens, first - begins, last)
            for number, first, mean in matches
            if mean >= LOOSE
        ]
        scores = iter(self._verifier.scores(costs, worth))
        return [next(scores) if mean >= LOOSE else mean for _, _, mean in matches]

    def _since(self, first: int) -> FloatArray:
        rows = self._row - first + 1
        return np.stack(list(islice(self._past, len(self._past) - rows, None)))


def score_by_path(mean: float, costs: FloatArray, pronunciation: Pronunciation) -> float:
    """Score a match of this mean over these rows."""
    if mean < HOPELESS:
        return mean
    return min(mean, worst_syllable(costs, pronunciation.tokens) / WORST)
