"""Spelling: how a phrase sounds, as the phone model's tokens.

A syllable of toneless pinyin becomes one or two tokens, its initial and its final (Hanyu Pinyin,
ISO 7098); a phrase is a row of syllables. In a rulebook, ``a|b`` accepts either syllable and what
stands in brackets may be left out: ``(ni|nin de) shei|shui gao su (a)``.
"""

import difflib
import itertools
import math
import re
import unicodedata
from functools import cache
from typing import Final

from firmware_py.core.errors import DeskcueError

INITIALS: Final = tuple("b p m f d t n l g k h j q x zh ch sh r z c s".split())
FINALS: Final = tuple(
    "a o e ai ei ao ou an en ang eng er i ir iz ia ie iao iou ian in iang ing"
    " u ua uo uai uei uan uen uang ong v ve van vn iong".split()
)
"""``ir`` is the vowel of zhi, chi, shi, ri; ``iz`` that of zi, ci, si; ``v`` stands for ü."""

TOKENS: Final = (*INITIALS, *FINALS)
"""All tokens in the order of the model's outputs; the CTC blank follows as the last output."""
BLANK: Final = len(TOKENS)

MAX_EXPANSIONS: Final = 64
"""More ways to say one spelling than this would cost the search too much."""

_FINALS_OF: Final = {
    "": "a o e ai ei ao ou an en ang eng er",
    "b": "a o ai ei ao an en ang eng i ie iao ian in ing u",
    "p": "a o ai ei ao ou an en ang eng i ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o ei ou an en ang eng u",
    "d": "a e ai ei ao ou an en ang eng i ia ie iao iu ian ing u uo ui uan un ong",
    "t": "a e ai ao ou an ang eng i ie iao ian ing u uo ui uan un ong",
    "n": "a e ai ei ao ou an en ang eng i ie iao iu ian in iang ing u uo uan ong v ve",
    "l": "a o e ai ei ao ou an ang eng i ia ie iao iu ian in iang ing u uo uan un ong v ve",
    "g": "a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang ong",
    "k": "a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang ong",
    "h": "a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang ong",
    "j": "i ia ie iao iu ian in iang ing u ue uan un iong",
    "q": "i ia ie iao iu ian in iang ing u ue uan un iong",
    "x": "i ia ie iao iu ian in iang ing u ue uan un iong",
    "zh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang ong",
    "ch": "a e ai ao ou an en ang eng i u ua uo uai ui uan un uang ong",
    "sh": "a e ai ei ao ou an en ang eng i u ua uo uai ui uan un uang",
    "r": "e ao ou an en ang eng i u ua uo ui uan un ong",
    "z": "a e ai ei ao ou an en ang eng i u uo ui uan un ong",
    "c": "a e ai ao ou an en ang eng i u uo ui uan un ong",
    "s": "a e ai ao ou an en ang eng i u uo ui uan un ong",
}
_ZERO_INITIAL: Final = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong", "yu": "v", "yue": "ve", "yuan": "van",
    "yun": "vn", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan",
    "wen": "uen", "wang": "uang",
}  # fmt: skip
_ABBREVIATED: Final = {"iu": "iou", "ui": "uei", "un": "uen"}


class SpellingError(DeskcueError):
    """A spelling names something that is no Mandarin syllable, or has too many readings."""


def _final_token(initial: str, final: str) -> str:
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return "ir"
    if final == "i" and initial in ("z", "c", "s"):
        return "iz"
    if initial in ("j", "q", "x") and final.startswith("u"):
        return "v" + {"un": "n"}.get(final, final[1:])
    if initial in ("b", "p", "m", "f") and final == "o":
        return "uo"  # written bo, spoken buo
    return _ABBREVIATED.get(final, final)


@cache
def syllables() -> dict[str, tuple[str, ...]]:
    """Every toneless syllable and its tokens."""
    table: dict[str, tuple[str, ...]] = {whole: (final,) for whole, final in _ZERO_INITIAL.items()}
    table |= {"weng": ("u", "eng"), "yo": ("i", "uo"), "lue": ("l", "ve"), "nue": ("n", "ve")}
    for initial, finals in _FINALS_OF.items():
        for final in finals.split():
            tokens = (_final_token(initial, final),)
            table[initial + final] = (initial, *tokens) if initial else tokens
    return table


def spell(syllable: str) -> tuple[str, ...]:
    """Give the tokens of one toneless syllable, such as ``zhuang`` or ``lv``.

    Raises:
        SpellingError: it is no syllable; the message names near ones.
    """
    tokens = syllables().get(syllable)
    if tokens is None:
        near = difflib.get_close_matches(syllable, syllables(), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise SpellingError(f"{syllable!r} is no syllable of toneless pinyin{hint}")
    return tokens


_PART: Final = re.compile(r"\(([^()]+)\)|([^\s()]+)")


def _options(syllables_: str) -> list[tuple[str, ...]]:
    """Give every row of syllables that must all be said, ``a|b`` being either."""
    return list(itertools.product(*(either.split("|") for either in syllables_.split())))


def _count(syllables_: str) -> int:
    return math.prod(either.count("|") + 1 for either in syllables_.split())


def expand(say: str) -> tuple[tuple[str, ...], ...]:
    """Give every row of tokens that a spelling allows, without repeats, in a fixed order.

    Raises:
        SpellingError: as of ``readings``, or an unknown syllable.
    """
    rows = [tuple(itertools.chain(*map(spell, row))) for row in readings(say)]
    return tuple(dict.fromkeys(rows))


def readings(say: str) -> list[tuple[str, ...]]:
    """Give every row of syllables that a spelling allows, the fullest first.

    Raises:
        SpellingError: a bracket without its partner, nothing to say, or more than
            ``MAX_EXPANSIONS`` readings.
    """
    left_over = _PART.sub("", say).strip()
    if left_over:
        raise SpellingError(f"{say!r} has a bracket without its partner")
    choices: list[list[tuple[str, ...]]] = []
    count = 1
    for optional, plain in _PART.findall(say):
        count *= _count(optional or plain) + bool(optional)
        if count > MAX_EXPANSIONS:  # before they are made: there may be billions
            raise SpellingError(
                f"{say!r} has more than {MAX_EXPANSIONS} readings; write two shorter spellings"
            )
        choices.append([*_options(optional), ()] if optional else _options(plain))
    rows = [tuple(itertools.chain(*row)) for row in itertools.product(*choices)]
    if not choices:
        raise SpellingError("nothing to say is given: write hanzi, or toneless pinyin")
    if not all(rows):
        raise SpellingError(f"{say!r} may be said by saying nothing; make a syllable obligatory")
    return rows


def plain(pinyin: str) -> str:
    """Strip tones, written as marks or digits, and write ü as v."""
    decomposed = unicodedata.normalize("NFD", pinyin.lower().replace("ü", "v"))
    decomposed = decomposed.replace("u\u0308", "v")
    return re.sub(r"[^a-z|() ]", "", decomposed)
