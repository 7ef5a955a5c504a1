"""CPU time of the chain: stage by stage, as a whole, and over a reference."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, TypeVar

from firmware_py.core.ports import Detector
from firmware_py.core.types import AGENT, HOPS_PER_SECOND, Block, Observation
from firmware_py.detectors import DETECTORS
from firmware_py.detectors.phrases import Phrases
from firmware_py.hearing.feature_extractor import FeatureExtractor, Stages
from firmware_py.hearing.lattice import pronunciations_of
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import Rulebook, Rules, load_rulebook
from firmware_py.settings.config import Config
from lab.bench.chain import LiveChain, build_pipeline
from lab.bench.costs import MANY

In = TypeVar("In")
Out = TypeVar("Out")
REFERENCE: Final = 960
"""Samples of which log-mel as a reference is taken at once, whatever the length of Blocks."""


class Stopwatch:
    """Adds up CPU time by name."""

    def __init__(self) -> None:
        self.ns: dict[str, int] = defaultdict(int)

    def time(self, name: str, work: Callable[[In], Out], item: In) -> Out:
        """Do the work on the name's account."""
        start = time.thread_time_ns()
        result = work(item)
        self.ns[name] += time.thread_time_ns() - start
        return result


class Timed:
    """A stage with a stopwatch around it."""

    def __init__(self, watch: Stopwatch, name: str, stage: Any) -> None:
        self._watch, self._name, self._stage = watch, name, stage

    def feed(self, *items: Any) -> Any:
        """Feed the stage on its account."""
        return self._watch.time(self._name, lambda given: self._stage.feed(*given), items)

    def branch(self) -> Any:
        """Give a way to ask on the side, for nothing."""
        return self._stage.branch()

    def reset(self) -> None:
        """Reset the stage."""
        self._stage.reset()


def cost_of_stages(blocks: list[Block]) -> dict[str, int]:
    """CPU ns of every stage over all Blocks, each on its own."""
    watch = Stopwatch()
    stages = Stages(phone_model=load_phone_model())
    timed = {one.name: Timed(watch, one.name, getattr(stages, one.name)) for one in fields(Stages)}
    extractor = FeatureExtractor(stages=Stages(**timed))
    rulebook = load_rulebook(Config().rulebook)
    listeners = build_detectors(rulebook)
    rules = Rules(rulebook)
    for block in blocks:
        features = extractor.feed(block)
        observations: list[Observation] = []
        for name, detector in listeners.items():
            observations += watch.time(name, detector.feed, features)
        for observation in sorted(observations, key=lambda o: (o.at, o.name)):
            watch.time("rules", rules.feed, observation)
        watch.time("rules", rules.advance, (features.start + features.hops) / HOPS_PER_SECOND)
    return watch.ns


def cost_of_chain(blocks: list[Block]) -> tuple[int, int, int]:
    """CPU ns over all Blocks: the whole chain, that with many phrases, one channel's log-mel."""
    chain, many, mel = LiveChain(build_pipeline()), LiveChain(build_pipeline(MANY)), LogMel()
    other, watch = build_pipeline(), Stopwatch()
    for block in blocks:
        watch.time("chain", chain.feed, block)
        watch.time("many", many.feed, block)
        other.feed(block)  # so that log-mel finds the caches as a chain leaves them, every time
        for start in range(0, len(block.pcm), REFERENCE):
            watch.time("mel", mel.feed, block.pcm[start : start + REFERENCE, AGENT])
    return watch.ns["chain"], watch.ns["many"], watch.ns["mel"]


def build_detectors(rulebook: Rulebook) -> dict[str, Detector]:
    """All detectors, whether or not the rulebook names them, and all its phrases."""
    pronunciations = [
        pronunciation
        for p in rulebook.phrases
        for pronunciation in pronunciations_of(p.id, p.say, p.threshold)
    ]
    return {name: made() for name, made in DETECTORS.items()} | {"phrases": Phrases(pronunciations)}
