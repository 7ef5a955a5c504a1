"""False alarms of the banned phrases over many hours of speech that holds none of them.

Nobody heard here taught the model or set a threshold. What is seen is counted; what is too rare to
be seen is extended from the tail of each phrase's best scores (``tuning.tail``).
"""

import itertools
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import soxr

from firmware_py.core.types import RATE
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.estimate import WORST_COST
from firmware_py.tuning.tail import fit
from lab.evaluation import utterances
from lab.evaluation.sounds import READER
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.evaluation.wanted import banned
from lab.results import Result, Target, at_most
from lab.training import texts, voices

JOINED = 0.25
"""Share of the talk that is joined of a person's syllables; the rest is synthetic."""
SHARDS = 16
NONE: Final = at_most(0)


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
            utterances.posteriors(utterance, phone_model), pronunciations, bundled_verifier()
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


KINDS: Final = {
    "read": (f"sentences of {READER}, as they are, and 8 % faster and slower", NONE),
    "joined": (f"talk joined of {UNHEARD}", None),
    "synthetic": ("talk, held-out synthetic voices", None),
}
"""Kind -> conditions, and how many are wanted."""


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


def results(heard: dict[str, Heard]) -> Iterator[Result]:
    """Give what was seen of each kind, and what the tails let expect of all together."""
    whole = Heard()
    for kind, one in heard.items():
        whole.add(one)
        conditions, target = KINDS[kind]
        yield seen(kind, one, conditions, target)
    yield _expected(whole)


def seen(kind: str, heard: Heard, conditions: str, target: Target | None) -> Result:
    """Count what was seen, of any speech without the phrases."""
    return Result(
        id=f"false_alarms.seen.{kind}",
        question="false_alarms",
        title="False alarms seen",
        value=len(heard.alarms),
        n=round(heard.hours, 2),
        of="h",
        target=target,
        conditions=conditions,
        remarks="; ".join(itertools.islice(heard.alarms, 3)),
    )


def _expected(heard: Heard) -> Result:
    rates = {}
    for pronunciation in banned().pronunciations:
        tail = fit(heard.costs.get(pronunciation.phrase, []), heard.hours)
        rates[pronunciation.phrase] = tail.per_hour(pronunciation.threshold) if tail else 0.0
    most = sorted(rates, key=lambda phrase: -rates[phrase])[:3]
    return Result(
        id="false_alarms.tail_fit",
        question="false_alarms",
        title="False alarms, by the tail fit",
        value=sum(rates.values()),
        unit="FA/h",
        n=round(heard.hours, 2),
        of="h of talk",
        target=at_most(0.01),
        conditions="all talk of this table",
        remarks="most: " + ", ".join(f"{phrase} {rates[phrase]:.4f}" for phrase in most),
    )
