"""The ear: a Block of both channels becomes a Frame for every detector."""

from collections.abc import Iterable

import numpy as np

from firmware_py.core.types import AGENT, Block, Features
from firmware_py.hearing.levels import Levels
from firmware_py.hearing.mel import LogMel
from firmware_py.hearing.microphone_stats import MicrophoneStats
from firmware_py.hearing.phone_model import OUTPUTS, PhoneModel
from firmware_py.hearing.pitch import Pitch
from firmware_py.hearing.voice_activity import VoiceActivity


class FeatureExtractor:
    """Stage from Blocks to Frames.

    Only the agent's channel is heard as speech: nothing of the caller's goes beyond its level
    (but see ``firmware_py.detectors.caller_phrases``, which a site has to switch on).
    """

    def __init__(self, phone_model: PhoneModel | None) -> None:
        """Listen with a phone model, or without: then every Frame has 0 rows of posteriors."""
        self._phone_model = phone_model
        self._levels = Levels()
        self._voice_activity = VoiceActivity()
        self._microphone = MicrophoneStats()
        self._mel = LogMel()
        self._pitch = Pitch()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._hops = 0
        self._rows = 0
        self._levels.reset()
        self._voice_activity.reset()
        self._microphone.reset()
        self._mel.reset()
        self._pitch.reset()
        if self._phone_model:
            self._phone_model.reset()

    def feed(self, item: Block) -> Iterable[Features]:
        """Hear one Block; a Frame comes even if it completes no hop."""
        level = self._levels.feed(item.pcm)
        floor, speaking = self._voice_activity.feed(level)
        agent = item.pcm[:, AGENT]
        mel = self._mel.feed(agent)
        posteriors = (
            self._phone_model.feed(mel)
            if self._phone_model
            else np.empty((0, OUTPUTS), dtype=np.float32)
        )
        features = Features(
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
        return (features,)
