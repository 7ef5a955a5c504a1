"""List the phrases that a rulebook listens for, try and add one, tune their thresholds."""

import math
import re
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from firmware_py.commands import complain, profile_argument, settings_argument, settings_or_defaults
from firmware_py.core.console import Console
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.terminal import print_json
from firmware_py.core.types import Cue
from firmware_py.hearing.model_file import find_model
from firmware_py.hearing.spelling import SpellingError
from firmware_py.outbox.near_miss_log import read_notes
from firmware_py.rules import load_rulebook
from firmware_py.tuning import background
from firmware_py.tuning.adding import Proposal, append, propose
from firmware_py.tuning.tune import SITE_BUDGET, Advice, advise, enough, hours_of


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="list them with spellings and thresholds")
    profile_argument(listing)
    settings_argument(listing)
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(do=_list)
    _add_arguments(verbs.add_parser("add", help="spell a phrase, try it, give its rulebook lines"))
    _tune_arguments(verbs.add_parser("tune", help="propose thresholds from a near-miss log"))


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="hanzi, or pinyin in quotes")
    parser.add_argument("--id", default="", help="its name in the rulebook (default: site.PINYIN)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="append it to this rulebook")
    parser.add_argument(
        "--cue",
        type=Cue,
        choices=[Cue.RED, Cue.AMBER, Cue.NONE],
        default=Cue.RED,
        help="light of the rule that forbids it (default: red); none: another rule waits for it",
    )
    profile_argument(parser)
    settings_argument(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(do=_add)


def _tune_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("log", type=Path, metavar="LOG", help="near-misses.jsonl of a device")
    parser.add_argument(
        "--hours", type=float, help="hours of speech in the log (default: as its lines say)"
    )
    parser.add_argument(
        "--per-hour",
        type=float,
        default=SITE_BUDGET,
        metavar="N",
        help="false alarms per phrase and hour that are allowed (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    profile_argument(parser)
    settings_argument(parser)
    parser.set_defaults(do=_tune)


def main(args: Namespace) -> int:
    """Do what the verb says."""
    done: int = args.do(args)
    return done


def _list(args: Namespace) -> int:
    rulebook = load_rulebook(args.profile or settings_or_defaults(args).rulebook)
    if args.json:
        for phrase in rulebook.phrases:
            print_json(asdict(phrase))
        return 0
    table = Table("id", "phrase", "spelling", "threshold", title=rulebook.name)
    for phrase in rulebook.phrases:
        table.add_row(phrase.id, phrase.text, "\n".join(phrase.say), f"{phrase.threshold:.2f}")
    Console().print(table)
    return 0


def _add(args: Namespace) -> int:
    if args.id and not re.fullmatch(r"[\w-]+(\.[\w-]+)*", args.id):
        raise UsageError(f"--id {args.id}: write letters, digits, - and dots, such as site.refuses")
    config = settings_or_defaults(args)
    rulebook = load_rulebook(str(args.write or args.profile or config.rulebook))
    heard = background.load()
    try:
        proposal = propose(args.text, heard, args.id, rulebook, args.cue)
    except SpellingError as error:
        raise UsageError(str(error)) from None
    warnings = list(proposal.warnings)
    if not background.fits(heard, config.model or find_model()):
        warnings.append("the background speech was heard by another model: take figures as rough")
    if args.json:
        print_json({**asdict(proposal), "warnings": warnings})
    else:
        _show_proposal(proposal, warnings)
    if args.write:
        append(args.write, proposal)
    return 0


def _show_proposal(proposal: Proposal, warnings: list[str]) -> None:
    console, found = Console(), proposal.estimate
    table = Table.grid(padding=(0, 2))
    table.add_row("spelling", proposal.say)
    table.add_row("threshold", f"{found.threshold:.2f}")
    table.add_row("false alarms", _rate(found.per_hour, found.hours))
    table.add_row("nearest speech", f"{found.nearest:.2f}, in {found.hours:.1f} h of background")
    table.add_row("sounds near", _near(proposal))
    console.print(table)
    for warning in warnings:
        console.print(f"[yellow]warning:[/] {warning}")
    console.print()
    console.print(proposal.lines, markup=False, highlight=False)


def _rate(per_hour: float, hours: float) -> str:
    if per_hour == 0:
        return f"none expected: nothing like it in {hours:.1f} h"
    if per_hour >= 0.01:
        often = f"about {per_hour:.2g} per hour"
    else:
        often = f"about one in {1 / per_hour:,.0f} hours"
    return f"{often} at a desk (unknown voices: ten times)"


def _near(proposal: Proposal) -> str:
    if proposal.near is None:
        return "not looked up: needs pypinyin (pip install 'deskcue[spell]')"
    return "  ".join(f"{one.text} {one.score:.1f}" for one in proposal.near) or "nothing found"


def _tune(args: Namespace) -> int:
    notes, broken = read_notes(args.log)
    hours = args.hours if args.hours is not None else hours_of(notes)
    if not all(
        0 < number < math.inf
        for number in (args.per_hour, 1.0 if args.hours is None else args.hours)
    ):
        raise UsageError("--hours and --per-hour must be numbers over 0")
    if not hours:
        raise DeskcueError(f"{args.log} holds nothing yet; let the device listen for some days")
    rulebook = load_rulebook(args.profile or settings_or_defaults(args).rulebook)
    found = advise(notes, rulebook.phrases, hours, args.per_hour)
    if not found:
        raise DeskcueError(
            f"none of {len(notes)} notes is of a phrase of rulebook {rulebook.name}, such as"
            f" {notes[0].phrase}; name the device's (--profile)"
        )
    if broken:
        complain(DeskcueError(f"{args.log}: left out {broken} broken lines"))
    if args.json:
        for advice in found:
            print_json(asdict(advice))
        return 0
    title = f"{rulebook.name}: {len(notes)} notes in {hours:.1f} h"
    table = Table(
        "phrase", "near-misses", "hits", "false alarms", "threshold", "proposed", title=title
    )
    for advice in found:
        table.add_row(*_row(advice))
    Console().print(table)
    return 0


def _row(advice: Advice) -> tuple[str, ...]:
    known = advice.per_hour is not None and enough(advice)
    return (
        advice.phrase,
        str(advice.near),
        str(advice.hits),
        f"{advice.per_hour:.2g}/h" if known else "too few to say",
        f"{advice.now:.2f}",
        f"{advice.proposed:.2f}" if known else "as it is",
    )
