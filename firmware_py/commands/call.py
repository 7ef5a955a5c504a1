"""Tell a running device what happened to the call; any softphone's hook can do it."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from firmware_py.calls.signals import SOCKET, CallAction, CallSignal, send


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("action", choices=[*map(str, CallAction)], help="what happened")
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


def main(args: Namespace) -> int:
    """Send it."""
    send(CallSignal(CallAction(args.action), args.profile), args.socket)
    return 0
