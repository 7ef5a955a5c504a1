"""Signals of the phone system: a call starts, is held, goes on, ends; a microphone is muted.

``deskcue call start`` writes one line to a local socket; the ear reads it there.
"""

import contextlib
import errno
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from firmware_py.core.access import reason
from firmware_py.core.errors import DeskcueError
from firmware_py.core.single_instance import hold

SOCKET: Final = Path("/run/deskcue-ear/call.sock")
"""Where an installed device listens for signals."""

_LONGEST: Final = 200
"""Bytes of a line; more is no signal of ours."""


class CallAction(StrEnum):
    """What can happen to a call."""

    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    END = "end"
    MUTE = "mute"
    UNMUTE = "unmute"
    IDENTIFY = "identify"
    """Of no call: somebody looks for this desk, so its light shall show where it is."""


@dataclass(frozen=True, slots=True)
class CallSignal:
    """One thing that happened."""

    action: CallAction
    profile: str = ""
    """Rulebook for the call from here on; empty: as it is."""


def send(signal: CallSignal, path: Path = SOCKET) -> None:
    """Send a listening device what happened to the call.

    Raises:
        DeskcueError: nobody listens there, it may not be written to, or the profile is none.
    """
    line = f"{signal.action} {signal.profile}".strip().encode()
    if parse(line) != signal:
        raise DeskcueError(f"{signal.profile!r} is no name of a rulebook")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(1.0)
        try:
            sender.sendto(line, str(path))
        except OSError as error:
            raise DeskcueError(
                f"cannot send to {path}: {reason(path, error)}; is deskcue run on?"
            ) from None


class CallSignalSource(Protocol):
    """Knows what happens to calls."""

    def poll(self) -> list[CallSignal]:
        """Signals since the last look; never waits."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class CallSignalSources:
    """Several Tellers as one."""

    def __init__(self, *sources: CallSignalSource) -> None:
        """Listen to these, in this order."""
        self._sources = sources

    def poll(self) -> list[CallSignal]:
        """Signals of any of them since the last look."""
        return [signal for source in self._sources for signal in source.poll()]

    def close(self) -> None:
        """Close them all."""
        for source in self._sources:
            source.close()


class CallSocket:
    """The device's end of the socket; never waits."""

    def __init__(self, path: Path = SOCKET) -> None:
        """Open the socket, taking the place of one that a killed process left behind.

        Raises:
            DeskcueError: it cannot be made there, or a living process listens there.
        """
        with contextlib.ExitStack() as ends:
            ends.enter_context(hold(path.with_name(f"{path.name}.lock"), "an ear"))
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            ends.callback(self._socket.close)
            try:
                _clear(path)
                self._socket.bind(str(path))
                path.chmod(0o660)
            except OSError as error:
                raise DeskcueError(
                    f"cannot listen for calls at {path}: {reason(path, error)}"
                ) from None
            ends.callback(path.unlink, missing_ok=True)
            self._ends = ends.pop_all()

    def poll(self) -> list[CallSignal]:
        """Signals since the last look; lines that are no signals are passed over."""
        signals: list[CallSignal] = []
        while True:
            try:
                line = self._socket.recv(_LONGEST + 1)
            except BlockingIOError:
                return signals
            if signal := parse(line):
                signals.append(signal)

    def close(self) -> None:
        """Stop listening."""
        self._ends.close()


def _clear(path: Path) -> None:
    """Remove a socket that was left behind, and nothing else."""
    if path.is_socket():
        path.unlink()
    elif path.exists():
        raise FileExistsError(errno.EEXIST, "it is there and is no socket")


def parse(line: bytes) -> CallSignal | None:
    """Read an action such as ``start``, and perhaps a profile; None: it is not."""
    parts = line.decode("utf-8", "replace").split() if len(line) <= _LONGEST else []
    if not 1 <= len(parts) <= 2 or parts[0] not in [*CallAction]:
        return None
    profile = parts[1] if len(parts) == 2 else ""
    safe = "/" not in profile and not profile.startswith(".")
    return CallSignal(CallAction(parts[0]), profile) if safe else None
