"""How loud and how high the agent's own voice is, as a rule: another one is somebody else's."""

from dataclasses import dataclass, field
from math import log2, log10
from typing import Final

from firmware_py.core.types import HOPS_PER_SECOND

UNKNOWN_DB: Final = -44.0
"""dBFS at which an agent is believed to speak before anything was heard of them: a quiet line."""
_PRIOR_DB: Final = -27.0
"""dBFS over which few people speak as a rule."""
_PRIOR: Final = 3 * HOPS_PER_SECOND
"""Voiced hops that this is worth."""
_GAP: Final = 30
"""Hops without voice that end a stretch of speech."""
_STRETCH: Final = 2 * HOPS_PER_SECOND
"""Voiced hops after which it is judged in any case."""
_LEAST: Final = 10
"""Voiced hops that tell anything."""
_MEMORY: Final = 30 * HOPS_PER_SECOND
"""Voiced hops over which the usual level moves."""
_RISES: Final = 8 * HOPS_PER_SECOND
"""The same where it rises: the louder voice is the one that wears the headset."""
_TRUSTED: Final = HOPS_PER_SECOND
"""Voiced hops that a level from before a restart is worth."""
_LOUDER_DB: Final = 3.0
"""dB over the usual level from which it rises."""
_OTHERS: Final = 0.15
"""Weight of a stretch so soft that it is not the agent's: the microphone may have been moved."""


@dataclass(slots=True)
class OwnVoice:
    """Follows level and pitch of the agent's voiced sound, a hop at a time.

    Stretches of speech are measured by their mean power. In dB, so that no single shout counts for
    much, the usual level moves to that of the last half minute of voice; quickly upwards, hardly
    towards a stretch that is ``under_db`` softer, which is the next desk's or an echo.
    """

    under_db: float
    """dB under the usual level from which a voice is taken for somebody else's."""
    level: float = UNKNOWN_DB
    """The usual level in dBFS."""
    pitch: float = 0.0
    """The usual pitch in semitones over 100 Hz."""
    heard: float = 0.0
    """Voiced hops that it was learnt from, up to the length of its memory."""
    _worth: float = field(init=False, repr=False, default=0.0)
    """Voiced hops that what was learnt is worth: after a restart less than it was."""
    _voiced: int = field(init=False, repr=False, default=0)
    _power: float = field(init=False, repr=False, default=0.0)
    """Sum over the stretch that goes on, relative to full scale."""
    _semitones: float = field(init=False, repr=False, default=0.0)
    """Sum over it."""
    _gap: int = field(init=False, repr=False, default=0)

    @property
    def waits(self) -> bool:
        """Whether hops without a voice tell nothing: no stretch of speech goes on."""
        return not self._voiced

    def hear(self, level: float, pitch: float) -> bool:
        """Take a hop's level in dBFS and the agent's pitch in Hz; 0 where there is no voice.

        Returns:
            Whether a stretch of speech ended with it, from which the usual voice is learnt.
        """
        if pitch > 0:
            self._voiced, self._gap = self._voiced + 1, 0
            self._power += 10 ** (level / 10)
            self._semitones += 12 * log2(pitch / 100)
        else:
            self._gap += 1
        ended = self._voiced > 0 and (self._gap >= _GAP or self._voiced >= _STRETCH)
        if ended:
            self._learn()
        return ended

    @property
    def usual(self) -> float:
        """The usual level in dBFS; the first words may be a shout, so loud ones must prove it."""
        prior = min(self.level, _PRIOR_DB)
        return (self._worth * self.level + _PRIOR * prior) / (self._worth + _PRIOR)

    def restore(self, level: float, pitch: float, heard: float) -> None:
        """Go on from an earlier voice; it is soon forgotten, for another agent may sit here."""
        self.level, self.pitch, self.heard = level, pitch, heard
        self._worth = min(heard, _TRUSTED)

    def _learn(self) -> None:
        voiced, mean = self._voiced, 10 * log10(self._power / self._voiced)
        semitones = self._semitones / voiced
        self._voiced, self._power, self._semitones = 0, 0.0, 0.0
        if voiced < _LEAST:
            return
        lead = mean - self.level
        if not self.heard:
            self.level, self.pitch = mean, semitones
            self.heard = self._worth = float(voiced)
            return
        memory = _RISES if lead > _LOUDER_DB else _MEMORY
        weight = voiced if lead > -self.under_db else voiced * _OTHERS
        self.heard = min(self.heard + weight, _MEMORY)
        self._worth = min(self._worth + weight, _MEMORY)
        share = min(1.0, weight / min(self._worth, memory))
        self.level += lead * share
        self.pitch += (semitones - self.pitch) * share
