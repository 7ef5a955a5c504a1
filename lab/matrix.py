"""Tells how ``scripts/test`` went under each Python and records it; ``scripts/matrix`` calls it."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree as Tree

from lab.results import FOLDER, Result, at_most, record

_WENT_WRONG = ("failure", "error")
_EXPECTED_TO_FAIL = "pytest.xfail"


@dataclass(frozen=True, slots=True)
class Report:
    """How the tests went in one root."""

    suite: str
    """Debian's code name."""
    python: str
    """Version, three numbers."""
    failed: tuple[str, ...]
    """Names of the tests that did not pass."""
    ran: int
    """How many tests ran, those included that are marked as known to fail."""
    skipped: int
    """How many found something missing that they need."""

    @classmethod
    def read(cls, named: str) -> Self:
        """Read a report of pytest, given as ``SUITE=PYTHON=PATH``.

        Raises:
            ValueError: it is given otherwise, or is no report.
        """
        suite, python, path = named.split("=", 2)
        try:
            cases = [*Tree.parse(path).iter("testcase")]
        except Tree.ParseError as error:
            raise ValueError(f"{path} is no report of pytest ({error})") from None
        failed = tuple(_name(case) for case in cases if any(map(case.findall, _WENT_WRONG)))
        skipped = sum(map(_skipped, cases))
        return cls(suite, python, failed, len(cases) - skipped, skipped)

    def result(self) -> Result:
        """As a figure."""
        return Result(
            id=f"platforms.{self.suite}.failed",
            question="platforms",
            title="Tests that fail",
            value=len(self.failed),
            n=self.ran,
            of="tests",
            target=at_most(0),
            conditions=f"Debian {self.suite}, Python {self.python}",
            remarks=f"{self.skipped} more skipped",
        )


def _name(case: Tree.Element) -> str:
    return f"{case.get('classname')}.{case.get('name')}"


def _skipped(case: Tree.Element) -> bool:
    found = case.find("skipped")
    return found is not None and found.get("type") != _EXPECTED_TO_FAIL


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each report and each failure, record; 1 if anything failed."""
    parser = argparse.ArgumentParser("scripts/matrix", description=__doc__)
    parser.add_argument("--commit", required=True, help="what was tried")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the results")
    parser.add_argument("reports", nargs="+", metavar="SUITE=PYTHON=PATH")
    args = parser.parse_args(arguments)
    try:
        reports = [Report.read(named) for named in args.reports]
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for one in reports:
        print(f"{one.suite}, Python {one.python}: {len(one.failed)} of {one.ran} tests failed")
        print(*(f"  {name}" for name in one.failed), sep="\n", end="\n" if one.failed else "")
    found = [one.result() for one in reports]
    command, commit = "scripts/matrix", args.commit[:12]
    record("platforms", command, found, model="", commit=commit, folder=args.folder)
    return int(any(one.failed for one in reports))


if __name__ == "__main__":
    raise SystemExit(main())
