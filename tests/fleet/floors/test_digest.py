"""``deskcue fleet digest``: what the page may see, and what it must not."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from firmware_py.contract.digest import COUNTS, DIGESTS
from firmware_py.contract.payloads import to_dict
from firmware_py.contract.topics import EVENT, HEALTH, topic
from firmware_py.fleet.broker.client import subscribe, wait
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.broker.reading import read
from firmware_py.fleet.floors.digest import (
    HourlyCounts,
    condition,
    condition_topic,
    count_hour,
    counts,
)
from firmware_py.fleet.floors.digester import Digester
from firmware_py.fleet.floors.report import SMALLEST
from firmware_py.fleet.storage.store import Store
from firmware_py.outbox.event import to_event
from firmware_py.settings.config import Desk
from tests.commands.running import Deskcue
from tests.contract.test_contract import HEALTH as SAMPLE
from tests.contract.validity import validator
from tests.fleet.floor import DESK_A, SITE, Floor, joined, publish
from tests.outbox.sample import STAMP, finding

HOUR = datetime(2026, 11, 26, 9, tzinfo=UTC)


class Desks:
    """A database, and desks that find things."""

    def __init__(self, path: Path) -> None:
        self.now = HOUR + timedelta(minutes=30)
        self.store = Store(f"sqlite:///{path}/events.db", lambda: self.now)

    def find(self, floor: str, number: int, at: datetime, **more: Any) -> None:
        """One desk finds one thing."""
        desk = Desk(SITE, floor, f"{floor}-{number}")
        stamp = replace(STAMP, desk=desk, began=at.timestamp() - 10)
        event = {**to_event(finding(10.0), stamp), **more}
        message = read(topic(desk, EVENT, event["data"]["kind"]), json.dumps(event).encode())
        self.store.add([message])

    def floors(self) -> dict[str, list[dict[str, Any]]]:
        """What the page may see."""
        return HourlyCounts(self.store, SITE).floors(self.now)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path)
    yield made
    made.store.close()


@pytest.mark.parametrize("who", [[], [0], [0, 1, 2, 3, 3, 3, 0], [0, 1, 2, 3, 4, 0], [*range(9)]])
def test_an_hour_is_counted_from_five_desks_on(desks: Desks, who: list[int]) -> None:
    for second, number in enumerate(who):
        desks.find("3", number, HOUR + timedelta(seconds=second + 11))
    hour = desks.floors().get("3", [])
    if len(set(who)) >= SMALLEST:
        assert (hour[0]["desks"], hour[0]["counts"]["F5"]) == (len(set(who)), {"red": len(who)})
    else:
        assert hour == [{"hour": "2026-11-26T09:00:00.000Z", "hidden": True}] * bool(who)
    validator("counts").validate(json.loads(counts(hour, desks.now)))


def test_what_comes_while_an_hour_is_counted_shows_no_few_desks(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        desks.find("3", number, HOUR)
    rows = desks.store.rows

    def then_another(query: Any) -> Sequence[Any]:
        found = rows(query)
        desks.find("3", 4, HOUR)
        return found

    monkeypatch.setattr(desks.store, "rows", then_another)
    shown = [count_hour(desks.store, SITE, HOUR)["3"] for _ in range(2)]
    counted = [one["counts"]["F5"]["red"] for one in shown if "counts" in one]
    assert counted
    assert min(counted) >= SMALLEST


def test_a_quiet_hour_of_a_busy_floor_stays_hidden_and_hours_do_not_mix(desks: Desks) -> None:
    for number in range(6):
        desks.find("3", number, HOUR - timedelta(minutes=30))
        desks.find("4", number % 2, HOUR - timedelta(minutes=20 + number))
    desks.find("3", 0, HOUR + timedelta(minutes=1))
    desks.find("3", 0, HOUR - timedelta(hours=30))
    floors = desks.floors()
    assert [one.get("desks") for one in floors["3"]] == [6, None]
    assert floors["4"] == [{"hour": "2026-11-26T08:00:00.000Z", "hidden": True}]
    assert "3-0" not in json.dumps(floors)


def test_contested_and_undated_events_and_other_sites(desks: Desks) -> None:
    for number in range(5):
        desks.find("3", number, HOUR)
    desks.find("3", 0, HOUR + timedelta(minutes=2), contested=True)
    desks.find("3", 1, HOUR + timedelta(minutes=2), clock="unset")
    counted = count_hour(desks.store, SITE, HOUR)["3"]
    assert (counted["contested"], counted["counts"]["F5"]["red"]) == (1, 6)
    assert count_hour(desks.store, "elsewhere", HOUR) == {}


def test_an_event_that_comes_late_is_counted_within_the_hour(desks: Desks) -> None:
    for number in range(5):
        desks.find("3", number, HOUR - timedelta(hours=5))
    hourly = HourlyCounts(desks.store, SITE)

    def seen() -> Any:
        return hourly.floors(desks.now)["3"][0]["counts"]["F5"]["red"]

    assert seen() == 5
    desks.find("3", 5, HOUR - timedelta(hours=5))
    assert seen() == 5
    desks.now += timedelta(hours=1)
    assert seen() == 6


def test_condition_is_as_the_contract_says_and_tells_no_number_of_events() -> None:
    health = to_dict(SAMPLE)
    made = condition(health)
    validator("condition").validate(made)
    validator("condition").validate(condition({}))
    assert made["faults"][0]["code"] == "microphone"
    busier = to_dict(replace(SAMPLE, outbox=replace(SAMPLE.outbox, pending=9, sent=99)))
    busier["ear"] |= {"findings": 77, "waiting": 5, "lost_events": 3, "seconds": 9.0}
    assert condition(busier) == made


def test_topics_are_as_the_contract_says() -> None:
    patterns = [where.format(site=SITE, floor="3", desk="3-17") for where in DIGESTS]
    assert patterns == [condition_topic(DESK_A), f"deskcue/v1/{SITE}/3/counts"]


def test_a_desks_health_becomes_its_condition_and_goes_with_it(
    floor: Floor, desks: Desks, log_lines: list[str]
) -> None:
    for number in range(5):
        desks.find("3", number, HOUR)
    stop, heard = threading.Event(), dict[str, bytes]()
    login = read_login(floor.site / "logins" / "digest")
    digester = Digester(login, desks.store, lambda: desks.now, 0.1)
    thread = threading.Thread(target=digester.run, args=(stop,))
    with joined(read_login(floor.reader), "r") as reader, joined(floor.desk(DESK_A), "a") as desk:
        reader.on_message = lambda _c, _u, message: heard.update(
            {message.topic: bytes(message.payload)}
        )
        subscribe(reader, [(f"deskcue/v1/{SITE}/#", 1)])
        publish(desk, topic(DESK_A, HEALTH), b"nonsense", retain=True)
        thread.start()
        wait(reader, lambda: log_lines, "the malformed one is not told")
        assert "1 messages are not as the contract says" in log_lines[0]
        health = json.dumps(to_dict(SAMPLE)).encode()
        publish(desk, topic(DESK_A, HEALTH), health, retain=True)
        wait(reader, lambda: condition_topic(DESK_A) in heard, "no condition")
        wait(reader, lambda: f"deskcue/v1/{SITE}/3/{COUNTS.path}" in heard, "no counts")
        assert json.loads(heard[condition_topic(DESK_A)]) == condition(to_dict(SAMPLE))
        where = f"deskcue/v1/{SITE}/3/counts"
        assert json.loads(heard[where])["hours"][0]["desks"] == 5
        desks.now += timedelta(hours=30)  # a weekend, and it is counted none the less
        wait(reader, lambda: json.loads(heard[where])["hours"] == [], "yesterday's counts stay")
        publish(desk, topic(DESK_A, HEALTH), b"", retain=True)
        wait(reader, lambda: not heard[condition_topic(DESK_A)], "the condition stays")
    stop.set()
    thread.join()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digest", "--login", "nowhere"], "nowhere"),
        (["page", "--out", "x", "--broker", "https://h"], "write wss://HOST:PORT"),
    ],
)
def test_bad_arguments_are_one_line(arguments: list[str], said: str, deskcue: Deskcue) -> None:
    shown = deskcue("fleet", *arguments)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert said in shown.err


def test_a_digest_of_no_database_makes_none(floor: Floor, tmp_path: Path, deskcue: Deskcue) -> None:
    path, login = tmp_path / "none.db", floor.site / "logins" / "digest"
    shown = deskcue("fleet", "digest", "--login", login, "--db", f"sqlite:///{path}")
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert "there is no database" in shown.err
    assert not path.exists()
