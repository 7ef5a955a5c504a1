"""Where no sound card is there at all, as in a container."""

import pytest

from firmware_py.audio.sound_card import TapError
from firmware_py.audio.tap import TapSource
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
