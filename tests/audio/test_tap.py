"""The live tap, as far as it goes without a sound device."""

import pytest

from firmware_py.audio.tap import TapError, choose

FOUND = {"HDA Intel: ALC (hw:0,0)": 0, "USB Headset": 4, "tap": 7}


def test_a_device_is_chosen_by_part_of_its_name() -> None:
    assert choose("headset", FOUND) == 4
    assert choose("", FOUND) == 0


def test_a_missing_device_is_named_with_those_that_are_there() -> None:
    with pytest.raises(TapError, match=r"'jabra'.*USB Headset, tap.*deskcue\.toml"):
        choose("jabra", FOUND)


def test_no_device_at_all_is_one_clear_line() -> None:
    with pytest.raises(TapError, match="no sound device carries two channels"):
        choose("", {})
