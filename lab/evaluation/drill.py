"""How often a drill says what is true: rounds spoken by voices that the phone model never heard."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from firmware_py.core.types import Block
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill import Practice, Result, situations
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import load_rulebook, started_at
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
    result: Result

    @property
    def true(self) -> bool:
        """Whether the drill named what is missing, and nothing else."""
        named = [one.text for one in self.result.said if not one.came]
        return named == ([self.missing] if self.missing else [])


def main(_: Path, arguments: Sequence[str]) -> None:
    """Print how many rounds were told right."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate drill", description=__doc__)
    parser.parse_args(arguments)
    phone_model = load_phone_model()
    rounds = [
        *track(_rounds(phone_model), "rounds", len(ATTEMPTS) * len(HELD_OUT) * len(SPEEDS) * 2)
    ]
    table = Table("situation", "right, passed", "wrong, exactly the missing words named")
    for name in (*ATTEMPTS, ""):
        own = [one for one in rounds if name in (one.situation, "")]
        right = [one for one in own if not one.missing]
        wrong = [one for one in own if one.missing]
        table.add_row(
            name or "all", _part(r.result.passed for r in right), _part(r.true for r in wrong)
        )
    Console().print(table)
    off = [
        abs(one.result.pause_s - one.pause_s)
        for one in rounds
        if one.pause_s is not None and one.result.pause_s is not None
    ]
    median = np.median(off)
    print(f"pause: {len(off)} measured, off by {median:.2f} s (median), {max(off):.2f} s (most)")


def _part(told: Iterator[bool]) -> str:
    flags = [*told]
    return f"{sum(flags)} of {len(flags)}"


def _rounds(phone_model: PhoneModel) -> Iterator[Round]:
    for name, attempt in ATTEMPTS.items():
        for parts, missing in ((attempt.right, ""), (attempt.wrong, attempt.missing)):
            pause = next((part for part in parts if isinstance(part, float)), None)
            for voice in HELD_OUT:
                for speed in SPEEDS:
                    result = _heard(phone_model, name, parts, voice, speed)
                    yield Round(name, missing, pause, result)


def _heard(phone_model: PhoneModel, name: str, parts: Parts, voice: str, speed: int) -> Result:
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
