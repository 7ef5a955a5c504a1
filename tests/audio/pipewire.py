"""A real PipeWire without hardware: a tap with two channels, a player, and somebody who listens.

There is no session manager, as on the device: whoever has ports is linked by hand.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mosquitto import wait_for

NEEDS = ("pipewire", "pw-cat", "pw-link")
PLUGIN = "*/alsa-lib/libasound_module_pcm_pipewire.so"

needs_pipewire = pytest.mark.skipif(
    not all(map(shutil.which, NEEDS)) or not [*Path("/usr/lib").glob(PLUGIN)],
    reason="pipewire, pipewire-bin or pipewire-alsa is missing",
)

TAP = "deskcue_tap"
EAR = "deskcue_ear"

_CLIENT = """
context.properties = { log.level = 0 mem.warn-mlock = false }
context.spa-libs = {
    audio.convert.* = audioconvert/libspa-audioconvert
    support.* = support/libspa-support
}
context.modules = [
    { name = libpipewire-module-protocol-native }
    { name = libpipewire-module-client-node }
    { name = libpipewire-module-adapter }
    { name = libpipewire-module-metadata }
%s]
"""
_DAEMON = (
    _CLIENT.replace("{ log.level", "{ core.daemon = true core.name = pipewire-0 log.level")
    % """
    { name = libpipewire-module-spa-node-factory }
    { name = libpipewire-module-access args = { } }
    { name = libpipewire-module-link-factory }
"""
    + """
context.objects = [
    { factory = spa-node-factory args = {
        factory.name = support.node.driver node.name = driver
        node.group = pipewire.dummy priority.driver = 20000 } }
    { factory = adapter args = {
        factory.name = support.null-audio-sink node.name = deskcue_tap
        media.class = Audio/Source/Virtual audio.position = [ FL FR ] object.linger = true
        audio.channels = 2 audio.rate = 48000 audio.format = F32P
        adapter.auto-port-config = { mode = dsp monitor = true position = preserve } } }
]
"""
)
_PCM = 'pcm.%s { type pipewire capture_node "-1" hint { show on description "tap" } }\n'


def _node(name: str) -> str:
    return (
        f"{{ node.name = {name} adapter.auto-port-config = {{ mode = dsp position = preserve }} }}"
    )


@dataclass
class PipeWire:
    """A daemon of our own that can be stopped and started again."""

    folder: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Write its settings."""
        for name, text in (
            ("pipewire.conf", _DAEMON),
            ("client.conf", _CLIENT % ""),
            ("client-rt.conf", _CLIENT % ""),
            (".asoundrc", _PCM % TAP),
        ):
            (self.folder / name).write_text(text, "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find it; its ALSA streams are called ``EAR``."""
        place = str(self.folder)
        return {
            **os.environ,
            "HOME": place,
            "XDG_RUNTIME_DIR": place,
            "PIPEWIRE_RUNTIME_DIR": place,
            "PIPEWIRE_CONFIG_DIR": place,
            "PIPEWIRE_ALSA": _node(EAR),
        }

    def start(self) -> None:
        """Start it and wait for the tap."""
        self._process = self.run("pipewire")
        try:
            wait_for(lambda: f"{TAP}:input_FR" in self._ports(), "the tap's ports")
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def run(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a program beside it."""
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _ports(self) -> str:
        return self._link("-i", "-o")

    def _link(self, *arguments: str) -> str:
        linked = subprocess.run(
            ["pw-link", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return linked.stdout

    def connect(self, source: str, sink: str) -> None:
        """Link two channels, as soon as both ends are there."""

        def linked() -> bool:
            for side in ("FL", "FR"):
                self._link(f"{source}_{side}", f"{sink}_{side}")
            shown = self._link("-l", "-o")
            return all(f"|-> {sink}_{side}" in shown for side in ("FL", "FR"))

        wait_for(linked, f"a link from {source} to {sink}")

    @contextlib.contextmanager
    def playing(self, sound: Path) -> Iterator[None]:
        """Play a file into the tap, from the moment that it is linked."""
        player = self.run("pw-cat", "-p", "-P", _node("player"), sound)
        try:
            self.connect("player:output", f"{TAP}:input")
            yield
        finally:
            player.kill()
            player.wait()
