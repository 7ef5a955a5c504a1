"""``deskcue doctor``, line ``certificate``."""

import datetime
import json
import sys
import time
from pathlib import Path

import pytest

from firmware_py.commands.desk_certificate import check_certificate
from firmware_py.enrol.keys import new_key
from firmware_py.fleet.sites.certificates import Authority, new_authority
from firmware_py.fleet.sites.certificates import new_key as ca_key
from tests.commands.running import Deskcue
from tests.commands.test_doctor import settings
from tests.mosquitto import free_port

DAY_S = 86_400.0
NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    made = new_authority("nanjing")[1]
    return Authority(made, lambda: NOW)


def saved(authority: Authority, folder: Path, days: int) -> Path:
    """A certificate that was made at NOW and began a day before, below a key, as a desk has it."""
    path = folder / "desk.pem"
    path.write_bytes(new_key() + authority.sign_key("nanjing/3/17", ca_key().public_key(), days))
    return path


@pytest.mark.parametrize(
    ("days", "day", "ok", "soon", "said"),
    [
        (365, 0, True, False, "is good until 2027-11-25, 364 days"),
        (365, 333, True, False, "31 days"),
        (365, 335, True, True, "29 days; renew it"),
        (365, 364.1, False, False, "expired on 2027-11-25; enrol the desk anew"),
        (365, -2, False, False, "is not good yet; is this desk's clock right?"),
        (20, 13, True, False, "6 days"),
        (20, 15, True, True, "4 days; renew it"),
    ],
)
def test_a_certificate_is_told_by_its_days(
    authority: Authority, tmp_path: Path, days: int, day: float, ok: bool, soon: bool, said: str
) -> None:
    now = NOW.timestamp() + day * DAY_S
    check = check_certificate(saved(authority, tmp_path, days), now)
    assert (check.ok, check.soon) == (ok, soon)
    assert said in check.detail


def test_what_is_no_certificate_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "desk.pem").write_text("no certificate", "ascii")
    for path, said in (
        (tmp_path / "desk.pem", "no PEM"),
        (tmp_path / "gone.pem", "cannot be read"),
    ):
        check = check_certificate(path, 0.0)
        assert not check.ok
        assert said in check.detail
        assert str(path) in check.detail


def test_without_the_extra_it_says_what_would_show_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "firmware_py.enrol.keys", raising=False)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    check = check_certificate(tmp_path / "desk.pem", 0.0)
    assert check.ok
    assert "pip install 'deskcue[update]'" in check.detail


@pytest.mark.situation(
    "The broker and the network",
    "the desk's certificate ends within a month, or has ended",
    "renews by itself when a third of its time is left",
    "`deskcue doctor` marks it yellow, then red; `--json`: `soon`, `ok`",
)
def test_doctor_shows_it_to_people_and_to_programs(tmp_path: Path, deskcue: Deskcue) -> None:
    pair, began = new_authority("nanjing")[1], time.time() - 340 * DAY_S
    then = Authority(pair, lambda: datetime.datetime.fromtimestamp(began, datetime.UTC))
    path = saved(then, tmp_path, 365)
    config = settings(tmp_path, free_port())
    config.write_text(
        config.read_text("utf-8").replace(
            "[broker]", f"[broker]\ncert_file = {json.dumps(str(path))}"
        ),
        "utf-8",
    )
    parts = {one["name"]: one for one in deskcue("doctor", "--json", "--config", config).objects}
    assert (parts["certificate"]["ok"], parts["certificate"]["soon"]) == (True, True)
    assert not parts["outbox"]["soon"]
    line = next(
        line
        for line in deskcue("doctor", "--config", config).out.splitlines()
        if "certificate" in line
    )
    assert line.startswith("! ")
