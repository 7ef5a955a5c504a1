"""The files that the connection to the broker needs, as people write them."""

from pathlib import Path

import pytest

from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.client import BrokerError, make_client, password


@pytest.mark.situation(
    "The machine",
    "a password file has a BOM or CRLF",
    "it is read",
)
@pytest.mark.parametrize(
    "content", ["秘密", "秘密\n", "秘密\r\n", "\ufeff秘密\r\n"], ids=["bare", "LF", "CRLF", "BOM"]
)
def test_a_password_is_read_as_any_editor_saves_it(content: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes(content.encode())
    assert password(Broker(password_file=path)) == "秘密"


@pytest.mark.parametrize("secret", [" a b ", "\t#'\"\\$:", "é\u00a0😀", ""])
def test_a_password_is_taken_with_all_its_characters(secret: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes(f"{secret}\r\n".encode())
    assert password(Broker(password_file=path)) == secret


def test_a_file_that_is_too_long_for_a_password_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("x" * 70_000)
    with pytest.raises(BrokerError, match="that is no password"):
        make_client(Config(broker=Broker(username="desk", password_file=path)))


@pytest.mark.situation(
    "The machine",
    "a password file is GBK or UTF-16",
    "one line",
    "save it as UTF-8",
)
@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_password_that_is_no_utf_8_is_one_line(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_bytes("密码\n".encode(encoding))
    with pytest.raises(BrokerError, match="is no UTF-8 text; save it as UTF-8"):
        password(Broker(password_file=path))
