"""Calls of real sentences with silences whose edges are known, and holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.types import AGENT, CALLER, HOP, RATE
from lab.evaluation.sounds import (
    READERS,
    Sound,
    at_level,
    by_kind,
    hop_levels,
    lay,
    load,
    room,
    table,
    to_pcm,
)

LEVEL_DB = -28.0


@dataclass(slots=True)
class Call:
    """A call in the making."""

    said: list[tuple[int, float, Sound]] = field(default_factory=list)
    """Side, second, sound."""
    silences: list[tuple[str, float, float]] = field(default_factory=list)
    """What should be said of a silence, and the seconds in which it begins and ends."""
    snr_db: tuple[float, float] = (0.0, 0.0)
    """Of both sides."""
    holds: list[tuple[float, float]] = field(default_factory=list)
    now: float = 2.0

    def say(self, side: int, sound: Sound, pause: float) -> None:
        """Let a side speak after a pause."""
        self.said.append((side, self.now + pause, sound))
        self.now += pause + len(sound) / RATE


def calls(
    audio: Path, half: int, most: int, seed: int
) -> Iterator[tuple[Call, npt.NDArray[np.int16]]]:
    """Generate calls between the two readers, of one half of their sentences, and their sound."""
    rng = np.random.default_rng(seed)
    recordings = table(audio, "speech.tsv")
    sides = [
        [_speech(load(one.path)) for one in by_kind(recordings, "sentence", who)[half::2]]
        for who in READERS
    ]
    for _ in track(range(most), "quiet", transient=True):
        call = _call([sides[side] for side in rng.permutation(2)], rng)
        yield call, _sound(call, rng)


def _speech(sound: Sound) -> Sound:
    """Cut to the speech: within 25 dB of the loudest, and 8 dB over the recording's own noise."""
    level = hop_levels(sound)
    loud = np.flatnonzero(level > max(level.max() - 25, np.quantile(level, 0.05) + 8))
    return sound[loud[0] * HOP : (loud[-1] + 1) * HOP]


def _call(sides: list[list[Sound]], rng: np.random.Generator) -> Call:
    """Turns with usual gaps between them, and among them each sort of silence."""
    call = Call()

    def turn(side: int, pause: float) -> None:
        call.say(side, sides[side][rng.integers(len(sides[side]))], pause)

    for scene in rng.permutation(["both", "both", "unanswered", "hold", "turns", "turns"]):
        for side in (AGENT, CALLER, AGENT):
            turn(side, rng.uniform(0.2, 1.2))
        start = call.now
        if scene == "both":
            turn(int(rng.integers(2)), rng.uniform(9, 15))
            call.silences += [("quiet.both", start, call.said[-1][1])]
        elif scene == "unanswered":
            turn(CALLER, 0.6)
            start = call.now
            turn(AGENT, rng.uniform(5, 7))
            call.silences += [("quiet.unanswered", start, call.said[-1][1])]
        elif scene == "hold":
            call.now += 1 + rng.uniform(12, 20)
            call.holds += [(start + 1, call.now)]
            turn(AGENT, rng.uniform(0.3, 1.0))
    return call


def _sound(call: Call, rng: np.random.Generator) -> npt.NDArray[np.int16]:
    """Mix: SNR 5 to 30 dB on each side, up to 12 dB between them, echo of the caller at -20 dB."""
    samples = round((call.now + 2) * RATE)
    apart = rng.uniform(-6, 6)
    level = LEVEL_DB - apart, LEVEL_DB + apart
    call.snr_db = rng.uniform(5, 30), rng.uniform(5, 30)
    sides = [room(samples, db - snr, rng) for db, snr in zip(level, call.snr_db, strict=True)]
    for side, at, sound in call.said:
        spoken = at_level(sound, level[side])
        lay(spoken, sides[side], round(at * RATE))
        if side == CALLER:
            lay(0.1 * spoken, sides[AGENT], round((at + 0.04) * RATE))
    for start, end in call.holds:
        sides[AGENT][round(start * RATE) : round(end * RATE)] = 0
    return to_pcm(sides[AGENT], sides[CALLER])
