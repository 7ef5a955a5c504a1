"""The uplink: keeps a connection to the broker and empties the outbox through it.

MQTT 5 where the broker speaks it, else 3.1.1; quality of service 1. A broken line, a killed
process or a power cut delays events but loses none.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Final

from paho.mqtt.client import Client

from firmware_py.calls.signals import CallSignal, send
from firmware_py.contract.topics import STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox, OutboxError
from firmware_py.settings.config import Config
from firmware_py.uplink.aside import Aside
from firmware_py.uplink.backoff import Backoff
from firmware_py.uplink.client import MQTT5, WAIT_S, client_id
from firmware_py.uplink.command_subscriber import CommandSubscriber
from firmware_py.uplink.connection import Connection
from firmware_py.uplink.delivery import Delivery
from firmware_py.uplink.faults import Machine, UplinkFault
from firmware_py.uplink.greeting import Greeting, greet
from firmware_py.uplink.hang_ups import HangUps
from firmware_py.uplink.journal import Journal
from firmware_py.uplink.limits import Limits
from firmware_py.uplink.names import factory_names
from firmware_py.uplink.reasons import aside_line, denied_line
from firmware_py.uplink.reporter import Reporter
from firmware_py.uplink.site_configuration import SiteConfiguration

HANGS_S: Final = 30.0
"""A way to the broker that takes so much longer than the broker may is worth a line."""
LONGEST_WAIT_S: Final = 30.0
"""Longest wait for a busy broker's answer: it doubles with every failure."""
PROVED_S: Final = 10.0
"""After a failure, a connection is announced once it has lasted so long."""
_TWICE: Final = (
    ": a cloned card, or deskcue uplink by hand beside the service; give each desk its own names"
    " under [desk] in deskcue.toml"
)
_DEAF: Final = (
    "the broker takes what is sent and acknowledges nothing; see its log, and what lies between"
)
_NO_QOS: Final = (
    "the broker takes no message that it acknowledges (QoS 1), so events wait; allow QoS 1 there"
)


