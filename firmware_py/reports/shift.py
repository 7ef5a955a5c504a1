"""What happened per shift and per call, told from events: counts and times, no words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from firmware_py.core.types import Cue
from firmware_py.outbox.event import SUMMARY, Event

SHIFT_PAUSE_S: Final = 4 * 3600.0
"""So many seconds without an event part one shift from the next."""
_GRAVEST: Final = (Cue.RED, Cue.AMBER, Cue.NONE)


@dataclass(frozen=True, slots=True)
class Found:
    """How often a rule spoke."""

    rule: str
    clause: str
    """Id of the clause; empty for a site's own rule."""
    kind: str
    cue: Cue
    count: int


@dataclass(frozen=True, slots=True)
class Spent:
    """How time was spent on calls, in seconds."""

    seconds: float = 0.0
    talk_s: float = 0.0
    listen_s: float = 0.0
    both_s: float = 0.0
    hold_s: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def talk(self) -> float:
        """Share in which the agent spoke."""
        return self.talk_s / self.seconds if self.seconds else 0.0

    @property
    def listen(self) -> float:
        """Share in which the caller spoke."""
        return self.listen_s / self.seconds if self.seconds else 0.0

    @property
    def both(self) -> float:
        """Share in which both did, which is part of the two above."""
        return self.both_s / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a desk."""

    id: str
    began: datetime
    """Local time."""
    profile: str
    """Name of its rulebook."""
    spent: Spent | None = None
    """None for a call whose end was not heard."""
    pace: float | None = None
    """Syllables per second, if it was measured."""
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """What lies between two long pauses."""

    began: datetime
    ended: datetime
    calls: tuple[Call, ...]
    found: tuple[Found, ...]
    """In all calls and between them, the gravest first."""
    hours: Mapping[datetime, Mapping[Cue, int]] = field(default_factory=dict)
    """Findings of each hour of the clock."""

    @property
    def spent(self) -> Spent:
        """Time of all calls whose end was heard."""
        return sum((call.spent for call in self.calls if call.spent), Spent())

    @property
    def pace(self) -> float | None:
        """Mean pace of the calls in which it was measured."""
        paces = [call.pace for call in self.calls if call.pace is not None]
        return sum(paces) / len(paces) if paces else None


def shifts(events: Iterable[Event]) -> list[Shift]:
    """Part events into shifts, and those into calls."""
    found: list[Shift] = []
    together: list[Event] = []
    for event in sorted(events, key=_time):
        if together and (_time(event) - _time(together[-1])).total_seconds() > SHIFT_PAUSE_S:
            found.append(_shift(together))
            together = []
        together.append(event)
    return [*found, _shift(together)] if together else found


def _time(event: Event) -> datetime:
    return datetime.fromisoformat(event["time"]).astimezone()


def _shift(events: list[Event]) -> Shift:
    hours: dict[datetime, Counter[Cue]] = {}
    for event in _findings(events):
        hour = _time(event).replace(minute=0, second=0, microsecond=0)
        hours.setdefault(hour, Counter())[Cue(event["data"]["cue"])] += 1
    calls = tuple(_calls(events))
    return Shift(
        began=min([_time(events[0]), *(call.began for call in calls)]),
        ended=_time(events[-1]),
        calls=calls,
        found=_counted(events),
        hours=hours,
    )


def _calls(events: list[Event]) -> Iterator[Call]:
    of_call: dict[str, list[Event]] = {}
    for event in events:
        if name := event["data"].get("call"):
            of_call.setdefault(name, []).append(event)
    for name, own in sorted(of_call.items()):
        summary = next((e["data"] for e in own if e["data"]["kind"] == SUMMARY), None)
        yield Call(
            id=name,
            began=datetime.fromisoformat(name).astimezone(),
            profile=own[0]["data"]["rulebook"]["name"],
            spent=_spent(summary) if summary else None,
            pace=summary["pace"] if summary else None,
            found=_counted(own),
        )


def _spent(data: Mapping[str, Any]) -> Spent:
    keys = ("duration_s", "talk_s", "listen_s", "both_s", "hold_s")
    return Spent(*(float(data[key]) for key in keys))


def _findings(events: Iterable[Event]) -> Iterator[Event]:
    return (event for event in events if event["data"]["kind"] != SUMMARY)


def _counted(events: Iterable[Event]) -> tuple[Found, ...]:
    """How often each rule spoke: the gravest first, then the most frequent."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for event in _findings(events):
        data = event["data"]
        counts[data["rule"], data["clause"] or "", data["kind"], data["cue"]] += 1
    found = [Found(*key[:3], Cue(key[3]), count) for key, count in counts.items()]
    return tuple(sorted(found, key=_rank))


def by_clause(found: Iterable[Found]) -> list[Found]:
    """Put together what rules of one clause found of one kind, the gravest first."""
    together: dict[tuple[str, str, Cue], Found] = {}
    for one in found:
        key = (one.clause or one.rule, one.kind, one.cue)
        same = together.get(key)
        together[key] = replace(same, count=same.count + one.count) if same else one
    return sorted(together.values(), key=_rank)


def _rank(found: Found) -> tuple[int, int, str, int, str]:
    """Sorts by gravity, by number, then as the standard counts: F2 before F10."""
    number = found.clause[1:]
    place = int(number) if number.isdecimal() else 0
    return _GRAVEST.index(found.cue), -found.count, found.clause[:1], place, found.rule
