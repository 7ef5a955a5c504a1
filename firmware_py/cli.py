"""The command line ``deskcue``: errors are one line, never a traceback.

Next to nothing is imported here, so that Ctrl-C is minded before anything slow begins.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

INTERRUPTED = 130
"""Exit code of a command that was stopped with Ctrl-C, as shells expect it."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit code: 0 done, 1 not done, 2 wrong use, 130 interrupted."""
    if arguments is None:
        return _as_process()
    from firmware_py.commands.dispatch import run

    return _run(lambda: run(arguments))


def _as_process() -> int:
    """Run what the shell asked for, as the only thing that this process does."""
    # An interrupted import leaves half a module behind, so until all is imported we just leave.
    signal.signal(signal.SIGINT, _leave)
    # scripts/deskcue holds Ctrl-C back while the interpreter starts.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    from firmware_py.commands.dispatch import run
    from firmware_py.core.terminal import tolerate_any_terminal

    def ready() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(name) is signal.SIG_DFL:  # nohup ignores one
                signal.signal(name, _end)

    tolerate_any_terminal()
    try:
        return _run(lambda: run(sys.argv[1:], ready))
    finally:
        signal.signal(signal.SIGINT, _leave)


def _run(command: Callable[[], int]) -> int:
    try:
        return command()
    except KeyboardInterrupt:
        print("deskcue: interrupted", file=sys.stderr)
        return INTERRUPTED


def _end(number: int, _: object) -> NoReturn:
    """End in order: what was begun is stopped and cleared away; told again, end at once."""
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)


def _leave(*_: object) -> None:
    """End at once: nothing was begun that would have to be finished."""
    os.write(2, b"deskcue: interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    raise SystemExit(main())
