"""A made-up day of a floor, for the demo: calls, findings of many sorts, devices in trouble."""

import datetime
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from firmware_py.core.types import CallSummary, Cue, Finding
from firmware_py.fleet.broker.reading import Message, read
from firmware_py.fleet.simulate.desk import SimulatedDesk
from firmware_py.outbox.event import Event, Stamp, call_id, event_topic, to_event, to_summary
from firmware_py.settings.config import Desk

_FINDINGS: Final = (
    ("D1", "pace", Cue.AMBER, 30),
    ("D8", "interruption", Cue.AMBER, 24),
    ("A2", "omission", Cue.AMBER, 18),
    ("C4", "omission", Cue.AMBER, 15),
    ("D6", "shouting", Cue.AMBER, 8),
    ("F5", "phrase", Cue.RED, 6),
    ("E7", "eating", Cue.AMBER, 4),
    ("F13", "phrase", Cue.RED, 2),
)
"""Clause, kind, cue, and how often."""
_CALLS: Final = 0.55
"""Share of events that are the end of a call."""
_FAULTS: Final = ("microphone", "disk", "load", "clock", "rulebook")
_SHIFT: Final = (0.2, 0.4, 0.9, 1.0, 0.8, 0.4, 0.7, 1.0, 0.9, 0.7, 0.6)
"""How busy the hours before now were, the last one last."""
_AT_NIGHT: Final = 3
"""Desks at work in the first of them: too few to be counted."""


def find(stamp: Stamp, at: float) -> Event:
    """Make up what a desk notices at a second of its stream: a finding, or the end of a call."""
    if random.random() < _CALLS:
        talk, listen = random.uniform(20, 200), random.uniform(20, 200)
        start = at - talk - listen
        summary = CallSummary(start, at, talk, listen, 2.0, 5.0, {})
        return to_summary(summary, stamp, call_id(stamp, start))
    (clause, kind, cue, _) = random.choices(_FINDINGS, [one[3] for one in _FINDINGS])[0]
    return to_event(Finding(clause, clause, kind, at, at - 1.2, at, cue, 0.9), stamp)


def past(desks: Iterable[Desk], now: datetime.datetime, an_hour: int) -> Iterator[Message]:
    """Events of each desk over the hours before now, at most so many an hour."""
    this = now.replace(minute=0, second=0, microsecond=0).timestamp()
    for number, desk in enumerate(desks):
        for back, busy in enumerate(reversed(_SHIFT), start=1):
            stamp = Stamp(desk, "10086", 1, "ab" * 32, None, this - 3600 * back)
            if back < len(_SHIFT) or number < _AT_NIGHT:
                for _ in range(random.randint(1, 1 + round(busy * an_hour))):
                    yield _message(desk, find(stamp, random.uniform(0, 3599)))


def _message(desk: Desk, event: Event) -> Message:
    return read(event_topic(desk, event), json.dumps(event, ensure_ascii=False).encode())


def trouble(desks: Sequence[SimulatedDesk]) -> None:
    """Let a device fall ill, get well, or go off for a minute; one in twelve is ill at a time."""
    desk = random.choice([one for one in desks if one.connected] or desks)
    if not desk.connected:
        return
    ill = sum(bool(one.faults) for one in desks)
    if desk.faults:
        desk.faults = ()
    elif ill * 12 < len(desks):
        desk.faults = (random.choice(_FAULTS),)
    elif random.random() < 0.3:
        desk.go_away(random.uniform(20, 60))
        return
    else:
        return
    desk.publish_state()
    desk.publish_health()
