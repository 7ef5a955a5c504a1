"""Certificates that a real Mosquitto, or the desk, does not take: each is named for what it is."""

import datetime
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.client import connect, make_client
from firmware_py.fleet.broker.login import Login
from firmware_py.fleet.enrolment.revoking import LIST
from firmware_py.fleet.names import identity
from firmware_py.fleet.sites.certificates import Authority, Pair, new_authority
from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.broker import check_broker
from firmware_py.uplink.client import WAIT_S
from firmware_py.uplink.greeting import greet
from firmware_py.uplink.tls_refusal import refusal
from tests.fleet.floor import DESK_A, Floor

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A site whose broker does not run yet."""
    made = Floor(tmp_path)
    yield made
    made.stop()


def authority(site: Path, now: datetime.datetime) -> Authority:
    """The site's own, at a time that is said."""
    pair = Pair((site / "ca.pem").read_bytes(), (site / "private" / "ca.key").read_bytes())
    return Authority(pair, lambda: now)


def device(login: Login) -> Config:
    """Settings of the desk that has a login."""
    names = ("ca.pem", "certificate.pem", "key.pem")
    ca, certificate, key = (login.folder / name for name in names)
    way = Broker("127.0.0.1", login.address.port, ca_file=ca, cert_file=certificate, key_file=key)
    return Config(DESK_A, way)


def show(login: Login, pair: Pair) -> None:
    """Let the desk show this."""
    (login.folder / "certificate.pem").write_bytes(pair.certificate)
    (login.folder / "key.pem").write_bytes(pair.key)


def pair_of(site: Path, why: str) -> Pair:
    """A desk's certificate and key that something is wrong with."""
    if why == "of another authority":
        return new_authority("elsewhere")[0].client(identity(DESK_A))
    return authority(site, LONG_AGO).client(identity(DESK_A))


def said(config: Config) -> tuple[str, str]:
    """What the uplink says of the broker, and the last line of ``deskcue doctor``."""
    with pytest.raises(DeskcueError) as refused:
        greet(config)
    return str(refused.value), check_broker(config)[-1].detail


@pytest.mark.situation(
    "The broker and the network",
    "the desk's certificate has expired, was revoked, or is of another authority",
    "events wait in the outbox",
    "the log and `deskcue doctor` say which, under TLS 1.3, too",
)
@pytest.mark.parametrize("why", ["has expired", "of another authority"])
def test_a_desks_certificate_is_refused_for_what_it_is(floor: Floor, why: str) -> None:
    floor.start()
    login = floor.desk(DESK_A)
    show(login, pair_of(floor.site, why))
    for line in said(device(login)):
        assert "does not take this desk's certificate" in line
        assert why in line
    with pytest.raises(DeskcueError, match=why):
        connect(make_client(login, "a"), login)
    old = login.tls()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    assert why in refusal(old, "127.0.0.1", floor.port, WAIT_S)


@pytest.mark.situation(
    "The broker and the network",
    "the desk's certificate has expired, was revoked, or is of another authority",
)
def test_a_revoked_certificate_and_none_are_named(floor: Floor) -> None:
    login, now = floor.desk(DESK_A), datetime.datetime.now(datetime.UTC)
    pem = (login.folder / "certificate.pem").read_bytes()
    serial = x509.load_pem_x509_certificate(pem).serial_number
    (floor.site / LIST).write_bytes(authority(floor.site, now).revocations([(serial, now)]))
    floor.start()
    config = device(login)
    bare = replace(config, broker=replace(config.broker, cert_file=None, key_file=None))
    assert all("it was revoked" in line for line in said(config))
    assert all("none was shown" in line for line in said(bare))


@pytest.mark.situation(
    "The broker and the network",
    "the broker's certificate has expired",
    "events wait in the outbox",
    "the log and `deskcue doctor` say so, and where to renew it",
)
def test_a_brokers_certificate_that_expired_is_told_as_that(floor: Floor) -> None:
    server = authority(floor.site, LONG_AGO).server(["127.0.0.1"])
    (floor.site / "broker" / "server.pem").write_bytes(server.certificate)
    (floor.site / "broker" / "server.key").write_bytes(server.key)
    floor.start()
    login = floor.desk(DESK_A)
    for line in said(device(login)):
        assert "(certificate has expired); renew it on the broker's machine" in line
    with pytest.raises(DeskcueError, match=r"\(certificate has expired\)"):
        connect(make_client(login, "a"), login)
