"""Tell a running device what happened to the call; any softphone's hook can do it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from firmware_py.telephony import SOCKET, Verb, Word, tell


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("verb", choices=[*map(str, Verb)], help="what happened")
    parser.add_argument(
        "--profile", default="", metavar="NAME", help="rulebook for this call, such as complaint"
    )
    parser.add_argument(
        "--socket",
        type=Path,
        default=SOCKET,
        metavar="PATH",
        help=f"where the device listens (default: {SOCKET})",
    )


def main(chosen: Namespace) -> int:
    """Tell it."""
    tell(Word(Verb(chosen.verb), chosen.profile), chosen.socket)
    return 0
