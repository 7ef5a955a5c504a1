"""What hangs for minutes stops nobody."""

import threading
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox
from firmware_py.uplink.aside import Aside
from firmware_py.uplink.faults import Machine
from firmware_py.uplink.greeting import Greeting
from firmware_py.uplink.publisher import Uplink
from tests.uplink.test_publisher import config


def test_a_result_and_an_error_come_through() -> None:
    assert Aside(lambda: 7).wait(lambda: True) == 7

    def fail() -> int:
        raise DeskcueError("no address")

    with pytest.raises(DeskcueError, match="no address"):
        Aside(fail).wait(lambda: True)


@pytest.mark.situation(
    "The broker and the network",
    "a name lookup or connect hangs",
    "the rest goes on, the watchdog is fed",
    "one line after 30 s",
)
def test_a_name_lookup_that_hangs_keeps_the_watchdog_fed_and_is_told(
    tmp_path: Path, log_lines: list[str]
) -> None:
    outbox, stop, hangs = Outbox(tmp_path / "outbox.db"), threading.Event(), threading.Event()
    alive: list[float] = []
    uptime = 0.0

    def hang(*_: object, **__: object) -> Greeting:
        hangs.wait()
        raise DeskcueError("too late")

    def still_alive() -> None:
        nonlocal uptime
        uptime += 5.0
        alive.append(uptime)
        if len(alive) == 10:
            stop.set()

    machine = Machine(monotonic=lambda: uptime)
    Uplink(config(1), outbox, machine=machine, greet=hang).run(stop, still_alive)
    hangs.set()
    outbox.close()
    assert len(alive) == 10
    assert log_lines == ["the way to 127.0.0.1 hangs; is the name server there?"]
