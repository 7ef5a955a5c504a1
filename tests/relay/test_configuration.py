"""The configuration that is made: what PipeWire's own parser reads in it."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.configuration import (
    ASOUND,
    PIPEWIRE,
    WIREPLUMBER,
    RelayPlan,
    configuration,
    spa,
)
from firmware_py.relay.roles import Roles, choose_roles
from firmware_py.settings.config import RelayMode
from tests.relay.recorded import cards

needs_parser = pytest.mark.skipif(
    not shutil.which("spa-json-dump"), reason="spa-json-dump (pipewire-bin) is missing"
)


@pytest.fixture
def plan(tmp_path: Path) -> RelayPlan:
    return RelayPlan(
        RelayMode.CARDS, choose_roles(cards("headset_and_card", tmp_path), RelayMode.CARDS), 128
    )


def read(text: str, folder: Path) -> Any:
    """The text as PipeWire reads it."""
    path = folder / "read.conf"
    path.write_text(text, "utf-8")
    said = subprocess.run(["spa-json-dump", path], capture_output=True, text=True, check=True)
    return json.loads(said.stdout)


@needs_parser
def test_four_loopbacks_each_bound_to_its_ends_for_good(plan: RelayPlan, tmp_path: Path) -> None:
    made = read(configuration(plan)[PIPEWIRE], tmp_path)
    ends = {}
    for module in made["context.modules"]:
        taken, given = module["args"]["capture.props"], module["args"]["playback.props"]
        for end in (taken, given):
            assert end["node.dont-fallback"] is end["node.linger"] is end["node.dont-move"] is True
        ends[taken["target.object"], given["target.object"]] = given["audio.position"]
    assert ends == {
        ("headset.source", "computer.sink"): ["FL", "FR"],
        ("computer.source", "headset.sink"): ["FL", "FR"],
        ("headset.source", "deskcue_tap"): ["FL"],
        ("computer.source", "deskcue_tap"): ["FR"],
    }


@needs_parser
def test_the_clock_is_48_khz_with_the_quantum_that_was_asked_for(
    plan: RelayPlan, tmp_path: Path
) -> None:
    clock = read(configuration(replace(plan, quantum=256))[PIPEWIRE], tmp_path)[
        "context.properties"
    ]
    assert clock["default.clock.allowed-rates"] == [48_000]
    assert {clock[f"default.clock.{name}quantum"] for name in ("", "min-", "max-")} == {256}


@needs_parser
@pytest.mark.parametrize(("quantum", "limit"), [(64, 1024), (256, 1024), (2048, 4096)])
def test_buffers_hold_more_than_a_quantum_and_not_much_more(
    plan: RelayPlan, quantum: int, limit: int, tmp_path: Path
) -> None:
    made = read(configuration(replace(plan, quantum=quantum))[PIPEWIRE], tmp_path)
    assert made["context.properties"]["default.clock.quantum-limit"] == limit


@needs_parser
def test_the_session_manager_is_locked_down(plan: RelayPlan, tmp_path: Path) -> None:
    made = read(configuration(plan)[WIREPLUMBER], tmp_path)
    settings = made["wireplumber.settings"]
    assert settings.pop("device.routes.default-sink-volume") == 1.0
    assert settings.pop("device.routes.default-source-volume") == 1.0
    assert not any(settings.values())
    assert made["wireplumber.profiles"]["main-embedded"] == {
        "hardware.bluetooth": "disabled",
        "hardware.video-capture": "disabled",
    }


def applied(rules: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    """What rules make of properties: every fitting one, in order (matches are exact or ``~…*``)."""
    for rule in rules:
        for match in rule["matches"]:
            if all(_fits(str(properties.get(key, "")), str(match[key])) for key in match):
                properties = properties | rule["actions"]["update-props"]
    return properties


def _fits(value: str, wanted: str) -> bool:
    return bool(re.search(wanted[1:], value)) if wanted.startswith("~") else value == wanted


@needs_parser
def test_only_the_two_cards_are_on_and_the_headset_leads(plan: RelayPlan, tmp_path: Path) -> None:
    rules = read(configuration(plan)[WIREPLUMBER], tmp_path)["monitor.alsa.rules"]
    other = applied(rules, {"device.name": "alsa_card.hdmi", "device.bus-path": "platform-hdmi"})
    assert other["device.disabled"] is True
    for role, priority in (("headset", 3000), ("computer", 1000)):
        card = getattr(plan.roles, role)
        device = applied(rules, {"device.name": "alsa_card.x", "device.bus-path": card.path})
        assert device["device.disabled"] is False
        assert device["api.alsa.use-acp"] is False
        name = device["device.name"].removeprefix("alsa_card.")
        node = applied(rules, {"node.name": f"alsa_input.{name}.capture.0.0"})
        assert node["node.name"] == f"{role}.source"
        assert node["priority.driver"] == priority
        assert node["session.suspend-timeout-seconds"] == 0
        assert node["audio.rate"] == 48_000
        assert node["node.disabled"] is False
        second = applied(rules, {"node.name": f"alsa_input.{name}.capture.1.0"})
        assert second == {"node.name": f"alsa_input.{name}.capture.1.0", "node.disabled": True}


def test_another_headset_in_the_same_place_needs_no_new_configuration(plan: RelayPlan) -> None:
    other = replace(plan.roles.headset, id="C3220", name="Blackwire", usb="047f:c056")
    again = replace(plan, roles=Roles(other, plan.roles.computer))
    assert configuration(again) == configuration(plan)


def test_a_card_without_a_place_is_one_line(plan: RelayPlan) -> None:
    lost = replace(plan, roles=replace(plan.roles, headset=replace(plan.roles.headset, path="")))
    with pytest.raises(DeskcueError, match="udev does not say where card MS"):
        configuration(lost)


def test_the_ear_finds_the_tap_by_name(plan: RelayPlan) -> None:
    assert "pcm.deskcue_tap {" in configuration(plan)[ASOUND]


def test_values_are_quoted_where_they_must_be() -> None:
    assert spa({"a.b": ['x "y"', 1, True]}) == '{ a.b = [ "x \\"y\\"" 1 true ] }'
