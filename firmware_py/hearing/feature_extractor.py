"""Turns a Block of both channels into the Features that every detector shares."""

from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from firmware_py.core.types import (
    AGENT,
    CALLER,
    Block,
    BoolArray,
    Features,
    FloatArray,
    Foreseen,
    PcmArray,
)
from firmware_py.hearing.bands import Spectra
from firmware_py.hearing.dozing import Dozing, Model, heard
from firmware_py.hearing.foresight import Pauses
from firmware_py.hearing.levels import Levels
from firmware_py.hearing.microphone_stats import MicrophoneStats
from firmware_py.hearing.phone_model import OUTPUTS
from firmware_py.hearing.pitch import Pitch
from firmware_py.hearing.tones import Tones
from firmware_py.hearing.voice_activity import VoiceActivity

_NONE: Final = np.empty((0, OUTPUTS), dtype=np.float32)


class _Resets(Protocol):
    def reset(self) -> None: ...


class LevelStage(_Resets, Protocol):
    """int16 samples [n, 2] -> a row for every hop that they complete, [hops, columns]."""

    def feed(self, pcm: PcmArray) -> FloatArray: ...  # noqa: D102


class ActivityStage(_Resets, Protocol):
    """Levels [hops, 2], and where a tone sounds, [hops] -> floor and speaking, [hops, 2] each."""

    def feed(self, level: FloatArray, tone: BoolArray) -> tuple[FloatArray, BoolArray]: ...  # noqa: D102


class ToneStage(_Resets, Protocol):
    """int16 samples of one channel -> whether a tone sounds, [hops]."""

    def feed(self, pcm: npt.NDArray[np.int16]) -> BoolArray: ...  # noqa: D102


class SpectraStage(_Resets, Protocol):
    """int16 samples [n, 2] -> log-mel of the agent, bands of agent and caller, [hops, bands]."""

    def feed(  # noqa: D102
        self, pcm: PcmArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]: ...


class PitchStage(_Resets, Protocol):
    """int16 samples of one channel, and whether it speaks [hops] -> Hz, [hops]."""

    def feed(  # noqa: D102
        self, pcm: npt.NDArray[np.int16], speaking: BoolArray
    ) -> FloatArray: ...


@dataclass(frozen=True, slots=True)
class Stages:
    """The parts of a FeatureExtractor; a benchmark may put a stopwatch around each."""

    levels: LevelStage = field(default_factory=Levels)
    voice_activity: ActivityStage = field(default_factory=VoiceActivity)
    caller_tone: ToneStage = field(default_factory=Tones)
    microphone: LevelStage = field(default_factory=MicrophoneStats)
    spectra: SpectraStage = field(default_factory=Spectra)
    pitch: PitchStage = field(default_factory=Pitch)
    phone_model: Model | None = None
    """None: Features have 0 rows of posteriors."""

    def reset(self) -> None:
        """Let every stage forget everything; the phone model is reset by what lets it sleep."""
        for stage in (
            self.levels,
            self.voice_activity,
            self.caller_tone,
            self.microphone,
            self.spectra,
            self.pitch,
        ):
            stage.reset()


class FeatureExtractor:
    """Derives Features from Blocks: exactly one of each Block, however many hops it completes.

    Only the agent's channel is heard as speech: nothing of the caller's goes beyond its level and
    ten bands (but see ``detectors.caller_phrases``, which a site has to switch on).
    """

    def __init__(self, phone_model: Model | None = None, stages: Stages | None = None) -> None:
        """Take the stages of the device with a phone model or without, or these."""
        self._stages = stages or Stages(phone_model=phone_model)
        model = self._stages.phone_model
        self._dozing = Dozing(model) if model else None
        self._pauses = Pauses()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._hops = self._rows = 0
        self._stages.reset()
        self._pauses.reset()
        if self._dozing:
            self._dozing.reset()

    def feed(self, item: Block) -> Features:
        """Hear one Block; Features come even if it completes no hop."""
        stages, agent = self._stages, item.pcm[:, AGENT]
        level = stages.levels.feed(item.pcm)
        tone = stages.caller_tone.feed(item.pcm[:, CALLER])
        floor, speaking = stages.voice_activity.feed(level, tone)
        mel, agent_bands, caller_bands = stages.spectra.feed(item.pcm)
        posteriors, foreseen = self._posteriors(mel, level[:, AGENT], floor[:, AGENT])
        features = Features(
            start=self._hops,
            level=level,
            floor=floor,
            speaking=speaking,
            microphone=stages.microphone.feed(item.pcm),
            mel=mel,
            agent_bands=agent_bands,
            caller_bands=caller_bands,
            caller_tone=tone,
            pitch=stages.pitch.feed(agent, speaking[:, AGENT]),
            posterior_start=self._rows,
            posteriors=posteriors,
            foreseen=foreseen,
        )
        self._hops += features.hops
        self._rows += len(features.posteriors)
        return features

    def _posteriors(
        self, mel: FloatArray, level: FloatArray, floor: FloatArray
    ) -> tuple[FloatArray, tuple[Foreseen, ...]]:
        if self._dozing is None:
            return _NONE, ()
        sound = heard(level, floor)
        return self._dozing.feed(mel, sound, self._pauses.feed(level, sound))
