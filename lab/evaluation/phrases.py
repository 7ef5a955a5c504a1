"""The phrase spotter, on voices that the model never heard.

Thresholds come from ``scripts/evaluate thresholds`` on the side of the data that the model learnt
from; nothing here chooses anything. ``--card`` writes the model card with these figures.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from firmware_py.detectors.phrases import observation_of
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.hearing.phrase_spotter import PhraseSpotter
from firmware_py.hearing.verifier import bundled_verifier
from lab.evaluation import alarms, card, open_vocabulary, utterances
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
from lab.training import texts, voices

NEAR_MISSES = Path(__file__).parent / "near_misses.txt"
"""A phrase a line, and what sounds near it but holds neither the phrase nor a half of it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    what: str
    result: str
    of: str
    remarks: str = ""


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
    def share(self) -> float:
        """Of the utterances, how many were found."""
        return self.found.total() / max(1, self.found.total() + self.missed.total())

    def measure(self, what: str) -> Measure:
        """Put it in a line."""
        of = f"{self.found.total() + self.missed.total()} utterances"
        missed = " ".join(f"{phrase}:{count}" for phrase, count in sorted(self.missed.items()))
        wrong = f"; {self.others.total()} taken for another" if self.others else ""
        return Measure(what, f"{self.share:.1%}", of, (missed and f"missed {missed}") + wrong)


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

    def false_alarms(self, what: str, said: Iterable[Utterance]) -> Measure:
        """Hear utterances without the phrases."""
        count, seconds, hits = 0, 0.0, []
        for utterance in said:
            count += 1
            seconds += utterance.seconds
            hits += [
                f"{phrase} in {' '.join(utterance.syllables)}" for phrase in self.hits(utterance)
            ]
        return Measure(
            what, str(len(hits)), f"{count} ({seconds / 3600:.2f} h)", "; ".join(hits[:3])
        )


def _recalls(ears: Ears, audio: Path) -> Iterator[Measure]:
    rows = ears.wanted.texts
    synthetic = list(with_names(rows, voices.HELD_OUT, 7))
    joined = list(joined_with_names(audio, rows, UNHEARD, 3))
    clear = ears.recall(synthetic)
    yield clear.measure("recall, held-out synthetic voices")
    always = [phrase for phrase in rows if not clear.missed[phrase]]
    yield Measure("phrases found in every utterance of them", f"{len(always)} of {len(rows)}", "")
    p50, p95 = np.percentile(clear.delays, [50, 95])
    yield Measure("delay from the last sample", f"{p50:.2f} s, p95 {p95:.2f} s", "")
    yield ears.recall([(phrase, utterances.telephoned(one)) for phrase, one in synthetic]).measure(
        "the same over a telephone line"
    )
    yield ears.recall(joined).measure(f"recall, joined syllables of {UNHEARD}")
    yield ears.recall([(phrase, utterances.telephoned(one)) for phrase, one in joined]).measure(
        "the same over a telephone line"
    )


def _near(ears: Ears) -> Iterator[Measure]:
    rows = [line.split()[1:] for line in NEAR_MISSES.read_text(encoding="utf-8").splitlines()]
    near = [texts.toned(text) for row in rows for text in row]
    usual = list(utterances.synthetic(near, voices.HELD_OUT, 9))
    wrong = [utterance for _, utterance in spoilt(ears.wanted, 10, voices.HELD_OUT, 17)]
    for what, said in (
        ("near-misses that fire, sentences", usual),
        ("near-misses that fire, one syllable wrong", wrong),
    ):
        alarms = ears.false_alarms(what, said)
        share = int(alarms.result) / len(said)
        yield Measure(what, f"{share:.1%}", alarms.of, alarms.remarks)


def _silences(ears: Ears, audio: Path) -> Iterator[Measure]:
    yield ears.false_alarms(
        "false alarms, recorded commands", utterances.everything(audio, "dev", 2)
    )


def _required(ears: Ears, audio: Path) -> Iterator[Measure]:
    """The phrases that the standard wants to hear; those of three syllables and up."""
    rows = {
        name: versions
        for name, versions in ears.wanted.texts.items()
        if versions and len(versions[0]) > 2
    }
    for what, said in (
        ("required phrases, held-out synthetic voices", with_names(rows, voices.HELD_OUT, 70)),
        (
            f"required phrases, joined syllables of {UNHEARD}",
            joined_with_names(audio, rows, UNHEARD, 3),
        ),
    ):
        heard = ears.recall(said)
        heard.others.clear()  # one of them is often part of another
        yield heard.measure(what)


def _alarms(audio: Path, hours: float, console: Console) -> Iterator[Measure]:
    work = alarms.jobs(audio, hours)
    heard: dict[str, alarms.Heard] = {}
    running = alarms.hear(work)
    for kind, one in track(running, "alarms", len(work), console=console, transient=True):
        heard.setdefault(kind, alarms.Heard()).add(one)
    for row in alarms.measures(dict(sorted(heard.items()))):
        yield Measure(*row)


def main(audio: Path, rest: list[str]) -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate phrases", description=__doc__)
    parser.add_argument("--hours", type=float, default=20.0, help="of talk to find false alarms in")
    parser.add_argument("--card", action="store_true", help="write models/CARD.md, too")
    chosen = parser.parse_args(rest)
    console = Console()
    ears = Ears(banned(), load_phone_model())
    measures = [
        *_recalls(ears, audio),
        *_near(ears),
        *_required(Ears(others(Weight.DUE, Weight.COURTESY), ears.phone_model), audio),
        *_silences(ears, audio),
        *_alarms(audio, chosen.hours, console),
        *(Measure(*row) for row in open_vocabulary.measures(audio, ears.phone_model)),
    ]
    table = Table("measure", "result", "of", "remarks", title="phrase spotter")
    for measure in measures:
        table.add_row(measure.what, measure.result, measure.of, measure.remarks)
    console.print(table)
    if chosen.card:
        rows = [(one.what, one.result, one.of, one.remarks) for one in measures]
        console.print(
            f"wrote {card.write(audio, rows, f'phrases --hours {chosen.hours:g} --card')}"
        )
