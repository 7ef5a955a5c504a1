"""How often a drill says what is true: rounds spoken by voices that the phone model never heard."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.progress import track

from firmware_py.core.types import Block
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill import Practice, situations
from firmware_py.drill import Result as DrillResult
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import load_rulebook, started_at
from lab.results import Measured, Result, at_least, share
from lab.scenarios.attempts import ATTEMPTS, Parts
from lab.scenarios.speaking import spoken
from lab.training.voices import HELD_OUT

SPEEDS = (150, 190, 230)
"""Words a minute, as espeak-ng counts them."""


@dataclass(frozen=True, slots=True)
class Round:
    """One attempt, and what was said of it."""

    situation: str
    missing: str
    """Text that the attempt leaves out; empty: it is right."""
    pause_s: float | None
    """Pause in the attempt."""
    result: DrillResult

    @property
    def true(self) -> bool:
        """Whether the drill named what is missing, and nothing else."""
        named = [one.text for one in self.result.said if not one.came]
        return named == ([self.missing] if self.missing else [])


def main(_: Path, arguments: Sequence[str]) -> Iterator[Measured]:
    """Measure how many rounds were told right."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate drill", description=__doc__)
    parser.parse_args(arguments)
    count = len(ATTEMPTS) * len(HELD_OUT) * len(SPEEDS) * 2
    rounds = [*track(_rounds(load_phone_model()), "rounds", count, transient=True)]
    yield Measured((*_told(rounds), *_pauses(rounds)))


def _told(rounds: Sequence[Round]) -> Iterator[Result]:
    right = [one for one in rounds if not one.missing]
    wrong = [one for one in rounds if one.missing]
    yield _share(
        "drill.right.passed", "Right rounds that passed", right, lambda one: one.result.passed
    )
    yield _share(
        "drill.wrong.named",
        "Wrong rounds whose missing words were named, and no others",
        wrong,
        lambda one: one.true,
    )


def _share(name: str, title: str, rounds: Sequence[Round], good: Callable[[Round], bool]) -> Result:
    bad = Counter(one.situation for one in rounds if not good(one))
    return share(
        name,
        "drill",
        title,
        len(rounds) - bad.total(),
        len(rounds),
        "rounds",
        target=at_least(100),
        remarks="; ".join(f"{situation}: {times} not" for situation, times in bad.items()),
    )


def _pauses(rounds: Sequence[Round]) -> Iterator[Result]:
    off = [
        abs(one.result.pause_s - one.pause_s)
        for one in rounds
        if one.pause_s is not None and one.result.pause_s is not None
    ]
    for word, value in (("median", float(np.median(off))), ("most", max(off))):
        yield Result(
            id=f"drill.pause.{word}",
            question="drill",
            title=f"Error of the pause, {'at most' if word == 'most' else word}",
            value=value,
            unit="s",
            n=len(off),
            of="pauses",
        )


def _rounds(phone_model: PhoneModel) -> Iterator[Round]:
    for name, attempt in ATTEMPTS.items():
        for parts, missing in ((attempt.right, ""), (attempt.wrong, attempt.missing)):
            pause = next((part for part in parts if isinstance(part, float)), None)
            for voice in HELD_OUT:
                for speed in SPEEDS:
                    result = _heard(phone_model, name, parts, voice, speed)
                    yield Round(name, missing, pause, result)


def _heard(phone_model: PhoneModel, name: str, parts: Parts, voice: str, speed: int) -> DrillResult:
    phone_model.reset()
    situation = situations()[name]
    pipeline = Pipeline(
        load_rulebook(situation.rulebook), phone_model, started_at(datetime(2026, 3, 4, 5))
    )
    practice = Practice(situation, pipeline)
    pcm = spoken(*parts, voice=voice, speed=speed)
    for seq, part in enumerate(np.split(pcm, range(960, len(pcm), 960))):
        practice.feed(Block(seq, part))
    return practice.result()
