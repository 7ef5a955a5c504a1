"""Finding phrases in phone posteriors, without a word of vocabulary in the model.

For every way to say a phrase, a Viterbi search over its CTC states (token, optional blank, token…;
Graves et al., 2006) runs over all phrases at once. A row costs a path the log ratio between the
token it wants and the likeliest token, so a path's score is at most 0, which only the best free
path reaches; divided by the number of tokens it compares across phrases. A match that is good
enough so far is looked at a second time, syllable by syllable (``alignment``).
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import WORST, worst_syllable
from firmware_py.hearing.spelling import BLANK, TOKENS, expand

FLOOR: Final = -10.0
"""No single row may cost more: one garbled frame must not kill a phrase."""
SLACK: Final = -5.0
"""A path may be so much worse than its threshold asks of its length so far."""
ROWS_PER_TOKEN: Final = 12
"""A path may last this many rows for each token so far, and as many as for ``PAUSE`` more."""
PAUSE: Final = 2
HOPELESS: Final = -3.0
"""A match of a lower mean is not worth a second look."""

_NUMBER: Final = {token: number for number, token in enumerate(TOKENS)}
_NEVER: Final = np.float32(-np.inf)
_ANY: Final = float(np.finfo(np.float32).min)
_Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say a phrase."""

    phrase: str
    """Id of the phrase."""
    tokens: tuple[int, ...]
    threshold: float
    """Smallest score that counts, at most 0."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found."""

    phrase: str
    first_row: int
    """Row of posteriors, since the stream began, in which its first token appeared."""
    last_row: int
    """Row in which its last token appeared."""
    score: float
    """Cost per token, or a sixth of the worst syllable's if that is more; at most 0, which is as
    good as the best free path."""


def pronunciations_of(
    phrase: str, says: Iterable[str], threshold: float
) -> tuple[Pronunciation, ...]:
    """Turn the spellings of a phrase into all its ways.

    Raises:
        SpellingError: a spelling is wrong.
    """
    rows = dict.fromkeys(row for say in says for row in expand(say))
    return tuple(
        Pronunciation(phrase, tuple(_NUMBER[token] for token in row), threshold) for row in rows
    )


class _Lattice:
    """The tokens of all ways in one row; a path is in a token or in the blank after it.

    Scores, and the rows in which the paths began, have the shape [2, tokens]: tokens, blanks.
    """

    def __init__(
        self, pronunciations: Sequence[Pronunciation], limits: FloatArray | float = _ANY
    ) -> None:
        """Lay the tokens out; ``limits`` is the least score with which a path lives."""
        lengths = [len(pronunciation.tokens) for pronunciation in pronunciations]
        self.ends = np.cumsum(lengths) - 1
        self.starts = self.ends + 1 - lengths
        self.wants = np.concatenate([pronunciation.tokens for pronunciation in pronunciations])
        # A blank may be left out between two tokens, unless they are the same.
        self.may_skip = np.where(np.diff(self.wants), np.float32(0), _NEVER)
        so_far = np.concatenate([np.arange(length) + 1 for length in lengths])
        self.longest = np.tile(ROWS_PER_TOKEN * (so_far + PAUSE), (2, 1)).astype(np.int32)
        self.limits = np.broadcast_to(np.asarray(limits, np.float32), self.longest.shape)
        self.opens = self.limits[0, self.starts]
        self.opening = self.wants[self.starts]
        self.reset()

    def reset(self) -> None:
        self.awake = False
        self.score = np.full(self.longest.shape, _NEVER)
        self.first = np.zeros(self.longest.shape, dtype=np.int32)

    def rest(self) -> None:
        """Move on by any number of rows that hold nothing but blank."""
        if self.awake:
            _take_better(self.score[1], self.first[1], self.score[0], self.first[0])
            self.score[0] = _NEVER

    def step(self, cost: FloatArray, row: int) -> None:
        """Move on by one row of posteriors, all paths at once."""
        if not self.awake and not (cost[self.opening] >= self.opens).any():
            return
        (token, blank), (since, blank_since) = self.score, self.first
        new, first = self.score.copy(), self.first.copy()
        (new_token, new_blank), (new_since, new_blank_since) = new, first
        _take_better(new_blank, new_blank_since, token, since)
        _take_better(new_token[1:], new_since[1:], blank[:-1], blank_since[:-1])
        _take_better(new_token[1:], new_since[1:], token[:-1] + self.may_skip, since[:-1])
        # Anyone may begin at any time, for nothing; beginning late beats beginning early.
        new_token[self.starts], new_since[self.starts] = 0.0, row
        new_token += cost[self.wants]
        new_blank += cost[BLANK]
        lives = (new >= self.limits) & (first >= row - self.longest)
        self.score.fill(_NEVER)
        np.copyto(self.score, new, where=lives)
        self.first = first
        self.awake = bool(lives.any())


def _take_better(score: FloatArray, first: _Rows, other: FloatArray, other_first: _Rows) -> None:
    """Go on with other paths where they are better."""
    better = other > score
    np.copyto(score, other, where=better)
    np.copyto(first, other_first, where=better)


def _costs(posteriors: FloatArray) -> FloatArray:
    """Cost of every token in every row: log ratio to the likeliest, shape [rows, 59]."""
    ratio = posteriors - posteriors.max(axis=1, keepdims=True)
    floored: FloatArray = np.maximum(ratio, np.float32(FLOOR))
    return floored


