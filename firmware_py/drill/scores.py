"""Scores of past rounds, kept on this machine alone; no sound and no words are in them."""

import errno
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.access import read_bytes
from firmware_py.core.errors import DeskcueError

_HOME: Final = "~/.local/share"
_FOLDER: Final = "deskcue"
_FILE: Final = "drills.jsonl"
USUAL: Final = f"{_HOME}/{_FOLDER}/{_FILE}"
"""Where scores are, as a person reads it."""


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one round."""

    at: str
    """Local time, ISO 8601."""
    situation: str
    score: int
    """Percent."""
    passed: bool
    pause_s: float | None = None


def default_path() -> Path:
    """Where an agent's own data lie (XDG Base Directory Specification).

    Raises:
        DeskcueError: whoever calls has no home, as a user of a container.
    """
    try:
        home = Path(os.environ.get("XDG_DATA_HOME") or Path(_HOME).expanduser())
    except RuntimeError:
        raise DeskcueError(
            "there is no home to keep scores in; say where with --scores FILE"
        ) from None
    return home / _FOLDER / _FILE


class Scores:
    """A file of scores, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        """Keep them there; the file is made with the first score."""
        self._path = path

    def add(self, score: Score) -> None:
        """Put a score at the end.

        Raises:
            DeskcueError: it cannot be written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _append(self._path, json.dumps(asdict(score)).encode() + b"\n")
        except OSError as error:
            raise DeskcueError(f"cannot keep the score in {self._path}: {error.strerror}") from None

    def of(self, situation: str) -> list[Score]:
        """Scores of a situation, oldest first.

        Raises:
            DeskcueError: the file cannot be read, or a line of it is no score.
        """
        try:
            lines = read_bytes(self._path).decode("utf-8").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise DeskcueError(f"cannot read the scores in {self._path}: {reason}") from None
        known = [self._score(line, number) for number, line in enumerate(lines, 1)]
        return [score for score in known if score.situation == situation]

    def _score(self, line: str, number: int) -> Score:
        try:
            return Score(**json.loads(line))
        except (TypeError, ValueError, RecursionError):
            raise DeskcueError(
                f"{self._path}:{number}: no score of a drill; delete the line"
            ) from None


def _append(path: Path, line: bytes) -> None:
    """Put a line at the end, whole or not at all: half of one would spoil the file."""
    with path.open("ab", buffering=0) as file:
        end = file.tell()
        try:
            if file.write(line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            file.truncate(end)
            raise
