"""A rulebook: which sounds and words matter on a desk, and what to say about them.

All of it is data, read from TOML by ``firmware_py.rules.reader``; nothing here does anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from firmware_py.core.types import Cue
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.hours import Days, Hours
from firmware_py.rules.kinds import Kind, Limit, Together, events_of, not_negative


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, in both languages."""

    zh: str
    en: str = ""
    """Empty: the Chinese text stands for both."""

    def in_language(self, language: str) -> str:
        """Text in ``zh`` or ``en``."""
        return self.en if language == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Experimental:
    """How far an experimental rule can be trusted, as measured on voices it was not tuned on."""

    missed: float
    """Share of the breaches that it misses, in the worst sort of speech that was tried."""
    mistaken: float
    """Share of the clean stretches in which it speaks, on the worst line that was tried."""

    def __post_init__(self) -> None:
        if not 0 <= self.missed <= 1 or not 0 <= self.mistaken <= 1:
            raise ValueError('"missed" and "mistaken" are shares, 0 to 1')


class Speaker(StrEnum):
    """Whose words a phrase is."""

    AGENT = "agent"
    CALLER = "caller"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words to listen for."""

    id: str
    """Names the Observation: ``phrase.<id>``, of the caller's ``caller.<id>``."""
    text: str
    """As it is written, in hanzi."""
    say: tuple[str, ...]
    """Spellings, each of which counts (see ``firmware_py.hearing.spelling``)."""
    threshold: float
    """Least score per phone that counts, <= 0; nearer to 0 is stricter."""
    by: Speaker = Speaker.AGENT
    """The caller's are listened for only while a rule that is on waits for them."""


@dataclass(frozen=True, slots=True)
class Cues:
    """How often the light may speak: the keys of ``[cues]``."""

    least_gap_s: float = 60.0
    """Seconds of stream between two cues that are no banned phrase; 0: no limit."""
    escalates_s: float = 15.0
    """Seconds within which an amber cue may turn red for the same kind of thing."""

    def __post_init__(self) -> None:
        not_negative("least_gap_s", self.least_gap_s)
        not_negative("escalates_s", self.escalates_s)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rulebook says about some Observations."""

    id: str
    """Names the Finding, which comes back as Observation ``rule.<id>``."""
    kind: Kind
    clause: str | None = None
    """Id of the clause in the service standard; None for a site's own rule."""
    cue: Cue = Cue.NONE
    advice: Text = Text("")
    """One line for the agent: what to do."""
    refractory_s: float = 10.0
    """Seconds of stream in which the rule, once it spoke, stays silent."""
    once: bool = False
    """Whether it stays silent for the rest of the call: what is due is asked for once."""
    hours: Hours | None = None
    """Time of day at which it holds; None: always."""
    days: Days | None = None
    """Sort of day on which it holds; None: every day."""
    enabled: bool = True
    hidden: bool = False
    """Makes no Finding; only other rules hear of it, as ``rule.<id>``."""
    between_calls: bool = False
    """Speaks between two calls too."""
    experimental: Experimental | None = None
    """Its measured error; None: it is no experiment."""

    def __post_init__(self) -> None:
        not_negative("refractory_s", self.refractory_s)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A checked rulebook: every name in it exists, every spelling can be spelled."""

    name: str
    title: Text
    version: int
    sha256: str
    """Of its file, and of those that it extends."""
    detectors: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Detectors to run and the settings that differ from their defaults."""
    phrases: tuple[Phrase, ...] = ()
    accent: tuple[str, ...] = ()
    """Initials and finals that its agents do not tell apart, such as ``zh/z``
    (``firmware_py.hearing.accent``)."""
    rules: tuple[Rule, ...] = ()
    sources: tuple[Path, ...] = ()
    """Files it was read from."""
    cues: Cues = Cues()

    def phrases_of(self, speaker: Speaker) -> tuple[Phrase, ...]:
        """Phrases to listen for on a channel."""
        if speaker is Speaker.AGENT:
            return tuple(phrase for phrase in self.phrases if phrase.by is speaker)
        waited_for = {name for rule in self.rules if rule.enabled for name in _names(rule)}
        return tuple(
            phrase
            for phrase in self.phrases
            if phrase.by is speaker and f"caller.{phrase.id}" in waited_for
        )

    def without_phrases(self) -> "Rulebook":
        """What is left of it where no words are heard, for want of a phone model.

        A rule that waits for a phrase goes, or else everything required would be found missing;
        one that a phrase would only have lifted stays.
        """
        plain = map(_not_lifted_by_phrases, self.rules)
        rules = [rule for rule in plain if not any(map(_is_phrase, _names(rule)))]
        return replace(self, phrases=(), rules=tuple(rules))


def _not_lifted_by_phrases(rule: Rule) -> Rule:
    kind = rule.kind
    if isinstance(kind, Limit | Together) or not kind.unless:
        return rule
    left = [pattern for pattern in kind.unless.any_of if not _is_phrase(pattern.name)]
    return replace(rule, kind=replace(kind, unless=EventPattern(tuple(left)) if left else None))


def _names(rule: Rule) -> list[str]:
    return [name for _, event in events_of(rule.kind) for name in event.names]


def _is_phrase(name: str) -> bool:
    return name.partition(".")[0] == "phrase"
