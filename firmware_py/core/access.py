"""Says why a file may not be used, and which group or command would let it."""

import grp
import os
from pathlib import Path


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
