"""Any phrase: stretches of real sentences, and words of two syllables, as phrases of their own."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from training import corpus, texts, voices

from evaluation import sayings
from evaluation.sayings import Saying
from evaluation.wanted import holds
from firmware_py.detectors.phrases import SECONDS_PER_ROW
from firmware_py.hearing.search import Way, best_matches, ways_to_say
from firmware_py.hearing.spotter import Spotter
from firmware_py.tuning import background
from firmware_py.tuning.estimate import estimates
from firmware_py.types import FloatArray

SENTENCES, SYLLABLES = corpus.HELD_OUT
STRETCHES = 120
WORDS = 300
CHOICES = 10

Row = tuple[str, str, str, str]
"""What, result, of how many, remarks."""


def measures(audio: Path, spotter: Spotter) -> Iterator[Row]:
    """Measure it all."""
    said = list(sayings.recorded(audio, [SENTENCES], 3))
    yield from _stretches(said, [sayings.posteriors(one, spotter) for one in said])
    rng = random.Random(6)
    words = sorted({word for word in texts.dictionary() if len(word) == 2})
    chosen = rng.sample(words, WORDS)
    spoken = sayings.synthetic(chosen[: WORDS // 5], voices.HELD_OUT, 4)
    joined = sayings.joined(sayings.syllables_of(audio, SYLLABLES), SYLLABLES, chosen, 4)
    for who, sound in (("held-out synthetic voices", spoken), (f"joined of {SYLLABLES}", joined)):
        yield _ranked(who, list(sound), words, spotter)


def _phrases(said: list[Saying]) -> list[Way]:
    """Random stretches of four to six syllables, at most one of a sentence."""
    rng = random.Random(5)
    ways: list[Way] = []
    for one in rng.sample(said, len(said)):
        length = rng.randint(4, 6)
        if len(one.syllables) > length and len(ways) < STRETCHES:
            first = rng.randrange(len(one.syllables) - length + 1)
            text = " ".join(one.syllables[first : first + length])
            ways += ways_to_say(str(len(ways)), [text], -9.0)
    return ways


def _stretches(said: list[Saying], rows: list[FloatArray]) -> Iterator[Row]:
    """Recall of the stretches at a number of false alarms per phrase and hour."""
    ways = _phrases(said)
    scores = np.full((len(said), len(ways)), -99.0)
    for number, row in enumerate(rows):
        for phrase, hit in best_matches(row, ways).items():
            scores[number, int(phrase)] = hit.score
    there = np.array([[holds(one.syllables, way.tokens) for way in ways] for one in said])
    hours = sum(len(row) for row in rows) * SECONDS_PER_ROW / 3600
    for rate in (0.5, 0.05):
        recall, threshold = _recall_at(scores, there, round(rate * hours * len(ways)))
        yield (
            f"open vocabulary, recall at {rate} false alarms per phrase and hour",
            f"{recall:.1%}",
            f"{len(ways)} stretches of {SENTENCES}",
            f"one threshold for all: {threshold:.2f}",
        )
    proposed = estimates(ways, background.load())
    own = np.array([proposed[way.phrase].threshold for way in ways])
    passed = scores >= own
    yield (
        "the same, with the thresholds that `deskcue phrases add` proposes",
        f"{passed[there].mean():.1%}",
        f"{len(ways)} stretches of {SENTENCES}",
        f"false alarms per phrase and hour: {passed[~there].sum() / hours / len(ways):.3f}",
    )


def _recall_at(
    scores: npt.NDArray[np.float64], there: npt.NDArray[np.bool_], allowed: int
) -> tuple[float, float]:
    threshold = float(np.sort(scores[~there])[::-1][allowed]) + 1e-6
    return float((scores[there] >= threshold).mean()), threshold


def _ranked(who: str, said: list[Saying], words: list[texts.Toned], spotter: Spotter) -> Row:
    """How often the right one of ten words of two syllables scores best; same sounds are one."""
    rng = random.Random(7)
    first = 0
    for one in said:
        right = corpus.tokens_of(one.syllables)
        choices = {right}
        while len(choices) < CHOICES:
            plain = texts.plain(rng.choice(words))
            choices.add(corpus.tokens_of(plain))
        ways = [Way(str(tokens), tokens, -9.0) for tokens in sorted(choices)]
        found = best_matches(sayings.posteriors(one, spotter), ways)
        best = max(found.values(), key=lambda hit: hit.score, default=None)
        first += best is not None and best.phrase == str(right)
    share = first / len(said)
    return f"right one of ten words ranks first, {who}", f"{share:.1%}", f"{len(said)} words", ""
