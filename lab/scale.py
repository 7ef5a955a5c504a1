"""Writes ``docs/scale.md``: from a floor to 100,000 desks, computed from what was measured.

Run ``python -m lab.scale`` after measuring; a test fails where it was forgotten.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.contract.payloads import (
    EarStatus,
    Health,
    OutboxReport,
    to_dict,
    to_json,
    utc,
)
from firmware_py.contract.topics import EVENT, HEALTH, topic
from firmware_py.core.types import Cue, Finding
from firmware_py.outbox.event import Stamp, to_event
from firmware_py.settings.config import DRAIN_PER_S, Broker, Desk
from firmware_py.uplink.reporter import HEALTH_S
from lab.results import Result, results_by_id

PAGE: Final = Path(__file__).parents[1] / "docs" / "scale.md"
SIZES: Final = (300, 2_000, 10_000, 100_000)
EVENTS_AN_HOUR: Final = 60
"""Of one desk in the busiest hour; an assumption, and a high one."""
BACK_S: Final = 60
"""Within which all desks shall be back."""
HEADROOM: Final = 0.5
"""Share of what a collector can do that is planned with."""
_THIN: Final = "\N{NARROW NO-BREAK SPACE}"
_DESK: Final = Desk("nanjing", "3", "3-017")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was measured, on one machine with two cores."""

    connected: float
    """Desks at one broker."""
    back_s: float
    """Until all of them were back after its restart."""
    rate: float
    """Events a second that one collector writes into PostgreSQL."""
    cpu_ms: float
    """Its CPU time for 1,000 events."""
    event_bytes: int
    """An event with its topic."""
    health_bytes: int

    @property
    def back_rate(self) -> float:
        """Desks a second that one broker lets in."""
        return self.connected / self.back_s


def inputs(results: Mapping[str, Result]) -> Inputs:
    """Take them from ``lab/results`` and from the messages themselves."""

    def value(name: str) -> float:
        return results[f"fleet.postgresql.{name}"].value

    return Inputs(
        value("desks.connected"),
        value("restart.back"),
        value("collector.rate"),
        value("collector.cpu"),
        len(topic(_DESK, EVENT, "phrase").encode()) + len(_event().encode()),
        len(topic(_DESK, HEALTH).encode()) + len(_health().encode()),
    )


def _event() -> str:
    stamp = Stamp(_DESK, "10086", 1, "ab" * 32, "cd" * 32, 1_700_000_000.0)
    finding = Finding("F5", "F5", "phrase", 12.0, 10.5, 11.8, Cue.RED, -0.2)
    return json.dumps(to_event(finding, stamp, utc(1_700_000_000.0)), ensure_ascii=False)


def _health() -> str:
    ear = EarStatus(utc(0), 1e5, 1e4, 99, 0, 0, 0, (), "", "10086", 1, "cd" * 32, "ab" * 32, 1)
    outbox = OutboxReport(0, 999, 0, 0)
    return to_json(Health(utc(0), "1.0.0", "5", "set", (), outbox, to_dict(ear), 3.0, 0.2, 50.0))


@dataclass(frozen=True, slots=True)
class Load:
    """What so many desks come to."""

    desks: int
    events: float
    """A second, in the busiest hour."""
    health: float
    """A second, by day and night."""
    mbit: float
    """Into the broker, MQTT's and TLS's own bytes not counted."""
    collectors: int
    cores: float
    """That collectors keep busy."""
    brokers: int
    """Machines like the one measured, so that all are back in time and none has more desks."""
    drain: float
    """Events a second at most while desks that were away send what waited."""
    gigabytes: float
    """Of events in a day of eight such hours, indexes and the rest not counted."""


def load(desks: int, measured: Inputs) -> Load:
    """Compute it."""
    events, health = desks * EVENTS_AN_HOUR / 3600, desks / HEALTH_S
    octets = events * measured.event_bytes + health * measured.health_bytes
    by_connections = desks / measured.connected
    by_return = desks / (measured.back_rate * BACK_S)
    return Load(
        desks,
        events,
        health,
        octets * 8 / 1e6,
        math.ceil(events / (measured.rate * HEADROOM)),
        events * measured.cpu_ms / 1e6,
        math.ceil(max(by_connections, by_return)),
        desks * DRAIN_PER_S,
        events * 3600 * 8 * measured.event_bytes / 1e9,
    )


def number(value: float, digits: int = 2) -> str:
    """So many digits that mean something, thousands apart."""
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.0f}".replace(",", _THIN) if rounded >= 100 else f"{rounded:g}"


def page(results: Mapping[str, Result]) -> str:
    """Write the page."""
    measured = inputs(results)
    return _TEXT.format(
        inputs=_input_table(measured),
        loads=_load_table([load(desks, measured) for desks in SIZES]),
        hourly=EVENTS_AN_HOUR,
        health=round(HEALTH_S),
        keepalive=Broker().keepalive_s,
        half=f"{HEADROOM:.0%}",
        back=BACK_S,
        drain=f"{DRAIN_PER_S:g}",
        connected=number(measured.connected),
        full=number(measured.rate / (EVENTS_AN_HOUR / 3600) * HEADROOM),
        minutes=number(10_000 * 100 / (measured.rate * HEADROOM) / 60),
    )


def _input_table(measured: Inputs) -> str:
    root = "fleet.postgresql"
    rows = [
        ("desks at one broker", measured.connected, "", f"`{root}.desks.connected`"),
        ("all of them back after its restart", measured.back_s, " s", f"`{root}.restart.back`"),
        ("so desks a second that come in", measured.back_rate, "", "one by the other"),
        ("events a second, one collector", measured.rate, "", f"`{root}.collector.rate`"),
        ("its CPU for 1,000 events", measured.cpu_ms, " ms", f"`{root}.collector.cpu`"),
        ("an event with its topic", measured.event_bytes, " bytes", "made and counted"),
        ("health with its topic", measured.health_bytes, " bytes", "made and counted"),
    ]
    return "\n".join(
        f"| {what} | {number(value, 4)}{unit} | {where} |" for what, value, unit, where in rows
    )


def _load_table(loads: list[Load]) -> str:
    return "\n".join(
        f"| {number(one.desks)} | {number(one.events)} | {number(one.health)} | {number(one.mbit)}"
        f" | {one.brokers} | {one.collectors} | {number(one.cores)} | {number(one.drain)}"
        f" | {number(one.gigabytes)} |"
        for one in loads
    )


_TEXT: Final = Path(__file__).with_suffix(".md.template").read_text("utf-8")


def main() -> None:
    """Write it."""
    PAGE.write_text(page(results_by_id()), "utf-8")


if __name__ == "__main__":
    main()
