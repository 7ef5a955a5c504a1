"""The device at work: sound in, light and events out, and word of everything that goes wrong."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from firmware_py.app import Chain, try_spotter
from firmware_py.clock import StreamTime
from firmware_py.config import Config
from firmware_py.errors import DeskcueError
from firmware_py.hearing.spotter import Spotter, load_spotter
from firmware_py.memory import Memory
from firmware_py.out.event import Stamp
from firmware_py.out.light import Fault, Glow, Lamp, Led
from firmware_py.out.near_log import NearLog
from firmware_py.out.outbox import Outbox, OutboxError, OutboxSink
from firmware_py.ports import Clock, Source
from firmware_py.rules import DeskTime, Keeper, load_rulebook
from firmware_py.telephony import Teller, Verb, Word
from firmware_py.types import Finding

STATUS_S: Final = 30.0
"""Seconds between two words to the post on how the ear does; a change is told at once."""
_LOOK_S: Final = 1.0
"""Seconds between two looks at the rulebook's file and at what is wrong."""


class LiveSource(Source, Protocol):
    """A Source that knows why no sound comes."""

    @property
    def problem(self) -> str:
        """One line; empty while sound flows."""
        ...


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the device touches the world."""

    source: Source
    led: Led
    outbox: Outbox
    calls: Teller | None = None
    """Where the phone system or a headset tells of calls; None: calls are only inferred."""
    memory: Memory | None = None
    """Where the agent's usual voice is kept over a restart; None: it is learnt anew."""


