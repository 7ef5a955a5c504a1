"""Recordings to fit, to choose and to report on, by sides that never mix.

People, voices and sources of sound belong to one side whole. ``train`` is what the phone model
learnt from; ``choose`` and ``report`` it never heard: whoever fits or chooses anything looks at the
first two alone.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import pypinyin

from firmware_py.hearing.spelling import SpellingError, plain, spell
from lab.evaluation import languages, neural_voices

CROWD: Final = "Common Voice"
"""Sources that begin like this are people at their own microphones."""
DOUBTFUL: Final = 0.72
"""Phone error rate of an earlier model from which a label of the crowd is not trusted."""
EVENT_KINDS: Final = {"eating": "chewing", "effort": "English, acted", "turns": "English calls"}
CROWD_SHARE, NEURAL_SHARE = 4, 2
"""Of what the model knows, one clip in so many is enough to fit on."""
REPORTS, CHOOSES = 2, 4
"""Of ten parts of the sources of noise, the first two report, the next two choose."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording."""

    path: Path
    speaker: str
    kind: str
    syllables: tuple[str, ...] = ()
    """Toneless; empty where nobody speaks, or nobody speaks Mandarin."""
    phrase: str = ""
    """Id of the phrase that is said, where one is."""
    hanzi: str = ""


def _rows(table: Path) -> Iterator[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def read(text: str) -> tuple[str, ...]:
    """Read hanzi or toned pinyin; empty where it is not certain how it is spoken."""
    if re.fullmatch(r"[a-z:ü0-9 ]+", text):
        syllables = tuple(plain(word) for word in text.replace("u:", "v").split())
    elif re.fullmatch(r"[\u4e00-\u9fff ]+", text) and "儿" not in text[1:]:
        syllables = tuple(plain(word) for word in pypinyin.lazy_pinyin(text.replace(" ", "")))
    else:
        return ()
    try:
        for syllable in syllables:
            spell(syllable)
    except SpellingError:
        return ()
    return syllables


def side_of_source(source: str) -> str:
    """Say which side a source of noise is on: for all time, as the recipe of the model has it."""
    part = int(hashlib.sha256(source.encode()).hexdigest(), 16) % 10
    if part < REPORTS:
        return "report"
    return "choose" if part < CHOOSES else "train"


def _crowd_side(audio: Path) -> dict[str, str]:
    """Give the side of each unheard speaker of the crowd: every second one reports."""
    who = {row["speaker"] for row in _rows(audio / "speech.tsv") if _unheard_crowd(row)}
    return {name: ("choose", "report")[place % 2] for place, name in enumerate(sorted(who))}


def _unheard_crowd(row: dict[str, str]) -> bool:
    return row["use"] == "dev" and row["source"].startswith(CROWD)


def _speech(audio: Path, wanted: Callable[[dict[str, str]], bool]) -> Iterator[Clip]:
    for row in _rows(audio / "speech.tsv"):
        if wanted(row) and (syllables := read(row["text"])):
            yield Clip(audio / row["path"], row["speaker"], row["kind"], syllables)


def _crowd_train(audio: Path) -> Iterator[Clip]:
    def trusted(row: dict[str, str]) -> bool:
        crowd = row["source"].startswith(CROWD) and row["kind"] == "sentence"
        return crowd and row["use"] == "train" and float(row["per"] or 0) < DOUBTFUL

    return islice(_speech(audio, trusted), 0, None, CROWD_SHARE)


def _crowd(side: str) -> Callable[[Path], Iterator[Clip]]:
    def clips(audio: Path) -> Iterator[Clip]:
        sides = _crowd_side(audio)
        return _speech(audio, lambda row: _unheard_crowd(row) and sides[row["speaker"]] == side)

    return clips


def _reader(name: str) -> Callable[[Path], Iterator[Clip]]:
    return lambda audio: _speech(
        audio, lambda row: row["speaker"] == name and row["kind"] == "sentence"
    )


def _neural_train(audio: Path) -> Iterator[Clip]:
    for row in islice(_rows(audio / "neural.tsv"), 0, None, NEURAL_SHARE):
        if syllables := read(row["text"]):
            yield Clip(audio / row["path"], row["speaker"], "neural", syllables)


def _neural(kind: str) -> Callable[[Path], Iterator[Clip]]:
    def clips(_: Path) -> Iterator[Clip]:
        for row in json.loads(neural_voices.table(kind).read_text(encoding="utf-8")):
            hanzi = "".join(sign for sign in row["text"] if "\u4e00" <= sign <= "\u9fff")
            path = neural_voices.FOLDER / row["path"]
            syllables = tuple(plain(word) for word in pypinyin.lazy_pinyin(hanzi))
            yield Clip(path, row["voice"], kind, syllables, row["phrase"], row["text"])

    return clips


def _noise(side: str) -> Callable[[Path], Iterator[Clip]]:
    def clips(audio: Path) -> Iterator[Clip]:
        for row in _rows(audio / "noise.tsv"):
            if side_of_source(row["source"]) == side:
                yield Clip(audio / row["path"], row["source"], row["label"])

    return clips


def _events(audio: Path) -> Iterator[Clip]:
    for row in _rows(audio / "events.tsv"):
        kind = EVENT_KINDS.get(row["kind"]) or re.sub(r"[-0-9]+$", "", row["label"])
        yield Clip(audio / row["path"], row["label"], kind)


def _languages(_: Path) -> Iterator[Clip]:
    for language, path in languages.spoken():
        yield Clip(path, path.stem, f"{language} (synthetic)")


NAMES: Final[dict[str, Callable[[Path], Iterator[Clip]]]] = {
    "crowd_train": _crowd_train,
    "crowd_choose": _crowd("choose"),
    "crowd_report": _crowd("report"),
    "s0150": _reader("s0150"),
    "s0252": _reader("s0252"),
    "ssb0139": _reader("as3_SSB0139"),
    "neural_train": _neural_train,
    "neural_phrases": _neural("phrases"),
    "neural_near": _neural("near"),
    "neural_talk": _neural("talk"),
    "noise_train": _noise("train"),
    "noise_choose": _noise("choose"),
    "noise_report": _noise("report"),
    "events": _events,
    "languages": _languages,
}
"""Name of a set -> its clips. Nothing but what ends in ``_train`` (and ssb0139) fits anything."""


def clips(audio: Path, name: str) -> list[Clip]:
    """List a set."""
    return list(NAMES[name](audio))
