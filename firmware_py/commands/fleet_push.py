"""``deskcue fleet push``: give desks the settings of a folder, a few of them first."""

import datetime
import getpass
import os
import re
import time
import uuid
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from rich.live import Live

from firmware_py.commands.signals import stopped_by_signals
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.single_instance import hold

if TYPE_CHECKING:
    from firmware_py.fleet.broker.listening import Listening
    from firmware_py.fleet.desired.inheritance import SiteFolder
    from firmware_py.fleet.push.floor_watch import FloorWatch
    from firmware_py.fleet.push.journal import Journal
    from firmware_py.fleet.push.state import Entry, Push, Week

HELD: Final = 3
WENT_BACK: Final = 4
"""Exit codes of a push that is not done; where it waits for somebody, and where it went back."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}


def _arguments(verb: ArgumentParser) -> None:
    verb.add_argument(
        "pack",
        nargs="?",
        type=Path,
        metavar="PACK",
        help="folder of settings: site.toml, floors/, desks/",
    )
    verb.add_argument(
        "--to",
        metavar="SITE[/FLOOR[/DESK]]",
        help="which desks; * and ? stand (default: the whole site)",
    )
    verb.add_argument("--login", type=Path, required=True, metavar="DIR", help="logins/operator")
    _watch_arguments(verb)
    verb.add_argument(
        "--journal",
        type=Path,
        metavar="DIR",
        help="where it is written down (default: pushes beside PACK, or here)",
    )
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--dry-run", action="store_true", help="say what would change, and where")
    how.add_argument("--resume", action="store_true", help="go on with a push that stopped")
    how.add_argument("--roll-back", action="store_true", help="take a push back that stopped")
    verb.set_defaults(do=_push)


def _watch_arguments(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--canary", type=_share, default=0.05, metavar="SHARE", help="who goes first (default: 5%%)"
    )
    verb.add_argument(
        "--watch",
        type=_seconds,
        default=1800.0,
        metavar="TIME",
        help="how long to watch each stage (default: 30m)",
    )
    verb.add_argument(
        "--patience",
        type=_seconds,
        default=300.0,
        metavar="TIME",
        help="how long a desk may take to report (default: 5m)",
    )
    verb.add_argument(
        "--db", metavar="URL", help="the collector's database, to compare cues with the week before"
    )


def _share(text: str) -> float:
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ArgumentTypeError(f"{text!r} is no share; write 5% or 0.05")
    return share


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)([smh])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= 24 * 3600:
        raise ArgumentTypeError(f"{text!r} is no time up to 24h; write 30m, 45s or 2h")
    return float(seconds)


def _push(args: Namespace) -> int:
    from firmware_py.fleet.broker.listening import Listening
    from firmware_py.fleet.broker.login import read_login
    from firmware_py.fleet.desired.inheritance import SiteFolder
    from firmware_py.fleet.push.floor_watch import HEARD, FloorWatch
    from firmware_py.fleet.push.journal import unfinished
    from firmware_py.fleet.push.week import open_week

    goes_on = args.resume or args.roll_back
    if goes_on == (args.pack is not None):
        raise UsageError("name a PACK, or say --resume or --roll-back without one")
    pack = args.pack and SiteFolder(args.pack)  # its mistakes show before anything is made
    login = read_login(args.login)
    folder = args.journal or (args.pack.absolute().parent if args.pack else Path()) / "pushes"
    if pack:
        folder.mkdir(parents=True, exist_ok=True)
    elif not folder.is_dir():
        raise DeskcueError(f"no push waits in {folder}, for there is no such folder")
    with ExitStack() as ends:
        ends.enter_context(hold(folder / "lock", "a push"))
        before = unfinished(folder)
        if before and not goes_on:
            raise DeskcueError(
                f"push {before.stem} has neither been done nor gone back: deskcue fleet push"
                " --resume or --roll-back first"
            )
        if not before and goes_on:
            raise DeskcueError(f"no push waits in {folder}")
        week = ends.enter_context(open_week(args.db))
        floor = FloorWatch()
        name = f"deskcue-push-{uuid.uuid4().hex[:8]}"
        line = Listening(login, name, HEARD, floor.hear)
        ends.callback(line.close)
        line.settle()
        if before:
            return _go_on(args, before, line, floor, week)
        return _begin(args, login.site, pack, folder, line, floor, week)


def _begin(
    args: Namespace,
    site: str,
    pack: "SiteFolder",
    folder: Path,
    line: "Listening",
    floor: "FloorWatch",
    week: "Week",
) -> int:
    from firmware_py.contract.payloads import utc
    from firmware_py.fleet.push.journal import SUFFIX, Journal
    from firmware_py.fleet.push.plan import Limits, make_plan
    from firmware_py.fleet.push.state import Push
    from firmware_py.fleet.push.table import plan_table

    now = time.time()
    name = f"{datetime.datetime.fromtimestamp(now, datetime.UTC):%Y%m%dT%H%M%SZ}"
    plan = make_plan(
        name,
        _user(),
        args.to or site,
        Limits(args.watch, args.patience),
        canary=args.canary,
        floor=floor,
        folder=pack,
    )
    for idle in pack.idle(floor.desks):
        print(f"{args.pack / idle}: no such desk has spoken yet; nobody is given this")
    if args.dry_run:
        Console(highlight=False).print(plan_table(plan))
        return 0
    push, journal = Push(plan, floor, week), Journal(folder / f"{name}{SUFFIX}")
    journal.write(utc(now), push.begun.what, push.begun.details)
    return _carry_out(push, journal, line)


def _go_on(
    args: Namespace, path: Path, line: "Listening", floor: "FloorWatch", week: "Week"
) -> int:
    from firmware_py.fleet.push.journal import Journal, read_journal
    from firmware_py.fleet.push.state import replayed
    from firmware_py.fleet.push.steps import go_back, resume

    push = replayed(read_journal(path), floor, week, time.time())
    by = _user()
    asked = go_back(push, f"asked for by {by}") if args.roll_back else resume(push, by)
    return _carry_out(push, Journal(path), line, asked)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # nobody has that number
        return f"user {os.getuid()}"


def _carry_out(push: "Push", journal: "Journal", line: "Listening", *first: "Entry") -> int:
    """Work until it is over, holds, or somebody wants it to stop; the exit code."""
    from firmware_py.fleet.push.run import Runner
    from firmware_py.fleet.push.state import Phase
    from firmware_py.fleet.push.steps import stop
    from firmware_py.fleet.push.table import ending

    runner, console = Runner(push, line, journal, time.time), Console(highlight=False)
    with stopped_by_signals() as stopped, _shown(push, line, console) as show:
        due = [*first]
        while True:
            for entry in due:
                runner.do(entry)
            show([*due, *runner.step()])
            if push.phase in (Phase.DONE, Phase.BACK, Phase.HELD):
                break
            due = [stop(push)] if stopped.is_set() else []
    console.print(ending(push), soft_wrap=True)
    return {Phase.DONE: 0, Phase.HELD: HELD}.get(push.phase, WENT_BACK)


@contextmanager
def _shown(
    push: "Push", line: "Listening", console: Console
) -> Iterator[Callable[[Sequence["Entry"]], None]]:
    """What shows entries and the push: a table that lives on a terminal, else a line for each."""
    from firmware_py.fleet.push.table import draw
    from firmware_py.fleet.push.table import line as text

    def print_lines(entries: Sequence["Entry"]) -> None:
        for one in entries:
            console.print(text(one), markup=False, soft_wrap=True)

    if not console.is_terminal:
        yield print_lines
        return
    with Live(console=console, auto_refresh=False) as live:
        yield lambda _entries: live.update(draw(push, time.time(), line.problem), refresh=True)


VERBS: Final[Mapping[str, tuple[str, Callable[[ArgumentParser], None]]]] = MappingProxyType(
    {"push": ("give desks the settings of a folder, a few of them first", _arguments)}
)
"""Verb -> what it does, and what adds its arguments."""
