"""A device that is given more than it can do: in sample time, with a made-up slow phone model."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from firmware_py.core.problems import Fault
from firmware_py.core.types import HOPS_PER_SECOND, RATE, Block, FloatArray
from firmware_py.device.io import DeviceIO
from firmware_py.device.load import BEHIND_S, Load
from firmware_py.device.runtime import Device
from firmware_py.hearing.foresight import Ask
from firmware_py.hearing.load_shedding import Shedding, SheddingPhoneModel
from firmware_py.hearing.mel import BANDS
from firmware_py.hearing.phone_model import OUTPUTS
from firmware_py.light.led import NoLed
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config

BLOCK_S = 0.12
ROOM = 50
"""Blocks that the live tap lets wait; what comes then is lost."""
SILENT_ROW = 3


@dataclass
class Machine:
    """Time that passes only by work, and how long a second of sound takes the phone model."""

    now: float = 0.0
    cost: float = 0.0


@dataclass
class SlowModel:
    """A phone model that takes its time; every row of it says the same."""

    machine: Machine
    hops_per_step: int = 12
    sha256: str = "0" * 64
    colour: FloatArray | None = None
    fed: int = 0
    resets: int = 0

    def feed(self, mel: FloatArray) -> FloatArray:
        """Take rows of log-mel, and time."""
        self.fed += len(mel)
        self.machine.now += self.machine.cost * len(mel) / HOPS_PER_SECOND
        return np.zeros((len(mel) // SILENT_ROW, OUTPUTS), np.float32)

    def branch(self) -> Ask:
        """Foresee nothing."""
        return lambda _mel: np.zeros((0, OUTPUTS), np.float32)

    def reset(self) -> None:
        """Forget everything."""
        self.resets += 1

    def another(self) -> "SlowModel":
        """Make one of the same."""
        return self


@dataclass
class Tap:
    """Sound that comes in real time of a Machine, waits for the ear, and is lost beyond ROOM."""

    machine: Machine
    seconds: float
    costs: dict[float, float]
    """Second -> what the phone model costs from then on."""
    problem: str = ""
    most: int = 0
    _waiting: deque[Block] = field(default_factory=deque)
    _seq: int = 0

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait."""
        return len(self._waiting) * BLOCK_S

    def __iter__(self) -> Iterator[Block]:
        """Give what waits; when nothing does, time passes until something comes."""
        while self._waiting or self._seq * BLOCK_S < self.seconds:
            if not self._waiting:
                self.machine.now = max(self.machine.now, (self._seq + 1) * BLOCK_S)
            self._arrive()
            yield self._waiting.popleft()
            self._arrive()

    def _arrive(self) -> None:
        while (self._seq + 1) * BLOCK_S <= min(self.machine.now, self.seconds):
            if len(self._waiting) < ROOM:
                # One louder than the other, for the model sleeps in silence and in a steady hiss.
                loud = 2_000 if self._seq % 2 else 100
                pcm = np.full((round(BLOCK_S * RATE), 2), loud, np.int16)
                pcm[::2] *= -1
                self._waiting.append(Block(self._seq, pcm))
            self._seq += 1
            due = [cost for at, cost in self.costs.items() if at <= self._seq * BLOCK_S]
            self.machine.cost = due[-1] if due else 0.0
            self.most = max(self.most, len(self._waiting))

    def close(self) -> None:
        """Do nothing."""


class StillClock:
    """A clock that stands."""

    def now(self) -> float:
        """Tell the same second for ever."""
        return 1_772_604_000.0


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


def test_sound_that_comes_three_times_too_fast_costs_phrases_and_nothing_else(
    outbox: Outbox,
) -> None:
    machine = Machine()
    model = SlowModel(machine)
    tap = Tap(machine, seconds=120.0, costs={10.0: 3.0, 70.0: 0.0})
    io = DeviceIO(tap, NoLed(), outbox)
    device = Device(Config(), io, StillClock(), load=lambda _path: cast(Any, model))
    told: dict[int, bool] = {}
    for _ in device.listen():
        device.problems.update(device._wrong(), device.pipeline.seconds)
        faults = [problem.fault for problem in device.problems]
        told[int(device.pipeline.seconds)] = Fault.LOAD in faults
    assert device.pipeline.lost_blocks == 0
    assert device.pipeline.seconds == pytest.approx(120.0, abs=BLOCK_S)
    # It never lags by more than what starts the shedding and one step of the slow model.
    assert tap.most * BLOCK_S <= BEHIND_S + 4 * BLOCK_S
    # In the minute of load a third at most is heard for phrases, and outside it everything.
    assert 35.0 < device.pipeline.shed_s < 60.0
    assert model.fed / HOPS_PER_SECOND == pytest.approx(120.0 - device.pipeline.shed_s, abs=0.2)
    assert not told[9]
    assert told[40]
    assert not told[115]


def test_without_shedding_it_would_have_lost_sound(outbox: Outbox) -> None:
    machine = Machine()
    tap = Tap(machine, seconds=30.0, costs={0.0: 3.0})
    io = DeviceIO(tap, NoLed(), outbox)
    device = Device(Config(), io, StillClock(), load=lambda _p: cast(Any, SlowModel(machine)))
    device._load = cast(Any, Never())
    for _ in device.listen():
        pass
    assert device.pipeline.lost_blocks > 0


class Never:
    """Leaves nothing out."""

    def update(self, *_: float) -> bool:
        """Say no."""
        return False

    def problem(self, *_: float) -> str:
        """Say nothing."""
        return ""


def test_rows_keep_their_place_however_steps_are_left_out() -> None:
    model = SlowModel(Machine())
    shedding = Shedding()
    stage = SheddingPhoneModel(model, shedding)
    rows, fed = 0, 0
    for number in range(60):
        shedding.on = number % 7 in (3, 4)
        mel = np.zeros((number % 11, BANDS), np.float32)
        fed += len(mel)
        rows += len(stage.feed(mel))
        assert rows == fed // 12 * 4
    assert shedding.hops + model.fed == fed // 12 * 12
    assert model.resets


def test_load_begins_late_ends_early_and_stays_told_for_a_while() -> None:
    load = Load()
    assert not load.update(BEHIND_S - 0.1, 1.0)
    assert load.update(BEHIND_S, 2.0)
    assert load.update(1.0, 3.0)
    assert not load.update(0.2, 4.0)
    assert "some seconds" in load.problem(20.0, 9.9)
    assert "over 20 s" in load.problem(20.0, 25.3)
    assert load.problem(40.0, 25.3) == ""
