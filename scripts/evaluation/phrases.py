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
from training import corpus, texts, voices

from evaluation import card, open_vocabulary, sayings
from evaluation.sayings import Saying
from evaluation.wanted import Wanted, banned, joined_with_names, others, spoilt, with_names
from firmware_py.detectors.phrases import SECONDS_PER_STEP
from firmware_py.hearing.search import PhraseSearch, best_matches
from firmware_py.hearing.spotter import Spotter, load_spotter
from firmware_py.tuning.tail import fit

SENTENCES, SYLLABLES = corpus.HELD_OUT
NEAR_MISSES = Path(__file__).parent / "near_misses.txt"


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table."""

    what: str
    result: str
    of: str
    remarks: str = ""


@dataclass(slots=True)
class Recall:
    """What became of sayings of the phrases."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Phrases that were taken for others."""
    delays: list[float] = field(default_factory=list)
    """From the last sample to the hit, in seconds."""

    @property
    def share(self) -> float:
        """Of the sayings, how many were found."""
        return self.found.total() / max(1, self.found.total() + self.missed.total())

    def measure(self, what: str) -> Measure:
        """Put it in a line."""
        of = f"{self.found.total() + self.missed.total()} sayings"
        missed = " ".join(f"{phrase}:{count}" for phrase, count in sorted(self.missed.items()))
        wrong = f"; {self.others.total()} taken for another" if self.others else ""
        return Measure(what, f"{self.share:.1%}", of, (missed and f"missed {missed}") + wrong)


class Ears:
    """The spotter and a search, to ask what is heard in a saying."""

    def __init__(self, wanted: Wanted, spotter: Spotter) -> None:
        self.wanted = wanted
        self.spotter = spotter
        self._search = PhraseSearch(wanted.ways)
        self._names = set(wanted.texts)

    def _name(self, phrase: str) -> str:
        """Give the phrase that another is a half of."""
        whole = phrase.removesuffix(".half")
        return whole if whole in self._names else phrase

    def hits(self, saying: Saying) -> dict[str, float]:
        """Phrases that are found, with the second at which it is said so."""
        self._search.reset()
        found: dict[str, float] = {}
        for hit in self._search.feed(sayings.posteriors(saying, self.spotter)):
            steps = -((hit.last_row + 1) // -2)
            found.setdefault(self._name(hit.phrase), steps * SECONDS_PER_STEP)
        return found

    def recall(self, said: Iterable[tuple[str, Saying]]) -> Recall:
        """Hear sayings of known phrases."""
        seen = Recall()
        for phrase, saying in said:
            hits = self.hits(saying)
            (seen.found if phrase in hits else seen.missed)[phrase] += 1
            seen.others.update(set(hits) - {phrase})
            if phrase in hits:
                seen.delays.append(hits[phrase] - saying.end)
        return seen

    def false_alarms(self, what: str, said: Iterable[Saying]) -> Measure:
        """Hear sayings without the phrases."""
        count, seconds, hits = 0, 0.0, []
        for saying in said:
            count += 1
            seconds += len(saying.sound) / 16_000
            hits += [f"{phrase} in {' '.join(saying.syllables)}" for phrase in self.hits(saying)]
        return Measure(
            what, str(len(hits)), f"{count} ({seconds / 3600:.2f} h)", "; ".join(hits[:3])
        )


def _recalls(ears: Ears, audio: Path) -> Iterator[Measure]:
    rows = ears.wanted.texts
    synthetic = list(with_names(rows, voices.HELD_OUT, 7))
    joined = list(joined_with_names(audio, rows, SYLLABLES, 3))
    clear = ears.recall(synthetic)
    yield clear.measure("recall, held-out synthetic voices")
    always = [phrase for phrase in rows if not clear.missed[phrase]]
    yield Measure("phrases found in every saying of them", f"{len(always)} of {len(rows)}", "")
    p50, p95 = np.percentile(clear.delays, [50, 95])
    yield Measure("delay from the last sample", f"{p50:.2f} s, p95 {p95:.2f} s", "")
    yield ears.recall([(phrase, sayings.telephoned(one)) for phrase, one in synthetic]).measure(
        "the same over a telephone line"
    )
    yield ears.recall(joined).measure(f"recall, joined syllables of {SYLLABLES}")
    yield ears.recall([(phrase, sayings.telephoned(one)) for phrase, one in joined]).measure(
        "the same over a telephone line"
    )


def _near(ears: Ears) -> Iterator[Measure]:
    usual = list(sayings.synthetic(texts.lines_of(NEAR_MISSES), voices.HELD_OUT, 9))
    wrong = [saying for _, saying in spoilt(ears.wanted, 10, voices.HELD_OUT, 17)]
    for what, said in (
        ("near-misses that fire, sentences", usual),
        ("near-misses that fire, one syllable wrong", wrong),
    ):
        alarms = ears.false_alarms(what, said)
        share = int(alarms.result) / len(said)
        yield Measure(what, f"{share:.1%}", alarms.of, alarms.remarks)


def _silences(ears: Ears, audio: Path) -> Iterator[Measure]:
    yield ears.false_alarms(
        f"false alarms, read sentences of {SENTENCES}", sayings.recorded(audio, [SENTENCES], 1)
    )
    yield ears.false_alarms("false alarms, recorded commands", sayings.everything(audio, "dev", 2))


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
            f"required phrases, joined syllables of {SYLLABLES}",
            joined_with_names(audio, rows, SYLLABLES, 3),
        ),
    ):
        heard = ears.recall(said)
        heard.others.clear()  # one of them is often part of another
        yield heard.measure(what)


