"""Runs inside the emulated machine, on the system's Python alone: unplugs, kills, and listens.

Two loopback cards (snd-aloop) stand in for headset and computer: what is played into the other end
of a card is what its microphone or the caller says. Each side has a tone of its own, so what comes
out tells whether sound flows and whether it is crossed. A line of JSON for every finding.
"""

from __future__ import annotations  # array.array[int] is none at run time before Python 3.12

import array
import contextlib
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

RATE: Final = 48_000
CARDS: Final = ("Headset", "PC")
TONES: Final = {"Headset": 440.0, "PC": 1000.0}
"""Hz that is played into each card: the agent speaks at the headset, the caller at the computer."""
NODES: Final = {"Headset": "headset.source", "PC": "computer.source"}
LEVEL: Final = 10 ** (-12 / 20)
"""Amplitude of the tones, of full scale."""
PATIENCE_S: Final = 40.0
CROSSED_DB: Final = -60.0
"""dBFS of the other side's tone from which sound counts as crossed."""
ENVIRONMENT: Final = {
    **os.environ,
    "XDG_RUNTIME_DIR": "/run/relay",
    "PIPEWIRE_RUNTIME_DIR": "/run/relay",
    "XDG_CONFIG_HOME": "/etc/deskcue/relay",
    "XDG_STATE_HOME": "/run/relay/state",
}


def tell(what: str, **more: object) -> None:
    """Write one finding."""
    print("@" + json.dumps({"what": what, **more}), flush=True)


def level_db(samples: array.array[int], frequency: float) -> float:
    """Level of a tone in dBFS of a full-scale sine, by Goertzel (1958); samples of one channel."""
    turn = 2 * math.pi * frequency / RATE
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + 2 * math.cos(turn) * last - before
    power = last * last + before * before - 2 * math.cos(turn) * last * before
    return 10 * math.log10(power / (len(samples) / 2) ** 2 / 32_768**2 + 1e-12)


