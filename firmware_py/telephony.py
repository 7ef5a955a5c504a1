"""The life of a call: what the phone system tells, and what is inferred from the sound.

``deskcue call start`` writes one line to a local socket; whoever listens to the sound reads it
there. Once anything was told, nothing is inferred any more.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from firmware_py.errors import DeskcueError
from firmware_py.types import Observation

SOCKET: Final = Path("/run/deskcue-ear/call.sock")
"""Where calls are told on an installed device."""

SAME_CALL_S: Final = 10.0
"""A start that is told within so many seconds of another start is the same call."""
_MIDST_S: Final = 1.0
"""Seconds: a call that is on by then was on before the stream began."""
_LONGEST: Final = 200
"""Bytes of a line; more is no word of ours."""


class Verb(StrEnum):
    """What can happen to a call."""

    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing told."""

    verb: Verb
    profile: str = ""
    """Rulebook for the call from here on; empty: as it is."""


def tell(word: Word, path: Path = SOCKET) -> None:
    """Tell a listening device what happened to the call.

    Raises:
        DeskcueError: nobody listens there, or it may not be written to.
    """
    line = f"{word.verb} {word.profile}".strip().encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(1.0)
        try:
            sender.sendto(line, str(path))
        except OSError as error:
            reason = error.strerror or "it does not answer"
            raise DeskcueError(
                f"cannot tell {path}: {reason}; is deskcue run on, and are you in its group?"
            ) from None


class Teller(Protocol):
    """Tells what happens to calls."""

    def words(self) -> list[Word]:
        """What was told since the last look; never waits."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class Tellers:
    """Several Tellers as one."""

    def __init__(self, *tellers: Teller) -> None:
        """Listen to these, in this order."""
        self._tellers = tellers

    def words(self) -> list[Word]:
        """What any of them told since the last look."""
        return [word for teller in self._tellers for word in teller.words()]

    def close(self) -> None:
        """Close them all."""
        for teller in self._tellers:
            teller.close()


class Listener:
    """The device's end of the socket; never waits."""

    def __init__(self, path: Path = SOCKET) -> None:
        """Open the socket, taking the place of one that a killed process left behind.

        Raises:
            DeskcueError: it cannot be made there.
        """
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            path.unlink(missing_ok=True)
            self._socket.bind(str(path))
            path.chmod(0o660)
        except OSError as error:
            self._socket.close()
            raise DeskcueError(f"cannot listen for calls at {path}: {error.strerror}") from None

    def words(self) -> list[Word]:
        """What was told since the last look; lines that are no words are passed over."""
        words: list[Word] = []
        while True:
            try:
                line = self._socket.recv(_LONGEST + 1)
            except BlockingIOError:
                return words
            if word := parse(line):
                words.append(word)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


def parse(line: bytes) -> Word | None:
    """Read ``start``, ``hold``, ``resume`` or ``end``, and perhaps a profile; None: it is not."""
    parts = line.decode("utf-8", "replace").split() if len(line) <= _LONGEST else []
    if not 1 <= len(parts) <= 2 or parts[0] not in [*Verb]:
        return None
    profile = parts[1] if len(parts) == 2 else ""
    safe = "/" not in profile and not profile.startswith(".")
    return Word(Verb(parts[0]), profile) if safe else None


class CallLife:
    """Makes one believable life of a call from what is told and what is inferred.

    What cannot be (an end without a call, a second hold) is passed over; a start that is told
    during a call ends that call first.
    """

    def __init__(self, *, live: bool = False) -> None:
        """Begin between two calls.

        Args:
            live: Whether the stream is that of a device at work: it may have been started in
                the midst of a call, so one that is on from the first second has no start. A
                recording starts with its call.
        """
        self._live = live
        self.reset()

    def reset(self) -> None:
        """Forget the call, and that anything was told."""
        self._state: Verb = Verb.END
        self._started = float("-inf")
        self._told = False

    def infer(self, observations: Iterable[Observation]) -> list[Observation]:
        """Pass Observations on, leaving out ``call.…`` that cannot be or was told otherwise."""
        passed: list[Observation] = []
        for observation in observations:
            if not observation.name.startswith("call."):
                passed.append(observation)
            elif not self._told:
                verb = Verb(observation.name.removeprefix("call."))
                if verb is not Verb.START or self._state is Verb.END:
                    passed += self._step(verb, observation)
        return passed

    def hear(self, word: Word, at: float) -> list[Observation]:
        """Take a word told when ``at`` seconds of stream had been heard."""
        on = self._state is not Verb.END
        self._told = True
        told = Observation(f"call.{word.verb}", start=at, end=at, at=at, score=1.0)
        if word.verb is Verb.START and on and at - self._started <= SAME_CALL_S:
            return []
        return self._step(word.verb, told)

    def _step(self, verb: Verb, observation: Observation) -> list[Observation]:
        """What follows from the word in the present state."""
        before, steps = self._state, [observation]
        if verb is Verb.START:
            self._started = observation.start
            if self._live and not self._told and observation.start < _MIDST_S:
                steps = []
            if before is not Verb.END:
                at = observation.at
                steps = [Observation("call.end", at, at, at, 1.0), observation]
        elif verb not in _NEXT[before]:
            return []
        self._state = verb
        return steps


_NEXT: Final = {
    Verb.END: (Verb.START,),
    Verb.START: (Verb.HOLD, Verb.END),
    Verb.HOLD: (Verb.RESUME, Verb.END),
    Verb.RESUME: (Verb.HOLD, Verb.END),
}
"""State, named after the last word -> words that may follow."""
