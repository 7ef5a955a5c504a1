"""What lies beyond the cards of the emulated machine: tones that go in, and what comes out.

Runs in the machine, on the system's Python alone. Everything that comes out is sent to the host as
it is, which judges it; here only the last tenth of a second is looked at, to know when to go on.
"""

import array
import contextlib
import math
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

RATE: Final = 48_000
TENTH: Final = RATE // 10
CARDS: Final = ("Headset", "PC")
TONES: Final = {"Headset": 440.0, "PC": 1000.0}
"""Hz that is played into each card: the agent speaks at the headset, the caller at the computer."""
LEVEL_DB: Final = -12.0
"""dBFS of the tones."""
TAP: Final = "Tap"
HEARD: Final = {"Headset": (TONES["PC"],), "PC": (TONES["Headset"],), TAP: tuple(TONES.values())}
"""Tones that belong into a recording, a channel each."""
PORTS: Final = Path("/dev/virtio-ports")
FROZEN_FROM: Final = 10
"""Looks of the bypass relay's watch before PipeWire is frozen, a tenth of a second apart."""
_THIN: Final = 8
"""One sample of so many is looked at: enough for tones, and the machine is slow."""


def level_db(samples: Sequence[int], frequency: float, rate: float = RATE) -> float:
    """Level of a tone in dBFS of a full-scale sine, by Goertzel (1958); samples of one channel."""
    turn = 2 * math.pi * frequency / rate
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + 2 * math.cos(turn) * last - before
    power = last * last + before * before - 2 * math.cos(turn) * last * before
    return 10 * math.log10(power / (len(samples) / 2) ** 2 / 32_768**2 + 1e-12)


def write_tone(path: Path, frequency: float) -> None:
    """Write 10 s of a tone, stereo, as raw int16; a whole number of turns, so it can go round."""
    wave = array.array("h")
    for n in range(TENTH):
        level = 32_767 * 10 ** (LEVEL_DB / 20)
        sample = round(level * math.sin(2 * math.pi * frequency * n / RATE))
        wave.extend((sample, sample))
    path.write_bytes(wave.tobytes() * 100)


@dataclass
class Recording:
    """A recorder whose sound goes to the host; it is started again whenever it has ended."""

    name: str
    command: str
    environment: Mapping[str, str]
    frames: int = 0
    """Sent so far."""
    _last: bytes = b""
    _process: subprocess.Popen[bytes] | None = None
    _thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether it records."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """See that it runs."""
        if self.running:
            return
        self.stop()
        self._process = subprocess.Popen(
            self.command.split(),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._send, args=(self._process,), daemon=True)
        self._thread.start()

    def freeze(self) -> None:
        """Stop it in its tracks."""
        if self._process:
            self._process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
        if self._thread:
            self._thread.join()
        self._last = b""

    @property
    def right(self) -> bool:
        """Whether every channel carries the tone that belongs there, at its level."""
        last = array.array("h", self._last)
        tones = HEARD[self.name]
        channels = [last[n :: len(tones) * _THIN] for n in range(len(tones))]
        return bool(last) and all(
            abs(level_db(channel, tone, RATE / _THIN) - LEVEL_DB) < 0.5
            for channel, tone in zip(channels, tones, strict=True)
        )

    def _send(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with (PORTS / f"deskcue.{self.name}").open("wb", buffering=0) as port:
            while len(chunk := process.stdout.read(4 * TENTH)) == 4 * TENTH:
                if len(HEARD[self.name]) == 1:  # both channels are the same
                    chunk = array.array("h", chunk)[::2].tobytes()
                port.write(chunk)
                self.frames += TENTH
                self._last = chunk


@dataclass
class Wire:
    """What a card's plug is in: somebody who speaks, and somebody who listens."""

    card: str
    recording: Recording = field(init=False)
    _player: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Nobody speaks yet."""
        command = f"arecord -q {self._pcm} --buffer-time=400000"
        self.recording = Recording(self.card, command, os.environ)

    @property
    def _pcm(self) -> str:
        return f"-D hw:{self.card},1 -t raw -f S16_LE -r {RATE} -c 2"

    @property
    def joined(self) -> bool:
        """Whether somebody speaks and listens."""
        return self._player is not None and self._player.poll() is None and self.recording.running

    def join(self) -> None:
        """See that the tone is played, and that what comes is recorded."""
        if self._player is None or self._player.poll() is not None:
            command = f"while cat /run/{self.card}.raw; do :; done"
            command += f" | aplay -q {self._pcm} --buffer-time=400000"
            self._player = subprocess.Popen(
                ["sh", "-c", command], stderr=subprocess.DEVNULL, start_new_session=True
            )
        self.recording.start()

    def cut(self) -> None:
        """End both, so that the card is free."""
        if self._player:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._player.pid, signal.SIGKILL)
            self._player.wait()
            self._player = None
        self.recording.stop()
