"""See to it that this desk has a good certificate: enrol with its token, or renew in time.

As root, by deskcue-enrol.service: at the first boot, and twice a day. What it asks is the site's
enrolment service (deskcue fleet enrolment). Exits with 3 where that refuses: to try again is of no
use then, a person must enrol the desk anew. Needs the extra ``update``.
"""

import subprocess
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from firmware_py.commands import complain
from firmware_py.commands.extras import needing
from firmware_py.core.log import start_logging

FOLDER: Final = Path("/etc/deskcue")
REFUSED: Final = 3
"""Exit code where the service says no."""


def arguments(parser: ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, metavar="DIR", help=f"default: {FOLDER}"
    )


def main(args: Namespace) -> int:
    """Do what is due."""
    with needing("update", "this desk"):
        from firmware_py.enrol.enrolling import Machine, enrol
        from firmware_py.enrol.service import RefusedError
    start_logging()
    try:
        print(enrol(args.folder, Machine(_restart_uplink)), flush=True)
    except RefusedError as error:
        complain(error)
        return REFUSED
    return 0


def _restart_uplink() -> None:
    """Let the uplink take the new certificate; without systemd there is none to restart."""
    command = ["systemctl", "--no-block", "try-restart", "deskcue-uplink.service"]
    try:
        subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return
