"""Voicing: whether what is loud in the agent's microphone is a voice."""

from dataclasses import dataclass

from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.hearing.speech import ECHO, ECHO_FADE, HYSTERESIS
from firmware_py.types import AGENT, CALLER

_SYLLABLE = (1 << 30) - 1
"""Bits of the hops in which a syllable is sought."""
_LEAST = 8
"""Hops of them with a pitch that make a voice."""
_REMEMBERED = (1 << 250) - 1
_ECHO = ECHO + HYSTERESIS
"""dB under the caller from which sound may be an echo: the bound to which speech goes on."""
_CONSONANT = 20
"""Hops by which a voiceless initial may precede the first pitch."""


@dataclass(slots=True)
class Voicing:
    """Tells the agent's speech from bites, keys and coughs, which have hardly any pitch.

    A syllable has a run of voiced hops, a burst of noise only stray ones (voicing as the first mark
    of speech: Atal and Rabiner 1976). Pitch that may be the echo of the caller's does not count.

    Known weaknesses: whispering is no voice; a moan while yawning is one.
    """

    _past: int = 0
    """A bit for every hop that is remembered, the latest lowest: whether it was voiced."""
    _echo: float = SILENCE_DB
    """dBFS up to which sound may be the caller's echo."""
    _began: int = 0
    """First hop of the sound that goes on."""
    _sounds: bool = False

    def hear(self, hop: int, level: list[float], sounds: bool, pitch: float) -> bool:
        """Take a hop, dBFS of both sides, whether the agent's is sound, and its pitch in Hz.

        Returns:
            Whether the sound is a voice.
        """
        self._echo = max(level[CALLER] - _ECHO, self._echo - ECHO_FADE)
        if sounds and not self._sounds:
            self._began = hop
        self._sounds = sounds
        voiced = sounds and pitch > 0 and level[AGENT] >= self._echo
        self._past = (self._past << 1 | voiced) & _REMEMBERED
        return sounds and (self._past & _SYLLABLE).bit_count() >= _LEAST

    def onset(self, hop: int) -> int:
        """First hop of the voice that is heard in this one."""
        first_voiced = hop + 1 - (self._past & _SYLLABLE).bit_length()
        return max(self._began, first_voiced - _CONSONANT)

    def voiced(self, hops: int) -> int:
        """How many of the last hops were voiced; what lies over 2.5 s back is forgotten."""
        return (self._past & ((1 << hops) - 1)).bit_count()
