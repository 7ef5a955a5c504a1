"""``deskcue report --from``: floors from the collector's database."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware_py.contract.contest import ContestReason
from firmware_py.contract.contest import contest as make_contest
from firmware_py.contract.topics import CONTEST, EVENT, topic
from firmware_py.fleet.broker.reading import Message, read
from firmware_py.fleet.storage.store import Store
from firmware_py.outbox.event import to_event, to_summary
from firmware_py.settings.config import Desk
from tests.commands.running import Deskcue
from tests.outbox.sample import STAMP, finding, summary

NOW = datetime.now(UTC).timestamp()


def messages(floor: str, number: int, began: float) -> list[Message]:
    """A finding and the end of a call, of one desk."""
    desk = Desk("nanjing", floor, f"{floor}-{number}")
    stamp = replace(STAMP, desk=desk, began=began)
    events = [to_event(finding(), stamp), to_summary(summary(), stamp, "2023-11-14T22:13:22.000Z")]
    return [
        read(topic(desk, EVENT, one["data"]["kind"]), json.dumps(one).encode()) for one in events
    ]


def contest(of: Message, reason: ContestReason = ContestReason.NOT_SAID) -> Message:
    """An agent's word against an event."""
    said = make_contest(of.desk, of.content["id"], reason, NOW, clock_set=True)
    return read(topic(of.desk, CONTEST), json.dumps(said).encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of a floor of six, and one of two."""
    made = f"sqlite:///{tmp_path}/events.db"
    if request.param == "postgresql":
        made = request.getfixturevalue("database")
    store = Store(made, lambda: datetime.now(UTC))
    for number in range(6):
        store.add(messages("3", number, NOW - 3600))
        store.add(messages("3", number, NOW - 30 * 86400))
    for number in range(2):
        store.add(messages("4", number, NOW - 3600))
    store.add(messages("3", 5, NOW - 3 * 86400))  # an hour of its agent alone
    first = messages("3", 0, NOW - 3600)[0]
    store.add([contest(first), contest(first, ContestReason.DEVICE)])
    store.add([contest(messages("3", 1, NOW - 3600)[0])])
    store.close()
    return made


def test_a_week_of_every_floor_and_nothing_of_a_few_people(url: str, deskcue: Deskcue) -> None:
    shown = deskcue("report", "--from", url, "--lang", "en")
    assert shown.code == 0, shown.err
    *_, last = shown.out.splitlines()
    assert (
        "floor 3, last 7 days: 6 desks, 6 calls ended, 6 findings, 2 contested"
        " (not said 2, device or line 1)"
    ) in " ".join(shown.out.split())
    assert last.startswith("floor 4: fewer than 5 desks")
    assert "F5" in shown.out
    assert "3-1" not in shown.out
    assert "12 findings" in deskcue("report", "--from", url, "--lang", "en", "--days", "60").out
    assert "floor 4" not in deskcue("report", "--from", url, "--lang", "en", "--floor", "3").out


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--floor", "9"], "no events of floor 9 of the last 7 days"),
        (["--days", "0"], "a number from 1"),
        (["--csv"], "--from counts floors"),
        (["--from", "sqlite:////nowhere/events.db"], "there is no database"),
    ],
)
def test_what_cannot_be_reported_is_one_line(
    more: list[str], said: str, url: str, deskcue: Deskcue
) -> None:
    shown = deskcue("report", "--from", url, *more)
    assert shown.code in (1, 2)
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert said in shown.err
