"""``deskcue fleet status``, ``collect`` and ``simulate``: what goes on at the broker."""

import datetime
import json
import time
import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Final

from firmware_py.commands.signals import stopped_by_signals
from firmware_py.core.console import Console
from firmware_py.core.log import start_logging
from firmware_py.core.service_manager import notify

NOT_READY: Final = 3
"""Exit code of status where a desk that was asked for is not ready, or there is none."""


def _login_argument(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--login",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of a login that may read: logins/reader of the site's folder",
    )


def _status_arguments(verb: ArgumentParser) -> None:
    _login_argument(verb)
    verb.add_argument("--floor", default="", metavar="PATTERN", help="these floors; * and ? stand")
    verb.add_argument("--desk", default="", metavar="PATTERN", help="these desks")
    verb.add_argument("--state", default="", choices=("ready", "degraded", "lost"))
    verb.add_argument("--fault", default="", metavar="CODE", help="those with this fault")
    verb.add_argument("--version", default="", metavar="PATTERN", help="with this software")
    verb.add_argument(
        "--refused", action="store_true", help="those that refused some of the site's settings"
    )
    verb.add_argument("--json", action="store_true", help="one JSON object for each desk")
    verb.set_defaults(do=_status)


def _status(args: Namespace) -> int:
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.status.roll_call import Filter, call_roll
    from firmware_py.fleet.status.table import counts, table, to_json, wrong

    found = call_roll(read_login(args.login), f"deskcue-status-{uuid.uuid4().hex[:8]}")
    wanted = Filter(
        args.floor, args.desk, args.state, args.fault, args.version, refused=args.refused
    )
    shown = wanted.select(found.sorted())
    if args.json:
        for one in shown:
            print(to_json(one))
    else:
        console = Console(highlight=False)
        if shown:
            console.print(table(shown, datetime.datetime.now(datetime.UTC)))
        for line in wrong(shown):
            console.print(line, markup=False, soft_wrap=True)
        console.print(counts(shown))
        if found.reader.malformed:
            said = f"{found.reader.malformed} messages are not as the contract says"
            console.print(f"{said}; the last: {found.reader.last}", markup=False, soft_wrap=True)
    return 0 if shown and all(one.is_ready for one in shown) else NOT_READY


def _collect_arguments(verb: ArgumentParser) -> None:
    _login_argument(verb)
    verb.add_argument(
        "--db",
        default="sqlite:///deskcue-events.db",
        metavar="URL",
        help="where to keep events: sqlite:///FILE or postgresql://USER@HOST/DATABASE (default:"
        " %(default)s, in this folder)",
    )
    verb.add_argument(
        "--keep",
        type=_span,
        default=datetime.timedelta(days=90),
        metavar="SPAN",
        help="how long to keep them: 90d, 13w, 36h (default: 90d)",
    )
    verb.add_argument(
        "--name",
        default="1",
        help="the broker keeps messages for a collector of this name (default: 1)",
    )
    verb.add_argument(
        "--share", action="store_true", help="share the load with collectors of other names"
    )
    verb.set_defaults(do=_collect)


def positive(text: str) -> float:
    """Read a number above 0, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def _span(text: str) -> datetime.timedelta:
    unit = {"h": "hours", "d": "days", "w": "weeks"}.get(text[-1:])
    if unit is None or not text[:-1].isdecimal() or not 0 < int(text[:-1]) < 100_000:
        raise ArgumentTypeError(f"{text!r} is no span of time; write 90d, 13w or 36h")
    return datetime.timedelta(**{unit: int(text[:-1])})


def _collect(args: Namespace) -> int:
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.collect.collector import Collector, Settings
    from firmware_py.fleet.storage.store import Store

    start_logging()
    login = read_login(args.login)
    login.tls()  # a missing certificate shows now, not at every attempt
    settings = Settings(args.name, args.keep, args.share)
    made = Store(args.db, lambda: datetime.datetime.now(datetime.UTC))
    with stopped_by_signals() as stop, closing(made) as store:
        store.prepare()
        collector = Collector(login, store, settings)
        notify("READY=1")
        collector.run(stop, lambda: notify("WATCHDOG=1"))
    return 0


def _simulate_arguments(verb: ArgumentParser) -> None:
    verb.add_argument("--site", type=Path, required=True, metavar="DIR", help="the site's folder")
    verb.add_argument("--desks", type=count, default=20, metavar="N", help="how many (default: 20)")
    verb.add_argument(
        "--rate",
        type=positive,
        default=1.0,
        metavar="R",
        help="events a second, of all together (default: 1)",
    )
    verb.add_argument(
        "--seconds", type=positive, metavar="S", help="how long (default: until stopped)"
    )
    verb.set_defaults(do=_simulate)


def count(text: str) -> int:
    """Read how many, for argparse."""
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise ArgumentTypeError(f"{text!r} is no number from 1 to 100000")
    return int(text)


def _simulate(args: Namespace) -> int:
    from firmware_py.fleet.simulate.simulator import Simulator, enrolled
    from firmware_py.fleet.sites.site import read_site

    site = read_site(args.site)
    with stopped_by_signals() as stop, enrolled(site, args.desks) as desks:
        simulator = Simulator(desks, args.rate)
        end = time.monotonic() + args.seconds if args.seconds else float("inf")
        simulator.run(lambda: stop.is_set() or time.monotonic() > end)
        done = simulator.summary()
        simulator.close()
    done["acknowledged"] = simulator.tally.acknowledged
    print(json.dumps(done))
    return 0 if done["connected"] == args.desks else 1


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {
        "status": ("show how every desk does", _status_arguments),
        "collect": ("keep the desks' events in a database", _collect_arguments),
        "simulate": ("made-up desks, to try a site with", _simulate_arguments),
    }
)
"""Verb -> what it does, and what adds its arguments."""
