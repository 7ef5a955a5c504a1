"""``deskcue fleet status``: how simulated desks look on a real broker."""

import json
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from rich.console import Console

from firmware_py import __version__
from firmware_py.contract.configuration import desired_json
from firmware_py.contract.payloads import DeskState, State, to_json, utc
from firmware_py.contract.topics import CONFIG_DESIRED, HEALTH, IDENTIFY, STATE, topic
from firmware_py.fleet.broker.client import subscribe, wait
from firmware_py.fleet.broker.listening import Listening
from firmware_py.fleet.broker.login import read_login
from firmware_py.fleet.names import prefix
from firmware_py.fleet.push.story import Story
from firmware_py.fleet.simulate.simulator import Simulator, enrolled
from firmware_py.fleet.sites.site import read_site
from firmware_py.fleet.status.roll_call import DeskStatus, Filter, RollCall
from firmware_py.fleet.status.table import table
from firmware_py.settings.config import Desk
from firmware_py.settings.desired import Desired
from tests.checkout import ROOT
from tests.commands.running import Deskcue
from tests.fleet.desired.test_inheritance import folder
from tests.fleet.floor import DESK_A, DESK_B, SITE, Floor, joined, publish
from tests.mosquitto import free_port, wait_for


def state(floor: Floor, desk: Desk, state: DeskState, *faults: str) -> None:
    with joined(floor.desk(desk), desk.desk) as client:
        payload = to_json(State(state, faults, utc(0))).encode()
        publish(client, topic(desk, STATE), payload, retain=True)


def test_a_floor_that_is_well(floor: Floor, deskcue: Deskcue) -> None:
    with enrolled(read_site(floor.site), 3) as desks:
        simulator = Simulator(desks, rate=0.0)
        simulator.run(lambda: simulator.connected == 3)
        simulator.run(lambda: not any(one.client.want_write() for one in simulator.desks))
        roll = RollCall()
        with closing(
            Listening(read_login(floor.reader), "roll", (STATE, HEALTH), roll.take)
        ) as line:
            wait_for(lambda: line.look(0.0) and roll.reader.heard >= 6, "what all three say")
        assert [one.state for one in roll.sorted()] == [DeskState.READY] * 3
        shown = deskcue("fleet", "status", "--login", floor.reader, "--json")
        assert shown.code == 0
        assert [one["desk"] for one in shown.objects] == ["1-001", "1-002", "1-003"]
        assert shown.objects[0]["version"] == __version__
        assert shown.objects[0]["rulebook"] == "10086"
        simulator.close()
    lost = deskcue("fleet", "status", "--login", floor.reader, "--state", "lost")
    assert lost.code == 3
    assert lost.out.splitlines()[-1] == "3 desks: 3 lost"


def test_faults_are_named_filtered_and_in_the_exit_code(floor: Floor, deskcue: Deskcue) -> None:
    state(floor, DESK_A, DeskState.DEGRADED, "microphone")
    state(floor, DESK_B, DeskState.READY)
    with joined(floor.desk(DESK_B), "b") as client:
        publish(client, topic(DESK_B, HEALTH), b"no health", retain=True)
    everyone = deskcue("fleet", "status", "--login", floor.reader)
    assert everyone.code == 3
    assert "microphone" in everyone.out
    assert everyone.out.splitlines()[-2:] == [
        "2 desks: 1 degraded, 1 ready",
        "1 messages are not as the contract says; the last:"
        " 'deskcue/v1/nanjing/3/3-18/health': no JSON: Expecting value: line 1 column 1 (char 0)",
    ]
    good = deskcue("fleet", "status", "--login", floor.reader, "--desk", "*-18", "--json")
    assert good.code == 0
    assert [one["desk"] for one in good.objects] == ["3-18"]


def test_filters() -> None:
    faulty = DeskStatus(DESK_A, DeskState.DEGRADED, ("disk",))
    ready = DeskStatus(DESK_B, DeskState.READY)
    other = DeskStatus(Desk(SITE, "4", "4-1"))
    desks = [faulty, ready, other]
    assert Filter().select(desks) == desks
    assert Filter(floor="3").select(desks) == [faulty, ready]
    assert Filter(state="ready").select(desks) == [ready]
    assert Filter(fault="disk", floor="?").select(desks) == [faulty]
    assert [one.is_ready for one in desks] == [False, True, False]


def test_a_deleted_message_is_no_desk() -> None:
    roll = RollCall()
    roll.take(topic(DESK_A, STATE), b"")
    assert (roll.desks, roll.reader.malformed, roll.reader.heard) == ({}, 0, 1)


def test_what_a_desk_says_is_shown_as_it_is_and_ages_are_short() -> None:
    strange = DeskStatus(Desk(SITE, "[red]3", "17"), DeskState.READY, (), utc(0), version="1[/]")
    console = Console(width=200, record=True)
    console.print(
        table([strange, DeskStatus(DESK_A, at="today")], datetime(1970, 1, 3, tzinfo=UTC))
    )
    shown = console.export_text()
    assert "[red]3" in shown
    assert "1[/]" in shown
    assert "2 d" in shown


