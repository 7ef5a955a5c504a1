"""``deskcue fleet explain``, ``identify`` and ``metrics``."""

import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from firmware_py.commands.desk_argument import desk_argument
from firmware_py.commands.signals import stopped_by_signals
from firmware_py.contract.topics import IDENTIFY
from firmware_py.core.console import Console
from firmware_py.core.service_manager import notify
from firmware_py.settings.config import Desk

if TYPE_CHECKING:
    from firmware_py.fleet.status.roll_call import DeskStatus


def _explain_arguments(verb: ArgumentParser) -> None:
    desk_argument(verb)
    verb.add_argument(
        "--settings",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder with site.toml, floors/ and desks/",
    )
    verb.add_argument(
        "--login", type=Path, metavar="DIR", help="logins/reader: say whether the desk has them"
    )
    verb.add_argument("--json", action="store_true", help="one JSON object")
    verb.set_defaults(do=_explain)


def _explain(args: Namespace) -> int:
    from firmware_py.fleet.desired.inheritance import SiteFolder
    from firmware_py.fleet.desired.table import in_force, table, to_json

    desk = Desk("", *args.desk)
    explained = SiteFolder(args.settings).explain(desk)
    status = _status(args.login, desk) if args.login else None
    if args.json:
        print(to_json(desk, explained, status))
        return 0
    console = Console(highlight=False)
    console.print(table(explained) if explained else "nothing is set: the desk's own file is all")
    if args.login:
        console.print(in_force(explained, status), markup=False, soft_wrap=True)
    return 0


def _status(folder: Path, desk: Desk) -> "DeskStatus | None":
    """What a desk said last."""
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.status.roll_call import call_roll

    login = read_login(folder)
    found = call_roll(login, f"deskcue-explain-{uuid.uuid4().hex[:8]}")
    return found.desks.get(replace(desk, site=login.site))


def _identify_arguments(verb: ArgumentParser) -> None:
    desk_argument(verb)
    verb.add_argument(
        "--login", type=Path, required=True, metavar="DIR", help="logins/operator of the site"
    )
    verb.set_defaults(do=_identify)


def _identify(args: Namespace) -> int:
    from firmware_py.fleet.broker.command import send_command
    from firmware_py.fleet.broker.login import read_login

    login = read_login(args.login)
    desk = Desk(login.site, *args.desk)
    send_command(login, f"deskcue-identify-{uuid.uuid4().hex[:8]}", desk, IDENTIFY, "blink")
    print(f"{desk.floor}/{desk.desk} pulses blue for 15 s, unless a cue is shown")
    return 0


def _metrics_arguments(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--login", type=Path, required=True, metavar="DIR", help="logins/reader of the site"
    )
    verb.add_argument(
        "--listen",
        type=_address,
        default=("127.0.0.1", 9464),
        metavar="HOST:PORT",
        help="where Prometheus asks (default: 127.0.0.1:9464)",
    )
    verb.set_defaults(do=_metrics)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ArgumentTypeError(f"{text!r} is no address; write 127.0.0.1:9464")
    return host.strip("[]"), int(port)


def _metrics(args: Namespace) -> int:
    from firmware_py.fleet.broker.listening import Listening
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.status.metrics import HEARD, SiteMetrics, serve

    metrics = SiteMetrics()
    login, name = read_login(args.login), f"deskcue-metrics-{uuid.uuid4().hex[:8]}"
    line = Listening(login, name, HEARD, metrics.hear)
    with stopped_by_signals() as stop, serve(metrics, *args.listen) as where, closing(line):
        print(f"metrics at {where}", flush=True)
        notify("READY=1")
        while not stop.is_set():
            metrics.up = line.look()
            notify("WATCHDOG=1")
    return 0


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "explain": ("say where each of a desk's settings comes from", _explain_arguments),
        "metrics": ("serve metrics of the site to Prometheus", _metrics_arguments),
        "identify": ("make a desk's light show where it is", _identify_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
