"""The outbox: events on disk."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from firmware_py.outbox import last_word
from firmware_py.outbox.sink import OutboxSink
from firmware_py.outbox.store import Counts, Outbox, OutboxError
from tests.outbox.sample import STAMP, event, finding, summary


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an outbox may be."""
    return tmp_path / "state" / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    """An empty outbox."""
    made = Outbox(path, 5, now=lambda: 1000.0)
    yield made
    made.close()


def times(outbox: Outbox) -> list[float]:
    return [row.event["data"]["start"] for row in outbox.pending()]


def test_events_come_out_in_order_and_stay_until_acknowledged(outbox: Outbox) -> None:
    for at in (2.5, 3.5, 4.5):
        outbox.append(event(at))
    assert times(outbox) == [1.0, 2.0, 3.0]
    first = outbox.pending(1)[0]
    assert first.event == event(2.5)
    assert not first.tried
    outbox.acknowledge(first.id)
    assert times(outbox) == [2.0, 3.0]
    assert outbox.counts() == Counts(pending=2, sent=1, dropped=0)
    assert [row.sent for row in outbox.history()] == [1000.0, None, None]


def test_what_was_tried_says_so(outbox: Outbox) -> None:
    outbox.append(event())
    (row,) = outbox.pending()
    outbox.trying(row.id)
    assert outbox.pending()[0].tried


@pytest.mark.situation(
    "The machine",
    "the outbox is full (100,000 events)",
    "sent events go first, then the oldest; one more costs 0.4 ms of CPU",
    "`events` counts what was dropped",
)
def test_a_full_outbox_lets_sent_events_go_first_and_then_the_oldest(outbox: Outbox) -> None:
    for at in range(2, 7):
        outbox.append(event(at))
    outbox.acknowledge(outbox.pending()[3].id)
    outbox.append(event(7))
    assert times(outbox) == [0.5, 1.5, 2.5, 4.5, 5.5]
    assert outbox.counts().dropped == 0
    outbox.append(event(8))
    assert times(outbox) == [1.5, 2.5, 4.5, 5.5, 6.5]
    assert outbox.counts() == Counts(pending=5, sent=0, dropped=1)


@pytest.mark.situation("The machine", "the outbox is full (100,000 events)")
def test_the_number_of_dropped_events_outlives_the_process(outbox: Outbox, path: Path) -> None:
    for at in range(2, 10):
        outbox.append(event(at))
    again = Outbox(path, 5)
    assert again.counts().dropped == 3
    again.close()


