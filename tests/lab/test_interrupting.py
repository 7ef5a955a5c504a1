"""Ctrl-C while something is at work that should be finished first."""

import signal

import pytest

from lab.training.interrupting import asked_to_stop


def test_the_first_is_noted_and_the_second_ends() -> None:
    before = signal.getsignal(signal.SIGINT)
    with asked_to_stop() as asked:
        assert not asked()
        signal.raise_signal(signal.SIGINT)
        assert asked()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
