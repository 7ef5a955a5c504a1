"""Measure what the relay adds to a call, and whether an ear at its tap can break the sound.

On null nodes in the cards' place, with the PipeWire that is installed: the clock is one, so what
only hardware can tell (milliseconds of cards, drift) is in docs/hardware.md.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from rich.console import Console

from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox
from firmware_py.relay.configuration import RATE, TAP
from lab.relay_null.coded import Float, Passed, coded, compared
from lab.relay_null.desk import EAR, NullDesk, memory_folder, wait_for
from lab.results.result import Result, at_most, slug
from lab.results.store import record

ROOT: Final = Path(__file__).parents[2]
QUANTA: Final = (64, 128, 256)
WAYS: Final = ("microphone", "earpiece")
OUTBOX: Final = "outbox.db"
_FRAME: Final = 4 * 4
"""Bytes of four channels."""
_TRIES: Final = 5
PHASES: Final = ("no ear", "ear at work", "ear frozen", "ear killed")
_BEFORE_AFTER: Final = (
    ("headset.source:capture_FL", "recorder:input_FL"),
    ("computer.sink:monitor_FL", "recorder:input_FR"),
    ("computer.source:capture_FL", "recorder:input_RL"),
    ("headset.sink:monitor_FL", "recorder:input_RR"),
)
_PLAYED: Final = (
    ("player:output_FL", "headset.source:input_FL"),
    ("player:output_FR", "headset.source:input_FR"),
    ("player:output_RL", "computer.source:input_FL"),
    ("player:output_RR", "computer.source:input_FR"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run at one quantum has shown."""

    quantum: int
    server: str
    """Versions."""
    passed: dict[str, dict[str, Passed]]
    """Phase -> direction -> what became of the sound."""
    worked_s: float
    """Seconds of processor that the ear had while it was at work."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run at each quantum, print, record."""
    parser = argparse.ArgumentParser(prog="python -m lab.relay_null", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each phase")
    parser.add_argument("--record", action="store_true", help="into lab/results")
    args = parser.parse_args(arguments)
    runs = []
    for quantum in QUANTA:
        runs.append(_measured(quantum, args.seconds))
        show(runs[-1])
    results = [one for run in runs for one in figures(run)]
    if args.record:
        record("relay_null", "python -m lab.relay_null", results)
    return 0 if all(one.passed is not False for one in results) else 1


def _measured(quantum: int, seconds: float) -> Run:
    """Measure, some times if the machine is so busy that a phase has no whole stretch of sound."""
    for _ in range(_TRIES):
        with memory_folder() as folder:
            try:
                return measure(NullDesk(folder, quantum), seconds)
            except ValueError as error:
                sys.stderr.write(f"quantum {quantum}: {error}; once more\n")
    raise DeskcueError(f"quantum {quantum}: no sound came through {_TRIES} times; see the load")


def measure(desk: NullDesk, seconds: float) -> Run:
    """Pass coded speech through the relay while an ear comes, works, is frozen and is killed."""
    source, recording = desk.folder / "source.wav", desk.folder / "recording.wav"
    write_source(source, 4 * seconds + 60.0)
    marks: list[int] = []

    def live(seconds: float) -> None:
        time.sleep(seconds)
        marks.append(recording.stat().st_size // _FRAME)

    with desk.running():
        recorder = desk.stream("recorder", "-r", recording)
        desk.stream("player", "-p", source)
        for ends in (*_PLAYED, *_BEFORE_AFTER):
            desk.connect(*ends)
        live(seconds)
        ear = listening_ear(desk)
        before = cpu_s(ear.pid)
        live(seconds)
        worked_s = cpu_s(ear.pid) - before
        ear.send_signal(signal.SIGSTOP)
        live(seconds)
        ear.kill()
        live(seconds)
        recorder.send_signal(signal.SIGINT)
        recorder.wait()
    sound, _ = soundfile.read(recording, dtype="float32")
    return Run(desk.quantum, desk.text, by_phase(sound, marks, 2 * desk.quantum), worked_s)


def listening_ear(desk: NullDesk) -> "subprocess.Popen[bytes]":
    """Start the device's own program at the tap, and wait until it hears."""
    config = desk.folder / "deskcue.toml"
    config.write_text(
        f'[outbox]\npath = "{desk.folder}/{OUTBOX}"\n[light]\npins = []\n'
        f'[tap]\ndevice = "{TAP}"\nlisten = "always"\n',
        "utf-8",
    )
    command = (sys.executable, "-m", "firmware_py.cli", "run", "--wait", "--config")
    ear = desk.start(*command, config)
    if not desk.policy:
        for side in ("FL", "FR"):
            desk.connect(f"{TAP}:monitor_{side}", f"{EAR}:input_{side}")
    wait_for("sound at the ear", lambda: heard(desk) > 0)
    return ear


def heard(desk: NullDesk) -> float:
    """Seconds that the ear has heard, as it last reported."""
    if not (desk.folder / OUTBOX).exists():
        return 0.0
    outbox = Outbox(desk.folder / OUTBOX)
    status = outbox.status("ear") or {}
    outbox.close()
    return float(status.get("seconds", 0.0))


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def by_phase(sound: Float, marks: Sequence[int], margin: int) -> dict[str, dict[str, Passed]]:
    """Compare each phase's before and after, both ways."""
    parts = np.split(sound, marks[:-1])
    return {
        phase: {
            way: compared(part[:, 2 * place], part[:, 2 * place + 1], margin)
            for place, way in enumerate(WAYS)
        }
        for phase, part in zip(PHASES, parts, strict=True)
    }


def write_source(path: Path, seconds: float) -> None:
    """Write four channels: the agent of the bundled call twice, and its caller twice."""
    call, rate = soundfile.read(ROOT / "firmware_py/demo/call.ogg", dtype="int16")
    slow = np.repeat(call, RATE // rate, axis=0)
    whole = np.resize(slow, (round(seconds * RATE), 2))
    agent, caller = coded(whole[:, 0]), coded(whole[:, 1])
    soundfile.write(path, np.stack([agent, agent, caller, caller], 1), RATE, subtype="FLOAT")


def show(run: Run) -> None:
    """Print a run."""
    console = Console()
    console.print(f"quantum {run.quantum}, {run.server}; the ear worked {run.worked_s:.1f} s")
    for phase, ways in run.passed.items():
        for way, one in ways.items():
            console.print(
                f"  {phase:12}{way:11}{one.frames / RATE:6.1f} s, {one.delay} frames later,"
                f" {one.changed} changed, {one.breaks} breaks ({one.gaps} gaps of the lab's own)",
                highlight=False,
            )


def figures(run: Run) -> list[Result]:
    """Figures of a run."""
    found: list[Result] = []
    delays = {way: run.passed[PHASES[0]][way].delay for way in WAYS}
    for way, delay in delays.items():
        found.append(
            Result(
                id=f"relay.delay.{slug(way)}@{run.quantum}",
                question="relay",
                title=f"delay that the relay adds to the {way}",
                value=delay,
                unit="samples",
                target=at_most(run.quantum),
                conditions=f"quantum {run.quantum}",
                remarks=run.server,
            )
        )
    for phase, ways in run.passed.items():
        bad = sum(one.breaks + one.changed for one in ways.values())
        bad += sum(one.delay != delays[way] for way, one in ways.items())
        found.append(
            Result(
                id=f"relay.bits.{slug(phase)}@{run.quantum}",
                question="relay",
                title="samples changed, breaks, and changes of delay, both ways",
                value=bad,
                n=round(sum(one.frames for one in ways.values()) / RATE, 1),
                of="s",
                target=at_most(0),
                conditions=f"quantum {run.quantum}, {phase}",
                remarks=run.server,
            )
        )
    return found


if __name__ == "__main__":
    raise SystemExit(main())
