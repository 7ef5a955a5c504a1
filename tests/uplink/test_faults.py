"""What is wrong with the device, as the uplink sees it."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.contract.payloads import FaultReport, to_dict
from firmware_py.outbox.store import Outbox
from firmware_py.uplink.faults import (
    EAR_GONE_S,
    EAR_SILENT_S,
    FaultWatch,
    Machine,
    UplinkFault,
    ear_age,
)
from tests.outbox.sample import EAR

DEAF = replace(EAR, faults=(FaultReport("microphone", "no sound", "2023-11-14T22:13:20.000Z"),))


class World:
    """Clocks that a test sets."""

    def __init__(self) -> None:
        self.uptime, self.time, self.set = 60.0, 1_700_000_000.0, True
        self.ear_runs: bool | None = None
        self.machine = Machine(
            lambda: self.uptime, lambda: self.time, lambda: self.set, lambda: self.ear_runs
        )


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("said", "now", "age"), [(60.0, 75.0, 15.0), (60.0, 60.0, 0.0), (9000.0, 40.0, 40.0)]
)
def test_the_ears_age_is_counted_in_uptime(said: float, now: float, age: float) -> None:
    assert ear_age({"uptime_s": said}, now, watching=0.0) == age


def test_an_ear_that_never_spoke_is_waited_for() -> None:
    assert ear_age(None, 1000.0, watching=990.0) == 10.0


def codes(watch: FaultWatch, ear: object, **own: str) -> list[str]:
    found = watch.look(ear, {UplinkFault(code): line for code, line in own.items()})  # type: ignore[arg-type]
    return [one.code for one in found]


@pytest.mark.situation(
    "The broker and the network",
    "the ear is dead or hangs",
    "events already on disk go out",
    "fault `ear`, state `degraded`: 10 s after it ended, 90 s after its last sign of "
    "life; `ear_age_s` at any time",
)
def test_a_silent_ear_is_a_fault_after_90_s_and_wall_clock_steps_are_nothing(
    outbox: Outbox,
) -> None:
    world = World()
    watch = FaultWatch(outbox, world.machine)
    ear = to_dict(EAR)
    for step in (3600.0, -7200.0, 0.0):
        world.time += step
        assert codes(watch, ear) == []
    world.uptime += EAR_SILENT_S
    assert codes(watch, ear) == []
    world.uptime += 1
    assert codes(watch, ear) == ["ear"]
    assert codes(watch, {**ear, "uptime_s": world.uptime}) == []


@pytest.mark.situation("The broker and the network", "the ear is dead or hangs")
def test_an_ear_that_is_gone_is_a_fault_and_one_that_restarts_is_not(outbox: Outbox) -> None:
    world = World()
    watch = FaultWatch(outbox, world.machine)
    ear = to_dict(EAR)
    for runs, later, found in (
        (True, 25.0, []),
        (False, 5.0, []),
        (True, 5.0, []),
        (False, 5.0, []),
        (False, EAR_GONE_S, []),
        (False, 1.0, ["ear"]),
        (True, 1.0, []),
    ):
        world.uptime += later
        world.ear_runs = runs
        assert codes(watch, ear) == found


def test_an_ear_that_was_gone_before_the_uplink_came_is_told_at_once(outbox: Outbox) -> None:
    world = World()
    world.uptime += 25.0
    world.ear_runs = False
    assert codes(FaultWatch(outbox, world.machine), to_dict(EAR)) == ["ear"]


def test_the_ears_own_faults_go_on_and_keep_their_beginning(outbox: Outbox) -> None:
    watch = FaultWatch(outbox, World().machine)
    (fault,) = watch.look(to_dict(DEAF), {})
    assert fault == DEAF.faults[0]


def test_what_the_uplink_met_with_has_a_beginning(outbox: Outbox) -> None:
    world = World()
    watch = FaultWatch(outbox, world.machine)
    first = watch.look(to_dict(EAR), {UplinkFault.DENIED: "not authorised for x"})
    world.time += 60
    again = watch.look(to_dict(EAR), {UplinkFault.DENIED: "not authorised for x; y"})
    assert first[0].since == again[0].since == "2023-11-14T22:13:20.000Z"
    assert watch.look(to_dict(EAR), {UplinkFault.DENIED: ""}) == ()


@pytest.mark.situation(
    "The broker and the network",
    "the disk is full or read-only",
    "what was acknowledged is not sent twice",
    "fault `disk`",
)
def test_a_full_disk_is_the_fault_and_not_the_ear_that_cannot_write(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.statvfs_result((4096, 4096, 1000, 10, 0, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _path: full)
    world = World()
    watch = FaultWatch(outbox, world.machine)
    world.uptime += 1000
    (fault,) = watch.look(to_dict(EAR), {})
    assert fault.code == "disk"
    assert "0 MB are free" in fault.line


@pytest.mark.situation("The broker and the network", "the clock was not set at the start")
def test_an_unset_clock_is_told(outbox: Outbox) -> None:
    world = World()
    world.set = False
    assert codes(FaultWatch(outbox, world.machine), to_dict(EAR)) == ["clock"]
