"""A second ear or uplink leaves the first alone and names it."""

import os
from pathlib import Path

import pytest

from firmware_py.calls.signals import CallAction, CallSignal, CallSocket, send
from firmware_py.commands.instances import ear_lock, uplink_lock
from firmware_py.core.errors import DeskcueError
from firmware_py.core.single_instance import hold
from firmware_py.settings.reader import load_config
from tests.commands.running import Deskcue


@pytest.mark.situation(
    "The machine",
    "a second ear or uplink is started",
    "it ends with 1 and names the first (pid); it never takes the first one's socket",
    "stop the first",
)
@pytest.mark.parametrize(("command", "lock"), [("run", ear_lock), ("uplink", uplink_lock)])
def test_the_second_of_a_kind_refuses_to_start(
    command: str, lock: object, settings: Path, deskcue: Deskcue
) -> None:
    assert callable(lock)
    with hold(lock(load_config(settings)), "the first"):
        shown = deskcue(command, "--config", settings)
    assert shown.code == 1
    assert f"runs already (pid {os.getpid()}" in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.situation("The machine", "a second ear or uplink is started")
def test_the_socket_of_a_living_ear_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "call.sock"
    first = CallSocket(path)
    with pytest.raises(DeskcueError, match=f"pid {os.getpid()}"):
        CallSocket(path)
    send(CallSignal(CallAction.END), path)
    assert first.poll() == [CallSignal(CallAction.END)]
    first.close()
    CallSocket(path).close()


def test_a_file_where_the_socket_is_to_be_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")
    with pytest.raises(DeskcueError, match="is no socket"):
        CallSocket(path)
    assert path.read_text() == "mine"
