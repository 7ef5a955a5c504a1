"""Fits the network that hears eating: ``scripts/evaluate fit_eating``.

It learns from bites of ``noise.tsv`` (``use`` is ``train``) laid at a jaw's pace and from made-up
ones, against every other sound of that table as it is and made strange, coughs and other sounds of
a throat scattered, made-up look-alikes and sentences. Nothing of ``events.tsv``, which measures, is
heard.
"""

import argparse
import csv
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console

from firmware_py.core.types import AGENT, HOPS_PER_SECOND, RATE, Block, Features
from firmware_py.detectors.chews import FEATURES, describe
from firmware_py.detectors.eating import BUNDLED, crest_db
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.network import Network, to_json
from lab.evaluation.chew_sounds import (
    LOOK_ALIKES,
    chewing,
    cut_bites,
    look_alike,
    made_bites,
    placed,
    scattered,
    strange,
)
from lab.evaluation.sounds import Sound, load, to_pcm
from lab.evaluation.two_layers import Recipe, TwoLayers

RECIPE: Final = Recipe(units=6, decay=6.0, steps=130)
NETWORKS: Final = 3
WEIGHT: Final = 5_000.0
"""Of all chewing together, and of all else."""
WINDOW: Final = 6 * HOPS_PER_SECOND
VOICED_MOST: Final = 0.25
CHEWING: Final = "chewing"
SECONDS: Final = 35.0
LAID, MADE, OF_EACH_LOOK_ALIKE, TALKS = 80, 80, 16, 40
OFTEN: Final = ("household", "typing", "cough-breath", "office", "vocal", "animals")
"""Kinds that resemble chewing and are made strange four times instead of once."""
THROATS: Final = {"cough-breath": 12, "vocal": 6}
"""Kinds whose single sounds are scattered over some seconds, and how often."""
SCATTERED: Final = "scattered"


@dataclass(frozen=True, slots=True)
class Task:
    """One sound to learn from."""

    kind: str
    """What it is; each kind weighs about as much as the others."""
    seed: int
    paths: tuple[Path, ...] = ()
    chews: bool = False
    strange: bool = False


@dataclass(frozen=True, slots=True)
class Examples:
    """What was heard of a Task, a row for each second."""

    kind: str
    chews: bool
    rows: npt.NDArray[np.float32]


def tasks(audio: Path) -> Iterator[Task]:
    """Give everything that is learnt from."""
    with (audio / "noise.tsv").open(encoding="utf-8", newline="") as lines:
        noises = [row for row in csv.DictReader(lines, delimiter="\t") if row["use"] == "train"]
    laid = [audio / row["path"] for row in noises if row["label"] == CHEWING]
    for number in range(LAID):
        yield Task("laid", number, (laid[number % len(laid)],), chews=True)
    for number in range(MADE):
        yield Task("made", 1_000 + number, chews=True)
    for number, row in enumerate(noises):
        path = (audio / row["path"],)
        if row["label"] == CHEWING:
            yield Task(CHEWING, 0, path, chews=True)
            continue
        yield Task(row["label"], 0, path)
        for again in range(4 if row["label"] in OFTEN else 1):
            yield Task(row["label"], 2_000 + 10 * number + again, path, strange=True)
    for number in range(OF_EACH_LOOK_ALIKE * len(LOOK_ALIKES)):
        yield Task(LOOK_ALIKES[number % len(LOOK_ALIKES)], 9_000 + number)
    yield from _talks(audio)
    throats = [audio / row["path"] for row in noises for _ in range(THROATS.get(row["label"], 0))]
    for number, throat in enumerate(throats, 1):
        yield Task(SCATTERED, 50_000 + number, (throat,))


def _talks(audio: Path) -> Iterator[Task]:
    with (audio / "speech.tsv").open(encoding="utf-8", newline="") as lines:
        said = [
            audio / row["path"]
            for row in csv.DictReader(lines, delimiter="\t")
            if row["use"] == "train" and row["kind"] == "sentence"
        ]
    rng = np.random.default_rng(0)
    for number in range(TALKS):
        chosen = tuple(said[place] for place in rng.integers(len(said), size=8))
        yield Task("speech", 20_000 + number, chosen)


