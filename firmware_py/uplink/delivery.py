"""Carries events out of the outbox: which goes next, and what becomes of those on their way.

An event leaves the outbox when the broker says that it took it, and not before. One that may have
arrived before says that it is replayed, and its id is the same. What the broker refuses is kept.
A broker that dies may take along what it had taken and not yet passed on, so when the line is lost
what it took last is sent once more.
"""

import contextlib
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from firmware_py.contract.topics import root_topic
from firmware_py.outbox.event import as_replayed, event_topic, is_ours, origin
from firmware_py.outbox.quarantine import TRIES, UNREADABLE
from firmware_py.outbox.rows import Row
from firmware_py.outbox.store import Outbox, OutboxError
from firmware_py.settings.config import DRAIN_PER_S, Desk
from firmware_py.uplink.drain import Drain
from firmware_py.uplink.flights import Flight, Gate
from firmware_py.uplink.reasons import FAILURE, Refusal, refusal, why_refused
from firmware_py.uplink.unheard import Unheard

WINDOW: Final = 20
"""Events that may be on their way at once."""
BATCH: Final = 200
"""Events that are looked at in one go."""
RELEASE_S: Final = 86_400.0
"""Seconds until the quarantine is let out for another try; a start does so, too."""
AGAIN_S: Final = 60.0
"""Seconds until what was denied is tried again."""
NEXT_TRY_S: Final = 5.0
"""Seconds until an event that was refused for itself is tried again."""
SUDDEN_S: Final = 5.0
"""A broker that hangs up within this time of an event may do so because of it."""
DOUBT_S: Final = 60.0
"""An event that was taken so many seconds before the line was lost is sent once more."""
PACKET: Final = 16
"""Most bytes of a PUBLISH besides topic and payload."""

Publish = Callable[[str, bytes], int | None]
"""Sends a payload to a topic; gives the message's id, or None: the line is lost."""


