"""What it brings to fit the phone model to an agent's voice: ``scripts/evaluate adaptation``.

Everybody has a desk for a shift (``shifts``). What the fits of all these desks do to noise is
measured, too.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.hearing.voice_fit import WARPS
from lab.evaluation.heard import Heard
from lab.evaluation.matching import cut_phrases, near, said_in
from lab.evaluation.rates import Recall, recall, recall_at
from lab.evaluation.red_lights import alarms, red_phrases
from lab.evaluation.shifts import Shift, in_turn, neural_shift, noise_at_desks, shift_of
from lab.evaluation.strangers import OPEN, PHRASES, RATES, SYLLABLES
from lab.evaluation.wanted import banned
from lab.results import Measured, Result, Target, at_least, at_most
from lab.training import corpus
from lab.training.label_check import edit_distance, greedy

DRAWN: Final = (5, 6, 7)
"""Seeds of the phrases that are cut out of sentences."""
TURNS: Final = "crowd_report"
WANTED: Final = at_least(2)
"""Points of recall at the stricter rate for which it is worth its place."""


def phone_errors(heard: Heard) -> float:
    """Give the phone error rate, in percent."""
    wrong = told = 0
    for number, clip in enumerate(heard.clips):
        tokens = corpus.tokens_of(clip.syllables)
        wrong += edit_distance(greedy(heard.rows(number)), tokens)
        told += len(tokens)
    return 100 * wrong / told


def _recalls(heard: Heard) -> dict[float, list[Recall]]:
    """Recall of stretches at each rate of false alarms, for each draw of them."""
    found: dict[float, list[Recall]] = {rate: [] for rate in RATES}
    speakers = [clip.speaker for clip in heard.clips]
    for seed in DRAWN:
        phrases = cut_phrases(heard, PHRASES, SYLLABLES, seed)
        matches = near(heard, phrases)
        scores = matches.best(matches.verified(bundled_verifier()), len(heard.clips), len(phrases))
        held = said_in(heard, phrases)
        for rate in RATES:
            found[rate].append(recall_at(scores, held, speakers, heard.hours, rate))
    return found


def _any_phrase(name: str, who: str, shift: Shift) -> Iterator[Result]:
    speakers = len({clip.speaker for clip in shift.said})
    people = f"{speakers} speakers, {len(shift.said)} sentences"
    found = {way: _recalls(heard) for way, heard in shift.heard().items()}
    for place, rate in enumerate(RATES):
        wanted = at_least(OPEN[name][2][place]) if name in OPEN else None
        shares = {
            way: 100 * float(np.mean([one.share for one in rates[rate]]))
            for way, rates in found.items()
        }
        title = f"Any phrase of 4 to 6 syllables at {rate} FA per phrase and hour"
        for way, share, target in (
            ("without", shares["without"], None),
            ("fitted", shares["fitted"], wanted),
        ):
            told = f"{name}.recall@{rate}.{way}", f"{title}, {way}"
            yield _result(*told, share, "%", who, people, target)
        yield _result(
            f"{name}.recall@{rate}.gain",
            f"{title}, gained",
            shares["fitted"] - shares["without"],
            "points",
            who,
            people,
            WANTED if wanted and rate == min(RATES) else None,
        )
    for way, heard in shift.heard().items():
        yield _result(f"{name}.per.{way}", f"PER, {way}", phone_errors(heard), "%", who, people)
    steps = ", ".join(f"{WARPS[fit.step]:g}" for _, fit in sorted(shift.fits.items()))
    fitted = sum(fit.bias is not None for fit in shift.fits.values())
    yield _result(f"{name}.fitted", "Desks fitted", fitted, "", who, f"frequencies times {steps}")


def _banned(shift: Shift) -> Iterator[Result]:
    pronunciations = banned().pronunciations
    limits = {one.phrase: one.threshold for one in pronunciations}
    for way, heard in shift.heard().items():
        found = []
        for number, clip in enumerate(heard.clips):
            hits = best_matches(heard.rows(number), pronunciations, bundled_verifier())
            found.append(
                any(
                    hit.score >= limits[name] and name.split(".")[0] == clip.phrase
                    for name, hit in hits.items()
                )
            )
        told = recall(np.array(found), [clip.speaker for clip in heard.clips])
        result = _result(
            f"banned.{way}",
            f"The 22 banned phrases, shipped thresholds, {way}",
            100 * told.share,
            "%",
            "neural voices, never heard",
            f"{told.speakers} voices",
        )
        yield replace(result, interval=(100 * told.interval[0], 100 * told.interval[1]))


def _false_alarms(shifts: Sequence[Shift], sounds: Sequence[Heard]) -> Iterator[Result]:
    """Red lights for phrases that nobody said: in the talk of these desks, and at noise."""
    phrases = red_phrases()
    for way in ("without", "fitted"):
        lit: list[str] = []
        hours = 0.0
        for heard in (shift.heard()[way] for shift in shifts):
            for _, time, seen in alarms(heard, phrases):
                hours, lit = hours + time, lit + seen
        told = f"{len(lit)} seen in {hours:.2f} h: {', '.join(lit)}".rstrip(": ")
        yield _result(
            f"red.talk.{way}",
            f"Red lights an hour, {way}",
            len(lit) / hours,
            "FA/h",
            "strangers' talk",
            told,
        )
    found = [(hours, seen) for heard in sounds for _, hours, seen in alarms(heard, phrases)]
    total = sum(hours for hours, _ in found)
    lit = [phrase for _, seen in found for phrase in seen]
    yield _result(
        "red.noise.fitted",
        "Red lights an hour, fitted",
        len(lit) / total,
        "FA/h",
        "sounds that are no speech",
        f"{len(lit)} seen in {total:.1f} h of desks",
        at_most(0.2),
    )


def _result(
    name: str,
    title: str,
    value: float,
    unit: str,
    conditions: str,
    remarks: str,
    target: Target | None = None,
) -> Result:
    return Result(
        id=f"adaptation.{name}",
        question="adaptation",
        title=title,
        value=round(value, 3),
        unit=unit,
        conditions=conditions,
        remarks=remarks,
        target=target,
    )


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure a shift of everybody."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate adaptation", description=__doc__)
    parser.parse_args(rest)
    model = load_phone_model()
    shifts = {name: shift_of(audio, name, model) for name in OPEN}
    turns = in_turn(audio, TURNS, model)
    neural = neural_shift(audio, model)
    fits = [fit for shift in (*shifts.values(), neural) for fit in shift.fits.values()]
    noise = noise_at_desks(audio, model, fits[:: max(1, len(fits) // 8)])
    results = (
        *(
            one
            for name, (_, who, _) in OPEN.items()
            for one in _any_phrase(name, who, shifts[name])
        ),
        *_any_phrase("in_turn", "many strangers in turn at one desk", turns),
        *_banned(neural),
        *_false_alarms([*shifts.values(), turns], list(noise)),
    )
    yield Measured(results)
