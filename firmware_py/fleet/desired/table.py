"""Shows where each of a desk's settings comes from."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from firmware_py.fleet.desired.inheritance import Assignment, Explained
from firmware_py.fleet.status.roll_call import DeskStatus
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import digest


def table(explained: Sequence[Explained]) -> Table:
    """A row for each key."""
    made = Table(box=None, pad_edge=False)
    for title in ("key", "value", "from", "goes over"):
        made.add_column(title)
    for one in explained:
        over = ", ".join(f"{_shown(each)} ({_place(each)})" for each in one.over)
        made.add_row(*map(Text, (one.holds.key, _shown(one.holds), _place(one.holds), over)))
    return made


def in_force(explained: Sequence[Explained], status: DeskStatus | None) -> str:
    """Whether the desk has them, in one line."""
    if status is None or status.settings_version is None:
        return "the desk has not reported yet what is in force"
    refused = "".join(f"; it refuses {line}" for line in status.refused)
    same = status.settings_sha256 == _sha256(explained)
    what = "these are in force" if same else "other settings are in force; push these"
    return f"{what} (version {status.settings_version}){refused}"


def _sha256(explained: Sequence[Explained]) -> str:
    return digest({one.holds.key: one.holds.value for one in explained})


def to_json(desk: Desk, explained: Sequence[Explained], status: DeskStatus | None = None) -> str:
    """One desk, one line; ``sha256`` is what the desk will report once it has them."""
    told: dict[str, Any] = {
        "floor": desk.floor,
        "desk": desk.desk,
        "sha256": _sha256(explained),
        "in_force": status and status.settings_sha256,
        "settings": [{**asdict(one.holds), "over": [*map(asdict, one.over)]} for one in explained],
    }
    return json.dumps(told, ensure_ascii=False)


def _shown(one: Assignment) -> str:
    return json.dumps(one.value, ensure_ascii=False)


def _place(one: Assignment) -> str:
    return f"{one.level}, {one.file}:{one.line}"
