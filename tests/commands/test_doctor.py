"""``deskcue doctor``: every part is looked at, and each failure says what to do."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.core.clock import SystemClock
from firmware_py.device.baseline import VOICE, BaselineStore
from firmware_py.device.pipeline import ADAPTATION
from firmware_py.hearing.adaptation import Learnt
from firmware_py.outbox.store import Outbox
from firmware_py.settings.desired import Desired
from firmware_py.settings.site_file import SiteFile, write_site_file
from tests.commands.running import Deskcue
from tests.mosquitto import Mosquitto, free_port


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


def settings(folder: Path, port: int, more: str = "") -> Path:
    path = folder / "deskcue.toml"
    path.write_text(
        f'{more}\n[desk]\nsite = "nanjing"\nfloor = "3"\ndesk = "17"\n'
        f'[broker]\nhost = "127.0.0.1"\nport = {port}\n'
        f'[outbox]\npath = "{folder}/outbox.db"\n[light]\npins = []\n'
        '[tap]\ndevice = "no such headset"\n',
        "utf-8",
    )
    return path


def test_what_works_and_what_does_not_are_told_apart(
    tmp_path: Path, broker: Mosquitto, deskcue: Deskcue
) -> None:
    shown = deskcue("doctor", "--json", "--config", settings(tmp_path, broker.port))
    parts = {one["name"]: one for one in shown.objects}
    assert shown.code == 1
    assert not parts["sound"]["ok"]
    assert "no such headset" in parts["sound"]["detail"]
    others = [one for one in parts.values() if one["name"] != "sound"]
    assert all(one["ok"] for one in others)
    assert "SHA-256" in parts["phone model"]["detail"]
    assert parts["broker: login and publish"]["detail"].startswith("acknowledged")


def test_a_broker_that_is_not_there_is_told_by_stage(tmp_path: Path, deskcue: Deskcue) -> None:
    shown = deskcue("doctor", "--json", "--config", settings(tmp_path, free_port()))
    last = shown.objects[-1]
    assert shown.code == 1
    assert (last["name"], last["ok"]) == ("broker: port", False)
    assert "is the broker running" in last["detail"]


def test_broken_settings_are_told_and_end_it(tmp_path: Path, deskcue: Deskcue) -> None:
    shown = deskcue("doctor", "--config", settings(tmp_path, 1883, 'rulebok = "10086"'))
    assert shown.code == 1
    assert "rulebook" in shown.out
    assert shown.err == ""


def test_a_light_without_gpio_says_what_to_set(
    tmp_path: Path, deskcue: Deskcue, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gpiozero

    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "lgpio")
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    path = settings(tmp_path, free_port())
    path.write_text(path.read_text("utf-8").replace("pins = []", "pins = [17]"), "utf-8")
    light = next(
        one
        for one in deskcue("doctor", "--json", "--config", path).objects
        if one["name"] == "light"
    )
    assert light["ok"] or "pins" in light["detail"]
    assert "\n" not in light["detail"]


def test_the_sites_settings_are_told_and_why_they_are_not_in_force(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    path = settings(tmp_path, free_port())

    def told() -> tuple[bool, str]:
        (part,) = [
            one
            for one in deskcue("doctor", "--json", "--config", path).objects
            if one["name"] == "site settings"
        ]
        return part["ok"], part["detail"]

    assert told() == (True, "none: this file is all")
    content = SiteFile(Desired(2, {"rulebook": "nobodys"}), Desired(1, {}))
    write_site_file(tmp_path / "site-settings.json", content)
    with closing(Outbox(tmp_path / "outbox.db")) as outbox:
        outbox.put_status("ear", {"settings_version": 1})
        assert told() == (True, "version 1 is in force; version 2 waits for the ear")
        outbox.put_status("ear", {"settings_version": 1, "settings_problem": "no rulebook"})
        assert told() == (False, "version 2 is not in force: no rulebook")
        outbox.put_status("ear", {"settings_version": 2})
        assert told() == (True, "version 2 is in force: rulebook")


def test_what_the_phone_model_is_fitted_to_is_told(tmp_path: Path, deskcue: Deskcue) -> None:
    path = settings(tmp_path, free_port())
    kept = BaselineStore(tmp_path / VOICE, SystemClock())
    told = []
    for numbers in ({}, replace(Learnt(), step=1, stretches=40).numbers(), {"step": "many"}):
        kept.save({ADAPTATION: numbers})  # type: ignore[dict-item]
        shown = deskcue("doctor", "--json", "--config", path)
        told += [one["detail"] for one in shown.objects if one["name"] == "agent's voice"]
    assert "not fitted to it yet" in told[0]
    assert "frequencies times 0.88, colour of 40 stretches" in told[1]
    assert "not fitted to it yet" in told[2]
    off = settings(tmp_path, free_port(), "[hearing]\nadapt = false")
    shown = deskcue("doctor", "--json", "--config", off)
    assert "adapt under [hearing]" in str(shown.objects)