def write_tone(path: Path, frequency: float) -> None:
    """Write 10 s of a tone, stereo, as raw int16; a whole number of turns, so it can go round."""
    wave = array.array("h")
    for n in range(RATE // 10):
        sample = round(32_767 * LEVEL * math.sin(2 * math.pi * frequency * n / RATE))
        wave.extend((sample, sample))
    path.write_bytes(wave.tobytes() * 100)


@dataclass
class Machine:
    """The emulated machine: its cards, players and daemons."""

    _players: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def play(self) -> None:
        """See that a tone is played into every card that PipeWire has taken.

        Not sooner: PipeWire passes a card over while any of its devices is open
        (spa/plugins/alsa/alsa-udev.c, check_pcm_device_availability).
        """
        taken = said("pw-link", "-o")
        for card in CARDS:
            player = self._players.get(card)
            idle = player is None or player.poll() is not None
            if f"{NODES[card]}:" in taken and idle:
                command = f"while cat /run/{card}.raw; do :; done | aplay -q {_pcm(card)}"
                self._players[card] = subprocess.Popen(
                    ["sh", "-c", command], stderr=subprocess.DEVNULL, start_new_session=True
                )

    def hush(self) -> None:
        """Stop playing, so that the cards are free."""
        for player in self._players.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(player.pid, signal.SIGKILL)
            player.wait()
        self._players.clear()

    def run(self) -> None:
        """See that both daemons run, as systemd would."""
        if self.died() or not self._daemons:
            self.hush()
        for name, command in (
            ("pipewire", ["pipewire"]),
            ("wireplumber", ["wireplumber", "-p", "main-embedded"]),
        ):
            daemon = self._daemons.get(name)
            if daemon is None or daemon.poll() is not None:
                with Path(f"/run/{name}.log").open("ab") as log:
                    self._daemons[name] = subprocess.Popen(
                        command, env=ENVIRONMENT, stdout=log, stderr=log
                    )

    def kill(self, name: str) -> None:
        """Kill a daemon; ``run`` starts it again."""
        self._daemons[name].kill()
        self._daemons[name].wait()

    def died(self) -> list[str]:
        """Daemons that ended by themselves."""
        return [name for name, daemon in self._daemons.items() if daemon.poll() is not None]


def said(*command: str) -> str:
    """What a program prints about the relay."""
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    return done.stdout


def plugged(card: str) -> bool:
    """Whether a card is there."""
    return Path(f"/proc/asound/{card}").exists()


def plug(card: str, *, into: bool) -> None:
    """Plug a card in, or pull it out: the kernel's own hot-plug."""
    if plugged(card) is into:
        return
    verb = "bind" if into else "unbind"
    Path(f"/sys/bus/platform/drivers/snd_aloop/{verb}").write_text(
        f"snd_aloop.{CARDS.index(card)}", "ascii"
    )


def _pcm(card: str) -> str:
    return f"-D hw:{card},1 -t raw -f S16_LE -r {RATE} -c 2 --buffer-time=400000"


def recorded(card: str, seconds: float) -> array.array[int]:
    """What comes out at the other end of a card, left channel; empty if nothing does."""
    command = f"timeout {seconds + 8:g} arecord -q {_pcm(card)} -s {round(seconds * RATE)}"
    done = subprocess.run(
        command.split(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    samples = array.array("h")
    samples.frombytes(done.stdout[: len(done.stdout) // 4 * 4])
    return samples[::2]


def heard_at(card: str, seconds: float = 0.4) -> tuple[float, float]:
    """Levels in dBFS at a card: of the tone that belongs there, and of the other."""
    samples = recorded(card, seconds)
    if len(samples) < RATE // 10:
        return -120.0, -120.0
    end = samples[-RATE // 10 :]  # the last tenth, when all has settled
    other = next(one for one in CARDS if one != card)
    return level_db(end, TONES[other]), level_db(end, TONES[card])


def wait_for_sound(machine: Machine) -> dict[str, object]:
    """Wait until both directions are right; say how long that took and whether any was crossed."""
    began = time.monotonic()
    crossed, levels = False, dict.fromkeys(CARDS, -120.0)
    while time.monotonic() - began < PATIENCE_S:
        machine.run()
        machine.play()
        for card in CARDS:
            levels[card], wrong = heard_at(card)
            crossed = crossed or wrong > CROSSED_DB
        if min(levels.values()) > -20.0:
            break
    own = {card: round(level, 3) for card, level in levels.items()}
    took = round(time.monotonic() - began, 1)
    return {"back": min(levels.values()) > -20.0, "crossed": crossed, "s": took, "levels": own}


def actions(machine: Machine, rng: random.Random) -> Iterator[tuple[str, Callable[[], None]]]:
    """Whatever may happen to a desk, in any order."""

    def replug(*cards: str) -> None:
        machine.hush()
        for card in cards:
            plug(card, into=False)
        time.sleep(rng.uniform(0.2, 2.0))
        for card in rng.sample(cards, len(cards)):
            plug(card, into=True)
            time.sleep(rng.uniform(0.0, 1.0))

    kinds: list[tuple[str, Callable[[], None]]] = [
        ("headset replugged", lambda: replug("Headset")),
        ("computer replugged", lambda: replug("PC")),
        ("both replugged", lambda: replug(*CARDS)),
        ("PipeWire killed", lambda: machine.kill("pipewire")),
        ("WirePlumber killed", lambda: machine.kill("wireplumber")),
    ]
    while True:
        yield from rng.sample(kinds, len(kinds))


def main() -> None:
    """Set up, then as many rounds as there is time for."""
    rounds, seconds, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    Path("/run/relay").mkdir(exist_ok=True)
    for card, frequency in TONES.items():
        write_tone(Path(f"/run/{card}.raw"), frequency)
    loaded = "modprobe snd-aloop enable=1,1 index=0,1 id=Headset,PC pcm_substreams=1,1"
    subprocess.run(loaded.split(), check=True)
    machine = Machine()
    tell("cards", text=Path("/proc/asound/cards").read_text("ascii"))
    tell("start", **wait_for_sound(machine))
    until = time.monotonic() + seconds
    happening = actions(machine, random.Random(seed))
    for number in range(rounds):
        if time.monotonic() > until:
            break
        name, act = next(happening)
        act()
        result = wait_for_sound(machine)
        tell("round", number=number, event=name, died=machine.died(), **result)
    with contextlib.suppress(OSError):
        tell("log", text=Path("/run/pipewire.log").read_text("utf-8", "replace")[-1500:])
        tell("log", text=Path("/run/wireplumber.log").read_text("utf-8", "replace")[-1500:])
    tell("done")


if __name__ == "__main__":
    main()
