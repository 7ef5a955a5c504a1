"""Builds shifts out of events, one event at a time: a shift of a hundred thousand takes no room."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from firmware_py.contract.contest import KIND as CONTEST_KIND
from firmware_py.core.types import Cue
from firmware_py.outbox.event import SUMMARY, Event
from firmware_py.reports.shift import Call, Found, Shift, Spent, sort_found

SHIFT_PAUSE: Final = timedelta(hours=4)
"""So long without an event parts one shift from the next."""
_SPENT: Final = ("duration_s", "talk_s", "listen_s", "both_s", "hold_s")

_Counts = Counter[tuple[str, str, str, str]]
"""Rule, clause, kind and cue -> how often it was found."""


def shifts(events: Iterable[Event]) -> list[Shift]:
    """Part events, in any order, into shifts, the oldest first."""
    return [*newest_shifts(sorted(events, key=_time, reverse=True))][::-1]


def newest_shifts(events: Iterable[Event]) -> Iterator[Shift]:
    """Part events that come the newest first into shifts, as soon as each is whole."""
    builder: _ShiftBuilder | None = None
    contested: dict[str, str] = {}
    """Id of an event -> why the agent contests it: said later, so it comes before."""
    for event in events:
        if event["data"]["kind"] == CONTEST_KIND:
            contested.setdefault(event["subject"], event["contestreason"])
            continue
        moment = _time(event)
        if builder and builder.began - moment > SHIFT_PAUSE:
            yield builder.build()
            builder = None
        builder = builder or _ShiftBuilder(moment, moment)
        builder.add(event, moment)
        if reason := contested.pop(event["id"], ""):
            builder.contested[reason] += 1
    if builder:
        yield builder.build()


def _time(event: Event) -> datetime:
    return datetime.fromisoformat(event["time"]).astimezone()


@dataclass(slots=True)
class _CallBuilder:
    profile: str = ""
    spent: Spent | None = None
    pace: float | None = None
    counts: _Counts = field(default_factory=Counter)

    def add_summary(self, data: Mapping[str, Any]) -> None:
        self.spent = Spent(*(float(data[key]) for key in _SPENT))
        self.pace = data["pace"]

    def build(self, name: str) -> Call:
        began = datetime.fromisoformat(name).astimezone()
        found = _found(self.counts)
        return Call(name, began, self.profile, self.spent, self.pace, found)


@dataclass(slots=True)
class _ShiftBuilder:
    began: datetime
    """When the earliest event so far happened."""
    ended: datetime
    counts: _Counts = field(default_factory=Counter)
    hours: Counter[tuple[datetime, str]] = field(default_factory=Counter)
    """Hour of the clock and cue -> how many were found."""
    calls: dict[str, _CallBuilder] = field(default_factory=lambda: defaultdict(_CallBuilder))
    contested: Counter[str] = field(default_factory=Counter)

    def add(self, event: Event, moment: datetime) -> None:
        """Take the next older event."""
        self.began, data = moment, event["data"]
        name = data.get("call")
        call = self.calls[name] if name else None
        if call:
            call.profile = data["rulebook"]["name"]  # that of its first event stays
        if data["kind"] == SUMMARY:
            if call:
                call.add_summary(data)
            return
        key = (data["rule"], data["clause"] or "", data["kind"], data["cue"])
        self.counts[key] += 1
        if call:
            call.counts[key] += 1
        self.hours[moment.replace(minute=0, second=0, microsecond=0), data["cue"]] += 1

    def build(self) -> Shift:
        """Sum up."""
        calls = tuple(call.build(name) for name, call in sorted(self.calls.items()))
        began = min([self.began, *(call.began for call in calls)])
        return Shift(began, self.ended, calls, _found(self.counts), self._by_hour(), self.contested)

    def _by_hour(self) -> dict[datetime, dict[Cue, int]]:
        hours: dict[datetime, dict[Cue, int]] = {}
        for hour, cue in sorted(self.hours):
            hours.setdefault(hour, {})[Cue(cue)] = self.hours[hour, cue]
        return hours


def _found(counts: _Counts) -> tuple[Found, ...]:
    return sort_found(Found(*key[:3], Cue(key[3]), count) for key, count in counts.items())
