"""What a site may set on a desk, and the file through which it comes to the ear."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import (
    Broker,
    Config,
    Desk,
    Light,
    LightOnly,
    Listen,
    Privacy,
    RuleTuning,
    Tap,
)
from firmware_py.settings.desired import (
    NOTHING,
    SITE_MAY_SET,
    Desired,
    RefusedError,
    Setting,
    digest,
    lay_over,
)
from firmware_py.settings.site_file import SiteFile, read_site_file, write_site_file

OWN = Config(
    desk=Desk("nanjing", "3", "17"), broker=Broker("mqtt.local"), light=Light((18,), 0.9, False)
)


def test_what_is_set_goes_over_the_desks_own_and_the_rest_stays() -> None:
    wanted: dict[str, Setting] = {
        "light.brightness": 0.3,
        "privacy.light_only": "granted",
        "rulebook": "complaint",
        "rules.stricter_by": 0.2,
        "rules.least_gap_s": 120,
        "tap.listen": "always",
    }
    assert set(wanted) == set(SITE_MAY_SET)
    assert lay_over(OWN, wanted) == replace(
        OWN,
        light=Light((18,), 0.3, False),
        privacy=Privacy(LightOnly.GRANTED),
        rulebook="complaint",
        rules=RuleTuning(0.2, 120.0),
        tap=Tap(listen=Listen.ALWAYS),
    )
    assert lay_over(OWN, {}) == OWN


def test_whatever_says_who_the_desk_is_or_where_the_broker_is_stays_with_the_desk() -> None:
    for table in ("desk", "broker", "outbox"):
        for one in fields(getattr(OWN, table)):
            with pytest.raises(RefusedError, match="a site may not set it"):
                lay_over(OWN, {f"{table}.{one.name}": getattr(getattr(OWN, table), one.name)})


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("light.brightness", 0, "must be over 0"),
        ("light.brightness", "1", "must be a number"),
        ("tap.listen", "alway", 'did you mean "always"'),
        ("rulebook", "/etc/shadow.toml", "by its name"),
        ("rulebook", "../x", "by its name"),
        ("rules.stricter_by", float("nan"), "must be a number"),
        ("rules.least_gap_s", -1, "0 to 3600"),
        ("light.brightnes", 0.5, 'did you mean "light.brightness"'),
        ("light", {"brightness": 1}, "a site may not set it"),
    ],
)
def test_every_mistake_is_named_by_its_key_and_nothing_is_taken(
    key: str, value: Setting, why: str
) -> None:
    with pytest.raises(RefusedError) as error:
        lay_over(OWN, {"rules.least_gap_s": 30, key: value, "broker.port": 1})
    assert error.value.refusals.keys() == {key, "broker.port"}
    assert why in error.value.refusals[key]
    assert "\n" not in str(error.value)


def test_the_hash_is_that_of_sorted_json() -> None:
    told = digest({"tap.listen": "calls", "light.brightness": 0.5})
    # printf '%s' '{"light.brightness":0.5,"tap.listen":"calls"}' | sha256sum
    assert told == "6cddeee96f5c56f9a34c489f60b5d5fddaec9a02641b37d62aa900ed747eaf4c"
    assert told == digest({"light.brightness": 0.5, "tap.listen": "calls"})


def test_the_file_is_written_whole_and_a_damaged_one_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "site-settings.json"
    assert read_site_file(path) == SiteFile()
    content = SiteFile(Desired(2, {"rulebook": "投诉"}), Desired(1, {"light.brightness": 0.5}))
    write_site_file(path, content)
    assert read_site_file(path) == content
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    for damage in (b"", b"{}", b"[1]", path.read_bytes()[:-9], b'{"wanted": 1, "good": 1}'):
        path.write_bytes(damage)
        with pytest.raises(DeskcueError, match=r"^\S+site-settings.json is damaged; [^\n]*$"):
            read_site_file(path)
    with pytest.raises(DeskcueError, match="cannot be written"):
        write_site_file(tmp_path / "none" / "file.json", SiteFile())
    assert NOTHING.version == 0
