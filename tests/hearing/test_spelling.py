"""Spelling: from pinyin and hanzi to the model's tokens."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from firmware_py.hearing.spelling import (
    MAX_EXPANSIONS,
    TOKENS,
    SpellingError,
    expand,
    readings,
    spell,
    syllables,
)


@pytest.mark.parametrize(
    ("syllable", "tokens"),
    [
        ("zhuang", "zh uang"),
        ("xue", "x ve"),
        ("qu", "q v"),
        ("jun", "j vn"),
        ("lv", "l v"),
        ("shi", "sh ir"),
        ("zi", "z iz"),
        ("ni", "n i"),
        ("liu", "l iou"),
        ("you", "iou"),
        ("wo", "uo"),
        ("bo", "b uo"),
        ("weng", "u eng"),
        ("er", "er"),
    ],
)
def test_a_syllable_is_its_initial_and_its_final(syllable: str, tokens: str) -> None:
    assert spell(syllable) == tuple(tokens.split())


def test_every_syllable_uses_known_tokens_and_every_token_is_used() -> None:
    used = {token for tokens in syllables().values() for token in tokens}
    assert used == set(TOKENS)
    assert len(syllables()) > 390


def test_no_two_initials_or_finals_share_a_name() -> None:
    assert len(set(TOKENS)) == len(TOKENS)


def test_a_wrong_syllable_is_named_with_near_ones() -> None:
    with pytest.raises(SpellingError, match=r"'zhuagn'.*zhuang"):
        spell("zhuagn")


def test_either_and_optional() -> None:
    assert expand("shei|shui gao (a)") == (
        ("sh", "ei", "g", "ao", "a"),
        ("sh", "ei", "g", "ao"),
        ("sh", "uei", "g", "ao", "a"),
        ("sh", "uei", "g", "ao"),
    )


def test_several_syllables_may_be_left_out_together() -> None:
    assert expand("(ni|nin de) hao") == (
        ("n", "i", "d", "e", "h", "ao"),
        ("n", "in", "d", "e", "h", "ao"),
        ("h", "ao"),
    )


def test_readings_are_rows_of_syllables_the_fullest_first() -> None:
    assert readings("deng yi hui (er) zai|cai shuo")[:3] == [
        ("deng", "yi", "hui", "er", "zai", "shuo"),
        ("deng", "yi", "hui", "er", "cai", "shuo"),
        ("deng", "yi", "hui", "zai", "shuo"),
    ]


@pytest.mark.parametrize("say", ["(a)", "(a) (o)"])
def test_saying_nothing_is_refused(say: str) -> None:
    with pytest.raises(SpellingError, match="saying nothing"):
        expand(say)


@pytest.mark.parametrize("say", ["", "   "])
def test_a_spelling_of_nothing_is_refused(say: str) -> None:
    with pytest.raises(SpellingError, match="nothing to say is given"):
        expand(say)


@pytest.mark.parametrize("say", ["(a hao", "a) hao", "((a) hao", "()hao"])
def test_a_lonely_bracket_is_refused(say: str) -> None:
    with pytest.raises(SpellingError):
        expand(say)


def test_too_many_readings_are_refused() -> None:
    with pytest.raises(SpellingError, match=f"more than {MAX_EXPANSIONS}"):
        expand("a|o " * 7)


@given(st.lists(st.sampled_from(sorted(syllables())), min_size=1, max_size=8))
def test_plain_syllables_spell_one_way(words: list[str]) -> None:
    (tokens,) = expand(" ".join(words))
    assert tokens == tuple(token for word in words for token in spell(word))


def test_billions_of_readings_are_counted_and_not_made() -> None:
    with pytest.raises(SpellingError, match=f"more than {MAX_EXPANSIONS}"):
        readings("ni (" + "a|e " * 40 + ")")
