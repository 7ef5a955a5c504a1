"""Show what this desk sent and keeps of a day, in plain words; contest a finding; light only.

For the agent. --serve shows the same as a page, to browsers on this machine alone.
"""

import threading
from argparse import ArgumentParser, Namespace
from contextlib import closing
from datetime import date

from rich.markup import escape

from firmware_py.commands import language_argument, settings, settings_argument
from firmware_py.commands.events import open_outbox
from firmware_py.commands.report import clause_titles
from firmware_py.commands.signals import stopped_by_signals
from firmware_py.contract.contest import ContestReason
from firmware_py.core.clock import SystemClock
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.log import start_logging
from firmware_py.core.messages import message
from firmware_py.core.service_manager import notify
from firmware_py.my_desk.contesting import contest_event
from firmware_py.my_desk.day import Entry, entries_of
from firmware_py.my_desk.requests import MyDesk
from firmware_py.my_desk.server import ADDRESS, PORT, make_server
from firmware_py.my_desk.words import what, where
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config

_SHORT = 8
"""Letters of an id that are shown, and enough to name it."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="another day than today")
    do = parser.add_mutually_exclusive_group()
    do.add_argument("--contest", metavar="ID", help="contest a finding of the day; with --reason")
    do.add_argument("--light-only", choices=("on", "off"), help="if the site leaves it to you")
    do.add_argument("--serve", action="store_true", help=f"a page at http://{ADDRESS}:{PORT}/")
    parser.add_argument("--reason", choices=[*ContestReason], help="why")
    parser.add_argument("--port", type=int, default=PORT, help=f"with --serve (default: {PORT})")
    language_argument(parser)
    settings_argument(parser)


def main(args: Namespace) -> int:
    """Do what was asked, then show the day."""
    config = settings(args)
    if bool(args.contest) != bool(args.reason):
        raise UsageError("--contest ID goes with --reason, which says why")
    day = _day(args.day)
    with closing(_outbox(config, args)) as outbox:
        if args.serve:
            return _serve(config, outbox, args.port)
        if args.light_only:
            outbox.privacy.choose(on=args.light_only == "on")
        if args.contest:
            event = _only(entries_of(outbox, day), args.contest)
            clock = SystemClock()
            now, known = clock.now(), clock.is_set()
            reason = ContestReason(args.reason)
            contest_event(outbox, config.desk, event, reason, now, clock_set=known)
        _print(config, outbox, day, args.lang)
    return 0


def _outbox(config: Config, args: Namespace) -> Outbox:
    if not (args.serve or args.contest or args.light_only):
        return open_outbox(config)
    open_outbox(config).close()  # one that is not there is not made here
    shelf = config.outbox
    return Outbox(shelf.path, shelf.max_events, light_only=config.privacy.light_only)


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise UsageError(f"--day reads {text!r}; write a day like 2026-11-24") from None


def _only(entries: list[Entry], name: str) -> str:
    found = [one.id for one in entries if one.id.startswith(name)]
    if len(found) != 1:
        raise DeskcueError(f"{len(found)} events of that day have an id that begins with {name!r}")
    return found[0]


def _print(config: Config, outbox: Outbox, day: date, lang: str) -> None:
    console, titles = Console(highlight=False), clause_titles(config, lang)
    console.print(message("my_desk.day", lang, desk=escape(config.desk.desk), day=day))
    on = "on" if outbox.privacy.is_on else "off"
    console.print(message(f"my_desk.light_only_{on}", lang))
    entries = entries_of(outbox, day)
    for one in entries:
        place = escape(where(one, lang))
        told = escape(what(one, titles, lang))
        console.print(f"{one.at:%H:%M:%S}  {one.id[:_SHORT]}  {told}  [bright_black]{place}[/]")
    if not entries:
        console.print(message("my_desk.nothing", lang))
    console.print(message("my_desk.besides", lang))


def _serve(config: Config, outbox: Outbox, port: int) -> int:
    start_logging()
    clock = SystemClock()
    desk = MyDesk(
        config.desk, outbox, lambda lang: clause_titles(config, lang), clock.now, clock.is_set
    )
    server = make_server(desk, port)
    print(f"http://{ADDRESS}:{server.server_address[1]}/", flush=True)
    with stopped_by_signals() as stop, server:
        worker = threading.Thread(target=server.serve_forever, daemon=True)
        worker.start()
        notify("READY=1")
        stop.wait()
        server.shutdown()
    return 0
