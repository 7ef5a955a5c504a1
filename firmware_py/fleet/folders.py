"""Folders of secrets: made whole or not at all, files with the modes that they need."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError


@contextlib.contextmanager
def whole_folder(out: Path, why: str) -> Iterator[Path]:
    """A folder beside ``out`` that takes its name once all is in it.

    Args:
        out: the folder to make.
        why: why it must be a new one, and what to do.

    Raises:
        DeskcueError: it is there already, or cannot be made.
    """
    if out.exists():
        raise DeskcueError(f"{out} is there already; {why}")
    made: Path | None = None
    try:
        made = Path(tempfile.mkdtemp(dir=out.absolute().parent, prefix=f".{out.name}."))
        yield made
        made.chmod(0o755)
        made.rename(out)
    except OSError as error:
        raise DeskcueError(
            f"{out} cannot be made ({reason(out.absolute().parent, error)})"
        ) from None
    finally:
        if made and made.exists():
            shutil.rmtree(made)


def write_file(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write a new file, and the folders above it.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = 0o600 if secret else 0o644
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
