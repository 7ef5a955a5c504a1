"""The scripts, where they can be tried without changing the machine."""

import filecmp
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from firmware_py import __version__

ROOT = Path(__file__).parent.parent
SCRIPTS = ROOT / "scripts"

needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout, so no file modes")


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [SCRIPTS / script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lib(shell: str) -> subprocess.CompletedProcess[str]:
    """Run a piece of shell with ``scripts/lib`` at hand."""
    command = ["bash", "-euo", "pipefail", "-c", f"source {SCRIPTS / 'lib'}; {shell}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


NAMES = (
    "bench boot check clauses deb demo demo-floor enrol-boot evaluate fuzz install matrix"
    " measurements soak test test-arm64 test-relay wheelhouse"
).split()


@pytest.mark.parametrize("name", NAMES)
def test_scripts_can_be_started(name: str) -> None:
    assert os.access(SCRIPTS / name, os.X_OK)
    assert subprocess.run(["bash", "-n", SCRIPTS / name], check=False).returncode == 0


def test_the_hooks_before_a_commit_are_the_checks() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    every = re.search(r"set -- (.*)", (SCRIPTS / "check").read_text("utf-8"))
    assert every
    assert sorted(re.findall(r"entry: scripts/check (.*)", hooks)) == sorted(every[1].split())


def test_ci_runs_the_tests() -> None:
    assert "exec scripts/test" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_install_lays_units_users_and_settings(tmp_path: Path) -> None:
    assert run("install", "--root", tmp_path).returncode == 0
    laid = {path: tmp_path / path for path in tree(tmp_path)}
    assert {path: place.name for path, place in laid.items()} == {
        "etc/deskcue/deskcue.toml": "deskcue.toml",
        "etc/systemd/system/deskcue-ear.service": "deskcue-ear.service",
        "etc/systemd/system/deskcue-uplink.service": "deskcue-uplink.service",
        "etc/systemd/system/deskcue-my-desk.service": "deskcue-my-desk.service",
        "etc/systemd/system/deskcue-relay.service": "deskcue-relay.service",
        "etc/systemd/system/deskcue-relay-policy.service": "deskcue-relay-policy.service",
        "etc/systemd/system/deskcue-bypass.service": "deskcue-bypass.service",
        "etc/systemd/system/deskcue-update.service": "deskcue-update.service",
        "etc/systemd/system/deskcue-enrol.service": "deskcue-enrol.service",
        "etc/systemd/system/deskcue-enrol.timer": "deskcue-enrol.timer",
        "etc/systemd/system/deskcue-fetch.service": "deskcue-fetch.service",
        "etc/systemd/system/deskcue-fetch.timer": "deskcue-fetch.timer",
        "etc/systemd/system/deskcue.target": "deskcue.target",
        "etc/sysusers.d/deskcue.conf": "deskcue.conf",
        "etc/tmpfiles.d/deskcue.conf": "deskcue.conf",
        "etc/udev/rules.d/70-deskcue.rules": "70-deskcue.rules",
    }
    ear = tmp_path / "etc/systemd/system/deskcue-ear.service"
    assert filecmp.cmp(ear, ROOT / "systemd" / "deskcue-ear.service", shallow=False)


def test_install_again_keeps_the_settings_and_renews_the_units(tmp_path: Path) -> None:
    run("install", "--root", tmp_path)
    settings = tmp_path / "etc/deskcue/deskcue.toml"
    unit = tmp_path / "etc/systemd/system/deskcue-ear.service"
    before = tree(tmp_path)
    settings.write_text('rulebook = "12580"\n', "utf-8")
    unit.write_text("old\n", "utf-8")
    assert run("install", "--root", tmp_path).returncode == 0
    after = tree(tmp_path)
    assert after.pop("etc/deskcue/deskcue.toml") == b'rulebook = "12580"\n'
    before.pop("etc/deskcue/deskcue.toml")
    assert after == before


def test_uninstall_leaves_nothing_but_settings_and_events(tmp_path: Path) -> None:
    run("install", "--root", tmp_path)
    outbox = tmp_path / "var/lib/deskcue/outbox.db"
    outbox.parent.mkdir(parents=True)
    outbox.touch()
    assert run("install", "--root", tmp_path, "--uninstall").returncode == 0
    assert {*tree(tmp_path)} == {"etc/deskcue/deskcue.toml", "var/lib/deskcue/outbox.db"}
    assert run("install", "--root", tmp_path, "--uninstall").returncode == 0


def test_install_tells_what_it_would_do_and_does_nothing(tmp_path: Path) -> None:
    result = run("install", "--root", tmp_path, "--dry-run")
    assert result.returncode == 0
    assert f"{tmp_path}/etc/systemd/system/deskcue-ear.service" in result.stdout
    assert not tree(tmp_path)


@pytest.mark.parametrize("arguments", [["--rot"], ["--root"], ["now"]])
def test_install_called_wrongly_shows_its_usage(arguments: list[str]) -> None:
    result = run("install", *arguments)
    assert result.returncode == 2
    assert "scripts/install --dry-run" in result.stderr


def test_a_script_is_found_through_a_link_and_with_a_search_path(tmp_path: Path) -> None:
    link = tmp_path / "install"
    link.symlink_to(SCRIPTS / "install")
    told = subprocess.run(
        [link, "--root", tmp_path / "中 文", "--dry-run"],
        env={**os.environ, "CDPATH": f".:{ROOT}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert f"{ROOT}/systemd/deskcue-ear.service" in told.stdout
    assert lib('cd "$ROOT"; CDPATH=.; source scripts/lib; echo "$ROOT"').stdout == f"{ROOT}\n"


def test_fuzz_wants_a_number_for_a_seed() -> None:
    result = run("fuzz", "--seed", "tomorrow")
    assert result.returncode == 1
    assert "--seed takes a number" in result.stderr


def test_lib_asks_for_what_is_missing_and_for_nothing_else(tmp_path: Path) -> None:
    # Only the shell's own tools are in the path.
    for tool in ("uname", "ldconfig"):
        place = shutil.which(tool, path=f"{os.environ['PATH']}:/sbin:/usr/sbin")
        if place:
            (tmp_path / tool).symlink_to(place)
    wanted = lib(f"PATH={tmp_path}; missing_packages '' dev").stdout.split()
    assert {"python3", "python3-venv", "python3-dev", "gcc", "mosquitto", "espeak-ng"} <= {*wanted}
    assert "mosquitto" not in lib(f"PATH={tmp_path}; missing_packages '' install").stdout
    assert "espeak-ng" not in lib(f"PATH={tmp_path}; missing_packages '' demo").stdout


def test_lib_refuses_a_python_that_is_too_old_or_too_new(tmp_path: Path) -> None:
    python = tmp_path / "python"
    for minor, fits in ((10, False), (11, True), (13, True), (14, False)):
        python.write_text(
            f'#!/bin/sh\nexec python3 -c "import sys; sys.version_info = (3, {minor}, 0); $2"\n',
            "utf-8",
        )
        python.chmod(0o755)
        assert (lib(f"supported {python}").returncode == 0) is fits


def test_lib_shows_the_output_of_what_failed_only() -> None:
    assert lib("quietly echo fine").stderr == ""
    failed = lib("quietly sh -c 'echo broken; exit 3'")
    assert failed.returncode == 1
    assert failed.stderr == "broken\n"


def test_lib_makes_no_root_of_a_debian_that_nobody_tries(tmp_path: Path) -> None:
    refused = lib(f"debian_root sarge {tmp_path}/root")
    assert refused.returncode == 1
    assert "take bookworm or trixie" in refused.stderr
    assert not (tmp_path / "root").exists()


def bundle(place: Path, version: str, left_out: str = "") -> Path:
    """A bundle for a Pi, with nothing in its wheel."""
    manifest = {"version": version, "machine": "aarch64", "python": "3.13"}
    manifest.pop(left_out, None)
    wheel = f"wheels/deskcue-{version}-py3-none-any.whl"
    with tarfile.open(place, "w") as tar:
        for name, data in (("manifest.json", json.dumps(manifest).encode()), (wheel, b"wheel")):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return place


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="only Debian makes packages of its own")
def test_a_package_fits_the_bundle_and_owns_one_folder(tmp_path: Path) -> None:
    made = tmp_path / "deskcue.deb"
    result = run("deb", bundle(tmp_path / "bundle", __version__), made)
    assert result.returncode == 0, result.stderr

    def told(*arguments: str | Path) -> str:
        return subprocess.run(
            ["dpkg-deb", *arguments], capture_output=True, text=True, check=True
        ).stdout

    assert told("--field", made, "Architecture").strip() == "arm64"
    needs = told("--field", made, "Depends")
    assert "python3 (>= 3.13), python3 (<< 3.14), python3-venv" in needs
    told("--extract", made, tmp_path / "root")
    assert {*tree(tmp_path / "root/usr/lib/deskcue")} >= {
        f"wheels/deskcue-{__version__}-py3-none-any.whl",
        "scripts/install",
        "scripts/lib",
        "systemd/deskcue-ear.service",
    }
    assert all(path.startswith("usr/lib/deskcue/") for path in tree(tmp_path / "root"))
    told("--control", made, tmp_path / "control")
    assert "/usr/lib/deskcue/scripts/install\n" in (tmp_path / "control/postinst").read_text()


def test_a_site_s_own_build_is_newer_than_what_it_is_made_of(tmp_path: Path) -> None:
    own = run("deb", bundle(tmp_path / "own", f"{__version__}.2"), tmp_path / "deskcue.deb")
    assert own.stdout.startswith(f"{tmp_path / 'deskcue.deb'}: {__version__}.2 for")
    line = f'__version__ = "{__version__}"'  # what scripts/wheelhouse puts the number into
    assert (ROOT / "firmware_py/__init__.py").read_text("utf-8").splitlines().count(line) == 1
    wrong = run("wheelhouse", tmp_path / "key", tmp_path / "out", "0")
    assert (wrong.returncode, wrong.stderr) == (1, "deskcue: NUMBER is 0, not 1 or more.\n")
    assert not (tmp_path / "key").exists()


def test_a_key_that_is_none_is_told_before_anything_is_built(tmp_path: Path) -> None:
    (tmp_path / "public").write_text("not hex\n")
    for name, told in (("public", "no private key"), ("nowhere/key", "folder is not there")):
        ran = run("wheelhouse", tmp_path / name, tmp_path / "out")
        assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
        assert told in ran.stderr


def test_a_package_is_refused_for_another_version_and_for_what_is_no_bundle(
    tmp_path: Path,
) -> None:
    other = run("deb", bundle(tmp_path / "bundle", "0.0.0"), tmp_path / "deskcue.deb")
    assert other.returncode == 1
    assert f"is of version 0.0.0, this checkout of {__version__}" in other.stderr
    none = run("deb", SCRIPTS / "deb", tmp_path / "deskcue.deb")
    assert none.returncode == 1
    assert none.stderr.endswith("is no bundle as scripts/wheelhouse makes them.\n")
    assert none.stderr.count("\n") == 1
    bare = run("deb", bundle(tmp_path / "bare", __version__, "python"), tmp_path / "deskcue.deb")
    assert bare.returncode == 1
    assert bare.stderr.endswith("does not name version, machine and Python.\n")
    assert bare.stderr.count("\n") == 1
    assert not (tmp_path / "deskcue.deb").exists()
