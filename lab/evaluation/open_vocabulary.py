"""Any phrase: stretches of real sentences, words of two syllables, and commands by many people."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.core.types import FloatArray
from firmware_py.detectors.phrases import SECONDS_PER_ROW
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation, pronunciations_of
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning import background
from firmware_py.tuning.estimate import estimates
from lab.evaluation import utterances
from lab.evaluation.rates import Flags, threshold_at
from lab.evaluation.sounds import READER
from lab.evaluation.ten_words import is_first
from lab.evaluation.utterances import UNHEARD, Utterance
from lab.evaluation.wanted import holds
from lab.results import Result, Target, at_least, share
from lab.training import corpus, texts, voices

COMMANDS = {
    "(打)开后备箱": ("open_boot", "kai hou bei xiang"),
    "(关)闭后备箱": ("close_boot", "bi hou bei xiang"),
}
"""Label -> id and spelling of recorded commands; the syllable in brackets is often cut off."""
STRETCHES = 120
WORDS = 300

WANTED: Final = {0.5: None, 0.05: at_least(90)}
"""False alarms per phrase and hour, and the recall that is wanted there."""


def results(audio: Path, phone_model: PhoneModel) -> Iterator[Result]:
    """Measure it all."""
    said = list(utterances.recorded(audio, [READER], 3, "dev"))
    yield from _stretches(said, [utterances.posteriors(one, phone_model) for one in said])
    yield from _commands(audio, phone_model)
    rng = random.Random(6)
    words = sorted({word for word in texts.dictionary() if len(word) == 2})
    pairs = rng.sample(words, WORDS)
    spoken = utterances.synthetic(pairs[: WORDS // 5], voices.HELD_OUT, 4)
    joined = utterances.joined(utterances.syllables_of(audio, UNHEARD), UNHEARD, pairs, 4)
    for short, who, sound in (
        ("synthetic", "held-out synthetic voices", spoken),
        ("joined", f"joined syllables of {UNHEARD}", joined),
    ):
        right = _ranked(list(sound), words, phone_model)
        yield share(
            f"phrases.ranking.{short}",
            "phrases",
            "Right one of ten words of two syllables ranks first",
            sum(right),
            len(right),
            "words",
            target=at_least(93),
            conditions=who,
        )


def _commands(audio: Path, phone_model: PhoneModel) -> Iterator[Result]:
    """Commands by people of whom the model heard nobody, as ``deskcue phrases add`` adds them."""
    said: dict[str, list[FloatArray]] = {}
    for one in utterances.commands(audio, 2):
        said.setdefault(one.syllables[0], []).append(utterances.posteriors(one, phone_model))
    for label, (short, spelling) in COMMANDS.items():
        pronunciations = list(pronunciations_of(label, [spelling], -9.0))
        proposed = estimates(pronunciations, background.load())[label]
        scores = [
            best_matches(rows, pronunciations, bundled_verifier())[label].score
            for rows in said[label]
        ]
        yield share(
            f"open_vocabulary.command.{short}",
            "open_vocabulary",
            "Command found, threshold as proposed",
            sum(score >= proposed.threshold for score in scores),
            len(scores),
            "recordings",
            conditions=f"{label}, several people",
            remarks=f"threshold {proposed.threshold:.2f}: "
            f"{proposed.per_hour:.4f} false alarms an hour expected",
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


def _stretches(said: list[Utterance], rows: list[FloatArray]) -> Iterator[Result]:
    """Recall of the stretches at a number of false alarms per phrase and hour."""
    pronunciations = _phrases(said)
    scores = np.full((len(said), len(pronunciations)), -99.0, dtype=np.float32)
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
    for rate, target in WANTED.items():
        threshold = threshold_at(scores, there, round(rate * hours * len(pronunciations)))
        yield _found(
            f"recall@{rate}",
            f"Stretches found at {rate} false alarms per phrase and hour",
            scores[there] >= threshold,
            f"{READER}, one threshold for all",
            f"threshold {threshold:.2f}",
            target,
        )
    proposed = estimates(pronunciations, background.load())
    own = np.array([proposed[pronunciation.phrase].threshold for pronunciation in pronunciations])
    passed = scores >= own
    alarms = passed[~there].sum() / hours / len(pronunciations)
    yield _found(
        "recall.proposed",
        "Stretches found, thresholds as `phrases add` proposes",
        passed[there],
        READER,
        f"false alarms per phrase and hour: {alarms:.3f}",
    )


def _found(
    short: str,
    title: str,
    found: Flags,
    conditions: str,
    remarks: str,
    target: Target | None = None,
) -> Result:
    return share(
        f"open_vocabulary.reader.{short}",
        "open_vocabulary",
        title,
        int(found.sum()),
        len(found),
        "sayings",
        target=target,
        conditions=conditions,
        remarks=f"{STRETCHES} stretches, {remarks}",
    )


def _ranked(
    said: list[Utterance], words: Sequence[texts.Toned], phone_model: PhoneModel
) -> list[bool]:
    """Whether the right one of ten words of two syllables scores best; same sounds are one."""
    rng = random.Random(7)
    plain = [texts.plain(word) for word in words]
    return [
        is_first(
            utterances.posteriors(one, phone_model), corpus.tokens_of(one.syllables), plain, rng
        )
        for one in said
    ]
