"""The relay's machine, as far as it goes without booting it: its files, its ears, its sums."""

import array
import math
from pathlib import Path

import pytest

from lab.relay_vm.__main__ import lay, summed_up
from lab.relay_vm.guest import LEVEL, RATE, level_db, write_tone


def test_a_tone_is_heard_at_its_level_and_not_at_the_other_frequency(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.raw", 440.0)
    samples = array.array("h")
    samples.frombytes((tmp_path / "tone.raw").read_bytes()[: RATE // 10 * 4])
    left = samples[::2]
    assert level_db(left, 440.0) == pytest.approx(20 * math.log10(LEVEL), abs=0.01)
    assert level_db(left, 1000.0) < -90.0


def test_the_machine_gets_the_configuration_that_a_desk_would(tmp_path: Path) -> None:
    lay(tmp_path, "1 1 1\n")
    made = tmp_path / "etc/deskcue/relay/wireplumber/wireplumber.conf.d/50-deskcue.conf"
    assert 'device.bus-path = "platform-snd_aloop.1"' in made.read_text("utf-8")
    assert (tmp_path / "deskcue" / "guest.py").exists()


def test_one_crossed_round_or_a_wrong_level_is_not_right() -> None:
    good = {
        "what": "round",
        "back": True,
        "crossed": False,
        "s": 2.0,
        "died": [],
        "levels": {"Headset": -12.0, "PC": -12.05},
    }
    bad = good | {"crossed": True, "levels": {"Headset": -12.0, "PC": -15.0}}
    fine = {one.id: one for one in summed_up([good, {"what": "done"}])}
    assert all(one.passed is not False for one in fine.values())
    poor = {one.id: one for one in summed_up([good, bad])}
    assert poor["relay.replug.right"].value == 50.0
    assert poor["relay.unity"].value == pytest.approx(3.0)
    assert poor["relay.replug.crossed"].passed is False
    assert summed_up([]) == []
