"""What a push is made of: scope, judge, journal, the week before."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.reading import read
from firmware_py.fleet.push.floor_watch import FloorWatch
from firmware_py.fleet.push.journal import Journal, read_journal, unfinished
from firmware_py.fleet.push.judge import Cues, cue_rate, may_be_counted, too_many_harmed
from firmware_py.fleet.push.plan import (
    Change,
    Limits,
    Plan,
    in_scope,
    plan_from_dict,
    plan_to_dict,
)
from firmware_py.fleet.push.story import stories
from firmware_py.fleet.push.week import week_before
from firmware_py.fleet.storage.store import Store
from firmware_py.outbox.event import event_topic, to_event
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import Desired
from tests.fleet.floor import DESK_A, DESK_B
from tests.outbox.sample import STAMP, finding


@pytest.mark.parametrize(
    ("scope", "meant"),
    [
        ("nanjing", True),
        ("nanjing/3", True),
        ("nanjing/3/3-1?", True),
        ("*/*/*-17", True),
        ("nanjing/4", False),
        ("wuhan", False),
        ("nanjing/3/3-17/x", False),
    ],
)
def test_scope(scope: str, meant: bool) -> None:
    assert in_scope(DESK_A, scope) is meant


def test_a_plan_is_read_as_it_was_written() -> None:
    change = Change(DESK_A, Desired(3, {"rulebook": "10086"}), Desired(4, {}))
    plan = Plan("p", "me", "nanjing", Limits(60.0), ((change,), (replace(change, desk=DESK_B),)))
    assert plan_from_dict(json.loads(json.dumps(plan_to_dict(plan)))) == plan
    assert change.back == Desired(5, {"rulebook": "10086"})


def test_rates_are_told_apart_as_the_exact_test_does() -> None:
    # 10 of 10 cues in half of the time: 0.5 ** 10.
    more = cue_rate(Cues(10, 60.0), Cues(0, 60.0))
    assert more
    assert more.ratio == math.inf
    assert more.chance == pytest.approx(0.5**10)
    # At most 1 of 8 in half of the time: (1 + 8) / 2 ** 8.
    fewer = cue_rate(Cues(1, 60.0), Cues(7, 60.0))
    assert fewer
    assert fewer.ratio == pytest.approx(1 / 7)
    assert fewer.chance == pytest.approx(9 / 256)
    assert cue_rate(Cues(0, 60.0), Cues(0, 60.0)) is None
    assert cue_rate(Cues(3, 60.0), Cues(0, 0.0)) is None


@given(st.integers(0, 300), st.integers(0, 3000), st.floats(1.0, 1e7), st.floats(1.0, 1e7))
def test_a_chance_is_one(now: int, before: int, now_s: float, before_s: float) -> None:
    rate = cue_rate(Cues(now, now_s), Cues(before, before_s))
    assert rate is None or 0.0 <= rate.chance <= 1.0


def test_one_sick_desk_of_many_is_no_harm_and_few_desks_are_not_counted() -> None:
    assert too_many_harmed(1, 1, 0, 19, most=0.1)
    assert not too_many_harmed(1, 15, 0, 285, most=0.1)
    assert too_many_harmed(2, 15, 0, 285, most=0.1)
    assert not too_many_harmed(3, 15, 57, 285, most=0.1)  # it is so everywhere
    assert not may_be_counted([DESK_A] * 4)
    assert may_be_counted([DESK_A] * 5)


def test_the_journal_shows_what_was_changed_or_taken_out_and_forgives_a_torn_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "p1.jsonl"
    for number, what in enumerate(("begun", "sent", "held")):
        Journal(path).write("now", what, {"number": number, "name": "投诉"})
    assert [line["number"] for line in read_journal(path)] == [0, 1, 2]
    assert unfinished(tmp_path) == path
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"what": "do')
    Journal(path).write("now", "done", {})
    assert [line["what"] for line in read_journal(path)] == ["begun", "sent", "held", "done"]
    assert unfinished(tmp_path) is None
    lines = whole.splitlines(keepends=True)
    for damaged in (whole.replace(b'"number": 1', b'"number": 7'), lines[0] + lines[2], lines[1]):
        path.write_bytes(damaged)
        with pytest.raises(DeskcueError, match=r"p1.jsonl:\d: this line was changed"):
            read_journal(path)
    with pytest.raises(DeskcueError, match="cannot be read"):
        Journal(path / "p2.jsonl").write("now", "begun", {})


def test_a_push_that_went_on_tells_no_more_why_it_was_held(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "p1.jsonl")
    plan = Plan("p1", "me", "nanjing", Limits(60.0), ())
    for what, details in (("begun", plan_to_dict(plan)), ("held", {"why": "lost: 3/3-17"})):
        journal.write("now", what, details)
    assert [one.why for one in stories(tmp_path)] == ["lost: 3/3-17"]
    journal.write("now", "done", {})
    assert [(one.last, one.why) for one in stories(tmp_path)] == [("done", "")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/events.db", lambda: datetime.now(UTC))
    made.prepare()
    yield made
    made.close()


def test_the_week_before_counts_the_same_hours_of_days_on_which_the_desks_worked(
    store: Store,
) -> None:
    now = STAMP.began + 3600.0

    def add(desk: Desk, days: float, seconds: float) -> None:
        began = now - timedelta(days=days).total_seconds() - seconds
        event = to_event(finding(0.0), replace(STAMP, desk=desk, began=began))
        store.add([read(event_topic(desk, event), json.dumps(event).encode())])

    week = week_before(store, lambda: now)
    assert week([DESK_A, DESK_B], 600.0) is None
    week = week_before(store, lambda: now)
    for days, seconds in ((1, 30), (1, 590), (2, 100), (1, 700), (8, 30), (0, 30)):
        add(DESK_A, days, seconds)
    add(Desk("nanjing", "4", "4-1"), 1, 30)
    assert week([DESK_A, DESK_B], 600.0) == Cues(3, 2 * 2 * 600.0)


def test_late_and_undated_events_are_no_cues_of_now() -> None:
    floor = FloorWatch()
    for more in ({}, {"replayed": True}, {"clock": "unset"}):
        event = {**to_event(finding(), replace(STAMP, desk=DESK_A)), **more}
        floor.hear(event_topic(DESK_A, event), json.dumps(event).encode())
    floor.hear("deskcue/v1/x", b"{}")
    assert (floor.cues[DESK_A], floor.reader.heard, floor.reader.malformed) == (1, 4, 1)
