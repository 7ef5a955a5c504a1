"""The phrase spotter, on voices that the model never heard: ``scripts/evaluate phrases``.

Thresholds come from ``scripts/evaluate thresholds`` on the side of the data that the model learnt
from; nothing here chooses anything.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track

from firmware_py.detectors.phrases import observation_of
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.verifier import bundled_verifier
from lab.evaluation import alarms, open_vocabulary, utterances
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.evaluation.wanted import (
    Wanted,
    Weight,
    banned,
    joined_with_names,
    others,
    spoilt,
    with_names,
)
from lab.results import Measured, Result, Target, at_least, at_most, share
from lab.training import texts, voices

NEAR_MISSES = Path(__file__).parent / "near_misses.txt"
"""A phrase a line, and what sounds near it but holds neither the phrase nor a half of it."""
BANNED: Final = "Banned phrases found"
REQUIRED: Final = "Required phrases (A to D) found"
Sayings = list[tuple[str, Utterance]]
"""Phrase and what is said."""


@dataclass(slots=True)
class Recall:
    """What became of utterances of the phrases."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Phrases that were taken for others."""
    delays: list[float] = field(default_factory=list)
    """From the last sample to the hit, in seconds."""

    @property
    def said(self) -> int:
        """How many utterances were heard."""
        return self.found.total() + self.missed.total()

    def result(self, name: str, title: str, who: str, target: Target | None = None) -> Result:
        """Make the Result of it."""
        missed = " ".join(f"{phrase}:{count}" for phrase, count in sorted(self.missed.items()))
        remarks = [f"missed {missed}"] if missed else []
        remarks += [f"{self.others.total()} taken for another"] if self.others else []
        return share(
            f"phrases.{name}",
            "phrases",
            title,
            self.found.total(),
            self.said,
            "sayings",
            target=target,
            conditions=who,
            remarks="; ".join(remarks),
        )


class Ears:
    """The spotter and a search, to ask what is heard in a utterance."""

    def __init__(self, wanted: Wanted, phone_model: PhoneModel) -> None:
        self.wanted = wanted
        self.phone_model = phone_model
        self._search = PhraseSpotter(wanted.pronunciations, bundled_verifier())
        self._names = set(wanted.texts)

    def _name(self, phrase: str) -> str:
        """Give the phrase that another is a half of."""
        whole = phrase.removesuffix(".half")
        return whole if whole in self._names else phrase

    def hits(self, utterance: Utterance) -> dict[str, float]:
        """Phrases that are found, with the second at which it is said so."""
        self._search.reset()
        found: dict[str, float] = {}
        for hit in self._search.feed(utterances.posteriors(utterance, self.phone_model)):
            found.setdefault(self._name(hit.phrase), observation_of(hit).at)
        return found

    def recall(self, said: Iterable[tuple[str, Utterance]]) -> Recall:
        """Hear utterances of known phrases."""
        seen = Recall()
        for phrase, utterance in said:
            hits = self.hits(utterance)
            (seen.found if phrase in hits else seen.missed)[phrase] += 1
            seen.others.update(set(hits) - {phrase})
            if phrase in hits:
                seen.delays.append(hits[phrase] - utterance.end)
        return seen

    def false_alarms(self, said: Iterable[Utterance]) -> alarms.Heard:
        """Hear utterances without the phrases; one alarm for each in which anything is found."""
        heard = alarms.Heard()
        for utterance in said:
            heard.count += 1
            heard.seconds += utterance.seconds
            if hits := self.hits(utterance):
                heard.alarms.append(f"{' '.join(hits)} in {' '.join(utterance.syllables)}")
        return heard


def _sayings(
    rows: dict[str, list[texts.Toned]], audio: Path, seed: int
) -> Iterator[tuple[str, str, Sayings]]:
    """Give the phrases by either kind of voice: its id, what it is, and all that is said."""
    synthetic = with_names(rows, voices.HELD_OUT, seed)
    yield "synthetic", f"{len(voices.HELD_OUT)} held-out synthetic voices", list(synthetic)
    joined = joined_with_names(audio, rows, UNHEARD, 3)
    yield "joined", f"joined syllables of {UNHEARD}", list(joined)


