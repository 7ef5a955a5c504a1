"""Any phrase: stretches of real sentences, words of two syllables, and commands by many people."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import FloatArray
from firmware_py.detectors.phrases import SECONDS_PER_ROW
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation, pronunciations_of
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning import background
from firmware_py.tuning.estimate import estimates
from lab.evaluation import utterances
from lab.evaluation.sounds import READER
from lab.evaluation.ten_words import is_first
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.evaluation.wanted import holds
from lab.training import corpus, texts, voices

COMMANDS = {"(打)开后备箱": "kai hou bei xiang", "(关)闭后备箱": "bi hou bei xiang"}
"""Recorded commands and how they are spelt; the syllable in brackets is often cut off."""
STRETCHES = 120
WORDS = 300

Row = tuple[str, str, str, str]
"""What, result, of how many, remarks."""


def measures(audio: Path, phone_model: PhoneModel) -> Iterator[Row]:
    """Measure it all."""
    said = list(utterances.recorded(audio, [READER], 3, "dev"))
    yield from _stretches(said, [utterances.posteriors(one, phone_model) for one in said])
    yield from _commands(audio, phone_model)
    rng = random.Random(6)
    words = sorted({word for word in texts.dictionary() if len(word) == 2})
    pairs = rng.sample(words, WORDS)
    spoken = utterances.synthetic(pairs[: WORDS // 5], voices.HELD_OUT, 4)
    joined = utterances.joined(utterances.syllables_of(audio, UNHEARD), UNHEARD, pairs, 4)
    for who, sound in (("held-out synthetic voices", spoken), (f"joined of {UNHEARD}", joined)):
        yield _ranked(who, list(sound), words, phone_model)


def _commands(audio: Path, phone_model: PhoneModel) -> Iterator[Row]:
    """Commands by people of whom the model heard nobody, as ``deskcue phrases add`` adds them."""
    said: dict[str, list[FloatArray]] = {}
    for one in utterances.everything(audio, "dev", 2):
        said.setdefault(one.syllables[0], []).append(utterances.posteriors(one, phone_model))
    for label, spelling in COMMANDS.items():
        pronunciations = list(pronunciations_of(label, [spelling], -9.0))
        proposed = estimates(pronunciations, background.load())[label]
        scores = [
            best_matches(rows, pronunciations, bundled_verifier())[label].score
            for rows in said[label]
        ]
        yield (
            f"recall of the command {label}, threshold as proposed",
            f"{np.mean(np.array(scores) >= proposed.threshold):.1%}",
            f"{len(scores)} recordings of several people",
            f"{proposed.threshold:.2f}: {proposed.per_hour:.4f} false alarms an hour expected",
        )


def _phrases(said: list[Utterance]) -> list[Pronunciation]:
    """Random stretches of four to six syllables, at most one of a sentence."""
    rng = random.Random(5)
    pronunciations: list[Pronunciation] = []
    for one in rng.sample(said, len(said)):
        length = rng.randint(4, 6)
        if len(one.syllables) > length and len(pronunciations) < STRETCHES:
            first = rng.randrange(len(one.syllables) - length + 1)
            text = " ".join(one.syllables[first : first + length])
            pronunciations += pronunciations_of(str(len(pronunciations)), [text], -9.0)
    return pronunciations


def _stretches(said: list[Utterance], rows: list[FloatArray]) -> Iterator[Row]:
    """Recall of the stretches at a number of false alarms per phrase and hour."""
    pronunciations = _phrases(said)
    scores = np.full((len(said), len(pronunciations)), -99.0)
    for number, row in enumerate(rows):
        for phrase, hit in best_matches(row, pronunciations, bundled_verifier()).items():
            scores[number, int(phrase)] = hit.score
    there = np.array(
        [
            [holds(one.syllables, pronunciation.tokens) for pronunciation in pronunciations]
            for one in said
        ]
    )
    hours = sum(len(row) for row in rows) * SECONDS_PER_ROW / 3600
    for rate in (0.5, 0.05):
        recall, threshold = _recall_at(scores, there, round(rate * hours * len(pronunciations)))
        yield (
            f"open vocabulary, recall at {rate} false alarms per phrase and hour",
            f"{recall:.1%}",
            f"{len(pronunciations)} stretches of {READER}, unheard",
            f"one threshold for all: {threshold:.2f}",
        )
    proposed = estimates(pronunciations, background.load())
    own = np.array([proposed[pronunciation.phrase].threshold for pronunciation in pronunciations])
    passed = scores >= own
    yield (
        "the same, with the thresholds that `deskcue phrases add` proposes",
        f"{passed[there].mean():.1%}",
        f"{len(pronunciations)} stretches of {READER}, unheard",
        f"FA per phrase and hour: {passed[~there].sum() / hours / len(pronunciations):.3f}",
    )


def _recall_at(
    scores: npt.NDArray[np.float64], there: npt.NDArray[np.bool_], allowed: int
) -> tuple[float, float]:
    threshold = float(np.sort(scores[~there])[::-1][allowed]) + 1e-6
    return float((scores[there] >= threshold).mean()), threshold


def _ranked(
    who: str, said: list[Utterance], words: Sequence[texts.Toned], phone_model: PhoneModel
) -> Row:
    """How often the right one of ten words of two syllables scores best; same sounds are one."""
    rng = random.Random(7)
    plain = [texts.plain(word) for word in words]
    first = 0
    for one in said:
        rows = utterances.posteriors(one, phone_model)
        first += is_first(rows, corpus.tokens_of(one.syllables), plain, rng)
    share = first / len(said)
    return f"right one of ten words ranks first, {who}", f"{share:.1%}", f"{len(said)} words", ""
