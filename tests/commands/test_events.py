"""``deskcue events``: what lies in the outbox."""

import threading
from pathlib import Path

import pytest

from firmware_py.commands import events
from firmware_py.outbox.event import to_summary
from firmware_py.outbox.store import Outbox
from tests.commands.running import Deskcue
from tests.outbox.sample import STAMP, event, summary


def test_json_is_one_event_a_line_oldest_first(
    settings: Path, outbox: Outbox, deskcue: Deskcue
) -> None:
    for at in range(2, 8):
        outbox.append(event(at))
    shown = deskcue("events", "--json", "--last", "4", "--config", settings)
    assert shown.code == 0
    assert [one["data"]["start"] for one in shown.objects] == [
        event(at)["data"]["start"] for at in range(4, 8)
    ]


def test_a_person_sees_what_waits_and_what_was_sent(
    settings: Path, outbox: Outbox, deskcue: Deskcue
) -> None:
    outbox.append(event(2))
    outbox.append(event(3))
    outbox.acknowledge(1)
    shown = deskcue("events", "--config", settings).out
    assert shown.splitlines()[-1] == "1 wait, 1 sent"
    assert shown.count("sent") == 2
    assert shown.count("waits") == 1


def test_a_call_that_is_over_has_a_line_of_its_own(
    settings: Path, outbox: Outbox, deskcue: Deskcue
) -> None:
    outbox.append(to_summary(summary(), STAMP, "2023-11-14T22:13:22.000Z"))
    shown = deskcue("events", "--config", settings).out
    assert "call of 1:00 ends: agent spoke 33%, caller 42%" in shown


def test_following_goes_on_as_events_come(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.append(event(2))
    rows = events._rows(outbox, last=10, follow=True)
    monkeypatch.setattr(events, "_LOOK_S", 0.001)
    assert next(rows).id == 1
    threading.Timer(0.02, outbox.append, [event(3)]).start()
    assert next(rows).id == 2


def test_without_an_outbox_it_says_so(tmp_path: Path, settings: Path, deskcue: Deskcue) -> None:
    shown = deskcue("events", "--config", settings)
    assert shown.code == 1
    assert "nothing was heard" in shown.err
    assert not (tmp_path / "outbox.db").exists()


@pytest.mark.parametrize(("last", "shown"), [("-1", 0), (str(10**30), 1)])
def test_any_number_may_be_asked_for(
    settings: Path, outbox: Outbox, deskcue: Deskcue, last: str, shown: int
) -> None:
    outbox.append(event(2))
    asked = deskcue("events", "--json", "--last", last, "--config", settings)
    assert (asked.code, len(asked.objects)) == (0, shown)
