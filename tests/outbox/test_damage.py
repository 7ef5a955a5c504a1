"""What lies on a card may be damaged: an event, a word of the ear, or the whole outbox."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.outbox import last_word
from firmware_py.outbox.privacy import PRIVATE
from firmware_py.outbox.quarantine import UNREADABLE
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import LightOnly
from tests.outbox.sample import event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the outbox lies."""
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    """An outbox with three events."""
    made = Outbox(path, 3, light_only=LightOnly.GRANTED)
    made.append(*(event(at) for at in (2.0, 3.0, 4.0)))
    yield made
    made.close()


def spoil(path: Path, number: int, body: object) -> None:
    """Overwrite an event as a bad card does: SQLite itself would not."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP INDEX by_its_time")
        db.execute("UPDATE event SET body = ? WHERE id = ?", (body, number))


@pytest.mark.situation(
    "The machine",
    "an event on the card is damaged",
    "it is put aside, the others go out",
    "fault `refused`, `outbox.quarantined`",
)
@pytest.mark.parametrize(
    "body",
    [
        json.dumps(event())[:99],
        json.dumps(event()).encode().replace(b"phrase", b"phr\xffse"),
        json.dumps(event()).replace("F5", "F\0"),
        "null",
        '{"data": 5}',
        "[" * 99_999,
    ],
)
def test_a_damaged_event_is_in_nobodys_way(outbox: Outbox, path: Path, body: object) -> None:
    spoil(path, 2, body)
    assert [row.id for row in outbox.pending()] == [1, 3]
    assert outbox.counts().quarantined == 1
    assert outbox.quarantine.reason() == UNREADABLE
    assert [row.id for row in outbox.history()] == [1, 3]
    assert [row.id for row in outbox.since("2000")] == [1, 3]
    assert [row.id for row in outbox.find("subject", "F5")] == [1, 3]
    assert len([*outbox.newest_first()]) == 2
    for at in (5.0, 6.0):  # and it goes like any other, once there is no room for it
        outbox.append(event(at))
    assert [row.id for row in outbox.pending()] == [3, 4, 5]


@pytest.mark.situation("The machine", "the outbox is damaged")
def test_what_waited_in_a_damaged_outbox_is_brought_into_the_new_one(
    outbox: Outbox, path: Path
) -> None:
    outbox.privacy.choose(on=True)
    outbox.append(event(5.0))  # private, so it stays behind
    outbox.privacy.choose(on=True)
    outbox.close()
    content = bytearray(path.read_bytes())
    where = content.index(b"CREATE TRIGGER event_goes")
    content[where : where + 6] = b"\xff" * 6
    path.write_bytes(content)
    path.chmod(0o640)
    again = Outbox(path, light_only=LightOnly.GRANTED)
    assert again.problem.endswith("outbox.db.broken-1, a new one begins with 3 events that waited")
    assert path.stat().st_mode & 0o777 == 0o640  # for whoever else has to use it
    assert again.privacy.is_on
    starts = [row.event["data"]["start"] for row in again.history()]
    assert starts == [0.5, 1.5, 2.5]
    assert not again._db.read(PRIVATE)
    again.close()


@pytest.mark.situation(
    "The machine",
    "the outbox is deleted or put aside while ear and uplink run",
    "both go on with the new one",
    "",
)
def test_an_outbox_that_was_moved_away_takes_no_more_events(outbox: Outbox, path: Path) -> None:
    (first, *_) = outbox.pending()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).rename(path.with_name(f"moved{suffix}"))
    outbox.append(event(6.0))
    outbox.acknowledge(first.id)  # which the broker took before
    other = Outbox(path)
    assert [row.event["data"]["start"] for row in other.pending()] == [4.5]
    assert other.counts().sent == 0
    other.close()


@pytest.mark.parametrize(
    "word",
    ["[]", "7", '"x"', '{"faults": "x"}', '{"faults": [{"code": 1}, 5]}', '{"uptime_s": NaN}'],
)
def test_a_word_of_the_ear_that_is_none_is_passed_over(path: Path, word: str) -> None:
    path.with_name("outbox.db.ear.json").write_text(word)
    outbox = Outbox(path)
    assert outbox.ear() in (None, {"faults": []})
    outbox.close()


def test_what_a_newer_ear_says_more_is_left_out() -> None:
    fault = {"code": "disk", "line": "full", "since": None}
    said = {"uptime_s": "x", "rulebook": "a", "faults": [{**fault, "new": 1}], "more": 2}
    assert last_word.sound(said) == {"rulebook": "a", "faults": [fault], "more": 2}


@pytest.mark.parametrize("chosen", ["{", "17"])
def test_a_choice_that_cannot_be_read_keeps_everything_here(
    outbox: Outbox, path: Path, chosen: str
) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("REPLACE INTO status VALUES ('light_only', ?)", (chosen,))
        db.execute("REPLACE INTO status VALUES ('light_only_in_force', '{')")
    assert outbox.privacy.setting is LightOnly.GRANTED
    assert outbox.privacy.is_on
