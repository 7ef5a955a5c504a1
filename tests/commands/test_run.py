"""``deskcue run`` and ``deskcue uplink`` as processes: a real sound server, a real broker."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_py.calls.signals import CallAction, CallSignal, send
from firmware_py.core.types import RATE
from firmware_py.outbox.store import Outbox
from tests.audio.pipewire import EAR, TAP, PipeWire, needs_pipewire
from tests.checkout import ROOT
from tests.commands.running import Deskcue
from tests.mosquitto import PATIENCE_S, Listener, Mosquitto, wait_for

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"

pytestmark = needs_pipewire


@pytest.fixture
def sound_server(tmp_path: Path) -> Iterator[PipeWire]:
    made = PipeWire(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def phrase(tmp_path: Path) -> Path:
    """Some seconds of the bundled call, with a banned phrase, and again after a pause.

    A busy machine may lose a part of what is played to it in real time.
    """
    sound, rate = soundfile.read(CALL)
    path = tmp_path / "phrase.wav"
    again = np.pad(sound[24 * rate : 29 * rate], ((0, 10 * rate), (0, 0)))
    soundfile.write(path, np.tile(again, (4, 1)), rate)
    return path


def settings(folder: Path, port: int) -> Path:
    path = folder / "deskcue.toml"
    path.write_text(
        f'[desk]\nsite = "nanjing"\nfloor = "3"\ndesk = "17"\n[broker]\nhost = "127.0.0.1"\n'
        f'port = {port}\n[outbox]\npath = "{folder}/outbox.db"\n[light]\npins = []\n'
        f'[tap]\ndevice = "{TAP}"\n',
        "utf-8",
    )
    return path


@contextlib.contextmanager
def running(
    server: PipeWire, *arguments: str | Path
) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A command as a process of its own; gives it and, at the end, what it told."""
    log = server.folder / f"{arguments[0]}.log"
    command = [sys.executable, "-m", "firmware_py.cli", *arguments]
    told: list[str] = []
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=server.environment, stdout=out, stderr=out, text=True
        )
        try:
            yield process, told
        finally:
            process.terminate()
            process.wait(PATIENCE_S)
    told += log.read_text("utf-8").splitlines()


def test_live_sound_becomes_an_event_at_the_broker(
    sound_server: PipeWire, broker: Mosquitto, phrase: Path, tmp_path: Path
) -> None:
    listener = Listener(broker.port)
    config = settings(tmp_path, broker.port)
    socket = tmp_path / "call.sock"
    with (
        running(sound_server, "uplink", "--config", config) as (uplink, _),
        running(sound_server, "run", "--config", config, "--socket", socket) as (run, told),
    ):
        sound_server.connect(f"{TAP}:capture", f"{EAR}:input")
        wait_for(socket.exists, "the socket for signals of calls")
        send(CallSignal(CallAction.START), socket)
        with sound_server.playing(phrase):
            wait_for(lambda: listener.on("/event/phrase"), "the banned phrase")
        wait_for(lambda: listener.on("/event/omission"), "the greeting that was left out")
        for process in (run, uplink):
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
    event, *_ = listener.on("/event/phrase")
    assert event["data"]["clause"] == "F5"
    assert event["data"]["desk"] == "17"
    assert any(line.split()[1:4] == ["red", "F5", "F5"] for line in told)
    listener.close()


def test_a_sound_server_that_goes_and_comes_back_is_told_and_heard_again(
    sound_server: PipeWire, phrase: Path, tmp_path: Path
) -> None:
    config = settings(tmp_path, 1)
    outbox = Outbox(tmp_path / "outbox.db")

    def faults() -> list[str]:
        return [fault["code"] for fault in (outbox.status("ear") or {"faults": ()})["faults"]]

    with running(sound_server, "run", "--config", config) as (_, told):
        sound_server.connect(f"{TAP}:capture", f"{EAR}:input")
        wait_for(lambda: (outbox.status("ear") or {}).get("seconds", 0) > 0, "sound")
        sound_server.stop()
        wait_for(lambda: "microphone" in faults(), "word of the silence")
        sound_server.start()
        sound_server.connect(f"{TAP}:capture", f"{EAR}:input")
        with sound_server.playing(phrase):
            wait_for(lambda: outbox.counts().pending, "the banned phrase")
        wait_for(lambda: not faults(), "word that all is well")
    outbox.close()
    assert any("no sound" in line for line in told)
    assert any("recovered" in line for line in told)


def test_a_missing_device_is_one_line_and_exit_1(tmp_path: Path, deskcue: Deskcue) -> None:
    config = settings(tmp_path, 1)
    config.write_text(config.read_text("utf-8").replace(TAP, "no such headset"), "utf-8")
    shown = deskcue("run", "--config", config)
    assert shown.code == 1
    assert len(shown.err.splitlines()) == 1
    assert "no such headset" in shown.err
    assert "[tap]" in shown.err


def test_digital_silence_never_becomes_an_event(sound_server: PipeWire, tmp_path: Path) -> None:
    config = settings(tmp_path, 1)
    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, np.zeros((RATE, 2)), RATE)
    outbox = Outbox(tmp_path / "outbox.db")
    with running(sound_server, "run", "--config", config):
        sound_server.connect(f"{TAP}:capture", f"{EAR}:input")
        with sound_server.playing(quiet):
            wait_for(lambda: (outbox.status("ear") or {}).get("seconds", 0) > 0, "sound")
    assert outbox.counts().pending == 0
    outbox.close()
