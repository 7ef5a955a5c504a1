"""Interruption: generated calls, what was there against what was heard."""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.interruption import Interruption
from lab.evaluation.calls import Call, Maker, voices
from lab.evaluation.hearing import frames, listen, said
from lab.evaluation.plot import Sweep, shares
from lab.results import Result, at_least, at_most, share

SCENES = ("interruption.agent", "interruption.caller", "backchannel", "collision", "turns")
NEAR_S = 0.4
"""Seconds by which a heard onset may miss the true one."""


NAMES = {
    "interruption.agent": "Agent interrupts",
    "interruption.caller": "Caller interrupts",
    "backchannel": "Backchannel",
    "collision": "Collision",
}
QUESTION = "interruption"


@dataclass(frozen=True, slots=True)
class Rates:
    """How well one sort of event is heard."""

    there: int
    recall: float
    precision: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.recall * self.precision / max(1e-9, self.recall + self.precision)


def measure(audio: Path, wanted: argparse.Namespace) -> Iterator[Result]:
    """Generated calls: what was there against what was heard."""
    rng = np.random.default_rng(wanted.seed)
    maker = Maker(voices(audio, wanted.half), rng)
    tally: Counter[tuple[str, str]] = Counter()
    for _ in range(wanted.calls):
        call = maker.call([str(scene) for scene in rng.permutation(SCENES)])
        score(call, listen(Interruption(), maker.sound(call, maker.conditions())), tally)
    for name in SCENES[:-1]:
        yield from _figures(name, rates(tally, name))
    yield share(
        "interruption.backchannels_flagged",
        QUESTION,
        "Backchannels taken for interruptions",
        tally["backchannel", "interruption.agent"],
        tally["backchannel", "there"],
        "backchannels",
        target=at_most(2),
    )
    false, hours = _calm(maker, wanted.calls // 2)
    yield Result(
        id="interruption.false_per_hour",
        question=QUESTION,
        title="False interruptions in calm calls",
        value=false / hours,
        unit="FA/h",
        n=hours,
        of="h",
        target=at_most(1),
    )


def _figures(name: str, rates: Rates) -> Iterator[Result]:
    for what, value in (("F1", rates.f1), ("recall", rates.recall), ("precision", rates.precision)):
        yield Result(
            id=f"interruption.{name.removeprefix('interruption.')}.{what.lower()}",
            question=QUESTION,
            title=f"{NAMES[name]}: {what}",
            value=value,
            n=rates.there,
            of="events",
            target=at_least(0.95) if what == "F1" else None,
        )


OVER_S = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2)
"""Seconds spoken together that are tried."""


def sweep(audio: Path, half: int, most: int, seed: int) -> Sweep:
    """What asking for less or more seconds spoken together would do."""
    rng = np.random.default_rng(seed)
    maker = Maker(voices(audio, half), rng)
    tallies: dict[float, Counter[tuple[str, str]]] = {over_s: Counter() for over_s in OVER_S}
    for _ in range(most):
        call = maker.call([str(scene) for scene in rng.permutation(SCENES)])
        heard = list(frames(maker.sound(call, maker.conditions())))
        for over_s, tally in tallies.items():
            score(call, said(Interruption(over_s=over_s), heard), tally)
    agent = "interruption.agent"
    figures = [rates(tally, agent) for tally in tallies.values()]
    return Sweep(
        title=f"interruption by the agent: {most} generated calls, half {half}, seed {seed}",
        across="over_s: seconds that both must go on",
        values=list(OVER_S),
        lines={
            "recall": [one.recall for one in figures],
            "precision": [one.precision for one in figures],
            "F1": [one.f1 for one in figures],
        },
        wrong={"backchannels flagged": shares(tallies, "backchannel", agent)},
        chosen=Interruption().over_s,
    )


def _calm(maker: Maker, calls: int) -> tuple[int, float]:
    """Interruptions heard in calls without any, and the hours of those calls."""
    false, hours = 0, 0.0
    for _ in range(calls):
        call = maker.call(["turns", "backchannel", "turns", "turns"])
        pcm = maker.sound(call, maker.conditions())
        seen = listen(Interruption(), pcm)
        false += sum(one.name == "interruption.agent" for one in seen)
        hours += len(pcm) / RATE / 3_600
    return false, hours


def score(call: Call, seen: list[Observation], tally: Counter[tuple[str, str]]) -> None:
    """Count, for each sort of event, those that are there, hit, or taken for another one."""
    left = [one for one in seen if one.name != "interruption.serious"]
    for name, onset in call.truth:
        tally[name, "there"] += 1
        near = [one for one in left if abs(one.start - onset) <= NEAR_S]
        hit = next((one for one in near if one.name == name), None)
        if hit is not None:
            tally[name, "hit"] += 1
            left.remove(hit)
        for one in near:
            if one is not hit:
                tally[name, one.name] += 1
    for one in left:
        tally[one.name, "false"] += 1


def rates(tally: Counter[tuple[str, str]], name: str) -> Rates:
    """Give recall and precision of one sort of event."""
    there, hit, false = (tally[name, what] for what in ("there", "hit", "false"))
    return Rates(there, hit / max(1, there), hit / max(1, hit + false))
