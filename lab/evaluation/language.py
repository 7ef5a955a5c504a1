"""Measures the experimental rules D3 and D4: ``scripts/evaluate language [--write]``.

Each voice first speaks Mandarin, so that the detector learns what is usual; then it goes on, as it
was, or over a worse line, or slurred, or in another language. Limits come from one half of the
voices: a few per cent of its Mandarin stretches, on whatever line, may pass. What is reported is
the other half. ``--write`` puts limits and errors into the experimental rulebook.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track

from firmware_py.core.types import FloatArray
from firmware_py.detectors.clarity import Clarity, facts
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook
from lab.evaluation import clearness, rewriting
from lab.evaluation.clearness import HALVES, MANDARIN, Stretch
from lab.results import Measured, Result, share, slug

PASS: Final = 0.02
"""Share of the tuning half's Mandarin stretches that may pass a limit."""
RULES: Final = {"D3": "slurred", "D4": "foreign"}
"""Clause -> the kind of stretch that it is to find."""
FACTS: Final = ("blur", "doubt")
"""What each clause goes by: rows of the model torn between a phone and none; entropy in bits."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One stretch as the device heard it."""

    stretch: Stretch
    over: tuple[float, float]
    """Blur and doubt over what is usual for the voice."""
    said: str
    """The Observation made of it, or nothing."""


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Tune on one half, measure the other."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate language", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into the experimental rulebook")
    chosen = parser.parse_args(rest)
    console = Console(width=110)
    posteriors = {half: _posteriors(audio, half, console) for half in HALVES}
    limits = _limits([*_hear(posteriors[0], Clarity())])
    detector = Clarity(slurred_over=limits[0], foreign_over=limits[1])
    heard = [*_hear(posteriors[1], detector)]
    console.print(f"limits: slurred {limits[0]:.2f}, foreign {limits[1]:.2f}")
    errors = {clause: _errors(heard, clause) for clause in RULES}
    for clause, (missed, mistaken) in errors.items():
        console.print(f"{clause}: misses up to {missed:.0%}, mistaken in up to {mistaken:.0%}")
    if chosen.write:
        source = load_rulebook("experimental").sources[0]
        rewriting.experiment(source, limits, errors)
    yield Measured(tuple(_figures(heard)))


Voices = dict[str, list[tuple[Stretch, FloatArray]]]


def _posteriors(audio: Path, half: int, console: Console) -> Voices:
    """What the device hears of each stretch, by voice."""
    phone_model = load_phone_model()
    found: Voices = {}
    for stretch in track(clearness.stretches(audio, half), f"half {half}", console=console):
        rows = clearness.posteriors(stretch.sound, phone_model)
        heard = replace(stretch, sound=np.zeros(0))  # all the sound would not fit into memory
        found.setdefault(stretch.voice, []).append((heard, rows))
    return found


def _hear(voices: Voices, detector: Clarity) -> Iterator[Heard]:
    for told in voices.values():
        learning = np.concatenate([rows for stretch, rows in told if stretch.learning])
        _, usual = facts(learning)
        for stretch, rows in told:
            if stretch.learning:
                continue
            detector.reset()
            _feed(detector, learning)
            blur, doubt = (facts(rows)[1].mean(axis=0) - usual.mean(axis=0)).tolist()
            yield Heard(stretch, (blur, doubt), _feed(detector, rows, len(learning)))


def _feed(detector: Clarity, rows: FloatArray, first: int = 0) -> str:
    said = detector.feed(clearness.features(rows, first))
    return said[0].name if said else ""


def _limits(heard: list[Heard]) -> tuple[float, float]:
    """Least excesses that few Mandarin stretches reach, to the hundredth."""
    calm = np.array([one.over for one in heard if one.stretch.group in MANDARIN])
    slurred, foreign = np.ceil(100 * np.quantile(calm, 1 - PASS, axis=0)) / 100
    return float(slurred), float(foreign)


def _groups(heard: list[Heard]) -> Mapping[str, list[Heard]]:
    groups: dict[str, list[Heard]] = {}
    for one in heard:
        groups.setdefault(one.stretch.group, []).append(one)
    return groups


def _told(heard: list[Heard], kind: str) -> int:
    return sum(one.said == f"clarity.{kind}" for one in heard)


def _share(heard: list[Heard], kind: str) -> float:
    return _told(heard, kind) / len(heard)


def _errors(heard: list[Heard], clause: str) -> tuple[float, float]:
    """Largest share missed of a group that is wrong, largest share mistaken of one that is not."""
    kind, groups = RULES[clause], _groups(heard)
    wrong = [g for g in groups.values() if g[0].stretch.wrong == kind]
    mistaken = [_share(group, kind) for name, group in groups.items() if name in MANDARIN]
    return 1 - min(_share(group, kind) for group in wrong), max(mistaken)


def _figures(heard: list[Heard]) -> Iterator[Result]:
    """How often each rule speaks, of every group; AUC against all Mandarin, whatever the line."""
    calm = np.array([one.over for one in heard if one.stretch.group in MANDARIN])
    for fact, (clause, kind) in enumerate(RULES.items()):
        for name, group in _groups(heard).items():
            over = np.array([one.over[fact] for one in group])
            auc = "" if name in MANDARIN else f", AUC {_auc(over, calm[:, fact]):.2f}"
            yield share(
                f"experiments.{slug(name)}.{clause.lower()}",
                "experiments",
                f"{clause} ({kind}) speaks",
                _told(group, kind),
                len(group),
                "stretches",
                conditions=name,
                remarks=f"{FACTS[fact]} {over.mean():+.2f} over the voice's usual{auc}",
            )


def _auc(wrong: FloatArray, calm: FloatArray) -> float:
    """Chance that one that is wrong stands higher than one that is not."""
    higher = wrong[:, None] > calm
    return float(np.mean(higher + 0.5 * (wrong[:, None] == calm)))
