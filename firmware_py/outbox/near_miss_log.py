"""The near-miss log: phrase, score and time of what almost was a phrase, one JSON object a line.

No sound and no text. Written by the ear beside the outbox, read by ``deskcue phrases tune``.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware_py.core.access import read_bytes
from firmware_py.core.errors import DeskcueError
from firmware_py.core.findings import Observation

NEAR: Final = "near."
PHRASE: Final = "phrase."


@dataclass(frozen=True, slots=True)
class Note:
    """One line."""

    time: str
    """ISO 8601, UTC, to the second."""
    phrase: str
    """Id of the phrase."""
    score: float
    hit: bool
    """Whether it counted."""
    heard: float
    """Seconds of stream that had been heard by then, since the device started."""


def note_of(observation: Observation, now: float) -> Note | None:
    """Make the note of an Observation at ``now``, seconds since the epoch; None if it is none."""
    for prefix in (NEAR, PHRASE):
        if observation.name.startswith(prefix):
            return Note(
                datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
                observation.name.removeprefix(prefix),
                round(observation.score, 3),
                prefix == PHRASE,
                round(observation.at, 1),
            )
    return None


class NearMissLog:
    """Appends to the log; lets the older half go when it is full."""

    def __init__(self, path: Path, max_lines: int) -> None:
        """Go on with the file that is there."""
        self._path = path
        self._max = max_lines
        self.problem = ""
        """Why nothing is written, one line; empty if all is well."""
        self._lines, self._torn = 0, False
        try:
            there = read_bytes(path) if path.exists() else b""
        except OSError as error:
            self.problem = self._wrong(error)
        else:
            self._lines = len(there.splitlines())
            self._torn = bool(there) and not there.endswith(b"\n")

    def hear(self, observations: Iterable[Observation], now: float) -> None:
        """Note what is to be noted."""
        notes = [note for one in observations if (note := note_of(one, now))]
        if not notes:
            return
        try:
            self._make_room()
            with self._path.open("a", encoding="utf-8") as out:
                out.write("\n" * self._torn)  # a power cut has left half a line
                out.writelines(json.dumps(asdict(note)) + "\n" for note in notes)
        except OSError as error:
            self.problem = self._wrong(error)
        else:
            self._lines += len(notes)
            self._torn = False
            self.problem = ""

    def _make_room(self) -> None:
        if self._lines < self._max:
            return
        kept = self._path.read_bytes().splitlines(keepends=True)[-(self._max // 2) :]
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_bytes(b"".join(kept))
        fresh.replace(self._path)
        self._lines = len(kept)

    def _wrong(self, error: OSError) -> str:
        return (
            f"the near-miss log {self._path} cannot be written ({error.strerror});"
            " check the path, its owner and the disk"
        )


def read_notes(path: Path) -> tuple[list[Note], int]:
    """Read a log.

    Returns:
        Its notes, and how many lines are none: a power cut tears the one that is being written.

    Raises:
        DeskcueError: it cannot be read, or most lines are no notes.
    """
    try:
        lines = read_bytes(path).decode("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise DeskcueError(f"cannot read the near-miss log {path}: {error.strerror}") from None
    read = [_read(line) for line in lines]
    notes = [note for note in read if note]
    if len(notes) < len(lines) / 2:
        raise DeskcueError(f"{path}:{read.index(None) + 1}: not a line of a near-miss log")
    return notes, len(lines) - len(notes)


def _read(line: str) -> Note | None:
    try:
        told = json.loads(line)
        note = Note(
            str(told["time"]),
            str(told["phrase"]),
            float(told["score"]),
            bool(told["hit"]),
            float(told["heard"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    sound = math.isfinite(note.score) and note.score <= 0 and 0 <= note.heard < math.inf
    return note if sound else None
