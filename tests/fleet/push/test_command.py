"""``deskcue fleet push`` as IT runs it: stopped, refused, taken back."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.push.floor_watch import HEARD, FloorWatch
from firmware_py.fleet.push.journal import read_journal
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from tests.checkout import ROOT
from tests.commands.running import Deskcue
from tests.fleet.desired.test_inheritance import folder
from tests.fleet.floor import SITE, Floor
from tests.mosquitto import PATIENCE_S, wait_for

MOST = 1000
"""Events of simulated desks, after which they fall silent."""


@contextmanager
def desks_at_work(floor: Floor, count: int) -> Iterator[Simulator]:
    """Simulated desks, served beside the test."""
    stop = threading.Event()
    with enrolled(read_site(floor.site), count) as logins:
        simulator = Simulator(logins, rate=0.0)
        simulator.run(lambda: simulator.connected == count)
        thread = threading.Thread(
            target=simulator.run, args=(lambda: stop.is_set() or simulator.tally.sent >= MOST,)
        )
        thread.start()
        try:
            yield simulator
        finally:
            stop.set()
            thread.join()
            simulator.close()


def test_a_push_that_is_stopped_by_hand_waits_and_is_taken_back(
    floor: Floor, tmp_path: Path, deskcue: Deskcue
) -> None:
    pack = folder(tmp_path, {"site.toml": "[tap]\nlisten = 'always'\n", "floors/sim1.toml": ""})
    login = ("--login", floor.site / "logins" / "operator", "--journal", tmp_path / "pushes")
    push = ("fleet", "push", pack, "--to", f"{SITE}/sim-1", "--watch", "30m", *login)
    program = [sys.executable, "-m", "firmware_py.cli", *map(str, push)]
    with desks_at_work(floor, 3) as simulator:
        dry = deskcue(*push, "--dry-run")
        assert (dry.code, dry.out.count("tap.listen")) == (0, 3)
        assert "floors/sim1.toml: no such desk has spoken yet" in dry.out
        assert not [*(tmp_path / "pushes").glob("*.jsonl")]
        (pack / "floors" / "sim1.toml").unlink()
        with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
            assert first.stdout
            assert first.stdout.readline() == "stage 1: sent to 1 desks\n"
            assert first.stdout.readline() == "stage 1: confirmed\n"
            second = deskcue(*push)
            assert (second.code, f"a push runs already (pid {first.pid}" in second.err) == (1, True)
            first.send_signal(signal.SIGINT)
            said = first.stdout.read()
            assert first.wait(PATIENCE_S) == 3
        assert "is held: stopped by hand" in said
        again = deskcue(*push)
        assert (again.code, again.err.count("\n")) == (1, 1)
        assert "has neither been done nor gone back" in again.err
        back = deskcue("fleet", "push", "--roll-back", *login)
        assert back.code == 4
        assert "is gone back: asked for by" in back.out
        wait_for(
            lambda: (
                {(one.settings.version, *one.settings.settings) for one in simulator.desks}
                == {(2,), (0,)}
            ),
            "the canary's former settings",
        )
        told = deskcue("fleet", "pushes", "--journal", tmp_path / "pushes", "--json").objects
        assert [(one["desks"], one["reached"], one["last"]) for one in told] == [(3, 1, "back")]
        story = deskcue("fleet", "pushes", told[0]["push"], "--journal", tmp_path / "pushes").out
        assert "stage 1: held: stopped by hand" in story
        assert len(story.splitlines()) == 6
        none = deskcue("fleet", "push", "--resume", *login)
        assert (none.code, "no push waits" in none.err) == (1, True)
        (journal,) = (tmp_path / "pushes").glob("*.jsonl")
        whats = [line["what"] for line in read_journal(journal)]
        assert whats == ["begun", "sent", "confirmed", "held", "going back", "back"]


def test_a_login_that_may_only_read_and_wrong_words_are_one_line(
    floor: Floor, tmp_path: Path, deskcue: Deskcue
) -> None:
    pack = folder(tmp_path, {"site.toml": "[tap]\nlisten = 'always'\n"})
    with desks_at_work(floor, 1):
        denied = deskcue("fleet", "push", pack, "--login", floor.reader)
    assert (denied.code, denied.err.count("\n")) == (1, 1)
    assert "may not give settings" in denied.err
    login = ("--login", floor.reader)
    for wrong in ((), (pack, "--resume"), (pack, "--canary", "0"), (pack, "--watch", "1 day")):
        assert deskcue("fleet", "push", *wrong, *login).code == 2
    missing = deskcue("fleet", "push", pack, "--db", f"sqlite:///{tmp_path}/none.db", *login)
    assert missing.code == 1


def test_folders_that_are_not_there_are_one_line_and_nothing_is_made(
    tmp_path: Path, deskcue: Deskcue
) -> None:
    pack, login = tmp_path / "none" / "pack", tmp_path / "nobody"
    no_pack = deskcue("fleet", "push", pack, "--login", login)
    assert (no_pack.code, no_pack.err) == (
        1,
        f"deskcue: {pack} is no folder of settings (site.toml, floors/, desks/)\n",
    )
    no_login = deskcue("fleet", "push", folder(tmp_path, {"site.toml": ""}), "--login", login)
    assert f"{login}/login.toml cannot be read" in no_login.err
    no_journals = deskcue("fleet", "pushes", "--journal", tmp_path / "pushes")
    assert (no_journals.code, no_journals.out) == (1, "")
    assert f"there is no folder {tmp_path}/pushes" in no_journals.err
    assert not [*tmp_path.rglob("pushes")]


def test_a_busy_floor_is_read_to_the_end_of_what_the_broker_keeps(floor: Floor) -> None:
    seen = FloorWatch()
    with desks_at_work(floor, 3) as simulator:
        simulator.rate = 40.0
        line = Listening(read_login(floor.reader), "busy", HEARD, seen.hear)
        line.settle()
        assert simulator.tally.sent < MOST  # it has not fallen silent
        assert len(seen.desks) == 3
        line.close()
