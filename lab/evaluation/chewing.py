"""Eating on recordings of chewing and of what resembles it, alone and over a keyboard."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import HOPS_PER_SECOND, RATE, Observation
from firmware_py.detectors.eating import Eating
from lab.evaluation.hearing import heard, listen
from lab.evaluation.plot import Sweep
from lab.evaluation.sounds import (
    Recording,
    Sound,
    at_level,
    by_kind,
    lay,
    load,
    room,
    table,
    to_pcm,
)
from lab.results import Result, at_least, at_most, share, slug

STREAM_S = 360.0
PIECE_S = 10.0
PERIOD_S = 15.0
"""Chewing must be said once in every such stretch."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Some minutes of one kind of sound."""

    name: str
    eats: bool
    sound: Sound


QUESTION = "eating"


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """Share of 15 s stretches flagged; alarms an hour at all that is no eating, together."""
    rng = np.random.default_rng(wanted.seed)
    events = table(audio, "events.tsv")
    yield _pieces(events, rng)
    sentences = by_kind(table(audio, "speech.tsv"), "sentence")
    alarms: dict[str, int] = {}
    hours = 0.0
    for stream in streams(events, sentences, wanted.half, rng):
        pcm = _pcm(stream.sound, rng)
        if stream.eats:
            yield _flagged(stream.name, pcm)
        else:
            alarms[stream.name] = len(listen(Eating(), pcm))
            hours += len(pcm) / RATE / 3_600
    yield Result(
        id="eating.lookalikes.alarms",
        question=QUESTION,
        title="False alarms at look-alikes and speech",
        value=sum(alarms.values()) / hours,
        unit="FA/h",
        n=60 * hours,
        of="min",
        target=at_most(1),
        conditions=", ".join(alarms),
        remarks="; ".join(f"{name} {times}" for name, times in alarms.items() if times),
    )


def _pieces(events: list[Recording], rng: np.random.Generator) -> Result:
    """Whether chewing is said within the first ten seconds that are heard, of every recording."""
    size = round(PIECE_S * RATE)
    pieces = [
        sound[at : at + size]
        for one in by_kind(events, "eating", "chew")
        for sound in [load(one.path)]
        for at in range(0, len(sound) - size + 1, size)
    ]
    noticed = sum(bool(listen(Eating(), _pcm(piece, rng))) for piece in pieces)
    return share(
        "eating.pieces",
        QUESTION,
        "Pieces of 10 s of meals noticed within them",
        noticed,
        len(pieces),
        "pieces",
        target=at_least(85),
        conditions="both halves",
    )


def _flagged(name: str, pcm: npt.NDArray[np.int16]) -> Result:
    flags, stretches = _flags(listen(Eating(again_s=0.0), pcm), len(pcm) / RATE)
    return share(
        f"eating.{slug(name)}",
        QUESTION,
        f"{PERIOD_S:.0f} s stretches flagged",
        flags,
        stretches,
        "stretches",
        target=at_least(90),
        conditions=name,
    )


def _pcm(sound: Sound, rng: np.random.Generator) -> npt.NDArray[np.int16]:
    """Over a quiet room, beside a caller who is silent."""
    noisy = sound + room(len(sound), -65, rng)
    return to_pcm(np.clip(noisy, -1, 1), room(len(noisy), -65, rng))


BRIGHT_DB = tuple(range(-18, 7, 2))
"""Least brightness of bursts that is tried, in dB."""


def sweep(audio: Path, half: int, _most: int, seed: int) -> Sweep:
    """What asking for duller or brighter bursts would do."""
    rng = np.random.default_rng(seed)
    sentences = by_kind(table(audio, "speech.tsv"), "sentence")
    lines: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    for stream in streams(table(audio, "events.tsv"), sentences, half, rng):
        features = heard(_pcm(stream.sound, rng))
        lines[stream.eats][stream.name] = [
            _share(
                Eating(again_s=0.0, least_bright_db=db).feed(features),
                features.hops / HOPS_PER_SECOND,
            )
            for db in BRIGHT_DB
        ]
    return Sweep(
        title=f"eating: share of {PERIOD_S:.0f} s stretches flagged, half {half}, seed {seed}",
        across="least_bright_db: dB of bursts over 1.5 kHz against those under it",
        values=list(map(float, BRIGHT_DB)),
        lines=lines[True],
        wrong=lines[False],
        chosen=Eating().least_bright_db,
    )


