"""The production chain, fed as a device feeds it."""

import datetime
from collections.abc import Sequence
from typing import Final

from firmware_py.core.types import Block, Finding
from firmware_py.device.joiner import Joiner
from firmware_py.device.pipeline import Pipeline
from firmware_py.hearing.phone_model import load_phone_model
from firmware_py.rules import load_rulebook, started_at
from firmware_py.settings.config import Config
from lab.many_phrases import with_made_up

AFTERNOON: Final = datetime.datetime(2026, 1, 5, 14)
"""When the bundled call begins."""


class LiveChain:
    """A pipeline that is fed as in a device: long Blocks while nothing is urgent."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline, self._joiner = pipeline, Joiner()

    def feed(self, block: Block) -> Sequence[Finding]:
        """Hear a short Block, alone or with those before it."""
        joined = self._joiner.feed(block)
        if joined is None:
            return ()
        result = self._pipeline.feed(joined)
        self._joiner.follow(result.features, urgent=self._pipeline.urgent)
        return result.findings


def build_pipeline(more: int = 0) -> Pipeline:
    """Make the production chain, with so many made-up phrases more."""
    rulebook = with_made_up(load_rulebook(Config().rulebook), more)
    return Pipeline(rulebook, load_phone_model(), started_at(AFTERNOON))
