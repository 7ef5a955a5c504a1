"""For IT: set up a site and look after its desks. Needs the extra ``fleet``."""

from argparse import ArgumentParser, Namespace

from firmware_py.commands import (
    fleet_desks,
    fleet_enrol,
    fleet_page,
    fleet_publish,
    fleet_push,
    fleet_pushes,
    fleet_site,
    fleet_watch,
)
from firmware_py.commands.extras import needing


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    rooms = (
        *(fleet_site, fleet_enrol, fleet_publish, fleet_watch),
        *(fleet_page, fleet_desks, fleet_push, fleet_pushes),
    )
    for name, (what, add) in (one for room in rooms for one in room.VERBS.items()):
        add(verbs.add_parser(name, help=what))


def main(args: Namespace) -> int:
    """Do what the verb says."""
    with needing("fleet", "this machine"):
        done: int = args.do(args)
    return done
