"""What ``scripts/bench`` measured, as figures for the page of measurements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from lab.results import Result, Target, at_most, slug

QUESTION: Final = "cost"
HEARING: Final = ("spectra", "phone_model", "phrases")
"""Stages from sound to phrases."""
RULES: Final = ("rules",)
MANY: Final = 500
"""Made-up phrases that are listened for besides the rulebook's own."""
_PERCENTILES: Final = {
    50: ("median", "median"),
    95: ("p95", "95th percentile"),
    100: ("most", "at most"),
}


@dataclass(frozen=True, slots=True)
class Costs:
    """What ``--json`` prints."""

    machine: str
    python: str
    seconds: float
    """Audio that the CPU figures were taken over."""
    stages: dict[str, float]
    """CPU ms per second of audio."""
    chain: float
    """The same for the production chain as a whole, both channels."""
    mel: float
    """The same for the log-mel energies of one channel, in turns with the chain."""
    ratio: float
    """Chain over mel: the figure to compare between machines, and on one whose speed varies."""
    many: float
    """The chain with ``MANY`` phrases more over the chain."""
    peak_mb: float
    """VmHWM of a process of its own that does an ear's work for a call."""
    delays_ms: tuple[float, ...]
    """From the end of a spoken phrase to the cue, for several cuts into Blocks."""
    delays_of_voices_ms: tuple[float, ...]
    """The same of banned phrases by neural voices that end an utterance, for one cut each."""
    delays_amid_ms: tuple[float, ...]
    """The same where talk goes on at once."""
    delays_of_people_ms: tuple[float, ...]
    """From the end of a sentence to the hit of its last syllables, people at own microphones."""


def figures(costs: Costs) -> Iterator[Result]:
    """Give every cost, and the delay of a cue."""
    mel = f"log-mel of one channel: {costs.mel:.2f} ms"
    chain = "Whole chain, two channels, CPU per second of audio"
    yield _cost("cost.chain", chain, costs.chain, "ms", None, mel)
    over = "Whole chain over the log-mel of one channel"
    yield _cost("cost.chain.over_mel", over, costs.ratio, "times", at_most(5))
    over = f"{MANY} made-up phrases over the rulebook's own, whole chain"
    yield _cost("cost.phrases_500", over, costs.many, "times", at_most(1.3))
    hearing = sum(costs.stages[name] for name in HEARING)
    over = "Mel, model and search over the log-mel"
    yield _cost("cost.hearing.over_mel", over, hearing / costs.mel, "times", at_most(2.5))
    detectors = [ms for name, ms in costs.stages.items() if name not in HEARING + RULES]
    yield _cost(
        "cost.detectors",
        "Levels, voice, pitch and all detectors but phrases",
        sum(detectors),
        "ms",
        at_most(3),
    )
    for name, ms in costs.stages.items():
        yield _cost(f"cost.stage.{slug(name)}", f"Stage {name}", ms, "ms")
    memory = "Peak memory of an ear at work with light and outbox"
    yield _cost("cost.memory", memory, costs.peak_mb, "MB", at_most(75))
    yield from _delays("cue", "a phrase", costs.delays_ms, "places in a Block", 100)
    for name, ends, heard in (
        ("voices", "ends an utterance", costs.delays_of_voices_ms),
        ("amid", "is followed by talk at once", costs.delays_amid_ms),
    ):
        phrase = f"a phrase by a neural voice that {ends}"
        yield from _delays(name, phrase, heard, "phrases", 95)
    phrase = "a sentence by somebody at an own microphone"
    yield from _delays("people", phrase, costs.delays_of_people_ms, "sentences", 95)


def _cost(
    name: str, title: str, value: float, unit: str, target: Target | None = None, remarks: str = ""
) -> Result:
    return Result(
        id=name,
        question=QUESTION,
        title=title,
        value=value,
        unit=unit,
        target=target,
        remarks=remarks,
    )


def _delays(
    name: str, phrase: str, heard: tuple[float, ...], of: str, most: int
) -> Iterator[Result]:
    """How long a cue takes, median and another percentile; nothing where none was heard."""
    for percent in (50, most) if heard else ():
        short, word = _PERCENTILES[percent]
        yield Result(
            id=f"delay.{name}.{short}",
            question="delay",
            title=f"From the end of {phrase} to its cue, {word}",
            value=float(np.percentile(heard, percent)),
            unit="ms",
            n=len(heard),
            of=of,
            target=at_most(250) if percent == most else None,
        )
