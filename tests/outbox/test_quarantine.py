"""Events that the broker refuses, put aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.outbox.quarantine import TRIES
from firmware_py.outbox.store import Counts, Outbox
from tests.outbox.sample import event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the outbox lies."""
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    """An outbox with two events."""
    made = Outbox(path)
    for at in (2.0, 3.0):
        made.append(event(at))
    yield made
    made.close()


def test_the_last_try_puts_an_event_aside_and_nothing_else(outbox: Outbox) -> None:
    refusals = [outbox.quarantine.refused(1, "packet too large") for _ in range(TRIES)]
    assert refusals == [False] * (TRIES - 1) + [True]
    assert [row.id for row in outbox.pending()] == [2]
    assert outbox.counts() == Counts(pending=1, sent=0, dropped=0, quarantined=1)
    assert outbox.quarantine.reason() == "packet too large"
    assert len(outbox.history()) == 2


@pytest.mark.situation(
    "The broker and the network", "the broker refuses an event for its size or content"
)
def test_it_lasts_over_a_restart_until_it_is_let_out(outbox: Outbox, path: Path) -> None:
    assert outbox.quarantine.refused(1, "no", tries=1)
    outbox.close()
    again = Outbox(path)
    assert [row.id for row in again.pending()] == [2]
    again.quarantine.release()
    assert [row.id for row in again.pending()] == [1, 2]
    assert again.counts().quarantined == 0
    assert not again.quarantine.refused(1, "no"), "it begins anew"
    again.close()
