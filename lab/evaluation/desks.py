"""Levels: the caller's against the truth, and the next desk that must stay unheard."""

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.ports import Detector
from firmware_py.core.types import RATE, Features
from firmware_py.detectors.eating import Eating
from firmware_py.detectors.interruption import Interruption
from firmware_py.detectors.loudness import Loudness
from firmware_py.detectors.shouting import Shouting
from firmware_py.detectors.turns import Turns
from firmware_py.detectors.voicing import UNDER_OWN_DB
from lab.evaluation import interruptions
from lab.evaluation.calls import Maker, voices
from lab.evaluation.hearing import heard, listen
from lab.evaluation.plot import Sweep, shares
from lab.evaluation.sounds import Sound, at_level, lay, room, talk, to_pcm
from lab.results import Result, at_most, share

SCENES = 6
HALF_MINUTES = 24
AGENT_DB = -28.0
NEXT_DESK_DB = (-15.0, -20.0)


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """How far the caller's level is off."""
    rng = np.random.default_rng(wanted.seed)
    sides = voices(audio, wanted.half).sides
    errors = np.abs([error for _ in range(SCENES) for error in _caller(sides[0], rng)])
    yield Result(
        id="levels.caller.worst",
        question="levels",
        title="Caller's level off by at most",
        value=float(errors.max()),
        unit="dB",
        n=len(errors),
        of="scenes",
        target=at_most(1.5),
    )


def neighbours(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """What the next desk sets off."""
    rng = np.random.default_rng(wanted.seed)
    sides = voices(audio, wanted.half).sides
    for db in NEXT_DESK_DB:
        told = [_told(sides, db, rng) for _ in range(HALF_MINUTES)]
        yield share(
            f"neighbours.at_{db:.0f}.set_off",
            "neighbours",
            "Half minutes in which anything is told of the agent",
            sum(map(bool, told)),
            len(told),
            "half minutes",
            target=at_most(0),
            conditions=f"next desk at {db:.0f} dB",
            remarks=", ".join(sorted({name for names in told for name in names})),
        )


def _told(sides: tuple[list[Sound], list[Sound]], db: float, rng: np.random.Generator) -> list[str]:
    pcm, after = _neighbour(sides, db, rng)
    return _set_off(heard(pcm), after)


UNDER_DB = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0)
"""dB under the wearer's own voice that are tried."""


def sweep(audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What hearing softer or only louder voices as the wearer's would do."""
    rng = np.random.default_rng(seed)
    material = voices(audio, half)
    maker = Maker(material, rng)
    tallies = {db: Counter[tuple[str, str]]() for db in UNDER_DB}
    for _ in track(range(most), "neighbours", transient=True):
        call = maker.call([str(scene) for scene in rng.permutation(interruptions.SCENES)])
        features = heard(maker.sound(call, maker.conditions()))
        for under, tally in tallies.items():
            seen = Interruption(under_own_db=under).feed(features)
            interruptions.score(call, seen, tally)
        for db in NEXT_DESK_DB:
            pcm, after = _neighbour(material.sides, db, rng)
            features = heard(pcm)
            for under, tally in tallies.items():
                tally[f"{db:.0f}", "there"] += 1
                tally[f"{db:.0f}", "told"] += bool(_set_off(features, after, under))
    return Sweep(
        title=f"neighbours: {most} calls, {most} half minutes each, half {half}, seed {seed}",
        across="under_own_db: dB under the wearer's own voice",
        values=list(UNDER_DB),
        lines={
            f"{name} heard": shares(tallies, name, "hit")
            for name in ("interruption.agent", "backchannel")
        },
        wrong={f"next desk at {db} dB heard": shares(tallies, db, "told") for db in ("-15", "-20")},
        chosen=UNDER_OWN_DB,
    )


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
) -> tuple[npt.NDArray[np.int16], float]:
    """An agent who has spoken and listens now, from a second on, while the next desk talks."""
    own = at_level(talk(sides[0], 12.0, rng), AGENT_DB)
    other = at_level(talk(sides[1], 30.0, rng), AGENT_DB + db)
    agent = np.concatenate([own, np.zeros(RATE), other])
    caller = np.zeros(len(agent))
    lay(at_level(talk(sides[0], 28.0, rng), AGENT_DB), caller, len(own) + RATE)
    pcm = to_pcm(agent + room(len(agent), -60, rng), caller + room(len(agent), -65, rng))
    return pcm, (len(own) + RATE) / RATE


def _set_off(features: Features, after: float, under: float = UNDER_OWN_DB) -> list[str]:
    """What is said of the agent from a second on."""
    detectors: tuple[Detector, ...] = (
        Eating(),
        Interruption(under_own_db=under),
        Shouting(),
        Turns(under_own_db=under),
    )
    return [
        one.name
        for detector in detectors
        for one in detector.feed(features)
        if one.start > after and not one.name.endswith(".caller")
    ]
