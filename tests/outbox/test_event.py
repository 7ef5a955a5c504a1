"""Events: what leaves the desk."""

import json
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import given

from firmware_py.core.types import CallSummary, Cue, Finding
from firmware_py.outbox.event import (
    as_replayed,
    call_id,
    event_topic,
    to_event,
    to_summary,
)
from tests.contract.validity import validator
from tests.outbox.sample import DESK, STAMP, event, finding, summary

VALID = validator("event")

seconds = st.floats(0, 1e6)


@given(
    st.builds(
        Finding,
        rule=st.from_regex(r"[a-zA-Z][a-zA-Z0-9.-]*", fullmatch=True),
        clause=st.none() | st.sampled_from(["A1", "F5"]),
        kind=st.sampled_from(["phrase", "interruption", "omission", "quiet"]),
        at=seconds,
        start=st.just(1.0),
        end=st.floats(1, 1e6),
        cue=st.sampled_from(Cue),
        score=st.floats(-10, 1),
    )
)
def test_every_finding_makes_a_valid_event(found: Finding) -> None:
    VALID.validate(to_event(found, STAMP))
    VALID.validate(to_event(found, STAMP, call_id(STAMP, 1.0)))
    VALID.validate(as_replayed(to_event(found, replace(STAMP, model_sha256=None))))


@given(
    st.builds(
        CallSummary,
        start=seconds,
        end=st.floats(1e6, 2e6),
        talk_s=seconds,
        listen_s=seconds,
        both_s=seconds,
        hold_s=seconds,
        counts=st.dictionaries(st.text(min_size=1), st.integers(1, 99)),
        pace=st.none() | st.floats(0, 20),
    )
)
def test_every_call_that_is_over_makes_a_valid_event(over: CallSummary) -> None:
    VALID.validate(to_summary(over, STAMP, call_id(STAMP, over.start)))


def test_a_call_is_named_by_its_start() -> None:
    call = call_id(STAMP, 2.0)
    made = to_summary(summary(), STAMP, call)
    assert call == made["data"]["call"] == made["subject"] == "2023-11-14T22:13:22.000Z"
    assert made["time"] == "2023-11-14T22:14:22.000Z"
    assert event_topic(DESK, made) == "deskcue/v1/nanjing/3/3-17/event/summary"


def test_it_says_where_when_and_why() -> None:
    made = event(12.0)
    assert made["time"] == "2023-11-14T22:13:32.000Z"
    assert made["source"] == "/deskcue/nanjing/3/3-17"
    assert made["data"]["clause"] == "F5"
    assert made["data"]["duration_s"] == 1.3
    assert made["data"]["rulebook"] == {"name": "10086", "version": 1, "sha256": "ab" * 32}


def test_neither_words_nor_advice_are_in_it() -> None:
    text = json.dumps(event(), ensure_ascii=False)
    assert "请" not in text
    assert "advice" not in text
    assert "because" not in text


def test_the_same_finding_has_the_same_id_and_another_another() -> None:
    assert event(12.0)["id"] == event(12.0)["id"] == as_replayed(event(12.0))["id"]
    other = [event(13.0), to_event(finding(), replace(STAMP, began=1.0))]
    assert len({event()["id"], *(made["id"] for made in other)}) == 3


def test_topics() -> None:
    assert event_topic(DESK, event()) == "deskcue/v1/nanjing/3/3-17/event/phrase"
