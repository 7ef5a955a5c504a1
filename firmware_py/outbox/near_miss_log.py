"""The near-miss log: phrase, score and time of what almost was a phrase, one JSON object a line.

No sound and no text. Written by the ear beside the outbox, read by ``deskcue phrases tune``.
"""

import json
from collections.abc import Iterable, Iterator
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
        try:
            self._lines = len(read_bytes(path).splitlines()) if path.exists() else 0
        except OSError as error:
            self._lines = 0
            self.problem = self._wrong(error)

    def hear(self, observations: Iterable[Observation], now: float) -> None:
        """Note what is to be noted."""
        notes = [note for one in observations if (note := note_of(one, now))]
        if not notes:
            return
        try:
            self._make_room()
            with self._path.open("a", encoding="utf-8") as out:
                out.writelines(json.dumps(asdict(note)) + "\n" for note in notes)
        except OSError as error:
            self.problem = self._wrong(error)
        else:
            self._lines += len(notes)
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


def read_notes(path: Path) -> Iterator[Note]:
    """Read a log.

    Raises:
        DeskcueError: it cannot be read, or a line is no note.
    """
    try:
        lines = read_bytes(path).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise DeskcueError(f"cannot read the near-miss log {path}: {reason}") from None
    for number, line in enumerate(lines, 1):
        try:
            note = json.loads(line)
            yield Note(
                str(note["time"]),
                str(note["phrase"]),
                float(note["score"]),
                bool(note["hit"]),
                float(note["heard"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DeskcueError(f"{path}:{number}: not a line of a near-miss log") from None
