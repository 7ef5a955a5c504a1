"""Metrics of a site for Prometheus: how its desks do, and what floors found.

Everything is summed over a floor or the site, so that it stays small with any number of desks.
What desks found is counted in hours only in which at least five desks of the floor sent something:
of fewer, it would be one person's, also from one scrape to the next.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from firmware_py.contract.topics import CONFIG_REPORTED, EVENT, HEALTH, STATE, Channel
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.floors.report import SMALLEST
from firmware_py.fleet.status.roll_call import DeskStatus, RollCall
from firmware_py.outbox.event import SUMMARY
from firmware_py.settings.config import Desk

HEARD: Final[tuple[Channel, ...]] = (STATE, HEALTH, CONFIG_REPORTED, EVENT)
"""Channels to listen to."""


class SiteMetrics(Collector):
    """Takes messages in one thread and is asked in others."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Begin with nothing heard; ``clock`` tells seconds since the epoch."""
        self.up = True
        """Whether the broker is heard; whoever listens to it says so."""
        self._lock = threading.Lock()
        self._roll = RollCall()
        self._clock, self._hour = clock, 0.0
        self._found = Counter[tuple[str, str]]()
        """Floor and clause -> findings that are shown."""
        self._held: dict[str, Counter[tuple[str, str]]] = {}
        """Floor -> findings of this hour, until five desks have sent something."""
        self._senders: dict[str, set[Desk]] = {}
        """Floor -> desks that sent something in this hour."""

    def hear(self, topic: str, payload: bytes) -> None:
        """Take a message."""
        with self._lock:
            if f"/{EVENT.path.partition('/')[0]}/" not in topic:
                self._roll.take(topic, payload)
                return
            message = self._roll.reader.read(topic, payload)
            if message and message.channel is EVENT:
                self._count(message.desk, message.content["data"])

    def _count(self, desk: Desk, data: Any) -> None:
        if (hour := self._clock() // 3600) != self._hour:
            self._hour, self._held, self._senders = hour, {}, {}
        senders = self._senders.setdefault(desk.floor, set())
        senders.add(desk)
        held = self._held.setdefault(desk.floor, Counter())
        if data["kind"] != SUMMARY:
            held[desk.floor, data.get("clause") or ""] += 1
        if len(senders) >= SMALLEST:
            self._found += held
            held.clear()

    def collect(self) -> Iterator[Metric]:
        """Everything, as it is now."""
        with self._lock:
            desks, malformed = [*self._roll.desks.values()], self._roll.reader.malformed
            found = sorted(self._found.items())
        yield from _of_desks(desks)
        events = CounterMetricFamily(
            "deskcue_findings",
            "Findings since this began, in hours in which five desks of the floor sent something",
            labels=("floor", "clause"),
        )
        for key, count in found:
            events.add_metric(key, count)
        yield events
        yield CounterMetricFamily(
            "deskcue_malformed", "Messages that are not as the contract says", value=malformed
        )
        yield GaugeMetricFamily("deskcue_broker_up", "Whether the broker is heard", value=self.up)


@contextmanager
def serve(metrics: SiteMetrics, host: str, port: int) -> Iterator[str]:
    """Answer Prometheus from threads of the library's own; the address at which it asks.

    Raises:
        DeskcueError: nobody can listen there.
    """
    registry = CollectorRegistry()
    registry.register(metrics)
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise DeskcueError(f"cannot listen at {host}:{port} ({error.strerror})") from None
    try:
        name = f"[{host}]" if ":" in host else host
        yield f"http://{name}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _of_desks(desks: list[DeskStatus]) -> Iterator[Metric]:
    yield from _sorts(desks)
    yield from _loads(desks)


def _sorts(desks: list[DeskStatus]) -> Iterator[Metric]:
    """How many desks are of which sort."""
    yield _counted(
        "deskcue_desks",
        "Desks by how they do",
        ("floor", "state"),
        ((one.desk.floor, str(one.state or "unknown")) for one in desks),
    )
    yield _counted(
        "deskcue_faults",
        "Desks with a fault, by its code",
        ("floor", "fault"),
        ((one.desk.floor, code) for one in desks for code in one.faults),
    )
    yield _counted(
        "deskcue_versions",
        "Desks by their software",
        ("version",),
        ((one.version or "unknown",) for one in desks),
    )
    yield _counted(
        "deskcue_rulebooks",
        "Desks by rulebook in force",
        ("rulebook", "version"),
        ((one.rulebook, str(one.rulebook_version)) for one in desks if one.rulebook),
    )
    yield _counted(
        "deskcue_refusing",
        "Desks that refused some of the settings they were given last",
        ("floor",),
        ((one.desk.floor,) for one in desks if one.refused),
    )


def _loads(desks: list[DeskStatus]) -> Iterator[Metric]:
    """What waits on desks, and how hard they work; a device works while its agent speaks.

    So floors of fewer than five desks are left out.
    """
    on_floor = Counter(one.desk.floor for one in desks)
    desks = [one for one in desks if on_floor[one.desk.floor] >= SMALLEST]
    waiting = Counter[str]()
    for one in desks:
        waiting[one.desk.floor] += one.pending or 0
    yield _gauge("deskcue_outbox_pending", "Events that wait on desks", waiting)
    most = max((one.pending or 0 for one in desks), default=0)
    yield GaugeMetricFamily("deskcue_outbox_pending_max", "The same, of the worst desk", value=most)
    for name, what, values in (
        ("temperature_celsius", "Hottest processor", _largest(desks, "temperature_c")),
        ("cpu_ratio", "Busiest desk's share of CPU time", _largest(desks, "cpu")),
    ):
        yield _gauge(f"deskcue_{name}_max", what, values)


def _largest(desks: Iterable[DeskStatus], name: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in desks:
        if (value := getattr(one, name)) is not None:
            found[one.desk.floor] = max(value, found.get(one.desk.floor, value))
    return found


def _gauge(name: str, what: str, by_floor: dict[str, Any]) -> Metric:
    made = GaugeMetricFamily(name, what, labels=("floor",))
    for floor, value in sorted(by_floor.items()):
        made.add_metric((floor,), value)
    return made


def _counted(
    name: str, what: str, labels: tuple[str, ...], found: Iterable[tuple[str, ...]]
) -> Metric:
    made = GaugeMetricFamily(name, what, labels=labels)
    for key, count in sorted(Counter(found).items()):
        made.add_metric(key, count)
    return made
