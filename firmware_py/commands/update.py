"""Take an offline bundle: verify it, switch to it, watch it for two minutes, go back if it fails.

As root. Bundles come from scripts/wheelhouse; the key that must have signed them is
/etc/deskcue/update.pub. Settings, events and the relay stay as they are.
"""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from firmware_py.core.access import read_bytes, reason
from firmware_py.core.errors import DeskcueError, UsageError
from firmware_py.core.log import start_logging
from firmware_py.core.single_instance import hold
from firmware_py.update.machine import this_machine
from firmware_py.update.slots import Slots
from firmware_py.update.updater import finish_trial, update

ROOT: Final = Path("/opt/deskcue")
KEY: Final = Path("/etc/deskcue/update.pub")


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("bundle", type=Path, nargs="?", metavar="FILE", help="the bundle")
    parser.add_argument("--finish", action="store_true", help="end a trial after a power cut")
    parser.add_argument("--allow-downgrade", action="store_true", help="take an older version, too")
    parser.add_argument("--key", type=Path, default=KEY, help=f"default: {KEY}")
    parser.add_argument("--root", type=Path, default=ROOT, help=f"default: {ROOT}")


def main(args: Namespace) -> int:
    """Take it, or finish what was begun."""
    start_logging()
    os.umask(0o022)  # the services' users are to read what root lays here
    with hold(args.root / "update.lock", "an update"):
        return _main(args, Slots(args.root))


def _main(args: Namespace, slots: Slots) -> int:
    if args.finish:
        print(finish_trial(slots, this_machine(slots)) or "nothing is on trial")
        return 0
    if args.bundle is None:
        raise UsageError("name a bundle, or --finish")
    _look_at(args.bundle)
    key = _key(args.key)
    print(
        update(args.bundle, key, slots, this_machine(slots), allow_downgrade=args.allow_downgrade),
        flush=True,
    )
    return 0


def _look_at(bundle: Path) -> None:
    """Refuse a bundle that cannot be read, before anything else is missed.

    Raises:
        DeskcueError: it cannot be read.
    """
    try:
        bundle.open("rb").close()
    except OSError as error:
        raise DeskcueError(f"{bundle}: cannot read the bundle: {reason(bundle, error)}") from None


def _key(path: Path) -> bytes:
    """The public key: 64 hex digits.

    Raises:
        DeskcueError: it is not there, or is none.
    """
    try:
        key = bytes.fromhex(read_bytes(path).decode("ascii").strip())
    except OSError as error:
        raise DeskcueError(f"{path}: cannot read the key: {reason(path, error)}") from None
    except ValueError:
        key = b""
    if len(key) != 32:
        raise DeskcueError(f"{path} is no Ed25519 public key (64 hex digits)")
    return key
