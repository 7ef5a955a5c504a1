"""Settings that floors and desks inherit, and ``deskcue fleet explain``."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.desired.inheritance import SiteFolder
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import digest
from tests.commands.running import Deskcue

HERE = Desk("nanjing", "3", "17")


def folder(where: Path, files: dict[str, str]) -> Path:
    """A folder of settings."""
    for name, text in files.items():
        path = where / "settings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return where / "settings"


WHOLE = {
    "site.toml": 'rulebook = "10086"\n[light]\nbrightness = 0.6\n[tap]\nlisten = "calls"\n',
    "floors/3.toml": "# near the windows\n[light]\nbrightness = 0.9\n",
    "floors/投诉.toml": 'rulebook = "complaint"\n',
    "desks/3/17.toml": "[light]\nbrightness = 0.2\n[rules]\nleast_gap_s = 120\n",
}


def test_the_nearest_file_holds_and_every_value_says_where_it_is_from(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    where = folder(tmp_path, WHOLE)
    settings = SiteFolder(where).settings(HERE)
    assert settings == {
        "light.brightness": 0.2,
        "rulebook": "10086",
        "rules.least_gap_s": 120,
        "tap.listen": "calls",
    }
    assert SiteFolder(where).settings(Desk("", "3", "18"))["light.brightness"] == 0.9
    assert SiteFolder(where).settings(Desk("", "投诉", "1"))["rulebook"] == "complaint"
    said = deskcue("fleet", "explain", "3/17", "--settings", where, "--json").objects[0]
    assert said["sha256"] == digest(settings)
    first = said["settings"][0]
    assert (first["key"], first["value"], first["file"]) == (
        "light.brightness",
        0.2,
        "desks/3/17.toml",
    )
    assert [(one["value"], one["level"], one["line"]) for one in first["over"]] == [
        (0.9, "floor", 3),
        (0.6, "site", 3),
    ]
    shown = deskcue("fleet", "explain", "3/17", "--settings", where).out
    assert "desk, desks/3/17.toml:2" in shown


def test_every_mistake_of_the_folder_is_named_at_once(tmp_path: Path, deskcue: Deskcue) -> None:
    where = folder(
        tmp_path,
        {
            "site.toml": "[light]\n\nbrightness = 2\n",
            "floor/3.toml": "",
            "floors/3.toml": '[broker]\nhost = "elsewhere"\n',
            "desks/3/17.toml": "[light\n",
        },
    )
    ran = deskcue("fleet", "explain", "3/17", "--settings", where)
    assert (ran.code, ran.out) == (1, "")
    for part in (
        'site.toml:3: [light]: "brightness" must be over 0',
        "floor/3.toml belongs to no level",
        "floors/3.toml:2: a site may not set it",
        "desks/3/17.toml:1: no TOML",
    ):
        assert part in ran.err
    assert ran.err.count("\n") == 4


def test_nothing_set_and_no_folder(tmp_path: Path, deskcue: Deskcue) -> None:
    where = folder(tmp_path, {"site.toml": ""})
    assert "nothing is set" in deskcue("fleet", "explain", "3/17", "--settings", where).out
    assert deskcue("fleet", "explain", "17", "--settings", where).code == 2
    with pytest.raises(DeskcueError, match="no folder of settings"):
        SiteFolder(tmp_path / "none")


def test_what_a_version_control_keeps_is_passed_over_and_a_mistyped_name_is_told(
    tmp_path: Path,
) -> None:
    where = folder(tmp_path, WHOLE | {".git/HEAD": "ref: refs/heads/main\n"})
    desks = [HERE, Desk("nanjing", "投诉", "1")]
    assert SiteFolder(where).idle(desks) == []
    assert SiteFolder(where).idle([Desk("nanjing", "3", "18")]) == [
        *("desks/3/17.toml", "floors/投诉.toml"),
    ]
