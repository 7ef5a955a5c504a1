"""The collector on a real PostgreSQL: shared, killed, away, upgraded, parted by time."""

import contextlib
import json
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.reading import read
from firmware_py.fleet.collect.collector import BATCH
from firmware_py.fleet.storage.database import open_engine, parse_url
from firmware_py.fleet.storage.migrations import STEPS
from firmware_py.fleet.storage.store import Refusal, Store, UnfitError
from firmware_py.fleet.storage.tables import TABLES
from firmware_py.fleet.storage.timescale import key_columns
from firmware_py.outbox.event import Event
from lab.postgres import Postgres
from tests.fleet.collect.test_collector import WHERE, collecting, found, send_events
from tests.fleet.floor import Floor
from tests.mosquitto import wait_for


def opened(url: str) -> Store:
    return Store(url, lambda: datetime.now(UTC), busy_s=1.0)


def add(store: Store, event: Event) -> None:
    store.add([read(WHERE, json.dumps(event).encode())])


def run(url: str, *statements: str) -> None:
    engine = open_engine(parse_url(url), 1.0)
    with engine.begin() as db:
        for one in statements:
            db.exec_driver_sql(one)
    engine.dispose()


def test_two_collectors_share_a_floor_and_keep_each_event_once(floor: Floor, database: str) -> None:
    one, two = opened(database), opened(database)
    with (
        contextlib.closing(one),
        contextlib.closing(two),
        collecting(floor, one, "1") as first,
        collecting(floor, two, "2") as second,
    ):
        send_events(floor, range(60))
        send_events(floor, range(30))  # once more, as a desk does whose line broke
        wait_for(lambda: first.written + second.written >= 90, "all of them")
        assert min(first.written, second.written) > 0
        assert one.counts() == (60, 0)


def test_a_database_that_is_killed_and_away_costs_nothing_and_no_memory(
    floor: Floor, postgres: Postgres, database: str, log_lines: list[str]
) -> None:
    store = opened(database)
    with contextlib.closing(store), collecting(floor, store) as collector:
        send_events(floor, range(5))
        wait_for(lambda: collector.written == 5, "the first events")
        postgres.stop(signal.SIGQUIT)
        try:
            send_events(floor, range(5, BATCH + 200))
            wait_for(lambda: collector.waiting == BATCH, "as many as may wait here")
        finally:
            postgres.start()
        wait_for(lambda: collector.written == BATCH + 200, "the rest")
        assert store.counts() == (BATCH + 200, 0)
    said = [line for line in log_lines if "cannot be used" in line]
    assert 1 <= len(said) <= 3  # it goes, is away, and starts
    assert all("messages wait at the broker" in line and "\n" not in line for line in said)
    assert log_lines[-1] == "the database works again"


@pytest.fixture(params=["plain", "hypertable"])
def kept(request: pytest.FixtureRequest, database: str) -> str:
    """A database without TimescaleDB, and one with what stands in for it."""
    if request.param == "hypertable":
        run(database, STAND_IN)
    return database


STAND_IN = """
CREATE FUNCTION create_hypertable(
    relation REGCLASS, time_column_name NAME, if_not_exists BOOLEAN, migrate_data BOOLEAN
) RETURNS TEXT LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pg_index WHERE indrelid = relation AND indisunique AND NOT (
            SELECT attnum FROM pg_attribute WHERE attrelid = relation AND attname = time_column_name
        ) = ANY (indkey::int2[])
    ) THEN
        RAISE USING MESSAGE = 'cannot create a unique index without ' || time_column_name;
    END IF;
    RETURN 'made';
END $$
"""
"""Where Debian has no TimescaleDB: checks what the real one demands of unique indexes."""


def test_an_event_is_kept_once_with_its_right_time(kept: str) -> None:
    store = opened(kept)
    event = found(1)
    add(store, {**event, "clock": "unset", "time": "1970-01-01T00:00:09Z"})
    add(store, event)
    add(store, {**event, "replayed": True})
    add(store, {**event, "clock": "unset", "time": "1970-01-01T00:00:09Z"})
    assert [*store.newest_first()] == [event]
    add(store, {**event, "contested": True, "contestreason": "not-said"})
    assert [one["contested"] for one in store.newest_first()] == [True]
    store.close()


