"""The service files, as systemd itself reads them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_py.calls.signals import SOCKET
from firmware_py.my_desk.server import PORT
from firmware_py.relay.configuration import ASOUND, PIPEWIRE, TAP, WIREPLUMBER
from firmware_py.relay.configuration import FOLDER as FOLDER_OF_RELAY

FOLDER = Path(__file__).parents[2] / "systemd"
UNITS = sorted(
    path.name for kind in ("service", "timer", "target") for path in FOLDER.glob(f"*.{kind}")
)

PROGRAMS = ("/opt/deskcue/venv/bin/deskcue", "/usr/bin/pipewire", "/usr/bin/wireplumber")
EXPOSURE = {"deskcue-ear.service": 1.5, "deskcue-enrol.service": 2.1}
"""Most that ``systemd-analyze security`` may say of a unit; of one that is not named, 2.0.

Enrolling may set a clock that was never set.
"""

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Folder with the units, as they are but for a program that exists here."""
    for name in UNITS:
        text = (FOLDER / name).read_text("utf-8")
        for program in PROGRAMS:
            text = text.replace(program, sys.executable)
        (tmp_path / name).write_text(text)
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_verify_has_nothing_to_say(units: Path, name: str) -> None:
    # Unknown keys are warnings only, so any word counts.
    result = analyze("verify", "--man=no", str(units / name))
    assert (result.stdout + result.stderr, result.returncode) == ("", 0)


@needs_systemd
def test_verify_would_have_told_of_a_mistake(units: Path) -> None:
    unit = units / "deskcue-ear.service"
    unit.write_text(unit.read_text("utf-8").replace("PrivateNetwork", "PrivatNetwork"), "utf-8")
    assert "PrivatNetwork" in analyze("verify", "--man=no", str(unit)).stderr


def protections(unit: Path) -> dict[str, bool]:
    """What ``systemd-analyze security`` finds switched on, by its name of the check."""
    result = analyze("security", "--offline=true", "--json=short", str(unit))
    return {row["json_field"]: bool(row["set"]) for row in json.loads(result.stdout)}


@needs_systemd
def test_the_ear_has_no_network(units: Path) -> None:
    on = protections(units / "deskcue-ear.service")
    assert on["PrivateNetwork"]
    assert on["IPAddressDeny"]
    assert on["RestrictAddressFamilies_AF_INET_INET6"]
    assert on["RestrictAddressFamilies_AF_NETLINK"]
    assert on["RestrictAddressFamilies_AF_PACKET"]
    assert on["RestrictAddressFamilies_OTHER"]


@needs_systemd
def test_the_uplink_has_no_sound_device(units: Path) -> None:
    ear, uplink = (protections(units / f"deskcue-{name}.service") for name in ("ear", "uplink"))
    assert uplink["PrivateDevices"]
    assert not ear["PrivateDevices"]
    assert "char-alsa" not in (units / "deskcue-uplink.service").read_text("utf-8")


def test_the_page_has_loopback_and_one_port() -> None:
    page = settings("my-desk")
    assert (page["IPAddressDeny"], page["IPAddressAllow"]) == ("any", "localhost")
    assert (page["SocketBindDeny"], page["SocketBindAllow"]) == ("any", f"ipv4:tcp:{PORT}")
    assert page["User"] not in (settings("ear")["User"], settings("uplink")["User"])


@needs_systemd
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_exposure_is_small(units: Path, name: str) -> None:
    most = f"--threshold={round(10 * EXPOSURE.get(name, 2.0))}"
    result = analyze("security", "--offline=true", most, str(units / name))
    assert result.returncode == 0, result.stdout


@pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="systemd is not installed")
def test_sysusers_makes_four_users_with_one_group(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(
        ["systemd-sysusers", f"--root={tmp_path}", str(FOLDER / "sysusers.conf")], check=True
    )
    users = (tmp_path / "etc/passwd").read_text("utf-8")
    groups = (tmp_path / "etc/group").read_text("utf-8").splitlines()
    assert "deskcue-ear:" in users
    assert "deskcue-uplink:" in users
    assert "deskcue-relay:" in users
    assert "deskcue-my-desk:" in users
    members = next(line for line in groups if line.startswith("deskcue:")).rsplit(":", 1)[1]
    assert {one.removeprefix("deskcue-") for one in members.split(",")} == {
        *("ear", "uplink", "relay", "my-desk")
    }


def settings(name: str) -> dict[str, str]:
    lines = (FOLDER / f"deskcue-{name}.service").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] not in "#[")


