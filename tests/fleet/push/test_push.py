"""``deskcue fleet push``: simulated desks on a real broker, and a clock that the test turns."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from firmware_py.contract.configuration import desired_json
from firmware_py.contract.payloads import DeskState
from firmware_py.contract.topics import CONFIG_DESIRED, STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.desired.inheritance import SiteFolder
from firmware_py.fleet.push.floor_watch import HEARD, FloorWatch
from firmware_py.fleet.push.journal import Journal, read_journal, unfinished
from firmware_py.fleet.push.judge import Cues
from firmware_py.fleet.push.plan import Limits, make_plan
from firmware_py.fleet.push.run import GATHERING_S, Runner
from firmware_py.fleet.push.state import Phase, Push, Week, replayed
from firmware_py.fleet.push.steps import go_back, name, next_entry, resume, stop
from firmware_py.fleet.push.table import draw
from firmware_py.fleet.simulate import desk as simulated_desk
from firmware_py.fleet.simulate.desk import SimulatedDesk
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.settings.desired import Desired, RefusedError
from tests.fleet.desired.test_inheritance import folder
from tests.fleet.floor import SITE, Floor, joined, publish

WANTED = {"light.brightness": 0.4}
LIMITS = Limits(watch_s=1800.0)


class Trial:
    """A push to simulated desks."""

    def __init__(
        self, floor: Floor, simulator: Simulator, *, canary: float, week: Week | None
    ) -> None:
        self.floor, self.simulator, self.now = floor, simulator, 1_700_000_000.0
        self._week: Week = week or (lambda _desks, _seconds: None)
        self.seen = FloorWatch()
        operator = read_login(floor.site / "logins" / "operator")
        self.line = Listening(operator, "push", HEARD, self.seen.hear)
        self._serve(lambda: len(self.seen.desks) == len(simulator.desks))
        settings = folder(floor.folder, {"site.toml": "[light]\nbrightness = 0.4\n"})
        plan = make_plan(
            "p1",
            "somebody",
            SITE,
            LIMITS,
            canary=canary,
            floor=self.seen,
            folder=SiteFolder(settings),
        )
        self.path = floor.folder / "pushes" / "p1.jsonl"
        self.push = Push(plan, self.seen, self._week)
        journal = Journal(self.path)
        journal.write("now", "begun", self.push.begun.details)
        self.runner = self._run(journal)

    def _run(self, journal: Journal) -> Runner:
        return Runner(self.push, self.line, journal, lambda: self.now, look_s=0.0)

    def _serve(self, until: Callable[[], object]) -> None:
        self.simulator.run(lambda: self.line.look(0.0) and until())

    def resume(self) -> None:
        """Go on as another process would, from the journal alone."""
        self.push = replayed(read_journal(self.path), self.seen, self._week, self.now)
        self.runner = self._run(Journal(self.path))
        self.runner.do(resume(self.push, "somebody"))

    def until(self, phase: Phase) -> None:
        """Work until the push is there."""

        def there() -> bool:
            self.runner.step()
            return self.push.phase is phase

        self.simulator.run(there)

    def see(self, desk: SimulatedDesk) -> None:
        """Hear of a desk's faults, and decide nothing yet."""
        self._serve(lambda: self.seen.of(desk.desk).faults)

    def settings(self, wanted: dict[str, Any]) -> list[SimulatedDesk]:
        """Desks that have these."""
        return [one for one in self.simulator.desks if dict(one.settings.settings) == wanted]

    def until_all_have(self, wanted: dict[str, Any]) -> None:
        """Serve the desks until each has these settings."""
        self._serve(lambda: len(self.settings(wanted)) == len(self.simulator.desks))

    @property
    def canaries(self) -> list[SimulatedDesk]:
        """Desks of the first stage."""
        first = {one.desk for one in self.push.plan.stages[0]}
        return [one for one in self.simulator.desks if one.desk in first]

    @property
    def story(self) -> list[str]:
        """What was decided, in order."""
        return [line["what"] for line in read_journal(self.path)]


@contextmanager
def trial(
    floor: Floor, desks: int = 8, canary: float = 0.05, week: Week | None = None
) -> Iterator[Trial]:
    """A push that has begun."""
    with enrolled(read_site(floor.site), desks) as logins:
        simulator = Simulator(logins, rate=0.0)
        simulator.run(lambda: simulator.connected == desks)
        made = Trial(floor, simulator, canary=canary, week=week)
        yield made
        made.line.close()
        simulator.close()


