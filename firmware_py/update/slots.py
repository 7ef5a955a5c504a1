"""Two slots for the program, one of which is in force; switching is one rename.

``root/slots/a`` and ``root/slots/b`` each hold a whole program; ``root/current`` is a link to the
one in force. While a new one is on trial, ``root/trial`` names the one before, so that whoever
comes up after a power cut knows the way back.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError

WHOLE: Final = "whole"
"""File in a slot that says that all of it is there: its version."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots below a folder."""

    root: Path

    @property
    def _link(self) -> Path:
        return self.root / "current"

    @property
    def _trial(self) -> Path:
        return self.root / "trial"

    @property
    def current(self) -> str:
        """Name of the slot in force.

        Raises:
            DeskcueError: none is; deskcue was installed in another way.
        """
        try:
            return self._link.readlink().name
        except OSError:
            raise DeskcueError(
                f"{self._link} is no link to a slot: install deskcue once with scripts/install"
            ) from None

    @property
    def other(self) -> str:
        """Name of the slot that is free."""
        return "b" if self.current == "a" else "a"

    def path(self, name: str) -> Path:
        """Folder of a slot."""
        return self.root / "slots" / name

    @property
    def units(self) -> Path:
        """Folder with the units of the version in force, whichever that is."""
        return self._link / "venv/share/deskcue/systemd"

    def version(self, name: str) -> str:
        """Version of the program in a slot; empty: it is not whole."""
        try:
            return (self.path(name) / WHOLE).read_text("utf-8").strip()
        except OSError:
            return ""

    def clear_other(self) -> Path:
        """Empty the free slot and return its folder, which does not exist then."""
        path = self.path(self.other)
        (path / WHOLE).unlink(missing_ok=True)  # first: half a slot must not look whole
        shutil.rmtree(path, ignore_errors=True)
        return path

    def finish(self, name: str, version: str) -> None:
        """Say that a slot is whole, once everything in it is on disk."""
        os.sync()
        _write(self.path(name) / WHOLE, version)

    def switch(self, name: str, *, on_trial: bool) -> None:
        """Put a slot in force; on trial, the one before is remembered until ``keep``.

        Raises:
            DeskcueError: the slot is not whole.
        """
        if not self.version(name):
            raise DeskcueError(f"slot {name} is not whole; nothing was switched")
        if on_trial:
            _write(self._trial, self.current)
        beside = self.root / "current.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(Path("slots") / name)
        beside.replace(self._link)
        os.sync()
        if not on_trial:
            self.keep()

    @property
    def before_trial(self) -> str:
        """Slot to go back to if the one in force fails; empty: nothing is on trial."""
        try:
            return self._trial.read_text("utf-8").strip()
        except OSError:
            return ""

    def keep(self) -> None:
        """End the trial."""
        if self._trial.exists():  # a read-only root refuses to remove what is not there, too
            self._trial.unlink()


def _write(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
