"""The composition root: from a Block to a StepResult, the same for a live call and for a file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from firmware_py.calls.life import CallLife
from firmware_py.calls.signals import CallSignal
from firmware_py.calls.summarizer import CallSummarizer
from firmware_py.core.ports import Learner
from firmware_py.core.types import (
    CALLER,
    HOPS_PER_SECOND,
    RATE,
    Block,
    Features,
    Finding,
    Observation,
    StepResult,
)
from firmware_py.detectors.caller_phrases import CallerPhrases
from firmware_py.detectors.phrases import Phrases
from firmware_py.device.detector_set import (
    NEAR_MISSES,
    PHRASES,
    build_detectors,
    pronunciations_in,
)
from firmware_py.device.listening import Listening
from firmware_py.device.sound_faults import SoundFaults
from firmware_py.hearing.adaptation import Adaptation
from firmware_py.hearing.feature_extractor import FeatureExtractor
from firmware_py.hearing.load_shedding import PhoneStream, SheddingPhoneModel
from firmware_py.rules import LocalTime, Rulebook, Rules
from firmware_py.rules.rulebook import Speaker
from firmware_py.settings.config import Listen

ADAPTATION: Final = "adaptation"
"""Name of what was learnt for the phone model, beside what detectors have learnt."""


class Pipeline:
    """Takes a Block, gives a StepResult: features, detectors, the life of the call, rules."""

    def __init__(
        self,
        rulebook: Rulebook,
        phone_model: PhoneStream | None,
        local_time: LocalTime,
        *,
        language: str = "zh",
        live: bool = False,
        near_misses: bool = False,
        adapt: bool = True,
        listen: Listen = Listen.ALWAYS,
    ) -> None:
        """Put the parts together.

        Args:
            rulebook: what to listen for, and what to say about it.
            phone_model: the phone model; None leaves out phrases and the rules that wait for them.
            local_time: the desk's local time at a second of the stream.
            language: of the advice, ``zh`` or ``en``.
            live: whether the stream may begin in the midst of a call.
            near_misses: whether to observe, too, what almost was a phrase.
            adapt: whether the phone model is fitted to the agent's voice.
            listen: when phrases are searched.
        """
        self._near_misses = near_misses
        self._phone_model = SheddingPhoneModel(phone_model) if phone_model else None
        self._adaptation = (
            Adaptation(self._phone_model, self._phone_model.colour)
            if self._phone_model and adapt
            else None
        )
        self._extractor = FeatureExtractor(self._adaptation or self._phone_model)
        self._local_time = local_time
        self._language = language
        self._calls = CallLife(live=live)
        self._listening = Listening(listen)
        self._summarizer = CallSummarizer()
        self.sound_faults = SoundFaults()
        self._heard = 0
        self._next_seq: int | None = None
        self._caller_phrases: CallerPhrases | None = None
        self.lost_blocks = 0
        """Blocks that the source lost, as their numbers show."""
        self.rulebook = self._usable(rulebook)
        self._detectors = build_detectors(self.rulebook, self._near_misses)
        self._caller_phrases = self._listen_to_caller()
        self._rules = Rules(self.rulebook, local_time, language)

    def replace_rulebook(self, rulebook: Rulebook) -> None:
        """Go on with another rulebook, in the midst of a call too.

        Rules remember the call; a detector whose settings stay the same goes on.
        """
        rulebook = self._usable(rulebook)
        before, learnt = {isolated.name: isolated for isolated in self._detectors}, self.snapshot()
        self._detectors = build_detectors(rulebook, self._near_misses)
        for name, learner in self._learning_detectors():
            learner.restore(learnt.get(name, {}))
        self._detectors = [
            before[isolated.name] if self._same(isolated.name, rulebook) else isolated
            for isolated in self._detectors
        ]
        for part in self.sound_faults.found:
            if not self._same(part, rulebook):
                self.sound_faults.found[part] = ""
        self.rulebook = rulebook
        self._caller_phrases = self._listen_to_caller()
        self._rules.replace_rulebook(rulebook)

    def _listen_to_caller(self) -> CallerPhrases | None:
        """Listen for the caller's words if a rule asks for them; go on if one did already."""
        pronunciations = pronunciations_in(self.rulebook, Speaker.CALLER)
        if not pronunciations or not self._phone_model:
            return None
        before = self._caller_phrases
        return (
            before
            if before and before.pronunciations == tuple(pronunciations)
            else CallerPhrases(self._phone_model, pronunciations, self.seconds)
        )

    def _usable(self, rulebook: Rulebook) -> Rulebook:
        """The rulebook, without phrases if there is no phone model to hear them."""
        return rulebook if self._phone_model else rulebook.without_phrases()

    def _same(self, detector: str, rulebook: Rulebook) -> bool:
        """Whether a detector would be the same with another rulebook."""
        if detector in (PHRASES, NEAR_MISSES):
            mine = self.rulebook
            return (rulebook.phrases, rulebook.accent) == (mine.phrases, mine.accent)
        settings = self.rulebook.detectors.get(detector)
        return settings is not None and settings == rulebook.detectors.get(detector)

    def snapshot(self) -> dict[str, Mapping[str, float]]:
        """What was learnt of the agent, for whoever keeps it."""
        return {name: learner.snapshot() for name, learner in self._learners()}

    def restore(self, learnt: Mapping[str, Mapping[str, float]]) -> None:
        """Go on with an earlier snapshot."""
        for name, learner in self._learners():
            learner.restore(learnt.get(name, {}))

    def _learners(self) -> Iterator[tuple[str, Learner]]:
        if self._adaptation:
            yield ADAPTATION, self._adaptation
        yield from self._learning_detectors()

    def _learning_detectors(self) -> Iterator[tuple[str, Learner]]:
        for isolated in self._detectors:
            if isinstance(isolated.detector, Learner):
                yield isolated.name, isolated.detector

    @property
    def seconds(self) -> float:
        """Seconds of stream heard, whole hops."""
        return self._heard / HOPS_PER_SECOND

    @property
    def failures(self) -> dict[str, str]:
        """Detectors that are muted, and why."""
        return {isolated.name: isolated.failure for isolated in self._detectors if isolated.failure}

    @property
    def urgent(self) -> bool:
        """Whether the agent may be in the midst of a phrase, so that what comes cannot wait."""
        return any(
            isinstance(isolated.detector, Phrases) and isolated.detector.begun
            for isolated in self._detectors
        )

    def shed(self, *, on: bool) -> None:
        """Leave the phone model and its search out from here on, or take them up again."""
        if self._phone_model:
            self._phone_model.shedding.on = on

    @property
    def shed_s(self) -> float:
        """Seconds of sound for which phrases were left out so far."""
        return self._phone_model.shedding.seconds if self._phone_model else 0.0

    def listen_when(self, listen: Listen) -> None:
        """Search phrases at other times from here on."""
        self._listening.listen = listen

    def feed(self, item: Block) -> StepResult:
        """Hear one Block and return what came of it."""
        self._count(item)
        item = self._listening.block(item)
        features = self._extractor.feed(item)
        words = self._listening.caller(item.pcm[:, CALLER])
        caller = self._caller_phrases.feed(words) if self._caller_phrases else []
        self._heard += features.hops
        self._summarizer.listen(features)
        observations = self._calls.infer(self._observe(features, caller))
        self.sound_faults.hear(observations)
        found = self._apply(observations)
        found += self._summarizer.count(self._charged(self._rules.advance(self.seconds)))
        return self._result(features, observations, found)

    def signal(self, signal: CallSignal, behind_s: float = 0.0) -> StepResult:
        """Take a signal of the phone system and return what came of it.

        It came when ``behind_s`` seconds of sound were waiting to be fed.
        """
        self._listening.signal(signal, round(behind_s * RATE))
        observations = self._calls.hear(signal, self.seconds)
        return self._result(None, observations, self._apply(observations))

    def reset(self) -> None:
        """Forget everything."""
        self._extractor.reset()
        self._calls.reset()
        self._listening.reset()
        self._summarizer.reset()
        self._heard = 0
        self._next_seq, self.lost_blocks = None, 0
        self._detectors = build_detectors(self.rulebook, self._near_misses)
        self.sound_faults = SoundFaults()
        if self._caller_phrases:
            self._caller_phrases.reset()
        self._rules.reset()

    def _count(self, block: Block) -> None:
        if self._next_seq is not None:
            self.lost_blocks += max(0, block.seq - self._next_seq)
        self._next_seq = block.seq + block.joined

    def _observe(self, features: Features, caller: Iterable[Observation]) -> list[Observation]:
        """What all detectors hear; sorted, so that nothing depends on how the sound was cut."""
        searched = self._listening.phrases(features)
        heard = [
            observation
            for one in self._detectors
            for observation in one.feed(
                searched if one.name in (PHRASES, NEAR_MISSES) else features, self.seconds
            )
        ]
        return sorted([*heard, *caller], key=lambda one: (one.at, one.name))

    def _apply(self, observations: Iterable[Observation]) -> list[Finding]:
        found: list[Finding] = []
        for observation in observations:
            charged = self._charged(self._rules.feed(observation))
            found += self._summarizer.follow(observation, charged)
        return found

    def _charged(self, findings: list[Finding]) -> list[Finding]:
        """What may be said; of one mix on both channels nobody knows whose doing anything was."""
        mixed = self.sound_faults.found["channels"] == "same"
        return [one for one in findings if one.kind == "fault"] if mixed else findings

    def _result(
        self,
        features: Features | None,
        observations: Iterable[Observation],
        findings: Iterable[Finding],
    ) -> StepResult:
        summaries = self._summarizer.take_ended()
        return StepResult(features, tuple(observations), tuple(findings), summaries)
