"""How the ear does, for the uplink: the outbox is the only way there."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from firmware_py.contract.payloads import EarStatus, FaultReport, to_dict, utc
from firmware_py.core.ports import Clock
from firmware_py.core.problems import Problem
from firmware_py.device.io import DeviceIO
from firmware_py.device.pipeline import Pipeline
from firmware_py.light.driver import LightDriver
from firmware_py.outbox.database import OutboxError
from firmware_py.outbox.sink import OutboxSink


@dataclass(slots=True)
class StatusReporter:
    """Reports to the uplink how the ear does, through the outbox."""

    pipeline: Pipeline
    sink: OutboxSink
    light_driver: LightDriver
    io: DeviceIO
    clock: Clock
    model_sha256: str | None
    """Of the phone model; None without one."""
    problem: str = field(init=False, default="")
    """Why the last report is not on disk, one line; empty if it is."""

    def report(self, problems: Iterable[Problem], now: float) -> None:
        """Report what is wrong and how the ear does, at a second of the stream."""
        status = self._status(tuple(self._fault(problem, now) for problem in problems))
        try:
            self.io.outbox.put_status("ear", to_dict(status))
        except OutboxError as error:
            self.problem = str(error)
        else:
            self.problem = ""

    def _status(self, faults: tuple[FaultReport, ...]) -> EarStatus:
        pipeline, site = self.pipeline, self.io.site
        return EarStatus(
            at=utc(self.clock.now()),
            uptime_s=round(time.monotonic(), 1),
            seconds=round(pipeline.seconds, 1),
            findings=self.sink.accepted,
            waiting=self.sink.waiting,
            lost_events=self.sink.lost,
            lost_blocks=pipeline.lost_blocks,
            faults=faults,
            light=self.light_driver.problem,
            rulebook=pipeline.rulebook.name,
            rulebook_version=pipeline.rulebook.version,
            model_sha256=self.model_sha256,
            rulebook_sha256=pipeline.rulebook.sha256,
            settings_version=site.taken.version if site else 0,
            settings_problem=site.problem if site else "",
        )

    def _fault(self, problem: Problem, now: float) -> FaultReport:
        since = self.clock.now() - (now - problem.since)
        return FaultReport(problem.fault.name.lower(), problem.line, utc(since))
