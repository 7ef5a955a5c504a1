"""The states of many pronunciations side by side, and the paths through them.

A Viterbi search over CTC states (token, optional blank, token…; Graves et al., 2006) for all
pronunciations at once. A row costs a path the log ratio between the token it wants and the
likeliest token.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.hearing.spelling import BLANK, TOKENS, expand

FLOOR: Final = -10.0
"""No single row may cost more: one garbled frame must not kill a phrase."""
SLACK: Final = -5.0
"""A path may be so much worse than its threshold asks of its length so far."""
ROWS_PER_TOKEN: Final = 12
"""A path may last this many rows for each token so far, and as many as for ``PAUSE`` more."""
PAUSE: Final = 2
NEARLY: Final = 3
"""Tokens that may lack for a phrase to be nearly said."""
FEWEST: Final = 4
"""Tokens that must be there by then, so that short phrases are not so all the time."""
LIKELY: Final = -1.0
"""Least mean of such a path: much of what goes on is worse, next to nothing that is said is."""
BEGUN: Final = 3
"""Tokens that must be there for a phrase to have begun; a short one has with all but two."""
PERHAPS: Final = -1.5
"""Least mean of such a path: a fifth of all talk is better."""
STALE: Final = 8
"""Rows of nothing but blank (0.24 s) after which nobody goes on saying it."""
_NUMBER: Final = {token: number for number, token in enumerate(TOKENS)}
NEVER: Final = np.float32(-np.inf)
"""Score of a path that cannot be."""
ANY: Final = float(np.finfo(np.float32).min)
"""Limit that every path keeps."""
_Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say a phrase."""

    phrase: str
    """Id of the phrase."""
    tokens: tuple[int, ...]
    threshold: float
    """Smallest score that counts, at most 0."""


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


class Lattice:
    """The tokens of all ways in one row; a path is in a token or in the blank after it.

    Scores, and the rows in which the paths began, have the shape [2, tokens]: tokens, blanks.
    """

    def __init__(
        self, pronunciations: Sequence[Pronunciation], limits: FloatArray | float = ANY
    ) -> None:
        """Lay the tokens out; ``limits`` is the least score with which a path lives."""
        lengths = [len(pronunciation.tokens) for pronunciation in pronunciations]
        self.ends = np.cumsum(lengths) - 1
        self.starts = self.ends + 1 - lengths
        self.wants = np.concatenate([pronunciation.tokens for pronunciation in pronunciations])
        # A blank may be left out between two tokens, unless they are the same.
        self.may_skip = np.where(np.diff(self.wants), np.float32(0), NEVER)
        so_far = np.concatenate([np.arange(length) + 1 for length in lengths])
        self.longest = np.tile(ROWS_PER_TOKEN * (so_far + PAUSE), (2, 1)).astype(np.int32)
        lacking = np.repeat(lengths, lengths) - so_far
        self._late = np.flatnonzero((lacking <= NEARLY) & (so_far >= FEWEST))
        self._likely = (LIKELY * so_far[self._late]).astype(np.float32)
        self._early = np.flatnonzero((so_far >= BEGUN) | (lacking <= BEGUN - 1))
        self._perhaps = (PERHAPS * so_far[self._early]).astype(np.float32)
        self.limits = np.broadcast_to(np.asarray(limits, np.float32), self.longest.shape)
        self.opens = self.limits[0, self.starts]
        self.opening = self.wants[self.starts]
        self.reset()

    def copy(self) -> "Lattice":
        """Make one with the same paths, that goes its own way."""
        other = copy(self)
        other.score, other.first = self.score.copy(), self.first.copy()
        return other

    def reset(self) -> None:
        """Forget all paths."""
        self.awake = False
        self._blank = 0
        """Rows in a row with nothing but blank, until now."""
        self.score = np.full(self.longest.shape, NEVER)
        self.first = np.zeros(self.longest.shape, dtype=np.int32)

    @property
    def nearly(self) -> bool:
        """Whether a phrase is nearly said, by a path that is likely."""
        return self._has_paths(self._late, self._likely)

    @property
    def begun(self) -> bool:
        """Whether somebody may be in the midst of a phrase."""
        return self._has_paths(self._early, self._perhaps)

    def _has_paths(self, places: npt.NDArray[np.intp], least: FloatArray) -> bool:
        if not self.awake or self._blank >= STALE:
            return False
        return bool((self.score.take(places, axis=1) >= least).any())

    def rest(self) -> None:
        """Move on by a row that holds nothing but blank."""
        self._blank += 1
        if self.awake:
            _take_better(self.score[1], self.first[1], self.score[0], self.first[0])
            self.score[0] = NEVER

    def step(self, cost: FloatArray, row: int) -> None:
        """Move on by one row of posteriors, all paths at once."""
        self._blank = 0
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
        self.score.fill(NEVER)
        np.copyto(self.score, new, where=lives)
        self.first = first
        self.awake = bool(lives.any())


def _take_better(score: FloatArray, first: _Rows, other: FloatArray, other_first: _Rows) -> None:
    """Go on with other paths where they are better."""
    better = other > score
    np.copyto(score, other, where=better)
    np.copyto(first, other_first, where=better)


def costs_of(posteriors: FloatArray) -> FloatArray:
    """Cost of every token in every row: log ratio to the likeliest, shape [rows, 59]."""
    ratio = posteriors - posteriors.max(axis=1, keepdims=True)
    floored: FloatArray = np.maximum(ratio, np.float32(FLOOR))
    return floored


def only_blank(costs: FloatArray) -> list[bool]:
    """Tell the rows in which no token can be: most of them, for CTC posteriors are peaky."""
    blank: list[bool] = (costs[:, :BLANK].max(axis=1) <= FLOOR).tolist()
    return blank


def limits_of(
    pronunciations: Sequence[Pronunciation], leeway: float = 0.0, loose: float | None = None
) -> FloatArray:
    """Least score of a path that is of any use, for every token and blank of a lattice.

    A match must reach a mean of ``loose``, or of its own threshold with so much leeway.
    """
    limits = [np.empty((2, 0), dtype=np.float32)]
    for pronunciation in pronunciations:
        least = pronunciation.threshold - leeway if loose is None else loose
        asked = np.float32(least) * np.arange(1, len(pronunciation.tokens) + 1, dtype=np.float32)
        limits.append(np.tile(np.maximum(asked[-1], asked + np.float32(SLACK)), (2, 1)))
        limits[-1][1, -1] = np.inf  # a phrase ends with its last token
    return np.concatenate(limits, axis=1)


def longest_of(pronunciations: Sequence[Pronunciation]) -> int:
    """Most rows that a match can last."""
    return (
        ROWS_PER_TOKEN
        * (max((len(pronunciation.tokens) for pronunciation in pronunciations), default=0) + PAUSE)
        + 1
    )
