"""A call through the relay: what it lights, what arrives, what is written, what it costs."""

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import soundfile

from firmware_py.core.types import RATE
from lab.boot import trace
from lab.boot.container import Container, soon
from lab.boot.lab import EAR, UPLINK, Lab, hearing, play, signal_call, wait_until_it_hears
from lab.results import at_most

CALL: Final = Path("firmware_py/demo/call.ogg")
RESIDENT_MB: Final = {EAR: 75.0, UPLINK: 35.0, "deskcue-relay": 40.0}
OWN: Final = ("/var/lib/deskcue/", "/run/deskcue-ear/")
_NO_FILES: Final = ("UNIX", "anon_inode", "pipe", "socket")


def live(lab: Lab) -> None:
    """Play the bundled call, and follow what the ear does."""
    with lab.desk() as desk, tempfile.TemporaryDirectory() as folder:
        lab.report.check("the ear hears the relay's tap", wait_until_it_hears(desk))
        pid, into = desk.pid(EAR), Path(folder, "trace")
        shared = trace.shared_files(pid)
        strace = trace.start(pid, into)
        time.sleep(1.0)
        hear_a_call(desk)
        strace.send_signal(signal.SIGINT)
        strace.wait()
        _light(lab, desk)
        _events(lab)
        _written(lab, trace.written(into), shared | trace.shared_files(pid))
        _memory(lab, desk)


def hear_a_call(desk: Container) -> None:
    """Play the call from its start to its end, signalled as a phone system would."""
    signal_call(desk, "start")
    play(desk).wait()
    signal_call(desk, "end")


def _light(lab: Lab, desk: Container) -> None:
    shone = [line for line in desk.journal().splitlines() if " pin GPIO17 " in line]
    lit = any(line.endswith("lights up") for line in shone)
    dark = lit and shone[-1].endswith("is dark")
    lab.report.check("the call lights the red pin, and it goes out again", dark)


def _events(lab: Lab) -> None:
    replay = [sys.executable, "-m", "firmware_py.cli", "replay", "--json", str(CALL)]
    said = subprocess.run(replay, capture_output=True, text=True, check=True).stdout
    expected = {one["rule"] for one in map(json.loads, said.splitlines()) if "rule" in one}
    came = soon(lambda: "summary" in lab.broker.kinds)
    lab.report.check("the banned phrase arrives at the broker", "F5" in lab.broker.rules)
    lab.report.check("and so does the call's summary", came is not None)
    lab.report.check(
        f"what a replay finds is found: {len(expected)} rules", expected <= {*lab.broker.rules}
    )


def _written(lab: Lab, written: dict[str, bytes], shared: set[str]) -> None:
    files = {place for place in written if place.startswith("/")}
    odd = [p for p in written if not p.startswith((*OWN, *_NO_FILES, "/dev/null"))]
    lab.report.check(
        f"the ear writes to its own directories and to sockets alone {odd or ''}", not odd
    )
    others = {p for p in shared if not p.startswith((*OWN, "/memfd:"))}
    lab.report.check(f"no other file is written through memory {others or ''}", not others)
    disk = b"".join(written[place] for place in sorted(files))
    share = trace.shrinks_to(disk)
    lab.report.check(
        f"what it writes to disk shrinks to {100 * share:.0f} % like text", share < 0.4
    )
    pcm, rate = soundfile.read(CALL, dtype="float32", always_2d=True)
    assert rate == RATE
    sound = trace.Sound([pcm[:, 0], pcm[:, 1]])
    everything = b"".join(written.values())
    control = (3e3 * pcm[10 * RATE : 11 * RATE]).astype("<i2").tobytes()
    lab.report.check(
        "a second of the call would be recognised", sound.likeness(control) > trace.ALIKE
    )
    lab.report.measure(
        "trace.likeness",
        "Largest correlation of anything that the ear wrote in a call with the call's sound",
        sound.likeness(everything),
        "",
        at_most(trace.ALIKE),
        n=round(len(everything) / 1000),
        of="kB written",
    )


def _memory(lab: Lab, desk: Container) -> None:
    for unit, most in RESIDENT_MB.items():
        status = Path(f"/proc/{desk.pid(unit)}/status").read_text("ascii")
        kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        name = unit.removeprefix("deskcue-")
        title = f"Resident memory of {unit} after a call"
        lab.report.measure(f"memory.{name}", title, int(kb) / 1000, "MB", at_most(most))


def first_block(lab: Lab, starts: int = 5) -> None:
    """How long the ear takes from its start to the first Block."""
    worst = 0.0
    with lab.desk() as desk:
        wait_until_it_hears(desk)
        for number in range(starts):
            desk.run("systemctl", "restart", EAR)
            wait_until_it_hears(desk, number + 2)
            began = int(desk.show(EAR, "ExecMainStartTimestampMonotonic")) / 1e6
            worst = max(worst, hearing(desk)[-1] - began)
    title = "Longest time from the ear's start to its first Block"
    lab.report.measure("first_block", title, worst, "s", at_most(3.0), n=starts, of="starts")
