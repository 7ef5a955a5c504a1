"""What the server's side takes for a message, and what it puts aside."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.contract.payloads import DeskState, State, check_event, to_json, utc
from firmware_py.contract.topics import CHECK, EVENT, HEALTH, STATE, topic
from firmware_py.fleet.broker.reading import MalformedError, read
from firmware_py.outbox.event import to_summary
from tests.outbox.sample import DESK, STAMP, event, summary

WHERE = topic(DESK, EVENT, "phrase")


def dumped(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def changed(**data: object) -> dict[str, Any]:
    return {**event(), "data": {**event()["data"], **data}}


def test_messages_of_the_contract_are_taken() -> None:
    assert read(WHERE, dumped(event())).content == event()
    ended = to_summary(summary(), STAMP, utc(2.0))
    assert read(topic(DESK, EVENT, "summary"), dumped(ended)).channel is EVENT
    trial = dumped(check_event(DESK, 0.0))
    assert read(topic(DESK, CHECK), trial).channel is CHECK
    state = to_json(State(DeskState.READY, (), utc(0))).encode()
    assert read(topic(DESK, STATE), state).desk == DESK


def test_keys_of_a_newer_contract_are_passed_over() -> None:
    newer = {**changed(shade="blue"), "traceparent": "00"}
    assert read(WHERE, dumped(newer)).content["traceparent"] == "00"
    assert read(topic(DESK, HEALTH), b'{"at": "2026-11-26T00:00:00Z", "fan": 3}').channel is HEALTH


@pytest.mark.parametrize(
    ("where", "payload", "said"),
    [
        (WHERE, b"", "no JSON"),
        (WHERE, b"\xff\xfe", "no JSON"),
        (WHERE, b"[1]", "no JSON object"),
        (WHERE, b"[" * 60_000, "no JSON"),
        (WHERE, dumped(event())[:-1] + b', "data": NaN}', "NaN"),
        (WHERE, dumped(event()).replace(b'"F5"', b'"\\ud800"'), "surrogates"),
        (WHERE, dumped(event()).replace(b'"F5"', b'"\\u0000"'), "NUL"),
        (WHERE, dumped(event()).replace(b"-0.2", b"1e999"), "JSON compliant"),
        (WHERE, dumped({**event(), "time": "2026-13-40T00:00:00Z"}), "time"),
        (WHERE, dumped({**event(), "time": "2026-06-30T23:59:60Z"}), "time: "),
        (WHERE, dumped({**event(), "time": "0001-01-01T00:00:00+14:00"}), "time: "),
        (WHERE, dumped({**event(), "id": "7"}), "id"),
        (WHERE, dumped(changed(desk="3-18")), "another desk's"),
        (topic(DESK, EVENT, "eating"), dumped(event()), "another kind"),
        (WHERE.replace("3-17", "3-18"), dumped(event()), "another desk's"),
        (topic(DESK, EVENT, "summary"), dumped(changed(kind="summary")), "data"),
        ("deskcue/v1/nanjing/3", b"{}", "no topic of a desk"),
        ("deskcue/v2/nanjing/3/17/state", b"{}", "no topic of a desk"),
        (WHERE.replace("event/phrase", "sound"), b"{}", "does not know"),
    ],
)
def test_whatever_else_comes_is_refused_in_one_line(where: str, payload: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said) as refused:
        read(where, payload)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(event())), JSON)
def test_no_value_in_an_event_does_anything_but_pass_or_be_refused(key: str, value: Any) -> None:
    with contextlib.suppress(MalformedError):
        read(WHERE, json.dumps({**event(), key: value}).encode())


@given(st.binary(max_size=200))
def test_no_bytes_do_either(payload: bytes) -> None:
    with pytest.raises(MalformedError):
        read(WHERE, payload)
