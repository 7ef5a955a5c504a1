"""What journals tell of pushes, for whoever audits them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from firmware_py.fleet.push.journal import SUFFIX, read_journal
from firmware_py.fleet.push.state import Entry
from firmware_py.fleet.push.table import line

_FOR_A_REASON: Final = ("held", "going back", "back")


@dataclass(frozen=True, slots=True)
class Story:
    """One push, in short."""

    push: str
    by: str
    scope: str
    desks: int
    """That it was to reach."""
    reached: int
    """That it was sent to."""
    last: str
    """What was decided last: ``done``, ``back``, ``held``, …"""
    at: str
    """When, UTC."""
    why: str


def stories(folder: Path) -> Iterator[Story]:
    """Every push of a folder, the newest first.

    Raises:
        DeskcueError: a journal was changed, or is none.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        if lines := read_journal(path):
            yield _story(lines)


def _story(lines: Sequence[Mapping[str, Any]]) -> Story:
    first, last = lines[0], lines[-1]
    reached = {one for each in lines if each["what"] == "sent" for one in each["desks"]}
    stands = last["what"] in _FOR_A_REASON  # else it went on from where it was held
    why = next((each["why"] for each in reversed(lines) if stands and each.get("why")), "")
    return Story(
        first["push"],
        first["by"],
        first["scope"],
        sum(map(len, first["stages"])),
        len(reached),
        last["what"],
        last["at"],
        why,
    )


def table(told: Sequence[Story]) -> Table:
    """A row for each push."""
    made = Table(box=None, pad_edge=False)
    for title in ("push", "by", "to", "desks", "reached", "last", "why"):
        made.add_column(title, justify="right" if title in ("desks", "reached") else "left")
    for one in told:
        counts = (str(one.desks), str(one.reached))
        made.add_row(*map(Text, (one.push, one.by, one.scope, *counts, one.last, one.why)))
    return made


def to_json(story: Story) -> str:
    """One push, one line."""
    return json.dumps(asdict(story), ensure_ascii=False)


def whole(path: Path) -> Iterator[str]:
    """Every line of one push's journal, for a person.

    Raises:
        DeskcueError: it was changed, or is none.
    """
    for each in read_journal(path):
        told = f" by {each['by']} to {each['scope']}" if each["what"] == "begun" else ""
        yield f"{each['at']}  {line(Entry(each['what'], each))}{told}"
