"""What the site wants of this desk, as the uplink left it on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Config
from firmware_py.settings.desired import NOTHING, Desired, lay_over
from firmware_py.settings.site_file import read_site_file

_AGAIN: Final = 60
"""Looks after which what could not be used is tried again: a rulebook may have been fetched."""


class SiteSettings:
    """Looks at the file, and keeps what became of it."""

    def __init__(self, own: Config, path: Path) -> None:
        """Watch ``path``; ``own`` are the settings of the desk's own file."""
        self._own, self._path = own, path
        self._stamp: tuple[int, int] | None = (0, 0)  # no file's: the first look is one for all
        self._looks = 0
        self.taken = NOTHING
        """In force."""
        self.problem = ""
        """Why the newest version is not in force, one line; empty if it is."""

    def refresh(self, use: Callable[[Config], None]) -> bool:
        """Take what is new; costs a ``stat`` while nothing is.

        Args:
            use: goes over to other settings; raises DeskcueError if it cannot, having changed
                nothing.

        Returns:
            Whether there is news to report: other settings, or a problem.
        """
        stamp, self._looks = self._look(), self._looks + 1
        again = bool(self.problem) and self._looks % _AGAIN == 0
        if stamp == self._stamp and not again:
            return False
        before, self._stamp, self.problem = (self.taken, self.problem), stamp, ""
        for desired in self._candidates():
            try:
                use(lay_over(self._own, desired.settings))
            except DeskcueError as error:
                self.problem = self.problem or str(error)
            else:
                self.taken = desired
                break
        return before != (self.taken, self.problem)

    def _candidates(self) -> list[Desired]:
        """Versions to try, the newest first."""
        try:
            content = read_site_file(self._path)
        except DeskcueError as error:
            self.problem = str(error)
            return []
        if content.wanted == self.taken and self._looks > 1:
            return []
        return [*(one for one in (content.wanted, content.good) if one.version), NOTHING]

    def _look(self) -> tuple[int, int] | None:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns
