"""Phrases by people and voices whom nothing here ever heard: ``scripts/evaluate strangers``.

The whole table of what the device is worth to a stranger: recall at a rate of false alarms, by line
and noise; the banned phrases, with thresholds for a budget and with those that are shipped; and red
lights an hour by kind of sound. Every figure has the number of speakers and an interval by speakers
drawn anew. Nothing is chosen on those who report here.
"""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.verifier import bundled_verifier
from lab.evaluation import card, curves
from lab.evaluation.banned_by_strangers import CONDITIONS, TALK, banned_phrases, result_of
from lab.evaluation.heard import Heard, hear
from lab.evaluation.matching import cut_phrases, near, said_in
from lab.evaluation.rates import Flags, Scores, curve, recall_at
from lab.evaluation.red_lights import alarms, red_phrases
from lab.evaluation.ten_words import ten_words
from lab.results import Measured, Result, Target, at_least, at_most

PHRASES: Final = 250
"""Stretches that are cut out of a set of sentences."""
SYLLABLES: Final = (4, 6)
OPEN: Final = {
    "crowd_report": ("own_microphones", "strangers at their own microphones", (92, 85)),
    "s0252": ("reader", "a clean reader, never heard (s0252)", (95, 88)),
    "s0150": ("earlier_reader", "another clean reader, never heard (s0150)", (95, 88)),
}
"""Set -> id, title, and what recall is wanted at the two rates."""
RATES: Final = (0.5, 0.05)
"""False alarms per phrase and hour."""
SOUNDS: Final = {
    "noise_report": ("loud", "middle", "soft"),
    "events": ("middle",),
    "languages": ("middle",),
    "crowd_report": ("clean",),
    "s0252": ("clean",),
}
WANTED_RED: Final = at_most(0.2)
_UNFIT: Final = re.compile(r"[^a-z0-9_@+-]+")


def _open_scores(heard: Heard) -> tuple[Scores, Flags]:
    phrases = cut_phrases(heard, PHRASES, SYLLABLES, 5)
    found = near(heard, phrases)
    scores = found.best(found.verified(bundled_verifier()), len(heard.clips), len(phrases))
    return scores, said_in(heard, phrases)


def open_vocabulary(audio: Path, model: Path, drawn: dict[str, curves.Curve]) -> Iterator[Result]:
    """Stretches of strangers' own sentences."""
    for name, (short, title, wanted) in OPEN.items():
        for condition in CONDITIONS if short == "own_microphones" else ("clean",):
            heard = hear(audio, name, condition, model)
            scores, held = _open_scores(heard)
            speakers = [clip.speaker for clip in heard.clips]
            for place, rate in enumerate(RATES):
                found = recall_at(scores, held, speakers, heard.hours, rate)
                target = at_least(wanted[place]) if wanted and condition == "clean" else None
                yield result_of(
                    f"{short}.{condition}.recall@{rate}",
                    f"Any phrase of 4 to 6 syllables, {title}, at {rate} FA per phrase and hour",
                    found,
                    target,
                    condition,
                    f"{PHRASES} phrases, {heard.hours:.1f} h, one threshold: {found.threshold:.2f}",
                )
            drawn[f"{short}, {condition}"] = curve(scores, held, heard.hours)


def red_lights(audio: Path, model: Path) -> Iterator[Result]:
    """Red lights at what is no banned phrase, with the shipped rulebook."""
    phrases = red_phrases()
    heard_by_kind: dict[str, tuple[float, list[str]]] = {}
    for name, conditions in SOUNDS.items():
        for condition in conditions:
            for kind, hours, lit in alarms(hear(audio, name, condition, model), phrases):
                what = "strangers' talk" if name in TALK else kind
                before, earlier = heard_by_kind.get(what, (0.0, []))
                heard_by_kind[what] = before + hours, earlier + lit
    groups = {
        "non-speech": [k for k in heard_by_kind if k != "strangers' talk" and not _spoken(k)],
        "other languages": [k for k in heard_by_kind if _spoken(k)],
    }
    for group, kinds in groups.items():
        total = sum(heard_by_kind[kind][0] for kind in kinds)
        seen = [one for kind in kinds for one in heard_by_kind[kind][1]]
        yield _red(group, total, seen, WANTED_RED)
    for kind, (total, seen) in sorted(heard_by_kind.items()):
        yield _red(kind, total, seen, None)


def _spoken(kind: str) -> bool:
    return "English" in kind or "(synthetic)" in kind


def _red(kind: str, hours: float, lit: list[str], target: Target | None) -> Result:
    return Result(
        id=f"strangers.red.{_UNFIT.sub('_', kind.lower()).strip('_')}",
        question="strangers",
        title=f"Red lights an hour: {kind}",
        value=len(lit) / hours,
        unit="FA/h",
        n=round(hours, 2),
        of="h",
        target=target,
        # Of a count: exact after Garwood (1936), by the Wilson-Hilferty approximation.
        interval=(_chi(len(lit), -1.96) / hours, _chi(len(lit) + 1, 1.96) / hours),
        remarks=f"{len(lit)} seen" + (": " + ", ".join(sorted(set(lit))[:5]) if lit else ""),
    )


def _chi(count: int, z: float) -> float:
    if count == 0:
        return 0.0
    return float(count * (1 - 1 / (9 * count) + z / (3 * count**0.5)) ** 3)


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure it all; draw it and put it into the model card if asked to."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate strangers", description=__doc__)
    parser.add_argument("--card", action="store_true", help="write curves and models/CARD.md")
    args = parser.parse_args(rest)
    model = find_model()
    drawn: dict[str, curves.Curve] = {}
    results = (
        *banned_phrases(audio, model, drawn),
        *red_lights(audio, model),
        *open_vocabulary(audio, model, drawn),
        *ten_words(audio, model),
    )
    yield Measured(results)
    if args.card:
        curves.draw(drawn)
        card.write(audio, card.rows_of(results), "strangers --card")
