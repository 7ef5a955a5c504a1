"""Takes what the site wants of this desk, leaves it to the ear, and reports what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from firmware_py.contract.configuration import (
    BadDesiredError,
    ConfigReported,
    Pack,
    Refusal,
    check_newer,
    parse_desired,
)
from firmware_py.contract.payloads import to_json, utc
from firmware_py.contract.topics import CONFIG_REPORTED, Channel
from firmware_py.core.errors import DeskcueError
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config
from firmware_py.settings.desired import NOTHING, Desired, RefusedError, lay_over
from firmware_py.settings.site_file import SiteFile, read_site_file, site_file, write_site_file
from firmware_py.uplink.faults import Machine

LOOK_S: Final = 1.0
"""Seconds between two looks at what the ear has in force."""
_MOST: Final = 20
_LONGEST: Final = 300
"""Refusals that are reported at most, and letters of each."""


class SiteConfiguration:
    """One desk's desired and reported configuration, over one connection after another."""

    def __init__(
        self, config: Config, outbox: Outbox, machine: Machine, warn: Callable[[str], object]
    ) -> None:
        """Go on with what the file beside the outbox says.

        Args:
            config: the desk's own settings.
            outbox: where the ear says what is in force.
            machine: clocks.
            warn: takes a line whenever something was refused.
        """
        self._config, self._outbox, self._machine, self._warn = config, outbox, machine, warn
        self._path = site_file(config)
        self._refused: tuple[Refusal, ...] = ()
        self._published: ConfigReported | None = None
        self._next_look = 0.0
        try:
            self._file = read_site_file(self._path)
        except DeskcueError as error:
            self._file = SiteFile()
            warn(str(error))

    def begin(self) -> None:
        """Begin a connection: everything is news."""
        self._published, self._next_look = None, 0.0

    def take(self, payload: bytes) -> bool:
        """Take a desired configuration; an empty one, how a retained one is deleted, is none.

        Returns:
            Whether nothing of it was refused.
        """
        if not payload:
            return True
        self._refused, self._next_look = (), 0.0
        try:
            desired = parse_desired(payload)
            if desired != self._file.wanted:
                self._accept(desired)
        except BadDesiredError as error:
            self._refuse(error.refusal)
        except RefusedError as error:
            self._refuse(
                *(Refusal(desired.version, key, why) for key, why in error.refusals.items())
            )
        return not self._refused

    def _accept(self, desired: Desired) -> None:
        """Leave it to the ear.

        Raises:
            BadDesiredError, RefusedError: it is not taken.
        """
        check_newer(desired, self._file.wanted)
        lay_over(self._config, desired.settings)
        content = SiteFile(desired, self._in_force(self._ear()))
        try:
            write_site_file(self._path, content)
        except DeskcueError as error:
            raise BadDesiredError(Refusal(desired.version, "message", str(error))) from None
        self._file = content

    def _refuse(self, *refusals: Refusal) -> None:
        self._refused = tuple(replace(one, why=_line(one.why)) for one in refusals[:_MOST])
        for one in self._refused:
            self._warn(f"configuration {one.version} is refused: {one.what}: {one.why}")

    def tick(self, publish: Callable[[Channel, str], object]) -> None:
        """Report what has changed; to be called often."""
        now = self._machine.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_S
        report = self.report()
        before = self._published
        if before is None or replace(before, at=report.at) != report:
            self._published = report
            publish(CONFIG_REPORTED, to_json(report))

    def report(self) -> ConfigReported:
        """What is in force, as the ear says, and what was refused."""
        ear = self._ear()
        desired = self._in_force(ear)
        wanted, problem = self._file.wanted.version, ear.get("settings_problem")
        refused = self._refused
        if problem and desired.version != wanted and not refused:
            refused = (Refusal(wanted, "settings", _line(str(problem))),)
        return ConfigReported(
            desired.version, desired.sha256, utc(self._machine.now()), _rulebook(ear), refused
        )

    def _ear(self) -> Mapping[str, Any]:
        return self._outbox.ear() or {}

    def _in_force(self, ear: Mapping[str, Any]) -> Desired:
        version = ear.get("settings_version", 0)
        kept = (self._file.wanted, self._file.good)
        return next((one for one in kept if one.version == version), NOTHING)


def _line(why: str) -> str:
    """One printable line: it comes from what somebody sent."""
    return "".join(one if one.isprintable() else " " for one in why)[:_LONGEST]


def _rulebook(ear: Mapping[str, Any]) -> Pack | None:
    sha256, name = ear.get("rulebook_sha256"), ear.get("rulebook")
    return Pack(name, ear.get("rulebook_version", 0), sha256) if sha256 and name else None
