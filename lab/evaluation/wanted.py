"""The phrases of the rulebooks: how they are listened for, and utterances of them."""

import random
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from firmware_py.core.types import Observation
from firmware_py.device.detector_set import pronunciations_in
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.rules import bundled_rulebooks, load_rulebook
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.kinds import Must
from firmware_py.rules.rulebook import Phrase, Rulebook, Speaker
from lab.evaluation import utterances
from lab.evaluation.utterances import Utterance
from lab.training import corpus, texts

BANNED = [f"F{number}" for number in range(1, 23)]
"""The phrases that the standard words itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Phrases to find."""

    pronunciations: tuple[Pronunciation, ...]
    """All ways to say them; a half of a phrase, such as ``F12.half``, is one of its own."""
    texts: dict[str, list[texts.Toned]]
    """Sayings of each, as the standard writes them and with their usual variants."""

    def held_by(self, syllables: tuple[str, ...]) -> set[str]:
        """Tell which of them are said among these syllables."""
        return {
            pronunciation.phrase
            for pronunciation in self.pronunciations
            if holds(syllables, pronunciation.tokens)
        }


def banned() -> Wanted:
    """Give the phrases F1 to F22 and their halves."""
    rulebook = load_rulebook("10086")
    pronunciations = tuple(
        pronunciation
        for pronunciation in pronunciations_in(rulebook)
        if pronunciation.phrase.split(".")[0] in BANNED
    )
    sayings_of = {
        phrase.id: [texts.toned(version) for version in _versions(phrase.text)]
        for phrase in rulebook.phrases
        if phrase.id in BANNED
    }
    return Wanted(pronunciations, sayings_of)


class Weight(Enum):
    """What it means that a phrase is heard."""

    SERIOUS = "nobody should say it"
    DUTY = "it asks for other words, and nobody asks for it"
    DUE = "it should be said now"
    COURTESY = "it is good to say at any time"


COURTESY: Final = "D7"
"""Rule that wants courteous words, at any time; others want some of them now."""


def others(*weights: Weight) -> Wanted:
    """Give all other phrases of some weights that an agent may say, of all rulebooks."""
    rulebooks = [load_rulebook(name) for name in bundled_rulebooks()]
    duties = set().union(*map(_duties, rulebooks))
    needed = set().union(*(_needed(rulebook, besides=COURTESY) for rulebook in rulebooks))
    phrases = {
        phrase.id: phrase
        for rulebook in rulebooks
        for phrase in rulebook.phrases_of(Speaker.AGENT)
        if phrase.id.split(".")[0] not in BANNED and _weight(phrase, duties, needed) in weights
    }
    pronunciations = dict.fromkeys(
        pronunciation
        for rulebook in rulebooks
        for pronunciation in pronunciations_in(rulebook)
        if pronunciation.phrase in phrases
    )
    sayings_of = {}
    for name, phrase in phrases.items():
        versions = [texts.toned(version) for version in _versions(phrase.text)]
        # A text with a gap for a name, or a title of several utterances, may not hold the phrase.
        sayings_of[name] = [
            version
            for version in versions
            if any(
                pronunciation.phrase == name and holds(texts.plain(version), pronunciation.tokens)
                for pronunciation in pronunciations
            )
        ]
    return Wanted(tuple(pronunciations), sayings_of)


def _weight(phrase: Phrase, duties: set[str], needed: set[str]) -> Weight:
    if phrase.id[0] in "EF":
        return Weight.SERIOUS
    if phrase.id in needed:
        return Weight.DUE
    if phrase.id in duties:
        return Weight.DUTY
    return Weight.COURTESY if phrase.id.startswith(f"{COURTESY}.") else Weight.DUE


def _needed(rulebook: Rulebook, besides: str = "") -> set[str]:
    """Give the phrases that fulfil a duty, of all rules but one."""
    events = [
        event
        for rule in rulebook.rules
        if isinstance(rule.kind, Must) and rule.id != besides
        for event in rule.kind.need
    ]
    return {phrase.id for phrase in rulebook.phrases if _named(phrase, events)}


def _duties(rulebook: Rulebook) -> set[str]:
    """Give the phrases that set a duty and fulfil none."""
    events = [
        event
        for rule in rulebook.rules
        if isinstance(rule.kind, Must)
        for event in (rule.kind.after, rule.kind.before)
        if event
    ]
    set_one = {phrase.id for phrase in rulebook.phrases if _named(phrase, events)}
    return set_one - _needed(rulebook)


def _named(phrase: Phrase, events: Iterable[EventPattern]) -> bool:
    said = Observation(f"phrase.{phrase.id}", start=0.0, end=0.0, at=0.0, score=0.0)
    return any(event.matches(said) for event in events)


def _versions(text: str) -> list[str]:
    """Give what a slash divides, without punctuation, with 你 and with 您, with and without 儿."""
    versions = []
    for part in text.split("/"):
        plain = "".join(sign for sign in part if "\u4e00" <= sign <= "\u9fff")
        versions += [plain, plain.replace("你", "您"), plain.replace("您", "你")]
        versions += [plain.replace("儿", "")]
    return list(dict.fromkeys(versions))


def _seed(phrase: str) -> int:
    number = phrase[1:]
    return int(number) if number.isdigit() else zlib.crc32(phrase.encode()) % 10_000


def with_names(
    rows: dict[str, list[texts.Toned]], names: Iterable[str], seed: int
) -> Iterator[tuple[str, Utterance]]:
    """Every utterance by every synthetic voice, with the name of its phrase."""
    for phrase, versions in rows.items():
        for utterance in utterances.synthetic(versions, names, seed + _seed(phrase)):
            yield phrase, utterance


def joined_with_names(
    audio: Path, rows: dict[str, list[texts.Toned]], speaker: str, copies: int
) -> Iterator[tuple[str, Utterance]]:
    """Every utterance put together from a speaker's syllables, with the name of its phrase."""
    units = utterances.syllables_of(audio, speaker)
    for phrase, versions in rows.items():
        for utterance in utterances.joined(units, speaker, versions * copies, _seed(phrase)):
            yield phrase, utterance


def holds(syllables: tuple[str, ...], tokens: tuple[int, ...]) -> bool:
    """Tell whether tokens are said in a row."""
    whole = corpus.tokens_of(syllables)
    return any(whole[at : at + len(tokens)] == tokens for at in range(len(whole)))


def spoilt(
    wanted: Wanted, count: int, names: Iterable[str], seed: int
) -> Iterator[tuple[str, Utterance]]:
    """Every phrase ``count`` times, each time with another syllable that is wrong."""
    rng = random.Random(seed)
    words, voices = texts.dictionary(), tuple(names)
    for phrase, versions in wanted.texts.items():
        for number in range(count if versions else 0):
            text = texts.spoilt(rng.choice(versions), words, rng)
            held = wanted.held_by(texts.plain(text))
            if not any(f"{one}.".startswith(f"{phrase}.") for one in held):
                name = voices[number % len(voices)]
                for utterance in utterances.synthetic([text], [name], seed + 31 * number):
                    yield phrase, utterance
