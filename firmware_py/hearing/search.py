"""Finding phrases in phone posteriors, without a word of vocabulary in the model.

For every way to say a phrase, a Viterbi search over its CTC states (token, optional blank, token…;
Graves et al., 2006) runs over all phrases at once. A row costs a path the log ratio between the
token it wants and the likeliest token, so a path's score is at most 0, which only the best free
path reaches; divided by the number of tokens it compares across phrases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.spelling import BLANK, TOKENS, expand
from firmware_py.types import FloatArray

FLOOR: Final = -10.0
"""No single row may cost more: one garbled frame must not kill a phrase."""
SLACK: Final = -5.0
"""A path may be so much worse than its threshold asks of its length so far."""
ROWS_PER_TOKEN: Final = 12
"""A path may last this many rows for each token so far, and as many as for ``PAUSE`` more."""
PAUSE: Final = 2

_NUMBER: Final = {token: number for number, token in enumerate(TOKENS)}
_NEVER: Final = np.float32(-np.inf)


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a phrase."""

    phrase: str
    """Id of the phrase."""
    tokens: tuple[int, ...]
    threshold: float
    """Smallest score per token that counts, at most 0."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found."""

    phrase: str
    first_row: int
    """Row of posteriors, since the stream began, in which its first token appeared."""
    last_row: int
    """Row in which its last token appeared."""
    score: float
    """Per token, at most 0."""


def ways_to_say(phrase: str, says: Iterable[str], threshold: float) -> tuple[Way, ...]:
    """Turn the spellings of a phrase into all its ways.

    Raises:
        SpellingError: a spelling is wrong.
    """
    rows = dict.fromkeys(row for say in says for row in expand(say))
    return tuple(Way(phrase, tuple(_NUMBER[token] for token in row), threshold) for row in rows)


