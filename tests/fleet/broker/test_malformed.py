"""Malformed messages are told in the log, but not one by one."""

from firmware_py.fleet.broker.malformed import EVERY_S, MalformedLog
from firmware_py.fleet.broker.reading import Tally


def test_the_first_is_told_at_once_and_the_others_once_an_hour(log_lines: list[str]) -> None:
    now, tally = [100.0], Tally()
    log = MalformedLog(tally, lambda: now[0])
    log.look()
    assert not log_lines
    tally.read("deskcue/v1/nanjing/3/3-17/health", b"nonsense")
    log.look()
    (line,) = log_lines
    assert line.startswith("1 messages are not as the contract says")
    assert "'deskcue/v1/nanjing/3/3-17/health': " in line
    for _ in range(50):
        tally.read("elsewhere\n", b"{}")
        log.look()
    assert len(log_lines) == 1
    now[0] += EVERY_S
    log.look()
    log.look()
    assert len(log_lines) == 2
    assert log_lines[1].startswith("50 messages")
    assert "\n" not in log_lines[1]
