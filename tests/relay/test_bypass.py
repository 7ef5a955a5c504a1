"""The bypass relay: pulses while sound is passed, and in no other case."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import gpiozero
import lgpio
import pytest
from gpiozero.pins.mock import MockFactory

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.bypass import STEADY_BEATS, Bypass, open_pin
from firmware_py.relay.progress import Progress
from firmware_py.settings.reader import load_config
from tests.checkout import ROOT
from tests.mosquitto import PATIENCE_S

GPIO = 24
RUNNING = """state: RUNNING
owner_pid   : 411
trigger_time: 32.5
tstamp      : 0.0
delay       : 256
avail       : 128
avail_max   : 256
-----
hw_ptr      : {}
appl_ptr    : {}
"""


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    """GPIO without hardware."""
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


def high(pins: MockFactory) -> bool:
    """Whether the pin is driven high."""
    return bool(pins.pin(GPIO).state)


class Sound:
    """The kernel's counters of two cards, in a folder."""

    def __init__(self, asound: Path) -> None:
        self.asound = asound
        self.frames = 0

    def status(self, card: int, way: str, text: str, device: int = 0) -> None:
        """Write what the kernel says of a stream."""
        folder = self.asound / f"card{card}" / f"pcm{device}{way}" / "sub0"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text(text, "ascii")

    def flow(self) -> None:
        """Let both cards play and record for a while."""
        self.frames += 128
        for card in (0, 1):
            for way in "pc":
                self.status(card, way, RUNNING.format(self.frames, self.frames))


@pytest.fixture
def sound(tmp_path: Path) -> Sound:
    return Sound(tmp_path)


def test_the_pin_pulses_only_once_sound_has_flowed_for_a_while(
    pins: MockFactory, sound: Sound
) -> None:
    bypass = Bypass(open_pin(GPIO), Progress(sound.asound).passes)
    states = []
    for _ in range(STEADY_BEATS + 5):
        sound.flow()
        bypass.beat()
        states.append(high(pins))
    first = states.index(True)
    assert first == STEADY_BEATS  # the first look has nothing to compare with
    assert states[first:] == [True, False, True, False, True]


def lost_pcm(sound: Sound) -> None:
    sound.flow()
    sound.status(1, "p", "closed\n")


def xrun(sound: Sound) -> None:
    sound.flow()
    sound.status(0, "c", RUNNING.format(9, sound.frames).replace("RUNNING", "XRUN"))


def unplugged(sound: Sound) -> None:
    sound.flow()
    (sound.asound / "card1").rename(sound.asound / "gone")


def frozen_server(sound: Sound) -> None:
    """The hardware goes on by itself, the server moves nothing any more."""
    for card in (0, 1):
        for way in "pc":
            sound.status(card, way, RUNNING.format(99_999, sound.frames))


@pytest.mark.situation(
    "The machine",
    "a bypass relay is wired, and the relay dies, hangs, or loses a card",
    "the pulses on `bypass_gpio` end with the first look that sees no progress, a tenth of a "
    "second later, and copper carries the call; after two good seconds the device is in it again",
    "`the call goes past the device` in the journal of `deskcue-bypass`",
)
@pytest.mark.parametrize("ill", [lost_pcm, xrun, unplugged, frozen_server])
def test_it_falls_at_the_first_look_without_progress(
    pins: MockFactory, sound: Sound, ill: object
) -> None:
    assert callable(ill)
    bypass = Bypass(open_pin(GPIO), Progress(sound.asound).passes)
    for _ in range(STEADY_BEATS + 1):
        sound.flow()
        bypass.beat()
    assert (bypass.through, high(pins)) == (True, True)
    ill(sound)
    bypass.beat()
    assert (bypass.through, high(pins)) == (False, False)


def test_other_programs_at_the_same_cards_are_no_relay(sound: Sound) -> None:
    progress = Progress(sound.asound)
    seen = []
    for look in range(1, 5):
        frozen_server(sound)
        for card, pid in ((0, "500"), (1, "501")):
            for way in "pc":
                text = RUNNING.format(128 * look, 128 * look).replace("411", pid)
                sound.status(card, way, text, device=1)
        seen.append(progress.passes())
    assert not any(seen)


def test_a_program_that_hangs_or_crashes_leaves_no_pulses(pins: MockFactory, sound: Sound) -> None:
    bypass = Bypass(open_pin(GPIO), Progress(sound.asound).passes)
    for _ in range(STEADY_BEATS + 1):
        sound.flow()
        bypass.beat()
    pins.pin(GPIO).clear_states()
    sound.flow()  # nobody beats: no thread goes on by itself
    assert len(pins.pin(GPIO).states) == 1


def test_it_ends_past_the_device(pins: MockFactory) -> None:
    bypass = Bypass(open_pin(GPIO), lambda: True)
    for _ in range(STEADY_BEATS):
        bypass.beat()
    assert high(pins)
    bypass.close()
    assert not high(pins)
    open_pin(GPIO).close()  # it was given back


@pytest.mark.usefixtures("pins")
def test_a_pin_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise lgpio.error("GPIO busy")

    monkeypatch.setattr(gpiozero, "DigitalOutputDevice", refuse)
    with pytest.raises(DeskcueError, match=r"GPIO 24 is in use .* bypass_gpio under \[relay\]"):
        open_pin(GPIO)


@pytest.mark.parametrize("wrong", ["bypass_gpio = 40", "bypass_gpio = 17"])
def test_settings_that_cannot_be_are_told(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "deskcue.toml"
    path.write_text(f"[relay]\n{wrong}\n", "utf-8")
    with pytest.raises(DeskcueError, match=r'"bypass_gpio" is'):
        load_config(path)


def command(tmp_path: Path, text: str, notify: str = "") -> subprocess.Popen[str]:
    path = tmp_path / "deskcue.toml"
    path.write_text(text, "utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "firmware_py.cli", "bypass", "--config", str(path)],
        cwd=ROOT,
        env={**os.environ, "GPIOZERO_PIN_FACTORY": "mock", "NOTIFY_SOCKET": notify},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_command_ends_where_nothing_is_wired(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        ended = command(tmp_path, "", str(tmp_path / "notify"))
        assert "no bypass relay is wired" in ended.communicate()[1]
        assert ended.returncode == 0
        assert manager.recv(100) == b"READY=1"  # else it counts as failed, and starts for ever


def test_the_command_ends_well_when_it_is_stopped(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        text = f"[relay]\nbypass_gpio = {GPIO}\n"
        running = command(tmp_path, text, str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)
        assert manager.recv(100) == b"READY=1"  # it minds signals from then on
        running.terminate()
        assert running.communicate()[1] == ""
    assert running.returncode == 0
