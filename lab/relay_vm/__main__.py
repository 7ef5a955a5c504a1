"""Boot the relay's machine, let it live through unplugging and killing, and say how it went.

``scripts/test-relay`` makes the machine's disk and calls this. Software emulation: about a minute
to boot, so timers are late and the quantum is 2048; order and levels are real, delays are not.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from firmware_py.relay.configuration import RelayPlan, configuration
from firmware_py.relay.files import plan_files, write_files
from firmware_py.relay.hardware import Card, Port
from firmware_py.relay.roles import choose_roles
from firmware_py.settings.config import RelayMode
from lab.results.result import Result, at_least, at_most, share
from lab.results.store import record

HERE: Final = Path(__file__).parent
QUANTUM: Final = 2048
_PLAYED_DB: Final = -12.0
_BOTH: Final = Port((2,), (48_000,))

Found = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Lay the files, boot, read what the machine says, sum up."""
    parser = argparse.ArgumentParser(prog="scripts/test-relay", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the machine's Debian")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=1500.0, help="for all rounds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="into lab/results")
    args = parser.parse_args(arguments)
    lay(args.root, f"{args.rounds} {args.seconds} {args.seed}\n")
    found = list(boot(args.root, args.seconds + 400))
    results = summed_up(found)
    show(results)
    if args.record:
        record("relay", f"scripts/test-relay --rounds {args.rounds}", results, model="")
    whole = any(one["what"] == "done" for one in found)
    return 0 if whole and all(one.passed is not False for one in results) else 1


def lay(root: Path, arguments: str) -> None:
    """Put the relay's configuration and the guest's program into the machine's disk."""
    cards = [
        Card(index, name, "Loopback", name, "", f"platform-snd_aloop.{index}", _BOTH, _BOTH)
        for index, name in enumerate(("Headset", "PC"))
    ]
    plan = RelayPlan(RelayMode.LAB, choose_roles(cards, RelayMode.LAB), QUANTUM)
    write_files(plan_files(configuration(plan), root / "etc/deskcue/relay"), force=True)
    place = root / "deskcue"
    place.mkdir(exist_ok=True)
    for name in ("guest.py", "init.sh"):
        (place / name).write_bytes((HERE / name).read_bytes())
    (place / "init.sh").chmod(0o755)
    (place / "arguments").write_text(arguments, "ascii")


def boot(root: Path, seconds: float) -> Iterable[Found]:
    """Make the disk, boot it, and give what the machine says as it says it."""
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        disk = Path(folder, "disk.img")
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", root, disk, "3G"], check=True)
        with subprocess.Popen(
            ["timeout", str(seconds), *_machine(root, disk)], stdout=subprocess.PIPE, text=True
        ) as machine:
            assert machine.stdout is not None
            with (root.parent / "console.log").open("w", encoding="utf-8") as log:
                for line in machine.stdout:
                    log.write(line)
                    log.flush()
                    if line.startswith("@"):
                        yield json.loads(line[1:])


def _machine(root: Path, disk: Path) -> list[str]:
    """The command that boots the disk."""
    kernel, initrd = (max(root.glob(f"boot/{name}-*")) for name in ("vmlinuz", "initrd.img"))
    words = "console=ttyS0 root=/dev/vda rw init=/deskcue/init.sh quiet panic=-1"
    words += " mitigations=off no_timer_check"  # a busy host's timer is late: no bug of the machine
    return [
        *("qemu-system-x86_64", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "1536"),
        *("-nographic", "-no-reboot", "-kernel", str(kernel), "-initrd", str(initrd)),
        *("-drive", f"file={disk},if=virtio,format=raw", "-append", words),
    ]


def summed_up(found: Iterable[Found]) -> list[Result]:
    """Figures of a run."""
    rounds = [one for one in found if one["what"] == "round"]
    if not rounds:
        return []
    right = sum(one["back"] and not one["crossed"] for one in rounds)
    levels = [level for one in rounds if one["back"] for level in one["levels"].values()]
    off = max((abs(level - _PLAYED_DB) for level in levels), default=99.0)
    slowest = max(one["s"] for one in rounds)
    return [
        share(
            "relay.replug.right",
            "relay",
            "sound is back in both directions after unplugging or a kill, and was never crossed",
            right,
            len(rounds),
            "rounds",
            target=at_least(100),
        ),
        Result(
            id="relay.replug.crossed",
            question="relay",
            title="rounds in which one side's tone came out at the wrong side",
            value=sum(one["crossed"] for one in rounds),
            n=len(rounds),
            of="rounds",
            target=at_most(0),
        ),
        Result(
            id="relay.unity",
            question="relay",
            title="largest change of level between what goes in and what comes out",
            value=round(off, 3),
            unit="dB",
            n=len(levels),
            of="recordings",
            target=at_most(0.1),
        ),
        Result(
            id="relay.daemon.aborts",
            question="relay",
            title="times a daemon ended by itself",
            value=sum(len(one["died"]) for one in rounds),
            n=len(rounds),
            of="rounds",
            target=at_most(0),
        ),
        Result(
            id="relay.replug.slowest",
            question="relay",
            title="longest time until sound was back, as far as emulation tells",
            value=slowest,
            unit="s",
            n=len(rounds),
            of="rounds",
        ),
    ]


def show(results: Iterable[Result]) -> None:
    """Print them."""
    table = Table("", "figure", "n", box=None, show_header=False, pad_edge=False)
    for one in results:
        mark = {True: "✓", False: "✗", None: ""}[one.passed]
        table.add_row(f"{mark} {one.title}", f"{one.value:g} {one.unit}", f"{one.n:g} {one.of}")
    Console().print(table)


if __name__ == "__main__":
    raise SystemExit(main())
