"""A site's own recordings: a table of labelled calls, looked through before anything is done.

A table is a text file in UTF-8 with tabs between its columns and the names in the first line:
``path``, ``channel``, ``text``, ``speaker``, ``licence``, ``use`` (``docs/training.md``).
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import soundfile

from firmware_py.core.errors import DeskcueError
from lab.training.corpus import Recording, readings
from lab.training.noises import Noise

COLUMNS: Final = ("path", "channel", "text", "speaker", "licence", "use")
CHANNELS: Final = {"": None, "mono": None, "left": 0, "right": 1, "1": 0, "2": 1}
"""Which channel a word of the table means; None is the only one there is."""
USES: Final = ("train", "dev")
FORBIDDEN: Final = ("-nc", "noncommercial", "non-commercial", "-nd", "evaluate only", "no training")
"""What in a licence says that a model that is used at work may not learn from it."""
LOWEST_RATE: Final = 8_000
SOUNDS: Final = (".wav", ".flac", ".ogg", ".opus", ".mp3")
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
    reader = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise DeskcueError(
            f"{table}: no column {', '.join(missing)}; the first line names the columns"
            f" {', '.join(COLUMNS)}, with tabs between them"
        )
    for row in reader:
        yield reader.line_num, {name: (row[name] or "").strip() for name in COLUMNS}


def _channels_of(path: Path) -> int | str:
    """Say how many channels a sound file has, or what is wrong with it."""
    if not path.is_file():
        return f"there is no file {path}"
    try:
        told = soundfile.info(path)
    except soundfile.SoundFileError:
        return f"{path} is in no encoding that can be read; convert it to WAV, FLAC or Ogg"
    if told.samplerate < LOWEST_RATE:
        return f"{path} has {told.samplerate} Hz; {LOWEST_RATE} Hz is the least"
    return int(told.channels)


def _wrong(row: dict[str, str], path: Path) -> str | None:
    """Say what is wrong with a line, if anything."""
    if not row["speaker"] or not row["text"]:
        return f"no {'text' if row['speaker'] else 'speaker'}"
    if row["use"] not in USES:
        return f"use is {row['use'] or 'empty'}, not {' or '.join(USES)}"
    if not row["licence"]:
        return "no licence: say on what grounds it may be learnt from"
    licence = row["licence"].lower()
    if row["use"] == "train" and any(word in licence for word in FORBIDDEN):
        return f"the licence {row['licence']} forbids to learn from it; use dev at most"
    if row["channel"] not in CHANNELS:
        return f"channel is {row['channel']}, not {', '.join(name for name in CHANNELS if name)}"
    channels, place = _channels_of(path), CHANNELS[row["channel"]]
    if isinstance(channels, str):
        return channels
    if place is None and channels > 1:
        return f"{path} has {channels} channels; say which one is the speaker's"
    if place is not None and place >= channels:
        return f"{path} has no channel {row['channel']}"
    return None


def read(table: Path) -> list[tuple[Recording, str]]:
    """Read a site's table: recordings and what each is for (train or dev).

    Texts whose reading is not certain (digits, letters) are left out.

    Raises:
        DeskcueError: something in it is wrong; each mistake is told in a line.
    """
    found: list[tuple[Recording, str]] = []
    mistakes: list[str] = []
    used: dict[str, str] = {}
    torn: set[str] = set()
    for line, row in _rows(table):
        path = table.parent / row["path"]
        wrong = _wrong(row, path)
        speaker = row["speaker"]
        if wrong is None and used.setdefault(speaker, row["use"]) != row["use"]:
            if speaker in torn:
                continue  # one line for a person, however many recordings there are
            torn.add(speaker)
            wrong = f"speaker {speaker} is both train and dev; keep a person on one side"
        if wrong:
            mistakes.append(f"{table}:{line}: {wrong}")
        elif syllables := readings(row["text"]):
            channel = CHANNELS[row["channel"]]
            found.append(
                (
                    Recording(path, "crowd", speaker, row["licence"], syllables, channel),
                    row["use"],
                )
            )
    if mistakes:
        more = len(mistakes) - MOST_TOLD
        told = mistakes[:MOST_TOLD] + ([f"and {more} more"] if more > 0 else [])
        raise DeskcueError("\n".join(told))
    if not any(use == "train" for _, use in found):
        raise DeskcueError(f"{table}: nothing in it is to be learnt from (use train)")
    return found


def noises(folder: Path) -> list[Noise]:
    """List a site's own sounds that are no speech.

    Raises:
        DeskcueError: there are none, or one cannot be read.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    if not paths:
        raise DeskcueError(f"{folder} holds no sounds ({', '.join(SOUNDS)})")
    for path in paths:
        if isinstance(wrong := _channels_of(path), str):
            raise DeskcueError(wrong)
    return [Noise(path, "site", path.name, "of the site") for path in paths]
