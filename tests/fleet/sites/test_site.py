"""``deskcue fleet init`` and ``sign``: who may do what on a stock Mosquitto."""

import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from firmware_py.contract.topics import CALL, CHANNELS, EVENT, HEALTH, STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import connect, make_client, subscribe, wait
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.names import identity
from firmware_py.fleet.packs.signing_keys import ROLES
from firmware_py.fleet.sites.certificates import key_pem, new_key
from firmware_py.fleet.sites.mosquitto import access_list
from firmware_py.fleet.sites.site import read_site
from firmware_py.settings.config import Desk
from tests.commands.running import Deskcue
from tests.fleet.floor import DESK_A, DESK_B, SITE, Floor, joined, publish


def test_a_desk_writes_below_its_own_topics_and_nowhere_else(floor: Floor) -> None:
    with joined(floor.desk(DESK_A), "a") as desk:
        for mine in (topic(DESK_A, EVENT, "phrase"), topic(DESK_A, STATE), topic(DESK_A, HEALTH)):
            assert publish(desk, mine) in {"Success", "No matching subscribers"}
        for others in (
            topic(DESK_B, STATE),
            topic(DESK_B, EVENT, "phrase"),
            topic(DESK_A, CALL),
            f"{topic(DESK_A, EVENT, 'phrase')}/more",
            "deskcue/v1/nanjing",
            "elsewhere",
        ):
            assert publish(desk, others) == "Not authorized"


def test_a_desk_hears_its_own_commands_and_nothing_of_others(floor: Floor) -> None:
    heard: list[str] = []
    with (
        joined(floor.desk(DESK_A), "a") as desk,
        joined(floor.desk(DESK_B), "b") as other,
        joined(read_login(floor.site / "logins" / "operator"), "operator") as operator,
    ):
        desk.on_message = lambda _c, _u, message: heard.append(message.topic)
        subscribe(desk, [("#", 1), (topic(DESK_B, STATE), 1), (topic(DESK_B, CALL), 1)])
        publish(other, topic(DESK_B, STATE))
        publish(operator, topic(DESK_B, CALL))
        assert publish(operator, topic(DESK_A, CALL)) == "Success"
        wait(desk, lambda: heard, "the desk hears nothing")
    assert set(heard) == {topic(DESK_A, CALL)}


def test_the_reader_hears_everything_and_writes_nothing(floor: Floor) -> None:
    heard: list[str] = []
    with (
        joined(read_login(floor.reader), "page") as reader,
        joined(floor.desk(DESK_A), "a") as desk,
    ):
        reader.on_message = lambda _c, _u, message: heard.append(message.topic)
        subscribe(reader, [(f"deskcue/v1/{SITE}/#", 1)])
        for channel in CHANNELS:
            assert publish(reader, topic(DESK_A, channel, "phrase")) == "Not authorized"
            assert publish(reader, f"deskcue/v1/reader/{channel.path}") == "Not authorized"
        publish(desk, topic(DESK_A, EVENT, "phrase"))
        wait(reader, lambda: heard, "the reader hears nothing")
    assert heard == [topic(DESK_A, EVENT, "phrase")]


