"""Lines in the journal: few, and the last one always."""

import pytest

from firmware_py.uplink.journal import LINES, Journal


def test_what_is_said_again_is_not_written_again(log_lines: list[str]) -> None:
    journal = Journal(lambda: 0.0)
    for _ in range(3):
        journal.warning("no address")
    journal.info("connected")
    assert log_lines == ["no address", "connected"]


@pytest.mark.situation("The broker and the network", "connections do not last")
def test_a_storm_is_a_handful_of_lines_a_minute_and_ends_with_the_last(
    log_lines: list[str],
) -> None:
    now = 0.0
    journal = Journal(lambda: now)
    for number in range(1000):
        journal.warning(f"line {number % 2}")
        journal.tick()
        now += 0.05
    assert len(log_lines) == LINES
    journal.info("connected")
    now = 61.0
    journal.tick()
    journal.tick()
    assert log_lines[LINES:] == ["connected (995 lines before it were held back)"]
