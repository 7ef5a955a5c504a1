"""What an update does to systemd, as far as that goes without one."""

import os
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.update.machine import lay_units, unwell
from tests.update.made_bundles import installed


def test_the_units_of_the_version_in_force_are_laid_whole(tmp_path: Path) -> None:
    slots, place = installed(tmp_path), tmp_path / "units"
    there = slots.path("a") / "venv/share/deskcue/systemd"
    there.mkdir(parents=True)
    wanted = {"deskcue-ear.service", "deskcue-fetch.timer", "deskcue.target"}
    for name in (*wanted, "udev.rules"):
        (there / name).write_text(f"new {name}", "utf-8")
    place.mkdir()
    (place / "deskcue-ear.service").write_text("old", "utf-8")
    lay_units(slots.units, place)
    laid = {path.name: path.read_text("utf-8") for path in place.iterdir()}
    assert laid == {name: f"new {name}" for name in wanted}
    assert (place / "deskcue.target").stat().st_mode & 0o777 == 0o644


def test_a_version_without_units_leaves_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "deskcue.target").write_text("old", "utf-8")
    lay_units(installed(tmp_path).units, tmp_path)
    assert (tmp_path / "deskcue.target").read_text("utf-8") == "old"


def test_units_that_cannot_be_written_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "deskcue.target").write_text("new", "utf-8")
    with pytest.raises(DeskcueError, match=r"cannot write .*deskcue\.target: No such file"):
        lay_units(tmp_path, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("state", "restarts", "line"),
    [
        ("active", 0, ""),
        (
            "activating",
            0,
            "deskcue-ear.service is activating, deskcue-uplink.service is activating",
        ),
        ("active", 3, "deskcue-ear.service ended by itself 3 times"),
    ],
)
def test_a_service_that_is_down_or_came_back_by_itself_is_unwell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, restarts: int, line: str
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(
        "#!/bin/sh\n"
        f"echo ActiveState={state}\n"
        f'case "$*" in *ear*) echo NRestarts={restarts} ;; *) echo NRestarts=0 ;; esac\n',
        "utf-8",
    )
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert unwell() == line