def _sound(task: Task) -> Sound:
    rng = np.random.default_rng(task.seed)
    if task.kind == "laid":
        return placed(chewing(cut_bites(load(task.paths[0])), SECONDS, rng), rng)
    if task.kind == "made":
        return placed(chewing(made_bites(rng), SECONDS, rng), rng)
    if task.kind in LOOK_ALIKES:
        return placed(strange(look_alike(task.kind, SECONDS, rng), rng), rng)
    if task.kind == SCATTERED:
        return scattered(load(task.paths[0]), SECONDS, rng)
    parts = [load(path)[: round(SECONDS * RATE)] for path in task.paths]
    if task.kind == "speech":
        pauses = [np.zeros(round(rng.uniform(0.2, 3) * RATE)) for _ in parts]
        return placed(
            np.concatenate([one for pair in zip(parts, pauses, strict=True) for one in pair]), rng
        )
    return placed(strange(parts[0], rng), rng) if task.strange else parts[0]


def hear(task: Task) -> Examples:
    """Describe every window of a sound in which nobody talks."""
    sound = _sound(task)
    features = FeatureExtractor().feed(Block(0, to_pcm(sound, np.zeros(len(sound)))))
    rows = [*_rows(features)]
    shaped = np.array(rows, dtype=np.float32).reshape(len(rows), len(FEATURES))
    return Examples(task.kind, task.chews, shaped)


def _rows(features: Features) -> Iterator[npt.NDArray[np.float32]]:
    voiced = features.speaking[:, AGENT] & (features.pitch > 0)
    crest = crest_db(features)
    for end in range(WINDOW, features.hops + 1, HOPS_PER_SECOND):
        part = slice(end - WINDOW, end)
        if voiced[part].mean() <= VOICED_MOST:
            yield describe(features.mel[part], crest[part])


def learn(examples: list[Examples]) -> Network:
    """Learn networks and put them side by side into one."""
    rows = np.concatenate([one.rows for one in examples]).astype(np.float64)
    chews = np.repeat([one.chews for one in examples], [len(one.rows) for one in examples])
    kinds = np.repeat([one.kind for one in examples], [len(one.rows) for one in examples])
    often = Counter(kinds.tolist())
    weight = np.array([1 / np.sqrt(often[kind]) for kind in kinds.tolist()])
    for side in (chews, ~chews):
        weight[side] *= WEIGHT / weight[side].sum()
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    x = np.clip((rows - mean) / scale, -4, 4)
    networks = [TwoLayers(x.shape[1], seed, RECIPE) for seed in range(NETWORKS)]
    for network in networks:
        network.learn(x, chews, weight)
    parts = zip(*(network.parts() for network in networks), strict=True)
    hidden, hidden_bias, out, direct, bias = parts
    return Network(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=np.concatenate(hidden, axis=1).astype(np.float32),
        hidden_bias=np.concatenate(hidden_bias).astype(np.float32),
        out=(np.concatenate(out) / NETWORKS).astype(np.float32),
        direct=(sum(direct) / NETWORKS).astype(np.float32),
        bias=float(np.mean(bias)),
    )


def main(audio: Path, rest: list[str]) -> None:
    """Fit it and write it."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate fit_eating", description=__doc__)
    parser.add_argument("--out", type=Path, default=BUNDLED)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args(rest)
    with ProcessPoolExecutor(args.jobs) as pool:
        examples = [*pool.map(hear, tasks(audio), chunksize=4)]
    args.out.write_text(to_json(learn(examples), FEATURES), encoding="utf-8")
    seconds = sum(len(one.rows) for one in examples)
    Console().print(f"{seconds / 60:.0f} min, {args.out.stat().st_size / 1e3:.1f} kB: {args.out}")
