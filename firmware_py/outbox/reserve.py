"""The reserve: room on disk beside the outbox, kept for what must still be done on a full disk.

It is a file, for ear and uplink are two processes: whichever meets the full disk first gives its
room away, and the ear lays it again before it writes an event. To look costs an event two system
calls beside a write that waits for the disk.
"""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

LARGEST_BYTES: Final = 512 * 1024
"""Room for what a full log holds of new pages, and to delete what was sent."""
_SHARE: Final = 4
"""On a tiny disk the reserve is this part of it."""


def lay(outbox: Path) -> bool:
    """Keep the room, unless it is kept already; False if the disk is full."""
    if is_laid(outbox):
        return True
    reserve = _file(outbox)
    try:
        with reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size(outbox))
    except OSError as error:
        with contextlib.suppress(OSError):
            reserve.unlink(missing_ok=True)
        return error.errno != errno.ENOSPC
    return True


def size(outbox: Path) -> int:
    """Give how many bytes are kept on the disk of this outbox."""
    disk = os.statvfs(outbox.parent)
    return min(LARGEST_BYTES, disk.f_blocks * disk.f_frsize // _SHARE)


def is_laid(outbox: Path) -> bool:
    """Whether the room is kept now, all of it."""
    try:
        return _file(outbox).stat().st_size >= size(outbox)
    except OSError:
        return False


def release(outbox: Path) -> bool:
    """Give the room away; False if there is none."""
    try:
        _file(outbox).unlink()
    except OSError:
        return False
    return True


def _file(outbox: Path) -> Path:
    return outbox.with_name(f"{outbox.name}.reserve")