class Delivery:
    """Hands events over, connection after connection."""

    def __init__(
        self,
        outbox: Outbox,
        desk: Desk,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        per_s: float = DRAIN_PER_S,
    ) -> None:
        """Deliver from this outbox, for this desk, so many events a second."""
        self._drain = Drain(per_s, WINDOW, monotonic)
        self._outbox, self._root, self._monotonic = outbox, root_topic(desk), monotonic
        self._flights: dict[int, Flight] = {}
        """By the message's id."""
        self._taken: deque[tuple[int, float]] = deque()
        """Events that the broker took lately for the first time, and when."""
        self._doubted: set[int] = set()
        """Events that are sent once more."""
        self._unheard = Unheard()
        self._held: dict[int, float] = {}
        """Id of an event that was refused -> when to try it again."""
        self._gates: dict[str, Gate] = {}
        """By topic."""
        self._trust = WINDOW
        """Events taken since the broker last hung up on one; few: one at a time."""
        self._cursor = self._newest = self._max_packet = 0
        self._window = WINDOW
        """Messages that may be on their way at once, others than events included."""
        self._release_at = monotonic()

    @property
    def on_the_way(self) -> int:
        """Events that were sent and not yet answered."""
        return len(self._flights)

    @property
    def refused_topics(self) -> dict[str, str]:
        """Topic -> what the broker says against it."""
        return {topic: gate.why for topic, gate in self._gates.items()}

    def begin(self, window: int, max_packet: int | None) -> None:
        """Begin a connection.

        Args:
            window: messages that the broker takes at once.
            max_packet: most bytes of a message with its topic, if the broker said so.
        """
        self._flights.clear()
        self._window, self._max_packet = window, max_packet or 0
        with contextlib.suppress(OutboxError):
            self._cursor, self._newest = 0, self._outbox.last_id()
            if self._monotonic() >= self._release_at:
                self._outbox.quarantine.release()
                self._release_at = self._monotonic() + RELEASE_S

    def send(self, publish: Publish, others: int = 0) -> bool:
        """Hand over what fits beside so many other messages; False once the line is lost."""
        try:
            return self._send(publish, others)
        except OutboxError:  # it cannot be read now: the next look finds out
            return True

    def _send(self, publish: Publish, others: int) -> bool:
        if self._outbox.privacy.is_on:
            return True
        self._look_again()
        window = min(WINDOW, self._window - others) if self._trust >= WINDOW else 1 - others
        if self.on_the_way >= window:
            return True
        for row in self._outbox.pending(BATCH, self._cursor):
            if self.on_the_way >= window or not self._drain.is_open:
                break
            self._cursor = row.id
            if not self._hand_over(row, publish):
                return False
        return True

    def _look_again(self) -> None:
        """Go back to what was held, once its time has come."""
        now = self._monotonic()
        due = [row for row, at in self._held.items() if at <= now]
        gates = [gate for gate in self._gates.values() if gate.until <= now and not gate.open]
        for row in due:
            del self._held[row]
        for gate in gates:
            gate.open = True
        if due or gates:
            self._cursor = 0

    def _hand_over(self, row: Row, publish: Publish) -> bool:
        """Send an event, unless it has to wait; False once the line is lost."""
        if not is_ours(row.event):
            self._count(row.id, UNREADABLE, tries=1)
            return True
        late = row.tried or row.id <= self._newest
        event = as_replayed(row.event) if late else row.event
        topic = event_topic(origin(event), event)
        body = json.dumps(event, ensure_ascii=False).encode()
        if self._waits(row.id, topic) or not self._fits(row.id, len(topic.encode()) + len(body)):
            return True
        self._drain.take()
        self._outbox.trying(row.id)
        message = publish(topic, body)
        if message is None:
            return False
        self._flights[message] = Flight(row.id, topic, self._monotonic())
        return True

    def _waits(self, row: int, topic: str) -> bool:
        if row in self._held or any(row == flight.row for flight in self._flights.values()):
            return True
        gate = self._gates.get(topic)
        if gate is None:
            return False
        waits, gate.open = not gate.open, False
        if not waits:
            gate.until = self._monotonic() + AGAIN_S
        return waits

    def _fits(self, row: int, size: int) -> bool:
        """Whether the broker takes a message of so many bytes; what never fits is put aside."""
        if not self._max_packet or size + PACKET <= self._max_packet:
            return True
        self._count(row, f"{size} bytes, and the broker takes {self._max_packet}", tries=1)
        return False

    def answered(self, message: int, code: int, name: str) -> None:
        """Take the broker's answer to a message.

        Args:
            message: its id; one that is no event's is passed over.
            code: reason code of MQTT 5; 3.1.1 has only 0.
            name: the code in words.
        """
        flight = self._flights.pop(message, None)
        if flight is None:
            return
        if code < FAILURE:
            self._outbox.acknowledge(flight.row)
            self._unheard.answered(flight.topic, flight.row, code, self._send_again)
            self._note_taken(flight.row)
            self._trust += 1
            if self._gates.pop(flight.topic, None):
                self._cursor = 0
            return
        kind = refusal(code)
        if kind is not Refusal.CONTENT:
            until, why = self._monotonic() + AGAIN_S, why_refused(code, name)
            if not flight.topic.startswith(f"{self._root}/"):
                why += " under an earlier name of this desk"
            self._gates[flight.topic] = Gate(until, why)
        if kind in (Refusal.CONTENT, Refusal.UNSAID):
            self._count(flight.row, name)

    def _note_taken(self, row: int) -> None:
        now = self._monotonic()
        if row in self._doubted:  # once more is enough, also where lines are lost often
            self._doubted.remove(row)
        else:
            self._taken.append((row, now))
        while self._taken and now - self._taken[0][1] > DOUBT_S:
            self._taken.popleft()

    def _send_again(self, rows: list[int]) -> None:
        self._outbox.doubt(rows)
        self._cursor = 0

    def lost(self) -> None:
        """Note that the line was lost: what the broker took last may have died with it."""
        now = self._monotonic()
        doubtful = [row for row, at in self._taken if now - at <= DOUBT_S]
        self._taken.clear()
        if doubtful:
            self._doubted.update(doubtful)
            self._outbox.doubt(doubtful)

    def hung_up(self) -> bool:
        """Note that the broker closed the connection; whether an event may be the reason."""
        now = self._monotonic()
        if not any(now - flight.at < SUDDEN_S for flight in self._flights.values()):
            return False
        self._trust = 0
        if self.on_the_way == 1:
            (flight,) = self._flights.values()
            # Perhaps the broker died of something else: until it is put aside, none overtakes it.
            self._count(flight.row, "the broker hangs up on it", wait_s=0.0)
        return True

    def _count(self, row: int, reason: str, tries: int = TRIES, wait_s: float = NEXT_TRY_S) -> None:
        """Count a refusal of an event for itself."""
        self._held[row] = self._monotonic() + wait_s
        with contextlib.suppress(OutboxError):
            if self._outbox.quarantine.refused(row, reason, tries):
                del self._held[row]