def _recalls(ears: Ears, audio: Path) -> Iterator[Result]:
    for short, who, said in _sayings(ears.wanted.texts, audio, 7):
        clear = ears.recall(said)
        narrow = ears.recall((phrase, utterances.telephoned(one)) for phrase, one in said)
        yield clear.result(f"{short}.recall", BANNED, who, at_least(97))
        yield narrow.result(f"{short}.recall.telephone", BANNED, f"{who}, over a telephone line")
        yield _lost(short, who, clear, narrow)
        if short == "synthetic":
            yield _delay(clear.delays)


def _lost(short: str, who: str, clear: Recall, narrow: Recall) -> Result:
    return Result(
        id=f"phrases.{short}.telephone_loss",
        question="phrases",
        title="Recall lost over a telephone line",
        value=100 * (clear.found.total() - narrow.found.total()) / clear.said,
        unit="points",
        n=clear.said,
        of="sayings",
        target=at_most(5),
        conditions=who,
    )


def _delay(seconds: list[float]) -> Result:
    return Result(
        id="delay.phrase.p95",
        question="delay",
        title="From a phrase's last sample to its hit, 95th percentile",
        value=1000 * float(np.percentile(seconds, 95)),
        unit="ms",
        n=len(seconds),
        of="sayings",
        target=at_most(250),
        conditions="held-out synthetic voices, the search alone",
    )


def _near(ears: Ears) -> Iterator[Result]:
    """Sentences that sound near a phrase, and phrases of which a syllable is another."""
    rows = [line.split()[1:] for line in NEAR_MISSES.read_text(encoding="utf-8").splitlines()]
    near = [texts.toned(text) for row in rows for text in row]
    usual = utterances.synthetic(near, voices.HELD_OUT, 9)
    wrong = (utterance for _, utterance in spoilt(ears.wanted, 10, voices.HELD_OUT, 17))
    for short, title, of, said in (
        ("sentences", "Near-miss sentences that fire", "sentences", usual),
        ("one_syllable", "Phrases with one wrong syllable that fire", "phrases", wrong),
    ):
        heard = ears.false_alarms(said)
        yield share(
            f"false_alarms.near_miss.{short}",
            "false_alarms",
            title,
            len(heard.alarms),
            heard.count,
            of,
            target=at_most(2),
            conditions="held-out synthetic voices",
            remarks="; ".join(heard.alarms[:3]),
        )


def _required(ears: Ears, audio: Path) -> Iterator[Result]:
    """The phrases that the standard wants to hear; those of three syllables and up."""
    rows = {
        name: versions
        for name, versions in ears.wanted.texts.items()
        if versions and len(versions[0]) > 2
    }
    for short, who, said in _sayings(rows, audio, 70):
        heard = ears.recall(said)
        heard.others.clear()  # one of them is often part of another
        yield heard.result(f"required.{short}.recall", REQUIRED, who)


def _alarms(ears: Ears, audio: Path, hours: float) -> Iterator[Result]:
    commands = ears.false_alarms(utterances.commands(audio, 2))
    yield alarms.seen("commands", commands, "recorded commands", alarms.NONE)
    work = alarms.jobs(audio, hours)
    heard: dict[str, alarms.Heard] = {}
    console = Console(stderr=True)
    for kind, one in track(alarms.hear(work), "alarms", len(work), console=console, transient=True):
        heard.setdefault(kind, alarms.Heard()).add(one)
    yield from alarms.results(dict(sorted(heard.items())))


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure it all."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate phrases", description=__doc__)
    parser.add_argument("--hours", type=float, default=20.0, help="of talk to find false alarms in")
    args = parser.parse_args(rest)
    ears = Ears(banned(), load_phone_model())
    due = Ears(others(Weight.DUE, Weight.COURTESY), ears.phone_model)
    results = (
        *_recalls(ears, audio),
        *_near(ears),
        *_required(due, audio),
        *_alarms(ears, audio, args.hours),
        *open_vocabulary.results(audio, ears.phone_model),
    )
    yield Measured(results)
