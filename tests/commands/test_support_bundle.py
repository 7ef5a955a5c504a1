"""``deskcue support-bundle``: what helps is in it, and nothing that was planted."""

import errno
import os
import tarfile
from pathlib import Path

import pytest

from firmware_py.commands import doctor, support_bundle
from firmware_py.core.check import Check
from firmware_py.outbox.store import Outbox
from tests.commands.running import Deskcue
from tests.mosquitto import free_port
from tests.outbox.sample import event

SECRETS = ("hunter2", "desk-17-login", "broker.secret.example", "F5", "您烦不烦")


def contents(place: Path) -> dict[str, str]:
    with tarfile.open(place) as tar:
        return {
            Path(one.name).name: (file.read().decode() if (file := tar.extractfile(one)) else "")
            for one in tar
        }


@pytest.fixture
def planted(tmp_path: Path, outbox: Outbox) -> Path:
    """Settings with secrets in every place that could leak, and an outbox with an event."""
    (tmp_path / "password").write_text("hunter2", "utf-8")
    outbox.append(event())
    path = tmp_path / "deskcue.toml"
    path.write_text(
        f'[outbox]\npath = "{tmp_path}/outbox.db"\n[light]\npins = []\n[broker]\n'
        f'host = "127.0.0.1"\nport = {free_port()}\nusername = "desk-17-login"\n'
        f'password_file = "{tmp_path}/password"\n',
        "utf-8",
    )
    return path


def test_nothing_that_was_planted_is_in_it(
    planted: Path, tmp_path: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = "no sound for 1.2 s\n0:27.4 red   F5   F5 您烦不烦\nrecovered: sound\n"
    monkeypatch.setattr(
        support_bundle, "ask", lambda program, *_: log if program == "journalctl" else ""
    )
    monkeypatch.setattr(doctor, "clock", lambda: "set")
    out = tmp_path / "support.tar.gz"
    shown = deskcue("support-bundle", "--config", planted, out)
    assert shown.code == 0
    made = contents(out)
    assert {"version.txt", "settings.json", "doctor.jsonl", "log.txt"} <= {*made}
    assert made["log.txt"] == "no sound for 1.2 s\nrecovered: sound"
    assert '"block_samples"' in made["settings.json"]
    everything = "\n".join(made.values())
    assert not [secret for secret in SECRETS if secret in everything]


def test_a_place_that_cannot_be_written_is_one_line(
    planted: Path, tmp_path: Path, deskcue: Deskcue
) -> None:
    shown = deskcue("support-bundle", "--config", planted, tmp_path / "nowhere" / "x.tar.gz")
    assert shown.code == 1
    assert len(shown.err.splitlines()) == 1


def test_half_a_bundle_is_never_left(
    planted: Path, tmp_path: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    shown = deskcue("support-bundle", "--config", planted, folder / "support.tar.gz")
    assert shown.code == 1
    assert "No space left" in shown.err
    assert not [*folder.iterdir()]


def test_errors_and_addresses_repeat_no_secret(
    tmp_path: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = "no address for broker.secret.example\nhttps://hunter:2@packs.example/x is gone\n"
    monkeypatch.setattr(
        support_bundle, "ask", lambda program, *_: log if program == "journalctl" else ""
    )
    path, out = tmp_path / "deskcue.toml", tmp_path / "support.tar.gz"
    path.write_text(
        f'[outbox]\npath = "{tmp_path}/outbox.db"\n[light]\npins = []\n'
        '[packs]\nurl = "https://hunter:2@packs.example/"\n'
        '[broker]\nhost = "broker.secret.example"\nusername = "desk-17-login"\n',
        "utf-8",
    )
    monkeypatch.setattr(
        doctor, "check_broker", lambda config: [Check("name", False, f"no {config.broker.host}")]
    )
    assert deskcue("support-bundle", "--config", path, out).code == 0
    everything = "\n".join(contents(out).values())
    assert not [word for word in ("hunter", "secret.example", "desk-17") if word in everything]
    assert "https://***@packs.example/" in everything
