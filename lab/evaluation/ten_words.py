"""The right one of ten words of two syllables, said by strangers over a telephone.

A word is cut out of a sentence where the sentence, which is known, aligns with what the model
heard; beside it stand nine other words of the dictionary, drawn anew each time. In the midst of a
sentence a word is shorter and less clear than one that is said alone.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.hearing.alignment import Match, best_paths
from firmware_py.hearing.closest import best_match, best_matches
from firmware_py.hearing.lattice import Pronunciation, costs_of
from firmware_py.hearing.verifier import bundled_verifier
from lab.evaluation.heard import hear
from lab.evaluation.rates import recall
from lab.results import Result, at_least
from lab.training import corpus, texts

CHOICES: Final = 10
OF_A_SPEAKER: Final = 30
"""Most words of one speaker."""
AROUND: Final = 4
"""Rows before and after a word that are heard with it."""
SETS: Final = ("crowd_report", "s0252", "s0150")
CONDITIONS: Final = {"telephone": at_least(93), "clean": None}
Tokens = tuple[int, ...]


def two_syllables() -> list[tuple[str, ...]]:
    """Give the dictionary's words of two syllables, toneless, each sound once."""
    return sorted({texts.plain(word) for word in texts.dictionary() if len(word) == 2})


def is_first(
    rows: FloatArray, right: Tokens, words: Sequence[tuple[str, ...]], rng: random.Random
) -> bool:
    """Tell whether the right word scores best among so many drawn ones; same sounds are one."""
    choices = {right}
    while len(choices) < CHOICES:
        choices.add(corpus.tokens_of(rng.choice(words)))
    pronunciations = [Pronunciation(str(tokens), tokens, -9.0) for tokens in sorted(choices)]
    found = best_matches(rows, pronunciations, bundled_verifier())
    best = max(found.values(), key=lambda hit: hit.score, default=None)
    return best is not None and best.phrase == str(right)


def rows_of(rows: FloatArray, syllables: tuple[str, ...], place: int) -> FloatArray | None:
    """Cut two syllables out of a sentence's posteriors; None where it cannot have been said."""
    whole = Pronunciation("", corpus.tokens_of(syllables), 0.0)
    hit = best_match(rows, [whole])
    if hit is None:
        return None
    match = Match(whole.tokens, hit.first_row, hit.last_row)
    (path,) = best_paths(costs_of(rows), [match])
    before = len(corpus.tokens_of(syllables[:place]))
    after = len(corpus.tokens_of(syllables[: place + 2]))
    there = np.flatnonzero((path // 2 >= before) & (path // 2 < after)) + hit.first_row
    return rows[max(0, there[0] - AROUND) : there[-1] + AROUND + 1]


def ten_words(audio: Path, model: Path) -> Iterator[Result]:
    """Measure it over a telephone, and on clean sound beside it."""
    words = two_syllables()
    for condition, target in CONDITIONS.items():
        flags, speakers = _judged(audio, model, condition, words)
        found = recall(np.array(flags), speakers)
        yield Result(
            id=f"strangers.ten_words.{condition}",
            question="strangers",
            title="The right one of ten words of two syllables, cut out of strangers' sentences",
            value=100 * found.share,
            unit="%",
            n=found.said,
            of=f"words by {found.speakers} people",
            target=target,
            interval=(100 * found.interval[0], 100 * found.interval[1]),
            conditions="8 kHz" if condition == "telephone" else condition,
        )


def _judged(
    audio: Path, model: Path, condition: str, words: list[tuple[str, ...]]
) -> tuple[list[bool], list[str]]:
    """Judge some words of every speaker, one of a sentence."""
    known, rng, rank = set(words), random.Random(11), random.Random(7)
    flags: list[bool] = []
    speakers: list[str] = []
    for name in SETS:
        heard = hear(audio, name, condition, model)
        for number, clip in enumerate(heard.clips):
            places = [at for at, two in enumerate(pairwise(clip.syllables)) if two in known]
            if not places or speakers.count(clip.speaker) >= OF_A_SPEAKER:
                continue
            place = rng.choice(places)
            rows = rows_of(heard.rows(number), clip.syllables, place)
            right = corpus.tokens_of(clip.syllables[place : place + 2])
            flags.append(rows is not None and is_first(rows, right, words, rank))
            speakers.append(clip.speaker)
    return flags, speakers