def _talk(hours: float, wanted: Wanted) -> Iterator[Saying]:
    """Ordinary talk by voices that are held out, without the banned phrases themselves."""
    seconds = 0.0
    for number, text in enumerate(texts.ordinary(77)):
        if seconds > hours * 3600:
            return
        if wanted.held_by(texts.plain(text)):
            continue
        name = voices.HELD_OUT[number % len(voices.HELD_OUT)]
        for saying in sayings.synthetic([text], [name], number):
            seconds += len(saying.sound) / 16_000
            yield saying


def _expected(ears: Ears, said: Iterable[Saying]) -> Iterator[Measure]:
    """False alarms that are seen, and those that the tails of all phrases let expect."""
    thresholds = {way.phrase: way.threshold for way in ears.wanted.ways}
    costs: dict[str, list[float]] = {phrase: [] for phrase in thresholds}
    seconds, seen, count = 0.0, 0, 0
    for saying in said:
        count += 1
        seconds += len(saying.sound) / 16_000
        matches = best_matches(sayings.posteriors(saying, ears.spotter), ears.wanted.ways)
        for phrase, match in matches.items():
            costs[phrase].append(-match.score)
            seen += match.score >= thresholds[phrase]
    hours = seconds / 3600
    yield Measure("false alarms, synthetic talk", str(seen), f"{count} ({hours:.2f} h)")
    rates = {}
    for phrase, threshold in thresholds.items():
        tail = fit([cost for cost in costs[phrase] if cost < 4.5], hours)
        rates[phrase] = tail.per_hour(threshold) if tail else 0.0
    most = sorted(rates, key=lambda phrase: -rates[phrase])[:3]
    yield Measure(
        "expected by the tail fit, all phrases",
        f"{sum(rates.values()):.3f} per hour",
        f"{hours:.2f} h",
        "most: " + " ".join(f"{phrase} {rates[phrase]:.3f}" for phrase in most),
    )


def main(audio: Path, rest: list[str]) -> None:
    """Measure everything and print one table."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate phrases", description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0, help="of synthetic background speech")
    parser.add_argument("--card", action="store_true", help="write models/CARD.md, too")
    chosen = parser.parse_args(rest)
    console = Console()
    ears = Ears(banned(), load_spotter())
    talk = track(_talk(chosen.hours, ears.wanted), "talk", console=console, transient=True)
    measures = [
        *_recalls(ears, audio),
        *_near(ears),
        *_required(Ears(others(serious=False), ears.spotter), audio),
        *_silences(ears, audio),
        *_expected(ears, talk),
        *(Measure(*row) for row in open_vocabulary.measures(audio, ears.spotter)),
    ]
    table = Table("measure", "result", "of", "remarks", title="phrase spotter")
    for measure in measures:
        table.add_row(measure.what, measure.result, measure.of, measure.remarks)
    console.print(table)
    if chosen.card:
        rows = [(one.what, one.result, one.of, one.remarks) for one in measures]
        console.print(f"wrote {card.write(audio, rows, chosen.hours)}")
