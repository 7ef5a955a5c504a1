"""A push of settings, stage by stage: its state, and what changes it.

Everything that changes it is an entry, which is written to the journal before it is done; reading
the journal again leads to the same state.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.push.floor_watch import LOST, FloorWatch
from firmware_py.fleet.push.judge import CueRate, Cues, cue_rate, harmed, may_be_counted
from firmware_py.fleet.push.plan import Change, Plan, plan_from_dict, plan_to_dict
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import Desired


class Phase(StrEnum):
    """Where a push stands."""

    SEND = "to be sent"
    CONFIRM = "sent"
    WATCH = "watched"
    HELD = "held"
    GOING_BACK = "going back"
    DONE = "done"
    BACK = "gone back"


OVER: Final = (Phase.DONE, Phase.BACK)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was decided."""

    what: str
    details: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Published = list[tuple[Desk, Desired]]
Week = Callable[[Collection[Desk], float], Cues | None]
"""Cues of desks in the week before, at the hours of a watch of so many seconds that ends now."""


class Push:
    """One push; time is given to it, in seconds since the epoch."""

    def __init__(self, plan: Plan, floor: FloorWatch, week: Week = lambda _desks, _s: None) -> None:
        """Stand before the first stage.

        Args:
            plan: what to do.
            floor: what the desks say; somebody else keeps it fresh.
            week: looks the week before up; where it knows nothing, desks that the push has not
                reached yet are compared with.
        """
        self.plan, self.floor, self._week = plan, floor, week
        self.phase, self.stage, self.since = Phase.SEND, 0, 0.0
        self.gathering_until = 0.0
        """Until when a desk that is lost may be one that comes back after the broker did."""
        self.why = ""
        """Why it holds, or goes back."""
        self.looked_at = False
        """Whether somebody has looked after it held, and resumed it."""
        self._sent = -1
        """Last stage that was sent."""
        self._wrong: dict[Desk, frozenset[str]] = {}
        """What was wrong with desks before the stage was sent."""
        self._awaited: frozenset[Desk] = frozenset()
        self._cues = Counter[Desk]()
        """Cues by desk when the watch began."""

    @property
    def begun(self) -> Entry:
        """The first entry."""
        return Entry("begun", plan_to_dict(self.plan))

    @property
    def changes(self) -> tuple[Change, ...]:
        """Of the stage."""
        return self.plan.stages[self.stage]

    @property
    def desks(self) -> list[Desk]:
        """Of the stage."""
        return [one.desk for one in self.changes]

    @property
    def others(self) -> list[Desk]:
        """Desks of the site that the push has not reached yet."""
        reached = {one.desk for one in self.plan.until(self.stage)}
        return [one for one in self.floor.desks if one not in reached]

    @property
    def missing(self) -> list[Desk]:
        """Desks that are there and have not said yet that they have what was sent."""
        if self.phase is Phase.GOING_BACK:
            wanted = {one.desk: one.back.version for one in self.plan.until(self._sent)}
        else:
            wanted = {one.desk: one.after.version for one in self.changes}
        return [
            one
            for one, version in wanted.items()
            if one in self._awaited and (self.floor.of(one).reported or 0) < version
        ]

    def harmed(self, desks: Collection[Desk], *, lost: bool = True) -> list[Desk]:
        """Those with something wrong that was not there before the stage, being lost included."""
        return harmed(self.floor, desks, self._wrong, frozenset() if lost else frozenset({LOST}))

    def cue_rate(self, now: float) -> CueRate | None:
        """Cues of the stage since its watch began; None where they cannot or may not be judged."""
        elapsed = now - self.since
        if self.phase is not Phase.WATCH or not may_be_counted(self.desks) or elapsed <= 0:
            return None
        before = self._week(self.desks, elapsed)
        if before is None and may_be_counted(self.others):
            before = Cues(self._counted(self.others), len(self.others) * elapsed)
        mine = Cues(self._counted(self.desks), len(self.desks) * elapsed)
        return cue_rate(mine, before) if before else None

    def _counted(self, desks: Collection[Desk]) -> int:
        return self.floor.count(desks) - sum(self._cues[one] for one in desks)

    def apply(self, entry: Entry, now: float) -> Published:
        """Change the state; what is to be published now."""
        self.since = now
        return _APPLY[entry.what](self, entry.details)

    def _send(self, details: Mapping[str, Any]) -> Published:
        self.phase, self._sent = Phase.CONFIRM, self.stage
        self._take_as_it_is(details)
        return [(one.desk, one.after) for one in self.changes]

    def _take_as_it_is(self, details: Mapping[str, Any]) -> None:
        """Judge from how the desks are now."""
        self._awaited = frozenset(map(self._desk, details["awaited"]))
        wrong = details["wrong"].items()
        self._wrong = {self._desk(name): frozenset(codes) for name, codes in wrong}

    def _desk(self, name: str) -> Desk:
        return Desk(self.desks[0].site, *name.split("/"))

    def _confirm(self, _details: Mapping[str, Any]) -> Published:
        self.phase, self._cues = Phase.WATCH, Counter(self.floor.cues)
        return []

    def _pass(self, _details: Mapping[str, Any]) -> Published:
        self.phase, self.stage = Phase.SEND, self.stage + 1
        return []

    def _finish(self, _details: Mapping[str, Any]) -> Published:
        self.phase = Phase.DONE
        return []

    def _hold(self, details: Mapping[str, Any]) -> Published:
        self.phase, self.why = Phase.HELD, details["why"]
        return []

    def _resume(self, details: Mapping[str, Any]) -> Published:
        if self.phase is Phase.HELD:  # somebody has looked; after a kill nobody has
            self.looked_at = True
            self._take_as_it_is(details)
        if self.phase is Phase.GOING_BACK:
            return self._back()
        self.phase, self.why = Phase.SEND, ""
        if self._sent < self.stage:
            return []
        self.phase = Phase.CONFIRM
        return [(one.desk, one.after) for one in self.changes]

    def _go_back(self, details: Mapping[str, Any]) -> Published:
        self.phase, self.why = Phase.GOING_BACK, details["why"]
        return self._back()

    def _back(self) -> Published:
        changes = self.plan.until(self._sent)
        self._awaited = frozenset(one.desk for one in changes if self.floor.of(one.desk).is_there)
        return [(one.desk, one.back) for one in changes]

    def _end(self, _details: Mapping[str, Any]) -> Published:
        self.phase = Phase.BACK
        return []


_APPLY: Final[Mapping[str, Callable[[Push, Mapping[str, Any]], Published]]] = MappingProxyType(
    {
        "sent": Push._send,
        "confirmed": Push._confirm,
        "passed": Push._pass,
        "done": Push._finish,
        "held": Push._hold,
        "resumed": Push._resume,
        "going back": Push._go_back,
        "back": Push._end,
    }
)


def replayed(lines: Sequence[Mapping[str, Any]], floor: FloorWatch, week: Week, now: float) -> Push:
    """Stand where a journal ends.

    Raises:
        DeskcueError: the journal is none of this version.
    """
    try:
        push = Push(plan_from_dict(lines[0]), floor, week)
        for line in lines[1:]:
            push.apply(Entry(line["what"], line), now)
    except (KeyError, IndexError, TypeError, ValueError):
        raise DeskcueError("the journal is none that this deskcue can go on with") from None
    return push
