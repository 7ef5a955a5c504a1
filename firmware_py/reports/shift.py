"""What happened per shift and per call: counts and times, no words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from firmware_py.core.types import Cue

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
    contested: Mapping[str, int] = field(default_factory=dict)
    """Why the agent contests events of this shift -> how many."""

    @property
    def spent(self) -> Spent:
        """Time of all calls whose end was heard."""
        return sum((call.spent for call in self.calls if call.spent), Spent())

    @property
    def pace(self) -> float | None:
        """Mean pace of the calls in which it was measured."""
        paces = [call.pace for call in self.calls if call.pace is not None]
        return sum(paces) / len(paces) if paces else None


def sort_found(found: Iterable[Found]) -> tuple[Found, ...]:
    """The gravest first, then the most frequent, then as the standard counts."""
    return tuple(sorted(found, key=_rank))


def by_clause(found: Iterable[Found]) -> list[Found]:
    """Put together what rules of one clause found of one kind, the gravest first."""
    together: dict[tuple[str, str, Cue], Found] = {}
    for one in found:
        key = (one.clause or one.rule, one.kind, one.cue)
        same = together.get(key)
        together[key] = replace(same, count=same.count + one.count) if same else one
    return [*sort_found(together.values())]


def _rank(found: Found) -> tuple[int, int, str, int, str]:
    """Sorts by gravity, by number, then as the standard counts: F2 before F10."""
    number = found.clause[1:]
    place = int(number) if number.isdecimal() else 0
    return _GRAVEST.index(found.cue), -found.count, found.clause[:1], place, found.rule
