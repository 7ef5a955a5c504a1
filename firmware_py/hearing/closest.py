"""Where phrases come closest to being said in a whole sound, however far that is."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.hearing.accent import NONE, Accent, in_accent
from firmware_py.hearing.alignment import Match
from firmware_py.hearing.lattice import (
    ANY,
    NEVER,
    Lattice,
    Pronunciation,
    costs_of,
    limits_of,
    only_blank,
)
from firmware_py.hearing.phrase_spotter import LOOSE, Hit, score_by_path
from firmware_py.hearing.verifier import Verifier

_AT_ONCE: Final = 64
"""Matches that are looked at together: no more memory for more."""


def best_matches(
    posteriors: FloatArray,
    pronunciations: Sequence[Pronunciation],
    verifier: Verifier | None = None,
    accent: Accent = NONE,
) -> dict[str, Hit]:
    """Find where each phrase comes closest to being said, however far that is.

    Args:
        posteriors: log posteriors of the whole sound, shape [rows, 59].
        pronunciations: the ways to say the phrases.
        verifier: what looks at the matches; without it the path alone decides.
        accent: of a verifier's matches, what counts as one.

    Returns:
        The best Hit of every phrase; none of one that the sound is too short to say.
    """
    if verifier is None:
        return _best_by_path(posteriors, pronunciations)
    costs = in_accent(costs_of(posteriors), accent)
    ends = _ends(costs, pronunciations)
    found: dict[str, Hit] = {}
    for (number, first), (mean, row) in sorted(ends.items(), key=lambda item: item[1][0]):
        if mean < LOOSE:
            phrase = pronunciations[number].phrase
            found[phrase] = Hit(phrase, first, row, mean)
    worth = _worth(ends, pronunciations)
    for place in range(0, len(worth), _AT_ONCE):
        some = worth[place : place + _AT_ONCE]
        scores = verifier.scores(costs, [match for _, _, match in some])
        for (number, _, match), score in zip(some, scores, strict=True):
            phrase = pronunciations[number].phrase
            if phrase not in found or score > found[phrase].score:
                found[phrase] = Hit(phrase, match.first, match.last, score)
    return found


def matches_in(
    posteriors: FloatArray, pronunciations: Sequence[Pronunciation]
) -> tuple[FloatArray, list[tuple[int, float, Match]]]:
    """Find what a verifier would look at.

    Returns:
        The costs of every token in every row, and of each match the number of its pronunciation,
        its mean cost and where it is.
    """
    costs = costs_of(posteriors)
    return costs, _worth(_ends(costs, pronunciations, only_worth=True), pronunciations)


def _worth(
    ends: dict[tuple[int, int], tuple[float, int]], pronunciations: Sequence[Pronunciation]
) -> list[tuple[int, float, Match]]:
    return [
        (number, mean, Match(pronunciations[number].tokens, first, row))
        for (number, first), (mean, row) in ends.items()
        if mean >= LOOSE
    ]


def _ends(
    costs: FloatArray, pronunciations: Sequence[Pronunciation], *, only_worth: bool = False
) -> dict[tuple[int, int], tuple[float, int]]:
    """Give the best mean, and its row, for each pronunciation and row in which it may begin.

    Of those that are not worth a look only the best of each pronunciation.
    """
    limits = limits_of(pronunciations, loose=LOOSE) if only_worth else ANY
    lattice = Lattice(pronunciations, limits)
    length = np.array([len(one.tokens) for one in pronunciations], dtype=np.float32)
    best = np.full(len(pronunciations), NEVER, dtype=np.float32)
    found: dict[tuple[int, int], tuple[float, int]] = {}
    far: dict[int, tuple[int, float, int]] = {}
    for row, (cost, blank) in enumerate(zip(costs, only_blank(costs), strict=True)):
        if blank:
            lattice.rest()
            continue
        lattice.step(cost, row)
        if not lattice.awake:
            continue
        means = lattice.score[0, lattice.ends] / length
        for number in np.flatnonzero((means >= LOOSE) | (means > best)).tolist():
            mean, first = float(means[number]), int(lattice.first[0, lattice.ends[number]])
            best[number] = max(best[number], means[number])
            if mean < LOOSE:
                far[number] = first, mean, row
            elif mean >= found.get((number, first), (ANY, 0))[0]:
                found[number, first] = mean, row
    for number, (first, mean, row) in far.items():
        found.setdefault((number, first), (mean, row))
    return found


def _best_by_path(
    posteriors: FloatArray, pronunciations: Sequence[Pronunciation]
) -> dict[str, Hit]:
    lattice = Lattice(pronunciations)
    length = np.array([len(one.tokens) for one in pronunciations], dtype=np.float32)
    found: dict[str, Hit] = {}
    best = np.full(len(pronunciations), NEVER, dtype=np.float32)
    costs = costs_of(posteriors)
    for row, (cost, blank) in enumerate(zip(costs, only_blank(costs), strict=True)):
        if blank:
            lattice.rest()
            continue
        lattice.step(cost, row)
        means = lattice.score[0, lattice.ends] / length
        # No score is over its mean: only a better mean is worth a second look.
        for number in np.flatnonzero(means > best).tolist():
            one, first = pronunciations[number], int(lattice.first[0, lattice.ends[number]])
            score = score_by_path(float(means[number]), costs[first : row + 1], one)
            best[number] = max(best[number], score)
            if one.phrase not in found or score > found[one.phrase].score:
                found[one.phrase] = Hit(one.phrase, first, row, score)
    return found


def best_match(
    posteriors: FloatArray,
    pronunciations: Sequence[Pronunciation],
    verifier: Verifier | None = None,
    accent: Accent = NONE,
) -> Hit | None:
    """Find where one phrase comes closest to being said, or None if the sound is too short."""
    return next(iter(best_matches(posteriors, pronunciations, verifier, accent).values()), None)