def test_a_hypertable_has_its_time_in_the_key_also_for_who_only_reads(database: str) -> None:
    store = opened(database)
    add(store, found(1))  # before the extension came
    store.close()
    run(database, STAND_IN)
    for _ in range(2):
        store = opened(database)
        store.prepare()
        add(store, found(1))
        assert store.counts() == (1, 0)
        store.close()
    engine = open_engine(parse_url(database), 1.0)
    with engine.connect() as db:
        assert key_columns(db) == ["source", "id", "time"]
    engine.dispose()
    reader = opened(database)
    reader.must_exist()
    assert len([*reader.newest_first()]) == 1
    reader.close()


def test_what_is_older_than_the_policy_goes(database: str) -> None:
    today = [datetime(2026, 11, 1, tzinfo=UTC)]
    store = Store(database, lambda: today[0])
    for number in range(3):
        message = read(WHERE, json.dumps(found(number)).encode())
        store.add([message], [Refusal("topic", "why \0", str(number).encode())])
        today[0] += timedelta(days=1)
    today[0] = datetime(2026, 12, 2, tzinfo=UTC)
    assert store.forget(timedelta(days=30)) == 1
    assert store.counts() == (2, 2)
    store.close()


def test_a_row_that_the_database_will_never_take_holds_up_nobody(
    floor: Floor, database: str
) -> None:
    store = opened(database)
    store.prepare()
    run(
        database,
        "ALTER TABLE events ADD CONSTRAINT odd CHECK (strpos(body, '2023-11-14T22:13:3') = 0)",
    )
    with contextlib.closing(store), collecting(floor, store) as collector:
        with pytest.raises(UnfitError, match="does not take this"):
            add(store, found(1))
        send_events(floor, range(0, 21, 10))
        wait_for(lambda: collector.written == 3, "all of them")
        assert store.counts()[0] < 3
        assert sum(store.counts()) == 3


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_tables_of_the_first_version_are_brought_to_this_one(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/events.db"
    moment, octets = "DATETIME", "BLOB"
    if engine == "postgresql":
        url, moment, octets = request.getfixturevalue("database"), "TIMESTAMPTZ", "BYTEA"
    first = STEPS[0].format(moment=moment, bytes=octets).split(";")
    made = ["CREATE TABLE deskcue_schema (version INTEGER PRIMARY KEY)"]
    run(url, *first, *made, "INSERT INTO deskcue_schema VALUES (1)", FORMER)
    former = pytest.raises(DeskcueError, match="version 1; deskcue fleet collect brings them")
    with contextlib.closing(opened(url)) as reader, former:
        reader.must_exist()
    with ThreadPoolExecutor(2) as together:  # two collectors that start at once
        assert [*together.map(lambda _: _prepared(url), range(2))] == [(1, 0)] * 2
    assert _shape(url) == {
        (table.name, column.name, column.nullable) for table in TABLES for column in table.columns
    }


FORMER = """INSERT INTO events VALUES ('/deskcue/a/b/c', 'id', '2026-01-01 00:00:00',
'2026-01-01 00:00:00', 'a', 'b', 'c', 'phrase', 'F1', 'F1', 'red', NULL, false, false, '{}')"""


def _prepared(url: str) -> tuple[int, int]:
    with contextlib.closing(opened(url)) as store:
        store.prepare()
        return store.counts()


def _shape(url: str) -> set[tuple[str, str, Any]]:
    engine = open_engine(parse_url(url), 1.0)
    seen = sa.inspect(engine)
    tables = [one for one in seen.get_table_names() if one != "deskcue_schema"]
    shape = {
        (table, column["name"], column["nullable"])
        for table in tables
        for column in seen.get_columns(table)
    }
    engine.dispose()
    return shape


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_who_only_reads_makes_nothing(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    if engine == "postgresql":
        url = request.getfixturevalue("database")
    run(url, "CREATE TABLE others (id INTEGER)")
    none = pytest.raises(DeskcueError, match="no tables of deskcue")
    with contextlib.closing(opened(url)) as reader, none:
        reader.must_exist()
    assert {table for table, _, _ in _shape(url)} == {"others"}
