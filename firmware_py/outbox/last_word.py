"""What ear and uplink tell each other of how they do: the last word of each, in a file of its own.

Where the device is installed it lies in memory: said twice a minute it would wear out a card, and
after a power cut it is worth nothing. Elsewhere it lies beside the outbox.
"""

import json
from pathlib import Path
from typing import Any, Final, NoReturn

from firmware_py.outbox.database import outbox_error

INSTALLED: Final = Path("/var/lib/deskcue")
"""Folder of an installed device's outbox."""
RUN: Final = Path("/run/deskcue-ear")
"""Where an installed ear may write that is no disk (its unit's RuntimeDirectory)."""


_TYPES: Final = {
    "uptime_s": int | float,
    "light": str,
    "rulebook": str,
    "rulebook_version": int,
    "rulebook_sha256": str | None,
    "settings_version": int,
    "settings_problem": str,
}
"""Of what is read by name; whoever wrote may be of another version, or have written half."""


def sound(word: dict[str, Any]) -> dict[str, Any]:
    """What of a word can be relied on."""
    kept = {key: one for key, one in word.items() if isinstance(one, _TYPES.get(key, object))}
    if "faults" in word:
        said = word["faults"] if isinstance(word["faults"], list) else []
        kept["faults"] = [*filter(None, map(_fault, said))]
    return kept


def _fault(said: Any) -> dict[str, Any] | None:
    if not isinstance(said, dict):
        return None
    fault = {key: said.get(key) for key in ("code", "line", "since")}
    return fault if isinstance(fault["code"], str) and isinstance(fault["line"], str) else None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


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
        word = json.loads(place.read_text("utf-8"), parse_constant=_no_number)
        return word if isinstance(word, dict) else None
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError as error:
        raise outbox_error(place, "read", error) from None
