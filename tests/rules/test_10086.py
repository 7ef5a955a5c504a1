"""The bundled rulebook of hotline 10086."""

import pytest

from firmware_py.core.types import Cue
from firmware_py.hearing.reading import to_pinyin
from firmware_py.hearing.spelling import expand
from firmware_py.rules import Rules, load_rulebook
from firmware_py.rules.rulebook import Phrase, Rulebook
from tests.rules.said import said

BANNED = {
    "F1": ("你的电话怎么回事", "您的电话怎么回事啊", "一会儿大一会儿小的", "一会大一会小"),
    "F2": ("我不是跟您说得很清楚了吗", "我不是跟你说得很清楚了"),
    "F3": ("谁告诉您的", "谁告诉你的呢"),
    "F4": ("干嘛还不挂机", "你干嘛还不挂机啊"),
    "F5": ("不关我的事", "这不关我的事啊"),
    "F6": ("我怎么知道", "我怎么知道呢"),
    "F7": ("用不起就别用", "用不起就别用嘛"),
    "F8": ("叫你旁边的人别说话", "叫您旁边的人别说话了"),
    "F9": ("你怎么这样", "您怎么这样啊"),
    "F10": ("刚才跟你说过了怎么还问", "刚才跟您说过了", "怎么还问呢"),
    "F11": ("不行就是不行", "不行就是不行了"),
    "F12": ("你问我我问谁", "您问我", "我问谁啊"),
    "F13": ("我就这个态度", "我就这个态度嘛"),
    "F14": ("有意见找领导去", "你有意见找领导去吧"),
    "F15": ("办不了谁叫你没有密码", "谁叫您不记住密码", "办不了"),
    "F16": ("有什么了不起", "你有什么了不起的"),
    "F17": ("你到底想怎么样", "您到底想怎么样啊"),
    "F18": ("现在才说早干嘛来着", "现在才说", "早干嘛来着"),
    "F19": ("明明就是你不对", "明明就是您不对嘛"),
    "F20": ("你有完没完", "您有完没完啊"),
    "F21": ("没有这项业务就是没有", "没有这项业务就是没有嘛"),
    "F22": ("你小声点行不行", "您小声点儿行不行啊"),
    "F23": ("他妈的", "神经病"),
}
"""What counts: the phrase, 你 or 您, a particle, its halves, with or without 儿, in a sentence."""

INNOCENT = (
    "我不知道",
    "您别挂机",
    "不行的话",
    "什么业务",
    "没有问题",
    "请您不要挂机",
    "请您稍等我帮您查询一下",
    "请问您需要咨询哪项业务",
    "对不起请您再重复一遍好吗",
    "请您携带本人的有效证件到营业厅办理",
)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook("10086")


def banned(rulebook: Rulebook) -> list[Phrase]:
    """Phrases that are banned wherever they are said (「什么?」 is not)."""
    return [p for p in rulebook.phrases if p.id.startswith("F") and p.id != "F24"]


def heard(phrase: Phrase, text: str) -> bool:
    """Whether the sounds of a text hold those of a phrase, in one reading of both."""
    texts = [f" {' '.join(tokens)} " for tokens in expand(to_pinyin(text))]
    spellings = [" ".join(tokens) for say in phrase.say for tokens in expand(say)]
    return any(f" {spelling} " in sounds for sounds in texts for spelling in spellings)


@pytest.mark.parametrize("clause", BANNED)
def test_every_banned_phrase_and_its_variants_are_spelled(rulebook: Rulebook, clause: str) -> None:
    for text in BANNED[clause]:
        hits = {p.id.partition(".")[0] for p in banned(rulebook) if heard(p, text)}
        assert hits == {clause}, text


def test_innocent_words_are_spelled_by_none(rulebook: Rulebook) -> None:
    assert not [(p.id, t) for p in banned(rulebook) for t in INNOCENT if heard(p, t)]


def test_every_banned_phrase_is_red_and_carries_its_clause(rulebook: Rulebook) -> None:
    for phrase in banned(rulebook):
        (finding,) = Rules(rulebook).feed(said(f"phrase.{phrase.id}", 5))
        assert (finding.clause, finding.cue) == (phrase.id.partition(".")[0], Cue.RED)


def test_red_is_kept_for_what_deserves_it(rulebook: Rulebook) -> None:
    red = {rule.clause for rule in rulebook.rules if rule.cue is Cue.RED}
    assert red == {*BANNED, "F24", "E6", "E8"}


def test_every_light_comes_with_advice_in_both_languages(rulebook: Rulebook) -> None:
    for rule in rulebook.rules:
        assert rule.cue is Cue.NONE or (rule.advice.zh and rule.advice.en), rule.id


@pytest.mark.parametrize(
    ("name", "clause", "cue"),
    [
        ("interruption.agent", "E8", Cue.AMBER),
        ("interruption.serious", "E8", Cue.RED),
        ("shouting", "D6", Cue.NONE),
        ("eating", "E7", Cue.AMBER),
        ("quiet.unanswered", "E3", Cue.AMBER),
        ("quiet.both", "A1", Cue.AMBER),
        ("fault.microphone", None, Cue.AMBER),
        ("fault.detector.eating", None, Cue.NONE),
    ],
)
def test_what_the_detectors_hear_is_ruled(
    rulebook: Rulebook, name: str, clause: str | None, cue: Cue
) -> None:
    rules = Rules(rulebook)
    rules.feed(said("onset.agent", 1))
    (finding,) = rules.feed(said(name, 5, value=1))
    assert (finding.clause, finding.cue) == (clause, cue)
    assert finding.kind == name.partition(".")[0]


@pytest.mark.parametrize("name", ["backchannel", "collision", "interruption.caller"])
def test_what_is_nobodys_fault_is_not_ruled(rulebook: Rulebook, name: str) -> None:
    assert Rules(rulebook).feed(said(name, 5, value=1)) == []


def test_scolding_in_a_raised_voice_is_abuse(rulebook: Rulebook) -> None:
    rules = Rules(rulebook)
    rules.feed(said("shouting", 5))
    assert [f.rule for f in rules.feed(said("phrase.F20", 6))] == ["F20", "E6-raised"]


def test_talking_over_each_other_in_a_raised_voice_is_arguing(rulebook: Rulebook) -> None:
    rules = Rules(rulebook)
    for at, name in ((1, "agent"), (6, "caller"), (11, "agent")):
        rules.feed(said(f"interruption.{name}", at))
    assert [f.rule for f in rules.feed(said("shouting", 12))] == ["D6", "E5"]
