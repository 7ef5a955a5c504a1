"""Which of the things that a site publishes this device wants."""

import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, Final

from firmware_py import __version__
from firmware_py.core.errors import DeskcueError

LARGEST: Final[Mapping[str, int]] = MappingProxyType(
    {"rulebooks": 1_000_000, "settings": 1_000_000, "software": 500_000_000}
)
"""Kind, which is the first part of a path -> bytes that one may have."""
MOST: Final = 500
"""How many rulebooks and settings there may be."""


@dataclass(frozen=True, slots=True)
class Published:
    """Something that the site publishes."""

    path: str
    """``KIND/NAME``."""
    length: int
    """Bytes."""
    custom: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.path.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Machine:
    """What software must fit."""

    version: str = __version__
    """Of the program that runs."""
    machine: str = platform.machine()
    python: str = f"{sys.version_info.major}.{sys.version_info.minor}"


def choose(published: Iterable[Published], machine: Machine) -> list[Published]:
    """Give what this device wants: rulebooks and settings, and the newest software that fits.

    Raises:
        DeskcueError: something is larger than its kind may be, or its path is none of ours.
    """
    wanted = [_checked(one) for one in published if one.kind in LARGEST]
    plain = [one for one in wanted if one.kind != "software"]
    if len(plain) > MOST:
        raise DeskcueError(f"the site publishes {len(plain)} packs; a desk takes {MOST} at most")
    return plain + _newest(wanted, machine)


def _checked(one: Published) -> Published:
    path = PurePosixPath(one.path)
    if len(path.parts) != 2 or ".." in path.parts or str(path) != one.path:
        raise DeskcueError(f"the site publishes {one.path!r}, which is no path of ours")
    if one.length > LARGEST[one.kind]:
        raise DeskcueError(
            f"{one.path} has {one.length} bytes; a desk takes {LARGEST[one.kind]} at most"
        )
    return one


def _newest(wanted: list[Published], machine: Machine) -> list[Published]:
    fits = [
        one
        for one in wanted
        if one.kind == "software"
        and (one.custom.get("machine"), one.custom.get("python"))
        == (machine.machine, machine.python)
        and _number(one) > _parts(machine.version)
    ]
    return [*_last(sorted(fits, key=_number))]


def _last(sorted_ones: list[Published]) -> Iterator[Published]:
    yield from sorted_ones[-1:]


def _number(one: Published) -> tuple[int, ...]:
    return _parts(str(one.custom.get("version", "")))


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
