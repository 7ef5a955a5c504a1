"""List the phrases that a rulebook listens for."""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from firmware_py.commands import profile_argument, settings, settings_argument
from firmware_py.rules import load_rulebook


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="list them with spellings and thresholds")
    profile_argument(listing)
    settings_argument(listing)
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(do=_list)


def main(chosen: Namespace) -> int:
    """Do what the verb says."""
    done: int = chosen.do(chosen)
    return done


def _list(chosen: Namespace) -> int:
    rulebook = load_rulebook(chosen.profile or settings(chosen).rulebook)
    if chosen.json:
        for phrase in rulebook.phrases:
            print(json.dumps(asdict(phrase), ensure_ascii=False))
        return 0
    table = Table("id", "phrase", "spelling", "threshold", title=rulebook.name)
    for phrase in rulebook.phrases:
        table.add_row(phrase.id, phrase.text, "\n".join(phrase.say), f"{phrase.threshold:.2f}")
    Console().print(table)
    return 0
