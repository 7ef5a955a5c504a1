"""What a model is worth to a site: phone error rates of its own speakers who were left out."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from lab.training import corpus
from lab.training.corpus import Recording
from lab.training.hearing import rows_of
from lab.training.label_check import phone_errors

MODEL = "phones.tflite"


@dataclass(frozen=True, slots=True)
class Score:
    """How well a model hears one speaker."""

    speaker: str
    recordings: int
    before: float | None
    """Phone error rate of the model that learning began with, if any, from 0."""
    after: float


def _errors(recordings: Iterable[Recording], phone_model: PhoneModel) -> Counter[str]:
    """Count phone errors by speaker."""
    found: Counter[str] = Counter()
    for one in recordings:
        mel = rows_of(corpus.trim(corpus.load(one.path, one.channel))).astype("float32")
        found[one.speaker] += phone_errors(mel, corpus.tokens_of(one.syllables), phone_model)
    return found


def scores(kept: tuple[Recording, ...], begin: Path | None, model: Path) -> list[Score]:
    """Measure every speaker who was left out, with the model before and after."""
    phones: Counter[str] = Counter()
    for one in kept:
        phones[one.speaker] += len(corpus.tokens_of(one.syllables))
    count = Counter(one.speaker for one in kept)
    before = _errors(kept, load_phone_model(begin)) if begin else None
    after = _errors(kept, load_phone_model(model))
    return [
        Score(
            name,
            count[name],
            before[name] / phones[name] if before is not None else None,
            after[name] / phones[name],
        )
        for name in sorted(count)
    ]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def card(learnt: tuple[Recording, ...], found: list[Score], model: Path, recipe: str) -> str:
    """Write the card of a site's model: whom it learnt from, and how well it hears others."""
    by_licence: dict[str, list[Recording]] = {}
    for one in learnt:
        by_licence.setdefault(one.licence, []).append(one)
    lines = [
        "# Model card of this site: phones.tflite",
        "",
        f"SHA-256 `{hashlib.sha256(model.read_bytes()).hexdigest()}`. Made with: {recipe}.",
        "",
        "## Learnt from",
        "",
        "| licence | speakers | recordings |",
        "|---|---|---|",
    ]
    for licence, ones in sorted(by_licence.items()):
        speakers = {recording.speaker for recording in ones}
        lines.append(f"| {licence} | {len(speakers)} | {len(ones)} |")
    lines += [
        "",
        "Besides: synthetic sentences (espeak-ng), and sounds that are no speech.",
        "",
        "## Phone error rate of speakers it never heard",
        "",
        "| speaker | recordings | before | after |",
        "|---|---|---|---|",
    ]
    for score in found:
        errors = (_percent(score.before), _percent(score.after))
        row = (score.speaker, str(score.recordings), *errors)
        lines.append(f"| {' | '.join(row)} |")
    if not found:
        lines.append("| none was kept: mark some speakers `dev` in your table | | | |")
    return "\n".join(lines) + "\n"
