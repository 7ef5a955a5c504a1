"""Runs inside the emulated machine, on the system's Python alone: unplugs, kills, and waits.

Two loopback cards (snd-aloop) stand in for headset and computer: what is played into the other end
of a card is what its microphone or the caller says. Each side has a tone of its own; all that comes
out goes to the host, which looks for gaps, levels and crossing. A line of JSON for every finding.
"""

import contextlib
import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from firmware_py.relay.progress import Progress
from lab.relay_vm.desk import RUNTIME, Desk, load_cards
from lab.relay_vm.wire import CARDS, FROZEN_FROM, TONES, write_tone

PATIENCE_S: Final = 60.0
STEADY_S: Final = 2.0
"""Seconds for which sound has to flow, unbroken, before the next thing happens."""

Act = Callable[[], None]


def tell(what: str, **more: object) -> None:
    """Write one finding."""
    print("@" + json.dumps({"what": what, **more}), flush=True)


def tended(desk: Desk, seconds: float) -> None:
    """Let time pass."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        desk.tend()
        time.sleep(0.1)


def at(desk: Desk) -> dict[str, int]:
    """How far every recording is, in frames."""
    recordings = [desk.ear.recording, *(wire.recording for wire in desk.wires.values())]
    return {one.name: one.frames for one in recordings}


def wait_for_sound(desk: Desk) -> bool:
    """Wait until both directions and the tap are right, three times in a row."""
    began, good = time.monotonic(), 0
    while good < 3 and time.monotonic() - began < PATIENCE_S:
        tended(desk, 0.1)
        whole = [wire.recording for wire in desk.wires.values()] + [desk.ear.recording]
        good = good + 1 if all(one.right for one in whole) else 0
    return good == 3


def actions(desk: Desk, rng: random.Random) -> Iterator[tuple[str, Act]]:
    """Whatever may happen to a desk, in any order; everything happens as often."""

    def replug(*cards: str) -> None:
        for card in rng.sample(cards, len(cards)):
            desk.plug(card, into=False)
            tended(desk, rng.uniform(0.0, 1.0))
        tended(desk, rng.uniform(0.0, 3.0))
        for card in rng.sample(cards, len(cards)):
            desk.plug(card, into=True)
            tended(desk, rng.uniform(0.0, 1.0))

    def boot(first: str, late: str = "") -> None:
        desk.reboot(first)
        if late:
            desk.plug(late, into=False)
            tended(desk, rng.uniform(1.0, 6.0))
            desk.plug(late, into=True)

    def away() -> None:
        desk.kill("wireplumber")
        replug("Headset")

    kinds: list[tuple[str, Act]] = [
        ("headset replugged", lambda: replug("Headset")),
        ("computer replugged", lambda: replug("PC")),
        ("both replugged", lambda: replug(*CARDS)),
        ("PipeWire killed", lambda: desk.kill("pipewire")),
        ("WirePlumber killed", lambda: desk.kill("wireplumber")),
        ("both daemons killed", lambda: desk.kill("pipewire", "wireplumber")),
        ("booted with the cards in the other order", lambda: boot("PC")),
        ("booted with the headset coming late", lambda: boot("PC", late="Headset")),
        ("booted with the computer coming late", lambda: boot("Headset", late="PC")),
        ("headset replugged while WirePlumber is away", away),
    ]
    while True:
        yield from rng.sample(kinds, len(kinds))


def play_rounds(desk: Desk, job: dict[str, Any]) -> None:
    """Let one thing after the other happen, as long as there is time."""
    until = time.monotonic() + job["seconds"]
    happening = actions(desk, random.Random(job["seed"]))
    for number in range(job["rounds"]):
        if time.monotonic() > until:
            break
        name, act = next(happening)
        desk.aborts.clear()
        desk.ear.problems.clear()
        start, began = at(desk), time.monotonic()
        act()
        acted = time.monotonic()
        back = wait_for_sound(desk)
        took, settled = time.monotonic() - acted, at(desk)
        tended(desk, STEADY_S)
        tell(
            "round",
            number=number,
            event=name,
            back=back,
            s=round(took, 1),
            gap_s=round(acted - began + took, 1),
            aborts=desk.aborts,
            problems=sorted(desk.ear.problems),
            marks=[start, settled, at(desk)],
            memory_kb=desk.memory_kb(),
            cpu_s=desk.cpu_s(),
        )


def drift(desk: Desk, job: dict[str, Any]) -> None:
    """Let the computer's clock run off the headset's, for a while."""
    value = 100_000 + round(job["ppm"] / 10)
    for device in (0, 1):
        control = f"iface=PCM,name='PCM Rate Shift 100000',device={device}"
        command = ["amixer", "-q", "-c", "PC", "cset", control, str(value)]
        subprocess.run(command, check=True)
    tended(desk, min(30.0, job["seconds"] / 2))
    settled = at(desk)
    for _ in range(round(job["seconds"] / 10)):
        tended(desk, 10.0)
        tell("so far", at=at(desk))
    tell(
        "drift",
        event=f"{job['ppm']:+d} ppm",
        ppm=job["ppm"],
        marks=[settled, settled, at(desk)],
        memory_kb=desk.memory_kb(),
    )


def freeze(desk: Desk, job: dict[str, Any]) -> None:
    """Freeze PipeWire, and see how soon the bypass relay would fall by the kernel's counters."""
    progress = Progress()
    for _ in range(job["rounds"]):
        passes = []
        for _ in range(FROZEN_FROM):
            tended(desk, 0.1)
            passes.append(progress.passes())
        with desk.frozen("pipewire"):
            for _ in range(20):
                time.sleep(0.1)
                passes.append(progress.passes())
        tell("freeze", passes=passes, back=wait_for_sound(desk))


