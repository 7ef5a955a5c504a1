"""Whether the wall clock can be believed."""

from pathlib import Path

import pytest

from firmware_py.core.clock import OLDEST, clock_is_set, machine_epoch

NOW = 1_700_000_000.0


@pytest.fixture
def timesync(tmp_path: Path) -> Path:
    """The folder of systemd-timesyncd, before a server has answered."""
    folder = tmp_path / "timesync"
    folder.mkdir()
    return folder


def test_a_time_server_has_answered(timesync: Path, tmp_path: Path) -> None:
    assert not clock_is_set(NOW, timesync, tmp_path / "none")
    (timesync / "synchronized").touch()
    assert clock_is_set(NOW, timesync, tmp_path / "none")


@pytest.mark.parametrize(("tells", "good"), [("1699999999\n", True), ("37\n", False), ("", False)])
def test_a_clock_with_a_battery_is_enough(
    timesync: Path, tmp_path: Path, tells: str, good: bool
) -> None:
    (tmp_path / "rtc").write_text(tells)
    assert clock_is_set(NOW, timesync, tmp_path / "rtc") is good


def test_who_keeps_time_in_another_way_is_believed(tmp_path: Path) -> None:
    assert clock_is_set(NOW, tmp_path / "none", tmp_path / "none")


def test_1970_never_is(timesync: Path, tmp_path: Path) -> None:
    (timesync / "synchronized").touch()
    assert not clock_is_set(OLDEST - 1, timesync, tmp_path / "none")


def test_a_boot_has_one_id() -> None:
    assert machine_epoch().boot == machine_epoch().boot != ""
