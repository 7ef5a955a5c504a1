"""A push to a real desk: its uplink over TLS, its ear on silence."""

import threading
from dataclasses import replace
from pathlib import Path

from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.desired.inheritance import SiteFolder
from firmware_py.fleet.push.floor_watch import HEARD, FloorWatch
from firmware_py.fleet.push.journal import Journal
from firmware_py.fleet.push.plan import Limits, make_plan
from firmware_py.fleet.push.run import Runner
from firmware_py.fleet.push.state import Phase, Push
from firmware_py.outbox.store import Outbox
from firmware_py.settings.config import Broker, Config
from firmware_py.uplink.publisher import Uplink
from tests.device.test_site_settings import Ear
from tests.fleet.desired.test_inheritance import folder
from tests.fleet.floor import DESK_A, SITE, Floor
from tests.mosquitto import wait_for


def desk_config(floor: Floor, outbox: Outbox) -> Config:
    """Settings of a desk that is enrolled."""
    keys = floor.desk(DESK_A).folder
    broker = Broker(
        "127.0.0.1",
        floor.port,
        ca_file=keys / "ca.pem",
        cert_file=keys / "certificate.pem",
        key_file=keys / "key.pem",
    )
    return replace(
        Config(desk=DESK_A, broker=broker), outbox=replace(Config().outbox, path=outbox.path)
    )


def test_a_push_reaches_the_ear_and_is_taken_back_when_it_refuses(
    floor: Floor, tmp_path: Path
) -> None:
    outbox, stop, seen, now = Outbox(tmp_path / "outbox.db"), threading.Event(), FloorWatch(), [0.0]
    ear = Ear(outbox)
    ear.hear()
    uplink = Uplink(desk_config(floor, outbox), outbox)
    thread = threading.Thread(target=uplink.run, args=(stop,))
    line = Listening(read_login(floor.site / "logins" / "operator"), "push", HEARD, seen.hear)
    thread.start()

    def push(name: str, settings: str) -> Runner:
        pack = SiteFolder(folder(tmp_path, {"site.toml": settings}))
        plan = make_plan(name, "me", SITE, Limits(60.0), canary=1.0, floor=seen, folder=pack)
        return Runner(Push(plan, seen), line, Journal(tmp_path / name), lambda: now[0], look_s=0.0)

    def until(runner: Runner, phase: Phase) -> None:
        def there() -> bool:
            ear.hear_on()
            runner.step()
            return runner.push.phase is phase

        wait_for(there, phase)

    try:
        wait_for(lambda: line.look(0.0) and seen.of(DESK_A).is_there, "the desk")
        good = push("good", 'rulebook = "complaint"')
        until(good, Phase.WATCH)
        assert ear.told == ("complaint", 1, "")
        now[0] += 60.0
        until(good, Phase.DONE)
        bad = push("bad", 'rulebook = "nobodys"')
        until(bad, Phase.BACK)
        assert 'refuses settings: no rulebook "nobodys"' in bad.push.why
        assert ear.told == ("complaint", 3, "")
    finally:
        stop.set()
        thread.join()
        line.close()
        outbox.close()
