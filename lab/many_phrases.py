"""A rulebook with many more phrases than any site has, to see what they cost."""

import random
from dataclasses import replace
from statistics import median
from typing import Final

from firmware_py.rules import Rulebook
from firmware_py.rules.rulebook import Phrase

SYLLABLES: Final = (4, 6)
"""Fewest and most of a made-up phrase."""


def with_made_up(rulebook: Rulebook, count: int, seed: int = 1) -> Rulebook:
    """Give the rulebook with so many phrases more, of the syllables that its own are made of."""
    rng = random.Random(seed)
    known = sorted({syllable for one in rulebook.phrases for syllable in one.say[0].split()})
    usual = median(one.threshold for one in rulebook.phrases)
    made = (
        Phrase(
            f"made.{number}", "", (" ".join(rng.choices(known, k=rng.randint(*SYLLABLES))),), usual
        )
        for number in range(count)
    )
    return replace(rulebook, phrases=(*rulebook.phrases, *made))
