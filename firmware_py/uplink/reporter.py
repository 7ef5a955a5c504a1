"""Tells the broker how the device does: its state at every change, its health every minute."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from firmware_py import __version__
from firmware_py.contract.payloads import (
    DeskState,
    FaultReport,
    Health,
    OutboxReport,
    State,
    to_json,
    utc,
)
from firmware_py.contract.topics import HEALTH, STATE, Channel
from firmware_py.outbox.store import Outbox, OutboxError
from firmware_py.uplink.faults import FaultWatch, Machine, UplinkFault
from firmware_py.uplink.journal import Journal

HEALTH_S: Final = 60.0
LOOK_S: Final = 1.0
"""Seconds between two looks at what is wrong."""
CHANGE_S: Final = 5.0
"""Least seconds between two reports of a change."""

Publish = Callable[[Channel, str], object]


class Reporter:
    """Reports over one connection after another."""

    def __init__(
        self,
        outbox: Outbox,
        machine: Machine,
        journal: Journal,
        refused: Callable[[], int] = lambda: 0,
    ) -> None:
        """Report on the ear, on the outbox, and on commands that were refused."""
        self._refused = refused
        self._outbox, self._machine, self._journal = outbox, machine, journal
        self._logged: dict[str, str] = {}
        self._watch = FaultWatch(outbox, machine)
        self._reported: tuple[FaultReport, ...] | None = None
        self._next_look = self._next_health = self._next_change = 0.0
        self._protocol = ""

    def begin(self, protocol: str) -> None:
        """Begin a connection in this version of MQTT: everything is news."""
        self._reported, self._protocol = None, protocol
        self._next_look = self._next_health = self._next_change = 0.0

    def last_will(self) -> str:
        """State that the broker shall tell when the line is lost, and that the end tells."""
        return self._state(DeskState.LOST, ())

    def tick(self, publish: Publish, own: Callable[[], Mapping[UplinkFault, str]]) -> None:
        """Report what is due; to be called often.

        Args:
            publish: sends a payload.
            own: gathers what the uplink itself met with.
        """
        now = self._machine.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        ear = self._outbox.ear()
        faults = self._watch.look(ear, own())
        self._log(faults)
        changed = self._codes(faults) != self._codes(self._reported) and now >= self._next_change
        if changed:
            self._next_change, self._reported = now + CHANGE_S, faults
            state = DeskState.DEGRADED if faults else DeskState.READY
            publish(STATE, self._state(state, faults))
            self._next_health = now  # with the next look: a broker may hang up on its size
        elif now >= self._next_health:
            self._next_health = now + HEALTH_S
            with contextlib.suppress(OutboxError):  # it is a fault, and in the state
                publish(HEALTH, self._health(faults))

    def _log(self, faults: tuple[FaultReport, ...]) -> None:
        """Write what is new or recovered; what the ear found, the ear writes."""
        ours = {one.code: one.line for one in faults if one.code in [*UplinkFault]}
        for code, line in ours.items():
            if self._logged.get(code) != line:
                self._journal.warning(line)
        for code in self._logged.keys() - ours.keys():
            self._journal.info(f"recovered: {self._logged[code]}")
        self._logged = ours

    @staticmethod
    def _codes(faults: tuple[FaultReport, ...] | None) -> tuple[str, ...] | None:
        return None if faults is None else tuple(one.code for one in faults)

    def _state(self, state: DeskState, faults: tuple[FaultReport, ...]) -> str:
        codes = tuple(one.code for one in faults)
        return to_json(State(state, codes, utc(self._machine.now())))

    def _health(self, faults: tuple[FaultReport, ...]) -> str:
        ear, alone = self._outbox.ear(), self._outbox.privacy.is_on
        counts = asdict(self._outbox.counts())
        del counts["private"]  # how much there is that never leaves, leaves neither
        return to_json(
            Health(
                at=utc(self._machine.now()),
                version=__version__,
                mqtt=self._protocol,
                clock="set" if self._machine.clock_is_set() else "unset",
                faults=faults,
                outbox=OutboxReport(**counts),
                ear=_without_findings(ear) if ear and alone else ear,
                ear_age_s=None if ear is None else round(self._watch.age(ear), 1),
                cpu=self._machine.cpu(),
                temperature_c=self._machine.temperature_c(),
                last_event=None if alone else self._last_event(),
                light_only=alone,
                commands_refused=self._refused(),
            )
        )

    def _last_event(self) -> str | None:
        newest = self._outbox.latest(1)
        return str(newest[0].event["time"]) if newest else None


def _without_findings(ear: Mapping[str, Any]) -> dict[str, Any]:
    """The ear's status without what the agent's day is like."""
    return {key: value for key, value in ear.items() if key != "findings"}
