"""Drawl: real sentences in which one syllable is stretched, and the same ones left alone."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.progress import track
from rich.table import Table
from training import corpus

from evaluation import tempo
from evaluation.lines import LEAD_S, Line
from evaluation.sounds import Sound, load, trim
from firmware_py.detectors.drawl import Drawl
from firmware_py.hearing.spelling import BLANK
from firmware_py.types import HOPS_PER_POSTERIOR, HOPS_PER_SECOND, FloatArray, Frame, Observation

CORE_S = 0.05
"""The steadiest piece of a vowel, which is held."""
NEAR_S = 0.15
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Stretched:
    """A sentence with one syllable stretched."""

    sound: Sound
    start: float
    """Second in which the stretched piece begins."""
    end: float
    length: float
    """Of the syllable, s."""


def measure(audio: Path, speaker: str, most: int, seed: int) -> Table:
    """Share of sentences in which a drawl was heard: where it is, and elsewhere."""
    rng = np.random.default_rng(seed)
    line, tally = Line(rng), Counter[tuple[str, str]]()
    items = [i for i in corpus.recordings(audio) if i.speaker == speaker and i.kind == "sentence"]
    chosen = [i for i in items if len(i.syllables) >= 6][:most]
    for item in track(chosen, "drawl", transient=True):
        sound = trim(load(item.path))
        how = rng.uniform(10, 35), bool(rng.random() < 0.3)
        frames = list(line.frames(sound, 40.0, False))
        for way in ("vowel held", "syllable slowed"):
            made = _stretched(sound, frames, item.syllables, way, rng)
            if made:
                seen = line.listen(Drawl(), made.sound, *how)
                _score(made, seen, "0.6-0.8 s" if made.length < 0.8 else "0.8-1.2 s", way, tally)
        for rate in (1.0, 0.7):
            seen = line.listen(Drawl(), tempo.paced(sound, rate), *how)
            tally[f"none, rate {rate:g}", "there"] += 1
            tally[f"none, rate {rate:g}", "heard"] += bool(seen)
    return _table(tally, f"drawl: {len(chosen)} sentences of {speaker}, seed {seed}")


def _score(
    made: Stretched, seen: list[Observation], size: str, way: str, tally: Counter[tuple[str, str]]
) -> None:
    start, end = made.start + LEAD_S - NEAR_S, made.end + LEAD_S + NEAR_S
    hits = [one for one in seen if one.start < end and one.end > start]
    tally[f"{way}, {size}", "there"] += 1
    tally[f"{way}, {size}", "heard"] += bool(hits)
    tally[f"{way}, {size}", "elsewhere"] += len(seen) - len(hits)


def _table(tally: Counter[tuple[str, str]], title: str) -> Table:
    table = Table(title=title)
    for head in ("stretch", "sentences", "drawl heard", "elsewhere"):
        table.add_column(head, justify="left" if head == "stretch" else "right")
    for name in sorted({name for name, _ in tally}, reverse=True):
        there, heard = tally[name, "there"], tally[name, "heard"]
        table.add_row(name, str(there), f"{heard / there:.1%}", str(tally[name, "elsewhere"]))
    return table


def _stretched(
    sound: Sound,
    frames: list[Frame],
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
        if start > 0.02 and end < len(sound) / 16_000 - 0.02:
            return Stretched(tempo.held(sound, start, end, more), start, end + more, length)
    return None


def _spans(frames: list[Frame], syllables: tuple[str, ...]) -> list[tuple[float, float]]:
    """Seconds of the sound in which each syllable is said, as far as the phone model knows."""
    posteriors = np.concatenate([frame.posteriors for frame in frames])
    tokens = [corpus.tokens_of((one,)) for one in syllables]
    rows = align(posteriors, [token for some in tokens for token in some])
    level = np.concatenate([frame.level[:, 0] for frame in frames])
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


def _steadiest(frames: list[Frame], first: float, last: float) -> float | None:
    """Second of the sound, within a syllable, where its voiced spectrum changes least."""
    mel = np.concatenate([frame.mel for frame in frames])
    pitch = np.concatenate([frame.pitch for frame in frames])
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
