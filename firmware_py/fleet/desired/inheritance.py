"""Settings of a site's desks, inherited from site to floor to desk, and where each comes from.

A folder of TOML files with the keys of ``deskcue.toml`` that a site may set:

=============================  ==========================================
``site.toml``                  every desk of the site
``floors/FLOOR.toml``          every desk of the floor; goes over the site
``desks/FLOOR/DESK.toml``      one desk; goes over both
=============================  ==========================================
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Config, Desk
from firmware_py.settings.desired import RefusedError, Setting, lay_over
from firmware_py.settings.toml_document import Document, ReadingError, parse_toml, read_file


@dataclass(frozen=True, slots=True)
class Assignment:
    """A line of a file that sets a key."""

    key: str
    value: Setting
    level: str
    """``site``, ``floor`` or ``desk``."""
    file: str
    """Below the folder."""
    line: int


@dataclass(frozen=True, slots=True)
class Explained:
    """Where the value of a key comes from."""

    holds: Assignment
    over: tuple[Assignment, ...]
    """What it goes over, the nearest first."""


class SiteFolder:
    """The folder, read and checked as a whole."""

    def __init__(self, folder: Path) -> None:
        """Read every file.

        Raises:
            DeskcueError: there is none, or there are mistakes; one line for each.
        """
        if not folder.is_dir():
            raise DeskcueError(f"{folder} is no folder of settings (site.toml, floors/, desks/)")
        self._files: dict[tuple[str, ...], list[Assignment]] = {}
        mistakes: list[str] = []
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if hidden or path.is_dir():  # a folder's own .git, too
                continue
            try:
                where, level = _place(path.relative_to(folder))
                self._files[where] = [*_assignments(path, str(path.relative_to(folder)), level)]
            except DeskcueError as error:
                mistakes.append(str(error))
        if mistakes:
            raise ReadingError(mistakes)

    def explain(self, desk: Desk) -> list[Explained]:
        """Every key that is set for a desk, by its name."""
        found: dict[str, list[Assignment]] = {}
        for where in ((), (desk.floor,), (desk.floor, desk.desk)):
            for one in self._files.get(where, ()):
                found.setdefault(one.key, []).insert(0, one)
        return [Explained(first, tuple(rest)) for _, (first, *rest) in sorted(found.items())]

    def idle(self, desks: Iterable[Desk]) -> list[str]:
        """Files that are for none of these desks, for a name is mistyped or its desk is new."""
        known = {()} | {where for one in desks for where in ((one.floor,), (one.floor, one.desk))}
        return [_file(where) for where in self._files if where not in known]

    def settings(self, desk: Desk) -> dict[str, Setting]:
        """What the desk shall have."""
        return {one.holds.key: one.holds.value for one in self.explain(desk)}


def _file(where: tuple[str, ...]) -> str:
    """Name below the folder of a floor's or a desk's file."""
    return f"{'desks' if len(where) > 1 else 'floors'}/{'/'.join(where)}.toml"


def _place(path: Path) -> tuple[tuple[str, ...], str]:
    """Floor and desk of a file, as far as it is of one, and its level."""
    match path.with_suffix("").parts:
        case ("site",) if path.suffix == ".toml":
            return (), "site"
        case ("floors", floor) if path.suffix == ".toml":
            return (floor,), "floor"
        case ("desks", floor, desk) if path.suffix == ".toml":
            return (floor, desk), "desk"
    raise DeskcueError(
        f"{path} belongs to no level: write site.toml, floors/FLOOR.toml or desks/FLOOR/DESK.toml"
    )


def _assignments(path: Path, name: str, level: str) -> Iterator[Assignment]:
    document = parse_toml(read_file(path, name), name)
    settings = dict(_flat(document.root))
    try:
        lay_over(Config(), settings)
    except RefusedError as error:
        lines = (f"{name}:{_line(document, key)}: {why}" for key, why in error.refusals.items())
        raise ReadingError(lines) from None
    for key, value in settings.items():
        yield Assignment(key, value, level, name, _line(document, key))


def _flat(root: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    for key, value in root.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", held) for inner, held in value.items())
        else:
            yield key, value


def _line(document: Document, key: str) -> int:
    where = tuple(key.split("."))
    line = document.lines.get(where) or document.lines.get(where[:1])
    return line.number if line else 1
