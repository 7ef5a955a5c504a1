"""The ear: a Block of both channels becomes a Frame for every detector."""

from collections.abc import Iterable

import numpy as np

from firmware_py.hearing.levels import Levels
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.microphone import Microphone
from firmware_py.hearing.pitch import Pitch
from firmware_py.hearing.speech import Speech
from firmware_py.hearing.spotter import OUTPUTS, Spotter
from firmware_py.types import AGENT, Block, Frame


class Ear:
    """Stage from Blocks to Frames.

    Only the agent's channel is heard as speech: nothing of the caller's goes beyond its level
    (but see ``firmware_py.overhearing``, which a site has to switch on).
    """

    def __init__(self, spotter: Spotter | None) -> None:
        """Listen with a phone model, or without: then every Frame has 0 rows of posteriors."""
        self._spotter = spotter
        self._levels = Levels()
        self._speech = Speech()
        self._microphone = Microphone()
        self._mel = LogMel()
        self._pitch = Pitch()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._hops = 0
        self._rows = 0
        self._levels.reset()
        self._speech.reset()
        self._microphone.reset()
        self._mel.reset()
        self._pitch.reset()
        if self._spotter:
            self._spotter.reset()

    def feed(self, item: Block) -> Iterable[Frame]:
        """Hear one Block; a Frame comes even if it completes no hop."""
        level = self._levels.feed(item.pcm)
        floor, speaking = self._speech.feed(level)
        agent = item.pcm[:, AGENT]
        mel = self._mel.feed(agent)
        posteriors = (
            self._spotter.feed(mel) if self._spotter else np.empty((0, OUTPUTS), dtype=np.float32)
        )
        frame = Frame(
            start=self._hops,
            level=level,
            floor=floor,
            speaking=speaking,
            microphone=self._microphone.feed(item.pcm),
            mel=mel,
            pitch=self._pitch.feed(agent, speaking[:, AGENT]),
            posterior_start=self._rows,
            posteriors=posteriors,
        )
        self._hops += len(level)
        self._rows += len(posteriors)
        return (frame,)
