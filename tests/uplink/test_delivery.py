"""Which event goes next, and what becomes of it, whatever the broker answers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from firmware_py.outbox.event import to_event
from firmware_py.outbox.quarantine import TRIES
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import DRAIN_PER_S
from firmware_py.uplink.delivery import (
    AGAIN_S,
    DOUBT_S,
    NEXT_TRY_S,
    RELEASE_S,
    WINDOW,
    Delivery,
)
from tests.outbox.sample import DESK, STAMP, event, finding

TOO_LARGE, DENIED, UNSPECIFIED, QUOTA, NOBODY = 0x95, 0x87, 0x80, 0x97, 0x10


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty outbox whose clock jumps an hour back with every look."""
    times = iter(range(10**9, 0, -3600))
    made = Outbox(tmp_path / "outbox.db", now=lambda: float(next(times)))
    yield made
    made.close()


@dataclass
class Line:
    """A broker that answers when it is told to."""

    outbox: Outbox
    now: float = 0.0
    sent: list[float] = field(default_factory=list)
    """Seconds at which the causes began, as sent."""
    replayed: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.delivery = Delivery(self.outbox, DESK, lambda: self.now)
        self.delivery.begin(WINDOW, None)

    def publish(self, _topic: str, body: bytes) -> int:
        """Take a message; its id."""
        content = json.loads(body)
        self.sent.append(content["data"]["start"])
        self.replayed.append("replayed" in content)
        return len(self.sent)

    def send(self, *codes: int) -> list[float]:
        """Send what may go, answer it with these codes; what was sent."""
        before = len(self.sent)
        assert self.delivery.send(self.publish)
        for message, code in zip(range(before + 1, len(self.sent) + 1), codes, strict=False):
            self.delivery.answered(message, code, "a reason")
        return self.sent[before:]


def fill(outbox: Outbox, count: int = 3, kind: str = "phrase") -> None:
    for at in range(count):
        outbox.append(to_event(finding(at + 2.0, kind), STAMP))


@pytest.mark.situation(
    "The broker and the network",
    "the wall clock jumps",
    "nothing: durations, pauses and ages count uptime; order and ids hold",
    "only the times in events and health follow the clock",
)
def test_wall_clock_steps_make_nothing_replayed_and_keep_the_order(outbox: Outbox) -> None:
    fill(outbox, 1)
    line = Line(outbox)
    fill(outbox, 3)
    line.send(0, 0, 0, 0)
    assert line.sent == [0.5, 0.5, 1.5, 2.5]
    assert line.replayed == [True, False, False, False]
    assert outbox.counts().sent == 4


@pytest.mark.situation("The broker and the network", "the broker's access list denies a topic")
def test_what_is_denied_waits_and_one_event_asks_again_each_minute(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox)
    assert line.send(*[DENIED] * 3) == [0.5, 1.5, 2.5]
    (why,) = line.delivery.refused_topics.values()
    assert why == "not authorised"
    line.now += AGAIN_S - 1
    assert line.send() == []
    line.now += 1
    assert line.send(DENIED) == [0.5]
    line.now += AGAIN_S
    assert line.send(0) == [0.5]
    assert line.delivery.refused_topics == {}
    assert line.send(0, 0) == [1.5, 2.5]
    assert outbox.counts().pending == outbox.counts().quarantined == 0


@pytest.mark.situation("The broker and the network", "the broker's access list denies a topic")
def test_a_denied_topic_is_in_no_other_topics_way(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox, 30)
    line.send(*[DENIED] * WINDOW)
    fill(outbox, 2, "quiet")
    line.now += 1.0
    assert line.send(0, 0) == [0.5, 1.5]
    assert outbox.counts().pending == 30


@pytest.mark.situation(
    "The broker and the network",
    "the broker refuses an event for its size or content",
    "three tries, then it is put aside and kept; the others go on; tried again a day "
    "later and after a restart",
    "health: fault `refused`, `outbox.quarantined`",
)
def test_an_event_that_is_refused_for_itself_is_put_aside_after_some_tries(
    outbox: Outbox,
) -> None:
    line = Line(outbox)
    fill(outbox)
    assert line.send(TOO_LARGE, 0, 0) == [0.5, 1.5, 2.5]
    for _ in range(TRIES - 1):
        assert outbox.counts().pending == 1
        assert line.send() == []
        line.now += NEXT_TRY_S
        assert line.send(TOO_LARGE) == [0.5]
    counts = outbox.counts()
    assert (counts.pending, counts.sent, counts.quarantined) == (0, 2, 1)
    line.now += RELEASE_S
    line.delivery.begin(WINDOW, None)
    assert line.send(0) == [0.5], "tried again a day later"


@pytest.mark.parametrize(("code", "aside"), [(UNSPECIFIED, 1), (QUOTA, 0)])
def test_a_reason_that_is_not_said_counts_and_a_full_broker_does_not(
    outbox: Outbox, code: int, aside: int
) -> None:
    line = Line(outbox)
    fill(outbox, 1)
    for _ in range(TRIES):
        assert line.send(code) == [0.5]
        line.now += AGAIN_S
    assert outbox.counts().quarantined == aside


