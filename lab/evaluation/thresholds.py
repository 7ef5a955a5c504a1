"""Thresholds of the phrases, on voices that the model learnt from; nobody held out is heard.

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

from firmware_py.core.types import FloatArray
from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.estimate import LOOSEST, STRICTEST, WORST_COST, within_limits
from firmware_py.tuning.tail import Tail, fit
from lab.evaluation import rewriting, utterances
from lab.evaluation.calibrating import background, near, own
from lab.evaluation.utterances import Utterance
from lab.evaluation.wanted import Wanted, Weight, banned, others

CLEAR = 0.05
"""A threshold lies so far over the best score of ordinary speech, where none of it may pass."""


@dataclass(frozen=True, slots=True)
class Care:
    """How much a false alarm weighs."""

    wanted: Wanted
    per_hour: float
    """Budget of all together."""
    near_pass: float
    """Share of spoilt utterances that may pass."""
    loosest: float | None = None
    """Lowest threshold, of short phrases too; None leaves it to ``within_limits``."""
    joined: bool = False
    """Whether joined talk counts as ordinary speech, too: it comes nearer to most phrases."""

    def limited(self, score: float, tokens: int) -> float:
        """Give the threshold for a score that keeps both bounds."""
        if self.loosest is None:
            return within_limits(score, tokens)
        return round(min(STRICTEST, max(self.loosest, score)), 2)


def cares() -> dict[str, Care]:
    """Give what can be calibrated.

    Of the banned phrases one false alarm in a hundred hours is wanted. Voices that are not known to
    the model give four to ten times as many as these here; a quarter of it is the budget.

    A phrase that should be said is listened for when it is due, and an agent who is told that it
    was missing although it was said is worse off than one who got away with another wording. Of
    the 30 false ones an hour each phrase has about one in two hours: once in 700 of the ten seconds
    in which a greeting is due. A word of courtesy counts whenever it is heard in a call.
    """
    return {
        "banned": Care(banned(), 0.0025, 0.05, joined=True),
        "serious": Care(others(Weight.SERIOUS), 0.005, 0.05, joined=True),
        "duties": Care(others(Weight.DUTY), 0.06, 0.05),
        "courtesy": Care(others(Weight.COURTESY), 1.0, 0.10, loosest=-2.2),
        "required": Care(others(Weight.DUE), 30.0, 0.10, loosest=-2.2),
    }


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

    def near_limit(self, may_pass: float) -> float:
        """Score that few near-misses pass."""
        return float(np.quantile(self.near, 1 - may_pass)) if self.near else LOOSEST


class Listener:
    """Scores every phrase id in what the model hears."""

    def __init__(self, care: Care) -> None:
        self.care = care
        self.pronunciations = care.wanted.pronunciations
        self.scores = {pronunciation.phrase: Scores() for pronunciation in self.pronunciations}
        self.hours = 0.0
        """Of ordinary speech so far."""

    def hear(self, rows: FloatArray, phrase: str = "") -> Iterator[tuple[Scores, str, float]]:
        """Give the scores of a phrase and its parts, of all if none is named."""
        pronunciations = [
            pronunciation
            for pronunciation in self.pronunciations
            if f"{pronunciation.phrase}.".startswith(phrase and f"{phrase}.")
        ]
        for name, hit in best_matches(rows, pronunciations, bundled_verifier()).items():
            yield self.scores[name], name, hit.score

    def hear_background(self, utterance: Utterance, rows: FloatArray) -> None:
        """Take ordinary speech; a phrase that is said in it does not count."""
        self.hours += utterance.seconds / 3600
        held = self.care.wanted.held_by(utterance.syllables)
        for scores, name, score in self.hear(rows):
            if name not in held:
                scores.background.append(score)


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
    """Print a threshold for every phrase, and how its own utterances by known voices score."""
    known = cares()
    parser = argparse.ArgumentParser(prog="scripts/evaluate thresholds", description=__doc__)
    parser.add_argument("which", nargs="*", help=f"of {', '.join(known)}; all if none is named")
    parser.add_argument("--hours", type=float, default=2.0, help="of synthetic talk")
    parser.add_argument("--write", action="store_true", help="put them into the rulebooks, too")
    chosen = parser.parse_args(rest)
    unknown = set(chosen.which) - set(known)
    if unknown:
        parser.error(f"no such phrases: {', '.join(unknown)}; there are {', '.join(known)}")
    console = Console()
    phone_model = load_phone_model()
    listeners = [Listener(known[name]) for name in chosen.which or known]
    _hear_ordinary(listeners, phone_model, audio, chosen.hours, console)
    for listener in listeners:
        wanted = listener.care.wanted
        for phrase, utterance in track(near(wanted), "near-misses", console=console):
            for scores, _, score in listener.hear(
                utterances.posteriors(utterance, phone_model), phrase
            ):
                scores.near.append(score)
        for phrase, utterance in track(own(audio, wanted), "own", console=console):
            for scores, _, score in listener.hear(
                utterances.posteriors(utterance, phone_model), phrase
            ):
                scores.own.append(score)
        found = thresholds(listener)
        console.print(_table(listener, found))
        console.print(f"{listener.hours:.2f} h of ordinary speech")
        if chosen.write:
            console.print(f"{rewriting.thresholds(found)} thresholds written")


def _hear_ordinary(
    listeners: list[Listener], phone_model: PhoneModel, audio: Path, hours: float, console: Console
) -> None:
    careful = [listener for listener in listeners if listener.care.joined]
    for what, talk, those in (
        ("background", background(audio, hours), listeners),
        ("joined talk", utterances.joined_talk(audio, hours, 9) if careful else (), careful),
    ):
        for utterance in track(talk, what, console=console):
            rows = utterances.posteriors(utterance, phone_model)
            for listener in those:
                listener.hear_background(utterance, rows)


def thresholds(listener: Listener) -> dict[str, tuple[float, float]]:
    """Give the threshold of every phrase, and the one that ordinary speech alone would set."""
    care = listener.care
    shortest = {
        name: min(
            len(pronunciation.tokens)
            for pronunciation in listener.pronunciations
            if pronunciation.phrase == name
        )
        for name in listener.scores
    }
    tails = {name: scores.tail(listener.hours) for name, scores in listener.scores.items()}
    tails = steadied(tails, shortest)
    limits = {name: scores.near_limit(care.near_pass) for name, scores in listener.scores.items()}
    share = _share(tails, limits, care.per_hour)
    found = {}
    for name, tail in tails.items():
        fitted = tail.score(share) if tail else -math.inf
        if care.per_hour * listener.hours < 1:  # so few that none should have been heard
            heard = max(listener.scores[name].background, default=-math.inf)
            fitted = max(fitted, heard + CLEAR)
        threshold = care.limited(max(fitted, limits[name]), shortest[name])
        found[name] = threshold, fitted
    return found


def _share(tails: dict[str, Tail | None], limits: dict[str, float], budget: float) -> float:
    """Divide a budget so that each phrase gets as much, or what it needs at most if that is less.

    It needs no more than what ordinary speech does at the limit that near-misses set.
    """
    needs = sorted(tail.per_hour(min(limits[name], 0.0)) for name, tail in tails.items() if tail)
    for place, need in enumerate(needs):
        share = budget / (len(needs) - place)
        if need >= share:
            return share
        budget -= need
    return needs[-1] if needs else budget


def _table(listener: Listener, found: dict[str, tuple[float, float]]) -> Table:
    care = listener.care
    table = Table("phrase", "threshold", "ordinary", "near", "highest of ordinary", "own found")
    for name, (threshold, fitted) in found.items():
        scores = listener.scores[name]
        table.add_row(
            name,
            f"{threshold:.2f}",
            f"{fitted:.2f}",
            f"{scores.near_limit(care.near_pass):.2f}",
            f"{max(itertools.chain(scores.background, [-math.inf])):.2f}",
            f"{np.mean(np.array(scores.own) >= threshold):.1%}" if scores.own else "",
        )
    return table
