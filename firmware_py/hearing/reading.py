"""Reading: from a text as people write it to a spelling (``firmware_py.hearing.spelling``).

A text that is searched for must not lose a word on the way: what cannot be read is refused. Needs
pypinyin for hanzi, which a device does not have; there rulebooks hold spellings.
"""

import re
import unicodedata
from types import ModuleType
from typing import Final

from firmware_py.hearing.spelling import SpellingError, expand, plain, spell

_ALWAYS: Final = {
    "谁": "shei|shui", "誰": "shei|shui", "这": "zhe|zhei", "這": "zhe|zhei", "那": "na|nei",
    "哪": "na|nei", "还": "hai|huan", "還": "hai|huan", "长": "chang|zhang", "長": "chang|zhang",
    "嗯": "en",
}  # fmt: skip
"""Read either way in speech, or wrongly by the dictionary (还款, 排长队), whatever is beside it."""
_ALONE: Final = {
    frozenset(readings.split("|")): readings
    for readings in (
        "chong|zhong dei|de zhao|zhe tiao|diao xing|hang tan|dan chai|cha sheng|xing jiang|xiang"
        " zhao|chao pian|bian jiao|xiao zhuan|chuan she|zhe luo|lao quan|juan"
    ).split()
}
"""Readings between which a word decides; without a word, both are listened for."""
_DIGITS: Final = "ling yi er san si wu liu qi ba jiu".split()
_MOST_ONES: Final = 4
"""In a longer row of ones, all are read as in a telephone number."""
_SON_AFTER: Final = "女男幼婴胎孤健少小产患育宠孙"
_SON_BEFORE: Final = "子童女科歌媳孙"
"""Beside these 儿 is a word of its own; elsewhere it colours the syllable before it, or is left out
(一会儿)."""
_HANZI: Final = r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+"
_LETTERS: Final = rf"(?:(?!{_HANZI})[^\W\d_])+"
_PARTS: Final = re.compile(rf"({_HANZI})|(\d+(?:\.\d+)?)|({_LETTERS}[1-5]?)|(\S)")
_SAID: Final = "%‰@&#*/\\"
"""Signs that are punctuation to Unicode, but said."""


def to_pinyin(text: str) -> str:
    """Spell a text in hanzi, in pinyin (tones are dropped), or both.

    Digits are read out one by one, also as in a telephone number; punctuation is dropped.

    Raises:
        SpellingError: there is something in it that cannot be read, or hanzi cannot because
            pypinyin is not installed.
    """
    text = unicodedata.normalize("NFKC", text)
    hanzi = re.search(_HANZI, text)
    if not hanzi and re.search(r"[^\W\d_]", text):
        say = plain(re.sub("['’]", " ", text))  # xi'an is two syllables
        expand(say)
        return say
    words = [word for part in _PARTS.finditer(text) for word in _read(part, text)]
    return _spelled(words)


def _spelled(words: list[str]) -> str:
    """Join words; with one reading for each where there would be too many in all."""
    say = " ".join(words)
    try:
        expand(say)
    except SpellingError:
        say = " ".join(word.split("|")[0] for word in words)
        expand(say)
    return say


def _read(part: re.Match[str], text: str) -> list[str]:
    """Read a run of hanzi, a number, a word in letters, or a sign."""
    hanzi, number, letters, sign = part.groups()
    if hanzi:
        return _hanzi(hanzi, text)
    if number:
        return _number(number, part)
    if letters:
        return [_syllable(letters, text)]
    if sign in _SAID or (unicodedata.category(sign)[0] not in "PCM" and sign != "~"):
        raise SpellingError(f"cannot read {sign!r} in {text!r}: write in hanzi how it is said")
    return []


def _number(number: str, part: re.Match[str]) -> list[str]:
    """Read digits one by one."""
    if number == "2" and re.match(_HANZI, part.string[part.end() :]):
        return ["liang|er"]
    many = number.count("1") > _MOST_ONES
    one = ("yao" if many else "yi|yao") if len(number) > 1 else "yi"
    return [
        "dian" if sign == "." else one if int(sign) == 1 else _DIGITS[int(sign)] for sign in number
    ]


def _syllable(letters: str, text: str) -> str:
    """Take pinyin among hanzi.

    Raises:
        SpellingError: it is none; capital letters are names, or said one by one.
    """
    try:
        if letters == letters.lower():
            spell(plain(letters))
            return plain(letters)
    except SpellingError:
        pass
    raise SpellingError(
        f"cannot read {letters!r} in {text!r}: write how it is said, in hanzi, or in pinyin"
        " syllable by syllable (VIP: wei ai pi)"
    )


def _hanzi(hanzi: str, text: str) -> list[str]:
    """Read a run of hanzi, by the words in it.

    Raises:
        SpellingError: pypinyin is not installed, or does not know one.
    """
    pypinyin = _pypinyin(text)
    either = pypinyin.pinyin(hanzi, pypinyin.Style.NORMAL, heteronym=True, errors="ignore")
    read = pypinyin.lazy_pinyin(hanzi, errors="ignore")
    if len(read) != len(hanzi) or len(either) != len(hanzi):
        raise SpellingError(f"cannot read all of {text!r}: write what is rare in pinyin")
    words = [
        _ALWAYS.get(sign) or _of(reading, readings)
        for sign, reading, readings in zip(hanzi, read, either, strict=True)
    ]
    for place in range(1, len(hanzi)):
        if hanzi[place] == "了" and hanzi[place - 1] in "不得":
            words[place] = "liao|le"  # 办不了, but 说不了两句
        if hanzi[place] in "儿兒" and _colours(hanzi, place):
            words[place] = "(er)"
    return words


def _pypinyin(text: str) -> ModuleType:
    try:
        import pypinyin
    except ImportError:
        raise SpellingError(
            f"cannot read {text!r}: hanzi need pypinyin (pip install 'deskcue[spell]');"
            " or write it in pinyin"
        ) from None
    return pypinyin


def _of(reading: str, readings: list[str]) -> str:
    """Give the dictionary's reading, or two where no word decides between them."""
    known = {plain(one) for one in readings}
    for both, written in _ALONE.items():
        if both <= known:
            return written
    return plain(reading)


def _colours(hanzi: str, place: int) -> bool:
    return hanzi[place - 1] not in _SON_AFTER and hanzi[place + 1 : place + 2] not in tuple(
        _SON_BEFORE
    )
