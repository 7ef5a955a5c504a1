"""Thresholds of the phrases that light red by themselves: ``scripts/evaluate red_thresholds``.

From talk that holds none of them, by people who are known, made strange, and by unheard people who
choose: the best score of each clip, and the tail of these extended to a budget (``tuning.tail``).
And from what sounds near a phrase, by synthetic voices that are known: little of it may pass.
Nobody who reports is heard. What a phrase has now counts for nothing, so a second run sets the
same.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.lattice import Pronunciation
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.estimate import LOOSEST, WORST_COST, within_limits
from firmware_py.tuning.tail import fit
from lab.evaluation import rewriting, utterances
from lab.evaluation.calibrating import near
from lab.evaluation.heard import hear
from lab.evaluation.red_lights import red_phrases
from lab.evaluation.wanted import Weight, banned, holds, others

TALK: Final = (
    ("crowd_choose", "clean"),
    ("crowd_train", "strange"),
    ("ssb0139", "strange"),
)
BUDGET: Final = 0.01
"""False alarms an hour of talk, of all red phrases together."""
NEAR_PASS: Final = 0.1
"""Share of what sounds near a phrase that may pass."""


def _costs(
    audio: Path, path: Path, phrases: list[Pronunciation]
) -> Iterator[tuple[str, float, float]]:
    """Give phrase, cost and hours of each clip that does not hold it."""
    for name, condition in TALK:
        heard = hear(audio, name, condition, path)
        hours = heard.hours / len(heard.clips)
        for number, clip in enumerate(heard.clips):
            held = {one.phrase for one in phrases if holds(clip.syllables, one.tokens)}
            found = best_matches(heard.rows(number), phrases, bundled_verifier())
            for phrase, hit in found.items():
                if phrase not in held:
                    yield phrase, -hit.score, hours


def _asked(
    audio: Path, path: Path, budget: float, phrases: list[Pronunciation]
) -> dict[str, float]:
    """Give each phrase the score that talk reaches as often as its share of the budget allows."""
    costs: dict[str, list[float]] = {one.phrase: [] for one in phrases}
    hours = dict.fromkeys(costs, 0.0)
    for phrase, cost, share in _costs(audio, path, phrases):
        costs[phrase].append(cost)
        hours[phrase] += share
    tails = {
        phrase: fit([cost for cost in mine if cost < WORST_COST], hours[phrase])
        for phrase, mine in costs.items()
    }
    each = budget / len(costs)
    return {phrase: tail.score(each) if tail else LOOSEST for phrase, tail in tails.items()}


def _near(model: PhoneModel, phrases: list[Pronunciation]) -> dict[str, list[float]]:
    """Give the scores of each phrase in what sounds near it."""
    scores: dict[str, list[float]] = {one.phrase: [] for one in phrases}
    for wanted in (banned(), others(Weight.SERIOUS)):
        for name, utterance in near(wanted):
            mine = [one for one in phrases if f"{one.phrase}.".startswith(f"{name}.")]
            if mine:  # what is serious need not light red
                rows = utterances.posteriors(utterance, model)
                for phrase, hit in best_matches(rows, mine, bundled_verifier()).items():
                    scores[phrase].append(hit.score)
    return scores


def bounded(asked: float, close: Sequence[float], tokens: int) -> float:
    """Give the threshold of a phrase of so many tokens.

    Args:
        asked: score that talk reaches as often as it may.
        close: scores of what sounds near the phrase, of which ``NEAR_PASS`` may pass.
        tokens: of the phrase, where it is shortest.
    """
    limit = float(np.quantile(close, 1 - NEAR_PASS)) if close else LOOSEST
    return within_limits(max(asked, limit), tokens)


def thresholds(audio: Path, path: Path, budget: float) -> dict[str, tuple[float, float]]:
    """Give each red phrase its threshold, and what talk alone would set."""
    phrases = red_phrases()
    close = _near(load_phone_model(path), phrases)
    found = {}
    for phrase, asked in _asked(audio, path, budget, phrases).items():
        tokens = min(len(one.tokens) for one in phrases if one.phrase == phrase)
        found[phrase] = bounded(asked, close[phrase], tokens), asked
    return found


def main(audio: Path, rest: list[str]) -> None:
    """Print them, and write them into the rulebooks."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate red_thresholds", description=__doc__)
    parser.add_argument("--model", type=Path, default=find_model())
    parser.add_argument("--budget", type=float, default=BUDGET, help="false alarms an hour of talk")
    parser.add_argument("--write", action="store_true", help="put them into the rulebooks, too")
    args = parser.parse_args(rest)
    if args.budget <= 0:
        parser.error("--budget must be over 0")
    before = {one.phrase: one.threshold for one in red_phrases()}
    found = thresholds(audio, args.model, args.budget)
    table = Table("phrase", "has", "asked", "threshold")
    for phrase, (threshold, asked) in found.items():
        table.add_row(phrase, f"{before[phrase]:.2f}", f"{asked:.2f}", f"{threshold:.2f}")
    Console().print(table)
    changed = {
        phrase: pair for phrase, pair in found.items() if not np.isclose(pair[0], before[phrase])
    }
    if args.write:
        Console().print(f"{rewriting.thresholds(changed)} thresholds written")
