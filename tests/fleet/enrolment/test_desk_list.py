"""``deskcue fleet enrol``: lists as people write them, and what comes of them."""

import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
import segno

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.login import Address
from firmware_py.fleet.enrolment.boot_files import Order, boot_files
from firmware_py.fleet.enrolment.desk_list import Place, read_desks
from firmware_py.fleet.enrolment.labels import qr_code
from firmware_py.fleet.sites.site import init_site
from firmware_py.settings.config import Desk
from firmware_py.settings.reader import load_config
from tests.commands.running import Deskcue

SITE = Address("nanjing", "mqtt.example.org", 8883)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site's folder."""
    init_site(SITE, [], tmp_path / "site", None)
    return tmp_path / "site"


def desks(folder: Path, content: str | bytes) -> Path:
    path = folder / "desks.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("floor,desk\n三楼,十七\n".encode(), "utf-8"),
        ("\ufefffloor,desk\r\n三楼,十七\r\n".encode(), "utf-8"),
        ("desk, floor\n十七, 三楼\n".encode("gbk"), "gbk"),
        ('floor,desk\n"三楼","十七"'.encode("utf-16"), "utf-16"),
        ("floor\tdesk\r\n三楼\t十七\r\n".encode("utf-16"), ""),
        ("Floor;Desk;;\r\n三楼 ;十七;;\r\n;;;\r\n\r\n".encode("utf-8-sig"), ""),
        ("sep=;\r\nfloor;desk\r\n三楼;十七\r\n".encode("gbk"), "gbk"),
    ],
)
def test_a_list_is_read_as_spreadsheets_write_it(
    content: bytes, encoding: str, tmp_path: Path
) -> None:
    (place,) = read_desks(desks(tmp_path, content), "nanjing", encoding)
    assert place.desk == Desk("nanjing", "三楼", "十七")
    assert re.fullmatch(r"desk-[0-9a-f]{6}", place.hostname)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("floor,desk\n三楼,十七\n".encode("gbk"), "desks.csv:2: this is not utf-8.*--encoding gbk"),
        ("floor,desk\n3楼,17\n".encode("gbk"), "desks.csv:2: is this '楼', or '¥'"),
        (b"\xff\xfef\0l", "desks.csv:1: this is not utf-16"),
        ("floor,desk\n3,3月17日\n", "desks.csv:2: '3月17日' looks like a date"),
        ("floor,desk\n3,17-Mar\n", "desks.csv:2: '17-Mar' looks like a date"),
        ("", "desks.csv:1: the first line names the columns"),
        ("3,17\n", "it reads '3,17'"),
        ("floor,desk,key\n", "it reads 'floor,desk,key'"),
        ("floor,desk\n", "names no desk"),
        ("floor,desk\n3,17\n3,18\n3,17\n", "desks.csv:4: nanjing/3/17 is there already, in line 2"),
        ("floor,desk\n3,1#\n", "desks.csv:2: desk '1#' cannot be a topic level"),
        ("floor,desk\n3,\n", "desks.csv:2: desk '' cannot be a topic level"),
        ("floor,desk\n3\n", "desks.csv:2: this line has not as many fields"),
        ("floor,desk\n3,17,x\n", "desks.csv:2: this line has not as many fields"),
        ("floor,desk\n3," + "x" * 60, "a certificate holds 64"),
        ("floor,desk,hostname\n3,17,Desk_17\n", "'Desk_17' is no host name"),
        ("floor,desk,hostname\n3,1,a\n3,2,a\n", "desks.csv:3: a is there already, in line 2"),
        ("floor,desk,address\n3,17,10.0.0.300/24\n", "10.0.0.300"),
        ("floor,desk,address\n3,17,10.0.0.3\n", "needs its prefix"),
        ("floor,desk,address,gateway\n3,17,10.0.0.3/24,10.0.1.1\n", "the gateway within it"),
        (
            "floor,desk,address,gateway\n3,17,10.0.0.3/24,10.0.0.3\n",
            "is the gateway's address, too",
        ),
        ("floor,desk,address\n3,17,10.0.0.255/24\n", "its broadcast, no desk's"),
        ("floor,desk,address\n3,1,10.0.0.3/24\n3,2,10.0.0.3/16\n", "10.0.0.3 is there already"),
        ("floor,desk,gateway\n3,17,10.0.1.1\n", "go with an address"),
        ('floor,desk\n3,"17\n', "desks.csv:2"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place_and_nothing_is_made(
    content: str | bytes, said: str, site: Path, tmp_path: Path, deskcue: Deskcue
) -> None:
    path, out = desks(tmp_path, content), tmp_path / "out"
    shown = deskcue("fleet", "enrol", path, "--site", site, "--out", out)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert re.search(said, shown.err)
    assert not out.exists()
    assert not (site / "enrolment.db").exists()


def test_of_many_mistakes_the_first_are_shown(site: Path, tmp_path: Path, deskcue: Deskcue) -> None:
    path = desks(tmp_path, "floor,desk\n" + "3,#\n" * 10_000)
    shown = deskcue("fleet", "enrol", path, "--site", site, "--out", tmp_path / "out")
    assert shown.err.count("\n") == 21
    assert "and 9980 mistakes more" in shown.err


def test_ten_thousand_desks_are_read(tmp_path: Path) -> None:
    rows = "".join(f"{number // 100},{number}\n" for number in range(10_000))
    places = read_desks(desks(tmp_path, f"floor,desk\n{rows}"), "nanjing")
    assert len({place.hostname for place in places}) == 10_000


def read(text: str) -> Any:
    return json.loads(text.removeprefix("#cloud-config\n"))


def test_every_desk_gets_boot_files_with_a_token_and_no_key(
    site: Path, tmp_path: Path, deskcue: Deskcue
) -> None:
    path = desks(tmp_path, "floor,desk,address,gateway\n3,17,10.0.3.17/24,10.0.3.1\n3,18,,\n")
    (tmp_path / "all.toml").write_text("[light]\npins = [4]  # 三\n", "utf-8")
    out = tmp_path / "out"
    shown = deskcue(
        *("fleet", "enrol", path, "--site", site, "--out", out, "--service", "pki:99"),
        *("--settings", tmp_path / "all.toml"),
    )
    assert shown.code == 0, shown.err
    names = ["desk-3-17", "desk-3-18"]
    assert sorted(one.name for one in out.iterdir()) == [*names, "labels.html"]
    tokens = set()
    for name in names:
        text = (out / name / "user-data").read_text("ascii")
        assert "PRIVATE" not in text
        assert stat.S_IMODE((out / name / "user-data").stat().st_mode) == 0o600
        laid = {Path(one["path"]).name: one["content"] for one in read(text)["write_files"]}
        enrolment = tomllib.loads(laid["enrolment.toml"])
        assert enrolment["service"] == "pki:99"
        assert (site / "ca.pem").read_text("ascii") == laid["ca.pem"]
        tokens.add(enrolment["token"])
        (tmp_path / "deskcue.toml").write_text(laid["deskcue.toml"], "utf-8")
        config = load_config(tmp_path / "deskcue.toml")
        assert config.light.pins == (4,)
        assert f"nanjing/3/{config.desk.desk}" == enrolment["desk"]
        assert (config.broker.host, config.broker.cert_file) == (SITE.host, config.broker.key_file)
    assert len(tokens) == 2
    fixed = read((out / names[0] / "network-config").read_text("ascii"))["ethernets"]["eth0"]
    assert fixed["addresses"] == ["10.0.3.17/24"]
    assert fixed["routes"] == [{"to": "default", "via": "10.0.3.1"}]
    labels = (out / "labels.html").read_text("utf-8")
    assert "3 / 18" in labels
    assert not any(token in labels for token in tokens)
    again = deskcue("fleet", "enrol", path, "--site", site, "--out", out)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "out is there already" in again.err


@pytest.mark.parametrize("text", ["[desk]\nfloor = '3'\n", "[light]\npin = 4\n", "x"])
def test_shared_settings_must_be_settings_and_no_desks_own(
    text: str, site: Path, tmp_path: Path, deskcue: Deskcue
) -> None:
    (tmp_path / "all.toml").write_text(text, "utf-8")
    shown = deskcue(
        *("fleet", "enrol", desks(tmp_path, "floor,desk\n3,17\n"), "--site", site),
        *("--out", tmp_path / "out", "--settings", tmp_path / "all.toml"),
    )
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert "all.toml" in shown.err


def test_any_name_survives_toml_in_yaml() -> None:
    desk = Desk("nanjing", "三", "𠮷 '17'")
    order = Order(SITE, "pki:8444", b"", 0.0)
    text = boot_files(order, Place(desk, "desk-1"), "token")["user-data"]
    assert text.isascii()
    # YAML's escapes are Python's.
    content = re.findall(r'"content": "((?:[^"\\]|\\.)*)"', text)[1]
    assert tomllib.loads(content.encode().decode("unicode_escape"))["desk"]["desk"] == desk.desk


@pytest.mark.parametrize("text", ["deskcue:nanjing/3/3-17", "deskcue:nanjing/五楼/5-001"])
def test_a_label_shows_what_the_code_says(text: str) -> None:
    drawn = qr_code(text).find("path")
    assert drawn is not None
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1", drawn.attrib["d"])
    dark = {(int(x) + step, int(y)) for x, y, length in runs for step in range(int(length))}
    made = segno.make(
        text,
        error="m",
        micro=False,
        mask=2,
        boost_error=False,
        encoding="utf-8",
        eci=not text.isascii(),
    )
    wanted = {
        (x, y)
        for y, row in enumerate(made.matrix_iter(border=4))
        for x, dot in enumerate(row)
        if dot
    }
    assert dark == wanted


def test_a_list_without_an_end_is_refused() -> None:
    with pytest.raises(DeskcueError, match="no list of desks"):
        read_desks(Path("/dev/zero"), "nanjing")
