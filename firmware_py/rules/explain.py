"""Explains a rule in Chinese or English: what it waits for, what it says and when."""

import math

from firmware_py.core.errors import DeskcueError
from firmware_py.core.messages import catalogue, message
from firmware_py.rules.clauses import clauses
from firmware_py.rules.event_pattern import EventPattern, Pattern
from firmware_py.rules.kinds import Limit, Must, Never, Sequence, Together
from firmware_py.rules.rulebook import Rule, Rulebook
from firmware_py.rules.vocabulary import is_under
from firmware_py.settings.toml_document import near


def explain(rulebook: Rulebook, rule_id: str, language: str = "zh") -> str:
    """Tell what a rule does, some lines in ``zh`` or ``en``.

    Raises:
        DeskcueError: the rulebook has no such rule.
    """
    for rule in rulebook.rules:
        if rule.id == rule_id:
            return "\n".join(_Explainer(rulebook, language).lines(rule))
    hint = near(rule_id, [rule.id for rule in rulebook.rules])
    raise DeskcueError(f'rulebook "{rulebook.name}" has no rule "{rule_id}"{hint}')


class _Explainer:
    def __init__(self, rulebook: Rulebook, language: str) -> None:
        self._rulebook = rulebook
        self._language = language

    def lines(self, rule: Rule) -> list[str]:
        lines = [self._say("explain.rule", id=rule.id), self._clause(rule)]
        lines.append(self._say("explain.when", when=self._kind(rule)))
        if not rule.enabled or rule.hidden:
            lines.append(self._say("explain.hidden" if rule.enabled else "explain.disabled"))
        else:
            lines.append(self._say("explain.cue", cue=self._say(f"cue.{rule.cue}")))
            lines.append(
                self._say("explain.advice", advice=rule.advice.in_language(self._language))
            )
        if rule.hours:
            lines.append(self._say("explain.hours", hours=rule.hours))
        if rule.days:
            lines.append(self._say("explain.days", days=self._say(f"days.{rule.days}")))
        seconds = f"{rule.refractory_s:g}"
        again = "explain.once" if rule.once else "explain.refractory"
        lines.append(self._say(again, seconds=seconds))
        if rule.experimental:
            error = rule.experimental
            shares = {"missed": f"{error.missed:.0%}", "mistaken": f"{error.mistaken:.0%}"}
            lines.append(self._say("explain.experimental", **shares))
            lines.append(self._say("explain.extend"))
        return lines

    def _say(self, key: str, **values: object) -> str:
        return message(key, self._language, **values)

    def _clause(self, rule: Rule) -> str:
        if rule.clause is None:
            return self._say("explain.site")
        title = clauses()[rule.clause].in_language(self._language)
        return self._say("explain.clause", clause=rule.clause, title=title)

    def _kind(self, rule: Rule) -> str:
        match rule.kind:
            case Never(when, unless, within_s, after):
                text = self._say("kind.never", when=self._event(when))
                text += self._say("kind.once_after", after=self._event(after)) if after else ""
                return text + self._excuse(unless, within_s)
            case Limit(when, most, within_s):
                within = self._within(within_s)
                return self._say("kind.limit", when=self._event(when), most=most, within=within)
            case Together(all=events, within_s=within_s):
                together = self._events(events, "and")
                return self._say("kind.together", all=together, seconds=f"{within_s:g}")
            case Sequence(steps, within_s, unless):
                within, order = self._within(within_s), self._events(steps, "then")
                text = self._say("kind.sequence", steps=order, within=within)
                return text + self._unless(unless)
            case Must() as must:
                return self._must(must) + self._unless(must.unless)

    def _must(self, must: Must) -> str:
        need = self._events(must.need, "then")
        if must.after:
            trigger, seconds = self._event(must.after), f"{must.within_s:g}"
            return self._say("kind.must_after", trigger=trigger, need=need, seconds=seconds)
        assert must.before
        trigger, within = self._event(must.before), self._within(must.within_s)
        return self._say("kind.must_before", trigger=trigger, need=need, within=within)

    def _excuse(self, unless: EventPattern | None, within_s: float) -> str:
        if not unless:
            return ""
        within = self._within(within_s)
        return self._say("kind.excuse", unless=self._event(unless), within=within)

    def _unless(self, unless: EventPattern | None) -> str:
        return self._say("kind.unless", unless=self._event(unless)) if unless else ""

    def _within(self, seconds: float) -> str:
        if math.isinf(seconds):
            return self._say("kind.call")
        return self._say("kind.seconds", seconds=f"{seconds:g}")

    def _events(self, events: tuple[EventPattern, ...], joined_by: str) -> str:
        return self._say(f"explain.{joined_by}").join(self._event(event) for event in events)

    def _event(self, event: EventPattern) -> str:
        return self._say("explain.or").join(self._pattern(one) for one in event.any_of)

    def _pattern(self, pattern: Pattern) -> str:
        text = self._name(pattern.name)
        if not pattern.sign:
            return text
        key = "event.over" if pattern.sign == ">" else "event.under"
        return self._say(key, event=text, bound=f"{pattern.bound:g}")

    def _name(self, name: str) -> str:
        sort, _, identity = name.partition(".")
        if sort == "rule":
            return self._say("event.rule", id=identity)
        if sort == "phrase":
            texts = [p.text for p in self._rulebook.phrases if is_under(p.id, identity)]
            return self._say("event.phrase", text=" / ".join(texts))
        if sort == "caller":
            texts = [p.text for p in self._rulebook.phrases if p.id == identity]
            if texts:
                return self._say("event.caller", text=" / ".join(texts))
        while f"event.{name}" not in catalogue():
            name = name.rpartition(".")[0]
        return self._say(f"event.{name}")
