"""Boot the installed services in a container and see how they live; ``scripts/boot`` calls it.

As root, in a network name space whose loopback is up.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from lab.boot import call, care, cuts, deaths, package, services, updates
from lab.boot.broker import PORT, Broker
from lab.boot.disk import DataDisk
from lab.boot.lab import Lab
from lab.boot.laying import lay
from lab.boot.report import Report
from lab.results import record

PARTS: Final[Mapping[str, Callable[[Lab, argparse.Namespace], None]]] = {
    "services": lambda lab, _: services.look(lab),
    "call": lambda lab, _: call.live(lab),
    "start": lambda lab, _: call.first_block(lab),
    "deaths": lambda lab, _: deaths.deaths(lab),
    "card": lambda lab, _: care.card(lab),
    "overlay": lambda lab, _: care.read_only_root(lab),
    "update": lambda lab, _: updates.updates(lab),
    "package": lambda lab, _: package.package(lab),
    "kills": lambda lab, args: updates.kills(lab, args.kills),
    "cuts": lambda lab, args: cuts.power_cuts(lab, args.cuts),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Go through the parts; 1 if a check failed."""
    parser = argparse.ArgumentParser(prog="scripts/boot", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--suite", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--commit", help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may come again")
    parser.add_argument("--cuts", type=int, default=50, help="of the power (50)")
    parser.add_argument("--kills", type=int, default=50, help="of an update (50)")
    parser.add_argument("--record", action="store_true", help="into lab/results")
    args = parser.parse_args(arguments)
    failed = False
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # and tidy up
    lay(args.root, call.CALL, PORT)
    for part in args.only or PARTS:
        print(f"{args.suite}, {part}", flush=True)
        report = Report(args.suite)
        with tempfile.TemporaryDirectory(dir=args.root.parent) as folder, Broker() as broker:
            disk = DataDisk(Path(folder, "disk.img"), Path(folder, "data"))
            try:
                PARTS[part](Lab(args.root, disk, broker, report), args)
            finally:
                disk.unmount()
        report.sum_up(part)
        failed = failed or bool(report.failed)
        if args.record:
            command = f"scripts/boot {args.suite} --only {part}"
            record("desk", command, report.results, model="", commit=args.commit)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
