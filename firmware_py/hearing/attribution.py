"""Attribution: whether the agent said what is heard in the agent's microphone.

A headset hears two more voices: the caller's, out of the earpiece, late and dull; and the next
desk's. An echo goes with the caller's channel: the energies of its bands rise and fall as the
caller's did up to 350 ms before. The next desk is softer than the agent is as a rule.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, Features, FloatArray
from firmware_py.hearing.echo import LATEST, NOISE_HOPS, likeness, masked_db
from firmware_py.hearing.history import History
from firmware_py.hearing.own_voice import OwnVoice

UNDER_OWN_DB: Final = 7.5
"""dB under the agent's usual level from which words are somebody else's."""
_SOFT_DB: Final = 8.0
"""dB under it from which a stretch is hardly learnt from."""
MIX_DB: Final = 6.0
"""dB by which the channels of a mix may differ."""
KEPT: Final = 30 * HOPS_PER_SECOND
"""Hops that are remembered besides the last ones: the noise before the longest phrase."""
LEAD: Final = 15
"""Hops by which a phrase's first sound may precede the first sure phone."""
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a stretch of sound tells about who spoke."""

    under_own_db: float
    """dB by which its voiced sound is softer than the agent's usual voice; below 0: louder."""
    masked_db: float
    """dB of that sound that the caller's echo explains: so much softer is what is left."""
    strange: float
    """Semitones by which its pitch lies outside the agent's range, 0 to 4."""
    likeness: float
    """Correlation of its band energies with the caller's, at the best delay; -1 to 1."""
    under_caller_db: float
    """dB by which it is softer than the caller was at that delay."""
    returned: float
    """Correlation of the caller's band energies with it, later: what the far end sends back."""


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
    """dB that an echo is softer than the caller, as a rule; a microphone that levels its sound
    makes it as loud."""
    echo_lead: float = 0.1
    """Likeness by which such an echo goes more with what came before than with what follows; else
    the caller's side echoes us."""
    _own: OwnVoice = field(init=False, repr=False)
    _usual: deque[tuple[int, float, float]] = field(init=False, repr=False)
    """The agent's usual level and pitch, and the hop from which they were so."""
    _past: History = field(init=False, repr=False)
    """Levels in dBFS, [hops, 2]; the agent's pitch in Hz, 0 where no voice is clear, [hops]; bands
    of the agent and of the caller in dB, [hops, bands]."""

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._own = OwnVoice(_SOFT_DB)
        self._usual = deque([(0, self._own.usual, self._own.pitch)])
        self._past = History(KEPT)

    def snapshot(self) -> Mapping[str, float]:
        """See ``Learner``."""
        own = self._own
        return {"own_level": own.level, "own_pitch": own.pitch, "own_heard": own.heard}

    def restore(self, numbers: Mapping[str, float]) -> None:
        """See ``Learner``."""
        names = ("own_level", "own_pitch", "own_heard")
        if all(name in numbers for name in names):
            self._own.restore(*(numbers[name] for name in names))
            self._note(self._past.end)

    def feed(self, features: Features) -> None:
        """Remember what Features tell."""
        pitch = features.pitch
        if pitch.any():
            clear = features.level[:, AGENT] > features.floor[:, AGENT] + _CLEAR_DB
            pitch = np.where(clear, pitch, 0)
        self._learn(features, pitch)
        bands = (features.agent_bands, features.caller_bands)
        self._past.add(features.start, features.level, pitch, *bands)

    def _learn(self, features: Features, pitch: FloatArray) -> None:
        """Follow the agent's usual voice; silence between two stretches of speech tells nothing."""
        if self._own.waits and not pitch.any():
            return
        level = features.level[:, AGENT].tolist()
        own = np.where(features.speaking[:, AGENT], pitch, 0).tolist()
        for hop, heard in enumerate(zip(level, own, strict=True), features.start):
            if self._own.hear(*heard):
                self._note(hop)

    def _note(self, hop: int) -> None:
        self._usual.append((hop, self._own.usual, self._own.pitch))
        while len(self._usual) > 1 and self._usual[1][0] <= self._past.begin:
            self._usual.popleft()

    def _usual_at(self, hop: int) -> tuple[float, float]:
        """The agent's usual level and pitch after a hop."""
        known = [one[1:] for one in self._usual if one[0] <= hop]
        return known[-1] if known else self._usual[0][1:]

    def own(self, first: int, last: int) -> bool:
        """Whether the agent said what is heard from hop ``first`` to before hop ``last``."""
        evidence = self.weigh(first, last)
        softer_db = evidence.under_own_db + evidence.masked_db + evidence.strange
        if softer_db > self.under_own_db:
            return False
        if evidence.likeness >= self.mix_likeness and abs(evidence.under_caller_db) < MIX_DB:
            return False  # one mix on both sides: nobody knows whose words they are
        soft = evidence.under_caller_db >= self.echo_under_db
        follows = soft or evidence.likeness >= evidence.returned + self.echo_lead
        return evidence.likeness < self.echo_likeness or not follows

    def weigh(self, first: int, last: int) -> Evidence:
        """Gather what tells who spoke from hop ``first`` to before hop ``last``."""
        begin = max(self._past.begin, min(first - LEAD - LATEST, last - NOISE_HOPS))
        start, end = max(0, first - LEAD - begin), last - begin
        level, pitch, agent, caller = self._past.between(begin, last)
        clear = pitch[start:] > 0
        if clear.sum() < _LEAST_VOICED:
            clear = level[start:, AGENT] > level[start:, AGENT].max() - _LOUD_DB
        voiced = pitch[start:][clear]
        alike, delay = likeness(agent, caller, start)
        usual_level, usual_pitch = self._usual_at(begin + start)
        late = slice(start - delay, end - delay)
        return Evidence(
            usual_level - _mean_db(level[start:, AGENT][clear]),
            masked_db(agent[start:], caller[late], clear),
            _strange(voiced, usual_pitch),
            alike,
            _mean_db(level[late, CALLER]) - _mean_db(level[start:, AGENT]),
            likeness(caller, agent, start)[0],
        )


def _strange(pitch: FloatArray, usual: float) -> float:
    """How far the pitch of a stretch, in Hz, lies outside the usual range, in semitones."""
    if not usual or not pitch.all():
        return 0.0
    off = abs(float(np.median(12 * np.log2(pitch / 100))) - usual) - _OWN_RANGE
    return min(max(off, 0.0), _MOST_STRANGE)


def _mean_db(levels: FloatArray) -> float:
    """Mean power of levels in dB."""
    return float(10 * np.log10(np.mean(10 ** (levels.astype(np.float64) / 10))))
