"""Measures the pauses that the standard asks for: ``scripts/evaluate pauses``.

Between two sentences of the standard lies a pause of known length; what the rule takes for it is
the time from the end of the one phrase to the start of the other, as the phrase search tells them.
Tolerances come from voices that the phone model learnt from; what is reported, are the others.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from firmware_py.core.types import RATE
from firmware_py.detectors.phrases import Phrases
from firmware_py.device.pipeline import pronunciations_in
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import Rule, load_rulebook
from firmware_py.rules.rulebook import Sequence
from lab.evaluation.clearness import posteriors
from lab.evaluation.sounds import Sound, at_level, room
from lab.scenarios.joined import UNHEARD, recordings_of
from lab.scenarios.reading import Line
from lab.scenarios.voices import Real, Synthetic, Voice
from lab.training.voices import HELD_OUT, variants

SAID: Final = (
    ("10086", "B1-pause", "请问我刚才给您的解释您明白吗", "请稍候为我的服务进行评价"),
    ("10086", "B1-pause", "请问我刚才给您的解释您明白吗", "感谢您使用中国移动"),
    ("10086", "B2-pause", "请问我的答复能否解决您的问题", "感谢您使用中国移动"),
    ("complaint", "B3-pause", "请问我的答复能否解决您的问题", "请您不要挂机"),
    ("12580", "B4-pause", "请问您还有其他需要吗", "祝您心情愉快"),
    ("10086", "C11-pause", "上午好,中国移动,很高兴为您服务", "请问您需要咨询移动业务吗"),
)
"""Rulebook, rule, and the sentences before and after the pause."""
ASKED: Final = {"C11-pause": 3.0}
"""Seconds that the standard asks for; 2 elsewhere."""
OFF: Final = (-0.2, -0.1, 0.0, 0.1, 0.2)
"""Seconds by which the pauses differ from that."""
SPEEDS: Final = (150, 200)
LEVEL_DB: Final = -28.0


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause that was heard."""

    voice: str
    rule: str
    true: float
    """Seconds."""
    measured: float | None
    """Seconds, or None: one of the phrases was not heard."""
    limit: float
    """Seconds up to which the rule blames."""

    @property
    def error(self) -> float:
        """Measured over true, in seconds; NaN if it was not measured."""
        return np.nan if self.measured is None else self.measured - self.true


def main(audio: Path, rest: list[str]) -> None:
    """Print how far pauses are misheard, for each voice and each rule, and who is blamed."""
    argparse.ArgumentParser(prog="scripts/evaluate pauses", description=__doc__).parse_args(rest)
    console = Console(width=110)
    known: dict[str, Voice] = {name: Synthetic(name) for name in variants()[2::12]}
    known |= {name: Real(recordings_of(audio, name)) for name in ("cw", "pd")}
    unheard: dict[str, Voice] = {name: Synthetic(name) for name in HELD_OUT}
    unheard[UNHEARD] = Real(recordings_of(audio, UNHEARD))
    for title, voices in (("voices known to the model", known), ("unheard voices", unheard)):
        heard = [*track(_pauses(voices), title, _count(voices), console=console)]
        console.print(_table(title, "voice", {name: _of(heard, voice=name) for name in voices}))
        rules = {rule: _of(heard, rule=rule) for _, rule, *_ in SAID}
        console.print(_table(title, "rule", rules))


def _count(voices: Mapping[str, Voice]) -> int:
    return len(voices) * len(SPEEDS) * len(SAID) * len(OFF)


def _of(heard: list[Pause], voice: str = "", rule: str = "") -> list[Pause]:
    return [one for one in heard if voice in ("", one.voice) and rule in ("", one.rule)]


def _pauses(voices: Mapping[str, Voice]) -> Iterator[Pause]:
    phone_model = load_phone_model()
    for profile, rule_id, before, after in SAID:
        book = load_rulebook(profile)
        (rule,) = [rule for rule in book.rules if rule.id == rule_id]
        phrases = Phrases(pronunciations_in(book))
        for name, voice in voices.items():
            for speed in SPEEDS:
                first, second = (voice(Line(say=text, speed=speed)) for text in (before, after))
                for off in OFF:
                    true = ASKED.get(rule_id, 2.0) + off
                    measured = _measured(_joined(first, second, true), rule, phrases, phone_model)
                    assert isinstance(rule.kind, Sequence)
                    yield Pause(name, rule_id, true, measured, rule.kind.within_s)


def _joined(before: Sound, after: Sound, seconds: float) -> Sound:
    half = RATE // 2
    parts = [np.zeros(half), before, np.zeros(round(seconds * RATE)), after, np.zeros(2 * half)]
    sound = at_level(np.concatenate(parts), LEVEL_DB)
    return sound + room(len(sound), -70.0, np.random.default_rng(1))


def _measured(sound: Sound, rule: Rule, phrases: Phrases, phone_model: PhoneModel) -> float | None:
    assert isinstance(rule.kind, Sequence)
    first, then = rule.kind.steps
    phrases.reset()
    said = phrases.hear(posteriors(sound, phone_model))
    ends = [one.end for one in said if first.matches(one)]
    starts = [one.start for one in said if then.matches(one)]
    return starts[0] - ends[-1] if ends and starts and starts[0] > ends[-1] else None


def _table(title: str, head: str, groups: Mapping[str, list[Pause]]) -> Table:
    table = Table(head, "measured", "error, mean", "least to most", title=title)
    for off in OFF:
        table.add_column(f"{off:+.1f} s", justify="right")
    for name, group in groups.items():
        errors = np.array([one.error for one in group if one.measured is not None])
        told = ["", ""]
        if len(errors):
            told = [f"{errors.mean():+.2f}", f"{errors.min():+.2f} to {errors.max():+.2f}"]
        blamed = [_blamed(group, off) for off in OFF]
        table.add_row(name, f"{len(errors)} of {len(group)}", *told, *blamed)
    return table


def _blamed(group: list[Pause], off: float) -> str:
    """Share of the measured pauses, so far off what is asked for, that the rule blames."""
    own = [
        one
        for one in group
        if one.measured is not None and np.isclose(one.true - ASKED.get(one.rule, 2.0), off)
    ]
    blamed = [one.measured is not None and one.measured <= one.limit for one in own]
    return f"{np.mean(blamed):.0%}" if blamed else ""
