"""Shows how desks do: a table for people, JSON for programs."""

import datetime
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from firmware_py.contract.payloads import DeskState
from firmware_py.fleet.status.roll_call import DeskStatus

_COLOUR: Final = {DeskState.READY: "green", DeskState.DEGRADED: "yellow", DeskState.LOST: "red"}
_TITLES: Final = (
    *("floor", "desk", "state", "spoke", "version", "rulebook", "set", "CPU", "°C", "event"),
    "waiting",
)
_RIGHT: Final = ("spoke", "set", "CPU", "°C", "event", "waiting")
_NOTHING: Final = "-"
_STEPS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def to_json(one: DeskStatus) -> str:
    """One desk, one line."""
    told: dict[str, Any] = {**asdict(one.desk), **asdict(one)}
    told["desk"] = one.desk.desk
    return json.dumps(told, ensure_ascii=False)


def table(desks: Sequence[DeskStatus], now: datetime.datetime) -> Table:
    """A row for each desk."""
    made = Table(box=None, pad_edge=False)
    for title in _TITLES:
        made.add_column(title, justify="right" if title in _RIGHT else "left")
    for one in desks:
        made.add_row(*map(Text, (one.desk.floor, one.desk.desk)), _state(one), *_rest(one, now))
    return made


def wrong(desks: Sequence[DeskStatus]) -> list[str]:
    """A line for each desk with faults, or that refused something."""
    found = {one: [*one.faults, *(f"refuses {line}" for line in one.refused)] for one in desks}
    return [
        f"{one.desk.floor}/{one.desk.desk}: {'; '.join(lines)}"
        for one, lines in found.items()
        if lines
    ]


def counts(desks: Sequence[DeskStatus]) -> str:
    """How many do how, in one line."""
    number = Counter(str(one.state or "unknown") for one in desks)
    parts = [f"{count} {state}" for state, count in sorted(number.items())]
    return f"{len(desks)} desks: {', '.join(parts)}" if desks else "no desk"


def _state(one: DeskStatus) -> Text:
    if one.state is None:
        return Text("unknown")
    return Text(f"{one.state}{' (light only)' if one.light_only else ''}", _COLOUR[one.state])


def _rest(one: DeskStatus, now: datetime.datetime) -> list[Text]:
    book = f"{one.rulebook} v{one.rulebook_version}" if one.rulebook else _NOTHING
    cpu = None if one.cpu is None else f"{one.cpu:.0%}"
    degrees = None if one.temperature_c is None else f"{one.temperature_c:.0f}"
    rest = (one.version, book, one.settings_version, cpu, degrees, _age(one.last_event, now))
    shown = [_age(one.at, now), *map(_shown, rest), _shown(one.pending)]
    return [*map(Text, shown)]


def _shown(value: object) -> str:
    return _NOTHING if value is None else str(value)


def _age(at: str | None, now: datetime.datetime) -> str:
    """How long ago, in the largest unit that fits."""
    try:
        seconds = (now - datetime.datetime.fromisoformat(at or "")).total_seconds()
    except (ValueError, TypeError):
        return _NOTHING
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "now"
