"""Clarity: whether the agent's speech is heard less clearly than usual. Experimental."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import (
    HOPS_PER_POSTERIOR,
    HOPS_PER_SECOND,
    Features,
    FloatArray,
    Observation,
)
from firmware_py.hearing.phone_model import HOPS_PER_STEP
from firmware_py.hearing.spelling import BLANK

Facts = npt.NDArray[np.float64]
"""What a row shows: 1 if it is blurred, else 0; and the doubt in it, in bits. Shape [rows, 2]."""

Fact = tuple[float, float]
"""The same of one row, for numpy takes long for two numbers."""

_PHONE: Final = 0.2
"""Probability that there is any phone from which a row counts."""
_SURE: Final = 0.8
"""The same under which it is blurred."""
_MEMORY: Final = 4_000
"""Rows over which what is usual moves: some eight minutes of speech."""
_PATIENCE: Final = 40
"""Rows for which a stretch must be strange, and blurred in the end, to be slurred."""
_NAMES: Final = ("clarity.slurred", "clarity.foreign")
"""In the order of the facts."""


def facts(posteriors: FloatArray) -> tuple[npt.NDArray[np.intp], Facts]:
    """Find the rows of log posteriors ([rows, tokens]) that hold a phone, and what each shows."""
    if not len(posteriors):
        return np.zeros(0, np.intp), np.zeros((0, 2))
    phone = 1 - np.exp(posteriors[:, BLANK].astype(np.float64))
    (rows,) = np.nonzero(phone > _PHONE)
    share = np.exp(posteriors[rows, :BLANK].astype(np.float64))
    share /= share.sum(axis=1, keepdims=True)
    doubt = -(share * np.log2(share + 1e-12)).sum(axis=1)
    return rows, np.stack([phone[rows] < _SURE, doubt], axis=1)


@dataclass(slots=True)
class _State:
    usual: Fact = (0.0, 0.0)
    """Mean facts of the agent's speech so far."""
    learnt: int = 0
    """Rows that it was learnt from."""
    recent: deque[tuple[int, Fact]] = field(default_factory=deque)
    """First hop and facts of the last rows that hold a phone."""
    sums: Fact = (0.0, 0.0)
    """Of these facts."""
    strange: int = 0
    """Rows for which the stretch has been strange."""
    verdict: int | None = None
    """Which fact it is strange by, once that is reported; kept until it is strange no more."""
    next_at: int = 0


