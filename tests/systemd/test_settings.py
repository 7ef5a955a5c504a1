"""The sample ``deskcue.toml``: every key, with its default."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

from firmware_py.settings.config import Config
from firmware_py.settings.reader import load_config

SAMPLE = Path(__file__).parents[2] / "systemd" / "deskcue.toml"
OPTIONAL = {
    *("model", "tls", "password_file", "ca_file", "cert_file", "key_file"),
    *("least_gap_s", "bypass_gpio"),
}
"""Keys without a default; the sample shows an example."""


def uncommented() -> str:
    return re.sub(r"^# (\w+ = )", r"\1", SAMPLE.read_text("utf-8"), flags=re.MULTILINE)


def keys(table: dict[str, Any], path: str = "") -> set[str]:
    found: set[str] = set()
    for key, value in table.items():
        found |= keys(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}"}
    return found


def test_as_it_comes_it_changes_nothing() -> None:
    assert load_config(SAMPLE) == Config()


def test_it_shows_every_key() -> None:
    everything = keys(dataclasses.asdict(Config()))
    assert keys(tomllib.loads(uncommented())) == everything


def test_what_it_shows_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "deskcue.toml"
    path.write_text(uncommented(), "utf-8")
    shown, default = dataclasses.asdict(load_config(path)), dataclasses.asdict(Config())
    for optional in OPTIONAL:
        for settings in (shown, default):
            settings.pop(optional, None)
            settings["broker"].pop(optional, None)
            settings["rules"].pop(optional, None)
            settings["relay"].pop(optional, None)
    assert shown == default
