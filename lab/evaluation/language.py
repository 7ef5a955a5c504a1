"""Measures the experimental rules D3 and D4: ``scripts/evaluate language [--write]``.

Each voice first speaks Mandarin, so that the detector learns what is usual; then it goes on, as it
was, or over a worse line, or slurred, or in another language. Limits come from one half of the
voices: a few per cent of its Mandarin stretches, on whatever line, may pass. What is reported is
the other half. ``--write`` puts limits and errors into the experimental rulebook and the tables
into ``docs/measurements.md``.
"""

import argparse
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from firmware_py.core.types import FloatArray
from firmware_py.detectors.clarity import Clarity, facts
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook
from lab.evaluation import clearness, writing
from lab.evaluation.clearness import ENOUGH_S, HALVES, MANDARIN, Stretch

PASS: Final = 0.02
"""Share of the tuning half's Mandarin stretches that may pass a limit."""
RULES: Final = {"D3": "slurred", "D4": "foreign"}
"""Clause -> the kind of stretch that it is to find."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One stretch as the device heard it."""

    stretch: Stretch
    over: tuple[float, float]
    """Blur and doubt over what is usual for the voice."""
    said: str
    """The Observation made of it, or nothing."""


def main(audio: Path, rest: list[str]) -> None:
    """Tune on one half, print the tables of the other."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate language", description=__doc__)
    parser.add_argument("--write", action="store_true", help="into rulebook and documents")
    chosen = parser.parse_args(rest)
    console = Console(width=110)
    posteriors = {half: _posteriors(audio, half, console) for half in HALVES}
    limits = _limits([*_hear(posteriors[0], Clarity())])
    detector = Clarity(slurred_over=limits[0], foreign_over=limits[1])
    heard = [*_hear(posteriors[1], detector)]
    table = _table(heard)
    console.print(f"limits: slurred {limits[0]:.2f}, foreign {limits[1]:.2f}")
    console.print(table)
    errors = {clause: _errors(heard, clause) for clause in RULES}
    for clause, (missed, mistaken) in errors.items():
        console.print(f"{clause}: misses up to {missed:.0%}, mistaken in up to {mistaken:.0%}")
    if chosen.write:
        source = load_rulebook("experimental").sources[0]
        writing.into_rulebook(source, limits, errors)
        model = load_phone_model().sha256[:12]
        told = f"{datetime.date.today()}, phone model `{model}`"
        writing.into_measurements(told, limits, writing.markdown(table))


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


def _share(heard: list[Heard], kind: str) -> float:
    return float(np.mean([one.said == f"clarity.{kind}" for one in heard]))


def _errors(heard: list[Heard], clause: str) -> tuple[float, float]:
    """Largest share missed of a group that is wrong, largest share mistaken of one that is not."""
    kind, groups = RULES[clause], _groups(heard)
    wrong = [g for g in groups.values() if g[0].stretch.wrong == kind]
    mistaken = [_share(group, kind) for name, group in groups.items() if name in MANDARIN]
    return 1 - min(_share(group, kind) for group in wrong), max(mistaken)


def _table(heard: list[Heard]) -> Table:
    groups = _groups(heard)
    calm = np.array([one.over for one in heard if one.stretch.group in MANDARIN])
    table = Table(f"stretches of {ENOUGH_S:.0f} s", "number", "D3 speaks", "D4 speaks")
    table.add_column("blur over usual, AUC")
    table.add_column("doubt over usual, AUC")
    for name, group in groups.items():
        over = np.array([one.over for one in group])
        aucs = [
            "" if name in MANDARIN else f"{_auc(over[:, fact], calm[:, fact]):.2f}"
            for fact in (0, 1)
        ]
        means = [f"{mean:+.2f}" for mean in over.mean(axis=0)]
        cells = [", ".join(filter(None, pair)) for pair in zip(means, aucs, strict=True)]
        shares = [f"{_share(group, kind):.0%}" for kind in RULES.values()]
        table.add_row(name, str(len(group)), *shares, *cells)
    return table


def _auc(wrong: FloatArray, calm: FloatArray) -> float:
    """Chance that one that is wrong stands higher than one that is not."""
    higher = wrong[:, None] > calm
    return float(np.mean(higher + 0.5 * (wrong[:, None] == calm)))
