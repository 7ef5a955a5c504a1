"""Attribution: whether the agent said what is heard in the agent's microphone.

A headset hears two more voices: the caller's, out of the earpiece, late and dull; and the next
desk's. An echo goes with the caller's channel: the energies of its bands rise and fall as the
caller's did up to 350 ms before. The next desk is softer than the agent is as a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, FloatArray
from firmware_py.hearing.bands import energy_bands
from firmware_py.hearing.own_voice import OwnVoice

UNDER_OWN_DB: Final = 8.0
"""dB under the agent's usual level from which words are somebody else's."""
_NOISE: Final = 10 * HOPS_PER_SECOND
"""Hops before the end of a stretch that its noise is measured in."""
MIX_DB: Final = 6.0
"""dB by which the channels of a mix may differ."""
KEPT: Final = 30 * HOPS_PER_SECOND
"""Hops that are remembered besides the last ones: the noise before the longest phrase."""
LEAD: Final = 15
"""Hops by which a phrase's first sound may precede the first sure phone."""
_LATEST: Final = 36
"""Hops by which an echo is late, at most."""
_LEAST_CELLS: Final = 40
"""Bands and hops that must stand out of the noise to tell an echo."""
_OVER_NOISE_DB: Final = 6.0
_LEAST_VOICED: Final = 12
"""Voiced hops that tell the level of words; with fewer, the loud ones do."""
_LOUD_DB: Final = 15.0
"""dB under the loudest hop down to which a hop is a loud one."""
_CLEAR_DB: Final = 6.0
"""dB over the floor at which a voiced hop tells it."""
_OWN_RANGE: Final = 3.0
"""Semitones around the usual pitch in which the agent's own phrases lie, as a rule."""
_MOST_STRANGE: Final = 4.0
"""Semitones beyond it that count, at most: the pitch alone proves nothing."""
LEVEL, THEIR_LEVEL, PITCH, USUAL_LEVEL, USUAL_PITCH = range(5)
"""Columns of what is remembered of a hop."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a stretch of sound tells about who spoke."""

    under_own_db: float
    """dB by which its voiced sound is softer than the agent's usual voice; below 0: louder."""
    strange: float
    """Semitones by which its pitch lies outside the agent's range, 0 to 4."""
    likeness: float
    """Correlation of its band energies with the caller's, at the best delay; -1 to 1."""
    under_caller_db: float
    """dB by which it is softer than the caller was at that delay."""


