"""Interruption: generated calls, what was there against what was heard."""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from rich.table import Table

from firmware_py.core.types import RATE, Observation
from firmware_py.detectors.interruption import Interruption
from lab.evaluation.calls import Call, Maker, voices
from lab.evaluation.hearing import frames, listen, said
from lab.evaluation.plot import Sweep, shares

SCENES = ("interruption.agent", "interruption.caller", "backchannel", "collision", "turns")
NEAR_S = 0.4
"""Seconds by which a heard onset may miss the true one."""


def measure(audio: Path, wanted: argparse.Namespace) -> Table:
    """Generated calls: what was there against what was heard."""
    rng = np.random.default_rng(wanted.seed)
    maker = Maker(voices(audio, wanted.half), rng)
    tally: Counter[tuple[str, str]] = Counter()
    for _ in range(wanted.calls):
        call = maker.call([str(scene) for scene in rng.permutation(SCENES)])
        score(call, listen(Interruption(), maker.sound(call, maker.conditions())), tally)
    false, hours = _calm(maker, wanted.calls // 2)
    table = Table(title=f"interruption: {wanted.calls} generated calls, seed {wanted.seed}")
    for head in ("event", "there", "heard", "false", "recall", "precision", "F1"):
        table.add_column(head, justify="left" if head == "event" else "right")
    for name in SCENES[:-1]:
        table.add_row(name, *rates(tally, name))
    flagged = tally["backchannel", "interruption.agent"]
    share = flagged / max(1, tally["backchannel", "there"])
    table.add_row("backchannels taken for interruptions", "", str(flagged), "", f"{share:.1%}")
    table.add_row("false per hour of calm calls", "", f"{false}", "", f"{false / hours:.2f} /h")
    return table


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
    figures = [[float(rate) for rate in rates(tally, agent)[3:]] for tally in tallies.values()]
    recall, precision, f1 = zip(*figures, strict=True)
    return Sweep(
        title=f"interruption by the agent: {most} generated calls, half {half}, seed {seed}",
        across="over_s: seconds that both must go on",
        values=list(OVER_S),
        lines={
            "recall": list(recall),
            "precision": list(precision),
            "F1": list(f1),
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


def rates(tally: Counter[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Give those there, those hit and the false ones; recall, precision and F1."""
    there, hit, false = (tally[name, what] for what in ("there", "hit", "false"))
    recall, precision = hit / max(1, there), hit / max(1, hit + false)
    f1 = 2 * recall * precision / max(1e-9, recall + precision)
    return (
        str(there),
        str(hit),
        str(false),
        f"{recall:.3f}",
        f"{precision:.3f}",
        f"{f1:.3f}",
    )
