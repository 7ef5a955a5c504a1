"""Writing a file that somebody named: whole or not at all."""

import contextlib
import os
import stat
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; where that fails, what was there stays. Links stay, and rights.

    Raises:
        OSError: it cannot be written.
    """
    place = Path(os.path.realpath(path))
    if (path.exists() and not path.is_file()) or not os.access(place.parent, os.W_OK):
        path.write_bytes(content)  # a device or pipe, or a folder that takes no file beside it
        return
    beside = place.with_name(f".deskcue-{os.getpid()}.new")
    try:
        beside.write_bytes(content)
        if place.exists():
            give_the_same_rights(place, beside)
        beside.replace(place)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def give_the_same_rights(path: Path, draft: Path) -> None:
    """Let whoever reads a file read the one that takes its place."""
    kept = path.stat()
    with contextlib.suppress(PermissionError):  # only root may give files away
        os.chown(draft, kept.st_uid, kept.st_gid)
    draft.chmod(stat.S_IMODE(kept.st_mode))
