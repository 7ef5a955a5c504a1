"""Files below ``metadata/`` of what a site publishes, by role and version."""

import os
from pathlib import Path


def newest(folder: Path, role: str) -> Path | None:
    """File of the newest that a role has signed; None: there is none."""
    if role == "timestamp":
        path = folder / "metadata" / "timestamp.json"
        return path if path.exists() else None
    return max((folder / "metadata").glob(f"*.{role}.json"), key=_number, default=None)


def _number(path: Path) -> int:
    return int(path.name.partition(".")[0])


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
