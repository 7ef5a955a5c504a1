"""When phrases are searched."""

from dataclasses import replace

import numpy as np
import pytest

from firmware_py.calls.signals import CallAction, CallSignal
from firmware_py.core.types import AGENT, CALLER, HOPS_PER_POSTERIOR, Block, Features, Foreseen
from firmware_py.device.listening import Listening
from firmware_py.hearing.spelling import BLANK
from firmware_py.settings.config import Listen
from tests.detectors.made_features import hear, noise, split, syllables, to_pcm, voice

SECONDS = 12


def features(*open_line: tuple[int, int]) -> Features:
    """Some seconds in which syllables are said all the time, and the caller's line is open."""
    line = np.zeros(16_000 * SECONDS)
    for first, last in open_line:
        line[16_000 * first : 16_000 * last] = noise(last - first, -60)
    (heard,) = hear(to_pcm(noise(SECONDS, -60), line))
    said = syllables(SECONDS * 100 // HOPS_PER_POSTERIOR // 4, 4)
    return replace(heard, posteriors=said)


def searched(listening: Listening, parts: list[Features]) -> list[int]:
    """Seconds in which any phone is likely."""
    rows = np.concatenate([listening.phrases(part).posteriors for part in parts])
    likely = np.flatnonzero(np.delete(rows, BLANK, axis=1).max(axis=1) > -1)
    return sorted({int(row * HOPS_PER_POSTERIOR // 100) for row in likely})


def signal(listening: Listening, *actions: CallAction) -> Listening:
    for action in actions:
        listening.signal(CallSignal(action))
    return listening


@pytest.mark.situation("Sound", "no call is on")
def test_always_searches_without_a_call() -> None:
    assert searched(Listening(Listen.ALWAYS), [features()]) == [*range(SECONDS)]


@pytest.mark.situation(
    "Sound",
    "no call is on",
    'phrases are not searched (`[tap] listen = "calls"`): a call is on while the phone '
    "system says so, or, where it says nothing, while the caller's line carries a signal",
    '`listen = "always"` if calls are missed',
)
def test_calls_alone_are_inferred_from_the_line() -> None:
    assert searched(Listening(Listen.CALLS), [features((3, 6))]) == [3, 4, 5, 6, 7]


def test_nothing_is_foreseen_where_nothing_is_searched() -> None:
    open_and_shut = features((3, 6))
    pauses = tuple(
        Foreseen(second * 100 // HOPS_PER_POSTERIOR, lambda: open_and_shut.posteriors)
        for second in range(1, SECONDS)
    )
    told = Listening(Listen.CALLS).phrases(replace(open_and_shut, foreseen=pauses)).foreseen
    assert [one.row for one in told] == [
        second * 100 // HOPS_PER_POSTERIOR for second in range(4, 9)
    ]


@pytest.mark.situation(
    "Sound", "the caller's line is gated to digital zero whenever the caller is silent"
)
def test_a_line_that_is_gated_between_words_stays_open() -> None:
    words = np.concatenate([np.zeros(16_000 * 3), voice(1, -30), np.zeros(16_000 * 8)])
    (heard,) = hear(to_pcm(noise(SECONDS, -60), words))
    said = replace(heard, posteriors=features().posteriors)
    assert searched(Listening(Listen.CALLS), [said]) == [*range(3, SECONDS)]


@pytest.mark.parametrize("cuts", [(150, 450, 451), range(12, 1200, 12)])
def test_what_is_searched_does_not_depend_on_blocks(cuts: tuple[int, ...]) -> None:
    heard = features((3, 6))
    whole = searched(Listening(Listen.CALLS), [heard])
    assert searched(Listening(Listen.CALLS), split(heard, cuts)) == whole


@pytest.mark.situation("Sound", "no call is on")
def test_a_signal_is_better_than_the_line() -> None:
    listening = signal(Listening(Listen.CALLS), CallAction.START)
    assert searched(listening, [features()]) == [*range(SECONDS)]
    listening = signal(Listening(Listen.CALLS), CallAction.START, CallAction.END)
    assert searched(listening, [features((0, SECONDS))]) == []


def test_between_calls_the_callers_words_are_not_heard() -> None:
    words = np.ones(100, dtype=np.int16)
    ended = signal(Listening(Listen.CALLS), CallAction.START, CallAction.END)
    assert not ended.caller(words).any()
    assert signal(ended, CallAction.START).caller(words).all()
    assert Listening(Listen.ALWAYS).caller(words).all()


BLOCK = Block(0, np.ones((100, 2), dtype=np.int16))


@pytest.mark.situation(
    "Sound",
    "the agent mutes (`deskcue call mute`, until `unmute` or the call's end)",
    "the microphone is digital silence to everything in the device",
    "nothing to do",
)
def test_a_muted_microphone_is_silent_and_the_caller_is_not() -> None:
    muted = signal(Listening(), CallAction.START, CallAction.MUTE).block(BLOCK).pcm
    assert not muted[:, AGENT].any()
    assert muted[:, CALLER].all()
    assert BLOCK.pcm.all()


@pytest.mark.situation(
    "Sound", "the agent mutes (`deskcue call mute`, until `unmute` or the call's end)"
)
@pytest.mark.parametrize("action", [CallAction.UNMUTE, CallAction.START, CallAction.END])
def test_mute_ends_with_unmute_or_the_call(action: CallAction) -> None:
    listening = signal(Listening(), CallAction.START, CallAction.MUTE, action)
    listening.block(BLOCK)
    assert listening.block(BLOCK) is BLOCK


@pytest.mark.situation(
    "Sound",
    "a headset's mute button is pressed, once more to speak again",
    "not a sample after the press is heard, nor one before the second press: the Block in which "
    "it came, and those that wait at that moment, stay silent",
)
@pytest.mark.parametrize("waiting", [0, 1, 3])
def test_what_was_said_on_mute_is_never_heard(waiting: int) -> None:
    listening = signal(Listening(), CallAction.MUTE)
    listening.signal(CallSignal(CallAction.UNMUTE), waiting * len(BLOCK.pcm))
    heard = [bool(listening.block(BLOCK).pcm[:, AGENT].any()) for _ in range(6)]
    assert heard == [False] * (waiting + 1) + [True] * (5 - waiting)


def test_an_unmuted_call_that_starts_loses_nothing() -> None:
    assert signal(Listening(), CallAction.START).block(BLOCK) is BLOCK


def test_hold_does_not_end_mute() -> None:
    muted = signal(Listening(), CallAction.MUTE, CallAction.HOLD, CallAction.RESUME)
    assert not muted.block(BLOCK).pcm[:, AGENT].any()
