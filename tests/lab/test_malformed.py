"""``python -m lab.malformed`` in small: whatever comes, all keep serving, and each is counted."""

from pathlib import Path

from lab.malformed import Given, to_collector, to_desk, to_roll_call

COUNT = 1500


def check(given: Given) -> None:
    assert given.still_serves
    assert given.uncounted == 0
    assert given.refused > given.messages / 3


def test_a_desk_counts_what_is_no_command(tmp_path: Path) -> None:
    check(to_desk(tmp_path, COUNT, 5))


def test_the_collector_puts_aside_what_is_no_event_on_both_databases(
    tmp_path: Path, database: str
) -> None:
    check(to_collector(f"sqlite:///{tmp_path}/events.db", COUNT, 5))
    check(to_collector(database, COUNT, 5))


def test_the_roll_call_counts_what_says_nothing_of_a_desk() -> None:
    check(to_roll_call(COUNT, 5))


def test_what_nobody_counted_would_be_seen() -> None:
    assert Given(messages=10, taken=1, refused=8, still_serves=True).uncounted == 1
