"""PipeWire and WirePlumber configuration for a desk's cards.

Everything that a session manager might decide is decided here: which card is what (by the place
where it is plugged in), who is linked with whom, that nothing is ever moved, that volumes are 1.0.
See docs/hardware.md for why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_py.core.errors import DeskcueError
from firmware_py.relay.hardware import Card
from firmware_py.relay.roles import Roles
from firmware_py.settings.config import RelayMode

FOLDER: Final = Path("/etc/deskcue/relay")
"""Where the relay's units look for configuration (their XDG_CONFIG_HOME)."""
PIPEWIRE: Final = "pipewire/pipewire.conf.d/50-deskcue.conf"
WIREPLUMBER: Final = "wireplumber/wireplumber.conf.d/50-deskcue.conf"
ASOUND: Final = "asound.conf"
TAP: Final = "deskcue_tap"
"""What the ear opens: left is the agent, right the caller."""
RATE: Final = 48_000

_LEAST_LIMIT: Final = 1024
"""Frames that buffers hold, at least: a rate that is matched takes some more than a quantum,
and PipeWire's own 8192 are 2 MB of silence."""
_HEADSET_PRIORITY: Final = 3000
_COMPUTER_PRIORITY: Final = 1000


@dataclass(frozen=True, slots=True)
class RelayPlan:
    """All that the configuration depends on."""

    mode: RelayMode
    roles: Roles
    quantum: int


def configuration(plan: RelayPlan) -> dict[str, str]:
    """Path below ``FOLDER`` -> text of the file.

    Raises:
        DeskcueError: a card has no place that udev could name.
    """
    return {
        PIPEWIRE: _pipewire(plan.quantum),
        WIREPLUMBER: _wireplumber(plan),
        ASOUND: _asound(),
    }


def spa(value: object) -> str:
    """Write a value as SPA-JSON, which is JSON with ``=`` and without commas."""
    if isinstance(value, Mapping):
        inner = " ".join(f"{_key(key)} = {spa(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[ {' '.join(spa(one) for one in value)} ]"
    return json.dumps(value)


def _key(key: str) -> str:
    return key if key.replace(".", "").replace("-", "").isalnum() else json.dumps(key)


def _section(name: str, value: Mapping[str, object] | list[object]) -> str:
    """One top-level section, an entry a line."""
    if isinstance(value, Mapping):
        lines = [f"    {_key(key)} = {spa(one)}" for key, one in value.items()]
        return "\n".join([f"{name} = {{", *lines, "}", ""])
    return "\n".join([f"{name} = [", *(f"    {spa(one)}" for one in value), "]", ""])


def _pipewire(quantum: int) -> str:
    clock = {
        "default.clock.rate": RATE,
        "default.clock.allowed-rates": [RATE],
        "default.clock.quantum": quantum,
        "default.clock.min-quantum": quantum,
        "default.clock.max-quantum": quantum,
        "default.clock.quantum-limit": max(_LEAST_LIMIT, 2 * quantum),
        "module.x11.bell": False,
        "module.jackdbus-detect": False,
        "support.dbus": False,
    }
    tap = {
        "factory": "adapter",
        "args": {
            "factory.name": "support.null-audio-sink",
            "node.name": TAP,
            "media.class": "Audio/Sink",
            "audio.position": ["FL", "FR"],
            "object.linger": True,
            "monitor.channel-volumes": False,
            "session.suspend-timeout-seconds": 0,
        },
    }
    loopbacks: list[object] = [
        _loopback("microphone", ("headset.source", "computer.sink")),
        _loopback("earpiece", ("computer.source", "headset.sink")),
        _loopback("tap-agent", ("headset.source", TAP), side="FL"),
        _loopback("tap-caller", ("computer.source", TAP), side="FR"),
    ]
    return (
        _section("context.properties", clock)
        + _section("context.objects", [tap])
        + _section("context.modules", loopbacks)
    )


def _loopback(name: str, ends: tuple[str, str], side: str = "") -> dict[str, object]:
    """Carry sound from one node to another, and to no other if that one is gone."""

    def stay(end: str, which: str, position: list[str]) -> dict[str, object]:
        return {
            "node.name": f"deskcue.{name}.{which}",
            "audio.position": position,
            "target.object": end,
            "node.dont-fallback": True,
            "node.linger": True,
            "node.dont-move": True,
            "state.restore-props": False,
        }

    taken = stay(ends[0], "in", ["MONO"] if side else ["FL", "FR"])
    given = stay(ends[1], "out", [side] if side else ["FL", "FR"])
    if side:
        given["stream.dont-remix"] = True
    args = {"capture.props": taken, "playback.props": given}
    return {"name": "libpipewire-module-loopback", "args": args}


def _wireplumber(plan: RelayPlan) -> str:
    settings = {
        "linking.allow-moving-streams": False,
        "linking.follow-default-target": False,
        "node.stream.restore-target": False,
        "node.stream.restore-props": False,
        "device.restore-profile": False,
        "device.restore-routes": False,
        "device.routes.default-sink-volume": 1.0,
        "device.routes.default-source-volume": 1.0,
    }
    profile = {
        "main-embedded": {
            "hardware.bluetooth": "disabled",
            "hardware.video-capture": "disabled",
        }
    }
    rules: list[object] = [
        # No card but the two; none by ALSA card profiles, with which the daemon died at unplugging.
        _rule(
            {"device.name": "~alsa_card.*"},
            {"device.disabled": True, "api.alsa.use-acp": False},
        ),
        *_card_rules("headset", plan.roles.headset, _HEADSET_PRIORITY, plan),
        *_card_rules("computer", plan.roles.computer, _COMPUTER_PRIORITY, plan),
    ]
    return (
        _section("wireplumber.profiles", profile)
        + _section("wireplumber.settings", settings)
        + _section("monitor.alsa.rules", rules)
    )


def _card_rules(role: str, card: Card, priority: int, plan: RelayPlan) -> list[object]:
    if not card.path:
        raise DeskcueError(
            f"udev does not say where card {card.text} is plugged in; is udev running?"
        )
    name = f"deskcue-{role}"
    match = {"device.bus-path": card.path}
    device = {"device.name": f"alsa_card.{name}", "device.disabled": False}
    node: dict[str, object] = {"node.disabled": False, "audio.rate": RATE}
    node["session.suspend-timeout-seconds"] = 0
    if plan.mode is RelayMode.LAB:  # timers of an emulated machine are late
        node |= {"api.alsa.headroom": plan.quantum, "audio.format": "S16LE", "audio.channels": 2}
        node["audio.position"] = ["FL", "FR"]
    source = node | {"node.name": f"{role}.source", "priority.driver": priority}
    sink = node | {"node.name": f"{role}.sink", "priority.driver": priority - 100}
    return [
        _rule(match, device),
        # A card may have several devices; the first of each direction is meant, the rest stay free.
        _rule({"node.name": f"~alsa_.*put.{name}.*"}, {"node.disabled": True}),
        _rule({"node.name": f"alsa_input.{name}.capture.0.0"}, source),
        _rule({"node.name": f"alsa_output.{name}.playback.0.0"}, sink),
    ]


def _rule(match: Mapping[str, object], properties: Mapping[str, object]) -> dict[str, object]:
    return {"matches": [match], "actions": {"update-props": properties}}


def _asound() -> str:
    """ALSA's side of the tap, for the ear: PipeWire links it with nothing else."""
    return (
        f"pcm.{TAP} {{\n    type pipewire\n"
        '    hint { show on description "DeskCue: agent left, caller right" }\n}\n'
    )
