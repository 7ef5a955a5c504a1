"""Fits the verifier of a phone model: ``scripts/evaluate fit_verifier``.

It learns from phrases cut out of what known people say, heard through another voice size, another
room, noise and lines, so that the model is as unsure of them as of strangers: where they are said,
and where the search comes near to them in what others say and in noise. Unheard people who choose
calibrate it (Platt, 1999); nobody who reports is heard. Run it anew with every phone model.
"""

import argparse
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from rich.console import Console
from scipy.optimize import minimize

from firmware_py.hearing.alignment import WORST
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.verifier import BUNDLED, FEATURES, Verifier, to_json
from lab.evaluation.heard import Heard, hear
from lab.evaluation.matching import Near, cut_phrases, near, said_in
from lab.evaluation.rates import Flags, threshold_at
from lab.evaluation.two_layers import Floats, Recipe, TwoLayers

LEARNS: Final = (
    ("crowd_train", "strange", 700),
    ("neural_train", "strange", 300),
)
"""Set, condition, and how many phrases are cut out of it."""
NOISE: Final = ("noise_train", "middle")
CALIBRATES: Final = ("crowd_choose", "clean", 250)
ALIGNED: Final = (0.5, 0.05)
"""False alarms per phrase and hour at which its score means what the path's means."""
SYLLABLES: Final = (3, 8)
RECIPE: Final = Recipe(units=6, decay=3.0, steps=250)
NETWORKS: Final = 4
"""Networks whose mean decides: each begins elsewhere, and what one makes up the others do not."""
FALSE_WEIGHT: Final = 1.0
"""What a false alarm weighs against a miss (1, 3 and 10 tried on those who choose: 1 is best)."""


def examples(
    heard: Heard, phrases: Sequence[Pronunciation]
) -> tuple[Near, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Find matches; tell which are right, and which are neither that nor surely wrong."""
    found = near(heard, phrases)
    held = said_in(heard, phrases)[found.clip, found.phrase]
    # A phrase is said once: of its matches in a clip the best is right, the others are unknown.
    best = found.best(found.mean, len(heard.clips), len(phrases))
    right = held & (found.mean >= best[found.clip, found.phrase])
    return found, right, held & ~right


def _learnt_from(audio: Path, model: Path) -> Iterator[tuple[Floats, npt.NDArray[np.bool_]]]:
    everything: list[Pronunciation] = []
    for name, condition, count in LEARNS:
        heard = hear(audio, name, condition, model)
        phrases = cut_phrases(heard, count, SYLLABLES, 16)
        everything += phrases
        found, right, unknown = examples(heard, phrases)
        yield found.features[~unknown].astype(np.float64), right[~unknown]
    found = near(hear(audio, *NOISE, model), everything)
    yield found.features.astype(np.float64), np.zeros(len(found.features), dtype=np.bool_)


def learn(features: Floats, right: npt.NDArray[np.bool_], model_sha256: str) -> Verifier:
    """Learn networks and put them side by side into one."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-3
    x = np.clip((features - mean) / scale, -4, 4)
    networks = [TwoLayers(x.shape[1], seed, RECIPE) for seed in range(NETWORKS)]
    for network in networks:
        network.learn(x, right, np.where(right, 1.0, FALSE_WEIGHT))
    hidden, hidden_bias, out, direct, bias = zip(
        *(network.parts() for network in networks), strict=True
    )
    return Verifier(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        hidden=np.concatenate(hidden, axis=1).astype(np.float32),
        hidden_bias=np.concatenate(hidden_bias).astype(np.float32),
        out=(np.concatenate(out) / NETWORKS).astype(np.float32),
        direct=(sum(direct) / NETWORKS).astype(np.float32),
        bias=float(np.mean(bias)),
        certain=0.0,
        unit=1.0,
        model_sha256=model_sha256,
    )


def calibrated(verifier: Verifier, features: Floats, right: npt.NDArray[np.bool_]) -> Verifier:
    """Turn what it says into log likelihood ratios on people whom it never met."""
    odds = verifier.ratios(features.astype(np.float32)).astype(np.float64)
    sign = np.where(right, 1.0, -1.0)
    # Right and wrong weigh the same, so that the odds before looking are even.
    weight = np.where(right, 0.5 / right.sum(), 0.5 / (~right).sum())

    def loss(line: Floats) -> float:
        return float((weight * np.logaddexp(0, -sign * (line[0] * odds + line[1]))).sum())

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return replace(
        verifier,
        out=(verifier.out * slope).astype(np.float32),
        direct=(verifier.direct * slope).astype(np.float32),
        bias=float(verifier.bias * slope + offset),
    )


def aligned(verifier: Verifier, found: Near, table_of: Flags, hours: float) -> Verifier:
    """Put its ratios on a scale on which a score lets as many pass as the path's score does.

    Args:
        verifier: calibrated.
        found: matches of people whom it never met.
        table_of: which phrase is said in which clip, shape [clips, phrases].
        hours: of these people.
    """
    worst = found.features[:, FEATURES.index("worst")]
    by_path = np.minimum(found.mean, worst / np.float32(WORST))
    pairs = []
    for scores in (verifier.ratios(found.features), by_path):
        best = found.best(scores, *table_of.shape)
        allowed = [round(rate * hours * table_of.shape[1]) for rate in ALIGNED]
        pairs.append([threshold_at(best, table_of, number) for number in allowed])
    (often, seldom), (loose, strict) = pairs
    unit = (seldom - often) / (strict - loose)
    return replace(verifier, unit=unit, certain=seldom - strict * unit)


def fit(audio: Path, model: Path) -> Verifier:
    """Fit a verifier to a phone model."""
    parts = list(_learnt_from(audio, model))
    features = np.concatenate([one for one, _ in parts])
    right = np.concatenate([one for _, one in parts])
    verifier = learn(features, right, hashlib.sha256(model.read_bytes()).hexdigest())
    name, condition, count = CALIBRATES
    heard = hear(audio, name, condition, model)
    phrases = cut_phrases(heard, count, SYLLABLES, 17)
    found, said, unknown = examples(heard, phrases)
    verifier = calibrated(verifier, found.features[~unknown].astype(np.float64), said[~unknown])
    return aligned(verifier, found, said_in(heard, phrases), heard.hours)


def main(audio: Path, rest: list[str]) -> None:
    """Fit it and write it."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate fit_verifier", description=__doc__)
    parser.add_argument("--model", type=Path, default=find_model())
    parser.add_argument("--out", type=Path, default=BUNDLED)
    args = parser.parse_args(rest)
    args.out.write_text(to_json(fit(audio, args.model)), encoding="utf-8")
    Console().print(f"{args.out.stat().st_size / 1e3:.1f} kB: {args.out}")