@dataclass(slots=True)
class Clarity:
    """Hears ``clarity.slurred`` and ``clarity.foreign``: speech less clear than the agent's usual.

    Two things are taken from the phone posteriors over the last stretch of speech, and compared
    with the same agent's mean so far, so that a voice or a line that the model does not know well
    cancels out in part. *Blur* is the share of rows in which the model is torn between a phone and
    none: clear speech gives sharp peaks (CTC; Graves et al. 2006), slurred speech does not.
    *Doubt* is the entropy over the phones, in bits: sounds of another language or dialect are none
    of the model's (entropy as a measure of goodness of pronunciation after Witt and Young 2000).
    Slurring causes doubt as well, so doubt is reported only where there is no blur.
    ``Observation.value`` is how far it is over the usual, as a share or in bits.

    Known weaknesses: far from certain, hence experimental, in no rulebook but ``experimental``;
    ``docs/measurements.md`` has the errors. Somebody who never speaks otherwise is never found,
    nor is the first minute. A line that turns bad, or another person at the desk, passes for it.
    Another language may blur too, and slight slurring cause doubt alone: the one is taken for the
    other. Real voices are so doubtful to a model that does not know them that another language is
    mostly missed.
    """

    EMITS: ClassVar[tuple[str, ...]] = (
        "clarity.foreign",
        "clarity.slurred",
    )

    slurred_over: float = 0.2
    """Blur over the usual, as a share of rows, from which speech is slurred."""
    foreign_over: float = 0.4
    """Doubt over the usual, in bits, from which it is another language."""
    learn: int = 350
    """Rows with a phone (30 ms; about eight in a second of speech) before anything is said."""
    stretch: int = 125
    """Rows that are judged together, some 15 s of speech."""
    again_s: float = 30.0
    """Seconds after which what stays wrong is said again."""
    _state: _State = field(init=False, repr=False, default_factory=_State)

    def reset(self) -> None:
        """Forget the agent."""
        self._state = _State()

    def snapshot(self) -> Mapping[str, float]:
        """See ``Learner``."""
        blur, doubt = self._state.usual
        return {"blur": blur, "doubt": doubt, "learnt": self._state.learnt}

    def restore(self, numbers: Mapping[str, float]) -> None:
        """See ``Learner``."""
        state = self._state
        state.usual = (numbers.get("blur", state.usual[0]), numbers.get("doubt", state.usual[1]))
        state.learnt = int(numbers.get("learnt", state.learnt))

    def feed(self, features: Features) -> list[Observation]:
        """Return what became known in these Features."""
        rows, shown = facts(features.posteriors)
        if not len(rows):
            return []
        hops = (rows + features.posterior_start) * HOPS_PER_POSTERIOR
        pairs = zip(hops.tolist(), shown.tolist(), strict=True)
        return [seen for hop, (blur, doubt) in pairs for seen in self._row(hop, (blur, doubt))]

    def _row(self, hop: int, fact: Fact) -> Iterator[Observation]:
        state = self._state
        state.recent.append((hop, fact))
        state.sums = (state.sums[0] + fact[0], state.sums[1] + fact[1])
        if len(state.recent) <= self.stretch:
            return
        _, oldest = state.recent.popleft()
        state.sums = (state.sums[0] - oldest[0], state.sums[1] - oldest[1])
        over, share = self._over()
        which = int(share[0] < 1 <= share[1])  # slurring causes doubt as well, so blur goes first
        if state.learnt < self.learn or share[which] < 1:
            state.strange, state.verdict = 0, None
            self._learn(oldest)
            return
        state.strange += 1
        # Doubt shows sooner than blur: by doubt alone it takes half a stretch to part them.
        if state.verdict is None and state.strange >= (_PATIENCE, self.stretch // 2)[which]:
            state.verdict = which
        if state.verdict is not None and share[state.verdict] >= 1 and hop >= state.next_at:
            state.next_at = hop + round(self.again_s * HOPS_PER_SECOND)
            yield self._say(state.verdict, over[state.verdict], share[state.verdict], hop)

    def _over(self) -> tuple[Fact, Fact]:
        """How far the stretch is over the usual, and as a share of what is too far."""
        sums, usual = self._state.sums, self._state.usual
        blur, doubt = sums[0] / self.stretch - usual[0], sums[1] / self.stretch - usual[1]
        return (blur, doubt), (
            blur / max(self.slurred_over, 1e-3),
            doubt / max(self.foreign_over, 1e-3),
        )

    def _learn(self, fact: Fact) -> None:
        """Take in a row that has left the stretch, unless the stretch is strange."""
        state = self._state
        state.learnt += 1
        memory, (blur, doubt) = min(state.learnt, _MEMORY), state.usual
        state.usual = (blur + (fact[0] - blur) / memory, doubt + (fact[1] - doubt) / memory)

    def _say(self, verdict: int, over: float, share: float, hop: int) -> Observation:
        end = hop + HOPS_PER_POSTERIOR
        # The row came out of the model together with the others of its step.
        at = -(end // -HOPS_PER_STEP) * HOPS_PER_STEP
        return Observation(
            name=_NAMES[verdict],
            start=self._state.recent[0][0] / HOPS_PER_SECOND,
            end=end / HOPS_PER_SECOND,
            at=at / HOPS_PER_SECOND,
            score=min(1.0, share / 2),
            value=over,
        )