class Device:
    """Hears until its source ends; one Device, one stream."""

    def __init__(
        self,
        config: Config,
        ends: Ends,
        clock: Clock,
        *,
        tell: Callable[[str], None],
        language: str = "zh",
        live: bool = True,
        load: Callable[[Path | None], Spotter] = load_spotter,
    ) -> None:
        """Put the parts together.

        Args:
            config: the device's settings.
            ends: sound, light, disk.
            clock: the wall clock.
            tell: takes a line whenever something goes wrong, or is well again.
            language: of the advice.
            live: whether the stream may begin in the midst of a call.
            load: reads the phone model.

        Raises:
            DeskcueError: the rulebook cannot be used.
        """
        self._config, self._ends, self._clock, self._tell = config, ends, clock, tell
        self._keeper = Keeper(config.rulebook)
        spotter, self._deaf = try_spotter(lambda: load(config.model))
        self._model_sha256 = spotter.sha256 if spotter else None
        self._local_time = DeskTime(clock)
        wanted = config.near_misses
        self._near_log = NearLog(wanted.path, wanted.max_lines) if wanted.enabled else None
        self.chain = Chain(
            self._keeper.rulebook,
            spotter,
            self._local_time,
            language=language,
            live=live,
            near_misses=wanted.enabled,
        )
        if ends.memory:
            self.chain.recall(ends.memory.recall())
        self._time = StreamTime()
        self.lamp = Lamp(Glow(), ends.led, self._time)
        self.sink = OutboxSink(ends.outbox, self._stamp())
        self.problems: dict[Fault, str] = {}
        """What is wrong now, one line each."""
        self._profile_problem = self._word_problem = ""
        self._next_look = self._next_status = 0.0

    @property
    def now(self) -> float:
        """Second of the stream, as the light counts it."""
        return self._time()

    def listen(self) -> Generator[list[Finding]]:
        """Hear Block after Block; give the Findings of each, shown and on disk by then."""
        self.lamp.start()
        try:
            for block in self._ends.source:
                findings = self._told() + self.chain.feed(block)
                if len(block.pcm):
                    self._local_time.heard(self.chain.seconds)
                    self._time.heard(self.chain.seconds)
                for finding in findings:
                    self._put_out(finding)
                if self._near_log:
                    self._near_log.hear(self.chain.observed, self._clock.now())
                self._sum_up()
                self._look_after()
                yield findings
        finally:
            self.lamp.close()
            self.sink.flush()
            self._remember()
            if self.sink.waiting:
                self._tell(f"{self.sink.waiting} events are lost: {self.sink.problem}")

    def _remember(self) -> None:
        if self._ends.memory:
            self._ends.memory.keep(self.chain.learnt)

    def _put_out(self, finding: Finding) -> None:
        self.lamp.accept(finding)
        self.sink.stamp = self._stamp()
        self.sink.accept(finding)

    def _sum_up(self) -> None:
        while self.chain.ended:
            self.sink.stamp = self._stamp()
            self.sink.summarise(self.chain.ended.popleft())

    def _stamp(self) -> Stamp:
        rulebook = self.chain.rulebook
        return Stamp(
            desk=self._config.desk,
            rulebook=rulebook.name,
            rulebook_version=rulebook.version,
            rulebook_sha256=rulebook.sha256,
            model_sha256=self._model_sha256,
            began=self._clock.now() - self.chain.seconds,
        )

    def _told(self) -> list[Finding]:
        """What follows from what the phone system told."""
        if self._ends.calls is None:
            return []
        findings: list[Finding] = []
        for word in self._ends.calls.words():
            if word.verb is Verb.START:
                self._choose(word)
            findings += self.chain.told(word)
        return findings

    def _choose(self, word: Word) -> None:
        """Take the rulebook of a call that starts."""
        rulebook, self._profile_problem = self._keeper.rulebook, ""
        if word.profile:
            try:
                rulebook = load_rulebook(word.profile)
            except DeskcueError as error:
                self._profile_problem = f"{error}; the call goes on with {rulebook.name}"
        if rulebook.sha256 != self.chain.rulebook.sha256:
            self.chain.take(rulebook)

    def _look_after(self) -> None:
        now = self.now
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_S
        before = self._keeper.rulebook.sha256
        if self._keeper.refresh() and self.chain.rulebook.sha256 == before:
            self._take_up()
        if self.sink.waiting:
            self.sink.flush()
        if self._compare(self._wrong()) or now >= self._next_status:
            self._next_status = now + STATUS_S
            self._remember()
            self._leave_word()

    def _take_up(self) -> None:
        """Go on with the rulebook's file as it is now."""
        if self._keeper.rulebook.sha256 != self.chain.rulebook.sha256:
            self.chain.take(self._keeper.rulebook)
            self._tell(f"rulebook {self.chain.rulebook.name} taken up anew")

    def _wrong(self) -> Mapping[Fault, str]:
        """Everything that is wrong now."""
        muted = [f"detector {name} is muted: {why}" for name, why in self.chain.failures.items()]
        found = {
            Fault.MICROPHONE: getattr(self._ends.source, "problem", "") or self._microphone(),
            Fault.MODEL: self._deaf and f"{self._deaf}; going on without phrases",
            Fault.DISK: self.sink.problem
            or self._word_problem
            or self._ends.outbox.problem
            or (self._ends.memory.problem if self._ends.memory else "")
            or (self._near_log.problem if self._near_log else ""),
            Fault.DETECTOR: "; ".join(muted),
            Fault.RULEBOOK: self._keeper.problem or self._profile_problem,
        }
        return {fault: line for fault, line in found.items() if line}

    def _microphone(self) -> str:
        what = self.chain.microphone
        return f"the agent's microphone is faulty: {what}; check plug and headset" if what else ""

    def _compare(self, wrong: Mapping[Fault, str]) -> bool:
        """Tell and show what has changed; whether anything has."""
        changed = False
        for fault in Fault:
            line, before = wrong.get(fault, ""), self.problems.get(fault, "")
            if line == before:
                continue
            changed = True
            self._tell(line or f"well again: {before}")
            self.lamp.fault(fault, present=bool(line))
        self.problems = dict(wrong)
        return changed

    def _leave_word(self) -> None:
        """Tell the post how the ear does, through the outbox."""
        word = {
            "at": round(self._clock.now(), 1),
            "seconds": round(self.chain.seconds, 1),
            "findings": self.sink.accepted,
            "waiting": self.sink.waiting,
            "lost_events": self.sink.lost,
            "lost_blocks": self.chain.lost_blocks,
            "faults": {fault.name.lower(): line for fault, line in self.problems.items()},
            "light": self.lamp.problem,
            "rulebook": self.chain.rulebook.name,
            "rulebook_version": self.chain.rulebook.version,
            "model_sha256": self._model_sha256,
        }
        try:
            self._ends.outbox.put_status("ear", word)
        except OutboxError as error:
            self._word_problem = str(error)
        else:
            self._word_problem = ""
