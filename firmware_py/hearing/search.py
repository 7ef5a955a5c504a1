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

from firmware_py.hearing.alignment import WORST, skips_of, states_of, worst_syllable
from firmware_py.hearing.spelling import BLANK, TOKENS, expand
from firmware_py.types import FloatArray

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


@dataclass(frozen=True, slots=True)
class Way:
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
            self.wants[row, : 2 * len(way.tokens) - 1] = states_of(way.tokens)
            self.may_skip[row, : 2 * len(way.tokens) - 1] = skips_of(way.tokens)
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
        self._past: deque[FloatArray] = deque(maxlen=_longest(ways))
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._row = 0
        self._past.clear()
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
            self._past.append(cost)
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
        for number in which[complete > _NEVER]:
            way, end = self._ways[number], lattice.ends[number]
            first = int(lattice.first[number, end])
            if first <= self._said_until.get(way.phrase, -1):
                continue  # the same words that were already reported
            mean = float(lattice.score[number, end] / lattice.length[number])
            score = _looked_at(mean, self._since(first), way)
            if score >= way.threshold and (
                way.phrase not in best or score > best[way.phrase].score
            ):
                best[way.phrase] = Hit(way.phrase, first, self._row, score)
        for hit in best.values():
            self._said_until[hit.phrase] = hit.last_row
        return best.values()

    def _since(self, first: int) -> FloatArray:
        rows = self._row - first + 1
        return np.stack(list(islice(self._past, len(self._past) - rows, None)))


def _longest(ways: Sequence[Way]) -> int:
    """Most rows that a match can last."""
    return ROWS_PER_TOKEN * (max((len(way.tokens) for way in ways), default=0) + PAUSE) + 1


def _looked_at(mean: float, costs: FloatArray, way: Way) -> float:
    """Score a match of this mean over these rows."""
    if mean < HOPELESS:
        return mean
    return min(mean, worst_syllable(costs, way.tokens) / WORST)


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
    found: dict[str, Hit] = {}
    best = np.full(len(ways), _NEVER, dtype=np.float32)
    costs = _costs(posteriors)
    for row, (cost, blank) in enumerate(zip(costs, _only_blank(costs), strict=True)):
        if blank:
            lattice.rest(everyone)
            continue
        lattice.step(cost, row, everyone)
        means = lattice.score[everyone, lattice.ends] / lattice.length
        # No score is over its mean: only a better mean is worth a second look.
        for number in np.flatnonzero(means > best).tolist():
            way, first = ways[number], int(lattice.first[number, lattice.ends[number]])
            score = _looked_at(float(means[number]), costs[first : row + 1], way)
            best[number] = max(best[number], score)
            if way.phrase not in found or score > found[way.phrase].score:
                found[way.phrase] = Hit(way.phrase, first, row, score)
    return found


def best_match(posteriors: FloatArray, ways: Sequence[Way]) -> Hit | None:
    """Find where one phrase comes closest to being said, or None if the sound is too short."""
    return next(iter(best_matches(posteriors, ways).values()), None)