@pytest.mark.situation(
    "The broker and the network",
    "the broker hangs up on an event",
    "one event at a time until it is found, then it is put aside as one that is refused",
    "one line, fault `refused`",
)
def test_a_broker_that_hangs_up_on_an_event_gets_the_others(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox)
    for _ in range(10):  # it hangs up whenever it sees the second event
        for start in line.send():
            if start == 1.5:
                line.delivery.hung_up()
                line.delivery.begin(WINDOW, None)
                break
            line.delivery.answered(len(line.sent), 0, "")
        line.now += NEXT_TRY_S
    assert outbox.counts().quarantined == 1
    assert outbox.counts().sent == 2
    assert outbox.quarantine.reason() == "the broker hangs up on it"


def test_a_line_that_breaks_long_after_is_no_events_fault(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox, 1)
    for _ in range(2 * TRIES):
        line.send()
        line.now += 10.0
        line.delivery.hung_up()
        line.delivery.begin(WINDOW, None)
    assert outbox.counts().pending == 1


def test_what_the_broker_says_it_cannot_take_is_never_sent(outbox: Outbox) -> None:
    outbox.append(to_event(finding(), replace(STAMP, rulebook="x" * 500)))
    outbox.append(event(2.0))
    line = Line(outbox)
    line.delivery.begin(WINDOW, 900)
    assert line.send(0) == [0.5]
    assert outbox.counts().quarantined == 1
    assert "the broker takes 900" in outbox.quarantine.reason()


def test_no_more_are_on_their_way_than_the_broker_takes(outbox: Outbox) -> None:
    line = Line(outbox)
    line.delivery.begin(2, None)
    fill(outbox, 5)
    assert len(line.send()) == 2
    assert line.send() == []
    line.delivery.answered(1, 0, "")
    assert line.send() == [2.5]


@pytest.mark.situation(
    "The broker and the network",
    "hundreds of desks come back in one morning",
    "each sends 20 of the events that waited at once, then 5 a second (`drain_per_s`), in order",
    "`outbox.pending` falls for some minutes",
)
def test_what_waited_goes_out_at_a_steady_rate_and_in_order(outbox: Outbox) -> None:
    fill(outbox, 200)
    line = Line(outbox)
    line.now = 1000.0
    assert len(line.send(*[0] * WINDOW)) == WINDOW
    sent = []
    for _ in range(600):  # a minute, looked at ten times a second
        line.now += 0.1
        sent.append(len(line.send(*[0] * WINDOW)))
    assert sum(sent) == 200 - WINDOW
    assert max(sum(sent[at : at + 10]) for at in range(590)) <= DRAIN_PER_S + 1
    assert line.sent == sorted(line.sent)
    assert sum(sent[: int((200 - WINDOW) / DRAIN_PER_S * 10) + 10]) == 200 - WINDOW


@pytest.mark.situation(
    "The broker and the network",
    "the broker dies with what it had taken",
    "what it took in the last minute comes once more, with the same id, marked `replayed`",
    "a collector keeps it once",
)
def test_what_a_lost_broker_took_last_is_sent_once_more_and_only_once(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox, 2)
    line.send(0, 0)
    line.now = DOUBT_S + 1.0
    fill(outbox, 2)
    line.send(0, 0)
    for again in ([0.5, 1.5], []):  # the later two: the former were taken over a minute ago
        line.delivery.lost()
        assert outbox.counts().pending == len(again)
        line.delivery.begin(WINDOW, None)
        line.now += 1.0
        assert line.send(0, 0) == again
    assert line.replayed == [False, False, False, False, True, True]
    assert outbox.counts().sent == 4


@pytest.mark.situation(
    "The broker and the network",
    "a desk gets another name while events wait",
    "they go out under the name that it had, for they are of that desk",
    "fault `denied`, *under an earlier name*, where it may not write there any more",
)
def test_events_of_an_earlier_name_go_where_they_belong(outbox: Outbox) -> None:
    fill(outbox, 1)
    topics: list[str] = []
    now = Delivery(outbox, replace(DESK, desk="new"), lambda: 0.0)
    now.begin(WINDOW, None)

    def publish(topic: str, _body: bytes) -> int:
        topics.append(topic)
        return 1

    assert now.send(publish)
    assert topics == ["deskcue/v1/nanjing/3/3-17/event/phrase"]
    now.answered(1, DENIED, "")
    assert now.refused_topics[topics[0]] == "not authorised under an earlier name of this desk"


@pytest.mark.situation(
    "The broker and the network",
    "the broker is back after a power cut before the collector is",
    "what came to nobody is sent once more as soon as somebody subscribes (MQTT 5)",
    "those events come late, marked `replayed`",
)
def test_what_nobody_heard_is_sent_once_more_when_somebody_does(outbox: Outbox) -> None:
    line = Line(outbox)
    fill(outbox, 2)
    outbox.append(to_event(finding(9.0, "interruption"), STAMP))
    assert line.send(NOBODY, NOBODY, NOBODY) == [0.5, 1.5, 7.5]
    assert outbox.counts().sent == 3
    outbox.append(to_event(finding(12.0), STAMP))
    assert line.send(0) == [10.5]
    assert line.send(NOBODY, 0) == [0.5, 1.5]  # it went and came back; another topic still waits
    assert line.send(0) == [0.5]
    assert line.replayed[-3:] == [True, True, True]
    assert line.send() == []


def test_what_is_no_event_of_ours_is_put_aside(outbox: Outbox) -> None:
    fill(outbox, 2)
    outbox.append({"data": {"kind": "a/+/#"}})
    line = Line(outbox)
    assert line.send(0, 0) == [0.5, 1.5]
    assert line.send() == []
    assert outbox.counts().quarantined == 1
