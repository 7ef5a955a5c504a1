"""``python -m lab.torture`` in small: what is killed, filled, damaged, expired, loses no event."""

import os
from pathlib import Path

import pytest

from firmware_py.uplink.delivery import WINDOW
from lab.torture.hardships import away_for_a_day, certificate_expires, damaged, disk_full
from lab.torture.kills import Outcome, kill_at_random, outcome
from lab.torture.rig import Arrival


def test_kills_of_the_uplink_lose_nothing_and_keep_the_order(tmp_path: Path) -> None:
    got = kill_at_random(tmp_path, 6, seed=3, victims=("uplink",))
    assert (got.lost, got.unflagged, got.disordered) == (0, 0, 0)
    assert (got.uplink_kills, got.broker_kills) == (6, 0)
    assert got.found > 0


def test_kills_of_the_broker_lose_no_more_than_it_had_in_its_hands(tmp_path: Path) -> None:
    got = kill_at_random(tmp_path, 4, seed=3, victims=("broker",))
    assert got.lost <= 4 * WINDOW
    assert (got.unflagged, got.disordered, got.broker_kills) == (0, 0, 4)


def test_a_day_without_a_broker_comes_late_marked_and_no_faster_than_allowed(
    tmp_path: Path,
) -> None:
    day = away_for_a_day(tmp_path, 150, 100.0)
    # The first, which the broker had taken last, is sent once more.
    assert day.outcome == Outcome(found=151, lost=0, doubled=1, unflagged=0, disordered=0)
    assert day.flagged == 150
    assert day.most < 150  # on its way one may catch up with another


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_delays_events(tmp_path: Path) -> None:
    got, waited = disk_full(tmp_path, 100)
    assert (got.lost, got.unflagged, got.disordered) == (0, 0, 0)
    assert got.found >= 300
    assert waited > 0


def test_a_damaged_outbox_is_kept_and_a_new_one_begins(tmp_path: Path) -> None:
    got, aside = damaged(tmp_path, 10)
    assert (got.found, got.lost) == (20, 0)
    assert aside


def test_an_expired_certificate_is_renewed_beside_the_running_uplink(tmp_path: Path) -> None:
    got, meanwhile = certificate_expires(tmp_path, 10)
    assert (got.found, got.lost, meanwhile) == (20, 0, 0)


def test_what_is_lost_doubled_or_in_disorder_is_counted() -> None:
    came = [(1, "a", False), (3, "c", False), (2, "b", True), (2, "b", True), (3, "x", True)]
    arrivals = [Arrival(name, number, flagged, 0.0) for number, name, flagged in came]
    assert outcome([*arrivals, Arrival("a", 1, False, 0.0)], 5) == Outcome(5, 2, 3, 2, 1)
