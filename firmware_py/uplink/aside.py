"""Runs what may hang for minutes (a name lookup cannot be interrupted) beside the main loop."""

import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

Result = TypeVar("Result")

_LOOK_S: Final = 0.2


class Aside(Generic[Result]):
    """One call in a thread of its own; a daemon, so that it never holds up the end."""

    def __init__(self, call: Callable[[], Result]) -> None:
        """Begin."""
        self._call = call
        self._result: list[Result] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="connect")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result.append(self._call())
        except BaseException as error:  # given to whoever waits
            self._error = error

    def wait(self, meanwhile: Callable[[], bool]) -> Result | None:
        """Wait for the result, calling ``meanwhile`` several times a second.

        Returns:
            The result; None if ``meanwhile`` said, by False, not to wait any longer.

        Raises:
            Exception: whatever the call raised.
        """
        while self._thread.is_alive():
            if not meanwhile():
                return None
            self._thread.join(_LOOK_S)
        if self._error:
            raise self._error
        return self._result[0]
