"""A TOML file that knows the lines of its keys and gathers every mistake found in it."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.toml_lines import Where, line_numbers

LARGEST_FILE: Final = 1_000_000
"""Bytes; a settings file beyond this is surely another file."""

_SHOWN: Final = 100
"""Mistakes that are shown at once: nobody reads more."""


class ReadingError(DeskcueError):
    """A file has mistakes; ``str(error)`` has one line for each."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


class Line(NamedTuple):
    """A line of a file."""

    file: str
    number: int


class Document:
    """A parsed TOML file, where its keys stand, and the mistakes found in it so far."""

    def __init__(self, name: str, root: dict[str, Any], lines: Mapping[Where, Line]) -> None:
        self.name = name
        """How messages call the file."""
        self.root = root
        self.lines = lines
        self._mistakes: dict[tuple[Line, str], None] = {}

    def wrong(self, where: Where, text: str) -> None:
        """Note a mistake at a key or table; said again, it counts once."""
        self._mistakes[self._line(where), f"{self._label(where)}{text}"] = None

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """File and text of each mistake so far."""
        return [(line.file, text) for line, text in sorted(self._mistakes)]

    def check(self) -> None:
        """Raise ReadingError with the mistakes in the order of their lines, if there are any."""
        if self._mistakes:
            first = sorted(self._mistakes)[:_SHOWN]
            lines = [f"{line.file}:{line.number}: {text}" for line, text in first]
            if more := len(self._mistakes) - len(first):
                lines.append(f"{self.name}: and {more} more; is it the right file?")
            raise ReadingError(lines)

    def at(self, where: Where) -> Any:
        """Value at a place, or None."""
        value: Any = self.root
        for step in where:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def items(self, name: str) -> list[Where]:
        """Places of the tables of an array of tables such as ``[[rule]]``; none if left out."""
        array = self.root.get(name, [])
        if isinstance(array, list) and all(isinstance(item, dict) for item in array):
            return [(name, index) for index in range(len(array))]
        self.wrong((name,), f"write it as [[{name}]] tables")
        return []

    def _line(self, where: Where) -> Line:
        """Line of the place, or of the nearest place above it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return Line(self.name, 1)

    def _label(self, where: Where) -> str:
        if len(where) > 1 and isinstance(where[1], int):
            identity = (self.at(where[:2]) or {}).get("id")
            label = f'{where[0]} "{identity}": ' if identity else f"{where[0]} {where[1] + 1}: "
            return label + "".join(
                f"item {step + 1}: " for step in where[2:] if isinstance(step, int)
            )
        while where and not isinstance(self.at(where), dict):
            where = where[:-1]
        return f"[{'.'.join(map(str, where))}]: " if where else ""


def read_file(path: Path, name: str = "") -> bytes:
    """Bytes of a settings file; ``name`` is how messages call it (else the path as given).

    Raises:
        DeskcueError: it cannot be read, or is too large.
    """
    name = name or str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DeskcueError(f"{name}: cannot read it: {reason(path, error)}") from None
    if len(data) > LARGEST_FILE:
        raise DeskcueError(f"{name}: larger than {LARGEST_FILE // 1000} kB; is it the right file?")
    return data


def parse_toml(data: bytes, name: str) -> Document:
    """Parse the bytes of a TOML file.

    Raises:
        ReadingError: it is no TOML, or no UTF-8.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        lines = {where: Line(name, number) for where, number in line_numbers(text).items()}
        return Document(name, tomllib.loads(text), lines)
    except RecursionError:
        raise ReadingError([f"{name}: no TOML that can be read: nested too deeply"]) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadingError([f"{name}:{line}: not UTF-8; save the file as UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
        if not found:
            raise ReadingError([f"{name}: no TOML: {error}"]) from None
        raise ReadingError(
            [f"{name}:{found[2]}: no TOML: {found[1]} (column {found[3]})"]
        ) from None
    except ValueError:  # the one that is left: Python reads no number of thousands of digits
        raise ReadingError([f"{name}: no TOML that can be read: too long a number"]) from None


def near(word: str, known: Iterable[str]) -> str:
    """`` did you mean "…"?`` if a known word is near, else nothing."""
    matches = difflib.get_close_matches(word, [*known], n=1, cutoff=0.5)
    return f'; did you mean "{matches[0]}"?' if matches else ""
