"""Compares what a call yields on arm64 with what it yields here; ``scripts/test-arm64`` calls it.

Same means byte for byte in JSON, but for what a machine's speed decides.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from lab.results import FOLDER, Result, at_most, record

COST: Final = ("cpu_seconds",)
"""Keys that tell of the machine and not of the call."""
SCORE: Final = "score"


@dataclass(frozen=True, slots=True)
class Replay:
    """What ``deskcue replay --json`` printed somewhere."""

    suite: str
    """Debian's code name."""
    machine: str
    """As ``uname -m`` says it."""
    python: str
    """Version, three numbers."""
    lines: tuple[str, ...]
    """One JSON object each, without cost."""

    @classmethod
    def read(cls, named: str) -> Self:
        """Read one that is given as ``SUITE=MACHINE=PYTHON=PATH``.

        Raises:
            ValueError: it is given otherwise, or is no JSON.
        """
        suite, machine, python, path = named.split("=", 3)
        return cls(suite, machine, python, without_cost(Path(path)))

    def results(self, here: Sequence[str]) -> list[Result]:
        """As figures."""
        words = f"Debian {self.suite}, Python {self.python}, {self.machine} emulated"

        def count(name: str, title: str, differ: int) -> Result:
            return Result(
                id=f"arm64.{self.suite}.{name}",
                question="platforms",
                title=title,
                value=differ,
                n=len(here),
                of="lines",
                target=at_most(0),
                conditions=words,
            )

        bare = [[_without(line, (SCORE,)) for line in lines] for lines in (here, self.lines)]
        return [
            count(
                "differ",
                "Lines of a replay that are not the same on arm64, byte for byte",
                len(differences(here, self.lines)),
            ),
            count(
                "findings.differ",
                "Lines that are not the same but for a score",
                len(differences(*bare)),
            ),
            Result(
                id=f"arm64.{self.suite}.score.off",
                question="platforms",
                title="Largest difference of a score",
                value=round(off(here, self.lines), 4),
                conditions=words,
            ),
        ]


def without_cost(path: Path) -> tuple[str, ...]:
    """Lines of JSON as they are, but for the keys that tell of cost.

    Raises:
        ValueError: a line is no JSON object, or there is none.
    """
    objects = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    if not objects:
        raise ValueError(f"{path} is empty: nothing was replayed")
    return tuple(_without(json.dumps(one, ensure_ascii=False), COST) for one in objects)


def _without(line: str, keys: Sequence[str]) -> str:
    kept = {key: value for key, value in json.loads(line).items() if key not in keys}
    return json.dumps(kept, ensure_ascii=False)


def differences(here: Sequence[str], there: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of lines that are not the same; one that is lacking is empty."""
    longest = max(len(here), len(there))
    ours, theirs = ([*lines, *[""] * (longest - len(lines))] for lines in (here, there))
    return [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]


def off(here: Sequence[str], there: Sequence[str]) -> float:
    """Largest difference of the scores of lines that stand at the same place."""
    scores = [[json.loads(line).get(SCORE, 0.0) for line in lines] for lines in (here, there)]
    return max((abs(a - b) for a, b in zip(*scores, strict=False)), default=0.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each Debian and each difference, record; 1 if anything differs."""
    parser = argparse.ArgumentParser("scripts/test-arm64", description=__doc__)
    parser.add_argument("--commit", required=True, help="what was tried")
    parser.add_argument("--here", type=Path, required=True, help="what this machine printed")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="of the results")
    parser.add_argument("replays", nargs="+", metavar="SUITE=MACHINE=PYTHON=PATH")
    args = parser.parse_args(arguments)
    try:
        here = without_cost(args.here)
        replays = [Replay.read(named) for named in args.replays]
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for one in replays:
        found = differences(here, one.lines)
        print(f"{one.suite}, Python {one.python}: {len(found)} of {len(here)} lines differ")
        for ours, theirs in found:
            print(f"  here  {ours}\n  {one.machine} {theirs}")
    results = [result for one in replays for result in one.results(here)]
    record("arm64", "scripts/test-arm64", results, commit=args.commit[:12], folder=args.folder)
    return int(any(one.passed is False for one in results))


if __name__ == "__main__":
    raise SystemExit(main())
