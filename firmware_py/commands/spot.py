"""Find phrases in recordings: the best score and time of each, in the agent's (left) channel.

A score is per phone and at most 0, which only a perfect match reaches; `hit` says whether it is
good enough: for a phrase of the rulebook by its own threshold, else by the rulebook's usual one.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from rich.table import Table

from firmware_py.audio.file import FileSource, SoundFileError
from firmware_py.commands import (
    for_each,
    profile_argument,
    settings_argument,
    settings_or_defaults,
    swap_argument,
)
from firmware_py.core.console import Console
from firmware_py.core.errors import UsageError
from firmware_py.core.terminal import print_json, shown
from firmware_py.core.types import AGENT, FloatArray
from firmware_py.detectors.phrases import SECONDS_PER_ROW
from firmware_py.hearing.accent import Accent, accent_of
from firmware_py.hearing.closest import best_match
from firmware_py.hearing.lattice import Pronunciation, pronunciations_of
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.hearing.phrase_spotter import Hit
from firmware_py.hearing.reading import to_pinyin
from firmware_py.hearing.spelling import SpellingError, expand
from firmware_py.hearing.verifier import bundled_verifier
from firmware_py.rules import Rulebook, load_rulebook
from firmware_py.rules.reader import DEFAULT_THRESHOLD

_WINDOW: Final = 10_000
"""Rows that are searched at once: five minutes."""
_OVERLAP: Final = 1_000
"""Rows that are searched twice, so that no phrase is cut in two: half a minute."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """How near a recording comes to a phrase; the keys of ``--json``."""

    file: str
    phrase: str
    score: float | None
    """Per phone, at most 0; None: the recording is too short to say it."""
    start: float | None
    """Seconds."""
    end: float | None
    """Seconds."""
    hit: bool


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="WAV, FLAC or OGG")
    parser.add_argument(
        "--phrase",
        nargs="+",
        action="extend",
        required=True,
        metavar="TEXT",
        help="hanzi, pinyin (several syllables in quotes), or a phrase's id, such as F5",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    swap_argument(parser)
    profile_argument(parser)
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Find and show."""
    config = settings_or_defaults(args)
    rulebook = load_rulebook(args.profile or config.rulebook)
    pronunciations = {text: _pronunciations(text, rulebook) for text in args.phrase}
    accent = accent_of(rulebook.accent)
    phone_model = load_phone_model(config.model)
    table = Table("file", "phrase", "score", "from", "to", "hit")

    def spot(path: Path) -> None:
        best, broken, heard = dict[str, Hit](), None, False
        try:
            for first, rows in _windows(FileSource(path, swap=args.swap), phone_model):
                heard = True
                _note_better(best, pronunciations, accent, first, rows)
        except SoundFileError as error:
            if not heard:
                raise
            broken = error
        for text in args.phrase:
            one = _spotted(path, text, best.get(text), pronunciations[text])
            _show(one, None if args.json else table)
        if broken:
            raise broken

    code = for_each(args.files, spot)
    if table.row_count:
        Console().print(table)
    return code


def _pronunciations(text: str, rulebook: Rulebook) -> tuple[Pronunciation, ...]:
    for phrase in rulebook.phrases:
        if text in (phrase.text, phrase.id):
            return pronunciations_of(text, phrase.say, phrase.threshold)
    try:
        say = to_pinyin(text)
    except SpellingError as error:
        raise UsageError(str(error)) from None
    rows = set(expand(say))
    known = [p for p in rulebook.phrases if any(rows & {*expand(one)} for one in p.say)]
    threshold = known[0].threshold if known else DEFAULT_THRESHOLD
    return pronunciations_of(text, [say], threshold)


def _windows(source: FileSource, phone_model: PhoneModel) -> Iterator[tuple[int, FloatArray]]:
    """Hear the agent's channel as the device does, in windows: a day takes no more memory.

    Returns:
        Number of a window's first row, and its rows of posteriors.

    Raises:
        SoundFileError: the recording breaks off; what there is comes first.
    """
    mel, rows, first, count = LogMel(), list[FloatArray](), 0, 0
    phone_model.reset()
    broken: SoundFileError | None = None
    try:
        for block in source:
            rows.append(phone_model.feed(mel.feed(block.pcm[:, AGENT])))
            count += len(rows[-1])
            if count >= _WINDOW:
                rows = [np.concatenate(rows)]
                yield first, rows[0]
                rows, first, count = [rows[0][-_OVERLAP:]], first + count - _OVERLAP, _OVERLAP
    except SoundFileError as error:
        broken = error
    if rows:
        yield first, np.concatenate(rows)
    if broken:
        raise broken


def _note_better(
    best: dict[str, Hit],
    pronunciations: Mapping[str, Sequence[Pronunciation]],
    accent: Accent,
    first: int,
    rows: FloatArray,
) -> None:
    """Keep what is better in a window than in those before."""
    for text, ways in pronunciations.items():
        match = best_match(rows, ways, bundled_verifier(), accent)
        if match and (text not in best or match.score > best[text].score):
            best[text] = replace(
                match, first_row=first + match.first_row, last_row=first + match.last_row
            )


def _spotted(
    path: Path, text: str, match: Hit | None, pronunciations: Sequence[Pronunciation]
) -> Spotted:
    if match is None:
        return Spotted(shown(str(path)), text, None, None, None, False)
    return Spotted(
        shown(str(path)),
        text,
        round(match.score, 3),
        round(match.first_row * SECONDS_PER_ROW, 2),
        round((match.last_row + 1) * SECONDS_PER_ROW, 2),
        match.score >= pronunciations[0].threshold,
    )


def _show(one: Spotted, table: Table | None) -> None:
    """Print it as JSON, or put it in a table."""
    if table is None:
        print_json(asdict(one))
    elif one.score is None:
        table.add_row(one.file, one.phrase, "", "", "", "too short")
    else:
        table.add_row(
            one.file,
            one.phrase,
            f"{one.score:.2f}",
            f"{one.start:.2f}",
            f"{one.end:.2f}",
            "yes" if one.hit else "",
        )
