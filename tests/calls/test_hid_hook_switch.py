"""A headset's call controls: descriptors of real devices, reports made after them."""

import os
import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.calls.hid_descriptor import Control, Usage, find_controls
from firmware_py.calls.hid_hook_switch import Headset, HidHookSwitch
from firmware_py.calls.signals import CallAction, CallSignal

HEADSETS = tomllib.loads((Path(__file__).parent / "headsets.toml").read_text("utf-8"))["headset"]
NAMES = {"hook": Usage.HOOK_SWITCH, "flash": Usage.FLASH, "mute": Usage.PHONE_MUTE}
HEADSET = bytes.fromhex(
    "05 0c 09 01 a1 01 85 01"  # consumer control, report 1
    "09 e9 09 ea 15 00 25 01 75 01 95 02 81 02 95 06 81 03 c0"  # volume up and down, padding
    "05 0b 09 05 a1 01 85 02"  # telephony headset, report 2
    "75 01 95 01 09 2f 81 06"  # phone mute, relative
    "95 02 09 21 09 20 81 02"  # flash, hook switch
    "95 05 81 03 c0"
)
ON, OFF = bytes([2, 0b000]), bytes([2, 0b100])
START, END = CallSignal(CallAction.START), CallSignal(CallAction.END)
HOOK = Usage.HOOK_SWITCH


@pytest.fixture
def headset(tmp_path: Path) -> tuple[HidHookSwitch, int]:
    """A Hook, and the end at which a headset writes its reports."""
    folder = tmp_path / "hidraw0" / "device"
    folder.mkdir(parents=True)
    (folder / "report_descriptor").write_bytes(HEADSET)
    nodes = tmp_path / "dev"
    nodes.mkdir()
    os.mkfifo(nodes / "hidraw0")
    hook = HidHookSwitch(nodes, tmp_path)
    hook.poll()
    return hook, os.open(nodes / "hidraw0", os.O_WRONLY)


@pytest.mark.parametrize("known", HEADSETS, ids=lambda known: known["usb"])
def test_the_controls_of_real_devices_are_found(known: dict[str, Any]) -> None:
    expected = {NAMES[name]: Control(**known[name]) for name in NAMES if name in known}
    assert expected
    assert find_controls(bytes.fromhex(known["descriptor"])) == expected
    assert known["source"]


def test_the_switch_is_found_among_others() -> None:
    assert find_controls(HEADSET) == {
        Usage.PHONE_MUTE: Control(2, 0, toggles=True),
        Usage.FLASH: Control(2, 1),
        Usage.HOOK_SWITCH: Control(2, 2),
    }


def test_usages_may_be_given_as_a_range() -> None:
    ranged = HEADSET.replace(bytes.fromhex("09 21 09 20"), bytes.fromhex("19 20 29 21"))
    assert find_controls(ranged)[HOOK] == Control(2, 1)


def test_state_is_pushed_and_popped() -> None:
    pushed = HEADSET.replace(
        bytes.fromhex("95 02 09 21"), bytes.fromhex("a4 05 08 75 10 b4 95 02 09 21")
    )
    assert find_controls(pushed)[HOOK] == Control(2, 2)


def test_a_keyboard_has_none() -> None:
    keyboard = bytes.fromhex("05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 c0")
    assert find_controls(keyboard) == {}


@given(st.binary(max_size=80), st.binary(max_size=8))
def test_no_descriptor_and_no_report_breaks_it(descriptor: bytes, report: bytes) -> None:
    find_controls(descriptor)
    list(Headset(find_controls(HEADSET)).hear(report))


def test_a_report_id_that_no_report_can_have_is_never_heard() -> None:
    controls = find_controls(HEADSET.replace(bytes.fromhex("85 02"), bytes.fromhex("86 02 7f")))
    assert HOOK in controls
    assert list(Headset(controls).hear(ON)) == []


def test_millions_of_reports_and_usages_take_no_memory() -> None:
    tracemalloc.start()
    controls = find_controls(bytes.fromhex("97 ffffffff") + b"\x29\xff" * 2000 + HEADSET)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert HOOK in controls
    assert peak < 2_000_000


def heard(descriptor: bytes, *bits: int) -> list[CallAction]:
    """What reports 2 with these bits mean, one after the other."""
    made = Headset(find_controls(descriptor))
    return [action for one in bits for action in made.hear(bytes([2, one]))]


def test_a_mute_button_mutes_and_unmutes_at_each_press() -> None:
    muted, unmuted = CallAction.MUTE, CallAction.UNMUTE
    assert heard(HEADSET, 1, 0, 1, 0, 1) == [muted, unmuted, muted]


def test_a_mute_switch_is_what_it_says() -> None:
    switch = HEADSET.replace(bytes.fromhex("09 2f 81 06"), bytes.fromhex("09 2f 81 22"))
    assert heard(switch, 1, 1, 0, 0) == [CallAction.MUTE, CallAction.UNMUTE]


def test_a_mute_that_springs_back_by_itself_is_a_button() -> None:
    button = HEADSET.replace(bytes.fromhex("09 2f 81 06"), bytes.fromhex("09 2f 81 02"))
    assert heard(button, 1, 0, 1, 0) == [CallAction.MUTE, CallAction.UNMUTE]


def test_flash_holds_the_call_and_takes_it_back() -> None:
    actions = heard(HEADSET, 0b100, 0b110, 0b100, 0b110, 0b100, 0)
    assert actions == [CallAction.START, CallAction.HOLD, CallAction.RESUME, CallAction.END]


def test_a_call_begins_unmuted() -> None:
    actions = heard(HEADSET, 0b100, 0b101, 0b100, 0, 0b100, 0b101)
    assert actions[-2:] == [CallAction.START, CallAction.MUTE]


def test_a_hook_button_that_reports_changes_only_tells_no_state() -> None:
    button = HEADSET.replace(bytes.fromhex("09 20 81 02"), bytes.fromhex("09 20 81 06"))
    assert heard(button, 0b100, 0, 0b100) == []


def test_lifting_and_hanging_up(headset: tuple[HidHookSwitch, int]) -> None:
    hook, end = headset
    assert hook.poll() == []
    os.write(end, OFF)
    assert hook.poll() == [START]
    os.write(end, ON)
    assert hook.poll() == [END]
    os.close(end)
    hook.close()


def test_a_state_told_again_and_other_reports_are_no_signal(
    headset: tuple[HidHookSwitch, int],
) -> None:
    hook, end = headset
    for report in (ON, bytes([1, 4]), b"", bytes([2])):
        os.write(end, report)
        assert hook.poll() == []
    os.close(end)
    hook.close()


def test_a_headset_that_may_not_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "hidraw0" / "device").mkdir(parents=True)
    (tmp_path / "hidraw0" / "device" / "report_descriptor").write_bytes(HEADSET)
    assert HidHookSwitch(tmp_path / "nowhere", tmp_path).poll() == []
    assert HidHookSwitch(tmp_path, tmp_path / "nowhere").poll() == []
