"""Quiet: calls of real sentences with silences whose edges are known, and holds."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.quiet import Quiet
from lab.evaluation.hearing import frames, listen, said
from lab.evaluation.plot import Sweep
from lab.evaluation.silent_calls import Call, calls
from lab.evaluation.sounds import READERS, Sound
from lab.results import Result, at_least, at_most, share, slug

NEAR_S = 0.1
"""Seconds by which an edge may be missed."""
SAME_S = 1.5
"""Seconds within which an edge is taken for that of the same silence."""


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
    for call, pcm in calls(audio, half, most, seed):
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
    for call, pcm in calls(audio, half, most, seed):
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
