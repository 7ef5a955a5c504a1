"""``deskcue fleet digest``, ``page`` and ``demo``: the floor page, and what it shows."""

import datetime
import os
import time
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.commands.fleet_watch import count, positive
from firmware_py.commands.signals import stopped_by_signals
from firmware_py.core.errors import DeskcueError
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import notify
from firmware_py.core.whole_file import write_whole


def _digest_arguments(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--login",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of its login: logins/digest of the site's folder",
    )
    verb.add_argument(
        "--db",
        default="sqlite:///deskcue-events.db",
        metavar="URL",
        help="the collector's database (default: %(default)s, in this folder)",
    )
    verb.add_argument(
        "--every",
        type=positive,
        default=60.0,
        metavar="S",
        help="how often to publish counts, in seconds (default: 60)",
    )
    verb.set_defaults(do=_digest)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _digest(args: Namespace) -> int:
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.floors.digester import Digester
    from firmware_py.fleet.storage.store import Store

    start_logging()
    login = read_login(args.login)
    login.tls()  # a missing certificate shows now, not at every attempt
    with stopped_by_signals() as stop, closing(Store(args.db, _now)) as store:
        store.must_exist()
        notify("READY=1")
        Digester(login, store, _now, args.every).run(stop, lambda: notify("WATCHDOG=1"))
    return 0


def _page_arguments(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="where to write index.html",
    )
    verb.add_argument(
        "--broker",
        default="",
        metavar="URL",
        help="where the page finds the broker, such as wss://HOST:8443; without, it asks",
    )
    verb.set_defaults(do=_page)


def _page(args: Namespace) -> int:
    from firmware_py.fleet.floors.page import page

    path, content = args.out / "index.html", page(args.broker)
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        raise DeskcueError(f"{path} cannot be written ({error.strerror})") from None
    print(f"wrote {path}")
    return 0


def _demo_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("--desks", type=count, default=20, metavar="N", help="default: 20")
    verb.add_argument(
        "--rate", type=positive, default=1.0, metavar="R", help="events a second (default: 1)"
    )
    verb.add_argument(
        "--seconds", type=positive, metavar="S", help="how long (default: until stopped)"
    )
    verb.add_argument("--no-browser", action="store_true", help="only print the page's address")
    verb.set_defaults(do=_demo)


def _demo(args: Namespace) -> int:
    from firmware_py.fleet.simulate.demo import demo_floor

    start_logging()
    with stopped_by_signals() as stop, demo_floor(args.desks, args.rate) as demo:
        print(
            f"The floor, with {args.desks} made-up desks: {demo.url}\n"
            f"Supervisor's password, for single events:  {demo.supervisor}\n"
            "Ctrl-C ends it.",
            flush=True,
        )
        if not args.no_browser and has_screen():
            webbrowser.open(demo.url)
        end = time.monotonic() + args.seconds if args.seconds else float("inf")
        demo.run(lambda: stop.is_set() or time.monotonic() > end)
    return 0


def has_screen() -> bool:
    """Whether a browser could show itself."""
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "digest": ("publish what the floor page may see", _digest_arguments),
        "demo": ("a whole made-up site on this machine, and its page", _demo_arguments),
        "page": ("write the floor page, for a web server", _page_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
