"""A site's own recordings: a table of labelled calls, looked through before anything is done.

A table is a text file in UTF-8 with tabs between its columns and the names in the first line:
``path``, ``channel``, ``text``, ``speaker``, ``licence``, ``use`` (``docs/training.md``).
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from lab.training import sounds
from lab.training.corpus import Recording, readings
from lab.training.noises import Noise

COLUMNS: Final = ("path", "channel", "text", "speaker", "licence", "use")
CHANNELS: Final = {"": None, "mono": None, "left": 0, "right": 1, "1": 0, "2": 1}
"""Which channel a word of the table means; None is the only one there is."""
USES: Final = ("train", "dev")
FORBIDDEN: Final = re.compile(
    r"\b(nc|nd|non ?commercial|no derivatives|no training)\b"
    r"|\b(evaluat\w+|research|test\w*) (use )?only\b"
    "|禁止|不得|不可|不能|非商业|仅供|仅限"
)
"""What in a licence says that a model that is used at work may not learn from it; signs but letters
are taken for spaces."""
SOUNDS: Final = (".wav", ".flac", ".ogg", ".opus", ".mp3")
_PUNCTUATION: Final = re.compile(r"[^\w:]|_")
MOST_TOLD: Final = 10
"""So many mistakes are told at once."""


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Go through the lines of a table, with their numbers.

    Raises:
        DeskcueError: it cannot be read as such a table.
    """
    try:
        text = table.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DeskcueError(f"cannot read {table}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = table.read_bytes()[: error.start].count(b"\n") + 1
        raise DeskcueError(f"{table}:{line}: this is not UTF-8; save the table as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=None), delimiter="\t", quoting=csv.QUOTE_NONE)
    names = [_plain(name).lower() for name in reader.fieldnames or ()]
    if missing := [name for name in COLUMNS if name not in names]:
        raise DeskcueError(
            f"{table}: no column {', '.join(missing)}; the first line names the columns"
            f" {', '.join(COLUMNS)}, with tabs between them"
        )
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise DeskcueError(f"{table}: two columns are called {twice[0]}")
    reader.fieldnames = names
    for row in reader:
        yield reader.line_num, {name: _plain(row[name] or "") for name in COLUMNS}


def _plain(value: str) -> str:
    """Take the quotes off that a spreadsheet puts around what has a comma in it."""
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1].replace('""', '"').strip() if quoted else value


def _wrong(row: dict[str, str], path: Path) -> str | None:
    """Say what is wrong with a line, if anything, before its sound is heard."""
    for name in ("path", "speaker", "text"):
        if not row[name]:
            return f"no {name}"
    if row["use"].lower() not in USES:
        return f"use is {row['use'] or 'empty'}, not {' or '.join(USES)}"
    if not row["licence"]:
        return "no licence: say on what grounds it may be learnt from"
    licence = re.sub(r"[\W_]+", " ", row["licence"].lower())
    if row["use"].lower() == "train" and FORBIDDEN.search(licence):
        return f"the licence {row['licence']} forbids to learn from it; use dev at most"
    channel = row["channel"].lower()
    if channel not in CHANNELS:
        return f"channel is {row['channel']}, not {', '.join(name for name in CHANNELS if name)}"
    channels, place = sounds.channels_of(path), CHANNELS[channel]
    if isinstance(channels, str):
        return channels
    if place is None and channels > 1:
        return f"{path} has {channels} channels; say which one is the speaker's"
    if place is not None and place >= channels:
        return f"{path} has no channel {row['channel']}"
    return None


@dataclass(slots=True)
class _Reader:
    """Goes through a table's lines and remembers those before."""

    found: list[tuple[Recording, str]] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    """Lines whose reading is not certain."""
    _sides: dict[str, str] = field(default_factory=dict)
    """What each speaker is for."""
    _torn: set[str] = field(default_factory=set)
    """Speakers on both sides, of whom was told."""
    _lines: dict[tuple[Path, int | None], int] = field(default_factory=dict)
    """Where each recording stands."""

    def take(self, line: int, row: dict[str, str], path: Path) -> str | None:
        """Take a line; return what is wrong with it, if anything."""
        if wrong := _wrong(row, path):
            return wrong
        channel, use = CHANNELS[row["channel"].lower()], row["use"].lower()
        place = (path.resolve(), channel)
        if self._lines.setdefault(place, line) != line:
            return f"{path} stands in line {self._lines[place]} already"
        speaker = row["speaker"]
        who = speaker.casefold()
        if self._sides.setdefault(who, use) != use:
            if who in self._torn:
                return None  # one line for a person, however many recordings there are
            self._torn.add(who)
            return f"speaker {speaker} is both train and dev; keep a person on one side"
        syllables = readings(_PUNCTUATION.sub("", row["text"]))
        if not syllables:
            self.unread.append(line)
            return None
        if wrong := sounds.unfit(path, channel, len(syllables)):
            return wrong
        recording = Recording(path, "crowd", speaker, row["licence"], syllables, channel)
        self.found.append((recording, use))
        return None


def read(table: Path) -> tuple[list[tuple[Recording, str]], list[int]]:
    """Read a site's table: recordings and what each is for (train or dev).

    Returns:
        Them, and the lines that are left out: their reading is not certain (digits, letters).

    Raises:
        DeskcueError: something in it is wrong; each mistake is told in a line.
    """
    reader, mistakes = _Reader(), []
    for line, row in _rows(table):
        path = table.parent / row["path"].replace("\\", "/")
        if wrong := reader.take(line, row, path):
            mistakes.append(f"{table}:{line}: {wrong}")
    if mistakes:
        more = len(mistakes) - MOST_TOLD
        told = mistakes[:MOST_TOLD] + ([f"and {more} more"] if more > 0 else [])
        raise DeskcueError("\n".join(told))
    if not any(use == "train" for _, use in reader.found):
        lines = f"; the reading of {len(reader.unread)} lines is not certain" * bool(reader.unread)
        raise DeskcueError(f"{table}: nothing in it is to be learnt from (use train){lines}")
    return reader.found, reader.unread


def noises(folder: Path) -> list[Noise]:
    """List a site's own sounds that are no speech.

    Raises:
        DeskcueError: there are none, or one cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    if not folder.is_dir():
        raise DeskcueError(f"there is no folder {folder}")
    if not paths:
        raise DeskcueError(f"{folder} holds no sounds ({', '.join(SOUNDS)})")
    for path in paths:
        channels = sounds.channels_of(path)
        if wrong := channels if isinstance(channels, str) else sounds.unfit(path):
            raise DeskcueError(wrong)
    return [Noise(path, "site", path.name, "of the site") for path in paths]
