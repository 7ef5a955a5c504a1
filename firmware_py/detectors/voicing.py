"""Voicing: whether what is loud in the agent's microphone is a voice, and the agent's own."""

from dataclasses import dataclass
from typing import Final

from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.voice_activity import ECHO, ECHO_FADE, HYSTERESIS

UNDER_OWN_DB: Final = 6.0
"""dB under the agent's voiced peaks below which a voice is the next desk's."""
_SYLLABLE = (1 << 30) - 1
"""Bits of the hops in which a syllable is sought."""
_LEAST = 8
"""Hops of them with a pitch that make a voice."""
_REMEMBERED = (1 << 250) - 1
_ECHO = ECHO + HYSTERESIS
"""dB under the caller from which sound may be an echo: the bound to which speech goes on."""
_CONSONANT = 20
"""Hops by which a voiceless initial may precede the first pitch."""
_OWN_LEAST = 4
"""Voiced hops as loud as the agent's that make what is said the agent's."""
_APART = 70
"""Hops without sound after which somebody else may be speaking."""
_OWN_RISE = 0.1
"""Share of a louder hop's lead by which the peaks rise."""
_KNOWN = 2 * HOPS_PER_SECOND
"""Voiced hops in which they become known; later they rise slowly, since a shout is no habit."""
_OWN_RISE_DB = 2.0 / HOPS_PER_SECOND
"""dB per voiced hop by which they rise then, at most."""
_OWN_FALL_DB = 0.5 / HOPS_PER_SECOND
"""dB by which they fall in every softer voiced hop."""


@dataclass(slots=True)
class Voicing:
    """Tells the agent's speech from bites, keys and coughs, which have hardly any pitch.

    A syllable has a run of voiced hops, a burst of noise only stray ones (voicing as the first mark
    of speech: Atal and Rabiner 1976). Pitch that may be the echo of the caller's does not count.
    Nor does what is said before some of it is nearly as loud as the agent's own voiced peaks: the
    next desk is softer, and its few loud vowels do not last.

    Known weaknesses: whispering is no voice; a moan while yawning is one; a word or two that the
    agent says much more softly than all before are taken for the next desk's.
    """

    under_own_db: float = UNDER_OWN_DB
    """dB under the agent's voiced peaks below which a voice is the next desk's."""
    _past: int = 0
    """A bit for every hop that is remembered, the latest lowest: whether it was voiced."""
    _echo: float = SILENCE_DB
    """dBFS up to which sound may be the caller's echo."""
    _began: int = 0
    """First hop of the sound that goes on."""
    _sounds: bool = False
    _last: int = 0
    """Last hop of sound."""
    _own_db: float = SILENCE_DB
    """The agent's voiced peaks in dBFS."""
    _own: int = 0
    """Voiced hops of what is being said that are nearly as loud as these."""
    _heard: int = 0
    """Voiced hops in all."""

    def hear(self, hop: int, level: list[float], sounds: bool, pitch: float) -> bool:
        """Take a hop, dBFS of both sides, whether the agent's is sound, and its pitch in Hz.

        Returns:
            Whether the sound is a voice, and the agent's.
        """
        echo = level[CALLER] - _ECHO
        self._echo -= ECHO_FADE
        if echo > self._echo:
            self._echo = echo
        self._past = self._past << 1 & _REMEMBERED
        if not sounds:
            self._sounds = False
            return False
        if not self._sounds:
            self._begin(hop)
        self._last = hop
        if pitch > 0 and level[AGENT] >= self._echo:
            self._past |= 1
            self._weigh(level[AGENT])
        return self._own >= _OWN_LEAST and (self._past & _SYLLABLE).bit_count() >= _LEAST

    def _begin(self, hop: int) -> None:
        """Sound begins; after long silence nobody has proved to be the agent yet."""
        self._sounds, self._began = True, hop
        if hop - self._last > _APART:
            self._own = 0

    def _weigh(self, level: float) -> None:
        """Compare a voiced hop with the agent's peaks, and learn these."""
        lead = level - self._own_db
        self._own += lead >= -self.under_own_db
        self._heard += 1
        if lead <= 0:
            self._own_db -= _OWN_FALL_DB
        elif self._heard <= _KNOWN:
            self._own_db += _OWN_RISE * lead
        else:
            self._own_db += min(_OWN_RISE * lead, _OWN_RISE_DB)

    def onset(self, hop: int) -> int:
        """First hop of the voice that is heard in this one."""
        first_voiced = hop + 1 - (self._past & _SYLLABLE).bit_length()
        return max(self._began, first_voiced - _CONSONANT)

    def voiced(self, hops: int) -> int:
        """How many of the last hops were voiced; what lies over 2.5 s back is forgotten."""
        return (self._past & ((1 << hops) - 1)).bit_count()