def test_an_event_that_was_accepted_survives_a_killed_process(path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from firmware_py.outbox.store import Outbox\n"
        "Outbox(pathlib.Path(sys.argv[1])).append({'data': {'start': 7}})\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, path], check=False)
    outbox = Outbox(path)
    assert times(outbox) == [7]
    outbox.close()


def test_two_processes_may_have_it_open(outbox: Outbox, path: Path) -> None:
    post = Outbox(path, 5)
    outbox.append(event(2.5))
    post.acknowledge(post.pending()[0].id)
    assert outbox.counts().sent == 1
    post.close()


@pytest.mark.situation(
    "The machine",
    "the outbox is damaged",
    "it is kept as `outbox.db.broken-N`, a new one begins",
    "fault `disk` names the file",
)
@pytest.mark.parametrize(
    "content", [b"this is no database" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_outbox_is_put_aside_and_named(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    outbox = Outbox(path)
    assert "kept as outbox.db.broken-1" in outbox.problem
    assert path.with_name("outbox.db.broken-1").read_bytes() == content
    outbox.append(event())
    assert outbox.counts().pending == 1
    assert outbox.problem == ""  # the new one works: cured
    outbox.close()


@pytest.mark.situation(
    "The machine",
    "the settings name some other file as the outbox",
    "it is left as it is; events wait in memory",
    "fault `disk` names the file: correct `path` under `[outbox]`",
)
def test_a_file_that_never_was_an_outbox_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "minutes.txt"
    path.write_text("of the last meeting")
    outbox = Outbox(path)
    assert "check the path" in outbox.problem
    assert path.read_text() == "of the last meeting"
    assert [*tmp_path.iterdir()] == [path]
    outbox.close()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE visits (page TEXT)")
    before = path.read_bytes()
    outbox = Outbox(path)
    assert "another program's database" in outbox.problem
    outbox.close()
    assert path.read_bytes() == before


def test_a_place_where_none_can_be_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file" / "outbox.db", tmp_path):
        outbox = Outbox(path)
        with pytest.raises(OutboxError, match="check the path") as caught:
            outbox.append(event())
        assert outbox.problem == str(caught.value)
        assert "\n" not in outbox.problem


@pytest.mark.situation("The machine", "the disk is full or read-only, at the start or later")
def test_an_outbox_is_opened_as_soon_as_its_place_is_well(tmp_path: Path) -> None:
    place = tmp_path / "state"
    place.write_text("")
    outbox = Outbox(place / "outbox.db")
    assert outbox.problem
    place.unlink()
    outbox.append(event())
    assert (outbox.problem, outbox.counts().pending) == ("", 1)
    outbox.close()


def test_status_is_left_for_the_other_process(outbox: Outbox) -> None:
    assert outbox.status("ear") is None
    outbox.put_status("ear", {"faults": ["model"]})
    assert outbox.status("ear") == {"faults": ["model"]}


def fill_the_disk(outbox: Outbox) -> None:
    outbox._db.connect().execute("PRAGMA max_page_count = 1")


def empty_the_disk(outbox: Outbox) -> None:
    outbox._db.connect().execute("PRAGMA max_page_count = 1000000")


@pytest.mark.situation("The machine", "the disk is full or read-only, at the start or later")
def test_while_the_disk_is_full_nothing_is_lost_and_it_is_said(outbox: Outbox) -> None:
    sink = OutboxSink(outbox, STAMP)
    fill_the_disk(outbox)
    at = 2.5
    while not sink.problem:  # until the pages that it has are used up
        sink.accept(finding(at))
        at += 1
        outbox._max = 10_000
    sink.accept(finding(at))
    assert "free some space" in sink.problem
    assert sink.waiting == 2
    empty_the_disk(outbox)
    sink.flush()
    assert sink.problem == ""
    assert sink.waiting == sink.lost == 0
    rows = outbox.pending(10_000)
    assert len(rows) == sink.accepted
    starts = [row.event["data"]["start"] for row in rows]
    assert starts == sorted(starts)


@pytest.mark.situation("The machine", "the disk is full or read-only, at the start or later")
def test_of_what_waits_too_long_the_oldest_is_given_up_and_counted(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware_py.outbox.sink.WAITING", 3)
    monkeypatch.setattr("firmware_py.outbox.connection.is_passing", lambda _error: True)
    sink = OutboxSink(outbox, STAMP)
    refuse_writing(outbox)
    for at in range(2, 7):
        sink.accept(finding(at))
    assert (sink.waiting, sink.lost) == (3, 2)
    refuse_writing(outbox, refuse=False)
    sink.flush()
    assert times(outbox) == [2.5, 3.5, 4.5]


def refuse_writing(outbox: Outbox, *, refuse: bool = True) -> None:
    outbox._db.connect().execute(f"PRAGMA query_only = {int(refuse)}")


@pytest.mark.situation("The broker and the network", "the disk is full or read-only")
@pytest.mark.situation("The machine", "the broker acknowledges while the disk is full")
def test_what_was_acknowledged_is_never_given_out_again_though_the_disk_refuses(
    outbox: Outbox, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in (2, 3, 4):
        outbox.append(event(at))
    monkeypatch.setattr("firmware_py.outbox.connection.is_passing", lambda _error: True)
    refuse_writing(outbox)
    for row in outbox.pending(2):
        outbox.trying(row.id)
        outbox.acknowledge(row.id)
    assert outbox.problem
    assert times(outbox) == [3.0 - 0.5]
    assert outbox.counts() == Counts(pending=1, sent=2, dropped=0)
    refuse_writing(outbox, refuse=False)
    assert len(outbox.pending()) == 1
    assert outbox.problem == ""
    again = Outbox(path, 5)
    assert again.counts() == Counts(pending=1, sent=2, dropped=0)
    again.close()


@pytest.mark.situation(
    "The machine",
    "the card is read-only and you want to look",
    "`events`, `report` and `doctor` read the outbox as it is",
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_read_only_card_is_read_and_told(outbox: Outbox, path: Path) -> None:
    outbox.append(event(2.5))
    outbox.close()
    with read_only_card(path.parent):
        reader = Outbox(path, read_only=True)
        assert times(reader) == [1.0]
        assert [one["subject"] for one in reader.newest_first()] == ["F5"]
        reader.close()
        writer = Outbox(path, 5)
        with pytest.raises(OutboxError, match="read-only"):
            writer.append(event(3.5))
        assert times(writer) == [1.0]
    writer.append(event(3.5))
    assert times(writer) == [1.0, 2.0]
    writer.close()


@pytest.mark.situation(
    "The machine",
    "the broker acknowledges while the disk is full",
    "noted in memory, and on disk in a reserve of 512 kB (`outbox.db.reserve`); never "
    "sent again while the uplink runs, nor after a restart as far as the reserve holds "
    "(some hundred events)",
    "fault `disk`",
)
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_on_a_full_disk_what_was_sent_is_noted_for_good(path: Path) -> None:
    with small_disk(path.parent):
        outbox = Outbox(path)
        with contextlib.suppress(OutboxError):
            for at in range(1000):
                outbox.append(event(at))
        assert "free some space" in outbox.problem
        kept = len(outbox.pending(1000))
        outbox.close()
        uplink = Outbox(path)
        for row in uplink.pending(kept - 1):
            uplink.trying(row.id)
            uplink.acknowledge(row.id)
        uplink.close()
        again = Outbox(path)
        assert again.counts() == Counts(pending=1, sent=kept - 1, dropped=0)
        again.close()


@contextlib.contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[None]:
    """Mount a disk of so many bytes."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("no mounts in this container")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def read_only_card(folder: Path) -> Iterator[None]:
    """Mount a folder over itself, read-only, as a card that has failed is."""
    if subprocess.run(["mount", "--bind", folder, folder], check=False).returncode:
        pytest.skip("no mounts in this container")
    subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.situation("The machine", "the outbox is full (100,000 events)")
def test_one_more_event_costs_the_same_however_full_the_outbox_is(path: Path) -> None:
    def steps_of_one(full: int) -> int:
        outbox = Outbox(path.with_name(f"{full}.db"), full)
        outbox.append(*(event(at) for at in range(full)))
        steps: list[None] = []
        # In steps of SQLite's machine, which do not depend on how busy this one is.
        outbox._db.connect().set_progress_handler(lambda: steps.append(None), 1)
        outbox.append(event(full))
        assert outbox.counts() == Counts(full, 0, 1)
        outbox.close()
        return len(steps)

    assert steps_of_one(2000) < 1.2 * steps_of_one(20)


def test_the_newest_event_comes_first_by_its_own_time(outbox: Outbox) -> None:
    for at in (3, 4, 2):
        outbox.append(event(at))
    assert [*outbox.newest_first()] == [event(at) for at in (4, 3, 2)]


def test_all_events_of_a_call_name_it_alike_though_the_clock_is_set(outbox: Outbox) -> None:
    sink = OutboxSink(outbox, STAMP)
    sink.accept(replace(finding(9.0), call=2.0))
    sink.stamp = replace(STAMP, began=STAMP.began + 3600)
    sink.accept(replace(finding(19.0), call=2.0))
    sink.accept(finding(20.0))
    sink.summarise(summary(2.0))
    sink.accept(replace(finding(90.0), call=80.0))
    calls = [row.event["data"]["call"] for row in outbox.pending()]
    first, later = "2023-11-14T22:13:22.000Z", "2023-11-14T23:14:40.000Z"
    assert calls == [first, first, None, first, later]


@given(st.lists(st.sampled_from(["append", "acknowledge"]), max_size=40))
def test_nothing_is_lost_but_what_is_counted(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("outbox") / "outbox.db", 4)
    kept, acknowledged = 0, 0
    for step in steps:
        if step == "append":
            outbox.append(event())
            kept += 1
        elif rows := outbox.pending(1):
            outbox.acknowledge(rows[0].id)
            acknowledged += 1
    counts = outbox.counts()
    assert counts.pending + counts.dropped + acknowledged == kept
    assert counts.pending + counts.sent <= 4
    counted = "SELECT count(*) - count(sent), count(sent) FROM event"
    assert outbox._db.read(counted) == [(counts.pending, counts.sent)]
    outbox.close()


def test_the_database_is_as_safe_as_it_says(outbox: Outbox, path: Path) -> None:
    assert outbox._db.connect().execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert outbox._db.connect().execute("PRAGMA synchronous").fetchone() == (2,)
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    other.close()


def test_what_the_ear_says_of_itself_goes_to_no_disk_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, run = tmp_path / "lib", tmp_path / "run"
    run.mkdir()
    monkeypatch.setattr(last_word, "INSTALLED", installed)
    monkeypatch.setattr(last_word, "RUN", run)
    with closing(Outbox(installed / "outbox.db")) as outbox:
        before = {path: path.stat().st_size for path in installed.iterdir()}
        outbox.put_status("ear", {"faults": []})
        assert {path: path.stat().st_size for path in installed.iterdir()} == before
    with closing(Outbox(installed / "outbox.db", read_only=True)) as outbox:
        assert outbox.status("ear") == {"faults": []}
    assert [path.name for path in run.iterdir()] == ["ear.json"]


def test_half_a_word_is_none_and_one_that_cannot_be_left_is_one_line(outbox: Outbox) -> None:
    outbox.put_status("ear", {"faults": []})
    place = outbox.path.with_name(f"{outbox.path.name}.ear.json")
    place.write_text('{"faults": [', "utf-8")
    assert outbox.status("ear") is None
    place.unlink()
    place.mkdir()
    with pytest.raises(OutboxError, match=r"ear\.json cannot be written"):
        outbox.put_status("ear", {})
    with pytest.raises(OutboxError, match=r"ear\.json cannot be read"):
        outbox.status("ear")
