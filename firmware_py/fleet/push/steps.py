"""What a push does next, by what the desks say."""

from collections.abc import Iterable
from typing import Any, Final

from firmware_py.fleet.push.judge import AT_ONCE, CERTAIN, too_many_harmed
from firmware_py.fleet.push.state import Entry, Phase, Push
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import Desired

_NAMED: Final = 5
"""Desks that a line names at most."""


def next_entry(push: Push, now: float) -> Entry | None:
    """What is to be decided now; None: wait. Time is in seconds since the epoch."""
    if push.phase is Phase.SEND:
        return (None if push.looked_at else _somebody_else(push)) or _sending(push)
    if push.phase in (Phase.CONFIRM, Phase.WATCH):
        return _backwards(push, now) or _onwards(push, now)
    waited = now - push.since
    if push.phase is Phase.GOING_BACK and (
        not push.missing or waited > push.plan.limits.patience_s
    ):
        return Entry("back", {"unconfirmed": [*map(name, push.missing)]})
    return None


def hold(push: Push, why: str) -> Entry:
    """Send nothing more until somebody decides."""
    return Entry("held", {"stage": push.stage, "why": why})


def stop(push: Push) -> Entry:
    """Leave it so that somebody can go on with it: what goes back was sent to all at once."""
    if push.phase is Phase.GOING_BACK:
        return Entry("back", {"unconfirmed": [*map(name, push.missing)]})
    return hold(push, "stopped by hand; nothing more is sent")


def go_back(push: Push, why: str) -> Entry:
    """Give every desk that was reached what it had before."""
    return Entry("going back", {"stage": push.stage, "why": why})


def resume(push: Push, by: str) -> Entry:
    """Go on; after a hold, with the desks as they are now."""
    return Entry("resumed", {"by": by, **_as_they_are(push)})


def _sending(push: Push) -> Entry:
    sent = {"stage": push.stage, "desks": [*map(name, push.desks)]}
    return Entry("sent", {**sent, **_as_they_are(push)})


def _as_they_are(push: Push) -> dict[str, Any]:
    """Which desks of the stage are there, and what is wrong with any."""
    there = [one for one in push.desks if push.floor.of(one).is_there]
    wrong = {name(one): sorted(seen.wrong) for one, seen in push.floor.desks.items() if seen.wrong}
    return {"awaited": [*map(name, there)], "wrong": wrong}


def _backwards(push: Push, now: float) -> Entry | None:
    """Go back, where desks fare worse; hold, where somebody else is at work."""
    at_end = push.phase is Phase.WATCH and now - push.since >= push.plan.limits.watch_s
    many = _too_many_cues(push, now, CERTAIN if at_end else AT_ONCE)
    if other := _somebody_else(push):  # first, for a desk refuses what has the other's version
        return other
    if why := _refusal(push) or _faults(push) or many:
        return go_back(push, why)
    if now >= push.gathering_until and (gone := _too_many(push, lost=True)):
        return hold(push, f"lost: {_names(gone)}; if they were switched off, resume it")
    return None


def _somebody_else(push: Push) -> Entry | None:
    for one in push.changes:
        if _is_anothers(push.floor.of(one.desk).desired, one.after):
            return hold(push, f"somebody else has given settings to {name(one.desk)} meanwhile")
    return None


def _is_anothers(found: Desired, ours: Desired) -> bool:
    """Whether what the broker keeps came after ours, or beside it with the same version."""
    if found.version == ours.version:
        return found.sha256 != ours.sha256
    return found.version > ours.version


def _onwards(push: Push, now: float) -> Entry | None:
    limits, waited = push.plan.limits, now - push.since
    if push.phase is Phase.CONFIRM:
        if not push.missing:
            return Entry("confirmed", {"stage": push.stage})
        if waited > limits.patience_s:
            late = f"within {limits.patience_s:.0f} s"
            return hold(push, f"{_names(push.missing)} did not report the settings {late}")
        return None
    over = waited >= limits.watch_s and now >= push.gathering_until
    return _passing(push, now) if over else None


def _passing(push: Push, now: float) -> Entry:
    rate, few = push.cue_rate(now), 1 / push.plan.limits.rate
    if rate and rate.ratio <= few and rate.chance < CERTAIN and not push.looked_at:
        line = f"only {rate.ratio:.2f} times as many cues as before; if that is wanted, resume it"
        return hold(push, line)
    cues = round(rate.ratio, 2) if rate and rate.ratio < float("inf") else None
    hurt = [*map(name, push.harmed(push.desks))]
    last = push.stage + 1 == len(push.plan.stages)
    return Entry(
        "done" if last else "passed", {"stage": push.stage, "harmed": hurt, "cue_rate": cues}
    )


def _refusal(push: Push) -> str:
    for change in push.changes:
        for one in push.floor.of(change.desk).refused:
            if one.version == change.after.version:
                return f"{name(change.desk)} refuses {one.what}: {one.why}"
    return ""


def _faults(push: Push) -> str:
    hurt = _too_many(push, lost=False)
    codes = sorted({code for one in hurt for code in push.floor.of(one).faults})
    return f"new faults at {_names(hurt)}: {', '.join(codes)}" if hurt else ""


def _too_many(push: Push, *, lost: bool) -> list[Desk]:
    """Harmed desks of the stage, if they are more than among the others."""
    others, hurt = push.others, push.harmed(push.desks, lost=lost)
    elsewhere = len(push.harmed(others, lost=lost))
    most = push.plan.limits.harmed
    many = too_many_harmed(len(hurt), len(push.desks), elsewhere, len(others), most)
    return hurt if many else []


def _too_many_cues(push: Push, now: float, chance: float) -> str:
    rate = push.cue_rate(now)
    if rate is None or rate.ratio < push.plan.limits.rate or rate.chance >= chance:
        return ""
    return f"{rate.ratio:.1f} times as many cues as before"


def name(desk: Desk) -> str:
    """A desk as a person reads it."""
    return f"{desk.floor}/{desk.desk}"


def _names(desks: Iterable[Desk]) -> str:
    found = [*map(name, desks)]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return ", ".join(found[:_NAMED]) + more
