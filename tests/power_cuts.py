"""Power cuts: a process that is killed at its n-th call."""

import os
import sys
from collections.abc import Callable
from types import FrameType


def calls_of(work: Callable[[], object], most: float = float("inf")) -> int:
    """Do the work, and count its calls of built-in functions; at the n-th the process is killed."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "c_call"
        if calls >= most:
            os._exit(9)

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def cut(work: Callable[[], object], after: int) -> bool:
    """Do the work in a process of its own that is killed at its n-th call; whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    try:
        calls_of(work, after)
    finally:
        os._exit(0)
