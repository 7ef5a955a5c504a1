"""Sums up each call: who spoke for how long, and what was found."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import (
    AGENT,
    CALLER,
    HOPS_PER_SECOND,
    BoolArray,
    CallSummary,
    Features,
    Finding,
    Observation,
)
from firmware_py.detectors.pace import per_second
from firmware_py.hearing.syllables import Syllables

_LOOK_BACK_HOPS: Final = 30 * HOPS_PER_SECOND
"""The start of a call is sure only a while after it; what was heard since then counts."""
_LEAST_SYLLABLES: Final = 40
"""A pace that is taken over fewer is none."""
_MOST_SYLLABLES: Final = 20_000
"""A call of hours has its pace from its last hour of speech."""
_NOTHING: Final = np.zeros(3, np.int64)


class CallSummarizer:
    """Follows the life of calls, gives Findings their call, and sums up calls that end.

    A call whose start was not heard is not summed up.
    """

    def __init__(self) -> None:
        """Begin between two calls."""
        self.reset()

    def reset(self) -> None:
        """Forget the call, and those that ended."""
        self._ended: list[CallSummary] = []
        self._speaking: deque[BoolArray] = deque()
        self._syllables = Syllables()
        self._spoken: deque[int] = deque(maxlen=_MOST_SYLLABLES)
        """Hops at which the agent's syllables began."""
        self._first_hop = 0
        self._hops = 0
        self._begin(None)

    def _begin(self, start: float | None) -> None:
        self._start = start
        self._long_ago = _NOTHING
        """Hops of the call that lie too far back to be looked at again: talk, listening, both."""
        self._counts: Counter[str] = Counter()
        self._held_since: float | None = None
        self._hold_s = 0.0

    def listen(self, features: Features) -> None:
        """Hear who speaks."""
        self._speaking.append(features.speaking)
        self._spoken += self._syllables.feed(features.posteriors, features.posterior_start)
        self._hops += features.hops
        while self._hops - len(self._speaking[0]) >= _LOOK_BACK_HOPS:
            self._let_go()
        while self._start is None and self._spoken and self._spoken[0] < self._first_hop:
            self._spoken.popleft()

    def _let_go(self) -> None:
        """Count the oldest Features' hops, if the call had begun, and forget them."""
        if self._start is not None:
            first = max(0, round(self._start * HOPS_PER_SECOND) - self._first_hop)
            self._long_ago = self._long_ago + _counts(self._speaking[0][first:])
        self._first_hop += len(self._speaking[0])
        self._hops -= len(self._speaking.popleft())

    def count(self, findings: Iterable[Finding]) -> list[Finding]:
        """Give Findings their call."""
        counted = [replace(finding, call=self._start) for finding in findings]
        self._counts.update(finding.rule for finding in counted)
        return counted

    def follow(self, observation: Observation, findings: Iterable[Finding]) -> list[Finding]:
        """Follow the call, and give it the Findings that came of the Observation."""
        at = observation.start
        if observation.name == "call.start":
            self._begin(at)
        counted = self.count(findings)
        if observation.name == "call.hold":
            self._held_since = at
        elif observation.name == "call.resume":
            self._resume(at)
        elif observation.name == "call.end":
            self._end(at)
        return counted

    def take_ended(self) -> tuple[CallSummary, ...]:
        """Calls that ended since this was last asked."""
        ended, self._ended = tuple(self._ended), []
        return ended

    def _resume(self, at: float) -> None:
        if self._held_since is not None:
            self._hold_s += max(0.0, at - self._held_since)
            self._held_since = None

    def _end(self, at: float) -> None:
        self._resume(at)
        if self._start is not None:
            self._ended.append(self._sum(self._start, max(at, self._start)))
        self._begin(None)

    def _sum(self, start: float, end: float) -> CallSummary:
        heard = np.concatenate([np.empty((0, 2), np.bool_), *self._speaking])
        first, last = (round(at * HOPS_PER_SECOND) - self._first_hop for at in (start, end))
        counted = self._long_ago + _counts(heard[max(0, first) : max(0, last)])
        talk, listen, both = (int(hops) / HOPS_PER_SECOND for hops in counted)
        return CallSummary(
            start=start,
            end=end,
            talk_s=talk,
            listen_s=listen,
            both_s=both,
            hold_s=self._hold_s,
            counts=dict(sorted(self._counts.items())),
            pace=self._pace(first + self._first_hop, last + self._first_hop),
        )

    def _pace(self, first: int, last: int) -> float | None:
        own = [hop for hop in self._spoken if first <= hop < last]
        gaps = [after - before for before, after in pairwise(own)]
        return per_second(gaps) if len(own) >= _LEAST_SYLLABLES else None


def _counts(speaking: BoolArray) -> npt.NDArray[np.int64]:
    """Hops in which the agent spoke, the caller, and both."""
    talk, listen = speaking[:, AGENT], speaking[:, CALLER]
    return np.array([np.count_nonzero(x) for x in (talk, listen, talk & listen)], np.int64)
