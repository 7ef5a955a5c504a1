"""How busy and how warm the machine is, from files as Linux writes them."""

from pathlib import Path

import pytest

from firmware_py.uplink.machine_load import CpuShare, temperature_c


def test_the_share_is_that_since_the_last_call(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3\n", "ascii")
    share = CpuShare(stat)
    assert share() is None  # no time has passed
    stat.write_text("cpu  150 0 110 830 110 0 0 0 0 0\n", "ascii")
    assert share() == pytest.approx(0.3)
    stat.write_text("cpu  what\n", "ascii")
    assert share() is None
    assert CpuShare(tmp_path / "none")() is None


def test_the_hottest_zone_of_the_processor_counts(tmp_path: Path) -> None:
    assert temperature_c(tmp_path) is None
    zones = (("cpu-thermal", "51234"), ("battery", "90000"), ("cpu1", "broken"))
    for number, (name, temperature) in enumerate(zones):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "type").write_text(f"{name}\n", "ascii")
        (zone / "temp").write_text(f"{temperature}\n", "ascii")
    assert temperature_c(tmp_path) == 51.2
