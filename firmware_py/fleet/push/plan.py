"""What a push changes, on which desks, and in which order."""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.desired.inheritance import SiteFolder
from firmware_py.fleet.push.floor_watch import FloorWatch
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import Desired


@dataclass(frozen=True, slots=True)
class Limits:
    """When a push goes on, holds, or goes back."""

    watch_s: float
    """How long each stage is watched, once its desks have the settings."""
    patience_s: float = 300.0
    """How long a desk that is there may take to say that it has them."""
    harmed: float = 0.1
    """Most desks of a stage with a new fault, as a share, beyond that of the other desks."""
    rate: float = 2.0
    """How many times as many cues as before are too many; a part of one so small, too few."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one desk has, and shall have."""

    desk: Desk
    before: Desired
    after: Desired

    @property
    def back(self) -> Desired:
        """What undoes it: what was there before, as the next version."""
        return Desired(self.after.version + 1, self.before.settings)


@dataclass(frozen=True, slots=True)
class Plan:
    """A push, as it is written down before anything is sent."""

    id: str
    by: str
    """Who began it."""
    scope: str
    limits: Limits
    stages: tuple[tuple[Change, ...], ...]
    """The canary first."""

    def until(self, stage: int) -> list[Change]:
        """Changes of all stages up to this one."""
        return [change for part in self.stages[: stage + 1] for change in part]


def in_scope(desk: Desk, scope: str) -> bool:
    """Whether a desk is meant by ``SITE``, ``SITE/FLOOR`` or ``SITE/FLOOR/DESK``; * and ? stand."""
    levels = scope.strip("/").split("/")
    patterns = [*levels, *["*"] * (3 - len(levels))]
    names = (desk.site, desk.floor, desk.desk)
    return len(levels) <= 3 and all(map(fnmatchcase, names, patterns))


def make_plan(
    push: str,
    by: str,
    scope: str,
    limits: Limits,
    *,
    canary: float,
    floor: FloorWatch,
    folder: SiteFolder,
) -> Plan:
    """Plan a push.

    Args:
        push: its id; which desks go first follows from it alone.
        by: who began it.
        scope: whom it is for.
        limits: when it goes on.
        canary: share of the desks that goes first, over 0; at least one desk.
        floor: what the desks said.
        folder: what they shall have.

    Raises:
        DeskcueError: no desk is meant, none would change, or none of them is there to go first.
    """
    meant = sorted(
        (one for one in floor.desks if in_scope(one, scope)), key=lambda one: _draw(push, one)
    )
    if not meant:
        raise DeskcueError(
            f"no desk is known as {scope}; deskcue fleet status shows those that are"
        )
    changes = [*_changes(meant, floor, folder)]
    if not changes:
        raise DeskcueError(f"nothing to push: the {len(meant)} desks of {scope} were given this")
    first = [one for one in changes if floor.of(one.desk).is_there]
    first = first[: math.ceil(canary * len(changes))]
    if not first:
        raise DeskcueError(f"none of the {len(changes)} desks that would change is there to try")
    rest = tuple(one for one in changes if one not in first)
    return Plan(push, by, scope, limits, (tuple(first), *([rest] if rest else [])))


def _draw(push: str, desk: Desk) -> str:
    """An order by lot that is the same whenever one asks."""
    return hashlib.sha256(f"{push} {desk.floor}/{desk.desk}".encode()).hexdigest()


def _changes(desks: Iterable[Desk], floor: FloorWatch, folder: SiteFolder) -> Iterator[Change]:
    for desk in desks:
        seen, settings = floor.of(desk), folder.settings(desk)
        newest = max(seen.desired.version, seen.reported or 0)
        after = Desired(newest + 1, settings)
        if after.sha256 != seen.desired.sha256:
            yield Change(desk, seen.desired, after)


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """A plan as JSON's own types."""
    return {
        "push": plan.id,
        "by": plan.by,
        "scope": plan.scope,
        "limits": asdict(plan.limits),
        "stages": [[_change_to_dict(one) for one in stage] for stage in plan.stages],
    }


def _change_to_dict(change: Change) -> dict[str, Any]:
    made = {
        name: {"version": one.version, "sha256": one.sha256, "settings": dict(one.settings)}
        for name, one in (("before", change.before), ("after", change.after))
    }
    return {"desk": asdict(change.desk), **made}


def plan_from_dict(told: Mapping[str, Any]) -> Plan:
    """Read a plan again."""
    stages = tuple(tuple(map(_change_from_dict, stage)) for stage in told["stages"])
    return Plan(told["push"], told["by"], told["scope"], Limits(**told["limits"]), stages)


def _change_from_dict(told: Mapping[str, Any]) -> Change:
    before, after = (
        Desired(told[name]["version"], told[name]["settings"]) for name in ("before", "after")
    )
    return Change(Desk(**told["desk"]), before, after)
