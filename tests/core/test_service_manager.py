"""Telling systemd how a service does."""

import socket
from pathlib import Path

import pytest

from firmware_py.core import service_manager
from firmware_py.core.service_manager import ProgressWatchdog, notify, watchdog_s


def test_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    notify("READY=1")
    assert watchdog_s() is None


@pytest.mark.parametrize("abstract", [False, True])
def test_the_service_manager_hears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, abstract: bool
) -> None:
    name = "\0deskcue-test-notify" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        notify("WATCHDOG=1")
        assert manager.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(("usec", "expected"), [("30000000", 15.0), ("", None), ("x", None)])
def test_signs_of_life_come_twice_as_often_as_wanted(
    monkeypatch: pytest.MonkeyPatch, usec: str, expected: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    assert watchdog_s() == expected


def test_the_watchdog_is_fed_by_progress_or_by_a_known_reason_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(service_manager, "notify", sent.append)
    done, waiting = [0.0], [False]
    watchdog = ProgressWatchdog(lambda: done[0], lambda: waiting[0])
    watchdog()
    watchdog()  # the loop turns, and nothing gets done
    assert len(sent) == 1
    done[0] = 0.12
    watchdog()
    assert len(sent) == 2
    waiting[0] = True
    watchdog()
    watchdog()
    assert sent == ["WATCHDOG=1"] * 4
