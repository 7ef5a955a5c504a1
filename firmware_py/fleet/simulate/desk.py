"""One made-up desk that speaks the real protocol: its own certificate, last will, state, health.

What it finds is made up; how it says so is what real desks do. It takes the site's settings, too.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware_py import __version__
from firmware_py.contract.configuration import (
    BadDesiredError,
    ConfigReported,
    Pack,
    Refusal,
    check_newer,
    parse_desired,
)
from firmware_py.contract.payloads import (
    DeskState,
    EarStatus,
    FaultReport,
    Health,
    OutboxReport,
    State,
    to_dict,
    to_json,
    utc,
)
from firmware_py.contract.topics import (
    CONFIG_DESIRED,
    CONFIG_REPORTED,
    EVENT,
    HEALTH,
    STATE,
    Channel,
    topic,
)
from firmware_py.core.types import Cue, Finding
from firmware_py.fleet.broker.login import Login
from firmware_py.outbox.event import Event, Stamp, event_topic, to_event
from firmware_py.settings.config import Config, Desk
from firmware_py.settings.desired import NOTHING, RefusedError, lay_over

_KEEPALIVE_S: Final = 60
_LONGEST_PAUSE_S: Final = 30.0
_CLAUSES: Final = ("F1", "F5", "F9", "F13")


def find(stamp: Stamp, at: float) -> Event:
    """Make up a banned phrase that ended at a second of the stream."""
    clause = random.choice(_CLAUSES)
    finding = Finding(clause, clause, "phrase", at, max(0.0, at - 1.2), at, Cue.RED, -0.2)
    return to_event(finding, stamp)


@dataclass(slots=True)
class Tally:
    """What all desks did together."""

    sent: int = 0
    acknowledged: int = 0
    connects: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """Why a connection failed or was lost: how often."""


class SimulatedDesk:
    """One desk's connection; whoever has it calls paho's loop functions on ``client``."""

    def __init__(self, desk: Desk, login: Login, tally: Tally) -> None:
        """Prepare.

        Raises:
            DeskcueError: the login cannot be used.
        """
        self.desk, self.connected = desk, False
        self.retry_at = 0.0
        """When to connect, by the monotonic clock."""
        self._login, self._tally = login, tally
        self._stamp = Stamp(desk, "10086", 1, "ab" * 32, None, time.time())
        self._sent: set[int] = set()
        """Message ids of events on their way."""
        self._found = 0
        self._last = 0.0
        """When it last found something, in seconds since it began."""
        self._last_event: str | None = None
        self._pause = 1.0
        self._away_until = 0.0
        self.answers = True
        """Whether it says what became of the site's settings; one that hangs does not."""
        self.faults: tuple[str, ...] = ()
        """Codes of what is wrong with it."""
        self.find: Callable[[Stamp, float], Event] = find
        """Makes up what it finds at a second of its stream."""
        self.settings = NOTHING
        """Of the site, in force."""
        self.client = self._make_client()

    def _make_client(self) -> Client:
        name = f"deskcue-uplink-{self.desk.site}-{self.desk.floor}-{self.desk.desk}"
        made = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
        made.tls_set_context(self._login.tls())
        made.on_connect, made.on_publish = self._greeted, self._acknowledged
        made.on_message = self._heard
        made.on_disconnect = lambda *_: self._lost("the line was lost")
        made.will_set(topic(self.desk, STATE), self._state(DeskState.LOST), STATE.qos, STATE.retain)
        return made

    def connect(self) -> None:
        """Try to connect; what fails is counted, and tried again later."""
        try:
            where = self._login.address
            self.client.connect(where.host, where.port, _KEEPALIVE_S)
        except (OSError, ValueError) as error:
            self._lost(str(getattr(error, "strerror", None) or error))

    def publish_event(self) -> None:
        """Find something, and say so."""
        event = self._event()
        where = event_topic(self.desk, event)
        sent = self.client.publish(where, json.dumps(event, ensure_ascii=False), EVENT.qos)
        self._sent.add(sent.mid)
        self._found += 1
        self._last_event = str(event["time"])
        self._tally.sent += 1

    def publish_state(self) -> None:
        """Say in a word how it does."""
        self._publish(
            STATE, self._state(DeskState.DEGRADED if self.faults else DeskState.READY, self.faults)
        )

    def publish_health(self) -> None:
        """Say how it does."""
        self._publish(HEALTH, self._health())

    def hang_up(self) -> None:
        """Say goodbye."""
        self.client.on_disconnect = None
        self.go_away(0.0)

    def go_away(self, for_s: float) -> None:
        """Say goodbye, and come back after a while."""
        self._away_until = time.monotonic() + for_s
        self._publish(STATE, self._state(DeskState.LOST))
        self.client.disconnect()

    @property
    def waiting(self) -> int:
        """Events that nobody has acknowledged yet."""
        return len(self._sent)

    def _publish(self, channel: Channel, payload: str) -> None:
        self.client.publish(topic(self.desk, channel), payload, channel.qos, channel.retain)

    def _greeted(self, _c: Client, _u: object, _flags: object, answer: Any, _p: object) -> None:
        if answer.is_failure:
            self._lost(str(answer))
            return
        self.connected, self._pause = True, 1.0
        self._tally.connects += 1
        self.client.subscribe(topic(self.desk, CONFIG_DESIRED), CONFIG_DESIRED.qos)
        self.publish_state()
        self.publish_health()

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        """Take the site's settings, or refuse them."""
        refused: tuple[Refusal, ...] = ()
        try:
            desired = parse_desired(bytes(message.payload))
            if desired != self.settings:
                check_newer(desired, self.settings)
            lay_over(Config(), desired.settings)
            self.settings = desired
        except BadDesiredError as error:
            refused = (error.refusal,)
        except RefusedError as error:
            refused = tuple(Refusal(desired.version, *one) for one in error.refusals.items())
        if self.answers:
            self._publish(CONFIG_REPORTED, self._reported(refused))

    def _reported(self, refused: tuple[Refusal, ...]) -> str:
        stamp, settings = self._stamp, self.settings
        pack = Pack(stamp.rulebook, stamp.rulebook_version, stamp.rulebook_sha256)
        now = utc(time.time())
        return to_json(ConfigReported(settings.version, settings.sha256, now, pack, refused))

    def _acknowledged(self, _c: Client, _u: object, mid: int, _code: object, _p: object) -> None:
        if mid in self._sent:
            self._sent.remove(mid)
            self._tally.acknowledged += 1

    def _lost(self, why: str) -> None:
        self.connected = False
        self._tally.failures[why] += 1
        soon = time.monotonic() + self._pause * random.uniform(0.5, 1.0)
        self.retry_at = max(soon, self._away_until)
        self._pause = min(_LONGEST_PAUSE_S, 2 * self._pause)

    def _state(self, state: DeskState, faults: tuple[str, ...] = ()) -> str:
        return to_json(State(state, faults, utc(time.time())))

    def _event(self) -> Event:
        # An event's id comes of its times, to the millisecond: no two at once.
        at = self._last = max(time.time() - self._stamp.began, self._last + 0.001)
        return self.find(self._stamp, at)

    def _health(self) -> str:
        now, up = time.time(), time.time() - self._stamp.began
        book, version = self._stamp.rulebook, self._stamp.rulebook_version
        ear = EarStatus(utc(now), up, up, self._found, 0, 0, 0, (), "", book, version, None)
        outbox = OutboxReport(self.waiting, self._found - self.waiting, 0, 0)
        return to_json(
            Health(
                at=utc(now),
                version=__version__,
                mqtt="5",
                clock="set",
                faults=tuple(FaultReport(code, "made up") for code in self.faults),
                outbox=outbox,
                ear=to_dict(ear),
                ear_age_s=0.0,
                cpu=round(random.uniform(0.1, 0.3), 3),
                temperature_c=round(random.uniform(45.0, 60.0), 1),
                last_event=self._last_event,
            )
        )
