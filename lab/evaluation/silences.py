"""Quiet: calls of real sentences with silences whose edges are known, and holds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.types import AGENT, CALLER, HOP, RATE, Observation
from firmware_py.detectors.quiet import Quiet
from lab.evaluation.hearing import frames, listen, said
from lab.evaluation.plot import Sweep
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
from lab.results import Result, at_least, at_most, share, slug

LEVEL_DB = -28.0
NEAR_S = 0.1
"""Seconds by which an edge may be missed."""
SAME_S = 1.5
"""Seconds within which an edge is taken for that of the same silence."""


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


EDGES = {
    "quiet.both, start": "dead air begins",
    "quiet.unanswered, start": "the caller begins to wait",
    "quiet.over, end": "it is over",
}
QUESTION = "silence"


def measure(audio: Path, speaker: str, most: int, seed: int) -> Iterator[Result]:
    """Edges found within 100 ms, silences missed and made up, for lines of all sorts."""
    half = READERS.index(speaker)
    errors: defaultdict[str, list[float]] = defaultdict(list)
    tally: defaultdict[str, int] = defaultdict(int)
    for call, pcm in _calls(audio, half, most, seed):
        _score(call, listen(Quiet(), pcm, False), errors, tally)
        tally["seconds"] += len(pcm) // RATE
    yield from (_edge(edge, values) for edge, values in sorted(errors.items()))
    yield from _silences(errors, tally)


def _edge(edge: str, errors: list[float]) -> Result:
    what, _, noise = edge.rpartition(", ")
    low, middle, high = np.quantile(errors, (0.05, 0.5, 0.95))
    return share(
        f"silence.{slug(what)}.{slug(noise)}",
        QUESTION,
        f"Edge within 100 ms: {EDGES[what]}",
        round(_near(errors) * len(errors)),
        len(errors),
        "edges",
        target=at_least(95),
        conditions=noise,
        remarks=f"median {middle:+.2f} s, 5 to 95 %: {low:+.2f} to {high:+.2f} s",
    )


def _silences(errors: dict[str, list[float]], tally: dict[str, int]) -> Iterator[Result]:
    found, there = _found(errors), _there(tally)
    yield share(
        "silence.found",
        QUESTION,
        "Silences found",
        found,
        there,
        "silences",
        target=at_least(100),
    )
    yield Result(
        id="silence.made_up",
        question=QUESTION,
        title="Silences made up",
        value=tally["false"],
        n=tally["seconds"] / 3600,
        of="h",
        target=at_most(0),
    )
    yield share(
        "silence.holds",
        QUESTION,
        "Holds taken for silence",
        tally["hold broken"],
        tally["hold"],
        "holds",
        target=at_most(0),
    )


OVER_DB = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12)
"""dB over the noise that are tried for the first and the last breath of a turn."""


def sweep(audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What tracing the edges of a silence to softer or louder sound would do."""
    errors = {db: defaultdict[str, list[float]](list) for db in OVER_DB}
    tallies = {db: defaultdict[str, int](int) for db in OVER_DB}
    for call, pcm in _calls(audio, half, most, seed):
        heard = list(frames(pcm, mel=False))
        for db in OVER_DB:
            _score(call, said(Quiet(over_floor_db=db), heard), errors[db], tallies[db])
    return Sweep(
        title=f"quiet: edges within 100 ms, {most} generated calls, half {half}, seed {seed}",
        across="over_floor_db: dB over the noise at which a breath is still heard",
        values=list(map(float, OVER_DB)),
        lines={
            edge: [_near(errors[db][edge]) for db in OVER_DB] for edge in sorted(errors[OVER_DB[0]])
        },
        wrong={"silences missed": [_missed(errors[db], tallies[db]) for db in OVER_DB]},
        chosen=Quiet().over_floor_db,
    )


def _calls(
    audio: Path, half: int, most: int, seed: int
) -> Iterator[tuple[Call, npt.NDArray[np.int16]]]:
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


def _score(
    call: Call,
    seen: list[Observation],
    errors: defaultdict[str, list[float]],
    tally: defaultdict[str, int],
) -> None:
    left = [one for one in seen if one.name != "quiet.over"]
    for name, start, end in call.silences:
        tally[name] += 1
        hits = [one for one in left if one.name == name and abs(one.start - start) < SAME_S]
        if hits:
            before = next(side for side, at, words in call.said if _ends(at, words, start))
            errors[f"{name}, start, {_noise(call, before)}"].append(hits[0].start - start)
        overs = [o for o in seen if o.name == "quiet.over" and abs(o.end - end) < SAME_S]
        if overs:
            after = next(side for side, at, _ in call.said if at == end)
            errors[f"quiet.over, end, {_noise(call, after)}"].append(overs[0].end - end)
        # A caller's unanswered words are followed by the silence of both, and the reverse.
        left = [one for one in left if not start - SAME_S < one.start < end]
    tally["false"] += len(left)
    for start, end in call.holds:
        tally["hold"] += 1
        tally["hold broken"] += any(one.at > start and one.start < end for one in left)


def _ends(at: float, words: Sound, second: float) -> bool:
    return abs(at + len(words) / RATE - second) < 0.001


def _noise(call: Call, side: int) -> str:
    return "SNR 5-15 dB" if call.snr_db[side] < 15 else "SNR 15-30 dB"


def _near(errors: list[float]) -> float:
    """Share of the edges found that are right."""
    return float(np.mean(np.abs(errors) <= NEAR_S))


def _missed(errors: dict[str, list[float]], tally: dict[str, int]) -> float:
    return 1 - _found(errors) / _there(tally)


def _found(errors: dict[str, list[float]]) -> int:
    return sum(len(values) for edge, values in errors.items() if "start" in edge)


def _there(tally: dict[str, int]) -> int:
    return tally["quiet.both"] + tally["quiet.unanswered"]