class Uplink:
    """Connects again and again, and says in a few lines why not."""

    def __init__(
        self,
        config: Config,
        outbox: Outbox,
        *,
        machine: Machine | None = None,
        send_call: Callable[[CallSignal], object] = send,
        greet: Callable[..., Greeting] = greet,
    ) -> None:
        """Prepare.

        Args:
            config: the broker, and the names of the desk.
            outbox: what to empty.
            machine: clocks.
            send_call: passes what the broker says of a call on to the ear.
            greet: makes a connection.

        Raises:
            DeskcueError: the desk's names make no topic.
        """
        self._config, self._outbox, self._greet = config, outbox, greet
        self._machine = machine or Machine()
        self._journal = Journal(self._machine.monotonic)
        self._backoff = Backoff()
        self._delivery = Delivery(
            outbox, config.desk, self._machine.monotonic, per_s=config.broker.drain_per_s
        )
        warn = self._journal.warning
        self._site = SiteConfiguration(config, outbox, self._machine, warn)
        self._commands = CommandSubscriber(config.desk, send_call, self._site.take, warn)
        self._reporter = Reporter(
            outbox, self._machine, self._journal, lambda: self._commands.refused
        )
        self._hang_ups = HangUps(self._machine.monotonic)
        self._protocol = MQTT5
        self._heard = True
        """Whether somebody subscribed to events when the broker last said."""
        self._deaf = False
        """Whether the last broker acknowledged nothing, and none has since."""

    def run(self, stop: threading.Event, alive: Callable[[], None] = lambda: None) -> None:
        """Work until told to stop; ``alive`` is called several times a second."""
        if names := factory_names(self._config.desk):
            self._journal.warning(names)
        while not stop.is_set():
            pause = self._once(stop, alive)
            self._wait(stop, pause, alive)

    def _once(self, stop: threading.Event, alive: Callable[[], None]) -> float:
        """Connect and serve until the line is lost; seconds to wait then."""
        try:
            greeting = self._connected(stop, alive)
        except DeskcueError as error:
            self._journal.warning(f"{error}; events wait in the outbox")
            self._protocol = MQTT5
            return self._backoff.failed()
        if greeting is None:
            return 0.0
        return self._serve(greeting, stop, alive)

    def _connected(self, stop: threading.Event, alive: Callable[[], None]) -> Greeting | None:
        """A connection, or None if told to stop meanwhile; a name lookup may take minutes."""
        wait_s = min(LONGEST_WAIT_S, WAIT_S * 2.0**self._backoff.failures)
        overdue = self._machine.monotonic() + HANGS_S + 2 * wait_s

        def meanwhile() -> bool:
            alive()
            if self._machine.monotonic() > overdue:
                host = self._config.broker.host
                self._journal.warning(f"the way to {host} hangs; is the name server there?")
            return not stop.is_set()

        protocol, will = self._protocol, self._prepare
        return Aside(lambda: self._greet(self._config, protocol, prepare=will, wait_s=wait_s)).wait(
            meanwhile
        )

    def _prepare(self, client: Client, limits: Limits) -> None:
        where = topic(self._config.desk, STATE)
        will = self._reporter.last_will()
        client.will_set(where, will, limits.qos(STATE), limits.retain(STATE))

    def _serve(self, greeting: Greeting, stop: threading.Event, alive: Callable[[], None]) -> float:
        """Work until the line is lost or ``stop``; seconds to wait then."""
        began = self._machine.monotonic()
        self._protocol = greeting.protocol
        connection = Connection(
            greeting, self._config.desk, self._delivery, self._commands, self._hang_ups
        )
        self._reporter.begin("5" if greeting.protocol == MQTT5 else "3.1.1")
        self._site.begin()
        announced = self._announce(greeting) if not self._backoff.failures else False
        while not stop.is_set():
            alive()
            self._journal.tick()
            self._site.tick(connection.publish)
            self._reporter.tick(connection.publish, lambda: self._faults(connection))
            if not connection.work():
                return self._lost(connection, self._machine.monotonic() - began)
            self._notice(connection)
            if not announced and self._machine.monotonic() - began > PROVED_S:
                announced = self._announce(greeting)
        connection.publish(STATE, self._reporter.last_will())
        connection.close()
        return 0.0

    def _announce(self, greeting: Greeting) -> bool:
        if greeting.protocol != MQTT5:
            self._journal.warning(
                "connected to the broker, which speaks MQTT 3.1.1 only: it does not say when its"
                " access list denies an event, so look there"
            )
        elif not greeting.limits.retains:
            self._journal.warning(
                "connected to the broker, which retains nothing: who comes later learns how this"
                " desk does from its next health, within a minute"
            )
        else:
            self._journal.info("connected to the broker")
        return True

    def _notice(self, connection: Connection) -> None:
        """Take note of what the broker's answers say about it."""
        self._deaf = self._deaf and not connection.has_answered
        if connection.is_heard is False and self._heard:
            self._journal.warning(
                "nobody subscribes to this desk's events, so the broker throws them away"
            )
        if connection.is_heard is not None:
            self._heard = connection.is_heard

    def _faults(self, connection: Connection) -> dict[UplinkFault, str]:
        """What the uplink itself met with."""
        deaf = _DEAF if self._deaf else ""
        no_qos = "" if connection.limits.acknowledges else _NO_QOS
        aside, reason = 0, ""
        with contextlib.suppress(OutboxError):
            aside, reason = self._outbox.quarantine.count(), self._outbox.quarantine.reason()
        return {
            UplinkFault.DENIED: no_qos or deaf or denied_line(connection.denied),
            UplinkFault.REFUSED: aside_line(aside, reason) if aside else "",
        }

    def _lost(self, connection: Connection, lasted: float) -> float:
        """Say why the line was lost; seconds to wait."""
        steady = self._backoff.is_steady(lasted)
        silent = not (steady or connection.farewell)
        name = client_id(self._config, "uplink")
        if not connection.taken_over:
            self._delivery.lost()
        if connection.has_gone_deaf:
            self._deaf, lasted, line = True, 0.0, f"{_DEAF}; events wait in the outbox"
        elif connection.taken_over:
            line = f"another client came in under this desk's name ({name}){_TWICE}"
        elif connection.hung_up_on_event and silent:
            line = "the broker hangs up on an event; they go one at a time now, to find it"
        elif silent and self._backoff.failures:
            # Not every broker says so: Mosquitto 2.0.11 just closes the older connection.
            line = f"connections do not last; perhaps another client has this name, {name}{_TWICE}"
        else:
            said = f" ({connection.farewell})" if connection.farewell else ""
            line = f"the line to the broker is lost{said}; events wait in the outbox"
        self._journal.warning(line)
        if steady:
            self._protocol = MQTT5
        return self._backoff.ended(lasted)

    def _wait(self, stop: threading.Event, pause: float, alive: Callable[[], None]) -> None:
        until = self._machine.monotonic() + pause
        while not stop.is_set() and (left := until - self._machine.monotonic()) > 0:
            alive()
            self._journal.tick()
            stop.wait(min(left, 1.0))