def _only_blank(costs: FloatArray) -> list[bool]:
    """Tell the rows in which no token can be: most of them, for CTC posteriors are peaky."""
    blank: list[bool] = (costs[:, :BLANK].max(axis=1) <= FLOOR).tolist()
    return blank


class PhraseSpotter:
    """Streams rows of log posteriors into Hits.

    Scores only fall, so a path is dropped once it can no longer reach its threshold, or is much
    worse than that would ask of the tokens so far; a way without paths costs nothing. So the search
    sleeps while nothing like a phrase is said.
    """

    def __init__(self, pronunciations: Sequence[Pronunciation]) -> None:
        """Lay out the states."""
        self._pronunciations = tuple(pronunciations)
        self._lattice = (
            _Lattice(self._pronunciations, _limits(pronunciations))
            if self._pronunciations
            else None
        )
        self._past: deque[FloatArray] = deque(maxlen=_longest(pronunciations))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._row = 0
        self._past.clear()
        self._said_until: dict[str, int] = {}
        if self._lattice:
            self._lattice.reset()

    def feed(self, posteriors: FloatArray) -> list[Hit]:
        """Take log posteriors, shape [rows, 59]; return what they complete, in order."""
        found: list[Hit] = []
        if self._lattice is None or len(posteriors) == 0:
            return found
        costs = _costs(posteriors)
        for cost, blank in zip(costs, _only_blank(costs), strict=True):
            self._past.append(cost)
            if blank:
                self._lattice.rest()
            else:
                self._lattice.step(cost, self._row)
                if self._lattice.awake:
                    found.extend(self._hits(self._lattice))
            self._row += 1
        return found

    def _hits(self, lattice: _Lattice) -> Iterable[Hit]:
        best: dict[str, Hit] = {}
        for number in (lattice.score[0, lattice.ends] > _NEVER).nonzero()[0].tolist():
            pronunciation, end = self._pronunciations[number], lattice.ends[number]
            first = int(lattice.first[0, end])
            if first <= self._said_until.get(pronunciation.phrase, -1):
                continue  # the same words that were already reported
            mean = float(lattice.score[0, end] / np.float32(len(pronunciation.tokens)))
            score = _looked_at(mean, self._since(first), pronunciation)
            if score >= pronunciation.threshold and (
                pronunciation.phrase not in best or score > best[pronunciation.phrase].score
            ):
                best[pronunciation.phrase] = Hit(pronunciation.phrase, first, self._row, score)
        for hit in best.values():
            self._said_until[hit.phrase] = hit.last_row
        return best.values()

    def _since(self, first: int) -> FloatArray:
        rows = self._row - first + 1
        return np.stack(list(islice(self._past, len(self._past) - rows, None)))


def _limits(pronunciations: Sequence[Pronunciation]) -> FloatArray:
    """Least score of a path that is of any use, for every token and blank of a lattice."""
    limits = [np.empty((2, 0), dtype=np.float32)]
    for pronunciation in pronunciations:
        asked = np.float32(pronunciation.threshold) * np.arange(
            1, len(pronunciation.tokens) + 1, dtype=np.float32
        )
        limits.append(np.tile(np.maximum(asked[-1], asked + np.float32(SLACK)), (2, 1)))
        limits[-1][1, -1] = np.inf  # a phrase ends with its last token
    return np.concatenate(limits, axis=1)


def _longest(pronunciations: Sequence[Pronunciation]) -> int:
    """Most rows that a match can last."""
    return (
        ROWS_PER_TOKEN
        * (max((len(pronunciation.tokens) for pronunciation in pronunciations), default=0) + PAUSE)
        + 1
    )


def _looked_at(mean: float, costs: FloatArray, pronunciation: Pronunciation) -> float:
    """Score a match of this mean over these rows."""
    if mean < HOPELESS:
        return mean
    return min(mean, worst_syllable(costs, pronunciation.tokens) / WORST)


def best_matches(posteriors: FloatArray, pronunciations: Sequence[Pronunciation]) -> dict[str, Hit]:
    """Find where each phrase comes closest to being said, however far that is.

    Args:
        posteriors: log posteriors of the whole sound, shape [rows, 59].
        pronunciations: the ways to say the phrases.

    Returns:
        The best Hit of every phrase; none of one that the sound is too short to say.
    """
    lattice = _Lattice(pronunciations)
    length = np.array(
        [len(pronunciation.tokens) for pronunciation in pronunciations], dtype=np.float32
    )
    found: dict[str, Hit] = {}
    best = np.full(len(pronunciations), _NEVER, dtype=np.float32)
    costs = _costs(posteriors)
    for row, (cost, blank) in enumerate(zip(costs, _only_blank(costs), strict=True)):
        if blank:
            lattice.rest()
            continue
        lattice.step(cost, row)
        means = lattice.score[0, lattice.ends] / length
        # No score is over its mean: only a better mean is worth a second look.
        for number in np.flatnonzero(means > best).tolist():
            pronunciation, first = (
                pronunciations[number],
                int(lattice.first[0, lattice.ends[number]]),
            )
            score = _looked_at(float(means[number]), costs[first : row + 1], pronunciation)
            best[number] = max(best[number], score)
            if pronunciation.phrase not in found or score > found[pronunciation.phrase].score:
                found[pronunciation.phrase] = Hit(pronunciation.phrase, first, row, score)
    return found


def best_match(posteriors: FloatArray, pronunciations: Sequence[Pronunciation]) -> Hit | None:
    """Find where one phrase comes closest to being said, or None if the sound is too short."""
    return next(iter(best_matches(posteriors, pronunciations).values()), None)