def live_and_die(desk: Desk, job: dict[str, Any]) -> None:
    """Pass sound with no ear, with one, with a frozen one, and while one is killed each second."""

    def phase(name: str, each_s: Callable[[], None]) -> None:
        start = at(desk)
        for _ in range(job["rounds"]):
            each_s()
            tended(desk, 1.0)
        tell("ear", event=name, marks=[start, start, at(desk)])

    wait_for_sound(desk)
    desk.heard = False
    desk.ear.recording.stop()
    phase("no ear", lambda: None)
    desk.heard = True
    phase("ear at work", lambda: None)
    desk.heard = False
    desk.ear.recording.freeze()
    phase("ear frozen", lambda: None)
    desk.heard = True
    phase("ear killed every second", desk.ear.recording.stop)


JOBS: Final = {"rounds": play_rounds, "drift": drift, "freeze": freeze, "ear": live_and_die}


def keep_busy() -> None:
    """Give the processor something to do when there is nothing to do.

    An idle machine's time is the host's (QEMU's ``-icount`` with ``sleep=on``), so a host too busy
    to wake it in time makes it late; the time of one never idle is its instructions alone.
    """
    if os.fork() == 0:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        while True:
            pass


def main() -> None:
    """Set up, and do the job."""
    keep_busy()
    job = json.loads(Path("/deskcue/job.json").read_text("utf-8"))
    RUNTIME.mkdir(exist_ok=True)
    for card, frequency in TONES.items():
        write_tone(Path(f"/run/{card}.raw"), frequency)
    load_cards("Headset")
    desk = Desk()
    tell("start", back=wait_for_sound(desk), s=round(time.monotonic(), 1), marks=[at(desk)])
    JOBS[job["job"]](desk, job)
    for log in ("pipewire", "wireplumber"):
        with contextlib.suppress(OSError):
            tell("log", text=Path(f"/run/{log}.log").read_text("utf-8", "replace")[-1500:])
    tell("done")


if __name__ == "__main__":
    main()
