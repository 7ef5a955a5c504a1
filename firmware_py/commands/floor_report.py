"""``deskcue report --from URL``: floors over some days, from the collector's database."""

import datetime
from argparse import Namespace
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Final

from rich.markup import escape

from firmware_py.commands.extras import needing
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.messages import message
from firmware_py.reports.shift_table import clause_table
from firmware_py.reports.wording import reason_word

if TYPE_CHECKING:
    from firmware_py.fleet.floors.report import FloorReport

_LONGEST: Final = 3660


def print_floors(args: Namespace, titles: Mapping[str, str]) -> int:
    """Show every floor's counts.

    Raises:
        DeskcueError: the database cannot be read, or holds nothing of that time.
    """
    with needing("fleet", "--from"):
        from firmware_py.fleet.floors.report import SMALLEST, floor_reports
        from firmware_py.fleet.storage.store import Store
    if args.day or args.call or args.csv or args.html:
        raise UsageError("--from counts floors; --day, --call, --csv and --html are of one desk")
    if not 0 < args.days <= _LONGEST:
        raise UsageError(f"--days reads {args.days}; write a number from 1 to {_LONGEST}")
    now = datetime.datetime.now(datetime.UTC)
    since = now - datetime.timedelta(days=args.days)
    with closing(Store(args.source, lambda: now)) as store:
        store.must_exist()
        reports = floor_reports(store, since, now, args.floor)
    if not reports:
        where = f" of floor {args.floor}" if args.floor else ""
        raise DeskcueError(f"no events{where} of the last {args.days} days in {store.name}")
    console = Console(highlight=False)
    for one in reports:
        key = "report.few" if one.too_small else "report.floor"
        told = {"floor": escape(one.floor), "desks": one.desks, "least": SMALLEST}
        told |= {"calls": one.calls, "contested": one.contested, "days": args.days}
        found = sum(rule.count for rule in one.found)
        console.print(message(key, args.lang, found=found, **told) + _reasons(one, args.lang))
        if one.found:
            console.print(clause_table(one.found, titles, args.lang))
    return 0


def _reasons(report: "FloorReport", lang: str) -> str:
    """Why events are contested, in brackets; nothing if none are."""
    told = [f"{escape(reason_word(reason, lang))} {count}" for reason, count in report.reasons]
    return f" ({', '.join(told)})" if told else ""
