"""Levels: the caller's against the truth, and the next desk that must stay unheard."""

import argparse
from pathlib import Path

import numpy as np
from rich.table import Table

from evaluation.calls import voices
from evaluation.hearing import heard, listen
from evaluation.sounds import Sound, at_level, lay, room, talk, to_pcm
from firmware_py.detectors import DETECTORS
from firmware_py.detectors.loudness import Loudness
from firmware_py.types import RATE

SCENES = 6
AGENT_DB = -28.0


def measure(audio: Path, wanted: argparse.Namespace) -> Table:
    """How far the caller's level is off, and what neighbours set off."""
    rng = np.random.default_rng(wanted.seed)
    sides = voices(audio, wanted.half).sides
    result = Table(title=f"levels, half {wanted.half}, seed {wanted.seed}")
    for head in ("what", "number", "figure"):
        result.add_column(head, justify="left" if head == "what" else "right")
    errors = np.abs([error for _ in range(SCENES) for error in _caller(sides[0], rng)])
    for share in (50, 95, 100):
        figure = f"{np.percentile(errors, share):.2f} dB"
        result.add_row(
            f"caller's level off by at most, {share} % of 20 s", str(len(errors)), figure
        )
    for db in (-15.0, -20.0):
        said = [one for _ in range(SCENES) for one in _neighbour(sides, db, rng)]
        names = ", ".join(sorted(set(said))) or "nothing"
        result.add_row(f"next desk at {db:.0f} dB, 30 s each: {names}", str(SCENES), str(len(said)))
    return result


def _caller(sentences: list[Sound], rng: np.random.Generator) -> list[float]:
    """Error in dB of the level of 20 s of a caller, of any level, over noise."""
    level = float(rng.uniform(-45, -12))
    words = at_level(talk(sentences, 20.0, rng), level)
    noisy = np.clip(words + room(len(words), level - rng.uniform(10, 30), rng), -1, 1)
    told = listen(Loudness(quiet_db=0.0), to_pcm(room(len(words), -65, rng), noisy), False)
    mean = 10 * np.log10(np.mean([10 ** (one.value / 10) for one in told]))
    return [float(mean - level)]


def _neighbour(
    sides: tuple[list[Sound], list[Sound]], db: float, rng: np.random.Generator
) -> list[str]:
    """What is said of an agent who has spoken and listens now, while the next desk talks."""
    own = at_level(talk(sides[0], 12.0, rng), AGENT_DB)
    other = at_level(talk(sides[1], 30.0, rng), AGENT_DB + db)
    agent = np.concatenate([own, np.zeros(RATE), other])
    caller = np.zeros(len(agent))
    lay(at_level(talk(sides[0], 28.0, rng), AGENT_DB), caller, len(own) + RATE)
    pcm = to_pcm(agent + room(len(agent), -60, rng), caller + room(len(agent), -65, rng))
    frame = heard(pcm)
    after = (len(own) + RATE) / RATE
    return [
        one.name
        for name in ("eating", "interruption", "shouting", "turns")
        for one in DETECTORS[name]().feed(frame)
        if one.start > after and not one.name.endswith(".caller")
    ]