class _Lattice:
    """The states of all ways, one way a row: token 1, blank, token 2, … token L, padding."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self.length = np.array([len(way.tokens) for way in ways], dtype=np.float32)
        states = 2 * max(len(way.tokens) for way in ways) - 1
        self.wants = np.full((len(ways), states), BLANK, dtype=np.intp)
        self.may_skip = np.full((len(ways), states), _NEVER, dtype=np.float32)
        self.ends = np.array([2 * len(way.tokens) - 2 for way in ways])
        self.longest = ROWS_PER_TOKEN * (np.arange(states) // 2 + 1 + PAUSE)
        for row, way in enumerate(ways):
            self.wants[row, : 2 * len(way.tokens) : 2] = way.tokens
            for place in range(1, len(way.tokens)):
                if way.tokens[place] != way.tokens[place - 1]:
                    self.may_skip[row, 2 * place] = 0.0
        self.score = np.empty(self.wants.shape, dtype=np.float32)
        self.first = np.empty(self.wants.shape, dtype=np.int64)
        self.reset()

    def reset(self) -> None:
        self.score[:] = _NEVER
        self.first[:] = 0
        self.resting = False

    def rest(self, which: npt.NDArray[np.intp]) -> None:
        """Move the ways in ``which`` on by any number of rows that hold nothing but blank."""
        if self.resting:
            return
        self.resting = True
        score, first = self.score[which], self.first[which]
        stopped = score[:, :-1:2] > score[:, 1::2]
        np.copyto(score[:, 1::2], score[:, :-1:2], where=stopped)
        np.copyto(first[:, 1::2], first[:, :-1:2], where=stopped)
        score[:, ::2] = _NEVER
        self.score[which], self.first[which] = score, first

    def step(self, cost: FloatArray, row: int, which: npt.NDArray[np.intp]) -> None:
        """Move the ways in ``which`` on by one row of posteriors, all paths at once."""
        self.resting = False
        old, since = self.score[which], self.first[which]
        best, first = old.copy(), since.copy()
        better = old[:, :-1] > best[:, 1:]
        np.copyto(best[:, 1:], old[:, :-1], where=better)
        np.copyto(first[:, 1:], since[:, :-1], where=better)
        skipped = old[:, :-2] + self.may_skip[which, 2:]
        better = skipped > best[:, 2:]
        np.copyto(best[:, 2:], skipped, where=better)
        np.copyto(first[:, 2:], since[:, :-2], where=better)
        # Anyone may begin at any time, for nothing; beginning late beats beginning early.
        best[:, 0] = 0.0
        first[:, 0] = row
        best += cost[self.wants[which]]
        best[row - first > self.longest] = _NEVER
        self.score[which] = best
        self.first[which] = first


def _costs(posteriors: FloatArray) -> FloatArray:
    """Cost of every token in every row: log ratio to the likeliest, shape [rows, 59]."""
    ratio = posteriors - posteriors.max(axis=1, keepdims=True)
    floored: FloatArray = np.maximum(ratio, np.float32(FLOOR))
    return floored


def _only_blank(costs: FloatArray) -> list[bool]:
    """Tell the rows in which no token can be: most of them, for CTC posteriors are peaky."""
    return [bool(best <= FLOOR) for best in costs[:, :BLANK].max(axis=1)]


class PhraseSearch:
    """Streams rows of log posteriors into Hits.

    Scores only fall, so a path is dropped once it can no longer reach its threshold, or is much
    worse than that would ask of the tokens so far; a way without paths costs nothing. So the search
    sleeps while nothing like a phrase is said.
    """

    def __init__(self, ways: Sequence[Way]) -> None:
        """Lay out the states."""
        self._ways = tuple(ways)
        self._lattice = _Lattice(self._ways) if self._ways else None
        threshold = np.array([[way.threshold] for way in ways], dtype=np.float32)
        length = np.array([[len(way.tokens)] for way in ways], dtype=np.float32)
        states = 2 * int(length.max(initial=1)) - 1
        so_far = np.minimum(np.arange(states, dtype=np.float32) // 2 + 1, length)
        self._limits = np.maximum(threshold * length, threshold * so_far + np.float32(SLACK))
        self._opening = np.array([way.tokens[0] for way in ways], dtype=np.intp)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._row = 0
        self._alive = np.zeros(len(self._ways), dtype=np.bool_)
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
            if blank:
                self._lattice.rest(np.flatnonzero(self._alive))
                self._row += 1
                continue
            which = np.flatnonzero(self._alive | (cost[self._opening] >= self._limits[:, 0]))
            if len(which):
                self._lattice.step(cost, self._row, which)
                self._drop(self._lattice, which)
                found.extend(self._hits(self._lattice, which))
            self._row += 1
        return found

    def _drop(self, lattice: _Lattice, which: npt.NDArray[np.intp]) -> None:
        score = lattice.score[which]
        score[score < self._limits[which]] = _NEVER
        lattice.score[which] = score
        self._alive[which] = score.max(axis=1) > _NEVER

    def _hits(self, lattice: _Lattice, which: npt.NDArray[np.intp]) -> Iterable[Hit]:
        complete = lattice.score[which, lattice.ends[which]]
        best: dict[str, Hit] = {}
        for way in which[complete > _NEVER]:
            phrase, end = self._ways[way].phrase, lattice.ends[way]
            score = float(lattice.score[way, end] / lattice.length[way])
            first = int(lattice.first[way, end])
            if first <= self._said_until.get(phrase, -1):
                continue  # the same words that were already reported
            if phrase not in best or score > best[phrase].score:
                best[phrase] = Hit(phrase, first, self._row, score)
        for hit in best.values():
            self._said_until[hit.phrase] = hit.last_row
        return best.values()


def best_matches(posteriors: FloatArray, ways: Sequence[Way]) -> dict[str, Hit]:
    """Find where each phrase comes closest to being said, however far that is.

    Args:
        posteriors: log posteriors of the whole sound, shape [rows, 59].
        ways: the ways to say the phrases.

    Returns:
        The best Hit of every phrase; none of one that the sound is too short to say.
    """
    lattice = _Lattice(ways)
    everyone = np.arange(len(ways))
    best = np.full(len(ways), _NEVER, dtype=np.float32)
    first, last = np.zeros((2, len(ways)), dtype=np.int64)
    costs = _costs(posteriors)
    for row, (cost, blank) in enumerate(zip(costs, _only_blank(costs), strict=True)):
        if blank:
            lattice.rest(everyone)
            continue
        lattice.step(cost, row, everyone)
        score = lattice.score[everyone, lattice.ends] / lattice.length
        better = score > best
        best[better] = score[better]
        first[better] = lattice.first[everyone, lattice.ends][better]
        last[better] = row
    found: dict[str, Hit] = {}
    for number, way in enumerate(ways):
        score = float(best[number])
        if score > (found[way.phrase].score if way.phrase in found else _NEVER):
            found[way.phrase] = Hit(way.phrase, int(first[number]), int(last[number]), score)
    return found


def best_match(posteriors: FloatArray, ways: Sequence[Way]) -> Hit | None:
    """Find where one phrase comes closest to being said, or None if the sound is too short."""
    return next(iter(best_matches(posteriors, ways).values()), None)
