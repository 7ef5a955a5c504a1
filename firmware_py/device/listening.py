"""When the ear searches for phrases: in calls alone, or always; and never on mute."""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.types import (
    AGENT,
    CALLER,
    HOPS_PER_POSTERIOR,
    HOPS_PER_SECOND,
    Block,
    BoolArray,
    Features,
    PcmArray,
)
from firmware_py.detectors.line_signal import GATED_S, LineSignal
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.spelling import BLANK
from firmware_py.settings.config import Listen

_STAYS_OPEN: Final = 2 * HOPS_PER_SECOND
"""Hops of digital silence after which a line is idle."""
_GATED_STAYS_OPEN: Final = round(GATED_S * HOPS_PER_SECOND)
"""The same of a line on which words came out of digital silence: it is gated between them."""
_WORD: Final = 3 * HOPS_PER_SECOND // 10
"""Hops of speech that are a word."""
_LAG: Final = 2 * HOPS_PER_SECOND
"""Hops by which posteriors may be late, at most."""
_UNLIKELY: Final = -30.0
"""Natural log of what every phone has where nothing is searched."""


def _idle() -> LineSignal:
    return LineSignal(dead=_STAYS_OPEN)


@dataclass(slots=True)
class Listening:
    """Decides what of the sound is heard, by signals of the phone system and by the caller's line.

    A muted microphone is digitally silent to everything that follows. Under ``Listen.CALLS``
    phrases are searched while the phone system says that a call is on; as long as it never said
    anything, while the caller's line carries a signal. An idle line is digitally silent, and so is
    one that is gated between words; there phrases are searched for three minutes after the last.
    """

    listen: Listen = Listen.ALWAYS
    _muted: bool = field(init=False, repr=False, default=False)
    _still_muted: int = field(init=False, repr=False, default=0)
    """Samples that were, or may have been, said on mute and have not come by yet."""
    _signalled: bool | None = field(init=False, repr=False, default=None)
    """Whether a call is on, as signalled; None: nothing was signalled."""
    _line: LineSignal = field(init=False, repr=False, default_factory=_idle)
    """What the caller's line has carried since it was idle."""
    _words: int = field(init=False, repr=False, default=0)
    """Hops of the caller's words since the line was idle."""
    _open: BoolArray = field(init=False, repr=False)
    """Whether phrases are searched, for the last hops."""
    _open_from: int = field(init=False, repr=False, default=0)
    """Hop of the first of them."""

    def __post_init__(self) -> None:
        """Begin between two calls."""
        self._open = np.zeros(0, dtype=np.bool_)

    def reset(self) -> None:
        """Forget mute and call."""
        self._muted, self._signalled = False, None
        self._still_muted, self._line, self._words = 0, _idle(), 0
        self._open, self._open_from = np.zeros(0, dtype=np.bool_), 0

    def signal(self, signal: CallSignal, waiting: int = 0) -> None:
        """Take a signal; a call that starts or ends is not muted any more.

        Mute holds for the very next Block, in which it was pressed. What was said on mute stays
        unheard: its end waits for the Blocks that were taken before, ``waiting`` samples, and for
        the one in the midst of which it came.
        """
        if signal.action is CallAction.MUTE:
            self._muted = True
        elif self._muted and signal.action in (CallAction.UNMUTE, CallAction.START, CallAction.END):
            self._muted, self._still_muted = False, waiting + 1
        if signal.action in (CallAction.START, CallAction.HOLD, CallAction.RESUME, CallAction.END):
            self._signalled = signal.action is not CallAction.END

    def block(self, block: Block) -> Block:
        """What is heard of a Block."""
        if not self._muted and self._still_muted <= 0:
            return block
        self._still_muted -= len(block.pcm)
        pcm = block.pcm.copy()
        pcm[:, AGENT] = 0
        pcm.flags.writeable = False
        return replace(block, pcm=pcm)

    def caller(self, pcm: PcmArray) -> PcmArray:
        """What is heard of the caller's words, int16 [n]; an idle line carries none anyway."""
        between = self.listen is Listen.CALLS and self._signalled is False
        return np.zeros_like(pcm) if between else pcm

    def phrases(self, features: Features) -> Features:
        """Features in which phrases are sought: no phone is likely where none is to be."""
        if self.listen is Listen.ALWAYS:
            return features
        self._follow(features)
        rows = features.posterior_start + np.arange(len(features.posteriors))
        hops = (rows + 1) * HOPS_PER_POSTERIOR - 1 - self._open_from
        shut = ~self._open[np.clip(hops, 0, len(self._open) - 1)] if len(self._open) else rows >= 0
        posteriors = features.posteriors.copy()
        posteriors[shut] = _UNLIKELY
        posteriors[shut, BLANK] = 0.0
        before = features.posterior_start + 1
        foreseen = tuple(one for one in features.foreseen if not shut[one.row - before])
        return replace(features, posteriors=posteriors, foreseen=foreseen)

    def _follow(self, features: Features) -> None:
        """Note for every hop whether phrases are searched in it."""
        on = np.empty(features.hops, dtype=np.bool_)
        facts = zip(
            features.level[:, CALLER].tolist(), features.speaking[:, CALLER].tolist(), strict=True
        )
        for hop, (level, speaking) in enumerate(facts):
            open_line = self._is_open(level, speaking)
            on[hop] = open_line if self._signalled is None else self._signalled
        self._open = np.concatenate([self._open, on])[-features.hops - _LAG :]
        self._open_from = features.start + features.hops - len(self._open)

    def _is_open(self, level: float, speaking: bool) -> bool:
        """Whether the caller's line is that of a call; takes a hop of it."""
        self._words += speaking
        self._line.hear(level, level > SILENCE_DB, speaking)
        gated = self._line.gated and self._words >= _WORD
        is_open = self._line.dead < (_GATED_STAYS_OPEN if gated else _STAYS_OPEN)
        if not is_open:
            self._line, self._words = _idle(), 0
        return is_open
