"""Reading: nothing of a text is lost on the way to its spelling, or it is refused."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from firmware_py.hearing.reading import to_pinyin
from firmware_py.hearing.spelling import SpellingError, expand


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    message = ""
    try:
        assert expand(to_pinyin(text))
    except SpellingError as error:
        message = str(error)
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("谁告诉您的？！", "shei|shui gao su nin de"),
        ("誰告訴您的", "shei|shui gao su nin de"),
        ("有什么了不起", "you shen me liao bu qi"),
        ("嗯，您好～～", "en nin hao"),
        ("行业", "hang ye"),
        ("行了", "xing|hang le"),
        ("再重说一次", "zai chong|zhong shuo yi ci"),
        ("还款", "hai|huan kuan"),
        ("等一会儿再打", "deng yi hui (er) zai da"),
        ("儿童和女儿", "er tong he nv er"),
        ("拨打10086", "bo da yi|yao ling ling ba liu"),
        ("１００８６", "yi|yao ling ling ba liu"),
        ("13911111111", "yao san jiu yao yao yao yao yao yao yao yao"),
        ("打2个", "da liang|er ge"),
        ("3.5元", "san dian wu yuan"),
        ("二〇二六年", "er ling er liu nian"),
        ("办 wéi4 ai pi 会员", "ban wei ai pi hui yuan"),
        ("这那" * 4, "zhe na zhe na zhe na zhe na"),
    ],
)
def test_hanzi_and_digits_are_read(text: str, say: str) -> None:
    assert to_pinyin(text) == say


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("办VIP会员", "'VIP'"),
        ("5G套餐", "'G'"),
        ("打5折50%", "'%'"),
        ("𠮷野家", "rare"),
        ("，", "nothing"),
    ],
)
def test_what_cannot_be_read_is_named_and_not_left_out(text: str, named: str) -> None:
    with pytest.raises(SpellingError, match=named):
        to_pinyin(text)


def test_pinyin_with_tones_is_read() -> None:
    assert to_pinyin("bù xíng jiù shì") == "bu xing jiu shi"
    assert to_pinyin("lǜ4 se4") == "lv se"
    assert to_pinyin("xi'an") == "xi an"
