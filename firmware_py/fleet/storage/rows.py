"""What the collector writes: messages as rows, and how a row meets one that is there."""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from firmware_py.fleet.broker.reading import Message, moment
from firmware_py.fleet.storage.database import insert_into
from firmware_py.fleet.storage.tables import CONTESTS, EVENTS, REFUSED

_LONGEST: Final = 4096
"""Bytes of a refused message that are kept."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is not as the contract says."""

    topic: str
    why: str
    payload: bytes


def event_row(message: Message, kept: datetime.datetime) -> Row:
    """An event as a row of EVENTS."""
    event, data = message.content, message.content["data"]
    return {
        "source": event["source"],
        "id": event["id"],
        "time": moment(event),
        "kept": kept,
        "site": message.desk.site,
        "floor": message.desk.floor,
        "desk": message.desk.desk,
        "undated": "clock" in event,
        "contested": "contested" in event,
        "body": _body(event),
        **{key: data.get(key) for key in ("kind", "rule", "clause", "cue", "call")},
    }


def contest_row(message: Message, kept: datetime.datetime) -> Row:
    """What an agent says against an event, as a row of CONTESTS."""
    said = message.content
    return {
        "source": said["source"],
        "id": said["id"],
        "event": said["subject"],
        "reason": said["contestreason"],
        "time": moment(said),
        "kept": kept,
        "body": _body(said),
    }


def refused_row(refusal: Refusal, kept: datetime.datetime) -> Row:
    """A refused message as a row of REFUSED."""
    whole = refusal.topic.encode("utf-8", "replace") + b"\0" + refusal.payload
    return {
        "hash": hashlib.sha256(whole).hexdigest(),
        "topic": refusal.topic,
        "why": refusal.why.replace("\0", "�"),
        "payload": refusal.payload[:_LONGEST],
        "times": 1,
        "kept": kept,
    }


def _body(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def in_order(rows: Sequence[Row], *key: str) -> list[Row]:
    """Rows by their key: collectors that write the same ones never wait in a ring."""
    return sorted(rows, key=lambda row: [row[one] for one in key])


def add_event(db: sa.Connection, key: Sequence[str]) -> Any:
    """Writes an event; one with the right time, or contested, takes the former's place.

    Args:
        db: for its way of writing.
        key: columns by which an event is known.
    """
    adding = insert_into(db, EVENTS)
    new, stays = adding.excluded, {"source", "id", "time"} & {*key} | {"kept"}
    changed = {one.name: new[one.name] for one in EVENTS.columns if one.name not in stays}
    better = sa.or_(
        sa.and_(EVENTS.c.undated, sa.not_(new.undated)),
        sa.and_(sa.not_(EVENTS.c.contested), new.contested),
    )
    return adding.on_conflict_do_update(index_elements=[*key], set_=changed, where=better)


def add_contest(db: sa.Connection) -> Any:
    """Writes what an agent says against an event, once."""
    return insert_into(db, CONTESTS).on_conflict_do_nothing()


def add_refused(db: sa.Connection) -> Any:
    """Writes a refused message, or counts it."""
    adding = insert_into(db, REFUSED)
    again = {"times": REFUSED.c.times + 1, "kept": adding.excluded.kept}
    return adding.on_conflict_do_update(index_elements=[REFUSED.c.hash], set_=again)
