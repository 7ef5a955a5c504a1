"""An agent who eats, or types, while the caller speaks: nothing of it is speech of the agent."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from firmware_py.core.types import RATE
from firmware_py.detectors import DETECTORS
from lab.evaluation.calls import voices
from lab.evaluation.chewing import typing
from lab.evaluation.hearing import heard
from lab.evaluation.sounds import Sound, at_level, by_kind, lay, load, room, talk, to_pcm
from lab.evaluation.sounds import table as recordings
from lab.results import Result, slug

LEVEL_DB = -28.0
OWN_S = 12.0
"""Seconds that the agent has spoken before."""
ECHO_DB = (-40.0, -20.0)
"""Echo of the caller in the agent's microphone."""
HEARD = {
    "interruptions": ("interruption.agent", "Interruptions told over the caller"),
    "onsets": ("onset.agent", "Onsets of the agent told over the caller"),
}
"""Last word of the measure -> name of what is counted, and its title."""


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """How often each recording passes for words of the agent, a minute; of the worse echo."""
    rng = np.random.default_rng(wanted.seed)
    sides = voices(audio, wanted.half).sides
    for name, sound in _sounds(audio, wanted.half):
        minutes = len(sound) / RATE / 60
        seen = [_listen(sides, sound, echo_db, rng) for echo_db in ECHO_DB]
        for word, (observation, title) in HEARD.items():
            yield Result(
                id=f"eating.over_caller.{slug(name)}.{word}",
                question="eating",
                title=title,
                value=max(one.count(observation) for one in seen) / minutes,
                unit="/min",
                n=minutes,
                of="min",
                conditions=name,
            )


def _sounds(audio: Path, half: int) -> Iterator[tuple[str, Sound]]:
    events = recordings(audio, "events.tsv")
    for one in by_kind(events, "eating", "chew")[half::2]:
        for db in (-25.0, -32.0):
            yield f"{one.who} at {db:.0f} dBFS", at_level(load(one.path), db)
    slurps = [load(one.path) for one in by_kind(events, "eating", "slurp")]
    yield "slurping at -30 dBFS", at_level(np.concatenate(slurps * 15), -30.0)
    keys = np.concatenate([load(one.path) for one in typing(events, half)])
    yield "typing at -28 dBFS", at_level(keys, -28.0)


def _listen(
    sides: tuple[list[Sound], list[Sound]], sound: Sound, echo_db: float, rng: np.random.Generator
) -> list[str]:
    """What is told of an agent who has spoken and makes this sound now."""
    own = at_level(talk(sides[0], OWN_S, rng), LEVEL_DB)
    after = len(own) + RATE
    agent = np.concatenate([own, np.zeros(RATE), sound])
    caller = np.zeros(len(agent))
    lay(at_level(talk(sides[1], len(sound) / RATE, rng), LEVEL_DB), caller, after)
    agent = agent + caller * 10 ** (echo_db / 20) + room(len(agent), -60, rng)
    features = heard(to_pcm(np.clip(agent, -1, 1), caller + room(len(agent), -62, rng)))
    return [
        one.name
        for name in ("interruption", "turns")
        for one in DETECTORS[name]().feed(features)
        if one.start > after / RATE
    ]
