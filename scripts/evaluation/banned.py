"""The banned phrases: how they are listened for, and sayings of them."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from training import corpus, texts

from evaluation import sayings
from evaluation.sayings import Saying
from firmware_py.app import ways_of
from firmware_py.hearing.search import Way
from firmware_py.rules import load_rulebook

BANNED = [f"F{number}" for number in range(1, 23)]
"""The phrases that the standard words itself."""


def banned_ways() -> list[Way]:
    """The ways to say them, halves included."""
    wanted = set(BANNED)
    return [way for way in ways_of(load_rulebook("10086")) if way.phrase.split(".")[0] in wanted]


def banned_texts() -> dict[str, list[texts.Toned]]:
    """F phrase -> sayings of it, as the standard writes them and with their usual variants."""
    return {
        phrase.id: [texts.toned(version) for version in _versions(phrase.text)]
        for phrase in load_rulebook("10086").phrases
        if phrase.id in BANNED
    }


def _versions(text: str) -> list[str]:
    """Give what a slash divides, without punctuation, with 你 and with 您, with and without 儿."""
    versions = []
    for part in text.split("/"):
        plain = "".join(sign for sign in part if "\u4e00" <= sign <= "\u9fff")
        versions += [plain, plain.replace("你", "您"), plain.replace("您", "你")]
        versions += [plain.replace("儿", "")]
    return list(dict.fromkeys(versions))


def with_names(
    rows: dict[str, list[texts.Toned]], names: Iterable[str], seed: int
) -> Iterator[tuple[str, Saying]]:
    """Every saying by every synthetic voice, with the name of its phrase."""
    for phrase, versions in rows.items():
        for saying in sayings.synthetic(versions, names, seed + int(phrase[1:])):
            yield phrase, saying


def joined_with_names(
    audio: Path, rows: dict[str, list[texts.Toned]], speaker: str, copies: int
) -> Iterator[tuple[str, Saying]]:
    """Every saying put together from a speaker's syllables, with the name of its phrase."""
    units = sayings.syllables_of(audio, speaker)
    for phrase, versions in rows.items():
        for saying in sayings.joined(units, speaker, versions * copies, int(phrase[1:])):
            yield phrase, saying


def holds(syllables: tuple[str, ...], tokens: tuple[int, ...]) -> bool:
    """Tell whether tokens are said in a row."""
    whole = corpus.tokens_of(syllables)
    return any(whole[at : at + len(tokens)] == tokens for at in range(len(whole)))


def spoilt(count: int, names: Iterable[str], seed: int) -> Iterator[tuple[str, Saying]]:
    """Every phrase ``count`` times, each time with another syllable that is wrong."""
    rng = random.Random(seed)
    words, voices = texts.dictionary(), tuple(names)
    banned = [way.tokens for way in banned_ways()]
    for phrase, versions in banned_texts().items():
        for number in range(count):
            text = texts.spoilt(rng.choice(versions), words, rng)
            plain = tuple(word.rstrip("012345") for word in text)
            if not any(holds(plain, tokens) for tokens in banned):
                name = voices[number % len(voices)]
                for saying in sayings.synthetic([text], [name], seed + 31 * number):
                    yield phrase, saying
