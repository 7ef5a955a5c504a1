"""The life of a call, told and inferred."""

import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.calls.life import CallLife
from firmware_py.calls.signals import CallAction, CallSignal, CallSocket, parse, send
from firmware_py.core.errors import DeskcueError
from firmware_py.core.types import Observation
from tests.rules.said import said

START, HOLD, RESUME, END, MUTE, UNMUTE, _ = (CallSignal(action) for action in CallAction)


def names(observations: list[Observation]) -> list[str]:
    return [o.name.removeprefix("call.") for o in observations]


def test_words_reach_the_listener_in_order(tmp_path: Path) -> None:
    path = tmp_path / "call.sock"
    listener = CallSocket(path)
    assert listener.poll() == []
    send(CallSignal(CallAction.START, "complaint"), path)
    send(END, path)
    assert listener.poll() == [CallSignal(CallAction.START, "complaint"), END]
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    listener.close()
    with pytest.raises(DeskcueError, match=r"cannot send to .*No such file"):
        send(END, path)


def test_a_socket_left_behind_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "call.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:  # by a killed process
        left.bind(str(path))
        listener = CallSocket(path)
        send(END, path)
        assert listener.poll() == [END]
        listener.close()
    assert not path.exists()


def test_a_place_that_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeskcueError, match=r"cannot listen for calls at .*nowhere"):
        CallSocket(tmp_path / "nowhere" / "call.sock")


@pytest.mark.parametrize(
    "line",
    [b"", b"stop", b"start a b", b"start ../../etc/passwd", b"start .x", b"\xff", b"end " * 99],
)
def test_what_is_no_word_is_passed_over(line: bytes) -> None:
    assert parse(line) is None


@given(st.binary(max_size=300))
def test_no_line_breaks_it(line: bytes) -> None:
    parse(line)


def test_a_call_told_to_end_twice_ends_once() -> None:
    life = CallLife()
    told = [START, HOLD, HOLD, RESUME, END, END, RESUME]
    heard = [o for at, signal in enumerate(told) for o in life.hear(signal, float(at))]
    assert names(heard) == ["start", "hold", "resume", "end"]
    assert [o.at for o in heard] == [0, 1, 3, 4]


def test_a_start_told_twice_is_one_call() -> None:
    life = CallLife()
    heard = [*life.hear(START, 1.0), *life.hear(START, 3.0), *life.hear(END, 60.0)]
    assert names(heard) == ["start", "end"]


def test_a_start_inferred_in_mid_call_is_that_call() -> None:
    life = CallLife()
    heard = life.infer([said("call.start", 2), said("call.start", 70), said("call.end", 90)])
    assert names(heard) == ["start", "end"]


def test_a_start_during_a_call_ends_it_first() -> None:
    life = CallLife()
    life.hear(START, 1.0)
    assert names(life.hear(START, 60.0)) == ["end", "start"]


def test_what_is_told_beats_what_is_inferred() -> None:
    life = CallLife()
    life.hear(START, 1.0)
    observations = [said("call.end", 5), said("eating", 6), said("call.start", 7)]
    assert life.infer(observations) == [said("eating", 6)]
    assert names(life.hear(END, 9.0)) == ["end"]
    assert life.infer([said("call.start", 10)]) == []
    life.reset()
    assert names(life.infer([said("call.start", 10)])) == ["start"]


def test_a_start_told_late_is_the_call_that_was_inferred() -> None:
    life = CallLife()
    assert names(life.infer([said("call.start", 2)])) == ["start"]
    assert life.hear(START, 4.0) == []
    assert names(life.hear(END, 50.0)) == ["end"]
    life.reset()
    life.infer([said("call.start", 2)])
    assert names(life.hear(START, 400.0)) == ["end", "start"]


def test_a_device_started_in_mid_call_hears_no_start_but_the_end() -> None:
    life = CallLife(live=True)
    assert life.infer([said("call.start", 0.2)]) == []
    assert names(life.infer([said("call.end", 60)])) == ["end"]
    assert names(life.infer([said("call.start", 90)])) == ["start"]
    recording = CallLife()
    assert names(recording.infer([said("call.start", 0.2)])) == ["start"]


@given(st.lists(st.tuples(st.sampled_from([*CallAction]), st.booleans()), max_size=30))
def test_whatever_is_told_a_call_has_one_start_and_one_end(
    steps: list[tuple[CallAction, bool]],
) -> None:
    life = CallLife()
    heard: list[Observation] = []
    for at, (action, told) in enumerate(steps):
        inferred = [said(f"call.{action}", at)]
        heard += life.hear(CallSignal(action), float(at)) if told else life.infer(inferred)
    edges = [name for name in names(heard) if name in ("start", "end")]
    assert edges == (["start", "end"] * len(edges))[: len(edges)]


def test_a_line_that_plays_within_a_call_is_no_news() -> None:
    waits = said("line.waiting", 3.0)
    assert CallLife().infer([waits]) == [waits]
    signalled = CallLife()
    signalled.hear(START, 1.0)
    assert signalled.infer([waits]) == []
    inferred = CallLife()
    inferred.infer([said("call.start", 1.0)])
    assert inferred.infer([waits]) == []


def test_a_stream_that_begins_in_mid_call_with_a_caller_who_talks_on_does_not_wait() -> None:
    life = CallLife(live=True)
    assert life.infer([said("line.waiting", 1.9)]) == []
    assert life.infer([said("call.start", 9.0)]) == []
    assert names(life.infer([said("call.end", 20.0)])) == ["end"]
    assert life.infer([said("line.waiting", 30.0)]) != []


def test_a_device_begins_on_an_idle_line_and_a_recording_with_its_call() -> None:
    idle = said("line.idle", 0.0)
    live, signalled = CallLife(live=True), CallLife(live=True)
    assert live.infer([idle]) == [idle]
    assert CallLife().infer([idle]) == []
    signalled.hear(START, 1.0)
    assert signalled.infer([idle]) == []


def test_mute_is_no_change_of_a_call() -> None:
    life = CallLife()
    assert life.hear(MUTE, 1.0) == life.hear(UNMUTE, 2.0) == []
    assert names(life.infer([said("call.start", 3.0)])) == ["start"]
