"""The few kinds of rule at work: each remembers what it must and says when it is met.

An evaluator's verdict is the Observations that decided, in the order of the rule, or None.
"""

from collections import deque
from typing import Final, Protocol

from firmware_py.core.types import Observation
from firmware_py.rules.event_pattern import EventPattern
from firmware_py.rules.kinds import Kind, Limit, Must, Never, Sequence, Together

Verdict = tuple[Observation, ...] | None

LOOK_BACK_S: Final = 30.0
"""An Observation may come late (the start of a call is sure only after a second or two): what
happened since its ``start`` counts, as far back as this."""
SLACK_S: Final = 0.5
"""Where one thing starts and another ends is known no better than this."""
FINISH_S: Final = 3.0
"""A deadline does not fall into the agent's sentence: it waits so long for the end of it."""


class RuleEvaluator(Protocol):
    """Watches for one rule."""

    @property
    def hears(self) -> tuple[str, ...]:
        """Names of the Observations it wants to be fed."""
        ...

    def feed(self, observation: Observation) -> Verdict:
        """Take one Observation that it hears."""
        ...


def evaluator_of(kind: Kind) -> RuleEvaluator:
    """A fresh evaluator for a rule of that kind."""
    match kind:
        case Never():
            return NeverEvaluator(kind)
        case Limit():
            return LimitEvaluator(kind)
        case Together():
            return TogetherEvaluator(kind)
        case Sequence():
            return SequenceEvaluator(kind)
        case Must():
            return MustEvaluator(kind)


class NeverEvaluator:
    """Every such Observation decides, unless there was an excuse."""

    def __init__(self, kind: Never) -> None:
        self._kind = kind
        self.hears = _names(kind.when, kind.unless, kind.after)
        self._waits = kind.after is not None
        self._excused_until = float("-inf")

    def feed(self, observation: Observation) -> Verdict:
        """See ``RuleEvaluator``."""
        if self._kind.after and self._kind.after.matches(observation):
            self._waits = False
        if self._kind.unless and self._kind.unless.matches(observation):
            self._excused_until = observation.end + self._kind.within_s
        if (
            self._waits
            or not self._kind.when.matches(observation)
            or observation.start <= self._excused_until
        ):
            return None
        return (observation,)


class LimitEvaluator:
    """Counts within a window that slides; after a verdict it counts afresh."""

    def __init__(self, kind: Limit) -> None:
        self._kind = kind
        self.hears = kind.when.names
        self._recent: deque[Observation] = deque(maxlen=kind.most + 1)

    def feed(self, observation: Observation) -> Verdict:
        """See ``RuleEvaluator``."""
        if not self._kind.when.matches(observation):
            return None
        self._recent.append(observation)
        while observation.at - self._recent[0].at > self._kind.within_s:
            self._recent.popleft()
        if len(self._recent) <= self._kind.most:
            return None
        verdict = tuple(self._recent)
        self._recent.clear()
        return verdict


class TogetherEvaluator:
    """Keeps the last Observation of each event."""

    def __init__(self, kind: Together) -> None:
        self._kind = kind
        self.hears = _names(*kind.all)
        self._last: list[Observation | None] = [None] * len(kind.all)

    def feed(self, observation: Observation) -> Verdict:
        """See ``RuleEvaluator``."""
        for index, event in enumerate(self._kind.all):
            if event.matches(observation):
                self._last[index] = observation
        last = tuple(seen for seen in self._last if seen)
        if len(last) < len(self._last):
            return None
        if max(o.start for o in last) - min(o.end for o in last) > self._kind.within_s:
            return None
        self._last = [None] * len(self._last)
        return last


class SequenceEvaluator:
    """Follows the steps; a first step seen again starts it again."""

    def __init__(self, kind: Sequence) -> None:
        self._kind = kind
        self.hears = _names(*kind.steps, kind.unless)
        self._seen: list[Observation] = []

    def feed(self, observation: Observation) -> Verdict:
        """See ``RuleEvaluator``."""
        if self._kind.unless and self._kind.unless.matches(observation):
            self._seen.clear()
        elif self._kind.steps[len(self._seen)].matches(observation) and self._follows(observation):
            self._seen.append(observation)
        elif self._kind.steps[0].matches(observation):
            self._seen = [observation]
        if len(self._seen) < len(self._kind.steps):
            return None
        verdict = tuple(self._seen)
        self._seen.clear()
        return verdict

    def _follows(self, observation: Observation) -> bool:
        return not self._seen or (
            observation.start >= self._seen[-1].start
            and observation.start - self._seen[-1].end <= self._kind.within_s
        )


class MustEvaluator:
    """Waits for what is needed after its trigger, or looks for it before its trigger."""

    def __init__(self, kind: Must) -> None:
        self._kind = kind
        self.hears = (*_names(*kind.need, kind.after, kind.before, kind.unless), *_SENTENCE)
        self.due = float("inf")
        """Second of the stream at which the wait is over; infinity while it does not wait."""
        self._trigger: Observation | None = None
        self._speaking = False
        self._finish = False
        """Whether the wait goes on for the end of a sentence."""
        self._heard: deque[Observation] = deque(maxlen=256)

    def feed(self, observation: Observation) -> Verdict:
        """See ``RuleEvaluator``; a verdict of its trigger alone may come at once."""
        kind = self._kind
        if observation.name in _SENTENCE:
            self._speaking = observation.name == _SENTENCE[0]
        if any(event.matches(observation) for event in kind.need):
            self._heard.append(observation)
        if kind.unless and kind.unless.matches(observation):
            self._lift()
        elif self._trigger is None and kind.after and kind.after.matches(observation):
            self._trigger = observation
            self.due = max(observation.end + kind.within_s, observation.at)
        elif kind.before and kind.before.matches(observation):
            return self._missing(observation, observation.start - kind.within_s)
        if self._trigger and not self._missing(self._trigger, self._since(self._trigger)):
            self._lift()
        if self._finish and not self._speaking:
            self.due = observation.at
        return None

    def expire(self) -> Verdict:
        """The wait is over: say what came of it, unless the agent is to finish a sentence."""
        if self._speaking and not self._finish:
            self._finish = True
            self.due += FINISH_S
            return None
        trigger = self._trigger
        self._lift()
        return self._missing(trigger, self._since(trigger)) if trigger else None

    def _since(self, trigger: Observation) -> float:
        return max(trigger.start, trigger.at - LOOK_BACK_S) - SLACK_S

    def _missing(self, trigger: Observation, since: float) -> Verdict:
        """None if all that is needed came, in order, since then; else the trigger and what came."""
        heard = sorted((o for o in self._heard if o.start >= since), key=lambda o: (o.start, o.at))
        came: list[Observation] = []
        for observation in heard:
            if self._kind.need[len(came)].matches(observation):
                came.append(observation)
                if len(came) == len(self._kind.need):
                    return None
        return (trigger, *came)

    def _lift(self) -> None:
        self._trigger = None
        self._finish = False
        self.due = float("inf")


_SENTENCE: Final = ("onset.agent", "turn.agent")
"""The agent begins to speak, and has ended."""


def _names(*events: EventPattern | None) -> tuple[str, ...]:
    return tuple(name for event in events if event for name in event.names)
