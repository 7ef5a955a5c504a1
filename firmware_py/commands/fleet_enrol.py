"""``deskcue fleet enrol``, ``enrolment``, ``enrolled`` and ``revoke``: desks' certificates."""

import datetime
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.commands.desk_argument import desk_argument
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import notify
from firmware_py.settings.config import Desk

_PORT: Final = 8444
_NOT_ALL: Final = 3
"""Exit code of enrolled where a desk has no good certificate."""


def _site_argument(verb: ArgumentParser) -> None:
    verb.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site's folder")


def _days(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 3650:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to 3650")
    return int(text)


def _place(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon:
        return text, _PORT
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ArgumentTypeError(f"{text!r} is no HOST or HOST:PORT")
    return host, int(port)


def _service_argument(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--service",
        type=_place,
        metavar="HOST[:PORT]",
        help=f"where desks find the enrolment service (default: the broker's host, port {_PORT})",
    )


def _enrol_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("desks", type=Path, metavar="DESKS.CSV", help="columns floor, desk, …")
    _site_argument(verb)
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    _service_argument(verb)
    verb.add_argument(
        "--days", type=_days, default=14, help="how long a token is good (default: 14)"
    )
    verb.add_argument("--encoding", default="", help="of the list, such as gbk (default: utf-8)")
    verb.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="a deskcue.toml that all these desks get, without [desk] and [broker]",
    )
    verb.add_argument(
        "--packs",
        type=Path,
        metavar="DIR",
        help="folder of deskcue fleet publish, whose root these desks shall trust",
    )
    verb.set_defaults(do=_enrol)


def _enrol(args: Namespace) -> int:
    from firmware_py.fleet.enrolment.boot_files import Order, read_settings
    from firmware_py.fleet.enrolment.desk_list import read_desks
    from firmware_py.fleet.enrolment.issuing import issue
    from firmware_py.fleet.sites.site import read_site

    site = read_site(args.site)
    places = read_desks(args.desks, site.address.site, args.encoding)
    host, port = args.service or (site.address.host, _PORT)
    settings = read_settings(args.settings) if args.settings else ""
    root = _root(args.packs) if args.packs else b""
    order = Order(site.address, f"{host}:{port}", site.authority.pem, time.time(), settings, root)
    already = issue(args.site, order, places, args.out, args.days)
    print(
        f"made {args.out}: boot files of {len(places)} desks, labels.html to print\n"
        f"  each holds a token that is good for {args.days} days and for one certificate\n"
        f"  deskcue fleet enrolment --site {args.site} must answer at {host}:{port}"
    )
    for name in already:
        print(f"  {name} has a certificate already: deskcue fleet revoke, if that device is gone")
    return 0


def _root(packs: Path) -> bytes:
    from firmware_py.fleet.packs.repository import newest_root

    return newest_root(packs)


def _enrolment_arguments(verb: ArgumentParser) -> None:
    _site_argument(verb)
    _service_argument(verb)
    verb.add_argument(
        "--host", action="append", default=[], help="a further name or address of this machine"
    )
    verb.add_argument(
        "--days", type=_days, default=365, help="how long a certificate is good (default: 365)"
    )
    verb.set_defaults(do=_enrolment)


def _enrolment(args: Namespace) -> int:
    from firmware_py.fleet.enrolment.ledger import Ledger
    from firmware_py.fleet.enrolment.rules import Enrolment
    from firmware_py.fleet.enrolment.server import Server
    from firmware_py.fleet.sites.site import read_site

    start_logging()
    site = read_site(args.site)
    Ledger(args.site).close()  # one that cannot be used shows now, not at every desk
    host, port = args.service or (site.address.host, _PORT)
    enrolment = Enrolment(args.site, site.authority, args.days)
    try:
        server = Server(("", port), enrolment, [host, *args.host])
    except OSError as error:
        raise DeskcueError(f"port {port} cannot be listened at ({error.strerror})") from None
    with server:
        print(f"answers desks of {site.address.site} at {host}:{port}", flush=True)
        notify("READY=1")
        server.serve_forever()
    return 0


def _enrolled_arguments(verb: ArgumentParser) -> None:
    _site_argument(verb)
    verb.set_defaults(do=_enrolled)


def _enrolled(args: Namespace) -> int:
    from rich.table import Table

    from firmware_py.fleet.enrolment.ledger import Ledger
    from firmware_py.fleet.enrolment.standing import ENROLLED, standings

    with closing(Ledger(args.site)) as ledger:
        found = standings(ledger, time.time())
    table = Table("desk", "state", "until", box=None)
    for one in found:
        until = datetime.datetime.fromtimestamp(one.until).date() if one.until else ""
        table.add_row(one.desk, one.state, str(until))
    Console(highlight=False).print(table if found else "no desk was given a token")
    return 0 if found and all(one.state == ENROLLED for one in found) else _NOT_ALL


def _revoke_arguments(verb: ArgumentParser) -> None:
    desk_argument(verb)
    _site_argument(verb)
    verb.set_defaults(do=_revoke)


def _revoke(args: Namespace) -> int:
    from firmware_py.fleet.enrolment.revoking import LIST, revoke
    from firmware_py.fleet.names import identity
    from firmware_py.fleet.sites.site import read_site

    site = read_site(args.site)
    desk = identity(Desk(site.address.site, *args.desk))
    certificates, tokens = revoke(args.site, site.authority, desk)
    print(
        f"{desk}: {certificates} certificates revoked, {tokens} tokens withdrawn\n"
        f"  copy {args.site / LIST} to the broker's machine and reload Mosquitto;\n"
        "  restart it, if the desk must leave at once"
    )
    return 0


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "enrol": ("make boot files with a token for each desk, and labels", _enrol_arguments),
        "enrolment": ("answer desks that ask for a certificate", _enrolment_arguments),
        "enrolled": ("show which desks have a certificate", _enrolled_arguments),
        "revoke": ("take a desk's certificates back", _revoke_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
