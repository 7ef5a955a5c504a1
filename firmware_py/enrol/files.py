"""Files that are there whole or not at all, whatever happens to the power; and their blanking."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

BLANK: Final = b"#cloud-config\n{}\n"
"""User data for cloud-init that says nothing."""
BOOT: Final = (Path("/boot/firmware/user-data"), Path("/boot/user-data"))
"""Where the boot partition's first file may lie."""
CACHES: Final = (Path("/var/lib/cloud"),)
"""Where cloud-init keeps what it has read."""
_LARGEST: Final = 1_000_000


def write(path: Path, content: bytes, mode: int) -> None:
    """Write a file; it gets its folder's group.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    beside = path.with_name(f"{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        _join(file.fileno(), path.parent.stat().st_gid)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def _join(handle: int, group: int) -> None:
    """Give a file to a group, unless it is its already: the unit's sandbox has no call for that."""
    if os.fstat(handle).st_gid != group:
        os.fchown(handle, -1, group)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until a folder's names are on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blank(secret: str, boot: Iterable[Path] = BOOT, caches: Iterable[Path] = CACHES) -> list[Path]:
    """Overwrite user data that holds a secret, and the secret wherever cloud-init keeps it.

    In place, for a new file would leave the old one's blocks; what a memory card itself keeps
    aside nobody can reach, which is why a spent token is worth nothing.

    Raises:
        OSError: a file that holds it cannot be written.
    """
    word, done = secret.encode(), []
    for path in boot:
        if word in _content(path):
            _overwrite(path, BLANK.ljust(path.stat().st_size, b"\n"))
            done.append(path)
    for path in _files(caches):
        content = _content(path)
        if word in content:
            _overwrite(path, content.replace(word, b"x" * len(word)))
            done.append(path)
    return done


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path


def _content(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if path.stat().st_size <= _LARGEST:
            return path.read_bytes()
    return b""


def _overwrite(path: Path, content: bytes) -> None:
    """Overwrite a file in place, though its owner may only read it: that is how some are kept."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & stat.S_IWUSR:
        path.chmod(mode | stat.S_IWUSR)
    with path.open("r+b") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if not mode & stat.S_IWUSR:
            os.fchmod(file.fileno(), mode)
