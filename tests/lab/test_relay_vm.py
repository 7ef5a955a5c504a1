"""The relay's machine, as far as it goes without booting it: its files, its ears, its sums."""

import re
from pathlib import Path

import numpy as np
import pytest

from lab.relay_vm import desk
from lab.relay_vm.listening import (
    CROSSED_DB,
    Pcm,
    bent_ppm,
    judged,
    levels_db,
    longest_silence_s,
    tone_levels_db,
)
from lab.relay_vm.machine import lay
from lab.relay_vm.sums import (
    Found,
    drift_summed_up,
    ear_summed_up,
    freeze_summed_up,
    right,
    rounds_summed_up,
)
from lab.relay_vm.wire import FROZEN_FROM, LEVEL_DB, RATE, TENTH, level_db, write_tone


def tone(frequency: float, seconds: float = 1.0, level: float = LEVEL_DB) -> Pcm:
    turns = 2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE
    return np.round(32_767 * 10 ** (level / 20) * np.sin(turns)).astype(np.int16)


def test_a_tone_is_heard_at_its_level_and_not_at_the_other_frequency(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.raw", 440.0)
    left = np.fromfile(tmp_path / "tone.raw", np.int16)[: 2 * TENTH : 2]
    assert level_db([*map(int, left)], 440.0) == pytest.approx(LEVEL_DB, abs=0.01)
    assert level_db([*map(int, left)], 1000.0) < -90.0
    assert tone_levels_db(left, 440.0) == pytest.approx(LEVEL_DB, abs=0.01)
    assert levels_db(left) == pytest.approx(LEVEL_DB, abs=0.01)


def test_a_torn_tone_has_clicks_but_is_not_crossed() -> None:
    torn = np.concatenate([tone(440.0)[:7777], tone(440.0)[9000:]])
    torn[20_000:21_000] = 0
    side = judged(torn, 440.0)
    assert side.clicks == 3  # a jump, and both ends of a hole
    assert side.crossed_db < CROSSED_DB - 5.0
    assert judged(tone(440.0), 440.0).clicks == 0


def test_a_crossed_side_is_heard_even_if_it_is_faint_and_short() -> None:
    mixed = tone(440.0)
    mixed[RATE // 2 : RATE // 2 + 2 * TENTH] += tone(1000.0, 0.2, level=-36.0)
    assert judged(mixed, 440.0).crossed_db > CROSSED_DB


def test_how_far_a_clock_runs_off_is_heard() -> None:
    assert bent_ppm(tone(1000.0 * (1 + 200e-6), 5.0), 1000.0) == pytest.approx(200.0, abs=1.0)


def test_a_clock_that_runs_off_makes_no_click() -> None:
    for bent in (200e-6, 2e-3):
        side = judged(tone(1000.0 * (1 + bent)), 1000.0)
        assert side.own_db[0] == pytest.approx(LEVEL_DB, abs=0.02)
        assert side.clicks == 0


def test_silence_is_measured() -> None:
    pcm = tone(440.0)
    pcm[10_000:34_000] = 0
    assert longest_silence_s(pcm) == pytest.approx(0.5, abs=0.002)


def test_the_machine_gets_the_configuration_that_a_desk_would(tmp_path: Path) -> None:
    lay(tmp_path, {"job": "rounds"})
    made = tmp_path / "etc/deskcue/relay/wireplumber/wireplumber.conf.d/50-deskcue.conf"
    assert 'device.bus-path = "platform-snd_aloop.1"' in made.read_text("utf-8")
    unit = (tmp_path / "deskcue/deskcue-ear.service").read_text("utf-8")
    assert re.search("^Environment='PIPEWIRE_ALSA=", unit, re.MULTILINE)


def test_the_daemons_run_as_their_units_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, {"job": "rounds"})
    monkeypatch.setattr(desk, "UNIT_FILES", tmp_path / "deskcue")
    assert desk.unit_command("deskcue-relay-policy") == [
        "/usr/bin/wireplumber",
        "-p",
        "main-embedded",
    ]
    relay, ear = (desk.unit_environment(f"deskcue-{name}") for name in ("relay", "ear"))
    assert relay["XDG_RUNTIME_DIR"] == ear["PIPEWIRE_RUNTIME_DIR"] == str(desk.RUNTIME)
    assert relay["MALLOC_MMAP_THRESHOLD_"] == "65536"


def test_the_guest_needs_nothing_but_what_is_laid(tmp_path: Path) -> None:
    lay(tmp_path, {"job": "rounds"})
    for path in (tmp_path / "deskcue").rglob("*.py"):
        for module in re.findall(
            r"^(?:from|import) ((?:lab|firmware_py)\S+)", path.read_text(), re.M
        ):
            assert (tmp_path / "deskcue" / f"{module.replace('.', '/')}.py").exists(), module


def round_of(**more: object) -> Found:
    """A round in which all was well, but for what is given."""
    side = {"crossed_db": -71.0, "own_db": [-12.03, -12.0], "silent_s": 0.0, "clicks": 0}
    return {
        "what": "round",
        "event": "PipeWire killed",
        "back": True,
        "s": 3.0,
        "aborts": [],
        "problems": ["no sound for … s; did the sound server stop?"],
        "memory_kb": {
            "pipewire": {"Rss": 16_000, "Pss": 9_000},
            "wireplumber": {"Rss": 1, "Pss": 1},
        },
        "all": {"PC 440": side},
        "steady": {"PC 440": side},
    } | more


def side(**more: object) -> Found:
    return {"PC 440": round_of()["all"]["PC 440"] | more}


@pytest.mark.parametrize(
    ("more", "missed"),
    [
        ({"back": False}, "relay.replug.right"),
        ({"all": side(crossed_db=-30.0)}, "relay.replug.crossed"),
        ({"steady": side(own_db=[-15.0, -12.0])}, "relay.unity"),
        ({"steady": side(clicks=1)}, "relay.replug.right"),
        ({"aborts": ["pipewire -6"]}, "relay.daemon.aborts"),
        (
            {"memory_kb": {"a": {"Rss": 50_000, "Pss": 1}, "b": {"Rss": 1, "Pss": 1}}},
            "relay.memory.rss",
        ),
    ],
)
def test_one_bad_round_among_good_ones_misses_the_target(more: Found, missed: str) -> None:
    fine = {one.id: one for one in rounds_summed_up([round_of(), round_of()])}
    assert all(one.passed is not False for one in fine.values())
    poor = {one.id: one for one in rounds_summed_up([round_of(), round_of(**more)])}
    assert poor[missed].passed is False
    assert right(round_of())


def test_drift_is_summed_up_by_the_minute() -> None:
    marks = [{"PC": 0}, {"PC": 0}, {"PC": 600 * RATE}]
    breaks, level = drift_summed_up(round_of(ppm=-200, bent_ppm=-199.7, marks=marks))
    assert (breaks.id, breaks.n, breaks.passed) == ("relay.drift.-200ppm.breaks", 10.0, True)
    assert level.value == pytest.approx(0.03)
    assert rounds_summed_up([]) == []


def test_only_what_lies_between_the_cards_counts_against_the_ear() -> None:
    marks = [{"PC": 0}, {"PC": 0}, {"PC": 20 * RATE}]
    torn_tap = {"Tap 440": side(clicks=9)["PC 440"], "PC 440": side()["PC 440"]}
    (figure,) = ear_summed_up(round_of(event="ear killed", steady=torn_tap, marks=marks))
    assert (figure.id, figure.value, figure.n) == ("relay.ear.ear_killed", 0, 20)


def test_the_slowest_notice_of_a_freeze_counts() -> None:
    well = [False] + [True] * (FROZEN_FROM - 1)
    looks = [{"passes": [*well, True, False]}, {"passes": [*well, True, True, False]}]
    (figure,) = freeze_summed_up(looks)
    assert figure.value == pytest.approx(0.3)
    assert freeze_summed_up([]) == []
