"""Sees to it that one process at a time does a job, and names the one that does."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from firmware_py.core.errors import DeskcueError


@contextlib.contextmanager
def hold(path: Path, what: str) -> Iterator[None]:
    """Hold a lock file; the kernel lets it go when the process ends, however it ends.

    Where the file cannot be made (a full or read-only card) nobody can be kept out, and the work
    goes on all the same.

    Args:
        path: the lock file; it stays where it is.
        what: who holds it, as a person reads it.

    Raises:
        DeskcueError: another process holds it; the line names it.
    """
    lock = _open(path)
    if lock is None:
        yield
        return
    try:
        if not _take(lock):
            pid = _pid(lock)
            raise DeskcueError(f"{what} runs already (pid {pid}, {path}): stop that one first")
        with contextlib.suppress(OSError):
            os.pwrite(lock, f"{os.getpid():<10}\n".encode(), 0)
        yield
    finally:
        os.close(lock)


def holder(path: Path) -> int | None:
    """Process that holds a lock file, or None."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return None if _take(lock) else _pid(lock)
    finally:
        os.close(lock)


def _open(path: Path) -> int | None:
    for flags in (os.O_RDWR | os.O_CREAT, os.O_RDONLY):
        with contextlib.suppress(OSError):
            return os.open(path, flags | os.O_CLOEXEC, 0o660)
    return None


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks keeps nobody out
        return True
    return True


def _pid(lock: int) -> int:
    """Process that wrote itself into the file; 0 if it could not."""
    text = os.pread(lock, 20, 0).strip()
    return int(text) if text.isdigit() else 0