def test_a_push_goes_on_once_its_canary_was_watched(floor: Floor) -> None:
    with trial(floor) as one:
        one.until(Phase.WATCH)
        assert one.settings(WANTED) == one.canaries
        assert len(one.canaries) == 1
        one.now += LIMITS.watch_s - 1
        assert one.runner.step() == []
        one.now += 1
        one.until(Phase.CONFIRM)
        one.until(Phase.WATCH)
        assert one.push.stage == 1
        one.until_all_have(WANTED)
        one.now += LIMITS.watch_s
        one.until(Phase.DONE)
        assert one.story == [
            "begun",
            *("sent", "confirmed", "passed"),
            *("sent", "confirmed", "done"),
        ]
        assert unfinished(one.path.parent) is None
        console = Console(width=100, record=True)
        console.print(draw(one.push, one.now))
        assert "push p1 to nanjing, by somebody" in console.export_text()


def test_a_canary_that_never_reports_holds_the_push_until_it_is_resumed(floor: Floor) -> None:
    with trial(floor) as one:
        (canary,) = one.canaries
        canary.answers = False
        one.until(Phase.CONFIRM)
        one.now += LIMITS.patience_s + 1
        one.until(Phase.HELD)
        assert one.push.why == f"{name(canary.desk)} did not report the settings within 300 s"
        assert one.runner.step() == []  # and it stays so
        assert unfinished(one.path.parent) == one.path
        canary.answers = True
        one.resume()
        one.until(Phase.WATCH)
        assert one.story == ["begun", "sent", "held", "resumed", "confirmed"]


def test_a_kill_between_journal_and_broker_is_made_good_by_resuming(floor: Floor) -> None:
    with trial(floor) as one:
        entry = next_entry(one.push, one.now)
        assert entry
        Journal(one.path).write("now", entry.what, entry.details)  # and no further
        one.resume()
        one.until(Phase.WATCH)
        assert one.settings(WANTED) == one.canaries
        assert one.story == ["begun", "sent", "resumed", "confirmed"]


def test_new_faults_take_it_back_and_old_ones_do_not(floor: Floor) -> None:
    with trial(floor, canary=0.25) as one:
        sick, well = one.canaries
        sick.faults = ("disk",)
        sick.publish_state()
        one.see(sick)
        one.until(Phase.WATCH)
        assert one.settings(WANTED) == one.canaries
        well.faults = ("detector",)
        well.publish_state()
        one.until(Phase.BACK)
        assert one.push.why == f"new faults at {name(well.desk)}: detector"
        one.until_all_have({})
        assert {desk.settings.version for desk in one.canaries} == {2}
        assert one.story[-2:] == ["going back", "back"]
        assert read_journal(one.path)[-1]["unconfirmed"] == []


def test_desks_that_are_switched_off_make_it_hold_and_resuming_goes_on_without_them(
    floor: Floor,
) -> None:
    with trial(floor, desks=4, canary=1.0) as one:
        one.until(Phase.WATCH)
        off = one.canaries[0]
        off._publish(STATE, off._state(DeskState.LOST))
        one.until(Phase.HELD)
        assert one.push.why == f"lost: {name(off.desk)}; if they were switched off, resume it"
        one.resume()
        one.until(Phase.WATCH)
        one.now += LIMITS.watch_s
        one.until(Phase.DONE)


def test_a_refusal_takes_it_back(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_config: object, settings: object) -> None:
        if settings:
            raise RefusedError({"light.brightness": "it has no light"})

    monkeypatch.setattr(simulated_desk, "lay_over", refuse)
    with trial(floor) as one:
        one.until(Phase.BACK)
        assert one.push.why.endswith("refuses light.brightness: it has no light")


def test_a_site_that_is_worse_off_elsewhere_is_no_reason(floor: Floor) -> None:
    with trial(floor, desks=4, canary=0.5) as one:
        one.until(Phase.WATCH)
        well = one.canaries[1]
        for desk in sorted(one.simulator.desks, key=one.canaries.__contains__):
            if desk is not well:  # the others first
                desk.faults = ("denied",)
                desk.publish_state()
                one.see(desk)
        one.now += LIMITS.watch_s
        assert one.runner.step()[0].details["harmed"] == [name(one.canaries[0].desk)]


