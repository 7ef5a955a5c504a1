"""Settings read from TOML, and how mistakes are told."""

from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Broker, Config, Desk, Light
from firmware_py.settings.reader import load_config
from firmware_py.settings.toml_document import ReadingError, parse_toml


def config_file(folder: Path, text: str) -> Path:
    path = folder / "deskcue.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    path = config_file(folder, text)
    with pytest.raises(ReadingError) as error:
        load_config(path)
    assert str(error.value) == "\n".join(error.value.mistakes)
    return [mistake.removeprefix(f"{path}:") for mistake in error.value.mistakes]


def test_nothing_said_is_the_default(tmp_path: Path) -> None:
    assert load_config(config_file(tmp_path, "")) == Config()


def test_settings_reach_their_fields(tmp_path: Path) -> None:
    text = """
        rulebook = "/etc/deskcue/rulebooks/site.toml"
        model = "/srv/phones.tflite"
        [desk]
        site = "南京"
        [broker]
        host = "mqtt.local"
        ca_file = "/etc/ca.pem"
        [light]
        pins = [18]
        brightness = 1
    """
    assert load_config(config_file(tmp_path, text)) == Config(
        desk=Desk(site="南京"),
        broker=Broker(host="mqtt.local", ca_file=Path("/etc/ca.pem")),
        light=Light(pins=(18,), brightness=1.0),
        rulebook="/etc/deskcue/rulebooks/site.toml",
        model=Path("/srv/phones.tflite"),
    )


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
rulebok = "10086"
[broker]
port = "1883"
host = 3
kepalive_s = 60
[light]
pins = [17, 17, 22]
active_high = 1
[outbox]
path = true
[lihgt]
pins = []
"""
    assert mistakes(tmp_path, text) == [
        '1: unknown key "rulebok"; did you mean "rulebook"?',
        "3: [broker]: \"port\" must be a whole number, not '1883'",
        '4: [broker]: "host" must be a text in quotes, not 3',
        '5: [broker]: unknown key "kepalive_s"; did you mean "keepalive_s"?',
        '8: [light]: "active_high" must be true or false, not 1',
        '10: [outbox]: "path" must be a text in quotes, not true',
        '11: [lihgt]: unknown key "lihgt"; did you mean "light"?',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[desk]\nsite = "a/b"', "2: [desk]: "),
        ('[desk]\n\ndesk = ""', "3: [desk]: "),
        ("[broker]\nport = 0", '2: [broker]: "port"'),
        ("[broker]\nkeepalive_s = 70000", '2: [broker]: "keepalive_s"'),
        ("[light]\npins = [17, 27]", '2: [light]: "pins"'),
        ("[light]\npins = [17, 17, 22]", '2: [light]: "pins"'),
        ("[light]\npins = [99]", '2: [light]: "pins"'),
        ("[light]\nbrightness = nan", '2: [light]: "brightness"'),
        ("[light]\nbrightness = 60", '2: [light]: "brightness"'),
        ("[tap]\nblock_samples = 1", '2: [tap]: "block_samples"'),
        ("[outbox]\nmax_events = 0", '2: [outbox]: "max_events"'),
        ("light = 3", '1: "light" must be a table, not 3'),
        ('[light]\npins = "17"', '2: [light]: "pins" must be a list'),
        ('[light]\npins = ["17"]', '2: [light]: "pins" must be a whole number'),
        ('[desk]\nsite = "a\\u001bb"', "2: [desk]: "),
        ('[desk]\nsite = "' + "a" * 65 + '"', "2: [desk]: "),
        ("[desk]\nsite = 2024-02-29", '2: [desk]: "site" must be a text in quotes, not 2024-02-29'),
        (f"[outbox]\nmax_events = {2**63}", '2: [outbox]: "max_events" is too large'),
        ('[outbox]\npath = ""', '2: [outbox]: "path" must be a path'),
        ('[outbox]\npath = "~/o.db"', '2: [outbox]: "path" must be written out'),
        ('model = "a\\u0000b"', '1: "model" must not hold the character NUL'),
    ],
)
def test_a_value_out_of_range_is_told(tmp_path: Path, text: str, told: str) -> None:
    (mistake,) = mistakes(tmp_path, text)
    assert mistake.startswith(told)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(DeskcueError, match=r"nowhere\.toml: cannot read it: No such file"):
        load_config(tmp_path / "nowhere.toml")
    with pytest.raises(DeskcueError, match="cannot read it: Is a directory"):
        load_config(tmp_path)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeskcueError, match="larger than"):
        load_config(config_file(tmp_path, "#" * 1_000_001))


def test_broken_toml_is_told_with_its_line() -> None:
    with pytest.raises(ReadingError, match=r"^x\.toml:2: no TOML: Invalid value \(column 5\)$"):
        parse_toml(b"a = 1\nb = ?\n", "x.toml")
    with pytest.raises(ReadingError, match=r"^x\.toml: no TOML: .*end of document"):
        parse_toml(b"a = [", "x.toml")


@pytest.mark.parametrize(
    ("text", "why"),
    [("a = " + "[" * 5000, "nested too deeply"), ("a = " + "9" * 5000, "too long a number")],
)
def test_what_python_cannot_hold_is_one_line(text: str, why: str) -> None:
    with pytest.raises(ReadingError, match=rf"^x\.toml: no TOML that can be read: {why}$"):
        parse_toml(text.encode(), "x.toml")


def test_of_thousands_of_mistakes_the_first_are_shown(tmp_path: Path) -> None:
    told = mistakes(tmp_path, "".join(f"k{number} = 1\n" for number in range(1000)))
    assert len(told) == 101
    assert told[-1].endswith("and 900 more; is it the right file?")


def test_text_in_another_encoding_is_told_with_its_line() -> None:
    with pytest.raises(ReadingError, match=r"^x\.toml:2: not UTF-8"):
        parse_toml("a = 1\nb = '好'".encode("gb18030"), "x.toml")


def test_a_byte_order_mark_and_windows_lines_are_read() -> None:
    assert parse_toml("\ufeffa = 1\r\nb = 2\r\n".encode(), "x.toml").root == {"a": 1, "b": 2}
