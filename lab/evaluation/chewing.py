"""Eating on recordings of chewing and of what resembles it, alone and over a keyboard."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.table import Table

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

STREAM_S = 360.0
PERIOD_S = 15.0
"""Chewing must be said once in every such stretch."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Some minutes of one kind of sound."""

    name: str
    eats: bool
    sound: Sound


def measure(audio: Path, wanted: argparse.Namespace) -> Table:
    """Share of 15 s stretches flagged, or times an hour for what is no eating."""
    result = Table(title=f"eating, half {wanted.half}" + ("" if wanted.half else " (for tuning)"))
    for head in ("sound", "minutes", "stretches flagged", "an hour"):
        result.add_column(head, justify="left" if head == "sound" else "right")
    rng = np.random.default_rng(wanted.seed)
    events = table(audio, "events.tsv")
    sentences = by_kind(table(audio, "speech.tsv"), "sentence")
    for stream in streams(events, sentences, wanted.half, rng):
        result.add_row(*_row(stream, rng))
    return result


BRIGHT_DB = tuple(range(-18, 7, 2))
"""Least brightness of bursts that is tried, in dB."""


def sweep(audio: Path, half: int, _most: int, seed: int) -> Sweep:
    """What asking for duller or brighter bursts would do."""
    rng = np.random.default_rng(seed)
    sentences = by_kind(table(audio, "speech.tsv"), "sentence")
    lines: dict[bool, dict[str, list[float]]] = {True: {}, False: {}}
    for stream in streams(table(audio, "events.tsv"), sentences, half, rng):
        noisy = stream.sound + room(len(stream.sound), -65, rng)
        features = heard(to_pcm(np.clip(noisy, -1, 1), room(len(noisy), -65, rng)))
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
    stretches = int(seconds // PERIOD_S)
    return len({int(one.at // PERIOD_S) for one in seen} & set(range(stretches))) / stretches


def _row(stream: Stream, rng: np.random.Generator) -> tuple[str, ...]:
    noisy = stream.sound + room(len(stream.sound), -65, rng)
    pcm = to_pcm(np.clip(noisy, -1, 1), room(len(noisy), -65, rng))
    seconds = len(pcm) / RATE
    seen = listen(Eating(again_s=0.0), pcm)
    share = _share(seen, seconds)
    alarms = len(listen(Eating(), pcm)) * 3_600 / seconds
    return (
        stream.name,
        f"{seconds / 60:.1f}",
        f"{share:.0%}" + (" (must)" if stream.eats else ""),
        "" if stream.eats else f"{alarms:.0f} (must not)",
    )


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
