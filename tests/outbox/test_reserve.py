"""Room on disk that is kept for what must still be done once the disk is full."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from firmware_py.outbox import reserve
from firmware_py.outbox.store import Outbox, OutboxError
from tests.outbox.sample import event
from tests.outbox.test_store import small_disk


def test_a_place_that_cannot_have_a_reserve_is_not_taken_for_full(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert reserve.lay(tmp_path / "file" / "outbox.db")
    assert reserve.lay(tmp_path / "nowhere" / "outbox.db")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_tiny_disk_holds_events_beside_a_reserve_of_its_size(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "shelf", "400k"),
        closing(Outbox(tmp_path / "shelf" / "o.db")) as box,
    ):
        for number in range(20):
            box.append(event(number))
        assert box.counts().pending == 20
        assert 0 < reserve.size(box.path) < reserve.LARGEST_BYTES
        assert reserve.is_laid(box.path)


def test_trouble_is_not_taken_for_a_full_disk_for_the_name_of_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "full-time" / "outbox.db"
    with closing(Outbox(path)) as box:
        box.append(*map(event, range(3)))
        for row in box.pending():
            box.acknowledge(row.id)
        with closing(sqlite3.connect(path)) as other, other:
            other.execute(
                "CREATE TRIGGER no BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        with pytest.raises(OutboxError, match=r"written \(no\)"):
            box.append(event(4))
        assert box.counts().sent == 3
        assert reserve.is_laid(path)
