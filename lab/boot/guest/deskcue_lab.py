"""Runs in the container, inside the ear: GPIO pins that tell the journal when they light up."""

import sys
from collections.abc import Callable
from typing import Any, Final

from gpiozero.pins.mock import MockFactory, MockPWMPin

LIT: Final = 0.02
"""Duty cycle from which an eye sees something."""


def factory() -> Any:
    """Make gpiozero's own mock of a Pi, which tells what its pins show."""
    MockPWMPin._change_state = _telling(MockPWMPin._change_state)
    return MockFactory(pin_class=MockPWMPin)


def _telling(change: Callable[[Any, float], bool]) -> Callable[[Any, float], bool]:
    def changed(pin: Any, value: float) -> bool:
        lit = pin.state >= LIT
        done = change(pin, value)
        if lit is not (value >= LIT):
            print(
                f"pin {pin.info.name} {'is dark' if lit else 'lights up'}",
                file=sys.stderr,
                flush=True,
            )
        return done

    return changed
