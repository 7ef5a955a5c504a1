"""Baseline of the agent's usual voice: a few numbers on disk for one day."""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from firmware_py.core.ports import Clock

VOICE: Final = "voice.json"
"""File beside the outbox that keeps it."""

Learnt = Mapping[str, Mapping[str, float]]
"""Name of who learns -> its numbers."""


class BaselineStore:
    """Keeps what was learnt of the agent over a restart, until the local day is over.

    No sound and no words: means of level, pitch and bands, which say nothing of any call.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Keep it in a file, whose folder must be there."""
        self._path, self._clock = path, clock
        self.problem = ""
        """Why it could not be kept, one line; empty while all is well."""

    def load(self) -> Learnt:
        """What was kept today; nothing if the file is not there, not whole, or of another day."""
        try:
            kept = json.loads(self._path.read_text("utf-8"), parse_constant=_refuse)
            if kept["day"] != self._day():
                return {}
            return {
                str(name): {str(key): float(number) for key, number in numbers.items()}
                for name, numbers in kept["learnt"].items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}  # it is learnt again within a minute

    def save(self, learnt: Learnt) -> None:
        """Put it on disk, whole or not at all."""
        text = json.dumps({"day": self._day(), "learnt": learnt})
        new = self._path.with_suffix(".new")
        try:
            new.write_text(text, "utf-8")
            new.replace(self._path)
        except OSError as error:
            self.problem = f"cannot keep the usual voice in {self._path}: {error.strerror}"
        else:
            self.problem = ""

    def _day(self) -> str:
        return datetime.datetime.fromtimestamp(self._clock.now()).date().isoformat()


def _refuse(name: str) -> float:
    """Of NaN and infinity: what is compared with them is never found."""
    raise ValueError(f"{name} is no number")
