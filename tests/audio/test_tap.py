"""The live tap, with a made-up sound card or with none at all, as in a container."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pytest

from firmware_py.audio import tap
from firmware_py.audio.sound_card import TapError
from firmware_py.audio.tap import WAITING_BLOCKS, TapSource
from firmware_py.core.types import PcmArray
from firmware_py.settings.config import Tap

NO_CARD = Tap(device="a card that nobody has")


def test_who_waits_for_a_card_goes_on_without_one() -> None:
    source = TapSource(NO_CARD, wait=True)
    blocks = iter(source)
    assert [len(next(blocks).pcm) for _ in range(2)] == [0, 0]
    assert source.problem
    source.close()
    assert list(blocks) == []


def test_who_does_not_wait_is_told() -> None:
    with pytest.raises(TapError, match="a card that nobody has"):
        TapSource(NO_CARD)


@dataclass
class Card:
    """A sound card that gives frames when it is asked to."""

    tap: Tap
    take: Callable[[PcmArray], None]
    rate: int = 16_000
    channels: int = 2

    def give(self, blocks: int) -> None:
        """Hand over so many Blocks."""
        for _ in range(blocks):
            self.take(np.zeros((self.tap.block_samples, 2), np.int16))

    def close(self) -> None:
        """Do nothing."""


def test_what_finds_no_room_leaves_a_gap_where_it_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    cards: list[Card] = []

    def card(tap: Tap, take: Callable[[PcmArray], None]) -> Card:
        cards.append(Card(tap, take))
        return cards[-1]

    monkeypatch.setattr(tap, "SoundCard", card)
    source = TapSource(Tap())
    cards[0].give(WAITING_BLOCKS + 3)
    assert source.behind_s == pytest.approx(6.0)
    heard = [block.seq for block in islice(source, WAITING_BLOCKS)]
    cards[0].give(1)
    heard += [block.seq for block in islice(source, 1)]
    assert heard == [*range(WAITING_BLOCKS), WAITING_BLOCKS + 3]
    source.close()
