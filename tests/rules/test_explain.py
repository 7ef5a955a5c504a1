"""Rules explained to people."""

import re

import pytest

from firmware_py.core.errors import DeskcueError
from firmware_py.core.messages import catalogue
from firmware_py.rules import bundled_rulebooks, explain, load_rulebook
from firmware_py.rules.vocabulary import OBSERVATIONS


def test_a_banned_phrase() -> None:
    assert explain(load_rulebook("10086"), "F5").splitlines() == [
        "规则 F5",
        "条款：F5 不关我的事！",
        "触发：每次坐席说「不关我的事！」",
        "灯光：红色",
        "提示：请说：我帮您联系相关部门处理",
        "重复：10 秒内不重复提示",
    ]


def test_a_greeting_in_english() -> None:
    assert explain(load_rulebook("10086"), "A2-evening", "en").splitlines() == [
        "Rule A2-evening",
        "Clause: A2, 10086 opening, with the greeting of the hour",
        "Speaks when: within 7 s after the call starts these do not come, in order:"
        " the agent says 「晚上好」, then the agent says 「中国移动」,"
        " then the agent says 「很高兴为您服务」",
        "Light: amber",
        "Advice: Say the opening, with the greeting of the hour",
        "Hours: 18:00-04:00",
        "Repeats: asked for once in a call",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", bundled_rulebooks())
def test_every_rule_can_be_explained(name: str, language: str) -> None:
    rulebook = load_rulebook(name)
    for rule in rulebook.rules:
        told = explain(rulebook, rule.id, language)
        assert "「」" not in told
        assert not re.search(r"[{}]", told)


def test_every_observation_has_a_name_for_people() -> None:
    assert {f"event.{name}" for name in OBSERVATIONS} <= catalogue().keys()


def test_a_rule_that_is_not_there() -> None:
    with pytest.raises(DeskcueError, match='"10086" has no rule "E88"; did you mean "E8"'):
        explain(load_rulebook("10086"), "E88")
