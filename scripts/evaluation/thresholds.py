"""Thresholds of the F phrases, from a false-alarm budget on speech that the model learnt from.

For every phrase the best score of each background utterance is taken; their tail is fitted by an
exponential (peaks over threshold; Pickands, 1975) and extended to the budget. Nothing here looks at
a voice that is held out.
"""

import argparse
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table
from training import texts, voices

from evaluation import sayings
from evaluation.phrases import BANNED, Ears, _holds, _joined_with_names, banned_texts, banned_ways
from evaluation.sayings import Saying

TAIL = 40
"""Highest scores that the tail is fitted to."""
STRICTEST, LOOSEST = -0.30, -1.60
"""Limits of a threshold, whatever the fit says."""


def background(audio: Path, hours: float) -> Iterator[Saying]:
    """Speech without the phrases: read sentences, words, and talk by synthetic voices."""
    banned = [way.tokens for way in banned_ways()]
    yield from sayings.recorded(audio, ["s0150"], 11)
    names = voices.variants()[::4]
    seconds = 0.0
    usual = texts.lines("sentences.txt")
    for number, text in enumerate(itertools.chain(usual * 3, texts.sentences(5))):
        plain = tuple(word.rstrip("012345") for word in text)
        if any(_holds(plain, tokens) for tokens in banned):
            continue
        for saying in sayings.synthetic([text], [names[number % len(names)]], number):
            seconds += len(saying.sound) / 16_000
            yield saying
        if seconds > hours * 3600:
            return


def limit(scores: npt.NDArray[np.float64], hours: float, per_hour: float) -> float:
    """Score that background speech passes ``per_hour`` times an hour."""
    top = np.sort(scores)[::-1][: TAIL + 1]
    edge, above = top[-1], top[:-1] - top[-1]
    # TAIL / hours utterances an hour pass the edge; beyond it their number falls exponentially.
    return float(edge + above.mean() * math.log(TAIL / hours / per_hour))


def main(audio: Path, rest: list[str]) -> None:
    """Print a threshold for every phrase, and how its own sayings by known voices score."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate thresholds", description=__doc__)
    parser.add_argument("--hours", type=float, default=1.5, help="of synthetic talk")
    parser.add_argument("--per-hour", type=float, default=0.01 / 22, help="budget of one phrase")
    chosen = parser.parse_args(rest)
    console = Console()
    ears = Ears(banned_ways())
    scores: dict[str, list[float]] = {phrase: [] for phrase in BANNED}
    seconds = 0.0
    for saying in track(background(audio, chosen.hours), "background", console=console):
        seconds += len(saying.sound) / 16_000
        for phrase, score in ears.scores(saying).items():
            scores[phrase].append(score)
    own: dict[str, list[float]] = {phrase: [] for phrase in BANNED}
    rows = banned_texts()
    for phrase, versions in rows.items():
        for saying in sayings.synthetic(versions, voices.variants()[2::12], int(phrase[1:])):
            own[phrase].append(ears.scores(saying)[phrase])
    for speaker in ("cw", "pd"):
        for phrase, saying in _joined_with_names(audio, rows, speaker, 4):
            own[phrase].append(ears.scores(saying)[phrase])
    table = Table(
        "phrase", "fitted", "threshold", "background, highest", "own, 2 %", "own, median", "found"
    )
    for phrase in BANNED:
        fitted = limit(np.array(scores[phrase]), seconds / 3600, chosen.per_hour)
        threshold = min(STRICTEST, max(LOOSEST, fitted))
        mine = np.array(own[phrase])
        table.add_row(
            phrase,
            f"{fitted:.2f}",
            f"{threshold:.2f}",
            f"{max(scores[phrase]):.2f}",
            f"{np.quantile(mine, 0.02):.2f}",
            f"{np.median(mine):.2f}",
            f"{(mine >= threshold).mean():.1%}",
        )
    console.print(f"{seconds / 3600:.2f} h of background")
    console.print(table)
