"""Events from before the clock was set."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.core.clock import Epoch
from firmware_py.outbox.event import to_event
from firmware_py.outbox.sink import OutboxSink
from firmware_py.outbox.store import Outbox
from tests.contract.validity import validator
from tests.outbox.sample import STAMP, event, finding

UNSET = Epoch("this boot", 0.0)
"""A clock that counts from 1970, as long as the machine is up."""
RIGHT = replace(UNSET, began=1_700_000_000.0)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(tmp_path / "outbox.db", epoch=lambda: UNSET)
    yield made
    made.close()


def undated(at: float) -> dict[str, object]:
    return to_event(finding(at), replace(STAMP, began=20.0, clock_set=False))


def test_an_event_says_that_the_clock_was_not_set() -> None:
    made = undated(12.0)
    validator("event").validate(made)
    assert (made["clock"], made["time"]) == ("unset", "1970-01-01T00:00:32.000Z")


@pytest.mark.situation(
    "The broker and the network",
    "the clock was not set at the start",
    'events say `clock: "unset"`; once it is set they are dated and come again with the same id',
    "fault `clock` meanwhile",
)
def test_it_is_dated_once_the_clock_is_set_and_goes_out_again(outbox: Outbox) -> None:
    outbox.append(undated(12.0))
    outbox.append(event(13.0))
    outbox.acknowledge(1)
    before = outbox.latest()
    assert outbox.date(RIGHT) == 1
    dated, other = outbox.latest()
    assert dated.event["time"] == "2023-11-14T22:13:52.000Z"
    assert "clock" not in dated.event
    assert dated.event["id"] == before[0].event["id"]
    assert dated.sent is None
    assert other == before[1]
    assert outbox.date(replace(RIGHT, began=0.0)) == 0, "once dated, it stays so"


def test_another_boot_cannot_be_dated(outbox: Outbox) -> None:
    outbox.append(undated(12.0))
    assert outbox.date(replace(RIGHT, boot="the next")) == 0
    assert outbox.latest()[0].event["clock"] == "unset"


def test_what_was_written_after_the_clock_was_set_keeps_its_word(outbox: Outbox) -> None:
    outbox.append(undated(12.0))
    assert outbox.date(UNSET) == 0, "moved by nothing: it was in memory meanwhile"
    assert outbox.latest()[0].event["clock"] == "unset"


def test_the_sink_dates_once_the_clock_is_set(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware_py.outbox.sink.machine_epoch", lambda: RIGHT)
    sink = OutboxSink(outbox, replace(STAMP, began=20.0, clock_set=False))
    sink.accept(finding(12.0))
    sink.tend(clock_set=False)
    assert outbox.latest()[0].event["time"].startswith("1970")
    sink.tend(clock_set=True)
    assert outbox.latest()[0].event["time"] == "2023-11-14T22:13:52.000Z"
