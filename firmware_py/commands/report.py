"""Count what was found on this desk by clause and kind, per shift and per call.

A shift is what lies between two pauses of four hours or more. Without --day or --call the last one
is shown. It is counted from the events on disk, which hold no sound and no words.
"""

import io
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from firmware_py.commands import language_argument, settings, settings_argument
from firmware_py.commands.events import open_outbox
from firmware_py.commands.floor_report import print_floors
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.whole_file import write_whole
from firmware_py.reports.shift import Shift
from firmware_py.reports.shift_builder import newest_shifts
from firmware_py.reports.shift_csv import write_csv
from firmware_py.reports.shift_page import report_page
from firmware_py.reports.shift_table import print_shift
from firmware_py.rules import load_rulebook
from firmware_py.rules.clauses import clauses
from firmware_py.settings.config import Config


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--day", metavar="YYYY-MM-DD", help="shifts that began on that day")
    which.add_argument(
        "--call", metavar="ID", help="one call: its id, or when it began: HH:MM:SS of the last day"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--csv",
        nargs="?",
        const="utf-8",
        choices=("utf-8", "utf-8-sig"),
        metavar="ENCODING",
        help="one line for each call and rule; utf-8-sig is what Excel reads Chinese from",
    )
    form.add_argument("--html", type=Path, metavar="FILE", help="write one page that stands alone")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="URL",
        help="floors instead, from the database that deskcue fleet collect writes",
    )
    parser.add_argument("--floor", default="", help="with --from: this floor alone")
    parser.add_argument("--days", type=int, default=7, help="with --from: how many (default: 7)")
    language_argument(parser)
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Show it."""
    config = settings(args)
    if args.source:
        return print_floors(args, clause_titles(config, args.lang))
    day = _day(args.day) if args.day else None
    outbox = open_outbox(config)
    try:
        reported = _select(newest_shifts(outbox.newest_first()), day, args.call)
    finally:
        outbox.close()
    if args.csv:
        _print_csv(reported, args.csv)
        return 0
    titles = clause_titles(config, args.lang)
    if args.html:
        _write(args.html, report_page(reported, titles, config.desk.desk, args.lang))
        return 0
    for shift in reported:
        print_shift(shift, titles, args.lang)
    return 0


def _print_csv(reported: Sequence[Shift], encoding: str) -> None:
    """Write to standard output, in this encoding whatever the terminal's is."""
    text = io.StringIO()
    write_csv(reported, text)
    sys.stdout.buffer.write(text.getvalue().encode(encoding))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--day reads {text!r}; write a day like 2026-11-24") from None


def _select(known: Iterable[Shift], day: date | None, call: str | None) -> list[Shift]:
    """The shifts that were asked for, or the one call; reads no further back than it must.

    Args:
        known: all shifts, the newest first.
        day: on which they began; None: the last one.
        call: id of a call, or when it began.

    Raises:
        DeskcueError: there is none.
    """
    if call:
        return [_only(known, call)]
    days: set[date] = set()
    found: list[Shift] = []
    for shift in known:
        days.add(shift.began.date())
        if day is None or shift.began.date() == day:
            found.insert(0, shift)
        if day is None or shift.began.date() < day:
            break
    if not days:
        raise DeskcueError("no events on this desk yet, so there is nothing to report")
    if not found:
        told = ", ".join(map(str, sorted(days)[-5:]))
        raise DeskcueError(f"no shift began on {day}; the nearest days with events: {told}")
    return found


def _only(known: Iterable[Shift], name: str) -> Shift:
    """The one call of a shift, as if it were all."""
    for shift in known:
        for call in shift.calls:
            if name in (call.id, f"{call.began:%H:%M:%S}", f"{call.began:%Y-%m-%dT%H:%M:%S}"):
                return replace(shift, calls=(call,), found=call.found, hours={}, began=call.began)
    raise DeskcueError(f"there is no call {name}; deskcue report --csv shows every id")


def clause_titles(config: Config, language: str) -> dict[str, str]:
    """What clauses and the rulebook's own rules are about."""
    try:
        rules = load_rulebook(config.rulebook).rules
    except DeskcueError:  # events can be looked at even where the rulebook is broken
        rules = ()
    own = {rule.id: rule.advice.in_language(language) for rule in rules if not rule.clause}
    return own | {clause: title.in_language(language) for clause, title in clauses().items()}


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise DeskcueError(f"cannot write {path}: {error.strerror}") from None
    print(f"wrote {path}", file=sys.stderr)
