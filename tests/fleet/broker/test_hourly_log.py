"""What is counted is told in the log, but not one by one."""

from firmware_py.fleet.broker.hourly_log import EVERY_S, HourlyLog


def test_the_first_is_told_at_once_and_the_others_once_an_hour(log_lines: list[str]) -> None:
    now = [100.0]
    log = HourlyLog("messages are malformed", lambda: now[0])
    log.look(0)
    assert not log_lines
    log.look(1, "no JSON")
    assert log_lines == ["1 messages are malformed; the last: no JSON"]
    for count in range(2, 52):
        log.look(count)
    assert len(log_lines) == 1
    now[0] += EVERY_S
    log.look(51)
    log.look(51)
    assert log_lines[1:] == ["50 messages are malformed"]