@pytest.mark.parametrize("verb", ["status", "collect"])
def test_a_login_that_is_none_and_a_broker_that_is_away_are_one_line(
    verb: str, floor: Floor, deskcue: Deskcue
) -> None:
    none = deskcue("fleet", verb, "--login", floor.site)
    assert (none.code, none.err.count("\n")) == (1, 1)
    assert "login.toml cannot be read" in none.err
    (floor.reader / "key.pem").unlink()
    missing = deskcue("fleet", verb, "--login", floor.reader)
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "cannot be used" in missing.err


def test_a_broker_that_is_away_is_one_line(floor: Floor, deskcue: Deskcue) -> None:
    told = (floor.reader / "login.toml").read_text("utf-8")
    port = free_port()
    (floor.reader / "login.toml").write_text(told.replace(str(floor.port), str(port)), "utf-8")
    away = deskcue("fleet", "status", "--login", floor.reader)
    assert (away.code, away.err.count("\n")) == (1, 1)
    assert f"no connection to the broker 127.0.0.1:{port}" in away.err


def test_made_up_desks_report_what_they_did(floor: Floor, deskcue: Deskcue) -> None:
    ran = deskcue(
        *("fleet", "simulate", "--site", floor.site),
        *("--desks", "2", "--rate", "50", "--seconds", "1"),
    )
    (done,) = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, done["connected"], done["failures"]) == (0, 2, {})
    assert done["acknowledged"] > 0


def test_what_a_desk_refused_is_shown_and_found(floor: Floor, deskcue: Deskcue) -> None:
    with enrolled(read_site(floor.site), 2) as desks:
        simulator = Simulator(desks, rate=0.0)
        simulator.run(lambda: simulator.connected == 2)
        with joined(read_login(floor.site / "logins" / "operator"), "operator") as operator:
            for (desk, _), value in zip(desks, (0.5, 7), strict=True):
                payload = desired_json(Desired(3, {"light.brightness": value})).encode()
                publish(operator, topic(desk, CONFIG_DESIRED), payload, retain=True)
        roll = RollCall()
        with joined(read_login(floor.reader), "reader") as reader:
            reader.on_message = lambda _c, _u, one: roll.take(one.topic, bytes(one.payload))
            subscribe(reader, [(f"{prefix(SITE)}/#", 0)])

            def both_said() -> bool:
                reader.loop(0.01)
                return [one.settings_version for one in roll.sorted()] == [3, 0]

            simulator.run(both_said)
        refusing = deskcue("fleet", "status", "--login", floor.reader, "--refused", "--json")
        (one,) = refusing.objects
        assert (one["desk"], one["settings_version"]) == ("1-002", 0)
        assert one["refused"][0].startswith("light.brightness: ")
        assert 0 < one["cpu"] < 1
        assert one["temperature_c"] > 0
        shown = deskcue("fleet", "status", "--login", floor.reader, "--version", __version__).out
        assert "sim-1/1-002: refuses light.brightness: [light]:" in shown
        pack = folder(floor.folder, {"site.toml": "[light]\nbrightness = 0.5\n"})
        for name, said in (("1-001", "these are"), ("1-002", "other settings are")):
            told = deskcue(
                *("fleet", "explain", f"sim-1/{name}"),
                *("--settings", pack, "--login", floor.reader),
            )
            assert f"{said} in force" in told.out.splitlines()[-1]
        simulator.close()


def test_a_desk_is_looked_for(floor: Floor, deskcue: Deskcue) -> None:
    operator = floor.site / "logins" / "operator"
    heard: list[bytes] = []
    absent = deskcue("fleet", "identify", "3/3-17", "--login", operator)
    assert (absent.code, "nobody listens for 3/3-17" in absent.err) == (1, True)
    with joined(floor.desk(DESK_A), "uplink") as desk:
        desk.on_message = lambda _c, _u, message: heard.append(bytes(message.payload))
        subscribe(desk, [(topic(DESK_A, IDENTIFY), 1)])
        assert deskcue("fleet", "identify", "3/3-17", "--login", operator).code == 0
        wait(desk, lambda: heard, "no command")
    denied = deskcue("fleet", "identify", "3/3-17", "--login", floor.reader)
    assert (denied.code, "may not command" in denied.err) == (1, True)


def test_every_key_for_programs_is_in_the_documents() -> None:
    text = (ROOT / "docs" / "json.md").read_text("utf-8")
    for part, kind in (("fleet status", DeskStatus), ("fleet pushes", Story)):
        table = text.partition(f"## `deskcue {part} --json`")[2].partition("\n## ")[0]
        assert not [one.name for one in fields(kind) if f"`{one.name}`" not in table]
