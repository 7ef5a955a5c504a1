"""Drawl: real sentences in which one syllable is stretched, and the same ones left alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track

from firmware_py.core.types import (
    HOPS_PER_POSTERIOR,
    HOPS_PER_SECOND,
    RATE,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.detectors.drawl import Drawl
from firmware_py.hearing.spelling import BLANK
from lab.evaluation import tempo
from lab.evaluation.hearing import said
from lab.evaluation.lines import LEAD_S, Line
from lab.evaluation.plot import Sweep, shares
from lab.evaluation.sounds import READERS, Sound, load, trim
from lab.results import Result, at_least, at_most, share, slug
from lab.training import corpus

CORE_S = 0.05
"""The steadiest piece of a vowel, which is held."""
NEAR_S = 0.15
_NEVER = -1e9
ALL = "all that were stretched"


@dataclass(frozen=True, slots=True)
class Stretched:
    """A sentence with one syllable stretched."""

    sound: Sound
    start: float
    """Second in which the stretched piece begins."""
    end: float
    length: float
    """Of the syllable, s."""


def measure(audio: Path, speaker: str, most: int, seed: int) -> Iterator[Result]:
    """Share of sentences in which a drawl was heard where it is, or where there is none."""
    tally = Counter[tuple[str, str]]()
    for name, made, frames in _sentences(audio, speaker, most, seed):
        _score(name, made, said(Drawl(), frames), tally)
        if made:
            _score(ALL, made, said(Drawl(), frames), tally)
    for name in sorted(_names(tally)):
        yield _figure(name, tally)


def _figure(name: str, tally: Counter[tuple[str, str]]) -> Result:
    none, elsewhere = name.startswith("none"), tally[name, "elsewhere"]
    return share(
        f"speaking.drawl.{slug(name)}",
        "speaking",
        "Drawl heard where there is none" if none else "Drawl heard",
        tally[name, "heard"],
        tally[name, "there"],
        "sentences",
        target=at_most(2) if none else at_least(90),
        conditions=name.replace("none, ", "nothing stretched, "),
        remarks=f"elsewhere in the sentence: {elsewhere}" if elsewhere else "",
    )


HELD_S = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
"""Seconds that are tried."""


def sweep(audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What asking for a vowel held longer or shorter would do."""
    tallies = {held_s: Counter[tuple[str, str]]() for held_s in HELD_S}
    for name, made, frames in _sentences(audio, READERS[half], most, seed):
        for held_s, tally in tallies.items():
            _score(name, made, said(Drawl(held_s=held_s), frames), tally)
    heard = {name: shares(tallies, name, "heard") for name in sorted(_names(tallies[HELD_S[0]]))}
    return Sweep(
        title=f"drawl: sentences in which one is heard, {most} of {READERS[half]}, seed {seed}",
        across="held_s: seconds for which a vowel must be held",
        values=list(HELD_S),
        lines={name: line for name, line in heard.items() if not name.startswith("none")},
        wrong={name: line for name, line in heard.items() if name.startswith("none")},
        chosen=Drawl().held_s,
    )


def _sentences(
    audio: Path, speaker: str, most: int, seed: int
) -> Iterator[tuple[str, Stretched | None, list[Features]]]:
    """Each sentence with a syllable stretched in either way, and without, and slowed."""
    rng = np.random.default_rng(seed)
    line = Line(rng)
    items = [
        i for i in corpus.recordings(audio, "dev") if i.speaker == speaker and i.kind == "sentence"
    ]
    chosen = [i for i in items if len(i.syllables) >= 6][:most]
    for item in track(chosen, "drawl", transient=True):
        sound = trim(load(item.path))
        how = rng.uniform(10, 35), bool(rng.random() < 0.3)
        frames = list(line.frames(sound, 40.0, False))
        for way in ("vowel held", "syllable slowed"):
            made = _stretched(sound, frames, item.syllables, way, rng)
            if made:
                name = f"{way}, {'0.6-0.8 s' if made.length < 0.8 else '0.8-1.2 s'}"
                yield name, made, list(line.frames(made.sound, *how))
        for rate in (1.0, 0.7):
            heard = list(line.frames(tempo.paced(sound, rate), *how))
            yield f"none, rate {rate:g}", None, heard