@pytest.mark.parametrize("version", [1, 9])
def test_somebody_else_who_gives_settings_meanwhile_makes_it_hold(
    floor: Floor, version: int
) -> None:
    with trial(floor) as one:
        one.until(Phase.WATCH)
        (canary,) = one.canaries
        with joined(read_login(floor.site / "logins" / "operator"), "other") as other:
            payload = desired_json(Desired(version, {})).encode()
            publish(other, topic(canary.desk, CONFIG_DESIRED), payload, retain=True)
        one.until(Phase.HELD)
        assert "somebody else has given settings" in one.push.why
        one.resume()
        entry = next_entry(one.push, one.now)
        assert entry  # it knows what it gave, before the broker says it
        assert entry.what != "held"
        one.runner.do(go_back(one.push, "by hand"))
        one.until(Phase.GOING_BACK)


@pytest.mark.parametrize(("cues", "phase"), [(60, Phase.BACK), (12, Phase.WATCH)])
def test_more_cues_than_at_desks_that_it_has_not_reached_take_it_back(
    floor: Floor, cues: int, phase: Phase
) -> None:
    with trial(floor, desks=10, canary=0.5) as one:
        one.until(Phase.WATCH)
        others = [desk for desk in one.simulator.desks if desk not in one.canaries]
        for desks, count in ((one.canaries, cues), (others, 10)):
            for number in range(count):
                desks[number % 5].publish_event()
        one._serve(lambda: one.seen.cues.total() == cues + 10)
        one.now += LIMITS.watch_s / 2
        one.until(phase)
        rate = one.push.cue_rate(one.now)
        assert (rate is None) == (phase is Phase.BACK)
        assert phase is Phase.WATCH or one.push.why == "6.0 times as many cues as before"


def test_far_fewer_cues_than_the_week_before_hold_it_and_resuming_is_consent(floor: Floor) -> None:
    def week(_desks: object, seconds: float) -> Cues:
        return Cues(400, 4 * 5 * seconds)

    with trial(floor, desks=5, canary=1.0, week=week) as one:
        one.until(Phase.WATCH)
        one.now += LIMITS.watch_s
        one.until(Phase.HELD)
        assert one.push.why.startswith("only 0.00 times as many cues as before")
        one.resume()
        one.until(Phase.WATCH)
        one.now += LIMITS.watch_s
        one.until(Phase.DONE)


def test_stopping_leaves_a_state_that_can_be_resumed(floor: Floor) -> None:
    with trial(floor) as one:
        one.until(Phase.WATCH)
        one.runner.do(stop(one.push))
        one.until(Phase.HELD)
        one.runner.do(go_back(one.push, "by hand"))
        one.runner.do(stop(one.push))  # while it goes back: that was sent to all at once
        one.until(Phase.BACK)
        one.until_all_have({})


def test_a_broker_that_restarts_is_found_again_and_nothing_is_judged_meanwhile(
    floor: Floor,
) -> None:
    with trial(floor) as one:
        one.until(Phase.WATCH)
        since = one.push.since
        floor.stop()
        while not one.line.problem:
            one.runner.step()
        one.now += 600
        one.runner.step()
        assert one.push.since == since + 600
        floor.start()
        one.line._retry_at = 0.0
        one.simulator.run(lambda: one.runner.step() or not one.line.problem)
        assert one.push.phase is Phase.WATCH
        (canary,) = one.canaries
        one.simulator.run(lambda: canary.connected)
        canary.go_away(1e6)
        one._serve(lambda: not one.seen.of(canary.desk).is_there)
        one.now += GATHERING_S - 1
        assert next_entry(one.push, one.now) is None  # desks come back after the broker
        one.now += 1
        one.until(Phase.HELD)


def test_what_cannot_be_planned_is_one_line(floor: Floor, tmp_path: Path) -> None:
    with trial(floor, desks=2) as one:
        settings = SiteFolder(folder(tmp_path, {"site.toml": ""}))

        def plan(scope: str) -> None:
            make_plan("p2", "s", scope, LIMITS, canary=0.5, floor=one.seen, folder=settings)

        with pytest.raises(DeskcueError, match="no desk is known as nanjing/9"):
            plan("nanjing/9")
        with pytest.raises(DeskcueError, match="nothing to push: the 2 desks of nanjing/sim-"):
            plan("nanjing/sim-?/1-*")
