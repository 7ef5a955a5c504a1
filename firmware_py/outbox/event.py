"""Events: what leaves the desk about Findings and calls, as CloudEvents (CNCF, 1.0) in JSON.

No sound, no transcript and no advice is in them: a phrase is named by its rule and clause alone.
``contract/event.schema.json`` says the same to machines.
"""

import json
import uuid
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from firmware_py.contract.payloads import source, utc
from firmware_py.contract.topics import EVENT, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.core.findings import CallSummary, Finding
from firmware_py.settings.config import Desk

Event = dict[str, Any]

SUMMARY: Final = "summary"
"""Kind of the event that a call leaves when it is over."""

_NAMESPACE: Final = uuid.UUID("6f1d6b0c-5a3e-4c0e-9a53-2d8f7f1f1e64")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all events of one stream have in common."""

    desk: Desk
    rulebook: str
    """Name of the rulebook."""
    rulebook_version: int
    rulebook_sha256: str
    model_sha256: str | None
    """None while no phone model runs."""
    began: float
    """Seconds since the epoch at which the stream began."""
    clock_set: bool = True
    """Whether the machine's clock can be believed."""


def event_topic(desk: Desk, event: Event) -> str:
    """Topic of an event.

    Raises:
        DeskcueError: one of the desk's names cannot be part of a topic.
    """
    return topic(desk, EVENT, event["data"]["kind"])


def origin(event: Event) -> Desk:
    """The desk that an event is of: another one than this, if this was renamed since."""
    return Desk(*(event["data"][one.name] for one in fields(Desk)))


def read_event(body: bytes) -> Event | None:
    """Read an event as it lies on disk; None if it is damaged."""
    try:
        event = json.loads(body)
        return event if isinstance(event["data"], dict) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def is_ours(event: Event) -> bool:
    """Whether it has what each of our events has."""
    try:
        datetime.fromisoformat(event["time"])
        event_topic(origin(event), event)
        return all(isinstance(event[key], str) for key in ("id", "source", "type", "subject"))
    except (ValueError, TypeError, KeyError, DeskcueError):
        return False


def call_id(stamp: Stamp, start: float) -> str:
    """Name a call by the moment at which it began, UTC."""
    return utc(stamp.began + start)


def to_event(finding: Finding, stamp: Stamp, call: str | None = None) -> Event:
    """Make the event of a Finding; the same Finding of the same stream has the same id.

    Args:
        finding: what was found.
        stamp: where it was found.
        call: id of its call, the same for all events of the call, or None between calls.
    """
    name = f"{stamp.began:.3f} {finding.rule} {finding.start:.3f} {finding.at:.3f}"
    return _event(
        stamp,
        f"deskcue.finding.{finding.kind}",
        subject=finding.rule,
        at=finding.at,
        name=name,
        data={
            "call": call,
            "rule": finding.rule,
            "clause": finding.clause,
            "kind": finding.kind,
            "cue": str(finding.cue),
            "score": round(finding.score, 4),
            "start": round(finding.start, 3),
            "end": round(finding.end, 3),
            "duration_s": round(finding.end - finding.start, 3),
        },
    )


def to_summary(summary: CallSummary, stamp: Stamp, call: str) -> Event:
    """Make the event of a call that is over."""
    return _event(
        stamp,
        f"deskcue.call.{SUMMARY}",
        subject=call,
        at=summary.end,
        name=f"{stamp.began:.3f} {SUMMARY} {summary.start:.3f} {summary.end:.3f}",
        data={
            "call": call,
            "kind": SUMMARY,
            "start": round(summary.start, 3),
            "end": round(summary.end, 3),
            "duration_s": round(summary.end - summary.start, 3),
            "talk_s": round(summary.talk_s, 2),
            "listen_s": round(summary.listen_s, 2),
            "both_s": round(summary.both_s, 2),
            "hold_s": round(summary.hold_s, 2),
            "pace": None if summary.pace is None else round(summary.pace, 2),
            "counts": dict(summary.counts),
        },
    )


def _event(
    stamp: Stamp, sort: str, *, subject: str, at: float, name: str, data: dict[str, Any]
) -> Event:
    desk = stamp.desk
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMESPACE, f"{source(desk)} {name}")),
        "source": source(desk),
        "type": sort,
        "subject": subject,
        "time": utc(stamp.began + at),
        "datacontenttype": "application/json",
        **({} if stamp.clock_set else {"clock": "unset"}),
        "data": {
            **asdict(desk),
            **data,
            "rulebook": {
                "name": stamp.rulebook,
                "version": stamp.rulebook_version,
                "sha256": stamp.rulebook_sha256,
            },
            "model_sha256": stamp.model_sha256,
        },
    }


def as_replayed(event: Event) -> Event:
    """The event, saying that it comes later than it happened."""
    return {**event, "replayed": True}
