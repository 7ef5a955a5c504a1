"""Rounds: right ones pass, and what is left out is named."""

from datetime import datetime

import numpy as np
import pytest

from firmware_py.core.types import RATE, Block, PcmArray
from firmware_py.device.pipeline import Pipeline
from firmware_py.drill import Practice, Result, Said, Situation, situations
from firmware_py.drill.practice import GIVEN_UP_S
from firmware_py.hearing.phone_model import PhoneModel, load_phone_model
from firmware_py.rules import load_rulebook, started_at
from lab.scenarios.attempts import ATTEMPTS
from lab.scenarios.speaking import needs_voice, spoken

EVERY = pytest.mark.parametrize("situation", situations().values(), ids=lambda one: one.id)


@pytest.fixture(scope="module")
def phone_model() -> PhoneModel:
    return load_phone_model()


def practice(situation: Situation, phone_model: PhoneModel) -> Practice:
    phone_model.reset()
    rulebook = load_rulebook(situation.rulebook)
    return Practice(situation, Pipeline(rulebook, phone_model, started_at(datetime(2026, 3, 4, 5))))


def heard(by: Practice, pcm: PcmArray, block: int = 960) -> Result:
    for seq, part in enumerate(np.split(pcm, range(block, len(pcm), block))):
        by.feed(Block(seq, part))
        if by.over:
            break
    return by.result()


@needs_voice
@EVERY
def test_what_is_right_passes(situation: Situation, phone_model: PhoneModel) -> None:
    result = heard(practice(situation, phone_model), spoken(*ATTEMPTS[situation.id].right))
    assert [one.text for one in result.said if not one.came] == []
    assert result.pause_kept is not False
    assert (result.passed, result.score, result.instead) == (True, 100, ())


@needs_voice
@EVERY
def test_what_is_left_out_is_named(situation: Situation, phone_model: PhoneModel) -> None:
    attempt = ATTEMPTS[situation.id]
    result = heard(practice(situation, phone_model), spoken(*attempt.wrong))
    assert [one.text for one in result.said if not one.came] == [attempt.missing]
    assert not result.passed
    assert result.score < 100


@needs_voice
def test_a_greeting_of_another_hour_is_told(phone_model: PhoneModel) -> None:
    situation = situations()["opening-05"]
    result = heard(practice(situation, phone_model), spoken("晚上好，中国移动，很高兴为您服务！"))
    assert result.instead == ("晚上好",)


@needs_voice
@pytest.mark.parametrize(("pause", "kept"), [(0.9, False), (1.4, False), (2.1, True), (3.0, True)])
def test_the_pause_is_measured(pause: float, kept: bool, phone_model: PhoneModel) -> None:
    question, thanks = "请问我刚才给您的解释您明白吗？", "感谢您使用中国移动，再见。"
    by = practice(situations()["closing"], phone_model)
    result = heard(by, spoken(question, pause, thanks))
    assert result.pause_s == pytest.approx(pause, abs=0.3)
    assert result.pause_kept is kept
    assert by.too_soon is not kept
    assert result.score == (100 if kept else 67)


@needs_voice
def test_the_other_order_does_not_pass(phone_model: PhoneModel) -> None:
    situation = situations()["wait"]
    result = heard(
        practice(situation, phone_model), spoken("我帮您查询一下。", 0.8, "对不起，请您稍等。")
    )
    assert all(one.came for one in result.said)
    assert not result.in_order
    assert not result.passed


@needs_voice
def test_how_the_sound_is_cut_does_not_matter(phone_model: PhoneModel) -> None:
    situation = situations()["wait"]
    pcm = spoken(*ATTEMPTS["wait"].right)
    results = [heard(practice(situation, phone_model), pcm, block) for block in (160, 960, 7000)]
    assert results[0] == results[1] == results[2]


def test_a_silent_round_ends_after_its_time(phone_model: PhoneModel) -> None:
    situation = situations()["wait"]
    by = practice(situation, phone_model)
    result = heard(by, np.zeros((60 * RATE, 2), np.int16))
    assert by.seconds == pytest.approx(situation.seconds, abs=0.1)
    assert not result.spoke
    assert (result.score, result.passed) == (0, False)


@needs_voice
def test_a_round_ends_when_the_agent_gives_up(phone_model: PhoneModel) -> None:
    by = practice(situations()["closing"], phone_model)
    pcm = spoken("请问我刚才给您的解释您明白吗？", 20.0)
    heard(by, pcm)
    speech = len(pcm) / RATE - 21.0
    assert by.seconds == pytest.approx(speech + GIVEN_UP_S, abs=0.5)


def test_points_are_words_and_the_pause() -> None:
    came, missing = Said("好", 1.0, 2.0), Said("好")
    assert Result((came, missing), True).score == 50
    assert Result((came, came), True, 2.0, pause_kept=True).passed
    assert Result((came, came), True, 1.0, pause_kept=False).score == 67
    assert not Result((came, came), in_order=False).passed
