"""Measures the pauses that the standard asks for: ``scripts/evaluate pauses``.

Between two sentences of the standard lies a pause of known length; what the rule takes for it is
the time from the end of the one phrase to the start of the other, as the phrase search tells them.
Tolerances come from voices that the phone model learnt from; what is reported, are the others.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import track

from firmware_py.core.types import RATE
from firmware_py.detectors.phrases import Phrases
from firmware_py.device.detector_set import pronunciations_in
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import Rule, load_rulebook
from firmware_py.rules.kinds import Sequence
from lab.evaluation.clearness import posteriors
from lab.evaluation.sounds import Sound, at_level, room
from lab.results import Measured, Result, at_most, share, slug
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
QUESTION: Final = "pauses"


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


def main(audio: Path, rest: list[str]) -> Iterator[Measured]:
    """Measure how far pauses are misheard, for each rule and each voice, and who is blamed."""
    parser = argparse.ArgumentParser(prog="scripts/evaluate pauses", description=__doc__)
    parser.add_argument("--known", action="store_true", help="voices that limits are chosen on")
    wanted = parser.parse_args(rest)
    voices = _known(audio) if wanted.known else _unheard(audio)
    count = len(voices) * len(SPEEDS) * len(SAID) * len(OFF)
    heard = [*track(_pauses(voices), "pauses", count, transient=True)]
    yield Measured(tuple(_figures(heard, voices)))


def _known(audio: Path) -> dict[str, Voice]:
    synthetic: dict[str, Voice] = {name: Synthetic(name) for name in variants()[2::12]}
    return synthetic | {name: Real(recordings_of(audio, name)) for name in ("cw", "pd")}


def _unheard(audio: Path) -> dict[str, Voice]:
    synthetic: dict[str, Voice] = {name: Synthetic(name) for name in HELD_OUT}
    return synthetic | {UNHEARD: Real(recordings_of(audio, UNHEARD))}


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


def _figures(heard: list[Pause], voices: Iterable[str]) -> Iterator[Result]:
    rules = {rule: _of(heard, rule=rule) for _, rule, *_ in SAID}
    for rule, group in rules.items():
        yield from _error(f"pauses.{slug(rule)}", rule, group)
    for rule, group in rules.items():
        yield from (one for off in OFF if off <= 0 for one in _blamed(rule, group, off))
    for name in voices:
        yield from _error(f"pauses.voice.{slug(name)}", name, _of(heard, voice=name))


def _error(name: str, conditions: str, group: list[Pause]) -> Iterator[Result]:
    errors = np.array([one.error for one in group if one.measured is not None])
    if len(errors):
        yield Result(
            id=f"{name}.error",
            question=QUESTION,
            title="Error of a pause, mean",
            value=float(errors.mean()),
            unit="s",
            n=len(errors),
            of=f"of {len(group)} pauses",
            conditions=conditions,
            remarks=f"{errors.min():+.2f} to {errors.max():+.2f} s",
        )


def _blamed(rule: str, group: list[Pause], off: float) -> Iterator[Result]:
    """How many of the measured pauses, so far off what is asked for, the rule blames."""
    asked = ASKED.get(rule, 2.0)
    own = [one for one in group if one.measured is not None and np.isclose(one.true - asked, off)]
    if own:
        yield share(
            f"pauses.{slug(rule)}.blamed." + (f"short_{-off:g}" if off else "kept"),
            QUESTION,
            f"Blamed, {-off:g} s too short" if off else "Blamed though kept",
            sum(one.measured is not None and one.measured <= one.limit for one in own),
            len(own),
            "pauses",
            target=None if off else at_most(0),
            conditions=rule,
        )
