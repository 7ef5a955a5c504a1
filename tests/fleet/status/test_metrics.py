"""Metrics for Prometheus: what floors of five desks show, and what smaller ones do not."""

import json
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from firmware_py.contract.payloads import DeskState, State, to_json, utc
from firmware_py.contract.topics import STATE, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.fleet.status.metrics import HEARD, SiteMetrics, serve
from firmware_py.outbox.event import event_topic, to_event
from firmware_py.settings.config import Desk
from tests.fleet.floor import SITE, Floor
from tests.mosquitto import free_port
from tests.outbox.sample import STAMP, finding

Samples = dict[tuple[str, ...], float]
LOCAL: Final = "127.0.0.1"


def asked(where: str) -> Samples:
    """Name and values of the labels, by their names, of each sample -> its value."""
    with urllib.request.urlopen(where) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        samples = [one for family in families for one in family.samples]
    return {
        (one.name, *(one.labels[key] for key in sorted(one.labels))): one.value for one in samples
    }


def find(metrics: SiteMetrics, desk: Desk, number: int) -> None:
    event = to_event(finding(10.0 + number), replace(STAMP, desk=desk))
    metrics.hear(event_topic(desk, event), json.dumps(event).encode())


def test_what_desks_found_is_counted_in_hours_in_which_five_of_a_floor_sent_something() -> None:
    hour = 0
    metrics = SiteMetrics(lambda: 3600.0 * hour)
    with serve(metrics, LOCAL, free_port()) as where:
        for number in range(4):
            for _ in range(3):
                find(metrics, Desk(SITE, "3", f"3-{number}"), number)
        find(metrics, Desk(SITE, "4", "4-1"), 0)
        assert not [one for one in asked(where) if one[0] == "deskcue_findings_total"]
        find(metrics, Desk(SITE, "3", "3-9"), 9)
        counts = {one: value for one, value in asked(where).items() if "findings_total" in one[0]}
        assert counts == {("deskcue_findings_total", "F5", "3"): 13.0}
        hour = 1  # one of them alone in the next hour
        find(metrics, Desk(SITE, "3", "3-9"), 99)
        assert asked(where)["deskcue_findings_total", "F5", "3"] == 13.0


def test_faults_of_desks_and_what_is_no_message() -> None:
    metrics = SiteMetrics()
    for name, state, faults in (
        ("1", DeskState.DEGRADED, ("disk", "clock")),
        ("2", DeskState.DEGRADED, ("disk",)),
        ("3", DeskState.LOST, ()),
    ):
        payload = to_json(State(state, faults, utc(0))).encode()
        metrics.hear(topic(Desk(SITE, "3", name), STATE), payload)
    metrics.hear("deskcue/v1/nanjing/3/1/event/phrase", b"{}")
    metrics.hear("deskcue/v1/nanjing/3/1/health", b"{")
    metrics.up = False
    local = "::1" if Path("/proc/net/if_inet6").exists() else LOCAL
    with serve(metrics, local, free_port()) as where:
        samples = asked(where)
    assert samples["deskcue_desks", "3", "degraded"] == 2
    assert samples["deskcue_desks", "3", "lost"] == 1
    assert samples["deskcue_faults", "disk", "3"] == 2
    assert samples[("deskcue_malformed_total",)] == 2
    assert samples[("deskcue_broker_up",)] == 0


def test_a_site_at_work(floor: Floor) -> None:
    metrics = SiteMetrics()
    with enrolled(read_site(floor.site), 5) as desks, serve(metrics, LOCAL, free_port()) as where:
        line = Listening(read_login(floor.reader), "metrics", HEARD, metrics.hear)
        simulator = Simulator(desks, rate=0.0)
        simulator.run(lambda: simulator.connected == 5)
        for desk in simulator.desks:
            desk.publish_event()

        def counted() -> bool:
            metrics.up = line.look(0.0)
            found = [value for one, value in asked(where).items() if "findings" in one[0]]
            return sum(found) == 5

        simulator.run(counted)
        samples = asked(where)
        assert samples["deskcue_desks", "sim-1", "ready"] == 5
        assert samples["deskcue_rulebooks", "10086", "1"] == 5
        assert samples["deskcue_outbox_pending", "sim-1"] == 0
        assert 45 <= samples["deskcue_temperature_celsius_max", "sim-1"] <= 60
        assert samples[("deskcue_broker_up",)] == 1
        line.close()
        simulator.close()


def test_a_place_that_is_taken_is_one_line() -> None:
    port = free_port()
    with (
        serve(SiteMetrics(), LOCAL, port),
        pytest.raises(DeskcueError, match=f"cannot listen at {LOCAL}:{port}"),
        serve(SiteMetrics(), LOCAL, port),
    ):
        pass
