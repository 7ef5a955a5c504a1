"""What ear and uplink tell each other of how they do: the last word of each, in a file of its own.

Where the device is installed it lies in memory: said twice a minute it would wear out a card, and
after a power cut it is worth nothing. Elsewhere it lies beside the outbox.
"""

import json
from pathlib import Path
from typing import Any, Final

from firmware_py.outbox.database import outbox_error

INSTALLED: Final = Path("/var/lib/deskcue")
"""Folder of an installed device's outbox."""
RUN: Final = Path("/run/deskcue-ear")
"""Where an installed ear may write that is no disk (its unit's RuntimeDirectory)."""


def _place(outbox: Path, key: str) -> Path:
    if outbox.parent == INSTALLED and RUN.is_dir():
        return RUN / f"{key}.json"
    return outbox.with_name(f"{outbox.name}.{key}.json")


def put(outbox: Path, key: str, value: Any) -> None:
    """Leave word, whole or not at all.

    Raises:
        OutboxError: it cannot be written.
    """
    place = _place(outbox, key)
    beside = place.with_suffix(".new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(value), "utf-8")
        beside.replace(place)
    except OSError as error:
        raise outbox_error(place, "written", error) from None


def get(outbox: Path, key: str) -> Any:
    """The last word, or None.

    Raises:
        OutboxError: it is there and may not be read.
    """
    place = _place(outbox, key)
    try:
        return json.loads(place.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise outbox_error(place, "read", error) from None
