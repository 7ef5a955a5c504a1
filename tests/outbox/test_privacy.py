"""Light-only: what is found meanwhile never leaves."""

import json
from pathlib import Path

import pytest

from firmware_py.core.clock import Epoch
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.rows import Counts
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import LightOnly
from firmware_py.uplink.delivery import Delivery
from firmware_py.uplink.faults import Machine
from firmware_py.uplink.journal import Journal
from firmware_py.uplink.reporter import Reporter
from tests.outbox.sample import DESK, EAR, event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def sent(outbox: Outbox) -> list[str]:
    """Ids of what goes to the broker now."""
    bodies: list[bytes] = []
    delivery = Delivery(outbox, DESK)
    delivery.begin(20, None)

    def publish(_topic: str, body: bytes) -> int:
        bodies.append(body)
        return len(bodies)

    delivery.send(publish)
    return [json.loads(body)["id"] for body in bodies]


def test_what_is_found_meanwhile_never_leaves_and_what_waited_before_waits(path: Path) -> None:
    before, meanwhile, after = event(1), event(2), event(3)
    outbox = Outbox(path, light_only=LightOnly.GRANTED)
    outbox.append(before)
    outbox.privacy.choose(on=True)
    outbox.append({**meanwhile, "clock": "unset"})
    assert sent(outbox) == []
    outbox.date(Epoch("another boot", 5.0))
    outbox.privacy.choose(on=False)
    outbox.append(after)
    assert sent(outbox) == [before["id"], after["id"]]
    assert outbox.counts() == Counts(pending=2, sent=0, dropped=0, private=1)
    assert [row.private for row in outbox.latest()] == [False, True, False]
    outbox.close()


def test_an_event_that_is_dated_later_stays_too(path: Path) -> None:
    outbox = Outbox(path, epoch=lambda: Epoch("this", 0.0), light_only=LightOnly.ON)
    outbox.append({**event(1), "clock": "unset"})
    assert outbox.date(Epoch("this", 1e9)) == 1
    outbox.close()
    outbox = Outbox(path)
    assert sent(outbox) == []
    assert outbox.counts().pending == 0
    outbox.close()


def test_those_that_stay_make_room_as_those_that_were_sent_do(path: Path) -> None:
    outbox = Outbox(path, 2, light_only=LightOnly.ON)
    outbox.append(*(event(at) for at in range(1, 6)))
    assert outbox.counts() == Counts(pending=0, sent=0, dropped=0, private=2)
    outbox.close()


def test_the_agent_chooses_only_where_the_site_grants_it(path: Path) -> None:
    for setting in (LightOnly.OFF, LightOnly.ON):
        outbox = Outbox(path, light_only=setting)
        with pytest.raises(DeskcueError, match=f'is "{setting}"'):
            outbox.privacy.choose(on=True)
        outbox.close()
    outbox = Outbox(path, light_only=LightOnly.GRANTED)
    outbox.privacy.choose(on=True)
    outbox.close()
    taken_back = Outbox(path)
    assert not taken_back.privacy.is_on
    taken_back.close()


@pytest.mark.parametrize("on", [True, False])
def test_health_says_so_and_then_nothing_of_the_day(on: bool, path: Path) -> None:
    outbox = Outbox(path, light_only=LightOnly.ON if on else LightOnly.OFF)
    outbox.append(event(1))
    outbox.put_status("ear", {"findings": EAR.findings, "uptime_s": EAR.uptime_s, "faults": []})
    machine = Machine(monotonic=lambda: 100.0, clock_is_set=lambda: True)
    said: list[str] = []
    reporter = Reporter(outbox, machine, Journal())
    reporter.begin("5")
    for _ in range(2):
        reporter._next_look = 0.0
        reporter.tick(lambda _channel, payload: said.append(payload), dict)
    health = json.loads(said[-1])
    assert health["light_only"] is on
    assert ("findings" in health["ear"]) is not on
    assert (health["last_event"] is None) is on
    assert health["outbox"]["pending"] == (0 if on else 1)
    assert "private" not in health["outbox"]
    outbox.close()


def test_what_stays_here_costs_what_waits_nothing(path: Path) -> None:
    outbox = Outbox(path)
    outbox.append(event(2.0))
    steps = [_steps(outbox)]
    many = "WITH RECURSIVE n(i) AS (VALUES (9) UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
    for table, columns in (("private", "i"), ("refusal", "i, 3, 'x', 1")):
        with outbox._db.writing() as db:
            db.execute(f"{many} INSERT INTO {table} SELECT {columns} FROM n")
        steps.append(_steps(outbox))
    assert max(steps) < 2 * min(steps)
    outbox.close()


def _steps(outbox: Outbox) -> int:
    """Steps of SQLite's machine that it takes to find what waits."""
    taken: list[None] = []
    db = outbox._db.connect()
    db.set_progress_handler(lambda: taken.append(None), 1)
    assert len(outbox.pending()) == 1
    db.set_progress_handler(None, 1)
    return len(taken)
