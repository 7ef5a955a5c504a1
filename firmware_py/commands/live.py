"""Runs a device and shows it: the live view on a terminal, else a line for every Finding."""

from collections.abc import Callable, Mapping
from typing import Final

from rich.console import RenderableType
from rich.live import Live

from firmware_py.commands.lines import run_as_lines
from firmware_py.core.console import Console
from firmware_py.core.types import Finding, StepResult
from firmware_py.device.runtime import Device
from firmware_py.light.pattern import Colour
from firmware_py.light.watched_led import WatchedLed
from firmware_py.outbox.store import Counts, Outbox, OutboxError
from firmware_py.reports.live_view import Scene, View

_FRAMES_PER_SECOND: Final = 10


class Show:
    """Shows one device until its sound ends."""

    def __init__(
        self,
        device: Device,
        led: WatchedLed,
        outbox: Outbox,
        language: str,
        arrived: Callable[[], Mapping[str, int] | None] = lambda: None,
    ) -> None:
        """Prepare; ``arrived`` says which kinds of events came back from the broker."""
        self._device, self._led, self._outbox = device, led, outbox
        self._language, self._arrived = language, arrived
        self._view = View(language)

    @property
    def colour(self) -> Colour:
        """Of the light at this moment."""
        return self._led.colour

    def run(self, console: Console, alive: Callable[[], None] = lambda: None) -> list[Finding]:
        """Hear to the end; ``alive`` is called with every Block. Returns all Findings."""
        if not console.is_terminal:
            return run_as_lines(self._device, alive)
        found: list[Finding] = []
        with Live(
            get_renderable=self.draw, console=console, refresh_per_second=_FRAMES_PER_SECOND
        ) as live:
            for result in self._device.listen():
                found += self.take(result)
                alive()
            live.refresh()
        return found

    def draw(self) -> RenderableType:
        """The view as it is now."""
        device, now = self._device, self._device.now
        return self._view.draw(
            Scene(
                title=device.pipeline.rulebook.title.in_language(self._language),
                seconds=device.pipeline.seconds,
                colour=self.colour,
                pattern=device.light_driver.pattern(now),
                counts=self._counts(),
                arrived=self._arrived(),
                problems=[problem.line for problem in device.problems],
            )
        )

    def _counts(self) -> Counts:
        """What lies in the outbox; nothing while it cannot be read, which is shown as a problem."""
        try:
            return self._outbox.counts()
        except OutboxError:
            return Counts(0, 0, 0)

    def take(self, result: StepResult) -> tuple[Finding, ...]:
        """Take what came of one step."""
        if result.features:
            self._view.hear(result.features)
        for finding in result.findings:
            self._view.find(finding)
        return result.findings
