"""Accents: which initials and finals a region's Mandarin does not tell apart.

Where 是 is said as 四 the phone model hears it so, and a phrase with 是 is one syllable off. A site
names what its people do not tell apart; either is then as good as the other, in every phrase. The
pairs are those of southern Mandarin (Norman, Chinese, 1988, ch. 8).
"""

from collections.abc import Iterable
from typing import Final

from firmware_py.core.types import FloatArray
from firmware_py.hearing.spelling import TOKENS

PAIRS: Final = ("zh/z", "ch/c", "sh/s", "n/l", "f/h", "in/ing", "en/eng")
"""What may be named."""
_SIBILANTS: Final = frozenset(PAIRS[:3])
"""With these the vowel changes as well: zhi becomes zi."""
_VOWEL: Final = "ir/iz"

Accent = tuple[tuple[int, int], ...]
"""Pairs of tokens that count as one."""
NONE: Final[Accent] = ()


def accent_of(pairs: Iterable[str]) -> Accent:
    """Give the tokens that count as one, of pairs such as ``zh/z``.

    Raises:
        ValueError: one of them is none of ``PAIRS``.
    """
    named = set(pairs)
    if unknown := sorted(named - set(PAIRS)):
        raise ValueError(f'"accent" has "{unknown[0]}"; there are {", ".join(PAIRS)}')
    if named & _SIBILANTS:
        named.add(_VOWEL)
    found = (tuple(map(TOKENS.index, pair.split("/"))) for pair in sorted(named))
    return tuple((one, other) for one, other in found)


def in_accent(costs: FloatArray, accent: Accent) -> FloatArray:
    """Let either token of a pair cost what the cheaper one costs.

    Args:
        costs: log ratio of every token to the likeliest, shape [rows, 59]; stays as it is.
        accent: what counts as one.
    """
    if not accent:
        return costs
    merged = costs.copy()
    for pair in accent:
        merged[:, pair] = costs[:, pair].max(axis=1, keepdims=True)
    return merged
