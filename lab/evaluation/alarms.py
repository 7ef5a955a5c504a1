"""False alarms of the banned phrases over many hours of speech that holds none of them.

Nobody heard here set a threshold, and nobody but the reader of the sentences taught the model. What
is seen is counted; what is too rare to be seen is extended from the tail of each phrase's best
scores (``tuning.tail``).
"""

import itertools
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import soxr

from firmware_py.core.types import RATE
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.tuning.estimate import WORST_COST
from firmware_py.tuning.tail import fit
from lab.evaluation import utterances
from lab.evaluation.sounds import READER
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.evaluation.wanted import banned
from lab.training import texts, voices

JOINED = 0.25
"""Share of the talk that is joined of a person's syllables; the rest is synthetic."""
SHARDS = 16

Row = tuple[str, str, str, str]
"""What, result, of how many, remarks."""


@dataclass(slots=True)
class Heard:
    """What became of speech without the phrases."""

    count: int = 0
    """Utterances."""
    seconds: float = 0.0
    alarms: list[str] = field(default_factory=list)
    """Phrase and what was said instead."""
    costs: dict[str, list[float]] = field(default_factory=dict)
    """Lowest cost of each phrase in each utterance, as far as it is of interest."""

    @property
    def hours(self) -> float:
        """How much was heard."""
        return self.seconds / 3600

    def add(self, other: "Heard") -> None:
        """Put what another heard to it."""
        self.count += other.count
        self.seconds += other.seconds
        self.alarms += other.alarms
        for phrase, costs in other.costs.items():
            self.costs.setdefault(phrase, []).extend(costs)


def _ordinary(seed: int) -> Iterator[texts.Toned]:
    """Go on for ever: texts without the phrases."""
    wanted = banned()
    for text in texts.ordinary(seed):
        if not wanted.held_by(texts.plain(text)):
            yield text


def _synthetic(shard: int) -> Iterator[Utterance]:
    yield from utterances.in_turn(_ordinary(77 + shard), voices.HELD_OUT, 1_000 * shard)


def _joined(audio: Path, shard: int) -> Iterator[Utterance]:
    units = utterances.syllables_of(audio, UNHEARD)
    yield from utterances.joined(units, UNHEARD, _ordinary(777 + shard), shard)


def _read(audio: Path, faster: float) -> Iterator[Utterance]:
    for one in utterances.recorded(audio, [READER], 1, "dev"):
        sound = one.sound if faster == 1 else soxr.resample(one.sound, RATE * faster, RATE)
        yield Utterance(one.voice, one.syllables, sound, one.end / faster)


def _hear(said: Iterator[Utterance]) -> Heard:
    pronunciations, phone_model = banned().pronunciations, load_phone_model()
    thresholds = {pronunciation.phrase: pronunciation.threshold for pronunciation in pronunciations}
    heard = Heard()
    for utterance in said:
        heard.count += 1
        heard.seconds += utterance.seconds
        for phrase, match in best_matches(
            utterances.posteriors(utterance, phone_model), pronunciations
        ).items():
            if -match.score < WORST_COST:
                heard.costs.setdefault(phrase, []).append(-match.score)
            if match.score >= thresholds[phrase]:
                heard.alarms.append(f"{phrase} in {' '.join(utterance.syllables)}")
    return heard


Job = tuple[str, Path, float, float]
"""Kind, recordings, a number of the kind, hours."""


def _work(job: Job) -> tuple[str, Heard]:
    kind, audio, number, hours = job
    if kind == "read":
        return kind, _hear(_read(audio, number))
    said = _joined(audio, int(number)) if kind == "joined" else _synthetic(int(number))
    return kind, _hear(utterances.for_hours(said, hours))


KINDS = {
    "read": f"sentences of {READER}, unheard, as they are, and 8 % faster and slower",
    "joined": f"talk joined of {UNHEARD}",
    "synthetic": "talk, held-out synthetic voices",
}


def jobs(audio: Path, hours: float) -> list[Job]:
    """Divide so many hours of talk, and the sentences that were read, among workers."""
    shares = {"joined": hours * JOINED / SHARDS, "synthetic": hours * (1 - JOINED) / SHARDS}
    talk: list[Job] = [
        (kind, audio, shard, share) for shard in range(SHARDS) for kind, share in shares.items()
    ]
    return [*(("read", audio, faster, 0.0) for faster in (1.0, 1.08, 1 / 1.08)), *talk]


def hear(work: list[Job]) -> Iterator[tuple[str, Heard]]:
    """Hear all of it, on every core."""
    with multiprocessing.get_context("spawn").Pool() as pool:
        yield from pool.imap_unordered(_work, work)


def measures(heard: dict[str, Heard]) -> Iterator[Row]:
    """Give what was seen of each kind, and what the tails let expect of all together."""
    whole = Heard()
    for kind, one in heard.items():
        whole.add(one)
        what = f"false alarms, {KINDS[kind]}"
        remarks = "; ".join(itertools.islice(one.alarms, 3))
        yield what, str(len(one.alarms)), f"{one.count} ({one.hours:.2f} h)", remarks
    rates = {}
    for pronunciation in banned().pronunciations:
        tail = fit(whole.costs.get(pronunciation.phrase, []), whole.hours)
        rates[pronunciation.phrase] = tail.per_hour(pronunciation.threshold) if tail else 0.0
    most = sorted(rates, key=lambda phrase: -rates[phrase])[:3]
    yield (
        "expected by the tail fit, all phrases",
        f"{sum(rates.values()):.4f} per hour",
        f"{whole.hours:.1f} h",
        "most: " + " ".join(f"{phrase} {rates[phrase]:.4f}" for phrase in most),
    )