def _share(seen: list[Observation], seconds: float) -> float:
    flags, stretches = _flags(seen, seconds)
    return flags / stretches


def _flags(seen: list[Observation], seconds: float) -> tuple[int, int]:
    """Stretches in which something was said, and all of them."""
    stretches = int(seconds // PERIOD_S)
    return len({int(one.at // PERIOD_S) for one in seen} & set(range(stretches))), stretches


def streams(
    events: list[Recording], sentences: list[Recording], half: int, rng: np.random.Generator
) -> Iterator[Stream]:
    """What is heard, with a keyboard under some of it."""
    keys = at_level(_sequence([load(one.path) for one in typing(events, half)]), -45)
    words = [at_level(load(one.path), -28) for one in sentences[half::2]]
    for one in by_kind(events, "eating", "chew")[half::2]:
        for db in (-30.0, -40.0):
            chew = at_level(load(one.path), db)
            yield Stream(f"{one.who} at {db:.0f} dBFS", True, chew)
        under = at_level(load(one.path), -35.0)
        yield Stream(f"{one.who} over a keyboard", True, under + np.resize(keys, len(under)))
        talk = _talk(words, len(under), rng)
        yield Stream(f"{one.who} between words", True, under + talk)
    slurps = [load(one.path) for one in by_kind(events, "eating", "slurp")]
    yield Stream("slurping", True, _scattered(slurps, rng)[: 60 * RATE])
    yield Stream("typing", False, keys)
    yield Stream("typing, loud", False, at_level(keys, -33))
    yield Stream("talk over typing", False, keys + _talk(words, len(keys), rng))
    others = [one for one in by_kind(events, "not_eating") if one.who != "typing"]
    yield Stream("coughs, sniffs, doors", False, _scattered([load(o.path) for o in others], rng))
    yield Stream("speech", False, np.concatenate(words[:200]))
    yield Stream("rain", False, at_level(_rain(rng), -40))
    yield Stream("printer", False, at_level(_printer(rng), -40))
    yield Stream("clicks", False, _scattered([_click(rng) for _ in range(20)], rng))
    yield Stream("breathing", False, at_level(_breath(rng), -45))


def typing(events: list[Recording], half: int) -> list[Recording]:
    """Half of the recordings of keyboards."""
    return by_kind(events, "not_eating", "typing")[half::2]


def _talk(words: list[Sound], samples: int, rng: np.random.Generator) -> Sound:
    """Sentences with pauses of 1.5 to 4 s between them."""
    talk = np.zeros(samples)
    at = 1.0
    while at * RATE < samples:
        one = words[rng.integers(len(words))]
        lay(one, talk, round(at * RATE))
        at += len(one) / RATE + float(rng.uniform(1.5, 4))
    return talk


def _sequence(sounds: list[Sound]) -> Sound:
    return np.resize(np.concatenate(sounds), round(STREAM_S * RATE))


def _scattered(sounds: list[Sound], rng: np.random.Generator) -> Sound:
    stream = np.zeros(round(STREAM_S * RATE))
    at = 0.0
    while at < STREAM_S:
        one = sounds[rng.integers(len(sounds))]
        lay(at_level(one, float(rng.uniform(-40, -25))), stream, round(at * RATE))
        at += len(one) / RATE + float(rng.exponential(1.5))
    return stream


def _click(rng: np.random.Generator) -> Sound:
    t = np.arange(round(0.02 * RATE)) / RATE
    return np.asarray(rng.standard_normal(len(t)) * np.exp(-t / 0.004))


def _rain(rng: np.random.Generator) -> Sound:
    rain = 0.2 * rng.standard_normal(round(STREAM_S * RATE))
    for at in rng.integers(0, len(rain), round(STREAM_S * 40)):
        lay(_click(rng) * rng.exponential(1.0), rain, int(at))
    return rain


def _printer(rng: np.random.Generator) -> Sound:
    """A carriage that runs to and fro, 0.7 times a second, with a motor under it."""
    t = np.arange(round(STREAM_S * RATE)) / RATE
    carriage = (np.sin(2 * np.pi * 0.7 * t) > -0.6) * rng.standard_normal(len(t))
    return np.asarray(carriage + 0.5 * np.sign(np.sin(2 * np.pi * 180 * t)))


def _breath(rng: np.random.Generator) -> Sound:
    t = np.arange(round(STREAM_S * RATE)) / RATE
    return np.asarray(np.maximum(0, np.sin(2 * np.pi * 0.3 * t)) * rng.standard_normal(len(t)))
