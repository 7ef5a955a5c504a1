"""What flows through the device, from room to room and never back.

Every type is frozen and its arrays are read-only after creation. Time is counted in samples (or in
hops of ``HOP`` samples) from the first sample of the stream; wall-clock time enters at the edges.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from firmware_py.core.findings import CallSummary, Cue, Finding, Observation

__all__ = [
    "AGENT",
    "CALLER",
    "HOP",
    "HOPS_PER_POSTERIOR",
    "HOPS_PER_SECOND",
    "PER_HOP",
    "RATE",
    "Block",
    "BoolArray",
    "CallSummary",
    "Cue",
    "Features",
    "Finding",
    "FloatArray",
    "Foreseen",
    "Observation",
    "PcmArray",
    "StepResult",
]

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]
PcmArray = npt.NDArray[np.int16]

RATE: Final = 16_000
"""Samples per second of every stream inside the device."""
HOP: Final = 160
"""Samples per hop (10 ms)."""
HOPS_PER_SECOND: Final = RATE // HOP
HOPS_PER_POSTERIOR: Final = 3
"""The phone model emits one row of posteriors every three hops (30 ms)."""

AGENT: Final = 0
"""Column of the agent's microphone in every two-channel array."""
CALLER: Final = 1
"""Column of the caller's voice in every two-channel array."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of sound as it came from the source, of any length."""

    seq: int
    """Counts Blocks; a gap shows that the source lost some."""
    pcm: PcmArray
    """int16 samples at 16 kHz, shape [samples, 2]: agent, caller."""
    joined: int = 1
    """How many Blocks of the source this one is, ``seq`` and those after it."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the phone model would say next if the pause that may have just begun lasted."""

    row: int
    """Index of the first row since the stream began."""
    ask: Callable[[], FloatArray]
    """Works out log phone posteriors (natural log), shape [rows, tokens], for whoever cares."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is derived once from a Block, for every detector: ``hops`` hops, possibly none.

    How hops are grouped depends on how the source cut its Blocks, so no result may depend on the
    grouping.
    """

    start: int
    """Index of the first hop since the stream began; hop ``i`` ends at sample ``(i + 1) * HOP``."""
    level: FloatArray
    """RMS level in dBFS, shape [hops, 2]; digital silence is -100."""
    floor: FloatArray
    """Tracked noise floor in dBFS, shape [hops, 2]."""
    speaking: BoolArray
    """Whether the channel carries speech-like sound, shape [hops, 2], two thresholds."""
    microphone: FloatArray
    """What the agent's raw samples show of the microphone, shape [hops, 5]; the columns stand in
    ``hearing.microphone_stats``."""
    mel: FloatArray
    """The agent's log-mel energies (natural log), shape [hops, bands]."""
    agent_bands: FloatArray
    """The agent's energies in dB in ten bands, shape [hops, 10] (``hearing.bands``)."""
    caller_bands: FloatArray
    """The same of the caller's: enough to know an echo by, too coarse for words."""
    caller_tone: BoolArray
    """Whether a tone of the telephone network sounds on the caller's channel, shape [hops]."""
    pitch: FloatArray
    """The agent's pitch in Hz, shape [hops]; 0 where the agent is silent or the sound voiceless.
    It lags the hops by ``hearing.pitch.DELAY_HOPS``."""
    posterior_start: int
    """Index of the first row of ``posteriors``; row ``j`` covers hops ``3 j`` to ``3 j + 2``."""
    posteriors: FloatArray
    """The agent's log phone posteriors (natural log), shape [rows, tokens]; may lag the hops."""
    foreseen: tuple[Foreseen, ...] = ()
    """Where a pause of the agent's may begin: rows that ``posteriors`` has later, if it lasts."""

    @property
    def hops(self) -> int:
        """Number of hops."""
        return len(self.level)

    def slice(self, first: int, last: int) -> Self:
        """Hops ``first`` to ``last - 1``, counted from the first of these.

        Rows of posteriors go with the hop that ends them; rows of earlier hops, which the phone
        model gave late, go with the first hop.
        """
        rows = [self._rows_before(hop) for hop in (first, last)]
        per_hop: dict[str, Any] = {name: getattr(self, name)[first:last] for name in PER_HOP}
        return replace(
            self,
            start=self.start + first,
            posterior_start=self.posterior_start + rows[0],
            posteriors=self.posteriors[rows[0] : rows[1]],
            foreseen=self._foreseen(*rows),
            **per_hop,
        )

    def _foreseen(self, first: int, last: int) -> tuple[Foreseen, ...]:
        """What was foreseen after one of these rows of posteriors."""
        begin = self.posterior_start
        return tuple(one for one in self.foreseen if begin + first < one.row <= begin + last)

    def _rows_before(self, hop: int) -> int:
        """Rows that end before a hop; none before the first."""
        if hop <= 0:
            return 0
        whole = (self.start + hop) // HOPS_PER_POSTERIOR - self.posterior_start
        return min(max(whole, 0), len(self.posteriors))

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Join Features that follow each other without a gap; at least one."""
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in (*PER_HOP, "posteriors")
        }
        foreseen = tuple(one for part in parts for one in part.foreseen)
        return replace(parts[0], **arrays, foreseen=foreseen)


PER_HOP: Final = (
    "level",
    "floor",
    "speaking",
    "microphone",
    "mel",
    "agent_bands",
    "caller_bands",
    "caller_tone",
    "pitch",
)
"""Arrays of Features with a row for every hop."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """What came of one step of the pipeline: of one Block, or of one signal of the phone system."""

    features: Features | None = None
    """Of the Block; None for a signal."""
    observations: tuple[Observation, ...] = ()
    """What detectors heard and the life of the call lets pass, in the order of ``at`` and name."""
    findings: tuple[Finding, ...] = ()
    """What the rules say about it."""
    summaries: tuple[CallSummary, ...] = ()
    """Calls that ended in this step."""
