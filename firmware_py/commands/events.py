"""Show what was found on this desk, from the outbox on disk, and whether it has left."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from rich.markup import escape

from firmware_py.commands import settings, settings_argument
from firmware_py.contract.contest import KIND as CONTEST_KIND
from firmware_py.core.access import is_there
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.core.terminal import print_json
from firmware_py.outbox.event import SUMMARY
from firmware_py.outbox.store import Counts, Outbox, Row
from firmware_py.reports.wording import zone
from firmware_py.settings.config import Config

_LOOK_S: Final = 0.5
_MOST: Final = 2**31
"""Events that anybody may ask for: SQLite counts no further than 2**63."""
_COLOUR: Final = {"red": "red", "amber": "yellow", "none": "bright_black"}


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--follow", action="store_true", help="go on as events come")
    parser.add_argument("--json", action="store_true", help="one CloudEvent a line")
    parser.add_argument("--last", type=int, default=50, metavar="N", help="how many (default: 50)")
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Show them."""
    outbox = open_outbox(settings(args))
    try:
        show = _print_json if args.json else _Lines().show
        for row in _rows(outbox, args.last, args.follow):
            show(row)
        if not args.json:
            _print_counts(outbox.counts())
    finally:
        outbox.close()
    return 0


def open_outbox(config: Config) -> Outbox:
    """Open the outbox of a device that has heard something.

    Raises:
        DeskcueError: there is none yet, or it cannot be read.
    """
    if not is_there(config.outbox.path):
        raise DeskcueError(
            f"there is no outbox {config.outbox.path} yet: nothing was heard on this device"
            " (or name its settings with --config)"
        )
    return Outbox(
        config.outbox.path,
        config.outbox.max_events,
        read_only=True,
        light_only=config.privacy.light_only,
    )


def _rows(outbox: Outbox, last: int, follow: bool) -> Iterator[Row]:
    seen = 0
    for row in outbox.latest(min(max(0, last), _MOST)):
        seen = row.id
        yield row
    if not last:
        seen = max((row.id for row in outbox.latest(1)), default=0)
    while follow:
        for row in outbox.history(after=seen):
            seen = row.id
            yield row
        time.sleep(_LOOK_S)


def _print_json(row: Row) -> None:
    print_json(row.event)


class _Lines:
    """Prints a line an event, and the day where it changes."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._day = ""

    def show(self, row: Row) -> None:
        event, data = row.event, row.event["data"]
        moment = datetime.fromisoformat(event["time"]).astimezone()
        if (day := f"{moment:%Y-%m-%d}") != self._day:
            self._day = day
            self._console.print(f"[bold]{day}[/bold] {zone(moment)}")
        left = _left(row)
        if data["kind"] == CONTEST_KIND:
            about = f"{escape(event['contestreason'])}: event {event['subject'][:8]}"
            self._console.print(f"{moment:%H:%M:%S}  ✎ contested, {about}  {left}")
            return
        if data["kind"] == SUMMARY:
            self._console.print(f"{moment:%H:%M:%S}  ─ {_call(data)}  {left}")
            return
        colour = _COLOUR.get(data["cue"], "white")
        self._console.print(
            f"{moment:%H:%M:%S}  [{colour}]●[/{colour}] {escape(data['clause'] or '-'):4}"
            f" {escape(data['rule']):20} {escape(data['kind']):13} {data['duration_s']:5.1f} s"
            f"  {left}"
        )


def _left(row: Row) -> str:
    if row.private:
        return "[cyan]stays here[/cyan]"
    return "[green]sent[/green]" if row.sent else "[yellow]waits[/yellow]"


def _call(data: Mapping[str, Any]) -> str:
    lasted = max(data["duration_s"], 0.1)
    return (
        f"call of {int(lasted) // 60}:{int(lasted) % 60:02} ends: agent spoke"
        f" {data['talk_s'] / lasted:.0%}, caller {data['listen_s'] / lasted:.0%}"
    )


def _print_counts(counts: Counts) -> None:
    dropped = f", {counts.dropped} dropped for want of room" if counts.dropped else ""
    private = f", {counts.private} stay here" if counts.private else ""
    print(f"{counts.pending} wait, {counts.sent} sent{private}{dropped}")
