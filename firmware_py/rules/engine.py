"""The engine: Observations in, Findings out.

It reads no clock. Time passes by what is fed to it: the ``at`` of Observations, and ``advance``.
"""

from collections import defaultdict, deque
from datetime import datetime
from typing import Final

from firmware_py.core.types import Finding, Observation
from firmware_py.rules.cue_budget import CueBudget
from firmware_py.rules.evaluator import (
    LOOK_BACK_S,
    SLACK_S,
    MustEvaluator,
    RuleEvaluator,
    Verdict,
    evaluator_of,
)
from firmware_py.rules.hours import Days, LocalTime, is_holiday, started_at
from firmware_py.rules.rulebook import Rule, Rulebook

CALL_START: Final = "call.start"
CALL_END: Final = "call.end"
NO_CALL: Final = ("line.idle", "line.waiting")
OMISSION: Final = "omission"
"""Kind of a Finding about something that was left out."""

_NOON: Final = started_at(datetime(2000, 1, 3, 12))
_NEVER: Final = float("-inf")
_INFINITY: Final = float("inf")


class Rules:
    """Applies a rulebook (a Stage from Observation to Finding).

    Feed Observations in the order of their ``at``; after those of each Features call ``advance``
    with the seconds of stream heard, so that a deadline can pass in silence.

    Between two calls only rules speak that say so; what was observed since a call's start, before
    the start was sure, is spoken of as soon as it is. Before the first ``call.start``, ``call.end``
    or ``line.…`` nobody knows, and every rule may speak.
    """

    def __init__(
        self, rulebook: Rulebook, local_time: LocalTime = _NOON, language: str = "zh"
    ) -> None:
        """Set up the rules that are enabled.

        Args:
            rulebook: The rules.
            local_time: The desk's local time at a second of the stream, for rules with hours.
            language: ``zh`` or ``en``, of the Findings' advice.
        """
        self._local_time = local_time
        self._language = language
        self._rulebook = rulebook
        self.reset()

    def reset(self) -> None:
        """Forget what was observed and said."""
        self._recent: deque[Observation] = deque()
        self._silent_until: dict[str, float] = {}
        self._between_calls = False
        self._budget = CueBudget(self._rulebook.cues)
        self.replace_rulebook(self._rulebook)

    def replace_rulebook(self, rulebook: Rulebook) -> None:
        """Go on with another rulebook; what was observed of this call lately counts for it too."""
        self._rulebook = rulebook
        self._rules = {rule.id: rule for rule in rulebook.rules if rule.enabled}
        self._silent_until = {i: self._silent_until.get(i, _NEVER) for i in self._rules}
        self._budget.cues = rulebook.cues
        self._kinds: dict[str, str] = {}
        self._new_call(_NEVER)
        self._replay()

    def feed(self, item: Observation) -> list[Finding]:
        """Take the next Observation; its ``at`` must not run back."""
        findings = self._expire(item.at, inclusive=False)
        if item.name == CALL_START:
            findings += self._call_started(item)
        elif item.name in NO_CALL:
            self._between_calls = True
        self._remember(item)
        findings += self._observe(item, item.at)
        if item.name == CALL_END:
            self._between_calls = True
            self._recent.clear()
            self._may_ask_again()
            self._new_call(item.at)
        return findings

    def advance(self, at: float) -> list[Finding]:
        """Tell that ``at`` seconds of stream were heard: what had to come by then is missing."""
        return self._expire(at, inclusive=True)

    def _remember(self, item: Observation) -> None:
        self._recent.append(item)
        while item.at - self._recent[0].at > LOOK_BACK_S:
            self._recent.popleft()

    def _new_call(self, since: float) -> None:
        """Watch again, remembering what was observed since; what a call left open ends."""
        self._evaluators = {rule.id: evaluator_of(rule.kind) for rule in self._rules.values()}
        self._hears: defaultdict[str, list[tuple[Rule, RuleEvaluator]]] = defaultdict(list)
        for rule_id, evaluator in self._evaluators.items():
            for name in dict.fromkeys(evaluator.hears):
                self._hears[name].append((self._rules[rule_id], evaluator))
        self._waiting: dict[str, MustEvaluator] = {}
        self._due = _INFINITY
        self._recent = deque(o for o in self._recent if o.start >= since)

    def _call_started(self, start: Observation) -> list[Finding]:
        """Let the call's rules know what was observed since it started, before that was sure."""
        unspoken, self._between_calls = self._between_calls, False
        self._may_ask_again()
        self._new_call(start.start - SLACK_S)
        if not unspoken:
            self._replay()
            return []
        return [f for one in self._recent for f in self._observe(one, start.at)]

    def _may_ask_again(self) -> None:
        """Another call: what is asked for once may be asked for in this one."""
        asked = [rule_id for rule_id, rule in self._rules.items() if rule.once]
        self._silent_until |= dict.fromkeys(asked, _NEVER)

    def _replay(self) -> None:
        """Let fresh evaluators hear what was observed lately; their verdicts were given then."""
        for observation in self._recent:
            for rule, evaluator in self._listeners(observation.name):
                evaluator.feed(observation)
                self._wait(rule, evaluator)

    def _observe(self, first: Observation, now: float) -> list[Finding]:
        """Give an Observation, and those of the Findings that come of it, to whom it concerns."""
        findings: list[Finding] = []
        queue = deque([first])
        while queue:
            observation = queue.popleft()
            for rule, evaluator in self._listeners(observation.name):
                verdict = evaluator.feed(observation)
                self._wait(rule, evaluator)
                finding = self._judge(rule, verdict, now)
                if finding:
                    findings.append(finding)
                    queue.append(_comes_back(finding))
        return [finding for finding in findings if not self._rules[finding.rule].hidden]

    def _listeners(self, name: str) -> list[tuple[Rule, RuleEvaluator]]:
        """Judges that hear the name or one above it, each once."""
        listeners: list[tuple[Rule, RuleEvaluator]] = []
        while name:
            listeners += self._hears.get(name, ())
            name = name.rpartition(".")[0]
        return [*dict.fromkeys(listeners)] if len(listeners) > 1 else listeners

    def _wait(self, rule: Rule, evaluator: RuleEvaluator) -> None:
        """Note until when a rule waits, if it does."""
        if not isinstance(evaluator, MustEvaluator):
            return
        self._waiting.pop(rule.id, None)
        if evaluator.due < _INFINITY:
            self._waiting[rule.id] = evaluator
        self._due = min((j.due for j in self._waiting.values()), default=_INFINITY)

    def _expire(self, at: float, *, inclusive: bool) -> list[Finding]:
        findings: list[Finding] = []
        while self._due < at or (inclusive and self._due == at):
            due = self._due
            rule_id = min(i for i, evaluator in self._waiting.items() if evaluator.due == due)
            evaluator = self._waiting[rule_id]
            verdict = evaluator.expire()
            self._wait(self._rules[rule_id], evaluator)
            if finding := self._judge(self._rules[rule_id], verdict, due):
                findings += [] if self._rules[rule_id].hidden else [finding]
                findings += self._observe(_comes_back(finding), due)
        return findings

    def _judge(self, rule: Rule, because: Verdict, at: float) -> Finding | None:
        """Make a Finding of a verdict, unless the rule sleeps or does not hold by then."""
        if self._between_calls and not rule.between_calls:
            return None
        if not because or at < self._silent_until[rule.id] or not self._holds(rule, because[0]):
            return None
        self._silent_until[rule.id] = _INFINITY if rule.once else at + rule.refractory_s
        self._kinds[f"rule.{rule.id}"] = kind = self._kind(rule, because)
        finding = Finding(
            rule=rule.id,
            clause=rule.clause,
            kind=kind,
            at=at,
            start=min(o.start for o in because),
            end=max(o.end for o in because),
            cue=rule.cue,
            score=because[-1].score,
            advice=rule.advice.in_language(self._language),
            because=because,
        )
        return self._budget.spend(rule, finding)

    def _kind(self, rule: Rule, because: tuple[Observation, ...]) -> str:
        """First part of the deciding Observation's name; through other rules to their cause."""
        if isinstance(self._evaluators[rule.id], MustEvaluator):
            return OMISSION
        name = because[-1].name
        return self._kinds.get(name) or name.partition(".")[0]

    def _holds(self, rule: Rule, cause: Observation) -> bool:
        """Whether the rule held at the moment when its cause began."""
        if not rule.hours and not rule.days:
            return True
        time = self._local_time(cause.start)
        if rule.hours and time not in rule.hours:
            return False
        return not rule.days or (rule.days is Days.HOLIDAY) == is_holiday(time.date())


def _comes_back(finding: Finding) -> Observation:
    """A Finding as the Observation that other rules may wait for."""
    return Observation(
        name=f"rule.{finding.rule}",
        start=finding.start,
        end=finding.end,
        at=finding.at,
        score=finding.score,
        value=float(len(finding.because)),
    )
