"""A disk so small that the outbox itself fills it, with nobody else to make room."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from firmware_py.outbox import reserve
from firmware_py.outbox.sink import OutboxSink
from firmware_py.outbox.store import Outbox
from tests.outbox.sample import STAMP, event, finding
from tests.outbox.test_store import small_disk

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")


class Desk:
    """Both ends of an outbox on a small disk, and a broker that is away or not."""

    def __init__(self, folder: Path) -> None:
        self.uplink = Outbox(folder / "outbox.db")
        self.ear = Outbox(folder / "outbox.db")
        self.sink = OutboxSink(self.ear, STAMP)
        self.found = 0
        self.came: list[float] = []

    def find(self) -> None:
        """One more event."""
        self.sink.accept(finding(2.5 + self.found))
        self.found += 1

    def send(self) -> bool:
        """Send twenty events, if there are some; whether nothing is left."""
        rows, waiting = self.uplink.pending(20), self.sink.waiting
        for row in rows:
            self.uplink.trying(row.id)
        for row in rows:
            self.came.append(row.event["data"]["start"])
            self.uplink.acknowledge(row.id)
        self.uplink._notes.hurry()
        self.sink.tend(clock_set=False)
        return not rows and not waiting


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with small_disk(tmp_path / "shelf"):
        made = Desk(tmp_path / "shelf")
        with closing(made.uplink), closing(made.ear):
            yield made


def fill(path: Path) -> None:
    """Take what is left of the disk."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.situation(
    "The machine",
    "the outbox itself has filled the disk",
    "events wait in memory; once some were sent, the oldest of those make room, 200 at once",
    "fault `disk` meanwhile; older events are gone from `events` and reports of the desk",
)
def test_a_disk_that_the_outbox_filled_gets_well_once_events_are_sent(desk: Desk) -> None:
    filler = desk.ear.path.with_name("filler")
    full: list[int] = []
    for outage in range(3):
        while desk.sink.waiting < 5:
            desk.find()
        full.append(desk.found)
        if outage == 1:
            fill(filler)
        assert "free some space" in desk.sink.problem
        while not desk.send():
            assert len(desk.came) <= desk.found
        filler.unlink(missing_ok=True)
    assert desk.came == [1.0 + number for number in range(desk.found)]
    assert full[0] + 20 < full[1] < full[2] - 20  # each time more than what waits in memory
    assert desk.sink.problem == desk.ear.problem == ""


def test_without_a_reserve_no_event_takes_the_last_room(desk: Desk) -> None:
    room = desk.ear.path.parent
    reserve.release(desk.ear.path)
    fill(room / "filler")
    os.truncate(room / "filler", (room / "filler").stat().st_size - 100_000)
    left = os.statvfs(room)
    assert left.f_bavail * left.f_frsize < reserve.LARGEST_BYTES
    desk.find()
    assert desk.sink.waiting == 1
    assert "no room is left" in desk.sink.problem
    (room / "filler").unlink()
    desk.sink.flush()
    assert (desk.sink.waiting, reserve.is_laid(desk.ear.path)) == (0, True)


@pytest.mark.parametrize("laid", [True, False])
def test_a_closed_outbox_is_read_on_a_full_disk(tmp_path: Path, *, laid: bool) -> None:
    path = tmp_path / "shelf" / "o.db"
    with small_disk(path.parent):
        with closing(Outbox(path)) as box:
            box.append(*(event(number) for number in range(20)))
        if not laid:
            reserve.release(path)
        fill(path.with_name("filler"))
        with closing(Outbox(path)) as box:
            assert len(box.pending()) == 20
