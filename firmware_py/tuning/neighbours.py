"""Ordinary Chinese that sounds near a phrase, from pypinyin's table of words and sayings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from firmware_py.hearing.alignment import WORST
from firmware_py.hearing.spelling import SpellingError, plain, spell

_ALIKE: Final = tuple(
    frozenset(pair.split("/"))
    for pair in (
        "zh/z ch/c sh/s n/l f/h r/l b/p d/t g/k j/q zh/ch z/c zh/j ch/q sh/x"
        " an/ang en/eng in/ing ian/iang uan/uang uen/ong ing/eng in/en uo/o ou/uo iou/ou e/uo"
        " ai/ei uai/ai uei/ei ao/iao ir/iz i/v ie/ve ian/van ia/a ua/a"
    ).split()
)
_ALIKE_COST: Final = -4.0
_OTHER_COST: Final = -9.0
"""What one token costs for another, roughly: those that are often taken for each other, and not."""

Syllable = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A saying that sounds near."""

    text: str
    score: float
    """What the search would roughly say of it, at most 0."""


def _token_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _ALIKE_COST if frozenset((one, other)) in _ALIKE else _OTHER_COST


def _syllable_cost(one: Syllable, other: Syllable) -> float:
    if len(one) != len(other):  # one has no initial
        return _OTHER_COST + _token_cost(one[-1], other[-1])
    return sum(map(_token_cost, one, other))


def likeness(one: Sequence[Syllable], other: Sequence[Syllable]) -> float:
    """Score a saying for a phrase of as many syllables, as the search would in a clear voice."""
    costs = [_syllable_cost(a, b) for a, b in zip(one, other, strict=True)]
    return min(sum(costs) / sum(map(len, one)), min(costs) / WORST)


@cache
def _table() -> dict[int, list[tuple[str, tuple[Syllable, ...]]]]:
    """Sayings by their number of syllables."""
    from pypinyin.constants import PHRASES_DICT

    table: dict[int, list[tuple[str, tuple[Syllable, ...]]]] = {}
    for text, readings in PHRASES_DICT.items():
        try:
            syllables = tuple(spell(plain(reading[0])) for reading in readings)
        except SpellingError:
            continue
        table.setdefault(len(syllables), []).append((text, syllables))
    return table


def neighbours(
    readings: Iterable[Sequence[str]], without: str = "", most: int = 8, worst: float = -2.0
) -> list[Neighbour]:
    """Give sayings that hold something near a phrase, nearest first.

    Args:
        readings: each way to say the phrase, as toneless syllables.
        without: the phrase itself, in hanzi.
        most: how many to give.
        worst: what scores less is not near.
    """
    best: dict[str, float] = {}
    for reading in readings:
        wanted = [spell(syllable) for syllable in reading]
        for size in range(len(wanted), len(wanted) + 3):
            for text, said in _table().get(size, ()):
                if without and (without in text or text in without):
                    continue
                score = max(
                    likeness(wanted, said[first : first + len(wanted)])
                    for first in range(size - len(wanted) + 1)
                )
                if score >= worst and score > best.get(text, worst - 1):
                    best[text] = score
    found = sorted(best.items(), key=lambda row: (-row[1], len(row[0])))
    return [Neighbour(text, score) for text, score in found[:most]]
