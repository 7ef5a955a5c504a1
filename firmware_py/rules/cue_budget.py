"""The budget of cues: a light that flashes all the time says nothing."""

from dataclasses import dataclass, field, replace

from firmware_py.core.types import Cue, Finding
from firmware_py.rules.kinds import Never
from firmware_py.rules.rulebook import Cues, Rule


@dataclass(slots=True)
class CueBudget:
    """Leaves one cue in ``least_gap_s`` seconds; what comes over budget is recorded, not shown.

    A banned phrase is shown always, and costs nothing. An amber hint that turns into something red
    of the same kind, within ``escalates_s``, is one cue.
    """

    cues: Cues
    _shown: Finding | None = field(init=False, repr=False, default=None)
    """The last that was paid for."""

    def spend(self, rule: Rule, finding: Finding) -> Finding:
        """The Finding as it may be shown."""
        if finding.cue is Cue.NONE or is_banned_phrase(rule, finding):
            return finding
        if self._shown and not self._may_follow(self._shown, finding):
            return replace(finding, cue=Cue.NONE)
        self._shown = finding
        return finding

    def _may_follow(self, shown: Finding, finding: Finding) -> bool:
        since = finding.at - shown.at
        worse = (shown.cue, finding.cue) == (Cue.AMBER, Cue.RED) and shown.kind == finding.kind
        return since >= self.cues.least_gap_s or (worse and since <= self.cues.escalates_s)


def is_banned_phrase(rule: Rule, finding: Finding) -> bool:
    """Whether a Finding is about words that are never to be said."""
    return finding.kind == "phrase" and isinstance(rule.kind, Never)
