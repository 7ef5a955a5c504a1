"""What an ordinary user may do where the settings may not be read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT

PROGRAM = (
    "import pathlib, sys\n"
    "import firmware_py.commands as commands\n"
    "commands.SETTINGS = pathlib.Path(sys.argv.pop(1))\n"
    "from firmware_py.cli import main\n"
    "sys.exit(main())\n"
)
ORDINARY = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
"""Takes from root what lets it read everything."""


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """Settings that nobody may read, of a group that is not root's."""
    path = tmp_path / "deskcue.toml"
    path.write_text('rulebook = "no such rulebook"\n', "utf-8")
    path.chmod(0)
    if os.geteuid() == 0:
        os.chown(path, -1, 1)
    return path


def run(closed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user who may not read everything."""
    before = ORDINARY if os.geteuid() == 0 else []
    command = [*before, sys.executable, "-c", PROGRAM, str(closed), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.situation(
    "The machine",
    "settings may not be read",
    "`replay`, `spot`, `rules`, `phrases`, `drill` go on with the defaults and say so; "
    "the others end with one line",
    "`sudo`, or join the group that the line names",
)
def test_settings_that_may_not_be_read_stop_only_who_needs_them(closed: Path) -> None:
    listed, events = run(closed, "rules", "list"), run(closed, "events")
    assert (listed.returncode, events.returncode) == (0, 1)
    assert "F5" in listed.stdout
    assert "may not be read, so the defaults serve" in listed.stderr
    for shown in (listed, events):
        assert f"use sudo, or join the group {closed.group()}: " in shown.stderr
        assert shown.stderr.count("\n") == 1
