"""Find phrases in recordings: the best score and time of each, in the agent's (left) channel.

A score is per phone and at most 0, which only a perfect match reaches; `hit` tells whether it is
good enough: for a phrase of the rulebook by its own threshold, else by the rulebook's usual one.
"""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from firmware_py.audio.file import FileSource
from firmware_py.commands import for_each, profile_argument, settings, settings_argument
from firmware_py.detectors.phrases import SECONDS_PER_ROW
from firmware_py.errors import UsageError
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.search import Way, best_match, ways_to_say
from firmware_py.hearing.spelling import SpellingError, to_say
from firmware_py.hearing.spotter import Spotter, load_spotter
from firmware_py.rules import Rulebook, load_rulebook
from firmware_py.rules.reader import DEFAULT_THRESHOLD
from firmware_py.types import AGENT, FloatArray


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
        help="hanzi or pinyin; put pinyin of several syllables in quotes",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    profile_argument(parser)
    settings_argument(parser)


def main(chosen: Namespace) -> int:
    """Find and show."""
    config = settings(chosen)
    rulebook = load_rulebook(chosen.profile or config.rulebook)
    ways = {text: _ways(text, rulebook) for text in chosen.phrase}
    spotter = load_spotter(config.model)
    table = Table("file", "phrase", "score", "from", "to", "hit")

    def spot(path: Path) -> None:
        rows = _posteriors(path, spotter)
        for text in chosen.phrase:
            _show(_spot(path, text, rows, ways[text]), None if chosen.json else table)

    code = for_each(chosen.files, spot)
    if table.row_count:
        Console().print(table)
    return code


def _ways(text: str, rulebook: Rulebook) -> tuple[Way, ...]:
    try:
        say = to_say(text)
    except SpellingError as error:
        raise UsageError(str(error)) from None
    known = [p for p in rulebook.phrases if text == p.text or say in p.say]
    threshold = known[0].threshold if known else DEFAULT_THRESHOLD
    return ways_to_say(text, [say], threshold)


def _posteriors(path: Path, spotter: Spotter) -> FloatArray:
    """Hear the agent's channel of a whole recording, as the device does."""
    mel = LogMel()
    spotter.reset()
    rows = [spotter.feed(mel.feed(block.pcm[:, AGENT])) for block in FileSource(path)]
    return np.concatenate(rows)


def _spot(path: Path, text: str, rows: FloatArray, ways: Sequence[Way]) -> Spotted:
    match = best_match(rows, ways)
    if match is None:
        return Spotted(str(path), text, None, None, None, False)
    return Spotted(
        str(path),
        text,
        round(match.score, 3),
        round(match.first_row * SECONDS_PER_ROW, 2),
        round((match.last_row + 1) * SECONDS_PER_ROW, 2),
        match.score >= ways[0].threshold,
    )


def _show(one: Spotted, table: Table | None) -> None:
    """Print it as JSON, or put it in a table."""
    if table is None:
        print(json.dumps(asdict(one), ensure_ascii=False), flush=True)
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
