"""Measures the inferred life of calls: ``scripts/evaluate life [--calls N] [--half 0|1]``.

Generated lines of two calls each, with everything a line carries around and within them: digital
silence, ringing, comfort noise, speech, hold with and without music, busy tone.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.progress import track

from firmware_py.core.types import AGENT, CALLER, RATE, Observation
from firmware_py.detectors.call import Call
from lab.evaluation.calls import Voices, voices
from lab.evaluation.hearing import listen
from lab.evaluation.sounds import Sound, at_level, room, to_pcm
from lab.results import Measured, Result, at_least, at_most, share, slug

IN_TIME_S = 2.0
"""A change is told in time if it is told within so many seconds."""
NEAR_S = 0.5
"""The moment that it names may be so far off."""
WORDS = ("start", "hold", "resume", "end")
AROUND = ("silence", "ringing", "busy tone")
HOLDS = ("muted", "muted, music", "muted, silence")


@dataclass(slots=True)
class Line:
    """Both channels of a desk's line in the making."""

    rng: np.random.Generator
    noise_db: tuple[float, float]
    sides: tuple[list[Sound], list[Sound]] = field(default_factory=lambda: ([], []))
    truth: list[tuple[str, str, float]] = field(default_factory=list)
    """Word, circumstance, second."""
    now: float = 0.0

    def add(self, seconds: float, agent: Sound | None, caller: Sound | None) -> None:
        """Go on for some seconds; None is digital silence."""
        samples = round(seconds * RATE)
        for side, sound in zip(self.sides, (agent, caller), strict=True):
            side.append(np.zeros(samples) if sound is None else sound[:samples])
        self.now += samples / RATE

    def noise(self, side: int, seconds: float) -> Sound:
        """Room or comfort noise."""
        return room(round(seconds * RATE) + 1, self.noise_db[side], self.rng)

    def happens(self, word: str, how: str) -> None:
        """Note what happens now."""
        self.truth.append((word, how, self.now))


def tone(seconds: float, on_s: float, off_s: float, db: float) -> Sound:
    """450 Hz in the rhythm of China's ringing (1 s, 4 s) or busy tone (0.35 s, 0.35 s)."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = np.sin(2 * np.pi * 450 * time) * (time % (on_s + off_s) < on_s)
    return np.asarray(sound * 10 ** (db / 20) * 2**0.5)


def music(seconds: float, db: float, rng: np.random.Generator) -> Sound:
    """Notes with overtones that die away, a new one every 0.3 to 0.5 s."""
    notes: list[Sound] = []
    while sum(map(len, notes)) < seconds * RATE:
        time = np.arange(round(rng.uniform(0.3, 0.5) * RATE)) / RATE
        hz = 220 * 2 ** (rng.integers(0, 20) / 12)
        wave = sum(np.sin(2 * np.pi * hz * order * time) / order for order in (1, 2, 3))
        notes.append(np.asarray(wave * np.exp(-3 * time)))
    return at_level(np.concatenate(notes)[: round(seconds * RATE) + 1], db)


def make(said: Voices, rng: np.random.Generator) -> Line:
    """A line with two calls."""
    line = Line(rng, (rng.uniform(-70, -48), rng.uniform(-76, -48)))
    for _ in range(2):
        _before(line)
        _talk(line, said, first=True)
        for _ in range(int(rng.integers(0, 3))):
            _hold(line)
            _talk(line, said)
        _after(line)
    line.add(3.0, line.noise(AGENT, 3.0), None)
    return line


def _before(line: Line) -> None:
    idle = float(line.rng.uniform(2, 8))
    line.add(idle, line.noise(AGENT, idle), None)
    ringing = bool(line.rng.integers(0, 2))
    if ringing:
        rings = 5.0 * line.rng.integers(1, 4) + float(line.rng.uniform(0, 5))
        line.add(rings, line.noise(AGENT, rings), tone(rings, 1, 4, line.rng.uniform(-35, -15)))
    line.happens("start", "after ringing" if ringing else "after silence")


def _talk(line: Line, said: Voices, *, first: bool = False) -> None:
    """Some turns, the agent's first, with pauses that only noise fills."""
    for turn in range(int(line.rng.integers(2, 5))):
        side = turn % 2
        mine = said.sides[side]
        words = at_level(mine[line.rng.integers(len(mine))], float(line.rng.uniform(-35, -20)))
        pause = float(
            line.rng.uniform(0.5, 3.0) if first and turn == 0 else line.rng.uniform(0.3, 2)
        )
        seconds = pause + len(words) / RATE
        both = [line.noise(AGENT, seconds), line.noise(CALLER, seconds)]
        at = round(pause * RATE)
        both[side][at : at + len(words)] += words
        line.add(seconds, both[AGENT], both[CALLER])


