"""Keeps the rulebook of a running device: a changed file is taken up, a faulty one is not."""

from pathlib import Path

from firmware_py.core.errors import DeskcueError
from firmware_py.rules.reader import load_rulebook
from firmware_py.rules.rulebook import Rulebook
from firmware_py.rules.source import find_rulebook

_Stamp = tuple[tuple[str, int, int, int], ...]


class RulebookReloader:
    """Holds the last good rulebook of a file.

    Raises:
        DeskcueError: at the start there is none, or it has mistakes.
    """

    def __init__(self, name_or_path: str | Path) -> None:
        """Read the rulebook for the first time."""
        self._name = name_or_path
        self.rulebook: Rulebook = load_rulebook(name_or_path)
        self.problem: str | None = None
        """What is wrong with the file as it stands now, one line for each mistake, else None."""
        self._stamp: _Stamp = ()

    def refresh(self) -> bool:
        """Look at the file; True if there is news to report: a new ``rulebook`` or ``problem``.

        Costs a ``stat`` while nothing changes; call it every second or so.
        """
        stamp = self._look()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before = (self.rulebook.sha256, self.problem)
        try:
            self.rulebook = load_rulebook(self._name)
            self.problem = None
        except DeskcueError as error:
            kept = f"the rulebook read before stays in force (version {self.rulebook.version})"
            self.problem = f"{error}\n{kept}"
        return before != (self.rulebook.sha256, self.problem)

    def _look(self) -> _Stamp:
        """State of every file that the rulebook was read from."""
        try:
            paths = dict.fromkeys([find_rulebook(self._name), *self.rulebook.sources])
        except DeskcueError:
            return ()
        return tuple(_state(path) for path in paths)


def _state(path: Path) -> tuple[str, int, int, int]:
    try:
        state = path.stat()
    except OSError:
        return (str(path), 0, 0, 0)
    return (str(path), state.st_ino, state.st_mtime_ns, state.st_size)
