"""The device at work: sound in, light and events out, and a report of all that goes wrong."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Final

from firmware_py.audio.swap import swapped
from firmware_py.calls.signals import CallAction
from firmware_py.core.clock import StreamTime
from firmware_py.core.ports import Clock
from firmware_py.core.problems import Fault, Problems
from firmware_py.core.types import Block, StepResult
from firmware_py.device.building import try_phone_model
from firmware_py.device.io import DeviceIO
from firmware_py.device.joiner import Joiner
from firmware_py.device.load import Load
from firmware_py.device.pipeline import Pipeline
from firmware_py.device.rulebook_choice import RulebookChoice
from firmware_py.device.status_reporter import StatusReporter
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.light.driver import LightDriver
from firmware_py.light.scheduler import LightScheduler
from firmware_py.outbox.event import Stamp
from firmware_py.outbox.near_miss_log import NearMissLog
from firmware_py.outbox.sink import OutboxSink
from firmware_py.rules import DeskTime, Rulebook
from firmware_py.settings.config import Config

STATUS_S: Final = 30.0
"""Seconds between two reports to the uplink; a change is reported at once."""
BASELINE_S: Final = 600.0
"""Seconds between two savings of the agent's usual voice; it is saved after each call, too."""
_LOOK_S: Final = 1.0
"""Seconds between two looks at the rulebook's file and at what is wrong."""

_log = logging.getLogger(__name__)