def test_nobody_comes_in_without_a_certificate_of_this_site(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    theirs = Floor(tmp_path / "other").desk(DESK_A).folder
    login = floor.desk(DESK_A)
    for name in ("certificate.pem", "key.pem"):
        (login.folder / name).write_bytes((theirs / name).read_bytes())
    with pytest.raises(DeskcueError, match=f"127.0.0.1:{floor.port}"):
        connect(make_client(login, "a"), login)
    bare = make_client(login, "a")
    bare._ssl_context = ssl.create_default_context(cafile=str(floor.site / "ca.pem"))
    with pytest.raises(DeskcueError, match=f"127.0.0.1:{floor.port}"):
        connect(bare, login)


def test_a_broker_of_another_authority_is_not_believed(floor: Floor, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    login = floor.desk(DESK_A)
    (login.folder / "ca.pem").write_bytes((Floor(tmp_path / "other").site / "ca.pem").read_bytes())
    with pytest.raises(DeskcueError, match="self-signed certificate"):
        connect(make_client(login, "a"), login)


def test_secrets_are_the_owners_and_the_rest_is_there(tmp_path: Path, deskcue: Deskcue) -> None:
    out = tmp_path / "nanjing"
    shown = deskcue("fleet", "init", SITE, "--out", out, "--host", "mqtt.example.org")
    assert shown.code == 0, shown.err
    secret = {path for path in out.rglob("*") if path.suffix == ".key" or path.name == "key.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    assert {path.stem for path in (out / "signing").glob("*.key")} == set(ROLES)
    assert (out / "broker" / "acl").read_text("utf-8") == access_list(SITE)
    again = deskcue("fleet", "init", SITE, "--out", out)
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "is there already" in again.err
    assert [path.name for path in tmp_path.iterdir()] == ["nanjing"]


@pytest.mark.parametrize(
    ("site", "host", "said"),
    [
        ("a/b", "h", "cannot be a topic level"),
        ("南京#", "h", "cannot be a topic level"),
        ("", "h", "cannot be a topic level"),
        ("reader", "h", "a login is called so"),
        ("n" * 61, "h", "a certificate holds 64"),
        ("中国移动南京分公司客户服务中心贵宾室二号楼", "h", "has 67 bytes"),
        ("nanjing", "主机", "no host name or address in ASCII"),
        ("nanjing", "", "no host name or address"),
        ("nanjing", "wss://h", "without scheme and port"),
        ("nanjing", "10.1.3.300", "no host name or address"),
    ],
)
def test_names_that_cannot_be_are_one_line_and_leave_nothing(
    site: str, host: str, said: str, tmp_path: Path, deskcue: Deskcue
) -> None:
    shown = deskcue("fleet", "init", site, "--out", tmp_path / "out", "--host", host)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert said in shown.err
    assert not [*tmp_path.iterdir()]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site's folder."""
    return Floor(tmp_path).site


def request(name: str) -> tuple[bytes, bytes]:
    """A desk's own key, and its request."""
    key = new_key()
    asked = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(asked).sign(key, hashes.SHA256())
    return key_pem(key), made.public_bytes(Encoding.PEM)


def test_a_desk_makes_its_key_and_gets_the_name_that_it_was_given(
    floor: Floor, tmp_path: Path, deskcue: Deskcue
) -> None:
    key, asked = request("nanjing/3/somebody-else")
    (tmp_path / "desk.csr").write_bytes(asked)
    shown = deskcue(
        "fleet", "sign", tmp_path / "desk.csr", "--site", floor.site, "--desk", "3/3-17"
    )
    assert shown.code == 0, shown.err
    login = floor.desk(DESK_A)
    (login.folder / "key.pem").write_bytes(key)
    (login.folder / "certificate.pem").write_text(shown.out, "utf-8")
    with joined(login, "a") as desk:
        assert publish(desk, topic(DESK_A, STATE)) != "Not authorized"
        assert publish(desk, topic(DESK_B, STATE)) == "Not authorized"


def test_chinese_names_are_good_names(floor: Floor) -> None:
    desk = Desk(SITE, "三楼", "十七")
    with joined(floor.desk(desk), "a") as client:
        assert publish(client, topic(desk, STATE)) != "Not authorized"
        assert publish(client, topic(DESK_A, STATE)) == "Not authorized"


@pytest.mark.parametrize(
    ("desk", "content", "said"),
    [
        ("3/17", b"no request", "no certificate request"),
        ("3", request("a")[1], "write FLOOR/DESK"),
        ("3/1+7", request("a")[1], "cannot be a topic level"),
        ("3/" + "x" * 64, request("a")[1], "a certificate holds 64"),
        ("3/17", None, "cannot be read"),
    ],
)
def test_a_request_that_is_not_good_is_one_line(
    desk: str, content: bytes | None, said: str, site: Path, tmp_path: Path, deskcue: Deskcue
) -> None:
    if content is not None:
        (tmp_path / "desk.csr").write_bytes(content)
    shown = deskcue("fleet", "sign", tmp_path / "desk.csr", "--site", site, "--desk", desk)
    assert shown.code in (1, 2)
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert said in shown.err


def test_an_authority_and_a_key_of_two_sites_are_told_apart(site: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Floor(tmp_path / "other").site
    (site / "ca.pem").write_bytes((other / "ca.pem").read_bytes())
    with pytest.raises(DeskcueError, match="do not belong together"):
        read_site(site)


def test_a_certificate_says_what_it_is_for(site: Path) -> None:
    made = read_site(site).sign(DESK_A, request("a")[1])
    read = x509.load_pem_x509_certificate(made)
    (name,) = read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == identity(DESK_A)
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
