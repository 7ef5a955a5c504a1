"""A desk whose cards are null nodes, under a real PipeWire with the product's configuration.

Where WirePlumber 0.5 is there, it makes the links, as on a device; else they are made by hand, for
Debian 12's own WirePlumber reads another language.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.configuration import RATE, TAP
from lab.relay_vm.machine import desk_files

PATIENCE_S: Final = 60.0
EAR: Final = "deskcue_ear"
_PORTS: Final = "adapter.auto-port-config = { mode = dsp position = preserve }"
_MONITOR: Final = _PORTS.replace("dsp", "dsp monitor = true")
_CARDS: Final = {
    "headset.source": "Audio/Source/Virtual",
    "computer.source": "Audio/Source/Virtual",
    "headset.sink": "Audio/Sink",
    "computer.sink": "Audio/Sink",
}
_PLACES: Final = {
    "deskcue.tap-agent.in": ["MONO"],
    "deskcue.tap-agent.out": ["FL"],
    "deskcue.tap-caller.in": ["MONO"],
    "deskcue.tap-caller.out": ["FR"],
}
"""Channels of the streams that have but one."""
_LINKS: Final = (
    ("headset.source:capture_FL", "deskcue.microphone.in:input_FL"),
    ("headset.source:capture_FR", "deskcue.microphone.in:input_FR"),
    ("deskcue.microphone.out:output_FL", "computer.sink:playback_FL"),
    ("deskcue.microphone.out:output_FR", "computer.sink:playback_FR"),
    ("computer.source:capture_FL", "deskcue.earpiece.in:input_FL"),
    ("computer.source:capture_FR", "deskcue.earpiece.in:input_FR"),
    ("deskcue.earpiece.out:output_FL", "headset.sink:playback_FL"),
    ("deskcue.earpiece.out:output_FR", "headset.sink:playback_FR"),
    ("headset.source:capture_FL", "deskcue.tap-agent.in:input_MONO"),
    ("deskcue.tap-agent.out:output_FL", f"{TAP}:playback_FL"),
    ("computer.source:capture_FL", "deskcue.tap-caller.in:input_MONO"),
    ("deskcue.tap-caller.out:output_FR", f"{TAP}:playback_FR"),
)


@contextlib.contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder for a desk, in memory: players and recorders must not wait for a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def wait_for(what: str, there: Callable[[], object]) -> None:
    """Wait until something is so.

    Raises:
        DeskcueError: it does not become so.
    """
    until = time.monotonic() + PATIENCE_S
    while not there():
        if time.monotonic() > until:
            raise DeskcueError(f"{what}: it did not come within {PATIENCE_S:g} s")
        time.sleep(0.05)


@dataclass
class NullDesk:
    """PipeWire, perhaps WirePlumber, players and recorders."""

    folder: Path
    quantum: int
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the configuration."""
        self.version = _linked_with("pipewire")
        self.policy = _linked_with("wireplumber") if _linked_with("wireplumber") >= "0.5" else ""
        config = self.folder / "config"
        for name, text in desk_files(self.quantum).items():
            path = config / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if self.policy else _with_ports(text), "utf-8")
        (config / "pipewire/pipewire.conf.d/60-cards.conf").write_text(_cards(), "utf-8")
        (self.folder / "run").mkdir(exist_ok=True)

    @property
    def text(self) -> str:
        """Which programs run."""
        policy = f"WirePlumber {self.policy}" if self.policy else "links by hand"
        return f"PipeWire {self.version}, {policy}"

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find it."""
        run, config = str(self.folder / "run"), self.folder / "config"
        return os.environ | {
            "XDG_RUNTIME_DIR": run,
            "PIPEWIRE_RUNTIME_DIR": run,
            "XDG_CONFIG_HOME": str(config),
            "XDG_STATE_HOME": run,
            "HOME": str(self.folder),
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{config}/asound.conf",
            "PIPEWIRE_ALSA": (
                f"{{ node.name={EAR} target.object={TAP} stream.capture.sink=true"
                f" node.dont-fallback=true {'' if self.policy else _PORTS} }}"
            ),
        }

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start the daemons, and wait until all is linked."""
        try:
            self.start("pipewire")
            wait_for("PipeWire's loopbacks", lambda: len(self._loopbacks()) == 8)
            if self.policy:
                self.start("wireplumber", "-p", "main-embedded")
                wait_for("WirePlumber's links", lambda: self.links().count("|->") >= 12)
            else:
                self._give_ports()
                for source, sink in _LINKS:
                    self.connect(source, sink)
            yield
        finally:
            for process in reversed(self._processes):
                process.kill()
                process.wait()
            self._processes.clear()

    def _give_ports(self) -> None:
        """Let the loopbacks have ports, as a session manager would."""
        for name, node in self._loopbacks().items():
            direction = "Input" if name.endswith(".in") else "Output"
            place = _PLACES.get(name, ["FL", "FR"])
            sound = {"mediaType": "audio", "mediaSubtype": "raw", "format": "F32P", "rate": RATE}
            wanted = {
                "direction": direction,
                "mode": "dsp",
                "format": sound | {"channels": len(place), "position": place},
            }
            self._ask("pw-cli", "set-param", str(node), "PortConfig", json.dumps(wanted))

    def _loopbacks(self) -> dict[str, int]:
        """Name -> id of their nodes."""
        nodes = json.loads(self._ask("pw-dump") or "[]")
        named = {
            one["info"]["props"].get("node.name", ""): one["id"]
            for one in nodes
            if one["type"].endswith("Interface:Node")
        }
        return {name: node for name, node in named.items() if name.startswith("deskcue.")}

    def start(self, *command: str | Path) -> "subprocess.Popen[bytes]":
        """Start a program beside it; it ends with it."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def stream(self, name: str, *arguments: str | Path) -> "subprocess.Popen[bytes]":
        """Start a player or a recorder of four channels, linked with nothing yet."""
        properties = f"{{ node.name={name} node.autoconnect=false {self._ports} }}"
        positions = ("--channels", "4", "--channel-map", "FL,FR,RL,RR", "--format", "f32")
        return self.start("pw-cat", *arguments[:1], "-P", properties, *positions, *arguments[1:])

    @property
    def _ports(self) -> str:
        return "" if self.policy else _PORTS

    def connect(self, source: str, sink: str) -> None:
        """Link two ports, as soon as both are there."""

        def linked() -> bool:
            self._link(source, sink)
            return f"{source}\n" in self._linked_into(sink)

        wait_for(f"a link from {source} to {sink}", linked)

    def _linked_into(self, sink: str) -> str:
        """Lines of ``pw-link -l`` that follow a port."""
        _, _, rest = self._link("-l", "-i").partition(f"{sink}\n")
        return "".join(f"{line.split('|<- ')[1]}\n" for line in rest.splitlines() if "|<- " in line)

    def links(self) -> str:
        """Every link."""
        return self._link("-l", "-o")

    def _link(self, *arguments: str) -> str:
        return self._ask("pw-link", *arguments)

    def _ask(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout


def _with_ports(text: str) -> str:
    """Let the tap have ports though no session manager gives it any."""
    return text.replace("object.linger = true", f"object.linger = true {_MONITOR}")


def _cards() -> str:
    nodes = "\n".join(
        f" {{ factory = adapter args = {{ factory.name = support.null-audio-sink node.name = {name}"
        f" media.class = {kind} audio.position = [ FL FR ] object.linger = true"
        f" monitor.channel-volumes = false {_MONITOR} }} }}"
        for name, kind in _CARDS.items()
    )
    return f"context.objects = [\n{nodes}\n]\n"


def _linked_with(program: str) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return said.stdout.rpartition("Linked with ")[2].split()[-1] if said.stdout else ""