def _hold(line: Line) -> None:
    """The microphone is muted; the caller's line carries its noise, music, or nothing."""
    how = HOLDS[line.rng.integers(len(HOLDS))]
    seconds = float(line.rng.uniform(4, 15))
    caller: Sound | None = line.noise(CALLER, seconds)
    if how == "muted, music":
        caller = music(seconds, float(line.rng.uniform(-40, -20)), line.rng)
    elif how == "muted, silence":
        caller = None
    line.happens("hold", how)
    line.add(seconds, None, caller)
    line.happens("resume", how)


def _after(line: Line) -> None:
    busy = bool(line.rng.integers(0, 2))
    line.happens("end", "busy tone" if busy else "silence")
    if busy:
        seconds = float(line.rng.uniform(2, 8))
        line.add(seconds, line.noise(AGENT, seconds), tone(seconds, 0.35, 0.35, -25))


def score(line: Line, heard: list[Observation], tally: Counter[tuple[str, str, str]]) -> None:
    """Count what was told in time, late or not at all, and what did not happen."""
    left = [(o.name.removeprefix("call."), o) for o in heard]
    for word, how, at in line.truth:
        tally[word, how, "there"] += 1
        for told in left:
            if told[0] == word and -NEAR_S <= told[1].at - at <= 12:
                left.remove(told)
                near = abs(told[1].start - at) <= NEAR_S or word == "start"
                in_time = told[1].at - at <= IN_TIME_S and near
                tally[word, how, "in time" if in_time else "late"] += 1
                break
    for word, _ in left:
        tally[word, "", "false"] += 1


def main(audio: Path, arguments: list[str]) -> Iterator[Measured]:
    """Measure every change of generated calls."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate life", description=__doc__)
    parser.add_argument("--calls", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1, help="0 is for tuning")
    wanted = parser.parse_args(arguments)
    rng = np.random.default_rng([wanted.seed, wanted.half])
    said = voices(audio, wanted.half)
    tally: Counter[tuple[str, str, str]] = Counter()
    for _ in track(range(wanted.calls // 2), "lines", transient=True):
        line = make(said, rng)
        pcm = to_pcm(np.concatenate(line.sides[AGENT]), np.concatenate(line.sides[CALLER]))
        score(line, listen(Call(), pcm, mel=False), tally)
    yield Measured(tuple(_figures(tally, wanted.calls // 2 * 2)), model="")


def _figures(tally: Counter[tuple[str, str, str]], calls: int) -> Iterator[Result]:
    for word in WORDS:
        for how in sorted({how for name, how, _ in tally if name == word and how}):
            there, good, late = (tally[word, how, c] for c in ("there", "in time", "late"))
            yield share(
                f"call.{word}.{slug(how)}",
                "call",
                f"Told within {IN_TIME_S:.0f} s",
                good,
                there,
                "changes",
                target=at_least(95),
                conditions=f"{word}, {how}",
                remarks=f"later {late}" if late else "",
            )
    yield Result(
        id="call.false",
        question="call",
        title="Changes told that did not happen",
        value=sum(tally[word, "", "false"] for word in WORDS),
        n=calls,
        of="calls",
        target=at_most(0),
    )
