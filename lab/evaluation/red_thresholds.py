"""Thresholds of the phrases that light red by themselves: ``scripts/evaluate red_thresholds``.

From talk that holds none of them, by people who are known, made strange, and by unheard people who
choose: the best score of each clip, and the tail of these extended to a budget (``tuning.tail``).
Nobody who reports is heard. A phrase whose tail asks for much less comes down a little only, for
the threshold that it has also keeps out what sounds near it.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from firmware_py.hearing.closest import best_matches
from firmware_py.hearing.phone_model import find_model
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.tuning.estimate import WORST_COST, within_limits
from firmware_py.tuning.tail import fit
from lab.evaluation import rewriting
from lab.evaluation.heard import hear
from lab.evaluation.red_lights import red_phrases
from lab.evaluation.wanted import holds

TALK: Final = (
    ("crowd_choose", "clean"),
    ("crowd_train", "strange"),
    ("ssb0139", "strange"),
)
BUDGET: Final = 0.1
"""False alarms an hour of talk, of all red phrases together."""
LOOSER: Final = 0.25
"""No threshold comes down by more."""


def _costs(audio: Path, model: Path) -> Iterator[tuple[str, float, float]]:
    """Give phrase, cost and hours of each clip that does not hold it."""
    phrases = red_phrases()
    for name, condition in TALK:
        heard = hear(audio, name, condition, model)
        hours = heard.hours / len(heard.clips)
        for number, clip in enumerate(heard.clips):
            held = {one.phrase for one in phrases if holds(clip.syllables, one.tokens)}
            found = best_matches(heard.rows(number), phrases, bundled_verifier())
            for phrase, hit in found.items():
                if phrase not in held:
                    yield phrase, -hit.score, hours


def thresholds(audio: Path, model: Path, budget: float) -> dict[str, tuple[float, float]]:
    """Give each red phrase its threshold, and what the tail alone would set."""
    phrases = red_phrases()
    costs: dict[str, list[float]] = {one.phrase: [] for one in phrases}
    hours = dict.fromkeys(costs, 0.0)
    for phrase, cost, share in _costs(audio, model):
        costs[phrase].append(cost)
        hours[phrase] += share
    found = {}
    for phrase, mine in costs.items():
        has = next(one.threshold for one in phrases if one.phrase == phrase)
        tokens = min(len(one.tokens) for one in phrases if one.phrase == phrase)
        tail = fit([cost for cost in mine if cost < WORST_COST], hours[phrase])
        asked = tail.score(budget / len(costs)) if tail else has
        found[phrase] = round(max(has - LOOSER, within_limits(asked, tokens)), 2), asked
    return found


def main(audio: Path, rest: list[str]) -> None:
    """Print them, and write them into the rulebooks."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate red_thresholds", description=__doc__)
    parser.add_argument("--model", type=Path, default=find_model())
    parser.add_argument("--budget", type=float, default=BUDGET, help="false alarms an hour of talk")
    parser.add_argument("--write", action="store_true", help="put them into the rulebooks, too")
    args = parser.parse_args(rest)
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