def _score(
    name: str, made: Stretched | None, seen: list[Observation], tally: Counter[tuple[str, str]]
) -> None:
    hits = seen
    if made:
        start, end = made.start + LEAD_S - NEAR_S, made.end + LEAD_S + NEAR_S
        hits = [one for one in seen if one.start < end and one.end > start]
    tally[name, "there"] += 1
    tally[name, "heard"] += bool(hits)
    tally[name, "elsewhere"] += len(seen) - len(hits)


def _names(tally: Counter[tuple[str, str]]) -> set[str]:
    return {name for name, _ in tally}


def _stretched(
    sound: Sound,
    frames: list[Features],
    syllables: tuple[str, ...],
    way: str,
    rng: np.random.Generator,
) -> Stretched | None:
    """Stretch a syllable drawn by lot to 0.62 to 1.2 s; None if no vowel is steady enough."""
    spans = _spans(frames, syllables)
    for number in rng.permutation(len(spans)):
        first, last = spans[number]
        core = _steadiest(frames, first, last)
        if core is None or last - first < 0.08:
            continue
        length = float(rng.uniform(0.62, 1.2))
        more = length - min(last - first, 0.4)
        start, end = (core, core + CORE_S) if way == "vowel held" else (core - 0.05, core + 0.1)
        if start > 0.02 and end < len(sound) / RATE - 0.02:
            return Stretched(tempo.held(sound, start, end, more), start, end + more, length)
    return None


def _spans(frames: list[Features], syllables: tuple[str, ...]) -> list[tuple[float, float]]:
    """Seconds of the sound in which each syllable is said, as far as the phone model knows."""
    posteriors = np.concatenate([features.posteriors for features in frames])
    tokens = [corpus.tokens_of((one,)) for one in syllables]
    rows = align(posteriors, [token for some in tokens for token in some])
    level = np.concatenate([features.level[:, 0] for features in frames])
    onset = np.flatnonzero(level > level.max() - 25)[0] / HOPS_PER_SECOND
    firsts = np.cumsum([0, *map(len, tokens)])[:-1]
    seconds = rows[firsts] * HOPS_PER_POSTERIOR / HOPS_PER_SECOND
    # The model lags the sound by the same time everywhere: the first syllable tells by how much.
    starts = [*(seconds - seconds[0] + onset - LEAD_S), seconds[-1] - seconds[0] + onset - 1.2]
    return list(pairwise(starts))


def align(posteriors: FloatArray, tokens: list[int]) -> npt.NDArray[np.intp]:
    """First row of each token on the likeliest path that says them all (CTC, Viterbi)."""
    states = np.full(2 * len(tokens) + 1, BLANK)
    states[1::2] = tokens
    leap = np.zeros(len(states), dtype=bool)
    leap[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    score = np.full(len(states), _NEVER)
    score[:2] = posteriors[0, states[:2]]
    steps = []
    for row in posteriors[1:]:
        by_one = np.pad(score[:-1], (1, 0), constant_values=_NEVER)
        by_two = np.where(leap, np.pad(score[:-2], (2, 0), constant_values=_NEVER), _NEVER)
        ways = np.stack([score, by_one, by_two])
        steps.append(ways.argmax(axis=0))
        score = ways.max(axis=0) + row[states]
    path = [len(states) - 1 - int(score[-2] > score[-1])]
    for step in reversed(steps):
        path.append(path[-1] - int(step[path[-1]]))
    return np.searchsorted(path[::-1], 2 * np.arange(len(tokens)) + 1)


def _steadiest(frames: list[Features], first: float, last: float) -> float | None:
    """Second of the sound, within a syllable, where its voiced spectrum changes least."""
    mel = np.concatenate([features.mel for features in frames])
    pitch = np.concatenate([features.pitch for features in frames])
    change = np.abs(np.diff(mel, axis=0)).mean(axis=1)
    low, high = (round((second + LEAD_S) * HOPS_PER_SECOND) for second in (first, last))
    places = [
        hop
        for hop in range(low + 2, min(high - 4, len(pitch) - 9))
        if (pitch[hop + 1 : hop + 8] > 0).all()
    ]
    if not places:
        return None
    best = min(places, key=lambda hop: float(change[hop : hop + 5].mean()))
    return best / HOPS_PER_SECOND - LEAD_S
