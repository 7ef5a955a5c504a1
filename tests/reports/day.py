"""Events of a day at one desk, for the tests of reports."""

from datetime import datetime

from firmware_py.core.types import CallSummary, Cue, Finding
from firmware_py.outbox.event import Event, Stamp, call_id, to_event, to_summary
from tests.outbox.sample import DESK

MORNING = datetime(2026, 11, 24, 8, 0)
"""Local time at which the stream begins."""
EVENING = datetime(2026, 11, 24, 18, 0)


def stamp(began: datetime = MORNING) -> Stamp:
    return Stamp(DESK, "10086", 1, "ab" * 32, None, began.timestamp())


def found(
    at: float,
    rule: str = "F5",
    clause: str | None = "F5",
    cue: Cue = Cue.RED,
    call: float | None = None,
    began: datetime = MORNING,
) -> Event:
    finding = Finding(rule, clause, "phrase" if cue is Cue.RED else "omission", at, at, at, cue, 0)
    named = None if call is None else call_id(stamp(began), call)
    return to_event(finding, stamp(began), named)


def over(start: float, end: float, pace: float | None = None, began: datetime = MORNING) -> Event:
    lasted = end - start
    summary = CallSummary(start, end, lasted / 2, lasted / 4, lasted / 8, 3.0, pace=pace)
    return to_summary(summary, stamp(began), call_id(stamp(began), start))


def day() -> list[Event]:
    """Two calls and a half in the morning, one in the evening, and something between two calls."""
    return [
        found(65, call=60),
        found(80, "A2-morning", "A2", Cue.AMBER, call=60),
        found(90, "A2-evening", "A2", Cue.AMBER, call=60),
        over(60, 140, pace=4.0),
        found(200, "microphone", None, Cue.AMBER),
        over(3600, 3680, pace=5.0),
        found(7300, call=7200),
        found(5, call=4, began=EVENING),
        over(4, 24, began=EVENING),
    ]
