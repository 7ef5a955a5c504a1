"""The contract: schemas, payloads, and the documents written from them."""

import dataclasses
import json
import re
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import example, given

from firmware_py.calls.signals import parse
from firmware_py.contract.digest import DIGESTS
from firmware_py.contract.payloads import (
    DeskState,
    EarStatus,
    FaultReport,
    Health,
    OutboxReport,
    State,
    to_dict,
    utc,
)
from firmware_py.contract.schemas import schema
from firmware_py.contract.topics import CHANNELS, CHECK, EVENT, STATE, root_topic, topic
from firmware_py.core.errors import DeskcueError
from firmware_py.settings.config import Desk
from lab.contract_docs import DOCS, asyncapi, documents
from tests.contract.validity import validator

DESK = Desk("nanjing", "3", "3-17")
FAULT = FaultReport("microphone", "no sound from the tap; check the plug", utc(1_700_000_000))
EAR = EarStatus(utc(0), 60.0, 1.5, 2, 0, 0, 0, (FAULT,), "", "10086", 1, None)
HEALTH = Health(utc(0), "0.1", "5", "set", (FAULT,), OutboxReport(1, 2, 3, 4), to_dict(EAR), 3.0)
NAMES = sorted({one.schema for one in (*CHANNELS, *DIGESTS.values())})


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one_and_has_a_version(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"urn:deskcue:{name}:1"


@pytest.mark.parametrize("name", ["contract.md", "asyncapi.json"])
def test_the_documents_are_as_the_contract_says(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == documents()[name], "run python -m lab.contract_docs"


@pytest.mark.parametrize(
    ("name", "payload"),
    [("state", State(DeskState.DEGRADED, ("disk",), utc(0))), ("health", HEALTH)],
)
def test_payloads_are_valid_and_whole(name: str, payload: State | Health) -> None:
    validator(name).validate(to_dict(payload))
    assert {one.name for one in dataclasses.fields(payload)} == set(schema(name)["properties"])


@pytest.mark.parametrize(
    ("part", "type_"), [("ear", EarStatus), ("outbox", OutboxReport), ("fault", FaultReport)]
)
def test_no_key_is_missing_in_the_parts_of_health(part: str, type_: Any) -> None:
    keys = schema("health")["$defs"][part]["properties"]
    assert {one.name for one in dataclasses.fields(type_)} == set(keys)


@pytest.mark.parametrize("broken", [{"state": "online"}, {"at": "today"}, {"more": 1}])
def test_what_the_contract_does_not_know_is_refused(broken: dict[str, object]) -> None:
    good = to_dict(State(DeskState.READY, (), utc(0)))
    with pytest.raises(jsonschema.ValidationError):
        validator("state").validate(good | broken)


@given(st.from_regex(r"[a-z]{3,6}( [a-z./-]{0,8}){0,2}", fullmatch=True))
@example("start ../x")
@example("end .hidden")
@example("resume  complaint")
def test_a_call_command_is_what_the_ear_understands(line: str) -> None:
    assert (parse(line.encode()) is not None) == validator("call").is_valid(line)


def test_topics() -> None:
    assert topic(DESK, EVENT, "phrase") == "deskcue/v1/nanjing/3/3-17/event/phrase"
    assert topic(DESK, STATE) == "deskcue/v1/nanjing/3/3-17/state"
    assert topic(DESK, CHECK).startswith(topic(DESK, EVENT, ""))


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#"])
@pytest.mark.parametrize("part", ["site", "floor", "desk"])
def test_names_that_make_no_topic_are_named(part: str, name: str) -> None:
    desk = dataclasses.replace(Desk(), **{part: name})
    with pytest.raises(DeskcueError, match=f"^{part} .*deskcue\\.toml"):
        root_topic(desk)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from [part["$ref"]] if "$ref" in part else []
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)


def _find(reference: str) -> Any:
    """What a reference of ``docs/asyncapi.json`` leads to; KeyError or OSError: nothing."""
    file, _, inner = reference.partition("#/")
    found: Any = json.loads((DOCS / file).read_text("utf-8")) if file else asyncapi()
    for key in filter(None, inner.split("/")):
        found = found[key]
    return found


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    references = set(_references(asyncapi()))
    assert len(references) >= 3 * len(CHANNELS)
    assert all(_find(one) for one in references)


def test_asyncapi_has_its_parts_and_names_every_level() -> None:
    api = asyncapi()
    assert api["asyncapi"] == "3.0.0"
    assert set(api["info"]) >= {"title", "version"}
    for channel in api["channels"].values():
        levels = re.findall(r"{(\w+)}", channel["address"])
        assert set(levels) == set(channel["parameters"])
    for operation in api["operations"].values():
        assert operation["action"] in {"send", "receive"}
        (message,) = operation["messages"]
        assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")


def test_no_schema_is_without_a_topic() -> None:
    there = {path.name for path in (DOCS.parent / "firmware_py/contract").glob("*.schema.json")}
    assert there == {f"{name}.schema.json" for name in NAMES}
