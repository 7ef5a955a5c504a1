"""``deskcue enrol`` against a real enrolment service: tokens, clocks, power cuts, renewal."""

import random
import ssl
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.enrol.service import RefusedError
from firmware_py.fleet.enrolment.ledger import Ledger
from firmware_py.fleet.enrolment.revoking import revoke
from firmware_py.fleet.enrolment.standing import (
    DISPUTED,
    ENDED,
    ENROLLED,
    OVERDUE,
    REVOKED,
    WAITS,
    standings,
)
from firmware_py.fleet.names import identity
from tests.commands.running import Deskcue
from tests.enrol.service import DAY_S, DESK, Service
from tests.power_cuts import calls_of, cut

NAME = identity(DESK)


def state(service: Service) -> str:
    with closing(Ledger(service.site)) as ledger:
        (one,) = standings(ledger, service.now().timestamp())
    assert one.desk == NAME
    return one.state


def good(path: Path) -> None:
    """Fails if the file is no certificate with its key, which only root and its group may read."""
    ssl.create_default_context().load_cert_chain(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_desk_gets_its_certificate_and_its_token_is_nowhere_any_more(service: Service) -> None:
    token, files = service.give()
    device = service.device(files)
    kept = device.root / "cloud/instance/user-data.txt"
    kept.chmod(0o400)  # as cloud-init keeps its pickle
    assert "PRIVATE KEY" not in files["user-data"]
    assert state(service) == WAITS
    assert device.enrol() == f"{NAME} has a certificate, good for 364 days"
    good(device.folder / "desk.pem")
    assert device.user_data.read_text("ascii").split() == ["#cloud-config", "{}"]
    assert device.holding(token) == []
    assert stat.S_IMODE(kept.stat().st_mode) == 0o400
    assert {path.name for path in device.folder.iterdir()} == {
        "ca.pem",
        "deskcue.toml",
        "enrolment.toml",
        "desk.pem",
    }
    assert (state(service), device.restarts, device.clock_set) == (ENROLLED, 1, [])
    assert device.enrol().endswith("is good; nothing to do")
    assert (device.restarts, len(service.certificates())) == (1, 1)
    assert token.encode() not in (service.site / "enrolment.db").read_bytes()


def test_a_stolen_token_is_worth_one_certificate_and_the_theft_shows(service: Service) -> None:
    _, files = service.give()
    thief, device = service.device(files, "thief"), service.device(files)
    thief.enrol()
    with pytest.raises(RefusedError, match="another device has used this token"):
        device.enrol()
    assert state(service) == DISPUTED
    assert not (device.folder / "desk.pem").exists()
    assert revoke(service.site, service.authority, NAME) == (1, 0)
    assert state(service) == REVOKED
    thief.now = lambda: service.now().timestamp() + 300 * DAY_S
    with pytest.raises(RefusedError, match="revoked"):
        thief.enrol()
    _, anew = service.give()
    service.device(anew).enrol()
    assert state(service) == ENROLLED
    with pytest.raises(RefusedError, match="revoked"):  # a new token is no pardon for the old key
        thief.enrol()


def test_a_token_is_good_for_its_time_until_another_is_given(service: Service) -> None:
    _, files = service.give()
    device = service.device(files)
    service.ahead_s = 15 * DAY_S
    with pytest.raises(RefusedError, match="too old"):
        device.enrol()
    _, newer = service.give()
    with pytest.raises(RefusedError, match="replaced"):
        device.enrol()
    device = service.device({**newer, "user-data": newer["user-data"].replace("token", "tok")})
    with pytest.raises(DeskcueError, match="is gone and the token is spent"):
        device.enrol()
    service.device(newer).enrol()


def test_a_desk_in_1970_believes_the_service_and_takes_its_time(service: Service) -> None:
    service.stop()
    service.ahead_s = 3650 * DAY_S  # for OpenSSL here the service's certificate is of the future
    service.start()
    _, files = service.give()
    device = service.device(files)
    with pytest.raises(DeskcueError, match="not yet valid"):
        device.enrol()
    told = service.now().timestamp()
    device.now = lambda: device.clock_set[-1] if device.clock_set else 90.0
    device.enrol()
    assert 0 <= device.clock_set[0] - int(told) < 3600
    good(device.folder / "desk.pem")


def test_a_desk_in_1970_takes_no_time_that_cannot_be(service: Service) -> None:
    _, files = service.give()
    device = service.device(files)
    device.now = lambda: 90.0
    service.ahead_s = -DAY_S  # the past: a token's date is later
    with pytest.raises(DeskcueError, match="a time that cannot be"):
        device.enrol()
    service.ahead_s = 6 * 365 * DAY_S  # the service's own certificate has run out
    with pytest.raises(DeskcueError, match="a time that cannot be"):
        device.enrol()
    assert (device.clock_set, (device.folder / "desk.pem").exists()) == ([], False)


def test_a_service_of_another_authority_is_not_told_the_token(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    stranger = Service(tmp_path / "other")
    _, files = stranger.give()
    device = stranger.device({**files, "user-data": service.give()[1]["user-data"]})
    (device.folder / "ca.pem").write_bytes((stranger.site / "ca.pem").read_bytes())
    for now in (device.now, lambda: 90.0):
        device.now = now
        with pytest.raises(DeskcueError, match="certificate"):
            device.enrol()
    assert not service.certificates()


def test_after_a_power_cut_at_any_moment_it_goes_on_with_the_same_certificate(
    service: Service,
) -> None:
    rng, cuts = random.Random(15), 0
    _, first = service.give()
    total = calls_of(service.device(first, "whole").enrol)
    for number in range(14):
        before = len(service.certificates())
        token, files = service.give()
        device = service.device(files, f"device-{number}")
        cuts += cut(device.enrol, rng.randint(1, total))
        device.enrol()
        good(device.folder / "desk.pem")
        assert device.holding(token) == []
        assert not (device.folder / "desk.key.new").exists()
        assert len(service.certificates()) == before + 1
    assert cuts >= 9


def test_a_desk_renews_in_time_with_a_new_key(service: Service) -> None:
    _, files = service.give()
    device = service.device(files)
    device.enrol()
    own = device.folder / "desk.pem"
    before = own.read_bytes()
    service.ahead_s = 200 * DAY_S
    assert device.enrol().endswith("nothing to do")
    service.ahead_s = 250 * DAY_S
    assert cut(device.enrol, calls_of(lambda: None) + 200)  # in the midst of it
    device.enrol()
    good(own)
    keys = [text.split(b"-----END PRIVATE")[0] for text in (before, own.read_bytes())]
    assert keys[0] != keys[1]
    assert [round(one.ends / DAY_S) for one in service.certificates()] == [
        round(service.certificates()[0].ends / DAY_S),
        round(service.certificates()[0].ends / DAY_S) + 250,
    ]
    assert device.enrol().endswith("nothing to do")
    service.ahead_s = 600 * DAY_S
    assert state(service) == OVERDUE
    service.ahead_s = 700 * DAY_S
    assert state(service) == ENDED
    with pytest.raises(RefusedError, match="has run out; enrol the desk anew"):
        device.enrol()


def test_a_service_that_is_away_is_one_line_and_costs_nothing(
    service: Service, deskcue: Deskcue
) -> None:
    _, files = service.give()
    device = service.device(files)
    service.stop()
    shown = deskcue("enrol", "--folder", device.folder)
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert f"no answer from the enrolment service 127.0.0.1:{service.port}" in shown.err
    empty = deskcue("enrol", "--folder", device.root)
    assert (empty.code, empty.err.count("\n")) == (1, 1)
    service.start()
    device.enrol()


def test_a_refusal_is_told_from_a_failure(service: Service, deskcue: Deskcue) -> None:
    _, files = service.give()
    service.device(files, "thief").enrol()
    shown = deskcue("enrol", "--folder", service.device(files).folder)
    assert shown.code == 3
    assert "refuses: another device has used this token" in shown.err


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"GET / HTTP/1.0\r\n\r\n", b"501"),
        (b"POST /v1/enrol HTTP/1.0\r\nContent-Length: 999999\r\n\r\n", b"400"),
        (b"POST /v1/enrol HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]", b"no certificate request"),
        (b"POST /v1/enrol HTTP/1.0\r\nContent-Length: 3\r\n\r\n{]}", b"one JSON object"),
        (b"POST /v1/else HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", b"400"),
        (b"POST /v1/renew HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", b"show the certificate"),
    ],
)
def test_what_is_no_request_is_answered_with_a_line(
    service: Service, sent: bytes, said: bytes
) -> None:
    command = ["openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{service.port}"]
    ran = subprocess.run(command, input=sent, capture_output=True, timeout=60, check=False)
    assert said in ran.stdout
    assert b"Traceback" not in ran.stdout


def test_it_knows_where_every_desk_stands_and_that_its_port_is_taken(
    service: Service, deskcue: Deskcue
) -> None:
    site = ("--site", service.site)
    empty = deskcue("fleet", "enrolled", *site)
    assert (empty.code, empty.out) == (3, "no desk was given a token\n")
    _, files = service.give()
    assert WAITS in deskcue("fleet", "enrolled", *site).out
    service.device(files).enrol()
    shown = deskcue("fleet", "enrolled", *site)
    assert (shown.code, NAME in shown.out, ENROLLED in shown.out) == (0, True, True)
    taken = deskcue("fleet", "enrolment", *site, "--service", f"pki:{service.port}")
    assert (taken.code, taken.err.count("\n")) == (1, 1)
    assert f"port {service.port} cannot be listened at" in taken.err