def test_the_ear_may_only_read_the_hook_switch_and_only_of_headsets() -> None:
    assert "DeviceAllow=char-hidraw r\n" in (FOLDER / "deskcue-ear.service").read_text("utf-8")
    (rule,) = [
        line
        for line in (FOLDER / "udev.rules").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert 'ENV{ID_USB_INTERFACES}=="*:01????:*"' in rule
    assert 'MODE="0640"' in rule


def test_the_uplink_reaches_the_ear_socket_and_nobody_outside_the_group_can() -> None:
    ear, uplink = settings("ear"), settings("uplink")
    assert Path("/run") / ear["RuntimeDirectory"] == SOCKET.parent
    assert ear["RuntimeDirectoryMode"] == "0750"
    assert ear["Group"] == uplink["Group"]
    assert "AF_UNIX" in ear["RestrictAddressFamilies"]
    assert "AF_UNIX" in uplink["RestrictAddressFamilies"].split()


@needs_systemd
def test_the_users_of_the_units_are_made(units: Path) -> None:
    made = (FOLDER / "sysusers.conf").read_text("utf-8")
    for name in ("ear", "uplink", "relay", "my-desk"):
        unit = (units / f"deskcue-{name}.service").read_text("utf-8").splitlines()
        assert f"User=deskcue-{name}" in unit
        assert "Group=deskcue" in unit
        assert f"u deskcue-{name} " in made


def environment(name: str) -> dict[str, str]:
    lines = (FOLDER / f"deskcue-{name}.service").read_text("utf-8").splitlines()
    given = [
        line.removeprefix("Environment=").strip("'") for line in lines if "Environment=" in line
    ]
    return dict(one.split("=", 1) for one in given)


def test_the_ear_hears_the_relay_tap_and_nothing_else_of_it() -> None:
    ear, relay = environment("ear"), environment("relay")
    assert ear["PIPEWIRE_RUNTIME_DIR"] == relay["PIPEWIRE_RUNTIME_DIR"] == "/run/deskcue-relay"
    assert ear["ALSA_CONFIG_PATH"].split(":")[1] == str(FOLDER_OF_RELAY / ASOUND)
    for wanted in (f"target.object={TAP}", "node.dont-fallback=true", "stream.capture.sink=true"):
        assert wanted in ear["PIPEWIRE_ALSA"].split()


def test_the_relay_reads_what_setup_audio_writes_and_rests_without_it() -> None:
    for name, file in (("relay", PIPEWIRE), ("relay-policy", WIREPLUMBER)):
        assert environment(name)["XDG_CONFIG_HOME"] == str(FOLDER_OF_RELAY)
        assert settings(name)["ConditionPathExists"] == str(FOLDER_OF_RELAY / file)


@needs_systemd
def test_the_relay_runs_in_real_time_without_an_address_or_a_place_to_write(units: Path) -> None:
    relay, lines = protections(units / "deskcue-relay.service"), settings("relay")
    assert lines["AmbientCapabilities"] == lines["CapabilityBoundingSet"] == "CAP_SYS_NICE"
    assert int(lines["LimitRTPRIO"]) > 0
    assert "ReadWritePaths" not in lines
    assert relay["IPAddressDeny"]
    assert relay["RestrictAddressFamilies_AF_INET_INET6"]


def test_a_relay_that_dies_takes_nobody_along_and_comes_back() -> None:
    assert settings("relay")["Restart"] == settings("relay-policy")["Restart"] == "always"
    for name in ("ear", "uplink"):
        unit = (FOLDER / f"deskcue-{name}.service").read_text("utf-8")
        assert not any(
            f"{word}=deskcue-relay" in unit for word in ("Requires", "BindsTo", "PartOf")
        )


def test_a_trial_is_ended_by_the_version_before(tmp_path: Path) -> None:
    # The one on trial may be too ill to say so.
    command = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit("update"), re.MULTILINE)
    assert command
    program = tmp_path / "slots/a/venv/bin/deskcue"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "ends the trial: $*"\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "trial").write_text("a", "utf-8")
    line = command[1].replace("$$", "$").replace("/opt/deskcue", str(tmp_path))
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert said.stdout == "ends the trial: update --finish\n"


def unit(name: str) -> str:
    return (FOLDER / f"deskcue-{name}.service").read_text("utf-8")
