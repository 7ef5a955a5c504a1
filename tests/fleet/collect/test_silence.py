"""A collector whose login may not read events says so; one of a quiet floor says nothing."""

import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from firmware_py.contract.payloads import Health, OutboxReport, to_json
from firmware_py.contract.topics import EVENT, HEALTH, topic
from firmware_py.fleet.broker import listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.collect import silence
from firmware_py.fleet.collect.collector import Collector, Settings
from firmware_py.fleet.collect.silence import EVERY_S, Silence, Taken, Tale, taken
from firmware_py.fleet.storage.store import Store
from tests.fleet.floor import DESK_A, DESK_B, Floor, joined, publish
from tests.mosquitto import wait_for


def proofs(*looks: tuple[str, int]) -> list[bool]:
    """What each look proves, where a desk says at a moment that so many events were taken."""
    tale = Tale()
    return [tale.goes_on({DESK_A: Taken(*look)}) for look in looks]


def test_only_what_was_surely_sent_since_we_subscribed_proves_anything() -> None:
    assert proofs(("1", 4), ("2", 4), ("3", 5), ("4", 5)) == [False, False, True, False]
    # It was away when we subscribed, and what it had sent before shows when it is back.
    assert proofs(("1", 4), ("1", 4), ("3", 5), ("4", 5)) == [False] * 4
    assert proofs(("1", 4), ("2", 4), ("3", 2), ("4", 2)) == [False] * 4  # old ones were let go
    assert taken({"at": "1", "mqtt": "3.1.1", "outbox": {"sent": 9}}) == Taken("1", 0)
    assert taken({"at": "1", "mqtt": "5", "outbox": {"sent": 9}}) == Taken("1", 9)


def test_a_collector_with_a_login_that_may_not_read_events_says_so(
    floor: Floor, tmp_path: Path, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silence, "EVERY_S", 0.0)
    monkeypatch.setattr(listening, "QUIET_S", 0.1)
    login = read_login(floor.site / "logins" / "digest")
    store = Store(f"sqlite:///{tmp_path}/events.db", lambda: datetime.now(UTC))
    store.prepare()
    stop, numbers = threading.Event(), count()
    quiet = Health("", "1", "5", "set", (), OutboxReport(0, 0, 0, 0), None, None)
    with closing(store), joined(floor.desk(DESK_A), "a") as desk:
        thread = threading.Thread(target=Collector(login, store, Settings()).run, args=(stop,))
        thread.start()

        def send_and_see() -> bool:
            publish(desk, topic(DESK_A, EVENT, "phrase"))
            sent = OutboxReport(0, number := next(numbers), 0, 0)
            said = replace(quiet, at=f"2026-11-26T09:00:00.{number:06}Z", outbox=sent)
            publish(desk, topic(DESK_A, HEALTH), to_json(said).encode(), retain=True)
            return any("the broker took events of desks, and none" in line for line in log_lines)

        wait_for(send_and_see, "word of it")
        stop.set()
        thread.join()
    assert f"the login {login.folder} may not read" in log_lines[-1]


def test_a_login_that_hears_nothing_at_all_is_told_both_reasons_once(
    floor: Floor, log_lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "QUIET_S", 0.0)  # there is nothing to wait for
    clock = [0.0]
    looking = Silence(floor.desk(DESK_B), "looking", monotonic=lambda: clock[0])
    for _ in range(3):
        clock[0] += EVERY_S
        looking.look(came=False)
    looking.look(came=True)
    said, well = log_lines
    assert "no desk has connected yet, or the login" in said
    assert well == "reading events works again"
