"""Set this device up.

``deskcue setup audio`` looks at the sound cards that are plugged in, shows who is who, and writes
the relay's configuration below /etc/deskcue/relay. Run it again at any time: it writes only what
has changed, and nothing that was edited by hand.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.markup import escape
from rich.prompt import Prompt
from rich.table import Table

from firmware_py.commands import settings, settings_argument
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.relay.configuration import FOLDER, RelayPlan, configuration
from firmware_py.relay.files import Planned, State, plan_files, write_files
from firmware_py.relay.hardware import Card, Port, read_cards
from firmware_py.relay.headsets import headset_name
from firmware_py.relay.roles import Roles, choose_roles, choose_tap
from firmware_py.relay.versions import check_versions
from firmware_py.settings.config import Relay, RelayMode
from firmware_py.settings.reader import QUANTA

MODES: Final = [str(mode) for mode in RelayMode]
"""As plain words: an error names them as they are typed."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("what", choices=("audio",), help="what to set up")
    settings_argument(parser)
    parser.add_argument("--mode", choices=MODES, help="how the device lies in the path")
    parser.add_argument("--headset", metavar="ID", help="card id, USB id or part of the name")
    parser.add_argument("--computer", metavar="ID", help="likewise, of the card at the computer")
    parser.add_argument("--quantum", type=int, choices=QUANTA, help="samples handled at once")
    parser.add_argument("--dry-run", action="store_true", help="show it and write nothing")
    parser.add_argument("--force", action="store_true", help="replace what was edited by hand")
    parser.add_argument("--folder", type=Path, default=FOLDER, help=f"default: {FOLDER}")


def main(args: Namespace) -> int:
    """Look, choose, show, write."""
    relay, console = _wanted(args), Console()
    cards = read_cards()
    if relay.mode is RelayMode.TAP:
        tap = choose_tap(cards)
        console.print(_table(cards, {tap.index: "tap"}))
        _say(console, f'a tap needs no relay; in deskcue.toml: [tap] device = "{tap.name}"')
        return 0
    roles = _roles(cards, relay, console)
    console.print(_table(cards, {roles.headset.index: "headset", roles.computer.index: "computer"}))
    _say(console, check_versions())
    planned = plan_files(configuration(RelayPlan(relay.mode, roles, relay.quantum)), args.folder)
    for one in planned:
        _say(console, f"{one.state}: {one.path}")
    if not args.dry_run:
        os.umask(0o022)  # the relay's user is to read it
        _write(planned, roles, force=args.force)
        _say(console, _next(planned, relay))
    return 0


def _wanted(args: Namespace) -> Relay:
    """The settings, overruled by flags; on a terminal without flags a person is asked."""
    set_before = settings(args).relay
    mode = args.mode
    if mode is None and sys.stdin.isatty() and sys.stdout.isatty():
        mode = Prompt.ask("mode", choices=MODES, default=str(set_before.mode))
    return Relay(
        mode=RelayMode(mode or set_before.mode),
        headset=set_before.headset if args.headset is None else args.headset,
        computer=set_before.computer if args.computer is None else args.computer,
        quantum=args.quantum or set_before.quantum,
    )


def _roles(cards: Sequence[Card], relay: Relay, console: Console) -> Roles:
    """Who is who; the table says what is there if that cannot be told."""
    try:
        return choose_roles(cards, relay.mode, relay.headset, relay.computer)
    except DeskcueError:
        console.print(_table(cards, {}))
        raise


def _write(planned: list[Planned], roles: Roles, *, force: bool) -> None:
    """Write the files, unless a card has gone since it was looked at."""
    there = {(card.id, card.path) for card in read_cards()}
    for card in (roles.headset, roles.computer):
        if (card.id, card.path) not in there:
            raise DeskcueError(
                f"card {card.text} was unplugged meanwhile, so nothing was written;"
                " plug it in and start again"
            )
    write_files(planned, force=force)


def _next(planned: list[Planned], relay: Relay) -> str:
    if all(one.state is State.SAME for one in planned):
        return "all as it was"
    return (
        f'in deskcue.toml: [relay] mode = "{relay.mode}" and [tap] device = "deskcue_tap"; then:'
        " sudo systemctl enable --now deskcue-relay.service && sudo systemctl restart deskcue-relay"
    )


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(cards: Sequence[Card], roles: dict[int, str]) -> Table:
    table = Table("card", "USB", "in", "out", "role", box=None, pad_edge=False)
    for card in cards:
        known = headset_name(card.usb)
        role = roles.get(card.index) or (f"not used; {known}" if known else "not used")
        table.add_row(
            escape(card.text), card.usb or "-", _port(card.capture), _port(card.playback), role
        )
    return table


def _port(port: Port | None) -> str:
    return port.text if port else "-"
