"""The journal of a push: a line of JSON for everything that was decided, before it is done.

Each line holds the SHA-256 of the line before it, so that whoever audits sees whether one was
changed or taken out. What stands in it is enough to go on after a power cut.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from firmware_py.core.errors import DeskcueError

SUFFIX: Final = ".jsonl"
_ENDED: Final = ("done", "back")
"""Last words of a push that is over."""


class Journal:
    """One push's file."""

    def __init__(self, path: Path) -> None:
        """Open it, or make it with the first line."""
        self.path = path
        self._last = hashlib.sha256(lines[-1]).hexdigest() if (lines := _whole(path)) else ""

    def write(self, at: str, what: str, details: Mapping[str, Any]) -> None:
        """Add a line; when this returns it is on the disk.

        Raises:
            DeskcueError: it is not; nothing may be done then.
        """
        entry = {"at": at, "what": what, **details, "before": self._last}
        line = json.dumps(entry, ensure_ascii=False).encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            whole = b"".join(one + b"\n" for one in _whole(self.path))
            with self.path.open("r+b" if self.path.exists() else "xb") as file:
                file.seek(len(whole))  # over what a power cut left of a line
                file.write(line + b"\n")
                file.truncate()
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DeskcueError(f"{self.path} cannot be written ({error.strerror})") from None
        self._last = hashlib.sha256(line).hexdigest()


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Its lines, checked.

    Raises:
        DeskcueError: a line was changed or is missing.
    """
    found: list[dict[str, Any]] = []
    before = ""
    for number, line in enumerate(_whole(path), start=1):
        try:
            entry = json.loads(line)
            sound = entry["before"] == before
        except (ValueError, TypeError, KeyError):
            sound = False
        if not sound:
            raise DeskcueError(f"{path}:{number}: this line was changed, or one before it is gone")
        before = hashlib.sha256(line).hexdigest()
        found.append(entry)
    return found


def unfinished(folder: Path) -> Path | None:
    """Journal of the push that has neither been done nor gone back, if there is one.

    Raises:
        DeskcueError: a journal is damaged.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        lines = read_journal(path)
        if lines and lines[-1]["what"] not in _ENDED:
            return path
    return None


def _whole(path: Path) -> list[bytes]:
    """Lines that end; what a power cut left of one does not count, for it was not acted on."""
    try:
        return path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DeskcueError(f"{path} cannot be read ({error.strerror})") from None
