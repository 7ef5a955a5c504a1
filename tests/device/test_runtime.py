"""The device at work, from sound to light and disk, and what happens when a part of it fails."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from firmware_py.audio.file import FileSource
from firmware_py.calls.signals import CallAction, CallSignal, CallSocket, send
from firmware_py.core.errors import DeskcueError
from firmware_py.core.problems import Fault
from firmware_py.core.types import HOP, RATE, Block, Cue, Finding
from firmware_py.device import joiner
from firmware_py.device.baseline import BaselineStore
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.hearing.phone_model import PhoneModel
from firmware_py.light.led import Led, NoLed, open_led
from firmware_py.light.pattern import Colour
from firmware_py.outbox.near_miss_log import read_notes
from firmware_py.outbox.store import Outbox, OutboxError
from firmware_py.reports.shift_builder import shifts
from firmware_py.settings.config import Config, Desk, Light, NearMisses
from tests.checkout import ROOT
from tests.mosquitto import wait_for

CALL = ROOT / "firmware_py" / "demo" / "call.ogg"
BLOCK = 960
AFTERNOON = 1_772_604_000.0
"""A second of the epoch; what matters is that it stands still."""


class Afternoon:
    """A clock that stands."""

    def now(self) -> float:
        """Tell the same second for ever."""
        return AFTERNOON


@dataclass
class Script:
    """A Source of given Blocks, which may run something between them."""

    blocks: list[Block]
    problem: str = ""
    behind_s: float = 0.0
    between: dict[int, object] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Block]:
        """Give the Blocks."""
        for number, block in enumerate(self.blocks):
            if callable(action := self.between.get(number)):
                action()
            yield block

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Phone:
    """A CallSignalSource of given signals."""

    signals: list[CallSignal] = field(default_factory=list)

    def ring(self, action: CallAction) -> None:
        """Let the device hear of it at its next look."""
        self.signals.append(CallSignal(action))

    def poll(self) -> list[CallSignal]:
        """Signals since the last look."""
        signals, self.signals = self.signals, []
        return signals

    def close(self) -> None:
        """Do nothing."""


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


def silence(seconds: int) -> list[Block]:
    return [Block(seq, np.zeros((RATE // 10, 2), np.int16)) for seq in range(10 * seconds)]


def device(source: object, outbox: Outbox, led: Led | None = None, **settings: object) -> Device:
    config = replace(Config(desk=Desk("nanjing", "3", "17")), **settings)  # type: ignore[arg-type]
    ends = DeviceIO(source, led or NoLed(), outbox)  # type: ignore[arg-type]
    return Device(config, ends, Afternoon(), live=False)


def heard(by: Device) -> list[Finding]:
    return [finding for result in by.listen() for finding in result.findings]


@pytest.fixture
def mock_pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import gpiozero

    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    monkeypatch.setenv("GPIOZERO_MOCK_PIN_CLASS", "mockpwmpin")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    yield
    gpiozero.Device.pin_factory.reset()


class RecordingLed:
    """Passes on to an LED, and remembers."""

    def __init__(self, led: Led) -> None:
        self.led, self.seen = led, list[Colour]()

    def show(self, colour: Colour) -> None:
        """Shine so."""
        self.led.show(colour)
        self.seen.append(colour)

    def close(self) -> None:
        """Go dark."""
        self.led.close()


@pytest.mark.usefixtures("mock_pins")
def test_a_call_lights_the_led_and_lies_in_the_outbox(outbox: Outbox, log_lines: list[str]) -> None:
    led = RecordingLed(open_led(Light()))
    # The last words before the phrase, the phrase, and the time that the light takes.
    blocks = [block for block in FileSource(CALL, BLOCK) if 24.0 < block.seq * BLOCK / RATE < 28.5]
    at_work = device(Script(blocks), outbox, led)
    found = heard(at_work)
    assert [one.rule for one in found if one.cue == "red"] == ["F5"]
    events = [row.event for row in outbox.latest()]
    assert [event["subject"] for event in events] == [one.rule for one in found]
    assert events[-1]["data"]["model_sha256"] == outbox.status("ear")["model_sha256"]
    assert log_lines == []


def test_long_blocks_while_the_agent_says_nothing_give_the_same_findings(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Config().tap.block_samples // HOP
    results = [*device(FileSource(CALL), outbox).listen()]
    long = [one.features.hops for one in results if one.features]
    monkeypatch.setattr(joiner, "MOST", 1)
    found = heard(device(FileSource(CALL), outbox))
    assert [finding for result in results for finding in result.findings] == found
    assert found
    assert {whole, 4 * whole} <= {*long} <= {*range(1, 4 * whole + 1)}


def test_a_signal_comes_after_the_sound_before_it_however_that_is_joined(outbox: Outbox) -> None:
    phone, at = Phone(), []
    source = Script([*FileSource(CALL)][:60])
    source.between = {
        number: lambda: phone.ring(CallAction.MUTE) for number in (*range(20, 60, 7), 59)
    }
    ends = DeviceIO(source, NoLed(), outbox, phone)
    at_work = Device(Config(), ends, Afternoon(), live=False)
    at = [at_work.pipeline.seconds for one in at_work.listen() if one.features is None]
    assert at == pytest.approx([number * 0.12 for number in source.between])


@pytest.mark.usefixtures("mock_pins")
def test_the_light_pulses_red_after_a_banned_phrase(outbox: Outbox) -> None:
    led = RecordingLed(open_led(Light()))
    source = FileSource(CALL, BLOCK)
    blocks = [block for block in source if 24.0 < block.seq * BLOCK / RATE < 28.5]
    shown: list[str] = []
    at_work = device(Script(blocks), outbox, led)
    for result in at_work.listen():
        if any(one.cue == "red" for one in result.findings):
            shown.append(at_work.light_driver.pattern(at_work.now).name)
    assert shown == ["red"]


def test_events_carry_the_time_of_the_day_they_happened(outbox: Outbox) -> None:
    at_work = device(FileSource(CALL), outbox)
    # The clock stands, so however late in the stream it is, what is found is found in a Block now.
    ago = [
        at_work.pipeline.seconds - finding.at
        for result in at_work.listen()
        for finding in result.findings
    ]
    assert ago
    times = [
        row.event["time"] for row in outbox.history() if row.event["data"]["kind"] != "summary"
    ]
    moments = [datetime.datetime.fromisoformat(time).timestamp() for time in times]
    assert moments == pytest.approx([AFTERNOON - one for one in ago], abs=0.001)


def test_without_a_model_it_goes_on_and_says_so(outbox: Outbox, log_lines: list[str]) -> None:
    def load(_path: Path | None) -> PhoneModel:
        raise DeskcueError("the phone model is not the one its sidecar names")

    ends = DeviceIO(FileSource(CALL), NoLed(), outbox)
    at_work = Device(Config(), ends, Afternoon(), live=False, load=load)
    kinds = {finding.kind for finding in heard(at_work)}
    assert "interruption" in kinds
    assert "phrase" not in kinds
    assert log_lines == [
        "the phone model is not the one its sidecar names; going on without phrases"
    ]
    assert at_work.light_driver.pattern(1e9).name == f"fault {Fault.MODEL.value}"
    assert "model" in [fault["code"] for fault in outbox.status("ear")["faults"]]


def test_a_rulebook_that_breaks_leaves_the_last_good_one_and_comes_back(
    tmp_path: Path, outbox: Outbox, log_lines: list[str]
) -> None:
    good = 'name = "ours"\nextends = "10086"\ntitle = { zh = "我们" }\nversion = 1\n'
    path = tmp_path / "ours.toml"
    path.write_text(good, "utf-8")
    better = good.replace("version = 1", "version = 2")

    def write(text: str) -> object:
        return lambda: path.write_text(text, "utf-8")

    source = Script(silence(9), between={20: write(good + "what?"), 60: write(better)})
    at_work = device(source, outbox, rulebook=str(path))
    at_work._time = FollowsStream(at_work)  # type: ignore[assignment]
    heard(at_work)
    assert at_work.pipeline.rulebook.version == 2
    assert "ours.toml:5" in log_lines[0]
    assert "stays in force (version 1)" in log_lines[0]
    assert log_lines[-1].startswith("recovered")
    assert any("rulebook ours is in force" in line for line in log_lines)


class FollowsStream:
    """Time of the stream for tests: exactly what was heard."""

    def __init__(self, of: Device) -> None:
        self._of = of

    def heard(self, at: float) -> None:
        """Know it already."""

    def __call__(self) -> float:
        """Second of the stream."""
        return self._of.pipeline.seconds


def test_a_dead_microphone_is_shown_and_told_once(outbox: Outbox, log_lines: list[str]) -> None:
    source = Script(silence(6))
    source.between = {
        15: lambda: setattr(source, "problem", "no sound for 1.0 s"),
        40: lambda: setattr(source, "problem", ""),
    }
    at_work = device(source, outbox)
    at_work._time = FollowsStream(at_work)  # type: ignore[assignment]
    heard(at_work)
    assert log_lines == ["no sound for 1.0 s", "recovered: no sound for 1.0 s"]


@pytest.mark.situation(
    "The machine",
    "the disk is full or read-only, at the start or later",
    "ear and uplink stay up; up to 10,000 events wait in memory; the outbox is opened "
    "again with every try",
    "3 blinks, fault `disk` in health; free some space, or see `dmesg`",
)
def test_a_full_disk_is_told_and_nothing_accepted_is_lost(
    outbox: Outbox, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = outbox.append
    full = True

    def append(*events: dict[str, object]) -> None:
        if full:
            raise OutboxError("the outbox cannot be written (disk is full); free some space")
        write(*events)

    def freed() -> None:
        nonlocal full
        full = False

    monkeypatch.setattr(outbox, "append", append)
    blocks = list(FileSource(CALL, BLOCK))
    at_work = device(Script(blocks, between={900: freed}), outbox)
    at_work._time = FollowsStream(at_work)  # type: ignore[assignment]
    found = heard(at_work)
    assert log_lines[0].endswith("free some space")
    assert log_lines[-1].startswith("recovered")
    assert outbox.counts().pending == len(found)


def test_a_call_told_with_a_profile_takes_that_rulebook_until_the_next(
    tmp_path: Path, outbox: Outbox, log_lines: list[str]
) -> None:
    path = tmp_path / "call.sock"
    calls = CallSocket(path)
    names: list[str] = []
    source = Script(silence(4))
    at_work = Device(Config(), DeviceIO(source, NoLed(), outbox, calls), Afternoon())
    source.between = {
        5: lambda: send(CallSignal(CallAction.START, "complaint"), path),
        15: lambda: names.append(at_work.pipeline.rulebook.name),
        16: lambda: send(CallSignal(CallAction.END), path),
        20: lambda: send(CallSignal(CallAction.START, "compliant"), path),
        30: lambda: names.append(at_work.pipeline.rulebook.name),
    }
    heard(at_work)
    calls.close()
    assert names == ["complaint", "10086"]
    assert any('did you mean "complaint"' in line for line in log_lines)


def test_a_call_that_ends_leaves_its_summary_after_its_findings(outbox: Outbox) -> None:
    phone = Phone()
    source = Script(silence(30))
    source.between = {
        10: lambda: phone.ring(CallAction.START),
        250: lambda: phone.ring(CallAction.END),
    }
    at_work = Device(Config(), DeviceIO(source, NoLed(), outbox, phone), Afternoon(), live=False)
    heard(at_work)
    *found, summary = (row.event["data"] for row in outbox.history())
    assert found
    assert summary["kind"] == "summary"
    assert (summary["start"], summary["end"]) == (1.0, 25.0)
    assert {one["call"] for one in found} == {summary["call"]}


@dataclass
class SetClock:
    """A clock that somebody sets."""

    seconds: float = AFTERNOON

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.seconds

    def set(self, by: float) -> None:
        """Put it forward, or back."""
        self.seconds += by


@pytest.mark.situation("The broker and the network", "the wall clock jumps")
@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_by_an_hour_in_a_call_leaves_one_call_and_every_finding(
    outbox: Outbox, hours: int
) -> None:
    clock, phone, source = SetClock(), Phone(), Script(silence(40))
    at_work = Device(Config(), DeviceIO(source, NoLed(), outbox, phone), clock, live=False)
    source.between = {
        10: lambda: phone.ring(CallAction.START),
        60: lambda: clock.set(3600 * hours),
        350: lambda: phone.ring(CallAction.END),
    }
    found = heard(at_work)
    *events, summary = (row.event for row in outbox.history())
    assert [event["data"]["rule"] for event in events] == [finding.rule for finding in found]
    assert min(finding.at for finding in found) < 6 < max(finding.at for finding in found)
    assert len({event["id"] for event in events}) == len(events)
    assert {event["data"]["call"] for event in events} == {summary["data"]["call"]}
    (shift,) = shifts([*events, summary])
    (call,) = shift.calls
    assert call.spent
    assert call.spent.seconds == 34
    assert sum(one.count for one in call.found) == len(found)


def test_a_device_restarted_in_mid_call_loses_and_doubles_nothing_that_was_found(
    outbox: Outbox,
) -> None:
    blocks, clock = list(FileSource(CALL, BLOCK)), SetClock()
    cut = round(33 * RATE / BLOCK)  # in the midst of the call, after the shout
    found: list[Finding] = []
    for part in (blocks[:cut], blocks[cut + 20 :]):
        ends = DeviceIO(Script(part), NoLed(), outbox)
        found += heard(Device(Config(), ends, clock))
        clock.set(35)
    events = [row.event for row in outbox.history()]
    assert [one.rule for one in found] == ["interruption", "F5", "D6", "E7", "E3"]
    subjects = [event["subject"] for event in events if event["data"]["kind"] != "summary"]
    assert subjects == [one.rule for one in found]
    assert len({event["id"] for event in events}) == len(events)


def test_a_faulty_microphone_is_told_and_shown(outbox: Outbox, log_lines: list[str]) -> None:
    room = np.random.default_rng(0).integers(-30, 30, (RATE // 2, 2), np.int16)
    room[:, 0] += 4000
    shifted = [Block(seq, room) for seq in range(12)]
    device = Device(Config(), DeviceIO(Script(shifted), NoLed(), outbox), Afternoon())
    list(device.listen())
    assert any("microphone is faulty: offset" in line for line in log_lines)


@pytest.mark.situation("Sound", "one mix on both channels")
def test_one_mix_on_both_channels_charges_nobody_and_lights_nothing(
    outbox: Outbox, log_lines: list[str]
) -> None:
    mixed = [
        replace(block, pcm=np.repeat(block.pcm.mean(1, keepdims=True).astype(np.int16), 2, axis=1))
        for block in FileSource(CALL, BLOCK)
    ]
    found = heard(device(Script(mixed), outbox))
    assert [(finding.rule, finding.cue) for finding in found] == [("channels-same", Cue.NONE)]
    assert any("carry the same mix" in line for line in log_lines)


class NoPin(NoLed):
    """An LED whose pin cannot be had."""

    def show(self, colour: Colour) -> None:
        """Fail."""
        raise OSError(f"GPIO 17 is in use: no {colour}")


@pytest.mark.situation(
    "The machine",
    "a pin is in use, the chip may not be opened, there is no GPIO, the driver fails",
)
def test_a_desk_without_its_light_goes_on_and_says_so_in_health(outbox: Outbox) -> None:
    source = Script(silence(4))
    at_work = device(source, outbox, NoPin())
    source.between = {0: lambda: wait_for(lambda: at_work.light_driver.problem, "the first try")}
    heard(at_work)
    status = outbox.status("ear")
    assert status
    assert str(status["light"]).startswith("going on without a light: GPIO 17 is in use")
    assert status["faults"] == []


def test_the_usual_voice_outlives_a_restart(outbox: Outbox, tmp_path: Path) -> None:
    baseline = BaselineStore(tmp_path / "voice.json", Afternoon())
    ends = DeviceIO(FileSource(CALL), NoLed(), outbox, baseline=baseline)
    first = Device(Config(), ends, Afternoon())
    list(first.listen())
    ends = replace(ends, source=Script([]))
    second = Device(Config(), ends, Afternoon())
    assert second.pipeline.snapshot() == first.pipeline.snapshot()
    assert first.pipeline.snapshot()["shouting"]["heard"] > 0


@pytest.mark.parametrize(("signals", "saved"), [((), 1), ((CallAction.START, CallAction.END), 2)])
def test_the_usual_voice_is_written_after_a_call_and_at_the_end(
    outbox: Outbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    signals: tuple[CallAction, ...],
    saved: int,
) -> None:
    written: list[object] = []
    monkeypatch.setattr(BaselineStore, "save", lambda _, learnt: written.append(learnt))
    baseline = BaselineStore(tmp_path / "voice.json", Afternoon())
    phone = Phone([CallSignal(action) for action in signals])
    ends = DeviceIO(FileSource(CALL), NoLed(), outbox, phone, baseline=baseline)
    list(Device(Config(), ends, Afternoon()).listen())
    assert len(written) == saved


def test_what_almost_was_a_phrase_is_noted_only_where_it_is_asked_for(
    outbox: Outbox, log_lines: list[str], tmp_path: Path
) -> None:
    log = tmp_path / "near.jsonl"
    heard(device(FileSource(CALL), outbox))
    assert not log.exists()
    heard(device(FileSource(CALL), outbox, near_misses=NearMisses(True, log)))
    assert ("F5", True) in [(note.phrase, note.hit) for note in read_notes(log)[0]]
    assert log_lines == []


def test_a_log_that_cannot_be_written_is_a_fault_and_the_call_goes_on(
    outbox: Outbox, tmp_path: Path
) -> None:
    nowhere = NearMisses(True, tmp_path / "none" / "near.jsonl")
    by = device(FileSource(CALL), outbox, near_misses=nowhere)
    assert "F5" in [finding.rule for finding in heard(by)]
    lines = {problem.fault: problem.line for problem in by.problems}
    assert "near-miss log" in lines[Fault.DISK]
