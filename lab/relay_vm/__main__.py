"""Boot the relay's machine, let it live through unplugging and killing, and say how it went.

``scripts/test-relay`` makes the machine's disk and calls this. Software emulation whose time is
counted in instructions: order, levels, breaks and crossing are real, and seconds are the machine's.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from lab.relay_vm.machine import QUANTUM, Found, booted, lay
from lab.relay_vm.sums import (
    drift_summed_up,
    ear_summed_up,
    freeze_summed_up,
    judged_stretch,
    line_of,
    rounds_summed_up,
)
from lab.results.result import Result
from lab.results.store import record


def main(arguments: Sequence[str] | None = None) -> int:
    """Boot, read what the machine says, sum up."""
    args = _arguments(arguments)
    job = {"job": args.job, "ppm": args.ppm, "seconds": args.seconds, "rounds": args.rounds}
    match args.job:
        case "drift":
            results = [one for found in lived(args, job) for one in drift_summed_up(found)]
        case "ear":
            results = [one for found in lived(args, job) for one in ear_summed_up(found)]
        case "freeze":
            results = freeze_summed_up([*lived(args, job)])
        case _:
            results = rounds_summed_up([*_rounds(args)])
    show(results)
    if args.record and results:
        record("relay", "scripts/test-relay", results, model="")
    return 0 if results and all(one.passed is not False for one in results) else 1


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/test-relay", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the machine's Debian")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=3000.0, help="of the machine's time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--job", choices=("rounds", "drift", "ear", "freeze"), default="rounds")
    parser.add_argument("--ppm", type=int, default=200, help="how far the clocks run apart")
    parser.add_argument("--quantum", type=int, default=QUANTUM)
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="add the rounds to those in this file, up to N"
    )
    parser.add_argument("--record", action="store_true", help="into lab/results")
    return parser.parse_args(arguments)


def _rounds(args: argparse.Namespace) -> Iterator[Found]:
    """The rounds that an earlier run has kept, and those that are lacking."""
    kept = _kept(args.keep)
    yield from kept
    job = {
        "job": "rounds",
        "rounds": args.rounds - len(kept),
        "seconds": args.seconds,
        "seed": args.seed + len(kept),
    }
    if args.rounds <= len(kept):
        return
    for found in lived(args, job):
        if args.keep:
            with args.keep.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        yield found


def _kept(path: Path | None) -> list[Found]:
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def lived(args: argparse.Namespace, job: Mapping[str, object]) -> Iterator[Found]:
    """Boot the machine with a job; give what happened in it, with what was heard meanwhile."""
    lay(args.root, job, args.quantum)
    console = Console()
    with booted(args.root, 20 * args.seconds + 600) as (said, folder):
        for found in said:
            if len(found.get("marks", ())) == 3:
                found |= judged_stretch(found, folder)
                console.print(line_of(found), highlight=False)
            if found["what"] == args.job.removesuffix("s"):
                yield found


def show(results: Iterable[Result]) -> None:
    """Print them."""
    table = Table("", "figure", "n", box=None, show_header=False, pad_edge=False)
    for one in results:
        mark = {True: "✓", False: "✗", None: ""}[one.passed]
        table.add_row(f"{mark} {one.title}", f"{one.value:g} {one.unit}", f"{one.n:g} {one.of}")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
