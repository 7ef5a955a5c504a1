"""Phrases that nobody chose, cut out of what people say, and where a search comes near to them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware_py.hearing.alignment import Match
from firmware_py.hearing.closest import matches_in
from firmware_py.hearing.lattice import Pronunciation, pronunciations_of
from firmware_py.hearing.verifier import Verifier, describe
from lab.evaluation.heard import Heard
from lab.evaluation.wanted import holds

NONE = -99.0
"""Score where nothing came near."""


def cut_phrases(
    heard: Heard, count: int, syllables: tuple[int, int], seed: int
) -> list[Pronunciation]:
    """Cut stretches of so many syllables out of sentences, none twice."""
    rng = random.Random(seed)
    found: dict[str, Pronunciation] = {}
    order = rng.sample(range(len(heard.clips)), len(heard.clips))
    for number in order * (count // max(1, len(order)) + 2):
        said, length = heard.clips[number].syllables, rng.randint(*syllables)
        if len(said) > length and len(found) < count:
            first = rng.randrange(len(said) - length + 1)
            text = " ".join(said[first : first + length])
            found.setdefault(text, pronunciations_of(text, [text], 0.0)[0])
    return list(found.values())


def said_in(heard: Heard, phrases: Sequence[Pronunciation]) -> npt.NDArray[np.bool_]:
    """Tell in which clip which phrase is said, shape [clips, phrases]."""
    return np.array(
        [[holds(clip.syllables, one.tokens) for one in phrases] for clip in heard.clips]
    ).reshape(len(heard.clips), len(phrases))


@dataclass(frozen=True, slots=True)
class Near:
    """Where clips come near to phrases."""

    clip: npt.NDArray[np.intp]
    phrase: npt.NDArray[np.intp]
    """Number of the pronunciation."""
    mean: npt.NDArray[np.float32]
    """Cost per token."""
    features: npt.NDArray[np.float32]
    """Shape [matches, features]."""

    def best(
        self, scores: npt.NDArray[np.float32], clips: int, phrases: int
    ) -> npt.NDArray[np.float32]:
        """Give the best score of every phrase in every clip, shape [clips, phrases]."""
        table = np.full((clips, phrases), NONE, dtype=np.float32)
        np.maximum.at(table, (self.clip, self.phrase), scores)
        return table

    def verified(self, verifier: Verifier) -> npt.NDArray[np.float32]:
        """Score by a verifier."""
        return verifier.score_of(verifier.ratios(self.features))


def near(heard: Heard, phrases: Sequence[Pronunciation], most: int = 3) -> Near:
    """Find the best few matches of each phrase in each clip."""
    clips, numbers, means, features = [], [], [], []
    for clip in range(len(heard.clips)):
        costs, found = matches_in(heard.rows(clip), phrases)
        kept = _best(found, most)
        for place in range(0, len(kept), 64):
            part = kept[place : place + 64]
            features.append(describe(costs, [match for _, _, match in part]))
        clips += [clip] * len(kept)
        numbers += [number for number, _, _ in kept]
        means += [mean for _, mean, _ in kept]
    empty = describe(np.zeros((1, 59), np.float32), [])
    return Near(
        np.array(clips, dtype=np.intp),
        np.array(numbers, dtype=np.intp),
        np.array(means, dtype=np.float32),
        np.concatenate([empty, *features]),
    )


def _best(found: Sequence[tuple[int, float, Match]], most: int) -> list[tuple[int, float, Match]]:
    taken: dict[int, int] = {}
    kept = []
    for one in sorted(found, key=lambda item: -item[1]):
        taken[one[0]] = taken.get(one[0], 0) + 1
        if taken[one[0]] <= most:
            kept.append(one)
    return kept
