"""``deskcue fleet revoke``: what a real Mosquitto makes of the list."""

from pathlib import Path

import pytest
from cryptography import x509

from firmware_py.contract.topics import STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import connect, make_client
from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.greeting import greet
from tests.commands.running import Deskcue
from tests.fleet.floor import DESK_A, DESK_B, Floor, joined, publish
from tests.fleet.sites.test_site import request


def signed(floor: Floor, deskcue: Deskcue, desk: str) -> tuple[bytes, str]:
    """A key of a desk's own, and its certificate by ``deskcue fleet sign``."""
    key, asked = request("desk")
    (floor.folder / "desk.csr").write_bytes(asked)
    shown = deskcue(
        "fleet", "sign", floor.folder / "desk.csr", "--site", floor.site, "--desk", desk
    )
    assert shown.code == 0, shown.err
    return key, shown.out


def device(port: int, folder: Path) -> Config:
    """Settings of the desk that has a login."""
    certificate, key = (folder / name for name in ("certificate.pem", "key.pem"))
    way = Broker("127.0.0.1", port, ca_file=folder / "ca.pem", cert_file=certificate, key_file=key)
    return Config(DESK_A, way)


def test_a_revoked_desk_does_not_come_in_again_and_the_others_do(
    floor: Floor, deskcue: Deskcue
) -> None:
    login = floor.desk(DESK_A)
    key, certificate = signed(floor, deskcue, "3/3-17")
    (login.folder / "key.pem").write_bytes(key)
    (login.folder / "certificate.pem").write_text(certificate, "ascii")
    with joined(login, "a") as desk:
        assert publish(desk, topic(DESK_A, STATE)) != "Not authorized"
    shown = deskcue("fleet", "revoke", "3/3-17", "--site", floor.site)
    assert (shown.code, "1 certificates revoked" in shown.out) == (0, True)
    floor.stop()
    floor.start()
    with pytest.raises(DeskcueError, match=f"127.0.0.1:{floor.port}"):
        connect(make_client(login, "a"), login)
    with pytest.raises(DeskcueError, match="does not take this desk's certificate"):
        greet(device(floor.port, login.folder))
    with joined(floor.desk(DESK_B), "b") as other:
        assert publish(other, topic(DESK_B, STATE)) != "Not authorized"


def test_the_list_grows_and_says_which(floor: Floor, deskcue: Deskcue) -> None:
    serials = set()
    for desk in ("3/3-17", "3/3-18"):
        made = x509.load_pem_x509_certificate(signed(floor, deskcue, desk)[1].encode())
        assert deskcue("fleet", "revoke", desk, "--site", floor.site).code == 0
        serials.add(made.serial_number)
        told = x509.load_pem_x509_crl((floor.site / "broker" / "crl.pem").read_bytes())
        assert {one.serial_number for one in told} == serials


@pytest.mark.parametrize(
    ("desk", "said"), [("3/99", "has nothing of nanjing/3/99"), ("99", "write FLOOR/DESK")]
)
def test_who_was_never_enrolled_cannot_be_revoked(
    desk: str, said: str, tmp_path: Path, deskcue: Deskcue
) -> None:
    shown = deskcue("fleet", "revoke", desk, "--site", Floor(tmp_path).site)
    assert (shown.code in (1, 2), shown.err.count("\n")) == (True, 1)
    assert said in shown.err
