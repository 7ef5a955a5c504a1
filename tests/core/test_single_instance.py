"""One process at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.core.single_instance import hold, holder

HOLDS = (
    "import pathlib, sys\n"
    "from firmware_py.core.single_instance import hold\n"
    "with hold(pathlib.Path(sys.argv[1]), 'the ear'):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


def test_the_second_is_kept_out_and_the_first_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ear.lock"
    command = [sys.executable, "-c", HOLDS, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        assert holder(path) == first.pid
        with pytest.raises(DeskcueError, match=f"the ear runs already .pid {first.pid}"):
            hold(path, "the ear").__enter__()
        first.kill()
        first.wait()
    assert holder(path) is None
    with hold(path, "the ear"):
        assert holder(path) == os.getpid()


def test_where_no_lock_can_lie_the_work_goes_on() -> None:
    path = Path("/proc/self/ear.lock")
    with hold(path, "the ear"):
        assert holder(path) is None
