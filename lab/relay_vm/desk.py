"""The emulated desk: its cards, its daemons as systemd would keep them, and an ear at the tap.

Runs in the machine, on the system's Python alone.
"""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.audio.liveness import Liveness
from lab.relay_vm.wire import CARDS, RATE, TAP, Recording, Wire

NODES: Final = {"Headset": "headset.source", "PC": "computer.source"}
ASK_S: Final = 0.5
RESTART_S: Final = 1.0
"""Seconds after which a daemon comes back, as in its unit."""
_DAEMONS: Final = {"pipewire": "deskcue-relay", "wireplumber": "deskcue-relay-policy"}
"""Daemon -> the unit whose command and environment it gets."""
_EAR: Final = "deskcue-ear"
UNITS: Final = (*_DAEMONS.values(), _EAR)
UNIT_FILES: Final = Path("/deskcue")
RUNTIME: Final = Path("/run/deskcue-relay")
"""Where the relay's socket lies."""


def unit_environment(unit: str) -> dict[str, str]:
    """What a unit's file sets, over what is set already."""
    found = re.findall(r"^Environment='?([A-Z_]+)=(.*?)'?$", _unit(unit), re.MULTILINE)
    return os.environ | dict(found)


def unit_command(unit: str) -> list[str]:
    """What a unit's file starts."""
    return next(re.finditer(r"^ExecStart=(.*)$", _unit(unit), re.MULTILINE))[1].split()


def _unit(unit: str) -> str:
    return (UNIT_FILES / f"{unit}.service").read_text("utf-8")


@dataclass
class Ear:
    """Listens at the tap as the ear does, by ALSA, and watches it with the ear's own liveness."""

    recording: Recording
    problems: set[str] = field(default_factory=set)
    """What it said is wrong, the numbers left out."""
    _liveness: Liveness = field(default_factory=lambda: Liveness(time.monotonic()))
    _frames: int = 0

    def look(self) -> None:
        """See whether sound came; open the tap again if that is hopeless."""
        now = time.monotonic()
        if self.recording.frames > self._frames:
            self._frames = self.recording.frames
            self._liveness.heard(now)
        if said := self._liveness.problem(now):
            self.problems.add(re.sub(r"\d+\.\d", "…", said))
        if self._liveness.hopeless(now):
            self.recording.stop()
            self._liveness = Liveness(now)
        self.recording.start()


def listening_ear() -> Ear:
    """Make an ear with the environment of its unit."""
    command = f"arecord -q -D deskcue_tap -t raw -f S16_LE -r {RATE} -c 2"
    return Ear(Recording(TAP, command, unit_environment(_EAR)))


@dataclass
class Desk:
    """Cards, daemons, wires, ear."""

    wires: dict[str, Wire] = field(default_factory=lambda: {card: Wire(card) for card in CARDS})
    ear: Ear = field(default_factory=listening_ear)
    heard: bool = True
    """Whether there is an ear at the tap."""
    aborts: list[str] = field(default_factory=list)
    """Daemons that ended though nobody killed them, and nobody whom they need."""
    _daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _ended: dict[str, float] = field(default_factory=dict)
    _killed: set[str] = field(default_factory=set)
    _asked: float = 0.0

    def tend(self) -> None:
        """Do what systemd, plugs and ear do by themselves; call it some times a second."""
        for name in _DAEMONS:
            self._keep(name)
        apart = [card for card, wire in self.wires.items() if not wire.joined]
        taken = self._ports() if apart else ""
        for card in apart:
            # PipeWire passes a card over while any of its devices is open (spa/plugins/alsa/
            # alsa-udev.c, check_pcm_device_availability), and a real plug opens none.
            if f"{NODES[card]}:" in taken:
                self.wires[card].join()
            else:
                self.wires[card].cut()
        if self.heard:
            self.ear.look()

    def _ports(self) -> str:
        """What PipeWire offers to listen to; asked twice a second, for the machine is slow."""
        if time.monotonic() - self._asked < ASK_S:
            return ""
        self._asked = time.monotonic()
        return said("pw-link", "-o")

    def _keep(self, name: str) -> None:
        daemon, now = self._daemons.get(name), time.monotonic()
        if daemon and daemon.poll() is None:
            return
        if daemon and name not in self._ended:
            self._ended[name] = now
            if not self._killed & {name, "pipewire"}:
                self.aborts.append(f"{name} {daemon.returncode}")
        if now - self._ended.get(name, 0.0) >= RESTART_S:
            self._ended.pop(name, None)
            self._killed.discard(name)
            for wire in self.wires.values():
                wire.cut()
            unit = _DAEMONS[name]
            with Path(f"/run/{name}.log").open("ab") as log:
                self._daemons[name] = subprocess.Popen(
                    unit_command(unit), env=unit_environment(unit), stdout=log, stderr=log
                )

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a daemon in its tracks for a while."""
        self._daemons[name].send_signal(signal.SIGSTOP)
        yield
        self._daemons[name].send_signal(signal.SIGCONT)

    def kill(self, *names: str) -> None:
        """Kill daemons; ``tend`` starts them again."""
        self._killed |= {*names}
        for name in names:
            self._daemons[name].kill()
            self._daemons[name].wait()

    def plug(self, card: str, *, into: bool) -> None:
        """Plug a card in, or pull it out: the kernel's own hot-plug."""
        if Path(f"/proc/asound/{card}").exists() is into:
            return
        self.wires[card].cut()
        verb = "bind" if into else "unbind"
        Path(f"/sys/bus/platform/drivers/snd_aloop/{verb}").write_text(
            f"snd_aloop.{CARDS.index(card)}", "ascii"
        )

    def reboot(self, first: str) -> None:
        """Begin as after a power cut, with the kernel finding this card first."""
        self.kill(*_DAEMONS)
        for wire in self.wires.values():
            wire.cut()
        self.ear.recording.stop()
        subprocess.run(["modprobe", "-r", "snd-aloop"], check=True)
        load_cards(first)

    def memory_kb(self) -> dict[str, dict[str, int]]:
        """Resident memory of the daemons: all of it, and the share that is theirs (RSS, PSS)."""
        return {name: _memory_kb(one.pid) for name, one in self._daemons.items()}

    def cpu_s(self) -> dict[str, float]:
        """Seconds of processor that the daemons, this program, and its children before have had."""
        ours = os.times()
        used = {"lab": ours.user + ours.system, "ended": ours.children_user + ours.children_system}
        for name, one in self._daemons.items():
            fields = Path(f"/proc/{one.pid}/stat").read_text("ascii").rpartition(")")[2].split()
            used[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return {name: round(seconds, 2) for name, seconds in used.items()}


def load_cards(first: str) -> None:
    """Let the kernel find both cards, this one first; each keeps the place it is plugged in."""
    numbers = ",".join(str(int(card != first)) for card in CARDS)
    options = f"enable=1,1 index={numbers} id={','.join(CARDS)} pcm_substreams=1,1"
    subprocess.run(["modprobe", "snd-aloop", *options.split()], check=True)


def said(*command: str) -> str:
    """What a program prints about the relay."""
    environment = unit_environment(_DAEMONS["wireplumber"])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout


def _memory_kb(pid: int) -> dict[str, int]:
    found: dict[str, int] = {}
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        for name in ("Rss", "Pss"):
            line = re.search(rf"^{name}: +(\d+) kB", text, re.MULTILINE)
            found[name] = int(line[1]) if line else 0
    return found