@dataclass(slots=True)
class Attribution:
    """Remembers 30 s of levels and bands, and tells whether the agent spoke in a stretch of them.

    The likeness is Pearson's correlation over all cells (hop, band) in which the microphone stands
    out of its noise, each band about its own mean, so that the colour of the echo's path does not
    count. The result depends on the stretch alone, not on how the sound was cut into Blocks.

    Known weaknesses: words that the agent mutters ``under_own_db`` below the own usual level pass
    for the next desk's; a next desk nearly as loud as the agent passes for the agent.
    """

    under_own_db: float = UNDER_OWN_DB
    """dB under the agent's usual level from which words are somebody else's; a semitone outside
    the agent's range counts like a dB."""
    echo_likeness: float = 0.6
    """Likeness from which sound is the caller's echo."""
    mix_likeness: float = 0.97
    """Likeness from which both channels carry one mix, if they are about as loud."""
    echo_under_db: float = 6.0
    """dB that an echo is softer than the caller, at least; else the caller's side echoes us."""
    _own: OwnVoice = field(init=False, repr=False)
    _end: int = field(init=False, repr=False)
    """Hop after the last that is remembered."""
    _past: FloatArray = field(init=False, repr=False)
    """[hops, 5], columns above; the pitch in semitones over 100 Hz, NaN where no voice is clear."""
    _agent: FloatArray = field(init=False, repr=False)
    """The agent's bands, dB, [hops, bands]."""
    _caller: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._own = OwnVoice(self.under_own_db)
        self._end = 0
        self._past = np.zeros((0, 5), dtype=np.float32)
        self._agent = self._caller = np.zeros((0, 0), dtype=np.float32)

    def snapshot(self) -> Mapping[str, float]:
        """See ``Learner``."""
        own = self._own
        return {"own_level": own.level, "own_pitch": own.pitch, "own_heard": own.heard}

    def restore(self, numbers: Mapping[str, float]) -> None:
        """See ``Learner``."""
        names = ("own_level", "own_pitch", "own_heard")
        if all(name in numbers for name in names):
            self._own.restore(*(numbers[name] for name in names))

    def feed(self, features: Features) -> None:
        """Remember what a Frame tells."""
        level, floor = features.level[:, AGENT], features.floor[:, AGENT]
        pitch = np.where(level > floor + _CLEAR_DB, features.pitch, 0)
        rows = np.empty((features.hops, 5), dtype=np.float32)
        rows[:, LEVEL], rows[:, THEIR_LEVEL] = level, features.level[:, CALLER]
        rows[:, PITCH] = 12 * np.log2(np.where(pitch > 0, pitch, np.nan) / 100)
        own = np.where(features.speaking[:, AGENT], pitch, 0)
        rows[:, USUAL_LEVEL:] = self._learn(level.tolist(), own.tolist())
        self._past = _joined(self._past, rows)
        self._agent = _joined(self._agent, energy_bands(features.mel))
        self._caller = _joined(self._caller, features.caller_bands)
        self._end = features.start + features.hops

    def _learn(self, level: list[float], pitch: list[float]) -> FloatArray:
        """The agent's usual level and pitch after every hop, [hops, 2]."""
        usual = np.empty((len(level), 2), dtype=np.float32)
        for hop, heard in enumerate(zip(level, pitch, strict=True)):
            self._own.hear(*heard)
            usual[hop] = self._own.usual, self._own.pitch
        return usual

    def own(self, first: int, last: int) -> bool:
        """Whether the agent said what is heard from hop ``first`` to before hop ``last``."""
        evidence = self.weigh(first, last)
        if evidence.under_own_db + evidence.strange > self.under_own_db:
            return False
        if evidence.likeness >= self.mix_likeness and abs(evidence.under_caller_db) < MIX_DB:
            return False  # one mix on both sides: nobody knows whose words they are
        echo = evidence.likeness >= self.echo_likeness
        return not echo or evidence.under_caller_db < self.echo_under_db

    def weigh(self, first: int, last: int) -> Evidence:
        """Gather what tells who spoke from hop ``first`` to before hop ``last``."""
        begin = self._end - len(self._past)
        start, end = max(0, first - LEAD - begin), last - begin
        said = self._past[start:end]
        clear = ~np.isnan(said[:, PITCH])
        if clear.sum() < _LEAST_VOICED:
            clear = said[:, LEVEL] > said[:, LEVEL].max() - _LOUD_DB
        voiced = said[clear]
        likeness, delay = self._likeness(start, end)
        before = self._past[start - delay : end - delay]
        return Evidence(
            float(said[0, USUAL_LEVEL]) - _mean_db(voiced[:, LEVEL]),
            _strange(voiced[:, PITCH], float(said[0, USUAL_PITCH])),
            likeness,
            _mean_db(before[:, THEIR_LEVEL]) - _mean_db(said[:, LEVEL]),
        )

    def _likeness(self, start: int, end: int) -> tuple[float, int]:
        """Greatest correlation with the caller, and the hops by which it is late."""
        lately = slice(max(0, end - _NOISE), end)
        noise = np.percentile(self._agent[lately], 10, axis=0)
        ours = self._agent[start:end]
        clear = ours > noise + _OVER_NOISE_DB
        if clear.sum() < _LEAST_CELLS:
            return 0.0, 0
        theirs = np.maximum(self._caller, np.percentile(self._caller[lately], 10, axis=0) + 3)
        delays = range(min(_LATEST, start) + 1)
        likeness = [_correlation(ours, theirs[start - d : end - d], clear) for d in delays]
        best = int(np.argmax(likeness))
        return likeness[best], best


def _strange(pitch: FloatArray, usual: float) -> float:
    """How far the pitch of a stretch lies outside the usual range, in semitones."""
    if not usual or np.isnan(pitch).any():
        return 0.0
    off = abs(float(np.median(pitch)) - usual) - _OWN_RANGE
    return min(max(off, 0.0), _MOST_STRANGE)


def _joined(past: FloatArray, rows: FloatArray) -> FloatArray:
    return np.concatenate([past.reshape(-1, rows.shape[1]), rows])[-KEPT - len(rows) :]


def _mean_db(levels: FloatArray) -> float:
    """Mean power of levels in dB."""
    return float(10 * np.log10(np.mean(10 ** (levels.astype(np.float64) / 10))))


def _correlation(ours: FloatArray, theirs: FloatArray, clear: npt.NDArray[np.bool_]) -> float:
    """Pearson's, over the clear cells of both, each band about its mean; [hops, bands]."""
    count = np.maximum(clear.sum(axis=0), 1)
    a = np.where(clear, ours - (ours * clear).sum(axis=0) / count, 0).astype(np.float64)
    b = np.where(clear, theirs - (theirs * clear).sum(axis=0) / count, 0).astype(np.float64)
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-9))
