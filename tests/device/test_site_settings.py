"""What the site sets reaches a running ear, which keeps the last good state."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.device.io import DeviceIO
from firmware_py.device.runtime import Device
from firmware_py.device.site_settings import SiteSettings
from firmware_py.light.led import NoLed
from firmware_py.light.pattern import CALM, IDENTIFY
from firmware_py.outbox.store import Outbox, OutboxError
from firmware_py.rules import source
from firmware_py.settings.config import Config, LightOnly
from firmware_py.settings.desired import Desired, Settings
from firmware_py.settings.site_file import SiteFile, site_file, write_site_file
from tests.device.test_runtime import Afternoon, FollowsStream, Phone, Script, silence


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


class Ear:
    """A device at work on silence, a second a step."""

    def __init__(self, outbox: Outbox) -> None:
        config = replace(Config(), outbox=replace(Config().outbox, path=outbox.path))
        self.path, self.outbox = site_file(config), outbox
        self.site = SiteSettings(config, self.path)
        self.brightness: list[float] = []
        self.phone = Phone()
        ends = DeviceIO(
            Script(silence(90)),
            NoLed(),
            outbox,
            self.phone,
            site=self.site,
            dim=self.brightness.append,
        )
        self.device = Device(config, ends, Afternoon(), live=False)
        self.device._time = FollowsStream(self.device)  # type: ignore[assignment]
        self._steps = self.device.listen()
        self._seen: tuple[int, int] | None = None

    def want(self, version: int, settings: Settings, good: Desired | None = None) -> None:
        """Leave it as the uplink does, and hear on for two seconds."""
        write_site_file(self.path, SiteFile(Desired(version, settings), good or Desired()))
        self.hear()

    def hear(self) -> None:
        """Hear two seconds."""
        until = self.device.pipeline.seconds + 2
        while self.device.pipeline.seconds < until:
            next(self._steps)

    def hear_on(self) -> None:
        """Hear two seconds if there is anything new on disk."""
        state = self.path.stat() if self.path.exists() else None
        stamp = (state.st_ino, state.st_mtime_ns) if state else None
        if stamp != self._seen:
            self._seen = stamp
            self.hear()

    @property
    def told(self) -> tuple[str, int, str]:
        """Rulebook, version of the settings and what is wrong with them, as the uplink hears."""
        ear = self.outbox.status("ear")
        return ear["rulebook"], ear["settings_version"], ear["settings_problem"]


def test_settings_are_taken_while_it_hears_and_given_up_again(outbox: Outbox) -> None:
    ear = Ear(outbox)
    ear.hear()
    assert ear.told == ("10086", 0, "")
    before = outbox.status("ear")["rulebook_sha256"]
    ear.want(1, {"light.brightness": 0.2, "rules.least_gap_s": 5, "tap.listen": "always"})
    assert (ear.told, ear.brightness) == (("10086", 1, ""), [0.6, 0.2])
    assert ear.device.pipeline.rulebook.cues.least_gap_s == 5
    assert outbox.status("ear")["rulebook_sha256"] != before
    ear.want(2, {"rulebook": "complaint"})
    assert (ear.told, ear.brightness[-1]) == (("complaint", 2, ""), 0.6)
    ear.want(3, {})
    assert ear.told == ("10086", 3, "")
    assert outbox.status("ear")["rulebook_sha256"] == before


@pytest.mark.situation("The broker and the network", "the site sends settings that do not fit")
def test_what_the_ear_cannot_use_leaves_the_last_good_state(outbox: Outbox) -> None:
    ear = Ear(outbox)
    good = Desired(1, {"rulebook": "complaint"})
    ear.want(good.version, good.settings)
    ear.want(2, {"rulebook": "nobodys"}, good)
    rulebook, version, problem = ear.told
    assert (rulebook, version) == ("complaint", 1)
    assert 'no rulebook "nobodys"' in problem
    again = Ear(outbox)  # after a restart, too
    again.hear()
    assert again.told == ear.told
    ear.path.write_text("{", "utf-8")
    ear.hear()
    assert ear.told[:2] == ("complaint", 1)
    assert "is damaged" in ear.told[2]
    ear.want(3, {"rulebook": "nobodys"}, Desired(2, {"rulebook": "nor this"}))
    assert ear.told[:2] == ("10086", 0)


def test_a_rulebook_that_is_fetched_later_is_taken_then(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "FETCHED_RULEBOOKS", tmp_path)
    ear = Ear(outbox)
    ear.want(1, {"rulebook": "ours-2"})
    assert ear.told[:2] == ("10086", 0)
    text = 'name = "ours-2"\nextends = "10086"\ntitle = { zh = "我们" }\nversion = 2\n'
    (tmp_path / "ours-2.toml").write_text(text, "utf-8")
    for _ in range(29):
        ear.hear()
    assert ear.told == ("ours-2", 1, "")


def test_settings_wait_for_the_end_of_a_call_with_its_own_rulebook(outbox: Outbox) -> None:
    ear = Ear(outbox)
    ear.phone.signals.append(CallSignal(CallAction.START, "complaint"))
    ear.want(1, {"rules.least_gap_s": 5})
    assert ear.told == ("complaint", 1, "")
    ear.phone.ring(CallAction.END)
    ear.phone.ring(CallAction.START)
    ear.hear()
    assert ear.device.pipeline.rulebook.cues.least_gap_s == 5
    assert ear.device.pipeline.rulebook.name == "10086"


def test_a_desk_that_is_looked_for_shows_where_it_is_and_no_call_hears_of_it(
    outbox: Outbox,
) -> None:
    ear = Ear(outbox)
    ear.hear()
    ear.phone.ring(CallAction.IDENTIFY)
    ear.hear()
    light = ear.device.light_driver
    assert light.pattern(ear.device.pipeline.seconds) == IDENTIFY
    assert light.pattern(ear.device.pipeline.seconds + 15.0) == CALM
    assert not outbox.latest()


def test_light_only_is_in_force_for_everyone_once_the_ear_has_it_and_outlives_restarts(
    outbox: Outbox,
) -> None:
    ear, elsewhere = Ear(outbox), Outbox(outbox.path, light_only=LightOnly.GRANTED)
    ear.hear()
    assert (outbox.privacy.setting, elsewhere.privacy.setting) == (LightOnly.OFF,) * 2
    ear.want(1, {"privacy.light_only": "on"})
    again = Ear(outbox)
    kept = [outbox.privacy.is_on, elsewhere.privacy.is_on]  # before that has looked, too
    again.hear()
    kept.append(elsewhere.privacy.is_on)
    again.want(2, {"privacy.light_only": "granted"})
    kept.append(elsewhere.privacy.is_on)
    elsewhere.privacy.choose(on=True)
    assert [*kept, outbox.privacy.is_on] == [True, True, True, False, True]
    elsewhere.close()


def test_settings_that_cannot_be_put_in_force_are_no_news_and_tried_again(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear(outbox)
    ear.hear()

    def full(_setting: LightOnly) -> None:
        raise OutboxError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(outbox.privacy, "put_in_force", full)
        ear.want(1, {"rulebook": "complaint"})
    assert ear.told == ("10086", 0, "the disk is full")
    for _ in range(29):
        ear.hear()
    assert ear.told == ("complaint", 1, "")
