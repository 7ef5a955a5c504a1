"""A second look at a match: is every one of its syllables really there?

What sounds near a phrase shares most of it perfectly and has one syllable that is plainly another:
不行就是不会 for 不行就是不行. An unclear voice is a little off everywhere. Their means can be the
same, so a match counts no better than a share of its worst syllable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.hearing.spelling import BLANK, INITIALS

WORST: Final = 6.0
"""A match scores at most its worst syllable's cost divided by this (chosen on known voices)."""

_NEVER: Final = np.float32(-np.inf)


def states_of(tokens: Sequence[int]) -> npt.NDArray[np.intp]:
    """Give the CTC states of a row of tokens: token 1, blank, token 2, … token L."""
    states = np.full(2 * len(tokens) - 1, BLANK, dtype=np.intp)
    states[::2] = tokens
    return states


def skips_of(tokens: Sequence[int]) -> FloatArray:
    """Tell which states may be reached from two before: 0 where they may, else minus infinity.

    A blank may be left out between two tokens, unless they are the same.
    """
    skips = np.full(2 * len(tokens) - 1, _NEVER, dtype=np.float32)
    for place in range(1, len(tokens)):
        if tokens[place] != tokens[place - 1]:
            skips[2 * place] = 0.0
    return skips


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of rows in which tokens may be said."""

    tokens: tuple[int, ...]
    first: int
    """Row of the first token."""
    last: int
    """Row of the last token."""


def best_paths(costs: FloatArray, matches: Sequence[Match]) -> list[npt.NDArray[np.intp]]:
    """Find the best path (Viterbi, 1967) through each match, all at once.

    Args:
        costs: cost of every token in every row, at most 0, shape [rows, 59].
        matches: where paths begin in their first token and end in their last.

    Returns:
        For each match the state (``states_of``) of each of its rows.
    """
    if not matches:
        return []
    states, skips = _padded(matches)
    lengths = np.array([match.last - match.first + 1 for match in matches])
    rows = np.minimum(
        np.array([match.first for match in matches])[:, np.newaxis] + np.arange(lengths.max()),
        len(costs) - 1,
    )
    wanted = costs[rows[:, :, np.newaxis], states[:, np.newaxis, :]]
    score = np.full(states.shape, _NEVER, dtype=np.float32)
    score[:, 0] = wanted[:, 0, 0]
    came = np.zeros(wanted.shape, dtype=np.int8)
    candidates = np.full((3, *states.shape), _NEVER, dtype=np.float32)
    for row in range(1, wanted.shape[1]):
        candidates[0] = score
        candidates[1, :, 1:] = score[:, :-1]
        candidates[2, :, 2:] = score[:, :-2] + skips[:, 2:]
        came[:, row] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + wanted[:, row]
    return [
        _traced(came[number, :length], 2 * len(match.tokens) - 2)
        for number, (match, length) in enumerate(zip(matches, lengths.tolist(), strict=True))
    ]


def _padded(matches: Sequence[Match]) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Lay the states and skips of all matches side by side; what sticks out is never reached."""
    most = 2 * max(len(match.tokens) for match in matches) - 1
    states = np.full((len(matches), most), BLANK, dtype=np.intp)
    skips = np.full((len(matches), most), _NEVER, dtype=np.float32)
    for number, match in enumerate(matches):
        count = 2 * len(match.tokens) - 1
        states[number, :count] = states_of(match.tokens)
        skips[number, :count] = skips_of(match.tokens)
    return states, skips


def _traced(came: npt.NDArray[np.int8], state: int) -> npt.NDArray[np.intp]:
    path = np.empty(len(came), dtype=np.intp)
    steps = came.tolist()
    for row in range(len(steps) - 1, -1, -1):
        path[row] = state
        state -= steps[row][state]
    return path


def syllable_starts(tokens: Sequence[int]) -> list[int]:
    """Give the places at which syllables begin: an initial belongs to the final after it."""
    return [
        place
        for place in range(len(tokens))
        if place == 0 or tokens[place - 1] >= len(INITIALS) or tokens[place] < len(INITIALS)
    ]


def token_costs(costs: FloatArray, tokens: Sequence[int]) -> FloatArray:
    """Share the cost of the best path through a stretch of rows out to its tokens.

    Args:
        costs: cost of every token in every row, at most 0, shape [rows, 59].
        tokens: what is said, from the first row to the last.

    Returns:
        A cost for each token, blanks after it included; minus infinity if the rows are too few.
    """
    states, skips = states_of(tokens), skips_of(tokens)
    wanted = costs[:, states]
    score = np.full(len(states), _NEVER, dtype=np.float32)
    score[0] = wanted[0, 0]
    came = np.zeros(wanted.shape, dtype=np.intp)
    candidates = np.full((3, len(states)), _NEVER, dtype=np.float32)
    everyone = np.arange(len(states))
    for row in range(1, len(wanted)):
        candidates[0] = score
        candidates[1, 1:] = score[:-1]
        candidates[2, 2:] = score[:-2] + skips[2:]
        came[row] = candidates.argmax(axis=0)
        score = candidates[came[row], everyone] + wanted[row]
    shared = np.zeros(len(tokens), dtype=np.float32)
    if score[-1] == _NEVER:
        return shared + _NEVER
    state = len(states) - 1
    for row in range(len(wanted) - 1, -1, -1):
        shared[state // 2] += wanted[row, state]
        state -= came[row, state]
    return shared


def worst_syllable(costs: FloatArray, tokens: Sequence[int]) -> float:
    """Cost of the syllable that is least like what was heard, at most 0; arguments as above."""
    shared = token_costs(costs, tokens)
    return float(np.add.reduceat(shared, syllable_starts(tokens)).min())
