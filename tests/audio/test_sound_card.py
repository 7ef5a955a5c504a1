"""Sound cards that know one rate, one width, one number of channels, made of an ALSA plugin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_py.audio.sound_card import Input, TapError, choose, formats
from tests.checkout import ROOT

CARDS = {
    "stereo": "rate 48000 channels 2 bits 16",
    "old": "rate 44100 channels 2 bits 16",
    "fine": "rate 48000 channels 2 bits 24",
    "single": "rate 44100 channels 1 bits 16",
    "wide": "rate 48000 channels 6 bits 24",
}
HEARD = {
    "stereo": "stereo, 48000 Hz, 2 channels | 440 880",
    "old": "old, 44100 Hz, 2 channels | 440 880",
    "fine": "fine, 48000 Hz, 2 channels | 440 880",
    "single": "single, 44100 Hz, 1 channel: the agent alone, the caller is not heard | 440 0",
    "wide": "wide, 48000 Hz, 2 channels | 440 880",
}
FOUND = [
    Input("webcam", 0, 1, 48_000),
    Input("HDA Intel: ALC (hw:0,0)", 1, 2, 44_100),
    Input("USB Headset", 4, 2, 48_000),
]


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of a machine that has these cards."""
    folder = tmp_path_factory.mktemp("cards")
    source, library = Path(__file__).with_name("sound_card.c"), folder / "made.so"
    command = [
        "gcc",
        "-shared",
        "-fPIC",
        "-DPIC",
        "-o",
        str(library),
        str(source),
        "-lasound",
        "-lm",
    ]
    subprocess.run(command, check=True, capture_output=True)
    lines = ["</usr/share/alsa/alsa.conf>", f'pcm_type.made {{ lib "{library}" }}']
    lines += [
        f"pcm.{name} {{ type made {what} hint {{ show on description {name} }} }}"
        for name, what in CARDS.items()
    ]
    (folder / "asound.conf").write_text("\n".join(lines) + "\n", "utf-8")
    return {**os.environ, "ALSA_CONFIG_PATH": str(folder / "asound.conf")}


@pytest.mark.situation(
    "The machine",
    "a sound card knows only 44.1, 48 or 96 kHz, 24 bits, 1 or 6 channels",
    "it is opened as it is and resampled (soxr, the same as for a recording); of many "
    "channels the first two are agent and caller; one is the agent alone",
    "one line says what the tap is; `doctor` opens and hears it the same way, or asks the "
    "ear that has it open",
)
def test_every_card_is_heard_at_its_own_rate_and_width(cards: dict[str, str]) -> None:
    program = [sys.executable, "-m", "tests.audio.hear_card", *CARDS]
    heard = subprocess.run(program, env=cards, cwd=ROOT, capture_output=True, text=True, check=True)
    assert heard.stdout.splitlines() == [*HEARD.values()]


@pytest.mark.situation(
    "The machine", "a sound card knows only 44.1, 48 or 96 kHz, 24 bits, 1 or 6 channels"
)
def test_doctor_hears_the_card_as_the_ear_does(cards: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "deskcue.toml"
    config.write_text('[light]\npins = []\n[tap]\ndevice = "fine"\n[broker]\nport = 1\n', "utf-8")
    command = [sys.executable, "-m", "firmware_py.cli", "doctor", "--json", "--config", str(config)]
    shown = subprocess.run(
        command, env=cards, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert '"name": "sound", "ok": true, "detail": "fine, 48000 Hz, 2 channels"' in shown.stdout


def test_a_device_is_chosen_by_part_of_its_name_and_with_both_directions_first() -> None:
    assert choose("headset", FOUND).number == 4
    assert choose("", FOUND).number == 1
    assert choose("webcam", FOUND).number == 0


def test_a_missing_device_is_named_with_those_that_are_there() -> None:
    with pytest.raises(TapError, match=r"'jabra'.*USB Headset.*deskcue\.toml"):
        choose("jabra", FOUND)


def test_no_device_at_all_is_one_clear_line() -> None:
    with pytest.raises(TapError, match="no sound device can be heard here; "):
        choose("", [])


def test_a_card_is_tried_at_16_khz_first_then_at_its_own_rate_then_at_others() -> None:
    tried = [*formats(Input("wide", 0, 6, 44_100))]
    assert tried[:4] == [(16_000, 2), (16_000, 6), (44_100, 2), (44_100, 6)]
    assert len({*tried}) == len(tried)
    assert {channels for _rate, channels in formats(Input("single", 0, 1, 48_000))} == {1}