class Device:
    """Hears until its source ends; one Device, one stream."""

    def __init__(
        self,
        config: Config,
        io: DeviceIO,
        clock: Clock,
        *,
        language: str = "zh",
        live: bool = True,
        load: Callable[[Path | None], PhoneModel] = load_phone_model,
    ) -> None:
        """Put the parts together.

        Args:
            config: the device's settings.
            io: sound, light, disk.
            clock: the wall clock.
            language: of the advice.
            live: whether the stream may begin in the midst of a call.
            load: reads the phone model.

        Raises:
            DeskcueError: the rulebook cannot be used.
        """
        self._config, self._io, self._clock = config, io, clock
        self._rulebooks = RulebookChoice(config)
        phone_model, self._model_problem = try_phone_model(lambda: load(config.model))
        self._model_sha256 = phone_model.sha256 if phone_model else None
        self._local_time = DeskTime(clock)
        wanted = config.near_misses
        self._near_miss_log = NearMissLog(wanted.path, wanted.max_lines) if wanted.enabled else None
        self.pipeline = Pipeline(
            self._rulebooks.own,
            phone_model,
            self._local_time,
            language=language,
            live=live,
            near_misses=wanted.enabled,
            adapt=config.hearing.adapt,
            listen=config.tap.listen,
        )
        if io.baseline:
            self.pipeline.restore(io.baseline.load())
        self._time = StreamTime()
        self._load, self._joiner = Load(), Joiner()
        self.light_driver = LightDriver(LightScheduler(), io.led, self._time)
        self.sink = OutboxSink(io.outbox, self._stamp())
        self.problems = Problems()
        """What is wrong now."""
        self._status_reporter = StatusReporter(
            self.pipeline, self.sink, self.light_driver, io, clock, self._model_sha256
        )
        self._next_look = self._next_status = 0.0
        self._next_save = BASELINE_S

    @property
    def now(self) -> float:
        """Second of the stream, as the light counts it."""
        return self._time()

    def listen(self) -> Generator[StepResult]:
        """Hear Block after Block; give what came of each, shown and on disk by then."""
        self.light_driver.start()
        try:
            for block in self._io.source:
                yield from self._signals()
                yield from self._hear(self._joiner.feed(block))
            yield from self._hear(self._joiner.rest())
        finally:
            self.light_driver.close()
            self.sink.flush()
            self._save_baseline()
            if self.sink.waiting:
                _log.error("%d events are lost: %s", self.sink.waiting, self.sink.problem)

    def _hear(self, block: Block | None) -> Iterator[StepResult]:
        """What comes of a Block, if there is one."""
        if block is None:
            return
        self._keep_up()
        result = self.pipeline.feed(swapped(block) if self._config.tap.swap else block)
        self._joiner.follow(result.features, urgent=self.pipeline.urgent)
        if len(block.pcm):
            self._local_time.heard(self.pipeline.seconds)
            self._time.heard(self.pipeline.seconds)
        self._publish(result)
        self._look_after()
        yield result

    def _keep_up(self) -> None:
        """Leave the costly part out while too much sound waits."""
        self.pipeline.shed(on=self._load.update(self._io.source.behind_s, self.pipeline.seconds))

    def _save_baseline(self) -> None:
        if self._io.baseline:
            self._io.baseline.save(self.pipeline.snapshot())

    def _publish(self, result: StepResult) -> None:
        """Show and keep what came of a step."""
        self.sink.stamp = self._stamp()
        for finding in result.findings:
            self.light_driver.accept(finding)
            self.sink.accept(finding)
        for summary in result.summaries:
            self.sink.summarise(summary)
            self._next_save = 0.0
        if self._near_miss_log:
            self._near_miss_log.hear(result.observations, self._clock.now())

    def _stamp(self) -> Stamp:
        rulebook = self.pipeline.rulebook
        return Stamp(
            desk=self._config.desk,
            rulebook=rulebook.name,
            rulebook_version=rulebook.version,
            rulebook_sha256=rulebook.sha256,
            model_sha256=self._model_sha256,
            began=self._clock.now() - self.pipeline.seconds,
            clock_set=self._io.clock_is_set(),
        )

    def _signals(self) -> Iterator[StepResult]:
        """What follows from what the phone system signalled, after the sound before it."""
        for signal in self._io.calls.poll() if self._io.calls else ():
            if signal.action is CallAction.IDENTIFY:
                self.light_driver.identify()
                continue
            yield from self._hear(self._joiner.rest())
            self._joiner.wake()
            if signal.action is CallAction.START:
                self._go_over(self._rulebooks.of_call(signal.profile))
            result = self.pipeline.signal(signal, self._io.source.behind_s)
            self._publish(result)
            yield result

    def _go_over(self, rulebook: Rulebook) -> None:
        if rulebook.sha256 != self.pipeline.rulebook.sha256:
            self.pipeline.replace_rulebook(rulebook)
            _log.info("rulebook %s is in force", rulebook.name)

    def _look_after(self) -> None:
        now = self.now
        if now < self._next_look:
            return
        self._next_look = (now // _LOOK_S + 1) * _LOOK_S  # however long Blocks are
        before = self._rulebooks.own.sha256
        news = self._io.site.refresh(self._use) if self._io.site else False
        news |= self._rulebooks.refresh()
        if news and self.pipeline.rulebook.sha256 == before:
            self._go_over(self._rulebooks.own)
        self.sink.tend(clock_set=self._io.clock_is_set())
        if self._report_problems() or news or now >= self._next_status:
            self._next_status = now + STATUS_S
            self._status_reporter.report(self.problems, self.now)
        if now >= self._next_save:
            self._next_save = now + BASELINE_S
            self._save_baseline()

    def _use(self, config: Config) -> None:
        """Go over to other settings, or to none of them (DeskcueError)."""
        rulebooks = self._rulebooks.after(config)
        self._io.outbox.privacy.put_in_force(config.privacy.light_only)
        self._rulebooks = rulebooks
        self.pipeline.listen_when(config.tap.listen)
        self._io.dim(config.light.brightness)

    def _wrong(self) -> Mapping[Fault, str]:
        """Everything that is wrong now."""
        muted = [f"detector {name} is muted: {why}" for name, why in self.pipeline.failures.items()]
        found = {
            Fault.MICROPHONE: self._io.source.problem or self.pipeline.sound_faults.line,
            Fault.MODEL: self._model_problem and f"{self._model_problem}; going on without phrases",
            Fault.DISK: self.sink.problem
            or self._status_reporter.problem
            or self._io.outbox.problem
            or (self._io.baseline.problem if self._io.baseline else "")
            or (self._near_miss_log.problem if self._near_miss_log else ""),
            Fault.DETECTOR: "; ".join(muted),
            Fault.RULEBOOK: self._rulebooks.problem,
            Fault.LOAD: self._load.problem(self.pipeline.seconds, self.pipeline.shed_s),
        }
        return {fault: line for fault, line in found.items() if line}

    def _report_problems(self) -> bool:
        """Log and show what has changed; whether anything has."""
        changes = self.problems.update(self._wrong(), self.pipeline.seconds)
        for problem in changes.recovered:
            _log.info("recovered: %s", problem.line)
            self.light_driver.fault(problem.fault, present=False)
        for problem in changes.appeared:
            _log.warning("%s", problem.line)
            self.light_driver.fault(problem.fault)
        return bool(changes)
