"""For IT: set up a site and look after its desks. Needs the extra ``fleet``."""

import socket
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.settings.config import Desk


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _init_arguments(verbs.add_parser("init", help="make a site: authority, broker, logins, keys"))
    _sign_arguments(verbs.add_parser("sign", help="give a desk its certificate, from its request"))


def main(args: Namespace) -> int:
    """Do what the verb says."""
    try:
        done: int = args.do(args)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("firmware_py"):
            raise
        raise DeskcueError(
            f"{error.name} is not installed; this machine needs pip install 'deskcue[fleet]'"
        ) from None
    return done


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
        "--broker-dir",
        type=Path,
        metavar="DIR",
        help="where the folder broker will lie on the broker's machine (default: where it is made)",
    )
    verb.set_defaults(do=_init)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError
    return port


def _init(args: Namespace) -> int:
    from firmware_py.fleet.login import Address
    from firmware_py.fleet.site import init_site

    host, *more = args.host or [socket.gethostname()]
    init_site(Address(args.site, host, args.port), more, args.out, args.broker_dir)
    print(
        f"made {args.out}: site {args.site}, broker {host}:{args.port}\n"
        f"  private/ca.key can make any desk's certificate: keep it off the network\n"
        f"  broker/ goes to the broker's machine, its deskcue.conf into /etc/mosquitto/conf.d\n"
        f"  logins/reader goes to whoever runs deskcue fleet status or collect"
    )
    return 0


def _sign_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("request", type=Path, metavar="REQUEST", help="the desk's request, PEM")
    verb.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site's folder")
    verb.add_argument("--desk", required=True, metavar="FLOOR/DESK", help="which desk it is")
    verb.set_defaults(do=_sign)


def _sign(args: Namespace) -> int:
    from firmware_py.fleet.site import read_site

    floor, slash, name = args.desk.partition("/")
    if not slash:
        raise UsageError(f"--desk reads {args.desk!r}; write FLOOR/DESK, such as 3/17")
    site = read_site(args.site)
    try:
        request = args.request.read_bytes()
    except OSError as error:
        raise DeskcueError(f"{args.request} cannot be read ({error.strerror})") from None
    sys.stdout.write(site.sign(Desk(site.address.site, floor, name), request).decode())
    return 0
