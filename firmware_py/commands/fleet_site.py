"""``deskcue fleet init`` and ``sign``: what needs the site's own folder."""

import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.commands.desk_argument import desk_argument
from firmware_py.core.access import read_bytes
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk


def _init_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("site", metavar="SITE", help="its name, first level of its topics")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    verb.add_argument(
        "--host",
        action="append",
        default=[],
        help="name or address of the broker; again for each one more (default: this machine's)",
    )
    verb.add_argument("--port", type=_port, default=8883, help="default: 8883")
    verb.add_argument(
        "--page-port",
        type=lambda text: 0 if text == "0" else _port(text),
        default=8443,
        help="where browsers come to the floor page (default: 8443; 0: nowhere)",
    )
    verb.add_argument(
        "--broker-dir",
        type=Path,
        metavar="DIR",
        help="where the folder broker will lie on the broker's machine (default: where it is made)",
    )
    verb.set_defaults(do=_init)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to 65535")
    return int(text)


def _init(args: Namespace) -> int:
    from firmware_py.fleet.broker.login import Address
    from firmware_py.fleet.sites.site import init_site

    host, *more = args.host or [socket.gethostname()]
    init_site(Address(args.site, host, args.port), more, args.out, args.broker_dir, args.page_port)
    print(
        f"made {args.out}: site {args.site}, broker {host}:{args.port}\n"
        f"  private/ca.key can make any desk's certificate: keep it off the network\n"
        f"  broker/ goes to the broker's machine, its deskcue.conf into /etc/mosquitto/conf.d\n"
        f"  logins/reader goes to whoever runs deskcue fleet status or collect"
    )
    if args.page_port:
        print(
            "  page/index.html goes to any web server; logins/page.txt opens it,"
            " logins/supervisor.txt also shows single events"
        )
    return 0


def _sign_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("request", type=Path, metavar="REQUEST", help="the desk's request, PEM")
    verb.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site's folder")
    desk_argument(verb, "--desk")
    verb.set_defaults(do=_sign)


def _sign(args: Namespace) -> int:
    from firmware_py.fleet.enrolment.ledger import Ledger
    from firmware_py.fleet.enrolment.rules import entry
    from firmware_py.fleet.names import identity
    from firmware_py.fleet.sites.site import read_site

    site = read_site(args.site)
    try:
        request = read_bytes(args.request)
    except OSError as error:
        raise DeskcueError(f"{args.request} cannot be read ({error.strerror})") from None
    desk = Desk(site.address.site, *args.desk)
    made = site.sign(desk, request)
    with closing(Ledger(args.site)) as ledger:
        ledger.keep(entry(identity(desk), made))  # without it, nobody could revoke it
    sys.stdout.write(made.decode())
    return 0


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "init": ("make a site: authority, broker, logins, keys", _init_arguments),
        "sign": ("give a desk its certificate, from its request", _sign_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
