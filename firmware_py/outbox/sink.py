"""Takes Findings and keeps their events: on disk, or in memory while the disk refuses."""

import contextlib
from collections import deque
from itertools import islice
from typing import Final

from firmware_py.core.clock import machine_epoch
from firmware_py.core.findings import CallSummary, Finding
from firmware_py.outbox.database import OutboxError
from firmware_py.outbox.event import Event, Stamp, call_id, to_event, to_summary
from firmware_py.outbox.store import Outbox

WAITING: Final = 10_000
"""Events that are kept in memory while the disk is full."""
_TOGETHER: Final = 100
"""Events of one transaction: each takes milliseconds, and the ear waits for it."""


class OutboxSink:
    """Sink of Findings that puts their events on the shelf, or keeps them until it can."""

    def __init__(self, outbox: Outbox, stamp: Stamp) -> None:
        """Write to this outbox, with this stamp."""
        self._outbox = outbox
        self.stamp = stamp
        self._waiting: deque[Event] = deque()
        self._dated = False
        """Whether events from before the clock was set have their time."""
        self.accepted = 0
        """Findings taken."""
        self.lost = 0
        """Events given up because the disk stayed full for too long."""
        self._call = (-1.0, "")
        """Start of the call in seconds of the stream, and its id, once named for good."""
        self.problem = ""
        """Why events wait in memory, one line; empty if none do."""

    def accept(self, finding: Finding) -> None:
        """Take one Finding; it is on disk now, or will be as soon as the disk lets it."""
        self.accepted += 1
        call = None if finding.call is None else self._name(finding.call)
        self._keep(to_event(finding, self.stamp, call))

    def summarise(self, summary: CallSummary) -> None:
        """Take what a call comes to, once it is over."""
        self._keep(to_summary(summary, self.stamp, self._name(summary.start)))

    def _name(self, start: float) -> str:
        """Name a call, always the same however the clock is set while it lasts."""
        if start != self._call[0]:
            self._call = (start, call_id(self.stamp, start))
        return self._call[1]

    def _keep(self, event: Event) -> None:
        self._waiting.append(event)
        if len(self._waiting) > WAITING:
            self._waiting.popleft()
            self.lost += 1
        self.flush()

    def tend(self, *, clock_set: bool) -> None:
        """Write what waits; once the clock is set, date what came before. To be called often."""
        if self._waiting:
            self.flush()
        if clock_set and not self._dated:
            with contextlib.suppress(OutboxError):  # the next call tries again
                self._outbox.date(machine_epoch())
                self._dated = True

    @property
    def waiting(self) -> int:
        """Events that are in memory only."""
        return len(self._waiting)

    def flush(self) -> None:
        """Try to write what waits."""
        try:
            while self._waiting:
                together = [*islice(self._waiting, _TOGETHER)]
                self._outbox.append(*together)
                for _ in together:
                    self._waiting.popleft()
        except OutboxError as error:
            self.problem = str(error)
        else:
            self.problem = ""
