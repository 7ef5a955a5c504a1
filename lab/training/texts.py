"""What synthetic voices say: words, a service desk's sayings, and what sounds near them."""

import functools
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT
from pypinyin.contrib.tone_convert import to_tone3

from firmware_py.hearing.spelling import SpellingError, spell

Toned = tuple[str, ...]
"""Syllables with a tone digit, such as ``("bu4", "xing2")``."""


@functools.cache
def _numbered(reading: str) -> str:
    """Write the tone as a digit; the table has some hundred thousand readings, few of them new."""
    return to_tone3(reading, neutral_tone_with_five=True).replace("ü", "v")


def _is_spoken(words: Toned) -> bool:
    try:
        for word in words:
            spell(word.rstrip("012345"))
    except SpellingError:
        return False
    return True


def dictionary() -> list[Toned]:
    """Words and sayings of two to four syllables, from pypinyin's phrase table."""
    entries = []
    for hanzi, readings in PHRASES_DICT.items():
        if 2 <= len(hanzi) <= 4 and len(readings) == len(hanzi) and "儿" not in hanzi:
            words = tuple(_numbered(reading[0]) for reading in readings)
            if _is_spoken(words):
                entries.append(words)
    return entries


def plain(words: Toned) -> tuple[str, ...]:
    """Leave the tones away."""
    return tuple(word.rstrip("012345") for word in words)


def toned(hanzi: str) -> Toned:
    """Read hanzi."""
    return tuple(lazy_pinyin(hanzi, style=Style.TONE3, neutral_tone_with_five=True))


def lines_of(path: Path) -> list[Toned]:
    """Read a text file: hanzi, one saying a line."""
    return [toned(line) for line in path.read_text(encoding="utf-8").split()]


def lines(name: str) -> list[Toned]:
    """Read one of the text files beside this module."""
    return lines_of(Path(__file__).parent / name)


def near(words: Toned, others: list[Toned], rng: random.Random) -> Toned:
    """Spoil a phrase: keep a stretch of it, swap a syllable, and put other words around."""
    first = rng.randrange(len(words))
    last = rng.randrange(first, len(words)) + 1
    kept = list(words[first:last])
    if rng.random() < 0.5:
        kept[rng.randrange(len(kept))] = rng.choice(rng.choice(others))
    before = rng.choice(others) if rng.random() < 0.6 else ()
    after = rng.choice(others) if rng.random() < 0.6 else ()
    return (*before, *kept, *after)


def spoilt(words: Toned, others: list[Toned], rng: random.Random) -> Toned:
    """Give a phrase with one syllable of it swapped for another, or left out."""
    place = rng.randrange(len(words))
    other = rng.choice(rng.choice(others))
    swap = () if len(words) > 3 and rng.random() < 0.3 else (other,)
    return (*words[:place], *swap, *words[place + 1 :])


def ordinary(seed: int) -> Iterator[Toned]:
    """Go on for ever: random joins of words, and sayings of a service desk."""
    rng = random.Random(seed)
    words, usual = dictionary(), lines("sentences.txt")
    while True:
        if rng.random() < 0.3:
            yield rng.choice(usual)
        else:
            yield tuple(itertools.chain(*rng.choices(words, k=rng.randint(2, 5))))


def sentences(seed: int) -> Iterator[Toned]:
    """Go on for ever: random joins of words, sayings of a service desk, what sounds near them."""
    rng = random.Random(seed)
    words = dictionary()
    phrases = lines("phrases.txt")
    usual = lines("sentences.txt")
    while True:
        throw = rng.random()
        if throw < 0.10:
            yield rng.choice(phrases)
        elif throw < 0.19:
            yield rng.choice(usual)
        elif throw < 0.42:
            yield near(rng.choice([*phrases, *usual]), words, rng)
        else:
            yield tuple(itertools.chain(*rng.choices(words, k=rng.randint(1, 4))))
