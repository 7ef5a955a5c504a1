"""Gathers the timeline of a call while the pipeline hears it."""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Final

import numpy as np

from firmware_py.core.types import (
    HOPS_PER_SECOND,
    BoolArray,
    Cue,
    Finding,
    FloatArray,
    Observation,
    StepResult,
)
from firmware_py.light.pattern import AMBER, RED
from firmware_py.light.scheduler import LightScheduler
from firmware_py.reports.call_timeline import CallTimeline, Glimpse, Mark, Moment, Words
from firmware_py.rules import Rulebook
from firmware_py.rules.clauses import clauses
from firmware_py.rules.kinds import Never, Together, events_of
from firmware_py.rules.vocabulary import is_under

_LOOKS_PER_SECOND: Final = 10
_CUES: Final = {AMBER.name: Cue.AMBER, RED.name: Cue.RED}
_PHRASE: Final = "phrase."
_CALL: Final = "call."


class TimelineBuilder:
    """Collects levels, who speaks, words and Findings; no sound."""

    def __init__(self, rulebook: Rulebook, language: str = "zh") -> None:
        """Begin with nothing; the rulebook says how its phrases are written."""
        self._rulebook = rulebook
        self._language = language
        self._texts = wanted_words(rulebook)
        self._level: list[FloatArray] = []
        self._speaking: list[BoolArray] = []
        self._observed: list[Observation] = []
        self._findings: list[Finding] = []

    def hear(self, result: StepResult) -> None:
        """Take what came of one step."""
        if result.features:
            self._level.append(result.features.level)
            self._speaking.append(result.features.speaking)
        self._observed += (o for o in result.observations if o.name.startswith((_PHRASE, _CALL)))
        self._findings += result.findings

    def call_timeline(self, title: str, began: datetime) -> CallTimeline:
        """Tell what was gathered."""
        level = np.concatenate([np.empty((0, 2), np.float32), *self._level])
        return CallTimeline(
            title=title,
            began=began,
            rulebook=self._rulebook.title.in_language(self._language),
            level=level,
            speaking=np.concatenate([np.empty((0, 2), np.bool_), *self._speaking]),
            marks=tuple(mark_of(finding, self._language) for finding in self._findings),
            words=tuple(self._words()),
            light=tuple(light_of(self._findings, len(level) / HOPS_PER_SECOND)),
            life=tuple(
                Moment(o.name.removeprefix(_CALL), o.start)
                for o in self._observed
                if o.name.startswith(_CALL)
            ),
        )

    def _words(self) -> Iterator[Words]:
        """Words that were said; banned ones are Findings."""
        for observation in self._observed:
            phrase = observation.name.removeprefix(_PHRASE)
            if phrase in self._texts:
                clause = phrase.partition(".")[0]
                yield Words(clause, self._texts[phrase], observation.start, observation.end)


def wanted_words(rulebook: Rulebook) -> dict[str, str]:
    """Id and text of every phrase that no rule bans."""
    banned = {
        name.removeprefix(_PHRASE)
        for rule in rulebook.rules
        if isinstance(rule.kind, Never | Together)
        for _, event in events_of(rule.kind)
        for name in event.names
    }
    return {
        phrase.id: phrase.text
        for phrase in rulebook.phrases
        if not any(is_under(phrase.id, name) for name in banned)
    }


def mark_of(finding: Finding, language: str = "zh") -> Mark:
    """Put a Finding into words for people: the title of its clause, or else its advice."""
    title = clauses()[finding.clause].in_language(language) if finding.clause else finding.advice
    return Mark(
        clause=finding.clause or finding.rule,
        title=title,
        advice=finding.advice,
        cue=finding.cue,
        start=finding.start,
        end=finding.end,
        at=finding.at,
    )


def light_of(findings: Iterable[Finding], seconds: float) -> Iterator[Glimpse]:
    """Tell what the desk light says, from the first second to the last."""
    scheduler, coming = (
        LightScheduler(),
        sorted(findings, key=lambda finding: finding.at, reverse=True),
    )
    shown: list[Cue] = []
    for look in range(math.ceil(seconds * _LOOKS_PER_SECOND)):
        now = look / _LOOKS_PER_SECOND
        while coming and coming[-1].at <= now:
            scheduler.accept(coming.pop())
        shown.append(_CUES.get(scheduler.pattern(now).name, Cue.NONE))
    since = 0
    for cue, looks in groupby(shown):
        until = since + len(list(looks))
        if cue is not Cue.NONE:
            yield Glimpse(cue, since / _LOOKS_PER_SECOND, until / _LOOKS_PER_SECOND)
        since = until
