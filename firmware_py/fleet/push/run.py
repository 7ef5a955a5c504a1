"""Carries a push out: hears the site, writes the journal, publishes."""

from collections.abc import Callable
from typing import Final

from firmware_py.contract.configuration import desired_json
from firmware_py.contract.payloads import utc
from firmware_py.fleet.broker.client import LOOK_S
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.push.journal import Journal
from firmware_py.fleet.push.state import Entry, Push
from firmware_py.fleet.push.steps import next_entry

GATHERING_S: Final = 90.0
"""How long desks may take to come back after the broker did; they spread it (uplink/backoff)."""


class Runner:
    """Does what the push decides."""

    def __init__(
        self,
        push: Push,
        line: Listening,
        journal: Journal,
        clock: Callable[[], float],
        look_s: float = LOOK_S,
    ) -> None:
        """Prepare.

        Args:
            push: what decides.
            line: what hears and publishes.
            journal: where everything is written down first.
            clock: seconds since the epoch.
            look_s: how long one look waits for a message.
        """
        self.push, self._line, self._journal, self._clock = push, line, journal, clock
        self._before, self._look_s = clock(), look_s

    def step(self) -> list[Entry]:
        """Look once, and do what is due; the entries, as they were written."""
        there, now = self._line.look(self._look_s), self._clock()
        if not there:  # what was not heard cannot be judged
            self.push.since += now - self._before
            self.push.gathering_until = now + GATHERING_S
        self._before = now
        done: list[Entry] = []
        while there and (entry := next_entry(self.push, now)):
            self.do(entry)
            done.append(entry)
        return done

    def do(self, entry: Entry) -> None:
        """Write an entry down, and then do it.

        Raises:
            DeskcueError: it cannot be written, and so was not done.
        """
        now = self._clock()
        self._journal.write(utc(now), entry.what, entry.details)
        for desk, desired in self.push.apply(entry, now):
            self._line.publish(desk, desired_json(desired))
            self.push.floor.give(desk, desired)
