"""Thresholds of the F phrases, on voices that the model learnt from; nobody held out is heard.

Two things bound a threshold. Ordinary speech: the best score of each utterance is taken, and the
tail of these is extended to the budget. A cost cannot fall below 0, so the tail is a power of it
(Hill, 1975). And what sounds near: of the phrase with one syllable spoilt, few may pass.
"""

import argparse
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from training import texts, voices

from evaluation import sayings
from evaluation.banned import (
    banned_texts,
    banned_ways,
    holds,
    joined_with_names,
    spoilt,
    with_names,
)
from evaluation.sayings import Saying
from firmware_py.hearing.search import Way, best_matches
from firmware_py.hearing.spotter import load_spotter
from firmware_py.tuning.estimate import LOOSEST, within_limits
from firmware_py.tuning.tail import Tail, fit

NEAR_PASS = 0.05
"""Share of spoilt sayings that may pass."""
WORST_COST = 4.5
"""What costs more says nothing about the tail."""


def background(audio: Path, hours: float) -> Iterator[Saying]:
    """Ordinary speech without the phrases: read sentences, and talk by synthetic voices."""
    banned = [way.tokens for way in banned_ways()]
    yield from sayings.recorded(audio, ["s0150"], 11)
    names = voices.variants()[::4]
    seconds = 0.0
    for number, text in enumerate(texts.ordinary(5)):
        plain = tuple(word.rstrip("012345") for word in text)
        if any(holds(plain, tokens) for tokens in banned):
            continue
        for saying in sayings.synthetic([text], [names[number % len(names)]], number):
            seconds += len(saying.sound) / 16_000
            yield saying
        if seconds > hours * 3600:
            return


def own(audio: Path) -> Iterator[tuple[str, Saying]]:
    """The phrases themselves, by voices of each kind."""
    rows = banned_texts()
    yield from with_names(rows, voices.variants()[2::12], 0)
    for speaker in ("cw", "pd"):
        yield from joined_with_names(audio, rows, speaker, 4)


@dataclass(slots=True)
class Scores:
    """Best scores of one phrase id."""

    background: list[float] = field(default_factory=list)
    near: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def tail(self, hours: float) -> Tail | None:
        """How ordinary speech comes near it."""
        costs = -np.array(self.background)
        return fit(costs[costs < WORST_COST], hours)

    @property
    def near_limit(self) -> float:
        """Score that few near-misses pass."""
        return float(np.quantile(self.near, 1 - NEAR_PASS)) if self.near else LOOSEST


class Listener:
    """Scores every phrase id in a saying."""

    def __init__(self) -> None:
        self.ways = banned_ways()
        self.scores = {way.phrase: Scores() for way in self.ways}
        self._spotter = load_spotter()

    def hear(self, saying: Saying, phrase: str = "") -> Iterator[tuple[Scores, float]]:
        """Give the scores of each id of a phrase, of all if none is named, and add to them."""
        ways = [way for way in self.ways if phrase in ("", way.phrase.split(".")[0])]
        for name, hit in best_matches(sayings.posteriors(saying, self._spotter), ways).items():
            yield self.scores[name], hit.score


def steadied(tails: dict[str, Tail | None], tokens: dict[str, int]) -> dict[str, Tail | None]:
    """Let the power of each tail be half its own, half what the length of the phrase lets expect.

    Forty costs give a power to a sixth of it, and it is extended over four decades.
    """
    powers = {name: tail.power for name, tail in tails.items() if tail}
    per_token = np.median([power / tokens[name] for name, power in powers.items()])
    return {
        name: tail and replace(tail, power=math.sqrt(tail.power * per_token * tokens[name]))
        for name, tail in tails.items()
    }


def main(audio: Path, rest: list[str]) -> None:
    """Print a threshold for every phrase, and how its own sayings by known voices score."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate thresholds", description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0, help="of synthetic talk")
    parser.add_argument("--per-hour", type=float, default=0.01, help="budget of all together")
    chosen = parser.parse_args(rest)
    console = Console()
    listener = Listener()
    seconds = 0.0
    for saying in track(background(audio, chosen.hours), "background", console=console):
        seconds += len(saying.sound) / 16_000
        for scores, score in listener.hear(saying):
            scores.background.append(score)
    near = spoilt(30, voices.variants()[1::5], 8)
    for phrase, saying in track(near, "near-misses", console=console):
        for scores, score in listener.hear(saying, phrase):
            scores.near.append(score)
    for phrase, saying in track(own(audio), "own", console=console):
        for scores, score in listener.hear(saying, phrase):
            scores.own.append(score)
    console.print(f"{seconds / 3600:.2f} h of background")
    console.print(_table(listener, seconds / 3600, chosen.per_hour))


def _longest_first(way: Way) -> int:
    return -len(way.tokens)


def _table(listener: Listener, hours: float, budget: float) -> Table:
    table = Table("phrase", "threshold", "ordinary", "near", "highest of ordinary", "own found")
    rows = listener.scores
    shortest = {
        name: min(len(w.tokens) for w in listener.ways if w.phrase == name) for name in rows
    }
    tails = steadied({name: scores.tail(hours) for name, scores in rows.items()}, shortest)
    for name, scores in sorted(rows.items(), key=lambda row: float(row[0].split(".")[0][1:])):
        tail = tails[name]
        fitted = tail.score(budget / len(rows)) if tail else LOOSEST
        threshold = within_limits(max(fitted, scores.near_limit), shortest[name])
        found = float(np.mean(np.array(scores.own) >= threshold))
        table.add_row(
            name,
            f"{threshold:.2f}",
            f"{fitted:.2f}",
            f"{scores.near_limit:.2f}",
            f"{max(itertools.chain(scores.background, [-math.inf])):.2f}",
            f"{found:.1%}",
        )
    return table
