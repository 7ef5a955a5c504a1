"""``deskcue fleet collect``: from a real Mosquitto into SQLite, whatever happens in between."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from paho.mqtt.client import MQTTMessage

from firmware_py.contract.payloads import check_event
from firmware_py.contract.topics import CHECK, EVENT, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import topic_of, wait
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.broker.reading import read
from firmware_py.fleet.collect.collector import Collector, Settings
from firmware_py.fleet.collect.sorting import sort
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.fleet.storage.store import Refusal, Store, StoreError
from firmware_py.outbox.event import Event, to_event
from tests.commands.running import Deskcue
from tests.fleet.floor import DESK_A, Floor, joined, publish
from tests.mosquitto import PATIENCE_S, wait_for
from tests.outbox.sample import STAMP, finding

WHERE = topic(DESK_A, EVENT, "phrase")


def found(number: int) -> Event:
    return to_event(finding(10.0 + number), replace(STAMP, desk=DESK_A))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    made = Store(f"sqlite:///{tmp_path}/events.db", lambda: datetime.now(UTC), busy_s=0.05)
    made.prepare()
    yield made
    made.close()


@contextmanager
def collecting(floor: Floor, store: Store, share: str = "") -> Iterator[Collector]:
    """A collector at work, and connected."""
    stop, there = threading.Event(), threading.Event()
    collector = Collector(
        read_login(floor.reader), store, Settings(share or "1", share=bool(share))
    )
    thread = threading.Thread(target=collector.run, args=(stop, there.set))
    thread.start()
    assert there.wait(PATIENCE_S)
    try:
        yield collector
    finally:
        stop.set()
        thread.join()


def send(floor: Floor, *payloads: bytes) -> None:
    """Publish all, and wait until the broker has each."""
    taken: list[object] = []
    with joined(floor.desk(DESK_A), "a") as desk:
        desk.on_publish = lambda _c, _u, _mid, code, _p: taken.append(code)
        for payload in payloads:
            desk.publish(WHERE, payload, qos=1)
        while (before := len(taken)) < len(payloads):  # each waits anew: a machine may be slow
            wait(desk, lambda: len(taken) > before, "the broker says nothing")


def send_events(floor: Floor, numbers: range) -> None:
    send(floor, *(json.dumps(found(number)).encode() for number in numbers))


def test_every_event_of_a_floor_is_kept_once(floor: Floor, store: Store) -> None:
    with enrolled(read_site(floor.site), 5) as desks, collecting(floor, store):
        simulator = Simulator(desks, rate=0.0)
        simulator.run(lambda: simulator.connected == 5)
        simulator.rate = 400.0
        simulator.run(lambda: simulator.tally.sent >= 200)
        simulator.close()
        tally = simulator.tally
        assert tally.acknowledged == tally.sent
        assert not tally.failures
        wait_for(lambda: store.counts()[0] >= tally.sent, "the events")
    assert store.counts() == (tally.sent, 0)
    assert {one["source"] for one in store.newest_first()} == {
        f"/deskcue/nanjing/sim-1/1-00{number}" for number in range(1, 6)
    }


PROGRAM = """
import datetime, os, pathlib, signal, sys, threading
from paho.mqtt.client import Client
from firmware_py.core.log import start_logging
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import topic_of, wait
from firmware_py.fleet.collect.collector import Collector, Settings
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.storage.store import Store
Client.ack = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
start_logging()
store = Store(sys.argv[2], lambda: datetime.datetime.now(datetime.UTC))
Collector(read_login(pathlib.Path(sys.argv[1])), store, Settings()).run(threading.Event())
"""


def test_killed_between_commit_and_acknowledgement_nothing_is_lost_or_doubled(
    floor: Floor, store: Store
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(floor.reader), store.name]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as doomed:
        assert doomed.stderr
        assert "connected to the broker" in doomed.stderr.readline()
        send_events(floor, range(30))
        assert doomed.wait(PATIENCE_S) == -signal.SIGKILL
    assert store.counts()[0] >= 1  # it had committed
    floor.stop()  # what the broker kept outlives its restart
    floor.start()
    send_events(floor, range(30, 40))
    with collecting(floor, store) as collector:
        wait_for(lambda: collector.written >= 40, "all of them, again")
    assert store.counts() == (40, 0)


def test_a_database_that_goes_away_for_a_moment_costs_nothing(
    floor: Floor, store: Store, tmp_path: Path, log_lines: list[str]
) -> None:
    other = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
    with collecting(floor, store) as collector:
        send_events(floor, range(5))
        wait_for(lambda: collector.written == 5, "the first events")
        other.execute("BEGIN EXCLUSIVE")
        send_events(floor, range(5, 20))
        wait_for(lambda: any("locked" in line for line in log_lines), "word of it")
        assert collector.written == 5
        other.execute("COMMIT")
        other.close()
        wait_for(lambda: collector.written == 20, "the rest")
    assert store.counts() == (20, 0)
    said = [line for line in log_lines if "cannot be used" in line]
    assert len(said) == 1
    assert "messages wait at the broker" in said[0]
    assert "the database works again" in log_lines


def test_a_broker_that_restarts_is_found_again(
    floor: Floor, store: Store, log_lines: list[str]
) -> None:
    with collecting(floor, store) as collector:
        floor.stop()
        wait_for(lambda: any("is lost" in line for line in log_lines), "word of it")
        floor.start()
        send_events(floor, range(5))
        wait_for(lambda: collector.written == 5, "the events")
    assert not any("works again" in line for line in log_lines[:1])


def test_collectors_share_the_load(floor: Floor, store: Store) -> None:
    with collecting(floor, store, "1") as one, collecting(floor, store, "2") as two:
        send_events(floor, range(40))
        wait_for(lambda: one.written + two.written >= 40, "all of them")
    assert min(one.written, two.written) > 0
    assert one.written + two.written == 40
    assert store.counts() == (40, 0)


def test_what_is_malformed_is_counted_and_put_aside_and_a_trial_is_neither(
    floor: Floor, store: Store, tmp_path: Path
) -> None:
    with collecting(floor, store) as collector:
        trial = json.dumps(check_event(DESK_A, 0.0)).encode()
        send(floor, b"no event", b"{}", b"no event", json.dumps(found(1)).encode())
        with joined(floor.desk(DESK_A), "doctor") as desk:
            publish(desk, topic(DESK_A, CHECK), trial)
        wait_for(lambda: collector.written == 5, "all of them")
    assert store.counts() == (1, 3)
    with closing(sqlite3.connect(tmp_path / "events.db")) as db, db:
        kept = db.execute("SELECT payload, times FROM refused ORDER BY times").fetchall()
    db.close()
    assert kept == [(b"{}", 1), (b"no event", 2)]


def test_an_event_with_the_right_time_or_contested_takes_the_place_of_the_former(
    store: Store,
) -> None:
    def add(event: Event) -> None:
        store.add([read(WHERE, json.dumps(event).encode())])

    event = found(1)
    add({**event, "clock": "unset", "time": "1970-01-01T00:00:09Z"})
    add({**event, "clock": "unset", "time": "1970-01-01T00:00:10Z"})
    assert [one["time"] for one in store.newest_first()] == ["1970-01-01T00:00:09Z"]
    add(event)
    add({**event, "replayed": True})
    assert [*store.newest_first()] == [event]
    contested = {**event, "contested": True, "contestreason": "not-said"}
    add(contested)
    add(event)
    assert [*store.newest_first()] == [contested]


def test_what_is_older_than_the_policy_is_deleted_by_when_it_was_written(tmp_path: Path) -> None:
    today = [datetime(2026, 11, 1, tzinfo=UTC)]
    store = Store(f"sqlite:///{tmp_path}/events.db", lambda: today[0])
    for number in range(3):
        refusal = Refusal("topic", "why", str(number).encode())
        store.add([read(WHERE, json.dumps(found(number)).encode())], [refusal])
        today[0] += timedelta(days=1)
    today[0] = datetime(2026, 12, 2, tzinfo=UTC)
    assert store.forget(timedelta(days=30)) == 1
    assert store.counts() == (2, 2)
    store.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("events.db", "no database URL"),
        ("mysql://host/db", "cannot keep events in mysql"),
        (
            "postgresql://me:secret@127.0.0.1:1/events",
            "://me:***@127.0.0.1:1/events cannot be used",
        ),
        ("me:secret@here", "'…@here' is no database URL"),
        ("sqlite:////nowhere/events.db", "unable to open"),
        ("sqlite:///{}/text.db", "not a database"),
        ("sqlite:///{}/newer.db", "tables of version 9, this deskcue knows"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    url: str, said: str, floor: Floor, tmp_path: Path, deskcue: Deskcue
) -> None:
    (tmp_path / "text.db").write_text("no database " * 99, "utf-8")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as db, db:
        db.execute("CREATE TABLE deskcue_schema (version INTEGER PRIMARY KEY)")
        db.execute("INSERT INTO deskcue_schema VALUES (9)")
    db.close()
    where = url.format(tmp_path)
    shown = deskcue("fleet", "collect", "--login", floor.reader, "--db", where)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert said in shown.err


def test_a_database_that_was_moved_away_takes_no_more_events(
    store: Store, tmp_path: Path, log_lines: list[str]
) -> None:
    one, two = (read(WHERE, json.dumps(found(number)).encode()) for number in (1, 2))
    store.add([one])
    for file in tmp_path.glob("events.db*"):
        file.rename(tmp_path / f"moved-{file.name}")
    store.add([two])
    assert "was moved or deleted; a new one is made" in log_lines[-1]
    with closing(sqlite3.connect(tmp_path / "events.db")) as db:
        assert db.execute("SELECT id FROM events").fetchall() == [(found(2)["id"],)]


def test_a_topic_that_is_no_utf_8_is_of_no_desk() -> None:
    message = MQTTMessage(topic=b"deskcue/v1/nanjing/3/\xff/event/phrase")
    events, refused = sort([(topic_of(message), b"{}")])
    assert not events
    assert refused[0].why == "no topic of a desk"


@pytest.mark.parametrize("url", ["postgresql://u:p@w@ss@db.example.org/x", "sqlite://a:b@c@d/e"])
def test_an_at_sign_in_a_password_is_told_without_it(url: str) -> None:
    with pytest.raises(DeskcueError, match="write it as %40") as caught:
        Store(url, lambda: datetime.now(UTC))
    assert "w@" not in str(caught.value)


def test_a_damaged_database_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "events.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(StoreError, match="move it aside"):
        Store(f"sqlite:///{tmp_path}/events.db", lambda: datetime.now(UTC)).prepare()
