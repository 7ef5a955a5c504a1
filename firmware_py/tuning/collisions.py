"""What a new phrase has to do with those that a rulebook listens for already."""

from collections.abc import Iterator, Sequence
from typing import Final

from firmware_py.hearing.spelling import readings, spell
from firmware_py.rules.kinds import Must
from firmware_py.rules.rulebook import Phrase, Rulebook, Speaker
from firmware_py.tuning.neighbours import Syllable, likeness

MOST_TOLD: Final = 4
"""So many phrases are named."""

Rows = Sequence[Sequence[Syllable]]


def collisions(rows: Sequence[Sequence[str]], threshold: float, rulebook: Rulebook) -> list[str]:
    """Tell, a line for each, which phrases would set a new one off, or the new one them.

    Args:
        rows: each way to say the new phrase, as toneless syllables.
        threshold: of the new phrase.
        rulebook: whose phrases of the agent count.
    """
    ours = [[spell(syllable) for syllable in row] for row in rows]
    due = _due(rulebook)
    found = []
    for phrase in rulebook.phrases_of(Speaker.AGENT):
        if told := _told(ours, threshold, phrase, due=any(_means(name, phrase) for name in due)):
            found.append(told)
    return [*found[:MOST_TOLD], *_more(len(found) - MOST_TOLD)]


def _more(count: int) -> Iterator[str]:
    if count > 0:
        yield f"and the same with {count} phrases more of the rulebook"


def _told(ours: Rows, threshold: float, phrase: Phrase, *, due: bool) -> str:
    theirs = [[spell(syllable) for syllable in row] for say in phrase.say for row in readings(say)]
    name = f"{phrase.id} {phrase.text}"
    duty = ", which agents have to say" if due else ""
    by_them, by_us = _nearest(ours, theirs), _nearest(theirs, ours)
    if by_them == by_us == 0:
        return f"{name}{duty}, is in the rulebook and sounds the same"
    if by_them >= threshold:
        return f"whoever says {name}{duty}, sets it off as well"
    if by_us >= phrase.threshold:
        return f"whoever says it sets off {name} as well"
    return ""


def _nearest(wanted: Rows, said: Rows) -> float:
    """Score the best place of any saying for any of the wanted ones; -inf: none is long enough."""
    return max(
        (
            likeness(want, row[first : first + len(want)])
            for want in wanted
            for row in said
            for first in range(len(row) - len(want) + 1)
        ),
        default=float("-inf"),
    )


def _due(rulebook: Rulebook) -> set[str]:
    """Names of what rules ask for."""
    musts = [rule.kind for rule in rulebook.rules if rule.enabled and isinstance(rule.kind, Must)]
    return {name for must in musts for need in must.need for name in need.names}


def _means(name: str, phrase: Phrase) -> bool:
    return f"phrase.{phrase.id}.".startswith(f"{name}.")
