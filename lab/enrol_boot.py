"""Records how a device enrolled from nothing but its card; ``scripts/enrol-boot`` calls it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.results import FOLDER, Result, at_most, record

_GOOD, _BAD = "ok ", "FAILED "


def result(suite: str, lines: Sequence[str], cloud_init: str) -> Result:
    """Count what failed.

    Args:
        suite: Debian's code name.
        lines: what the script printed, one for each check.
        cloud_init: its version.

    Raises:
        ValueError: there is no check, or a line that is none.
    """
    if not lines or not all(line.startswith((_GOOD, _BAD)) for line in lines):
        raise ValueError("these are not the lines of scripts/enrol-boot")
    failed = [line.removeprefix(_BAD).strip() for line in lines if line.startswith(_BAD)]
    return Result(
        id=f"enrolment.{suite}.failed",
        question="enrolment",
        title="Checks that fail",
        value=len(failed),
        n=len(lines),
        of="checks",
        target=at_most(0),
        conditions=f"Debian {suite}, cloud-init {cloud_init}",
        remarks="; ".join(failed),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Record."""
    parser = argparse.ArgumentParser("scripts/enrol-boot", description=__doc__)
    parser.add_argument("suite", help="Debian's code name")
    parser.add_argument("cloud_init", help="its version")
    parser.add_argument("lines", type=Path, help="file of the checks")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the results")
    args = parser.parse_args(arguments)
    try:
        found = result(args.suite, args.lines.read_text("utf-8").splitlines(), args.cloud_init)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    record("enrolment", "scripts/enrol-boot", [found], model="", folder=args.folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
