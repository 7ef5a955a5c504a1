"""A command ends when it is told to, whatever it is at."""

import signal
import threading

import pytest

from firmware_py.commands.signals import stopped_by_signals
from tests.mosquitto import PATIENCE_S


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_midst_of_a_wait_holds_nothing_up(name: signal.Signals) -> None:
    before, threads = signal.getsignal(name), threading.active_count()
    with stopped_by_signals() as stop:
        with stop._cond:  # type: ignore[attr-defined]  # as wait() has it for a moment
            signal.raise_signal(name)
        assert stop.wait(PATIENCE_S)
    assert signal.getsignal(name) is before
    assert threading.active_count() == threads
