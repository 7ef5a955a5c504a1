"""What a login's folder says of the broker is checked before anybody tries to go there."""

from pathlib import Path

import pytest

from tests.commands.running import Deskcue

USERS = (
    ("collect",),
    ("status",),
    ("metrics",),
    ("digest",),
    ("identify", "3/3-17"),
)


@pytest.mark.parametrize(
    ("site", "host", "port", "said"),
    [
        ("nanjing", "mqtt.example.org", 88830, "port 88830 is no number from 1 to 65535"),
        ("nanjing", "mqtt.example.org", 0, "port 0 is no number"),
        ("nanjing", "mqtt.example.org", -1, "port -1 is no number"),
        ("nanjing", "mqtts://mqtt.example.org", 8883, "without scheme and port"),
        ("nanjing", "mqtt.example.org:8883", 8883, "without scheme and port"),
        ("nanjing", "", 8883, "'' is no host name"),
        ("nanjing", "10.1.3.300", 8883, "'10.1.3.300' is no host name"),
        ("nan/jing", "mqtt.example.org", 8883, "site 'nan/jing' cannot be a topic level"),
    ],
)
def test_a_broker_that_cannot_be_is_one_line_and_an_end(
    site: str, host: str, port: int, said: str, tmp_path: Path, deskcue: Deskcue
) -> None:
    text = f'site = "{site}"\nhost = "{host}"\nport = {port}\n'
    (tmp_path / "login.toml").write_text(text, "utf-8")
    for verb in USERS:
        shown = deskcue("fleet", *verb, "--login", tmp_path)
        assert (shown.code, shown.err.count("\n")) == (1, 1), verb
        assert f"{tmp_path / 'login.toml'}: " in shown.err
        assert said in shown.err
