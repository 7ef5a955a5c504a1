"""From the press of a headset's button, by a hidraw report, to the ear that hears no more."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_py.calls.hid_hook_switch import HidHookSwitch
from firmware_py.core.types import AGENT, CALLER, HOPS_PER_SECOND, RATE, Block
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.hearing.levels import SILENCE_DB
from firmware_py.light.led import NoLed
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Config
from tests.calls.test_hid_hook_switch import HEADSETS
from tests.device.test_runtime import Afternoon

BLOCK_SAMPLES = Config().tap.block_samples
SECONDS = 3.6
MOST_S = 0.1
"""Seconds after the press from which nothing may be heard."""


@dataclass
class Desk:
    """A source of speech-like noise, and a headset whose button is pressed at given samples."""

    pressed: bytes
    released: bytes
    presses: tuple[int, ...]
    node: int
    problem: str = ""
    behind_s: float = 0.0

    def __iter__(self) -> Iterator[Block]:
        """A Block is there once its last sample is; a report as soon as it is written."""
        noise = (
            np.random.default_rng(3).normal(0, 3000, (round(SECONDS * RATE), 2)).astype(np.int16)
        )
        for seq, start in enumerate(range(0, len(noise), BLOCK_SAMPLES)):
            end = start + BLOCK_SAMPLES
            for press in self.presses:
                if start <= press < end:
                    os.write(self.node, self.pressed)
                elif start <= press + BLOCK_SAMPLES < end:
                    os.write(self.node, self.released)
            yield Block(seq, noise[start:end])

    def close(self) -> None:
        """Do nothing."""


def mute_reports(headset: dict[str, Any]) -> tuple[bytes, bytes]:
    """What the headset sends when its button goes down, and when it comes up again."""
    mute = headset["mute"]
    place, bit = divmod(mute["bit"], 8)
    begin = bytes([mute["report"]] if mute["report"] else []) + bytes(place)
    return begin + bytes([1 << bit]), begin + bytes(1)


BUTTONS = [one for one in HEADSETS if "mute" in one and one["mute"]["toggles"]]
CASES = [(one, BLOCK_SAMPLES // 2) for one in BUTTONS]
CASES += [(BUTTONS[0], into_block) for into_block in (0, BLOCK_SAMPLES - 1)]


@pytest.mark.parametrize(
    ("headset", "into_block"), CASES, ids=[f"{one['usb']} at {sample}" for one, sample in CASES]
)
def test_mute_stops_the_ear_within_a_tenth_of_a_second_of_sound(
    headset: dict[str, Any], into_block: int, tmp_path: Path
) -> None:
    described = tmp_path / "hidraw0" / "device"
    described.mkdir(parents=True)
    (described / "report_descriptor").write_bytes(bytes.fromhex(str(headset["descriptor"])))
    (tmp_path / "dev").mkdir()
    os.mkfifo(tmp_path / "dev" / "hidraw0")
    hook = HidHookSwitch(tmp_path / "dev", tmp_path)
    hook.poll()
    presses = (8 * BLOCK_SAMPLES + into_block, 24 * BLOCK_SAMPLES + into_block)
    button = os.open(tmp_path / "dev" / "hidraw0", os.O_WRONLY)
    outbox = Outbox(tmp_path / "outbox.db")
    ends = DeviceIO(Desk(*mute_reports(headset), presses, button), NoLed(), outbox, hook)
    level = np.concatenate(
        [one.features.level for one in Device(Config(), ends, Afternoon()).listen() if one.features]
    )
    pressed, again = (press * HOPS_PER_SECOND // RATE for press in presses)
    late = pressed + round(MOST_S * HOPS_PER_SECOND)
    assert (level[: pressed - 13, AGENT] > SILENCE_DB).all()
    assert (level[late : again + 1, AGENT] <= SILENCE_DB).all()
    assert (level[again + 14 :, AGENT] > SILENCE_DB).all()
    assert (level[:, CALLER] > SILENCE_DB).all()
    hook.close()
    os.close(button)
    outbox.close()
