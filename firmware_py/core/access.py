"""Says why a file may not be used, and which group or command would let it."""

import errno
import grp
import os
from pathlib import Path
from typing import Final

_LARGEST: Final = 32_000_000
"""Bytes; whatever a command is given, it takes no more memory."""


def reason(path: Path, error: OSError) -> str:
    """What the system says about a path and, where a right is missing, how to come by it."""
    said = error.strerror or str(error)
    return f"{said}; {remedy(path)}" if isinstance(error, PermissionError) else said


def remedy(path: Path) -> str:
    """What to do where the right to a path is missing."""
    group = _group(path)
    return "use sudo" + (f", or {joining(group)}" if group not in ("", "root") else "")


def joining(group: str) -> str:
    """How to join a group."""
    return f"join the group {group}: sudo usermod -aG {group} $USER, then log in again"


def read_bytes(path: Path, largest: int = _LARGEST) -> bytes:
    """All of a file that somebody named, which may be a device without an end.

    Raises:
        OSError: it cannot be read, or is too large.
    """
    with path.open("rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def is_there(path: Path) -> bool:
    """Whether a file is there, or may be: where looking is forbidden, opening it says so."""
    try:
        return path.exists()
    except PermissionError:
        return True


def nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that can be seen."""
    return next(one for one in (path, *path.absolute().parents) if os.access(one, os.F_OK))


def _group(path: Path) -> str:
    """Name of the group that the path, or the nearest folder that can be seen, belongs to."""
    number = nearest(path).stat().st_gid
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at a path now: device and inode; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
