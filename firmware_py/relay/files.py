"""Generated files that know whether a person has changed them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError

_HEADER: Final = "# Made by deskcue setup audio; sha256 of what follows: "


class State(StrEnum):
    """What stands at a place, against what should."""

    NEW = "new"
    SAME = "unchanged"
    CHANGED = "changed"
    EDITED = "edited by hand"


@dataclass(frozen=True, slots=True)
class Planned:
    """A file to be written."""

    path: Path
    text: str
    """With its header."""
    state: State


def sealed(text: str) -> str:
    """The text below a line that holds its SHA-256."""
    return f"{_HEADER}{_digest(text)}\n{text}"


def plan_files(texts: Mapping[str, str], folder: Path) -> list[Planned]:
    """Compare texts with what stands below a folder.

    Raises:
        DeskcueError: a file cannot be read.
    """
    return [
        Planned(folder / name, sealed(text), _state(folder / name, sealed(text)))
        for name, text in texts.items()
    ]


def write_files(planned: list[Planned], *, force: bool = False) -> None:
    """Write what is new or changed, each file whole or not at all.

    Args:
        planned: all of them; nothing is written if one may not be.
        force: also over what was edited by hand.

    Raises:
        DeskcueError: a file was edited by hand, or cannot be written.
    """
    edited = [str(one.path) for one in planned if one.state is State.EDITED]
    if edited and not force:
        raise DeskcueError(
            f"{', '.join(edited)}: edited by hand, so nothing was written; --force replaces it"
        )
    for one in planned:
        if one.state is not State.SAME:
            _write(one)


def _write(one: Planned) -> None:
    beside = one.path.with_name(f"{one.path.name}.new")
    try:
        one.path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(one.text, "utf-8")
        beside.replace(one.path)
    except OSError as error:
        raise DeskcueError(f"{one.path}: cannot write it: {reason(one.path, error)}") from None


def _state(path: Path, wanted: str) -> State:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return State.NEW
    except (OSError, UnicodeDecodeError) as error:
        said = reason(path, error) if isinstance(error, OSError) else "not UTF-8"
        raise DeskcueError(f"{path}: cannot read it: {said}") from None
    if text == wanted:
        return State.SAME
    return State.CHANGED if _untouched(text) else State.EDITED


def _untouched(text: str) -> bool:
    """Whether a text is still what its own header says."""
    header, _, rest = text.partition("\n")
    return header == f"{_HEADER}{_digest(rest)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
